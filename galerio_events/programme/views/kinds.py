"""What organisers expect of each kind of session."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events.events.domain import Subject
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.programme.domain.kinds import USUAL_MINUTES, kinds_from_plain, kinds_to_plain
from galerio_events.programme.forms.kinds import KindsForm, kinds_data, kinds_form
from galerio_events.programme.queries.bases import states_of_all
from galerio_events.programme.queries.settings import kind_settings
from galerio_events.programme.services.kinds import KindRefused, save_kinds
from galerio_events.programme.views.settings.sheet import Sheet
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import requires
from galerio_events.web.labels import label

bp = Blueprint("kinds", __name__)


class KindsSheet(Sheet):
    """The form with every kind."""

    template = "settings/kinds.html"

    def form(self, sent: Any, plain: Mapping[str, Any] | None = None) -> KindsForm:
        made = kinds_form({kind: label(kind) for kind in SessionKind})
        kinds = kind_settings(db.session(), self.event.id) if plain is None else kinds_from_plain(plain)
        data = kinds_data(kinds) if sent is None else {}
        form = made(sent, data=data)
        for kind in SessionKind:
            roles: Any = form[f"roles_{kind.value}"]
            roles.choices = [(role.value, label(role)) for role in RoleKind]
        return form

    def plain(self) -> Mapping[str, Any] | None:
        return kinds_to_plain(kind_settings(db.session(), self.event.id))

    def entered(self, form: KindsForm) -> Mapping[str, Any]:
        return kinds_to_plain(form.kinds())

    def past(self) -> Iterable[Mapping[str, Any]]:
        stored = kinds_to_plain(kind_settings(db.session(), self.event.id))
        return states_of_all(db.session(), self.event.id, Subject.KIND, stored)

    def save(self, form: KindsForm) -> ResponseReturnValue | None:
        try:
            save_kinds(db.session(), self.event.id, form.kinds(), seen=form.seen.data or "", by=self.by, now=self.now)
        except KindRefused as refused:
            db.session.rollback()
            form.refuse(refused.kind)
            return None
        return self.saved(_("Saved. It applies to the draft at once."))

    def address(self) -> str:
        return url_for("kinds.page", slug=self.event.slug)

    def context(self) -> dict[str, Any]:
        return {"kinds": list(SessionKind), "usual": USUAL_MINUTES}


@requires(Permission.EVENT_EDIT)
def page_again(language: str, slug: str) -> ResponseReturnValue:
    """The form with what was sent and a fresh token, where the one that was sent is not good any more."""
    return KindsSheet(g.event).again()


@bp.route("/<language:language>/organise/<slug>/settings/kinds", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
@when_expired(page_again)
def page(language: str, slug: str) -> ResponseReturnValue:
    """Which roles sessions of each kind need, and how long a new one is."""
    return KindsSheet(g.event).asked()
