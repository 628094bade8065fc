"""XML as a plain tree in which everything knows its line.

A document type, entities and anything that lies elsewhere are refused before they can do something.
"""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers.expat import errors
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces

from defusedxml import DefusedXmlException
from defusedxml.sax import make_parser

from galerio_events.programme.domain.incoming import Told, unreadable

DEEPEST = 40
MOST_ELEMENTS = 1_500_000
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["'][^>]{0,100}\?>""")
# Encodings of several bytes a letter, which expat does not know.
_DECODED_HERE = frozenset(
    {
        *("shift_jis", "shift-jis", "sjis", "windows-31j", "cp932", "ms932", "euc-jp", "eucjp", "iso-2022-jp"),
        *("gb2312", "gbk", "gb18030", "big5", "euc-kr"),
    }
)

# What the parser calls by a number.
_TOLD = {
    errors.codes[why]: told
    for told, reasons in {
        Told.CUT_OFF: (
            *(errors.XML_ERROR_NO_ELEMENTS, errors.XML_ERROR_UNCLOSED_TOKEN, errors.XML_ERROR_PARTIAL_CHAR),
            errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        ),
        Told.XML_TAG: (errors.XML_ERROR_TAG_MISMATCH,),
        Told.XML_CHARACTER: (errors.XML_ERROR_INVALID_TOKEN, errors.XML_ERROR_BAD_CHAR_REF),
        Told.XML_ENTITY: (errors.XML_ERROR_UNDEFINED_ENTITY,),
        Told.ENCODING: (errors.XML_ERROR_UNKNOWN_ENCODING, errors.XML_ERROR_INCORRECT_ENCODING),
    }.items()
    for why in reasons
}


@dataclass(slots=True)
class Element:
    """An element: `name` without its prefix, `space` its namespace, `content` all that stands in it, in order."""

    name: str
    space: str
    line: int
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)
    content: list["str | Element"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text directly in it."""
        return "".join(piece for piece in self.content if isinstance(piece, str))

    def child(self, name: str) -> "Element | None":
        """The first child of that name, in no namespace or the document's own."""
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> list["Element"]:
        """The children of that name."""
        return [child for child in self.children if child.name == name]

    def says(self, name: str) -> str | None:
        """The text of the child of that name; None where there is no such child."""
        child = self.child(name)
        return None if child is None else child.text.strip()


class _Builder(ContentHandler):
    def __init__(self, line: Callable[[], int]) -> None:
        super().__init__()
        self._line = line
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0

    def startElementNS(self, name: tuple[str | None, str], qname: str | None, attrs: object) -> None:
        self._count += 1
        line = self._line()
        if len(self._open) >= DEEPEST:
            raise unreadable(Told.TOO_DEEP, line, most=str(DEEPEST))
        if self._count > MOST_ELEMENTS:
            raise unreadable(Told.TOO_LARGE, line, most="30")
        given = {(key[1] if key[0] is None else f"{{{key[0]}}}{key[1]}"): value for key, value in attrs.items()}  # type: ignore[attr-defined]
        element = Element(name[1], name[0] or "", line, given)
        if self._open:
            self._open[-1].children.append(element)
            self._open[-1].content.append(element)
        else:
            self.root = element
        self._open.append(element)

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:
        self._open.pop()

    def characters(self, content: str) -> None:
        self._open[-1].content.append(content)


def read_xml(data: bytes) -> Element:
    """The root of the document. Raises `Unreadable`."""
    parser = make_parser()
    builder = _Builder(parser.getLineNumber)
    parser.forbid_dtd = True
    parser.forbid_entities = True
    parser.forbid_external = True
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(builder)
    try:
        parser.feed(_decoded(data))
        parser.close()
    except DefusedXmlException:
        raise unreadable(Told.FORBIDDEN_XML, parser.getLineNumber()) from None
    except SAXParseException as error:
        why = getattr(error.getException(), "code", 0)
        raise unreadable(_TOLD.get(why, Told.NOT_XML), error.getLineNumber() or 0) from None
    except LookupError:
        raise unreadable(Told.ENCODING) from None
    except (SAXException, ValueError):
        raise unreadable(Told.NOT_XML, parser.getLineNumber() or 0) from None
    if builder.root is None:
        raise unreadable(Told.EMPTY)
    return builder.root


def _decoded(data: bytes) -> bytes:
    """The document in an encoding that the parser knows."""
    declared = _DECLARED.match(data)
    name = declared[1].decode().lower() if declared else ""
    if declared is None or name not in _DECODED_HERE:
        return data
    try:
        text = codecs.lookup(
            "cp932" if ("jis" in name and "2022" not in name) or name in {"windows-31j", "ms932"} else name
        )
        return text.decode(data[declared.end() :])[0].encode()
    except (LookupError, UnicodeError):
        raise unreadable(Told.ENCODING) from None
