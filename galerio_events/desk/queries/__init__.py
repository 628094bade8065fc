"""Reads for the desk: what somebody has a part in, found by the mailbox that signing in has proved."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.accounts.models import Account
from galerio_events.desk.domain import USUAL_MINUTES, Change, Part, part, standing
from galerio_events.desk.models import DeskFeed, DeskSettings, JoinLink
from galerio_events.events.domain import Deed, Subject, VenueKind
from galerio_events.events.models import Change as ChangeRow
from galerio_events.events.models import Event, Track, Venue
from galerio_events.live.domain import LiveState
from galerio_events.live.queries import Brief, standings
from galerio_events.people.models import Person
from galerio_events.programme.domain import RoleKind, RoleState, SessionKind
from galerio_events.programme.domain.inviting import InvitationState
from galerio_events.programme.domain.run_sheet import Segment
from galerio_events.programme.models import Invitation, ProgrammeSession, RoleAssignment
from galerio_events.programme.queries.run_sheet import segments_of
from galerio_events.releases.models import Release
from galerio_events.text import email_key, token_hash
from galerio_events.translated import Translated

_TAKES_PART = tuple(state for state in RoleState if state.takes_part)


@dataclass(frozen=True, slots=True)
class Host:
    """The event of a session, and how long before its sessions the way in is shown."""

    id: int
    slug: str
    title: Translated
    zone: str
    languages: tuple[str, ...]
    join_minutes: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session is held; `url` is public, `join_address` is not."""

    key: str
    kind: VenueKind
    name: Translated
    url: str | None
    join_address: str | None


@dataclass(frozen=True, slots=True)
class OwnRole:
    """A role that the reader has in a session; `title` is that of their talk."""

    role: RoleKind
    state: RoleState
    title: Translated
    # Of the invitation that waits for an answer: what makes the token of its link.
    invitation: str | None = None


