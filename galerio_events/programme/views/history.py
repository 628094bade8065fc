"""Who changed what when: the history of an event, to read, and to undo what was done to a session."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events import clock
from galerio_events.accounts import queries as accounts
from galerio_events.errors import ChangeConflict, NotFound
from galerio_events.errors import Conflict as Why
from galerio_events.events.domain import Deed, Subject
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme import queries
from galerio_events.programme.domain.rules import SessionRefused
from galerio_events.programme.queries import history as past
from galerio_events.programme.queries.history import Choice, Lot, Past
from galerio_events.programme.services.undoing import UndoingContested, can_undo, undo_change
from galerio_events.programme.views.editor import number
from galerio_events.programme.views.pages import bp
from galerio_events.programme.views.past import Naming, Row, field_rows, rows, title, title_of
from galerio_events.web.guards import actor, requires

# So many lots of changes, or entries of one of them, are on a page.
PAGE = 30
# The largest id that a PostgreSQL integer holds.
_MOST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in words. `may` is what can be done about it: undo, remove, restore, or nothing."""

    entry: Past
    title: str
    rows: list[Row]
    may: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; `before` is the entry before which the page begins."""

    choice: Choice
    day: date | None = None
    before: int | None = None

    @property
    def address(self) -> dict[str, Any]:
        """As arguments of `url_for`, without the place of the page."""
        choice = self.choice
        return {
            "subject": choice.subject,
            "key": choice.key,
            "by": choice.account,
            "day": self.day.isoformat() if self.day else None,
            "batch": choice.batch,
        }

    @property
    def filtered(self) -> bool:
        """Whether not everything is asked for."""
        return self.choice != Choice()


@bp.get("/<language:language>/organise/<slug>/programme/history")
@requires(Permission.PROGRAMME_READ)
def history(language: str, slug: str) -> ResponseReturnValue:
    """What was changed, the newest first; `?session=`, `?subject=`, `?by=`, `?day=` and `?batch=` choose, `?before=`
    turns pages."""
    event: Event = g.event
    asked = _asked(event)
    lots: list[Lot] = []
    entries: list[Past] = []
    if asked.choice.batch:
        entries, more = past.entries(db.session(), event.id, asked.choice, before=asked.before, most=PAGE)
    else:
        lots, more = past.lots(db.session(), event.id, asked.choice, before=asked.before, most=PAGE)
    told = [*entries, *(entry for lot in lots for entry in lot.entries)]
    naming, states = _naming(event, told, asked.choice.key if asked.choice.subject is Subject.SESSION else None)
    who = past.who_changed(db.session(), event.id)
    return render_template(
        "organise/history.html",
        event=event,
        asked=asked,
        days=_by_day(event, [_lot_of(entry) for entry in entries] or lots),
        lines={entry.id: _line(entry, naming, states) for entry in told},
        whole=past.FOLDED,
        more=more,
        people=accounts.emails_of(db.session(), who),
        subjects=list(Subject),
        about=_about(asked, naming),
    )


@bp.post("/<language:language>/organise/<slug>/programme/history/<int:change>/undo")
@requires(Permission.PROGRAMME_EDIT)
def undo(language: str, slug: str, change: int) -> ResponseReturnValue:
    """Put a session back to what it was before that entry; where others changed the same since, shows both."""
    event: Event = g.event
    version = number(request.form["version"]) if "version" in request.form else None
    try:
        key = undo_change(
            db.session(),
            event.id,
            min(change, _MOST),
            expected_version=version,
            by=actor().account_id,
            now=clock.utc_now(),
        )
    except UndoingContested as contested:
        db.session.rollback()
        return _contested(event, contested), 409
    except NotFound:
        db.session.rollback()
        return _refused(_("Only what was done to a session can be undone here."))
    except SessionRefused:
        db.session.rollback()
        return _refused(
            _("The session cannot be as it was: it lies outside the event now, or what it refers to is gone.")
        )
    except ChangeConflict as conflict:
        db.session.rollback()
        if conflict.reason is Why.STALE:
            return _refused(_("Somebody has changed the session since you looked. Look at its history again."))
        return _refused(_("Somebody has removed or restored the session since. Look at its history again."))
    db.session.commit()
    flash(_("Undone in the draft. The public sees it after the next release."), "success")
    return redirect(url_for("programme.history", slug=slug, session=key))


def _asked(event: Event) -> Asked:
    sent = request.args
    subject = next((each for each in Subject if each == sent.get("subject")), None)
    key = sent.get("key", "")[:80] or None if subject else None
    if session := sent.get("session", "")[:80]:
        subject, key = Subject.SESSION, session
    day = _day(sent.get("day", ""))
    by, before = sent.get("by", ""), number(sent.get("before"))
    choice = Choice(
        subject=subject,
        key=key,
        account=min(int(by), _MOST) if by.isascii() and by.isdecimal() and len(by) < 11 else None,
        between=_between(event, day) if day else None,
        batch=sent.get("batch", "")[:36] or None,
    )
    return Asked(choice, day, before if before >= 0 else None)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 <= day.year <= 2200 else None


def _between(event: Event, day: date) -> tuple[datetime, datetime]:
    midnights = (datetime.combine(each, datetime.min.time()) for each in (day, day + timedelta(days=1)))
    start, end = (clock.candidates(midnight, event.timezone)[0] for midnight in midnights)
    return start, end


def _naming(event: Event, told: Iterable[Past], also: str | None) -> tuple[Naming, dict[str, tuple[Any, int, bool]]]:
    """How things are called, and how the sessions stand that are told of."""
    keys = {entry.key for entry in told if entry.subject is Subject.SESSION} | ({also} if also else set())
    for entry in told:
        for plain in (entry.before, entry.after):
            keys.update(((plain or {}).get("conflict") or {}).get("sessions", [])[:5])
            if entry.subject is Subject.MATERIAL and plain is not None:
                keys.add(plain["session"])
    states = past.session_states(db.session(), event.id, keys) if keys else {}
    known = queries.choices(db.session(), event.id)
    naming = Naming(
        zone=event.timezone,
        sessions={key: title for key, (title, _version, _removed) in states.items()},
        venues=dict(known.venues),
        tracks=dict(known.tracks),
        organisations=dict(known.organisations),
        people=dict(known.people),
    )
    return naming, states


def _line(entry: Past, naming: Naming, states: dict[str, tuple[Any, int, bool]]) -> Line:
    may = ""
    if can_undo(entry) and entry.key in states:
        removed = states[entry.key][2]
        if entry.deed is Deed.REMOVED:
            may = "restore" if removed else ""
        elif not removed:
            may = "undo" if entry.deed is Deed.CHANGED else "remove"
    return Line(entry, title_of(entry, naming), rows(entry, naming), may)


def _lot_of(entry: Past) -> Lot:
    return Lot(entry.batch, entry.id, entry.id, entry.at, entry.by, ((entry.subject, entry.deed, 1),), (entry,))


def _by_day(event: Event, lots: Iterable[Lot]) -> dict[date, list[Lot]]:
    days: dict[date, list[Lot]] = {}
    for lot in lots:
        days.setdefault(clock.in_zone(lot.at, event.timezone).date(), []).append(lot)
    return days


def _about(asked: Asked, naming: Naming) -> str:
    """What the one thing is called whose history is asked for."""
    choice = asked.choice
    if choice.key is None or choice.subject is None:
        return ""
    return title(choice.subject, choice.key, {}, naming)


def _refused(problem: str) -> ResponseReturnValue:
    return render_template("organise/history_undo.html", event=g.event, problem=problem, contested=None), 409


def _contested(event: Event, found: UndoingContested) -> str:
    naming, _states = _naming(event, [found.change], None)
    compared = []
    for name, before, after, now in found.contested:
        undone = list(field_rows(Subject.SESSION, name, (after, before), naming))
        since = list(field_rows(Subject.SESSION, name, (after, now), naming))
        fields = dict.fromkeys(row.field for row in (*undone, *since))
        for each in fields:
            mine = next((row for row in undone if row.field == each), None)
            theirs = next((row for row in since if row.field == each), None)
            was = (mine or theirs or Row(each, "", "")).before
            compared.append((each, mine.after if mine else was, was, theirs.after if theirs else was))
    if not compared:
        abort(409)
    return render_template(
        "organise/history_undo.html",
        event=event,
        problem=_("Somebody has changed the same since. Nothing is undone yet."),
        contested=found,
        compared=compared,
        title=title_of(found.change, naming),
    )
