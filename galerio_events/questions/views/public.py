"""The questions to a session, for everybody who may read them and for registrants, who ask and vote."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded

from galerio_events import clock
from galerio_events.errors import NotFound
from galerio_events.extensions import db
from galerio_events.questions import queries, services
from galerio_events.questions.domain import (
    KEPT_DAYS,
    MOST_A_PERSON,
    QUESTION_LENGTH,
    Naming,
    Order,
    Phase,
    Progress,
    QuestionRefused,
    Refusal,
)
from galerio_events.questions.forms import AskForm
from galerio_events.questions.queries import PAGE
from galerio_events.questions.views.blueprint import bp
from galerio_events.questions.views.limits import count_question, count_vote
from galerio_events.questions.views.opening import published_session, reader_of, settled_of
from galerio_events.questions.views.pulse import forget, pulse_address
from galerio_events.web import registrants
from galerio_events.web.expired import when_expired
from galerio_events.web.filters import LANGUAGE_NAMES
from galerio_events.web.guards import public
from galerio_events.web.locale import LANGUAGES

_SORTS = {"votes": Order.VOTES, "newest": Order.NEWEST}
# A page of this number and beyond has no questions, however many there are.
_MOST_PAGES = 1000


@bp.get("/<language:language>/<slug>/sessions/<key>/questions")
@public
def page(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The list; for registrants with the form, their own questions and the buttons to vote."""
    return _page(language, slug, key)


