"""What templates can say beyond Jinja's own words."""

import re
from typing import Any

from flask import Flask, current_app, request, url_for
from markupsafe import Markup, escape

from galerio_events import clock, countries
from galerio_events.translated import Translated
from galerio_events.web import labels, times
from galerio_events.web.locale import LANGUAGES, page_language

# Each language under the name that its readers give it.
LANGUAGE_NAMES = {"ja": "日本語", "en": "English"}

_SUBTITLE = re.compile("([～〜])([^～〜<>]+)([～〜])")


def tr(value: Translated) -> Markup:
    """The text for the reader; marked with its `lang` where it is in another language than the page."""
    shown = value.shown(page_language(), LANGUAGES)
    if shown.language in {page_language(), ""}:
        return escape(shown.text)
    return Markup('<span lang="{}">{}</span>').format(shown.language, shown.text)


def tr_phrases(value: Translated) -> Markup:
    """As `tr`; a subtitle in wave dashes (`～…～`) goes to the next line as one, and no dash stands alone."""
    joined = Markup('<span class="phrase">{}\u2060{}\u2060{}</span>')
    return Markup(_SUBTITLE.sub(lambda m: joined.format(*(Markup(part) for part in m.groups())), tr(value)))  # noqa: S704 escaped


def tr_text(value: Translated) -> str:
    """As `tr`, for attributes and titles: the text alone."""
    return value.text(page_language(), LANGUAGES)


def tr_lang(value: Translated) -> str:
    """The language that `tr_text` gives the text in."""
    return value.shown(page_language(), LANGUAGES).language


def country_name(code: str) -> str:
    """The country's or region's CLDR name in the language of the page."""
    return countries.name(code, page_language())


def language_name(language: str) -> str:
    """The name of an interface language, in that language."""
    return LANGUAGE_NAMES[language]


def address_in(language: str, **kept: Any) -> str:
    """The page being made, in another language, with the query values that are to stay.

    An address that leads nowhere has no other language; the switch then leads to the front page.
    """
    place = request.view_args or {}
    if request.endpoint is None or "language" not in place:
        return url_for("site.front", language=language)
    return url_for(request.endpoint, **(place | kept | {"language": language}))


def absolute_address_in(language: str) -> str:
    """The address by which the page being made is known to the world, in that language."""
    return str(current_app.config["BASE_URL"]) + address_in(language)


def init_app(app: Flask) -> None:
    """Register the filters and globals."""
    labels.init_app(app)
    times.init_app(app)
    app.add_template_filter(tr)
    app.add_template_filter(tr_phrases)
    app.add_template_filter(tr_text)
    app.add_template_filter(tr_lang)
    app.add_template_filter(country_name)
    app.add_template_filter(clock.in_zone, "in_zone")
    app.add_template_filter(clock.to_text, "rfc3339")
    app.jinja_env.globals["LANGUAGES"] = LANGUAGES
    for given in (page_language, language_name, address_in, absolute_address_in):
        app.add_template_global(given)
