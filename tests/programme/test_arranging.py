"""Suggested times: what is possible, what is best, that nothing gets in the way, and what may be applied."""

import random
import threading
import time as clockwork
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict
from galerio_events.events.domain import VenueKind
from galerio_events.events.models import Change, Event
from galerio_events.events.queries import newest_change
from galerio_events.people.models import Availability
from galerio_events.programme import queries
from galerio_events.programme.domain import ArrangementState, RoleKind, SessionKind
from galerio_events.programme.domain.arranging import (
    Figures,
    Hindrance,
    Outcome,
    Progress,
    Result,
    Stand,
    Weights,
    Where,
    Wishes,
    allowed_hours,
    applied,
    figures,
    new_conflicts,
    problem_of,
    progress_from_plain,
    progress_to_plain,
    result_from_plain,
    result_to_plain,
    solvable,
    standing,
    wishes_from_plain,
    wishes_to_plain,
)
from galerio_events.programme.domain.arranging.greedy import cost_of, first_arrangement, least_cost
from galerio_events.programme.domain.conflicts import Draft, Part, Place, Slot
from galerio_events.programme.domain.rules import Frame
from galerio_events.programme.models import Arrangement
from galerio_events.programme.queries.conflicts import conflict_draft
from galerio_events.programme.services import arranging as services
from galerio_events.programme.services.arranging import (
    WouldConflict,
    accept_arrangement,
    claim_arrangement,
    dismiss_arrangement,
    give_back,
    request_arrangement,
    settle,
    tell_progress,
)
from galerio_events.programme.worker import Starter
from galerio_events.programme.worker import arranging as worker
from galerio_events.programme.worker.arranging import Arranger
from galerio_events.programme.worker.solver import Answer, solve
from tests.support.builders import NOW, make_event, make_person, make_session

DAY = date(2022, 11, 25)
FRAME = Frame("Asia/Tokyo", DAY, DAY)
OFFICE = {DAY: (time(9), time(18))}


def tokyo(hour: int, minute: int = 0) -> datetime:
    return datetime(2022, 11, 25, hour, minute, tzinfo=UTC) - timedelta(hours=9)


def slot(
    key: str, begin: datetime, minutes: int = 60, room: str | None = "a", people: str = "", **more: object
) -> Slot:
    parts = tuple(Part(RoleKind.SPEAKER, person) for person in people.split())
    made = Slot(key, SessionKind.SESSION, begin, begin + timedelta(minutes=minutes), room, parts)
    return replace(made, **more)  # type: ignore[arg-type]


def draft_of(*slots: Slot, rooms: str = "a", changeover: int = 0, **more: object) -> Draft:
    venues = {room: Place(VenueKind.WEBINAR) for room in rooms.split()}
    return replace(Draft(FRAME, changeover, venues, sessions=slots), **more)  # type: ignore[arg-type]


def wishes_of(keys: str, rooms: str = "a", **more: object) -> Wishes:
    return replace(Wishes(tuple(keys.split()), tuple(rooms.split()), OFFICE, seconds=5), **more)  # type: ignore[arg-type]


def solved(draft: Draft, wishes: Wishes, where: Where = Where()) -> Answer:  # noqa: B008 it is frozen
    problem = problem_of(draft, wishes, where)
    assert problem.stuck == {}
    return solve(problem, seconds=float(wishes.seconds))


def test_a_speaker_is_kept_out_of_their_night_at_the_only_time_there_is() -> None:
    # 9:00 to 17:00 in Tokyo is 1:00 to 9:00 in Paris: only the last hour is day there, and it is taken.
    draft = draft_of(slot("one", tokyo(9), people="anna"), slot("two", tokyo(16), people="ben"))
    where = Where({"anna": ("Europe/Paris",), "ben": ("Asia/Tokyo",)})
    answer = solved(draft, wishes_of("one two", hours={DAY: (time(9), time(17))}), where)
    assert answer.outcome is Outcome.OPTIMAL
    after = applied(draft, answer.stands)
    assert answer.stands["one"] == Stand(tokyo(16), tokyo(17), "a")
    assert solvable(after) == []
    assert figures(draft, where).night == {"anna": ("one",)}
    assert figures(after, where).night == {}


