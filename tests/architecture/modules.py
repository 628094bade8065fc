"""The package's modules as the checks see them: a name, a syntax tree, and what they import."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "galerio_events"

KERNEL = frozenset({"clock", "translated", "countries", "permissions", "errors", "text"})
TABLES = frozenset({"db"})
# In the order of the DAG: a feature may know those before it, and nobody after it.
FEATURES = (
    "outbox",
    "events",
    "accounts",
    "people",
    "programme",
    "releases",
    "registration",
    "live",
    "materials",
    "questions",
    "learnings",
    "attendance",
    "matching",
    "reports",
    "desk",
    "demo",
)
ROOMS = frozenset(
    {"domain", "models", "queries", "services", "forms", "views", "api", "exports", "imports", "cli", "worker"}
)


@dataclass(frozen=True)
class Place:
    """Where a module stands: in a feature's room, in `web`, or at the top (`clock`, `extensions`, …)."""

    top: str
    room: str = ""

    @property
    def feature(self) -> str | None:
        return self.top if self.top in FEATURES else None


def place(name: str) -> Place:
    """The place of a dotted name below the package; a name within a room counts as the room."""
    parts = name.split(".")[1:]
    if not parts:
        return Place("")
    if parts[0] in FEATURES:
        return Place(parts[0], parts[1] if len(parts) > 1 else "")
    return Place(parts[0])


@dataclass(frozen=True)
class Import:
    name: str
    line: int


@dataclass(frozen=True)
class Fault:
    module: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Module:
    name: str
    source: str
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @cached_property
    def place(self) -> Place:
        return place(self.name)

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Everything imported, wherever in the file, by its full name (`from a import b` is `a.b`)."""
        return tuple(self._imports())

    def _imports(self) -> Iterator[Import]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(alias.name, node.lineno)
            elif isinstance(node, ast.ImportFrom):
                base = self._base(node)
                for alias in node.names:
                    yield Import(f"{base}.{alias.name}", node.lineno)
            elif isinstance(node, ast.Call) and _called(node) in {"import_module", "__import__"}:
                for argument in node.args[:1]:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield Import(argument.value, node.lineno)

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        kept = parts[: len(parts) - node.level + (1 if self.is_package else 0)]
        return ".".join([*kept, *([node.module] if node.module else [])])

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Every call with the last part of what is called: `commit` for `db.session.commit()`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield _called(node), node

    def fault(self, line: int, message: str) -> Fault:
        return Fault(self.name, line, message)


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


@lru_cache(maxsize=1)
def modules() -> list[Module]:
    """Every module of the package."""
    found = []
    for path in sorted((ROOT / PACKAGE).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        found.append(Module(name, path.read_text(), is_package))
    return found
