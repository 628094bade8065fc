"""The form to sign in with."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from galerio_events.accounts.domain import PASSWORD_MAX
from galerio_events.text import one_line

_: Any = lazy_gettext


class SignInForm(FlaskForm):
    email = EmailField(
        _("E-mail address"),
        filters=[lambda value: one_line(value or "")],
        validators=[
            InputRequired(_("Enter your e-mail address.")),
            Length(max=320, message=_("This e-mail address is too long.")),
        ],
    )
    password = PasswordField(
        _("Password"),
        validators=[
            InputRequired(_("Enter your password.")),
            Length(max=PASSWORD_MAX, message=_("This password is too long.")),
        ],
    )
    next = HiddenField()
