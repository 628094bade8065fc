"""Writes of what people say of themselves. Each takes the event's lock and notes in its history what it did."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict, NotFound
from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.domain.plain import digest_of
from galerio_events.events.queries import lock
from galerio_events.events.services import publish_besides, record
from galerio_events.people import queries
from galerio_events.people.domain import PersonDetails, PersonRefused, from_plain, person_problems, to_plain
from galerio_events.people.domain.profile import (
    PUBLIC,
    WORDINGS,
    Part,
    ProfileConsent,
    ProposalState,
    Saved,
    parts,
    public_part,
    taken,
)
from galerio_events.people.models import Consent, Person, ProfileProposal
from galerio_events.people.queries import profiles
from galerio_events.people.services.entries import write_entry

# What is deleted after the event, and what is there then, in plain JSON. Imports call availabilities otherwise.
_FORGOTTEN: Mapping[str, Any] = {"technical_needs": "", "availabilities": [], "availability": []}


def wanted_details(stored: PersonDetails, proposal: ProfileProposal | None) -> PersonDetails:
    """What the person's entry would say if all of the proposal were taken."""
    if proposal is None:
        return stored
    plain = to_plain(stored)
    changes = parts(proposal.base, proposal.wanted, public_part(plain))
    return _details(plain | taken(plain, changes))


def profile_digest(stored: PersonDetails, proposal: ProfileProposal | None) -> str:
    """What a form carries to know later whether somebody has written meanwhile what it was filled with."""
    return digest_of({"stored": to_plain(stored), "proposal": None if proposal is None else proposal.id})


def save_profile(
    db_session: Session,
    event_id: int,
    key: str,
    values: PersonDetails,
    *,
    seen: str,
    published: bool,
    by: int | None,
    now: datetime,
) -> Saved:
    """Make the person's own entry say this; of somebody who is published, what is public of it becomes a proposal.

    `values` say what is wanted altogether. `seen` is the `profile_digest` of what the person was shown. Raises
    `NotFound`, `PersonRefused`, and `ChangeConflict(STALE)` where somebody else was faster.
    """
    person = _expected(db_session, event_id, key)
    stored, waiting = queries.person_details(person), profiles.open_proposal(db_session, person.id)
    if values == wanted_details(stored, waiting):
        return Saved.NOTHING
    if seen != profile_digest(stored, waiting):
        raise ChangeConflict(Conflict.STALE)
    if problems := person_problems(values):
        raise PersonRefused(problems)
    at_once = values
    if published:
        at_once = replace(values, **{name: getattr(stored, name) for name in PUBLIC})
    changed = _store(db_session, event_id, person, at_once, by=by, now=now)
    before, after = (public_part(to_plain(each)) for each in (at_once, values))
    if before == after:
        if waiting is not None:
            _end(db_session, waiting, ProposalState.WITHDRAWN, by=by, now=now)
        return Saved.STORED if changed or waiting is not None else Saved.NOTHING
    if waiting is not None and taken(before, parts(waiting.base, waiting.wanted, before)) == after:
        return Saved.STORED
    if waiting is not None:
        _end(db_session, waiting, ProposalState.REPLACED, by=by, now=now, told=False)
    db_session.add(
        ProfileProposal(
            event_id=event_id, person_id=person.id, base=before, wanted=after, account_id=by, proposed_at=now
        )
    )
    db_session.flush()
    _record(db_session, event_id, key, _plain_of(waiting), {"proposal": "open", "proposed": _told(before, after)},
            by=by, now=now)  # fmt: skip
    return Saved.PROPOSED


def withdraw_proposal(db_session: Session, event_id: int, key: str, *, by: int | None, now: datetime) -> None:
    """The person does not want it any more. Raises `ChangeConflict(ALREADY_DONE)` where nothing waits."""
    person = _expected(db_session, event_id, key)
    waiting = profiles.open_proposal(db_session, person.id)
    if waiting is None:
        raise ChangeConflict(Conflict.ALREADY_DONE)
    _end(db_session, waiting, ProposalState.WITHDRAWN, by=by, now=now)


