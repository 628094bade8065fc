"""A registrant's own calendar."""

from collections.abc import Collection
from dataclasses import replace

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
    revision: int = 0,
) -> bytes:
    """The chosen sessions (the whole programme if none were) as a calendar that is polled.

    Of a cancelled registration every session is `STATUS:CANCELLED`: a feed that vanished or had no entries would leave
    them standing in many calendars. `revision` counts the changes of the registration and is added to each SEQUENCE:
    a calendar program that has seen the session before takes the newer word, also where a cancellation is undone.
    """
    keys = calendar_keys(programme, chosen)
    if cancelled or revision:
        theirs = tuple(
            replace(s, cancelled=s.cancelled or cancelled, sequence=s.sequence + revision) if s.key in keys else s
            for s in programme.sessions
        )
        programme = replace(programme, sessions=theirs)
    name = _NAMES[language].format(title=programme.event.title.text(language, programme.event.languages))
    return ical.selection(
        programme, keys, language=language, base_url=base_url, name=name, organiser_address=organiser_address
    )
