"""The house rules about modules: each takes a module and yields what is wrong with it."""

import ast
from collections.abc import Callable, Iterator

from tests.architecture.modules import FEATURES, KERNEL, PACKAGE, ROOMS, TABLES, Fault, Module, Place, place

LONGEST = 400

# What a room may import of its own feature, and of the features before it in the DAG.
OWN: dict[str, frozenset[str]] = {
    "domain": frozenset({"domain"}),
    "models": frozenset({"domain", "models"}),
    "queries": frozenset({"models", "domain", "queries"}),
    "services": frozenset({"models", "queries", "domain", "services"}),
    "forms": frozenset({"domain", "forms"}),
    "exports": frozenset({"domain", "exports"}),
    "imports": frozenset({"domain", "imports"}),
    "worker": frozenset({"models", "queries", "domain", "services", "exports", "worker"}),
    "views": ROOMS,
    "api": ROOMS,
    "cli": ROOMS,
}
ACROSS: dict[str, frozenset[str]] = {
    "domain": frozenset({"domain"}),
    # A relationship names the other table's class.
    "models": frozenset({"domain", "models"}),
    "queries": frozenset({"models", "domain", "queries"}),
    "services": frozenset({"models", "queries", "domain", "services"}),
    "forms": frozenset({"domain"}),
    "exports": frozenset({"domain", "exports"}),
    "imports": frozenset({"domain", "imports"}),
    "worker": frozenset(),
    "views": frozenset({"models", "queries", "domain", "services", "exports", "imports"}),
    "api": frozenset({"models", "queries", "domain", "services", "exports", "imports"}),
    "cli": frozenset({"models", "queries", "domain", "services", "exports", "imports"}),
}
EDGE = frozenset({"views", "api", "cli"})
COMMITTING = EDGE | {"worker"}
NO_DATABASE = frozenset({"domain", "forms", "exports", "imports"})

# Exceptions, each with its reason; see docs/adr.
FLASK_EXCEPTIONS: dict[str, tuple[frozenset[str], str]] = {
    f"{PACKAGE}.accounts.models": (
        frozenset({"flask_security"}),
        "an account has to be what Flask-Security's mixin makes of it",
    ),
}
FORMS_MAY = frozenset({"flask_wtf", "flask_babel"})


def stands_in_a_room(module: Module) -> Iterator[Fault]:
    """A feature's folder holds rooms and nothing else; the top holds the kernel and what the plan names."""
    where = module.place
    if where.feature and where.room and where.room not in ROOMS:
        yield module.fault(1, f"{where.room} is no room: {', '.join(sorted(ROOMS))}")
    if not where.feature and where.top not in KERNEL | TABLES | {"", "extensions", "web"}:
        yield module.fault(1, f"{where.top} is neither a feature nor part of the kernel")


def imports_what_its_room_may(module: Module) -> Iterator[Fault]:
    """The table of rooms, and the DAG of features."""
    here = module.place
    for imported in module.imports:
        if imported.name.split(".")[0] != PACKAGE:
            continue
        why = _refusal(here, place(imported.name))
        if why:
            yield module.fault(imported.line, f"imports {imported.name}: {why}")


def _refusal(here: Place, there: Place) -> str | None:
    if here.top in KERNEL:
        return None if there.top in KERNEL else "the kernel imports only the kernel"
    if here.top in TABLES:
        return None if there.top in KERNEL | TABLES else "the base of the tables imports only the kernel"
    if there.top in KERNEL or not here.feature:
        return _refusal_at_the_top(here, there)
    if there.top in TABLES:
        return "it has nothing to do with the database" if here.room in NO_DATABASE else None
    if there.top in {"web", "extensions"}:
        return None if here.room in EDGE else "only views, api and cli know the web"
    if there.feature is None:
        return "only create_app puts the application together"
    if there.feature == here.feature:
        return None if there.room in OWN.get(here.room, frozenset()) else f"{here.room} may not know {there.room}"
    if FEATURES.index(there.feature) > FEATURES.index(here.feature):
        return f"{here.feature} may not know {there.feature}"
    return (
        None if there.room in ACROSS.get(here.room, frozenset()) else f"{here.room} may not know another's {there.room}"
    )


def _refusal_at_the_top(here: Place, there: Place) -> str | None:
    if here.top == "web" and there.feature and there.room in {"views", "forms", "api", "cli"}:
        return "web knows no feature's views, forms or commands"
    if here.top == "extensions" and there.feature and there.room != "models":
        return "extensions know only models"
    return None


def imports_flask_only_at_the_edge(module: Module) -> Iterator[Fault]:
    """Flask and its extensions are known to create_app, extensions, web, views, api and cli (forms: WTF and Babel)."""
    where = module.place
    if where.top in {"", "extensions", "web"} or where.room in EDGE:
        return
    allowed = FLASK_EXCEPTIONS.get(module.name, (frozenset(), ""))[0]
    if where.room == "forms":
        allowed = FORMS_MAY
    for imported in module.imports:
        package = imported.name.split(".")[0]
        if (package == "flask" or package.startswith("flask_")) and package not in allowed:
            yield module.fault(imported.line, f"imports {imported.name}: only the edge knows Flask")


