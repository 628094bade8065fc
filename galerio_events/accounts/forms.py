"""The forms to sign in with, and those that protect an account."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from galerio_events.accounts.domain import PASSWORD_MAX
from galerio_events.accounts.domain.codes import ADDRESS_LENGTH, address_of
from galerio_events.accounts.domain.passkeys import ANSWER_LENGTH, NAME_LENGTH
from galerio_events.text import one_line

_: Any = lazy_gettext


class Form(FlaskForm):
    """A form whose making the type checker knows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]


def _line(value: str | None) -> str:
    return one_line(value or "")


class AddressForm(Form):
    """The address to which a code is to be sent."""

    email = EmailField(
        _("E-mail address"),
        filters=[_line],
        validators=[
            InputRequired(_("Enter your e-mail address.")),
            Length(max=ADDRESS_LENGTH, message=_("This e-mail address is too long.")),
        ],
    )

    def validate_email(self, field: EmailField) -> None:
        """An address to which a mail can be written."""
        if address_of(field.data or "") is None:
            raise ValidationError(_("Enter a complete e-mail address, such as name@example.org."))


class PasswordForm(Form):
    """The password alone, of whoever is signed in already."""

    password = PasswordField(
        _("Password"),
        validators=[
            InputRequired(_("Enter your password.")),
            Length(max=PASSWORD_MAX, message=_("This password is too long.")),
        ],
    )


class SignInForm(PasswordForm):
    """Address and password."""

    email = EmailField(
        _("E-mail address"),
        filters=[_line],
        validators=[
            InputRequired(_("Enter your e-mail address.")),
            Length(max=ADDRESS_LENGTH, message=_("This e-mail address is too long.")),
        ],
    )


class CodeForm(Form):
    """A code, from a mail or an app, or a recovery code."""

    code = StringField(
        _("Code"),
        filters=[_line],
        validators=[
            InputRequired(_("Enter the code.")),
            Length(max=60, message=_("This does not look like a code.")),
        ],
    )


class AppForm(CodeForm):
    """The first code of an app, with the secret that it was given, sealed."""

    sealed = HiddenField()


class PasskeyForm(Form):
    """What the browser says of a passkey; a new one gets a name."""

    answer = HiddenField(validators=[InputRequired(), Length(max=ANSWER_LENGTH)])


class NewPasskeyForm(PasskeyForm):
    """A new passkey and its name."""

    name = StringField(
        _("Name of this passkey"),
        filters=[_line],
        validators=[
            InputRequired(_("Give the passkey a name, such as that of the device.")),
            Length(max=NAME_LENGTH, message=_("This name is too long.")),
        ],
    )


class RequiringForm(Form):
    """Whether an event requires the second factor."""

    required = BooleanField(_("Organisers of this event need a second factor"))
