"""The draft that the conflict sweep is measured with, stored: 1,500 sessions over 4 days in 30 rooms."""

from sqlalchemy.orm import Session

from benchmarks.bench_conflicts import programme
from galerio_events import clock
from galerio_events.events.models import Event, Track, Venue
from galerio_events.people.models import Person
from galerio_events.programme.domain.conflicts import Draft
from galerio_events.programme.domain.rules import session_uid
from galerio_events.programme.models import ProgrammeSession, RoleAssignment
from galerio_events.translated import Translated

SLUG = "large"
_THEMES = ("net zero", "water", "public transport", "disaster risk", "circular economy", "greenery", "ageing", "data")
_JAPANESE = ("脱炭素", "水", "公共交通", "防災", "循環経済", "緑化", "高齢社会", "データ")
_COLOURS = ("#0b6e4f", "#0b4a86", "#7a4b00", "#a8201a", "#5b3a8c", "#2f6b12", "#8a2f5d", "#34506b")


def store(db_session: Session) -> tuple[int, Draft]:
    """Write the event with that draft. Commits. Returns the event's id, and the draft."""
    draft = programme()
    frame = draft.frame
    event = Event(
        slug=SLUG,
        title=Translated({"ja": "大きな会議", "en": "A large conference"}),
        timezone=frame.timezone,
        starts_on=frame.starts_on,
        ends_on=frame.ends_on,
        changeover_minutes=draft.changeover_minutes,
    )
    for position, (key, place) in enumerate(draft.venues.items()):
        name = Translated({"ja": f"第{position + 1}会議室", "en": f"Room {position + 1}"})
        event.venues.append(Venue(key=key, position=position, kind=place.kind, name=name, capacity=place.capacity))
    for position, (ja, en, colour) in enumerate(zip(_JAPANESE, _THEMES, _COLOURS, strict=True)):
        name = Translated({"ja": ja, "en": en.capitalize()})
        event.tracks.append(Track(key=f"track-{position}", position=position, name=name, colour=colour))
    db_session.add(event)
    db_session.flush()
    keys = sorted({key for slot in draft.sessions for key in slot.people})
    people = {
        key: Person(
            event_id=event.id,
            key=key,
            position=position,
            name=Translated({"ja": f"見本 太郎{position}", "en": f"Taro{position} Mihon"}),
        )
        for position, key in enumerate(keys)
    }
    db_session.add_all(people.values())
    venues = {venue.key: venue for venue in event.venues}
    for number, slot in enumerate(draft.sessions):
        theme = number % len(_THEMES)
        made = ProgrammeSession(
            event_id=event.id,
            key=slot.key,
            uid=session_uid(SLUG, slot.key),
            kind=slot.kind,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            venue=venues[slot.venue] if slot.venue else None,
            track=event.tracks[theme],
            capacity=slot.capacity,
            title=Translated(
                {
                    "ja": f"{_JAPANESE[theme]}に取り組む都市の実践 第{number}回",
                    "en": f"Cities at work on {_THEMES[theme]}, part {number}",
                }
            ),
            updated_at=clock.utc_now(),
        )
        made.roles = [
            RoleAssignment(role=part.role, person=people[part.person], position=position, minutes=part.minutes)
            for position, part in enumerate(slot.parts)
        ]
        db_session.add(made)
    db_session.commit()
    return event.id, draft
