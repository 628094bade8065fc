"""A registrant's own calendar."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from galerio_events.registration.domain import calendar_keys
from galerio_events.releases.domain.document import PublishedProgramme
from galerio_events.releases.exports import ical

_NAMES = {"ja": "{title}：お申し込みのセッション", "en": "{title}: your sessions"}


def calendar(
    programme: PublishedProgramme,
    chosen: Collection[str],
    *,
    language: str,
    base_url: str,
    organiser_address: str = "",
    cancelled: bool = False,
    removed: Collection[str] = (),
    revision: int = 0,
    changed_at: datetime | None = None,
) -> bytes:
    """The chosen sessions (the whole programme if none were) as a calendar that is polled.

    Of a cancelled registration every session is `STATUS:CANCELLED`: a feed that vanished or had no entries would leave
    them standing in many calendars. So are the `removed` ones, which a file that is opened once has to take back.
    `revision` counts the changes of the registration and is added to each SEQUENCE, and DTSTAMP and LAST-MODIFIED are
    not before `changed_at`, when it last changed: a calendar program that has seen the session before takes the newer
    word (RFC 5546, 2.1.5), also where a cancellation is undone.
    """
    keys = calendar_keys(programme, chosen)
    if removed:
        keys = tuple(s.key for s in programme.sessions if s.key in keys or s.key in removed)
    if cancelled or revision:
        said_at = changed_at or programme.released_at
        theirs = tuple(
            replace(
                s,
                cancelled=s.cancelled or cancelled or s.key in removed,
                sequence=s.sequence + revision,
                released_at=max(s.released_at or programme.released_at, said_at),
            )
            if s.key in keys
            else s
            for s in programme.sessions
        )
        programme = replace(programme, sessions=theirs, released_at=max(programme.released_at, said_at))
    name = _NAMES[language].format(title=programme.event.title.text(language, programme.event.languages))
    return ical.selection(
        programme, keys, language=language, base_url=base_url, name=name, organiser_address=organiser_address
    )