@public
def ask_again(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The page with what was written, where the token that came with it is not good any more."""
    notice = _("This page was open for a long time. What you entered is still here: please press the button again.")
    return _page(language, slug, key, form=_form(language), notice=notice), 400


@bp.post("/<language:language>/<slug>/sessions/<key>/questions")
@public
@when_expired(ask_again)
def ask(language: str, slug: str, key: str) -> ResponseReturnValue:
    """Put a question."""
    place, held = published_session(slug, key), settled_of(slug, key)
    reader = reader_of(held.event_id, slug)
    if reader is None:
        return _take_part_first(slug, key)
    form = _form(language)
    if not form.validate():
        return _page(language, slug, key, form=form), 422
    try:
        count_question(reader.id)
        services.ask(
            db.session(),
            held,
            reader.id,
            text=form.text.data or "",
            language=form.language.data,
            hide_name=bool(form.hide_name.data),
            phase=place.phase(held),
            now=clock.utc_now(),
        )
    except RateLimitExceeded:
        db.session.rollback()
        notice = _("You have put several questions just now. Please wait a few minutes; what you wrote is still here.")
        return _page(language, slug, key, form=form, notice=notice), 429
    except QuestionRefused as refused:
        db.session.rollback()
        return _page(language, slug, key, form=form, notice=explained(refused.reason)), 409
    db.session.commit()
    forget(slug, key)
    if held.board.premoderated:
        flash(_("Thank you. Your question appears on the list once the moderator has let it through."), "success")
    else:
        flash(_("Thank you. Your question is on the list."), "success")
    return redirect(url_for("questions.page", slug=slug, key=key, _anchor="own", **_kept()), 303)


@public
def back(language: str, slug: str, key: str, number: int = 0) -> ResponseReturnValue:
    """To the list, where a button's token was not good any more."""
    flash(_("This page was open for too long, so nothing has changed yet. Please try again."), "error")
    return _to_list(slug, key, number)


@bp.post("/<language:language>/<slug>/sessions/<key>/questions/<int(max=2147483647):number>/vote")
@public
@when_expired(back)
def vote(language: str, slug: str, key: str, number: int) -> ResponseReturnValue:
    """Give a question one's vote (`do` is `give`), or take it back."""
    place, held = published_session(slug, key), settled_of(slug, key)
    reader = reader_of(held.event_id, slug)
    if reader is None:
        return _take_part_first(slug, key)
    try:
        count_vote(reader.id)
        services.vote(
            db.session(),
            held,
            reader.id,
            number,
            give=request.form.get("do") == "give",
            phase=place.phase(held),
        )
    except RateLimitExceeded:
        db.session.rollback()
        flash(_("Too many votes have come just now. Please wait a minute."), "error")
    except NotFound:
        db.session.rollback()
        flash(_("This question is not on the list any more."), "error")
    except QuestionRefused as refused:
        db.session.rollback()
        flash(explained(refused.reason), "error")
    else:
        db.session.commit()
        forget(slug, key)
    return _to_list(slug, key, number)


@bp.post("/<language:language>/<slug>/sessions/<key>/questions/<int(max=2147483647):number>/withdraw")
@public
@when_expired(back)
def withdraw(language: str, slug: str, key: str, number: int) -> ResponseReturnValue:
    """Delete one's own question. Another's looks like one that is not there."""
    published_session(slug, key)
    held = settled_of(slug, key)
    reader = reader_of(held.event_id, slug)
    if reader is None:
        return _take_part_first(slug, key)
    try:
        services.withdraw(db.session(), held, reader.id, number)
    except NotFound:
        db.session.rollback()
        flash(_("This question is not on the list any more."), "error")
    else:
        db.session.commit()
        forget(slug, key)
        flash(_("Your question has been withdrawn and deleted."), "success")
    return _to_list(slug, key)


@bp.post("/<language:language>/<slug>/sessions/<key>/questions/leave")
@public
@when_expired(back)
def leave(language: str, slug: str, key: str) -> ResponseReturnValue:
    """Let this browser not take part any more with the registration that was opened in it."""
    published_session(slug, key)
    registrants.forget(slug)
    flash(_("This browser does not know your registration any more."), "success")
    return _to_list(slug, key)


def explained(reason: Refusal) -> str:
    """Why a question or a vote was not taken."""
    return {
        Refusal.NOT_OPEN: _("Questions and votes are not taken at the moment."),
        Refusal.DUPLICATE: _("You have put this question already. It is among yours below."),
        Refusal.TOO_MANY: _(
            "You have %(most)s questions to this session. Withdraw one before you put another.", most=MOST_A_PERSON
        ),
        Refusal.BARRED: _("The organisers take no more questions and votes from this registration."),
        Refusal.OWN: _("This is your own question: it needs no vote of yours."),
        Refusal.SETTLED: _("This question has been dealt with, so it takes no votes any more."),
    }[reason]


def page_number(text: str) -> int:
    """The number of a page of a list; 1 for anything that is none."""
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 5 and 0 < int(text) < _MOST_PAGES else 1


def _form(language: str, *, sent: bool = True) -> AskForm:
    form = AskForm() if sent else AskForm(None, data={"language": language})
    form.language.choices = [(tag, LANGUAGE_NAMES[tag]) for tag in LANGUAGES]
    return form


def _page(language: str, slug: str, key: str, *, form: AskForm | None = None, notice: str = "") -> str:
    place, held = published_session(slug, key), settled_of(slug, key)
    now_phase = place.phase(held)
    reader = reader_of(held.event_id, slug)
    order = _SORTS.get(request.args.get("sort", ""), Order.VOTES)
    number = page_number(request.args.get("page", ""))
    readable = now_phase is not Phase.OFF and (held.rules.public_list or reader is not None)
    values: dict[str, Any] = {"questions": [], "own": [], "total": 0, "pages": 1}
    if readable:
        counts = queries.counts(db.session(), [held.session_id]).get(held.session_id, queries.Counts())
        total = counts.open + counts.done
        pages = max(1, -(-total // PAGE))
        number = min(number, pages)
        me = None if reader is None else reader.id
        values |= {
            "questions": queries.published(db.session(), held, order=order, page=number, reader=me),
            "own": queries.own(db.session(), held, me) if me is not None else [],
            "total": total,
            "pages": pages,
        }
    event = place.programme.event
    return render_template(
        "questions/page.html",
        event=event,
        kept=_kept(),
        zone=_kept().get("tz", event.timezone),
        page="programme",
        no_index=True,
        flashes=True,
        session=place.session,
        rules=held.rules,
        board=held.board,
        phase=now_phase,
        reader=reader,
        by_link=registrants.remembered(slug) is not None,
        readable=readable,
        order=order,
        number=number,
        opens_at=held.board.opens_at(place.session.starts_at),
        closes_at=held.board.closes_at(place.session.ends_at),
        form=(form or _form(language, sent=False)) if reader is not None and now_phase is Phase.OPEN else None,
        notice=notice,
        most=QUESTION_LENGTH,
        kept_days=KEPT_DAYS,
        pulse=pulse_address(slug, key),
        Naming=Naming,
        Order=Order,
        Phase=Phase,
        Progress=Progress,
        **values,
    )


def _kept() -> dict[str, Any]:
    """The zone in which the reader wants to see times, for links to carry it on."""
    asked = request.args.get("tz", "")
    return {"tz": asked} if asked in clock.zone_names() else {}


def _to_list(slug: str, key: str, number: int = 0) -> ResponseReturnValue:
    kept: dict[str, Any] = dict(_kept())
    if request.form.get("sort") in _SORTS:
        kept["sort"] = request.form["sort"]
    if (at := page_number(request.form.get("page", ""))) > 1:
        kept["page"] = str(at)
    anchor = f"question-{number}" if number else "list"
    return redirect(url_for("questions.page", slug=slug, key=key, _anchor=anchor, **kept), 303)


def _take_part_first(slug: str, key: str) -> ResponseReturnValue:
    flash(_("Questions and votes are for participants. Below you find how to take part."), "error")
    return redirect(url_for("questions.page", slug=slug, key=key, **_kept()), 303)
