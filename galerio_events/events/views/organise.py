"""The organisers' way in: which events they have, and the overview of one."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.events import queries
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.outbox import queries as outbox
from galerio_events.outbox.domain import MailState
from galerio_events.permissions import Permission, can
from galerio_events.web.guards import actor, load_event, public, requires, roles
from galerio_events.web.locale import LANGUAGES, browser_language
from galerio_events.web.overview import Card, cards, overview_card

bp = Blueprint("events", __name__)

Place = tuple[Any, str, Permission, tuple[str, ...]]

# Label, endpoint, permission, and the blueprints or endpoints whose pages the tab stands for; then the pages beneath
# it, in the same form. An endpoint that names a page counts before a blueprint that names many.
TABS: tuple[tuple[Place, tuple[Place, ...]], ...] = (
    ((lazy_gettext("Overview"), "events.organise", Permission.EVENT_READ, ("events.organise",)), ()),
    (
        (
            lazy_gettext("Programme"),
            "programme.sessions",
            Permission.PROGRAMME_READ,
            (
                *("programme", "transfer", "hours", "run_sheet.own", "run_sheet.paper", "invitations"),
                *("learnings", "archive", "materials", "questions.organise"),
            ),
        ),
        (
            (lazy_gettext("Timetable"), "programme.sessions", Permission.PROGRAMME_READ, ("programme",)),
            (lazy_gettext("List"), "programme.listing", Permission.PROGRAMME_READ, ("programme.listing",)),
            (lazy_gettext("Invitations"), "invitations.overview", Permission.PROGRAMME_READ, ("invitations",)),
            (lazy_gettext("Conflicts"), "programme.conflicts", Permission.PROGRAMME_READ, ("programme.conflicts",)),
            (
                lazy_gettext("Translations"),
                "programme.translations",
                Permission.PROGRAMME_READ,
                ("programme.translations",),
            ),
            (lazy_gettext("Local hours"), "hours.strip", Permission.PROGRAMME_READ, ("hours",)),
            (lazy_gettext("History"), "programme.history", Permission.PROGRAMME_READ, ("programme.history",)),
            (lazy_gettext("Materials"), "materials.overview", Permission.PROGRAMME_READ, ("materials",)),
            (lazy_gettext("Key learnings"), "learnings.overview", Permission.PROGRAMME_READ, ("learnings",)),
            (lazy_gettext("Archive"), "archive.entries", Permission.PROGRAMME_READ, ("archive",)),
            (lazy_gettext("Import and export"), "transfer.page", Permission.PROGRAMME_READ, ("transfer",)),
        ),
    ),
    (
        (lazy_gettext("People"), "people.index", Permission.PROGRAMME_READ, ("people", "profile")),
        (
            (lazy_gettext("Persons"), "people.index", Permission.PROGRAMME_READ, ("people",)),
            (lazy_gettext("Profiles"), "profile.proposals", Permission.PROGRAMME_READ, ("profile",)),
            (
                lazy_gettext("Organisations"),
                "people.organisations",
                Permission.PROGRAMME_READ,
                (
                    "people.organisations",
                    "people.organisation",
                    "people.new_organisation",
                    "people.delete_organisation",
                    "people.merge_organisation",
                    "people.duplicate_organisations_page",
                ),
            ),
        ),
    ),
    (
        (
            lazy_gettext("Settings"),
            "settings.event",
            Permission.EVENT_EDIT,
            (
                *("settings", "kinds", "clone"),
                *("run_sheet.templates", "run_sheet.template", "accounts.requiring", "desk.settings"),
                "questions.rules",
            ),
        ),
        (
            (lazy_gettext("Event"), "settings.event", Permission.EVENT_EDIT, ("settings.event",)),
            (
                lazy_gettext("Hosts and supporters"),
                "settings.organisers",
                Permission.EVENT_EDIT,
                (
                    *("settings.organisers", "settings.organiser"),
                    *("settings.new_organiser", "settings.remove_organiser"),
                ),
            ),
            (
                lazy_gettext("Venues"),
                "settings.venues",
                Permission.EVENT_EDIT,
                ("settings.venues", "settings.venue", "settings.new_venue", "settings.remove_venue"),
            ),
            (
                lazy_gettext("Tracks"),
                "settings.tracks",
                Permission.EVENT_EDIT,
                ("settings.tracks", "settings.track", "settings.new_track", "settings.remove_track"),
            ),
            (lazy_gettext("Kinds of session"), "kinds.page", Permission.EVENT_EDIT, ("kinds",)),
            (
                lazy_gettext("Run sheets"),
                "run_sheet.templates",
                Permission.EVENT_EDIT,
                ("run_sheet.templates", "run_sheet.template"),
            ),
            (lazy_gettext("Questions"), "questions.rules", Permission.EVENT_EDIT, ("questions.rules",)),
            (lazy_gettext("Joining sessions"), "desk.settings", Permission.EVENT_EDIT, ("desk.settings",)),
            (lazy_gettext("Signing in"), "accounts.requiring", Permission.EVENT_EDIT, ("accounts.requiring",)),
            (lazy_gettext("New event from this one"), "clone.page", Permission.EVENT_EDIT, ("clone",)),
        ),
    ),
    (
        (lazy_gettext("Release"), "release.page", Permission.PROGRAMME_RELEASE, ("release",)),
        (),
    ),
    (
        (
            lazy_gettext("Control room"),
            "desk.control",
            Permission.PROGRAMME_EDIT,
            ("desk.control", "desk.message"),
        ),
        (),
    ),
    ((lazy_gettext("Participants"), "reports.summary", Permission.SUMMARY_READ, ("reports",)), ()),
    ((lazy_gettext("Mail"), "outbox.index", Permission.OUTBOX_READ, ("outbox",)), ()),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of the navigation; `pages` are those beneath it, where it is the current one."""

    label: str
    address: str
    current: bool
    pages: tuple["Tab", ...] = ()


