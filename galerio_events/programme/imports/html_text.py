"""HTML, as abstracts often hold it, to the plain text that we keep: nothing of the markup survives."""

import html
import re

from galerio_events.text import clean

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})((?:\s[^<>]{0,4000})?)/?>")
_KNOWN = frozenset(
    {
        *("a", "abbr", "article", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em"),
        *("figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "li"),
        *("main", "nav", "ol", "p", "pre", "q", "s", "section", "small", "span", "strike", "strong", "sub"),
        *("sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul"),
    }
)
_PARAGRAPHS = frozenset(
    {
        *("p", "div", "section", "article", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl"),
        *("table", "pre", "figure"),
    }
)
_LINES = frozenset(["br", "tr", "dt", "dd", "hr"])
# What is between these and their ends is no text.
_SILENT = ("script", "style", "iframe", "object", "template")
_HREF = re.compile(r"""\shref\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
MOST_CHARACTERS = 200_000


def is_html(text: str) -> bool:
    """Whether the text holds markup that people know from web pages; `a < b` is none."""
    if "<" not in text:
        return False
    return any(found[2].lower() in _KNOWN or found[2].lower() in _SILENT for found in _TAG.finditer(text))


def plain(text: str) -> str:
    """The text that a reader of the page would see, in paragraphs, lists as lines and the addresses of links in
    brackets; text without markup as it is."""
    text = text[:MOST_CHARACTERS]
    if not is_html(text):
        return clean(text)
    text = _without(text, "<!--", "-->")
    for tag in _SILENT:
        text = _without(text, f"<{tag}", f"</{tag}>")
    return _tidied(_spelt_out(text))


def _spelt_out(text: str) -> str:
    made: list[str] = []
    links: list[tuple[str, int]] = []
    at = 0
    for found in _TAG.finditer(text):
        name, closing = found[2].lower(), bool(found[1])
        if name not in _KNOWN:
            continue
        made.append(_words(text[at : found.start()]))
        at = found.end()
        if name in _PARAGRAPHS:
            made.append("\n\n")
        elif name in _LINES and not closing:
            made.append("\n")
        elif name == "li":
            made.append("" if closing else "\n- ")
        elif name in {"td", "th"}:
            made.append(" ")
        elif name == "a" and not closing:
            links.append((_address(found[3]), len(made)))
        elif name == "a" and links:
            address, begin = links.pop()
            shown = "".join(made[begin:]).strip()
            if address and address not in {shown, f"mailto:{shown}"} and address.rstrip("/") != shown.rstrip("/"):
                made.append(f" ({address})")
    made.append(_words(text[at:]))
    return "".join(made)


def _words(text: str) -> str:
    """Text between tags: line ends mean nothing more than other white space."""
    return html.unescape(re.sub(r"[ \t\r\n\f]+", " ", text))


def _address(attributes: str) -> str:
    found = _HREF.search(attributes)
    address = html.unescape(found[1].strip("\"'")).strip() if found else ""
    return address if address.lower().startswith(("http://", "https://", "mailto:")) else ""


def _tidied(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.replace("\xa0", " ").split("\n")]
    return clean(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)))


def _without(text: str, begin: str, end: str) -> str:
    """The text without what stands between the two marks, in whichever case; without an end, to the end."""
    lower = text.lower()
    # A few letters change their length in lower case; what cannot be told apart is left to the tags.
    if len(lower) != len(text):
        return text
    kept, at = [], 0
    while (start := lower.find(begin, at)) >= 0:
        kept.append(text[at:start])
        stop = lower.find(end, start)
        if stop < 0:
            return "".join(kept)
        at = stop + len(end)
    return "".join([*kept, text[at:]])
