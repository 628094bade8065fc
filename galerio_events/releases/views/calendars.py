"""Calendars: the whole programme to subscribe to, and single sessions to add."""

import re

from flask import Blueprint, Response, abort, current_app, make_response, request
from flask_babel import gettext as _

from galerio_events.releases.domain.document import PublishedProgramme
from galerio_events.releases.exports import ical
from galerio_events.web.guards import public
from galerio_events.web.locale import LANGUAGES
from galerio_events.web.published import respond

blueprint = Blueprint("calendars", __name__)

MIMETYPE = "text/calendar"


@blueprint.get("/<slug>/programme.ics")
@public
def programme(slug: str) -> Response:
    """The programme as a calendar to subscribe to, in the language of `?lang=`, by default the event's first.

    400 for a language that the site does not have. 404 for an unknown event, and before the first release: nothing of
    a draft is public, not even its title.
    """
    refuse_unknown_language(
        _("This calendar exists in these languages: %(languages)s.", languages=", ".join(LANGUAGES))
    )

    def build(published: PublishedProgramme) -> bytes:
        return ical.feed(
            published,
            language=feed_language(published),
            base_url=current_app.config["BASE_URL"],
            organiser_address=current_app.config["MAIL_FROM"],
        )

    return respond(slug, build, mimetype=MIMETYPE, arguments=("lang",), headers=_named(slug))


@blueprint.get("/<slug>/sessions/<key>.ics")
@public
def session(slug: str, key: str) -> Response:
    """One session as a calendar, also when it was cancelled; language and errors as for the programme."""
    refuse_unknown_language(
        _("This calendar exists in these languages: %(languages)s.", languages=", ".join(LANGUAGES))
    )

    def build(published: PublishedProgramme) -> bytes:
        if published.session(key) is None:
            abort(404)
        return ical.single(
            published,
            key,
            language=feed_language(published),
            base_url=current_app.config["BASE_URL"],
            organiser_address=current_app.config["MAIL_FROM"],
        )

    return respond(slug, build, mimetype=MIMETYPE, arguments=("lang",), headers=_named(f"{slug}-{key}"))


def refuse_unknown_language(message: str) -> None:
    """Answer 400 with that message where `?lang=` asks for a language that the site does not have."""
    if request.args.get("lang", "").lower() not in {"", *LANGUAGES}:
        abort(make_response(message, 400, {"Content-Type": "text/plain; charset=utf-8"}))


def feed_language(published: PublishedProgramme) -> str:
    """The language of `?lang=`, else the first of the event's that the site has."""
    spoken = [language for language in published.event.languages if language in LANGUAGES]
    return request.args.get("lang", "").lower() or (spoken or LANGUAGES)[0]


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{re.sub(r"[^A-Za-z0-9_-]+", "-", name)}.ics"'}
