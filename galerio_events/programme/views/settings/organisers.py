"""Who stands behind the event, with their logos."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer

from galerio_events import clock
from galerio_events.errors import NotFound
from galerio_events.events import queries as events
from galerio_events.events import services
from galerio_events.events.domain import OrganiserRole, Subject
from galerio_events.events.domain.pictures import EXTENSION, MOST_BYTES, Picture, PictureProblem, PictureRefused
from galerio_events.events.domain.plain import settings_from_plain, settings_to_plain
from galerio_events.events.domain.settings import OrganiserSettings
from galerio_events.events.imports.pictures import read_picture
from galerio_events.events.models import Event, EventOrganiser
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme.forms.settings import OrganiserForm, entry_data, named_form
from galerio_events.programme.queries.bases import states
from galerio_events.programme.views.settings.blueprint import bp
from galerio_events.programme.views.settings.sheet import Sheet
from galerio_events.web.expired import back_to, when_expired
from galerio_events.web.filters import LANGUAGE_NAMES
from galerio_events.web.guards import actor, requires
from galerio_events.web.labels import label


class OrganiserSheet(Sheet):
    """The form of one of them; without one, of a new one.

    No browser sends a picture twice, so that of a form that comes back is stored already, and the form names it.
    """

    template = "settings/organiser.html"
    keeps = True

    def __init__(self, event: Event, organiser_id: int | None) -> None:
        super().__init__(event)
        self.organiser_id = organiser_id
        self.form_class = named_form(OrganiserForm, self.languages, LANGUAGE_NAMES)
        self.rows = events.organisers_of(db.session(), event.id)
        if organiser_id is not None and self.organiser is None:
            raise NotFound(str(organiser_id))

    @property
    def organiser(self) -> EventOrganiser | None:
        """The one that the form is about."""
        return next((row for row in self.rows if row.id == self.organiser_id), None)

    def form(self, sent: Any, plain: Mapping[str, Any] | None = None) -> OrganiserForm:
        stored = None if self.organiser is None else events.organiser_settings(self.organiser)
        shown = stored if plain is None else settings_from_plain(OrganiserSettings, plain)
        data = {"role": OrganiserRole.HOST.value} if shown is None else entry_data(shown)
        form: OrganiserForm = self.form_class(sent, data=data if sent is None else {})
        form.role.choices = [(role.value, label(role)) for role in OrganiserRole]
        return form

    def plain(self) -> Mapping[str, Any] | None:
        stored = self.organiser
        return None if stored is None else settings_to_plain(events.organiser_settings(stored))

    def entered(self, form: OrganiserForm) -> Mapping[str, Any]:
        stored = self.organiser
        return settings_to_plain(form.values(None if stored is None else events.organiser_settings(stored)))

    def past(self) -> Iterable[Mapping[str, Any]]:
        found = states(db.session(), self.event.id, Subject.EVENT)
        return (each for plain in found for each in plain.get("organisers", ()))

    def merged(self, form: OrganiserForm, values: Mapping[str, Any]) -> OrganiserForm:
        made = self.form(None, values)
        made.remove_logo.data = form.remove_logo.data
        self._keep(form)
        made.kept_logo.data = form.kept_logo.data if self._kept(form) else ""
        return made

    def seen(self) -> str:
        return services.organisers_digest(self.rows) if self.organiser_id is None else super().seen()

    def save(self, form: OrganiserForm) -> ResponseReturnValue | None:
        picture = self._picture(form)
        if form.logo.errors:
            return None
        stored = self.organiser
        values = form.values(None if stored is None else events.organiser_settings(stored))
        if picture is None and (kept := self._kept(form)):
            values = replace(values, logo=kept)
        common: dict[str, Any] = {"picture": picture, "seen": form.seen.data or "", "by": self.by, "now": self.now}
        if self.organiser_id is None:
            services.add_organiser(db.session(), self.event.id, values, **common)
        else:
            services.save_organiser(db.session(), self.event.id, self.organiser_id, values, **common)
        return self.saved(_("Saved in the draft. The public sees it after the next release."))

    def address(self) -> str:
        return url_for("settings.organisers", slug=self.event.slug)

    def again(self) -> ResponseReturnValue:
        self.keeps = False
        return super().again()

    def page(self, form: OrganiserForm, status: int, **more: Any) -> tuple[str, int]:
        if self.keeps and request.method == "POST":
            self._keep(form)
        digest = self._kept(form)
        image = events.image(db.session(), self.event.id, digest) if digest else None
        kept = None if image is None else f"data:{image.mimetype};base64,{b64encode(image.data).decode()}"
        return super().page(form, status, kept=kept, keeps=self.keeps, **more)

    def _picture(self, form: OrganiserForm) -> Picture | None:
        """The picture that was sent, if one was; what is wrong with it is said at its field."""
        given = form.logo.data
        if not given or not getattr(given, "filename", ""):
            return None
        given.stream.seek(0)
        try:
            return read_picture(given.stream.read(MOST_BYTES + 1))
        except PictureRefused as refused:
            form.logo.errors = [_explained(refused.problem)]
            return None

    def _keep(self, form: OrganiserForm) -> None:
        """Store the picture that was sent, if one was, and have the form name it."""
        picture = self._picture(form)
        if picture is None:
            return
        events.lock(db.session(), self.event.id)
        digest = services.keep_image(db.session(), self.event.id, picture, now=self.now)
        db.session.commit()
        form.kept_logo.data = _signer().dumps([self.event.id, digest])
        form.leave_out.data = False

    def _kept(self, form: OrganiserForm) -> str | None:
        """The digest of the picture that the form names, unless it is to be left out; only what we have signed for this
        event counts, so that what was taken away long ago is not shown to whoever knows its name."""
        if not form.kept_logo.data or form.leave_out.data:
            return None
        try:
            event_id, digest = _signer().loads(form.kept_logo.data)
        except BadSignature:
            return None
        return digest if event_id == self.event.id else None

    def context(self) -> dict[str, Any]:
        return {"organiser": self.organiser, "extension": EXTENSION}


@bp.get("/<language:language>/organise/<slug>/settings/organisers")
@requires(Permission.EVENT_EDIT)
def organisers(language: str, slug: str) -> ResponseReturnValue:
    """Who stands behind the event, in the order in which the public sees them."""
    rows = events.organisers_of(db.session(), g.event.id)
    return render_template("settings/organisers.html", event=g.event, organisers=rows, extension=EXTENSION)


@requires(Permission.EVENT_EDIT)
def organiser_again(language: str, slug: str, organiser_id: int | None = None) -> ResponseReturnValue:
    """The form with what was sent and a fresh token, where the one that was sent is not good any more."""
    return OrganiserSheet(g.event, organiser_id).again()


@bp.route("/<language:language>/organise/<slug>/settings/organisers/new", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
@when_expired(organiser_again)
def new_organiser(language: str, slug: str) -> ResponseReturnValue:
    """The form for one more."""
    return OrganiserSheet(g.event, None).asked()


@bp.route("/<language:language>/organise/<slug>/settings/organisers/<int:organiser_id>", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
@when_expired(organiser_again)
def organiser(language: str, slug: str, organiser_id: int) -> ResponseReturnValue:
    """The form for one of them."""
    return OrganiserSheet(g.event, organiser_id).asked()


@requires(Permission.EVENT_EDIT)
def organisers_again(language: str, slug: str, organiser_id: int) -> ResponseReturnValue:
    """The list, where a button's token is not good any more."""
    return back_to("settings.organisers")


