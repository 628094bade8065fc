"""The frame of the event: what it is called, its zone, its days and its languages.

A change that concerns sessions, or takes a language away, is asked about before it is made: the page says what each
answer does, and what was answered holds only for exactly that.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from galerio_events import clock
from galerio_events.events import queries as events
from galerio_events.events.domain import EventFormat, Subject
from galerio_events.events.domain.plain import digest_of, settings_from_plain, settings_to_plain
from galerio_events.events.domain.settings import KNOWN_LANGUAGES, EventSettings, event_problems
from galerio_events.extensions import db
from galerio_events.people.queries import people_rows
from galerio_events.permissions import Permission
from galerio_events.programme.domain.moving import Keeping, Move, MoveRefused, Obstacle, Timed, move, people_outside
from galerio_events.programme.forms.settings import EventForm, event_data, event_form
from galerio_events.programme.queries.bases import states
from galerio_events.programme.queries.settings import free_times, texts_in, timed_sessions, titles
from galerio_events.programme.services.edition import change_event, frame_of
from galerio_events.programme.views.settings.blueprint import bp
from galerio_events.programme.views.settings.sheet import Sheet
from galerio_events.translated import Translated
from galerio_events.web import times
from galerio_events.web.expired import when_expired
from galerio_events.web.filters import LANGUAGE_NAMES, tr_text
from galerio_events.web.guards import requires
from galerio_events.web.labels import label
from galerio_events.web.locale import page_language

# So many sessions that are in the way are named; of the others there is the number.
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Way:
    """What the sessions can do when the event changes: by which name the form knows it, what it is, and what it does.

    `named` are the first of those that it would not work for: key, title and why.
    """

    name: str
    keeping: Keeping
    days: int
    text: str
    move: Move
    named: tuple[tuple[str, Translated, str], ...] = ()

    @property
    def blocked(self) -> int:
        """For how many sessions it would not work."""
        return len(self.move.obstacles)


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be answered before the change is made. `dropped` are languages with how many texts there are, `people`
    is how many have named times at which they can take part that could go along."""

    ways: tuple[Way, ...]
    asked: bool
    people: int
    dropped: tuple[tuple[str, int], ...]
    digest: str

    @property
    def open(self) -> bool:
        """Whether anything is to be answered at all."""
        return self.asked or bool(self.dropped)


