"""The forms in which people say of themselves what is published of them, and what helps the organisers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import FileField, Form, FormField, HiddenField, IntegerRangeField, RadioField
from wtforms.validators import Length, NumberRange, ValidationError
from wtforms.validators import Optional as MayBeEmpty

from galerio_events.events.domain.pictures import Cut
from galerio_events.people.domain import (
    AFFILIATION_LENGTH,
    BIO_LENGTH,
    JOB_TITLE_LENGTH,
    NAME_LENGTH,
    NEEDS_LENGTH,
    PRONUNCIATION_LENGTH,
    READING_LENGTH,
    PersonDetails,
    PersonProblem,
)
from galerio_events.people.domain.links import (
    LINK_LENGTH,
    LINK_TITLE_LENGTH,
    MOST_LINKS,
    PersonLink,
    is_good_address,
)
from galerio_events.people.domain.profile import NOTE_LENGTH, ProfileConsent
from galerio_events.programme.forms.fields import Choice, Line, Lines, Rows, WebAddress
from galerio_events.programme.forms.people import EXPLAINED, CountryOrRegion
from galerio_events.translated import EMPTY, Translated

_: Any = lazy_gettext

TEXTS = ("name", "affiliation", "job_title", "bio")
# So many empty rows for links are there to be filled in.
SPARE_LINKS = 2

_TOO_LONG = _("This is too long: %(max)d characters at most.")
_NO_PERCENT = _("Choose a value within the slider.")


def _most(length: int) -> list[Any]:
    return [Length(max=length, message=_TOO_LONG)]


class LinkForm(Form):
    """A web address and what to call it; a row without an address is left out."""

    url = WebAddress(_("Web address"), most=LINK_LENGTH)
    title = Line(_("What it is"), validators=_most(LINK_TITLE_LENGTH))

    def validate_url(self, given: Any) -> None:
        """An encrypted address; there must be one where a title is."""
        if given.data and not is_good_address(given.data):
            raise ValidationError(_("Enter a web address that begins with https://."))
        if not given.data and self.title.data:
            raise ValidationError(_("Enter the web address as well."))


class ProfileForm(FlaskForm):
    """What a person says of themselves. Texts per language are added by `profile_form`."""

    seen = HiddenField()
    reading = Line(_("Reading of the name"), validators=_most(READING_LENGTH))
    country = CountryOrRegion(_("Country or region"), default="")
    links = Rows(FormField(LinkForm), max_entries=MOST_LINKS)
    pronunciation = Line(_("How the name is said"), validators=_most(PRONUNCIATION_LENGTH))
    language = Choice(_("Language of mails"), default="")
    timezone = Choice(_("Time zone"), default="")
    technical_needs = Lines(_("Technical needs"), validators=_most(NEEDS_LENGTH))

    languages: tuple[str, ...] = ()
    stored: Mapping[str, Translated] = MappingProxyType({})

    def values(self, kept: PersonDetails) -> PersonDetails:
        """What the form says, over what it does not ask for. Only for a form that validated."""
        texts: dict[str, Any] = {name: self._text(name, getattr(kept, name)) for name in TEXTS}
        links = [PersonLink(row.form.url.data, row.form.title.data or "") for row in self.links if row.form.url.data]
        return replace(
            kept,
            **texts,
            reading=self.reading.data or "",
            country=self.country.data or None,
            links=tuple(links),
            pronunciation=self.pronunciation.data or "",
            language=self.language.data or None,
            timezone=self.timezone.data or None,
            technical_needs=self.technical_needs.data or "",
        )

    def explain(self, problem: PersonProblem) -> None:
        """Say at the right field what is wrong."""
        name, message = EXPLAINED[problem]
        field = self[name] if name in self else self[f"{name}_{self.languages[0]}"]
        field.errors = [*field.errors, message]

    def _text(self, name: str, kept: Translated) -> Translated:
        entered = {language: self[f"{name}_{language}"].data or "" for language in self.languages}
        return Translated({**kept, **entered})


def profile_form(languages: Sequence[str], names: Mapping[str, str]) -> type[ProfileForm]:
    """The form for people of an event with those languages; `names` says what each of them is called."""
    made: dict[str, Any] = {"languages": tuple(languages)}
    for language in languages:
        called = names.get(language, language)
        made[f"name_{language}"] = Line(_("Name (%(language)s)", language=called), validators=_most(NAME_LENGTH))
        made[f"affiliation_{language}"] = Line(
            _("Affiliation (%(language)s)", language=called), validators=_most(AFFILIATION_LENGTH)
        )
        made[f"job_title_{language}"] = Line(
            _("Position (%(language)s)", language=called), validators=_most(JOB_TITLE_LENGTH)
        )
        made[f"bio_{language}"] = Lines(_("About you (%(language)s)", language=called), validators=_most(BIO_LENGTH))
    return type("ProfileFormOfEvent", (ProfileForm,), made)


def profile_data(values: PersonDetails, languages: Sequence[str]) -> dict[str, Any]:
    """What the form shows for somebody of whom this is known."""
    rows = [{"url": link.url, "title": link.title} for link in values.links]
    spare = min(SPARE_LINKS, MOST_LINKS - len(rows))
    data: dict[str, Any] = {
        "reading": values.reading,
        "country": values.country or "",
        "links": rows + [{"url": "", "title": ""} for _number in range(spare)],
        "pronunciation": values.pronunciation,
        "language": values.language or "",
        "timezone": values.timezone or "",
        "technical_needs": values.technical_needs,
    }
    for name in TEXTS:
        text: Translated = getattr(values, name) or EMPTY
        data |= {f"{name}_{language}": text.get(language, "") for language in languages}
    return data


class PhotoForm(FlaskForm):
    """A photo, and which square of it is kept."""

    seen = HiddenField()
    photo = FileField(_("Picture file"))
    left = IntegerRangeField(
        _("From the left to the right"), default=50, validators=[MayBeEmpty(), NumberRange(0, 100, _NO_PERCENT)]
    )
    top = IntegerRangeField(
        _("From the top to the bottom"), default=50, validators=[MayBeEmpty(), NumberRange(0, 100, _NO_PERCENT)]
    )
    closer = IntegerRangeField(
        _("How close"), default=100, validators=[MayBeEmpty(), NumberRange(100, 400, _NO_PERCENT)]
    )

    def cut(self) -> Cut:
        """The square. Only for a form that validated."""
        usual = Cut()
        chosen = (self.left.data, self.top.data, self.closer.data)
        return Cut(*(
            default if value is None else value
            for value, default in zip(chosen, (usual.left, usual.top, usual.closer), strict=True)
        ))  # fmt: skip


class ConsentForm(FlaskForm):
    """A yes or a no to each question; one that was not answered stays open."""

    recording = RadioField(validate_choice=False)
    slides = RadioField(validate_choice=False)
    photo = RadioField(validate_choice=False)

    def given(self) -> dict[ProfileConsent, bool]:
        """The questions that were answered."""
        answers = {kind: self[kind.value].data for kind in ProfileConsent}
        return {kind: answer == "yes" for kind, answer in answers.items() if answer in {"yes", "no"}}


class DecisionForm(FlaskForm):
    """Which parts of a proposal are taken, with a word to the person."""

    seen = HiddenField()
    note = Lines(_("A word to the person"), validators=_most(NOTE_LENGTH))
