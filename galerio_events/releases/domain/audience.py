"""Whom a release concerns: everybody with a part in a session that it touches, and whoever chose such a session."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from galerio_events.releases.domain.diff import Diff, SessionChange
from galerio_events.releases.domain.document import PublishedSession
from galerio_events.text import email_key
from galerio_events.translated import Translated


@dataclass(frozen=True, slots=True)
class Concerned:
    """Somebody whom a release concerns. `sessions` are the keys of those that concern them.

    `persons` are their keys in the programme, `chosen` the sessions that they registered for. `language` is the one
    they read, `zone` the IANA zone and `country` the ISO code of where they are, as far as these are known. `links` are
    the nonces of their private links by purpose, `revision` is what their calendars add to each SEQUENCE.
    """

    email: str
    name: Translated
    sessions: frozenset[str]
    language: str = ""
    zone: str = ""
    country: str = ""
    reference: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    revision: int = 0
    persons: frozenset[str] = frozenset()
    chosen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Somebody whom no mail reaches. `key` is theirs among the event's people, None where they are not there now."""

    key: str | None
    name: Translated


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody whom a release concerns, once each, and those whom no mail reaches."""

    reached: tuple[Concerned, ...] = ()
    unreachable: tuple[Unreachable, ...] = ()


class Turn(StrEnum):
    """What a release changes about somebody's part in a session that takes place before and after it."""

    JOINED = "joined"
    LEFT = "left"


def mail_language(one: Concerned, languages: Sequence[str], possible: Sequence[str]) -> str:
    """The language to write to somebody in: the one they read, else the most likely of the event's `languages`.

    Mails are written in the `possible` ones alone. A name that is known in some of the event's languages only speaks
    for the first of these; else Japan speaks for Japanese and any other country for English; else it is the event's
    first language.
    """
    if one.language in possible:
        return one.language
    offered = [language for language in languages if language in possible] or [possible[-1]]
    named = [language for language in offered if one.name.get(language)]
    if 0 < len(named) < len(offered):
        return named[0]
    likely = {"": "", "JP": "ja"}.get(one.country, "en")
    return likely if likely in offered else offered[0]


def parts(found: Diff) -> dict[str, frozenset[str]]:
    """By person's key: the touched sessions in which they have a part now, or had one before."""
    sessions: dict[str, set[str]] = {}
    for change in found.sessions:
        for person in _people(change.old) | _people(change.new):
            sessions.setdefault(person, set()).add(change.key)
    return {person: frozenset(keys) for person, keys in sessions.items()}


def turn(change: SessionChange, persons: frozenset[str]) -> Turn | None:
    """Whether these persons, who are one human being, come into the session or go out of it."""
    if change.old is None or change.new is None or change.old.cancelled:
        return None
    before, after = bool(_people(change.old) & persons), bool(_people(change.new) & persons)
    if before == after:
        return None
    return Turn.JOINED if after else Turn.LEFT


def once_each(concerned: Iterable[Concerned]) -> tuple[Concerned, ...]:
    """The same people, those with one mailbox made one: what is known earlier of them counts, sessions add up."""
    merged: dict[str, Concerned] = {}
    for one in concerned:
        key = email_key(one.email)
        before = merged.get(key)
        merged[key] = one if before is None else _both(before, one)
    return tuple(merged.values())


def _people(session: PublishedSession | None) -> frozenset[str]:
    return frozenset() if session is None else frozenset(role.person for role in session.people)


def _both(first: Concerned, second: Concerned) -> Concerned:
    return Concerned(
        email=first.email,
        name=first.name or second.name,
        sessions=first.sessions | second.sessions,
        language=first.language or second.language,
        zone=first.zone or second.zone,
        country=first.country or second.country,
        reference=first.reference or second.reference,
        links=first.links or second.links,
        revision=max(first.revision, second.revision),
        persons=first.persons | second.persons,
        chosen=first.chosen | second.chosen,
    )
