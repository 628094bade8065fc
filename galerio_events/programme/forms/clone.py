"""The form that makes a new edition from an old one."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext
from wtforms import RadioField, SelectMultipleField
from wtforms.validators import Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from galerio_events.events.domain.settings import NAME_LENGTH
from galerio_events.programme.domain.cloning import CloneProblem, Part, Wish
from galerio_events.programme.forms.fields import Line
from galerio_events.programme.forms.settings import Day, SettingsForm, Whole
from galerio_events.text import one_line

_: Any = lazy_gettext

OTHER = "other"
_NOT_OFFERED = _("Choose one from the list.")
_ORDINAL_WRONG = _("Enter a whole number from 1 to 9,999, or nothing.")

# The field at which a rule is explained, and how.
EXPLAINED: Mapping[CloneProblem, tuple[str, Any]] = {
    CloneProblem.SLUG_INVALID: (
        "slug",
        _("Use lower-case letters a to z, digits and single hyphens between words, 3 to 40 characters."),
    ),
    CloneProblem.SLUG_LANGUAGE: (
        "slug",
        _("Two letters stand for a language in our addresses. Choose a longer one."),
    ),
    CloneProblem.SLUG_RESERVED: ("slug", _("This address is used by the system. Choose another one.")),
    CloneProblem.SLUG_TAKEN: ("slug", _("Another event has this address already. Choose another one.")),
    CloneProblem.TITLE_MISSING: ("title", _("Enter a title in at least one language.")),
    CloneProblem.YEAR_INVALID: ("other_day", _("Enter a year from 1990 to 2100.")),
}


class Parts(SelectMultipleField):
    """What comes along, each part with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        if not set(self.data or ()) <= {value for value, *_rest in self.iter_choices()}:
            raise ValidationError(_NOT_OFFERED)


class Days(RadioField):
    """One of the proposed days."""

    def pre_validate(self, form: Any) -> None:
        if self.data not in {value for value, *_rest in self.iter_choices()}:
            raise ValidationError(_NOT_OFFERED)


class CloneForm(SettingsForm):
    """`day` is one of the proposed first days as ISO 8601, or `OTHER`, with which `other_day` counts."""

    slug = Line(_("Address"), filters=[lambda value: one_line(value or "").lower()])
    ordinal = Whole(_("Number of the edition"), wrong=_ORDINAL_WRONG)
    day = Days(_("First day"))
    other_day = Day(_("Another first day"))
    parts = Parts(_("What comes along"), coerce=str)

    def validate(self, extra_validators: Any = None) -> bool:
        """As every form does; another day has to be named, and a number has to be one of an edition."""
        good = bool(super().validate(extra_validators))
        if self.day.data == OTHER and self.other_day.data is None and not self.other_day.errors:
            self.other_day.errors = [_("Enter the first day.")]
            good = False
        if self.ordinal.data is not None and not 1 <= self.ordinal.data <= 9999:
            self.ordinal.errors = [_ORDINAL_WRONG]
            good = False
        return good

    def wish(self) -> Wish:
        """What the form says. Only for a form that validated."""
        day = self.other_day.data if self.day.data == OTHER else date.fromisoformat(self.day.data)
        if day is None:
            raise ValueError("a form that did not validate has no wish")
        return Wish(
            self.slug.data or "",
            self.text("title"),
            day,
            self.ordinal.data,
            frozenset(map(Part, self.parts.data or ())),
        )

    def tell(self, problem: CloneProblem) -> None:
        """Say at the right field what is wrong."""
        name, text = EXPLAINED[problem]
        field = self.named(name)
        if field is not None and not field.errors:
            field.errors = [text]


def clone_form(languages: Sequence[str], names: Mapping[str, str]) -> type[CloneForm]:
    """The form with a title in each of those languages; `names` says what each is called."""
    made: dict[str, Any] = {
        f"title_{language}": Line(
            _("Title (%(language)s)", language=names.get(language, language)),
            validators=[Length(max=NAME_LENGTH, message=_("This is too long: %(max)d characters at most."))],
        )
        for language in languages
    }
    return type("CloneFormOfEvent", (CloneForm,), made | {"languages": tuple(languages)})