def test_nothing_moves_that_need_not() -> None:
    draft = draft_of(slot("one", tokyo(10)), slot("two", tokyo(13, 5)))
    answer = solved(draft, wishes_of("one two"))
    assert answer == Answer(
        Outcome.OPTIMAL,
        {"one": Stand(tokyo(10), tokyo(11), "a"), "two": Stand(tokyo(13, 5), tokyo(14, 5), "a")},
    )


def test_the_audience_counts_by_number_and_by_choice() -> None:
    draft = draft_of(slot("one", tokyo(9)), slot("two", tokyo(14)))
    where = Where({}, {"JP": 10}, {"one": {"FR": 10}})
    answer = solved(draft, wishes_of("one two", weights=Weights(0, 5, 1)), where)
    # 16:00 in Tokyo is 8:00 in Paris.
    assert {key: stand.starts_at for key, stand in answer.stands.items()} == {"one": tokyo(16), "two": tokyo(14)}
    assert figures(draft, where).audience == 500
    assert figures(applied(draft, answer.stands), where).audience == 0


@pytest.mark.parametrize(
    ("draft", "wishes", "why"),
    [
        (draft_of(slot("one", tokyo(9))), wishes_of("one", rooms=""), Hindrance.NO_ROOM),
        (draft_of(slot("one", tokyo(9), capacity=50), venues={"a": Place(VenueKind.ONSITE, 40)}), wishes_of("one"),
         Hindrance.NO_ROOM),
        (draft_of(slot("one", tokyo(9), minutes=600)), wishes_of("one"), Hindrance.HOURS),
        (draft_of(slot("one", tokyo(9), people="anna"), availability={"anna": ((tokyo(19), tokyo(20)),)}),
         wishes_of("one"), Hindrance.AVAILABILITY),
        (draft_of(slot("one", tokyo(9)), venues={"a": Place(VenueKind.ONSITE, None, (time(19), time(20)))}),
         wishes_of("one"), Hindrance.VENUE_HOURS),
        (draft_of(slot("one", tokyo(9)), slot("all day", tokyo(9), minutes=540)), wishes_of("one"), Hindrance.FIXED),
        (draft_of(slot("one", tokyo(9), people="anna"), slot("all day", tokyo(9), 540, "b", "anna"), rooms="a b"),
         wishes_of("one"), Hindrance.FIXED),
    ],
)  # fmt: skip
def test_what_fits_nowhere_is_told_with_its_reason(draft: Draft, wishes: Wishes, why: Hindrance) -> None:
    assert problem_of(draft, wishes, Where()).stuck == {"one": why}


def test_too_many_for_the_hours_are_told() -> None:
    draft = draft_of(*(slot(f"s{i}", tokyo(9), minutes=240, people="anna") for i in range(3)))
    answer = solve(problem_of(draft, wishes_of("s0 s1 s2"), Where()), seconds=10)
    assert (answer.outcome, answer.stands, len(answer.left_out)) == (Outcome.INFEASIBLE, {}, 1)


def test_availability_hours_of_rooms_and_what_stays_are_respected() -> None:
    draft = draft_of(
        slot("one", tokyo(9), people="anna"),
        slot("two", tokyo(9), minutes=45, people="ben"),
        slot("stays", tokyo(13), 60, "a", "ben"),
        changeover=10,
        availability={"anna": ((tokyo(11), tokyo(15)),)},
        venues={"a": Place(VenueKind.ONSITE, None, (time(11), time(15)))},
    )
    answer = solved(draft, wishes_of("one two"))
    after = applied(draft, answer.stands)
    assert solvable(after) == []
    assert next(s for s in after.sessions if s.key == "stays").starts_at == tokyo(13)
    # Between 11:00 and 12:50 there is room for one of them; after 14:10, for the shorter one only.
    assert answer.stands["two"].starts_at == tokyo(14, 10)
    assert tokyo(11) <= answer.stands["one"].starts_at <= tokyo(11, 50)


