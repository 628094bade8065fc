"""What the person who was invited does, with nothing but the link."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict, NotFound
from galerio_events.events.queries import lock
from galerio_events.programme.domain.inviting import (
    Act,
    Asked,
    InvitationState,
    InvitationWish,
    Outcome,
    after,
    mail_refusal,
)
from galerio_events.programme.models import UnwantedMail
from galerio_events.programme.queries import inviting as queries
from galerio_events.programme.queries.inviting import Known, RoleRow
from galerio_events.programme.services.inviting.published import published_roles
from galerio_events.programme.services.inviting.settling import agree, flush, set_states, settle, shown_digest
from galerio_events.programme.services.inviting.telling import tell_organiser
from galerio_events.programme.services.inviting.writing import NEWS, Writing, letter, note, send

# Batches of changes that somebody made with an invitation's link begin so.
BY_LINK = "link-"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: what is done, with which words, and (for a proposal) from when until when the person can."""

    act: Act
    words: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def answer(db_session: Session, token_hash: str, said: Said, *, seen: str, writing: Writing, now: datetime) -> Outcome:
    """Do what the person who has the link says; what that led to.

    `seen` is the `shown_digest` of what they were shown. Raises `NotFound` where the link opens nothing,
    `ChangeConflict(STALE)` where it is something else by now (another time, another answer), and `InvitationRefused`.
    """
    before = queries.known_by_token(db_session, token_hash)
    if before is None:
        raise NotFound("invitation")
    lock(db_session, before.event.id)
    known = queries.known_by_token(db_session, token_hash)
    if known is None:
        raise NotFound("invitation")
    if shown_digest(known) != seen:
        raise ChangeConflict(Conflict.STALE)
    invitation, row = known.invitation, known.row
    outcome = after(_asked(db_session, known), said.act, now=now)
    if row is None:
        raise NotFound("role")
    settle(invitation, outcome, now=now, reason=said.words if said.act is Act.DECLINE else "")
    if outcome.state is InvitationState.ACCEPTED and outcome.wish is None:
        agree(invitation, row)
    if outcome.wish is not None:
        invitation.wish, invitation.wished_at, invitation.wish_text = outcome.wish, now, said.words
        proposes = outcome.wish is InvitationWish.OTHER_TIME
        invitation.wish_starts_at = said.starts_at if proposes else None
        invitation.wish_ends_at = said.ends_at if proposes else None
    flush(db_session)
    states = {(row.person, row.role): outcome.role}
    batch = f"{BY_LINK}{uuid4().hex[:30]}"
    set_states(db_session, known.event.id, row.session, states, by=None, now=now, batch=batch)
    _confirm(db_session, known, row, outcome, said=said, writing=writing, now=now)
    tell_organiser(db_session, known.event, row, invitation, outcome, writing=writing, now=now)
    return outcome


def want_mail(db_session: Session, token_hash: str, *, wanted: bool, now: datetime) -> None:
    """Note whether the person who has the link wants mail about invitations of the event. Raises `NotFound`."""
    known = queries.known_by_token(db_session, token_hash)
    mailbox = None if known is None else known.invitation.person.email_key
    if known is None or mailbox is None:
        raise NotFound("invitation")
    lock(db_session, known.event.id)
    stored = db_session.get(UnwantedMail, (known.event.id, mailbox))
    if wanted and stored is not None:
        db_session.delete(stored)
    elif not wanted and stored is None:
        db_session.add(UnwantedMail(event_id=known.event.id, mailbox=mailbox, at=now))
    db_session.flush()


def _asked(db_session: Session, known: Known) -> Asked:
    row, invitation = known.row, known.invitation
    if row is None:
        return queries.asked_of(invitation, None, invitation.programme_session.ends_at, published=False)
    public = (row.session, row.person, row.role.value) in published_roles(db_session, known.event.id)
    return row.asked(published=public)


def _confirm(
    db_session: Session,
    known: Known,
    row: RoleRow,
    outcome: Outcome,
    *,
    said: Said,
    writing: Writing,
    now: datetime,
) -> None:
    """Write down what was said, and mail it to the person: whoever did not say it learns that somebody else did."""
    invitation, mailbox = known.invitation, row.mailbox or ""
    step = {"said": said.words}
    lately = queries.limits(db_session, known.event.id, [mailbox], now=now)[mailbox]
    unwanted = queries.is_unwanted(db_session, known.event.id, mailbox)
    if mail_refusal(row.email, unwanted=unwanted, lately=lately) is not None:
        note(db_session, invitation, said.act, now=now, **step)
        return
    if outcome.wish is not None:
        news = f"wish_{outcome.wish.value}"
    else:
        news = {InvitationState.ACCEPTED: "accepted", InvitationState.DECLINED: "declined"}.get(outcome.state, "kept")
    others = queries.confirmed_others(db_session, {row.session_id}).get(row.session_id, ())
    mail = letter(
        known.event, row, others, writing, kind=NEWS, deadline_at=invitation.deadline_at, nonce=invitation.nonce,
        news=news, said=said.words,
    )  # fmt: skip
    send(db_session, invitation, mail, mailbox, act=said.act, now=now, step=step)
