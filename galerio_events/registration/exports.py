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
) -> bytes:
    """The chosen sessions (the whole programme if none were) as a calendar that is polled.

    Of a cancelled registration every session is `STATUS:CANCELLED`: a feed that vanished or had no entries would leave
    them standing in many calendars.
    """
    keys = calendar_keys(programme, chosen)
    if cancelled:
        gone = tuple(replace(s, cancelled=True) if s.key in keys else s for s in programme.sessions)
        programme = replace(programme, sessions=gone)
    name = _NAMES[language].format(title=programme.event.title.text(language, programme.event.languages))
    return ical.selection(
        programme, keys, language=language, base_url=base_url, name=name, organiser_address=organiser_address
    )
