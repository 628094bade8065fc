"""A day of the programme as a grid: which cell of which rows and columns a session fills.

Rows begin wherever a session begins or ends; columns are venues, of which one has several where sessions in it overlap.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from galerio_events.programme.domain import SessionKind
from galerio_events.releases.domain.document import PublishedSession

# What fits side by side on a sheet of A4 on its long side.
MOST_COLUMNS = 6
MOST_COLUMNS_OF_ALL_DAYS = 7
# With more rows than that a day has a page of its own, and may go on over several.
MOST_ROWS = 40


@dataclass(frozen=True, slots=True)
class Cell:
    session: PublishedSession
    x: int
    y: int
    across: int
    down: int


@dataclass(frozen=True, slots=True)
class Head:
    """The columns of a venue (None: of sessions that have none)."""

    venue: str | None
    x: int
    across: int


@dataclass(frozen=True, slots=True)
class Panel:
    """One grid: `moments` are where its rows begin, and where the last one ends."""

    heads: tuple[Head, ...]
    moments: tuple[datetime, ...]
    cells: tuple[Cell, ...]

    @property
    def columns(self) -> int:
        """How many there are, those with the times aside."""
        return sum(head.across for head in self.heads)


def panels(sessions: Sequence[PublishedSession], venues: Sequence[str]) -> list[Panel]:
    """The grids of one day, each with at most `MOST_COLUMNS` columns unless one venue alone has more."""
    across = [s for s in sessions if _everywhere(s, sessions)]
    lanes: dict[str | None, list[list[PublishedSession]]] = {}
    for session in sessions:
        if session not in across:
            _place(lanes.setdefault(session.venue, []), session)
    order: list[str | None] = [venue for venue in (*venues, None) if venue in lanes]
    groups: list[list[str | None]] = [[]]
    for venue in order:
        taken = sum(len(lanes[other]) for other in groups[-1])
        if groups[-1] and taken + len(lanes[venue]) > MOST_COLUMNS:
            groups.append([])
        groups[-1].append(venue)
    return [_panel({venue: lanes[venue] for venue in group}, across) for group in groups]


def _everywhere(session: PublishedSession, sessions: Iterable[PublishedSession]) -> bool:
    """Whether the session is nowhere in particular and nothing else happens meanwhile, or it is a break for all."""
    if session.venue is not None and session.kind is not SessionKind.BREAK:
        return False
    return not any(
        other is not session and other.starts_at < session.ends_at and session.starts_at < other.ends_at
        for other in sessions
    )


def _place(lanes: list[list[PublishedSession]], session: PublishedSession) -> None:
    for lane in lanes:
        if lane[-1].ends_at <= session.starts_at:
            lane.append(session)
            return
    lanes.append([session])


def _panel(lanes: dict[str | None, list[list[PublishedSession]]], across: Sequence[PublishedSession]) -> Panel:
    inside = [session for of_venue in lanes.values() for lane in of_venue for session in lane]
    moments = sorted({moment for s in (*inside, *across) for moment in (s.starts_at, s.ends_at)})
    rows = {moment: row for row, moment in enumerate(moments)}
    heads, cells, x = [], [], 0
    for venue, of_venue in lanes.items():
        heads.append(Head(venue, x, len(of_venue)))
        for at, lane in enumerate(of_venue):
            for session in lane:
                free = len(of_venue) - at if _alone(session, of_venue) else 1
                cells.append(Cell(session, x + at, rows[session.starts_at], free, _rows(session, rows)))
        x += len(of_venue)
    width = max(x, 1)
    cells += [Cell(session, 0, rows[session.starts_at], width, _rows(session, rows)) for session in across]
    if not heads:
        heads.append(Head(None, 0, 1))
    return Panel(tuple(heads), tuple(moments), tuple(sorted(cells, key=lambda cell: (cell.y, cell.x))))


def _alone(session: PublishedSession, lanes: Sequence[Sequence[PublishedSession]]) -> bool:
    """Whether it may be as wide as its venue: it stands in the first lane, and nothing in the others overlaps it."""
    others = [other for lane in lanes for other in lane if other is not session]
    return not any(other.starts_at < session.ends_at and session.starts_at < other.ends_at for other in others)


def _rows(session: PublishedSession, rows: dict[datetime, int]) -> int:
    return rows[session.ends_at] - rows[session.starts_at]
