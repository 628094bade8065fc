"""The grammar of iCalendar (RFC 5545 section 3.1): lines, parameters and values, as bytes."""

import re
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

from galerio_events import clock

_LINE_OCTETS = 75
_ESCAPED = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}
# Besides CR LF and LF, what some readers take for the end of a line.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_SPECIAL = re.compile("[\\\\;,\n]")
_SUSPECT = re.compile(
    "[\x00-\x08\n-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\\\\;,]"
)
_URI_CHARACTERS = ":/?#[]@!$&'()*+,;=%~-._"


def text(value: str) -> str:
    """`value` as a TEXT (3.3.11): escaped, every kind of line end as `\\n`, without control characters."""
    if not _SUSPECT.search(value):
        return value
    return _SPECIAL.sub(lambda found: _ESCAPED[found[0]], _without_controls(value))


def parameter(value: str) -> str:
    """`value` as a quoted parameter value (3.2, RFC 6868): one line; a double quote becomes a single one."""
    line = " ".join(_without_controls(value).split())
    return '"' + line.replace("^", "^^").replace('"', "'") + '"'


def uri(value: str) -> str | None:
    """`value` as a URI (3.3.13), what is not ASCII percent-encoded; None where it is no web address."""
    quoted = quote(value.strip(), safe=_URI_CHARACTERS, errors="ignore")
    try:
        parts = urlsplit(quoted)
    except ValueError:
        return None
    return quoted if parts.scheme in {"http", "https"} and parts.netloc else None


def utc(moment: datetime) -> str:
    """An instant as a DATE-TIME in UTC (3.3.5, form 2), to the second."""
    return clock.require_utc(moment).strftime("%Y%m%dT%H%M%SZ")


def wall(moment: datetime) -> str:
    """What the clock shows at `moment` in its own zone, as a DATE-TIME without an offset (3.3.5, forms 1 and 3)."""
    return moment.strftime("%Y%m%dT%H%M%S")


def offset(value: timedelta) -> str:
    """A UTC-OFFSET (3.3.14): `+0900`, `-0330`; with seconds only where there are any."""
    sign = "-" if value < timedelta() else "+"
    minutes, seconds = divmod(int(abs(value).total_seconds()), 60)
    return f"{sign}{minutes // 60:02}{minutes % 60:02}" + (f"{seconds:02}" if seconds else "")


def folded(lines: list[str]) -> bytes:
    """The content lines as UTF-8, each ended by CR LF and folded so that none exceeds 75 octets.

    A fold never falls within the octets of one character.
    """
    return b"".join(_fold(line.encode()) for line in lines)


def _fold(line: bytes) -> bytes:
    if len(line) <= _LINE_OCTETS:
        return line + b"\r\n"
    pieces = []
    begin, room = 0, _LINE_OCTETS
    while len(line) - begin > room:
        end = begin + room
        while line[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(line[begin:end])
        begin, room = end, _LINE_OCTETS - 1
    pieces.append(line[begin:])
    return b"\r\n ".join(pieces) + b"\r\n"


def _without_controls(value: str) -> str:
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", value))
