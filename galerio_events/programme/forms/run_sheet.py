"""The forms of a run sheet and of the templates that run sheets begin with."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext
from wtforms import Form, FormField
from wtforms.validators import Length

from galerio_events.programme.domain import RoleKind
from galerio_events.programme.domain.rules import TITLE_LENGTH
from galerio_events.programme.domain.run_sheet import (
    CUE_LENGTH,
    MOST_MINUTES,
    MOST_SEGMENTS,
    SLIDE_LENGTH,
    Segment,
    SegmentKind,
    SegmentProblem,
    Segments,
    Step,
    Steps,
)
from galerio_events.programme.forms.fields import Choice, Line, Lines, Rows
from galerio_events.programme.forms.rows import Kind
from galerio_events.programme.forms.settings import SettingsForm, Whole
from galerio_events.translated import EMPTY, Translated

_: Any = lazy_gettext

_NO_MINUTES = _("Enter a whole number of minutes from 1 to 1,440.")
_TOO_LONG = _("This is too long: %(max)d characters at most.")

SEGMENTS = Kind(
    "segments", "add-segment", "", {"kind": SegmentKind.PRESENTATION.value, "who": "", "minutes": "5"}, MOST_SEGMENTS
)

EXPLAINED: dict[SegmentProblem, tuple[str, Any]] = {
    SegmentProblem.MINUTES_INVALID: ("minutes", _NO_MINUTES),
    SegmentProblem.TITLE_TOO_LONG: ("title", _("This title is too long.")),
    SegmentProblem.CUE_TOO_LONG: ("cue", _("This is too long.")),
    SegmentProblem.SLIDE_TOO_LONG: ("slide", _("This is too long.")),
    SegmentProblem.UNKNOWN_PERSON: ("who", _("This person is not there any more. Choose somebody else.")),
    SegmentProblem.TOO_MANY: ("kind", _("A run sheet has at most 60 segments.")),
}


class SegmentForm(Form):
    """A segment; `who` is a role, `panelist:`, or a role and a person, `panelist:sato`."""

    kind = Choice(_("Kind of segment"), default=SegmentKind.PRESENTATION.value)
    who = Choice(_("Who"), default="")
    minutes = Whole(_("Min."), wrong=_NO_MINUTES)
    slide = Line(_("Slide"), validators=[Length(max=SLIDE_LENGTH, message=_TOO_LONG)])
    cue = Lines(_("Cue note (internal)"), validators=[Length(max=CUE_LENGTH, message=_TOO_LONG)])

    languages: tuple[str, ...] = ()
    # The title as it is stored; what it says in other languages than the event's is kept.
    stored: Translated = EMPTY

    @property
    def folded(self) -> bool:
        """Whether nothing stands in what few segments need."""
        fields: list[Any] = [self["cue"], self["slide"]]
        return not any(field.errors or field._value() for field in fields)

    @property
    def title(self) -> Translated:
        """The title in all languages."""
        entered = {language: self[f"title_{language}"].data or "" for language in self.languages}
        return Translated({**self.stored, **entered})

    def segment(self) -> Segment:
        """What the row says. Only for a valid one."""
        role, _colon, person = (self.who.data or "").partition(":")
        return Segment(
            SegmentKind(self.kind.data),
            self.minutes.data or 0,
            self.title,
            RoleKind(role) if role else None,
            person or None,
            self.cue.data or "",
            self.slide.data or "",
        )

    def step(self) -> Step:
        """What the row of a template says. Only for a valid one."""
        role = (self.who.data or "").partition(":")[0]
        return Step(
            SegmentKind(self.kind.data),
            self.minutes.data,
            self.title,
            RoleKind(role) if role else None,
            self.cue.data or "",
            self.slide.data or "",
        )


class RunSheetForm(SettingsForm):
    """The segments in order. In a template a segment may have no minutes: it gets what the others leave."""

    segments: Rows
    languages: tuple[str, ...] = ()
    of_template = False

    def validate(self, extra_validators: Any = None) -> bool:
        """As every form does; minutes have to be ones that a segment can have."""
        good = bool(super().validate(extra_validators))
        for row in self.segments:
            minutes = row.form.minutes.data
            if row.form.minutes.errors or (minutes is None and self.of_template):
                continue
            if minutes is None or not 1 <= minutes <= MOST_MINUTES:
                row.form.minutes.errors = [_NO_MINUTES]
                good = False
        self.segments.errors = [row.errors for row in self.segments] if not good else []
        return good

    def sheet(self) -> Segments:
        """The plan that the form says. Only for a form that validated."""
        return tuple(row.form.segment() for row in self.segments)

    def steps(self) -> Steps:
        """The template that the form says. Only for a form that validated."""
        return tuple(row.form.step() for row in self.segments)

    def explain_at(self, number: int, problem: SegmentProblem) -> None:
        """Say at the segment of that number what is wrong with it."""
        name, message = EXPLAINED[problem]
        row = self.segments[max(0, min(number, len(self.segments) - 1))].form
        field = row[name] if name in row else row[f"{name}_{self.languages[0]}"]
        field.errors = [*field.errors, message]

    @property
    def minutes_planned(self) -> int:
        """The sum of the minutes, as far as they can be read."""
        found = [row.form.minutes.data for row in self.segments]
        return sum(each for each in found if each and 0 < each <= MOST_MINUTES)


def run_sheet_form(
    languages: Sequence[str], names: Mapping[str, str], *, of_template: bool = False
) -> type[RunSheetForm]:
    """The form for an event with those languages; `names` says what each of them is called."""
    row: dict[str, Any] = {"languages": tuple(languages)}
    for language in languages:
        row[f"title_{language}"] = Line(
            _("Title (%(language)s)", language=names.get(language, language)),
            validators=[Length(max=TITLE_LENGTH, message=_("This title is too long: %(max)d characters at most."))],
        )
    made = {
        "segments": Rows(FormField(type("SegmentFormOfEvent", (SegmentForm,), row)), max_entries=MOST_SEGMENTS),
        "languages": tuple(languages),
        "of_template": of_template,
    }
    return type("RunSheetFormOfEvent", (RunSheetForm,), made)


def row_data(each: Segment | Step, languages: Sequence[str]) -> dict[str, Any]:
    """What a row of the form shows for that segment."""
    person = (each.person or "") if isinstance(each, Segment) else ""
    return {
        "kind": each.kind.value,
        "who": f"{each.role.value}:{person}" if each.role else "",
        "minutes": each.minutes,
        "cue": each.cue,
        "slide": each.slide,
        **{f"title_{language}": each.title.get(language, "") for language in languages},
    }
