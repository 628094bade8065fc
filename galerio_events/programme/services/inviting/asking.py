"""Inviting and reminding by hand, extending the deadline, and taking back what has not left yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict
from galerio_events.events import queries as events
from galerio_events.events.queries import lock
from galerio_events.outbox import services as outbox
from galerio_events.outbox.domain import Action
from galerio_events.programme.domain import RoleKind, RoleState
from galerio_events.programme.domain.inviting import (
    Act,
    InvitationRefused,
    InvitationState,
    Limits,
    Refusal,
    after,
    deadline_problem,
    mail_refusal,
    next_reminder,
)
from galerio_events.programme.models import Invitation, InvitationStep
from galerio_events.programme.queries import inviting as queries
from galerio_events.programme.queries.inviting import Place, RoleRow
from galerio_events.programme.services.inviting.settling import asked, flush, present, set_states, settle
from galerio_events.programme.services.inviting.writing import (
    INVITATION,
    REMINDER,
    Letter,
    Writing,
    hash_of,
    letter,
    note,
    send,
)
from galerio_events.text import new_nonce
from galerio_events.translated import EMPTY, Translated


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent at once, and why something was not; `batch` is by what it can be taken back."""

    batch: str
    places: tuple[Place, ...]
    left_out: tuple[tuple[Place, Refusal], ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """Who can be invited, with the mail that each of them would get, and who cannot, with the reason."""

    mails: tuple[tuple[RoleRow, Letter], ...]
    left_out: tuple[tuple[Place, Refusal], ...]


def prepared(
    db_session: Session,
    event_id: int,
    places: Sequence[Place],
    *,
    deadline_at: datetime,
    note_text: Translated,
    writing: Writing,
    now: datetime,
) -> Prepared:
    """What `invite` would send; nothing is written. `deadline_at` is one that `deadline_problem` allows."""
    event = events.by_id(db_session, event_id)
    post = Post(db_session, event_id, places, now=now)
    chosen: list[RoleRow] = []
    for row in post.rows:
        try:
            after(row.asked(), Act.INVITE, now=now)
        except InvitationRefused as refused:
            post.leave_out(row, refused.reason)
            continue
        if deadline_problem(deadline_at, now=now, starts_at=row.starts_at if row.scheduled else None):
            post.leave_out(row, Refusal.DEADLINE)
        elif post.may_write(row):
            chosen.append(row)
    others = queries.confirmed_others(db_session, {row.session_id for row in chosen})
    mails = [
        letter(
            event, row, others.get(row.session_id, ()), writing, kind=INVITATION, deadline_at=deadline_at,
            nonce=row.invitation.nonce if row.invitation else new_nonce(), note=note_text,
            asks_again=row.state is RoleState.CONFIRMED,
        )
        for row in chosen
    ]  # fmt: skip
    return Prepared(tuple(zip(chosen, mails, strict=True)), tuple(post.left_out))


def invite(
    db_session: Session,
    event_id: int,
    places: Sequence[Place],
    *,
    deadline_at: datetime,
    note_text: Translated,
    writing: Writing,
    by: int | None,
    now: datetime,
) -> Sent:
    """Ask each of these people to take that role, by a mail of their own that can be taken back for a moment.

    Whoever cannot be asked is left out, with the reason.
    """
    lock(db_session, event_id)
    batch = str(uuid4())
    found = prepared(
        db_session, event_id, places, deadline_at=deadline_at, note_text=note_text, writing=writing, now=now
    )
    states: dict[str, dict[tuple[str, RoleKind], RoleState]] = {}
    for row, mail in found.mails:
        outcome = after(row.asked(), Act.INVITE, now=now)
        states.setdefault(row.session, {})[row.person, row.role] = outcome.role
        invitation = row.invitation or _new(event_id, row, mail.values["invitation"], writing.secret_key)
        settle(invitation, outcome, now=now)
        invitation.was_confirmed = row.state is RoleState.CONFIRMED
        invitation.invited_at = invitation.last_mail_at = now
        invitation.invited_by, invitation.deadline_at, invitation.note = by, deadline_at, note_text
        invitation.reminders = invitation.automatic = 0
        invitation.remind_at = next_reminder(now, deadline_at, sent=0, last_mail_at=now, automatic=0)
        db_session.add(invitation)
        flush(db_session)
        step = {"account_id": by, "batch": batch, "role_before": row.state}
        send(db_session, invitation, mail, row.mailbox or "", act=Act.INVITE, now=now, step=step, waits=True)
    for session, changed in states.items():
        set_states(db_session, event_id, session, changed, by=by, now=now, batch=batch)
    return Sent(batch, tuple(row.place for row, _mail in found.mails), found.left_out)


def remind(
    db_session: Session,
    event_id: int,
    places: Sequence[Place],
    *,
    writing: Writing,
    by: int | None,
    now: datetime,
) -> Sent:
    """Remind each of these people of their invitation, as `invite` does."""
    lock(db_session, event_id)
    batch = str(uuid4())
    post = Post(db_session, event_id, places, now=now)
    sent: list[Place] = []
    for row in post.rows:
        try:
            after(row.asked(), Act.REMIND, now=now)
        except InvitationRefused as refused:
            post.leave_out(row, refused.reason)
            continue
        if row.invitation is not None and post.may_write(row):
            send_reminder(db_session, event_id, row, row.invitation, writing, by=by, batch=batch, now=now)
            sent.append(row.place)
    return Sent(batch, tuple(sent), tuple(post.left_out))


def send_reminder(
    db_session: Session,
    event_id: int,
    row: RoleRow,
    invitation: Invitation,
    writing: Writing,
    *,
    by: int | None,
    batch: str | None,
    now: datetime,
) -> None:
    """Remind the person of the invitation, which is open. Without a batch it leaves by itself, and at once."""
    invitation.reminders += 1
    invitation.automatic += batch is None
    invitation.last_mail_at = now
    invitation.remind_at = next_reminder(
        invitation.invited_at,
        invitation.deadline_at,
        sent=invitation.reminders,
        last_mail_at=now,
        automatic=invitation.automatic,
    )
    flush(db_session)
    others = queries.confirmed_others(db_session, {row.session_id})
    mail = letter(
        events.by_id(db_session, event_id), row, others.get(row.session_id, ()), writing, kind=REMINDER,
        deadline_at=invitation.deadline_at, nonce=invitation.nonce, note=invitation.note,
        asks_again=row.state is RoleState.CONFIRMED,
    )  # fmt: skip
    step = {"account_id": by, "batch": batch}
    send(db_session, invitation, mail, row.mailbox or "", act=Act.REMIND, now=now, step=step, waits=batch is not None)


def extend(
    db_session: Session,
    event_id: int,
    place: Place,
    *,
    version: int,
    deadline_at: datetime,
    by: int | None,
    now: datetime,
) -> None:
    """Wait for the answer until then. Raises `NotFound`, `ChangeConflict(STALE)`, `InvitationRefused`."""
    lock(db_session, event_id)
    row = present(db_session, event_id, place)
    invitation = asked(row, version)
    after(row.asked(), Act.EXTEND, now=now)
    if deadline_problem(deadline_at, now=now, starts_at=row.starts_at if row.scheduled else None):
        raise InvitationRefused(Refusal.DEADLINE)
    invitation.deadline_at = deadline_at
    invitation.remind_at = next_reminder(
        invitation.invited_at,
        deadline_at,
        sent=invitation.reminders,
        last_mail_at=invitation.last_mail_at or now,
        automatic=invitation.automatic,
    )
    flush(db_session)
    note(db_session, invitation, Act.EXTEND, now=now, account_id=by)


def take_back(db_session: Session, event_id: int, batch: str, *, by: int | None, now: datetime) -> tuple[int, int]:
    """Undo what was sent with that batch, as far as it has not left: how many mails were stopped, and how many not.

    Who was invited with a mail that was stopped is as before; so is who was reminded.
    """
    lock(db_session, event_id)
    stopped = missed = 0
    states: dict[str, dict[tuple[str, RoleKind], RoleState]] = {}
    for step in queries.steps_in(db_session, event_id, batch):
        invitation, place = step.invitation, queries.place_of(db_session, step.invitation_id)
        row = None if place is None else queries.role_row(db_session, event_id, place)
        # What was said since came from somebody who has the link already.
        if row is None or row.standing is not InvitationState.INVITED or not _stopped(db_session, step, now=now):
            missed += 1
            continue
        stopped += 1
        step.mailbox = step.mail_id = None
        if step.act is Act.REMIND:
            invitation.reminders -= 1
        else:
            outcome = replace(after(row.asked(), Act.TAKE_BACK, now=now), role=step.role_before or row.state)
            if step.role_before is RoleState.CONFIRMED and invitation.agreed_starts_at is not None:
                outcome = replace(outcome, state=InvitationState.ACCEPTED)
            states.setdefault(row.session, {})[row.person, row.role] = outcome.role
            settle(invitation, outcome, now=now)
        note(db_session, invitation, Act.TAKE_BACK, now=now, account_id=by)
        flush(db_session)
    for session, changed in states.items():
        set_states(db_session, event_id, session, changed, by=by, now=now, batch=str(uuid4()))
    return stopped, missed


def _stopped(db_session: Session, step: InvitationStep, *, now: datetime) -> bool:
    """Whether the mail that was sent with that has not left, and will not."""
    if step.mail_id is None:
        return False
    try:
        outbox.act(db_session, step.event_id, step.mail_id, Action.CANCEL, now=now)
    except ChangeConflict:
        return False
    return True


class Post:
    """The people to whom mails are to go, and what keeps some of them from getting any."""

    def __init__(self, db_session: Session, event_id: int, places: Sequence[Place], *, now: datetime) -> None:
        wanted = dict.fromkeys(places)
        self.rows = [row for row in queries.role_rows(db_session, event_id) if row.place in wanted]
        found = {row.place for row in self.rows}
        self.left_out: list[tuple[Place, Refusal]] = [(each, Refusal.GONE) for each in wanted if each not in found]
        mailboxes = {row.mailbox for row in self.rows if row.mailbox}
        self._limits: Mapping[str, Limits] = queries.limits(db_session, event_id, mailboxes, now=now)
        self._unwanted = queries.unwanted(db_session, event_id)
        self._written: dict[str, int] = {}

    def leave_out(self, row: RoleRow, why: Refusal) -> None:
        """Nothing goes to them."""
        self.left_out.append((row.place, why))

    def may_write(self, row: RoleRow) -> bool:
        """Whether a mail may go to the person now; then it counts."""
        if (why := self.refusal(row)) is not None:
            self.leave_out(row, why)
            return False
        self._written[row.mailbox or ""] = self._written.get(row.mailbox or "", 0) + 1
        return True

    def refusal(self, row: RoleRow) -> Refusal | None:
        """Why no mail may go to the person, with those that were counted already."""
        mailbox = row.mailbox or ""
        lately = self._limits.get(mailbox, Limits(0, 0))
        mine, all_of_them = self._written.get(mailbox, 0), sum(self._written.values())
        return mail_refusal(
            row.email,
            unwanted=mailbox in self._unwanted,
            lately=Limits(lately.of_mailbox + mine, lately.of_event + all_of_them),
        )


def _new(event_id: int, row: RoleRow, nonce: str, secret_key: str) -> Invitation:
    return Invitation(
        event_id=event_id,
        session_id=row.session_id,
        person_id=row.person_id,
        role=row.role,
        state=InvitationState.INVITED,
        nonce=nonce,
        token_hash=hash_of(nonce, secret_key),
        note=EMPTY,
        reason="",
        wish_text="",
    )
