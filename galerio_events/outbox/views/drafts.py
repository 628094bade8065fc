"""Drafts: their words can be edited, and those of a batch are sent or dropped together."""

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from galerio_events.clock import utc_now
from galerio_events.errors import ChangeConflict, Conflict
from galerio_events.extensions import db
from galerio_events.outbox import queries, services
from galerio_events.outbox.domain import Action, MailState, Wording, edited_wording, wording_digest
from galerio_events.outbox.exports import Renderer, RenderingFailed
from galerio_events.outbox.forms import WordingForm
from galerio_events.outbox.models import OutboxMail
from galerio_events.outbox.views.pages import MOST, bp
from galerio_events.permissions import Permission
from galerio_events.text import one_line
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import requires

_MAIL = f"/<language:language>/organise/<slug>/outbox/<int(max={MOST}):mail_id>"
_ALL = {"send": Action.SEND, "cancel": Action.CANCEL}


@requires(Permission.OUTBOX_SEND)
def edit_again(language: str, slug: str, mail_id: int) -> ResponseReturnValue:
    """The form with what was sent, where the token that came with it is not good any more."""
    row = queries.mail_of(db.session(), g.event.id, mail_id)
    problem = _("This form was open for too long, so nothing is saved yet. It holds what you entered: save again.")
    return _form_page(row, WordingForm(), 422, problem=problem)  # type: ignore[no-untyped-call]


@bp.route(f"{_MAIL}/edit", methods=["GET", "POST"])
@requires(Permission.OUTBOX_SEND)
@when_expired(edit_again)
def edit(language: str, slug: str, mail_id: int) -> ResponseReturnValue:
    """Edit subject and text of a draft. The codes of private links are not shown; `[[manage]]` stands for them."""
    db_session = db.session()
    row = queries.mail_of(db_session, g.event.id, mail_id)
    words = _words(row)
    if row.state is not MailState.DRAFT or words is None:
        flash(_("Only a draft can be edited."), "warning")
        return redirect(url_for("outbox.mail", slug=slug, mail_id=mail_id))
    if request.method == "GET":
        form = WordingForm(formdata=None, data=_shown(row, words))  # type: ignore[no-untyped-call]
        form.seen.data = wording_digest(row.values, row.language)
        return _form_page(row, form, 200)
    form = WordingForm()  # type: ignore[no-untyped-call]
    if not form.validate():
        return _form_page(row, form, 422)
    wording = form.wording()
    try:
        unchanged = wording == _words(row, original=True)
        services.edit_draft(
            db_session,
            g.event.id,
            mail_id,
            None if unchanged else wording,
            seen=form.seen.data or "",
            language=form.chosen_language(),
        )
    except ChangeConflict as conflict:
        db.session.rollback()
        if conflict.reason is not Conflict.STALE:
            raise
        row = queries.mail_of(db.session(), g.event.id, mail_id)
        form.seen.data = wording_digest(row.values, row.language)
        return _form_page(row, form, 409, stored=_words(row))
    db.session.commit()
    flash(_("The draft has been changed."), "success")
    return redirect(url_for("outbox.mail", slug=slug, mail_id=mail_id), 303)


@bp.post(f"{_MAIL}/original")
@requires(Permission.OUTBOX_SEND)
def original(language: str, slug: str, mail_id: int) -> ResponseReturnValue:
    """Give a draft the words back that it was written with."""
    services.edit_draft(db.session(), g.event.id, mail_id, None, seen=request.form.get("seen", ""))
    db.session.commit()
    flash(_("The draft has its original words again."), "success")
    return redirect(url_for("outbox.mail", slug=slug, mail_id=mail_id), 303)


@bp.post("/<language:language>/organise/<slug>/outbox/drafts/<any(send,cancel):action>")
@requires(Permission.OUTBOX_SEND)
def all_drafts(language: str, slug: str, action: str) -> ResponseReturnValue:
    """Send or drop every draft of the batch that the form names."""
    batch = one_line(request.form.get("batch", ""))[:60]
    count = services.act_on_drafts(db.session(), g.event.id, batch, _ALL[action], now=utc_now())
    db.session.commit()
    if not count:
        flash(_("There are no drafts left to send or to drop."), "warning")
    elif action == "send":
        flash(ngettext("%(num)d mail is on its way.", "%(num)d mails are on their way.", count), "success")
    else:
        flash(ngettext("%(num)d draft has been dropped.", "%(num)d drafts have been dropped.", count), "success")
    known = batch in queries.batches(db.session(), g.event.id)
    return redirect(url_for("outbox.index", slug=slug, batch=batch if known else None), 303)


def _shown(row: OutboxMail, words: Wording) -> dict[str, str]:
    return {"language": row.language, "subject": words.subject, "text": words.text}


def _words(row: OutboxMail, *, original: bool = False) -> Wording | None:
    """The words of the mail, None where its templates and values do not fit together."""
    renderer: Renderer = current_app.extensions["outbox_renderer"]
    try:
        return renderer.wording(queries.outgoing(row), original=original)
    except RenderingFailed:
        return None


def _form_page(
    row: OutboxMail, form: WordingForm, status: int, *, problem: str = "", stored: Wording | None = None
) -> ResponseReturnValue:
    page = render_template(
        "organise/outbox_edit.html",
        mail=row,
        cautions=services.cautions(db.session(), g.event.id, row.batch),
        form=form,
        problem=problem,
        stored=stored,
        edited=edited_wording(row.values) is not None,
        seen=wording_digest(row.values, row.language),
    )
    return page, status
