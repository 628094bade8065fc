"""One session at a time: adding, changing, removing and restoring it, and everything that is refused."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, time, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from galerio_events.db import begin_writing
from galerio_events.errors import ChangeConflict, Conflict, NotFound
from galerio_events.events.domain import SlugProblem, is_key, slug_problem
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.programme import queries
from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.programme.domain.rules import (
    Frame,
    Known,
    SessionProblem,
    SessionRefused,
    key_problem,
    session_problems,
    session_uid,
)
from galerio_events.programme.domain.values import LinkValue, RoleValue, SessionValues
from galerio_events.programme.models import ProgrammeSession, RoleAssignment
from galerio_events.programme.services import add_session, remove_session, restore_session, save_session
from tests.support.builders import NOW, make_event, make_person, make_session, tr, utc

LATER = NOW + timedelta(days=1)
FRAME = Frame("Asia/Tokyo", date(2022, 11, 24), date(2022, 11, 25))
KNOWN = Known(
    frozenset({"webinar"}), frozenset({"smart-city"}), frozenset({"yusa"}), frozenset({"pablo", "tan", "vegara"})
)
VALUES = SessionValues(
    kind=SessionKind.SESSION,
    starts_at=utc(25, 6, 50),
    ends_at=utc(25, 8, 0),
    title=tr("魅力ある都市", "Attractive cities"),
    venue="webinar",
    track="smart-city",
    people=(RoleValue(RoleKind.MODERATOR, "pablo"), RoleValue(RoleKind.PANELIST, "tan")),
)


@pytest.fixture
def event(db_session: Session) -> Event:
    """An event that knows what VALUES refer to."""
    made = make_event(db_session)
    for key in ("pablo", "tan", "vegara"):
        make_person(db_session, made, key=key)
    return made


BROKEN: dict[SessionProblem, dict[str, object]] = {
    SessionProblem.TITLE_MISSING: {"title": tr("")},
    SessionProblem.TITLE_TOO_LONG: {"title": tr("", "x" * 201)},
    SessionProblem.SUMMARY_TOO_LONG: {"summary": tr("あ" * 501)},
    SessionProblem.ABSTRACT_TOO_LONG: {"abstract": tr("", "x" * 10_001)},
    SessionProblem.ENDS_BEFORE_START: {"ends_at": utc(25, 6, 50)},
    SessionProblem.STARTS_OUTSIDE_EVENT: {"starts_at": utc(23, 14, 59)},
    SessionProblem.ENDS_OUTSIDE_EVENT: {"ends_at": utc(25, 15, 1)},
    SessionProblem.UNKNOWN_VENUE: {"venue": "hall"},
    SessionProblem.UNKNOWN_TRACK: {"track": "energy"},
    SessionProblem.UNKNOWN_ORGANISER: {"organiser": "nobody"},
    SessionProblem.UNKNOWN_PERSON: {"people": (RoleValue(RoleKind.MC, "nobody"),)},
    SessionProblem.ROLE_TWICE: {"people": (RoleValue(RoleKind.MC, "tan"), RoleValue(RoleKind.MC, "tan"))},
    SessionProblem.CAPACITY_INVALID: {"capacity": -1},
    SessionProblem.TALK_TITLE_TOO_LONG: {"people": (RoleValue(RoleKind.MC, "tan", tr("", "x" * 201)),)},
    SessionProblem.MINUTES_INVALID: {"people": (RoleValue(RoleKind.MC, "tan", minutes=1441),)},
    SessionProblem.LANGUAGE_UNKNOWN: {"language": "klingon"},
    SessionProblem.LINK_INVALID: {"links": (LinkValue("ftp://example.org"),)},
    SessionProblem.LINK_TITLE_TOO_LONG: {"links": (LinkValue("https://example.org", "x" * 201),)},
    SessionProblem.TOO_MANY_LINKS: {"links": (LinkValue("https://example.org"),) * 21},
}


def broken(problem: SessionProblem) -> SessionValues:
    return replace(VALUES, **BROKEN[problem])  # type: ignore[arg-type]


@pytest.mark.parametrize("problem", BROKEN)
def test_each_rule_finds_its_problem(problem: SessionProblem) -> None:
    assert session_problems(broken(problem), FRAME, KNOWN) == (problem,)


def test_good_session_has_no_problem() -> None:
    assert session_problems(VALUES, FRAME, KNOWN) == ()
    assert session_problems(replace(VALUES, organiser="yusa", capacity=0), FRAME, KNOWN) == ()


def test_what_is_in_the_tray_needs_only_a_length() -> None:
    tray = replace(VALUES, scheduled=False, starts_at=utc(1, 0), ends_at=utc(1, 1))
    assert session_problems(tray, FRAME, KNOWN) == ()
    assert session_problems(replace(tray, ends_at=utc(1, 0)), FRAME, KNOWN) == (SessionProblem.ENDS_BEFORE_START,)


@pytest.mark.parametrize(
    ("day_starts_at", "starts_at", "ends_at", "holds"),
    [
        (time(0), utc(23, 15), utc(23, 16), True),
        (time(0), utc(23, 14, 59), utc(23, 16), False),
        (time(0), utc(25, 14), utc(25, 15), True),
        (time(0), utc(25, 14), utc(25, 15, 1), False),
        (time(5), utc(25, 14), utc(25, 20), True),
        (time(5), utc(25, 14), utc(25, 20, 1), False),
        (time(5), utc(23, 19, 59), utc(23, 21), False),
    ],
)
def test_days_of_an_event_begin_when_it_says(
    day_starts_at: time, starts_at: object, ends_at: object, holds: bool
) -> None:
    frame = replace(FRAME, day_starts_at=day_starts_at)
    assert frame.holds(starts_at, ends_at) is holds  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("session-4", None),
        ("4", None),
        ("x" * 60, None),
        ("x" * 61, SessionProblem.KEY_INVALID),
        ("", SessionProblem.KEY_INVALID),
        ("Session", SessionProblem.KEY_INVALID),
        ("a--b", SessionProblem.KEY_INVALID),
        ("-a", SessionProblem.KEY_INVALID),
        ("a/b", SessionProblem.KEY_INVALID),
        ("a\n", SessionProblem.KEY_INVALID),
        ("セッション", SessionProblem.KEY_INVALID),
        ("new", SessionProblem.KEY_RESERVED),
        ("taken", SessionProblem.KEY_TAKEN),
    ],
)
def test_keys(key: str, problem: SessionProblem | None) -> None:
    assert key_problem(key, {"taken"}) is problem


@pytest.mark.parametrize(
    ("slug", "problem"),
    [
        ("ascc11", None),
        ("x" * 40, None),
        ("x" * 41, SlugProblem.INVALID),
        ("ASCC", SlugProblem.INVALID),
        ("organise", SlugProblem.RESERVED),
        ("ja", SlugProblem.RESERVED),
        ("fr", SlugProblem.RESERVED),
    ],
)
def test_slugs(slug: str, problem: SlugProblem | None) -> None:
    assert slug_problem(slug) is problem
    assert is_key(slug) is (problem is not SlugProblem.INVALID or len(slug) == 41)


def test_uid_is_the_same_for_ever() -> None:
    assert session_uid("ascc11", "opening") == "99d86901-906a-50cf-8b7b-e52265da97ca"
    assert session_uid("ascc12", "opening") != session_uid("ascc11", "opening")


def test_added_session_says_what_was_wanted(db_session: Session, event: Event) -> None:
    session = add_session(db_session, event.id, "session-4", VALUES, now=NOW)
    db_session.expire_all()
    found = queries.session_by_key(db_session, event.id, "session-4")
    assert found is session
    assert queries.values_of(session) == VALUES
    assert (session.version, session.updated_at, session.uid) == (1, NOW, session_uid("ascc11", "session-4"))


@pytest.mark.parametrize("problem", BROKEN)
def test_bad_session_is_not_added(db_session: Session, event: Event, problem: SessionProblem) -> None:
    with pytest.raises(SessionRefused) as refused:
        add_session(db_session, event.id, "session-4", broken(problem), now=NOW)
    assert refused.value.problems == (problem,)
    assert queries.sessions_of(db_session, event.id) == []


def test_all_that_is_wrong_is_told_at_once(db_session: Session, event: Event) -> None:
    with pytest.raises(SessionRefused) as refused:
        add_session(db_session, event.id, "New", replace(VALUES, venue="hall", ends_at=utc(25, 6)), now=NOW)
    assert refused.value.problems == (
        SessionProblem.ENDS_BEFORE_START,
        SessionProblem.UNKNOWN_VENUE,
        SessionProblem.KEY_INVALID,
    )


def test_key_of_a_removed_session_is_taken(db_session: Session, event: Event) -> None:
    make_session(db_session, event, key="session-4", removed_at=NOW)
    with pytest.raises(SessionRefused) as refused:
        add_session(db_session, event.id, "session-4", VALUES, now=NOW)
    assert refused.value.problems == (SessionProblem.KEY_TAKEN,)


def test_same_key_in_another_event_is_another_session(db_session: Session, event: Event) -> None:
    other = make_event(db_session, "ascc12")
    values = replace(VALUES, people=())
    first = add_session(db_session, event.id, "session-4", values, now=NOW)
    second = add_session(db_session, other.id, "session-4", values, now=NOW)
    assert first.uid != second.uid
    assert queries.session_by_key(db_session, other.id, "session-4") is second


def test_person_of_another_event_is_unknown(db_session: Session, event: Event) -> None:
    other = make_event(db_session, "ascc12")
    with pytest.raises(SessionRefused) as refused:
        add_session(db_session, other.id, "session-4", VALUES, now=NOW)
    assert refused.value.problems == (SessionProblem.UNKNOWN_PERSON,)


def test_saved_session_says_what_was_wanted(db_session: Session, event: Event) -> None:
    add_session(db_session, event.id, "session-4", VALUES, now=NOW)
    other = replace(
        VALUES,
        starts_at=utc(25, 7),
        title=tr("別の題"),
        venue=None,
        track=None,
        capacity=20,
        people=(RoleValue(RoleKind.PANELIST, "tan"), RoleValue(RoleKind.PANELIST, "vegara")),
    )
    saved = save_session(db_session, event.id, "session-4", other, expected_version=1, now=LATER)
    db_session.expire_all()
    assert queries.values_of(saved) == other
    assert (saved.version, saved.updated_at) == (2, LATER)


def test_saving_the_same_changes_nothing(db_session: Session, event: Event) -> None:
    add_session(db_session, event.id, "session-4", VALUES, now=NOW)
    saved = save_session(db_session, event.id, "session-4", VALUES, expected_version=1, now=LATER)
    db_session.refresh(saved)
    assert (saved.version, saved.updated_at) == (1, NOW)


def test_another_order_of_people_counts_as_a_change_within_the_same_second(db_session: Session, event: Event) -> None:
    add_session(db_session, event.id, "session-4", VALUES, now=NOW)
    turned = replace(VALUES, people=VALUES.people[::-1])
    saved = save_session(db_session, event.id, "session-4", turned, expected_version=1, now=NOW)
    db_session.expire_all()
    assert (saved.version, queries.values_of(saved)) == (2, turned)


@pytest.mark.parametrize("problem", BROKEN)
def test_bad_values_are_not_saved(db_session: Session, event: Event, problem: SessionProblem) -> None:
    add_session(db_session, event.id, "session-4", VALUES, now=NOW)
    with pytest.raises(SessionRefused) as refused:
        save_session(db_session, event.id, "session-4", broken(problem), expected_version=1, now=LATER)
    assert refused.value.problems == (problem,)
    db_session.expire_all()
    found = queries.session_by_key(db_session, event.id, "session-4")
    assert found is not None
    assert (queries.values_of(found), found.version) == (VALUES, 1)


Write = Callable[..., ProgrammeSession]


def save(db_session: Session, event_id: int, key: str, **more: object) -> ProgrammeSession:
    return save_session(db_session, event_id, key, replace(VALUES, title=tr("", "New")), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("write", [save, remove_session, restore_session])
def test_stale_change_is_refused(db_session: Session, event: Event, write: Write) -> None:
    add_session(db_session, event.id, "session-4", VALUES, now=NOW)
    save(db_session, event.id, "session-4", expected_version=1, now=NOW)
    with pytest.raises(ChangeConflict) as refused:
        write(db_session, event.id, "session-4", expected_version=1, now=LATER)
    assert refused.value.reason is Conflict.STALE


@pytest.mark.parametrize("write", [save, remove_session, restore_session])
def test_unknown_session_is_not_found(db_session: Session, event: Event, write: Write) -> None:
    other = make_event(db_session, "ascc12")
    add_session(db_session, event.id, "session-4", VALUES, now=NOW)
    with pytest.raises(NotFound):
        write(db_session, other.id, "session-4", expected_version=1, now=LATER)


def test_removed_session_can_be_restored(db_session: Session, event: Event) -> None:
    add_session(db_session, event.id, "session-4", VALUES, now=NOW)
    removed = remove_session(db_session, event.id, "session-4", expected_version=1, now=LATER)
    assert (removed.removed_at, removed.version) == (LATER, 2)
    with pytest.raises(ChangeConflict) as refused:
        remove_session(db_session, event.id, "session-4", expected_version=2, now=LATER)
    assert refused.value.reason is Conflict.ALREADY_DONE
    restored = restore_session(db_session, event.id, "session-4", expected_version=2, now=LATER)
    assert (restored.removed_at, restored.version, queries.values_of(restored)) == (None, 3, VALUES)
    with pytest.raises(ChangeConflict) as refused:
        restore_session(db_session, event.id, "session-4", expected_version=3, now=LATER)
    assert refused.value.reason is Conflict.ALREADY_DONE


def test_session_outside_the_event_is_not_restored(db_session: Session, event: Event) -> None:
    add_session(db_session, event.id, "session-4", VALUES, now=NOW)
    remove_session(db_session, event.id, "session-4", expected_version=1, now=NOW)
    event.ends_on = date(2022, 11, 24)
    with pytest.raises(SessionRefused) as refused:
        restore_session(db_session, event.id, "session-4", expected_version=2, now=NOW)
    assert refused.value.problems == (SessionProblem.STARTS_OUTSIDE_EVENT, SessionProblem.ENDS_OUTSIDE_EVENT)


@pytest.mark.parametrize(
    "values",
    [{"ends_at": utc(25, 6, 50)}, {"capacity": -1}, {"kind": "party"}],
    ids=["ends at its start", "negative capacity", "unknown kind"],
)
def test_database_holds_the_rules_too(db_session: Session, event: Event, values: dict[str, object]) -> None:
    session = add_session(db_session, event.id, "session-4", VALUES, now=NOW)
    sets = ", ".join(f"{name} = :{name}" for name in values)
    with pytest.raises(IntegrityError):
        db_session.execute(sa.text(f"UPDATE programme_sessions SET {sets} WHERE id = {session.id}"), values)


def test_database_knows_a_role_of_a_person_once(db_session: Session, event: Event) -> None:
    session = add_session(db_session, event.id, "session-4", VALUES, now=NOW)
    person_id = session.roles[0].person_id
    db_session.add(RoleAssignment(session_id=session.id, person_id=person_id, role=RoleKind.MODERATOR, position=9))
    with pytest.raises(IntegrityError):
        db_session.flush()


def test_list_takes_as_many_queries_for_one_session_as_for_three(
    db_session: Session, event: Event, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    event_id = event.id

    def add(key: str) -> int:
        add_session(db_session, event_id, key, VALUES, now=NOW)
        db_session.commit()

        def read() -> None:
            for session in queries.sessions_of(db_session, event_id):
                queries.values_of(session)

        return count_queries(read)

    assert [add("a"), add("b"), add("c")] == [2, 2, 2]


def test_choices_are_in_the_events_own_order(db_session: Session, event: Event) -> None:
    found = queries.choices(db_session, event.id)
    assert [key for key, _ in found.people] == ["pablo", "tan", "vegara"]
    assert found.venues == (("webinar", tr("ウェビナー", "Webinar")),)


def test_of_two_who_save_at_one_time_one_is_told(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    with app.app_context():
        made = make_event(db.session())
        for key in ("pablo", "tan"):
            make_person(db.session(), made, key=key)
        add_session(db.session(), made.id, "session-4", VALUES, now=NOW)
        event_id = made.id
        db.session.commit()
    barrier = Barrier(2)

    def change(turn: int) -> str:
        begin_writing()
        with app.app_context():
            barrier.wait(timeout=20)
            values = replace(VALUES, title=tr("", f"Turn {turn}"), people=VALUES.people[turn:])
            try:
                save_session(db.session(), event_id, "session-4", values, expected_version=1, now=LATER)
                db.session.commit()
            except ChangeConflict as refused:
                db.session.rollback()
                return refused.reason
            return "saved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(change, range(2))) == ["saved", "stale"]
    with app.app_context():
        session = queries.session_by_key(db.session(), event_id, "session-4")
        assert session is not None
        turn = int(session.title["en"][-1])
        assert (session.version, queries.values_of(session).people) == (2, VALUES.people[turn:])


def test_one_form_that_arrives_twice_at_one_time_makes_one_session(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    with app.app_context():
        made = make_event(db.session())
        for key in ("pablo", "tan"):
            make_person(db.session(), made, key=key)
        db.session.commit()
        event_id = made.id
    barrier = Barrier(2)

    def add(number: int) -> str:
        begin_writing()
        with app.app_context():
            barrier.wait(timeout=20)
            key = add_session(db.session(), event_id, f"session-{number}", VALUES, nonce="n" * 22, now=NOW).key
            db.session.commit()
            return key

    with ThreadPoolExecutor(2) as pool:
        keys = set(pool.map(add, range(2)))
    with app.app_context():
        assert {session.key for session in queries.sessions_of(db.session(), event_id)} == keys
        assert len(keys) == 1
