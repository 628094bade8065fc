"""What cannot be meant so is found in a draft, exactly and nothing else."""

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
