"""Reads of invitations: the roles of an event and how far each of them has come."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from galerio_events.accounts.models import Account
from galerio_events.events.models import Event, Venue
from galerio_events.outbox.domain import MailState
from galerio_events.outbox.models import OutboxMail
from galerio_events.people.models import Person
from galerio_events.programme.domain import RoleKind, RoleState
from galerio_events.programme.domain.inviting import (
    Act,
    Asked,
    InvitationState,
    Limits,
    Tally,
    overdue,
    standing,
    tally,
)
from galerio_events.programme.models import (
    Invitation,
    InvitationStep,
    ProgrammeSession,
    RoleAssignment,
    UnwantedMail,
)
from galerio_events.translated import Translated

_LOST = (MailState.FAILED, MailState.UNKNOWN, MailState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Place:
    """A role, as addresses and forms name it: by the keys of session and person."""

    session: str
    person: str
    role: RoleKind

    def __str__(self) -> str:
        return f"{self.session}:{self.person}:{self.role.value}"


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role of the draft, who has it, and the invitation, where there was one. Nobody's row is in it twice."""

    session_id: int
    session: str
    title: Translated
    starts_at: datetime
    ends_at: datetime
    scheduled: bool
    venue: Translated | None
    person_id: int
    person: str
    name: Translated
    email: str | None
    mailbox: str | None
    language: str | None
    country: str | None
    timezone: str | None
    role: RoleKind
    position: int
    talk: Translated
    minutes: int | None
    state: RoleState
    invitation: Invitation | None

    @property
    def place(self) -> Place:
        return Place(self.session, self.person, self.role)

    def asked(self, *, published: bool = False) -> Asked:
        """As the rules take it."""
        asked = asked_of(self.invitation, self.state, self.ends_at, published=published)
        return replace(asked, moved=self.moved)

    @property
    def moved(self) -> bool:
        """Whether the person has accepted another time than the one at which the session is now."""
        agreed = self.invitation
        if agreed is None or agreed.state is not InvitationState.ACCEPTED or not self.scheduled:
            return False
        return self.state is RoleState.CONFIRMED and (agreed.agreed_starts_at, agreed.agreed_ends_at) != (
            self.starts_at,
            self.ends_at,
        )

    @property
    def standing(self) -> InvitationState | None:
        """How the invitation stands."""
        return standing(self.asked())

    def is_overdue(self, now: datetime) -> bool:
        """Whether the deadline has passed without an answer."""
        return overdue(self.asked(), now=now)


@dataclass(frozen=True, slots=True)
class Known:
    """What an invitation's link opens: the invitation, its event, and the role as it is now (None: there is none)."""

    invitation: Invitation
    event: Event
    row: RoleRow | None


@dataclass(frozen=True, slots=True)
class StepRow:
    """Something that was done to an invitation, and by which account (None: the person, or the clock); what became of
    the mail that went with it, and to which mailbox that was sent."""

    act: Act
    at: datetime
    by: str | None
    said: str
    mailbox: str | None
    mail_id: int | None
    mail_state: MailState | None


def asked_of(invitation: Invitation | None, role: RoleState | None, ends_at: datetime, *, published: bool) -> Asked:
    """An invitation to a role in that state, as the rules take it."""
    if invitation is None:
        return Asked(None, role, ends_at, published=published)
    return Asked(
        invitation.state,
        role,
        ends_at,
        deadline_at=invitation.deadline_at,
        was_confirmed=invitation.was_confirmed,
        published=published,
        wish=invitation.wish,
        reminders=invitation.reminders,
        last_mail_at=invitation.last_mail_at,
    )


