"""The mails about key learnings: what is frozen in them."""

from typing import Any

from galerio_events import clock
from galerio_events.events.domain import OrganiserRole
from galerio_events.events.models import Event
from galerio_events.learnings.queries import Writer
from galerio_events.outbox.domain import Mail
from galerio_events.programme.domain.inviting import LANGUAGES, mail_language
from galerio_events.programme.models import ProgrammeSession
from galerio_events.text import one_line


def mail_to(
    writer: Writer, event: Event, session: ProgrammeSession, *, kind: str, note: str = "", dedupe_key: str
) -> Mail:
    """The mail to one of those who write; only for somebody with an address."""
    language = mail_language(writer.language, writer.country, event.languages)
    values: dict[str, Any] = {
        "event": event.slug,
        "event_title": dict(event.title),
        "zone": event.timezone,
        "called": dict(writer.name),
        "session": session.key,
        "title": dict(session.title),
        "starts_at": clock.to_text(session.starts_at),
        "ends_at": clock.to_text(session.ends_at),
        "note": note,
        "other": next(each for each in LANGUAGES if each != language),
        "hosts": [dict(each.name) for each in event.organisers if each.role is OrganiserRole.HOST],
    }
    return Mail(
        event_id=event.id,
        kind=kind,
        language=language,
        recipient_email=writer.email or "",
        recipient_name=one_line(writer.name.text(language, LANGUAGES)),
        values=values,
        dedupe_key=dedupe_key,
    )
