"""A new edition made from an old one."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from galerio_events.events import queries as events
from galerio_events.events.models import Change, Event, EventOrganiser, Image
from galerio_events.people.models import Person
from galerio_events.programme import queries
from galerio_events.programme.domain import RoleKind, RoleState, SessionKind, SessionStatus
from galerio_events.programme.domain.cloning import (
    CloneProblem,
    CloneRefused,
    Part,
    Wish,
    first_days,
    next_slug,
    next_title,
    same_weekday,
)
from galerio_events.programme.domain.values import RoleValue
from galerio_events.programme.models import KindRule
from galerio_events.programme.services.cloning import clone_event
from galerio_events.translated import Translated
from tests.support.builders import NOW, make_event, make_person, make_session, tr, utc
from tests.support.demo import imported_ascc11

# Thursday 23 November 2023 is the fourth one, as 24 November 2022 was.
DAY = date(2023, 11, 23)
TITLE = tr("第12回アジア・スマートシティ会議", "12th Asia Smart City Conference")


@pytest.mark.parametrize(
    ("day", "year", "found"),
    [
        (date(2022, 11, 24), 2023, date(2023, 11, 23)),
        (date(2022, 11, 24), 2024, date(2024, 11, 28)),
        (date(2022, 11, 1), 2023, date(2023, 11, 7)),
        # A fifth Wednesday that there is not in that year: the last one.
        (date(2022, 11, 30), 2023, date(2023, 11, 29)),
        (date(2022, 11, 29), 2023, date(2023, 11, 28)),
        (date(2024, 2, 29), 2025, date(2025, 2, 27)),
    ],
)
def test_the_same_weekday_of_the_month(day: date, year: int, found: date) -> None:
    assert same_weekday(day, year) == found
    assert found.weekday() == day.weekday()


def test_first_days_are_proposed_of_years_that_are_not_over() -> None:
    day = date(2022, 11, 24)
    assert first_days(day, "Asia/Tokyo", now=utc(1, 0)) == (DAY, date(2024, 11, 28), date(2025, 11, 27))
    later = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)
    assert first_days(day, "Asia/Tokyo", now=later)[0] == date(2026, 11, 26)
    assert first_days(day, "UTC", now=later)[0] == date(2025, 11, 27)


@pytest.mark.parametrize(
    ("text", "ordinal", "found"),
    [
        ("11th Conference", 11, "12th Conference"),
        ("第11回会議", 11, "第12回会議"),
        ("第 11 回 会議", 11, "第12回 会議"),
        ("The 20th of 2020", 20, "The 21st of 2020"),
        ("1st and 21st", 21, "1st and 22nd"),
        ("110th", 10, "110th"),
        ("No number", 11, "No number"),
        ("11th", None, "11th"),
    ],
)
def test_the_number_in_a_title_is_counted_on(text: str, ordinal: int | None, found: str) -> None:
    assert next_title(Translated({"en": text}), ordinal) == {"en": found}


@pytest.mark.parametrize(
    ("slug", "ordinal", "found"),
    [
        ("ascc11", 11, "ascc12"),
        ("ascc9", 9, "ascc10"),
        ("expo-2022", 5, "expo-2023"),
        ("day-09", None, "day-10"),
        ("summit", 3, "summit-2"),
    ],
)
def test_the_next_address(slug: str, ordinal: int | None, found: str) -> None:
    assert next_slug(slug, ordinal) == found


def stored(db_session: Session, slug: str) -> Event:
    db_session.expire_all()
    found = events.by_slug(db_session, slug)
    assert found is not None
    return found


def test_the_whole_demo_comes_along(db_session: Session) -> None:
    old = imported_ascc11(db_session)
    made = clone_event(db_session, old.id, Wish("ascc12", TITLE, DAY, 12), now=NOW)
    new = stored(db_session, "ascc12")
    assert (made.event_id, made.sessions, made.laid_aside) == (new.id, 7, ())
    assert (new.title, new.ordinal, new.starts_on, new.ends_on) == (TITLE, 12, DAY, date(2023, 11, 24))
    assert (new.timezone, new.languages, new.theme, new.facts) == ("Asia/Tokyo", ["ja", "en"], {}, {})
    assert [(o.role, o.name) for o in new.organisers] == [(o.role, o.name) for o in old.organisers]
    assert [(v.key, v.name) for v in new.venues] == [(v.key, v.name) for v in old.venues]
    before = {s.key: s for s in queries.sessions_of(db_session, old.id)}
    after = {s.key: s for s in queries.sessions_of(db_session, new.id)}
    assert list(after) == list(before)
    # 364 days later, so on the same weekdays, at the same time on the clock.
    assert {key: (s.starts_at - before[key].starts_at).days for key, s in after.items()} == dict.fromkeys(before, 364)
    assert {s.ends_at - s.starts_at == before[key].ends_at - before[key].starts_at for key, s in after.items()} == {
        True
    }
    assert not {s.uid for s in after.values()} & {s.uid for s in before.values()}
    closing = queries.values_of(after["closing"])
    assert [(r.role, r.person) for r in closing.people] == [
        (r.role, r.person) for r in queries.values_of(before["closing"]).people
    ]
    assert {r.state for s in after.values() for r in queries.values_of(s).people} == {RoleState.TO_BE_INVITED}
    assert {r.state for s in before.values() for r in queries.values_of(s).people} == {RoleState.CONFIRMED}


def test_only_what_was_chosen_comes_along(db_session: Session) -> None:
    old = imported_ascc11(db_session)
    parts = frozenset({Part.VENUES, Part.SESSIONS, Part.ROLES})
    clone_event(db_session, old.id, Wish("ascc12", TITLE, DAY, parts=parts), now=NOW)
    new = stored(db_session, "ascc12")
    assert (new.organisers, new.tracks, new.ordinal) == ([], [], None)
    assert len(new.venues) == len(old.venues)
    sessions = [queries.values_of(s) for s in queries.sessions_of(db_session, new.id)]
    assert len(sessions) == 7
    # Roles need people, and texts were left behind.
    assert {(s.people, s.organiser, s.track, s.abstract) for s in sessions} == {((), None, None, Translated())}
    assert {s.venue is None for s in sessions} == {False}
    assert db_session.scalar(sa.select(sa.func.count(Person.id)).where(Person.event_id == new.id)) == 0


def test_private_details_logos_and_kinds_come_along_and_locks_do_not(db_session: Session) -> None:
    old = make_event(db_session, changeover_minutes=10)
    digest = "a" * 64
    db_session.add(
        Image(event_id=old.id, digest=digest, mimetype="image/webp", width=1, height=1, data=b"x", created_at=NOW)
    )
    db_session.add(
        Image(event_id=old.id, digest="b" * 64, mimetype="image/webp", width=1, height=1, data=b"y", created_at=NOW)
    )
    old.organisers[0].logo = digest
    db_session.add(KindRule(event_id=old.id, kind=SessionKind.KEYNOTE, required_roles=["keynote"], minutes=40))
    person = make_person(db_session, old, email="pablo@example.org", language="en", timezone="Asia/Manila")
    session = make_session(
        db_session,
        old,
        people=((RoleKind.MODERATOR, person),),
        locked=True,
        status=SessionStatus.CONFIRMED,
        capacity=30,
    )
    session.roles[0].title, session.roles[0].minutes = tr("話", "Talk"), 20
    db_session.flush()
    clone_event(db_session, old.id, Wish("ascc12", TITLE, DAY), now=NOW)
    new = stored(db_session, "ascc12")
    assert new.changeover_minutes == 10
    images = db_session.execute(sa.select(Image.digest, Image.data).where(Image.event_id == new.id)).all()
    assert [tuple(row) for row in images] == [(digest, b"x")]
    assert [o.logo for o in new.organisers] == [digest]
    rule = db_session.scalars(sa.select(KindRule).where(KindRule.event_id == new.id)).one()
    assert (rule.kind, rule.required_roles, rule.minutes) == (SessionKind.KEYNOTE, ["keynote"], 40)
    copied = db_session.scalars(sa.select(Person).where(Person.event_id == new.id)).one()
    assert (copied.email, copied.language, copied.timezone) == ("pablo@example.org", "en", "Asia/Manila")
    [values] = [queries.values_of(s) for s in queries.sessions_of(db_session, new.id)]
    assert (values.locked, values.status, values.capacity) == (False, SessionStatus.TENTATIVE, 30)
    role = RoleValue(RoleKind.MODERATOR, "pablo", tr("話", "Talk"), 20, RoleState.TO_BE_INVITED)
    assert values.people == (role,)


def test_a_session_at_whose_time_the_clocks_change_is_laid_aside(db_session: Session) -> None:
    old = make_event(
        db_session, "spring", timezone="Europe/Berlin", starts_on=date(2023, 3, 25), ends_on=date(2023, 3, 25)
    )
    # 02:30 to 03:30 in Berlin, which is skipped on 26 March 2023.
    make_session(
        db_session,
        old,
        "night",
        starts_at=datetime(2023, 3, 25, 1, 30, tzinfo=UTC),
        ends_at=datetime(2023, 3, 25, 2, 30, tzinfo=UTC),
    )
    made = clone_event(db_session, old.id, Wish("spring-2", tr("春", "Spring"), date(2023, 3, 26)), now=NOW)
    assert made.laid_aside == ("night",)
    [values] = [queries.values_of(s) for s in queries.sessions_of(db_session, made.event_id)]
    assert values.scheduled is False
    assert (values.ends_at - values.starts_at).total_seconds() == 3600


@pytest.mark.parametrize(
    ("wish", "problems"),
    [
        (Wish("ASCC 12", TITLE, DAY), (CloneProblem.SLUG_INVALID,)),
        (Wish("en", TITLE, DAY), (CloneProblem.SLUG_LANGUAGE,)),
        (Wish("organise", TITLE, DAY), (CloneProblem.SLUG_RESERVED,)),
        (Wish("ascc11", TITLE, DAY), (CloneProblem.SLUG_TAKEN,)),
        (Wish("ascc12", tr(""), date(9999, 1, 1)), (CloneProblem.TITLE_MISSING, CloneProblem.YEAR_INVALID)),
    ],
)
def test_what_cannot_be_made(db_session: Session, wish: Wish, problems: tuple[CloneProblem, ...]) -> None:
    old = make_event(db_session)
    with pytest.raises(CloneRefused) as refused:
        clone_event(db_session, old.id, wish, now=NOW)
    assert refused.value.problems == problems
    assert db_session.scalars(sa.select(Event.slug)).all() == ["ascc11"]


def test_it_stands_in_the_history_of_the_new_event_alone(db_session: Session) -> None:
    old = make_event(db_session)
    make_session(db_session, old)
    clone_event(db_session, old.id, Wish("ascc12", TITLE, DAY), now=NOW)
    rows = db_session.execute(sa.select(Change.event_id, Change.subject, Change.key, Change.batch).order_by(Change.id))
    found = [(event_id, subject.value, key) for event_id, subject, key, _batch in rows]
    new = stored(db_session, "ascc12")
    assert (new.id, "session", "session-3") in found
    assert {event_id for event_id, *_rest in found} == {new.id}
    organisers = sa.select(sa.func.count(EventOrganiser.id)).where(EventOrganiser.event_id == old.id)
    assert db_session.scalar(organisers) == 1


def test_the_command(app: Flask, db_session: Session) -> None:
    imported_ascc11(db_session)
    db_session.commit()
    run = app.test_cli_runner().invoke
    made = run(args=["events", "clone", "ascc11", "ascc12", "--year", "2023", "--without", "roles"])
    assert (made.exit_code, made.output) == (0, "ascc12: made for 2023-11-23, 7 sessions\n")
    new = stored(db_session, "ascc12")
    assert (new.title["en"], new.ordinal) == ("12th Asia Smart City Conference", 12)
    assert [s.roles for s in queries.sessions_of(db_session, new.id)] == [[]] * 7
    again = run(args=["events", "clone", "ascc11", "ascc12", "--from", "2023-11-23"])
    assert (again.exit_code, again.output) == (1, "Error: 'ascc12' was not made: slug taken\n")
    nobody = run(args=["events", "clone", "ascc99", "ascc12", "--year", "2023"])
    assert (nobody.exit_code, nobody.output) == (1, "Error: there is no event 'ascc99'\n")
    assert run(args=["events", "clone", "ascc11", "ascc13"]).exit_code == 2
