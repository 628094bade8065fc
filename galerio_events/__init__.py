"""galerio-events: the conference system of the Asia Smart City Conference."""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import Flask
from flask.cli import AppGroup

FEATURES = (
    "accounts",
    "events",
    "people",
    "programme",
    "releases",
    "registration",
    "live",
    "materials",
    "questions",
    "learnings",
    "attendance",
    "reports",
    "outbox",
    "desk",
    "demo",
)


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The application. `config` overrides single settings of `config.from_environment()`.

    A feature's `views` and `api` rooms offer `blueprints`; its `cli` room offers `groups`.
    """
    from config import ROOT, from_environment
    from galerio_events import extensions, web

    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(Path(__file__).parent / "static"))
    app.config.update(from_environment() | dict(config or {}))
    extensions.init_app(app)
    web.init_app(app)
    for feature in FEATURES:
        for room in ("views", "api"):
            for blueprint in getattr(_room(feature, room), "blueprints", ()):
                app.register_blueprint(blueprint)
        for group in getattr(_room(feature, "cli"), "groups", ()):
            _add_commands(app, group)
    return app


def _add_commands(app: Flask, group: AppGroup) -> None:
    """Features share a group of commands: `programme release` belongs to releases, `programme import` does not."""
    known = app.cli.commands.get(group.name or "")
    if not isinstance(known, AppGroup):
        app.cli.add_command(group)
        return
    for command in group.commands.values():
        known.add_command(command)


def _room(feature: str, room: str) -> Any:
    name = f"{__name__}.{feature}.{room}"
    return import_module(name) if find_spec(name) else None
