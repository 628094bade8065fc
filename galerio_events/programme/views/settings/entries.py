"""Venues and tracks: lists that organisers order, and a form for each entry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from galerio_events import clock
from galerio_events.errors import NotFound
from galerio_events.events import queries as events
from galerio_events.events import services as event_services
from galerio_events.events.domain import VenueKind, is_key, keys
from galerio_events.events.domain.colours import PALETTE, colour_of, contrast_of, nearest_visible
from galerio_events.events.domain.plain import settings_from_plain, settings_to_plain
from galerio_events.events.domain.settings import (
    RESERVED_KEYS,
    SettingProblem,
    SettingsRefused,
    TrackSettings,
    VenueSettings,
)
from galerio_events.events.models import Event
from galerio_events.events.services import TRACKS, VENUES, Sort
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme.forms.settings import TrackForm, VenueForm, entry_data, named_form
from galerio_events.programme.queries.bases import states
from galerio_events.programme.queries.settings import use_counts, uses
from galerio_events.programme.services.edition import InUse, remove_place
from galerio_events.programme.views.settings.blueprint import bp
from galerio_events.programme.views.settings.sheet import Sheet
from galerio_events.web.expired import back_to, when_expired
from galerio_events.web.filters import LANGUAGE_NAMES, tr_text
from galerio_events.web.guards import actor, requires
from galerio_events.web.labels import label


@dataclass(frozen=True, slots=True)
class Swatch:
    """A colour with the figures of its contrasts."""

    colour: str

    @property
    def contrast(self) -> Any:
        return contrast_of(self.colour)


class EntrySheet(Sheet):
    """The form of one venue or track; without a key, of a new one."""

    sort: Sort
    settings: type[VenueSettings] | type[TrackSettings]
    word: str
    listing: str

    def __init__(self, event: Event, key: str | None) -> None:
        super().__init__(event)
        self.key = key
        self.rows = self.sort.rows(db.session(), event.id)
        if key is not None and self.row is None:
            raise NotFound(key)

    @property
    def row(self) -> Any:
        """The one that the form is about; None for a new one."""
        return next((row for row in self.rows if row.key == self.key), None)

    def stored(self) -> Any:
        """What is settled for it; None for a new one."""
        return None if self.row is None else self.sort.values(self.row)

    def plain(self) -> Mapping[str, Any] | None:
        stored = self.stored()
        return None if stored is None else settings_to_plain(stored)

    def entered(self, form: Any) -> Mapping[str, Any]:
        return settings_to_plain(form.values(self.stored()))

    def past(self) -> Iterable[Mapping[str, Any]]:
        found = states(db.session(), self.event.id, self.sort.subject, self.key)
        return ({name: value for name, value in plain.items() if name != "position"} for plain in found)

    def shown(self, plain: Mapping[str, Any] | None) -> Any:
        """These settings, or what is settled."""
        return self.stored() if plain is None else settings_from_plain(self.settings, plain)

    def seen(self) -> str:
        return event_services.keys_digest([row.key for row in self.rows]) if self.key is None else super().seen()

    def save(self, form: Any) -> ResponseReturnValue | None:
        values = form.values(self.stored())
        common: dict[str, Any] = {"seen": form.seen.data or "", "by": self.by, "now": self.now}
        if self.key is None:
            self.key = event_services.add_entry(
                db.session(), self.event.id, self.sort, form.key.data or self._key(values.name), values, **common
            )
        else:
            event_services.save_entry(db.session(), self.event.id, self.sort, self.key, values, **common)
        return self.saved(_("Saved in the draft. The public sees it after the next release."))

    def address(self) -> str:
        return url_for(self.listing, slug=self.event.slug, _anchor=self.key)

    def context(self) -> dict[str, Any]:
        return {"row": self.row}

    def _key(self, name: Any) -> str:
        taken = {row.key for row in self.rows} | RESERVED_KEYS
        return keys.suggested_key(name, self.word, lambda key: key not in taken)


class VenueSheet(EntrySheet):
    """The form of a venue."""

    template = "settings/venue.html"
    sort = VENUES
    settings = VenueSettings
    word = "venue"
    listing = "settings.venues"

    def form(self, sent: Any, plain: Mapping[str, Any] | None = None) -> VenueForm:
        stored = self.shown(plain)
        data = {"kind": VenueKind.ONSITE.value} if stored is None else entry_data(stored)
        form: VenueForm = named_form(VenueForm, self.languages, LANGUAGE_NAMES)(sent, data=data if sent is None else {})
        form.kind.choices = [(kind.value, label(kind)) for kind in VenueKind]
        if stored is not None:
            del form.key
        return form


class TrackSheet(EntrySheet):
    """The form of a track. A button of its palette puts a colour into the form and saves nothing."""

    template = "settings/track.html"
    sort = TRACKS
    settings = TrackSettings
    word = "track"
    listing = "settings.tracks"

    def form(self, sent: Any, plain: Mapping[str, Any] | None = None) -> TrackForm:
        stored = self.shown(plain)
        data = {"colour": self._unused()} if stored is None else entry_data(stored)
        form: TrackForm = named_form(TrackForm, self.languages, LANGUAGE_NAMES)(sent, data=data if sent is None else {})
        if stored is not None:
            del form.key
        return form

    def answer(self) -> ResponseReturnValue:
        chosen = colour_of(request.form.get("do", "").removeprefix("colour-"))
        if chosen is None:
            return super().answer()
        form = self.form(request.form)
        form.colour.data = chosen
        return self.page(form, 200)

    def page(self, form: Any, status: int, **more: Any) -> tuple[str, int]:
        colour = colour_of(form.colour.data or "")
        return super().page(
            form,
            status,
            swatch=None if colour is None else Swatch(colour),
            nearest=None if colour is None or contrast_of(colour).enough else Swatch(nearest_visible(colour)),
            palette=[Swatch(each) for each in PALETTE],
            **more,
        )

    def explain(self, form: Any, refused: SettingsRefused) -> None:
        super().explain(form, refused)
        colour = colour_of(form.colour.data or "")
        if SettingProblem.COLOUR_UNSEEN in refused.problems and colour is not None:
            contrast = contrast_of(colour)
            form.colour.errors = [
                _(
                    "A mark of this colour cannot be seen well enough: its contrast is %(light).2f on light pages and "
                    "%(dark).2f on dark ones, and each has to be at least 3.",
                    light=contrast.on_light,
                    dark=contrast.on_dark,
                )
            ]

    def _unused(self) -> str:
        used = {row.colour for row in self.rows}
        return next((colour for colour in PALETTE if colour not in used), PALETTE[0])


@bp.get("/<language:language>/organise/<slug>/settings/venues")
@requires(Permission.EVENT_EDIT)
def venues(language: str, slug: str) -> ResponseReturnValue:
    """The venues in their order, each with how many sessions are in it."""
    return _listing("settings/venues.html", VENUES)


@bp.get("/<language:language>/organise/<slug>/settings/tracks")
@requires(Permission.EVENT_EDIT)
def tracks(language: str, slug: str) -> ResponseReturnValue:
    """The tracks in their order, each with how many sessions belong to it."""
    return _listing("settings/tracks.html", TRACKS)


@requires(Permission.EVENT_EDIT)
def venue_again(language: str, slug: str, key: str | None = None) -> ResponseReturnValue:
    """The form with what was sent and a fresh token, where the one that was sent is not good any more."""
    return VenueSheet(g.event, key).again()


@requires(Permission.EVENT_EDIT)
def track_again(language: str, slug: str, key: str | None = None) -> ResponseReturnValue:
    """The form with what was sent and a fresh token, where the one that was sent is not good any more."""
    return TrackSheet(g.event, key).again()


@bp.route("/<language:language>/organise/<slug>/settings/venues/new", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
@when_expired(venue_again)
def new_venue(language: str, slug: str) -> ResponseReturnValue:
    """The form for a new venue."""
    return VenueSheet(g.event, None).asked()


@bp.route("/<language:language>/organise/<slug>/settings/tracks/new", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
@when_expired(track_again)
def new_track(language: str, slug: str) -> ResponseReturnValue:
    """The form for a new track."""
    return TrackSheet(g.event, None).asked()


@bp.route("/<language:language>/organise/<slug>/settings/venues/<key>", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
@when_expired(venue_again)
def venue(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The form for one venue."""
    return VenueSheet(g.event, key).asked()


