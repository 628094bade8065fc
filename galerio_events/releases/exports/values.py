"""What people have typed, as values of iCalendar (RFC 5545 section 3.3).

How a value is written is the library's business. Here is only what may go into it, so that whatever somebody types as
a title is read back as that title by every program and as nothing else.
"""

import re
from datetime import datetime
from urllib.parse import quote, urlsplit

from icalendar import vDatetime, vText

from galerio_events import clock

# Besides CR LF and LF, what some readers take for the end of a line.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_URI_CHARACTERS = ":/?#[]@!$&'()*+,;=%~-._"


class Text(vText):
    r"""A TEXT in which a backslash before an N stays one; the library takes the two for the end of a line."""

    __slots__ = ()

    def to_ical(self) -> bytes:
        """The value as it is written (3.3.11)."""
        if r"\N" not in self:
            return super().to_ical()
        return rb"\\N".join(vText(part).to_ical() for part in self.split(r"\N"))


def text(value: str, language: str = "") -> Text:
    """`value` as a TEXT; `language` (BCP 47) becomes its parameter where one is given."""
    return Text(printable(value), params={"LANGUAGE": language} if language else None)


def printable(value: str) -> str:
    """`value` without control characters, every kind of line end as `\\n`."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", value))


def one_line(value: str) -> str:
    """`value` for a parameter: on one line, double quotes as single ones, since few programs know RFC 6868."""
    return " ".join(printable(value).replace('"', "'").split())


def web_address(value: str) -> str | None:
    """`value` as a URI, what is not ASCII percent-encoded; None where it is no web address."""
    quoted = quote(value.strip(), safe=_URI_CHARACTERS, errors="ignore")
    try:
        parts = urlsplit(quoted)
    except ValueError:
        return None
    return quoted if parts.scheme in {"http", "https"} and parts.netloc else None


def instant(moment: datetime) -> vDatetime:
    """An instant as a DATE-TIME in UTC (3.3.5, form 2)."""
    return vDatetime(clock.require_utc(moment))


def wall_clock(moment: datetime, zone_name: str) -> vDatetime:
    """An instant as a DATE-TIME with a TZID (3.3.5, form 3).

    In UTC instead where the zone is UTC, and where the clock shows the same twice: that means its first passing, but
    not every reader knows.
    """
    local = clock.in_zone(moment, zone_name)
    if zone_name == "UTC" or local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset():
        return instant(moment)
    # Without a tzinfo: the library would write an hour in Africa/Abidjan, which is always at UTC, with TZID and Z.
    value = vDatetime(local.replace(tzinfo=None))
    value.params["TZID"] = zone_name
    return value
