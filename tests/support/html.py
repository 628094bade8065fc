"""Pages as readers get them: parsed, and asked for what stands in them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "link", "input", "br", "col", "img", "wbr", "hr"}


@dataclass
class Element:
    """A node of a parsed page: its name, attributes and children (elements and text)."""

    name: str
    attributes: dict[str, str]
    children: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it, white space collapsed."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> list[str]:
        return [t for c in self.children for t in ([c] if isinstance(c, str) else c._texts())]

    def all(self, name: str = "", **wanted: str) -> list["Element"]:
        """Descendants of that name whose attributes are as wanted; `class_` is one of the classes."""
        found = []
        for child in self.children:
            if isinstance(child, str):
                continue
            if (not name or child.name == name) and all(child._has(k, v) for k, v in wanted.items()):
                found.append(child)
            found += child.all(name, **wanted)
        return found

    def one(self, name: str = "", **wanted: str) -> "Element":
        """The only such descendant."""
        (found,) = self.all(name, **wanted)
        return found

    def _has(self, key: str, value: str) -> bool:
        if key == "class_":
            return value in self.attributes.get("class", "").split()
        return self.attributes.get(key.rstrip("_").replace("_", "-")) == value


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {k: v or "" for k, v in attrs})
        self.open[-1].children.append(made)
        if tag not in _VOID:
            self.open.append(made)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(page: str) -> Element:
    """The page as a tree. Fails on tags that are not closed in their order."""
    builder = _Builder()
    builder.feed(page)
    assert len(builder.open) == 1, f"<{builder.open[-1].name}> is not closed"
    return builder.root
