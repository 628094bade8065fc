"""Reads that changes of an event's settings need: which sessions they concern, and what is expected of a kind."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events.models import Event, EventOrganiser, Track, Venue
from galerio_events.people.models import Availability, Organisation, Person
from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.programme.domain.conflicts import required_roles
from galerio_events.programme.domain.kinds import KindSettings
from galerio_events.programme.domain.moving import Free, Timed
from galerio_events.programme.models import KindRule, ProgrammeSession, RoleAssignment
from galerio_events.translated import Translated


@dataclass(frozen=True, slots=True)
class Use:
    """A session that refers to a venue or track; `removed` where it is not in the draft any more."""

    key: str
    title: Translated
    removed: bool


def timed_sessions(db_session: Session, event_id: int) -> list[Timed]:
    """The times of every session of the event, removed ones among them, by start."""
    s = ProgrammeSession
    rows = db_session.execute(
        sa.select(s.key, s.starts_at, s.ends_at, s.scheduled & s.removed_at.is_(None))
        .where(s.event_id == event_id)
        .order_by(s.starts_at, s.key)
    )
    return [Timed(key, starts_at, ends_at, bool(fixed)) for key, starts_at, ends_at, fixed in rows]


def free_times(db_session: Session, event_id: int) -> list[Free]:
    """Every time that somebody of the event has named as one at which they can take part, in the order of lists."""
    a, p = Availability, Person
    rows = db_session.execute(
        sa.select(a.id, p.key, a.starts_at, a.ends_at)
        .join(p, p.id == a.person_id)
        .where(p.event_id == event_id)
        .order_by(p.position, p.id, a.starts_at)
    )
    return [Free(*row) for row in rows]


def titles(db_session: Session, event_id: int) -> dict[str, Translated]:
    """Key to title of every session of the event."""
    s = ProgrammeSession
    rows = db_session.execute(sa.select(s.key, s.title).where(s.event_id == event_id))
    return {row.key: row.title for row in rows}


def uses(db_session: Session, event_id: int, model: type[Venue] | type[Track], key: str) -> list[Use]:
    """The sessions in that venue or of that track, by start, those that were removed last."""
    s = ProgrammeSession
    refers = s.venue_id if model is Venue else s.track_id
    rows = db_session.execute(
        sa.select(s.key, s.title, s.removed_at)
        .join(model, model.id == refers)
        .where(model.event_id == event_id, model.key == key)
        .order_by(s.starts_at, s.key)
    )
    found = [Use(row.key, row.title, row.removed_at is not None) for row in rows]
    return sorted(found, key=lambda use: use.removed)


def use_counts(db_session: Session, event_id: int, model: type[Venue] | type[Track]) -> dict[str, int]:
    """Key to the number of sessions of the draft, of every venue or track that has any."""
    s = ProgrammeSession
    refers = s.venue_id if model is Venue else s.track_id
    rows = db_session.execute(
        sa.select(model.key, sa.func.count().label("number"))
        .join(s, refers == model.id)
        .where(model.event_id == event_id, s.removed_at.is_(None))
        .group_by(model.key)
    )
    return {row.key: row.number for row in rows}


def kind_settings(db_session: Session, event_id: int) -> Mapping[SessionKind, KindSettings]:
    """What the organisers expect of each kind of session; what is usual (`required_roles`) where they said nothing."""
    rows = {
        rule.kind: KindSettings(frozenset(map(RoleKind, rule.required_roles)), rule.minutes)
        for rule in db_session.scalars(
            sa.select(KindRule).where(KindRule.event_id == event_id).execution_options(populate_existing=True)
        )
    }
    usual = {kind: KindSettings(frozenset(required_roles(kind, {}))) for kind in SessionKind}
    return usual | rows


def texts_in(db_session: Session, event_id: int, language: str) -> int:
    """How many texts of the event and of its programme there are in that language."""
    s, r = ProgrammeSession, RoleAssignment
    lots = [
        sa.select(Event.title, Event.theme).where(Event.id == event_id),
        *(
            sa.select(model.name).where(model.event_id == event_id)
            for model in (EventOrganiser, Venue, Track, Organisation)
        ),
        sa.select(Person.name, Person.affiliation, Person.bio).where(Person.event_id == event_id),
        sa.select(s.title, s.summary, s.abstract).where(s.event_id == event_id, s.removed_at.is_(None)),
        sa.select(r.title).join(s, s.id == r.session_id).where(s.event_id == event_id, s.removed_at.is_(None)),
    ]
    return sum(language in text for lot in lots for row in db_session.execute(lot) for text in row)
