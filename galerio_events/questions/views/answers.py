"""Answers in writing."""

from flask import abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events.errors import ChangeConflict, NotFound
from galerio_events.extensions import db
from galerio_events.questions import queries, services
from galerio_events.questions.domain import ANSWER_LENGTH
from galerio_events.questions.forms import AnswerForm
from galerio_events.questions.queries import Asked
from galerio_events.questions.services import answer_digest
from galerio_events.questions.views.blueprint import bp
from galerio_events.questions.views.moderating import Moderated, moderated, to_list
from galerio_events.questions.views.pulse import forget
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import signed_in


@signed_in
def answer_again(language: str, slug: str, key: str, number: int) -> ResponseReturnValue:
    """The form with what was written, where its token is not good any more."""
    found = moderated(slug, key)
    problem = _("This form was open for too long, so nothing is saved yet. It holds what you entered: save again.")
    return _page(found, _question(found, number), AnswerForm(), problem=problem), 400


@bp.route(
    "/<language:language>/desk/<slug>/sessions/<key>/questions/<int(max=2147483647):number>/answer",
    methods=["GET", "POST"],
)
@signed_in
@when_expired(answer_again)
def answer(language: str, slug: str, key: str, number: int) -> ResponseReturnValue:
    """Write the answer to a question, in one language or both, for everybody to read; an empty one takes it away."""
    found = moderated(slug, key)
    if request.method == "GET":
        asked = _question(found, number)
        data = dict(asked.answer) | {"seen": answer_digest(asked.answer)}
        return _page(found, asked, AnswerForm(None, data=data))
    form = AnswerForm()
    if not form.validate():
        return _page(found, _question(found, number), form), 422
    try:
        services.answer(db.session(), found.held, number, form.answer(), seen=form.seen.data or "")
    except NotFound:
        db.session.rollback()
        flash(_("This question has been withdrawn meanwhile."), "warning")
        return to_list(slug, key)
    except ChangeConflict:
        db.session.rollback()
        asked = _question(found, number)
        form.seen.data = answer_digest(asked.answer)
        problem = _("Somebody else has saved an answer meanwhile. Put together what is to hold, and save again.")
        return _page(found, asked, form, problem=problem, compare=True), 409
    db.session.commit()
    forget(slug, key)
    flash(_("The answer is saved."), "success")
    return to_list(slug, key)


def _question(found: Moderated, number: int) -> Asked:
    return queries.one(db.session(), found.held, number) or abort(404)


def _page(found: Moderated, asked: Asked, form: AnswerForm, *, problem: str = "", compare: bool = False) -> str:
    sent = request.args if request.method == "GET" else request.form
    return render_template(
        "questions/answer.html",
        event=found.opened.event,
        session=found.opened.session,
        question=asked,
        form=form,
        problem=problem,
        compare=compare,
        most=ANSWER_LENGTH,
        kept={name: sent[name] for name in ("at", "show", "sort", "page") if sent.get(name)},
    )
