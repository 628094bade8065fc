"""Telling those whom a release concerns: one draft for each of them, written in the transaction of the release."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.events.domain import OrganiserRole
from galerio_events.outbox import queries as outbox_queries
from galerio_events.outbox import services as outbox
from galerio_events.outbox.domain import Action, Mail, checked_address
from galerio_events.releases import queries
from galerio_events.releases.domain.audience import (
    Audience,
    Concerned,
    Turn,
    Unreachable,
    mail_language,
    once_each,
    parts,
    turn,
)
from galerio_events.releases.domain.diff import Diff, SessionChange
from galerio_events.releases.domain.document import PublishedProgramme
from galerio_events.releases.models import Release
from galerio_events.text import email_key

KIND = "programme_changed"

# Who else is concerned by changes of these sessions of that event, besides those with a part in them.
FindConcerned = Callable[[Session, int, Collection[str]], Iterable[Concerned]]

_others: list[FindConcerned] = []


@dataclass(frozen=True, slots=True)
class Telling:
    """How an announced release is told. `languages` are those that mails are written in; `rows(change, language)` says
    in that language what changes of a session but its time and place: `field`, `before` and `after`."""

    languages: Sequence[str]
    rows: Callable[[SessionChange, str], list[dict[str, str]]]


def register_audience(find: FindConcerned) -> None:
    """From now on, announced releases also tell whom `find` finds. Features that come after this one say so once."""
    if find not in _others:
        _others.append(find)


def batch_of(number: int) -> str:
    """What the outbox calls the mails about that release."""
    return f"release-{number}"


def number_of(batch: str) -> int | None:
    """The number of the release that the mails of that batch are about; None for any other batch."""
    number = batch.removeprefix("release-")
    return int(number) if number != batch and number.isascii() and number.isdecimal() else None


def drop_drafts(db_session: Session, event_id: int, *, now: datetime) -> int:
    """Drop every draft about a release of the event. Returns how many there were."""
    waiting = [batch for batch, drafts in outbox_queries.batches(db_session, event_id).items() if drafts]
    about = [batch for batch in waiting if number_of(batch) is not None]
    return sum(outbox.act_on_drafts(db_session, event_id, batch, Action.CANCEL, now=now) for batch in about)


def unsent(db_session: Session, event_id: int) -> dict[int, int]:
    """By the release's number: how many drafts about releases of the event nobody has sent or dropped yet."""
    waiting = outbox_queries.batches(db_session, event_id)
    found = {number_of(batch): drafts for batch, drafts in waiting.items() if drafts}
    return {number: found[number] for number in sorted(n for n in found if n is not None)}


@dataclass(frozen=True, slots=True)
class Turnover:
    """The programme that was public (None: there was none), the one that takes its place, and how they differ."""

    old: PublishedProgramme | None
    new: PublishedProgramme
    diff: Diff


def audience(db_session: Session, event_id: int, turnover: Turnover) -> Audience:
    """Whom a release that brings this turnover concerns. `new` may be a draft."""
    old, found = turnover.old, turnover.diff
    if not found.sessions:
        return Audience()
    theirs = parts(found)
    known = queries.contacts(db_session, event_id, theirs)
    reached: list[Concerned] = []
    unreachable: list[Unreachable] = []
    for key, sessions in theirs.items():
        contact = known.get(key)
        if contact is not None and contact.email and _is_address(contact.email):
            reached.append(
                Concerned(
                    email=contact.email,
                    name=contact.name,
                    sessions=sessions,
                    language=contact.language or "",
                    zone=contact.timezone or "",
                    country=contact.country or "",
                    persons=frozenset({key}),
                )
            )
        elif contact is not None:
            unreachable.append(Unreachable(key, contact.name))
        elif old is not None and key in old.people:
            unreachable.append(Unreachable(None, old.people[key].name))
    keys = [change.key for change in found.sessions]
    for find in _others:
        reached += find(db_session, event_id, keys)
    return Audience(once_each(reached), tuple(unreachable))


