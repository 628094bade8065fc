"""Editing persons and organisations, as organisers do it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from galerio_events.events.domain import Deed, Subject
from galerio_events.events.models import Change, Event
from galerio_events.people import queries
from galerio_events.people.domain import PersonDetails, Span
from galerio_events.people.models import Availability, Organisation, Person
from galerio_events.programme.domain import RoleKind
from galerio_events.programme.models import RoleAssignment
from tests.settings.support import filled
from tests.support.builders import make_account, make_event, make_person, make_session, sign_in, tr, utc
from tests.support.html import parse

PEOPLE = "/en/organise/ascc11/people"
PAGE = PEOPLE + "/pablo"
NEW = PEOPLE + "/new"
ORGANISATIONS = "/en/organise/ascc11/organisations"


@pytest.fixture
def event(db_session: Session) -> Event:
    event = make_event(db_session)
    pablo = make_person(db_session, event)
    make_person(db_session, event, "ishikawa", name=tr("石川 武史"), affiliation=tr("横浜市"), email="i@example.org")
    make_session(db_session, event, people=((RoleKind.MODERATOR, pablo),))
    db_session.add(Organisation(event_id=event.id, key="yusa", name=tr("", "YUSA")))
    db_session.commit()
    return event


@pytest.fixture
def organiser(app: Flask, db_session: Session, event: Event) -> FlaskClient:
    account = make_account(db_session, event=event)
    db_session.commit()
    client = app.test_client()
    sign_in(client, account)
    return client


def stored(db_session: Session, event: Event, key: str = "pablo") -> PersonDetails:
    db_session.expire_all()
    person = queries.person_by_key(db_session, event.id, key)
    assert person is not None
    return queries.person_details(person)


def seen(client: FlaskClient, path: str = PAGE) -> str:
    (found,) = re.findall(r'name="seen" type="hidden" value="([^"]+)"', client.get(path).text)
    return str(found)


def history(db_session: Session) -> list[tuple[Subject, str, Deed]]:
    rows = db_session.scalars(sa.select(Change).order_by(Change.id))
    return [(row.subject, row.key, row.deed) for row in rows]


FORM = {
    "name_ja": "",
    "name_en": "Christopher Pablo",
    "affiliation_ja": "世界銀行",
    "affiliation_en": "World Bank",
    "bio_ja": "",
    "bio_en": "",
    "country": "JP",
    "email": "",
    "language": "",
    "timezone": "",
    "position": "0",
    "clock": "event",
    "do": "save",
}


def errors_at(page: str) -> dict[str, str]:
    """What is said at which field."""
    found = re.findall(r'<p class="field-error" id="([a-z0-9_-]+)-error">(.*?)</p>', page, re.DOTALL)
    return {name: " ".join(text.split()) for name, text in found}


def test_sending_the_form_back_unchanged_changes_nothing(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    before = stored(db_session, event)
    assert organiser.post(PAGE, data=FORM | {"seen": seen(organiser)}).location == PEOPLE + "#pablo"
    assert stored(db_session, event) == before
    assert history(db_session) == []


def test_every_field_is_saved_and_noted(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    sent = FORM | {
        "seen": seen(organiser),
        "name_ja": " クリストファー・パブロ ",
        "name_en": "<b>Christopher</b> 😀",
        "affiliation_en": "",
        "bio_en": "One\r\n\r\nTwo",
        "country": "Viet Nam",
        "email": "Pablo＠example.org",
        "language": "en",
        "timezone": "Asia/Manila",
        "position": "7",
        "times-0-starts": "2022-11-25T09:00",
        "times-0-ends": "2022-11-25T18:00",
        "times-1-starts": "2022-11-24T09:00",
        "times-1-ends": "2022-11-24T12:00",
        "times-2-starts": "",
        "times-2-ends": "",
    }
    answer = organiser.post(PAGE, data=sent)
    assert (answer.status_code, answer.location) == (302, PEOPLE + "#pablo")
    assert stored(db_session, event) == PersonDetails(
        name=tr("クリストファー・パブロ", "<b>Christopher</b> 😀"),
        affiliation=tr("世界銀行"),
        bio=tr("", "One\n\nTwo"),
        country="VN",
        email="Pablo@example.org",
        language="en",
        timezone="Asia/Manila",
        position=7,
        availabilities=(Span(utc(24, 0), utc(24, 3)), Span(utc(25, 0), utc(25, 9))),
    )
    assert history(db_session) == [(Subject.PERSON, "pablo", Deed.CHANGED)]
    assert "&lt;b&gt;Christopher&lt;/b&gt; 😀" in organiser.get(PEOPLE).text


def test_times_can_be_those_of_the_persons_own_clock(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    times = {"times-0-starts": "2022-11-25T09:00", "times-0-ends": "2022-11-25T18:00"}
    own = {"seen": seen(organiser), "timezone": "Asia/Manila", "clock": "own"}
    assert organiser.post(PAGE, data=FORM | own | times).status_code == 302
    assert stored(db_session, event).availabilities == (Span(utc(25, 1), utc(25, 10)),)
    page = organiser.get(PAGE).text
    assert 'value="2022-11-25T10:00"' in page
    assert "the person's own zone, Asia/Manila" in page


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"name_en": " \u200b "}, {"name_ja": "Enter a name in at least one language."}),
        ({"name_en": "x" * 201}, {"name_en": "This is too long: 200 characters at most."}),
        ({"affiliation_ja": "あ" * 301}, {"affiliation_ja": "This is too long: 300 characters at most."}),
        ({"bio_en": "x" * 10_001}, {"bio_en": "This is too long: 10000 characters at most."}),
        (
            {"country": "Atlantis"},
            {"country": "Which country or region is “Atlantis”? Choose one from the list."},
        ),
        ({"email": "pablo"}, {"email": "Check the e-mail address. It should look like name@example.org."}),
        ({"email": "a@example.org\nBcc: b@example.org"},
         {"email": "Check the e-mail address. It should look like name@example.org."}),
        ({"language": "th"}, {"language": "Choose one from the list."}),
        ({"timezone": "../../etc/passwd"}, {"timezone": "Choose one from the list."}),
        ({"position": "-1"}, {"position": "Enter a whole number from 0 to 1,000,000."}),
        ({"position": ""}, {"position": "Enter a whole number from 0 to 1,000,000."}),
        (
            {"times-0-starts": "2022-11-25T10:00", "times-0-ends": "2022-11-25T10:00"},
            {"times-0-ends": "The end must be after the start."},
        ),
        ({"times-0-starts": "2022-11-25T10:00"}, {"times-0-ends": "Enter both, from when and until when."}),
        (
            {"times-0-starts": "2022-11-25T10:00", "times-0-ends": "9999-12-31T23:59"},
            {"times-0-ends": "This is too far from the days of the event."},
        ),
        (
            {"times-3-starts": "soon", "times-3-ends": "2022-11-25T10:00"},
            {"times-0-starts": "Enter a date and a time, like 2022-11-25 13:10."},
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_written(
    organiser: FlaskClient, db_session: Session, event: Event, change: dict[str, str], errors: dict[str, str]
) -> None:
    before = stored(db_session, event)
    answer = organiser.post(PAGE, data=FORM | {"seen": seen(organiser), "affiliation_en": "Kept"} | change)
    assert answer.status_code == 422
    assert errors_at(answer.text) == errors
    assert 'value="Kept"' in answer.text
    assert stored(db_session, event) == before
    parse(answer.text)


def test_a_time_that_happens_twice_or_never_is_asked_about(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    event.timezone, event.starts_on, event.ends_on = "America/New_York", date(2022, 11, 5), date(2022, 11, 7)
    db_session.commit()
    sent = FORM | {
        "seen": seen(organiser),
        "times-0-starts": "2022-11-06T01:30",
        "times-0-ends": "2022-11-06T05:00",
    }
    asked = organiser.post(PAGE, data=sent)
    assert asked.status_code == 422
    assert list(errors_at(asked.text)) == ["times-0-starts"]
    assert "Sunday 6 November 2022 01:30 (UTC−4)" in asked.text
    assert "Sunday 6 November 2022 01:30 (UTC−5)" in asked.text
    assert organiser.post(PAGE, data=sent | {"times-0-starts_meant": "2022-11-06T06:30:00Z"}).status_code == 302
    (span,) = stored(db_session, event).availabilities
    assert span.starts_at == datetime(2022, 11, 6, 6, 30, tzinfo=UTC)
    gap = FORM | {
        "seen": seen(organiser),
        "times-0-starts": "2023-03-12T02:30",
        "times-0-ends": "2023-03-12T05:00",
    }
    assert "Sunday 12 March 2023 03:30 (UTC−4)" in organiser.post(PAGE, data=gap).text


def test_rows_of_times_come_and_go_without_anything_being_saved(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    before = stored(db_session, event)
    more = organiser.post(PAGE, data=FORM | {"name_en": "Kept", "do": "add-time"})
    assert more.status_code == 200
    assert 'name="times-0-starts"' in more.text
    assert 'value="Kept"' in more.text
    less = organiser.post(PAGE, data=FORM | {"times-0-starts": "2022-11-25T10:00", "do": "remove-time-0"})
    assert 'name="times-0-starts"' not in less.text
    assert stored(db_session, event) == before


@pytest.mark.parametrize(
    "change",
    [
        {"times-²-starts": "x"},
        {"times-99999999999-starts": "x"},
        {"times-0-starts-0": "x"},
        {"clock": "moon"},
        {"seen": "\x00"},
        {"do": "remove-time-²"},
        {"do": "remove-0"},
        {"country": "\x00"},
        {"position": "9" * 5000},
    ],
)
def test_odd_forms_are_no_error(organiser: FlaskClient, change: dict[str, str]) -> None:
    assert organiser.post(PAGE, data=FORM | change).status_code in {200, 302, 409, 422}
    assert organiser.post(NEW, data=change).status_code in {200, 422}


def compared(page: str) -> list[list[str]]:
    """The rows of the comparison: the field, what the reader changed and what the others did."""
    rows = parse(page).one("table", class_="compare").one("tbody").all("tr")
    return [[cell.text for cell in row.children if not isinstance(cell, str)] for row in rows]


def test_who_comes_second_keeps_what_both_have_changed(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    shown = seen(organiser)
    times = {"times-0-starts": "2022-11-25T10:00", "times-0-ends": "2022-11-25T12:00"}
    assert organiser.post(PAGE, data=FORM | {"seen": shown, "name_en": "Hers"} | times).status_code == 302
    theirs = stored(db_session, event)
    second = organiser.post(PAGE, data=FORM | {"seen": shown, "email": "his@example.org"})
    assert second.status_code == 409
    assert compared(second.text) == [
        ["Name (English)", "unchanged", "Christopher Pablo → Hers"],
        ["E-mail address", "– → his@example.org", "unchanged"],
        ["Available", "unchanged", "– → 2022-11-25 10:00 (UTC+9) – 2022-11-25 12:00 (UTC+9)"],
    ]
    assert organiser.post(PAGE, data=filled(second.text)).status_code == 302
    assert stored(db_session, event) == replace(theirs, email="his@example.org")


def test_a_clash_shows_both_and_keeps_mine_in_the_form(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    shown = seen(organiser)
    assert organiser.post(PAGE, data=FORM | {"seen": shown, "name_en": "Hers"}).status_code == 302
    second = organiser.post(PAGE, data=FORM | {"seen": shown, "name_en": "His", "email": "his@example.org"})
    assert second.status_code == 409
    rows = [
        ["Name (English) Both of you changed this", "Christopher Pablo → His", "Christopher Pablo → Hers"],
        ["E-mail address", "– → his@example.org", "unchanged"],
    ]
    assert compared(second.text) == rows
    assert 'value="His"' in second.text
    assert stored(db_session, event).name == tr("", "Hers")
    again = filled(second.text)
    assert compared(organiser.post(PAGE, data=again | {"do": "add-time"}).text) == rows
    assert organiser.post(PAGE, data=again | {"name_en": "Theirs"}).status_code == 302
    assert stored(db_session, event).name == tr("", "Theirs")


def test_a_form_that_nobody_knows_is_compared_with_what_is_stored(organiser: FlaskClient) -> None:
    answer = organiser.post(PAGE, data=FORM | {"seen": "f" * 32, "name_en": "His"})
    assert answer.status_code == 409
    assert compared(answer.text) == [["Name (English)", "His", "Christopher Pablo"]]
    assert 'value="His"' in answer.text


def test_two_changes_of_an_organisation_come_together(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    page = ORGANISATIONS + "/yusa"
    mine = filled(organiser.get(page).text)
    assert organiser.post(page, data=mine | {"name_en": "Hers"}).status_code == 302
    second = organiser.post(page, data=mine | {"name_ja": "彼の"})
    assert second.status_code == 409
    assert compared(second.text) == [
        ["Name (日本語)", "– → 彼の", "unchanged"],
        ["Name (English)", "unchanged", "YUSA → Hers"],
    ]
    assert organiser.post(page, data=filled(second.text)).status_code == 302
    db_session.expire_all()
    found = queries.organisation_by_key(db_session, event.id, "yusa")
    assert found is not None
    assert found.name == tr("彼の", "Hers")


def test_two_who_save_the_same_do_not_disagree(organiser: FlaskClient) -> None:
    shown = seen(organiser)
    for _ in range(2):
        assert organiser.post(PAGE, data=FORM | {"seen": shown, "name_en": "Ours"}).status_code == 302


def test_a_text_in_a_language_that_the_event_has_no_more_is_kept(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    event.languages = ["en"]
    db_session.commit()
    assert organiser.post(PAGE, data=FORM | {"seen": seen(organiser), "affiliation_en": "ADB"}).status_code == 302
    assert stored(db_session, event).affiliation == tr("世界銀行", "ADB")


def test_a_new_person_gets_an_address_from_the_name_and_is_made_once(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    sent = FORM | {"seen": seen(organiser, NEW), "name_en": "Alan Tan", "position": "3"}
    for _ in range(2):
        assert organiser.post(NEW, data=sent).location == PEOPLE + "#alan-tan"
    assert sorted(queries.person_keys(db_session, event.id)) == ["alan-tan", "ishikawa", "pablo"]
    assert history(db_session) == [(Subject.PERSON, "alan-tan", Deed.ADDED)]
    namesake = FORM | {"seen": seen(organiser, NEW), "name_en": "Alan Tan", "position": "3"}
    assert organiser.post(NEW, data=namesake).location == PEOPLE + "#alan-tan-2"
    unwritten = FORM | {"seen": seen(organiser, NEW), "name_ja": "橋本", "name_en": ""}
    assert organiser.post(NEW, data=unwritten).location == PEOPLE + "#person"


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("pablo", "This address is taken already. Choose another one."),
        ("duplicates", "This address is used by the system. Choose another one."),
        ("../etc", "Use lower-case letters a to z"),
    ],
)
def test_an_address_that_will_not_do(organiser: FlaskClient, key: str, message: str) -> None:
    answer = organiser.post(NEW, data=FORM | {"seen": seen(organiser, NEW), "key": key})
    assert answer.status_code == 422
    assert errors_at(answer.text)["key"].startswith(message)


def test_only_who_has_no_role_can_be_deleted(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    assert "Attractive cities" in organiser.get(PAGE).text
    refused = organiser.post(PAGE + "/delete")
    assert refused.status_code == 409
    assert "These sessions refer to this entry" in refused.text
    assert "Attractive cities" in refused.text
    assert "It leaves the draft at once." in organiser.get(PEOPLE + "/ishikawa/delete").text
    assert organiser.post(PEOPLE + "/ishikawa/delete").location == PEOPLE
    assert queries.person_keys(db_session, event.id) == ["pablo"]
    assert history(db_session) == [(Subject.PERSON, "ishikawa", Deed.REMOVED)]
    assert organiser.get(PEOPLE + "/ishikawa").status_code == 404


def test_the_list_finds_people_in_both_scripts(organiser: FlaskClient) -> None:
    def found(query: str) -> list[str]:
        return [row.attributes["id"] for row in parse(organiser.get(PEOPLE + query).text).all("li", class_="listed")]

    assert found("") == ["pablo", "ishikawa"]
    assert found("?q=ＰＡＢＬＯ") == ["pablo"]
    assert found("?q=石川") == ["ishikawa"]
    assert found("?q=world+BANK") == ["pablo"]
    assert found("?q=i@example.org") == ["ishikawa"]
    assert found("?show=no-email") == ["pablo"]
    assert found("?show=idle") == ["ishikawa"]
    assert found("?q=nobody&page=9") == []
    assert found("?page=²") == ["pablo", "ishikawa"]
    assert "1 session" in organiser.get(PEOPLE).text
    assert "no e-mail address" in organiser.get(PEOPLE).text


def test_a_long_list_has_pages(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    for number in range(250):
        db_session.add(Person(event_id=event.id, key=f"p{number}", position=number + 1, name=tr("", f"P {number}")))
    db_session.commit()
    page = parse(organiser.get(PEOPLE + "?page=3&q=P").text)
    assert "Page 3 of 3" in page.text
    assert page.one("a", rel="prev").attributes["href"] == PEOPLE + "?page=2&q=P"
    assert len(parse(organiser.get(PEOPLE).text).all("li", class_="listed")) == 100


def test_organisations_are_edited_likewise(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    page = ORGANISATIONS + "/yusa"
    shown = seen(organiser, page)
    assert organiser.post(page, data={"seen": shown, "name_ja": "ユサ", "name_en": "YUSA"}).status_code == 302
    stale = organiser.post(page, data={"seen": shown, "name_ja": "", "name_en": "Other"})
    assert stale.status_code == 409
    assert "<pre>Other</pre>" in stale.text
    empty = organiser.post(page, data={"seen": seen(organiser, page), "name_ja": "", "name_en": ""})
    assert errors_at(empty.text) == {"name_ja": "Enter a name in at least one language."}
    made = {"seen": seen(organiser, ORGANISATIONS + "/new"), "name_ja": "", "name_en": "Kubota Co."}
    for _ in range(2):
        assert organiser.post(ORGANISATIONS + "/new", data=made).location == ORGANISATIONS + "#kubota-co"
    found = parse(organiser.get(ORGANISATIONS + "?q=ゆさ").text).all("li", class_="listed")
    assert [row.attributes["id"] for row in found] == ["yusa"]
    session = make_session(db_session, event, "run")
    session.organiser = db_session.scalars(sa.select(Organisation).where(Organisation.key == "yusa")).one()
    db_session.commit()
    assert organiser.post(page + "/delete").status_code == 409
    assert organiser.post(ORGANISATIONS + "/kubota-co/delete").location == ORGANISATIONS
    assert history(db_session) == [
        (Subject.ORGANISATION, "yusa", Deed.CHANGED),
        (Subject.ORGANISATION, "kubota-co", Deed.ADDED),
        (Subject.ORGANISATION, "kubota-co", Deed.REMOVED),
    ]


@pytest.mark.parametrize("path", [PEOPLE, PAGE, PAGE + "/delete", PEOPLE + "/duplicates", ORGANISATIONS])
def test_queries_do_not_grow(
    organiser: FlaskClient,
    db_session: Session,
    event: Event,
    count_queries: Callable[[Callable[[], object]], int],
    path: str,
) -> None:
    pablo = queries.person_by_key(db_session, event.id, "pablo")
    assert pablo is not None
    counts = []
    for number in range(3):
        person = make_person(db_session, event, f"other{number}", email="same@example.org")
        person.availabilities = [Availability(starts_at=utc(25, 0), ends_at=utc(25, 1))]
        make_session(db_session, event, f"s{number}", people=((RoleKind.SPEAKER, pablo), (RoleKind.MC, person)))
        db_session.add(Organisation(event_id=event.id, key=f"o{number}", name=tr("", "Same")))
        db_session.commit()
        counts.append(count_queries(lambda: organiser.get(path)))
    assert counts[0] == counts[2]


def test_an_availability_that_ends_before_it_starts_is_refused_by_the_database(
    db_session: Session, event: Event
) -> None:
    person = queries.person_by_key(db_session, event.id, "pablo")
    assert person is not None
    db_session.add(Availability(person_id=person.id, starts_at=utc(25, 1), ends_at=utc(25, 1)))
    with pytest.raises(IntegrityError, match="ck_availabilities_ends_after_start"):
        db_session.flush()


def test_a_role_of_no_minutes_is_refused_by_the_database(db_session: Session, event: Event) -> None:
    role = db_session.scalars(sa.select(RoleAssignment)).one()
    role.minutes = 0
    with pytest.raises(IntegrityError, match="ck_role_assignments_minutes_positive"):
        db_session.flush()
