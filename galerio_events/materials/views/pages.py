"""The materials of one session, for its people and for those who organise its event."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import CombinedMultiDict

from galerio_events import clock
from galerio_events.extensions import db
from galerio_events.materials import queries, services
from galerio_events.materials.domain import (
    MOST_TITLE,
    FileRefused,
    KeptFile,
    MaterialKind,
    MaterialProblem,
    MaterialRefused,
    MaterialValues,
    Publication,
    Reader,
    owners,
)
from galerio_events.materials.forms import THE_SESSION, NewForm, data_of, in_languages
from galerio_events.materials.queries import Held, Owner
from galerio_events.materials.views.blueprint import bp, count_upload, explained, limits, megabytes, wants_json
from galerio_events.materials.views.taking import take, title_of
from galerio_events.permissions import Permission
from galerio_events.text import new_nonce
from galerio_events.translated import Translated
from galerio_events.web.expired import when_expired
from galerio_events.web.filters import LANGUAGE_NAMES, tr_text
from galerio_events.web.guards import actor, requires, signed_in
from galerio_events.web.labels import label
from galerio_events.web.locale import page_language
from galerio_events.web.own import Opened, open_session


@dataclass(frozen=True)
class Place:
    """A session as whoever opened it may see its materials."""

    opened: Opened

    @property
    def reader(self) -> Reader:
        """Who asks."""
        return Reader(self.opened.organiser, self.opened.persons, self.opened.roles)

    @cached_property
    def people(self) -> list[Owner]:
        """Who takes part in the session."""
        return queries.people_of(db.session(), self.opened.session.id)

    @cached_property
    def choices(self) -> list[tuple[str, str]]:
        """Whose materials the reader may add: value and name."""
        named = {one.id: tr_text(one.name) for one in self.people}
        return [
            (THE_SESSION, _("The session as a whole")) if owner is None else (str(owner), named[owner])
            for owner in owners(self.reader, named)
        ]

    @cached_property
    def slot(self) -> Any:
        """When the newest release has the session."""
        return queries.slots_of(db.session(), self.opened.event.id).get(self.opened.session.key)

    @property
    def languages(self) -> tuple[str, ...]:
        """Those of the event."""
        return tuple(self.opened.event.languages)

    @property
    def address(self) -> str:
        """Where its materials are listed."""
        return url_for("materials.own", slug=self.opened.event.slug, key=self.opened.session.key)

    def values(self) -> dict[str, Any]:
        """What every page of a session's materials is made with."""
        most = limits()
        return {
            "event": self.opened.event,
            "session": self.opened.session,
            "organiser": self.opened.organiser,
            "layout": "organise/layout.html" if self.opened.organiser else "run_sheet/own_layout.html",
            "reader": self.reader,
            "slot": self.slot,
            "now": clock.utc_now(),
            "document_mb": megabytes(most.document),
            "picture_mb": megabytes(most.picture),
            "most": max(most.document, most.picture),
        }


def offer(form: Any) -> Any:
    """The form with what can be chosen in it."""
    form.offer({kind: label(kind) for kind in MaterialKind}, {when: label(when) for when in Publication})
    return form


@bp.get("/<language:language>/organise/<slug>/programme/<key>/materials")
@requires(Permission.PROGRAMME_EDIT)
def organise(language: str, slug: str, key: str) -> ResponseReturnValue:
    """To the materials of the session, from where the organisers look for them."""
    return redirect(url_for("materials.own", slug=slug, key=key))


@signed_in
def own_again(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The form with what was sent, but for the file, and a fresh token."""
    place = Place(open_session(slug, key))
    problem = _("This page was open for too long, so nothing was kept. Choose the file again.")
    if wants_json():
        return jsonify({"problem": problem, "reload": True}), 400
    return _page(place, _form(place, request.form), 422, problem=problem)


@bp.route("/<language:language>/desk/<slug>/sessions/<key>/materials", methods=["GET", "POST"])
@signed_in
@when_expired(own_again)
def own(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The materials that the reader may open, and the form that adds one."""
    place = Place(open_session(slug, key))
    if request.method == "GET":
        return _page(place, _form(place, None), 200)
    form = _form(place, CombinedMultiDict([request.files, request.form]))
    if not place.choices:
        abort(404)
    if not form.validate():
        return answer(place, form, "")
    count_upload()
    try:
        file = take(form.file.data)
        material_id = services.add_material(
            db.session(),
            place.opened.event.id,
            place.opened.session.id,
            form.values(_stand_in(place, file)),
            file,
            owner_id=None if form.owner.data == THE_SESSION else int(form.owner.data),
            nonce=(form.nonce.data or new_nonce())[:22],
            most=limits().session,
            by=actor().account_id,
            now=clock.utc_now(),
        )
    except (FileRefused, MaterialRefused) as refused:
        db.session.rollback()
        return answer(place, form, explained(refused.problem), problem=refused.problem)
    db.session.commit()
    flash(_("The file is kept. This is how it stands now."), "success")
    return gone_to(url_for("materials.one", slug=slug, key=key, material_id=material_id))


def answer(place: Place, form: Any, told: str, *, problem: Any = None) -> ResponseReturnValue:
    """The page with what is wrong with what was sent; to the script, that alone."""
    if told:
        field = form.publication if problem is MaterialProblem.NO_CONSENT else form.file
        field.errors = [told]
    if wants_json():
        texts = [
            str(error) if field is form.file else f"{field.label.text}: {error}"
            for field in form
            for error in field.errors
        ]
        return jsonify({"problem": " ".join(texts)}), 422
    return _page(place, form, 422)


def gone_to(address: str) -> ResponseReturnValue:
    """There, after something was written; the script goes there by itself."""
    return (jsonify({"address": address}), 200) if wants_json() else redirect(address, 303)


def _stand_in(place: Place, file: KeptFile) -> Translated:
    language = page_language() if page_language() in place.languages else place.languages[0]
    return Translated({language: title_of(file, MOST_TITLE)})


def _form(place: Place, sent: Any) -> NewForm:
    usual = data_of(MaterialValues(Translated()), place.languages) if sent is None else {}
    form: NewForm = offer(in_languages(NewForm, place.languages, LANGUAGE_NAMES)(sent, data=usual))
    form.owner.choices = list(place.choices)
    if not form.nonce.data:
        form.nonce.data = new_nonce()
    return form


def _page(place: Place, form: NewForm, status: int, *, problem: str = "") -> tuple[str, int]:
    held = queries.of_sessions(db.session(), [place.opened.session.id]).get(place.opened.session.id, [])
    now = clock.utc_now()
    shown = [one for one in held if place.reader.may_read(one.owner_id) or one.is_public(place.slot, now=now)]
    page = render_template(
        "materials/own.html",
        **place.values(),
        materials=shown,
        hidden=len(held) - len(shown),
        without=_without_slides(place, held),
        form=form,
        adds=bool(place.choices),
        problem=problem,
        used=queries.bytes_of(db.session(), place.opened.session.id),
        session_mb=megabytes(limits().session),
    )
    return page, status


def _without_slides(place: Place, held: list[Held]) -> list[Owner]:
    """The reader's own persons that have sent no slides yet."""
    there = {one.owner_id for one in held if one.values.kind is MaterialKind.SLIDES}
    return [one for one in place.people if one.id in place.opened.persons and one.id not in there]
