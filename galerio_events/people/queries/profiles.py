"""Reads of what people say of themselves: profiles, answers to questions of consent, and what they propose."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from galerio_events.events.domain import Subject
from galerio_events.events.models import Change
from galerio_events.people.domain.profile import ProfileConsent, ProposalState
from galerio_events.people.models import Consent, Person, ProfileProposal
from galerio_events.text import email_key
from galerio_events.translated import Translated

# The keys of everybody in the programme of the event that the public sees.
FindPublished = Callable[[Session, int], Collection[str]]

_finders: list[FindPublished] = []


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal in a list."""

    id: int
    key: str
    name: Translated
    state: ProposalState
    proposed_at: datetime
    decided_at: datetime | None


def register_published_people(find: FindPublished) -> None:
    """From now on, those whom `find` finds count as published."""
    if find not in _finders:
        _finders.append(find)


def is_published(db_session: Session, event_id: int, key: str) -> bool:
    """Whether the public sees the person of that key."""
    return any(key in find(db_session, event_id) for find in _finders)


def own_persons(db_session: Session, event_id: int, email: str) -> list[Person]:
    """Those persons of the event who are whoever reads that mailbox, with all availabilities, in the order of lists."""
    return list(
        db_session.scalars(
            sa.select(Person)
            .where(Person.event_id == event_id, Person.email_key == email_key(email))
            .options(selectinload(Person.availabilities))
            .order_by(Person.position, Person.id)
        )
    )


def published_photo() -> sa.ColumnElement[str | None]:
    """Of a `Person` in a selection: the digest of their photo where they agree now that it is published, else NULL."""
    return sa.case((agreed(ProfileConsent.PHOTO), Person.photo), else_=None)


def agreed(kind: ProfileConsent) -> sa.ColumnElement[bool]:
    """Whether the newest answer of a `Person` in a selection to that question is yes."""
    return sa.func.coalesce(_newest_answer(kind), sa.false()) == sa.true()


def refuses(kind: ProfileConsent) -> sa.ColumnElement[bool]:
    """Whether the newest answer of a `Person` in a selection to that question is no; no answer is none."""
    return sa.func.coalesce(_newest_answer(kind), sa.true()) == sa.false()


def _newest_answer(kind: ProfileConsent) -> sa.ScalarSelect[bool]:
    answer = aliased(Consent)
    return (
        sa.select(answer.given)
        .where(answer.person_id == Person.id, answer.kind == kind)
        .order_by(answer.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def agree_to_photo(db_session: Session, event_id: int, keys: Collection[str]) -> bool:
    """Whether one of these persons agrees now that their photo is published."""
    found = db_session.scalar(
        sa.select(Person.id)
        .where(Person.event_id == event_id, Person.key.in_(keys), agreed(ProfileConsent.PHOTO))
        .limit(1)
    )
    return found is not None


def has_photo(db_session: Session, event_id: int, digest: str) -> bool:
    """Whether the picture is the photo of somebody in the event's draft, or of somebody's open proposal."""
    stored = sa.select(Person.id).where(Person.event_id == event_id, Person.photo == digest).limit(1)
    return db_session.scalar(stored) is not None or any(
        proposal.wanted.get("photo") == digest for proposal in open_proposals(db_session, event_id)
    )


def answers(db_session: Session, person_id: int) -> dict[ProfileConsent, Consent]:
    """The person's newest answer to each question that they have answered."""
    rows = db_session.scalars(sa.select(Consent).where(Consent.person_id == person_id).order_by(Consent.id))
    return {row.kind: row for row in rows}


def all_answers(db_session: Session, person_id: int) -> list[Consent]:
    """Every answer that the person has given, the newest first."""
    return list(
        db_session.scalars(sa.select(Consent).where(Consent.person_id == person_id).order_by(Consent.id.desc()))
    )


def open_proposal(db_session: Session, person_id: int) -> ProfileProposal | None:
    """What the person wants to have published and the organisers have not decided on, as stored now."""
    return db_session.scalar(
        sa.select(ProfileProposal)
        .where(ProfileProposal.person_id == person_id, ProfileProposal.state == ProposalState.OPEN)
        .execution_options(populate_existing=True)
    )


def latest_proposal(db_session: Session, person_id: int) -> ProfileProposal | None:
    """The last proposal of the person, decided or not."""
    return db_session.scalar(
        sa.select(ProfileProposal)
        .where(ProfileProposal.person_id == person_id)
        .order_by(ProfileProposal.id.desc())
        .limit(1)
    )


def open_proposals(db_session: Session, event_id: int) -> list[ProfileProposal]:
    """What people of the event want to have published and nobody has decided on, the oldest first."""
    return list(
        db_session.scalars(
            sa.select(ProfileProposal)
            .where(ProfileProposal.event_id == event_id, ProfileProposal.state == ProposalState.OPEN)
            .order_by(ProfileProposal.id)
        )
    )


def proposal_by_id(db_session: Session, event_id: int, proposal_id: int) -> ProfileProposal | None:
    """That proposal of the event with its person, as stored now."""
    return db_session.scalar(
        sa.select(ProfileProposal)
        .where(ProfileProposal.event_id == event_id, ProfileProposal.id == proposal_id)
        .options(joinedload(ProfileProposal.person).selectinload(Person.availabilities))
        .execution_options(populate_existing=True)
    )


def listed_proposals(db_session: Session, event_id: int, *, most: int) -> list[Waiting]:
    """The proposals of the event: those that wait, the oldest first, then the newest decided; at most so many."""
    p = ProfileProposal
    waits = p.state == ProposalState.OPEN
    rows = db_session.execute(
        sa.select(p.id, Person.key, Person.name, p.state, p.proposed_at, p.decided_at)
        .join(Person, Person.id == p.person_id)
        .where(p.event_id == event_id, p.state.not_in([ProposalState.REPLACED, ProposalState.WITHDRAWN]))
        .order_by(sa.case((waits, 0), else_=1), sa.case((waits, p.id), else_=-p.id))
        .limit(most)
    )
    return [Waiting(*row) for row in rows]


def changes_of_people(db_session: Session, event_id: int) -> list[Change]:
    """What the event's history tells of people."""
    return list(
        db_session.scalars(sa.select(Change).where(Change.event_id == event_id, Change.subject == Subject.PERSON))
    )


def profile_columns(db_session: Session, event_id: int) -> Mapping[str, dict[str, Any]]:
    """Key to what a new edition takes over of everybody's profile: what is theirs and not the edition's."""
    columns = (Person.reading, Person.pronunciation, Person.job_title, Person.photo, Person.links)
    rows = db_session.execute(sa.select(Person.key, *columns).where(Person.event_id == event_id))
    return {row[0]: dict(zip((column.key for column in columns), row[1:], strict=True)) for row in rows}
