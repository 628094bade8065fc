"""Conflicts in words, in the language of the page and on the event's clock."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from galerio_events import clock
from galerio_events.programme.domain.conflicts import Conflict, ConflictKind, Span
from galerio_events.programme.queries.conflicts import Names
from galerio_events.translated import Translated
from galerio_events.web.filters import tr, tr_text
from galerio_events.web.labels import label
from galerio_events.web.locale import page_language
from galerio_events.web.times import clock_times, short_date

# Of a crowd of sessions, so many are named.
NAMED = 5


@dataclass(frozen=True, slots=True)
class _Filling:
    """What a sentence is filled with: names of things by key, and titles of sessions, as `str` or as `Markup`."""

    text: Callable[[str], Any]
    name: Callable[[Mapping[str, Translated], str | None], str]
    link: Callable[[str, str], str]


def told(conflict: Conflict, names: Names, zone_name: str) -> str:
    """What is wrong, in one sentence with its exact times. What `names` does not have is called by its key."""
    return _say(conflict, names, zone_name, _Filling(str, named, lambda _key, title: title))


def told_with_links(conflict: Conflict, names: Names, zone_name: str, address: Callable[[str], str]) -> Markup:
    """As `told`, the titles of sessions leading to the addresses that their keys are given."""

    def name(known: Mapping[str, Translated], key: str | None) -> Markup:
        return tr(known[key]) if key is not None and key in known else escape(key or "")

    def link(key: str, title: str) -> Markup:
        return Markup('<a href="{}">{}</a>').format(address(key), title)

    return Markup(_say(conflict, names, zone_name, _Filling(Markup, name, link)))  # noqa: S704 made of Markup


def _say(conflict: Conflict, names: Names, zone_name: str, filling: _Filling) -> str:
    text, name = filling.text, filling.name
    titles = [
        text(_("“%(title)s”")) % {"title": filling.link(key, name(names.sessions, key))}
        for key in conflict.sessions[:NAMED]
    ]
    found, allowed = conflict.found or 0, conflict.allowed or 0
    places = conflict.kind is ConflictKind.CAPACITY_ABOVE_VENUE
    words = {
        "first": titles[0],
        "second": titles[-1],
        "person": name(names.people, conflict.person),
        "venue": name(names.venues, conflict.venue),
        "role": "" if conflict.role is None else label(conflict.role),
        "times": span_texts(conflict.spans, zone_name),
        "length": duration(conflict.minutes),
        "found": found if places else duration(found),
        "allowed": allowed if places else duration(allowed),
        "count": len(conflict.sessions),
        "listed": text(_(", ")).join(titles),
    }
    more = len(conflict.sessions) - NAMED
    if more > 0:
        words["listed"] = text(_and_more(more)) % {"listed": words["listed"]}
    said: str = text(_crowd(conflict) if len(conflict.sessions) > 2 else _sentence(conflict)) % words
    return said


def _sentence(conflict: Conflict) -> str:
    match conflict.kind:
        case ConflictKind.PERSON_TWICE:
            return _("%(person)s has a role in %(first)s and in %(second)s, which overlap by %(length)s, %(times)s.")
        case ConflictKind.VENUE_TWICE:
            return _("%(first)s and %(second)s overlap in %(venue)s by %(length)s, %(times)s.")
        case ConflictKind.OUTSIDE_EVENT:
            return _("%(first)s lies outside the days of the event, %(times)s.")
        case ConflictKind.OUTSIDE_VENUE_HOURS:
            return _("%(venue)s is closed during %(first)s, %(times)s.")
        case ConflictKind.OUTSIDE_AVAILABILITY:
            return _("%(person)s is not available during %(first)s, %(times)s.")
        case ConflictKind.VENUE_CHANGEOVER:
            return _(
                "Between %(first)s and %(second)s, %(venue)s is free for %(found)s (%(times)s); "
                "the changeover takes %(allowed)s."
            )
        case ConflictKind.PERSON_CHANGEOVER:
            return _(
                "%(person)s has %(found)s to get from %(first)s to %(second)s (%(times)s); "
                "the changeover takes %(allowed)s."
            )
        case ConflictKind.MODERATOR_MISSING:
            return _("%(first)s has no moderator.")
        case ConflictKind.ROLE_MISSING:
            return _("%(first)s lacks a role that its kind of session needs: %(role)s.")
        case ConflictKind.INTERPRETER_MISSING:
            return _("%(first)s is to be interpreted, but has no interpreter.")
        case ConflictKind.PLAN_TOO_LONG:
            return _("The contributions to %(first)s add up to %(found)s, its time is %(allowed)s.")
        case ConflictKind.CAPACITY_ABOVE_VENUE:
            return _("%(first)s offers %(found)s places, %(venue)s holds %(allowed)s.")


def _crowd(conflict: Conflict) -> str:
    if conflict.kind is ConflictKind.PERSON_TWICE:
        return _("%(person)s has a role in %(count)s sessions that overlap, %(times)s: %(listed)s.")
    return _("%(count)s sessions overlap in %(venue)s, %(times)s: %(listed)s.")


def _and_more(number: int) -> str:
    # What it is filled with comes later; these stand for themselves until then.
    return ngettext("%(listed)s and %(num)d more", "%(listed)s and %(num)d more", number, listed="%(listed)s")


def as_json(conflict: Conflict, names: Names, zone_name: str) -> dict[str, Any]:
    """The conflict as scripts get it: keys, instants in UTC, and `text`, `label` and `day` in the page's language."""
    return {
        "fingerprint": conflict.fingerprint,
        "kind": conflict.kind.value,
        "label": label(conflict.kind),
        "text": told(conflict, names, zone_name),
        "day": short_date(clock.in_zone(conflict.starts_at, zone_name).date(), page_language()),
        "sessions": list(conflict.sessions),
        "person": conflict.person,
        "venue": conflict.venue,
        "role": None if conflict.role is None else conflict.role.value,
        "starts_at": clock.to_text(conflict.starts_at),
        "ends_at": clock.to_text(conflict.ends_at),
    }


def named(names: Mapping[str, Translated], key: str | None) -> str:
    """The name in the language of the page, else the key."""
    if key is None:
        return ""
    return tr_text(names.get(key, Translated())) or key


def span_texts(spans: Iterable[Span], zone_name: str) -> str:
    """`16:50–17:00`; several in a row. Where an interval ends on another date, both dates are named."""
    return _(", ").join(_span_text(start, end, zone_name) for start, end in spans)


def _span_text(start: datetime, end: datetime, zone_name: str) -> str:
    begins, ends = clock.in_zone(start, zone_name), clock.in_zone(end, zone_name)
    first, last = clock_times(begins, ends)
    if begins.date() == ends.date():
        return f"{first}–{last}"
    language = page_language()
    return f"{short_date(begins.date(), language)} {first} – {short_date(ends.date(), language)} {last}"


def duration(minutes: int) -> str:
    """`10 minutes`, `2 h 30 min`."""
    if minutes < 120:
        return ngettext("%(num)d minute", "%(num)d minutes", minutes)
    return _("%(hours)d h %(minutes)d min", hours=minutes // 60, minutes=minutes % 60)