class EventSheet(Sheet):
    """The form of the event's frame."""

    template = "settings/event.html"

    def form(self, sent: Any, plain: Mapping[str, Any] | None = None) -> EventForm:
        made = event_form(self.languages, KNOWN_LANGUAGES, LANGUAGE_NAMES)
        values = self.stored() if plain is None else settings_from_plain(EventSettings, plain)
        data = event_data(values, KNOWN_LANGUAGES) if sent is None else {}
        form = made(sent, data=data)
        form.format.choices = [(kind.value, label(kind)) for kind in EventFormat]
        form.timezone.choices = self._zones()
        for language in KNOWN_LANGUAGES:
            place: Any = form[f"languages_{language}"]
            place.choices = [
                ("", _("not used")),
                *((str(at), _place(at)) for at in range(1, len(KNOWN_LANGUAGES) + 1)),
            ]
        return form

    def stored(self) -> EventSettings:
        """What is settled now."""
        return events.event_settings(self.event)

    def plain(self) -> Mapping[str, Any] | None:
        return settings_to_plain(self.stored())

    def entered(self, form: EventForm) -> Mapping[str, Any]:
        return settings_to_plain(form.values(self.stored()))

    def past(self) -> Iterable[Mapping[str, Any]]:
        return states(db.session(), self.event.id, Subject.EVENT)

    def address(self) -> str:
        return url_for("settings.event", slug=self.event.slug)

    def save(self, form: EventForm) -> ResponseReturnValue | None:
        stored = self.stored()
        values = form.values(stored)
        if problems := event_problems(values):
            for problem in problems:
                form.explain(problem)
            return None
        question = self._question(stored, values)
        way: Way | None = question.ways[0]
        if question.asked:
            way = next((each for each in question.ways if each.name == form.sessions.data), None)
        if way is None or (question.open and form.confirmed.data != question.digest):
            form.sessions.data = (way or self._usual(question, stored, values)).name
            if form.confirmed.data != question.digest:
                form.people.data = True
            form.confirmed.data = question.digest
            return self.page(form, 200, question=question)
        try:
            moved, people = change_event(
                db.session(),
                self.event.id,
                values,
                seen=form.seen.data or "",
                keeping=way.keeping,
                days=way.days,
                people=question.asked and form.people.data,
                by=self.by,
                now=self.now,
            )
        except MoveRefused:
            db.session.rollback()
            return self._refused(form, question, way)
        text = _("Saved in the draft. The public sees it after the next release.")
        if moved:
            text += " " + ngettext("%(num)d session was moved.", "%(num)d sessions were moved.", moved)
        if people:
            text += " " + ngettext(
                "The times of %(num)d person went along.", "The times of %(num)d persons went along.", people
            )
        if frame_of(stored) != frame_of(values):
            self._tell_outside(values)
        return self.saved(text)

    def _tell_outside(self, values: EventSettings) -> None:
        """Name those whose times lie outside the days that the event has now."""
        outside = people_outside(frame_of(values), free_times(db.session(), self.event.id))
        if not outside:
            return
        rows = [row for row in people_rows(db.session(), self.event.id) if row.key in outside]
        links = [
            Markup('<a href="{}">{}</a>').format(
                url_for("people.person", slug=self.event.slug, key=row.key, _anchor="times"),
                tr_text(row.name) or row.key,
            )
            for row in rows[:MOST_NAMED]
        ]
        if len(rows) > MOST_NAMED:
            links.append(escape(_("and %(number)d more", number=len(rows) - MOST_NAMED)))
        text = ngettext(
            "%(num)d person has named times that lie outside the days of the event now:",
            "%(num)d persons have named times that lie outside the days of the event now:",
            len(rows),
        )
        flash(Markup("{} {}").format(text, escape(_(", ")).join(links)), "warning")

    def _refused(self, form: EventForm, question: Question, way: Way) -> tuple[str, int]:
        """The form with the sessions that are in the way."""
        form.confirmed.data = question.digest
        form.ends_on.errors = [
            ngettext(
                "%(num)d session cannot go along, so nothing is saved. See below.",
                "%(num)d sessions cannot go along, so nothing is saved. See below.",
                way.blocked,
            )
        ]
        return self.page(form, 422, question=question)

    def _question(self, stored: EventSettings, values: EventSettings) -> Question:
        before, after = frame_of(stored), frame_of(values)
        sessions = timed_sessions(db.session(), self.event.id) if before != after else []
        other_zone = bool(sessions) and stored.timezone != values.timezone
        days = (values.starts_on - stored.starts_on).days if sessions else 0
        keepings = (Keeping.CLOCK, Keeping.MOMENT) if other_zone else (Keeping.MOMENT,)
        offsets = (days, 0) if days else (0,)
        names = titles(db.session(), self.event.id) if sessions else {}
        ways = []
        for keeping in keepings:
            for offset in offsets:
                found = move(before, after, sessions, keeping=keeping, days=offset)
                ways.append(
                    Way(
                        name=f"{keeping.value}-{'along' if offset else 'stay'}",
                        keeping=keeping,
                        days=offset,
                        text=" ".join(
                            [
                                *([_zone_text(keeping, sessions, stored, values)] if other_zone else []),
                                *([_days_text(offset)] if days else []),
                            ]
                        ),
                        move=found,
                        named=tuple(
                            (key, names[key], _obstacle(why)) for key, why in list(found.obstacles.items())[:MOST_NAMED]
                        ),
                    )
                )
        dropped = tuple(
            (language, texts_in(db.session(), self.event.id, language))
            for language in stored.languages
            if language not in values.languages
        )
        free = free_times(db.session(), self.event.id) if other_zone or days else []
        digest = digest_of(
            {
                "people": len(free),
                "values": settings_to_plain(values),
                "ways": [(way.name, len(way.move.times), sorted(way.move.obstacles)) for way in ways],
                "dropped": dropped,
            }
        )
        people = len({each.person for each in free})
        return Question(tuple(ways), other_zone or bool(days), people, dropped, digest)

    @staticmethod
    def _usual(question: Question, stored: EventSettings, values: EventSettings) -> Way:
        """What is proposed: the first way that works, where the days are others as many along with their sessions."""
        same_length = values.ends_on - values.starts_on == stored.ends_on - stored.starts_on
        fitting = [way for way in question.ways if bool(way.days) == same_length or not way.days]
        return next((way for way in [*fitting, *question.ways] if not way.blocked), question.ways[0])

    def _zones(self) -> dict[str, list[tuple[str, str]]]:
        """Every listed zone by region; the event's own first where it is not among them."""
        listed = {region: list(zones) for region, zones in times.zone_choices(page_language())}
        own = self.event.timezone
        if any(own == name for zones in listed.values() for name, _text in zones):
            return listed
        return {"–": [(own, own)], **listed}


