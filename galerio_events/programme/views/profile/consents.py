"""What somebody agrees to: each question in its wording of today, with all answers that were given so far."""

from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events import clock
from galerio_events.extensions import db
from galerio_events.people import services
from galerio_events.people.domain.profile import WORDINGS, ProfileConsent
from galerio_events.people.models import Consent
from galerio_events.people.queries import profiles
from galerio_events.programme.forms.profile import ConsentForm
from galerio_events.programme.views.profile.common import Own, bp, open_own, render
from galerio_events.programme.views.profile.words import QUESTIONS
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import actor, signed_in

_FORM: Any = ConsentForm


@signed_in
def consents_again(language: str, slug: str) -> ResponseReturnValue:
    """The questions with the answers that were sent, where the token of the form is not good any more."""
    own = open_own(slug)
    problem = _("This form was open for too long, so nothing is saved yet. It holds what you entered: save again.")
    return _page(own, _FORM(), 422, problem)


@bp.route("/<language:language>/desk/<slug>/profile/consents", methods=["GET", "POST"])
@signed_in
@when_expired(consents_again)
def consents(language: str, slug: str) -> ResponseReturnValue:
    """The questions and the reader's answers to them."""
    own = open_own(slug)
    if request.method == "GET":
        return _page(own, None, 200)
    form = _FORM()
    fresh = services.answer_consents(
        db.session(),
        own.event.id,
        own.person.key,
        form.given(),
        language=language,
        by=actor().account_id,
        now=clock.utc_now(),
    )
    db.session.commit()
    flash(_("Your answers are kept.") if fresh else _("Nothing has changed."), "success")
    return redirect(own.address("profile.consents"))


def _page(own: Own, form: ConsentForm | None, status: int, problem: str = "") -> tuple[str, int]:
    answers = profiles.answers(db.session(), own.person.id)
    sent = form.given() if form is not None else {}
    questions = [
        (kind, QUESTIONS[kind][WORDINGS[kind]], answers.get(kind), sent.get(kind, _standing(kind, answers.get(kind))))
        for kind in ProfileConsent
    ]
    return render(
        own,
        "profile/consents.html",
        status,
        questions=questions,
        wordings=WORDINGS,
        given=profiles.all_answers(db.session(), own.person.id),
        problem=problem,
    )


def _standing(kind: ProfileConsent, answer: Consent | None) -> bool | None:
    """What is ticked: the answer to the wording of today; one to an earlier wording is asked for again."""
    return answer.given if answer is not None and answer.wording == WORDINGS[kind] else None
