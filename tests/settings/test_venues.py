"""Venues: the list, the form, their order, and what happens to sessions when one goes."""

from collections.abc import Callable
from datetime import time

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict, NotFound
from galerio_events.events import queries as events
from galerio_events.events.domain import VenueKind
from galerio_events.events.domain.keys import suggested_key
from galerio_events.events.domain.settings import (
    MOST_ENTRIES,
    SettingProblem,
    SettingsRefused,
    VenueSettings,
    moved,
    venue_problems,
)
from galerio_events.events.models import Event, Venue
from galerio_events.events.services import VENUES, add_entry, remove_entry, save_entry
from galerio_events.programme import queries
from galerio_events.releases import queries as releases
from galerio_events.releases.domain import document
from galerio_events.releases.services import release_programme
from tests.settings.support import errors, filled, history
from tests.support.builders import NOW, make_event, make_session, tr
from tests.support.html import parse

LIST = "/en/organise/ascc11/settings/venues"
NEW = f"{LIST}/new"
PAGE = f"{LIST}/webinar"
REMOVE = f"{PAGE}/remove"
Shown = Callable[[str], dict[str, str]]


def stored(db_session: Session, event: Event) -> dict[str, VenueSettings]:
    db_session.expire_all()
    return {row.key: events.venue_settings(row) for row in events.venues_of(db_session, event.id)}


def venue_of(db_session: Session, event: Event, key: str) -> str | None:
    db_session.expire_all()
    session = queries.session_by_key(db_session, event.id, key)
    assert session is not None
    return session.venue.key if session.venue else None


@pytest.fixture
def hall(db_session: Session, event: Event) -> Venue:
    venue = Venue(event_id=event.id, key="hall", position=1, kind=VenueKind.ONSITE, name=tr("ホール", "Hall"),
                  capacity=1500, opens_at=time(9), closes_at=time(18))  # fmt: skip
    db_session.add(venue)
    db_session.commit()
    return venue


def test_the_list_says_what_matters(organiser: FlaskClient, event: Event, hall: Venue) -> None:
    rows = parse(organiser.get(LIST).text).one("ol", class_="entries").all("li")
    assert [row.one("p", class_="facts").text for row in rows] == [
        "Webinar 1 session",
        "On site 1,500 places 09:00–18:00 no session",
    ]


def test_no_venue_yet(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    db_session.execute(sa.text("UPDATE programme_sessions SET venue_id = NULL"))
    db_session.execute(sa.delete(Venue))
    db_session.commit()
    assert "There is no venue yet. Sessions can be without one." in organiser.get(LIST).text


def test_a_new_venue(organiser: FlaskClient, shown: Shown, db_session: Session, event: Event) -> None:
    sent = shown(NEW) | {
        "name_ja": "大ホール",
        "name_en": "Main Hall (2F)",
        "kind": "onsite",
        "capacity": "300",
        "url": "https://example.org/hall",
        "join_address": "https://zoom.example.org/j/123?pwd=secret",
        "opens_at": "22:00",
        "closes_at": "03:00",
    }
    answer = organiser.post(NEW, data=sent)
    assert (answer.status_code, answer.location) == (302, f"{LIST}#main-hall-2f")
    assert stored(db_session, event)["main-hall-2f"] == VenueSettings(
        kind=VenueKind.ONSITE,
        name=tr("大ホール", "Main Hall (2F)"),
        capacity=300,
        url="https://example.org/hall",
        join_address="https://zoom.example.org/j/123?pwd=secret",
        opens_at=time(22),
        closes_at=time(3),
    )
    ((subject, key, deed, before, after),) = history(db_session, event)
    assert (subject, key, deed, before, after["opens_at"], after["position"]) == (
        "venue", "main-hall-2f", "added", None, "22:00", 1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "taken", "expected"),
    [
        (tr("大ホール", "Main Hall"), (), "main-hall"),
        (tr("大ホール", "Main Hall"), ("main-hall",), "main-hall-2"),
        (tr("大ホール", "Main Hall"), ("main-hall", "main-hall-2"), "main-hall-3"),
        (tr("大ホール"), (), "venue"),
        (tr("大ホール"), ("venue",), "venue-2"),
        (tr("", "New"), ("new",), "new-2"),
        (tr("Café №3", ""), (), "cafe-no3"),
        (tr("", "x" * 200), (), "x" * 55),
    ],
)
def test_keys_are_made_of_names(name: object, taken: tuple[str, ...], expected: str) -> None:
    assert suggested_key(name, "venue", lambda key: key not in taken) == expected  # type: ignore[arg-type]


