"""Forms as browsers send them, and what the history says."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events.models import Change, Event
from tests.support.html import Element, parse


def filled(page: str) -> dict[str, Any]:
    """What the page's main form holds: the values of its fields, lists for those that occur several times."""
    form = max(parse(page).one("main").all("form"), key=lambda form: len(form.all("input")) + len(form.all("select")))
    found: dict[str, Any] = {}

    def put(name: str, value: str) -> None:
        if name in found:
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
        else:
            found[name] = value

    for field in form.all("input"):
        kind, name = field.attributes.get("type", "text"), field.attributes.get("name", "")
        ticked = kind not in {"checkbox", "radio"} or "checked" in field.attributes
        if name and ticked and kind not in {"file", "submit"}:
            put(name, field.attributes.get("value", ""))
    for area in form.all("textarea"):
        put(area.attributes["name"], "".join(c for c in area.children if isinstance(c, str)).removeprefix("\r\n"))
    for select in form.all("select"):
        put(select.attributes["name"], _chosen(select))
    return found


def _chosen(select: Element) -> str:
    options = select.all("option")
    chosen = [option for option in options if "selected" in option.attributes] or options[:1]
    return chosen[0].attributes["value"] if chosen else ""


def history(db_session: Session, event: Event) -> list[tuple[str, str, str, Any, Any]]:
    """(subject, key, deed, before, after) of every entry in the event's history, the oldest first."""
    db_session.expire_all()
    rows = db_session.scalars(sa.select(Change).where(Change.event_id == event.id).order_by(Change.id))
    return [(row.subject.value, row.key, row.deed.value, row.before, row.after) for row in rows]


def errors(page: str) -> dict[str, str]:
    """Field name to what is said at it."""
    return {
        element.attributes["id"].removesuffix("-error"): element.text
        for element in parse(page).all("p", class_="field-error")
        if "id" in element.attributes
    }
