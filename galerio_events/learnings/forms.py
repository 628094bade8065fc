"""The forms of key learnings and of the archive. Their rows are always as many as there can be points."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, FileField, HiddenField, TextAreaField, URLField
from wtforms.validators import ValidationError

from galerio_events.learnings.domain import MOST, NOTE_LENGTH, POINT_LENGTH, Points, Problem
from galerio_events.learnings.domain.archive import ArchiveEntry, is_film_address
from galerio_events.text import clean, hides, one_line
from galerio_events.translated import EMPTY, Translated

_: Any = lazy_gettext

UNSEEN = _(
    "This held characters that cannot be seen (control characters or marks that turn the direction of text). "
    "They have been taken out below; check and save again."
)
_TOO_LONG = _("This is too long: %(max)d characters at most.")
_FILM = _("Enter an address that begins with https:// (500 characters at most, without a name or password in it).")

EXPLAINED: dict[Problem, Any] = {
    Problem.TOO_EARLY: _("The session has not begun yet. What was learnt can be written from its beginning on."),
    Problem.NOT_SCHEDULED: _("The session is not in the timetable any more, so nothing can be written for it."),
    Problem.TOO_FEW: _("There have to be three points at least. Fewer can be saved as a draft."),
    Problem.TOO_MANY: _("There can be five points at most."),
    Problem.TOO_LONG: _("This is too long: 300 characters at most."),
    Problem.TWICE: _("The same point stands above already."),
    Problem.NOTE_MISSING: _("Say what is to be changed: the note goes to those who wrote the points."),
    Problem.NOTE_TOO_LONG: _("This is too long: 1,000 characters at most."),
    Problem.NOTHING_WRITTEN: _("Nothing was written yet that could be sent back."),
    Problem.NOT_PUBLIC: _("These points are not public any more."),
}
_AT_THE_NOTE = frozenset({Problem.NOTE_MISSING, Problem.NOTE_TOO_LONG})


def _not_hidden(_form: FlaskForm, field: Field) -> None:
    if any(isinstance(sent, str) and hides(sent) for sent in field.raw_data or ()):
        raise ValidationError(UNSEEN)


class _Most:
    """At most so many characters; unlike WTForms' own it lets no browser cut what is pasted."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        if len(field.data or "") > self.most:
            raise ValidationError(_TOO_LONG % {"max": self.most})


class PointsForm(FlaskForm):
    """Five rows with a text in each language of the event; empty ones do not count."""

    seen = HiddenField()
    languages: tuple[str, ...] = ()
    # The points as they are stored; what they say in other languages than the event's is kept.
    stored: Points = ()
    # What is wrong with the points as a whole.
    whole: tuple[Any, ...] = ()

    def row(self, number: int) -> list[Field]:
        """The fields of the point of that number, one for each language."""
        return [self[field_name(number, language)] for language in self.languages]

    def rows(self) -> list[Translated]:
        """All rows as texts by language, empty ones too."""
        made = []
        for number in range(MOST):
            entered = {language: self[field_name(number, language)].data or "" for language in self.languages}
            made.append(Translated({**self._unshown(entered), **entered}) if any(entered.values()) else EMPTY)
        return made

    def _unshown(self, entered: Mapping[str, str]) -> Mapping[str, str]:
        """What the point says that is stored with one of these texts, wherever it stands now."""
        said = {(language, text) for language, text in entered.items() if text}
        return next((point for point in self.stored if said & set(point.items())), EMPTY)

    def points(self) -> Points:
        """The points, in order."""
        return tuple(row for row in self.rows() if row)

    def explain(self, problems: Sequence[tuple[int | None, Problem]]) -> None:
        """Say what is wrong: at the rows, at the note, or above them all. A number counts those that are not empty."""
        filled = [number for number, row in enumerate(self.rows()) if row]
        for number, problem in problems:
            if problem in _AT_THE_NOTE and "note" in self:
                self["note"].errors = [*self["note"].errors, EXPLAINED[problem]]
            elif number is None or number >= len(filled):
                self.whole = (*self.whole, EXPLAINED[problem])
            else:
                fields = self.row(filled[number])
                longest = [field for field in fields if len(field.data or "") > POINT_LENGTH]
                field = longest[0] if problem is Problem.TOO_LONG and longest else next(f for f in fields if f.data)
                if EXPLAINED[problem] not in field.errors:
                    field.errors = [*field.errors, EXPLAINED[problem]]

    @property
    def wrong(self) -> bool:
        """Whether anything is."""
        return bool(self.errors or self.whole)


def field_name(number: int, language: str) -> str:
    """How the field of a point (from 0) in a language is called."""
    return f"point-{number}-{language}"


def points_form(languages: Sequence[str], names: Mapping[str, str], *, organiser: bool) -> type[PointsForm]:
    """The form for an event with those languages; `names` says what each is called. Organisers can write a note."""
    fields: dict[str, Any] = {"languages": tuple(languages)}
    for number in range(MOST):
        for language in languages:
            fields[field_name(number, language)] = TextAreaField(
                _("Point %(number)s (%(language)s)", number=number + 1, language=names.get(language, language)),
                [_not_hidden, _Most(POINT_LENGTH)],
                filters=[lambda value: one_line(value or "")],
            )
    if organiser:
        fields["note"] = TextAreaField(
            _("Note to those who wrote them"),
            [_not_hidden, _Most(NOTE_LENGTH)],
            filters=[lambda value: clean(value or "")],
        )
    return type("PointsFormOfEvent", (PointsForm,), fields)


def points_data(points: Points, languages: Sequence[str]) -> dict[str, str]:
    """What the form shows for these points."""
    return {
        field_name(number, language): point.get(language, "")
        for number, point in enumerate(points[:MOST])
        for language in languages
    }


class EntryForm(FlaskForm):
    """What the archive holds of a session. `kept_picture` names, signed, the picture of a form that came back."""

    seen = HiddenField()
    kept_picture = HiddenField()
    leave_out = BooleanField(_("Leave this picture out"))
    video = URLField(_("Film"), filters=[lambda value: one_line(value or "")])
    picture = FileField(_("Picture"))
    remove_picture = BooleanField(_("Take the picture away"))

    languages: tuple[str, ...] = ()
    stored: ArchiveEntry = ArchiveEntry()

    def validate_video(self, field: Field) -> None:
        """An address that the public may be led to."""
        _film(self, field)

    def entry(self) -> ArchiveEntry:
        """What the form says. Only for a valid one."""
        entered = {language: self[f"video_{language}"].data or "" for language in self.languages}
        videos = Translated({**self.stored.videos, **entered})
        return ArchiveEntry(
            self.video.data or None, videos, None if self.remove_picture.data else self.stored.thumbnail
        )


def _film(form: FlaskForm, field: Field) -> None:
    _not_hidden(form, field)
    if field.data and not is_film_address(field.data):
        raise ValidationError(_FILM)


def entry_form(languages: Sequence[str], names: Mapping[str, str]) -> type[EntryForm]:
    """The form for an event with those languages; `names` says what each is called."""
    fields: dict[str, Any] = {"languages": tuple(languages)}
    for language in languages:
        fields[f"video_{language}"] = URLField(
            _("Film in %(language)s", language=names.get(language, language)),
            [_film],
            filters=[lambda value: one_line(value or "")],
        )
    return type("EntryFormOfEvent", (EntryForm,), fields)


def entry_data(entry: ArchiveEntry, languages: Sequence[str]) -> dict[str, str]:
    """What the form shows for that entry."""
    return {"video": entry.video or ""} | {f"video_{tag}": entry.videos.get(tag, "") for tag in languages}
