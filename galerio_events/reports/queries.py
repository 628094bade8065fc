"""The reads that a summary stands on: grouped in the database, in one statement.

One statement sees one state of the data, on either database and at either's own isolation level: a registration that
comes in meanwhile is in all of the figures or in none.

Choices and attendances are counted by session alone, from one index each, and those of cancelled registrations are
taken off again: there are few of them, and nothing has to be joined to count the rest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import add, sub
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from galerio_events.attendance.models import Attendance
from galerio_events.errors import NotFound
from galerio_events.events.models import Event
from galerio_events.programme.models import ProgrammeSession
from galerio_events.registration.domain import AffiliationKind, RegistrationState
from galerio_events.registration.models import Registration, SessionChoice
from galerio_events.releases.models import Release
from galerio_events.reports import domain
from galerio_events.reports.domain import Basis, CountryFigure, PublicFigures, SessionFigure, Source, Summary
from galerio_events.translated import Translated


@dataclass(frozen=True, slots=True)
class _EventFacts:
    slug: str
    timezone: str
    languages: Sequence[str]


@dataclass(frozen=True, slots=True)
class _SessionRow:
    """`counts` are people who chose it, people who came, and the seconds they stayed, cancelled ones among them."""

    position: int
    at: int
    key: str
    title: Translated
    removed: bool
    counts: tuple[int, int, int]


_PEOPLE, _SESSION, _CANCELLED, _RELEASE = "people", "session", "cancelled", "release"
_NULL: sa.ColumnElement[Any] = sa.null()
_0: sa.ColumnElement[int] = sa.literal_column("0", sa.Integer)


def figures(event_id: int, basis: Basis) -> sa.CompoundSelect[Any]:
    """The one statement that all figures stand on. Its rows are, by their first column:

    - `people`: country, kind of affiliation and how many there are of both;
    - `session`: id, key, title, when removed, position in the programme, people who chose it, people who came, and the
      seconds they stayed; each count reads one stretch of one index and joins nothing;
    - `cancelled`: session id and what of these three is of cancelled registrations;
    - `release`: the number of the newest release, where there is one.
    """
    return sa.union_all(
        _sessions(event_id),
        _people(event_id, basis),
        _cancelled_choices(event_id),
        _cancelled_stays(event_id),
        _release(event_id),
    )


def people(event_id: int, basis: Basis) -> sa.Select[str, AffiliationKind | None, int]:
    """The part that totals, countries and affiliations stand on: (country, kind of affiliation, people)."""
    counted = (
        sa.select(Registration.country, Registration.affiliation_kind, sa.func.count().label("people"))
        .where(Registration.event_id == event_id, Registration.state == RegistrationState.ACTIVE)
        .group_by(Registration.country, Registration.affiliation_kind)
    )
    if basis is Basis.ATTENDED:
        came = sa.exists().where(Attendance.registration_id == Registration.id, Attendance.seconds > 0)
        counted = counted.where(came)
    return counted


def summary(db_session: Session, event_id: int, basis: Basis) -> Summary:
    """The event's figures as they are now. Raises `NotFound` where there is no such event."""
    event = _event(db_session, event_id)
    by_country: dict[str, int] = {}
    by_kind: dict[AffiliationKind, int] = {}
    total = 0
    sessions: list[_SessionRow] = []
    cancelled: dict[int, tuple[int, int, int]] = {}
    release = None
    for part, at, name, title, removed_at, position, kind, *counts in db_session.execute(figures(event_id, basis)):
        count = counts[0]
        if part == _PEOPLE:
            by_country[name] = by_country.get(name, 0) + count
            if kind is not None:
                by_kind[kind] = by_kind.get(kind, 0) + count
            total += count
        elif part == _SESSION:
            sessions.append(_SessionRow(position, at, name, title, removed_at is not None, _three(counts)))
        elif part == _CANCELLED:
            before = cancelled.get(at, (0, 0, 0))
            cancelled[at] = _three(map(add, before, counts))
        else:
            release = count
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
        sessions=_session_figures(sessions, cancelled),
        generated_from=Source(release, total, sum(by_kind.values()), domain.BASIS_DEFINITIONS[basis]),
        home=domain.home_country(event.timezone),
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
    row = db_session.execute(
        sa.select(Event.slug, Event.timezone, Event.languages).where(Event.id == event_id)
    ).one_or_none()
    if row is None:
        raise NotFound("event")
    return _EventFacts(*row)


