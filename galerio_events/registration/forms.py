"""The registration form. Choices are passed in; nothing is queried."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    Form,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import StopValidation

from galerio_events import countries
from galerio_events.people.domain.email import BadEmail, EmailProblem, normal_email
from galerio_events.registration.domain import (
    NAME_LENGTH,
    AffiliationKind,
    ConsentKind,
    Details,
    has_substance,
)
from galerio_events.text import one_line

# The fields take lazy texts; their type annotations only know of plain ones.
_l: Callable[[str], Any] = lazy_gettext

_EMAIL_PROBLEMS = {
    EmailProblem.NOT_ONE: _l("Check the e-mail address. It should look like name@example.org."),
    EmailProblem.MISTYPED_ENDING: _l("Check the end of the e-mail address. Did you mean .com, .org or .net?"),
    EmailProblem.TOO_LONG: _l("This e-mail address is too long. An address has at most 254 characters."),
}


_LANGUAGES = ("ja", "en")


def _tidy(value: str | None) -> str:
    return one_line(value or "")


class _Text:
    """A line of text: required or not, visible, of at most `NAME_LENGTH` characters."""

    def __init__(self, missing: Any = None) -> None:
        self.missing = missing
        self.field_flags = {"required": True} if missing else {}

    def takes(self, text: str) -> bool:
        """Whether there is nothing to say against this text, which is tidy."""
        return has_substance(text) and len(text) <= NAME_LENGTH if text else not self.missing

    def __call__(self, form: Form, field: Field) -> None:
        if self.takes(field.data or ""):
            return
        if not field.data:
            raise StopValidation(str(self.missing))
        if not has_substance(field.data):
            raise StopValidation(_("Use at least one letter or digit."))
        if len(field.data) > NAME_LENGTH:
            raise StopValidation(
                _(
                    "Use at most %(limit)s characters; these are %(count)s.",
                    limit=NAME_LENGTH,
                    count=len(field.data),
                )
            )


class _Given:
    """Something has to be chosen, and among what was offered."""

    def __init__(self, missing: Any) -> None:
        self.missing = missing
        self.field_flags = {"required": True}

    def __call__(self, form: Form, field: Field) -> None:
        offered = {value for value, _label in field.choices}  # type: ignore[attr-defined]
        if field.data not in offered or not field.data:
            raise StopValidation(str(self.missing))


class DetailsForm(Form):
    """What a registrant can change later: everything but the address and the consent to the notice."""

    name = StringField(_l("Name"), [_Text(_l("Enter your name."))], filters=[_tidy])
    reading = StringField(_l("Reading of the name"), [_Text()], filters=[_tidy])
    country = SelectField(_l("Country or region"), [_Given(_l("Choose a country or region."))], validate_choice=False)
    organisation = StringField(_l("Organisation"), [_Text()], filters=[_tidy])
    position = StringField(_l("Position"), [_Text()], filters=[_tidy])
    affiliation_kind = SelectField(
        _l("Kind of affiliation"), [_Given(_l("Choose what describes your organisation best."))], validate_choice=False
    )
    language = RadioField(
        _l("Language of our messages to you"), [_Given(_l("Choose a language."))], validate_choice=False
    )
    sessions = SelectMultipleField(_l("Sessions you want to attend"), validate_choice=False)
    future_events = BooleanField(_l("You may tell me about future conferences."))
    share_with_partners = BooleanField(
        _l("You may share my name, organisation and e-mail address with the co-organisers of this conference.")
    )
    # The version of the registration that the form was filled from.
    version = HiddenField()

    def offer(self, *, language: str, sessions: Sequence[str]) -> None:
        """Set what can be chosen."""
        self.country.choices = countries.choices(language)
        self.affiliation_kind.choices = [(kind.value, kind.value) for kind in AffiliationKind]
        self.language.choices = [(tag, tag) for tag in _LANGUAGES]
        self.sessions.choices = [(key, key) for key in sessions]
        self.offered = frozenset(sessions)

    def validate_sessions(self, field: Field) -> None:
        offered = self.offered
        field.data = [key for key in dict.fromkeys(field.data or ()) if key]
        if not offered.issuperset(field.data):
            field.data = [key for key in field.data if key in offered]
            raise StopValidation(_("A session you chose is no longer in the programme. Check your choice."))

    def details(self, *, email: str, agreed: bool = True) -> Details:
        """The answers of a valid form."""
        given = {
            ConsentKind.PRIVACY_NOTICE: agreed,
            ConsentKind.FUTURE_EVENTS: bool(self.future_events.data),
            ConsentKind.SHARE_WITH_PARTNERS: bool(self.share_with_partners.data),
        }
        return Details(
            name=self.name.data or "",
            reading=self.reading.data or "",
            email=email,
            country=self.country.data,
            organisation=self.organisation.data or "",
            position=self.position.data or "",
            affiliation_kind=AffiliationKind(self.affiliation_kind.data),
            language=self.language.data,
            sessions=tuple(self.sessions.data or ()),
            consents=frozenset(kind for kind, yes in given.items() if yes),
        )


class RegistrationForm(DetailsForm):
    """The public form."""

    email = EmailField(_l("E-mail address"), filters=[_tidy])
    agreed = BooleanField(_l("I have read the privacy notice and agree to it."))
    form_key = HiddenField()
    # No person sees this field; programs that fill in everything fill it in too.
    website = StringField()

    def validate_email(self, field: Field) -> None:
        if not field.data:
            raise StopValidation(_("Enter your e-mail address."))
        try:
            field.data = normal_email(field.data)
        except BadEmail as bad:
            raise StopValidation(str(_EMAIL_PROBLEMS[bad.problem])) from None

    def validate_agreed(self, field: Field) -> None:
        if not field.data:
            raise StopValidation(_("Without your agreement to the privacy notice we cannot register you."))


def plain_answers(given: MultiDict[str, str], *, sessions: Collection[str]) -> Details | None:
    """The answers of a form with which nothing is wrong; None where `RegistrationForm` has to say what is.

    It takes nothing that `RegistrationForm` does not take. To make that form's fifteen fields takes longer than all
    that is asked here, and when thousands register at once nearly all of their forms are in order.
    """
    texts = {name: _tidy(given.get(name)) for name in ("name", "reading", "organisation", "position", "email")}
    country, affiliation, language = (given.get(name, "") for name in ("country", "affiliation_kind", "language"))
    chosen = tuple(key for key in dict.fromkeys(given.getlist("sessions")) if key)
    ticked = {name for name in ("agreed", *_CONSENTS) if given.get(name, "") not in BooleanField.false_values}
    if given.get("website") or "agreed" not in ticked or not all(key in sessions for key in chosen):
        return None
    if country not in countries.codes() or affiliation not in _AFFILIATIONS or language not in _LANGUAGES:
        return None
    if not _REQUIRED.takes(texts["name"]) or not all(
        _OPTIONAL.takes(texts[name]) for name in ("reading", "organisation", "position")
    ):
        return None
    try:
        email = normal_email(texts.pop("email"))
    except BadEmail:
        return None
    return Details(
        **texts,
        email=email,
        country=country,
        affiliation_kind=AffiliationKind(affiliation),
        language=language,
        sessions=chosen,
        consents=frozenset({ConsentKind.PRIVACY_NOTICE, *(kind for name, kind in _CONSENTS.items() if name in ticked)}),
    )


_AFFILIATIONS = frozenset(kind.value for kind in AffiliationKind)
_CONSENTS = {kind.value: kind for kind in (ConsentKind.FUTURE_EVENTS, ConsentKind.SHARE_WITH_PARTNERS)}
_REQUIRED, _OPTIONAL = _Text("required"), _Text()
