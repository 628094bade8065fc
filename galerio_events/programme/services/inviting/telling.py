"""Mails to organisers about answers that wait for them."""

from datetime import datetime

from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.events.domain import OrganiserRole
from galerio_events.events.models import Event
from galerio_events.outbox import services as outbox
from galerio_events.outbox.domain import Mail
from galerio_events.permissions import Actor, Permission, can
from galerio_events.programme.domain.inviting import InvitationState, Outcome
from galerio_events.programme.models import Invitation
from galerio_events.programme.queries import inviting as queries
from galerio_events.programme.queries.inviting import RoleRow
from galerio_events.programme.services.inviting.writing import Writing

ANSWER = "invitation_answer"


def tell_organiser(
    db_session: Session,
    event: Event,
    row: RoleRow,
    invitation: Invitation,
    outcome: Outcome,
    *,
    writing: Writing,
    now: datetime,
) -> None:
    """Mail the organiser who asked, where the answer leaves them something to do: find somebody else, or decide.

    Only somebody who may still see the event's draft gets it, and the same answer to an invitation makes one mail an
    hour at most, however often it is given. What the person wrote stays on the organisers' page, to which it leads.
    """
    about = outcome.wish.value if outcome.wish is not None else outcome.state.value
    if outcome.wish is None and outcome.state is not InvitationState.DECLINED:
        return
    account = queries.asking_organiser(db_session, invitation)
    if account is None:
        return
    grants = frozenset((grant.event_id, grant.role) for grant in account.grants)
    if not can(Actor(account.id, grants), Permission.PROGRAMME_READ, event_id=event.id):
        return
    mail = Mail(
        event_id=event.id,
        kind=ANSWER,
        language=account.language,
        recipient_email=account.email,
        recipient_name="",
        values={
            "event": event.slug,
            "event_title": dict(event.title),
            "zone": event.timezone,
            "about": about,
            "name": dict(row.name),
            "role": dict(writing.roles[row.role]),
            "place": str(row.place),
            "title": dict(row.title),
            "scheduled": row.scheduled,
            "starts_at": clock.to_text(row.starts_at),
            "hosts": [dict(each.name) for each in event.organisers if each.role is OrganiserRole.HOST],
        },
        dedupe_key=f"{ANSWER}:{invitation.id}:{about}:{now:%Y%m%d%H}",
    )
    outbox.enqueue(db_session, mail, now=now)
