"""Releasing the draft: what the public sees afterwards, and what nothing can change any more."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from galerio_events.db import begin_writing
from galerio_events.errors import ChangeConflict, Conflict
from galerio_events.extensions import db
from galerio_events.people.models import Person
from galerio_events.programme import queries as drafts
from galerio_events.programme.domain import RoleKind
from galerio_events.programme.models import ProgrammeSession
from galerio_events.programme.services import remove_session, restore_session, save_session
from galerio_events.releases import queries
from galerio_events.releases.domain import document
from galerio_events.releases.models import Release
from galerio_events.releases.services import release_programme
from galerio_events.translated import Translated
from tests.support.builders import NOW, make_account, make_event, make_person, make_session, tr
from tests.support.demo import imported_ascc11, released_ascc11

LATER = NOW + timedelta(days=1)


def test_release_holds_what_the_draft_says(db_session: Session) -> None:
    release = released_ascc11(db_session)
    draft = queries.draft_programme(db_session, release.event_id)
    programme = queries.newest_programme(db_session, "ascc11")
    assert programme is not None
    assert (release.number, release.released_at, release.released_by, release.note) == (1, NOW, None, "")
    assert release.document == document.to_json(programme)
    assert release.digest == document.digest(release.document)
    assert [s.key for s in programme.sessions] == [
        *("reception", "business-matching", "opening", "session-1", "session-2", "session-3", "closing"),
    ]
    assert (programme.event, programme.venues, programme.people) == (draft.event, draft.venues, draft.people)
    assert programme.organisations["yusa"].name == tr("", "YOKOHAMA URBAN SOLUTION ALLIANCE (YUSA)")
    assert [(s.sequence, s.released_at) for s in programme.sessions] == [(0, NOW)] * 7


def test_second_release_needs_a_change(db_session: Session) -> None:
    release = released_ascc11(db_session)
    with pytest.raises(ChangeConflict) as refused:
        release_programme(db_session, release.event_id, account_id=None, now=LATER)
    assert refused.value.reason is Conflict.NOTHING_TO_RELEASE
    assert db_session.scalar(sa.select(sa.func.count(Release.id))) == 1


def test_release_of_an_unknown_event_is_refused(db_session: Session) -> None:
    with pytest.raises(NoResultFound):
        release_programme(db_session, 4711, account_id=None, now=NOW)


def test_event_without_sessions_can_be_released(db_session: Session) -> None:
    event = make_event(db_session)
    assert release_programme(db_session, event.id, account_id=None, now=NOW).number == 1


def test_renaming_in_the_draft_shows_with_the_next_release_only(db_session: Session) -> None:
    release = released_ascc11(db_session)
    before = release.document
    person = db_session.scalars(sa.select(Person).where(Person.key == "tan")).one()
    person.name = Translated({"en": "Alan Tan"})
    db_session.flush()
    shown = queries.newest_programme(db_session, "ascc11")
    assert shown is not None
    assert shown.people["tan"].name["en"] == "Tan Xin Ji Alan"
    release_programme(db_session, release.event_id, account_id=None, now=LATER)
    shown = queries.newest_programme(db_session, "ascc11")
    assert shown is not None
    assert (shown.number, shown.people["tan"].name["en"]) == (2, "Alan Tan")
    assert {s.key: s.sequence for s in shown.sessions if s.sequence} == {"session-3": 1}
    db_session.expire_all()
    assert db_session.get_one(Release, release.id).document == before


def test_moving_removing_and_restoring_through_three_releases(db_session: Session) -> None:
    event_id = released_ascc11(db_session).event_id

    def sequence(key: str) -> tuple[int, bool]:
        programme = queries.newest_of(db_session, event_id)
        assert programme is not None
        session = programme.session(key)
        assert session is not None
        return session.sequence, session.cancelled

    third = drafts.session_by_key(db_session, event_id, "session-3")
    assert third is not None
    values = drafts.values_of(third)
    later = replace(values, starts_at=values.starts_at + timedelta(minutes=5))
    save_session(db_session, event_id, "session-3", later, expected_version=1, now=LATER)
    release_programme(db_session, event_id, account_id=None, now=LATER)
    assert sequence("session-3") == (1, False)
    remove_session(db_session, event_id, "session-3", expected_version=2, now=LATER)
    release_programme(db_session, event_id, account_id=None, now=LATER)
    assert sequence("session-3") == (2, True)
    restore_session(db_session, event_id, "session-3", expected_version=3, now=LATER)
    release_programme(db_session, event_id, account_id=None, now=LATER)
    assert sequence("session-3") == (3, False)
    assert sequence("session-2") == (0, False)
    assert [r.number for r in queries.releases_of(db_session, event_id)] == [4, 3, 2, 1]
    first = queries.programme_by_number(db_session, event_id, 1)
    assert first is not None
    assert [s.sequence for s in first.sessions] == [0] * 7


def test_who_released_and_why_is_kept(db_session: Session) -> None:
    event, account = imported_ascc11(db_session), make_account(db_session)
    release = release_programme(db_session, event.id, account_id=account.id, note="初版", now=NOW)
    assert (release.released_by, release.note) == (account.id, "初版")


def test_documents_of_equal_drafts_differ_in_number_and_time_alone(db_session: Session) -> None:
    release = released_ascc11(db_session)
    session = db_session.scalars(sa.select(ProgrammeSession).where(ProgrammeSession.key == "opening")).one()
    for title in ("Start", "Opening"):
        session.title = tr("オープニング", title)
        last = release_programme(db_session, release.event_id, account_id=None, now=LATER)
    one, three = json.loads(release.document), json.loads(last.document)
    for found in (one, three):
        del found["number"], found["released_at"]
        del found["sessions"][2]["sequence"], found["sessions"][2]["released_at"]
    assert one == three


def test_draft_is_read_in_as_many_queries_for_one_session_as_for_three(
    db_session: Session, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    event = make_event(db_session)
    event_id = event.id
    people = [make_person(db_session, event, key=f"p-{i}") for i in range(2)]

    def add(key: str) -> int:
        make_session(db_session, event, key=key, people=((RoleKind.PANELIST, people[0]), (RoleKind.MC, people[1])))
        db_session.commit()
        return count_queries(lambda: queries.draft_programme(db_session, event_id))

    assert [add("a"), add("b"), add("c")] == [9, 9, 9]


def test_draft_leaves_removed_sessions_out_and_keeps_the_order_of_roles(db_session: Session) -> None:
    event = make_event(db_session)
    one, two = make_person(db_session, event, key="one"), make_person(db_session, event, key="two")
    make_session(db_session, event, key="kept", people=((RoleKind.PANELIST, two), (RoleKind.MODERATOR, one)))
    make_session(db_session, event, key="gone", removed_at=NOW)
    draft = queries.draft_programme(db_session, event.id)
    assert (draft.number, draft.released_at) == (queries.DRAFT, queries.NOT_RELEASED)
    assert [(s.key, [r.person for r in s.people]) for s in draft.sessions] == [("kept", ["two", "one"])]


def test_two_releases_at_one_time_follow_each_other(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    with app.app_context():
        event_id = imported_ascc11(db.session()).id
        db.session.commit()
    barrier = Barrier(2)

    def release(number: int) -> int | Conflict:
        begin_writing()
        with app.app_context():
            barrier.wait(timeout=20)
            try:
                made = release_programme(db.session(), event_id, account_id=None, now=NOW)
                found = made.number
                db.session.commit()
            except ChangeConflict as refused:
                db.session.rollback()
                return refused.reason
            return found

    with ThreadPoolExecutor(2) as pool:
        assert sorted(map(str, pool.map(release, range(2)))) == ["1", "nothing_to_release"]
        with app.app_context():
            begin_writing()
            title = sa.update(ProgrammeSession).where(ProgrammeSession.key == "opening")
            db.session.execute(title.values(title=tr("", "Start")))
            db.session.commit()
        assert sorted(map(str, pool.map(release, range(2)))) == ["2", "nothing_to_release"]
    with app.app_context():
        numbers = db.session.scalars(sa.select(Release.number).order_by(Release.number))
        assert list(numbers) == [1, 2]


def test_releases_with_a_change_each_are_numbered_without_a_gap(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    with app.app_context():
        event_id = imported_ascc11(db.session()).id
        db.session.commit()
    barrier = Barrier(4)

    def change_and_release(turn: int) -> int:
        begin_writing()
        with app.app_context():
            barrier.wait(timeout=20)
            key = ("opening", "session-1", "session-2", "closing")[turn]
            title = sa.update(ProgrammeSession).where(ProgrammeSession.key == key).values(title=tr("", f"Turn {turn}"))
            db.session.execute(title)
            number = release_programme(db.session(), event_id, account_id=None, now=NOW).number
            db.session.commit()
            return number

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(change_and_release, range(4))) == [1, 2, 3, 4]
    with app.app_context():
        newest = queries.newest_of(db.session(), event_id)
        assert newest is not None
        titles = {s.key: s.title.get("en") for s in newest.sessions}
        assert [titles[key] for key in ("opening", "session-1", "session-2", "closing")] == [
            *("Turn 0", "Turn 1", "Turn 2", "Turn 3"),
        ]


def test_releasing_takes_as_many_queries_for_one_session_as_for_three(
    db_session: Session, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    event = make_event(db_session)
    event_id = event.id

    def add_and_release(key: str) -> int:
        make_session(db_session, event, key=key)
        db_session.commit()
        return count_queries(lambda: release_programme(db_session, event_id, account_id=None, now=NOW))

    first, second, third = add_and_release("a"), add_and_release("b"), add_and_release("c")
    assert first == second == third
