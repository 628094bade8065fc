"""The forms in which organisers settle what their event has: its frame, who stands behind it, venues and tracks."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    Field,
    FileField,
    HiddenField,
    IntegerField,
    RadioField,
)
from wtforms import TimeField as PlainTimeField
from wtforms.validators import InputRequired, Length, StopValidation

from galerio_events.events.domain import EventFormat, OrganiserRole, VenueKind
from galerio_events.events.domain.colours import colour_of
from galerio_events.events.domain.settings import (
    NAME_LENGTH,
    THEME_LENGTH,
    EventSettings,
    OrganiserSettings,
    SettingProblem,
    TrackSettings,
    VenueSettings,
)
from galerio_events.programme.forms.fields import Choice, Line, Lines
from galerio_events.text import one_line
from galerio_events.translated import EMPTY, Translated

_: Any = lazy_gettext

# The fields at one of which a rule is explained, and how.
EXPLAINED: dict[SettingProblem, tuple[tuple[str, ...], Any]] = {
    SettingProblem.TITLE_MISSING: (("title",), _("Enter a title in at least one language.")),
    SettingProblem.NAME_MISSING: (("name",), _("Enter a name in at least one language.")),
    SettingProblem.NAME_TOO_LONG: (("title", "name"), _("This is too long: 200 characters at most.")),
    SettingProblem.THEME_TOO_LONG: (("theme",), _("This is too long: 500 characters at most.")),
    SettingProblem.ORDINAL_INVALID: (("ordinal",), _("Enter a whole number from 1 to 9,999, or nothing.")),
    SettingProblem.UNKNOWN_ZONE: (("timezone",), _("Choose one from the list.")),
    SettingProblem.YEAR_INVALID: (("starts_on",), _("Enter a year from 1990 to 2100.")),
    SettingProblem.ENDS_BEFORE_START: (("ends_on",), _("The last day must not be before the first one.")),
    SettingProblem.TOO_MANY_DAYS: (("ends_on",), _("An event lasts 31 days at most.")),
    SettingProblem.DAY_STARTS_LATE: (("day_starts_at",), _("A day begins at noon at the latest.")),
    SettingProblem.LANGUAGE_MISSING: (("languages",), _("Choose at least one language.")),
    SettingProblem.LANGUAGE_TWICE: (("languages",), _("Two languages have the same place. Give each its own.")),
    SettingProblem.LANGUAGE_UNKNOWN: (("languages",), _("Choose one from the list.")),
    SettingProblem.CHANGEOVER_INVALID: (("changeover_minutes",), _("Enter a whole number from 0 to 240.")),
    SettingProblem.URL_INVALID: (("url",), _("Enter a web address that begins with https:// or http://.")),
    SettingProblem.ADDRESS_INVALID: (("join_address",), _("Enter a web address that begins with https:// or http://.")),
    SettingProblem.CAPACITY_INVALID: (("capacity",), _("Enter a whole number from 1 to 1,000,000, or nothing.")),
    SettingProblem.HOURS_HALF: (("closes_at", "opens_at"), _("Enter both times, or neither.")),
    SettingProblem.COLOUR_INVALID: (("colour",), _("Enter a colour like #1f77c4.")),
    SettingProblem.COLOUR_UNSEEN: (("colour",), _("This colour cannot be seen well enough.")),
    SettingProblem.KEY_INVALID: (
        ("key",),
        _("Use lower-case letters a to z, digits and single hyphens between words, 60 characters at most."),
    ),
    SettingProblem.KEY_RESERVED: (("key",), _("This address is used by the system. Choose another one.")),
    SettingProblem.KEY_TAKEN: (("key",), _("Another one has this address already. Choose another address.")),
    SettingProblem.TOO_MANY: (("name",), _("There are as many as there can be. Delete one first.")),
}


class Whole(IntegerField):
    """A whole number, or nothing; `wrong` is what is said about anything else."""

    def __init__(self, label: Any, *, wrong: Any, **more: Any) -> None:
        super().__init__(label, **more)
        self.wrong = wrong

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = "".join(valuelist).strip()
        self.data = None
        if "_" in text:
            # Python's own spelling of numbers is nobody else's.
            raise ValueError(self.wrong)
        try:
            self.data = int(text) if text else None
        except ValueError:
            raise ValueError(self.wrong) from None

    def pre_validate(self, form: Any) -> None:
        if self.process_errors:
            raise StopValidation


class Day(DateField):
    """A date, or nothing."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if not "".join(valuelist).strip():
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Enter a date, like 2022-11-24.")) from None

    def pre_validate(self, form: Any) -> None:
        if self.process_errors:
            raise StopValidation


