"""frab's schedule.json. Rows are entries, counted from 1 in the order in which they stand in the file."""

import json
from typing import Any

from galerio_events.programme.domain.incoming import FileKind, ProgrammeFile, Target, Told, unreadable
from galerio_events.programme.imports.frab import FrabReader
from galerio_events.programme.imports.plain_values import as_mapping

_DEEPEST = 60


def parse(data: bytes, target: Target) -> ProgrammeFile:
    """All that the schedule says. Raises `Unreadable`."""
    plain = read_json(data)
    schedule = as_mapping(plain)
    schedule = as_mapping(schedule.get("schedule")) or schedule
    if not as_mapping(schedule.get("conference")):
        raise unreadable(Told.NOT_THIS_FORMAT)
    try:
        return FrabReader(_clean(schedule), FileKind.FRAB_JSON, target).file()
    except RecursionError:
        raise unreadable(Told.TOO_DEEP, most=str(_DEEPEST)) from None


def read_json(data: bytes) -> Any:
    """The document as plain objects. Raises `Unreadable`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise unreadable(Told.ENCODING) from None
    try:
        plain = json.loads(text)
    except json.JSONDecodeError as error:
        # A text that is not closed begins where the mistake is told to be, and all that follows belongs to it.
        ended = not text[error.pos :].strip() or error.msg.startswith("Unterminated string")
        raise unreadable(Told.CUT_OFF if ended else Told.NOT_JSON, error.lineno) from None
    except RecursionError:
        raise unreadable(Told.TOO_DEEP, most=str(_DEEPEST)) from None
    except ValueError:
        # A number of thousands of digits.
        raise unreadable(Told.BROKEN) from None
    return plain


def _clean(schedule: Any) -> Any:
    """The schedule without the names by which the reader of XML says where something stands."""
    if isinstance(schedule, dict):
        return {name: _clean(value) for name, value in schedule.items() if name != "_row"}
    return [_clean(item) for item in schedule] if isinstance(schedule, list) else schedule
