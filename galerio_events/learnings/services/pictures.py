"""Pictures that nothing shows any more: photos, logos and thumbnails that were replaced before a release had them."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events.models import Image
from galerio_events.events.queries import lock
from galerio_events.learnings import queries

# So long a picture is kept in any case: somebody may be about to use it.
KEPT_UNUSED = timedelta(days=1)


def sweep_pictures(db_session: Session, *, now: datetime) -> int:
    """Delete the pictures that no draft, no proposal and no release has, a day after they came; how many there were."""
    before, swept = now - KEPT_UNUSED, 0
    for event_id in queries.events_with_unused_pictures(db_session, before):
        lock(db_session, event_id)
        unused = queries.unused_pictures(db_session, event_id, before)
        db_session.execute(sa.delete(Image).where(Image.id.in_(unused)))
        swept += len(unused)
    return swept
