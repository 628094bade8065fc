"""What organisers decide: wishes, withdrawals, replacements, new links."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict
from galerio_events.events import queries as events
from galerio_events.events.queries import lock
from galerio_events.programme import queries as programme
from galerio_events.programme.domain import RoleState
from galerio_events.programme.domain.inviting import (
    Act,
    InvitationRefused,
    InvitationState,
    InvitationWish,
    Outcome,
    after,
    mail_refusal,
)
from galerio_events.programme.domain.placing import placement_of
from galerio_events.programme.domain.values import RoleValue
from galerio_events.programme.queries import inviting as queries
from galerio_events.programme.queries.inviting import Place, RoleRow
from galerio_events.programme.services.inviting.settling import agree, asked, flush, present, set_states, settle
from galerio_events.programme.services.inviting.writing import INVITATION, NEWS, Writing, hash_of, letter, note, send
from galerio_events.programme.services.placing import place_session
from galerio_events.programme.services.sessions import save_session
from galerio_events.text import new_nonce


@dataclass(frozen=True, slots=True)
class Decision:
    """An organiser's deed: which role, the version of its invitation that they saw, who and when."""

    place: Place
    version: int
    by: int | None
    now: datetime


def grant(
    db_session: Session, event_id: int, decision: Decision, *, session_version: int, writing: Writing
) -> InvitationWish | None:
    """Give the person what they ask for, and tell them; what it was.

    A proposed time moves the session there (`session_version` is the version that the organiser saw), and whoever
    proposed it has accepted. Raises `NotFound`, `ChangeConflict(STALE)`, `InvitationRefused`, and `SessionRefused`
    where the session cannot stand there.
    """
    lock(db_session, event_id)
    row = present(db_session, event_id, decision.place)
    invitation = asked(row, decision.version)
    outcome = after(row.asked(), Act.GRANT, now=decision.now)
    wish, said, batch = invitation.wish, invitation.wish_text, str(uuid4())
    if invitation.wish_starts_at is not None and invitation.wish_ends_at is not None:
        session = programme.session_by_key(db_session, event_id, row.session)
        if session is None:
            raise ChangeConflict(Conflict.STALE)
        at = placement_of(programme.values_of(session))
        there = replace(at, starts_at=invitation.wish_starts_at, ends_at=invitation.wish_ends_at, scheduled=True)
        place_session(
            db_session, event_id, row.session, there, expected_version=session_version, by=decision.by,
            now=decision.now, batch=batch,
        )  # fmt: skip
        row = present(db_session, event_id, decision.place)
    if outcome.state is InvitationState.ACCEPTED:
        agree(invitation, row)
    reason = said if wish is InvitationWish.LEAVE else ""
    _write(db_session, event_id, row, outcome, decision=decision, batch=batch, reason=reason)
    _tell(db_session, event_id, decision, Act.GRANT, news=f"granted_{wish}", writing=writing)
    return wish


def refuse(db_session: Session, event_id: int, decision: Decision, *, writing: Writing) -> None:
    """Do not give the person what they ask for, and tell them. Raises as `grant` does."""
    lock(db_session, event_id)
    row = present(db_session, event_id, decision.place)
    invitation = asked(row, decision.version)
    outcome, wish = after(row.asked(), Act.REFUSE, now=decision.now), invitation.wish
    _write(db_session, event_id, row, outcome, decision=decision, batch=str(uuid4()))
    _tell(db_session, event_id, decision, Act.REFUSE, news=f"refused_{wish}", writing=writing)


def withdraw(db_session: Session, event_id: int, decision: Decision, *, tell: bool, writing: Writing) -> None:
    """Ask no more, and where they are told, tell them by mail. Raises `NotFound`, `ChangeConflict`,
    `InvitationRefused`."""
    lock(db_session, event_id)
    row = present(db_session, event_id, decision.place)
    asked(row, decision.version)
    outcome = after(row.asked(), Act.WITHDRAW, now=decision.now)
    _write(db_session, event_id, row, outcome, decision=decision, batch=str(uuid4()))
    news = "no_answer_needed" if outcome.role is RoleState.CONFIRMED else "withdrawn"
    _tell(db_session, event_id, decision, Act.WITHDRAW, news=news if tell else None, writing=writing)


