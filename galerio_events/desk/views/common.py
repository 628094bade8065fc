"""What the pages of the desk share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, current_app, g, request, url_for
from flask.wrappers import Response
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.desk import queries
from galerio_events.desk.domain import (
    Countdown,
    Joining,
    Phase,
    Publicity,
    Slot,
    countdown,
    joining,
    phase,
    publicity,
    sees_address,
)
from galerio_events.desk.queries import Colleague, DeskSession
from galerio_events.extensions import db
from galerio_events.permissions import ANONYMOUS, Permission, can, can_anywhere
from galerio_events.programme.domain import RoleState
from galerio_events.programme.services.inviting.writing import PURPOSE
from galerio_events.registration.queries import countries_of_choosers
from galerio_events.releases.domain.document import PublishedSession, PublishedVenue
from galerio_events.releases.queries import newest_of_events
from galerio_events.text import private_token, token_hash
from galerio_events.web import times
from galerio_events.web.answers import matches
from galerio_events.web.guards import actor

blueprint = Blueprint("desk", __name__)

# What the people of a session see of those who are not, or no longer, on their way to it.
_WITHOUT_PART = frozenset({RoleState.WITHDRAWN, RoleState.REPLACED})


@dataclass(frozen=True, slots=True)
class Entry:
    """A session as its people see it. `released` is what the public reads of it, where it does, and at which place."""

    session: DeskSession
    people: tuple[Colleague, ...]
    countries: tuple[tuple[str, int], ...]
    joining: Joining | None
    publicity: Publicity
    released: PublishedSession | None
    released_place: PublishedVenue | None
    phase: Phase

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Beginning and end."""
        return self.session.starts_at, self.session.ends_at

    @property
    def registered(self) -> int:
        """How many chose the session."""
        return sum(number for _country, number in self.countries)

    @property
    def invited(self) -> bool:
        """Whether the reader has been asked and has not answered."""
        return any(own.state is RoleState.INVITED for own in self.session.roles)

    @property
    def planned(self) -> int:
        """How many roles there are to be filled."""
        return len(self.people)

    @property
    def confirmed(self) -> int:
        """How many of them are."""
        return sum(one.state is RoleState.CONFIRMED for one in self.people)

    @property
    def answer_address(self) -> str:
        """Where the reader answers the first invitation that waits for them; empty where there is none."""
        nonces = [own.invitation for own in self.session.roles if own.state is RoleState.INVITED and own.invitation]
        if not nonces:
            return ""
        return url_for("invitations.answer", token=private_token(current_app.config["SECRET_KEY"], PURPOSE, nonces[0]))

    def address_of(self, one: Colleague) -> str | None:
        """The mail address of a colleague, where the reader may see it; organisers, who have no role, see all."""
        if not one.email or one.person_id in self.session.persons or not one.state.takes_part:
            return None
        theirs = {other.role for other in self.people if other.person_id == one.person_id}
        return one.email if not self.session.roles or sees_address(self.session.kinds, theirs) else None


def entries(db_session: Session, sessions: Sequence[DeskSession], *, now: datetime) -> list[Entry]:
    """What the people of these sessions see of them. As many queries for one session as for twenty."""
    ids = [session.id for session in sessions]
    people = queries.colleagues(db_session, ids)
    countries = countries_of_choosers(db_session, ids)
    programmes = newest_of_events(db_session, {session.host.id for session in sessions})
    made = []
    for session in sessions:
        programme = programmes.get(session.host.id)
        released = programme.session(session.key) if programme else None
        if released is not None and released.cancelled:
            released = None
        place = None
        if programme is not None and released is not None:
            place = next((venue for venue in programme.venues if venue.key == released.venue), None)
        made.append(
            Entry(
                session,
                tuple(one for one in people.get(session.id, ()) if one.state not in _WITHOUT_PART),
                tuple(sorted(countries.get(session.id, {}).items(), key=lambda pair: (-pair[1], pair[0]))),
                way_in(session, now),
                publicity(
                    Slot(session.starts_at, session.ends_at, session.place.key if session.place else None),
                    scheduled=session.scheduled,
                    released=Slot(released.starts_at, released.ends_at, released.venue) if released else None,
                ),
                released,
                place,
                phase(session.starts_at, session.ends_at, now),
            )
        )
    return made


def way_in(session: DeskSession, now: datetime) -> Joining | None:
    """How the reader gets into an online session; None where there is no way in."""
    address = session.join_link or (session.place.join_address if session.place else None)
    if not address or not session.scheduled:
        return None
    return joining(address, session.starts_at, session.ends_at, minutes=session.host.join_minutes, now=now)


