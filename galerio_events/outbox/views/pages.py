"""The list of mails and one mail, and what an application does so that mail leaves soon after a commit."""

from collections.abc import Collection
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from flask import Blueprint, Response, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy.orm import Session

from galerio_events.clock import utc_now
from galerio_events.errors import DomainError
from galerio_events.extensions import db
from galerio_events.outbox import exports, queries, services, worker
from galerio_events.outbox.domain import (
    INTERRUPTED,
    Action,
    MailState,
    actions_by_hand,
    edited_wording,
    minutes_overdue,
)
from galerio_events.outbox.exports import RenderingFailed
from galerio_events.outbox.models import OutboxMail
from galerio_events.outbox.worker.queue import Nudger
from galerio_events.permissions import Permission, can
from galerio_events.web.guards import actor, requires

bp = Blueprint("outbox", __name__)

# The largest id that a PostgreSQL integer holds.
MOST = 2**31 - 1
_HEADERS = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID")
_PREVIEW_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"

_DONE = {
    Action.SEND: lazy_gettext("The mail has been queued and will be sent in a moment."),
    Action.SEND_NOW: lazy_gettext("The mail is due now and will be sent in a moment."),
    Action.RETRY: lazy_gettext("The mail has been queued again and will be sent in a moment."),
    Action.CANCEL: lazy_gettext("The mail has been cancelled and will not be sent."),
}
_BY_HAND = ",".join(f'"{action}"' for action in _DONE)


# What organisers call a kind; one without a name here is shown as its folder is called.
KINDS = {
    "delivery_check": lazy_gettext("Delivery test"),
    "registration_confirmation": lazy_gettext("Registration confirmed"),
    "registration_changed": lazy_gettext("Registration changed"),
    "registration_cancelled": lazy_gettext("Registration cancelled"),
    "registration_known": lazy_gettext("Registered already"),
    "programme_changed": lazy_gettext("Programme changed"),
    "invitation": lazy_gettext("Invitation"),
    "invitation_reminder": lazy_gettext("Reminder of an invitation"),
    "invitation_news": lazy_gettext("News of an invitation"),
    "invitation_answer": lazy_gettext("Answer to an invitation, for organisers"),
    "learnings_reminder": lazy_gettext("Reminder of key learnings"),
    "learnings_sent_back": lazy_gettext("Key learnings sent back"),
    "sign_in_code": lazy_gettext("Code to sign in"),
}


@bp.app_template_filter("mail_kind")
def mail_kind(kind: str) -> str:
    """What organisers call a kind of mail."""
    return str(KINDS.get(kind, kind))


@bp.app_template_filter("mail_batch")
def mail_batch(batch: str) -> str:
    """What organisers call a batch of mails."""
    number = batch.removeprefix("release-")
    return _("Release %(number)s", number=number) if number.isdecimal() else batch


@bp.app_template_filter("mail_error")
def mail_error(error: str) -> str:
    """What went wrong: our own words in the language of the page, a mail server's as they are."""
    return _("The worker stopped while it was sending this mail.") if error == INTERRUPTED else error


@bp.record_once
def set_up(state: BlueprintSetupState) -> None:
    """Give the application a renderer, for previews, and the nudger that wakes the worker."""
    app = state.app
    made = worker.renderer(app.config, Path(app.template_folder or ""))
    services.configure(made.sender.host)
    app.extensions["outbox_renderer"] = made
    if not app.testing:
        queue = cache(lambda: worker.queue(app.config, _nothing))
        app.extensions["outbox_nudge"] = Nudger(lambda: queue().nudge())


@sa.event.listens_for(db.session, "after_commit")
def nudge(db_session: Session) -> None:
    """Wake the worker after a commit of a session that has put a mail into the outbox."""
    if db_session.info.get(services.ENQUEUED) and (wake := current_app.extensions.get("outbox_nudge")):
        wake()


@bp.get("/<language:language>/organise/<slug>/outbox")
@requires(Permission.OUTBOX_READ)
def index(language: str, slug: str) -> ResponseReturnValue:
    """The event's mails, newest first; `state`, `kind` and `batch` show only such mails, `before` those older than
    that mail."""
    now, db_session, event_id = utc_now(), db.session(), g.event.id
    state, before = _state(request.args.get("state", "")), _before(request.args.get("before", ""))
    kinds, batches = queries.kinds(db_session, event_id), queries.batches(db_session, event_id)
    kind, batch = _one_of(kinds, request.args.get("kind", "")), _one_of(batches, request.args.get("batch", ""))
    waiting = [each for each, drafts in batches.items() if drafts and batch in {None, each}]
    return render_template(
        "organise/outbox.html",
        counts=queries.counts(db_session, event_id, kind=kind, batch=batch),
        page=queries.page(db_session, event_id, state=state, kind=kind, batch=batch, before=before),
        state=state,
        kind=kind,
        batch=batch,
        kinds=kinds,
        batches=batches,
        cautions={each: services.cautions(db_session, event_id, each) for each in waiting},
        kept={name: value for name, value in (("kind", kind), ("batch", batch)) if value},
        before=before,
        overdue=minutes_overdue(queries.due_since(db_session, event_id, now=now), now=now),
        may_send=can(actor(), Permission.OUTBOX_SEND, event_id=event_id),
    )


