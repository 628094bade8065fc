"""The organisers' programme: the draft as a list, and what can be done to one session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme import queries
from galerio_events.programme.domain.inviting import Tally, tally
from galerio_events.programme.domain.texts import Gap, gaps
from galerio_events.programme.models import ProgrammeSession
from galerio_events.programme.views import drawing, live
from galerio_events.programme.views.editor import MOST_ROWS, Editor, day_of
from galerio_events.text import fold, one_line
from galerio_events.web.expired import when_expired
from galerio_events.web.filters import LANGUAGE_NAMES
from galerio_events.web.guards import requires
from galerio_events.web.overview import Card, overview_card

bp = Blueprint("programme", __name__)


@dataclass(frozen=True, slots=True)
class Row:
    """A session in the list, with the texts that lack a translation."""

    session: ProgrammeSession
    gaps: tuple[Gap, ...]

    @property
    def tally(self) -> Tally:
        """How many of its roles are confirmed."""
        return tally([role.state for role in self.session.roles])


@bp.get("/<language:language>/organise/<slug>/programme/list")
@requires(Permission.PROGRAMME_READ)
def listing(language: str, slug: str) -> ResponseReturnValue:
    """The sessions of the draft by day; `?q=` searches, `?show=` is `untranslated`, `tray` or `removed`.

    Where there are more than `MOST_ROWS` of them, the page has one day: that of `?day=`, else the first.
    """
    event: Event = g.event
    rows = [Row(session, _gaps(session, event.languages)) for session in queries.sessions_of(db.session(), event.id)]
    query, show = one_line(request.args.get("q", ""))[:100], request.args.get("show", "")
    chosen = [row for row in rows if _matches(row, query) and _shown(row, show)]
    days: dict[date, list[Row]] = {}
    for row in chosen:
        days.setdefault(day_of(event, row.session.starts_at), []).append(row)
    by_text = {each.isoformat(): each for each in days}
    day = by_text.get(request.args.get("day", ""), next(iter(days))) if len(chosen) > MOST_ROWS else None
    return render_template(
        "organise/programme_list.html",
        event=event,
        days={day: days[day]} if day else days,
        pages=[(each, len(rows)) for each, rows in days.items()] if day else [],
        query=query,
        show=show,
        count=len(chosen),
        total=len(rows),
        language_names=LANGUAGE_NAMES,
    )


@requires(Permission.PROGRAMME_EDIT)
def session_again(language: str, slug: str, key: str | None = None) -> ResponseReturnValue:
    """The form with what was sent and a fresh token, where the one that was sent is not good any more."""
    if live.wants_json():
        return drawing.expired()
    editor = _editor(key)
    return _removed(editor) or editor.again()


@bp.route("/<language:language>/organise/<slug>/programme/new", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
@when_expired(session_again)
def new_session(language: str, slug: str) -> ResponseReturnValue:
    """The form for a session that is not there yet; a script is told what came of it."""
    editor = _editor()
    return drawing.added(editor) if request.method == "POST" and live.wants_json() else editor.asked()


@bp.route("/<language:language>/organise/<slug>/programme/<key>", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
@when_expired(session_again)
def edit_session(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The form for one session. A save that somebody else was faster than is answered with a comparison."""
    editor = _editor(key)
    return _removed(editor) or editor.asked()


@overview_card(10, Permission.PROGRAMME_READ)
def card(db_session: Session, event: Event) -> Card:
    """How many sessions the draft has, and how many of them lack a translation."""
    running = [s for s in queries.sessions_of(db_session, event.id) if s.removed_at is None]
    lacking = sum(bool(_gaps(session, event.languages)) for session in running)
    text = ngettext("%(num)d lacks a translation.", "%(num)d lack a translation.", lacking)
    return Card(
        title=_("Sessions in the draft"),
        figure=str(len(running)),
        text=text if lacking else _("No translation is missing."),
        address=url_for("programme.sessions", slug=event.slug),
        link=_("Edit the programme"),
    )


def _editor(key: str | None = None) -> Editor:
    return Editor(g.event, None if key is None else session_or_404(key))


def removed_page(session: ProgrammeSession, problem: str = "") -> str:
    """What stands where a removed session was."""
    return render_template("organise/session_removed.html", event=g.event, session=session, problem=problem)


def _removed(editor: Editor) -> ResponseReturnValue | None:
    if editor.session is None or editor.session.removed_at is None:
        return None
    return removed_page(editor.session)


def session_or_404(key: str) -> ProgrammeSession:
    """The session of that key, whether it is in the draft or was removed from it."""
    session = queries.session_by_key(db.session(), g.event.id, key)
    if session is None:
        abort(404)
    return session


def _gaps(session: ProgrammeSession, languages: Sequence[str]) -> tuple[Gap, ...]:
    texts = {"title": session.title, "summary": session.summary, "abstract": session.abstract}
    return gaps(texts, languages)


def _shown(row: Row, show: str) -> bool:
    removed = row.session.removed_at is not None
    if show == "removed":
        return removed
    if show == "tray":
        return not removed and not row.session.scheduled
    return not removed and (show != "untranslated" or bool(row.gaps))


def _matches(row: Row, query: str) -> bool:
    session = row.session
    texts = [session.key, *session.title.values()]
    for assigned in session.roles:
        texts += assigned.person.name.values()
    return fold(query) in fold(" ".join(texts))