def reader_zone(sessions: Sequence[DeskSession]) -> tuple[str, str]:
    """The zone that the reader's times are in, and what they asked for where there is no such zone (else `""`).

    They ask for it by `?tz=`; else it is where the organisers know them to be, else that of the first session's event.
    """
    asked = request.args.get("tz", "")
    problem = ""
    if asked:
        try:
            return clock.zone_name(asked), ""
        except clock.UnknownZone:
            problem = asked[:80]
    known = next((session.timezone for session in sessions if session.timezone in clock.zone_names()), None)
    return known or (sessions[0].host.zone if sessions else "Asia/Tokyo"), problem


def zone_values(zone_name: str, problem: str, moments: Sequence[datetime], language: str) -> dict[str, Any]:
    """What the pages say about zones; the list to choose from is only there for those who ask for it."""
    wanted = bool(problem) or "zones" in request.args
    return {
        "zone_name": zone_name,
        "zone": times.zone_label(zone_name, moments, language),
        "asked": problem,
        "zone_action": request.path,
        "zone_choices": times.zone_choices(language) if wanted else (),
        "zone_listed": zone_name in clock.listed_zone_names(),
        "kept": {"tz": request.args["tz"]} if request.args.get("tz") and not problem else {},
    }


def find_session(slug: str, key: str, own: Sequence[DeskSession]) -> DeskSession:
    """The session of that address, out of the reader's `own` ones, or as somebody who edits the event's programme.

    404 for everybody else, as for a session that does not exist.
    """
    found = next((one for one in own if (one.host.slug, one.key) == (slug, key)), None)
    if found is None:
        found = queries.one_session(db.session(), slug, key)
        if found is None or not can(actor(), Permission.PROGRAMME_EDIT, event_id=found.host.id):
            abort(404)
    return found


def email_of_reader() -> str:
    """The mailbox that the reader has proved to read."""
    account: Any = current_user
    return str(account.email)


def page_values(now: datetime) -> dict[str, Any]:
    """What every page of the desk is made with."""
    return {
        "now": now,
        "no_index": True,
        "flashes": True,
        "countdown": lambda until: countdown_text(countdown(until, now)),
        "countdown_patterns": countdown_patterns(),
        "Phase": Phase,
        "Publicity": Publicity,
    }


def countdown_patterns() -> dict[str, str]:
    """How a span of time is said, by its largest unit; the script says it with the same words."""
    return {
        "days": _("{d} d {h} h"),
        "hours": _("{h} h {m} min"),
        "minutes": _("{m} min {s} s"),
    }


def countdown_text(left: Countdown) -> str:
    """The span in words: `3 d 4 h`, `2 h 5 min`, `9 min 30 s`."""
    largest = "days" if left.days else "hours" if left.hours else "minutes"
    return countdown_patterns()[largest].format(d=left.days, h=left.hours, m=left.minutes, s=left.seconds)


@blueprint.app_context_processor
def offered() -> dict[str, Any]:
    """What templates ask the desk for: the address of a page that another feature offers, or nothing."""
    return {"page_of": page_of, "organises": lambda: can_anywhere(actor(), Permission.EVENT_READ)}


def page_of(endpoint: str, **values: Any) -> str:
    """The address of that page; empty where the application has none."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def if_changed(seen: object, made: Callable[[], str]) -> Response:
    """The answer to an open page that asks again and again: what `made` gives, or 304 while `seen` is what it was."""
    tag = tag_of(seen)
    known = matches(request.headers.get("If-None-Match", ""), tag)
    answer = Response(status=304) if known else Response(made(), mimetype="text/html")
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def tag_of(seen: object) -> str:
    """The entity tag of an answer that changes with the `repr` of `seen`."""
    return f'"{token_hash(repr(seen))[:32]}"'


@blueprint.after_app_request
def say_what_may_be_kept(response: Response) -> Response:
    """Tell the desk's worker in the browser whose page it is and when it was made: only such pages are kept there.

    Signing out takes what a browser keeps with it.
    """
    if request.endpoint == "accounts.sign_out" and request.method == "POST":
        response.headers["Clear-Site-Data"] = '"storage"'
    under = request.path.split("/")[2:3] == ["desk"]
    if under and request.method == "GET" and response.status_code == 200 and response.mimetype == "text/html":
        account: Any = current_user
        if actor() != ANONYMOUS:
            owner = private_token(current_app.config["SECRET_KEY"], "desk-owner", str(account.fs_uniquifier))
            response.headers["Galerio-Owner"] = owner
    return response


def this_moment() -> datetime:
    """Now, the same throughout the request."""
    moment: datetime | None = g.get("desk_now")
    if moment is None:
        moment = g.desk_now = clock.utc_now()
    return moment