def test_a_room_of_another_kind_is_no_choice_and_the_tray_is() -> None:
    venues = {"a": Place(VenueKind.ONSITE), "b": Place(VenueKind.WEBINAR)}
    draft = draft_of(slot("one", tokyo(9)), slot("tray", tokyo(9), room=None, scheduled=False), venues=venues)
    problem = problem_of(draft, wishes_of("one tray", "a b"), Where())
    assert [set(movable.rooms) for movable in problem.movable] == [{"a"}, {"a", "b"}]
    answer = solve(problem, seconds=5)
    assert answer.stands["tray"].scheduled
    assert solvable(applied(draft, answer.stands)) == []


def test_hours_after_midnight_and_at_a_change_of_the_clocks() -> None:
    frame = Frame("Asia/Tokyo", DAY, DAY, time(5))
    wishes = wishes_of("", hours={DAY: (time(22), time(2))})
    assert allowed_hours(draft_of(frame=frame), wishes) == ((tokyo(22), tokyo(26 - 24) + timedelta(days=1)),)
    spring = Frame("Europe/Paris", date(2022, 3, 27), date(2022, 3, 27))
    given = wishes_of("", hours={date(2022, 3, 27): (time(2, 30), time(6))})
    ((begin, end),) = allowed_hours(draft_of(frame=spring), given)
    assert (begin, end) == (datetime(2022, 3, 27, 1, 30, tzinfo=UTC), datetime(2022, 3, 27, 4, tzinfo=UTC))


def many(count: int, rooms: int, *, seed: int, days: int = 2, people: int = 3) -> tuple[Draft, Wishes, Where]:
    """Sessions thrown into a timetable, in conflict with one another."""
    chance = random.Random(seed)
    first = date(2022, 11, 24)
    dates = [first + timedelta(days=i) for i in range(days)]
    names = [f"p{i}" for i in range(count * people)]
    slots = []
    for i in range(count):
        begin = datetime(2022, 11, 24, tzinfo=UTC) + timedelta(
            days=chance.randrange(days), minutes=5 * chance.randrange(90)
        )
        kind = chance.choice([SessionKind.SESSION, SessionKind.SESSION, SessionKind.BREAK])
        speakers = " ".join(chance.sample(names, people))
        slots.append(
            slot(f"s{i}", begin, chance.choice([30, 45, 60]), f"r{chance.randrange(rooms)}", speakers, kind=kind)
        )
    kinds = [VenueKind.ONSITE, VenueKind.WEBINAR]
    venues = {f"r{i}": Place(kinds[i % 2], None, (time(8), time(21)) if i % 2 else None) for i in range(rooms)}
    draft = Draft(Frame("Asia/Tokyo", first, dates[-1]), 10, venues, sessions=tuple(slots))
    moving = tuple(one.key for one in slots if chance.random() < 0.9)
    hours = {day: (time(8), time(21)) for day in dates}
    zones = ["Asia/Tokyo", "Asia/Bangkok", "Europe/Paris", "America/New_York"]
    where = Where({name: (chance.choice(zones),) for name in names}, {"JP": 9, "TH": 4, "US": 2})
    return draft, Wishes(moving, tuple(venues), hours, 15, 10, Weights(), 3), where


@pytest.mark.parametrize("seed", range(6))
def test_an_arrangement_brings_no_conflict_to_what_it_moves(seed: int) -> None:
    draft, wishes, where = many(14, 2, seed=seed)
    problem = problem_of(draft, wishes, where)
    if problem.stuck:
        return
    answer = solve(problem, seconds=3)
    assert answer.outcome in {Outcome.OPTIMAL, Outcome.FEASIBLE}
    after = applied(draft, answer.stands)
    moving = set(wishes.keys)
    assert [c for c in solvable(after) if moving & set(c.sessions)] == []
    before = {one.key: one for one in draft.sessions if one.key not in moving}
    assert {one.key: one for one in after.sessions if one.key not in moving} == before
    assert cost_of(problem, answer.stands) >= least_cost(problem)


def test_sixty_sessions_in_three_rooms_within_the_limit() -> None:
    draft, wishes, where = many(60, 3, seed=4, days=3)
    draft = replace(draft, venues={key: Place(VenueKind.WEBINAR) for key in draft.venues})
    wishes = replace(wishes, keys=tuple(one.key for one in draft.sessions), seconds=6)
    problem = problem_of(draft, wishes, where)
    begin = clockwork.monotonic()
    answer = solve(problem, seconds=6)
    assert clockwork.monotonic() - begin < 12
    assert answer.outcome in {Outcome.OPTIMAL, Outcome.FEASIBLE}
    assert solvable(applied(draft, answer.stands)) == []
    assert figures(applied(draft, answer.stands), where).nights < figures(draft, where).nights
    assert cost_of(problem, answer.stands) <= cost_of(problem, first_arrangement(problem))


