"""What cannot be meant so is found in a draft, exactly and nothing else."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from galerio_events.events.domain import VenueKind
from galerio_events.programme.domain import RoleKind, RoleState, SessionKind
from galerio_events.programme.domain.conflicts import (
    Conflict,
    ConflictKind,
    Draft,
    Part,
    Place,
    Slot,
    conflict_from_plain,
    conflict_to_plain,
    find,
    placed,
    put,
    without,
)
from galerio_events.programme.domain.rules import Frame

FRAME = Frame("Asia/Tokyo", date(2022, 11, 24), date(2022, 11, 25))
MODERATOR, PANELIST, INTERPRETER = RoleKind.MODERATOR, RoleKind.PANELIST, RoleKind.INTERPRETER


def at(hour: int, minute: int = 0, day: int = 25) -> datetime:
    """An instant of November 2022 by a clock in Tokyo."""
    return datetime(2022, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=9)


SESSION = Slot("session-3", SessionKind.SESSION, at(15, 50), at(17), "webinar", (Part(MODERATOR, "pablo"),))
CLOSING = Slot("closing", SessionKind.CLOSING, at(17), at(17, 30), "webinar", (Part(MODERATOR, "hashimoto"),))
VENUES = {
    "webinar": Place(VenueKind.WEBINAR),
    "metaverse": Place(VenueKind.METAVERSE),
    "hall": Place(VenueKind.ONSITE, capacity=300),
}


def draft(*sessions: Slot, **more: object) -> Draft:
    return Draft(frame=FRAME, venues=VENUES, sessions=sessions, **more)  # type: ignore[arg-type]


def test_what_meets_does_not_overlap() -> None:
    assert find(draft(SESSION, CLOSING)) == ()


def test_exactly_the_overlap_in_a_venue_is_told() -> None:
    moved = placed(draft(SESSION, CLOSING), "closing", starts_at=at(16, 50), ends_at=at(17, 20), venue="webinar")
    (found,) = find(moved)
    assert found == Conflict(
        ConflictKind.VENUE_TWICE, ("session-3", "closing"), ((at(16, 50), at(17)),), venue="webinar"
    )
    assert (found.starts_at, found.ends_at, found.minutes) == (at(16, 50), at(17), 10)


@pytest.mark.parametrize("role", list(RoleKind))
def test_a_person_is_in_one_place_whatever_the_role(role: RoleKind) -> None:
    closing = replace(
        CLOSING,
        starts_at=at(16, 50),
        venue="metaverse",
        parts=(Part(role, "pablo", state=RoleState.TO_BE_INVITED), Part(PANELIST, "pablo")),
    )
    assert find(draft(SESSION, closing)) == (
        Conflict(ConflictKind.PERSON_TWICE, ("session-3", "closing"), ((at(16, 50), at(17)),), person="pablo"),
    )


def test_several_on_one_panel_who_meet_elsewhere_are_told_one_by_one() -> None:
    both = (Part(MODERATOR, "pablo"), Part(PANELIST, "grover"))
    found = find(
        draft(replace(SESSION, parts=both), replace(CLOSING, starts_at=at(16, 59), venue=None, parts=both[::-1]))
    )
    assert [(c.kind, c.person, c.minutes) for c in found] == [
        (ConflictKind.PERSON_TWICE, "grover", 1),
        (ConflictKind.PERSON_TWICE, "pablo", 1),
    ]


def test_three_at_once_are_three_pairs() -> None:
    sessions = [replace(SESSION, key=key, venue="hall", parts=()) for key in "abc"]
    longer = replace(sessions[1], ends_at=at(18), kind=SessionKind.BREAK)
    found = find(draft(sessions[0], longer, sessions[2], required={SessionKind.SESSION: ()}))
    assert [c.sessions for c in found] == [("a", "b"), ("a", "c"), ("c", "b")]
    assert {c.spans for c in found} == {((at(15, 50), at(17)),)}


@pytest.mark.parametrize(
    ("kind", "rule", "wanted"),
    [
        (SessionKind.SESSION, None, [ConflictKind.MODERATOR_MISSING]),
        (SessionKind.OPENING, None, []),
        (SessionKind.RECEPTION, None, []),
        (SessionKind.BREAK, None, []),
        (SessionKind.SESSION, (), []),
        (SessionKind.SESSION, (RoleKind.KEYNOTE,), [ConflictKind.ROLE_MISSING]),
        (SessionKind.CLOSING, (MODERATOR, RoleKind.MC), [ConflictKind.MODERATOR_MISSING, ConflictKind.ROLE_MISSING]),
        (SessionKind.CLOSING, (PANELIST,), []),
    ],
)
def test_a_kind_needs_the_roles_of_its_rule_and_a_session_a_moderator(
    kind: SessionKind, rule: tuple[RoleKind, ...] | None, wanted: list[ConflictKind]
) -> None:
    session = replace(SESSION, kind=kind, parts=(Part(PANELIST, "pablo"),))
    rules = {} if rule is None else {kind: rule}
    assert [c.kind for c in find(draft(session, required=rules))] == wanted


def test_whoever_is_to_be_invited_fills_a_role() -> None:
    assert find(draft(replace(SESSION, parts=(Part(MODERATOR, "pablo", state=RoleState.TO_BE_INVITED),)))) == ()


def test_an_interpreter_is_missing_only_where_one_is_needed() -> None:
    needing = replace(SESSION, needs_interpreter=True)
    (found,) = find(draft(needing))
    assert (found.kind, found.role) == (ConflictKind.INTERPRETER_MISSING, INTERPRETER)
    assert find(draft(replace(needing, parts=(*needing.parts, Part(INTERPRETER, "tan"))))) == ()
    # A rule that asks for interpreters says the same, and it is said once.
    (found,) = find(draft(needing, required={SessionKind.SESSION: (INTERPRETER,)}))
    assert found.kind is ConflictKind.ROLE_MISSING


@pytest.mark.parametrize(
    ("available", "away"),
    [
        ((), ()),
        (((at(15, 50), at(17)),), ()),
        (((at(9), at(16)), (at(16), at(20))), ()),
        (((at(9), at(16, 30)),), ((at(16, 30), at(17)),)),
        (((at(16), at(16, 30)), (at(9), at(10))), ((at(15, 50), at(16)), (at(16, 30), at(17)))),
        (((at(17), at(20)),), ((at(15, 50), at(17)),)),
        (((at(9, day=24), at(20, day=24)),), ((at(15, 50), at(17)),)),
    ],
)
def test_exactly_the_time_for_which_somebody_is_not_available(
    available: tuple[tuple[datetime, datetime], ...], away: tuple[tuple[datetime, datetime], ...]
) -> None:
    found = find(draft(SESSION, availability={"pablo": available, "tan": ()}))
    assert [(c.kind, c.person, c.spans) for c in found] == (
        [(ConflictKind.OUTSIDE_AVAILABILITY, "pablo", away)] if away else []
    )


@pytest.mark.parametrize(
    ("opens", "closes", "closed"),
    [
        (time(9), time(17), ()),
        (time(15, 50), time(17), ()),
        (time(9), time(16, 30), ((at(16, 30), at(17)),)),
        (time(16), time(16, 30), ((at(15, 50), at(16)), (at(16, 30), at(17)))),
        # Over midnight, and around the clock.
        (time(16), time(2), ((at(15, 50), at(16)),)),
        (time(20), time(16), ((at(16), at(17)),)),
        (time(16), time(16), ()),
        (time(0), time(0), ()),
    ],
)
def test_exactly_the_time_at_which_the_venue_is_closed(
    opens: time, closes: time, closed: tuple[tuple[datetime, datetime], ...]
) -> None:
    venues = {"webinar": Place(VenueKind.WEBINAR, hours=(opens, closes))}
    found = find(replace(draft(SESSION), venues=venues))
    assert [(c.kind, c.venue, c.spans) for c in found] == (
        [(ConflictKind.OUTSIDE_VENUE_HOURS, "webinar", closed)] if closed else []
    )


def test_hours_are_those_of_the_zone_on_the_very_day() -> None:
    # In New York clocks go back on 6 November 2022 at 2:00: opening at 9:00 is 13:00 UTC before and 14:00 after.
    frame = Frame("America/New_York", date(2022, 11, 5), date(2022, 11, 6))
    venues = {"hall": Place(VenueKind.ONSITE, hours=(time(9), time(18)))}
    first = Slot("a", SessionKind.OTHER, datetime(2022, 11, 5, 13, tzinfo=UTC), datetime(2022, 11, 5, 14, tzinfo=UTC))
    first = replace(first, venue="hall")
    next_day = replace(
        first, key="b", starts_at=first.starts_at + timedelta(days=1), ends_at=first.ends_at + timedelta(days=1)
    )
    (found,) = find(Draft(frame, venues=venues, sessions=(first, next_day)))
    assert found.sessions == ("b",)
    assert found.spans == ((next_day.starts_at, next_day.ends_at),)


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "outside"),
    [
        (at(0, day=24), at(1, day=24), False),
        (at(23, 59, day=23), at(1, day=24), True),
        (at(23), at(0, day=26), False),
        (at(23), at(0, 1, day=26), True),
        (at(12, day=27), at(13, day=27), True),
    ],
)
def test_what_lies_outside_the_event(starts_at: datetime, ends_at: datetime, outside: bool) -> None:
    found = find(draft(replace(SESSION, starts_at=starts_at, ends_at=ends_at)))
    assert [(c.kind, c.spans) for c in found] == (
        [(ConflictKind.OUTSIDE_EVENT, ((starts_at, ends_at),))] if outside else []
    )


def test_a_day_that_begins_at_four_lasts_until_four() -> None:
    party = replace(SESSION, starts_at=at(23), ends_at=at(3, day=26))
    assert [c.kind for c in find(draft(party))] == [ConflictKind.OUTSIDE_EVENT]
    assert find(replace(draft(party), frame=replace(FRAME, day_starts_at=time(4)))) == ()


@pytest.mark.parametrize(("begins", "told"), [(at(17), 0), (at(17, 9), 9), (at(17, 10), None)])
def test_a_venue_is_made_ready_between_two_sessions(begins: datetime, told: int | None) -> None:
    closing = replace(CLOSING, starts_at=begins)
    found = find(draft(SESSION, closing, changeover_minutes=10))
    wanted = Conflict(
        ConflictKind.VENUE_CHANGEOVER,
        ("session-3", "closing"),
        ((at(17), begins),),
        venue="webinar",
        found=told,
        allowed=10,
    )
    assert found == (() if told is None else (wanted,))


def test_a_break_is_time_for_the_changeover() -> None:
    rest = Slot("rest", SessionKind.BREAK, at(17), at(17, 10), "webinar")
    later = replace(CLOSING, starts_at=at(17, 10))
    assert find(draft(SESSION, rest, later, changeover_minutes=10)) == ()
    assert [c.found for c in find(draft(SESSION, rest, later, changeover_minutes=15))] == [10]


@pytest.mark.parametrize(
    ("venue", "kinds"),
    [
        ("hall", [ConflictKind.PERSON_CHANGEOVER]),
        # From one online venue to the other nobody walks, and in the same one it is the venue that is told.
        ("metaverse", []),
        (None, []),
        ("webinar", [ConflictKind.VENUE_CHANGEOVER]),
    ],
)
def test_a_person_needs_time_from_one_place_to_another(venue: str | None, kinds: list[ConflictKind]) -> None:
    closing = replace(CLOSING, starts_at=at(17, 5), venue=venue, parts=(Part(RoleKind.MC, "pablo"),))
    assert [c.kind for c in find(draft(SESSION, closing, changeover_minutes=10))] == kinds
    assert find(draft(SESSION, closing)) == ()


def test_plans_longer_than_their_slot() -> None:
    parts = (Part(MODERATOR, "pablo", 10), Part(PANELIST, "tan", 30), Part(PANELIST, "vegara", 30), Part(PANELIST, "x"))
    assert find(draft(replace(SESSION, parts=parts))) == ()
    (found,) = find(draft(replace(SESSION, parts=(*parts, Part(PANELIST, "sakawa", 1)))))
    assert (found.kind, found.found, found.allowed) == (ConflictKind.PLAN_TOO_LONG, 71, 70)


@pytest.mark.parametrize(("capacity", "kinds"), [(300, []), (301, [ConflictKind.CAPACITY_ABOVE_VENUE]), (None, [])])
def test_more_places_than_the_venue_has(capacity: int | None, kinds: list[ConflictKind]) -> None:
    found = find(draft(replace(SESSION, venue="hall", capacity=capacity)))
    assert [c.kind for c in found] == kinds
    assert [(c.found, c.allowed) for c in found] == [(301, 300)] * len(kinds)


def test_what_lies_in_the_tray_is_in_no_conflict() -> None:
    wrong = replace(SESSION, key="tray", parts=(), capacity=900, venue="hall", needs_interpreter=True)
    assert len(find(draft(SESSION, wrong))) == 3
    assert find(draft(SESSION, replace(wrong, scheduled=False))) == ()


def test_one_is_put_elsewhere_without_touching_the_rest() -> None:
    before = draft(SESSION, CLOSING)
    with pytest.raises(KeyError):
        placed(before, "nowhere", starts_at=at(9), ends_at=at(10), venue=None)
    assert find(placed(before, "closing", starts_at=at(16), ends_at=at(16, 30), venue="metaverse")) == ()
    assert (
        find(
            placed(before, "closing", starts_at=at(16), ends_at=at(17), venue="webinar", scheduled=False),
            only="closing",
        )
        == ()
    )
    more = put(before, replace(CLOSING, key="another", parts=()))
    assert [c.sessions for c in find(more, only="another")] == [("another", "closing")]
    assert find(more, only="session-3") == ()
    assert find(without(more, "another")) == ()


def test_an_accepted_overlap_is_known_again_until_it_is_another_one() -> None:
    def overlap(begins: datetime, **more: object) -> Conflict:
        (found,) = find(draft(SESSION, replace(CLOSING, starts_at=begins, **more)))  # type: ignore[arg-type]
        return found

    accepted = overlap(at(16, 50))
    assert accepted.fingerprint == overlap(at(16, 50), capacity=5).fingerprint
    assert len(accepted.fingerprint) == 64
    longer, shorter = overlap(at(16, 49)), overlap(at(16, 51))
    assert len({accepted.fingerprint, longer.fingerprint, shorter.fingerprint}) == 3
    hour = timedelta(hours=1)
    together = [replace(s, starts_at=s.starts_at - hour, ends_at=s.ends_at - hour) for s in (SESSION, CLOSING)]
    together[1] = replace(together[1], starts_at=at(15, 50))
    (moved,) = find(draft(*together))
    assert moved.fingerprint == accepted.fingerprint
    elsewhere = [replace(s, venue="hall") for s in (SESSION, replace(CLOSING, starts_at=at(16, 50)))]
    assert find(draft(*elsewhere))[0].fingerprint != accepted.fingerprint


def test_what_lies_outside_is_accepted_for_its_very_times() -> None:
    def away(until: datetime) -> Conflict:
        (found,) = find(draft(SESSION, availability={"pablo": ((at(9), until),)}))
        return found

    assert away(at(16)).fingerprint == away(at(16)).fingerprint
    assert away(at(16)).fingerprint != away(at(16, 1)).fingerprint


def test_plain_and_back() -> None:
    moved = replace(CLOSING, starts_at=at(16, 50), parts=(), capacity=400, venue="hall")
    found = find(draft(replace(SESSION, parts=(), venue="hall"), moved, availability={"pablo": ((at(1), at(2)),)}))
    assert len(found) == 3
    assert tuple(conflict_from_plain(json.loads(json.dumps(conflict_to_plain(c)))) for c in found) == found