@bp.route("/<language:language>/organise/<slug>/settings/tracks/<key>", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
@when_expired(track_again)
def track(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The form for one track."""
    return TrackSheet(g.event, key).asked()


@requires(Permission.EVENT_EDIT)
def venues_again(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The list, where a button's token is not good any more."""
    return back_to("settings.venues")


@requires(Permission.EVENT_EDIT)
def tracks_again(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The list, where a button's token is not good any more."""
    return back_to("settings.tracks")


@bp.post("/<language:language>/organise/<slug>/settings/venues/<key>/order")
@requires(Permission.EVENT_EDIT)
@when_expired(venues_again)
def order_venue(language: str, slug: str, key: str) -> ResponseReturnValue:
    """One place up or down."""
    return _order(VENUES, key, "settings.venues")


@bp.post("/<language:language>/organise/<slug>/settings/tracks/<key>/order")
@requires(Permission.EVENT_EDIT)
@when_expired(tracks_again)
def order_track(language: str, slug: str, key: str) -> ResponseReturnValue:
    """One place up or down."""
    return _order(TRACKS, key, "settings.tracks")


@bp.route("/<language:language>/organise/<slug>/settings/venues/<key>/remove", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
@when_expired(venues_again)
def remove_venue(language: str, slug: str, key: str) -> ResponseReturnValue:
    """Says which sessions are in the venue, moves them to another one, and deletes it."""
    return _remove(VenueSheet, key)


@bp.route("/<language:language>/organise/<slug>/settings/tracks/<key>/remove", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
@when_expired(tracks_again)
def remove_track(language: str, slug: str, key: str) -> ResponseReturnValue:
    """Says which sessions belong to the track, gives them another one, and deletes it."""
    return _remove(TrackSheet, key)


def _listing(template: str, sort: Sort) -> str:
    rows = sort.rows(db.session(), g.event.id)
    counts = use_counts(db.session(), g.event.id, sort.model)
    return render_template(template, event=g.event, rows=rows, counts=counts)


def _order(sort: Sort, key: str, listing: str) -> ResponseReturnValue:
    step = {"up": -1, "down": 1}.get(request.form.get("do", ""), 0)
    try:
        event_services.move_entry(db.session(), g.event.id, sort, key, step, by=actor().account_id, now=clock.utc_now())
    except NotFound:
        return _gone(sort, key, listing)
    db.session.commit()
    return redirect(url_for(listing, slug=g.event.slug, _anchor=key))


def _gone(sort: Sort, key: str, listing: str) -> ResponseReturnValue:
    """To the list, where the entry was deleted by somebody else or in another tab. Raises `NotFound` where there never
    was one of that key."""
    db.session.rollback()
    if not events.was_removed(db.session(), g.event.id, sort.subject, key):
        raise NotFound(key)
    flash(_("It is deleted already."), "warning")
    return redirect(url_for(listing, slug=g.event.slug))


def _remove(kind: type[EntrySheet], key: str) -> ResponseReturnValue:
    event: Event = g.event
    try:
        sheet = kind(event, key)
    except NotFound:
        return _gone(kind.sort, key, kind.listing)
    if request.method == "GET":
        return _remove_page(sheet, 200)
    instead = request.form.get("instead", "")
    try:
        moved = remove_place(
            db.session(),
            event.id,
            sheet.sort,
            key,
            instead=instead or None,
            expected=frozenset(filter(is_key, request.form.getlist("session"))),
            by=sheet.by,
            now=sheet.now,
        )
    except NotFound:
        return _gone(sheet.sort, key, sheet.listing)
    except InUse:
        db.session.rollback()
        return _remove_page(sheet, 409, _("There are more sessions now than this page showed. Please look again."))
    except SettingsRefused:
        db.session.rollback()
        return _remove_page(sheet, 422, _("Choose one from the list."))
    db.session.commit()
    text = _("Deleted from the draft. The public sees it until the next release.")
    if moved:
        text += " " + ngettext("%(num)d session was changed.", "%(num)d sessions were changed.", moved)
    flash(text, "success")
    return redirect(url_for(sheet.listing, slug=event.slug))


def _remove_page(sheet: EntrySheet, status: int, problem: str = "") -> tuple[str, int]:
    found = uses(db.session(), sheet.event.id, sheet.sort.model, str(sheet.key))
    page = render_template(
        "settings/entry_remove.html",
        event=sheet.event,
        row=sheet.row,
        word=sheet.word,
        listing=sheet.listing,
        uses=[use for use in found if not use.removed],
        choices=[(row.key, tr_text(row.name)) for row in sheet.rows if row.key != sheet.key],
        problem=problem,
    )
    return page, status
