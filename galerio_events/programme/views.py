"""The organisers' programme: the draft as a list, and one session in a form."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from galerio_events import clock
from galerio_events.errors import ChangeConflict
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme import queries, services
from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.programme.domain.rules import Frame, SessionProblem, SessionRefused
from galerio_events.programme.domain.texts import Gap, gaps, suggested_key
from galerio_events.programme.domain.values import SessionValues
from galerio_events.programme.forms import SessionForm, form_data, rearranged, session_form
from galerio_events.programme.models import ProgrammeSession
from galerio_events.text import fold, one_line
from galerio_events.translated import Translated
from galerio_events.web.filters import LANGUAGE_NAMES, tr_text
from galerio_events.web.guards import requires
from galerio_events.web.labels import label
from galerio_events.web.overview import Card, overview_card

bp = Blueprint("programme", __name__)
blueprints = (bp,)


@dataclass(frozen=True, slots=True)
class Row:
    """A session in the list, with the texts that lack a translation."""

    session: ProgrammeSession
    gaps: tuple[Gap, ...]


@bp.get("/<language:language>/organise/<slug>/programme")
@requires(Permission.PROGRAMME_READ)
def sessions(language: str, slug: str) -> ResponseReturnValue:
    """Every session of the draft by day; `?q=` searches, `?show=` is `untranslated` or `removed`."""
    event: Event = g.event
    rows = [Row(session, _gaps(session, event.languages)) for session in queries.sessions_of(db.session(), event.id)]
    query, show = one_line(request.args.get("q", ""))[:100], request.args.get("show", "")
    chosen = [row for row in rows if _matches(row, query) and _shown(row, show)]
    days: dict[date, list[Row]] = {}
    for row in chosen:
        day = clock.programme_day(row.session.starts_at, event.timezone, event.day_starts_at)
        days.setdefault(day, []).append(row)
    return render_template(
        "organise/programme.html",
        event=event,
        days=days,
        query=query,
        show=show,
        count=len(chosen),
        total=len(rows),
        language_names=LANGUAGE_NAMES,
    )


@bp.route("/<language:language>/organise/<slug>/programme/new", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
def new_session(language: str, slug: str) -> ResponseReturnValue:
    """The form for a session that is not there yet."""
    editor = Editor(g.event, None)
    if request.method == "GET":
        return editor.page(editor.form(None), 200)
    return editor.answer()


@bp.route("/<language:language>/organise/<slug>/programme/<key>", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
def edit_session(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The form for one session. A save that somebody else was faster than is answered with a comparison."""
    session = _session_or_404(key)
    editor = Editor(g.event, session)
    if session.removed_at is not None:
        return render_template("organise/session_removed.html", event=g.event, session=session)
    if request.method == "GET":
        return editor.page(editor.form(None), 200)
    return editor.answer()


