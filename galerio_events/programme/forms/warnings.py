"""The form that accepts a conflict."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import DataRequired, Length

from galerio_events.programme.domain.conflicts import REASON_LENGTH
from galerio_events.programme.forms.fields import Lines

_: Any = lazy_gettext


class AcceptForm(FlaskForm):
    """`fingerprint` is that of the conflict, as the page showed it."""

    fingerprint = HiddenField()
    reason = Lines(
        _("Reason"),
        validators=[
            DataRequired(message=_("Say why this is all right.")),
            Length(max=REASON_LENGTH, message=_("This reason is too long: %(max)d characters at most.")),
        ],
    )
