"""The package keeps the house rules, and each rule notices when it does not."""

from collections.abc import Callable, Iterator

import pytest

from tests.architecture import rules
from tests.architecture.modules import PACKAGE, ROOT, Fault, Module, modules, place

Rule = Callable[[Module], Iterator[Fault]]


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_package_keeps(rule: Rule) -> None:
    assert [str(fault) for module in modules() for fault in rule(module)] == []


def test_the_walk_sees_the_whole_package() -> None:
    seen = {module.name for module in modules()}
    assert seen >= {PACKAGE, f"{PACKAGE}.clock", f"{PACKAGE}.web.guards", f"{PACKAGE}.releases.domain.document"}
    assert len(seen) == len(list((ROOT / PACKAGE).rglob("*.py")))


def faults(rule: Rule, name: str, source: str) -> list[str]:
    return [fault.message for fault in rule(Module(f"{PACKAGE}.{name}", source))]


BAD = [
    (rules.stands_in_a_room, "people.helpers", "", "helpers is no room"),
    (rules.stands_in_a_room, "utilities", "", "neither a feature nor part of the kernel"),
    (
        rules.imports_what_its_room_may,
        "clock",
        "from galerio_events.people.models import Person",
        "the kernel imports only",
    ),
    (rules.imports_what_its_room_may, "text", "from galerio_events import db", "the kernel imports only"),
    (rules.imports_what_its_room_may, "db", "import galerio_events.people.models", "the base of the tables"),
    (
        rules.imports_what_its_room_may,
        "people.domain",
        "from galerio_events import db",
        "nothing to do with the database",
    ),
    (
        rules.imports_what_its_room_may,
        "people.domain",
        "from galerio_events.people import models",
        "domain may not know models",
    ),
    (rules.imports_what_its_room_may, "people.domain", "from . import models", "domain may not know models"),
    (
        rules.imports_what_its_room_may,
        "people.domain",
        "def f():\n    from .models import Person",
        "domain may not know",
    ),
    (
        rules.imports_what_its_room_may,
        "people.queries",
        "from galerio_events.people import services",
        "queries may not know",
    ),
    (
        rules.imports_what_its_room_may,
        "people.services",
        "from galerio_events.people import views",
        "services may not know",
    ),
    (
        rules.imports_what_its_room_may,
        "people.forms",
        "from galerio_events.people import queries",
        "forms may not know",
    ),
    (
        rules.imports_what_its_room_may,
        "people.exports",
        "from galerio_events.people import models",
        "exports may not know",
    ),
    (
        rules.imports_what_its_room_may,
        "people.services",
        "from galerio_events.extensions import db",
        "only views, api and cli",
    ),
    (
        rules.imports_what_its_room_may,
        "people.queries",
        "from galerio_events.web import filters",
        "only views, api and cli",
    ),
    (
        rules.imports_what_its_room_may,
        "people.queries",
        "from galerio_events.programme import domain",
        "people may not know",
    ),
    (
        rules.imports_what_its_room_may,
        "people.views",
        "from galerio_events.programme import queries",
        "people may not know",
    ),
    (
        rules.imports_what_its_room_may,
        "outbox.services",
        "from galerio_events.events import models",
        "outbox may not know",
    ),
    (rules.imports_what_its_room_may, "programme.views", "from galerio_events.people import views", "another's views"),
    (
        rules.imports_what_its_room_may,
        "programme.views",
        "from galerio_events.people.forms import F",
        "another's forms",
    ),
    (
        rules.imports_what_its_room_may,
        "web.guards",
        "from galerio_events.people import views",
        "web knows no feature's",
    ),
    (rules.imports_what_its_room_may, "extensions", "from galerio_events.people import queries", "only models"),
    (rules.imports_what_its_room_may, "people.cli", "import galerio_events", "only create_app"),
    (
        rules.imports_what_its_room_may,
        "people.domain",
        "from importlib import import_module\nimport_module('galerio_events.people.models')",
        "domain may not know models",
    ),
    (rules.imports_flask_only_at_the_edge, "people.services", "from flask import current_app", "only the edge"),
    (rules.imports_flask_only_at_the_edge, "people.models", "import flask_security", "only the edge"),
    (rules.imports_flask_only_at_the_edge, "accounts.models", "import flask", "only the edge"),
    (rules.imports_flask_only_at_the_edge, "people.forms", "import flask", "only the edge"),
    (rules.imports_flask_only_at_the_edge, "clock", "def f():\n    import flask.json", "only the edge"),
    (rules.imports_zoneinfo_only_in_clock, "people.views", "from zoneinfo import ZoneInfo", "only clock.py"),
    (rules.imports_zoneinfo_only_in_clock, "releases.exports", "import dateutil.tz", "only clock.py"),
    (rules.reads_no_clock, "people.services", "clock.utc_now()", "now is an argument"),
    (rules.reads_no_clock, "people.domain", "datetime.now(UTC)", "now is an argument"),
    (rules.commits_only_at_the_edge, "people.services", "db_session.commit()", "only views"),
    (rules.commits_only_at_the_edge, "people.services", "done = db_session.commit", "only views"),
    (rules.commits_only_at_the_edge, "people.services", "retry(db_session.commit, times=3)", "only views"),
    (rules.commits_only_at_the_edge, "web.guards", "db.session.commit()", "only views"),
    (rules.queries_only_in_queries, "people.views", "db_session.execute(x)", "calls execute()"),
    (rules.queries_only_in_queries, "people.views", "session.query(Person)", "calls query()"),
    (rules.queries_only_in_queries, "people.services", "sa.select(Person)", "calls select()"),
    (
        rules.queries_only_in_queries,
        "people.services",
        "X = sa.insert(A).from_select(['a'], sa.select(B.a))\nY = sa.select(B)",
        "calls select()",
    ),
    (rules.queries_only_in_queries, "people.cli", "db_session.scalars(x)", "calls scalars()"),
    (rules.queries_only_in_queries, "web.guards", "sa.select(Person)", "calls select()"),
    (rules.is_not_too_long, "people.views", "x = 1\n" * 401, "401 lines"),
    (rules.catches_only_what_it_handles, "clock", "try:\n    f()\nexcept:\n    g()", "catches everything"),
    (rules.catches_only_what_it_handles, "clock", "try:\n    f()\nexcept Exception:\n    pass", "swallows"),
    (
        rules.limits_only_what_is_called,
        "people.views",
        "@limiter.limit('1 per day')\n@bp.post('/')\n@public\ndef f(): ...",
        "limits a route from above",
    ),
    (rules.limits_only_what_is_called, "people.views", "limiter.limit('1 per day')(bp)", "such as a blueprint"),
    (
        rules.limits_only_what_is_called,
        "extensions",
        "_Limiter(default_limits=['1 per day'])",
        "default_limits are not",
    ),
]