def new_link(db_session: Session, event_id: int, decision: Decision, *, writing: Writing) -> None:
    """Make the link anew and send it to the person; whoever has the old one has nothing any more. Raises as
    `withdraw` does, also where no mail may go to the person now."""
    lock(db_session, event_id)
    row = present(db_session, event_id, decision.place)
    invitation = asked(row, decision.version)
    after(row.asked(), Act.NEW_LINK, now=decision.now)
    mailbox = row.mailbox or ""
    lately = queries.limits(db_session, event_id, [mailbox], now=decision.now)[mailbox]
    unwanted = queries.is_unwanted(db_session, event_id, mailbox)
    if why := mail_refusal(row.email, unwanted=unwanted, lately=lately):
        raise InvitationRefused(why)
    invitation.nonce = new_nonce()
    invitation.token_hash = hash_of(invitation.nonce, writing.secret_key)
    invitation.last_mail_at = decision.now
    flush(db_session)
    others = queries.confirmed_others(db_session, {row.session_id}).get(row.session_id, ())
    mail = letter(
        events.by_id(db_session, event_id), row, others, writing, kind=INVITATION, deadline_at=invitation.deadline_at,
        nonce=invitation.nonce, note=invitation.note, asks_again=row.state is RoleState.CONFIRMED,
    )  # fmt: skip
    send(db_session, invitation, mail, mailbox, act=Act.NEW_LINK, now=decision.now, step={"account_id": decision.by})


def replace_person(
    db_session: Session,
    event_id: int,
    place: Place,
    person: str,
    *,
    session_version: int,
    by: int | None,
    now: datetime,
) -> Place:
    """Give the role to somebody else, who is to be invited, in the same place of the order; the new role.

    The former person stays in the draft as replaced, after the new one, and gets no mail. Raises `NotFound`,
    `ChangeConflict(STALE)`, `InvitationRefused`, and `SessionRefused` where the session cannot be so: with a person who
    is not there, or has that role in it already.
    """
    lock(db_session, event_id)
    row = present(db_session, event_id, place)
    outcome = after(row.asked(), Act.REPLACE, now=now)
    session = programme.session_by_key(db_session, event_id, row.session)
    if session is None:
        raise ChangeConflict(Conflict.STALE)
    before = programme.values_of(session)
    people: list[RoleValue] = []
    for role in before.people:
        if (role.person, role.role) == (row.person, row.role):
            people.append(RoleValue(role.role, person, minutes=role.minutes, state=RoleState.TO_BE_INVITED))
            people.append(replace(role, state=RoleState.REPLACED))
        else:
            people.append(role)
    save_session(
        db_session, event_id, row.session, replace(before, people=tuple(people)), expected_version=session_version,
        by=by, now=now,
    )  # fmt: skip
    if row.invitation is not None:
        settle(row.invitation, outcome, now=now)
        flush(db_session)
        note(db_session, row.invitation, Act.REPLACE, now=now, account_id=by)
    return Place(row.session, person, row.role)


def _write(
    db_session: Session,
    event_id: int,
    row: RoleRow,
    outcome: Outcome,
    *,
    decision: Decision,
    batch: str,
    reason: str = "",
) -> None:
    if row.invitation is not None:
        settle(row.invitation, outcome, now=decision.now, reason=reason)
    flush(db_session)
    states = {(row.person, row.role): outcome.role}
    set_states(db_session, event_id, row.session, states, by=decision.by, now=decision.now, batch=batch)


def _tell(
    db_session: Session, event_id: int, decision: Decision, act: Act, *, news: str | None, writing: Writing
) -> None:
    """Write down what was decided, and mail it to the person, where a mail may go to them."""
    row = present(db_session, event_id, decision.place)
    invitation = row.invitation
    if invitation is None:
        return
    step = {"account_id": decision.by}
    mailbox = row.mailbox or ""
    lately = queries.limits(db_session, event_id, [mailbox], now=decision.now)[mailbox]
    unwanted = queries.is_unwanted(db_session, event_id, mailbox)
    if news is None or mail_refusal(row.email, unwanted=unwanted, lately=lately) is not None:
        note(db_session, invitation, act, now=decision.now, **step)
        return
    others = queries.confirmed_others(db_session, {row.session_id}).get(row.session_id, ())
    mail = letter(
        events.by_id(db_session, event_id), row, others, writing, kind=NEWS, deadline_at=invitation.deadline_at,
        nonce=invitation.nonce, news=news,
    )  # fmt: skip
    send(db_session, invitation, mail, mailbox, act=act, now=decision.now, step=step)
