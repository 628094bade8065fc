"""The list of what is in conflict in the draft, and of what organisers have accepted of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.accounts import queries as accounts
from galerio_events.errors import ChangeConflict
from galerio_events.errors import Conflict as Why
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme.domain.conflicts import Conflict, ConflictKind, find
from galerio_events.programme.forms.warnings import AcceptForm
from galerio_events.programme.queries.conflicts import Accepted, accepted_warnings, conflict_draft, names_in
from galerio_events.programme.services.warnings import accept_warning, withdraw_acceptance
from galerio_events.programme.views.pages import bp
from galerio_events.programme.views.warnings import NAMED, as_json, told, told_with_links
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import actor, requires
from galerio_events.web.labels import label
from galerio_events.web.overview import Card, overview_card

# So many conflicts are on a page, and in an answer to a script.
PAGE = 100
MOST_IN_JSON = 500
# What another time or place can solve.
_IN_TIME = frozenset(
    {
        ConflictKind.PERSON_TWICE,
        ConflictKind.VENUE_TWICE,
        ConflictKind.OUTSIDE_EVENT,
        ConflictKind.OUTSIDE_VENUE_HOURS,
        ConflictKind.OUTSIDE_AVAILABILITY,
        ConflictKind.VENUE_CHANGEOVER,
        ConflictKind.PERSON_CHANGEOVER,
    }
)


@dataclass(frozen=True, slots=True)
class Found:
    """The conflicts of a draft: those that are open, and those that were accepted, each with what was said of it."""

    open: tuple[Conflict, ...]
    accepted: tuple[tuple[Conflict, Accepted], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for: a kind, a session, and from the how manieth on."""

    kind: ConflictKind | None = None
    session: str | None = None
    start: int = 0

    def chosen(self, conflicts: Sequence[Conflict]) -> list[Conflict]:
        """Those that are asked for, of every page."""
        return [
            c for c in conflicts if self.kind in {None, c.kind} and (not self.session or self.session in c.sessions)
        ]

    @property
    def address(self) -> dict[str, Any]:
        """As arguments of `url_for`."""
        return {"kind": self.kind, "session": self.session, "start": self.start or None}


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that is shown again with what was sent."""

    form: AcceptForm | None = None
    problem: str = ""
    status: int = 200


@bp.get("/<language:language>/organise/<slug>/programme/conflicts")
@requires(Permission.PROGRAMME_READ)
def conflicts(language: str, slug: str) -> ResponseReturnValue:
    """The conflicts of the draft by day; `?kind=` and `?session=` choose, `?start=` turns pages.

    JSON where that is what the client would rather have: `open` and `accepted` of what was chosen, at most
    `MOST_IN_JSON` each, with their numbers in `open_count` and `accepted_count`.
    """
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return _json(g.event)
    return _page(Sent())


@requires(Permission.PROGRAMME_EDIT)
def conflicts_again(language: str, slug: str) -> ResponseReturnValue:
    """The list with the reason that was sent and a fresh token, where the one that was sent is not good any more."""
    problem = _("This page was open for too long, so nothing is accepted yet. It holds your reason: accept again.")
    return _page(Sent(_sent(), problem, 422))


@bp.post("/<language:language>/organise/<slug>/programme/conflicts/accept")
@requires(Permission.PROGRAMME_EDIT)
@when_expired(conflicts_again)
def accept_conflict(language: str, slug: str) -> ResponseReturnValue:
    """Accept a conflict for a reason. One that is not there any more is told, beside the list as it is now."""
    form = _sent()
    if not form.validate():
        return _page(Sent(form, status=422))
    fingerprint, reason = form.fingerprint.data or "", form.reason.data or ""
    try:
        accept_warning(db.session(), g.event.id, fingerprint, reason, by=actor().account_id, now=clock.utc_now())
    except ChangeConflict as conflict:
        db.session.rollback()
        if conflict.reason is Why.STALE:
            problem = _(
                "The draft has changed: this conflict is not there any more, so nothing is accepted. "
                "The list shows what there is now. You wrote: %(reason)s",
                reason=reason,
            )
            return _page(Sent(None, problem, 409))
    else:
        db.session.commit()
    flash(_("Accepted. It comes back if it becomes another conflict, for example a longer overlap."), "success")
    return redirect(url_for("programme.conflicts", slug=slug, **_wanted().address))


@bp.post("/<language:language>/organise/<slug>/programme/conflicts/withdraw")
@requires(Permission.PROGRAMME_EDIT)
def withdraw_conflict(language: str, slug: str) -> ResponseReturnValue:
    """Take back that a conflict was accepted."""
    try:
        withdraw_acceptance(
            db.session(), g.event.id, request.form.get("fingerprint", ""), by=actor().account_id, now=clock.utc_now()
        )
    except ChangeConflict:
        db.session.rollback()
        return _page(Sent(None, _("This conflict is not accepted any more: somebody else has taken it back."), 409))
    db.session.commit()
    flash(_("Taken back: the conflict is listed again."), "success")
    return redirect(url_for("programme.conflicts", slug=slug, **_wanted().address))


@overview_card(15, Permission.PROGRAMME_READ)
def card(db_session: Session, event: Event) -> Card:
    """How many conflicts the draft has."""
    found = found_in(db_session, event.id)
    count, accepted = len(found.open), len(found.accepted)
    text = _("Nobody is in two places, and nothing is missing.")
    if count:
        most, number = Counter(conflict.kind for conflict in found.open).most_common(1)[0]
        text = _("Most often: %(kind)s (%(number)s).", kind=label(most), number=number)
    elif accepted:
        text = ngettext("%(num)d is accepted.", "%(num)d are accepted.", accepted)
    return Card(
        title=_("Conflicts"),
        figure=str(count),
        text=text,
        address=url_for("programme.conflicts", slug=event.slug),
        link=_("See the conflicts"),
        state="attention" if count else "ok",
    )


def found_in(db_session: Session, event_id: int) -> Found:
    """The conflicts of the event's draft, open and accepted."""
    found = find(conflict_draft(db_session, event_id))
    accepted = accepted_warnings(db_session, event_id)
    if not accepted:
        return Found(found, ())
    known = [(conflict, accepted.get(conflict.fingerprint)) for conflict in found]
    return Found(
        tuple(conflict for conflict, why in known if why is None),
        tuple((conflict, why) for conflict, why in known if why is not None),
    )


