"""What each release changed, as readers of the public page and of the feed are told it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from galerio_events.releases.domain.diff import ChangeKind, Diff, SessionChange
from galerio_events.releases.domain.document import PublishedSession, PublishedVenue
from galerio_events.releases.queries import Step
from galerio_events.releases.views import told
from galerio_events.translated import EMPTY, Translated
from galerio_events.web import times
from galerio_events.web.filters import tr_text

_HEADINGS: dict[ChangeKind, LazyString] = {
    ChangeKind.ADDED: lazy_gettext("Sessions that were added"),
    ChangeKind.MOVED: lazy_gettext("Sessions that were moved"),
    ChangeKind.CHANGED: lazy_gettext("Sessions that were changed"),
    ChangeKind.CANCELLED: lazy_gettext("Sessions that were cancelled"),
    ChangeKind.RESTORED: lazy_gettext("Sessions that were taken up again"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One session of a release: its time and venue then and before (`""` and empty where these are the same); `zone`
    names the time zone of both times."""

    key: str
    title: Translated
    when: str
    was: str
    zone: str
    venue: Translated
    was_at: Translated
    rows: tuple[told.Row, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The sessions to which the same happened; `count` of them, of which some may be left out of `items`."""

    kind: str
    heading: str
    count: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One release. `also` says what else it changed; `whole` is False where sessions are left out."""

    number: int
    released_at: datetime
    title: str
    announcement: Translated
    first: bool
    brought_back: int | None
    groups: tuple[Group, ...]
    also: tuple[str, ...]
    whole: bool


def tell(step: Step, *, zone_name: str, language: str, most: int | None = None) -> Told:
    """What that release changed, at most `most` sessions of it, with times in that zone."""
    found = step.change
    groups = [] if found is None else list(_groups(found.diff, found.venues, zone_name, language, most))
    return Told(
        number=step.number,
        released_at=step.released_at,
        title=_title(step),
        announcement=step.announcement,
        first=found is None,
        brought_back=step.brought_back,
        groups=tuple(groups),
        also=() if found is None else tuple(_also(found.diff)),
        whole=all(group.count == len(group.items) for group in groups),
    )


def _title(step: Step) -> str:
    if step.change is None:
        return _("The programme was published")
    sessions = step.change.diff.sessions
    if not sessions:
        return _("The programme was updated")
    if len(sessions) == 1:
        change = sessions[0]
        title = tr_text(change.session.title)
        return {
            ChangeKind.ADDED: _("New session: %(title)s", title=title),
            ChangeKind.MOVED: _("New time or venue: %(title)s", title=title),
            ChangeKind.CHANGED: _("Session changed: %(title)s", title=title),
            ChangeKind.CANCELLED: _("Session cancelled: %(title)s", title=title),
            ChangeKind.RESTORED: _("Session takes place after all: %(title)s", title=title),
        }[change.kind]
    return _("%(count)d sessions have changed", count=len(sessions))


def _groups(
    found: Diff, venues: Mapping[str, PublishedVenue], zone_name: str, language: str, most: int | None
) -> Iterator[Group]:
    left = most
    for changes in (found.moved, found.cancelled, found.added, found.restored, found.changed):
        if not changes:
            continue
        shown = changes if left is None else changes[:left]
        left = None if left is None else left - len(shown)
        kind = changes[0].kind
        items = tuple(_item(change, venues, zone_name, language) for change in shown)
        yield Group(kind.value, str(_HEADINGS[kind]), len(changes), items)


def _item(change: SessionChange, venues: Mapping[str, PublishedVenue], zone_name: str, language: str) -> Item:
    session, old = change.session, change.old if change.new is not None else None

    def when(one: PublishedSession) -> str:
        return times.when(one.starts_at, one.ends_at, zone_name, language)

    def where(one: PublishedSession) -> Translated:
        venue = venues.get(one.venue or "")
        return EMPTY if venue is None else venue.name

    fields = [field for field in change.fields if field.field not in {"starts_at", "ends_at", "venue"}]
    return Item(
        key=change.key,
        title=session.title,
        when=when(session),
        was=when(old) if old is not None and when(old) != when(session) else "",
        zone=times.zone_label(zone_name, (one.starts_at for one in (old, session) if one is not None), language),
        venue=where(session),
        was_at=where(old) if old is not None and old.venue != session.venue else EMPTY,
        rows=tuple(told.in_one_language(told.field_rows(fields, zone_name), language))
        if change.new is not None
        else (),
    )


def _also(found: Diff) -> Iterator[str]:
    if found.event:
        yield _("the conference itself")
    if found.people:
        yield _("people")
    if found.venues:
        yield _("venues")
    if found.tracks:
        yield _("tracks")
    if found.organisations:
        yield _("organisations")