@bp.post("/<language:language>/organise/<slug>/settings/organisers/<int:organiser_id>/order")
@requires(Permission.EVENT_EDIT)
@when_expired(organisers_again)
def order_organiser(language: str, slug: str, organiser_id: int) -> ResponseReturnValue:
    """One place up or down."""
    step = {"up": -1, "down": 1}.get(request.form.get("do", ""), 0)
    services.move_organiser(db.session(), g.event.id, organiser_id, step, by=actor().account_id, now=clock.utc_now())
    db.session.commit()
    return redirect(url_for("settings.organisers", slug=slug, _anchor=f"organiser-{organiser_id}"))


@bp.route("/<language:language>/organise/<slug>/settings/organisers/<int:organiser_id>/remove", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
@when_expired(organisers_again)
def remove_organiser(language: str, slug: str, organiser_id: int) -> ResponseReturnValue:
    """Says what deleting does, and does it."""
    sheet = OrganiserSheet(g.event, organiser_id)
    if request.method == "GET":
        return render_template("settings/organiser_remove.html", event=g.event, organiser=sheet.organiser)
    services.remove_organiser(db.session(), g.event.id, organiser_id, by=sheet.by, now=sheet.now)
    db.session.commit()
    flash(_("Deleted from the draft. The public sees it until the next release."), "success")
    return redirect(sheet.address())


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="logo-of-a-form")


def _explained(problem: PictureProblem) -> str:
    return {
        PictureProblem.TOO_LARGE: _("This file is too large: 5 MB at most."),
        PictureProblem.UNKNOWN_FORMAT: _("This is no PNG, JPEG or WebP picture. Choose another file."),
        PictureProblem.DAMAGED: _("This picture is damaged or incomplete. Choose another file."),
        PictureProblem.TOO_MANY_PIXELS: _("This picture has too many pixels: 25 million at most."),
        PictureProblem.ANIMATED: _("This picture moves. Choose one that stands still."),
        PictureProblem.TOO_SMALL: _("This picture is too small. Choose a larger one."),
    }[problem]