def _sent() -> AcceptForm:
    return AcceptForm()  # type: ignore[no-untyped-call]


def _wanted() -> Wanted:
    sent = request.values
    start = sent.get("start", "")
    return Wanted(
        kind=next((kind for kind in ConflictKind if kind == sent.get("kind")), None),
        session=sent.get("session", "")[:80] or None,
        start=int(start) if start.isascii() and start.isdecimal() and len(start) < 7 else 0,
    )


def _json(event: Event) -> ResponseReturnValue:
    wanted, found = _wanted(), found_in(db.session(), event.id)
    chosen = wanted.chosen(found.open)
    accepted = [(c, why) for c, why in found.accepted if wanted.chosen([c])]
    shown = [*chosen[:MOST_IN_JSON], *(c for c, _why in accepted[:MOST_IN_JSON])]
    names = names_in(db.session(), event.id, shown)
    answer = jsonify(
        open_count=len(chosen),
        accepted_count=len(accepted),
        open=[as_json(c, names, event.timezone) for c in chosen[:MOST_IN_JSON]],
        accepted=[as_json(c, names, event.timezone) | {"reason": why.reason} for c, why in accepted[:MOST_IN_JSON]],
    )
    answer.vary.add("Accept")
    return answer


def _page(sent: Sent) -> ResponseReturnValue:
    event: Event = g.event
    wanted, found = _wanted(), found_in(db.session(), event.id)
    chosen = wanted.chosen(found.open)
    start = wanted.start if wanted.start < len(chosen) else 0
    shown = chosen[start : start + PAGE]
    accepted = [(c, why) for c, why in found.accepted if wanted.chosen([c])][:PAGE]
    names = names_in(db.session(), event.id, [*shown, *(c for c, _why in accepted)])
    days: dict[date, list[Conflict]] = {}
    for conflict in shown:
        day = clock.programme_day(conflict.starts_at, event.timezone, event.day_starts_at)
        days.setdefault(day, []).append(conflict)
    counts = Counter(conflict.kind for conflict in Wanted(session=wanted.session).chosen(found.open))
    answer = render_template(
        "organise/conflicts.html",
        event=event,
        wanted=wanted,
        days=days,
        accepted=accepted,
        people=accounts.emails_of(db.session(), [why.by for _c, why in accepted if why.by is not None]),
        kinds=[(kind, counts[kind]) for kind in ConflictKind if counts[kind] or kind is wanted.kind],
        total=sum(counts.values()),
        count=len(chosen),
        start=start,
        page=PAGE,
        most_named=NAMED,
        names=names,
        told=lambda conflict: told(conflict, names, event.timezone),
        told_with_links=lambda conflict: told_with_links(
            conflict,
            names,
            event.timezone,
            lambda key: url_for("programme.edit_session", slug=event.slug, key=key),
        ),
        in_time=_IN_TIME,
        form=sent.form or AcceptForm(formdata=None),  # type: ignore[no-untyped-call]
        sent=sent,
        can_place="programme.place_session" in current_app.view_functions,
        lost=sent.form is not None and sent.form.fingerprint.data not in [c.fingerprint for c in shown],
    )
    return answer, sent.status