def decide_proposal(
    db_session: Session,
    event_id: int,
    proposal_id: int,
    names: Collection[str],
    *,
    seen: str,
    note: str = "",
    by: int | None,
    now: datetime,
) -> ProposalState:
    """Take those parts of the proposal that are named, and leave the others; what has become of it.

    `seen` is `parts_digest` of the parts as the organiser was shown them. Raises `NotFound`, `PersonRefused`,
    `ChangeConflict(ALREADY_DONE)` where it does not wait any more, and `ChangeConflict(STALE)` where what is stored has
    changed since it was shown.
    """
    lock(db_session, event_id)
    proposal = profiles.proposal_by_id(db_session, event_id, proposal_id)
    if proposal is None:
        raise NotFound(str(proposal_id))
    if proposal.state is not ProposalState.OPEN:
        raise ChangeConflict(Conflict.ALREADY_DONE)
    stored = queries.person_details(proposal.person)
    plain = to_plain(stored)
    found = parts(proposal.base, proposal.wanted, public_part(plain))
    if seen != parts_digest(found):
        raise ChangeConflict(Conflict.STALE)
    chosen = [part for part in found if part.name in names or part.settled]
    values = _details(plain | taken(plain, chosen))
    if problems := person_problems(values):
        raise PersonRefused(problems)
    _store(db_session, event_id, proposal.person, values, by=by, now=now)
    asked = [part for part in found if not part.settled]
    state = ProposalState.PARTLY
    if len(chosen) == len(found):
        state = ProposalState.ACCEPTED
    elif not any(part.name in names for part in asked):
        state = ProposalState.DECLINED
    proposal.note = note
    _end(db_session, proposal, state, by=by, now=now)
    return state


def parts_digest(found: Collection[Part]) -> str:
    """What the form of a decision carries of the parts that it shows."""
    return digest_of({"parts": [[part.name, part.wanted, part.stored] for part in found]})


def answer_consents(
    db_session: Session,
    event_id: int,
    key: str,
    given: Mapping[ProfileConsent, bool],
    *,
    language: str,
    by: int | None,
    now: datetime,
) -> tuple[ProfileConsent, ...]:
    """Keep the person's answers, read in that language, to the wording of today; those that are new.

    The same answer to the same wording is kept once. Raises `NotFound`.
    """
    person = _expected(db_session, event_id, key)
    before = profiles.answers(db_session, person.id)
    fresh = []
    for kind, yes in given.items():
        last = before.get(kind)
        if last is None or (last.given, last.wording) != (yes, WORDINGS[kind]):
            fresh.append(kind)
            answer = Consent(
                person_id=person.id, kind=kind, given=yes, wording=WORDINGS[kind], language=language, at=now,
                account_id=by,
            )  # fmt: skip
            db_session.add(answer)
    db_session.flush()
    if fresh:
        after = profiles.answers(db_session, person.id)
        _record(db_session, event_id, key, *({"consents": _plain_answers(each)} for each in (before, after)),
                by=by, now=now)  # fmt: skip
    if ProfileConsent.SLIDES in fresh:
        # Public pages show slides only as long as nobody has refused that.
        publish_besides(db_session, event_id)
    return tuple(fresh)


def hand_over_profile(db_session: Session, person_id: int, to: int, *, by: int | None, now: datetime) -> None:
    """The answers of one person become those of another; what the first one has proposed and nobody has decided on is
    withdrawn, because it says what was stored of the first one. Call it under the event's lock."""
    waiting = profiles.open_proposal(db_session, person_id)
    if waiting is not None:
        _end(db_session, waiting, ProposalState.WITHDRAWN, by=by, now=now, told=False)
    for table in (Consent, ProfileProposal):
        db_session.execute(sa.update(table).where(table.person_id == person_id).values(person_id=to))


