"""What pages with times share: the zone that a reader asks for, and what the page says about it."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from galerio_events import clock
from galerio_events.extensions import db
from galerio_events.releases import queries
from galerio_events.releases.domain.document import PublishedProgramme, PublishedSession
from galerio_events.web import times
from galerio_events.web.guards import load_event


def wanted_zone() -> str | None:
    """The zone that the reader asks for, `""` where none is asked for, None where no zone is spelt so."""
    asked = request.args.get("tz", "")
    return asked if not asked or asked in clock.zone_names() else None


def other_zone(language: str, slug: str) -> Response | tuple[str, int]:
    """To the zone that the reader means by `?tz=` (`asia/tokyo`), or the question which one is meant."""
    try:
        meant = clock.zone_name(request.args["tz"])
    except clock.UnknownZone:
        return _unknown_zone(language, slug)
    return redirect(url_for(str(request.endpoint), **{**(request.view_args or {}), "tz": meant}))


def _unknown_zone(language: str, slug: str) -> tuple[str, int]:
    programme = queries.newest_programme(db.session(), slug)
    if programme is None:
        abort(404)
    asked = request.args.get("tz", "")[:80]
    values = zone_values(programme, programme.event.timezone, language)
    page = render_template("site/unknown_zone.html", event=programme.event, page="programme", asked=asked, **values)
    return page, 400


def announced_later(slug: str) -> str:
    """The page of an event of which nothing was released: it says nothing of what the draft says."""
    load_event(slug)
    return render_template("site/announced_later.html")


def zone_label(programme: PublishedProgramme, zone_name: str, language: str) -> str:
    return times.zone_label(zone_name, (s.starts_at for s in programme.running), language)


def zone_values(
    programme: PublishedProgramme, shown: str, language: str, session: PublishedSession | None = None
) -> dict[str, Any]:
    """What the pages with times say about zones."""
    own = programme.event.timezone
    moments = [session.starts_at] if session else [s.starts_at for s in programme.running]
    return {
        "zone_name": shown,
        "zone": times.zone_label(shown, moments, language),
        "own_zone": times.zone_label(own, moments, language),
        "in_own_zone": shown == own,
        "kept": kept(programme, shown),
        "zone_choices": () if session else times.zone_choices(language),
        "zone_listed": shown in clock.listed_zone_names(),
    }


def kept(programme: PublishedProgramme, zone_name: str) -> dict[str, str]:
    """What links between the pages carry on, so that the reader's zone is not lost on the way."""
    return {} if zone_name in {"", programme.event.timezone} else {"tz": zone_name}
