"""Writes of sessions while they run."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from galerio_events.live import queries
from galerio_events.live.domain import Action, LiveDeed, standing_to_plain, stands
from galerio_events.live.models import LiveAction, LiveRun, LiveScreen
from galerio_events.programme.models import ProgrammeSession
from galerio_events.text import new_nonce, private_token, token_hash

SCREEN = "live screen"


def press(
    db_session: Session,
    session: ProgrammeSession,
    deed: LiveDeed,
    *,
    seen: int,
    number: int | None = None,
    by: int | None,
    now: datetime,
) -> bool:
    """Do that to the session as it stands in version `seen`; False, and nothing is done, where that is not its version
    any more (or not yet).

    `number` is the part to leave out, or the minutes to add. Raises `LiveRefused` where it cannot be done.
    """
    if seen == 0:
        _prepare(db_session, session, now)
    counted = db_session.execute(
        sa.update(LiveRun)
        .where(LiveRun.session_id == session.id, LiveRun.version == seen)
        .values(version=LiveRun.version + 1, changed_at=now)
        .execution_options(synchronize_session=False)
    )
    if not counted.rowcount:  # type: ignore[attr-defined]
        return False
    # From here on the row is ours until the transaction ends.
    live = queries.live_of(db_session, session)
    done = [each.action for each in queries.actions_of(db_session, session.id)]
    standing = stands(live.plan, [*done, Action(deed, now, number)])
    db_session.execute(
        sa.insert(LiveAction).values(
            session_id=session.id, version=seen + 1, deed=deed, number=number, at=now, account_id=by
        )
    )
    db_session.execute(
        sa.update(LiveRun)
        .where(LiveRun.session_id == session.id)
        .values(plan=queries.plan_to_plain(live.plan, live.segments), state=standing_to_plain(standing))
        .execution_options(synchronize_session=False)
    )
    return True


def make_screen(
    db_session: Session, session: ProgrammeSession, secret_key: str, *, by: int | None, now: datetime
) -> str:
    """A new secret address for screens that show the session, instead of the one that it may have had: its token."""
    nonce = new_nonce()
    token = private_token(secret_key, SCREEN, nonce)
    drop_screen(db_session, session)
    db_session.add(
        LiveScreen(session_id=session.id, nonce=nonce, token_hash=token_hash(token), created_at=now, created_by=by)
    )
    db_session.flush()
    return token


def drop_screen(db_session: Session, session: ProgrammeSession) -> None:
    """Let no secret address show the session any more."""
    db_session.execute(sa.delete(LiveScreen).where(LiveScreen.session_id == session.id))
    db_session.expire_all()


def _prepare(db_session: Session, session: ProgrammeSession, now: datetime) -> None:
    """A row to count the version of, where there is none yet; of two who make one at once, one does."""
    live = queries.live_of(db_session, session)
    row = LiveRun(
        session_id=session.id,
        version=0,
        plan=queries.plan_to_plain(live.plan, live.segments),
        state=standing_to_plain(live.standing),
        changed_at=now,
    )
    if queries.has_run(db_session, session.id):
        return
    try:
        with db_session.begin_nested():
            db_session.add(row)
    except IntegrityError:
        return
