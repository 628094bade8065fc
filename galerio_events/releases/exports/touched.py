"""The calendar file that goes with a mail about a release."""

from collections.abc import Collection
from dataclasses import replace

from galerio_events.releases.domain.document import PublishedProgramme
from galerio_events.releases.exports import ical

_NAMES = {"ja": "{title}：変更のあったセッション", "en": "{title}: sessions that have changed"}


def calendar(
    programme: PublishedProgramme,
    keys: Collection[str],
    *,
    left: Collection[str],
    revision: int,
    language: str,
    base_url: str,
    organiser_address: str = "",
) -> bytes:
    """The sessions of these keys as they are since that release, to be opened once.

    Those that the reader has `left` are `STATUS:CANCELLED`. `revision` is what the reader's own calendar adds to each
    SEQUENCE, so that it takes this file for the newer word (RFC 5546, section 2.1.5).
    """
    theirs = tuple(
        replace(s, cancelled=s.cancelled or s.key in left, sequence=s.sequence + revision) if s.key in keys else s
        for s in programme.sessions
    )
    name = _NAMES[language].format(title=programme.event.title.text(language, programme.event.languages))
    return ical.selection(
        replace(programme, sessions=theirs),
        keys,
        language=language,
        base_url=base_url,
        name=name,
        organiser_address=organiser_address,
    )
