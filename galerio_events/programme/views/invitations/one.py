"""One role: how it was asked and answered, and what can be done about it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events import clock
from galerio_events.errors import ChangeConflict, NotFound
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme import queries as programme
from galerio_events.programme.domain.inviting import Act, InvitationRefused, possible
from galerio_events.programme.domain.placing import Placement, placement_of
from galerio_events.programme.domain.rules import SessionProblem, SessionRefused
from galerio_events.programme.forms import EXPLAINED
from galerio_events.programme.forms.inviting import AddressForm, DeadlineForm, ReplaceForm
from galerio_events.programme.models import ProgrammeSession
from galerio_events.programme.queries import inviting as queries
from galerio_events.programme.queries.inviting import Place, RoleRow, StepRow
from galerio_events.programme.services import inviting as services
from galerio_events.programme.services.inviting import Decision
from galerio_events.programme.views import live_conflicts
from galerio_events.programme.views.editor import number
from galerio_events.programme.views.invitations.blueprint import bp
from galerio_events.programme.views.invitations.overview import names, tell
from galerio_events.programme.views.invitations.words import DONE, WHY, place_or_404, release_note, writing
from galerio_events.web.expired import when_expired
from galerio_events.web.filters import tr_text
from galerio_events.web.guards import actor, requires

_ADDRESS = "/<language:language>/organise/<slug>/invitations/<place>"


@requires(Permission.PROGRAMME_EDIT)
def one_again(language: str, slug: str, place: str, act: str = "") -> ResponseReturnValue:
    """The page, nothing done, where the token that came with a button is not good any more."""
    problem = _("This page was open for too long, so nothing has changed yet. Please try again.")
    return _page(_row(place_or_404(place)), 422, problem=problem, form=_deadline_form(None))


@bp.get(_ADDRESS)
@requires(Permission.PROGRAMME_READ)
def one(language: str, slug: str, place: str) -> ResponseReturnValue:
    """The role, the invitation to it and all that was done about it."""
    return _page(_row(place_or_404(place)), 200)


@bp.post(f"{_ADDRESS}/<any('remind','extend','withdraw','grant','refuse','new-link','address'):act>")
@requires(Permission.PROGRAMME_EDIT)
@when_expired(one_again)
def act_on(language: str, slug: str, place: str, act: str) -> ResponseReturnValue:
    """Remind, wait longer, withdraw, decide what the person asks, make the link anew, or note an address."""
    row = _row(place_or_404(place))
    form, address, there = _deadline_form(row), _address_form(), row.place
    try:
        done = _give_address(row, address) if act == "address" else _do(act, row, form)
    except InvitationRefused as refused:
        db.session.rollback()
        return _page(_row(there), 409, problem=str(WHY[refused.reason]))
    except SessionRefused as refused:
        db.session.rollback()
        return _page(_row(there), 409, problem=_cannot_stand(refused))
    except ChangeConflict:
        db.session.rollback()
        problem = _("Something has changed since this page was opened. This is how it stands now; please decide again.")
        return _page(_row(there), 409, problem=problem)
    except NotFound:
        db.session.rollback()
        abort(404)
    if done is None:
        return _page(_row(there), 422, form=form, address=address)
    db.session.commit()
    if done:
        flash(done, "success")
    return redirect(url_for("invitations.one", slug=slug, place=place), 303)


def _do(act: str, row: RoleRow, form: DeadlineForm) -> str | None:
    """Do it; what to say of it, None where the form is not right."""
    event: Event = g.event
    place, now, by = row.place, clock.utc_now(), actor().account_id
    decision = Decision(place, number(request.form.get("version")), by, now)
    session, words = db.session(), writing()
    if act == "remind":
        sent = services.remind(session, event.id, [place], writing=words, by=by, now=now)
        tell(sent.left_out, names([place]))
        return _("The reminder leaves in two minutes.") if sent.places else ""
    if act == "extend":
        valid = form.validate()
        starts_at = row.starts_at if row.scheduled else None
        at = form.deadline_at(event.timezone, now=now, starts_at=starts_at) if valid else None
        if at is None:
            return None
        services.extend(session, event.id, place, version=decision.version, deadline_at=at, by=by, now=now)
        return _("The deadline is changed.")
    if act == "withdraw":
        tells = request.form.get("tell") == "1"
        services.withdraw(session, event.id, decision, tell=tells, writing=words)
        return _("The invitation is withdrawn.")
    if act == "grant":
        version = number(request.form.get("session_version"))
        services.grant(session, event.id, decision, session_version=version, writing=words)
        return _("Granted. The person is told by mail.")
    if act == "refuse":
        services.refuse(session, event.id, decision, writing=words)
        return _("Refused. The person is told by mail.")
    services.new_link(session, event.id, decision, writing=words)
    return _("The old link opens nothing any more. The new one is on its way to the person.")


def _give_address(row: RoleRow, form: AddressForm) -> str | None:
    """Note the address; what to say of it, None where it is not right."""
    if not form.validate():
        return None
    email, by = form.email.data or "", actor().account_id
    services.give_address(db.session(), g.event.id, row.person, email, by=by, now=clock.utc_now())
    return _("The address is noted. Now this person can be invited.")


@requires(Permission.PROGRAMME_EDIT)
def replace_again(language: str, slug: str, place: str) -> ResponseReturnValue:
    """The form with what was sent, where its token is not good any more."""
    row = _row(place_or_404(place))
    problem = _("This form was open for too long, so nothing is saved yet. It holds what you entered: save again.")
    return _replacing(row, _replace_form(row), 422, problem=problem)


@bp.route(f"{_ADDRESS}/replace", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
@when_expired(replace_again)
def replace(language: str, slug: str, place: str) -> ResponseReturnValue:
    """Who takes the role instead."""
    row = _row(place_or_404(place))
    form = _replace_form(row)
    if request.method != "POST":
        return _replacing(row, form, 200)
    if not form.validate() or not form.person.data:
        form.person.errors = form.person.errors or [_("Choose the person.")]
        return _replacing(row, form, 422)
    try:
        new = services.replace_person(
            db.session(),
            g.event.id,
            row.place,
            form.person.data,
            session_version=number(form.version.data),
            by=actor().account_id,
            now=clock.utc_now(),
        )
    except InvitationRefused as refused:
        db.session.rollback()
        return _replacing(_row(row.place), form, 409, problem=str(WHY[refused.reason]))
    except SessionRefused as refused:
        db.session.rollback()
        form.person.errors = [str(EXPLAINED[problem][1]) for problem in refused.problems]
        return _replacing(_row(row.place), form, 422)
    except ChangeConflict:
        db.session.rollback()
        problem = _("Something has changed since this page was opened. This is how it stands now; please decide again.")
        now_there = _row(row.place)
        form.version.data = str(_session(now_there.session).version)
        return _replacing(now_there, form, 409, problem=problem)
    db.session.commit()
    flash(_("The role is passed on. The new person is still to be invited."), "success")
    return redirect(url_for("invitations.one", slug=slug, place=str(new)), 303)


def _row(place: Place) -> RoleRow:
    row = queries.role_row(db.session(), g.event.id, place)
    if row is None:
        abort(404)
    return row


def _session(key: str) -> ProgrammeSession:
    session = programme.session_by_key(db.session(), g.event.id, key)
    if session is None:
        abort(404)
    return session


def _deadline_form(row: RoleRow | None) -> DeadlineForm:
    invitation = None if row is None else row.invitation
    first: dict[str, Any] = {}
    if invitation is not None:
        first["deadline"] = clock.in_zone(invitation.deadline_at, g.event.timezone).replace(tzinfo=None)
    sent = request.form if request.method == "POST" and "deadline" in request.form else None
    return DeadlineForm(sent, data=first)  # type: ignore[no-untyped-call]


def _address_form() -> AddressForm:
    return AddressForm(request.form if "email" in request.form else None)  # type: ignore[no-untyped-call]


def _replace_form(row: RoleRow) -> ReplaceForm:
    version = str(_session(row.session).version)
    sent = request.form if request.method == "POST" else None
    form: ReplaceForm = ReplaceForm(sent, data={"version": version})  # type: ignore[no-untyped-call]
    others = programme.choices(db.session(), g.event.id).people
    form.person.choices = [("", _("choose somebody"))] + [
        (key, tr_text(name) or key) for key, name in others if key != row.person
    ]
    return form


def _replacing(row: RoleRow, form: ReplaceForm, status: int, *, problem: str = "") -> tuple[str, int]:
    page = render_template("invitations/replace.html", event=g.event, row=row, form=form, problem=problem)
    return page, status


def _page(
    row: RoleRow,
    status: int,
    *,
    problem: str = "",
    form: DeadlineForm | None = None,
    address: AddressForm | None = None,
) -> tuple[str, int]:
    event: Event = g.event
    now = clock.utc_now()
    invitation, asked = row.invitation, row.asked()
    public = services.published_roles(db.session(), event.id)
    steps = queries.steps_of(db.session(), invitation.id) if invitation is not None else []
    can = {act.value: possible(asked, act, now=now) for act in Act}
    session = _session(row.session)
    return render_template(
        "invitations/one.html",
        event=event,
        row=row,
        invitation=invitation,
        standing=row.standing,
        published=(row.session, row.person, row.role.value) in public,
        waits=release_note(row, public),
        overdue=row.is_overdue(now),
        can=can,
        steps=steps,
        elsewhere=_elsewhere(row, steps),
        done=DONE,
        unwanted=queries.is_unwanted(db.session(), event.id, row.mailbox),
        form=form or _deadline_form(row),
        address=address or AddressForm(None),  # type: ignore[no-untyped-call]
        session_version=session.version,
        would=_would(session, row),
        confirmed=_others_confirmed(row),
        problem=problem,
    ), status


def _elsewhere(row: RoleRow, steps: Sequence[StepRow]) -> bool:
    """Whether the newest mail went to another address than the person has now."""
    newest = next((step.mailbox for step in steps if step.mailbox), None)
    return newest is not None and newest != row.mailbox


def _would(session: ProgrammeSession, row: RoleRow) -> list[dict[str, Any]]:
    """The conflicts that the session would have at the time that the person proposes."""
    invitation = row.invitation
    if invitation is None or invitation.wish_starts_at is None or invitation.wish_ends_at is None:
        return []
    there: datetime = invitation.wish_starts_at
    at = placement_of(programme.values_of(session))
    return live_conflicts.told_if(
        g.event, row.session, Placement(there, invitation.wish_ends_at, at.venue, scheduled=True, locked=at.locked)
    )


def _others_confirmed(row: RoleRow) -> int:
    """How many others have accepted the session as it is now."""
    found = queries.confirmed_others(db.session(), {row.session_id}).get(row.session_id, [])
    return len({person_id for person_id, _role, _name in found} - {row.person_id})


def _cannot_stand(refused: SessionRefused) -> str:
    """Why the session cannot be moved to the proposed time."""
    if SessionProblem.LOCKED in refused.problems:
        return _("The session is locked. Unlock it before you move it.")
    return " ".join(dict.fromkeys(str(EXPLAINED[problem][1]) for problem in refused.problems))
