"""One session in a form: what was sent is kept until it is saved, whatever happens in between."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from galerio_events import clock
from galerio_events.errors import ChangeConflict
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.programme import queries, services
from galerio_events.programme.domain import LinkKind, RoleKind, RoleState, SessionKind, SessionStatus
from galerio_events.programme.domain.inviting import tally
from galerio_events.programme.domain.languages import choices as spoken_languages
from galerio_events.programme.domain.placing import minutes_between
from galerio_events.programme.domain.rules import Frame, SessionProblem, SessionRefused, key_problem
from galerio_events.programme.domain.texts import suggested_key
from galerio_events.programme.domain.together import Both, differences, session_together
from galerio_events.programme.domain.values import SessionValues
from galerio_events.programme.forms import (
    Instants,
    Listed,
    SessionForm,
    form_data,
    rearranged,
    session_form,
    tell_unseen,
)
from galerio_events.programme.models import ProgrammeSession
from galerio_events.programme.queries.bases import session_at
from galerio_events.programme.views.trail import trail_back
from galerio_events.text import new_nonce
from galerio_events.translated import EMPTY, Translated
from galerio_events.web.compression import compressed
from galerio_events.web.filters import LANGUAGE_NAMES, tr_text
from galerio_events.web.guards import actor
from galerio_events.web.labels import label
from galerio_events.web.locale import page_language

# Beyond so many sessions the list is one day a page.
MOST_ROWS = 200
# How long a new session is where the event expects nothing of its kind, and what an address may ask for at most.
USUAL_MINUTES = 60
MOST_MINUTES = 1440
# Among more people than these one types a name instead of reading a list.
MOST_LISTED = 20
# What a new break is called until somebody finds a better title.
BREAK = Translated({"ja": "休憩", "en": "Break"})


class Editor:
    """One request to the form of a session; `session` is None for a new one."""

    def __init__(self, event: Event, session: ProgrammeSession | None) -> None:
        self.event = event
        self.session = session
        self.languages = tuple(event.languages)
        self.choices = queries.choices(db.session(), event.id)
        self.frame = Frame(event.timezone, event.starts_on, event.ends_on, event.day_starts_at)
        self.form_class = session_form(self.languages, LANGUAGE_NAMES)

    def form(self, sent: MultiDict[str, str] | None, values: SessionValues | None = None) -> SessionForm:
        """The form with what was sent, and nothing else; or else with these values, or what is stored."""
        data: dict[str, Any] = {}
        if sent is None and self.session is not None:
            shown = values or queries.values_of(self.session)
            data = form_data(shown, self.event.timezone, version=self.session.version, languages=self.languages)
        elif sent is None:
            data = {"nonce": new_nonce()} | drawn(self.event, request.args)
        form = self.form_class(sent, data=data)
        form.kind.choices = [(kind.value, label(kind)) for kind in SessionKind]
        nothing = [("", _("none"))]
        form.venue.choices = nothing + _options(self.choices.venues)
        form.track.choices = nothing + _options(self.choices.tracks)
        form.organiser.choices = nothing + _options(self.choices.organisations)
        people = Listed([("", _("choose somebody")), *_options(self.choices.people)])
        stored = None if self.session is None else queries.values_of(self.session)
        talks = {(credit.role.value, credit.person): credit.title for credit in stored.people} if stored else {}
        if stored is not None:
            form.stored = {"title": stored.title, "summary": stored.summary, "abstract": stored.abstract}
        for row in form.people:
            row.form.stored = talks.get((row.form.role.data, row.form.person.data), EMPTY)
            row.form.role.choices = [(role.value, label(role)) for role in RoleKind]
            row.form.person.choices = people
            row.form.state.choices = [(state.value, label(state)) for state in RoleState]
        for row in form.links:
            row.form.kind.choices = [(kind.value, label(kind)) for kind in LinkKind]
        form.status.choices = [(status.value, label(status)) for status in SessionStatus]
        spoken = self.session.language if self.session else None
        form.language.choices = [("", _("not said")), *spoken_languages(page_language(), self.languages, spoken)]
        return form

    def asked(self) -> ResponseReturnValue:
        """The form, or what a sent one leads to."""
        return self.page(self.form(None), 200) if request.method == "GET" else self.answer()

    def answer(self) -> ResponseReturnValue:
        """What a sent form leads to: rearranged rows, a saved session, a question, a comparison or what is wrong."""
        moved = rearranged(request.form, request.form.get("do", ""))
        if moved is not None:
            form = self.form(moved)
            return self.page(form, 422 if tell_unseen(form) else 200)
        form = self.form(request.form)
        valid = form.validate()
        instants = form.instants(self.frame)
        form.ask(self.frame, instants)
        broken = form.problems(self.frame, instants)
        if not valid or broken or len(instants.moments) < 2:
            for problem in self._also_wrong(form, broken):
                form.explain(problem)
            return self.page(form, 422)
        values = form.values(instants)
        before = None if self.session is None else self.session.capacity
        try:
            key = self._save(form, values)
        except SessionRefused as refused:
            db.session.rollback()
            for problem in refused.problems:
                form.explain(problem)
            return self.page(form, 422)
        except ChangeConflict:
            db.session.rollback()
            return self._compare(values)
        db.session.commit()
        told = _("Saved in the draft. The public sees it after the next release.")
        if values.capacity != before:
            told += " " + _("The number of places applies to registration at once.")
        flash(told, "success")
        return self._back_to(key)

    def again(self) -> ResponseReturnValue:
        """The form with what was sent, which was not saved because its token is not good (any more)."""
        sent = rearranged(request.form, request.form.get("do", "")) or request.form
        problem = _("This form was open for too long, so nothing is saved yet. It holds what you entered: save again.")
        form = self.form(sent)
        tell_unseen(form)
        return self.page(form, 422, problem=problem)

    def page(self, form: SessionForm, status: int, **more: Any) -> tuple[Response, int]:
        """The form as a page; from the first stale save on, until one succeeds, with the comparison."""
        asked = form.instants(self.frame).questions
        if self.session is not None and form.base.data:
            more.setdefault("comparison", self._rows(form))
        page = render_template(
            "organise/session.html",
            event=self.event,
            session=self.session,
            form=form,
            asked={name: [(clock.to_text(moment), moment) for moment in moments] for name, moments in asked.items()},
            language_names=LANGUAGE_NAMES,
            slot_minutes=_slot_minutes(form.instants(self.frame)),
            many_people=len(self.choices.people) > MOST_LISTED,
            tally=tally([role.state for role in self.session.roles]) if self.session else None,
            **more,
        )
        return compressed(Response(page, mimetype="text/html")), status

    def _back_to(self, key: str) -> ResponseReturnValue:
        """To the session's place in the list, or to the list of missing translations where the reader came from it."""
        if back := trail_back():
            return redirect(back)
        times = queries.times_by_key(db.session(), self.event.id)
        day = day_of(self.event, times[key][0]).isoformat() if len(times) > MOST_ROWS and key in times else None
        return redirect(url_for("programme.sessions", slug=self.event.slug, day=day, _anchor=key))

    def _also_wrong(self, form: SessionForm, problems: Iterable[SessionProblem]) -> list[SessionProblem]:
        """The problems, and that of the new session's key, which the service would find."""
        key = form.key.data
        if self.session is not None or not key:
            return list(problems)
        taken = queries.session_by_key(db.session(), self.event.id, key) is not None
        problem = key_problem(key, {key} if taken else ())
        return [*problems, *([problem] if problem else [])]

    def _save(self, form: SessionForm, values: SessionValues) -> str:
        """Write the session; its key."""
        now = clock.utc_now()
        if self.session is not None:
            key = self.session.key
            services.save_session(
                db.session(),
                self.event.id,
                key,
                values,
                expected_version=number(form.version.data),
                by=actor().account_id,
                now=now,
            )
            return key
        taken = {session.key for session in queries.sessions_of(db.session(), self.event.id)}
        key = form.key.data or suggested_key(values.title, taken)
        made = services.add_session(
            db.session(), self.event.id, key, values, nonce=form.nonce_sent(), by=actor().account_id, now=now
        )
        return made.key

    def _compare(self, mine: SessionValues) -> ResponseReturnValue:
        """What the reader and somebody else have changed meanwhile; the form holds both, the reader's in a clash."""
        key = (request.view_args or {})["key"]
        stored_session = queries.session_by_key(db.session(), self.event.id, key)
        if stored_session is None or stored_session.removed_at is not None:
            flash(_("Somebody else has removed this session meanwhile."), "warning")
            return redirect(url_for("programme.sessions", slug=self.event.slug, show="removed"))
        self.session = stored_session
        if queries.values_of(stored_session) == mine:
            flash(_("Somebody else has saved the very same meanwhile; nothing is left to do."), "success")
            return self._back_to(stored_session.key)
        base, form = self._base(request.form.get("version")), self.form(request.form)
        rows = self._rows(form, untouched=base)
        if base is not None:
            form = self.form(None, session_together(base, mine, queries.values_of(stored_session)))
        form.base.data = request.form.get("base") or request.form.get("version") or "none"
        form.version.data = str(stored_session.version)
        return self.page(form, 409, comparison=rows)

    def _base(self, version: str | None) -> SessionValues | None:
        """What the session said in that version; None where nobody knows."""
        if self.session is None:
            return None
        key, stored = self.session.key, self.session.version
        return session_at(db.session(), self.event.id, key, version=number(version), stored=stored)

    def _rows(self, form: SessionForm, untouched: SessionValues | None = None) -> list[Both]:
        """What the reader and others have changed since the form was opened, as far as the two are not the same.

        `untouched` is what the reader was shown, where theirs was not brought into the form yet.
        """
        opened = self._base(request.form.get("base") or request.form.get("version"))
        return differences(
            None if opened is None else self._told(self.form(None, opened)),
            self._told(form),
            self._told(self.form(None)),
            None if untouched is None else self._told(self.form(None, untouched)),
        )

    def _told(self, form: SessionForm) -> list[tuple[str, str]]:
        """Every field of the form with its content as text, whether it is valid or not."""
        names = {key: name for part in (self.choices.venues, self.choices.tracks, self.choices.organisations,
                                        self.choices.people) for key, name in part}  # fmt: skip
        told = [(_("Kind"), _chosen(form.kind))]
        told += [
            (f"{what} ({LANGUAGE_NAMES.get(language, language)})", form[f"{name}_{language}"].data or "")
            for what, name in ((_("Title"), "title"), (_("Summary"), "summary"), (_("Abstract"), "abstract"))
            for language in self.languages
        ]
        told += [(_("Start"), self._time(form, "starts_at")), (_("Length"), self._length(form))]
        told += [
            (what, _chosen(field) if field.data else "")
            for what, field in ((_("Venue"), form.venue), (_("Track"), form.track), (_("Run by"), form.organiser))
        ]
        told.append((_("Places"), _typed(form.capacity)))
        told += [
            (_("Not on the timetable yet"), _("yes") if form.in_tray.data else ""),
            (_("Locked"), _("yes") if form.locked.data else ""),
            (_("Status"), _chosen(form.status)),
            (_("Spoken language"), _chosen(form.language) if form.language.data else ""),
            (_("Needs an interpreter"), _("yes") if form.needs_interpreter.data else ""),
        ]
        people = [self._credit(row.form, names) for row in form.people if row.form.person.data]
        links = [
            " ".join(filter(None, (f"{_chosen(row.form.kind)}:", row.form.title.data, row.form.url.data)))
            for row in form.links
            if row.form.url.data
        ]
        return [*told, (_("People"), "\n".join(people)), (_("Links"), "\n".join(links))]

    def _credit(self, row: Any, names: Mapping[str, Translated]) -> str:
        """A row of people on one line."""
        told = f"{_chosen(row.role)}: {tr_text(names.get(row.person.data, Translated()))}"
        titles = [row[f"title_{language}"].data for language in self.languages if row[f"title_{language}"].data]
        if titles:
            told += f" – {' / '.join(titles)}"
        if _typed(row.minutes):
            told += " " + _("(%(minutes)s min)", minutes=_typed(row.minutes))
        return told if row.state.data == RoleState.CONFIRMED else f"{told}, {_chosen(row.state)}"

    def _length(self, form: SessionForm) -> str:
        """How long the session is; its end as it was typed where that is not clear."""
        moments = form.instants(self.frame).moments
        if len(moments) < 2:
            return self._time(form, "ends_at")
        minutes = minutes_between(moments["starts_at"], moments["ends_at"])
        return ngettext("%(num)d minute", "%(num)d minutes", minutes)

    def _time(self, form: SessionForm, name: str) -> str:
        """The wall-clock time, with its offset where it happens twice."""
        wall, instants = form[name].data, form.instants(self.frame)
        if wall is None:
            return _typed(form[name])
        told = str(wall.strftime("%Y-%m-%d %H:%M"))
        if name in instants.questions and name in instants.moments:
            told += f" ({clock.offset_label(instants.moments[name], self.event.timezone)})"
        return told


