"""A message to the people of a session: what it says and who gets it is shown before anything is sent."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from galerio_events.desk.domain.messages import (
    MOST_MINUTES_LATE,
    Draft,
    MessageKind,
    MessageRefusal,
    MessageRefused,
    template,
)
from galerio_events.desk.forms.messages import MessageForm
from galerio_events.desk.queries import control, messages
from galerio_events.desk.queries.messages import Receiver
from galerio_events.desk.services.control import language_of, send_message
from galerio_events.desk.views.common import blueprint, this_moment
from galerio_events.errors import NotFound
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme.models import ProgrammeSession
from galerio_events.programme.queries import session_by_key
from galerio_events.programme.queries.inviting import unwanted
from galerio_events.text import new_nonce
from galerio_events.translated import EMPTY
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import actor, requires


@requires(Permission.OUTBOX_SEND)
def message_again(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The form with what was sent, nothing mailed, where its token is not good any more."""
    session, receivers = _load(key)
    problem = _("This page was open for too long, so nothing was sent. It holds what you wrote: send it again.")
    return _page(session, receivers, _form(receivers), 400, write=True, problem=problem)


@blueprint.route("/<language:language>/organise/<slug>/control/<key>/message", methods=["GET", "POST"])
@requires(Permission.OUTBOX_SEND)
@when_expired(message_again)
def message(language: str, slug: str, key: str) -> ResponseReturnValue:
    """Write a message (`kind` says which, `minutes` how late), look at it, and send it (`do` is `send`)."""
    session, receivers = _load(key)
    if request.method == "GET":
        form = _first(session, receivers)
        return _page(session, receivers, form, write=form.kind.data == MessageKind.OWN or not form.receivers)
    form, do = _form(receivers), request.form.get("do")
    if do == "write":
        return _page(session, receivers, form, write=True)
    if not form.validate():
        return _page(session, receivers, form, 422, write=True)
    if do != "send":
        return _page(session, receivers, form)
    try:
        told = send_message(
            db.session(),
            g.event,
            session,
            Draft(MessageKind(form.kind.data or ""), form.body),
            to=form.receivers,
            nonce=form.nonce.data or "",
            by=actor().account_id,
            now=this_moment(),
        )
    except MessageRefused as refused:
        db.session.rollback()
        status = 429 if refused.reason is MessageRefusal.TOO_MANY else 422
        return _page(session, receivers, form, status, write=True, problem=_explained(refused.reason))
    db.session.commit()
    if told is None:
        flash(_("This message was sent already; it was not sent twice."), "info")
    else:
        text = ngettext("Sent to %(num)d person, by mail and on their desk.",
                        "Sent to %(num)d people, by mail and on their desk.", told.receivers)  # fmt: skip
        flash(text, "success")
    return redirect(url_for("desk.control", slug=slug, _anchor=f"s-{key}"), 303)


def _load(key: str) -> tuple[ProgrammeSession, list[Receiver]]:
    session = session_by_key(db.session(), g.event.id, key)
    if session is None or session.removed_at is not None:
        raise NotFound("a session of this event")
    return session, messages.receivers(db.session(), session.id)


def _form(receivers: list[Receiver], **data: Any) -> MessageForm:
    sent = request.form if request.method == "POST" else None
    form = MessageForm(sent, data=data or None)  # type: ignore[no-untyped-call]
    form.to.choices = [(str(one.person_id), "") for one in receivers if one.mailbox]
    return form


def _first(session: ProgrammeSession, receivers: list[Receiver]) -> MessageForm:
    """The form as it begins: for asking people to come, with those who are not here yet."""
    wanted = request.args.get("kind", "")
    kind = MessageKind(wanted) if wanted in set(MessageKind) else MessageKind.OWN
    words = EMPTY
    if kind is not MessageKind.LATE:
        words = template(kind)
    elif (minutes := _minutes()) is not None:
        words = template(kind, minutes)
    reached = {str(one.person_id): one.person_id for one in receivers if one.mailbox}
    to = list(reached)
    if kind in {MessageKind.JOIN_NOW, MessageKind.COME_NOW}:
        marks = control.marks(db.session(), [session.id])
        here = {person for (_session, person), mark in marks.items() if mark.here}
        to = [text for text, person in reached.items() if person not in here] or to
    return _form(
        receivers, kind=kind.value, nonce=new_nonce(), body_ja=words.get("ja", ""), body_en=words.get("en", ""), to=to
    )


def _minutes() -> int | None:
    text = request.args.get("minutes", "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
    return number if 1 <= number <= MOST_MINUTES_LATE else None


def _page(
    session: ProgrammeSession,
    receivers: list[Receiver],
    form: MessageForm,
    status: int = 200,
    *,
    write: bool = False,
    problem: str = "",
) -> tuple[str, int]:
    event = g.event
    chosen = form.receivers
    return render_template(
        "desk/message.html",
        event=event,
        session=session,
        form=form,
        write=write or not form.body,
        receivers=receivers,
        chosen=chosen,
        getting=[one for one in receivers if one.person_id in chosen and one.mailbox],
        silent=unwanted(db.session(), event.id),
        language_of={one.person_id: language_of(one, event) for one in receivers},
        body=form.body,
        problem=problem,
    ), status


def _explained(reason: MessageRefusal) -> str:
    return {
        MessageRefusal.NOBODY: _("None of these people takes part in the session any more, or can be written to."),
        MessageRefusal.NO_TEXT: _("Write the message in one language at least."),
        MessageRefusal.TOO_MANY: _("Many messages have left within the last ten minutes. Wait a little, then send it."),
    }[reason]
