"""The forms of slides and documents."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, FileField, HiddenField, SelectField, StringField
from wtforms.validators import ValidationError

from galerio_events.materials.domain import MOST_TITLE, MaterialKind, MaterialValues, Publication
from galerio_events.text import hides, one_line
from galerio_events.translated import Translated

_: Any = lazy_gettext

UNSEEN = _(
    "This held characters that cannot be seen (control characters or marks that turn the direction of text). "
    "They have been taken out below; check and save again."
)
_TOO_LONG = _("This is too long: %(max)d characters at most.")
_CHOOSE = _("Choose a file.")
# What stands for the session as a whole among the persons.
THE_SESSION = "session"


def _title(_form: FlaskForm, field: Field) -> None:
    if any(isinstance(sent, str) and hides(sent) for sent in field.raw_data or ()):
        raise ValidationError(UNSEEN)
    if len(field.data or "") > MOST_TITLE:
        raise ValidationError(_TOO_LONG % {"max": MOST_TITLE})


def _chosen(_form: FlaskForm, field: Field) -> None:
    if not getattr(field.data, "filename", ""):
        raise ValidationError(_CHOOSE)


class SheetForm(FlaskForm):
    """What is said of a material: a title in each language of the event, what it is, and from when on it is public."""

    seen = HiddenField()
    kind = SelectField(_("What it is"))
    publication = SelectField(_("On the public page of the session"))
    languages: tuple[str, ...] = ()

    def offer(self, kinds: Mapping[MaterialKind, str], publications: Mapping[Publication, str]) -> None:
        """Fill the fields to choose from."""
        self.kind.choices = [(kind.value, text) for kind, text in kinds.items()]
        self.publication.choices = [(when.value, text) for when, text in publications.items()]

    @property
    def titles(self) -> list[Field]:
        """The fields of the title, in the order of the languages."""
        return [self[f"title_{language}"] for language in self.languages]

    def values(self, title: Translated | None = None) -> MaterialValues:
        """What was entered. `title` stands in for a title that was left empty."""
        entered = Translated({language: self[f"title_{language}"].data or "" for language in self.languages})
        return MaterialValues(
            entered or title or Translated(), MaterialKind(self.kind.data), Publication(self.publication.data)
        )


class NewForm(SheetForm):
    """A material that is sent for the first time."""

    nonce = HiddenField()
    owner = SelectField(_("Whose it is"))
    file = FileField(_("File"), [_chosen])


class VersionForm(FlaskForm):
    """Another file for a material that is there."""

    file = FileField(_("File"), [_chosen])


def in_languages(sort: type[SheetForm], languages: tuple[str, ...], names: Mapping[str, str]) -> type[Any]:
    """The form with a title in each of these languages."""
    fields: dict[str, Any] = {
        f"title_{language}": StringField(
            _("Title (%(language)s)", language=names.get(language, language)),
            [_title],
            filters=[lambda value: one_line(value or "")],
        )
        for language in languages
    }
    return type(sort.__name__, (sort,), fields | {"languages": languages})


def data_of(values: MaterialValues, languages: tuple[str, ...]) -> dict[str, str]:
    """What the form shows for these values."""
    titles = {f"title_{language}": values.title.get(language, "") for language in languages}
    return titles | {"kind": values.kind.value, "publication": values.publication.value}