def test_a_search_that_is_stopped_gives_what_it_has() -> None:
    draft, wishes, where = many(60, 3, seed=4, days=3)
    problem = problem_of(replace(draft, venues={k: Place(VenueKind.WEBINAR) for k in draft.venues}), wishes, where)
    told: list[Progress] = []

    def watch(progress: Progress) -> bool:
        told.append(progress)
        return False

    begin = clockwork.monotonic()
    answer = solve(problem, seconds=60, watch=watch, every=0.2)
    assert clockwork.monotonic() - begin < 20
    assert answer.outcome in {Outcome.FEASIBLE, Outcome.OPTIMAL}
    assert told != [] or answer.outcome is Outcome.OPTIMAL


def test_part_of_a_suggestion_is_checked_again() -> None:
    draft = draft_of(slot("one", tokyo(9)), slot("two", tokyo(10)))
    swap = {"one": Stand(tokyo(10), tokyo(11), "a"), "two": Stand(tokyo(9), tokyo(10), "a")}
    assert new_conflicts(draft, swap) == []
    assert [c.sessions for c in new_conflicts(draft, {"one": swap["one"]})] == [("one", "two")]


def test_values_are_stored_as_they_are() -> None:
    wishes = wishes_of("one two", rooms="a b", weights=Weights(5, 0, 2), step=15, changeover=5)
    assert wishes_from_plain(wishes_to_plain(wishes)) == wishes
    progress = Progress(3, 2, 100, 50)
    assert progress_from_plain(progress_to_plain(progress)) == progress
    assert progress_from_plain({}) == Progress()
    stand = Stand(tokyo(9), tokyo(10), None, False)
    result = Result(
        Outcome.FEASIBLE, 7, {"one": (stand, replace(stand, venue="a", scheduled=True))},
        Figures(3, {"anna": ("one",)}, 31), Figures(0, {}, None), {"two": Hindrance.FIXED},
    )  # fmt: skip
    assert result_from_plain(result_to_plain(result)) == result
    assert result_from_plain({}).outcome is Outcome.GONE


def test_silence_is_failure() -> None:
    state = ArrangementState
    at = NOW + timedelta(seconds=21)
    assert standing(state.RUNNING, NOW, NOW, at) == (state.FAILED, True)
    assert standing(state.RUNNING, NOW, at, at) == (state.RUNNING, False)
    assert standing(state.WAITING, NOW, None, at) == (state.WAITING, False)
    assert standing(state.WAITING, NOW, None, NOW + timedelta(seconds=91)) == (state.WAITING, True)
    assert standing(state.READY, NOW, NOW, NOW + timedelta(days=3)) == (state.READY, False)


# What is stored.

STORED = Wishes(("one", "two"), ("webinar",), {DAY: (time(9), time(17))}, 10, 0, Weights(), 5)


@pytest.fixture
def event(db_session: Session) -> Event:
    made = make_event(db_session, starts_on=DAY, ends_on=DAY)
    anna = make_person(db_session, made, "anna", country="FR")
    make_session(db_session, made, "one", starts_at=tokyo(9), ends_at=tokyo(10), people=((RoleKind.SPEAKER, anna),))
    make_session(db_session, made, "two", starts_at=tokyo(16), ends_at=tokyo(17))
    db_session.commit()
    return made


def computed(db_session: Session, event: Event, wishes: Wishes = STORED) -> Arrangement:
    made, new = request_arrangement(db_session, event.id, wishes, by=None, now=NOW)
    assert new
    db_session.commit()
    bind = db_session.get_bind()
    run = Arranger(lambda: Session(bind, join_transaction_mode="create_savepoint"), clock=lambda: NOW, every=0.1).run()
    assert run == 1
    db_session.refresh(made)
    return made


def where_is(db_session: Session, event: Event, key: str) -> datetime:
    db_session.expire_all()
    session = queries.session_by_key(db_session, event.id, key)
    assert session is not None
    return session.starts_at


