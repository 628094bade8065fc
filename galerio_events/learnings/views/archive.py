"""The public archive of an event: films, what was learnt, and codes that lead from paper to them.

It holds sessions of the newest release only, and of what was written for them only what organisers have approved.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Response, abort, current_app, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from galerio_events import clock
from galerio_events.events import queries as events
from galerio_events.events.domain.pictures import EXTENSION
from galerio_events.extensions import db
from galerio_events.learnings import exports, queries
from galerio_events.learnings.domain.archive import PublicEntry
from galerio_events.learnings.views.blueprint import archive_bp as bp
from galerio_events.materials import queries as materials
from galerio_events.materials.queries import Held
from galerio_events.permissions import Permission, can
from galerio_events.releases import queries as releases
from galerio_events.releases.domain.document import PublishedProgramme, PublishedSession, PublishedTrack
from galerio_events.releases.queries import Pointer
from galerio_events.web import times
from galerio_events.web.guards import actor, load_event, public
from galerio_events.web.locale import LANGUAGES
from galerio_events.web.published import newest_pointer, respond, without_cookies

_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Kept:
    """A session as the archive shows it. `code` is the picture of a QR code that leads to `target`."""

    session: PublishedSession
    when: str
    track: PublishedTrack | None
    entry: PublicEntry
    materials: tuple[Held, ...]
    film: str | None
    target: str
    code: Markup


@dataclass(frozen=True, slots=True)
class Day:
    """The sessions of a day of the programme."""

    date: date
    heading: str
    kept: tuple[Kept, ...]


class _Reader:
    """Reads what is public besides the release, before the page is built."""

    def __init__(self) -> None:
        self.entries: dict[str, PublicEntry] = {}
        self.materials: dict[str, list[Held]] = {}

    def __call__(self, db_session: Session, pointer: Pointer) -> datetime | None:
        """As many queries for one session as for all; says when the next material becomes public."""
        self.entries = queries.public_entries(db_session, pointer.event_id)
        programme, now, later = releases.programme_of(db_session, pointer), clock.utc_now(), []
        for held in (one for many in materials.of_event(db_session, pointer.event_id).values() for one in many):
            since = held.public_from(materials.slot(programme, held.session_key))
            if since is not None and since <= now:
                self.materials.setdefault(held.session_key, []).append(held)
                self.entries.setdefault(held.session_key, PublicEntry())
            elif since is not None:
                later.append(since)
        return min(later, default=None)


@bp.get("/<language:language>/<slug>/archive")
@public
def page(language: str, slug: str) -> Response:
    """The archive by day, or with `?track=` that of one track; 404 for a track that the event does not have."""
    reader = _Reader()

    def build(programme: PublishedProgramme) -> str:
        wanted = request.args.get("track") or None
        tracks = {track.key: track for track in programme.tracks}
        if wanted is not None and wanted not in tracks:
            abort(404)
        archived = [session for session in programme.running if session.key in reader.entries]
        filled = {session.track for session in archived}
        facts = programme.event.facts.get("archive") or {}
        elsewhere = set(facts.get("videos") or ()) - {
            key for key, entry in reader.entries.items() if entry.archive.film(language)
        }
        return render_template(
            "site/archive.html",
            event=programme.event,
            page="archive",
            days=_days(programme, archived, reader, language=language, track=wanted),
            tracks=[track for track in programme.tracks if track.key in filled],
            wanted=tracks.get(wanted or ""),
            kept={"track": wanted} if wanted else {},
            address=facts.get("url"),
            filmed=[s for s in programme.running if s.key in elsewhere and wanted in {None, s.track}],
            extension=EXTENSION,
        )

    return respond(slug, build, arguments=("track",), read=reader)


@bp.get("/<slug>/archive/<key>.svg")
@public
def code(slug: str, key: str) -> Response:
    """The QR code of a session as a picture for slides and posters, for readers of the language of `?lang=`, by default
    the event's first. 404 for a session that the archive does not hold."""
    if request.args.get("lang", LANGUAGES[0]) not in LANGUAGES:
        abort(404)
    reader = _Reader()

    def build(programme: PublishedProgramme) -> bytes:
        session = programme.session(key)
        if session is None or session.cancelled or key not in reader.entries:
            abort(404)
        spoken = [language for language in programme.event.languages if language in LANGUAGES]
        language = request.args.get("lang") or (spoken or LANGUAGES)[0]
        return exports.qr_svg(target_of(slug, key, reader.entries[key], language))

    named = {"Content-Disposition": f'inline; filename="{slug}-{key}.svg"'}
    return respond(slug, build, mimetype="image/svg+xml", arguments=("lang",), read=reader, headers=named)


@bp.get(f"/<slug>/archive/<digest>.{EXTENSION}")
@public
def thumbnail(slug: str, digest: str) -> AnyResponse:
    """The picture that stands for a session, whose bytes have that SHA-256: for everybody where a session of the newest
    release has it, else for organisers."""
    pointer = newest_pointer(slug)
    event_id = pointer.event_id if pointer else load_event(slug).id
    keys = queries.has_thumbnail(db.session(), event_id, digest)
    if not keys:
        abort(404)
    if pointer is not None:
        programme = releases.programme_of(db.session(), pointer)
        if any(session.key in keys for session in programme.running):
            without_cookies()
            return _picture(event_id, digest, _FOR_EVER)
    if not can(actor(), Permission.PROGRAMME_READ, event_id=event_id):
        abort(404)
    return _picture(event_id, digest, "private, max-age=3600")


def target_of(slug: str, key: str, entry: PublicEntry, language: str) -> str:
    """Where the code of a session leads: to its film, else to where the archive tells of it."""
    film = entry.archive.film(language)
    here = url_for("archive.page", language=language, slug=slug, _anchor=key)
    return film or f"{current_app.config['BASE_URL']}{here}"


def _days(
    programme: PublishedProgramme,
    archived: Sequence[PublishedSession],
    reader: _Reader,
    *,
    language: str,
    track: str | None,
) -> list[Day]:
    event = programme.event
    tracks = {each.key: each for each in programme.tracks}
    grouped: dict[date, list[Kept]] = {}
    for session in archived:
        if track not in {None, session.track}:
            continue
        entry = reader.entries[session.key]
        target = target_of(event.slug, session.key, entry, language)
        day = clock.programme_day(session.starts_at, event.timezone, event.day_starts_at)
        grouped.setdefault(day, []).append(
            Kept(
                session,
                times.when(session.starts_at, session.ends_at, event.timezone, language),
                tracks.get(session.track or ""),
                entry,
                tuple(reader.materials.get(session.key, ())),
                entry.archive.film(language),
                target,
                Markup(exports.qr_svg(target).decode()),  # noqa: S704 made by us of an address
            )
        )
    return [Day(day, times.long_date(day, language), tuple(kept)) for day, kept in sorted(grouped.items())]


def _picture(event_id: int, digest: str, cache_control: str) -> Response:
    found: Any = events.image(db.session(), event_id, digest)
    if found is None or found.mimetype != f"image/{EXTENSION}":
        abort(404)
    answer: Response = current_app.response_class(found.data, mimetype=found.mimetype)
    answer.headers["Cache-Control"] = cache_control
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.set_etag(digest)
    answer.make_conditional(request)
    return answer
