"""Importing: choose a file, see what it would do, decide, do it."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from galerio_events import clock
from galerio_events.errors import ChangeConflict
from galerio_events.events import queries as events
from galerio_events.events.domain import Deed, Subject
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme import exports, queries, services
from galerio_events.programme.domain.incoming import MOST_BYTES, RowProblem, Target, Told, Unreadable
from galerio_events.programme.domain.planning import Plan
from galerio_events.programme.domain.rules import Frame
from galerio_events.programme.imports import reading, table_file
from galerio_events.programme.models import Upload
from galerio_events.programme.views.transfer import showing, words
from galerio_events.programme.views.transfer.choosing import column_choices, sent_choices
from galerio_events.web.expired import when_expired
from galerio_events.web.filters import LANGUAGE_NAMES
from galerio_events.web.guards import actor, requires
from galerio_events.web.locale import page_language

bp = Blueprint("transfer", __name__)


@bp.get("/<language:language>/organise/<slug>/transfer")
@requires(Permission.PROGRAMME_READ)
def page(language: str, slug: str) -> ResponseReturnValue:
    """The ways in and out."""
    return _page()


@requires(Permission.PROGRAMME_EDIT)
def upload_again(language: str, slug: str) -> ResponseReturnValue:
    """The form, whose token was not good any more; a file that was sent has to be chosen again."""
    return _page(_("This form was open for too long. Choose the file again."), 422)


@bp.post("/<language:language>/organise/<slug>/transfer")
@requires(Permission.PROGRAMME_EDIT)
@when_expired(upload_again)
def upload(language: str, slug: str) -> ResponseReturnValue:
    """Keep the file that was sent, and show what it would do. What cannot be read at all is told at once."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _page(_("Choose a file first."), 422)
    data = sent.stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        return _page(words.told(RowProblem(0, Told.TOO_LARGE, details={"most": str(MOST_BYTES >> 20)})), 413)
    try:
        reading.recognise(data, sent.filename)
    except Unreadable as error:
        return _page(" ".join(words.told(problem) for problem in error.problems), 422)
    nonce = services.keep_upload(
        db.session(), g.event.id, data, sent.filename, by=actor().account_id, now=clock.utc_now()
    )
    db.session.commit()
    return redirect(url_for("transfer.preview", slug=slug, nonce=nonce), 303)


@requires(Permission.PROGRAMME_EDIT)
def preview_again(language: str, slug: str, nonce: str) -> ResponseReturnValue:
    """The preview with what was chosen and a fresh token, where the one that was sent is not good any more."""
    upload = _upload(nonce)
    if upload.done_at is not None:
        return redirect(url_for("transfer.preview", slug=slug, nonce=nonce), 303)
    return _Preview(upload).page(
        422, problem=_("This page was open for too long, so nothing is imported yet. Your choices are kept.")
    )


