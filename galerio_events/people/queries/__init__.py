"""Reads of persons and organisations."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from galerio_events.people.domain import Details, OrganisationDetails, PersonDetails, Span
from galerio_events.people.domain.duplicates import Candidate
from galerio_events.people.models import Organisation, Person
from galerio_events.translated import Translated


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a list."""

    id: int
    key: str
    name: Translated
    affiliation: Translated
    country: str | None
    email: str | None

    @property
    def candidate(self) -> Candidate:
        """What is compared in the search for duplicates."""
        return Candidate(self.key, self.name, self.affiliation, self.email)


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation in a list."""

    id: int
    key: str
    name: Translated

    @property
    def candidate(self) -> Candidate:
        """What is compared in the search for duplicates."""
        return Candidate(self.key, self.name)


def mailboxes(db_session: Session, emails: Collection[str]) -> set[str]:
    """Which of these addresses (as `text.email_key` makes them) are those of persons, on whichever event."""
    found = db_session.scalars(sa.select(Person.email_key).where(Person.email_key.in_(set(emails))).distinct())
    return {email for email in found if email is not None}


def people_rows(db_session: Session, event_id: int) -> list[PersonRow]:
    """Every person of the event, in the order of lists. One query."""
    p = Person
    found = db_session.execute(
        sa.select(p.id, p.key, p.name, p.affiliation, p.country, p.email)
        .where(p.event_id == event_id)
        .order_by(p.position, p.id)
    )
    return [PersonRow(*row) for row in found]


def organisation_rows(db_session: Session, event_id: int) -> list[OrganisationRow]:
    """Every organisation of the event, by key. One query."""
    o = Organisation
    found = db_session.execute(sa.select(o.id, o.key, o.name).where(o.event_id == event_id).order_by(o.key))
    return [OrganisationRow(*row) for row in found]


def person_by_key(db_session: Session, event_id: int, key: str) -> Person | None:
    """The person of that key in that event with all availabilities, as stored now; None where there is none."""
    return db_session.scalar(
        sa.select(Person)
        .where(Person.event_id == event_id, Person.key == key)
        .options(selectinload(Person.availabilities))
        .execution_options(populate_existing=True)
    )


def organisation_by_key(db_session: Session, event_id: int, key: str) -> Organisation | None:
    """The organisation of that key in that event, as stored now; None where there is none."""
    return db_session.scalar(
        sa.select(Organisation)
        .where(Organisation.event_id == event_id, Organisation.key == key)
        .execution_options(populate_existing=True)
    )


def person_keys(db_session: Session, event_id: int) -> list[str]:
    """The keys of all persons of the event."""
    return list(db_session.scalars(sa.select(Person.key).where(Person.event_id == event_id)))


def organisation_keys(db_session: Session, event_id: int) -> list[str]:
    """The keys of all organisations of the event."""
    return list(db_session.scalars(sa.select(Organisation.key).where(Organisation.event_id == event_id)))


def next_position(db_session: Session, event_id: int) -> int:
    """Where a new person goes in lists: after all others."""
    highest = db_session.scalar(sa.select(sa.func.max(Person.position)).where(Person.event_id == event_id))
    return 0 if highest is None else highest + 1


def people_details(db_session: Session, event_id: int) -> dict[str, PersonDetails]:
    """Key to what is stored of every person of the event. Two queries."""
    return {person.key: person_details(person) for person in people_of(db_session, event_id)}


def people_of(db_session: Session, event_id: int) -> list[Person]:
    """Every person of the event with all availabilities, in the order of lists. Two queries."""
    return list(
        db_session.scalars(
            sa.select(Person)
            .where(Person.event_id == event_id)
            .options(selectinload(Person.availabilities))
            .order_by(Person.position, Person.id)
        )
    )


def organisations_details(db_session: Session, event_id: int) -> dict[str, OrganisationDetails]:
    """Key to what is stored of every organisation of the event. One query."""
    return {row.key: OrganisationDetails(row.name) for row in organisation_rows(db_session, event_id)}


def person_details(person: Person) -> PersonDetails:
    """What is stored of the person."""
    return PersonDetails(
        name=person.name,
        affiliation=person.affiliation,
        bio=person.bio,
        country=person.country,
        email=person.email,
        language=person.language,
        timezone=person.timezone,
        position=person.position,
        availabilities=tuple(sorted(Span(each.starts_at, each.ends_at) for each in person.availabilities)),
        reading=person.reading,
        job_title=person.job_title,
        photo=person.photo,
        links=person.links,
        pronunciation=person.pronunciation,
        technical_needs=person.technical_needs,
    )


def organisation_details(organisation: Organisation) -> OrganisationDetails:
    """What is stored of the organisation."""
    return OrganisationDetails(organisation.name)


def details_of(row: Person | Organisation) -> Details:
    """What is stored of the entry."""
    return person_details(row) if isinstance(row, Person) else organisation_details(row)