@requires(Permission.EVENT_EDIT)
def event_again(language: str, slug: str) -> ResponseReturnValue:
    """The form with what was sent and a fresh token, where the one that was sent is not good any more."""
    return EventSheet(g.event).again()


@bp.route("/<language:language>/organise/<slug>/settings", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
@when_expired(event_again)
def event(language: str, slug: str) -> ResponseReturnValue:
    """The form for the frame of the event."""
    return EventSheet(g.event).asked()


def _place(place: int) -> str:
    return {1: _("first (default)"), 2: _("second")}.get(place, str(place))


def _zone_text(keeping: Keeping, sessions: list[Timed], stored: EventSettings, values: EventSettings) -> str:
    """What keeping the clock or the moment means, at the example of the first session."""
    first = next((each for each in sessions if each.fixed), sessions[0])
    before = clock.in_zone(first.starts_at, stored.timezone)
    if keeping is Keeping.CLOCK:
        return _(
            "Keep the times on the clock: what begins at %(time)s begins at %(time)s in %(zone)s.",
            time=_hour(before),
            zone=values.timezone,
        )
    after = clock.in_zone(first.starts_at, values.timezone)
    shown = _hour(after)
    if after.date() < before.date():
        shown = _("%(time)s on the day before", time=shown)
    elif after.date() > before.date():
        shown = _("%(time)s on the day after", time=shown)
    return _(
        "Keep the moments: what begins at %(time)s in %(old)s is shown as %(other)s in %(zone)s.",
        time=_hour(before),
        old=stored.timezone,
        other=shown,
        zone=values.timezone,
    )


def _days_text(days: int) -> str:
    if days == 0:
        return _("Leave the sessions on their dates.")
    if days > 0:
        return ngettext(
            "Move every session along with the first day: %(num)d day later.",
            "Move every session along with the first day: %(num)d days later.",
            days,
        )
    return ngettext(
        "Move every session along with the first day: %(num)d day earlier.",
        "Move every session along with the first day: %(num)d days earlier.",
        -days,
    )


def _hour(local: datetime) -> str:
    return f"{local.hour:02}:{local.minute:02}"


def _obstacle(why: Obstacle) -> str:
    return {
        Obstacle.OUTSIDE: _("would lie outside the days of the event"),
        Obstacle.SKIPPED: _("its time is skipped there, because the clocks go forward"),
        Obstacle.TWICE: _("its time happens twice there, because the clocks go back"),
        Obstacle.REVERSED: _("would end before it starts"),
    }[why]
