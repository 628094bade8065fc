"""Key learnings for whoever makes reports of them, and codes that lead a telephone to a film."""

import json
import re
from collections.abc import Callable, Sequence
from io import BytesIO

import segno

from galerio_events import clock
from galerio_events.learnings.domain import Approved, points_to_plain

FORMAT = 1
# What Markdown would read as something else than itself (CommonMark 0.31, section 2.4).
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&])")


def as_json(event: str, learnt: Sequence[Approved]) -> bytes:
    """The key learnings in every language: `{"format", "event", "sessions": [{"key", "title", "starts_at", "ends_at",
    "approved_at", "points"}]}`; instants in UTC, texts by language."""
    made = {
        "format": FORMAT,
        "event": event,
        "sessions": [
            {
                "key": each.key,
                "title": dict(each.title),
                "starts_at": clock.to_text(each.starts_at),
                "ends_at": clock.to_text(each.ends_at),
                "approved_at": clock.to_text(each.approved_at),
                "points": points_to_plain(each.points),
            }
            for each in learnt
        ],
    }
    return json.dumps(made, ensure_ascii=False, indent=2).encode() + b"\n"


def as_markdown(heading: str, learnt: Sequence[Approved], *, language: str, when: Callable[[Approved], str]) -> bytes:
    """The key learnings for readers of that language (CommonMark), under a heading for each session.

    A text that is not in that language is given in the one that it is in. `when` tells when a session was.
    """

    parts = [f"# {_plain(heading)}"]
    for each in learnt:
        points = [f"{number}. {_plain(point.text(language))}" for number, point in enumerate(each.points, 1)]
        parts += [f"## {_plain(each.title.text(language))}", _plain(when(each)), "\n".join(points)]
    return ("\n\n".join(parts) + "\n").encode()


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def qr_svg(address: str) -> bytes:
    """A QR code (ISO/IEC 18004) of that address as an SVG document: black on white with a quiet zone of four modules,
    without a size, so that it is as large as whatever shows it."""
    out = BytesIO()
    qr_code(address).save(
        out,
        kind="svg",
        border=4,
        dark="#000",
        light="#fff",
        omitsize=True,
        xmldecl=False,
        svgclass=None,
        lineclass=None,
    )
    return out.getvalue()


def qr_code(address: str) -> segno.QRCode:
    """The code itself: a fourth of it may be dirty or torn (level Q), as on a wall or a folded sheet."""
    return segno.make_qr(address, error="q", boost_error=False)
