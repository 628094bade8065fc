"""The mails about invitations: what is frozen in them, and what is written down of their having been sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.errors import ChangeConflict, Conflict
from galerio_events.events.domain import OrganiserRole
from galerio_events.events.models import Event
from galerio_events.outbox import services as outbox
from galerio_events.outbox.domain import Mail
from galerio_events.programme.domain import RoleKind
from galerio_events.programme.domain.inviting import LANGUAGES, SECOND_THOUGHTS, Act, mail_language
from galerio_events.programme.models import Invitation, InvitationStep
from galerio_events.programme.queries.inviting import RoleRow
from galerio_events.text import one_line, private_token, token_hash
from galerio_events.translated import EMPTY, Translated

INVITATION = "invitation"
REMINDER = "invitation_reminder"
NEWS = "invitation_news"

PURPOSE = "invitation"


@dataclass(frozen=True, slots=True)
class Writing:
    """What mails are written with: the key of private links, and what roles are called in every language."""

    secret_key: str
    roles: Mapping[RoleKind, Translated]


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to somebody who is or was invited, before it is sent."""

    kind: str
    language: str
    address: str
    name: str
    values: Mapping[str, Any]


def hash_of(nonce: str, secret_key: str) -> str:
    """What is stored of the token that the nonce makes."""
    return token_hash(private_token(secret_key, PURPOSE, nonce))


def letter(
    event: Event,
    row: RoleRow,
    others: Sequence[tuple[int, RoleKind, Translated]],
    writing: Writing,
    *,
    kind: str,
    deadline_at: datetime,
    nonce: str,
    note: Translated = EMPTY,
    asks_again: bool = False,
    news: str | None = None,
    said: str = "",
) -> Letter:
    """The mail about that role. `others` are those who have confirmed a role in the session, by
    `queries.inviting.confirmed_others`; only they are named in it."""
    language = mail_language(row.language, row.country, event.languages)
    own_zone = row.timezone if row.timezone in clock.zone_names() and row.timezone != event.timezone else None
    values = {
        "event": event.slug,
        "event_title": dict(event.title),
        "zone": event.timezone,
        "own_zone": own_zone,
        "called": dict(row.name),
        "role": dict(writing.roles[row.role]),
        "session": row.session,
        "title": dict(row.title),
        "talk": dict(row.talk) or None,
        "minutes": row.minutes,
        "scheduled": row.scheduled,
        "starts_at": clock.to_text(row.starts_at),
        "ends_at": clock.to_text(row.ends_at),
        "venue": None if row.venue is None else dict(row.venue),
        "people": [
            {"name": dict(name), "role": dict(writing.roles[role])}
            for person_id, role, name in others
            if person_id != row.person_id
        ],
        "deadline": clock.to_text(deadline_at),
        "note": dict(note) or None,
        "asks_again": asks_again,
        "news": news,
        "said": said,
        "invitation": nonce,
        "other": next(each for each in LANGUAGES if each != language),
        "hosts": [dict(each.name) for each in event.organisers if each.role is OrganiserRole.HOST],
    }
    name = one_line(row.name.text(language, LANGUAGES))
    return Letter(kind, language, row.email or "", name, values)


def send(
    db_session: Session,
    invitation: Invitation,
    mail: Letter,
    mailbox: str,
    *,
    act: Act,
    now: datetime,
    step: Mapping[str, Any],
    waits: bool = False,
) -> InvitationStep:
    """Put the mail into the outbox, and write down what was done with it. What `waits` can be taken back for
    `SECOND_THOUGHTS`. Raises `ChangeConflict` where the same was sent already."""
    row = outbox.enqueue(
        db_session,
        Mail(
            event_id=invitation.event_id,
            kind=mail.kind,
            language=mail.language,
            recipient_email=mail.address,
            recipient_name=mail.name,
            values=mail.values,
            dedupe_key=f"{mail.kind}:{invitation.id}:{invitation.version}",
        ),
        now=now,
    )
    if row is None:
        raise ChangeConflict(Conflict.ALREADY_DONE)
    if waits:
        row.next_attempt_at = now + SECOND_THOUGHTS
    return note(db_session, invitation, act, now=now, mailbox=mailbox, mail_id=row.id, **step)


def note(db_session: Session, invitation: Invitation, act: Act, *, now: datetime, **more: Any) -> InvitationStep:
    """Write down what was done to the invitation."""
    made = InvitationStep(invitation_id=invitation.id, event_id=invitation.event_id, act=act, at=now, **more)
    db_session.add(made)
    db_session.flush()
    return made
