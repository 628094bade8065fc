"""Large programmes, always the same: something to publish when speed is measured."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice

from sqlalchemy.orm import Session

from galerio_events.events.domain import OrganiserRole, VenueKind
from galerio_events.events.models import Event
from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.releases.domain import document
from galerio_events.releases.domain.diff import sequenced
from galerio_events.releases.domain.document import (
    PublishedEvent,
    PublishedOrganiser,
    PublishedPerson,
    PublishedProgramme,
    PublishedRole,
    PublishedSession,
    PublishedTrack,
    PublishedVenue,
)
from galerio_events.releases.models import Release
from galerio_events.translated import Translated

SLUG = "large"
_RELEASED = datetime(2025, 9, 1, 3, 0, tzinfo=UTC)
_BEGINS = datetime(2025, 11, 24, 0, 0, tzinfo=UTC)
_THEMES = (
    ("脱炭素", "decarbonisation"),
    ("水と衛生", "water and sanitation"),
    ("公共交通", "public transport"),
    ("防災", "disaster risk reduction"),
    ("循環経済", "the circular economy"),
    ("デジタル行政", "digital government"),
    ("都市緑化", "urban greenery"),
    ("高齢社会", "ageing societies"),
)
_ROLES = (RoleKind.MODERATOR, RoleKind.KEYNOTE, RoleKind.PANELIST, RoleKind.PANELIST)


def large_programme(sessions: int = 1000) -> PublishedProgramme:
    """A first release of that many sessions: ten rooms side by side, four people in each session, both languages."""
    people = {f"person-{i}": _person(i) for i in range(max(4, sessions // 3))}
    names = cycle(people)
    return PublishedProgramme(
        number=1,
        released_at=_RELEASED,
        event=PublishedEvent(
            slug=SLUG,
            title=Translated({"ja": "大きな都市会議", "en": "A large conference of cities"}),
            timezone="Asia/Tokyo",
            starts_on=date(2025, 11, 24),
            ends_on=date(2025, 12, 3),
            organisers=(PublishedOrganiser(OrganiserRole.HOST, Translated({"ja": "見本市", "en": "City of Example"})),),
        ),
        venues=tuple(
            PublishedVenue(
                f"room-{i}",
                VenueKind.WEBINAR,
                Translated({"ja": f"第{i}会場", "en": f"Room {i}"}),
                f"https://live.example.org/room-{i}",
            )
            for i in range(1, 11)
        ),
        tracks=tuple(
            PublishedTrack(f"track-{i}", Translated({"ja": ja, "en": en.capitalize()}))
            for i, (ja, en) in enumerate(_THEMES)
        ),
        people=people,
        organisations={},
        sessions=tuple(_session(i, tuple(islice(names, 4))) for i in range(sessions)),
    )


def after_moving_one(programme: PublishedProgramme) -> PublishedProgramme:
    """The next release, in which one session, another one each time, begins five minutes later."""
    which = 17 * programme.number % len(programme.sessions)
    sessions = list(programme.sessions)
    sessions[which] = replace(sessions[which], starts_at=sessions[which].starts_at + timedelta(minutes=5))
    return sequenced(
        programme,
        replace(programme, sessions=tuple(sessions)),
        number=programme.number + 1,
        now=programme.released_at + timedelta(hours=1),
    )


def publish(db_session: Session, programme: PublishedProgramme) -> None:
    """Store the release, and the event before its first one. Commits."""
    event = db_session.query(Event).filter_by(slug=SLUG).one_or_none()
    if event is None:
        given = programme.event
        event = Event(
            slug=SLUG, title=given.title, timezone=given.timezone, starts_on=given.starts_on, ends_on=given.ends_on
        )
        db_session.add(event)
        db_session.flush()
    text = document.to_json(programme)
    db_session.add(
        Release(
            event_id=event.id,
            number=programme.number,
            released_at=programme.released_at,
            document=text,
            digest=document.digest(text),
        )
    )
    db_session.commit()


def _person(i: int) -> PublishedPerson:
    return PublishedPerson(
        f"person-{i}",
        Translated({"ja": f"見本 太郎{i}", "en": f"Taro{i} Mihon"}),
        Translated(
            {"ja": f"見本大学 都市工学研究科 第{i % 40}研究室", "en": f"Laboratory {i % 40}, Example University"}
        ),
        country="JP",
    )


def _session(i: int, people: tuple[str, ...]) -> PublishedSession:
    ja, en = _THEMES[i % len(_THEMES)]
    # Ten rooms; ten sessions a day in each, an hour long and begun every seventy minutes.
    day, slot = divmod(i // 10, 10)
    begins = _BEGINS + timedelta(days=day, minutes=70 * slot)
    return PublishedSession(
        key=f"session-{i}",
        uid=f"session-{i}@large.example.org",
        kind=SessionKind.SESSION,
        starts_at=begins,
        ends_at=begins + timedelta(minutes=60),
        title=Translated({"ja": f"{ja}に取り組む都市の実践 第{i}回", "en": f"Cities at work on {en}, part {i}"}),
        summary=Translated({"ja": f"{ja}をめぐる公民連携の事例を持ち寄る。", "en": f"Cases of partnership in {en}."}),
        abstract=Translated(
            {
                "ja": f"{ja}は多くの都市に共通する課題である。資金、制度、担い手の三つの面から、"
                "うまくいったことと、うまくいかなかったことを率直に話し合う。",
                "en": f"Many cities struggle with {en}. From three sides, which are money, rules and people, "
                "the panel talks frankly about what went well; and about what did not.",
            }
        ),
        venue=f"room-{i % 10 + 1}",
        track=f"track-{i % len(_THEMES)}",
        people=tuple(PublishedRole(role, person) for role, person in zip(_ROLES, people, strict=True)),
        released_at=_RELEASED,
    )
