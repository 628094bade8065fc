"""A release in the shape of a whole draft, so that the files that carry a draft can carry what the public may know."""

from galerio_events.programme.domain.values import RoleValue, SessionValues
from galerio_events.programme.domain.whole import (
    WholeEvent,
    WholeOrganisation,
    WholeOrganiser,
    WholePerson,
    WholeProgramme,
    WholeSession,
    WholeTrack,
    WholeVenue,
)
from galerio_events.releases.domain.document import PublishedProgramme


def as_whole(programme: PublishedProgramme) -> WholeProgramme:
    """What was published, without the sessions that were cancelled."""
    event = programme.event
    return WholeProgramme(
        event=WholeEvent(
            slug=event.slug,
            title=event.title,
            timezone=event.timezone,
            starts_on=event.starts_on,
            ends_on=event.ends_on,
            ordinal=event.ordinal,
            theme=event.theme,
            day_starts_at=event.day_starts_at,
            languages=event.languages,
            format=event.format,
            organisers=tuple(WholeOrganiser(o.role, o.name, o.url) for o in event.organisers),
            facts=event.facts,
        ),
        venues=tuple(WholeVenue(v.key, v.kind, v.name, url=v.url) for v in programme.venues),
        tracks=tuple(WholeTrack(t.key, t.name, t.colour) for t in programme.tracks),
        organisations=tuple(WholeOrganisation(o.key, o.name) for o in programme.organisations.values()),
        people=tuple(
            WholePerson(p.key, p.name, p.affiliation, p.bio, p.country) for p in programme.people.values()
        ),
        sessions=tuple(
            WholeSession(
                s.key,
                s.uid,
                SessionValues(
                    kind=s.kind,
                    starts_at=s.starts_at,
                    ends_at=s.ends_at,
                    title=s.title,
                    summary=s.summary,
                    abstract=s.abstract,
                    venue=s.venue,
                    track=s.track,
                    organiser=s.organiser,
                    people=tuple(RoleValue(r.role, r.person, r.title) for r in s.people),
                    language=s.language,
                    links=s.links,
                ),
            )
            for s in programme.running
        ),
        public=True,
    )  # fmt: skip