@bp.get("/")
@public
def root() -> ResponseReturnValue:
    """To the front page in the reader's language."""
    return _to_readers_language(url_for("site.front", language=browser_language()))


@bp.get("/<slug>", strict_slashes=False)
@public
def event_root(slug: str) -> ResponseReturnValue:
    """To the event's home in the reader's language."""
    if slug in LANGUAGES:
        return redirect(url_for("site.front", language=slug))
    event = load_event(slug)
    return _to_readers_language(url_for("site.home", language=browser_language(event.languages), slug=event.slug))


def _to_readers_language(address: str) -> ResponseReturnValue:
    response = redirect(address)
    response.vary.add("Accept-Language")
    return response


@bp.get("/<language:language>/organise")
@requires(Permission.EVENT_READ)
def organise_index(language: str) -> ResponseReturnValue:
    """The events that the reader organises; a single one is opened at once."""
    found = organised_events()
    if len(found) == 1:
        return redirect(url_for("events.organise", slug=found[0].slug))
    return render_template("organise/index.html", events=found)


@bp.get("/<language:language>/organise/<slug>/")
@requires(Permission.EVENT_READ)
def organise(language: str, slug: str) -> ResponseReturnValue:
    """How the event stands: one card from every feature that has something to say."""
    return render_template("organise/overview.html", event=g.event, cards=cards(db.session(), g.event, actor()))


@overview_card(30, Permission.OUTBOX_READ)
def mail_card(db_session: Session, event: Event) -> Card:
    """How many mails have left, and whether any of them needs somebody."""
    counts = outbox.counts(db_session, event.id)
    waiting = counts.get(MailState.QUEUED, 0) + counts.get(MailState.SENDING, 0)
    stuck = counts.get(MailState.FAILED, 0) + counts.get(MailState.UNKNOWN, 0)
    text = (
        ngettext("%(num)d waits to be sent.", "%(num)d wait to be sent.", waiting) if waiting else _("None is waiting.")
    )
    if stuck:
        text = ngettext("%(num)d did not arrive for certain.", "%(num)d did not arrive for certain.", stuck)
    return Card(
        title=_("Mails sent"),
        figure=str(counts.get(MailState.SENT, 0)),
        text=text,
        address=url_for("outbox.index", slug=event.slug),
        link=_("Open the outbox"),
        state="attention" if stuck else "quiet",
    )


def organised_events() -> list[Event]:
    """The events that the reader may see as an organiser, the latest first."""
    if "organised_events" not in g:
        # Also those that require more of a sign-in than this one has proved: their pages ask for it.
        who = roles()
        g.organised_events = [
            event for event in queries.newest(db.session()) if can(who, Permission.EVENT_READ, event_id=event.id)
        ]
    found: list[Event] = g.organised_events
    return found


def organise_tabs() -> list[Tab]:
    """The pages of the present event that the reader may open."""
    return [
        replace(tab, pages=tuple(_tabs(beneath)) if tab.current else ())
        for place, beneath in TABS
        for tab in _tabs((place,))
    ]


def _tabs(places: tuple[Place, ...]) -> list[Tab]:
    """Those that the reader may open; the one that names the page itself is current, else that of its blueprint."""
    who, event = actor(), g.event
    named = any(request.endpoint in stands_for for *_rest, stands_for in places)
    wanted = request.endpoint if named else request.blueprint
    return [
        Tab(str(label), url_for(endpoint, slug=event.slug), wanted in stands_for)
        for label, endpoint, permission, stands_for in places
        if endpoint in current_app.view_functions and can(who, permission, event_id=event.id)
    ]


@bp.app_context_processor
def navigation() -> dict[str, Any]:
    """What the organisers' layout asks for."""
    return {"organised_events": organised_events, "organise_tabs": organise_tabs, "may": may}


def may(permission: str) -> bool:
    """Whether the reader has that permission on the event of the page."""
    return can(actor(), Permission(permission), event_id=g.event.id)


bp.add_app_template_filter(clock.offset_label, "offset")