def _sessions(event_id: int) -> sa.Select[Any]:
    chosen = sa.select(sa.func.count()).where(SessionChoice.session_id == ProgrammeSession.id)
    there = (Attendance.session_id == ProgrammeSession.id, Attendance.seconds > 0)
    came = sa.select(sa.func.count()).select_from(Attendance).where(*there)
    stayed = sa.select(sa.func.coalesce(sa.func.sum(Attendance.seconds), 0)).where(*there)
    in_order = (ProgrammeSession.starts_at, ProgrammeSession.ends_at, ProgrammeSession.key)
    return sa.select(
        _part(_SESSION),
        ProgrammeSession.id,
        ProgrammeSession.key,
        ProgrammeSession.title,
        ProgrammeSession.removed_at,
        sa.func.row_number().over(order_by=in_order),
        sa.cast(sa.null(), Registration.affiliation_kind.type),
        chosen.correlate(ProgrammeSession).scalar_subquery(),
        came.correlate(ProgrammeSession).scalar_subquery(),
        stayed.correlate(ProgrammeSession).scalar_subquery(),
    ).where(ProgrammeSession.event_id == event_id)


def _people(event_id: int, basis: Basis) -> sa.Select[Any]:
    counted = people(event_id, basis).subquery()
    return _row(_PEOPLE, name=counted.c.country, kind=counted.c.affiliation_kind, counts=(counted.c.people, _0, _0))


def _cancelled_choices(event_id: int) -> sa.Select[Any]:
    return (
        _row(_CANCELLED, at=SessionChoice.session_id, counts=(sa.func.count(), _0, _0))
        .where(SessionChoice.registration_id.in_(_gone(event_id)))
        .group_by(SessionChoice.session_id)
    )


def _cancelled_stays(event_id: int) -> sa.Select[Any]:
    return (
        _row(_CANCELLED, at=Attendance.session_id, counts=(_0, sa.func.count(), sa.func.sum(Attendance.seconds)))
        .where(Attendance.registration_id.in_(_gone(event_id)), Attendance.seconds > 0)
        .group_by(Attendance.session_id)
    )


def _release(event_id: int) -> sa.Select[Any]:
    number = sa.select(sa.func.max(Release.number).label("number")).where(Release.event_id == event_id).subquery()
    return _row(_RELEASE, counts=(number.c.number, _0, _0)).where(number.c.number.is_not(None))


def _gone(event_id: int) -> sa.Select[int]:
    return sa.select(Registration.id).where(
        Registration.event_id == event_id, Registration.state == RegistrationState.CANCELLED
    )


def _part(name: str) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{name}'", sa.String)


def _row(
    part: str,
    *,
    counts: tuple[sa.ColumnElement[Any], ...],
    at: sa.ColumnElement[Any] | InstrumentedAttribute[Any] = _NULL,
    name: sa.ColumnElement[Any] = _NULL,
    kind: sa.ColumnElement[Any] = _NULL,
) -> sa.Select[Any]:
    """A row of `figures`; the columns that are not given are null and have the types that sessions give them."""
    return sa.select(_part(part), at, name, _NULL, _NULL, _NULL, kind, *counts)


def _session_figures(rows: list[_SessionRow], cancelled: dict[int, tuple[int, int, int]]) -> tuple[SessionFigure, ...]:
    """Sessions of the draft in programme order; removed ones only where somebody chose or attended them."""
    found = []
    for row in sorted(rows, key=lambda row: row.position):
        registered, attended, seconds = map(sub, row.counts, cancelled.get(row.at, (0, 0, 0)))
        if not row.removed or registered or attended:
            found.append(SessionFigure(row.key, row.title, registered, attended, domain.minutes(seconds)))
    return tuple(found)


def _three(counts: Iterable[int]) -> tuple[int, int, int]:
    chosen, came, seconds = counts
    return chosen, came, int(seconds)
