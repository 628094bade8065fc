"""Participants for trying things out: visibly synthetic, the same on every machine, in the published proportions.

Nothing here is drawn at random: what looks so comes from digests of a participant's number.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar

from galerio_events import clock
from galerio_events.attendance.domain import Interval, PresenceSource
from galerio_events.errors import DomainError
from galerio_events.programme.domain import SessionKind
from galerio_events.registration.domain import AffiliationKind, ConsentKind
from galerio_events.reports.domain import largest_remainder

Kind = TypeVar("Kind")

EVENT = "ascc11"
PUBLISHED_TOTAL = 730

# Real registrations never look like this: their submission keys are hexadecimal digests.
MARK = "demo-"

# Head counts in the published order; the counts themselves were not published, only 730 in all and 270 from overseas.
COUNTRIES: Mapping[str, int] = {
    "JP": 460,
    "PH": 25,
    "KH": 21,
    "ID": 17,
    "BD": 16,
    "TH": 13,
    "NP": 13,
    "VN": 13,
    "IN": 11,
    "PK": 11,
    "SG": 10,
    "MM": 10,
    "MY": 9,
    "MN": 9,
    "AM": 8,
    "LK": 8,
    "CN": 8,
    "KR": 7,
    "FJ": 6,
    "NG": 5,
    "AF": 4,
    "UZ": 4,
    "EG": 4,
    "JM": 4,
    "TM": 4,
    "HU": 4,
    "US": 3,
    "MV": 3,
    "MA": 3,
    "GB": 2,
    "AU": 2,
    "KZ": 2,
    "CA": 2,
    "ES": 2,
    "NO": 2,
    "PG": 2,
    "ZA": 2,
    "LA": 1,
}

# People by kind of affiliation; None left it open, without which the published shares are out of reach (docs/adr/0003).
AFFILIATIONS: Mapping[AffiliationKind | None, int] = {
    AffiliationKind.COMPANY: 241,
    AffiliationKind.LOCAL_GOVERNMENT: 86,
    AffiliationKind.NATIONAL_GOVERNMENT: 72,
    AffiliationKind.UNIVERSITY: 62,
    AffiliationKind.INTERNATIONAL_ORGANISATION: 28,
    AffiliationKind.NPO: 27,
    AffiliationKind.FINANCE: 6,
    AffiliationKind.MEDIA: 3,
    AffiliationKind.OTHER: 134,
    None: 71,
}

_ORGANISATIONS: Mapping[AffiliationKind, tuple[str, str]] = {
    AffiliationKind.COMPANY: ("見本株式会社", "Sample Company"),
    AffiliationKind.LOCAL_GOVERNMENT: ("見本市役所", "Sample City Office"),
    AffiliationKind.NATIONAL_GOVERNMENT: ("見本省", "Sample Ministry"),
    AffiliationKind.UNIVERSITY: ("見本大学", "Sample University"),
    AffiliationKind.INTERNATIONAL_ORGANISATION: ("見本国際機関", "Sample International Organisation"),
    AffiliationKind.NPO: ("見本非営利法人", "Sample Non-profit"),
    AffiliationKind.FINANCE: ("見本銀行", "Sample Bank"),
    AffiliationKind.MEDIA: ("見本新聞社", "Sample News"),
    AffiliationKind.OTHER: ("見本団体", "Sample Association"),
}

# How many of a hundred participants choose a session of that kind, and how many of those who chose it come.
_CHOSEN = {
    SessionKind.RECEPTION: (34, 66),
    SessionKind.BUSINESS_MATCHING: (16, 81),
    SessionKind.OPENING: (63, 90),
    SessionKind.SESSION: (58, 84),
    SessionKind.CLOSING: (47, 71),
}
_CHOSEN_OTHERWISE = (50, 80)
_COME_AT_ALL = 79


class DemoRefused(DomainError):
    """There are real registrations, among which synthetic ones must not be mixed."""


@dataclass(frozen=True, slots=True)
class DemoSession:
    """A session that participants can choose."""

    id: int
    key: str
    kind: SessionKind
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class DemoParticipant:
    """One synthetic registration. `stays` are (session id, interval, source) and may overlap."""

    number: int
    name: str
    reading: str
    email: str
    country: str
    language: str
    affiliation_kind: AffiliationKind | None
    organisation: str
    position: str
    created_at: datetime
    consents: frozenset[ConsentKind]
    chosen: tuple[int, ...]
    stays: tuple[tuple[int, Interval, PresenceSource], ...]

    @property
    def mark(self) -> str:
        """The submission key by which it is known as synthetic."""
        return f"{MARK}{self.number:06}"

    @property
    def reference(self) -> str:
        """What the participant would quote on the telephone."""
        return f"DEMO-{self.number:06}"


def participants(
    total: int, sessions: Sequence[DemoSession], *, first_day: datetime, zone_name: str
) -> Iterator[DemoParticipant]:
    """`total` participants, in the order in which they registered during the 52 days before `first_day`.

    The countries and kinds of affiliation of the published 730 are kept in proportion, by largest remainder.
    """
    countries = _dealt(COUNTRIES, total, "country")
    kinds = _dealt(AFFILIATIONS, total, "affiliation")
    times = sorted(_registered_at(i, first_day, zone_name) for i in range(total))
    width = max(4, len(str(total)))
    for i, (country, kind, created_at) in enumerate(zip(countries, kinds, times, strict=True)):
        number = i + 1
        japanese = _draw("language", number) < (94 if country == "JP" else 3)
        chosen = _chosen(number, sessions)
        yield DemoParticipant(
            number=number,
            name=f"参加者 {number:0{width}}" if japanese else f"Participant {number:0{width}}",
            reading=f"さんかしゃ {number:0{width}}" if japanese else "",
            email=f"participant-{number:0{width}}@example.org",
            country=country,
            language="ja" if japanese else "en",
            affiliation_kind=kind,
            organisation=_organisation(number, kind, japanese=japanese),
            position=("担当" if japanese else "Staff") if _draw("position", number) < 60 else "",
            created_at=created_at,
            consents=frozenset(
                kind
                for kind, of_100 in (
                    (ConsentKind.PRIVACY_NOTICE, 100),
                    (ConsentKind.FUTURE_EVENTS, 46),
                    (ConsentKind.SHARE_WITH_PARTNERS, 22),
                )
                if _draw(kind.value, number) < of_100
            ),
            chosen=tuple(session.id for session in chosen),
            stays=tuple(_stays(number, chosen)),
        )


def _dealt(counts: Mapping[Kind, int], total: int, salt: str) -> list[Kind]:
    seats = largest_remainder(list(counts.values()), total)
    ordered = [key for key, times in zip(counts, seats, strict=True) for _ in range(times)]
    return [ordered[i] for i in sorted(range(total), key=lambda i: _digest(salt, i))]


def _digest(salt: str, *numbers: int) -> int:
    """A number below 2⁶⁴ that depends on the arguments alone."""
    text = ":".join((salt, *map(str, numbers)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def _draw(salt: str, *numbers: int, below: int = 100) -> int:
    return _digest(salt, *numbers) % below


def _registered_at(i: int, first_day: datetime, zone_name: str) -> datetime:
    """Some time between 7:00 and 23:00 on one of the 52 days before; the nearer the day, the likelier."""
    days_before = round(51 * (_draw("day", i, below=1000) / 1000) ** 2)
    day = clock.in_zone(first_day, zone_name).date() - timedelta(days=1 + days_before)
    local = datetime.combine(day, time(7)) + timedelta(seconds=_draw("second", i, below=16 * 3600))
    try:
        return clock.from_wall(local, zone_name)
    except clock.NonexistentTime:
        return clock.from_wall(local + timedelta(hours=1), zone_name)
    except clock.AmbiguousTime as twice:
        return twice.earlier.astimezone(UTC)


def _organisation(number: int, kind: AffiliationKind | None, *, japanese: bool) -> str:
    if kind is None:
        return ""
    name_ja, name_en = _ORGANISATIONS[kind]
    serial = 1 + _draw("organisation", number, below=90)
    return f"{name_ja}{serial:02}" if japanese else f"{name_en} {serial:02}"


def _chosen(number: int, sessions: Sequence[DemoSession]) -> list[DemoSession]:
    chosen = [s for s in sessions if _draw(f"choice {s.key}", number) < _CHOSEN.get(s.kind, _CHOSEN_OTHERWISE)[0]]
    return chosen or list(sessions[number % len(sessions) :][:1] if sessions else ())


def _stays(number: int, chosen: Sequence[DemoSession]) -> Iterator[tuple[int, Interval, PresenceSource]]:
    """Some came to nothing, some to part of what they chose; a few were thrown out and came back, or had two
    devices."""
    if _draw("comes", number) >= _COME_AT_ALL:
        return
    for session in chosen:
        draw = f"{session.key} "
        if _draw(draw + "comes", number) >= _CHOSEN.get(session.kind, _CHOSEN_OTHERWISE)[1]:
            continue
        length = int((session.ends_at - session.starts_at).total_seconds())
        joined = _draw(draw + "joins", number, below=length // 4 + 300) - 300
        left = length - _draw(draw + "leaves", number, below=length // 3) + 120
        how = _draw(draw + "how", number)
        if how < 24:
            dropped = joined + (left - joined) // 2
            back = dropped + 20 + _draw(draw + "returns", number, below=max(1, (left - dropped) // 2))
            parts = [(joined, dropped, PresenceSource.REPORT), (back, max(left, back), PresenceSource.REPORT)]
        elif how < 38:
            second = joined + _draw(draw + "second device", number, below=max(1, (left - joined) // 2))
            parts = [(joined, left, PresenceSource.REPORT), (second, left + 45, PresenceSource.JOIN_LINK)]
        else:
            parts = [(joined, left, PresenceSource.REPORT)]
        for begins, ends, source in parts:
            interval = Interval(
                session.starts_at + timedelta(seconds=begins), session.starts_at + timedelta(seconds=ends)
            )
            yield session.id, interval, source
