"""Inviting: the deadline and a note, and every mail as it would leave."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from galerio_events import clock
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.outbox import exports
from galerio_events.outbox.domain import Outgoing
from galerio_events.permissions import Permission
from galerio_events.programme.domain.inviting import SOONEST, USUAL_WAIT
from galerio_events.programme.forms.inviting import InvitationForm
from galerio_events.programme.queries.inviting import Place
from galerio_events.programme.services import inviting as services
from galerio_events.programme.services.inviting import Letter
from galerio_events.programme.views.invitations.blueprint import bp
from galerio_events.programme.views.invitations.overview import chosen_places, names, tell
from galerio_events.programme.views.invitations.words import WHY, writing
from galerio_events.translated import EMPTY, Translated
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import actor, requires


@dataclass(frozen=True, slots=True)
class Preview:
    """A mail as it would leave, but for the token of its link."""

    letter: Letter
    subject: str
    text: str


@requires(Permission.PROGRAMME_EDIT)
def new_again(language: str, slug: str) -> ResponseReturnValue:
    """The form with what was sent, nothing mailed, where its token is not good any more."""
    problem = _("This form was open for too long, so nothing is sent yet. It holds what you entered: send again.")
    return _page(_form(), _places(), 422, problem=problem)


@bp.route("/<language:language>/organise/<slug>/invitations/new", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
@when_expired(new_again)
def new(language: str, slug: str) -> ResponseReturnValue:
    """Whom to invite (`role`, several times), until when, with which note; shows every mail before it is sent."""
    event: Event = g.event
    places = _places()
    if not places:
        flash(_("Tick the people first."), "warning")
        return redirect(url_for("invitations.overview", slug=slug), 303 if request.method == "POST" else 302)
    form, now = _form(), clock.utc_now()
    if request.method != "POST":
        return _page(form, places, 200)
    valid = form.validate()
    deadline = None if form.deadline.errors else form.deadline_at(event.timezone, now=now, starts_at=None)
    if not valid or deadline is None:
        return _page(form, places, 422)
    if request.form.get("do") != "send":
        return _page(form, places, 200)
    sent = services.invite(
        db.session(),
        event.id,
        places,
        deadline_at=deadline,
        note_text=form.note(),
        writing=writing(),
        by=actor().account_id,
        now=now,
    )
    if not sent.places:
        db.session.rollback()
        return _page(form, places, 409, problem=_("Nothing was sent: none of these people can be invited now."))
    db.session.commit()
    tell(sent.left_out, names(places))
    text = ngettext("%(num)d invitation leaves in two minutes.", "%(num)d invitations leave in two minutes.",
                    len(sent.places))  # fmt: skip
    flash(text, "success")
    return redirect(url_for("invitations.overview", slug=slug, sent=sent.batch), 303)


def preview(letter: Letter, now: datetime) -> Preview:
    """The mail as it would leave now."""
    outgoing = Outgoing(
        id=0,
        event_id=None,
        kind=letter.kind,
        language=letter.language,
        recipient_email=letter.address,
        recipient_name=letter.name,
        values=letter.values,
        message_id="<preview@localhost>",
        bulk=False,
        attempts=0,
        created_at=now,
    )
    message = current_app.extensions["outbox_renderer"].message(outgoing, masked=True)
    return Preview(letter, str(message["Subject"]), exports.parts(message)[0])


def usual_deadline(event: Event, now: datetime) -> datetime:
    """Wall-clock time of the deadline that a form begins with: the end of a day in two weeks."""
    return datetime.combine(clock.in_zone(now + USUAL_WAIT, event.timezone).date(), time(18))


def _places() -> list[Place]:
    return chosen_places(request.values.getlist("role"))


def _form() -> InvitationForm:
    first = {"deadline": usual_deadline(g.event, clock.utc_now())}
    sent = request.form if request.method == "POST" else None
    return InvitationForm(sent, data=first)  # type: ignore[no-untyped-call]


def _page(form: InvitationForm, places: Sequence[Place], status: int, *, problem: str = "") -> tuple[str, int]:
    event: Event = g.event
    now = clock.utc_now()
    deadline, note = _as_entered(form, event, now)
    found = services.prepared(
        db.session(), event.id, places, deadline_at=deadline, note_text=note, writing=writing(), now=now
    )
    called = names(places)
    return render_template(
        "invitations/new.html",
        event=event,
        form=form,
        places=places,
        previews=[preview(_harmless(letter), now) for _row, letter in found.mails],
        left_out=[(called.get(place, str(place)), str(WHY[why])) for place, why in found.left_out],
        questions=form.questions("deadline", event.timezone),
        problem=problem,
    ), status


def _as_entered(form: InvitationForm, event: Event, now: datetime) -> tuple[datetime, Translated]:
    """The deadline and the note to show the mails with: those of the form, as far as they are right."""
    wall: Any = form.deadline.data
    wrong = bool(form.deadline.errors) or wall is None
    deadline = now + USUAL_WAIT if wrong else clock.candidates(wall, event.timezone)[0]
    if deadline < now + SOONEST:
        deadline = now + timedelta(days=1)
    note = EMPTY if form.note_ja.errors or form.note_en.errors else form.note()
    return deadline, note


def _harmless(letter: Letter) -> Letter:
    return replace(letter, values={**letter.values, "invitation": "preview"})