class Hour(PlainTimeField):
    """A time of day, or nothing."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if not "".join(valuelist).strip():
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Enter a time of day, like 09:30.")) from None

    def pre_validate(self, form: Any) -> None:
        if self.process_errors:
            raise StopValidation


class SettingsForm(FlaskForm):
    """What all of them share. `seen` is the digest of what the reader was shown."""

    seen = HiddenField()

    languages: tuple[str, ...] = ()

    def text(self, name: str, stored: Translated = EMPTY) -> Translated:
        """What was entered under that name in the event's languages; what is `stored` in others stays."""
        kept = {tag: text for tag, text in stored.items() if tag not in self.languages}
        return Translated(kept | {language: self[f"{name}_{language}"].data or "" for language in self.languages})

    def explain(self, problem: SettingProblem, message: Any = None) -> None:
        """Say at the right field what is wrong."""
        names, text = EXPLAINED[problem]
        found = next((field for name in names if (field := self.named(name)) is not None), None)
        if found is not None and not found.errors:
            found.errors = [message or text]

    def named(self, name: str) -> Field | None:
        """The field of that name, or its first one where there is one a language; None where there is none."""
        if name in self:
            return self[name]
        return next((field for field in self if field.name.startswith(f"{name}_")), None)


class EventForm(SettingsForm):
    """The frame of the event. `place_…` says which place a language has, `sessions` what the sessions are to do,
    `people` whether the times at which these can take part go along.

    `confirmed` is the digest of the question that the reader has answered.
    """

    confirmed = HiddenField()
    sessions = RadioField(_("What the sessions do"), validate_choice=False)
    people = BooleanField(_("The times at which people can take part go along with the sessions"))
    ordinal = Whole(_("Number of the edition"), wrong=EXPLAINED[SettingProblem.ORDINAL_INVALID][1])
    format = Choice(_("Format"))
    timezone = Choice(_("Time zone"))
    starts_on = Day(_("First day"), validators=[InputRequired(_("Enter the first day."))])
    ends_on = Day(_("Last day"), validators=[InputRequired(_("Enter the last day."))])
    day_starts_at = Hour(_("A day begins at"))
    changeover_minutes = Whole(_("Changeover in minutes"), wrong=EXPLAINED[SettingProblem.CHANGEOVER_INVALID][1])

    known_languages: tuple[str, ...] = ()

    def order(self) -> tuple[str, ...]:
        """The languages in the order of the places that they were given."""
        return tuple(tag for _place, tag in sorted(self._placed()))

    def validate(self, extra_validators: Any = None) -> bool:
        """As every form does; no two languages may have the same place."""
        good = super().validate(extra_validators)
        places = [place for place, _tag in self._placed()]
        if len(set(places)) == len(places):
            return bool(good)
        self.explain(SettingProblem.LANGUAGE_TWICE)
        return False

    def _placed(self) -> list[tuple[str, str]]:
        return [(place, tag) for tag in self.known_languages if (place := self[f"languages_{tag}"].data)]

    def values(self, stored: EventSettings) -> EventSettings:
        """What the form says. Only for a form that validated."""
        return EventSettings(
            title=self.text("title", stored.title),
            timezone=self.timezone.data,
            starts_on=_given(self.starts_on.data),
            ends_on=_given(self.ends_on.data),
            theme=self.text("theme", stored.theme),
            ordinal=self.ordinal.data,
            day_starts_at=self.day_starts_at.data or time(0),
            languages=self.order(),
            format=EventFormat(self.format.data),
            changeover_minutes=self.changeover_minutes.data or 0,
        )


class OrganiserForm(SettingsForm):
    """Who stands behind the event. `kept_logo` names, signed, the picture of a form that came back."""

    kept_logo = HiddenField()
    leave_out = BooleanField(_("Leave this picture out"))
    role = Choice(_("Role"))
    url = Line(_("Website"))
    logo = FileField(_("Logo"))
    remove_logo = BooleanField(_("Remove the logo"))

    def values(self, stored: OrganiserSettings | None) -> OrganiserSettings:
        """What the form says, without the picture that was sent, now or before. Only for a form that validated."""
        return OrganiserSettings(
            role=OrganiserRole(self.role.data),
            name=self.text("name", stored.name if stored else EMPTY),
            url=self.url.data or None,
            logo=stored.logo if stored and not self.remove_logo.data else None,
        )


