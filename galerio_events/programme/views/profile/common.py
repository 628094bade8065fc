"""What the pages of somebody's own profile share: whose it is, and what is around each page."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from galerio_events import clock
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.people import queries, services
from galerio_events.people.domain import PersonDetails
from galerio_events.people.domain.profile import ProfileConsent, ProposalState, Saved
from galerio_events.people.models import Person, ProfileProposal
from galerio_events.people.queries import profiles
from galerio_events.web import times
from galerio_events.web.filters import tr_text
from galerio_events.web.guards import actor, load_event
from galerio_events.web.locale import page_language

bp = Blueprint("profile", __name__)

_DECIDED = frozenset({ProposalState.ACCEPTED, ProposalState.PARTLY, ProposalState.DECLINED})


@dataclass(frozen=True, slots=True)
class Own:
    """The reader as a person of an event; `persons` has more than one where the event lists their mailbox twice."""

    event: Event
    persons: tuple[Person, ...]
    person: Person
    published: bool
    waiting: ProfileProposal | None

    @property
    def stored(self) -> PersonDetails:
        """What the organisers have."""
        return queries.person_details(self.person)

    @property
    def wanted(self) -> PersonDetails:
        """What there would be if all that the reader has proposed were taken."""
        return services.wanted_details(self.stored, self.waiting)

    @property
    def agrees_to_photo(self) -> bool:
        """Whether the public may see their photo."""
        answer = profiles.answers(db.session(), self.person.id).get(ProfileConsent.PHOTO)
        return answer is not None and answer.given

    @property
    def zone(self) -> str:
        """Where the reader is, as far as anybody knows."""
        return self.person.timezone or self.event.timezone

    @property
    def kept(self) -> dict[str, str]:
        """What the addresses of the reader's pages carry."""
        return {"person": self.person.key} if len(self.persons) > 1 else {}

    def address(self, endpoint: str, **more: Any) -> str:
        """The address of another page of the profile."""
        return url_for(endpoint, slug=self.event.slug, **(self.kept | more))

    def seen(self) -> str:
        """What a fresh form carries."""
        return services.profile_digest(self.stored, self.waiting)


def open_own(slug: str) -> Own:
    """The reader as a person of that event; 404 for everybody whom it does not list. Only behind `@signed_in`."""
    account: Any = current_user
    event = load_event(slug)
    persons = profiles.own_persons(db.session(), event.id, account.email)
    asked = request.args.get("person")
    person = next((each for each in persons if asked in {None, each.key}), None)
    if person is None:
        abort(404)
    return Own(
        event,
        tuple(persons),
        person,
        profiles.is_published(db.session(), event.id, person.key),
        profiles.open_proposal(db.session(), person.id),
    )


def save(own: Own, values: PersonDetails, seen: str) -> Saved:
    """Store or propose what the reader wants. Raises as `save_profile` does."""
    return services.save_profile(
        db.session(),
        own.event.id,
        own.person.key,
        values,
        seen=seen,
        published=own.published,
        by=actor().account_id,
        now=clock.utc_now(),
    )


def saved(own: Own, done: Saved, endpoint: str) -> ResponseReturnValue:
    """Say what was done, and go on."""
    told = {
        Saved.NOTHING: _("Nothing has changed."),
        Saved.STORED: _("Saved."),
        Saved.PROPOSED: _("Saved. What is public already changes once the organisers have agreed."),
    }
    if done is Saved.STORED and not own.published:
        told[done] = _("Saved. What is public of it appears when the organisers publish the programme.")
    flash(told[done], "success")
    return redirect(own.address(endpoint))


def render(own: Own, template: str, status: int = 200, **values: Any) -> tuple[str, int]:
    """A page of the profile."""
    last = own.waiting or profiles.latest_proposal(db.session(), own.person.id)
    page = render_template(
        template,
        own=own,
        host=own.event,
        page="profile",
        last=last if last is not None and (last is own.waiting or last.state in _DECIDED) else None,
        photo_address=lambda digest: url_for("profile.picture", slug=own.event.slug, digest=digest),
        now=clock.utc_now(),
        no_index=True,
        flashes=True,
        zone_name=own.zone,
        zone=times.zone_label(own.zone, [clock.utc_now()], page_language()),
        kept=own.kept,
        own_name=tr_text(own.person.name),
        **values,
    )
    return page, status