def draft_mails(db_session: Session, release: Release, turnover: Turnover, telling: Telling, *, now: datetime) -> int:
    """A draft for each of those whom the release concerns. Returns how many there are."""
    people = audience(db_session, release.event_id, turnover).reached
    if not people:
        return 0
    writer = _Writer(release, turnover, telling)
    return outbox.enqueue_all(db_session, (writer.mail(one) for one in people), now=now)


class _Writer:
    """Freezes what the mails about one release say; what many of them have in common is made once."""

    def __init__(self, release: Release, turnover: Turnover, telling: Telling) -> None:
        old, new = turnover.old, turnover.new
        self.release = release
        self.new = new
        ordered = sorted(turnover.diff.sessions, key=lambda c: (c.session.starts_at, c.session.ends_at, c.key))
        self.changes = {change.key: (place, change) for place, change in enumerate(ordered)}
        self.telling = telling
        self.venues = {v.key: dict(v.name) for p in (old, new) if p is not None for v in p.venues}
        self.common: Mapping[str, Any] = {
            "event": new.event.slug,
            "event_title": dict(new.event.title),
            "zone": new.event.timezone,
            "release": release.number,
            "announcement": dict(release.announcement),
            "hosts": [dict(o.name) for o in new.event.organisers if o.role is OrganiserRole.HOST],
        }
        self._told: dict[tuple[str, str], dict[str, Any]] = {}

    def mail(self, one: Concerned) -> Mail:
        language = mail_language(one, self.new.event.languages, self.telling.languages)
        name = one.name.text(language, self.new.event.languages)
        theirs = [change for _place, change in sorted(self.changes[key] for key in one.sessions)]
        turns = {change.key: turn(change, one.persons) for change in theirs if change.key not in one.chosen}
        own_zone = one.zone if one.zone in clock.zone_names() and one.zone != self.new.event.timezone else None
        return Mail(
            event_id=self.release.event_id,
            kind=KIND,
            language=language,
            recipient_email=one.email,
            recipient_name=name,
            values={
                **self.common,
                "name": name,
                "own_zone": own_zone,
                "changes": [self.told(change, language) | {"turn": turns.get(change.key)} for change in theirs],
                "sessions": [change.key for change in theirs],
                "left": [key for key, what in turns.items() if what is Turn.LEFT],
                "reference": one.reference or None,
                "revision": one.revision,
                "manage": one.links.get("manage"),
                "calendar": one.links.get("calendar"),
            },
            dedupe_key=f"{KIND}:{self.release.event_id}:{self.release.number}:{_of_mailbox(one.email)}",
            bulk=True,
            draft=True,
            batch=batch_of(self.release.number),
        )

    def told(self, change: SessionChange, language: str) -> dict[str, Any]:
        found = self._told.get((change.key, language))
        if found is None:
            found = self._told[change.key, language] = self._freeze(change, language)
        return found

    def _freeze(self, change: SessionChange, language: str) -> dict[str, Any]:
        session, old = change.session, change.old
        moved = old is not None and change.new is not None
        return {
            "key": change.key,
            "kind": change.kind.value,
            "title": dict(session.title),
            "starts_at": clock.to_text(session.starts_at),
            "ends_at": clock.to_text(session.ends_at),
            "venue": self.venues.get(session.venue or ""),
            "was": (
                [clock.to_text(old.starts_at), clock.to_text(old.ends_at)]
                if moved and old is not None and (old.starts_at, old.ends_at) != (session.starts_at, session.ends_at)
                else None
            ),
            "was_at": self.venues.get(old.venue or "")
            if moved and old is not None and old.venue != session.venue
            else None,
            "rows": self.telling.rows(change, language) if moved else [],
        }


def _of_mailbox(address: str) -> str:
    return hashlib.sha256(email_key(address).encode()).hexdigest()[:32]


def _is_address(text: str) -> bool:
    try:
        checked_address(text)
    except ValueError:
        return False
    return True
