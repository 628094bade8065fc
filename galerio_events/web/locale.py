"""The language of a page is in its address; only `/` and `/E` ask the browser."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, request, url_for
from werkzeug.routing import AnyConverter

LANGUAGES = ("ja", "en")


class LanguageConverter(AnyConverter):
    """`<language:language>` in a route: one of the interface languages."""

    def __init__(self, map: Any) -> None:  # noqa: A002 werkzeug calls it so
        super().__init__(map, *LANGUAGES)


def page_language() -> str:
    """The language of the page being made: that of its address, else the browser's choice, else the first."""
    view_args = request.view_args or {}
    if view_args.get("language") in LANGUAGES:
        return str(view_args["language"])
    chosen: str | None = g.get("language")
    return chosen or _language_of_path() or browser_language()


def _language_of_path() -> str | None:
    # An address that leads nowhere still says which language its reader reads.
    first = request.path.split("/", 2)[1]
    return first if first in LANGUAGES else None


def browser_language() -> str:
    """The interface language the browser asks for most."""
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def same_page_in(language: str) -> str:
    """The address of the page being made, its query with it, in another language."""
    if request.url_rule is None or "language" not in request.url_rule.arguments:
        return "/"
    path = url_for(str(request.endpoint), **{**(request.view_args or {}), "language": language})
    query = urlencode(list(request.args.items(multi=True)))
    return f"{path}?{query}" if query else path


def init_app(app: Flask) -> None:
    """Language in addresses: `url_for` keeps that of the page unless told otherwise."""
    app.add_template_global(same_page_in)

    @app.url_defaults
    def keep_language(endpoint: str, values: dict[str, Any]) -> None:
        if "language" not in values and app.url_map.is_endpoint_expecting(endpoint, "language"):
            values["language"] = page_language()
