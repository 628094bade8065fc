"""Releases as an Atom feed (RFC 4287). The same releases always give the same bytes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5
from xml.etree import ElementTree

from galerio_events import clock

MIMETYPE = "application/atom+xml"

_ATOM = "http://www.w3.org/2005/Atom"
_XML = "http://www.w3.org/XML/1998/namespace"
# Under which the ids of our feeds and entries are made; it never changes, since they must not.
_OURS = UUID("4f0d1b9e-52a3-4a55-9c0f-6f0c6c0b7a11")
# What XML 1.0 cannot hold, however it is escaped (its section 2.2).
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ElementTree.register_namespace("", _ATOM)


@dataclass(frozen=True, slots=True)
class Entry:
    """One release: `digest` is its document's, `address` that of its page, `html` what it changed."""

    digest: str
    title: str
    released_at: datetime
    address: str
    html: str


def feed(
    *,
    title: str,
    author: str,
    language: str,
    first_digest: str,
    address: str,
    page: str,
    entries: Sequence[Entry],
) -> bytes:
    """The feed in UTF-8; `entries` are the newest releases, the newest first, at least one.

    Ids (section 4.2.6) come from digests, of an entry's own release and of the event's very first one for the feed, so
    they stay what they are when the site moves to another address. An id names one text, so it is another one in each
    language.
    """
    root = ElementTree.Element(_name("feed"), {f"{{{_XML}}}lang": language})
    _text(root, "id", _id("feed", first_digest, language))
    _text(root, "title", title)
    _text(root, "updated", clock.to_text(entries[0].released_at))
    _text(ElementTree.SubElement(root, _name("author")), "name", author)
    _link(root, "self", address, MIMETYPE, language)
    _link(root, "alternate", page, "text/html", language)
    for each in entries:
        entry = ElementTree.SubElement(root, _name("entry"))
        _text(entry, "id", _id("entry", each.digest, language))
        _text(entry, "title", each.title)
        _text(entry, "published", clock.to_text(each.released_at))
        _text(entry, "updated", clock.to_text(each.released_at))
        _link(entry, "alternate", each.address, "text/html", language)
        _text(entry, "content", each.html, type="html")
    made: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _name(tag: str) -> str:
    return f"{{{_ATOM}}}{tag}"


def _id(what: str, digest: str, language: str) -> str:
    return uuid5(_OURS, f"{what}:{digest}:{language}").urn


def _text(parent: ElementTree.Element, tag: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, _name(tag), attributes).text = _UNFIT.sub("", text)


def _link(parent: ElementTree.Element, relation: str, address: str, mimetype: str, language: str) -> None:
    attributes = {"rel": relation, "type": mimetype, "href": _UNFIT.sub("", address), "hreflang": language}
    ElementTree.SubElement(parent, _name("link"), attributes)
