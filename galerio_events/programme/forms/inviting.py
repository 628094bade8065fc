"""The forms of invitations: what organisers send, and what the people who are invited answer."""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, SelectField
from wtforms.validators import InputRequired, Length, ValidationError

from galerio_events import clock
from galerio_events.people.domain.email import BadEmail, normal_email
from galerio_events.programme.domain.inviting import (
    LANGUAGES,
    NOTE_LENGTH,
    REASON_LENGTH,
    DeadlineProblem,
    address_in,
    deadline_problem,
)
from galerio_events.programme.domain.rules import Frame
from galerio_events.programme.forms.fields import FORMATS, Choice, Line, Lines, WallTime, not_clear
from galerio_events.programme.forms.people import EMAIL_PROBLEMS
from galerio_events.translated import Translated

_: Any = lazy_gettext

_TOO_LONG = _("This is too long: %(max)d characters at most.")
_DEADLINES = {
    DeadlineProblem.TOO_SOON: _("Leave at least an hour to answer."),
    DeadlineProblem.TOO_LATE: _("This is more than a year away."),
    DeadlineProblem.AFTER_START: _("The session begins before that."),
}
_FAR = timedelta(days=800)


class ClockForm(FlaskForm):
    """A form with wall-clock times in a zone; where the clocks change at such a time, it asks which moment is meant."""

    def instant(self, name: str, zone: str) -> datetime | None:
        """What the field of that name means in UTC; None, with an error at the field, where that is not clear."""
        field, meant = self[name], self[f"{name}_meant"]
        if field.data is None:
            return None
        moments = clock.candidates(field.data, zone)
        if len(moments) == 1:
            return moments[0]
        chosen = [moment for moment in moments if clock.to_text(moment) == meant.data]
        if not chosen:
            field.errors = [*field.errors, not_clear(field.data, zone)]
        return chosen[0] if chosen else None

    def questions(self, name: str, zone: str) -> tuple[datetime, ...]:
        """The moments between which there is a choice; none where the time is clear."""
        wall = self[name].data
        moments = () if wall is None or self[name].process_errors else clock.candidates(wall, zone)
        return moments if len(moments) > 1 else ()


def _near(_form: Any, field: Field) -> None:
    """No time is meant that calendars can hardly say."""
    if field.data is not None and not 2000 <= field.data.year <= 2199:
        raise ValidationError(_("Check the year."))


class DeadlineForm(ClockForm):
    """Until when an answer is asked for, on the event's clock."""

    version = HiddenField()
    deadline = WallTime(
        _("Answer by"), format=FORMATS, validators=[InputRequired(_("Enter date and time of the deadline.")), _near]
    )
    deadline_meant = SelectField(_("Which of them?"), validate_choice=False)

    def deadline_at(self, zone: str, *, now: datetime, starts_at: datetime | None) -> datetime | None:
        """The deadline in UTC; None, with an error at the field, where it cannot be one."""
        moment = self.instant("deadline", zone)
        if moment is None:
            return None
        if wrong := deadline_problem(moment, now=now, starts_at=starts_at):
            self.deadline.errors = [*self.deadline.errors, _DEADLINES[wrong]]
            return None
        return moment


class NoLinks:
    """No web or mail address stands in the text."""

    def __call__(self, _form: Any, field: Field) -> None:
        if found := address_in(field.data or ""):
            raise ValidationError(_("Leave out web and mail addresses, such as “%(found)s”.", found=found[:60]))


class InvitationForm(DeadlineForm):
    """What goes with invitations: the deadline, and a note in each language that mails are written in."""

    note_ja = Lines(_("Note (Japanese)"), validators=[Length(max=NOTE_LENGTH, message=_TOO_LONG), NoLinks()])
    note_en = Lines(_("Note (English)"), validators=[Length(max=NOTE_LENGTH, message=_TOO_LONG), NoLinks()])

    def note(self) -> Translated:
        """The note, in the languages in which there is one."""
        return Translated({language: self[f"note_{language}"].data or "" for language in LANGUAGES})


class ReplaceForm(FlaskForm):
    """Who takes the role instead. `version` is that of the session."""

    version = HiddenField()
    person = Choice(_("Who takes the role?"))


class AddressForm(FlaskForm):
    """The mail address of somebody who has none."""

    email = Line(_("E-mail address"), validators=[InputRequired(_("Enter an e-mail address."))])

    def validate_email(self, given: Field) -> None:
        """One address, written as mail is sent to it."""
        try:
            given.data = normal_email(given.data or "")
        except BadEmail as bad:
            raise ValidationError(EMAIL_PROBLEMS[bad.problem]) from None


class AnswerForm(ClockForm):
    """What somebody who is invited says. `seen` is the digest of what they were shown."""

    seen = HiddenField()
    words = Lines(_("Your message"), validators=[Length(max=REASON_LENGTH, message=_TOO_LONG)])


class ProposalForm(AnswerForm):
    """From when somebody who is invited could take part instead."""

    words = Lines(_("Anything to add?"), validators=[Length(max=REASON_LENGTH, message=_TOO_LONG)])
    starts = WallTime(
        _("Could it begin at"), format=FORMATS, validators=[InputRequired(_("Enter a date and a time.")), _near]
    )
    starts_meant = SelectField(_("Which of them?"), validate_choice=False)

    def span(self, zone: str, length: timedelta, frame: Frame, *, now: datetime) -> tuple[datetime, datetime] | None:
        """From when until when (UTC), for a session of that length; None, with an error at the field, where it cannot
        be: in the past, or outside the days of the event."""
        moment = self.instant("starts", zone)
        if moment is None:
            return None
        if moment <= now:
            self.starts.errors = [*self.starts.errors, _("This is in the past.")]
            return None
        if abs(moment.date() - frame.starts_on) > _FAR or not frame.holds(moment, moment + length):
            self.starts.errors = [*self.starts.errors, _("This is outside the days of the event.")]
            return None
        return moment, moment + length
