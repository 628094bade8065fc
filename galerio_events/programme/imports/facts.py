"""The sections of a programme file that say what an edition came to. They are published as they are written."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from galerio_events.programme.domain.rules import SUMMARY_LENGTH, TITLE_LENGTH
from galerio_events.programme.imports.fields import Reader
from galerio_events.programme.imports.yaml_tree import MapNode, Node
from galerio_events.translated import Translated

_FIGURE = re.compile("[a-z_]{1,60}")


@dataclass(frozen=True, slots=True)
class Matching:
    """The business matching: what is published, and the organisation that runs it (key and name)."""

    facts: dict[str, Any]
    organiser: tuple[str, Translated] | None


def business_matching(reader: Reader, node: Node | None, languages: Sequence[str]) -> Matching | None:
    """Who ran the business matching, and the companies that took part."""
    what = "business_matching"
    if node is None:
        return None
    fields = reader.fields(node, what, required="", optional="organiser overseas_countries japanese overseas")
    if fields is None:
        return None
    published: dict[str, Any] = {}
    organiser = None
    if fields.get("organiser") is not None:
        run_by = reader.fields(fields.get("organiser"), f"organiser of {what}", required="key name")
        key = reader.key(run_by.get("key"), f"key of the organiser of {what}") if run_by else None
        name = run_by and reader.translated(run_by.get("name"), "name of the organiser", languages, most=TITLE_LENGTH)
        if key and name:
            organiser = (key, name)
            published["organiser"] = {"key": key, "name": dict(name)}
    if fields.get("overseas_countries") is not None:
        published["overseas_countries"] = reader.each(
            fields.get("overseas_countries"), "overseas_countries", reader.country
        )
    for side in ("japanese", "overseas"):
        if fields.get(side) is not None:
            published[side] = reader.each(fields.get(side), side, lambda n, w: reader.text(n, w, most=TITLE_LENGTH))
    return Matching(published, organiser)


def participants(reader: Reader, node: Node | None) -> dict[str, Any] | None:
    """The participant figures as they were published."""
    what = "participants"
    if node is None:
        return None
    optional = "total overseas countries countries_by_head_count affiliation_shares_percent"
    fields = reader.fields(node, what, required="", optional=optional)
    if fields is None:
        return None
    published: dict[str, Any] = {}
    for figure in ("total", "overseas", "countries"):
        if fields.get(figure) is not None:
            published[figure] = reader.whole(fields.get(figure), f"{figure} of {what}", most=10_000_000)
    if fields.get("countries_by_head_count") is not None:
        published["countries_by_head_count"] = reader.each(
            fields.get("countries_by_head_count"), "countries_by_head_count", reader.country
        )
    shares = "affiliation_shares_percent"
    if fields.get(shares) is not None:
        published[shares] = [
            reader.number(item, f"an item of {shares}", most=100) for item in reader.items(fields.get(shares), shares)
        ]
    return published


def outcomes(reader: Reader, node: Node | None, languages: Sequence[str]) -> dict[str, Any] | None:
    """What the year came to, under the three roles of GALERIO: whole numbers by name, and a note."""
    if node is None:
        return None
    fields = reader.fields(node, "outcomes", required="", optional="dissemination exchange creation")
    if fields is None:
        return None
    published: dict[str, Any] = {}
    for part in ("dissemination", "exchange", "creation"):
        if fields.get(part) is None:
            continue
        figures = reader.mapping(fields.get(part), f"outcomes.{part}")
        published[part] = {} if figures is None else _figures(reader, figures, f"outcomes.{part}", languages)
    return published


def _figures(reader: Reader, node: MapNode, part: str, languages: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in node.entries.items():
        if name == "note":
            found[name] = dict(reader.translated(value, f"note of {part}", languages, most=SUMMARY_LENGTH))
        elif _FIGURE.fullmatch(name):
            found[name] = reader.whole(value, f"{name} of {part}", most=10_000_000)
        else:
            reader.tell(node.lines[name], f"{part} has a figure called {name!r}; use the letters a to z and _")
    return found


def archive(reader: Reader, node: Node | None, sessions: Collection[str] | None) -> dict[str, Any] | None:
    """Where what was recorded can be seen, and of which sessions."""
    if node is None:
        return None
    fields = reader.fields(node, "archive", required="", optional="url videos")
    if fields is None:
        return None
    published: dict[str, Any] = {}
    if fields.get("url") is not None:
        published["url"] = reader.url(fields.get("url"), "url of archive")
    if fields.get("videos") is not None:
        published["videos"] = reader.each(
            fields.get("videos"), "videos", lambda n, w: reader.reference(n, w, sessions, "session")
        )
    return published
