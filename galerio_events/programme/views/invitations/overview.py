"""The roles of an event and how far each of them has come; what is done to several at once begins here."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.outbox.domain import MailState
from galerio_events.permissions import Permission
from galerio_events.programme.domain import RoleState
from galerio_events.programme.domain.inviting import (
    MOST_AT_ONCE,
    SECOND_THOUGHTS,
    Act,
    InvitationState,
    Tally,
    possible,
)
from galerio_events.programme.queries import inviting as queries
from galerio_events.programme.queries.inviting import Place, RoleRow
from galerio_events.programme.services import inviting as services
from galerio_events.programme.views.invitations.blueprint import bp
from galerio_events.programme.views.invitations.words import WHY, place_from, release_note, writing
from galerio_events.web.expired import back_to, when_expired
from galerio_events.web.filters import tr_text
from galerio_events.web.guards import actor, requires
from galerio_events.web.labels import label
from galerio_events.web.overview import Card, overview_card

# So many sessions stand on a page.
PAGE = 40


@dataclass(frozen=True, slots=True)
class Line:
    """A role in the list."""

    row: RoleRow
    standing: InvitationState | None
    overdue: bool
    # Why nobody can write to the person.
    unreachable: str
    # What became of the newest mail, where it did not arrive.
    lost: MailState | None
    can_invite: bool
    can_remind: bool
    # What the public sees of it, where that is not what the draft says.
    waits: str

    @property
    def wanted(self) -> bool:
        """Whether somebody else is to be found."""
        return self.row.state in {RoleState.DECLINED, RoleState.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Group:
    """A session with the roles of it that are shown; `tally` counts all that it has."""

    first: RoleRow
    tally: Tally
    lines: tuple[Line, ...]


@bp.get("/<language:language>/organise/<slug>/invitations")
@requires(Permission.PROGRAMME_READ)
def overview(language: str, slug: str) -> ResponseReturnValue:
    """All roles by session; `?state=`, `?session=` and `?show=` (`wanted`, `overdue` …) filter them."""
    event: Event = g.event
    db_session, now = db.session(), clock.utc_now()
    rows = queries.role_rows(db_session, event.id)
    lines = _lines(db_session, event.id, rows, now)
    state, session, show = (request.args.get(name, "") for name in ("state", "session", "show"))
    by_session: dict[str, list[Line]] = {}
    for line in lines:
        by_session.setdefault(line.row.session, []).append(line)
    groups = [
        Group(mine[0].row, queries.tally_of(line.row for line in mine), shown)
        for key, mine in by_session.items()
        if (not session or key == session) and (shown := tuple(each for each in mine if _lets(each, state, show)))
    ]
    number = max(1, int(page) if (page := request.args.get("page", "")).isascii() and page.isdecimal()
                 and len(page) < 5 else 1)  # fmt: skip
    pages = max(1, -(-len(groups) // PAGE))
    number = min(number, pages)
    return render_template(
        "invitations/overview.html",
        event=event,
        groups=groups[(number - 1) * PAGE : number * PAGE],
        page=number,
        pages=pages,
        tally=queries.tally_of(rows),
        shows=[(show, name, sum(test(line) for line in lines)) for show, (name, test) in SHOWN.items()],
        states=list(RoleState),
        sessions=[(key, tr_text(mine[0].row.title)) for key, mine in by_session.items()],
        state=state,
        session=session,
        show=show,
        just_sent=_just_sent(db_session, event.id, now),
        most=MOST_AT_ONCE,
    )


@requires(Permission.PROGRAMME_EDIT)
def _again(language: str, slug: str) -> ResponseReturnValue:
    return back_to("invitations.overview")


@bp.post("/<language:language>/organise/<slug>/invitations/chosen")
@requires(Permission.PROGRAMME_EDIT)
@when_expired(_again)
def chosen(language: str, slug: str) -> ResponseReturnValue:
    """What is to be done to the roles that were ticked: invite them (which asks more first) or remind them."""
    places = chosen_places(request.form.getlist("role"))
    if not places:
        flash(_("Tick the people first."), "warning")
        return redirect(url_for("invitations.overview", slug=slug), 303)
    if request.form.get("do") != "remind":
        return redirect(url_for("invitations.new", slug=slug, role=[str(place) for place in places]), 303)
    sent = services.remind(
        db.session(), g.event.id, places, writing=writing(), by=actor().account_id, now=clock.utc_now()
    )
    db.session.commit()
    tell(sent.left_out, names(places))
    if not sent.places:
        return redirect(url_for("invitations.overview", slug=slug), 303)
    text = ngettext("%(num)d reminder leaves in two minutes.", "%(num)d reminders leave in two minutes.",
                    len(sent.places))  # fmt: skip
    flash(text, "success")
    return redirect(url_for("invitations.overview", slug=slug, sent=sent.batch), 303)


@bp.post("/<language:language>/organise/<slug>/invitations/take-back")
@requires(Permission.PROGRAMME_EDIT)
@when_expired(_again)
def take_back(language: str, slug: str) -> ResponseReturnValue:
    """Stop what was sent at once, as far as it has not left."""
    batch = request.form.get("batch", "")[:36]
    stopped, missed = services.take_back(db.session(), g.event.id, batch, by=actor().account_id, now=clock.utc_now())
    db.session.commit()
    if stopped:
        flash(ngettext("%(num)d mail was taken back.", "%(num)d mails were taken back.", stopped), "success")
    if missed or not stopped:
        missing = ngettext("%(num)d mail has left already.", "%(num)d mails have left already.", missed)
        flash(missing if missed else _("There is nothing left to take back."), "warning")
    return redirect(url_for("invitations.overview", slug=slug), 303)


@overview_card(15, Permission.PROGRAMME_READ)
def card(db_session: Session, event: Event) -> Card:
    """How many roles are confirmed, and what waits for the organisers."""
    rows, now = queries.role_rows(db_session, event.id), clock.utc_now()
    all_of_them = queries.tally_of(rows)
    late = sum(row.is_overdue(now) for row in rows)
    wishes = sum(row.invitation is not None and row.invitation.wish is not None for row in rows)
    wanted = sum(row.state in {RoleState.DECLINED, RoleState.WITHDRAWN} for row in rows)
    told = []
    if wanted:
        told.append(ngettext("%(num)d role needs somebody else.", "%(num)d roles need somebody else.", wanted))
    if wishes:
        told.append(ngettext("%(num)d request to decide.", "%(num)d requests to decide.", wishes))
    if late:
        told.append(ngettext("%(num)d answer is overdue.", "%(num)d answers are overdue.", late))
    return Card(
        title=_("Roles confirmed"),
        figure=f"{all_of_them.confirmed} / {all_of_them.total}",
        text=" ".join(told) or _("Nothing waits for you."),
        address=url_for("invitations.overview", slug=event.slug),
        link=_("Open the invitations"),
        state="attention" if told else "quiet",
    )


def chosen_places(sent: Iterable[str]) -> list[Place]:
    """The roles that were ticked, as many as go at once. Something that names none is a 400."""
    places = [place_from(text[:200]) for text in sent]
    if any(place is None for place in places):
        abort(400)
    return list(dict.fromkeys(place for place in places if place is not None))[:MOST_AT_ONCE]


def names(places: Iterable[Place]) -> dict[Place, str]:
    """What the people of these roles are called, with their roles."""
    wanted = set(places)
    rows = queries.role_rows(db.session(), g.event.id)
    found = {row.place: f"{tr_text(row.name)} ({label(row.role)})" for row in rows if row.place in wanted}
    return {place: found.get(place, str(place)) for place in wanted}


def tell(left_out: Iterable[tuple[Place, services.Refusal]], called: dict[Place, str]) -> None:
    """Say of everybody who was left out why."""
    for place, why in left_out:
        flash(_("%(name)s: nothing was sent. %(reason)s", name=called.get(place, str(place)), reason=str(WHY[why])),
              "warning")  # fmt: skip


def _lines(db_session: Session, event_id: int, rows: list[RoleRow], now: datetime) -> list[Line]:
    unwanted = queries.unwanted(db_session, event_id)
    lost = queries.undelivered(db_session, event_id)
    published = services.published_roles(db_session, event_id)
    found = []
    for row in rows:
        why = "" if row.email else str(WHY[services.Refusal.NO_ADDRESS])
        if row.mailbox in unwanted:
            why = str(WHY[services.Refusal.NO_MAIL_WANTED])
        asked = row.asked()
        found.append(
            Line(
                row,
                row.standing,
                row.is_overdue(now),
                why,
                lost.get(row.invitation.id) if row.invitation is not None else None,
                not why and possible(asked, Act.INVITE, now=now),
                not why and possible(asked, Act.REMIND, now=now),
                release_note(row, published),
            )
        )
    return found


def _wish_of(line: Line) -> bool:
    return line.row.invitation is not None and line.row.invitation.wish is not None


# What waits for organisers: what it is called, and whose it is.
SHOWN: Mapping[str, tuple[Any, Callable[[Line], bool]]] = {
    "wishes": (lazy_gettext("To decide"), _wish_of),
    "wanted": (lazy_gettext("Replacement wanted"), lambda line: line.wanted),
    "overdue": (lazy_gettext("Overdue"), lambda line: line.overdue),
    "moved": (lazy_gettext("Moved since accepted"), lambda line: line.row.moved),
    "lost": (lazy_gettext("Mail did not arrive"), lambda line: line.lost is not None),
}


def _lets(line: Line, state: str, show: str) -> bool:
    if state and line.row.state != state:
        return False
    return show not in SHOWN or SHOWN[show][1](line)


def _just_sent(db_session: Session, event_id: int, now: datetime) -> tuple[str, int] | None:
    """The batch that `?sent=` names with the number of its mails, while it can still be taken back."""
    batch = request.args.get("sent", "")[:36]
    steps = queries.steps_in(db_session, event_id, batch) if batch else []
    fresh = [step for step in steps if step.at + SECOND_THOUGHTS > now]
    return (batch, len(fresh)) if fresh else None
