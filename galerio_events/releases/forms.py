"""The form that releases a programme."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from galerio_events.text import clean

_: Any = lazy_gettext

NOTE_LENGTH = 500


class ReleaseForm(FlaskForm):
    """`shown` is the digest of the draft that the reader saw, `after` the number of the release before it."""

    note = TextAreaField(
        _("Note"),
        filters=[lambda value: clean(value or "")],
        validators=[Length(max=NOTE_LENGTH, message=_("This note is too long: %(max)d characters at most."))],
    )
    shown = HiddenField()
    after = HiddenField()