def drop_profile(db_session: Session, person_id: int) -> None:
    """Forget the person's answers and proposals, because the person is deleted. Call it under the event's lock."""
    for table in (Consent, ProfileProposal):
        db_session.execute(sa.delete(table).where(table.person_id == person_id))


def forget_private(db_session: Session, event_id: int, *, by: int | None, now: datetime) -> int:
    """Delete what people have said to the organisers of one edition alone, technical needs and availabilities, from
    their entries and from the event's history; of how many people there was something. For an event that is over."""
    lock(db_session, event_id)
    entries = []
    for person in queries.people_of(db_session, event_id):
        before = queries.person_details(person)
        if before.technical_needs or before.availabilities:
            write_entry(person, replace(before, technical_needs="", availabilities=()))
            entries.append(Entry(Subject.PERSON, person.key, Deed.CHANGED, None, {"forgotten": True}))
    db_session.flush()
    for change in profiles.changes_of_people(db_session, event_id):
        for side in ("before", "after"):
            plain = getattr(change, side) or {}
            emptied = {name: empty for name, empty in _FORGOTTEN.items() if plain.get(name)}
            if emptied:
                setattr(change, side, {**plain, **emptied})
    db_session.flush()
    record(db_session, event_id, entries, by=by, now=now)
    return len(entries)


def take_over_profiles(
    db_session: Session, event_id: int, profiles_by_key: Mapping[str, Mapping[str, Any]], *, by: int | None,
    now: datetime, batch: str | None = None,
) -> None:  # fmt: skip
    """Give the people of a new edition what `queries.profiles.profile_columns` says of them in the old one."""
    lock(db_session, event_id)
    entries = []
    for person in queries.people_of(db_session, event_id):
        before = queries.person_details(person)
        after = replace(before, **profiles_by_key.get(person.key, {}))
        if after != before:
            write_entry(person, after)
            entries.append(Entry(Subject.PERSON, person.key, Deed.CHANGED, to_plain(before), to_plain(after)))
    db_session.flush()
    record(db_session, event_id, entries, by=by, now=now, batch=batch)


def _expected(db_session: Session, event_id: int, key: str) -> Person:
    lock(db_session, event_id)
    person = queries.person_by_key(db_session, event_id, key)
    if person is None:
        raise NotFound(key)
    return person


def _details(plain: Mapping[str, Any]) -> PersonDetails:
    made = from_plain(plain)
    if not isinstance(made, PersonDetails):
        raise TypeError("a profile is that of a person")
    return made


def _store(
    db_session: Session, event_id: int, person: Person, values: PersonDetails, *, by: int | None, now: datetime
) -> bool:
    before = queries.person_details(person)
    if before == values:
        return False
    write_entry(person, values)
    db_session.flush()
    entry = Entry(Subject.PERSON, person.key, Deed.CHANGED, to_plain(before), to_plain(values))
    record(db_session, event_id, [entry], by=by, now=now)
    return True


def _end(
    db_session: Session,
    proposal: ProfileProposal,
    state: ProposalState,
    *,
    by: int | None,
    now: datetime,
    told: bool = True,
) -> None:
    before = _plain_of(proposal)
    proposal.state, proposal.decided_at, proposal.decided_by = state, now, by
    db_session.flush()
    if told:
        after = {"proposal": state.value} | ({"note": proposal.note} if proposal.note else {})
        _record(db_session, proposal.event_id, proposal.person.key, before, after, by=by, now=now)


def _plain_of(proposal: ProfileProposal | None) -> dict[str, Any] | None:
    return None if proposal is None else {"proposal": ProposalState.OPEN.value}


def _told(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [part.name for part in parts(before, after, before)]


def _plain_answers(answers: Mapping[ProfileConsent, Consent]) -> list[dict[str, Any]]:
    return [{"kind": kind.value, "given": answer.given} for kind, answer in sorted(answers.items())]


def _record(
    db_session: Session,
    event_id: int,
    key: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    by: int | None,
    now: datetime,
) -> None:
    record(db_session, event_id, [Entry(Subject.PERSON, key, Deed.CHANGED, before, after)], by=by, now=now)
