"""What the control room shows: a row for every venue, and what wants looking after."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from galerio_events.accounts import queries as accounts
from galerio_events.attendance import queries as attendance
from galerio_events.desk import queries as desk
from galerio_events.desk.domain.control import (
    EXPECTED,
    Alarm,
    Course,
    Lull,
    Progress,
    lull,
    missing_alarm,
    progress,
)
from galerio_events.desk.domain.messages import MessageKind
from galerio_events.desk.queries import Colleague, control
from galerio_events.desk.queries.control import Mark, Sent
from galerio_events.events.domain import VenueKind
from galerio_events.events.models import Event, Venue
from galerio_events.live import queries as live
from galerio_events.live.queries import Brief
from galerio_events.programme.domain import RoleKind, RoleState
from galerio_events.programme.models import ProgrammeSession
from galerio_events.translated import Translated


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who takes part in a session: whether they are here, who said so, and when they opened their way in."""

    person_id: int
    key: str
    name: Translated
    email: str | None
    roles: tuple[RoleKind, ...]
    invited: bool
    mark: Mark | None
    by: str
    opened_at: datetime | None

    @property
    def here(self) -> bool:
        """Whether they have been marked as being here."""
        return self.mark is not None and self.mark.here


@dataclass(frozen=True, slots=True)
class Card:
    """A session in the control room. `into` is what begins in its venue before it is expected to be over."""

    session: ProgrammeSession
    brief: Brief
    progress: Progress
    members: tuple[Member, ...]
    missing_alarm: Alarm
    registered: int
    joined: int
    messages: tuple[Sent, ...]
    online: bool
    soon: bool
    into: ProgrammeSession | None = None

    @property
    def missing(self) -> tuple[Member, ...]:
        """Those who are not here yet."""
        return tuple(one for one in self.members if not one.here)

    @property
    def opened(self) -> int:
        """How many have opened their way in from the desk."""
        return sum(one.opened_at is not None for one in self.members)

    @property
    def asking(self) -> MessageKind:
        """The message with which people are asked to come."""
        return MessageKind.JOIN_NOW if self.online else MessageKind.COME_NOW

    @property
    def calls(self) -> bool:
        """Whether the session wants looking after."""
        return (self.progress.alarm, self.missing_alarm) != (Alarm.NONE, Alarm.NONE) or self.into is not None


@dataclass(frozen=True, slots=True)
class Row:
    """A venue (None: those without one), what is on there, and what is next."""

    venue: Venue | None
    on: tuple[Card, ...]
    next: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that the control room shows at that moment."""

    now: datetime
    rows: tuple[Row, ...]
    lull: Lull | None
    first: datetime | None
    last: datetime | None
    resumes: datetime | None
    calling: tuple[Card, ...] = field(default=())


def board(db_session: Session, event: Event, now: datetime) -> Board:
    """The control room of that event at that moment."""
    extent = control.extent(db_session, event.id)
    sessions = control.around(db_session, event.id, now)
    made = _cards(db_session, event, sessions, now)
    rows = []
    venues: list[Venue | None] = [*event.venues]
    for venue in [*venues, None]:
        here = [card for card in made if card.session.venue_id == (venue.id if venue else None)]
        if venue is None and not here:
            continue
        on = tuple(card for card in here if card.session.starts_at <= now)
        rows.append(Row(venue, on, tuple(card for card in here if card.session.starts_at > now)))
    on_now = [card for row in rows for card in row.on]
    calling = sorted((card for card in made if card.calls), key=_pressing, reverse=True)
    ahead = [card.session.starts_at for row in rows for card in row.next]
    return Board(
        now,
        tuple(rows),
        lull(extent.first, extent.last, on=on_now, now=now),
        extent.first,
        extent.last,
        min(ahead, default=None),
        tuple(calling),
    )


def members(db_session: Session, session_ids: Collection[int], *, named: bool = True) -> dict[int, tuple[Member, ...]]:
    """By session: who takes part, each once, in programme order. Three queries, and one more where it is to be said
    which account has marked somebody (`named`)."""
    people = desk.colleagues(db_session, session_ids)
    marks = control.marks(db_session, session_ids)
    opened = control.openings(db_session, session_ids)
    who: dict[int, str] = {}
    if named:
        who = accounts.emails_of(db_session, {mark.by for mark in marks.values() if mark.by is not None})
    found = {}
    for session_id in session_ids:
        theirs: dict[int, list[Colleague]] = {}
        for one in people.get(session_id, ()):
            if one.state.takes_part:
                theirs.setdefault(one.person_id, []).append(one)
        found[session_id] = tuple(
            _member(roles, marks.get((session_id, person_id)), opened.get((session_id, person_id)), who)
            for person_id, roles in theirs.items()
        )
    return found


def _member(roles: Sequence[Colleague], mark: Mark | None, opened: datetime | None, who: dict[int, str]) -> Member:
    one = roles[0]
    return Member(
        one.person_id,
        one.key,
        one.name,
        one.email,
        tuple(each.role for each in roles),
        all(each.state is RoleState.INVITED for each in roles),
        mark,
        who.get(mark.by or 0, "") if mark else "",
        opened,
    )


def _cards(db_session: Session, event: Event, sessions: Sequence[ProgrammeSession], now: datetime) -> list[Card]:
    ids = [session.id for session in sessions]
    briefs = live.standings(db_session, sessions, now)
    people = members(db_session, ids)
    registered = control.chosen(db_session, ids)
    joined = attendance.joined(db_session, ids)
    messages = control.sent(db_session, ids)
    kinds = {venue.id: venue.kind for venue in event.venues}
    made = []
    for session in sessions:
        brief = briefs[session.id]
        how = progress(
            session.kind,
            (session.starts_at, session.ends_at),
            brief.state,
            slip=brief.slip,
            expected_end=brief.ends_at,
            now=now,
        )
        missing = sum(not one.here for one in people[session.id])
        made.append(
            Card(
                session,
                brief,
                how,
                people[session.id],
                missing_alarm(session.starts_at, course=how.course, missing=missing, now=now),
                registered.get(session.id, 0),
                joined.get(session.id, 0),
                tuple(messages.get(session.id, ())),
                kinds.get(session.venue_id or 0) is not VenueKind.ONSITE,
                session.starts_at <= now + EXPECTED,
                _into(session, brief, how, sessions),
            )
        )
    return made


def _into(
    session: ProgrammeSession, brief: Brief, how: Progress, others: Sequence[ProgrammeSession]
) -> ProgrammeSession | None:
    if how.course is not Course.RUNNING or session.venue_id is None:
        return None
    later = (
        other
        for other in others
        if other.venue_id == session.venue_id and session.ends_at <= other.starts_at < brief.ends_at
    )
    return next(later, None)


def _pressing(card: Card) -> tuple[Any, ...]:
    order = list(Alarm)
    return (
        max(order.index(card.progress.alarm), order.index(card.missing_alarm)),
        order.index(card.progress.alarm),
        -card.session.starts_at.timestamp(),
    )