@pytest.mark.parametrize(("rule", "name", "source", "expected"), BAD)
def test_a_rule_notices(rule: Rule, name: str, source: str, expected: str) -> None:
    found = faults(rule, name, source)
    assert len(found) == 1
    assert expected in found[0]


GOOD = [
    (rules.stands_in_a_room, "people.domain.names", ""),
    (
        rules.imports_what_its_room_may,
        "programme.services",
        "from galerio_events.people import models, queries, domain",
    ),
    (rules.imports_what_its_room_may, "programme.services", "from galerio_events.outbox import services"),
    (rules.imports_what_its_room_may, "programme.views", "from galerio_events.programme import forms, services"),
    (rules.imports_what_its_room_may, "programme.views", "from galerio_events.extensions import db"),
    (rules.imports_what_its_room_may, "programme.domain", "from galerio_events import clock\nimport sqlalchemy"),
    (rules.imports_what_its_room_may, "web.guards", "from galerio_events.events import queries"),
    (rules.imports_flask_only_at_the_edge, "accounts.models", "from flask_security import UserMixin"),
    (rules.imports_flask_only_at_the_edge, "people.forms", "from flask_wtf import FlaskForm"),
    (rules.imports_flask_only_at_the_edge, "people.api", "import flask"),
    (rules.imports_zoneinfo_only_in_clock, "clock", "import zoneinfo"),
    (rules.reads_no_clock, "people.views", "clock.utc_now()"),
    (rules.commits_only_at_the_edge, "people.cli", "db.session.commit()"),
    (rules.queries_only_in_queries, "people.queries", "sa.select(Person)"),
    (rules.queries_only_in_queries, "people.services", "db_session.execute(sa.delete(Person))"),
    (rules.queries_only_in_queries, "people.services", "X = sa.insert(A).from_select(['a'], sa.select(B.a))"),
    (rules.queries_only_in_queries, "people.views", "things.insert(0, 1)\nvalues.update({})"),
    (rules.is_not_too_long, "people.views", "x = 1\n" * 400),
    (rules.catches_only_what_it_handles, "clock", "try:\n    f()\nexcept Exception:\n    log()\n    raise"),
    (rules.limits_only_what_is_called, "people.views", "@limiter.limit('1 per day')\ndef f(): ..."),
    (
        rules.limits_only_what_is_called,
        "people.views",
        "@bp.get('/')\n@public\n@limiter.limit('1 per day')\ndef f(): ...",
    ),
]


@pytest.mark.parametrize(("rule", "name", "source"), GOOD)
def test_a_rule_lets_pass(rule: Rule, name: str, source: str) -> None:
    assert faults(rule, name, source) == []


def test_places() -> None:
    assert place("galerio_events.people.domain.names") == place("galerio_events.people.domain")
    assert place("galerio_events.clock").feature is None
    assert place("galerio_events.people").room == ""


def test_exceptions_carry_a_reason_and_are_still_needed() -> None:
    by_name = {module.name: module for module in modules()}
    for name, (packages, reason) in rules.FLASK_EXCEPTIONS.items():
        used = {imported.name.split(".")[0] for imported in by_name[name].imports}
        assert packages <= used
        assert reason