@dataclass(frozen=True, slots=True)
class DeskSession:
    """A session as the draft has it, with the reader's part in it; an organiser who looks in has no roles."""

    host: Host
    id: int
    key: str
    kind: SessionKind
    title: Translated
    summary: Translated
    starts_at: datetime
    ends_at: datetime
    scheduled: bool
    language: str | None
    place: Place | None
    track: Translated | None
    roles: tuple[OwnRole, ...] = ()
    persons: frozenset[int] = frozenset()
    # Where the reader is, as the organisers know it, and their own way in.
    timezone: str | None = None
    join_link: str | None = None

    @property
    def kinds(self) -> frozenset[RoleKind]:
        """The reader's roles in the session."""
        return frozenset(own.role for own in self.roles)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with a role in a session, however far that has come."""

    person_id: int
    key: str
    name: Translated
    affiliation: Translated
    country: str | None
    email: str | None
    role: RoleKind
    state: RoleState
    title: Translated
    # How the name is read and said, and the digest of the photo; for those in the session, published or not.
    reading: str = ""
    pronunciation: str = ""
    photo: str | None = None


_E, _S, _V = Event, ProgrammeSession, Venue
_COLUMNS: tuple[Any, ...] = (
    _E.id, _E.slug, _E.title.label("event_title"), _E.timezone.label("zone"), _E.languages,
    sa.func.coalesce(DeskSettings.join_minutes, USUAL_MINUTES).label("join_minutes"),
    _S.id.label("session_id"), _S.key, _S.kind, _S.title, _S.summary, _S.starts_at, _S.ends_at, _S.scheduled,
    _S.language,
    _V.key.label("venue_key"), _V.kind.label("venue_kind"), _V.name.label("venue_name"), _V.url, _V.join_address,
    Track.name.label("track_name"),
)  # fmt: skip


def own_sessions(db_session: Session, email: str) -> list[DeskSession]:
    """The sessions of every event in which the person of that mailbox takes part, in order of time. One query."""
    rows = db_session.execute(
        sa.select(
            *_COLUMNS,
            RoleAssignment.role,
            RoleAssignment.state,
            RoleAssignment.title.label("talk"),
            Person.id.label("person_id"),
            Person.timezone.label("person_zone"),
            JoinLink.address,
            Invitation.nonce,
        )
        .select_from(_E)
        .join(_S, _S.event_id == _E.id)
        .join(RoleAssignment, RoleAssignment.session_id == _S.id)
        .join(Person, Person.id == RoleAssignment.person_id)
        .outerjoin(_V, _V.id == _S.venue_id)
        .outerjoin(Track, Track.id == _S.track_id)
        .outerjoin(DeskSettings, DeskSettings.event_id == _E.id)
        .outerjoin(JoinLink, (JoinLink.session_id == _S.id) & (JoinLink.person_id == Person.id))
        .outerjoin(
            Invitation,
            (Invitation.session_id == _S.id)
            & (Invitation.person_id == Person.id)
            & (Invitation.role == RoleAssignment.role)
            & (Invitation.state == InvitationState.INVITED),
        )
        .where(Person.email_key == email_key(email), _S.removed_at.is_(None), RoleAssignment.state.in_(_TAKES_PART))
        .order_by(_S.starts_at, _S.ends_at, _E.slug, _S.key, RoleAssignment.position)
    ).all()
    by_session: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_session[row.session_id].append(row)
    return [
        _session(
            its[0],
            roles=tuple(OwnRole(row.role, row.state, row.talk, row.nonce) for row in its),
            persons=frozenset(row.person_id for row in its),
            timezone=next((row.person_zone for row in its if row.person_zone), None),
            join_link=next((row.address for row in its if row.address), None),
        )
        for its in by_session.values()
    ]


def one_session(db_session: Session, slug: str, key: str) -> DeskSession | None:
    """A session of the event's draft without anybody's part in it; None where there is none."""
    row = db_session.execute(
        sa.select(*_COLUMNS)
        .select_from(_E)
        .join(_S, _S.event_id == _E.id)
        .outerjoin(_V, _V.id == _S.venue_id)
        .outerjoin(Track, Track.id == _S.track_id)
        .outerjoin(DeskSettings, DeskSettings.event_id == _E.id)
        .where(_E.slug == slug, _S.key == key, _S.removed_at.is_(None))
    ).one_or_none()
    return None if row is None else _session(row)


def _session(row: Any, **own: Any) -> DeskSession:
    place = None
    if row.venue_key is not None:
        place = Place(row.venue_key, row.venue_kind, row.venue_name, row.url, row.join_address)
    return DeskSession(
        Host(row.id, row.slug, row.event_title, row.zone, tuple(row.languages), row.join_minutes),
        row.session_id,
        row.key,
        row.kind,
        row.title,
        row.summary,
        row.starts_at,
        row.ends_at,
        row.scheduled,
        row.language,
        place,
        row.track_name,
        **own,
    )


def colleagues(db_session: Session, session_ids: Collection[int]) -> dict[int, list[Colleague]]:
    """By session: everybody with a role in it, in programme order. One query."""
    rows = db_session.execute(
        sa.select(
            RoleAssignment.session_id,
            Person.id,
            Person.key,
            Person.name,
            Person.affiliation,
            Person.country,
            Person.email,
            RoleAssignment.role,
            RoleAssignment.state,
            RoleAssignment.title,
            Person.reading,
            Person.pronunciation,
            Person.photo,
        )
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(RoleAssignment.session_id.in_(session_ids))
        .order_by(RoleAssignment.session_id, RoleAssignment.position)
    )
    found: defaultdict[int, list[Colleague]] = defaultdict(list)
    for row in rows:
        session_id, *values = row
        found[session_id].append(Colleague(*values))
    return found


def known_as(db_session: Session, email: str) -> dict[int, frozenset[str]]:
    """By event: the keys of the persons of that mailbox. Somebody is listed there without having a part, too."""
    rows = db_session.execute(sa.select(Person.event_id, Person.key).where(Person.email_key == email_key(email)))
    found: defaultdict[int, set[str]] = defaultdict(set)
    for event_id, key in rows:
        found[event_id].add(key)
    return {event_id: frozenset(keys) for event_id, keys in found.items()}


def parts(db_session: Session, persons: Mapping[int, frozenset[str]]) -> dict[tuple[int, str], Part]:
    """By event and key of the session: how somebody stands or stood in it who is called by these keys. Two queries.

    A session that was taken out of the programme keeps its people: what happens to it is for the releases to say.
    """
    if not persons:
        return {}
    everybody = sorted({key for keys in persons.values() for key in keys})
    now = db_session.execute(
        sa.select(_S.event_id, _S.key, Person.key, RoleAssignment.state)
        .join(RoleAssignment, RoleAssignment.session_id == _S.id)
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(_S.event_id.in_(persons), Person.key.in_(everybody))
    )
    states: defaultdict[tuple[int, str], list[RoleState]] = defaultdict(list)
    for event_id, session, person, state in now:
        if person in persons[event_id]:
            states[event_id, session].append(state)
    named = [
        sa.cast(side, sa.Text).contains(f'"{key}"', autoescape=True)
        for side in (ChangeRow.before, ChangeRow.after)
        for key in everybody
    ]
    past = db_session.execute(
        sa.select(ChangeRow.event_id, ChangeRow.key, ChangeRow.at, ChangeRow.before, ChangeRow.after)
        .where(
            ChangeRow.event_id.in_(persons),
            ChangeRow.subject == Subject.SESSION,
            ChangeRow.deed.not_in([Deed.REMOVED, Deed.RESTORED]),
            sa.or_(*named),
        )
        .order_by(ChangeRow.id)
    )
    changes: defaultdict[tuple[int, str], list[Change]] = defaultdict(list)
    for event_id, session, at, before, after in past:
        changes[event_id, session].append(Change(at, before or {}, after or {}))
    return {known: part(changes[known], persons[known[0]], standing(states[known])) for known in {*states, *changes}}


def first_releases(db_session: Session, event_ids: Collection[int]) -> dict[int, datetime]:
    """By event: when its programme was first published."""
    rows = db_session.execute(
        sa.select(Release.event_id, Release.released_at).where(Release.event_id.in_(event_ids), Release.number == 1)
    )
    return {row[0]: row[1] for row in rows}


def open_feed(db_session: Session, account_id: int) -> DeskFeed | None:
    """The account's own calendar that is open; None where there is none."""
    return db_session.scalar(sa.select(DeskFeed).where(DeskFeed.account_id == account_id, DeskFeed.ended_at.is_(None)))


