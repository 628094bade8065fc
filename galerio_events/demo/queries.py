"""Reads of what demo data there is."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.demo.domain import MARK, DemoSession
from galerio_events.programme.models import ProgrammeSession
from galerio_events.registration.models import Intake, Registration


@dataclass(frozen=True, slots=True)
class Present:
    """How many synthetic and how many real registrations an event has, in whatever state."""

    synthetic: int
    real: int


def present(db_session: Session, event_id: int) -> Present:
    """Count the event's registrations."""
    synthetic = Registration.submission_key.startswith(MARK)
    row = db_session.execute(
        sa.select(
            sa.func.count().filter(synthetic),
            sa.func.count().filter(~synthetic),
        ).where(Registration.event_id == event_id)
    ).one()
    return Present(*row)


def synthetic_ids(event_id: int) -> sa.Select[int]:
    """The ids of the event's synthetic registrations, as a statement to use in others."""
    return sa.select(Registration.id).where(
        Registration.event_id == event_id, Registration.submission_key.startswith(MARK)
    )


def sessions(db_session: Session, event_id: int) -> list[DemoSession]:
    """The sessions of the draft that participants can choose, in programme order."""
    rows = db_session.execute(
        sa.select(
            ProgrammeSession.id,
            ProgrammeSession.key,
            ProgrammeSession.kind,
            ProgrammeSession.starts_at,
            ProgrammeSession.ends_at,
        )
        .where(ProgrammeSession.event_id == event_id, ProgrammeSession.removed_at.is_(None))
        .order_by(ProgrammeSession.starts_at, ProgrammeSession.key)
    )
    return [DemoSession(*row) for row in rows]


def has_intake(db_session: Session, event_id: int) -> bool:
    """Whether somebody has said when the event takes registrations."""
    return db_session.get(Intake, event_id) is not None
