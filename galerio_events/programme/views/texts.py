"""What the texts of an event's things are called, per language, as their forms call them."""

from flask_babel import gettext as _

from galerio_events.web.filters import LANGUAGE_NAMES


def text_label(text: str, language: str) -> str:
    """`title` and `en` as `Title (English)`. Raises `KeyError` for a text that nothing has."""
    name = LANGUAGE_NAMES.get(language, language)
    labels = {
        "title": lambda: _("Title (%(language)s)", language=name),
        "theme": lambda: _("Theme (%(language)s)", language=name),
        "name": lambda: _("Name (%(language)s)", language=name),
        "affiliation": lambda: _("Affiliation (%(language)s)", language=name),
        "job_title": lambda: _("Position (%(language)s)", language=name),
        "bio": lambda: _("About the person (%(language)s)", language=name),
        "summary": lambda: _("Summary (%(language)s)", language=name),
        "abstract": lambda: _("Abstract (%(language)s)", language=name),
        "talk": lambda: _("Talk title (%(language)s)", language=name),
    }
    return str(labels[text]())
