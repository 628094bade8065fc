"""The list as the session's moderator and the event's organisers have it: to sort, hide, take and settle."""

from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events import clock
from galerio_events.errors import NotFound
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme.domain.duties import Duty
from galerio_events.questions import exports, queries, services
from galerio_events.questions.domain import OPPOSITE, USUAL_HOURS_AFTER, Deed, Naming, Order, Phase, Shelf, phase
from galerio_events.questions.forms import BoardForm
from galerio_events.questions.queries import PAGE, Asked, Settled
from galerio_events.questions.views.blueprint import bp
from galerio_events.questions.views.opening import settled_of
from galerio_events.questions.views.public import page_number
from galerio_events.questions.views.pulse import forget, pulse_address
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import requires, signed_in
from galerio_events.web.own import Opened, open_session
from galerio_events.web.published import newest_pointer

_ORGANISE = "organise"


@dataclass(frozen=True, slots=True)
class Moderated:
    """A session whose questions the reader moderates."""

    opened: Opened
    held: Settled

    @property
    def phase(self) -> Phase:
        """What can be done with the questions now, by the times of the draft."""
        session = self.opened.session
        return phase(
            self.held.rules,
            self.held.board,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            now=clock.utc_now(),
        )


def moderated(slug: str, key: str) -> Moderated:
    """The session of that address for a reader who moderates its questions; everybody else gets the same 404."""
    return Moderated(open_session(slug, key, Duty.MODERATE_QUESTIONS), settled_of(slug, key))


