"""How organisers decide on what people want to have published of themselves."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.errors import ChangeConflict, Conflict
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.people import queries, services
from galerio_events.people.domain import PersonRefused, to_plain
from galerio_events.people.domain.profile import ProfileConsent, ProposalState, parts, public_part
from galerio_events.people.models import ProfileProposal
from galerio_events.people.queries import profiles
from galerio_events.permissions import Permission
from galerio_events.programme.forms.people import EXPLAINED
from galerio_events.programme.forms.profile import DecisionForm
from galerio_events.programme.views.profile.common import bp
from galerio_events.programme.views.profile.words import part_rows
from galerio_events.web.expired import back_to, when_expired
from galerio_events.web.guards import actor, requires
from galerio_events.web.overview import Card, overview_card

# So many proposals are listed; those that wait come first.
LISTED = 200
_FORM: Any = DecisionForm


@bp.get("/<language:language>/organise/<slug>/profiles")
@requires(Permission.PROGRAMME_READ)
def proposals(language: str, slug: str) -> ResponseReturnValue:
    """What people want to have published of themselves: what waits first, then what was decided."""
    found = profiles.listed_proposals(db.session(), g.event.id, most=LISTED)
    return render_template(
        "profile/proposals.html",
        event=g.event,
        waiting=[each for each in found if each.state is ProposalState.OPEN],
        decided=[each for each in found if each.state is not ProposalState.OPEN],
        over=_over(),
    )


@requires(Permission.PROGRAMME_EDIT)
def forget_again(language: str, slug: str) -> ResponseReturnValue:
    """The list, where the button's token is not good any more."""
    return back_to("profile.proposals")


@bp.post("/<language:language>/organise/<slug>/profiles/forget")
@requires(Permission.PROGRAMME_EDIT)
@when_expired(forget_again)
def forget(language: str, slug: str) -> ResponseReturnValue:
    """Delete technical needs and availabilities of an event that is over."""
    if not _over():
        flash(_("The event is not over yet, so nothing was deleted."), "warning")
    elif request.form.get("sure") != "yes":
        flash(_("Nothing was deleted: tick that you are sure."), "warning")
    else:
        number = services.forget_private(db.session(), g.event.id, by=actor().account_id, now=clock.utc_now())
        db.session.commit()
        flash(ngettext("Deleted, of %(num)d person.", "Deleted, of %(num)d persons.", number), "success")
    return redirect(url_for("profile.proposals", slug=slug))


def _over() -> bool:
    """Whether the event's last day has passed in its zone."""
    return bool(clock.in_zone(clock.utc_now(), g.event.timezone).date() > g.event.ends_on)


@requires(Permission.PROGRAMME_EDIT)
def decide_again(language: str, slug: str, proposal_id: int) -> ResponseReturnValue:
    """The proposal with what was chosen, where the token of the form is not good any more."""
    problem = _("This form was open for too long, so nothing is saved yet. It holds what you entered: save again.")
    return _page(_proposal(proposal_id), _FORM(), 422, problem)


@bp.route("/<language:language>/organise/<slug>/profiles/<int:proposal_id>", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
@when_expired(decide_again)
def decide(language: str, slug: str, proposal_id: int) -> ResponseReturnValue:
    """What somebody wants to have published, part by part beside what is stored, to be taken or left."""
    proposal = _proposal(proposal_id)
    form = _FORM()
    if request.method == "GET":
        return _page(proposal, form, 200)
    if not form.validate():
        return _page(proposal, form, 422)
    names = frozenset(request.form.getlist("take")) if request.form.get("do") == "take" else frozenset()
    if request.form.get("do") == "take" and not names:
        return _page(proposal, form, 422, _("Choose at least one part, or decline the whole."))
    try:
        state = services.decide_proposal(
            db.session(),
            g.event.id,
            proposal_id,
            names,
            seen=form.seen.data or "",
            note=form.note.data or "",
            by=actor().account_id,
            now=clock.utc_now(),
        )
    except PersonRefused as refused:
        db.session.rollback()
        told = " ".join(str(EXPLAINED[problem][1]) for problem in refused.problems)
        return _page(_proposal(proposal_id), form, 422, told)
    except ChangeConflict as conflict:
        db.session.rollback()
        if conflict.reason is Conflict.ALREADY_DONE:
            flash(_("This was decided, withdrawn or replaced meanwhile."), "warning")
            return redirect(url_for("profile.proposals", slug=slug))
        problem = _("What is stored has changed meanwhile. Look at the parts again, then decide.")
        return _page(_proposal(proposal_id), form, 409, problem)
    db.session.commit()
    told = _("Not accepted. What is stored stays as it is.")
    if state is not ProposalState.DECLINED:
        told = _("Accepted. The public sees it after the next release.")
    flash(told, "success")
    return redirect(url_for("profile.proposals", slug=slug))


@overview_card(16, Permission.PROGRAMME_READ)
def card(db_session: Session, event: Event) -> Card:
    """How many changes of profiles wait for the organisers."""
    number = len(profiles.open_proposals(db_session, event.id))
    return Card(
        title=_("Profiles to approve"),
        figure=str(number),
        text=_("People wait for your decision.") if number else _("Nothing waits."),
        address=url_for("profile.proposals", slug=event.slug),
        link=_("Open the profiles"),
        state="attention" if number else "quiet",
    )


def _proposal(proposal_id: int) -> ProfileProposal:
    return profiles.proposal_by_id(db.session(), g.event.id, proposal_id) or abort(404)


def _page(proposal: ProfileProposal, form: DecisionForm, status: int, problem: str = "") -> tuple[str, int]:
    stored = queries.person_details(proposal.person)
    consent = profiles.answers(db.session(), proposal.person.id).get(ProfileConsent.PHOTO)
    found = parts(proposal.base, proposal.wanted, public_part(to_plain(stored)))
    form.seen.data = services.parts_digest(found)
    values: dict[str, Any] = {
        "rows": part_rows(found),
        "taken": frozenset(request.form.getlist("take")) if request.method == "POST" else None,
        "shown": services.wanted_details(stored, proposal),
        "agrees_to_photo": consent is not None and consent.given,
        "photo_address": lambda digest: url_for("profile.picture", slug=g.event.slug, digest=digest),
    }
    page = render_template(
        "profile/decide.html", event=g.event, proposal=proposal, form=form, problem=problem, **values
    )
    return page, status
