"""The page behind the link of an invitation. Opening it changes nothing: programs that check mail open links, too."""

from datetime import datetime
from typing import Any

from flask import Response, abort, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded

from galerio_events import clock
from galerio_events.accounts.domain.codes import TooManyCodes, address_of, masked
from galerio_events.errors import ChangeConflict, NotFound
from galerio_events.extensions import db, limiter
from galerio_events.programme.domain.inviting import Act, InvitationRefused, possible, standing
from galerio_events.programme.domain.rules import Frame
from galerio_events.programme.forms.inviting import AnswerForm, ProposalForm
from galerio_events.programme.queries import inviting as queries
from galerio_events.programme.queries.inviting import Known
from galerio_events.programme.services import inviting as services
from galerio_events.programme.services.inviting import Said, shown_digest
from galerio_events.programme.views.invitations.blueprint import bp
from galerio_events.programme.views.invitations.words import writing
from galerio_events.text import token_hash
from galerio_events.web import times
from galerio_events.web.codes import ask_for_code
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import public
from galerio_events.web.locale import page_language

_PRIVATE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive"}
_ANSWERS = {"accept": Act.ACCEPT, "decline": Act.DECLINE, "propose": Act.PROPOSE}


def _opened_nothing(response: Response) -> bool:
    return response.status_code == 404


@bp.after_request
def keep_private(response: Response) -> Response:
    """Tell nobody where the reader came from, and let nobody keep the page, where the address is the key."""
    if request.endpoint == "invitations.answer":
        response.headers.update(_PRIVATE)
        response.headers["Cache-Control"] = "no-store"
    return response


@public
def answer_again(language: str, token: str) -> ResponseReturnValue:
    """The page with what was entered, nothing answered, where the token that came with it is not good any more."""
    known = _open(token)
    if not request.cookies.get(current_app.config["SESSION_COOKIE_NAME"]):
        notice = _(
            "Your browser sent no cookie with the form. The form needs one, for its protection only. "
            "Please allow cookies for this site and press the button again; what you entered is still here."
        )
    else:
        notice = _("This page was open for a long time. What you entered is still here: please press the button again.")
    sent = request.form.get("do", "")
    return _page(known, token, 400, notice=notice, said=_form(sent), opened=sent)


@bp.route("/<language:language>/invitations/<token>", methods=["GET", "POST"])
@public
@limiter.limit("30 per 10 minutes", deduct_when=_opened_nothing)
@limiter.limit("60 per hour", methods=["POST"])
@when_expired(answer_again)
def answer(language: str, token: str) -> ResponseReturnValue:
    """What somebody is asked, and their answer; `?tz=` shows the times on another clock."""
    known = _open(token)
    if request.method != "POST":
        return _page(known, token, 200)
    command = request.form.get("do", "")
    if command in {"mail-off", "mail-on"}:
        return _mail(token, wanted=command == "mail-on")
    if command == "sign-in":
        return _have_a_code_sent(known, token)
    if command not in _ANSWERS:
        abort(400)
    form = _form(command)
    zone, now = _zone(known), clock.utc_now()
    valid = form.validate()
    span = None
    if isinstance(form, ProposalForm) and valid:
        session, event = known.invitation.programme_session, known.event
        frame = Frame(event.timezone, event.starts_on, event.ends_on, event.day_starts_at)
        span = form.span(zone, session.ends_at - session.starts_at, frame, now=now)
        valid = span is not None
    if not valid:
        return _page(known, token, 422, said=form, opened=command)
    said = Said(_ANSWERS[command], form.words.data or "", *(span or (None, None)))
    try:
        services.answer(db.session(), token_hash(token), said, seen=form.seen.data or "", writing=writing(), now=now)
    except ChangeConflict:
        db.session.rollback()
        notice = _("Something has changed since you opened this page, so nothing is noted yet. "
                   "Please look at it once more, and answer again.")  # fmt: skip
        return _page(_open(token), token, 409, notice=notice, said=form, opened=command)
    except (InvitationRefused, NotFound):
        db.session.rollback()
        notice = _("This answer is not possible any more. Below you see how it stands.")
        return _page(_open(token), token, 409, notice=notice)
    db.session.commit()
    return redirect(url_for("invitations.answer", token=token, tz=request.args.get("tz")), 303)