def test_a_form_that_is_sent_twice_makes_one(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    sent = shown(NEW) | {"name_en": "Hall"}
    assert [organiser.post(NEW, data=sent).location for _ in range(2)] == [f"{LIST}#hall"] * 2
    assert list(stored(db_session, event)) == ["webinar", "hall"]
    assert organiser.post(NEW, data=shown(NEW) | {"name_en": "Hall"}).location == f"{LIST}#hall-2"


WRONG: list[tuple[dict[str, str], dict[str, str]]] = [
    ({}, {"name_ja": "Enter a name in at least one language."}),
    ({"name_ja": "\u200b"}, {"name_ja": "Enter a name in at least one language."}),
    ({"name_en": "x" * 201}, {"name_en": "This is too long: 200 characters at most."}),
    ({"name_en": "A", "kind": "moon"}, {"kind": "Choose one from the list."}),
    ({"name_en": "A", "capacity": "0"}, {"capacity": "Enter a whole number from 1 to 1,000,000, or nothing."}),
    ({"name_en": "A", "capacity": "-5"}, {"capacity": "Enter a whole number from 1 to 1,000,000, or nothing."}),
    ({"name_en": "A", "capacity": "1e3"}, {"capacity": "Enter a whole number from 1 to 1,000,000, or nothing."}),
    ({"name_en": "A", "capacity": "1000001"}, {"capacity": "Enter a whole number from 1 to 1,000,000, or nothing."}),
    ({"name_en": "A", "opens_at": "09:00"}, {"closes_at": "Enter both times, or neither."}),
    ({"name_en": "A", "closes_at": "18:00"}, {"closes_at": "Enter both times, or neither."}),
    ({"name_en": "A", "opens_at": "9 am"}, {"opens_at": "Enter a time of day, like 09:30."}),
    ({"name_en": "A", "url": "zoom.us"}, {"url": "Enter a web address that begins with https:// or http://."}),
    (
        {"name_en": "A", "join_address": "javascript:alert(1)"},
        {"join_address": "Enter a web address that begins with https:// or http://."},
    ),
    (
        {"name_en": "A", "key": "Große Halle"},
        {"key": "Use lower-case letters a to z, digits and single hyphens between words, 60 characters at most."},
    ),
    ({"name_en": "A", "key": "new"}, {"key": "This address is used by the system. Choose another one."}),
    ({"name_en": "A", "key": "webinar"}, {"key": "Another one has this address already. Choose another address."}),
]


@pytest.mark.parametrize(("change", "expected"), WRONG)
def test_bad_input_is_told_at_its_field(
    organiser: FlaskClient,
    shown: Shown,
    db_session: Session,
    event: Event,
    change: dict[str, str],
    expected: dict[str, str],
) -> None:
    answer = organiser.post(NEW, data=shown(NEW) | change)
    assert (answer.status_code, errors(answer.text)) == (422, expected)
    assert list(stored(db_session, event)) == ["webinar"]
    assert history(db_session, event) == []


def test_the_rules_hold_for_whoever_writes() -> None:
    values = VenueSettings(VenueKind.ONSITE, tr(""), capacity=0, url="x", join_address="y", opens_at=time(9))
    assert venue_problems(values, others=MOST_ENTRIES) == (
        SettingProblem.NAME_MISSING,
        SettingProblem.URL_INVALID,
        SettingProblem.ADDRESS_INVALID,
        SettingProblem.CAPACITY_INVALID,
        SettingProblem.HOURS_HALF,
        SettingProblem.TOO_MANY,
    )


def test_a_venue_is_changed(organiser: FlaskClient, shown: Shown, db_session: Session, event: Event) -> None:
    answer = organiser.post(PAGE, data=shown(PAGE) | {"name_en": "Online <1>", "capacity": "１００", "key": "other"})
    assert answer.location == f"{LIST}#webinar"
    assert stored(db_session, event) == {
        "webinar": VenueSettings(VenueKind.WEBINAR, tr("ウェビナー", "Online <1>"), capacity=100)
    }
    assert organiser.post(PAGE, data=shown(PAGE)).status_code == 302
    assert [entry[:3] for entry in history(db_session, event)] == [("venue", "webinar", "changed")]


def test_the_second_of_two_gets_a_comparison(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    mine, theirs = shown(PAGE), shown(PAGE)
    assert organiser.post(PAGE, data=theirs | {"capacity": "50"}).status_code == 302
    answer = organiser.post(PAGE, data=mine | {"kind": "metaverse"})
    assert answer.status_code == 409
    rows = parse(answer.text).one("table", class_="compare").one("tbody").all("tr")
    assert [[cell.text for cell in row.children if not isinstance(cell, str)] for row in rows] == [
        ["Kind", "Webinar → Metaverse", "unchanged"],
        ["Capacity", "unchanged", "– → 50"],
    ]
    assert organiser.post(PAGE, data=filled(answer.text)).status_code == 302
    assert stored(db_session, event)["webinar"] == VenueSettings(
        VenueKind.METAVERSE, tr("ウェビナー", "Webinar"), capacity=50
    )


def test_moving_it_in_the_list_meanwhile_is_no_conflict(
    organiser: FlaskClient, shown: Shown, event: Event, hall: Venue
) -> None:
    sent = shown(PAGE)
    assert organiser.post(f"{PAGE}/order", data={"do": "down"}).location == f"{LIST}#webinar"
    assert organiser.post(PAGE, data=sent | {"capacity": "5"}).status_code == 302


def test_up_and_down(organiser: FlaskClient, db_session: Session, event: Event, hall: Venue) -> None:
    assert list(stored(db_session, event)) == ["webinar", "hall"]
    organiser.post(f"{LIST}/hall/order", data={"do": "up"})
    assert list(stored(db_session, event)) == ["hall", "webinar"]
    organiser.post(f"{LIST}/hall/order", data={"do": "up"})
    assert list(stored(db_session, event)) == ["hall", "webinar"]
    entries = history(db_session, event)
    assert [(key, before["position"], after["position"]) for _, key, _, before, after in entries] == [
        ("hall", 1, 0), ("webinar", 0, 1),
    ]  # fmt: skip
    assert organiser.post(f"{LIST}/nowhere/order", data={"do": "up"}).status_code == 404


@pytest.mark.parametrize(
    ("key", "step", "expected"),
    [
        ("b", -1, "bac"),
        ("b", 1, "acb"),
        ("a", -1, "abc"),
        ("c", 1, "abc"),
        ("a", 99, "bca"),
        ("c", -99, "cab"),
        ("b", 0, "abc"),
    ],
)
def test_moving_in_a_list(key: str, step: int, expected: str) -> None:
    assert "".join(moved("abc", key, step)) == expected


def test_a_venue_that_is_used_goes_only_with_a_place_for_its_sessions(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event, hall: Venue
) -> None:
    make_session(db_session, event, "gone", removed_at=NOW)
    db_session.commit()
    page = organiser.get(REMOVE)
    assert "1 session is in this venue:" in page.text
    assert 'href="/en/organise/ascc11/programme/session-3"' in page.text
    assert organiser.post(REMOVE).status_code == 409
    assert "webinar" in stored(db_session, event)
    sent = filled(page.text) | {"instead": "hall"}
    assert sent["session"] == "session-3"
    assert organiser.post(REMOVE, data=sent).location == LIST
    assert list(stored(db_session, event)) == ["hall"]
    assert [venue_of(db_session, event, key) for key in ("session-3", "gone")] == ["hall", "hall"]
    entries = history(db_session, event)
    assert sorted(entry[:3] for entry in entries) == [
        ("session", "gone", "changed"), ("session", "session-3", "changed"), ("venue", "webinar", "removed"),
    ]  # fmt: skip
    session = next(entry for entry in entries if entry[1] == "session-3")
    assert (session[3]["venue"], session[4]["venue"]) == ("webinar", "hall")
    assert "1 session was changed." in organiser.get(LIST).text


def test_sessions_can_be_left_without_a_venue(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    assert organiser.post(REMOVE, data=filled(organiser.get(REMOVE).text)).status_code == 302
    assert (stored(db_session, event), venue_of(db_session, event, "session-3")) == ({}, None)
    session = queries.session_by_key(db_session, event.id, "session-3")
    assert session is not None
    assert session.version == 2


def test_sessions_that_came_meanwhile_stop_it(
    organiser: FlaskClient, db_session: Session, event: Event, hall: Venue
) -> None:
    sent = filled(organiser.get(REMOVE).text) | {"instead": "hall"}
    make_session(db_session, event, "session-4")
    db_session.commit()
    answer = organiser.post(REMOVE, data=sent)
    assert answer.status_code == 409
    assert "There are more sessions now than this page showed." in answer.text
    assert "webinar" in stored(db_session, event)
    assert organiser.post(REMOVE, data=filled(answer.text) | {"instead": "hall"}).status_code == 302


@pytest.mark.parametrize("instead", ["webinar", "nowhere", "'; DROP TABLE venues"])
def test_a_place_that_is_none(organiser: FlaskClient, db_session: Session, event: Event, instead: str) -> None:
    for sent in ({"session": "session-3"}, {}):
        answer = organiser.post(REMOVE, data=sent | {"instead": instead})
        assert (answer.status_code, "Choose one from the list." in answer.text) == (422, True)
    assert "webinar" in stored(db_session, event)
    assert history(db_session, event) == []


def test_an_unused_venue_goes_at_once(organiser: FlaskClient, db_session: Session, event: Event, hall: Venue) -> None:
    page = f"{LIST}/hall/remove"
    assert "No session of the draft is in this venue." in organiser.get(page).text
    assert organiser.post(page).location == LIST
    assert list(stored(db_session, event)) == ["webinar"]
    # The second tab, in which the page was still open.
    for path in (page, f"{LIST}/hall/order"):
        assert organiser.post(path).location == LIST
        assert "It is deleted already." in organiser.get(LIST).text
    assert organiser.post(f"{LIST}/nowhere/remove").status_code == 404


def test_venues_of_another_event_are_not_reached(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    other = make_event(db_session, "ascc12")
    db_session.add(Venue(event_id=other.id, key="foreign", kind=VenueKind.ONSITE, name=tr("", "Foreign")))
    db_session.commit()
    for path in (f"{LIST}/foreign", f"{LIST}/foreign/remove"):
        assert (organiser.get(path).status_code, organiser.post(path).status_code) == (404, 404)
    assert organiser.post(REMOVE, data={"session": "session-3", "instead": "foreign"}).status_code == 422


def test_the_join_address_is_never_published(
    client: FlaskClient, organiser: FlaskClient, shown: Shown, db_session: Session, event: Event,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    secret = "https://zoom.example.org/j/secret-room"
    organiser.post(PAGE, data=shown(PAGE) | {"join_address": secret, "url": "https://example.org/hall"})
    assert stored(db_session, event)["webinar"].join_address == secret
    release_programme(db_session, event.id, account_id=None, note="", now=NOW)
    db_session.commit()
    releases.forget()
    draft = document.to_json(releases.draft_programme(db_session, event.id))
    assert ("https://example.org/hall" in draft, "secret-room" in draft) == (True, False)
    seen = 0
    for rule in client.application.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or not rule.arguments <= {"language", "slug", "key"}:
            continue
        values = {"language": "en", "slug": "ascc11", "key": "session-3"}
        path = client.application.url_map.bind("localhost").build(
            rule.endpoint, {name: values[name] for name in rule.arguments}
        )
        answer = client.get(path)
        seen += answer.status_code == 200
        assert b"secret-room" not in answer.data, path
    assert seen > 8
    out = capfd.readouterr()
    assert "secret-room" not in out.out + out.err


def test_services_refuse_what_is_not_there(db_session: Session, event: Event) -> None:
    values = VenueSettings(VenueKind.ONSITE, tr("", "A"))
    with pytest.raises(NotFound):
        save_entry(db_session, event.id, VENUES, "nowhere", values, seen="", now=NOW)
    with pytest.raises(NotFound):
        remove_entry(db_session, event.id, VENUES, "nowhere", now=NOW)
    with pytest.raises(ChangeConflict) as stale:
        save_entry(db_session, event.id, VENUES, "webinar", values, seen="something else", now=NOW)
    assert stale.value.reason is Conflict.STALE
    with pytest.raises(SettingsRefused) as refused:
        add_entry(db_session, event.id, VENUES, "webinar", VenueSettings(VenueKind.ONSITE, tr("")), now=NOW)
    assert refused.value.problems == (SettingProblem.NAME_MISSING, SettingProblem.KEY_TAKEN)


@pytest.mark.parametrize(
    "change",
    [
        {"opens_at": time(9), "closes_at": None},
        {"opens_at": None, "closes_at": time(9)},
        {"capacity": 0},
        {"capacity": -1},
    ],
)
def test_the_database_holds_what_must_hold(db_session: Session, event: Event, change: dict[str, object]) -> None:
    row = events.venues_of(db_session, event.id)[0]
    for name, value in change.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError):
        db_session.flush()


def test_two_venues_cannot_have_the_same_key(db_session: Session, event: Event) -> None:
    db_session.add(Venue(event_id=event.id, key="webinar", kind=VenueKind.ONSITE, name=tr("", "Again")))
    with pytest.raises(IntegrityError):
        db_session.flush()


def test_statements_do_not_grow_with_venues_or_sessions(
    organiser: FlaskClient,
    db_session: Session,
    event: Event,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    def sweep() -> tuple[int, ...]:
        sent = filled(organiser.get(REMOVE).text)
        return (
            count_queries(lambda: organiser.get(LIST)),
            count_queries(lambda: organiser.get(PAGE)),
            count_queries(lambda: organiser.get(REMOVE)),
            count_queries(lambda: organiser.post(REMOVE, data=sent)),
        )

    one = sweep()
    assert organiser.post(NEW, data={"name_en": "Webinar", "kind": "webinar"}).location == f"{LIST}#webinar"
    row = events.venues_of(db_session, event.id)[0]
    session = queries.session_by_key(db_session, event.id, "session-3")
    assert session is not None
    session.venue = row
    for number in range(2):
        db_session.add(Venue(event_id=event.id, key=f"v{number}", kind=VenueKind.ONSITE, name=tr("", "Other")))
        make_session(db_session, event, f"more-{number}", venue=row)
    db_session.commit()
    assert sweep() == one
