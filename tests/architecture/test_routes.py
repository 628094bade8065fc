"""Every route says who may use it."""

from collections.abc import Iterator

from flask import Flask

from galerio_events.permissions import Permission
from galerio_events.web.guards import public, requires, signed_in


def unguarded(app: Flask) -> Iterator[str]:
    """The addresses whose view declares neither `@public`, nor `@signed_in`, nor `@requires(Permission.X)`."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        guard = getattr(app.view_functions[rule.endpoint], "__guard__", None)
        if guard not in {"public", "signed in"} and not isinstance(guard, Permission):
            yield f"{rule.endpoint} {rule.rule}"


def test_every_route_declares_who_may_use_it(app: Flask) -> None:
    assert list(unguarded(app)) == []
    assert {"health.healthz", "health.readyz", "accounts.sign_in"} <= {
        rule.endpoint for rule in app.url_map.iter_rules()
    }


def test_a_route_without_a_guard_is_noticed() -> None:
    app = Flask("bad", static_folder=None)
    app.add_url_rule("/open", "open", public(lambda: ""))
    app.add_url_rule("/kept", "kept", requires(Permission.EVENT_READ)(lambda: ""))
    app.add_url_rule("/own", "own", signed_in(lambda: ""))
    app.add_url_rule("/bad", "bad", lambda: "")
    assert list(unguarded(app)) == ["bad /bad"]


def test_endpoints_belong_to_blueprints_of_features(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules() if "." not in rule.endpoint} == {"static"}
