"""YAML as a plain tree in which everything knows its line; nothing in a file is ever turned into an object.

Only what a programme file needs is let through: one document of mappings, lists and scalars. Tags, anchors and aliases
are refused (so nothing can expand), and so are duplicate keys, deep nesting, big files and characters that do not show.
"""

import re
from dataclasses import dataclass, field

import yaml

from galerio_events.errors import ImportRefused, Problem
from galerio_events.programme.domain.incoming import Told

MOST_BYTES = 5 * 1024 * 1024
DEEPEST = 12

# C0 and C1 controls but tab, line feed and carriage return; line separators that editors do not count; non-characters.
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_NO_ANCHORS = "anchors and aliases (& and *) are not allowed; write the value out where it belongs"
_YAML_KINDS = {
    "tag:yaml.org,2002:bool": "true or false",
    "tag:yaml.org,2002:int": "a number",
    "tag:yaml.org,2002:float": "a number",
    "tag:yaml.org,2002:timestamp": "a date",
    "tag:yaml.org,2002:null": "nothing",
}
_Loader: type[yaml.CSafeLoader] | type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Scalar:
    line: int
    text: str
    quoted: bool

    @property
    def misread(self) -> str:
        """What YAML 1.1 takes the text for because it is not quoted: `true or false` for NO; `""` if for a text."""
        return "" if self.quoted else _misread(self.text)

    @property
    def absent(self) -> bool:
        """Whether there is nothing at all where the value should be."""
        return not self.quoted and not self.text


@dataclass(slots=True)
class ListNode:
    line: int
    items: list["Node"] = field(default_factory=list)


@dataclass(slots=True)
class MapNode:
    """A mapping. `lines` has the line of each key; the first of two equal keys counts."""

    line: int
    entries: dict[str, "Node"] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Broken:
    """Something whose problem is already told; whoever meets it says nothing more."""

    line: int


Node = Scalar | ListNode | MapNode | Broken


def read_tree(data: bytes) -> tuple[Node, list[Problem]]:
    """The document in the file, with the problems that still let the rest of it be read.

    Raises `ImportRefused` where it cannot be read at all.
    """
    if len(data) > MOST_BYTES:
        most = str(MOST_BYTES >> 20)
        raise refusal(0, f"the file is larger than {most} MB; a programme file is not", Told.TOO_LARGE, most=most)
    text = _decoded(data)
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_Loader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise _syntax_refusal(error, text) from None
    if builder.root is None:
        raise refusal(0, "the file is empty", Told.EMPTY)
    return builder.root, builder.problems


@dataclass(frozen=True, slots=True)
class Mistake(Problem):
    """A problem of the format itself, which is told in the reader's language, too; `details` are pairs of names and
    values."""

    told: Told
    details: tuple[tuple[str, str], ...] = ()


def refusal(line: int, message: str, told: Told, **details: str) -> ImportRefused:
    """The error that gives the whole file up, for one reason."""
    return ImportRefused((Mistake(line, message, told, tuple(details.items())),))


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refusal(line, "the file is not UTF-8; save it as a text file in UTF-8", Told.ENCODING) from None
    if found := _INVISIBLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        name = f"U+{ord(found[0]):04X}"
        message = f"the file holds a character that cannot be seen ({name}); remove it"
        raise refusal(line, message, Told.INVISIBLE, character=name)
    return text


def _syntax_refusal(error: yaml.MarkedYAMLError, text: str) -> ImportRefused:
    mark = error.problem_mark or error.context_mark
    lines = text.splitlines() or [""]
    line = min(mark.line + 1, len(lines)) if mark else 0
    here = lines[line - 1] if line else ""
    if re.match(r" *\t", here):
        return refusal(line, "YAML is indented with spaces, not with tabs", Told.YAML_TAB)
    why = f"this is not YAML: {error.problem or error.context}"
    if "mapping values" in str(error.problem):
        return refusal(line, f"{why}; a text with ': ' or ' #' in it must stand in quotes", Told.YAML_COLON)
    return refusal(line, why, Told.NOT_YAML)


def _misread(text: str) -> str:
    resolvers = _Loader.yaml_implicit_resolvers
    for tag, pattern in [*resolvers.get(text[:1], ()), *resolvers.get(None, ())]:
        if pattern.match(text):
            return _YAML_KINDS.get(tag, "")
    return ""


@dataclass(slots=True)
class _Open:
    """A list or mapping that is being read. `key` waits for its value; `broken` ones leave nothing behind."""

    node: ListNode | MapNode
    broken: bool
    key: Node | None = None


class _Builder:
    """Puts the events of the parser together."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._open: list[_Open] = []

    def take(self, event: yaml.Event) -> None:
        """The next event. Raises `ImportRefused` where reading on makes no sense."""
        line = event.start_mark.line + 1 if event.start_mark else 0
        match event:
            case yaml.AliasEvent():
                raise refusal(line, _NO_ANCHORS, Told.YAML_ANCHOR)
            case yaml.ScalarEvent():
                broken = self._is_broken(event, line)
                self._put(Broken(line) if broken else Scalar(line, event.value, quoted=event.style not in (None, "")))
            case yaml.SequenceStartEvent():
                self._push(_Open(ListNode(line), self._is_broken(event, line)))
            case yaml.MappingStartEvent():
                self._push(_Open(MapNode(line), self._is_broken(event, line)))
            case yaml.CollectionEndEvent():
                done = self._open.pop()
                self._put(Broken(done.node.line) if done.broken else done.node)
            case yaml.DocumentStartEvent() if self.root is not None:
                raise refusal(
                    line, "the file holds a second document; a programme is one document", Told.SECOND_DOCUMENT
                )

    def _push(self, opened: _Open) -> None:
        if len(self._open) >= DEEPEST:
            message = f"lists and mappings are nested more than {DEEPEST} deep"
            raise refusal(opened.node.line, message, Told.TOO_DEEP, most=str(DEEPEST))
        self._open.append(opened)

    def _put(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        top = self._open[-1]
        if isinstance(top.node, ListNode):
            top.node.items.append(node)
        elif top.key is None:
            top.key = node
        else:
            self._put_entry(top.node, top.key, node)
            top.key = None

    def _put_entry(self, mapping: MapNode, key: Node, value: Node) -> None:
        if isinstance(key, Broken):
            return
        if not isinstance(key, Scalar):
            self._tell(key.line, "a key must be a word, not a list or a mapping", Told.NOT_YAML)
        elif key.misread:
            message = f"YAML reads the key {key.text} as {key.misread}; write it in quotes: '{key.text}'"
            self._tell(key.line, message, Told.YAML_MISREAD, value=key.text[:60])
        elif key.text in mapping.entries:
            first = mapping.lines[key.text]
            message = f"the key {key.text!r} is there twice; the first one is in line {first}"
            self._tell(key.line, message, Told.KEY_TWICE, key=key.text[:60], first=str(first))
        else:
            mapping.entries[key.text] = value
            mapping.lines[key.text] = key.line

    def _is_broken(self, event: yaml.NodeEvent, line: int) -> bool:
        if event.anchor is not None:
            raise refusal(line, _NO_ANCHORS, Told.YAML_ANCHOR)
        tag: str | None = getattr(event, "tag", None)
        if tag is None:
            return False
        self._tell(line, f"tags are not allowed (here: {tag[:60]}); write the plain value", Told.YAML_TAG, tag=tag[:60])
        return True

    def _tell(self, line: int, message: str, told: Told, **details: str) -> None:
        if not any(opened.broken for opened in self._open):
            self.problems.append(Mistake(line, message, told, tuple(details.items())))