def test_from_the_request_to_the_draft(db_session: Session, event: Event) -> None:
    made = computed(db_session, event)
    assert made.state is ArrangementState.READY
    result = result_from_plain(made.result)
    assert set(result.moves) == {"one", "two"}
    assert (result.before, result.after) == (Figures(0, {"anna": ("one",)}, None), Figures(0, {}, None))
    before = newest_change(db_session, event.id)
    assert accept_arrangement(db_session, event.id, made.id, ["one", "two"], by=None, now=NOW) == 2
    db_session.commit()
    assert where_is(db_session, event, "one") == tokyo(16)
    changes = db_session.scalars(sa.select(Change).where(Change.event_id == event.id, Change.id > before)).all()
    assert (sorted(change.key for change in changes), len({change.batch for change in changes})) == (["one", "two"], 1)
    assert solvable(conflict_draft(db_session, event.id)) == []
    with pytest.raises(ChangeConflict) as refused:
        accept_arrangement(db_session, event.id, made.id, ["one"], by=None, now=NOW)
    assert refused.value.reason is Conflict.ALREADY_DONE


def test_part_of_it_is_refused_where_it_gets_in_the_way(db_session: Session, event: Event) -> None:
    made = computed(db_session, event)
    with pytest.raises(WouldConflict) as refused:
        accept_arrangement(db_session, event.id, made.id, ["one"], by=None, now=NOW)
    assert [conflict.sessions for conflict in refused.value.conflicts] == [("one", "two")]
    db_session.rollback()
    assert where_is(db_session, event, "one") == tokyo(9)
    assert accept_arrangement(db_session, event.id, made.id, ["one", "two"], by=None, now=NOW) == 2


def test_a_draft_that_has_changed_is_left_alone(db_session: Session, event: Event) -> None:
    made = computed(db_session, event)
    from galerio_events.programme.domain.placing import Placement
    from galerio_events.programme.services import place_session

    place_session(
        db_session, event.id, "two", Placement(tokyo(11), tokyo(12), "webinar"), expected_version=1, by=None, now=NOW
    )
    db_session.commit()
    with pytest.raises(ChangeConflict) as refused:
        accept_arrangement(db_session, event.id, made.id, ["one"], by=None, now=NOW)
    assert refused.value.reason is Conflict.STALE


def test_locked_sessions_never_move(db_session: Session, event: Event) -> None:
    session = queries.session_by_key(db_session, event.id, "two")
    assert session is not None
    session.locked = True
    db_session.commit()
    made = computed(db_session, event, replace(STORED, keys=("one",), hours=OFFICE))
    result = result_from_plain(made.result)
    # 17:00 in Tokyo is 9:00 in Paris: the hour before is taken.
    assert {key: to.starts_at for key, (_, to) in result.moves.items()} == {"one": tokyo(17)}


def test_what_was_locked_since_is_left_alone_though_the_history_says_nothing(db_session: Session, event: Event) -> None:
    made = computed(db_session, event)
    assert "one" in result_from_plain(made.result).moves
    session = queries.session_by_key(db_session, event.id, "one")
    assert session is not None
    session.locked = True
    db_session.commit()
    with pytest.raises(ChangeConflict) as refused:
        accept_arrangement(db_session, event.id, made.id, ["one", "two"], by=None, now=NOW)
    assert refused.value.reason is Conflict.STALE
    db_session.rollback()
    assert where_is(db_session, event, "one") == tokyo(9)


def test_one_at_a_time_and_a_silent_one_is_not_in_the_way(db_session: Session, event: Event) -> None:
    first, new = request_arrangement(db_session, event.id, STORED, by=None, now=NOW)
    assert request_arrangement(db_session, event.id, STORED, by=None, now=NOW) == (first, False)
    with pytest.raises(sa.exc.IntegrityError), db_session.begin_nested():
        db_session.add(Arrangement(event_id=event.id, requested_at=NOW, wishes={}))
        db_session.flush()
    assert claim_arrangement(db_session, now=NOW) == (first.id, event.id, wishes_to_plain(STORED))
    assert claim_arrangement(db_session, now=NOW) is None
    later = NOW + timedelta(minutes=1)
    second, new = request_arrangement(db_session, event.id, STORED, by=None, now=later)
    assert (new, second.id > first.id) == (True, True)
    db_session.refresh(first)
    assert first.state is ArrangementState.FAILED
    # Whoever computed the first and was only slow is told that nobody wants it.
    assert tell_progress(db_session, first.id, Progress(), now=later) is False
    assert settle(db_session, first.id, Result(Outcome.OPTIMAL, 0), now=later) is False


