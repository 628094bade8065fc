"""One material: what is said of it, and its versions."""

from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events import clock
from galerio_events.accounts import queries as accounts
from galerio_events.errors import ChangeConflict
from galerio_events.extensions import db
from galerio_events.materials import queries, services
from galerio_events.materials.domain import FileRefused, MaterialProblem, MaterialRefused
from galerio_events.materials.forms import SheetForm, VersionForm, data_of, in_languages
from galerio_events.materials.queries import Held
from galerio_events.materials.views.blueprint import bp, count_upload, explained, limits, wants_json
from galerio_events.materials.views.pages import Place, gone_to, offer
from galerio_events.materials.views.taking import take
from galerio_events.web.expired import when_expired
from galerio_events.web.filters import LANGUAGE_NAMES
from galerio_events.web.guards import actor, signed_in
from galerio_events.web.own import open_session

_ADDRESS = "/<language:language>/desk/<slug>/sessions/<key>/materials/<int:material_id>"
# The largest id that a PostgreSQL integer holds.
_MOST = 2**31 - 1


def _load(slug: str, key: str, material_id: int, *, to_change: bool = False) -> tuple[Place, Held]:
    """The material for a reader who may open it, or change it; everybody else gets the same 404."""
    place = Place(open_session(slug, key))
    held = queries.material(db.session(), place.opened.event.id, material_id) if material_id <= _MOST else None
    if held is None or held.session_id != place.opened.session.id:
        abort(404)
    reader = place.reader
    if not (reader.may_edit(held.owner_id) if to_change else reader.may_read(held.owner_id)):
        abort(404)
    return place, held


@signed_in
def one_again(language: str, slug: str, key: str, material_id: int) -> ResponseReturnValue:
    """The form with what was sent and a fresh token, where the one that was sent is not good any more."""
    place, held = _load(slug, key, material_id, to_change=True)
    problem = _("This form was open for too long, so nothing is saved yet. It holds what you entered: save again.")
    return _page(place, held, 422, form=_sheet(place, held, request.form), problem=problem)


@bp.route(_ADDRESS, methods=["GET", "POST"])
@signed_in
@when_expired(one_again)
def one(language: str, slug: str, key: str, material_id: int) -> ResponseReturnValue:
    """What the material is, and the form that changes what is said of it."""
    place, held = _load(slug, key, material_id, to_change=request.method == "POST")
    if request.method == "GET":
        return _page(place, held, 200)
    form = _sheet(place, held, request.form)
    if not form.validate():
        return _page(place, held, 422, form=form)
    try:
        services.save_material(
            db.session(), held.event_id, held.id, form.values(), seen=form.seen.data or "",
            by=actor().account_id, now=clock.utc_now(),
        )  # fmt: skip
    except MaterialRefused as refused:
        db.session.rollback()
        field = form.publication if refused.problem is MaterialProblem.NO_CONSENT else form.titles[0]
        field.errors = [explained(refused.problem)]
        return _page(place, held, 422, form=form)
    except ChangeConflict:
        db.session.rollback()
        held = queries.material(db.session(), held.event_id, held.id) or abort(404)
        form.seen.data = services.seen_digest(held.values)
        return _page(place, held, 409, form=form, stored=held.values)
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("materials.one", slug=slug, key=key, material_id=material_id), 303)


@signed_in
def add_again(language: str, slug: str, key: str, material_id: int) -> ResponseReturnValue:
    """The page as it stands; a file cannot be kept for whoever sends it without a good token."""
    place, held = _load(slug, key, material_id, to_change=True)
    problem = _("This page was open for too long, so nothing was kept. Choose the file again.")
    if wants_json():
        return jsonify({"problem": problem, "reload": True}), 400
    return _page(place, held, 422, problem=problem)


@bp.post(f"{_ADDRESS}/versions")
@signed_in
@when_expired(add_again)
def add_version(language: str, slug: str, key: str, material_id: int) -> ResponseReturnValue:
    """Another file for the material: its newest version from now on."""
    place, held = _load(slug, key, material_id, to_change=True)
    form = new_version(request.files)
    if form.validate():
        count_upload()
        try:
            services.add_version(
                db.session(), held.event_id, held.id, take(form.file.data), most=limits().session,
                by=actor().account_id, now=clock.utc_now(),
            )  # fmt: skip
        except (FileRefused, MaterialRefused) as refused:
            db.session.rollback()
            form.file.errors = [explained(refused.problem)]
        else:
            db.session.commit()
            flash(_("The new version is kept; the ones before it are still there."), "success")
            return gone_to(url_for("materials.one", slug=slug, key=key, material_id=material_id))
    if wants_json():
        return jsonify({"problem": " ".join(map(str, form.file.errors))}), 422
    return _page(place, held, 422, version_form=form)


