"""What has changed from release to release, as pages and as a feed (RFC 4287) for everybody."""

from flask import Response, abort, current_app, g, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from galerio_events.releases import queries
from galerio_events.releases.domain.document import PublishedProgramme
from galerio_events.releases.exports import atom
from galerio_events.releases.queries import Pointer, Steps
from galerio_events.releases.views import zones
from galerio_events.releases.views.calendars import feed_language, refuse_unknown_language
from galerio_events.releases.views.site import blueprint
from galerio_events.releases.views.steps import tell
from galerio_events.web.filters import tr_text
from galerio_events.web.guards import public
from galerio_events.web.locale import LANGUAGES
from galerio_events.web.published import respond

# Releases on one page and in the feed, and sessions of each that are told there; the page of a release has all of them.
RELEASES = 20
SESSIONS = 30

# The largest number of a release that an address can hold.
_MOST = 999_999


class _Reader:
    """Reads the releases that an answer is made of: at most `limit` (or `RELEASES`), those below `below` if given."""

    def __init__(self, *, below: int | None = None, limit: int | None = None) -> None:
        self.below = below
        self.limit = limit or RELEASES
        self.found = Steps((), older=False, first_digest="")

    def __call__(self, db_session: Session, pointer: Pointer) -> None:
        # What is kept is of this release, even if a newer one is there by now.
        ceiling = pointer.number + 1
        below = ceiling if self.below is None else min(self.below, ceiling)
        self.found = queries.steps(db_session, pointer.event_id, below=below, limit=self.limit)


@blueprint.get("/<language:language>/<slug>/changes")
@public
def changes(language: str, slug: str) -> AnyResponse | tuple[str, int]:
    """What every release changed, the newest first, in the event's time zone or in the one that `?tz=` names.

    `?before=` shows those with a smaller number than that release, which must be one that the event has.
    """
    zone_name = zones.wanted_zone()
    if zone_name is None:
        return zones.other_zone(language, slug)
    given = request.args.get("before", "")
    if given and not (given.isascii() and given.isdecimal() and len(given) < 7):
        abort(404)
    reader = _Reader(below=int(given) if given else None)

    def build(programme: PublishedProgramme) -> str:
        found = reader.found
        if given and (not found.steps or int(given) > programme.number or given[0] == "0"):
            abort(404)
        shown = zone_name or programme.event.timezone
        return render_template(
            "site/changes.html",
            event=programme.event,
            page="changes",
            releases=[tell(step, zone_name=shown, language=language, most=SESSIONS) for step in found.steps],
            running={session.key for session in programme.sessions},
            older=found.steps[-1].number if found.older else None,
            paged=bool(given),
            **zones.zone_values(programme, shown, language),
        )

    return respond(slug, build, arguments=("tz", "before"), before=lambda: zones.announced_later(slug), read=reader)


@blueprint.get(f"/<language:language>/<slug>/changes/<int(min=1, max={_MOST}):number>")
@public
def change(language: str, slug: str, number: int) -> AnyResponse | tuple[str, int]:
    """All that one release changed; times as on the page of all releases."""
    if not request.path.endswith(f"/{number}"):
        abort(404)  # `/01`: a release has one address.
    zone_name = zones.wanted_zone()
    if zone_name is None:
        return zones.other_zone(language, slug)
    reader = _Reader(below=number + 1, limit=1)

    def build(programme: PublishedProgramme) -> str:
        if not reader.found.steps or reader.found.steps[0].number != number:
            abort(404)
        shown = zone_name or programme.event.timezone
        return render_template(
            "site/change.html",
            event=programme.event,
            page="changes",
            release=tell(reader.found.steps[0], zone_name=shown, language=language),
            running={session.key for session in programme.sessions},
            **zones.zone_values(programme, shown, language),
        )

    return respond(slug, build, arguments=("tz",), read=reader)


@blueprint.get("/<slug>/changes.atom")
@public
def feed(slug: str) -> Response:
    """The newest releases as an Atom feed in the language of `?lang=`, by default the event's first; an entry each.

    400 for a language that the site does not have; 404 for an unknown event, and before the first release.
    """
    refuse_unknown_language(_("This feed exists in these languages: %(languages)s.", languages=", ".join(LANGUAGES)))
    reader = _Reader()

    def build(programme: PublishedProgramme) -> bytes:
        language = feed_language(programme)
        zone_name, base_url = programme.event.timezone, str(current_app.config["BASE_URL"])
        # The address says no language: what is said in it is said in this one.
        g.language = language
        entries = []
        for step in reader.found.steps:
            release = tell(step, zone_name=zone_name, language=language, most=SESSIONS)
            address = base_url + url_for("site.change", language=language, slug=slug, number=step.number)
            html = render_template(
                "site/_change_feed.html", release=release, event=programme.event, address=address, base_url=base_url
            )
            entries.append(atom.Entry(step.digest, release.title, step.released_at, address, html))
        return atom.feed(
            title=_("Programme changes: %(event)s", event=tr_text(programme.event.title)),
            author=tr_text(programme.event.title),
            language=language,
            first_digest=reader.found.first_digest,
            address=base_url + url_for("site.feed", slug=slug, lang=language),
            page=base_url + url_for("site.changes", language=language, slug=slug),
            entries=entries,
        )

    return respond(slug, build, mimetype=atom.MIMETYPE, arguments=("lang",), read=reader)