def test_stopping_it_stops_the_search(db_session: Session, event: Event) -> None:
    made, _new = request_arrangement(db_session, event.id, STORED, by=None, now=NOW)
    claim_arrangement(db_session, now=NOW)
    assert tell_progress(db_session, made.id, Progress(1, 1, 5, 2), now=NOW) is True
    dismiss_arrangement(db_session, event.id, made.id)
    assert tell_progress(db_session, made.id, Progress(), now=NOW) is False
    db_session.refresh(made)
    assert (made.state, made.progress["cost"]) == (ArrangementState.DISMISSED, 5)


def test_a_worker_that_has_to_go_gives_it_back(db_session: Session, event: Event) -> None:
    made, _new = request_arrangement(db_session, event.id, STORED, by=None, now=NOW)
    claim_arrangement(db_session, now=NOW)
    assert give_back(db_session, made.id)
    assert claim_arrangement(db_session, now=NOW) == (made.id, event.id, wishes_to_plain(STORED))


@pytest.mark.parametrize("step", ["problem_of", "figures", "search", "result_of"])
def test_there_is_a_sign_of_life_at_every_step(
    db_session: Session, event: Event, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    made, _new = request_arrangement(db_session, event.id, STORED, by=None, now=NOW)
    db_session.commit()
    told = threading.Event()
    tell = services.tell_progress

    def telling(*given: Any, **more: Any) -> bool:
        wanted = tell(*given, **more)
        told.set()
        return wanted

    def waiting(whole: Any) -> Any:
        def step_of(*given: Any, **more: Any) -> Any:
            told.clear()
            assert told.wait(20), "nobody has told how far it is"
            return whole(*given, **more)

        return step_of

    monkeypatch.setattr(services, "tell_progress", telling)
    search: Any = solve
    if step == "search":
        search = waiting(solve)
    else:
        monkeypatch.setattr(worker, step, waiting(getattr(worker, step)))
    bind = db_session.get_bind()
    arranger = Arranger(
        lambda: Session(bind, join_transaction_mode="create_savepoint"), clock=lambda: NOW, search=search, every=0.05
    )
    assert arranger.run() == 1
    db_session.refresh(made)
    assert made.state is ArrangementState.READY


def test_what_goes_wrong_in_the_search_is_told(db_session: Session, event: Event) -> None:
    made, _new = request_arrangement(db_session, event.id, STORED, by=None, now=NOW)
    db_session.commit()

    def broken(*_arguments: object, **_more: object) -> Answer:
        raise RuntimeError("out of order")

    bind = db_session.get_bind()
    Arranger(lambda: Session(bind, join_transaction_mode="create_savepoint"), clock=lambda: NOW, search=broken).run()
    db_session.refresh(made)
    assert (made.state, made.result["outcome"]) == (ArrangementState.FAILED, "gone")


def test_an_impossible_request_names_the_session(db_session: Session, event: Event) -> None:
    anna = queries.ids_by_key(db_session, event.id).people["anna"]
    db_session.add(Availability(person_id=anna, starts_at=tokyo(20), ends_at=tokyo(22)))
    db_session.commit()
    made = computed(db_session, event)
    assert made.state is ArrangementState.FAILED
    assert result_from_plain(made.result).stuck == {"one": Hindrance.AVAILABILITY}


def test_the_starter_starts_one_process_at_a_time(tmp_path: object) -> None:
    waiting = [True]
    asked: list[bool] = []

    def look() -> bool:
        asked.append(True)
        return waiting[0]

    starter = Starter(look, ["sleep", "30"])
    starter()
    process = starter._process
    assert process is not None
    starter()
    assert (starter._process, len(asked)) == (process, 1)
    process.kill()
    process.wait()
    waiting[0] = False
    starter()
    assert (starter._process, len(asked)) == (None, 2)
