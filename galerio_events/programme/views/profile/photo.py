"""The photo in somebody's own profile: sending one, choosing what of it is kept, taking it away, and looking at it."""

from dataclasses import replace
from typing import Any

from flask import Response, abort, current_app, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from galerio_events import clock
from galerio_events.errors import ChangeConflict
from galerio_events.events import queries as events
from galerio_events.events.domain.pictures import MOST_BYTES, Cut, Picture, PictureRefused
from galerio_events.events.imports.pictures import read_portrait
from galerio_events.events.services import keep_image
from galerio_events.extensions import db, limiter
from galerio_events.people.queries import profiles
from galerio_events.permissions import Permission, can
from galerio_events.programme.forms.profile import PhotoForm
from galerio_events.programme.queries.profiles import sees_photo
from galerio_events.programme.views.profile.common import Own, bp, open_own, render, save, saved
from galerio_events.programme.views.profile.words import picture_problem
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import actor, load_event, signed_in

# A form without types; sent values come to it by themselves.
_FORM: Any = PhotoForm


@signed_in
def photo_again(language: str, slug: str) -> ResponseReturnValue:
    """The form, where its token is not good any more; no browser sends a picture twice."""
    flash(_("This page was open for too long, so nothing has changed yet. Please try again."), "warning")
    return redirect(open_own(slug).address("profile.photo"))


@bp.route("/<language:language>/desk/<slug>/profile/photo", methods=["GET", "POST"])
@signed_in
@when_expired(photo_again)
def photo(language: str, slug: str) -> ResponseReturnValue:
    """The form for the reader's photo."""
    own = open_own(slug)
    form = _FORM()
    if request.method == "GET":
        form.seen.data = own.seen()
        return _page(own, form, 200)
    values = own.wanted
    if request.form.get("do") == "remove":
        values = replace(values, photo=None)
    else:
        picture = _picture(form) if form.validate() else None
        if picture is None:
            return _page(own, form, 422)
        events.lock(db.session(), own.event.id)
        values = replace(values, photo=keep_image(db.session(), own.event.id, picture, now=clock.utc_now()))
    try:
        done = save(own, values, form.seen.data or "")
    except ChangeConflict:
        db.session.rollback()
        flash(_("Your profile has changed meanwhile, so nothing is saved yet. Look at it and send the photo again."),
              "warning")  # fmt: skip
        return redirect(own.address("profile.photo"))
    db.session.commit()
    return saved(own, done, "profile.photo")


@bp.get("/desk/<slug>/photos/<digest>.webp")
@signed_in
def picture(slug: str, digest: str) -> ResponseReturnValue:
    """A photo, published or not: for whoever it shows, those who have a part in a session with them, and organisers."""
    event, account = load_event(slug), _account()
    organiser = can(actor(), Permission.EVENT_READ, event_id=event.id)
    if not (organiser and profiles.has_photo(db.session(), event.id, digest)) and not sees_photo(
        db.session(), event.id, account.email, digest
    ):
        abort(404)
    found = events.image(db.session(), event.id, digest)
    if found is None:
        abort(404)
    answer: Response = current_app.response_class(found.data, mimetype=found.mimetype)
    answer.headers["Cache-Control"] = "private, max-age=3600"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.set_etag(digest)
    answer.make_conditional(request)
    return answer


def _account() -> Any:
    return current_user


def _page(own: Own, form: PhotoForm, status: int) -> tuple[str, int]:
    return render(own, "profile/photo.html", status, form=form, agreed=own.agrees_to_photo, photo=own.wanted.photo)


def _picture(form: PhotoForm) -> Picture | None:
    """The photo as it is kept; None where something is wrong with it, which is said at its field."""
    given = form.photo.data
    if not isinstance(given, FileStorage) or not given.filename:
        form.photo.errors = [_("Choose a picture file.")]
        return None
    try:
        return _read(given, form.cut())
    except PictureRefused as refused:
        form.photo.errors = [picture_problem(refused.problem)]
    except RateLimitExceeded:
        form.photo.errors = [_("You have sent many pictures. Please wait some minutes before you send another one.")]
    return None


@limiter.limit("20 per 10 minutes; 100 per day", key_func=lambda: f"photo:{actor().account_id}")
def _read(given: FileStorage, cut: Cut) -> Picture:
    """Reading a picture takes a while, so that nobody may have us do it all day."""
    return read_portrait(given.stream.read(MOST_BYTES + 1), cut)
