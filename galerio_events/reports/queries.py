"""The reads that a summary stands on: grouped in the database, in a fixed number of statements.

Choices and attendances are counted by session alone, from one index each, and those of cancelled registrations are
taken off again: there are few of them, and nothing has to be joined to count the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.attendance.models import Attendance
from galerio_events.errors import NotFound
from galerio_events.events.models import Event
from galerio_events.programme.models import ProgrammeSession
from galerio_events.registration.domain import AffiliationKind, RegistrationState
from galerio_events.registration.models import Registration, SessionChoice
from galerio_events.releases.models import Release
from galerio_events.reports import domain
from galerio_events.reports.domain import Basis, CountryFigure, PublicFigures, SessionFigure, Source, Summary


@dataclass(frozen=True, slots=True)
class _EventFacts:
    slug: str
    timezone: str
    languages: Sequence[str]
    release: int | None


def people(event_id: int, basis: Basis) -> sa.Select[str, AffiliationKind | None, int]:
    """The statement that totals, countries and affiliations stand on: (country, kind of affiliation, people)."""
    counted = (
        sa.select(Registration.country, Registration.affiliation_kind, sa.func.count())
        .where(Registration.event_id == event_id, Registration.state == RegistrationState.ACTIVE)
        .group_by(Registration.country, Registration.affiliation_kind)
    )
    if basis is Basis.ATTENDED:
        here = sa.select(ProgrammeSession.id).where(ProgrammeSession.event_id == event_id)
        came = sa.select(Attendance.registration_id).where(Attendance.session_id.in_(here), Attendance.seconds > 0)
        counted = counted.where(Registration.id.in_(came))
    return counted


def summary(db_session: Session, event_id: int, basis: Basis) -> Summary:
    """The event's figures as they are now. Raises `NotFound` where there is no such event."""
    event = _event(db_session, event_id)
    by_country: dict[str, int] = {}
    by_kind: dict[AffiliationKind, int] = {}
    total = 0
    for country, kind, count in db_session.execute(people(event_id, basis)):
        by_country[country] = by_country.get(country, 0) + count
        if kind is not None:
            by_kind[kind] = by_kind.get(kind, 0) + count
        total += count
    return Summary(
        event=event.slug,
        basis=basis,
        total=total,
        overseas=_overseas(by_country, event.timezone),
        countries=tuple(
            CountryFigure(code, domain.country_names(code), by_country[code])
            for code in domain.in_order(by_country, event.languages[0])
        ),
        affiliations=domain.affiliation_figures(by_kind),
        sessions=_sessions(db_session, event_id),
        generated_from=Source(event.release, total, sum(by_kind.values()), domain.BASIS_DEFINITIONS[basis]),
    )


def public_figures(db_session: Session, event_id: int, *, timezone: str, language: str) -> PublicFigures:
    """Totals and the order of the countries and regions, of everyone with an active registration: one statement,
    answered from an index. `language` is the event's first."""
    rows = db_session.execute(
        sa.select(Registration.country, sa.func.count())
        .where(Registration.event_id == event_id, Registration.state == RegistrationState.ACTIVE)
        .group_by(Registration.country)
    )
    counts = dict(rows.all())
    return PublicFigures(
        total=sum(counts.values()),
        overseas=_overseas(counts, timezone),
        countries=tuple(domain.in_order(counts, language)),
    )


def _overseas(by_country: dict[str, int], timezone: str) -> int:
    home = domain.home_country(timezone)
    return sum(count for code, count in by_country.items() if code != home)


def _event(db_session: Session, event_id: int) -> _EventFacts:
    newest = sa.select(sa.func.max(Release.number)).where(Release.event_id == event_id).scalar_subquery()
    row = db_session.execute(
        sa.select(Event.slug, Event.timezone, Event.languages, newest).where(Event.id == event_id)
    ).one_or_none()
    if row is None:
        raise NotFound("event")
    return _EventFacts(*row)


def session_rows(event_id: int) -> sa.Select[Any]:
    """The statement that the figures of sessions stand on: id, key, title, when removed, people who chose it, people
    who came, and the seconds they stayed. Each count reads one stretch of one index and joins nothing."""
    chosen = sa.select(sa.func.count()).where(SessionChoice.session_id == ProgrammeSession.id)
    there = (Attendance.session_id == ProgrammeSession.id, Attendance.seconds > 0)
    came = sa.select(sa.func.count()).select_from(Attendance).where(*there)
    stayed = sa.select(sa.func.coalesce(sa.func.sum(Attendance.seconds), 0)).where(*there)
    return (
        sa.select(
            ProgrammeSession.id,
            ProgrammeSession.key,
            ProgrammeSession.title,
            ProgrammeSession.removed_at,
            chosen.correlate(ProgrammeSession).scalar_subquery(),
            came.correlate(ProgrammeSession).scalar_subquery(),
            stayed.correlate(ProgrammeSession).scalar_subquery(),
        )
        .where(ProgrammeSession.event_id == event_id)
        .order_by(ProgrammeSession.starts_at, ProgrammeSession.ends_at, ProgrammeSession.key)
    )


def _sessions(db_session: Session, event_id: int) -> tuple[SessionFigure, ...]:
    """Sessions of the draft in programme order; removed ones only where somebody chose or attended them."""
    not_chosen, not_there = _of_cancelled(db_session, event_id)
    found = []
    for at, key, title, removed_at, chosen, came, stayed in db_session.execute(session_rows(event_id)):
        others, their_seconds = not_there.get(at, (0, 0))
        registered, attended = chosen - not_chosen.get(at, 0), came - others
        if removed_at is None or registered or attended:
            minutes = domain.minutes(int(stayed) - their_seconds)
            found.append(SessionFigure(key, title, registered, attended, minutes))
    return tuple(found)


def _of_cancelled(db_session: Session, event_id: int) -> tuple[dict[int, int], dict[int, tuple[int, int]]]:
    """Session id to choices, and to attendances and their seconds, of cancelled registrations."""
    gone = sa.select(Registration.id).where(
        Registration.event_id == event_id, Registration.state == RegistrationState.CANCELLED
    )
    choices = db_session.execute(
        sa.select(SessionChoice.session_id, sa.func.count())
        .where(SessionChoice.registration_id.in_(gone))
        .group_by(SessionChoice.session_id)
    )
    attendances = db_session.execute(
        sa.select(Attendance.session_id, sa.func.count(), sa.func.sum(Attendance.seconds))
        .where(Attendance.registration_id.in_(gone), Attendance.seconds > 0)
        .group_by(Attendance.session_id)
    )
    return (
        dict(choices.all()),
        {at: (count, int(seconds)) for at, count, seconds in attendances},
    )