def _mail(token: str, *, wanted: bool) -> ResponseReturnValue:
    try:
        services.want_mail(db.session(), token_hash(token), wanted=wanted, now=clock.utc_now())
    except NotFound:
        db.session.rollback()
    else:
        db.session.commit()
        flash(_("You get mail about invitations again.") if wanted else _("You get no more mail about invitations."))
    return redirect(url_for("invitations.answer", token=token), 303)


def _have_a_code_sent(known: Known, token: str) -> ResponseReturnValue:
    """Lead on to signing in: the code goes to the person's own mailbox, whoever has this link."""
    address = address_of(known.invitation.person.email or "")
    if address is None:
        abort(400)
    target = url_for("desk.index") if "desk.index" in current_app.view_functions else ""
    try:
        page = ask_for_code(address, shown=False, target=target)
    except (RateLimitExceeded, TooManyCodes):
        db.session.rollback()
        notice = _("Too many codes were asked for here. Wait ten minutes and try again.")
        return _page(known, token, 429, notice=notice)
    db.session.commit()
    return redirect(page, 303)


def _open(token: str) -> Known:
    """What the link opens; else a page that says what may be wrong with it. It is the same for a link that was cut off,
    mistyped, replaced or never given out."""
    known = queries.known_by_token(db.session(), token_hash(token))
    if known is None:
        abort(make_response(render_template("invitations/unknown_link.html", no_index=True), 404))
    return known


def _zone(known: Known) -> str:
    """The zone whose clock the page shows besides the event's: that of `?tz=`, else the person's own."""
    for wanted in (request.args.get("tz", ""), known.invitation.person.timezone or ""):
        try:
            if wanted:
                return clock.zone_name(wanted)
        except clock.UnknownZone:
            continue
    return known.event.timezone


def _form(command: str) -> AnswerForm:
    sent = request.form if request.method == "POST" else None
    made: type[AnswerForm] = ProposalForm if command == "propose" else AnswerForm
    return made(sent)


def _page(
    known: Known,
    token: str,
    status: int,
    *,
    notice: str = "",
    said: AnswerForm | None = None,
    opened: str = "",
) -> tuple[str, int]:
    now: datetime = clock.utc_now()
    invitation, row, event = known.invitation, known.row, known.event
    session, person = invitation.programme_session, invitation.person
    asked = queries.asked_of(invitation, row.state if row else None, session.ends_at, published=_public(known))
    zone = _zone(known)
    proposal: Any = said if isinstance(said, ProposalForm) else ProposalForm(None)  # type: ignore[no-untyped-call]
    others = [] if row is None else queries.confirmed_others(db.session(), {row.session_id}).get(row.session_id, [])
    page = render_template(
        "invitations/answer.html",
        no_index=True,
        flashes=True,
        kept={"tz": request.args["tz"]} if "tz" in request.args else {},
        the_event=event,
        invitation=invitation,
        session=session,
        row=row,
        person=person,
        standing=standing(asked),
        over=now >= session.ends_at,
        can={act.value: possible(asked, act, now=now) for act in Act},
        open_still=asked.open_at(now),
        zone=zone,
        zones=times.zone_choices(page_language()),
        others=[(role, name) for person_id, role, name in others if person_id != invitation.person_id],
        seen=shown_digest(known),
        token=token,
        desk="desk.index" in current_app.view_functions,
        sent_to=masked(mailbox) if (mailbox := address_of(person.email or "")) else "",
        notice=notice,
        answer=said if opened in {"accept", "decline"} else AnswerForm(None),  # type: ignore[no-untyped-call]
        proposal=proposal,
        questions=proposal.questions("starts", zone) if opened == "propose" else (),
        opened=opened,
        unwanted=queries.is_unwanted(db.session(), event.id, person.email_key),
    )
    return page, status


def _public(known: Known) -> bool:
    row = known.row
    if row is None:
        return False
    return (row.session, row.person, row.role.value) in services.published_roles(db.session(), known.event.id)