def day_of(event: Event, starts_at: datetime) -> date:
    """The day of the programme on which something starts."""
    return clock.programme_day(starts_at, event.timezone, event.day_starts_at)


def number(text: str | None) -> int:
    """The version that a form carries; -1, which no session has, for anything that is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else -1


def drawn(event: Event, wanted: Mapping[str, str]) -> dict[str, Any]:
    """What the form of a new session begins with, as far as `wanted` (an address's query) says it.

    `day` is a day of the programme (`2022-11-25`), `start` a wall-clock time of it in the event's zone (`13:10`),
    `minutes` the length, `venue` and `kind` are keys. What is not said or cannot be read is left to the form; a length
    that is not said is what the event expects of the kind.
    """
    kind = wanted.get("kind", "")
    data: dict[str, Any] = {
        "kind": kind if kind in set(SessionKind) else SessionKind.SESSION.value,
        "venue": wanted.get("venue", ""),
    }
    if data["kind"] == SessionKind.BREAK:
        data |= {f"title_{language}": BREAK.get(language, "") for language in event.languages}
    try:
        day, start = date.fromisoformat(wanted.get("day", "")), time.fromisoformat(wanted.get("start", ""))
        begins = datetime.combine(day, start.replace(tzinfo=None, second=0, microsecond=0))
        if begins.time() < event.day_starts_at:
            begins += timedelta(days=1)
        data["starts_at"] = begins
        data["ends_at"] = begins + timedelta(minutes=_length(event, SessionKind(data["kind"]), wanted))
    except (ValueError, OverflowError):
        data.pop("ends_at", None)
    return data


def _length(event: Event, kind: SessionKind, wanted: Mapping[str, str]) -> int:
    asked = number(wanted.get("minutes"))
    if 0 < asked <= MOST_MINUTES:
        return asked
    return queries.minutes_of_kind(db.session(), event.id, kind) or USUAL_MINUTES


def _slot_minutes(instants: Instants) -> int | None:
    """How long the session is, as far as that is clear."""
    if len(instants.moments) < 2:
        return None
    minutes = (instants.moments["ends_at"] - instants.moments["starts_at"]) // timedelta(minutes=1)
    return minutes if minutes > 0 else None


def _typed(field: Any) -> str:
    """What stands in the input, whether it can be read or not."""
    return str(field._value())


def _chosen(field: Any) -> str:
    """What the reader sees of the option that is chosen."""
    return next((str(name) for value, name, *_rest in field.iter_choices() if value == field.data), field.data or "")


def _options(named: Iterable[tuple[str, Translated]]) -> list[tuple[str, str]]:
    return [(key, tr_text(name) or key) for key, name in named]
