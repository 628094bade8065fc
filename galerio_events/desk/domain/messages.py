"""Messages from the organisers to the people of a session, by mail and on their desk."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from galerio_events.errors import DomainError
from galerio_events.text import clean
from galerio_events.translated import EMPTY, Translated

TEXT_LENGTH = 1000
MOST_MINUTES_LATE = 180
# Within so long at most so many leave for one session, and for one event.
WINDOW = timedelta(minutes=10)
MOST_OF_SESSION = 6
MOST_OF_EVENT = 60


class MessageKind(StrEnum):
    """What a message is about; the words of all but the last are ours."""

    JOIN_NOW = "join_now"
    COME_NOW = "come_now"
    LATE = "late"
    OWN = "own"


class MessageRefusal(StrEnum):
    """Why a message is not sent."""

    NOBODY = "nobody"
    NO_TEXT = "no_text"
    TOO_MANY = "too_many"


class MessageRefused(DomainError):
    """A message that is not sent; nothing was written."""

    def __init__(self, reason: MessageRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Draft:
    """A message before it is sent."""

    kind: MessageKind
    body: Translated


_WORDS = {
    MessageKind.JOIN_NOW: Translated(
        {
            "ja": "まもなくセッションが始まります。今すぐご接続ください。参加用リンクは担当ページにあります。",
            "en": "Your session is about to begin. Please join it now. The link is on your page for the session.",
        }
    ),
    MessageKind.COME_NOW: Translated(
        {
            "ja": "まもなくセッションが始まります。今すぐ会場へお越しください。",
            "en": "Your session is about to begin. Please come to the venue now.",
        }
    ),
}


def template(kind: MessageKind, minutes: int = 0) -> Translated:
    """The words of a message of that kind in every language; nothing for what somebody writes themselves."""
    if kind is MessageKind.LATE:
        unit = "minute" if minutes == 1 else "minutes"
        return Translated(
            {
                "ja": f"開始が{minutes}分ほど遅れる見込みです。恐れ入りますが、準備のうえそのままお待ちください。",
                "en": f"We will start about {minutes} {unit} late. Please stand by.",
            }
        )
    return _WORDS.get(kind, EMPTY)


def written(texts: Translated) -> Translated:
    """The texts as they are kept: without what cannot be seen."""
    return Translated({language: clean(text) for language, text in texts.items()})


def too_many(of_session: int, of_event: int) -> bool:
    """Whether no further message may leave where so many have left within `WINDOW`."""
    return of_session >= MOST_OF_SESSION or of_event >= MOST_OF_EVENT