def lock_account(db_session: Session, account_id: int) -> None:
    """Wait for, then hold, the right to change what belongs to the account until the transaction ends."""
    db_session.execute(sa.select(Account.id).where(Account.id == account_id).with_for_update(key_share=True)).one()


def feed_by_token(db_session: Session, token: str) -> tuple[DeskFeed, Account] | None:
    """The calendar that this token opens, and whose it is; None for one that was ended, or whose account was."""
    row = db_session.execute(
        sa.select(DeskFeed, Account)
        .join(Account, Account.id == DeskFeed.account_id)
        .where(DeskFeed.token_hash == token_hash(token), DeskFeed.ended_at.is_(None), Account.active)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def join_minutes(db_session: Session, event_id: int) -> int:
    """How long before a session of the event its people are shown the way in."""
    found = db_session.scalar(sa.select(DeskSettings.join_minutes).where(DeskSettings.event_id == event_id))
    return USUAL_MINUTES if found is None else found


def join_links(db_session: Session, session_id: int) -> dict[int, str]:
    """By person: their own way into that session."""
    rows = db_session.execute(sa.select(JoinLink.person_id, JoinLink.address).where(JoinLink.session_id == session_id))
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class Running:
    """The run sheet of a session, each segment with the time at which it is to begin; and how the session stands, once
    it has begun."""

    segments: tuple[tuple[datetime, Segment], ...]
    standing: Brief | None


def running(db_session: Session, session_id: int, now: datetime) -> Running:
    """What is planned in that session, and how it stands. Raises `NoResultFound` where there is no such session."""
    session = db_session.execute(sa.select(_S).where(_S.id == session_id)).scalar_one()
    brief = standings(db_session, [session], now)[session_id]
    begins, timed = session.starts_at, []
    for segment in segments_of(db_session, session_id):
        timed.append((begins, segment))
        begins += timedelta(minutes=segment.minutes)
    return Running(tuple(timed), None if brief.state is LiveState.WAITING else brief)