@bp.get(f"/<language:language>/organise/<slug>/outbox/<int(max={MOST}):mail_id>")
@requires(Permission.OUTBOX_READ)
def mail(language: str, slug: str, mail_id: int) -> ResponseReturnValue:
    """One mail as it leaves, but for the tokens of its private links."""
    row = queries.mail_of(db.session(), g.event.id, mail_id)
    message, problem = _preview(row)
    may_send = can(actor(), Permission.OUTBOX_SEND, event_id=g.event.id)
    actions = actions_by_hand(row.state)
    return render_template(
        "organise/outbox_mail.html",
        mail=row,
        edited=edited_wording(row.values) is not None,
        may_edit=may_send and row.state is MailState.DRAFT and message is not None,
        headers=[(name, str(message[name])) for name in _HEADERS if message[name]] if message else [],
        text=exports.parts(message)[0] if message else "",
        attachments=[
            (part.get_filename(), part.get_content_type(), len(part.get_payload(decode=True) or b""))
            for part in (message.iter_attachments() if message else ())
        ],
        problem=problem,
        cautions=services.cautions(db.session(), g.event.id, row.batch) if actions else (),
        actions=actions if may_send else (),
    )


@bp.get(f"/<language:language>/organise/<slug>/outbox/<int(max={MOST}):mail_id>/html")
@requires(Permission.OUTBOX_READ)
def html(language: str, slug: str, mail_id: int) -> ResponseReturnValue:
    """The HTML of one mail, for the frame of its page: nothing in it runs or leads anywhere."""
    message, problem = _preview(queries.mail_of(db.session(), g.event.id, mail_id))
    if message is None:
        return Response(problem, 409, mimetype="text/plain")
    return Response(exports.parts(message)[1], headers={"Content-Security-Policy": _PREVIEW_POLICY})


@bp.post(
    f"/<language:language>/organise/<slug>/outbox/<int(max={MOST}):mail_id>/<any({_BY_HAND}):action>",
)
@requires(Permission.OUTBOX_SEND)
def act(language: str, slug: str, mail_id: int, action: str) -> ResponseReturnValue:
    """Send a draft, send a queued mail before its time, try again, or cancel."""
    row = queries.mail_of(db.session(), g.event.id, mail_id)
    services.act(db.session(), g.event.id, row.id, Action(action), now=utc_now())
    db.session.commit()
    flash(str(_DONE[Action(action)]), "success")
    return redirect(url_for("outbox.mail", slug=slug, mail_id=mail_id), 303)


@bp.post("/<language:language>/organise/<slug>/outbox/retry-failed")
@requires(Permission.OUTBOX_SEND)
def retry_failed(language: str, slug: str) -> ResponseReturnValue:
    """Try every failed mail of the event again."""
    count = services.retry_failed(db.session(), g.event.id, now=utc_now())
    db.session.commit()
    flash(ngettext("%(num)d mail has been queued again.", "%(num)d mails have been queued again.", count), "success")
    return redirect(url_for("outbox.index", slug=slug), 303)


def _state(given: str) -> MailState | None:
    if given and given not in set(MailState):
        abort(404)
    return MailState(given) if given else None


def _one_of(known: Collection[str], given: str) -> str | None:
    if given and given not in known:
        abort(404)
    return given or None


def _before(given: str) -> int | None:
    if given and not (given.isascii() and given.isdecimal() and len(given) < 11 and int(given) <= MOST):
        abort(404)
    return int(given) if given else None


def _preview(row: OutboxMail) -> tuple[EmailMessage | None, str]:
    mail_out = queries.outgoing(row)
    try:
        attached = services.attachments(db.session(), mail_out)
        message: EmailMessage = current_app.extensions["outbox_renderer"].message(mail_out, attached, masked=True)
    except (RenderingFailed, DomainError, LookupError, ValueError) as error:
        return None, _("This mail cannot be made: %(reason)s", reason=str(error))
    return message, ""


def _nothing() -> None:
    """What the queue's task is in a process that only puts it into the queue."""
