"""The organisers' pages of the archive: what it holds of each session."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import CombinedMultiDict

from galerio_events import clock
from galerio_events.errors import ChangeConflict
from galerio_events.events import queries as events
from galerio_events.events.domain import Subject
from galerio_events.events.domain.pictures import EXTENSION, MOST_BYTES, Picture, PictureProblem, PictureRefused
from galerio_events.events.domain.plain import digest_of
from galerio_events.events.imports.pictures import read_picture
from galerio_events.events.models import Event
from galerio_events.events.services import keep_image
from galerio_events.extensions import db
from galerio_events.learnings import queries, services
from galerio_events.learnings.domain.archive import ArchiveEntry, entry_from_plain, entry_to_plain
from galerio_events.learnings.forms import EntryForm, entry_data, entry_form
from galerio_events.learnings.views.blueprint import archive_bp as bp
from galerio_events.permissions import Permission
from galerio_events.programme import queries as programme
from galerio_events.programme.domain.together import differences, together
from galerio_events.programme.queries.bases import first_of, states
from galerio_events.releases.queries import newest_of
from galerio_events.web.expired import when_expired
from galerio_events.web.filters import LANGUAGE_NAMES
from galerio_events.web.guards import actor, requires


@bp.get("/<language:language>/organise/<slug>/archive")
@requires(Permission.PROGRAMME_READ)
def entries(language: str, slug: str) -> ResponseReturnValue:
    """Every session with what the archive holds of it."""
    published = newest_of(db.session(), g.event.id)
    return render_template(
        "learnings/entries.html",
        event=g.event,
        lines=queries.archive_lines(db.session(), g.event.id),
        public=queries.public_entries(db.session(), g.event.id),
        released={session.key for session in published.running} if published else set(),
        extension=EXTENSION,
    )


@requires(Permission.PROGRAMME_EDIT)
def entry_again(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The form with what was sent and a fresh token, where the one that was sent is not good any more."""
    return _EntryPage(g.event, key).again()


