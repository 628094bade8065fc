"""The language of a page is in its address; only `/` and `/E` ask the browser."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, request, url_for
from werkzeug.datastructures import LanguageAccept
from werkzeug.routing import AnyConverter

LANGUAGES = ("ja", "en")
# What people read who ask for languages of which the site has none.
COMMON_LANGUAGE = "en"


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


def browser_language(spoken: Sequence[str] = LANGUAGES) -> str:
    """The interface language the browser asks for most; English where it asks for none that the site has.

    A browser that asks for no language at all gets the first of `spoken`, the languages of an event, that the site has.
    """
    if not request.headers.get("Accept-Language", "").strip():
        return next((language for language in spoken if language in LANGUAGES), LANGUAGES[0])
    # `*` is no wish for Japanese, which merely stands first.
    named = LanguageAccept([(tag, quality) for tag, quality in request.accept_languages if tag != "*"])
    return named.best_match(LANGUAGES) or COMMON_LANGUAGE


def same_page_in(language: str) -> str:
    """The address of the page being made, its query with it, in another language, to which `next` leads as well."""
    if request.url_rule is None or "language" not in request.url_rule.arguments:
        return "/"
    path = url_for(str(request.endpoint), **{**(request.view_args or {}), "language": language})
    here, there = f"/{page_language()}/", f"/{language}/"
    query = urlencode(
        [
            (name, there + value.removeprefix(here) if name == "next" and value.startswith(here) else value)
            for name, value in request.args.items(multi=True)
        ]
    )
    return f"{path}?{query}" if query else path


def init_app(app: Flask) -> None:
    """Language in addresses: `url_for` keeps that of the page unless told otherwise."""
    app.add_template_global(same_page_in)

    @app.url_defaults
    def keep_language(endpoint: str, values: dict[str, Any]) -> None:
        if "language" not in values and app.url_map.is_endpoint_expecting(endpoint, "language"):
            values["language"] = page_language()