class VenueForm(SettingsForm):
    """A venue or room."""

    key = Line(_("Address"))
    kind = Choice(_("Kind"))
    capacity = Whole(_("Capacity"), wrong=EXPLAINED[SettingProblem.CAPACITY_INVALID][1])
    url = Line(_("Public web address"))
    join_address = Line(_("Join address"))
    opens_at = Hour(_("Opens at"))
    closes_at = Hour(_("Closes at"))

    def values(self, stored: VenueSettings | None) -> VenueSettings:
        """What the form says. Only for a form that validated."""
        return VenueSettings(
            kind=VenueKind(self.kind.data),
            name=self.text("name", stored.name if stored else EMPTY),
            capacity=self.capacity.data,
            url=self.url.data or None,
            join_address=self.join_address.data or None,
            opens_at=self.opens_at.data,
            closes_at=self.closes_at.data,
        )


class TrackForm(SettingsForm):
    """A theme of the programme."""

    key = Line(_("Address"))
    colour = Line(_("Colour"))

    def values(self, stored: TrackSettings | None) -> TrackSettings:
        """What the form says; a colour that is none is left as it was typed. Only for a form that validated."""
        typed = self.colour.data or ""
        return TrackSettings(self.text("name", stored.name if stored else EMPTY), (colour_of(typed) or typed) or None)


Names = Mapping[str, str]


def event_form(languages: Sequence[str], known: Sequence[str], names: Names) -> type[EventForm]:
    """The form for an event with those languages, of those that there are; `names` says what each is called."""
    made: dict[str, Any] = {"known_languages": tuple(known)}
    for language in known:
        made[f"languages_{language}"] = Choice(names.get(language, language))
    made |= _texts("title", lambda name: _("Title (%(language)s)", language=name), NAME_LENGTH, languages, names)
    made |= _texts("theme", lambda name: _("Theme (%(language)s)", language=name), THEME_LENGTH, languages, names)
    return type("EventFormOfEvent", (EventForm,), made | {"languages": tuple(languages)})


def named_form(base: type[SettingsForm], languages: Sequence[str], names: Names) -> Any:
    """`base` with a name in each of those languages."""
    made = _texts("name", lambda name: _("Name in %(language)s", language=name), NAME_LENGTH, languages, names)
    return type(f"{base.__name__}OfEvent", (base,), made | {"languages": tuple(languages)})


def event_data(values: EventSettings, known: Sequence[str]) -> dict[str, Any]:
    """What the form shows for an event that is settled so."""
    places = {tag: str(values.languages.index(tag) + 1) if tag in values.languages else "" for tag in known}
    return {
        **_in_languages("title", values.title),
        **_in_languages("theme", values.theme),
        **{f"languages_{tag}": place for tag, place in places.items()},
        "ordinal": values.ordinal,
        "format": values.format.value,
        "timezone": values.timezone,
        "starts_on": values.starts_on,
        "ends_on": values.ends_on,
        "day_starts_at": values.day_starts_at,
        "changeover_minutes": values.changeover_minutes,
    }


def entry_data(values: OrganiserSettings | VenueSettings | TrackSettings) -> dict[str, Any]:
    """What the form shows for an entry that is settled so."""
    plain = {name: getattr(values, name) for name in type(values).__dataclass_fields__ if name not in {"name", "logo"}}
    return _in_languages("name", values.name) | {name: getattr(value, "value", value) for name, value in plain.items()}


def _texts(name: str, label: Callable[[str], Any], most: int, languages: Sequence[str], names: Names) -> dict[str, Any]:
    return {
        f"{name}_{language}": (Line if most == NAME_LENGTH else Lines)(
            label(names.get(language, language)),
            filters=[lambda value: one_line(value or "")],
            validators=[Length(max=most, message=_("This is too long: %(max)d characters at most."))],
        )
        for language in languages
    }


def _in_languages(name: str, text: Translated) -> dict[str, str]:
    return {f"{name}_{tag}": value for tag, value in text.items()}


def _given(day: date | None) -> date:
    if day is None:
        raise ValueError("a form that did not validate has no values")
    return day
