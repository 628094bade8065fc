"""Importing a programme: what it writes, that it writes it once, and that a refused file writes nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.db import Base, begin_writing
from galerio_events.errors import ImportRefused, Problem
from galerio_events.events import queries as events
from galerio_events.extensions import db
from galerio_events.programme import queries
from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.programme.domain.rules import session_uid
from galerio_events.programme.domain.values import Counts, ParsedProgramme, RoleValue
from galerio_events.programme.imports.yaml_file import parse
from galerio_events.programme.services import import_programme, remove_session
from tests.programme.files import SMALL, changed
from tests.support.builders import NOW, tr, utc
from tests.support.demo import ASCC11, imported_ascc11

LATER = NOW + timedelta(days=1)


def everything(db_session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    return {
        table.name: [tuple(row) for row in db_session.execute(sa.select(table).order_by(*table.primary_key))]
        for table in Base.metadata.sorted_tables
    }


def test_eleventh_ascc_arrives_whole(db_session: Session) -> None:
    event = imported_ascc11(db_session)
    assert (event.slug, event.ordinal, event.timezone) == ("ascc11", 11, "Asia/Tokyo")
    assert (event.starts_on, event.ends_on, event.day_starts_at) == (date(2022, 11, 24), date(2022, 11, 25), time(0))
    assert event.title == tr("第11回アジア・スマートシティ会議", "11th Asia Smart City Conference")
    assert [organiser.name["ja"] for organiser in event.organisers][:3] == ["横浜市", "GALERIO 企画委員会", "内閣府"]
    assert len(event.organisers) == 9
    assert [venue.key for venue in event.venues] == ["metaverse", "webinar"]
    assert [track.key for track in event.tracks] == ["decarbonisation", "sdgs-vlr-wellbeing", "smart-city"]
    sessions = queries.sessions_of(db_session, event.id)
    assert [s.key for s in sessions] == [
        *("reception", "business-matching", "opening", "session-1", "session-2", "session-3", "closing"),
    ]
    assert all(set(s.abstract) == {"ja", "en"} for s in sessions)
    third = queries.values_of(sessions[5])
    assert (third.kind, third.venue, third.track) == (SessionKind.SESSION, "webinar", "smart-city")
    assert (third.starts_at, third.ends_at) == (utc(25, 6, 50), utc(25, 8, 0))
    assert third.people == (
        RoleValue(RoleKind.MODERATOR, "pablo"),
        RoleValue(RoleKind.KEYNOTE, "vegara"),
        RoleValue(RoleKind.KEYNOTE, "bunding-venter"),
        RoleValue(RoleKind.PANELIST, "sakawa"),
        RoleValue(RoleKind.PANELIST, "tan"),
    )
    assert sessions[1].organiser is not None
    assert sessions[1].organiser.name == tr("", "YOKOHAMA URBAN SOLUTION ALLIANCE (YUSA)")
    assert sessions[0].uid == session_uid("ascc11", "reception")


def test_facts_keep_what_was_published(db_session: Session) -> None:
    facts = imported_ascc11(db_session).facts
    assert sorted(facts) == ["archive", "business_matching", "outcomes", "participants"]
    assert facts["participants"]["total"] == 730
    assert facts["participants"]["countries_by_head_count"][33:36] == ["ES", "NO", "PG"]
    assert facts["participants"]["affiliation_shares_percent"] == [36.6, 13.1, 10.9, 9.4, 4.2, 4.1, 0.9, 0.5, 20.3]
    assert facts["outcomes"]["exchange"] == {"delegations_received": 20, "visitors": 340}
    assert len(facts["business_matching"]["japanese"]), len(facts["business_matching"]["overseas"]) == (14, 16)
    assert facts["archive"]["videos"] == ["opening", "session-1", "session-2", "session-3", "closing"]


def test_times_in_los_angeles(db_session: Session) -> None:
    event = imported_ascc11(db_session)

    def there(key: str) -> tuple[str, str]:
        session = queries.session_by_key(db_session, event.id, key)
        assert session is not None
        starts, ends = (clock.in_zone(m, "America/Los_Angeles") for m in (session.starts_at, session.ends_at))
        return starts.strftime("%d %b %H:%M"), ends.strftime("%d %b %H:%M")

    assert there("opening") == ("24 Nov 20:00", "24 Nov 20:10")
    assert there("closing") == ("25 Nov 00:00", "25 Nov 00:30")
    assert there("business-matching") == ("23 Nov 21:30", "24 Nov 00:30")


def test_importing_twice_changes_nothing(db_session: Session) -> None:
    imported_ascc11(db_session)
    before = everything(db_session)
    counts = import_programme(db_session, parse(ASCC11.read_bytes()), now=LATER)
    assert counts == Counts(unchanged=39)
    assert everything(db_session) == before


def test_first_import_counts_every_entry(db_session: Session) -> None:
    assert import_programme(db_session, parse(SMALL.encode()), now=NOW) == Counts(added=6)


CHANGES: dict[str, tuple[bytes, list[str]]] = {
    "title of the event": (changed("en: The 11th", "en: The eleventh"), ["events"]),
    "a venue's name": (changed("{en: Webinar}", "{en: Online}"), ["venues"]),
    "a track's name": (changed("{en: Smart city}", "{en: Smart cities}"), ["tracks"]),
    "a person's country": (changed("country: SG", "country: MY"), ["persons"]),
    "a time": (changed("T17:00", "T17:10"), ["programme_sessions"]),
    "a role": (changed("role: panelist", "role: reactor"), ["programme_sessions", "role_assignments"]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_one_change_changes_one_thing(db_session: Session, name: str) -> None:
    data, tables = CHANGES[name]
    import_programme(db_session, parse(SMALL.encode()), now=NOW)
    before = everything(db_session)
    assert import_programme(db_session, parse(data), now=LATER) == Counts(changed=1, unchanged=5)
    after = everything(db_session)
    assert {table for table in before if before[table] != after[table]} == {*tables, "changes"}
    session = queries.sessions_of(db_session, event_id(db_session))[0]
    touched = "programme_sessions" in tables
    assert (session.version, session.updated_at) == ((2, LATER) if touched else (1, NOW))


def test_organisers_of_the_event_are_replaced(db_session: Session) -> None:
    with_hosts = "  organisers:\n    - {role: host, name: {en: Yokohama}}\n    - {role: support, name: {en: CITYNET}}\n"
    import_programme(db_session, parse(changed("venues:\n", with_hosts + "venues:\n")), now=NOW)
    other = with_hosts.replace("en: Yokohama", "en: City of Yokohama")
    counts = import_programme(db_session, parse(changed("venues:\n", other + "venues:\n")), now=NOW)
    event = events.by_slug(db_session, "ascc11")
    assert event is not None
    assert counts == Counts(changed=1, unchanged=5)
    assert [o.name["en"] for o in event.organisers] == ["City of Yokohama", "CITYNET"]


def test_nothing_is_removed_by_an_import(db_session: Session) -> None:
    event = imported_ascc11(db_session)
    counts = import_programme(db_session, parse(SMALL.encode()), now=LATER)
    assert counts.read == 6
    assert len(queries.sessions_of(db_session, event.id)) == 7


def test_removed_session_in_the_file_is_restored(db_session: Session) -> None:
    import_programme(db_session, parse(SMALL.encode()), now=NOW)
    remove_session(db_session, event_id(db_session), "session-3", expected_version=1, now=NOW)
    assert import_programme(db_session, parse(SMALL.encode()), now=LATER) == Counts(changed=1, unchanged=5)
    session = queries.sessions_of(db_session, event_id(db_session))[0]
    assert (session.removed_at, session.version) == (None, 3)


@pytest.mark.parametrize(
    ("written", "kept"), [("", 40), ("    capacity: 25\n", 25), ("    capacity: unlimited\n", None)]
)
def test_places_stay_as_an_organiser_set_them_unless_the_file_says_otherwise(
    db_session: Session, written: str, kept: int | None
) -> None:
    import_programme(db_session, parse(SMALL.encode()), now=NOW)
    session = queries.sessions_of(db_session, event_id(db_session))[0]
    session.capacity = 40
    db_session.flush()
    counts = import_programme(db_session, parse((SMALL + written).encode()), now=LATER)
    assert queries.sessions_of(db_session, event_id(db_session))[0].capacity == kept
    assert counts == (Counts(unchanged=6) if kept == 40 else Counts(changed=1, unchanged=5))


def test_session_that_would_be_left_outside_is_a_problem(db_session: Session) -> None:
    import_programme(db_session, parse(SMALL.encode()), now=NOW)
    before = everything(db_session)
    moved = SMALL.replace("2022-11-2", "2022-12-2").replace("session-3", "session-4").encode()
    with pytest.raises(ImportRefused) as refused, db_session.begin_nested():
        import_programme(db_session, parse(moved), now=LATER)
    told = "session 'session-3', which the file does not mention, would lie outside the event's days"
    assert refused.value.problems == (Problem(0, told),)
    assert everything(db_session) == before


def event_id(db_session: Session) -> int:
    event = events.by_slug(db_session, "ascc11")
    assert event is not None
    return event.id


def big(sessions: int) -> ParsedProgramme:
    """A programme of that many sessions of two people each."""
    head, one = SMALL.split("sessions:\n")
    return parse((head + "sessions:\n" + "".join(one.replace("session-3", f"s-{i}") for i in range(sessions))).encode())


@pytest.mark.parametrize("again", [False, True])
def test_statements_do_not_grow_with_the_programme(
    db_session: Session, count_queries: Callable[[Callable[[], object]], int], again: bool
) -> None:
    import_programme(db_session, big(1), now=NOW)

    def sent(size: int, name: str) -> int:
        programme = parse(changed("session-3", name)) if size == 1 else big(size)
        if again:
            import_programme(db_session, programme, now=NOW)
        return count_queries(lambda: import_programme(db_session, programme, now=NOW))

    assert sent(1, "other") == sent(4, "")


def test_times_are_stored_as_instants(db_session: Session) -> None:
    import_programme(db_session, parse(SMALL.encode()), now=NOW)
    session = queries.sessions_of(db_session, event_id(db_session))[0]
    assert session.starts_at == datetime(2022, 11, 25, 6, 50, tzinfo=UTC)


def test_two_first_imports_at_one_time_make_one_event(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    barrier = Barrier(2)

    def import_once(_turn: int) -> Counts:
        begin_writing()
        with app.app_context():
            barrier.wait(timeout=20)
            counts = import_programme(db.session(), parse(SMALL.encode()), now=NOW)
            db.session.commit()
            return counts

    with ThreadPoolExecutor(2) as pool:
        done = sorted(pool.map(import_once, range(2)), key=lambda counts: counts.added)
    assert done == [Counts(unchanged=6), Counts(added=6)]
