"""Which thing of the event a thing of a file is."""

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from galerio_events.events.domain import KEY_LENGTH, is_key
from galerio_events.programme.domain.incoming import InLanguages, Thing
from galerio_events.programme.domain.planning.values import Stored, StoredSession
from galerio_events.programme.domain.uids import derived_uid, proper_uid
from galerio_events.text import fold
from galerio_events.translated import Translated


def texts_of(value: object) -> tuple[str, ...]:
    """The texts of a translated value, in whichever form the file has it."""
    if isinstance(value, Translated):
        return tuple(value.values())
    return tuple(value.texts.values()) if isinstance(value, InLanguages) else ()


class Names:
    """Which things of the event are called what."""

    def __init__(self, stored: Mapping[str, Stored]) -> None:
        self._keys: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for key, thing in stored.items():
            for text in thing.values["name"].values():
                if name := fold(text):
                    self._keys[name].setdefault(key)

    def keys(self, thing: Thing) -> tuple[str, ...]:
        """The keys of the things that are called as this one is in any of its languages."""
        texts = (thing.label, *texts_of(thing.fields.get("name")), *texts_of(thing.when_new.get("name")))
        found: dict[str, None] = {}
        for name in {fold(text) for text in texts if text}:
            found.update(self._keys.get(name, {}))
        return tuple(sorted(found))


def namesakes(things: Iterable[Thing]) -> frozenset[str]:
    """The (folded) names that several things of the file have."""
    counted = Counter(fold(thing.label) for thing in things)
    return frozenset(name for name, count in counted.items() if count > 1)


def latin_key(text: str) -> str:
    """The words of the text in Latin letters, as a key; `""` where there are none."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[: KEY_LENGTH - 5].strip("-")


def free_key(wanted: Iterable[str], fallback: str, taken: Collection[str]) -> str:
    """The first usable one of the wanted keys, else the fallback, with a number where it is taken."""
    base = next((key for key in wanted if is_key(key)), fallback)
    key, number = base, 1
    while key in taken:
        number += 1
        key = f"{base[: KEY_LENGTH - 6].strip('-')}-{number}"
    return key


def key_with_foreign(thing: Thing) -> str | None:
    """The key of one of several namesakes: the same each time, as long as the other system calls it the same."""
    if not thing.foreign:
        return None
    suffix = latin_key(thing.foreign)[:12] or hashlib.sha256(thing.foreign.encode()).hexdigest()[:8]
    return f"{(latin_key(thing.label) or 'person')[: KEY_LENGTH - 14].strip('-')}-{suffix}"


class Sessions:
    """Finds the session of the draft that a session of a file is. Each is found once only, so the surest go first."""

    def __init__(self, slug: str, stored: Mapping[str, StoredSession], elsewhere: frozenset[str]) -> None:
        self.slug = slug
        self.stored = stored
        self.elsewhere = elsewhere
        self.by_uid = {session.uid: key for key, session in stored.items()}
        self._by_title: defaultdict[str, list[str]] = defaultdict(list)
        for key, session in stored.items():
            for name in {fold(text) for text in session.values.title.values()}:
                self._by_title[name].append(key)

    def uid_of(self, thing: Thing) -> str | None:
        """The UID that the session has, or would get if it were new; None where the file gives it no identity."""
        if thing.uid in self.by_uid:
            return thing.uid
        proper = proper_uid(thing.uid)
        if proper is not None and proper not in self.elsewhere:
            return proper
        foreign = thing.uid or thing.foreign
        return derived_uid(self.slug, foreign) if foreign else None

    def sure(self, thing: Thing) -> str | None:
        """The key of the session with its identity."""
        uid = self.uid_of(thing)
        if uid in self.by_uid:
            return self.by_uid[str(uid)]
        return thing.key if thing.sure and thing.key in self.stored else None

    def at_that_time(
        self, thing: Thing, starts_at: datetime | None, venue: str | None, taken: Collection[str]
    ) -> str | None:
        """The key of the session of that title at that time; of several, that in the same venue."""
        found = [key for key in self.titled(thing, taken) if self.stored[key].values.starts_at == starts_at]
        if len(found) > 1:
            found = [key for key in found if self.stored[key].values.venue == venue]
        return found[0] if found else None

    def titled(self, thing: Thing, taken: Collection[str]) -> list[str]:
        """The keys of the sessions that have its title in any language."""
        found: dict[str, None] = {}
        for text in texts_of(thing.fields.get("title")):
            found.update(dict.fromkeys(self._by_title.get(fold(text), ())))
        return [key for key in found if key not in taken]


def nameless(thing: Thing) -> bool:
    """Whether the file gives the session nothing by which it can be known but its title and time."""
    return thing.uid is None and thing.foreign is None and not (thing.sure and thing.key)
