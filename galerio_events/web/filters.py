"""What templates can say beyond Jinja's own words."""

from flask import Flask
from markupsafe import Markup, escape

from galerio_events import clock, countries
from galerio_events.translated import Translated
from galerio_events.web.locale import LANGUAGES, page_language


def tr(value: Translated) -> Markup:
    """The text for the reader; marked with its `lang` where it is in another language than the page."""
    shown = value.shown(page_language(), LANGUAGES)
    if shown.language in {page_language(), ""}:
        return escape(shown.text)
    return Markup('<span lang="{}">{}</span>').format(shown.language, shown.text)


def tr_text(value: Translated) -> str:
    """As `tr`, for attributes and titles: the text alone."""
    return value.text(page_language(), LANGUAGES)


def tr_lang(value: Translated) -> str:
    """The language that `tr_text` gives the text in."""
    return value.shown(page_language(), LANGUAGES).language


def country_name(code: str) -> str:
    """The country's or region's CLDR name in the language of the page."""
    return countries.name(code, page_language())


def init_app(app: Flask) -> None:
    """Register the filters and globals."""
    app.add_template_filter(tr)
    app.add_template_filter(tr_text)
    app.add_template_filter(tr_lang)
    app.add_template_filter(country_name)
    app.add_template_filter(clock.in_zone, "in_zone")
    app.add_template_filter(clock.to_text, "rfc3339")
    app.jinja_env.globals["LANGUAGES"] = LANGUAGES
    app.add_template_global(page_language)
