"""What run sheets of each kind of session begin with."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import abort, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events.events.domain import Subject
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.programme.domain.run_sheet import (
    RunSheetRefused,
    Steps,
    template_from_plain,
    template_to_plain,
)
from galerio_events.programme.forms.run_sheet import RunSheetForm
from galerio_events.programme.queries import run_sheet as stored
from galerio_events.programme.queries.bases import states
from galerio_events.programme.services.run_sheet import save_template
from galerio_events.programme.views.run_sheet.blueprint import bp
from galerio_events.programme.views.run_sheet.form_page import Rows, SegmentsPage
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import requires
from galerio_events.web.labels import label


class TemplatePage(SegmentsPage):
    """The form of the template of one kind of session."""

    template = "run_sheet/template.html"
    of_template = True

    def __init__(self, event: Event, kind: SessionKind) -> None:
        self.kind = kind
        super().__init__(event)

    def stored(self) -> Steps:
        return stored.template_of(db.session(), self.event.id, self.kind)

    def rows_of(self, plain: Mapping[str, Any]) -> Steps:
        return template_from_plain(plain) if plain else ()

    def plain_of(self, rows: Rows) -> Mapping[str, Any]:
        return template_to_plain(rows)  # type: ignore[arg-type]

    def entered(self, form: RunSheetForm) -> Mapping[str, Any]:
        return template_to_plain(form.steps())

    def past(self) -> Iterable[Mapping[str, Any]]:
        return states(db.session(), self.event.id, Subject.RUN_SHEET_TEMPLATE, self.kind.value)

    def people(self) -> list[tuple[str, str]]:
        return [(f"{role.value}:", label(role)) for role in RoleKind]

    def save(self, form: RunSheetForm) -> ResponseReturnValue | None:
        try:
            save_template(
                db.session(),
                self.event.id,
                self.kind,
                form.steps(),
                seen=form.seen.data or "",
                by=self.by,
                now=self.now,
            )
        except RunSheetRefused as refusal:
            self.refused(form, refusal)
            return None
        return self.saved(_("The template is saved. Run sheets that are there already stay as they are."))

    def address(self) -> str:
        return url_for("run_sheet.templates", slug=self.event.slug)

    def context(self) -> dict[str, Any]:
        return {"kind": self.kind}


@bp.get("/<language:language>/organise/<slug>/settings/run-sheets")
@requires(Permission.EVENT_EDIT)
def templates(language: str, slug: str) -> ResponseReturnValue:
    """The templates, by kind of session."""
    found = stored.templates_of(db.session(), g.event.id)
    return render_template("run_sheet/templates.html", event=g.event, templates=found)


@requires(Permission.EVENT_EDIT)
def template_again(language: str, slug: str, session_kind: str) -> ResponseReturnValue:
    """The form with what was sent and a fresh token, where the one that was sent is not good any more."""
    return _page(session_kind).again()


@bp.route("/<language:language>/organise/<slug>/settings/run-sheets/<session_kind>", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
@when_expired(template_again)
def template(language: str, slug: str, session_kind: str) -> ResponseReturnValue:
    """The form of one template."""
    return _page(session_kind).asked()


def _page(session_kind: str) -> TemplatePage:
    if session_kind not in list(SessionKind):
        abort(404)
    return TemplatePage(g.event, SessionKind(session_kind))
