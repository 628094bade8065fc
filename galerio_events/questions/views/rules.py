"""What an event's organisers settle about questions, and from whom none are taken."""

from datetime import UTC, datetime

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events.errors import NotFound
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.questions import queries, services
from galerio_events.questions.domain import KEPT_DAYS
from galerio_events.questions.forms import RulesForm
from galerio_events.questions.views.blueprint import bp
from galerio_events.web.expired import back_to, when_expired
from galerio_events.web.guards import requires


@requires(Permission.EVENT_EDIT)
def rules_again(language: str, slug: str) -> ResponseReturnValue:
    """The form with what was sent, where its token is not good any more."""
    return _page(RulesForm(), _("This page was open for too long, so nothing has changed yet. Please try again.")), 400


@bp.route("/<language:language>/organise/<slug>/settings/questions", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
@when_expired(rules_again)
def rules(language: str, slug: str) -> ResponseReturnValue:
    """Whether there are questions, under whose name, and for whom to read."""
    if request.method == "GET":
        data = RulesForm.of(queries.rules_of(db.session(), g.event.id))
        return _page(RulesForm(data=data))
    form = RulesForm()
    if not form.validate():
        return _page(form), 422
    services.settle_rules(db.session(), g.event.id, form.rules())
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("questions.rules", slug=slug), 303)


@requires(Permission.EVENT_EDIT)
def lift_again(language: str, slug: str) -> ResponseReturnValue:
    """To the list, nothing done, where the button's token is not good any more."""
    return back_to("questions.rules")


@bp.post("/<language:language>/organise/<slug>/settings/questions/bars")
@requires(Permission.EVENT_EDIT)
@when_expired(lift_again)
def lift(language: str, slug: str) -> ResponseReturnValue:
    """Take questions and votes again from somebody; `at` is since when none are taken."""
    try:
        services.lift_bar(db.session(), g.event.id, _instant(request.form.get("at", "")))
    except (ValueError, OverflowError, NotFound):
        db.session.rollback()
        flash(_("This is not so any more. Below you see how it stands."), "warning")
    else:
        db.session.commit()
        flash(_("Questions and votes are taken again from this person. The question is still hidden."), "success")
    return redirect(url_for("questions.rules", slug=slug, _anchor="bars"), 303)


def _instant(text: str) -> datetime:
    """The instant that is written there. Raises `ValueError` and `OverflowError`."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found.astimezone(UTC)


def _page(form: RulesForm, problem: str = "") -> str:
    return render_template(
        "questions/rules.html",
        event=g.event,
        form=form,
        problem=problem,
        kept_days=KEPT_DAYS,
        bars=queries.bars(db.session(), g.event.id),
    )
