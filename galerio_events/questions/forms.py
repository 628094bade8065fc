"""Forms about questions. Choices are passed in; nothing is queried."""

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import StopValidation, ValidationError

from galerio_events.questions.domain import (
    ANSWER_LENGTH,
    MOST_HOURS_AFTER,
    MOST_HOURS_BEFORE,
    QUESTION_LENGTH,
    USUAL_HOURS_AFTER,
    Board,
    Mode,
    Naming,
    Rules,
)
from galerio_events.text import clean, narrow, one_line
from galerio_events.translated import Translated

_: Any = lazy_gettext


class _Most:
    """At most so many characters."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, _form: FlaskForm, field: TextAreaField) -> None:
        if len(field.data or "") > self.most:
            raise ValidationError(
                _(
                    "Use at most %(limit)s characters; these are %(count)s.",
                    limit=self.most,
                    count=len(field.data or ""),
                )
            )


def _written(_form: FlaskForm, field: TextAreaField) -> None:
    if not any(character.isalnum() for character in field.data or ""):
        raise StopValidation(_("Write your question."))


class _OneOf:
    """One of the choices, in our own words."""

    def __call__(self, _form: FlaskForm, field: RadioField) -> None:
        if field.data not in {value for value, *_rest in field.iter_choices()}:
            raise StopValidation(_("Choose one of these."))


class _Radio(RadioField):
    def pre_validate(self, form: Any) -> None:
        """Leave it to the validator, which says it in our own words."""


class _Select(SelectField):
    def pre_validate(self, form: Any) -> None:
        """Leave it to the validator, which says it in our own words."""


class Hours(IntegerField):
    """A whole number of hours from 0 to `most`, or nothing."""

    def __init__(self, *arguments: Any, most: int, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.most = most

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = narrow("".join(valuelist))
        self.data = None
        if not text:
            return
        if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) <= self.most):
            raise ValueError(_("Enter a whole number from 0 to %(most)s.", most=self.most))
        self.data = int(text)


class _Form(FlaskForm):
    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)  # type: ignore[no-untyped-call]


class AskForm(_Form):
    """A question."""

    text = TextAreaField(
        _("Your question"), [_written, _Most(QUESTION_LENGTH)], filters=[lambda text: one_line(text or "")]
    )
    language = _Radio(_("Language of the question"), [_OneOf()])
    hide_name = BooleanField(_("Do not show my name"))


class AnswerForm(_Form):
    """An answer in writing, in one language or both."""

    ja = TextAreaField(_("Answer in Japanese"), [_Most(ANSWER_LENGTH)], filters=[lambda text: clean(text or "")])
    en = TextAreaField(_("Answer in English"), [_Most(ANSWER_LENGTH)], filters=[lambda text: clean(text or "")])
    seen = HiddenField()

    def answer(self) -> Translated:
        """What was written."""
        return Translated({"ja": self.ja.data or "", "en": self.en.data or ""})


class BoardForm(_Form):
    """What a moderator settles for one session."""

    mode = _Select(
        _("Questions to this session"),
        [_OneOf()],
        choices=[
            (Mode.OPEN.value, _("Open: people ask and vote")),
            (Mode.CLOSED.value, _("Closed: the list can be read")),
            (Mode.OFF.value, _("Switched off: nothing is shown")),
        ],
    )
    premoderated = BooleanField(_("Show questions only after I have let them through"))
    opens_hours = Hours(_("Hours before the beginning"), most=MOST_HOURS_BEFORE)
    closes_hours = Hours(_("Hours after the end"), most=MOST_HOURS_AFTER)

    @staticmethod
    def of(board: Board) -> dict[str, Any]:
        """What the form begins with."""
        return {
            "mode": board.mode.value,
            "premoderated": board.premoderated,
            "opens_hours": board.opens_hours,
            "closes_hours": board.closes_hours,
        }

    def board(self) -> Board:
        """What was settled."""
        hours = USUAL_HOURS_AFTER if self.closes_hours.data is None else self.closes_hours.data
        return Board(0, Mode(self.mode.data), bool(self.premoderated.data), self.opens_hours.data, hours)


class RulesForm(_Form):
    """What the organisers settle for an event."""

    offered = BooleanField(_("Participants may put questions to the sessions"))
    naming = _Radio(
        _("Names of those who ask"),
        [_OneOf()],
        choices=[
            (Naming.NAMED.value, _("Are shown with every question")),
            (Naming.CHOICE.value, _("Are shown unless somebody hides theirs")),
            (Naming.ANONYMOUS.value, _("Are never shown")),
        ],
    )
    public_list = BooleanField(_("Everybody may read the questions, not only participants"))

    @staticmethod
    def of(rules: Rules) -> dict[str, Any]:
        """What the form begins with."""
        return {"offered": rules.offered, "naming": rules.naming.value, "public_list": rules.public_list}

    def rules(self) -> Rules:
        """What was settled."""
        return Rules(bool(self.offered.data), Naming(self.naming.data), bool(self.public_list.data))
