"""The draft that conflicts are looked for in, read from the database, and accepting what is found."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict
from galerio_events.errors import Conflict as Why
from galerio_events.events.domain import Deed, Entry, Subject, VenueKind
from galerio_events.events.models import Change, Event, Venue
from galerio_events.events.services import record
from galerio_events.people.models import Availability
from galerio_events.programme import queries, services
from galerio_events.programme.domain import RoleKind, RoleState, SessionKind
from galerio_events.programme.domain.conflicts import (
    Conflict,
    ConflictKind,
    Draft,
    Part,
    Place,
    Slot,
    conflict_to_plain,
    find,
    placed,
)
from galerio_events.programme.domain.rules import Frame
from galerio_events.programme.domain.values import RoleValue
from galerio_events.programme.models import AcceptedWarning, KindRule
from galerio_events.programme.queries.conflicts import accepted_warnings, conflict_draft, forget, names_in
from galerio_events.programme.services.warnings import ReasonRefused, accept_warning, withdraw_acceptance
from tests.support.builders import NOW, make_event, make_person, make_session, tr, utc
from tests.support.demo import imported_ascc11


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    forget()
    yield
    forget()


def change(db_session: Session, event: Event, key: str, **fields: object) -> None:
    """Save the session with other values, as the session form does."""
    session = queries.session_by_key(db_session, event.id, key)
    assert session is not None
    values = replace(queries.values_of(session), **fields)  # type: ignore[arg-type]
    services.save_session(db_session, event.id, key, values, expected_version=session.version, now=NOW)


def anew(db_session: Session, event: Event) -> Draft:
    """The draft as it is read where nothing is kept."""
    forget()
    return conflict_draft(db_session, event.id)


def same(draft: Draft, other: Draft) -> bool:
    by_key = [sorted(each.sessions, key=lambda slot: slot.key) for each in (draft, other)]
    return by_key[0] == by_key[1] and replace(draft, sessions=()) == replace(other, sessions=())


def test_all_that_conflicts_depend_on(db_session: Session) -> None:
    event = make_event(db_session, changeover_minutes=10, day_starts_at=time(4))
    hall = Venue(event_id=event.id, key="hall", kind=VenueKind.ONSITE, name=tr("ホール"), capacity=300, position=1,
                 opens_at=time(9), closes_at=time(1))  # fmt: skip
    db_session.add_all([hall, KindRule(event_id=event.id, kind=SessionKind.KEYNOTE, required_roles=["keynote", "mc"])])
    pablo, tan = make_person(db_session, event), make_person(db_session, event, "tan")
    for day in (25, 24):
        db_session.add(Availability(person_id=tan.id, starts_at=utc(day, 1), ends_at=utc(day, 9)))
    made = make_session(db_session, event, people=((RoleKind.PANELIST, tan), (RoleKind.MODERATOR, pablo)), capacity=40)
    made.roles[0].minutes, made.roles[0].state, made.needs_interpreter = 20, RoleState.TO_BE_INVITED, True
    make_session(db_session, event, "tray", scheduled=False, venue=hall)
    make_session(db_session, event, "gone", removed_at=NOW, people=((RoleKind.MC, tan),))
    other = make_event(db_session, "other")
    make_session(db_session, other, "elsewhere", people=((RoleKind.MC, make_person(db_session, other)),))
    db_session.commit()
    assert conflict_draft(db_session, event.id) == Draft(
        frame=Frame("Asia/Tokyo", event.starts_on, event.ends_on, time(4)),
        changeover_minutes=10,
        venues={
            "webinar": Place(VenueKind.WEBINAR),
            "hall": Place(VenueKind.ONSITE, capacity=300, hours=(time(9), time(1))),
        },
        availability={"tan": ((utc(24, 1), utc(24, 9)), (utc(25, 1), utc(25, 9)))},
        required={SessionKind.KEYNOTE: (RoleKind.KEYNOTE, RoleKind.MC)},
        sessions=(
            Slot(
                "session-3",
                SessionKind.SESSION,
                utc(25, 6, 50),
                utc(25, 8),
                "webinar",
                (
                    Part(RoleKind.PANELIST, "tan", 20, RoleState.TO_BE_INVITED),
                    Part(RoleKind.MODERATOR, "pablo"),
                ),
                40,
                True,
            ),
            Slot("tray", SessionKind.SESSION, utc(25, 6, 50), utc(25, 8), "hall", scheduled=False),
        ),
    )


def test_the_programme_of_the_eleventh_has_no_conflict(db_session: Session) -> None:
    event = imported_ascc11(db_session)
    assert find(conflict_draft(db_session, event.id)) == ()


def test_the_closing_ten_minutes_earlier_is_exactly_that_overlap(db_session: Session) -> None:
    event = imported_ascc11(db_session)
    draft = conflict_draft(db_session, event.id)
    at_1650 = datetime(2022, 11, 25, 7, 50, tzinfo=UTC)
    earlier = {"starts_at": at_1650, "ends_at": at_1650 + timedelta(minutes=30)}
    ten_minutes = ((at_1650, at_1650 + timedelta(minutes=10)),)
    in_the_webinar = Conflict(ConflictKind.VENUE_TWICE, ("session-3", "closing"), ten_minutes, venue="webinar")
    tried = placed(draft, "closing", **earlier, venue="webinar")  # type: ignore[arg-type]
    assert find(tried) == find(tried, only="closing") == (in_the_webinar,)
    change(db_session, event, "closing", **earlier)
    assert find(conflict_draft(db_session, event.id)) == (in_the_webinar,)
    # The director general moderates the closing; now he is a reactor in session 3 as well.
    session = queries.session_by_key(db_session, event.id, "session-3")
    assert session is not None
    people = queries.values_of(session).people
    change(db_session, event, "session-3", people=(*people, RoleValue(RoleKind.REACTOR, "hashimoto")))
    assert find(conflict_draft(db_session, event.id)) == (
        Conflict(ConflictKind.PERSON_TWICE, ("session-3", "closing"), ten_minutes, person="hashimoto"),
        in_the_webinar,
    )


def test_what_is_kept_catches_up_with_every_change(db_session: Session) -> None:
    event = imported_ascc11(db_session)
    values = queries.values_of(queries.session_by_key(db_session, event.id, "closing"))  # type: ignore[arg-type]
    services.add_session(db_session, event.id, "party", values, now=NOW)
    kept = [conflict_draft(db_session, event.id)]
    change(db_session, event, "party", venue="metaverse", capacity=3, needs_interpreter=True)
    kept.append(conflict_draft(db_session, event.id))
    change(db_session, event, "party", people=values.people[:1], scheduled=False)
    kept.append(conflict_draft(db_session, event.id))
    party = queries.session_by_key(db_session, event.id, "party")
    assert party is not None
    services.remove_session(db_session, event.id, "party", expected_version=party.version, now=NOW)
    kept.append(conflict_draft(db_session, event.id))
    assert "party" not in {slot.key for slot in kept[-1].sessions}
    services.restore_session(db_session, event.id, "party", expected_version=party.version, now=NOW)
    kept.append(conflict_draft(db_session, event.id))
    assert [kept.index(draft) for draft in kept] == [0, 1, 2, 3, 2]
    assert same(kept[-1], anew(db_session, event))


def test_a_change_of_settings_is_read_anew(db_session: Session) -> None:
    event = imported_ascc11(db_session)
    change(db_session, event, "closing", capacity=3)
    assert conflict_draft(db_session, event.id).changeover_minutes == 0
    event.changeover_minutes = 15
    record(db_session, event.id, [Entry(Subject.EVENT, "ascc11", Deed.CHANGED, {}, {})], by=None, now=NOW)
    assert conflict_draft(db_session, event.id).changeover_minutes == 15


def test_what_was_rolled_back_is_forgotten(db_session: Session) -> None:
    event = imported_ascc11(db_session)
    change(db_session, event, "closing", capacity=3)
    db_session.commit()
    conflict_draft(db_session, event.id)
    change(db_session, event, "closing", capacity=4)
    assert {slot.capacity for slot in conflict_draft(db_session, event.id).sessions} == {None, 4}
    db_session.rollback()
    # SQLite gives the next change the id of the one that never was.
    change(db_session, event, "opening", capacity=5)
    assert {slot.capacity for slot in conflict_draft(db_session, event.id).sessions} == {None, 3, 5}
    assert same(conflict_draft(db_session, event.id), anew(db_session, event))


def test_many_changes_at_once_are_read_anew(db_session: Session) -> None:
    event = imported_ascc11(db_session)
    change(db_session, event, "closing", capacity=3)
    conflict_draft(db_session, event.id)
    for capacity in range(4, 80):
        change(db_session, event, "closing", capacity=capacity)
    assert same(conflict_draft(db_session, event.id), anew(db_session, event))


def test_the_number_of_queries_does_not_grow(
    db_session: Session, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    event = make_event(db_session)
    people = [make_person(db_session, event, key) for key in ("a", "b", "c")]
    counts = []
    for number in range(3):
        make_session(db_session, event, f"s{number}", people=tuple((RoleKind.SPEAKER, p) for p in people[: number + 1]))
        db_session.commit()
        forget()
        found = find(conflict_draft(db_session, event.id))
        counts.append(count_queries(lambda: conflict_draft(db_session, event.id)))
        names = count_queries(lambda: names_in(db_session, event.id, found))  # noqa: B023 called at once
        assert names <= 3
    # One asks for the newest change; seven read the draft.
    assert set(counts) == {8}
    change(db_session, event, "s1", capacity=3)
    conflict_draft(db_session, event.id)
    assert count_queries(lambda: conflict_draft(db_session, event.id)) == 1


def overlapping(db_session: Session) -> tuple[Event, Conflict]:
    event = imported_ascc11(db_session)
    change(db_session, event, "closing", starts_at=utc(25, 7, 50), ends_at=utc(25, 8, 20))
    (conflict,) = find(conflict_draft(db_session, event.id))
    return event, conflict


def test_accepting_is_remembered_with_its_reason_and_taken_back(db_session: Session) -> None:
    event, conflict = overlapping(db_session)
    accept_warning(db_session, event.id, conflict.fingerprint, " Same room,\x07 same people. ", by=None, now=NOW)
    (known,) = accepted_warnings(db_session, event.id).items()
    assert (known[0], known[1].reason, known[1].at) == (conflict.fingerprint, "Same room, same people.", NOW)
    withdraw_acceptance(db_session, event.id, conflict.fingerprint, by=None, now=NOW)
    assert accepted_warnings(db_session, event.id) == {}
    plain = {"reason": "Same room, same people.", "conflict": conflict_to_plain(conflict)}
    entries = db_session.scalars(sa.select(Change).where(Change.subject == Subject.WARNING).order_by(Change.id))
    assert [(c.key, c.deed, c.before, c.after) for c in entries] == [
        (conflict.fingerprint, Deed.ADDED, None, plain),
        (conflict.fingerprint, Deed.REMOVED, plain, None),
    ]


@pytest.mark.parametrize("reason", ["", "  \n", "‎", "x" * 501])
def test_accepting_needs_a_reason(db_session: Session, reason: str) -> None:
    event, conflict = overlapping(db_session)
    with pytest.raises(ReasonRefused):
        accept_warning(db_session, event.id, conflict.fingerprint, reason, by=None, now=NOW)
    accept_warning(db_session, event.id, conflict.fingerprint, "x" * 500, by=None, now=NOW)


def test_what_is_not_there_any_more_is_not_accepted(db_session: Session) -> None:
    event, conflict = overlapping(db_session)
    change(db_session, event, "closing", starts_at=utc(25, 7, 40))
    with pytest.raises(ChangeConflict) as refused:
        accept_warning(db_session, event.id, conflict.fingerprint, "All right.", by=None, now=NOW)
    assert refused.value.reason is Why.STALE
    assert accepted_warnings(db_session, event.id) == {}


def test_accepting_and_taking_back_twice(db_session: Session) -> None:
    event, conflict = overlapping(db_session)
    accept_warning(db_session, event.id, conflict.fingerprint, "All right.", by=None, now=NOW)
    with pytest.raises(ChangeConflict) as refused:
        accept_warning(db_session, event.id, conflict.fingerprint, "All right.", by=None, now=NOW)
    assert refused.value.reason is Why.ALREADY_DONE
    # What was accepted can be taken back when the conflict is gone, too.
    change(db_session, event, "closing", starts_at=utc(25, 8), ends_at=utc(25, 8, 30))
    withdraw_acceptance(db_session, event.id, conflict.fingerprint, by=None, now=NOW)
    with pytest.raises(ChangeConflict):
        withdraw_acceptance(db_session, event.id, conflict.fingerprint, by=None, now=NOW)


def test_an_event_accepts_a_conflict_once(db_session: Session) -> None:
    event = make_event(db_session)
    rows = [
        AcceptedWarning(event_id=event.id, fingerprint="0" * 64, reason="", accepted_at=NOW, accepted_by=None)
        for _twice in range(2)
    ]
    db_session.add_all(rows)
    with pytest.raises(IntegrityError):
        db_session.flush()