@bp.route("/<language:language>/organise/<slug>/archive/<key>", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
@when_expired(entry_again)
def entry(language: str, slug: str, key: str) -> ResponseReturnValue:
    """What the archive holds of one session: its film, in one language or for all, and a picture."""
    return _EntryPage(g.event, key).asked()


class _EntryPage:
    """One request to the form. A picture that came with a form that comes back is kept for it."""

    keeps = True

    def __init__(self, event: Event, key: str) -> None:
        session = programme.session_by_key(db.session(), event.id, key)
        if session is None or session.removed_at is not None:
            abort(404)
        self.event, self.session = event, session
        self.languages = tuple(event.languages)
        self.now = clock.utc_now()
        self.stored = queries.entry_of(db.session(), session.id)
        self.form_class = entry_form(self.languages, LANGUAGE_NAMES)

    def asked(self) -> ResponseReturnValue:
        """The form, or what a sent one leads to."""
        return self._page(self._form(None), 200) if request.method == "GET" else self._answer()

    def again(self) -> ResponseReturnValue:
        """The form with what was sent; a picture has to be chosen once more, since whoever sent it is not known to have
        meant to."""
        self.keeps = False
        problem = _("This form was open for too long, so nothing is saved yet. It holds what you entered: save again.")
        return self._page(self._form(_sent()), 422, problem=problem)

    def _form(self, sent: Any, entry: ArchiveEntry | None = None) -> EntryForm:
        shown = self.stored if entry is None else entry
        data = {} if sent is not None else entry_data(shown, self.languages)
        form: EntryForm = self.form_class(sent, data=data)
        form.stored = self.stored
        return form

    def _answer(self) -> ResponseReturnValue:
        form = self._form(_sent())
        good, picture = form.validate(), _picture(form)
        if not good or form.picture.errors:
            return self._page(form, 422)
        entry = form.entry()
        if picture is None and (kept := self._kept(form)):
            entry = replace(entry, thumbnail=kept)
        try:
            services.save_entry(
                db.session(), self.event.id, self.session.key, entry, picture=picture,
                seen=form.seen.data or "", by=actor().account_id, now=self.now,
            )  # fmt: skip
        except ChangeConflict:
            db.session.rollback()
            return self._compare(form)
        db.session.commit()
        flash(_("Saved. The archive shows it at once, if the session is released."), "success")
        return redirect(url_for("archive.entries", slug=self.event.slug, _anchor=self.session.key), 303)

    def _compare(self, form: EntryForm) -> ResponseReturnValue:
        """What the reader and somebody else have changed meanwhile; the form holds both, the reader's in a clash."""
        self._keep(form)
        mine = entry_to_plain(replace(form.entry(), thumbnail=self._kept(form) or form.entry().thumbnail))
        self.stored = queries.entry_of(db.session(), self.session.id)
        past = states(db.session(), self.event.id, Subject.ARCHIVE, self.session.key)
        base = first_of(past, digest_of, form.seen.data or "")
        if base is None and form.seen.data == digest_of(entry_to_plain(ArchiveEntry())):
            base = entry_to_plain(ArchiveEntry())
        stored = entry_to_plain(self.stored)
        shown = None if base is None else self._told(base)
        rows = differences(shown, self._told(mine), self._told(stored), shown)
        kept, removes = form.kept_picture.data if self._kept(form) else "", form.remove_picture.data
        form = self._form(None, entry_from_plain(mine if base is None else together(base, mine, stored)))
        form.kept_picture.data, form.remove_picture.data = kept, removes
        form.seen.data = digest_of(stored)
        return self._page(form, 409, comparison=rows)

    def _told(self, plain: Mapping[str, Any]) -> list[tuple[str, str]]:
        names = [(_("Film"), plain["video"] or "")]
        for language in self.languages:
            called = _("Film in %(language)s", language=LANGUAGE_NAMES.get(language, language))
            names.append((called, plain["videos"].get(language, "")))
        return [*names, (_("Picture"), _("yes") if plain["thumbnail"] else _("no"))]

    def _page(self, form: EntryForm, status: int, **more: Any) -> tuple[str, int]:
        if request.method == "GET":
            form.seen.data = digest_of(entry_to_plain(self.stored))
        elif self.keeps:
            self._keep(form)
        digest = self._kept(form)
        image = events.image(db.session(), self.event.id, digest) if digest else None
        kept = None if image is None else f"data:{image.mimetype};base64,{b64encode(image.data).decode()}"
        shown = render_template(
            "learnings/entry.html", event=self.event, session=self.session, form=form, stored=self.stored,
            extension=EXTENSION, kept=kept, keeps=self.keeps, **more,
        )  # fmt: skip
        return shown, status

    def _keep(self, form: EntryForm) -> None:
        """Store the picture that was sent, if one was, and have the form name it."""
        picture = _picture(form)
        if picture is None:
            return
        events.lock(db.session(), self.event.id)
        digest = keep_image(db.session(), self.event.id, picture, now=self.now)
        db.session.commit()
        form.kept_picture.data = _signer().dumps([self.event.id, self.session.key, digest])
        form.leave_out.data = False

    def _kept(self, form: EntryForm) -> str | None:
        """The digest of the picture that the form names, unless it is to be left out; only what was signed for this
        session counts, as long as it is there."""
        if not form.kept_picture.data or form.leave_out.data:
            return None
        try:
            event_id, key, digest = _signer().loads(form.kept_picture.data)
        except BadSignature:
            return None
        if (event_id, key) != (self.event.id, self.session.key):
            return None
        return str(digest) if events.image(db.session(), self.event.id, digest) is not None else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="picture-of-an-archive-form")


def _sent() -> Any:
    return CombinedMultiDict((request.files, request.form))


def _picture(form: EntryForm) -> Picture | None:
    """The picture that was sent, if one was; what is wrong with it is said at its field."""
    given = form.picture.data
    if not given or not getattr(given, "filename", ""):
        return None
    given.stream.seek(0)
    try:
        return read_picture(given.stream.read(MOST_BYTES + 1))
    except PictureRefused as refused:
        form.picture.errors = [_explained(refused.problem)]
        return None


def _explained(problem: PictureProblem) -> str:
    return {
        PictureProblem.TOO_LARGE: _("This file is too large: 5 MB at most."),
        PictureProblem.UNKNOWN_FORMAT: _("This is no PNG, JPEG or WebP picture. Choose another file."),
        PictureProblem.DAMAGED: _("This picture is damaged or incomplete. Choose another file."),
        PictureProblem.TOO_MANY_PIXELS: _("This picture has too many pixels: 25 million at most."),
        PictureProblem.ANIMATED: _("This picture moves. Choose one that stands still."),
    }[problem]