@bp.route("/<language:language>/organise/<slug>/programme/<key>/remove", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
def remove_session(language: str, slug: str, key: str) -> ResponseReturnValue:
    """Says what removing does, and does it."""
    session = _session_or_404(key)
    if request.method == "GET":
        return render_template("organise/session_remove.html", event=g.event, session=session)
    services.remove_session(db.session(), g.event.id, key, expected_version=_version(), now=clock.utc_now())
    db.session.commit()
    flash(_("Removed from the draft. The public sees it until the next release."), "success")
    return redirect(url_for("programme.sessions", slug=slug))


@bp.post("/<language:language>/organise/<slug>/programme/<key>/restore")
@requires(Permission.PROGRAMME_EDIT)
def restore_session(language: str, slug: str, key: str) -> ResponseReturnValue:
    """Put a removed session back into the draft."""
    session = _session_or_404(key)
    try:
        services.restore_session(db.session(), g.event.id, key, expected_version=_version(), now=clock.utc_now())
    except SessionRefused:
        db.session.rollback()
        session = _session_or_404(key)
        problem = _("This session lies outside the days of the event now, so it cannot be restored as it is.")
        page = render_template("organise/session_removed.html", event=g.event, session=session, problem=problem)
        return page, 422
    db.session.commit()
    flash(_("Restored to the draft."), "success")
    return redirect(url_for("programme.edit_session", slug=slug, key=key))


@overview_card(10, Permission.PROGRAMME_READ)
def card(db_session: Session, event: Event) -> Card:
    """How many sessions the draft has, and how many of them lack a translation."""
    running = [s for s in queries.sessions_of(db_session, event.id) if s.removed_at is None]
    lacking = sum(bool(_gaps(session, event.languages)) for session in running)
    text = ngettext("%(num)d lacks a translation.", "%(num)d lack a translation.", lacking)
    return Card(
        title=_("Sessions in the draft"),
        figure=str(len(running)),
        text=text if lacking else _("All of them are there in every language."),
        address=url_for("programme.sessions", slug=event.slug),
        link=_("Edit the programme"),
    )


class Editor:
    """One request to the form of a session; `session` is None for a new one."""

    def __init__(self, event: Event, session: ProgrammeSession | None) -> None:
        self.event = event
        self.session = session
        self.languages = tuple(event.languages)
        self.choices = queries.choices(db.session(), event.id)
        self.frame = Frame(event.timezone, event.starts_on, event.ends_on, event.day_starts_at)
        self.form_class = session_form(self.languages, LANGUAGE_NAMES)

    def form(self, sent: MultiDict[str, str] | None) -> SessionForm:
        """The form with what was sent, or else with what is stored."""
        data: dict[str, Any] = {}
        if self.session is not None:
            stored = queries.values_of(self.session)
            data = form_data(stored, self.event.timezone, version=self.session.version, languages=self.languages)
        elif sent is None:
            data = {"kind": SessionKind.SESSION.value}
        form = self.form_class(sent, data=data)
        form.kind.choices = [(kind.value, label(kind)) for kind in SessionKind]
        nothing = [("", _("none"))]
        form.venue.choices = nothing + _options(self.choices.venues)
        form.track.choices = nothing + _options(self.choices.tracks)
        form.organiser.choices = nothing + _options(self.choices.organisations)
        people = [("", _("choose somebody")), *_options(self.choices.people)]
        for row in form.people:
            row.form.role.choices = [(role.value, label(role)) for role in RoleKind]
            row.form.person.choices = people
        return form

    def answer(self) -> ResponseReturnValue:
        """What a sent form leads to: rearranged rows, a saved session, a question, a comparison or what is wrong."""
        moved = rearranged(request.form, request.form.get("do", ""))
        if moved is not None:
            return self.page(self.form(moved), 200)
        form = self.form(request.form)
        valid = form.validate()
        instants = form.instants(self.frame)
        form.ask(instants)
        if not form.text("title"):
            valid = False
            form.explain(SessionProblem.TITLE_MISSING)
        if not valid or len(instants.moments) < 2:
            return self.page(form, 422)
        values = form.values(instants)
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
        flash(_("Saved in the draft. The public sees it after the next release."), "success")
        return redirect(url_for("programme.sessions", slug=self.event.slug, _anchor=key))

    def page(self, form: SessionForm, status: int, **more: Any) -> tuple[str, int]:
        """The form as a page."""
        asked = form.instants(self.frame).questions
        page = render_template(
            "organise/session.html",
            event=self.event,
            session=self.session,
            form=form,
            asked={name: [(clock.to_text(moment), moment) for moment in moments] for name, moments in asked.items()},
            language_names=LANGUAGE_NAMES,
            **more,
        )
        return page, status

    def _save(self, form: SessionForm, values: SessionValues) -> str:
        """Write the session; its key."""
        now = clock.utc_now()
        if self.session is not None:
            key = self.session.key
            services.save_session(
                db.session(), self.event.id, key, values, expected_version=_number(form.version.data), now=now
            )
            return key
        taken = {session.key for session in queries.sessions_of(db.session(), self.event.id)}
        key = form.key.data or suggested_key(values.title, taken)
        services.add_session(db.session(), self.event.id, key, values, now=now)
        return key

    def _compare(self, mine: SessionValues) -> ResponseReturnValue:
        """What was entered beside what somebody else has stored meanwhile; the form keeps what was entered."""
        key = (request.view_args or {})["key"]
        stored_session = queries.session_by_key(db.session(), self.event.id, key)
        if stored_session is None or stored_session.removed_at is not None:
            flash(_("Somebody else has removed this session meanwhile."), "warning")
            return redirect(url_for("programme.sessions", slug=self.event.slug, show="removed"))
        self.session = stored_session
        stored = queries.values_of(stored_session)
        if stored == mine:
            flash(_("Somebody else has saved the very same meanwhile; nothing is left to do."), "success")
            return redirect(url_for("programme.sessions", slug=self.event.slug, _anchor=stored_session.key))
        sent = MultiDict(request.form.items(multi=True))
        sent["version"] = str(stored_session.version)
        return self.page(self.form(sent), 409, comparison=self._rows(mine, stored))

    def _rows(self, mine: SessionValues, stored: SessionValues) -> list[tuple[str, str, str]]:
        """(field, entered, stored) of the fields that differ."""
        return [
            (name, entered, kept)
            for (name, entered), (_name, kept) in zip(self._told(mine), self._told(stored), strict=True)
            if entered != kept
        ]

    def _told(self, values: SessionValues) -> list[tuple[str, str]]:
        """Every field of the session with its content as text."""
        names = {key: name for part in (self.choices.venues, self.choices.tracks, self.choices.organisations,
                                        self.choices.people) for key, name in part}  # fmt: skip
        told = [(_("Kind"), label(values.kind))]
        told += [
            (f"{what} ({LANGUAGE_NAMES.get(language, language)})", text.get(language, ""))
            for what, text in (
                (_("Title"), values.title), (_("Summary"), values.summary), (_("Abstract"), values.abstract)
            )
            for language in self.languages
        ]  # fmt: skip
        told += [
            (what, clock.in_zone(moment, self.event.timezone).strftime("%Y-%m-%d %H:%M"))
            for what, moment in ((_("Start"), values.starts_at), (_("End"), values.ends_at))
        ]
        told += [
            (what, tr_text(names[key]) if key in names else "")
            for what, key in ((_("Venue"), values.venue), (_("Track"), values.track), (_("Run by"), values.organiser))
        ]
        told.append((_("Places"), "" if values.capacity is None else str(values.capacity)))
        people = [f"{label(role.role)}: {tr_text(names.get(role.person, Translated()))}" for role in values.people]
        return [*told, (_("People"), "\n".join(people))]


def _session_or_404(key: str) -> ProgrammeSession:
    session = queries.session_by_key(db.session(), g.event.id, key)
    if session is None:
        abort(404)
    return session


def _version() -> int:
    return _number(request.form.get("version"))


def _number(text: str | None) -> int:
    """The version that a form carries; -1, which no session has, for anything that is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else -1


def _options(named: Iterable[tuple[str, Translated]]) -> list[tuple[str, str]]:
    return [(key, tr_text(name) or key) for key, name in named]


def _gaps(session: ProgrammeSession, languages: Sequence[str]) -> tuple[Gap, ...]:
    texts = {"title": session.title, "summary": session.summary, "abstract": session.abstract}
    return gaps(texts, languages)


def _shown(row: Row, show: str) -> bool:
    removed = row.session.removed_at is not None
    if show == "removed":
        return removed
    return not removed and (show != "untranslated" or bool(row.gaps))


def _matches(row: Row, query: str) -> bool:
    session = row.session
    texts = [session.key, *session.title.values()]
    for assigned in session.roles:
        texts += assigned.person.name.values()
    return fold(query) in fold(" ".join(texts))