def role_rows(
    db_session: Session, event_id: int, *, session: str | None = None, place: Place | None = None
) -> list[RoleRow]:
    """Every role of the event's draft (of that session; that one role), by session and order. One query."""
    s, r, p, i = ProgrammeSession, RoleAssignment, Person, Invitation
    query = (
        sa.select(
            s.id, s.key, s.title, s.starts_at, s.ends_at, s.scheduled, Venue.name,
            p.id, p.key, p.name, p.email, p.email_key, p.language, p.country, p.timezone,
            r.role, r.position, r.title, r.minutes, r.state, i,
        )
        .join(r, r.session_id == s.id)
        .join(p, p.id == r.person_id)
        .outerjoin(Venue, Venue.id == s.venue_id)
        .outerjoin(i, sa.and_(i.session_id == s.id, i.person_id == p.id, i.role == r.role))
        .where(s.event_id == event_id, s.removed_at.is_(None))
        .order_by(s.starts_at, s.ends_at, s.key, r.position)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    if place is not None:
        query = query.where(s.key == place.session, p.key == place.person, r.role == place.role)
    elif session is not None:
        query = query.where(s.key == session)
    return [RoleRow(*tuple(row)) for row in db_session.execute(query)]


def role_row(db_session: Session, event_id: int, place: Place) -> RoleRow | None:
    """That role of the draft as stored now; None where there is none (any more)."""
    return next(iter(role_rows(db_session, event_id, place=place)), None)


def known_by_token(db_session: Session, token_hash: str) -> Known | None:
    """What the link with a token of that hash opens, as stored now; None where it opens nothing. Two queries."""
    found = db_session.scalar(
        sa.select(Invitation)
        .where(Invitation.token_hash == token_hash)
        .options(joinedload(Invitation.programme_session), joinedload(Invitation.person))
        .execution_options(populate_existing=True)
    )
    if found is None:
        return None
    event = db_session.scalars(
        sa.select(Event).where(Event.id == found.event_id).options(selectinload(Event.organisers))
    ).one()
    place = Place(found.programme_session.key, found.person.key, found.role)
    return Known(found, event, role_row(db_session, event.id, place))


def invitation_of(db_session: Session, session_id: int, person_id: int, role: RoleKind) -> Invitation | None:
    """The invitation to that role, as stored now, whether the role is still there or not."""
    return db_session.scalar(
        sa.select(Invitation)
        .where(Invitation.session_id == session_id, Invitation.person_id == person_id, Invitation.role == role)
        .execution_options(populate_existing=True)
    )


def invitations_of_person(db_session: Session, person_id: int) -> list[Invitation]:
    """Every invitation of the person."""
    return list(db_session.scalars(sa.select(Invitation).where(Invitation.person_id == person_id)))


def steps_of(db_session: Session, invitation_id: int) -> list[StepRow]:
    """What was done to the invitation, the newest first."""
    t = InvitationStep
    rows = db_session.execute(
        sa.select(t.act, t.at, Account.email, t.said, t.mailbox, t.mail_id, OutboxMail.state)
        .outerjoin(Account, Account.id == t.account_id)
        .outerjoin(OutboxMail, OutboxMail.id == t.mail_id)
        .where(t.invitation_id == invitation_id)
        .order_by(t.id.desc())
    )
    return [StepRow(*row) for row in rows]


def asking_organiser(db_session: Session, invitation: Invitation) -> Account | None:
    """The organiser who invited; None where nobody did, or their account is closed."""
    found = None if invitation.invited_by is None else db_session.get(Account, invitation.invited_by)
    return found if found is not None and found.active else None


def steps_in(db_session: Session, event_id: int, batch: str) -> list[InvitationStep]:
    """What was sent at once in the event, with the invitations it was about."""
    t = InvitationStep
    return list(
        db_session.scalars(
            sa.select(t)
            .where(t.event_id == event_id, t.batch == batch, t.mail_id.is_not(None))
            .options(joinedload(t.invitation).joinedload(Invitation.programme_session))
            .order_by(t.id)
            .execution_options(populate_existing=True)
        )
    )


def undelivered(db_session: Session, event_id: int) -> dict[int, MailState]:
    """By id of the invitation: what became of its newest mail, where that is not on its way and did not arrive."""
    t = InvitationStep
    newest = (
        sa.select(sa.func.max(t.mail_id))
        .where(t.event_id == event_id, t.mail_id.is_not(None))
        .group_by(t.invitation_id)
        .scalar_subquery()
    )
    rows = db_session.execute(
        sa.select(t.invitation_id, OutboxMail.state)
        .join(OutboxMail, OutboxMail.id == t.mail_id)
        .where(t.mail_id.in_(newest), OutboxMail.state.in_(_LOST))
    )
    return dict(iter(rows))


def limits(db_session: Session, event_id: int, mailboxes: Collection[str], *, now: datetime) -> dict[str, Limits]:
    """For each of those mailboxes, how many mails about invitations it had lately, from whichever event, and the event.

    Two queries.
    """
    t = InvitationStep
    hour, day = now - timedelta(hours=1), now - timedelta(days=1)
    of_hour, of_day = db_session.execute(
        sa.select(sa.func.count().filter(t.at > hour), sa.func.count()).where(
            t.event_id == event_id, t.mail_id.is_not(None), t.at > day
        )
    ).one()
    rows = db_session.execute(
        sa.select(t.mailbox, sa.func.count())
        .where(t.mailbox.in_(sorted(mailboxes)), t.mail_id.is_not(None), t.at > day)
        .group_by(t.mailbox)
    )
    counted: Mapping[str | None, int] = dict(iter(rows))
    return {mailbox: Limits(counted.get(mailbox, 0), of_hour, of_day) for mailbox in mailboxes}


def unwanted(db_session: Session, event_id: int) -> set[str]:
    """The mailboxes whose owners want no mail about invitations of the event."""
    return set(db_session.scalars(sa.select(UnwantedMail.mailbox).where(UnwantedMail.event_id == event_id)))


def is_unwanted(db_session: Session, event_id: int, mailbox: str | None) -> bool:
    """Whether the owner of that mailbox wants no mail about invitations of the event."""
    return mailbox is not None and db_session.get(UnwantedMail, (event_id, mailbox)) is not None


def confirmed_others(
    db_session: Session, sessions: Collection[int]
) -> dict[int, list[tuple[int, RoleKind, Translated]]]:
    """By session id: person id, role and name of those who have confirmed a role in it, in order."""
    r = RoleAssignment
    rows = db_session.execute(
        sa.select(r.session_id, Person.id, r.role, Person.name)
        .join(Person, Person.id == r.person_id)
        .where(r.session_id.in_(sorted(sessions)), r.state == RoleState.CONFIRMED)
        .order_by(r.session_id, r.position)
    )
    found: dict[int, list[tuple[int, RoleKind, Translated]]] = {}
    for session_id, person_id, role, name in rows:
        found.setdefault(session_id, []).append((person_id, role, name))
    return found


def tally_of(rows: Iterable[RoleRow]) -> Tally:
    """How many of these roles are in each state."""
    return tally([row.state for row in rows])


def due_reminders(db_session: Session, *, now: datetime, limit: int) -> list[Any]:
    """(event id, invitation id) of reminders that are due, the longest due first."""
    i = Invitation
    query = sa.select(i.event_id, i.id).where(i.remind_at.is_not(None), i.remind_at <= now)
    return list(db_session.execute(query.order_by(i.remind_at, i.id).limit(limit)).all())


def place_of(db_session: Session, invitation_id: int) -> Place | None:
    """The role that the invitation is about; None where there is no such invitation."""
    row = db_session.execute(
        sa.select(ProgrammeSession.key, Person.key, Invitation.role)
        .join(ProgrammeSession, ProgrammeSession.id == Invitation.session_id)
        .join(Person, Person.id == Invitation.person_id)
        .where(Invitation.id == invitation_id)
    ).one_or_none()
    return None if row is None else Place(*row)
