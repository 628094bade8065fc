"""The run sheet of one session: to read, to print and to edit."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events import clock
from galerio_events.accounts import queries as accounts
from galerio_events.errors import ChangeConflict
from galerio_events.events.domain import Subject
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme import queries
from galerio_events.programme.domain.duties import Duty
from galerio_events.programme.domain.run_sheet import (
    RunSheetRefused,
    Segments,
    from_roles,
    from_template,
    sheet_from_plain,
    sheet_to_plain,
    timed,
    total,
)
from galerio_events.programme.forms.run_sheet import RunSheetForm
from galerio_events.programme.queries import run_sheet as stored
from galerio_events.programme.queries.bases import states
from galerio_events.programme.services.run_sheet import save_run_sheet, undo_run_sheet
from galerio_events.programme.views.run_sheet.blueprint import bp
from galerio_events.programme.views.run_sheet.form_page import Rows, SegmentsPage
from galerio_events.web.expired import when_expired
from galerio_events.web.filters import tr_text
from galerio_events.web.guards import actor, requires, signed_in
from galerio_events.web.labels import label
from galerio_events.web.own import Opened, open_session


class RunSheetPage(SegmentsPage):
    """The form of a session's run sheet."""

    template = "run_sheet/edit.html"

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.session = opened.session
        self.values = queries.values_of(opened.session)
        super().__init__(opened.event)

    @property
    def slot_minutes(self) -> int:
        """How long the session is."""
        return int((self.session.ends_at - self.session.starts_at).total_seconds()) // 60

    def stored(self) -> Segments:
        return stored.segments_of(db.session(), self.session.id)

    def rows_of(self, plain: Mapping[str, Any]) -> Segments:
        return sheet_from_plain(plain)

    def plain_of(self, rows: Rows) -> Mapping[str, Any]:
        return sheet_to_plain(rows)  # type: ignore[arg-type]

    def entered(self, form: RunSheetForm) -> Mapping[str, Any]:
        return sheet_to_plain(form.sheet())

    def past(self) -> Iterable[Mapping[str, Any]]:
        return states(db.session(), self.event.id, Subject.RUN_SHEET, self.session.key)

    def people(self) -> list[tuple[str, str]]:
        names = {each.person.key: tr_text(each.person.name) or each.person.key for each in self.session.roles}
        having = [
            (
                f"{role.role.value}:{role.person}",
                _("%(role)s: %(name)s", role=label(role.role), name=names[role.person]),
            )
            for role in self.values.people
            if role.state.is_planned
        ]
        alone = dict.fromkeys(role.role for role in self.values.people)
        return [*having, *((f"{role.value}:", label(role)) for role in alone)]

    def answer(self) -> ResponseReturnValue:
        """As every form; two buttons fill it, without saving where something would be lost by it."""
        command = request.form.get("do", "")
        if command == "from-roles":
            return self._filled(from_roles(self.values.people), at_once=True)
        if command == "from-template":
            steps = stored.template_of(db.session(), self.event.id, self.session.kind)
            return self._filled(from_template(steps, self.values.people, self.slot_minutes), at_once=False)
        return super().answer()

    def _filled(self, segments: Segments, *, at_once: bool) -> ResponseReturnValue:
        """The form with these segments; saved where nothing stood there and nobody needs to look at it first."""
        if not segments:
            problem = _("No role has minutes. Give the talks their length in the session's form, or use the template.")
            return self.page(self.form(request.form), 422, problem=problem)
        seen = request.form.get("seen", "")
        sent = any(name.startswith("segments-") for name in request.form)
        if at_once and not sent and not self.stored():
            try:
                self._write(segments, seen)
            except ChangeConflict:
                db.session.rollback()
            else:
                db.session.commit()
                return self.saved(_("Filled from the roles and saved."))
        form = self.form(None, sheet_to_plain(segments))
        form.seen.data = seen
        return self.page(form, 200, unsaved=True, replaced=bool(self.stored()) or sent)

    def _write(self, segments: Segments, seen: str) -> None:
        save_run_sheet(db.session(), self.event.id, self.session.key, segments, seen=seen, by=self.by, now=self.now)

    def save(self, form: RunSheetForm) -> ResponseReturnValue | None:
        try:
            self._write(form.sheet(), form.seen.data or "")
        except RunSheetRefused as refusal:
            self.refused(form, refusal)
            return None
        return self.saved(_("The run sheet is saved."))

    def address(self) -> str:
        return url_for("run_sheet.own", slug=self.event.slug, key=self.session.key)

    def context(self) -> dict[str, Any]:
        return page_values(self.opened) | {
            "slot_minutes": self.slot_minutes,
            "clock_from": lambda minutes: self.session.starts_at + timedelta(minutes=minutes),
        }