@bp.get("/<language:language>/desk/<slug>/sessions/<key>/questions")
@signed_in
def moderate(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The questions, for the session's moderator; organisers may come here as well."""
    return list_page(moderated(slug, key))


@bp.get("/<language:language>/organise/<slug>/programme/<key>/questions")
@requires(Permission.PROGRAMME_EDIT)
def organise(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The same for organisers, among their own pages."""
    return list_page(moderated(slug, key), at=_ORGANISE)


@signed_in
def act_again(language: str, slug: str, key: str, number: int = 0) -> ResponseReturnValue:
    """To the list, nothing done, where a button's token was not good any more."""
    moderated(slug, key)
    flash(_("This page was open for too long, so nothing has changed yet. Please try again."), "warning")
    return to_list(slug, key)


@bp.post("/<language:language>/desk/<slug>/sessions/<key>/questions/<int(max=2147483647):number>")
@signed_in
@when_expired(act_again)
def act(language: str, slug: str, key: str, number: int) -> ResponseReturnValue:
    """Do with a question what was pressed."""
    held = moderated(slug, key).held
    deed = next((deed for deed in Deed if deed == request.form.get("do")), None)
    if deed is None:
        flash(_("This cannot be done."), "warning")
        return to_list(slug, key)
    try:
        services.moderate(db.session(), held, number, deed, now=clock.utc_now())
    except NotFound:
        db.session.rollback()
        flash(_("This question has been withdrawn meanwhile."), "warning")
        return to_list(slug, key)
    db.session.commit()
    forget(slug, key)
    return to_list(slug, key, **({"did": deed.value, "number": number} if deed in OPPOSITE else {}))


@signed_in
def settle_again(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The form with what was sent, where its token is not good any more."""
    problem = _("This page was open for too long, so nothing has changed yet. Please try again.")
    return list_page(moderated(slug, key), at=request.form.get("at", ""), form=BoardForm(), problem=problem), 400


@bp.post("/<language:language>/desk/<slug>/sessions/<key>/questions/settings")
@signed_in
@when_expired(settle_again)
def settle(language: str, slug: str, key: str) -> ResponseReturnValue:
    """Settle when questions are taken, and whether they wait for the moderator."""
    found = moderated(slug, key)
    form = BoardForm()
    if not form.validate():
        return list_page(found, at=request.form.get("at", ""), form=form), 422
    services.settle_board(db.session(), found.held, form.board())
    db.session.commit()
    forget(slug, key)
    flash(_("Saved."), "success")
    return to_list(slug, key)


@bp.get("/<language:language>/organise/<slug>/programme/<key>/questions.csv")
@requires(Permission.PROGRAMME_EDIT)
def table(language: str, slug: str, key: str) -> Response:
    """All questions of the session as CSV. A name is in it only where it is on the list."""
    found = moderated(slug, key)
    rows = [_row(asked) for asked in queries.everything(db.session(), found.held)]
    data = exports.to_csv(rows, found.opened.event.timezone)
    response = Response(data, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="questions-{slug}-{key}.csv"'
    return response


@bp.get("/<language:language>/desk/<slug>/sessions/<key>/questions/screen")
@signed_in
def screen(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The question that is being answered, in type that is read from across the room; for the session's people."""
    opened = open_session(slug, key)
    held = settled_of(slug, key)
    return render_template(
        "questions/screen.html",
        event=opened.event,
        session=opened.session,
        taken=queries.taken(db.session(), held),
        pulse=pulse_address(slug, key),
    )


def to_list(slug: str, key: str, **more: Any) -> ResponseReturnValue:
    """To the list that a button was pressed on, as it was shown."""
    kept: dict[str, Any] = {name: request.form[name] for name in ("show", "sort", "page") if request.form.get(name)}
    endpoint = "questions.organise" if request.form.get("at") == _ORGANISE else "questions.moderate"
    return redirect(url_for(endpoint, slug=slug, key=key, **(kept | more)), 303)


def list_page(found: Moderated, *, at: str = "", form: BoardForm | None = None, problem: str = "") -> str:
    """The list with its buttons."""
    opened, held = found.opened, found.held
    asked = request.args if request.method == "GET" else request.form
    shelf = next((each for each in Shelf if each == asked.get("show")), Shelf.OPEN)
    order = next((each for each in Order if each == asked.get("sort")), Order.VOTES)
    counts = queries.counts(db.session(), [held.session_id]).get(held.session_id, queries.Counts())
    pages = max(1, -(-getattr(counts, shelf.value) // PAGE))
    number = min(page_number(asked.get("page", "")), pages)
    slug, key = opened.event.slug, opened.session.key
    return render_template(
        "questions/moderate.html",
        layout="organise/layout.html" if at == _ORGANISE and opened.organiser else "run_sheet/own_layout.html",
        at=_ORGANISE if at == _ORGANISE and opened.organiser else "",
        here="questions.organise" if at == _ORGANISE and opened.organiser else "questions.moderate",
        event=opened.event,
        session=opened.session,
        organiser=opened.organiser,
        published=newest_pointer(slug) is not None,
        rules=held.rules,
        board=held.board,
        phase=found.phase,
        opens_at=held.board.opens_at(opened.session.starts_at),
        closes_at=held.board.closes_at(opened.session.ends_at),
        questions=queries.on_shelf(db.session(), held, shelf, order=order, page=number),
        counts=counts,
        shelf=shelf,
        order=order,
        number=number,
        pages=pages,
        form=form or BoardForm(None, data=BoardForm.of(held.board)),
        settling=form is not None,
        problem=problem,
        undo=_undo(),
        usual=USUAL_HOURS_AFTER,
        pulse=pulse_address(slug, key),
        Deed=Deed,
        Naming=Naming,
        Order=Order,
        Phase=Phase,
        Shelf=Shelf,
    )


def _undo() -> tuple[str, Deed, int] | None:
    """What was just done, what takes it back, and with which question."""
    deed = next((deed for deed in OPPOSITE if deed == request.args.get("did")), None)
    number = request.args.get("number", "")
    if deed is None or not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    return told(deed), OPPOSITE[deed], int(number)


def told(deed: Deed) -> str:
    """What has been done."""
    return {
        Deed.APPROVE: _("The question is on the list."),
        Deed.HOLD: _("The question waits again."),
        Deed.HIDE: _("The question is hidden."),
        Deed.SHOW: _("The question is shown again."),
        Deed.TAKE: _("The question is being answered now."),
        Deed.DONE: _("The question is done."),
        Deed.REOPEN: _("The question is open again."),
        Deed.BAR: _("The question is hidden, and no more questions and votes are taken from whoever put it."),
        Deed.UNBAR: _("Questions and votes are taken again from whoever put this question. It is still hidden."),
    }[deed]


def _row(asked: Asked) -> dict[str, object]:
    return {
        "number": asked.id,
        "asked_at": asked.asked_at,
        "language": asked.language,
        "name": asked.name,
        "question": asked.text,
        "votes": asked.votes,
        "state": asked.progress.value if asked.approved else "waiting",
        "hidden": asked.hidden,
        "answer_ja": asked.answer.get("ja"),
        "answer_en": asked.answer.get("en"),
    }