def imports_zoneinfo_only_in_clock(module: Module) -> Iterator[Fault]:
    """One module decides what a zone is; dateutil and pytz are other ways around it."""
    if module.place.top == "clock":
        return
    for imported in module.imports:
        if imported.name.split(".")[0] in {"zoneinfo", "pytz", "dateutil"}:
            yield module.fault(imported.line, f"imports {imported.name}: only clock.py touches time zones")


def reads_no_clock(module: Module) -> Iterator[Fault]:
    """`now` is an argument: only the edge and workers ask for the time."""
    if module.place.top in {"", "clock", "web", "extensions"} or module.place.room in COMMITTING:
        return
    for name, call in module.calls():
        if name in {"utc_now", "utcnow", "now", "today"}:
            yield module.fault(call.lineno, f"asks for the time with {name}(): now is an argument")


def commits_only_at_the_edge(module: Module) -> Iterator[Fault]:
    """A transaction ends where the request, the command or the worker's turn ends."""
    if module.place.room in COMMITTING:
        return
    for node in ast.walk(module.tree):
        # The attribute, called or not: who hands `db_session.commit` to somebody commits as well.
        if isinstance(node, ast.Attribute) and node.attr == "commit":
            yield module.fault(node.lineno, "commits: only views, api, cli and workers do")


def queries_only_in_queries(module: Module) -> Iterator[Fault]:
    """Reads are in queries; services may execute writes (and take what they return); nobody else asks the database."""
    where = module.place
    if where.room in {"queries", "models"} or not (where.room or where.top == "web"):
        return
    forbidden = {"select", "query"}
    if where.room != "services":
        forbidden |= {"scalars", "scalar", "scalar_one", "scalar_one_or_none", "insert", "update", "delete"}
    if where.feature and where.room != "services":
        forbidden.add("execute")
    writing = _lines_of_inserts_from_select(module) if where.room == "services" else set()
    for name, call in module.calls():
        if name not in forbidden or call.lineno in writing:
            continue
        if name in {"insert", "update", "delete", "query"} and not _of_sqlalchemy(call):
            continue
        yield module.fault(call.lineno, f"calls {name}(): queries have a room of their own")


def _lines_of_inserts_from_select(module: Module) -> set[int]:
    """The lines of the top-level statements that make an INSERT … SELECT: what is selected there is written at once."""
    lines: set[int] = set()
    for statement in module.tree.body:
        inside = (node for node in ast.walk(statement) if isinstance(node, ast.Attribute))
        if any(node.attr == "from_select" for node in inside):
            lines.update(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))
    return lines


def _of_sqlalchemy(call: ast.Call) -> bool:
    """Whether `insert`, `update`, `delete` or `query` is SQLAlchemy's and not that of a list, a dict or a digest."""
    if isinstance(call.func, ast.Name):
        return True
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        return call.func.value.id in {"sa", "db_session", "session", "sqlalchemy"}
    return False


def is_not_too_long(module: Module) -> Iterator[Fault]:
    """A room past about 300 lines becomes a package; past 400 there is no excuse."""
    lines = module.source.count("\n")
    if lines > LONGEST:
        yield module.fault(lines, f"has {lines} lines: make it a package")


def catches_only_what_it_handles(module: Module) -> Iterator[Fault]:
    """No bare `except`, and no `except Exception` that does nothing."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        if node.type is None:
            yield module.fault(node.lineno, "catches everything")
            continue
        everything = isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}
        if everything and all(isinstance(inside, ast.Pass) for inside in node.body):
            yield module.fault(node.lineno, "swallows every error")


def limits_only_what_is_called(module: Module) -> Iterator[Fault]:
    """Limits count where a decorated function is called, and nowhere else: one above the route's decorator decorates
    what the route does not call; those of blueprints and of all routes are not looked for (`extensions._Limiter`)."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        routes = [number for number, each in enumerate(node.decorator_list) if _adds_a_route(each)]
        for number, each in enumerate(node.decorator_list):
            if _limits(each) and routes and number < routes[-1]:
                yield module.fault(each.lineno, "limits a route from above, where nobody calls it: put it beneath")
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and _limits(node.func):
            yield module.fault(node.lineno, "limits what is not called, such as a blueprint: decorate a function")
        if isinstance(node, ast.keyword) and node.arg in {"default_limits", "application_limits"}:
            yield module.fault(node.value.lineno, f"{node.arg} are not looked for: decorate a function")


def _limits(node: ast.expr) -> bool:
    """Whether that is `limiter.limit(…)` or `limiter.shared_limit(…)`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return node.func.attr in {"limit", "shared_limit"} and ast.unparse(node.func.value).split(".")[-1] == "limiter"


def _adds_a_route(node: ast.expr) -> bool:
    """Whether that is `@bp.get("/…")` or one of its like."""
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    return called and node.func.attr in {"route", "get", "post", "put", "patch", "delete"}  # type: ignore[attr-defined]


RULES: tuple[Callable[[Module], Iterator[Fault]], ...] = (
    stands_in_a_room,
    imports_what_its_room_may,
    imports_flask_only_at_the_edge,
    imports_zoneinfo_only_in_clock,
    reads_no_clock,
    commits_only_at_the_edge,
    queries_only_in_queries,
    is_not_too_long,
    catches_only_what_it_handles,
    limits_only_what_is_called,
)
