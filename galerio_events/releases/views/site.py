"""The public site: every page is made of the newest release alone."""

from urllib.parse import quote

from flask import Blueprint, Response, abort, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from galerio_events.events.domain.settings import is_web_address
from galerio_events.extensions import db
from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.programme.domain.languages import name as language_name
from galerio_events.releases import queries
from galerio_events.releases.domain.document import (
    PublishedEvent,
    PublishedPerson,
    PublishedProgramme,
    PublishedSession,
)
from galerio_events.releases.views import timetable, zones
from galerio_events.translated import Translated
from galerio_events.web import times
from galerio_events.web.guards import public
from galerio_events.web.parts import PartsReader
from galerio_events.web.published import respond

blueprint = Blueprint("site", __name__)
blueprint.add_app_template_filter(timetable.track_mark)


@blueprint.get("/<language:language>/")
@public
def front(language: str) -> AnyResponse | str:
    """To the newest event that has been published, else to the newest there is."""
    slug = queries.newest_event_slug(db.session())
    if slug is None:
        return render_template("site/no_event.html")
    return redirect(url_for("site.home", language=language, slug=slug))


@blueprint.get("/<language:language>/<slug>/")
@public
def home(language: str, slug: str) -> Response:
    """The event's face: what, when, who, and the programme at a glance."""

    def build(programme: PublishedProgramme) -> str:
        event = programme.event
        return render_template(
            "site/home.html",
            event=event,
            page="home",
            days=timetable.days(programme, language=language, zone_name=event.timezone),
            dates=times.date_range(event.starts_on, event.ends_on, language),
            zone=zones.zone_label(programme, event.timezone, language),
            figures=timetable.figures(programme),
            organiser_roles=list(dict.fromkeys(o.role for o in event.organisers)),
            participants=event.facts.get("participants") or {},
            calendar=_calendar_links(event, language),
        )

    return respond(slug, build, before=lambda: zones.announced_later(slug))


@blueprint.get("/<language:language>/<slug>/programme")
@public
def programme(language: str, slug: str) -> AnyResponse | tuple[str, int]:
    """The timetable by day and venue, in the event's time zone or in the one that `?tz=` names."""
    zone_name = zones.wanted_zone()
    if zone_name is None:
        return zones.other_zone(language, slug)

    def build(programme: PublishedProgramme) -> str:
        event = programme.event
        shown = zone_name or event.timezone
        return render_template(
            "site/programme.html",
            event=event,
            page="programme",
            days=timetable.days(programme, language=language, zone_name=shown),
            cancelled=[
                (s, url_for("site.session", slug=slug, key=s.key, language=language))
                for s in programme.sessions
                if s.cancelled
            ],
            calendar=_calendar_links(event, language),
            **zones.zone_values(programme, shown, language),
        )

    return respond(slug, build, arguments=("tz",), before=lambda: zones.announced_later(slug))


@blueprint.get("/<language:language>/<slug>/sessions/<key>")
@public
def session(language: str, slug: str, key: str) -> AnyResponse | tuple[str, int]:
    """One session: what it is about, when, where and who. One that was cancelled says so."""
    zone_name = zones.wanted_zone()
    if zone_name is None:
        return zones.other_zone(language, slug)
    parts = PartsReader(key)

    def build(programme: PublishedProgramme) -> str:
        found = programme.session(key) or abort(404)
        event = programme.event
        shown = zone_name or event.timezone
        before, after = _neighbours(programme, found)
        return render_template(
            "site/session.html",
            event=event,
            page="programme",
            session=found,
            span=(found.starts_at, found.ends_at),
            venue=next((v for v in programme.venues if v.key == found.venue), None),
            track=next((t for t in programme.tracks if t.key == found.track), None),
            organiser=programme.organisations.get(found.organiser or ""),
            roles=_people_by_role(programme, found),
            links=[link for link in found.links if is_web_address(link.url)],
            spoken=language_name(found.language, language) if found.language else "",
            companies=_companies(event, found),
            parts=parts.found,
            before=before,
            after=after,
            **zones.zone_values(programme, shown, language, found),
        )

    return respond(slug, build, arguments=("tz",), read=parts)


@blueprint.get("/<language:language>/<slug>/people")
@public
def people(language: str, slug: str) -> AnyResponse | tuple[str, int]:
    """Everybody who takes part, in the order of the programme; links carry the zone that `?tz=` names."""
    zone_name = zones.wanted_zone()
    if zone_name is None:
        return zones.other_zone(language, slug)

    def build(programme: PublishedProgramme) -> str:
        return render_template(
            "site/people.html",
            event=programme.event,
            page="people",
            people=[programme.people[key] for key in timetable.people_in_order(programme)],
            figures=timetable.figures(programme),
            kept=zones.kept(programme, zone_name),
        )

    return respond(slug, build, arguments=("tz",), before=lambda: zones.announced_later(slug))


@blueprint.get("/<language:language>/<slug>/people/<key>")
@public
def person(language: str, slug: str, key: str) -> AnyResponse | tuple[str, int]:
    """One person: name, affiliation, country or region, and the sessions with the part that he or she has in each.

    Times are in the event's time zone or in the one that `?tz=` names.
    """
    zone_name = zones.wanted_zone()
    if zone_name is None:
        return zones.other_zone(language, slug)

    def build(programme: PublishedProgramme) -> str:
        found = programme.people.get(key) or abort(404)
        event = programme.event
        shown = zone_name or event.timezone
        return render_template(
            "site/person.html",
            event=event,
            page="people",
            person=found,
            sessions=[
                (
                    s,
                    [r.role for r in s.people if r.person == key],
                    [r.title for r in s.people if r.person == key and r.title],
                    times.when(s.starts_at, s.ends_at, shown, language),
                )
                for s in programme.sessions_of(key)
            ],
            zone=zones.zone_label(programme, shown, language),
            kept=zones.kept(programme, zone_name),
        )

    return respond(slug, build, arguments=("tz",))


def _neighbours(
    programme: PublishedProgramme, session: PublishedSession
) -> tuple[PublishedSession | None, PublishedSession | None]:
    running = programme.running
    if session not in running:
        return None, None
    at = running.index(session)
    return running[at - 1] if at else None, running[at + 1] if at + 1 < len(running) else None


def _people_by_role(
    programme: PublishedProgramme, session: PublishedSession
) -> list[tuple[RoleKind, list[tuple[PublishedPerson, Translated]]]]:
    """Role to those who have it, each with the title of the talk, which may be empty."""
    grouped: dict[RoleKind, list[tuple[PublishedPerson, Translated]]] = {}
    for role in session.people:
        grouped.setdefault(role.role, []).append((programme.people[role.person], role.title))
    return list(grouped.items())


def _companies(event: PublishedEvent, session: PublishedSession) -> dict[str, list[str]]:
    if session.kind is not SessionKind.BUSINESS_MATCHING:
        return {}
    facts = event.facts.get("business_matching") or {}
    return {side: list(facts[side]) for side in ("japanese", "overseas") if facts.get(side)}


def _calendar_links(event: PublishedEvent, language: str) -> dict[str, str]:
    """Addresses under which calendar programs subscribe to the whole programme."""
    path = url_for("calendars.programme", slug=event.slug, lang=language)
    address = f"{current_app.config['BASE_URL']}{path}"
    webcal = "webcal://" + address.partition("://")[2]
    name = quote(event.title.text(language), safe="")
    return {
        "address": address,
        "download": path,
        "webcal": webcal,
        "google": f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}",
        "outlook": f"https://outlook.live.com/calendar/0/addfromweb?url={quote(address, safe='')}&name={name}",
    }