@bp.route("/<language:language>/organise/<slug>/transfer/<nonce>", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
@when_expired(preview_again)
def preview(language: str, slug: str, nonce: str) -> ResponseReturnValue:
    """What the file would do. A form that is sent shows it anew with other choices, does it, or forgets the file.

    Of a file that is imported already, whoever comes back to it or confirms it twice is told when, and what came of it.
    """
    upload = _found(nonce)
    if upload is not None and upload.done_at is not None:
        if request.method == "POST":
            return redirect(url_for("transfer.preview", slug=slug, nonce=nonce), 303)
        return _page(done=upload)
    if request.method == "POST" and request.form.get("do") == "discard":
        services.drop_upload(db.session(), g.event.id, nonce)
        db.session.commit()
        flash(_("Nothing was imported, and the file is forgotten."), "success")
        return redirect(url_for("transfer.page", slug=slug))
    shown = _Preview(upload or abort(404))
    if request.method == "POST" and request.form.get("do") == "import":
        return shown.carry_out()
    return shown.page(200)


@bp.get("/<language:language>/organise/<slug>/transfer/template/<kind>")
@requires(Permission.PROGRAMME_READ)
def template(language: str, slug: str, kind: str) -> Response:
    """A table to fill in: headings and an example in the language of the page."""
    write = {"csv": exports.template_csv, "xlsx": exports.template_xlsx}.get(kind) or abort(404)
    event: Event = g.event
    made = write(_sample(event), tuple(event.languages), page_language())
    mimetypes = {
        "csv": "text/csv",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    answer = current_app.response_class(made, mimetype=mimetypes[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{event.slug}-template-{page_language()}.{kind}"'
    return answer


class _Preview:
    """One file, what was chosen for it, and what it would do to the draft as it is now."""

    def __init__(self, upload: Upload) -> None:
        self.upload, self.data = upload, upload.data or b""
        self.event: Event = g.event
        self.choices = sent_choices(request.form)
        self.unreadable: tuple[RowProblem, ...] = ()
        self.kind = reading.recognise(self.data, upload.filename)
        self.read: reading.Read | None = None
        e = self.event
        target = Target(
            e.slug,
            Frame(e.timezone, e.starts_on, e.ends_on, e.day_starts_at),
            tuple(e.languages),
            self.choices.language,
        )
        self.target = target
        try:
            self.read = reading.read(self.data, target, filename=upload.filename, columns=self.choices.columns)
        except Unreadable as error:
            self.unreadable = error.problems

    def carry_out(self) -> ResponseReturnValue:
        """Import the file, if the draft is as it was shown and the plan is possible; else show it again."""
        if self.read is None:
            return self.page(422)
        sent = request.form.get("seen", "")
        seen = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 19 else -1
        try:
            plan = services.import_file(
                db.session(),
                self.event.id,
                self.read.file,
                self.choices,
                seen=seen,
                seen_missing=request.form.get("missing", ""),
                by=actor().account_id,
                now=clock.utc_now(),
            )
        except ChangeConflict:
            db.session.rollback()
            if self.upload.done_at is not None:
                # Confirmed twice: what has changed the draft meanwhile is this very file.
                return redirect(url_for("transfer.preview", slug=self.event.slug, nonce=self.upload.nonce), 303)
            told = _("Somebody has changed the draft meanwhile, so nothing is imported yet. This is how it stands now.")
            return self.page(409, problem=told)
        except services.OtherRemovals:
            db.session.rollback()
            told = _(
                "With these choices the file lacks other sessions than those that you were shown, so nothing is imported yet. See below which would leave the draft."  # noqa: E501
            )
            return self.page(409, problem=told)
        except services.PlanRefused:
            db.session.rollback()
            return self.page(
                422,
                problem=_(
                    "Nothing is imported yet: some rows cannot be. Correct the file, or choose below to leave them out."
                ),
            )
        outcome = _outcome(plan)
        services.finish_upload(db.session(), self.event.id, self.upload.nonce, outcome, now=clock.utc_now())
        db.session.commit()
        what = _counted(outcome)
        flash(_("Imported into the draft: %(what)s. The public sees it after the next release.", what=what), "success")
        return redirect(url_for("programme.sessions", slug=self.event.slug), 303)

    def page(self, status: int, *, problem: str = "") -> tuple[str, int]:
        """The preview."""
        context: dict[str, Any] = {
            "problem": problem,
            "kind": self.kind,
            "unreadable": self.unreadable,
            "told": words.told,
        }
        if self.read is not None:
            context |= self._planned()
        else:
            context |= self._columns_anyway()
        made = render_template(
            "organise/import_preview.html",
            event=self.event,
            upload=self.upload,
            choices=self.choices,
            language_names=LANGUAGE_NAMES,
            kinds=words.KINDS,
            **context,
        )
        return made, status if self.read is not None or status != 200 else 422

    def _planned(self) -> dict[str, Any]:
        read = self.read
        if read is None:
            return {}
        db_session = db.session()
        seen = events.newest_change(db_session, self.event.id)
        draft, plan = services.plan_import(db_session, self.event.id, read.file, self.choices)
        names = showing.names_of(draft)
        shown = showing.Words(self.event, plan, names)
        return {
            "seen": seen,
            "plan": plan,
            "columns": read.columns,
            "column_choices": column_choices(self.event.languages, page_language()),
            "sections": showing.sections(plan),
            "leaving": len(plan.of(Deed.REMOVED)),
            "missing_by_day": showing.by_day(plan.missing, self.event),
            "shown": shown,
            "fields": words.FIELDS,
            "people": names[Subject.PERSON],
        }

    def _columns_anyway(self) -> dict[str, Any]:
        """The columns of a table that cannot be read before somebody says which of them holds what."""
        if not any(problem.told is Told.NO_TITLE_COLUMN for problem in self.unreadable):
            return {}
        columns = table_file.headings(reading.sheet_of(self.data, self.kind), self.target, self.choices.columns)
        return {
            "columns": columns,
            "column_choices": column_choices(self.event.languages, page_language()),
        }


def _outcome(plan: Plan) -> dict[str, int]:
    counts = plan.counts
    return {
        "added": counts.added,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
        "removed": len(plan.of(Deed.REMOVED)),
        "left_out": plan.refused,
    }


def _counted(outcome: Mapping[str, int]) -> str:
    """What came of an import; nothing is said of a removal or a row left out where there was none."""
    removed, left_out = outcome["removed"], outcome["left_out"]
    told = [
        ngettext("%(num)d added", "%(num)d added", outcome["added"]),
        ngettext("%(num)d changed", "%(num)d changed", outcome["changed"]),
        ngettext("%(num)d unchanged", "%(num)d unchanged", outcome["unchanged"]),
        *([ngettext("%(num)d removed", "%(num)d removed", removed)] if removed else []),
        *([ngettext("%(num)d left out", "%(num)d left out", left_out)] if left_out else []),
    ]
    return ", ".join(told)


def _page(problem: str = "", status: int = 200, *, done: Upload | None = None) -> tuple[str, int]:
    event: Event = g.event
    told = ""
    if done is not None and done.done_at is not None:
        at = clock.in_zone(done.done_at, event.timezone).strftime("%Y-%m-%d %H:%M")
        told = _("This file has been imported at %(when)s: %(what)s.", when=at, what=_counted(done.outcome or {}))
    made = render_template(
        "organise/transfer.html", event=event, problem=problem, most=MOST_BYTES >> 20, done=done, told=told
    )
    return made, status


def _found(nonce: str) -> Upload | None:
    since = clock.utc_now() - services.KEPT_FOR
    return queries.upload_by_nonce(db.session(), g.event.id, nonce, since=since)


def _upload(nonce: str) -> Upload:
    return _found(nonce) or abort(404)


def _sample(event: Event) -> exports.Sample:
    choices = queries.choices(db.session(), event.id)
    return exports.Sample(
        zone=event.timezone,
        starts_on=event.starts_on,
        venues=tuple(name.text(page_language(), event.languages) for _key, name in choices.venues),
        tracks=tuple(name.text(page_language(), event.languages) for _key, name in choices.tracks),
    )