def page_values(opened: Opened) -> dict[str, Any]:
    """What every page of a run sheet is made with."""
    session, event = opened.session, opened.event
    segments = stored.segments_of(db.session(), session.id)
    names = stored.names_of(db.session(), event.id, {s.person for s in segments if s.person})
    conducts = opened.may(Duty.CONDUCT)
    last = stored.last_change(db.session(), event.id, session.key) if conducts else None
    who = accounts.emails_of(db.session(), [last.by]) if last and last.by else {}
    return {
        "session": session,
        "organiser": opened.organiser,
        "conducts": conducts,
        "layout": "organise/layout.html" if opened.organiser else "run_sheet/own_layout.html",
        "timed": timed(segments, session.starts_at),
        "names": names,
        "planned": total(segments),
        "slot_minutes": int((session.ends_at - session.starts_at).total_seconds()) // 60,
        "last": last,
        "last_by": who.get(last.by or 0, "") if last else "",
        "now": clock.utc_now(),
    }


@signed_in
def own_again(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The form with what was sent and a fresh token, where the one that was sent is not good any more."""
    return RunSheetPage(open_session(slug, key, Duty.CONDUCT)).again()


@bp.route("/<language:language>/desk/<slug>/sessions/<key>/run-sheet", methods=["GET", "POST"])
@signed_in
@when_expired(own_again)
def own(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The run sheet: a form for organisers and those who conduct the session, else to read."""
    opened = open_session(slug, key, Duty.CONDUCT if request.method == "POST" else Duty.SEE)
    if not opened.may(Duty.CONDUCT):
        return _read(opened)
    return RunSheetPage(opened).asked()


@bp.get("/<language:language>/desk/<slug>/sessions/<key>/run-sheet/print")
@signed_in
def paper(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The run sheet as it is printed."""
    return _read(open_session(slug, key))


@bp.post("/<language:language>/desk/<slug>/sessions/<key>/run-sheet/undo")
@signed_in
def undo(language: str, slug: str, key: str) -> ResponseReturnValue:
    """Put the run sheet back to what it was before its last change."""
    opened = open_session(slug, key, Duty.CONDUCT)
    try:
        change = int(request.form.get("change", "")[:10])
    except ValueError:
        change = 0
    try:
        undo_run_sheet(db.session(), opened.event.id, key, change=change, by=actor().account_id, now=clock.utc_now())
    except ChangeConflict:
        db.session.rollback()
        flash(_("Somebody has changed the run sheet since you looked, so nothing was undone."), "warning")
    else:
        db.session.commit()
        flash(_("The last change of the run sheet is undone. Undo once more to have it back."), "success")
    return redirect(url_for("run_sheet.own", slug=slug, key=key))


@bp.get("/<language:language>/organise/<slug>/programme/<key>/run-sheet")
@requires(Permission.PROGRAMME_EDIT)
def organise(language: str, slug: str, key: str) -> ResponseReturnValue:
    """To the run sheet, from where the organisers look for it."""
    return redirect(url_for("run_sheet.own", slug=slug, key=key))


def _read(opened: Opened) -> str:
    return render_template("run_sheet/read.html", event=opened.event, **page_values(opened))
