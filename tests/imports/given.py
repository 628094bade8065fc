"""An event to import into, and what the tests ask of plans."""

from datetime import UTC, date, datetime, time
from typing import Any

from galerio_events.events.domain import EventFormat, Subject, VenueKind
from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.programme.domain.incoming import Choices, ProgrammeFile, RowProblem, Target, Thing
from galerio_events.programme.domain.planning import FRESH, Draft, Plan, Stored, StoredSession, make_plan
from galerio_events.programme.domain.rules import Frame
from galerio_events.programme.domain.values import RoleValue, SessionValues
from tests.support.builders import tr

FRAME = Frame("Asia/Tokyo", date(2022, 11, 24), date(2022, 11, 25), time(0))
TARGET = Target("harbour", FRAME, ("ja", "en"))
ENGLISH = Target("harbour", FRAME, ("ja", "en"), "en")
UID = "8a9f2f64-5a1c-4d7e-9d7c-3b1f1f0f7a11"


def moment(text: str) -> datetime:
    """The instant of `24 10:00`, on the clock in Tokyo."""
    day, of_day = text.split()
    hour, minute = map(int, of_day.split(":"))
    return datetime.fromisoformat(f"2022-11-{int(day):02}T{hour:02}:{minute:02}:00+09:00").astimezone(UTC)


def draft(**more: Any) -> Draft:
    """An event of two days with a hall, a track, two persons and one session of one of them."""
    given: dict[str, Any] = {
        "slug": "harbour",
        "event": {
            "title": tr("港湾会議", "Harbour"),
            "theme": tr(""),
            "timezone": "Asia/Tokyo",
            "starts_on": date(2022, 11, 24),
            "ends_on": date(2022, 11, 25),
            "ordinal": None,
            "day_starts_at": time(0),
            "languages": ("ja", "en"),
            "format": EventFormat.ONLINE,
            "changeover_minutes": 0,
            "facts": {},
            "organisers": (),
        },
        "venues": {"hall": stored(Subject.VENUE, 1, name=tr("大ホール", "Main hall"), kind=VenueKind.ONSITE)},
        "tracks": {"cities": stored(Subject.TRACK, 1, name=tr("都市", "Cities"), colour="#0a7f5c")},
        "people": {
            "mara": stored(Subject.PERSON, 1, name=tr("", "Mara Quay"), email="mara@example.org"),
            "tom": stored(Subject.PERSON, 2, name=tr("トム・ピア", "Tom Pier"), position=1),
        },
        "sessions": {"welcome": StoredSession(1, UID, session())},
    }
    return Draft(**(given | more))


def session(**more: Any) -> SessionValues:
    """A session in the hall on the first day from ten to eleven, moderated by Mara."""
    given: dict[str, Any] = {
        "kind": SessionKind.SESSION,
        "starts_at": moment("24 10:00"),
        "ends_at": moment("24 11:00"),
        "title": tr("ようこそ", "Welcome"),
        "venue": "hall",
        "track": "cities",
        "people": (RoleValue(RoleKind.MODERATOR, "mara", tr("", "Boats"), 20),),
        "capacity": 40,
        "locked": False,
    }
    return SessionValues(**(given | more))


def stored(subject: Subject, number: int, **values: Any) -> Stored:
    return Stored(number, {**FRESH[subject], **values})


def planned(file: ProgrammeFile, before: Draft | None = None, **choices: Any) -> Plan:
    return make_plan(before or draft(), file, Choices(**choices))


def told(problems: tuple[RowProblem, ...]) -> list[tuple[int, str]]:
    """(row, what is told) of each problem."""
    return [(problem.row, problem.told.value) for problem in problems]


def only(file: ProgrammeFile) -> Thing:
    """The only session of the file."""
    (thing,) = file.sessions
    return thing


def done(plan: Plan) -> dict[str, list[str]]:
    """Keys by deed and subject."""
    found: dict[str, list[str]] = {}
    for item in plan.items:
        found.setdefault(f"{item.subject.value} {item.deed.value}", []).append(item.key)
    return found