@bp.post(f"{_ADDRESS}/versions/<int:number>/bring-back")
@signed_in
def bring_back(language: str, slug: str, key: str, material_id: int, number: int) -> ResponseReturnValue:
    """Let an old version be the newest one again."""
    _place, held = _load(slug, key, material_id, to_change=True)
    try:
        services.bring_back(
            db.session(), held.event_id, held.id, min(number, _MOST), by=actor().account_id, now=clock.utc_now()
        )
    except MaterialRefused as refused:
        db.session.rollback()
        flash(explained(refused.problem), "warning")
    else:
        db.session.commit()
        flash(_("Version %(number)d is the newest again, under a new number.", number=number), "success")
    return redirect(url_for("materials.one", slug=slug, key=key, material_id=material_id), 303)


@bp.route(f"{_ADDRESS}/versions/<int:number>/remove", methods=["GET", "POST"])
@signed_in
def remove_version(language: str, slug: str, key: str, material_id: int, number: int) -> ResponseReturnValue:
    """Asks whether a version is to be deleted, and deletes it."""
    place, held = _load(slug, key, material_id, to_change=True)
    version = held.version(number) or abort(404)
    if request.method == "GET":
        return render_template("materials/remove.html", **place.values(), material=held, version=version)
    try:
        services.remove_version(
            db.session(), held.event_id, held.id, number, by=actor().account_id, now=clock.utc_now()
        )
    except MaterialRefused as refused:
        db.session.rollback()
        flash(explained(refused.problem), "warning")
    else:
        db.session.commit()
        flash(_("Version %(number)d is deleted.", number=number), "success")
    return redirect(url_for("materials.one", slug=slug, key=key, material_id=material_id), 303)


@bp.route(f"{_ADDRESS}/remove", methods=["GET", "POST"])
@signed_in
def remove(language: str, slug: str, key: str, material_id: int) -> ResponseReturnValue:
    """Asks whether the material is to be deleted with all versions, and deletes it."""
    place, held = _load(slug, key, material_id, to_change=True)
    if request.method == "GET":
        return render_template("materials/remove.html", **place.values(), material=held, version=None)
    services.remove_material(db.session(), held.event_id, held.id, by=actor().account_id, now=clock.utc_now())
    db.session.commit()
    flash(_("“%(name)s” is deleted.", name=held.current.name), "success")
    return redirect(place.address, 303)


@bp.post(f"{_ADDRESS}/give-to-session")
@signed_in
def give_to_session(language: str, slug: str, key: str, material_id: int) -> ResponseReturnValue:
    """Let what somebody has sent who is not there any more be the session's; only organisers may."""
    place, held = _load(slug, key, material_id, to_change=True)
    if not place.opened.organiser:
        abort(404)
    services.give_to_session(db.session(), held.event_id, held.id, by=actor().account_id, now=clock.utc_now())
    db.session.commit()
    flash(_("This is the session’s now, and public only when you say so."), "success")
    return redirect(url_for("materials.one", slug=slug, key=key, material_id=material_id), 303)


def new_version(sent: Any) -> VersionForm:
    """The form with the file that was sent, or without one."""
    return VersionForm(sent)  # type: ignore[no-untyped-call]


def _sheet(place: Place, held: Held, sent: Any) -> SheetForm:
    data = data_of(held.values, place.languages) if sent is None else {}
    form: SheetForm = offer(in_languages(SheetForm, place.languages, LANGUAGE_NAMES)(sent, data=data))
    if sent is None:
        form.seen.data = services.seen_digest(held.values)
    return form


def _page(
    place: Place,
    held: Held,
    status: int,
    *,
    form: SheetForm | None = None,
    version_form: VersionForm | None = None,
    **more: Any,
) -> tuple[str, int]:
    who = {version.by for version in held.versions if version.by is not None}
    page = render_template(
        "materials/one.html",
        **place.values(),
        material=held,
        may_edit=place.reader.may_edit(held.owner_id),
        form=form or _sheet(place, held, None),
        version_form=version_form or new_version(None),
        emails=accounts.emails_of(db.session(), sorted(who)) if place.reader.conducts else {},
        **({"problem": "", "stored": None} | more),
    )
    return page, status
