"""Editing a session in a form, as organisers do it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from galerio_events.programme import queries, services
from galerio_events.programme.domain import RoleKind, RoleState, SessionKind
from galerio_events.programme.domain.values import RoleValue, SessionValues
from galerio_events.programme.views import editor, pages
from galerio_events.translated import Translated
from tests.settings.support import filled
from tests.support.builders import make_account, make_event, make_person, make_session, sign_in, tr, utc
from tests.support.html import parse

PAGE = "/en/organise/ascc11/programme/session-3"
LIST = "/en/organise/ascc11/programme/list"
TIMETABLE = "/en/organise/ascc11/programme"
NEW = "/en/organise/ascc11/programme/new"


@pytest.fixture
def event(db_session: Session) -> Event:
    event = make_event(db_session)
    pablo, tan = make_person(db_session, event), make_person(db_session, event, "tan", name=tr("", "Alan Tan"))
    make_session(db_session, event, people=((RoleKind.MODERATOR, pablo), (RoleKind.PANELIST, tan)))
    db_session.commit()
    return event


@pytest.fixture
def organiser(app: Flask, db_session: Session, event: Event) -> FlaskClient:
    account = make_account(db_session, event=event)
    db_session.commit()
    client = app.test_client()
    sign_in(client, account)
    return client


def stored(db_session: Session, event: Event, key: str = "session-3") -> SessionValues:
    db_session.expire_all()
    session = queries.session_by_key(db_session, event.id, key)
    assert session is not None
    return queries.values_of(session)


FORM = {
    "version": "1",
    "kind": "session",
    "venue": "webinar",
    "track": "smart-city",
    "organiser": "",
    "starts_at": "2022-11-25T15:50",
    "ends_at": "2022-11-25T17:00",
    "title_ja": "魅力ある都市づくり",
    "title_en": "Attractive cities",
    "summary_ja": "",
    "summary_en": "",
    "abstract_ja": "",
    "abstract_en": "",
    "capacity": "",
    "people-0-role": "moderator",
    "people-0-person": "pablo",
    "people-1-role": "panelist",
    "people-1-person": "tan",
    "do": "save",
}


def test_the_form_shows_what_is_stored_in_the_events_zone(organiser: FlaskClient) -> None:
    page = organiser.get(PAGE).text
    assert 'value="2022-11-25T15:50"' in page
    assert 'value="2022-11-25T17:00"' in page
    assert "Times are wall-clock times in Asia/Tokyo." in page
    assert 'value="魅力ある都市づくり"' in page
    assert 'lang="ja"' in page


def test_sending_the_form_back_unchanged_changes_nothing(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    before = stored(db_session, event)
    assert organiser.post(PAGE, data=FORM).location == TIMETABLE + "#session-3"
    assert stored(db_session, event) == before
    session = queries.session_by_key(db_session, event.id, "session-3")
    assert session is not None
    assert session.version == 1


def test_every_field_is_saved(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    sent = FORM | {
        "kind": "workshop",
        "track": "",
        "starts_at": "2022-11-24T09:00",
        "ends_at": "2022-11-24T10:30",
        "title_ja": "  都市の  話 ",
        "title_en": "Talk of <b>towns</b> 😀",
        "summary_en": "One line\nand another",
        "abstract_en": "First\r\n\r\n\tsecond 👩\u200d🚒 ☺\ufe0f",
        "capacity": "120",
        "people-0-role": "keynote",
        "people-0-person": "tan",
        "people-1-role": "mc",
        "people-1-person": "pablo",
    }
    answer = organiser.post(PAGE, data=sent)
    assert (answer.status_code, answer.location) == (302, TIMETABLE + "#session-3")
    assert stored(db_session, event) == SessionValues(
        kind=SessionKind.WORKSHOP,
        starts_at=utc(24, 0),
        ends_at=utc(24, 1, 30),
        title=tr("都市の 話", "Talk of <b>towns</b> 😀"),
        summary=tr("", "One line and another"),
        abstract=tr("", "First\n\n\tsecond 👩\u200d🚒 ☺\ufe0f"),
        venue="webinar",
        track=None,
        organiser=None,
        people=(RoleValue(RoleKind.KEYNOTE, "tan"), RoleValue(RoleKind.MC, "pablo")),
        capacity=120,
    )
    page = organiser.get(LIST).text
    assert "Saved in the draft." in page
    assert "Talk of &lt;b&gt;towns&lt;/b&gt; 😀" in page
    assert "<b>towns</b>" not in page
    assert "summary missing in 日本語" in page


UNSEEN = (
    "This held characters that cannot be seen (control characters or marks that turn the direction of text). "
    "They have been taken out below; check and save again."
)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title_ja": "", "title_en": " \u200e "}, "Enter a title in at least one language."),
        *(({name: "ok\u202eevil"}, UNSEEN) for name in ("title_ja", "title_en", "summary_en", "abstract_ja")),
        ({"abstract_en": "nothing\x00"}, UNSEEN),
        ({"title_en": "x" * 201}, "This title is too long: 200 characters at most."),
        ({"summary_ja": "あ" * 501}, "This summary is too long: 500 characters at most."),
        ({"abstract_en": "x" * 10_001}, "This abstract is too long: 10000 characters at most."),
        ({"ends_at": "2022-11-25T15:50"}, "The end must be after the start."),
        ({"ends_at": "2022-11-25T15:40"}, "The end must be after the start."),
        ({"starts_at": "2022-11-23T23:59"}, "This is outside the days of the event."),
        ({"ends_at": "2022-11-26T00:01"}, "This is outside the days of the event."),
        ({"ends_at": "9999-12-31T23:59"}, "This is outside the days of the event."),
        ({"starts_at": "0001-01-01T00:00"}, "This is outside the days of the event."),
        ({"starts_at": ""}, "Enter date and time of the start."),
        ({"ends_at": "tomorrow"}, "Enter a date and a time, like 2022-11-25 13:10."),
        ({"starts_at": "2022-02-30T10:00"}, "Enter a date and a time, like 2022-11-25 13:10."),
        ({"capacity": "-1"}, "Enter a whole number from 0 to 1,000,000."),
        ({"capacity": "1e3"}, "Enter a whole number from 0 to 1,000,000."),
        ({"capacity": "9" * 5000}, "Enter a whole number from 0 to 1,000,000."),
        ({"venue": "moon"}, "Choose one from the list."),
        ({"kind": ""}, "Choose one from the list."),
        ({"people-0-person": "nobody"}, "Choose one from the list."),
        ({"people-0-role": "emperor"}, "Choose one from the list."),
        ({"people-1-role": "moderator", "people-1-person": "pablo"}, "The same person has the same role twice."),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_written(
    organiser: FlaskClient, db_session: Session, event: Event, change: dict[str, str], message: str
) -> None:
    before = stored(db_session, event)
    answer = organiser.post(PAGE, data=FORM | {"title_ja": "新しい題名"} | change)
    assert answer.status_code == 422
    assert message in answer.text
    assert "field-error" in answer.text
    if "title_ja" not in change:
        assert 'value="新しい題名"' in answer.text
    assert stored(db_session, event) == before


def test_problems_are_said_in_the_language_of_the_page(organiser: FlaskClient) -> None:
    page = organiser.post("/ja/organise/ascc11/programme/session-3", data=FORM | {"ends_at": "2022-11-25T15:40"})
    assert page.status_code == 422
    assert "終了は開始より後にしてください。" in page.text


@pytest.mark.parametrize(
    "change",
    [
        {"people-²-role": "moderator"},
        {"people-99999999999999999999-role": "mc"},
        {"people--1-person": "tan"},
        {"people-0-person-0": "tan"},
        {"do": "remove-²"},
        {"do": "up-99999999999999999999"},
        {"version": "9" * 400},
        {"version": "²"},
        {"starts_at_meant": "x"},
        {"kind": "\x00"},
    ],
)
def test_odd_forms_are_no_error(organiser: FlaskClient, change: dict[str, str]) -> None:
    assert organiser.post(PAGE, data=FORM | change).status_code in {200, 302, 409, 422}


def test_a_form_with_nothing_in_it_is_answered_with_what_is_missing(organiser: FlaskClient) -> None:
    assert organiser.post(PAGE, data={}).status_code == 422


def test_rows_of_people_move_without_anything_being_saved(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    before = stored(db_session, event)

    def people(command: str) -> list[str]:
        answer = organiser.post(PAGE, data=FORM | {"title_en": "Kept", "starts_at": "nonsense", "do": command})
        assert answer.status_code == 200
        assert 'value="Kept"' in answer.text
        assert 'value="nonsense"' in answer.text
        assert "error-summary" not in answer.text
        rows = answer.text.split('<li class="credit">')[1:]
        return [re.findall(r'<option selected value="([^"]*)"', row)[1] for row in rows]

    assert people("down-0") == ["tan", "pablo"]
    assert people("up-1") == ["tan", "pablo"]
    assert people("up-0") == ["pablo", "tan"]
    assert people("down-1") == ["pablo", "tan"]
    assert people("remove-0") == ["tan"]
    assert people("remove-7") == ["pablo", "tan"]
    assert people("add-person") == ["pablo", "tan", ""]
    assert stored(db_session, event) == before


def test_among_many_people_one_types_a_name(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    few = parse(organiser.get(PAGE).text)
    assert [box.attributes.get("data-search") for box in few.all("select", id="people-1-person")] == [None]
    for number in range(19):
        make_person(db_session, event, f"person-{number}", name=tr("", f'"P" & <b>{number}</b>'))
    db_session.commit()
    page = parse(organiser.get(PAGE).text)
    first, second = (page.one("select", id=f"people-{number}-person") for number in (0, 1))
    assert [box.attributes["data-search-hint"] for box in (first, second)] == ["Type a name"] * 2
    assert len(first.all("option")) == len(second.all("option")) == 22
    chosen = [
        [o.attributes["value"] for o in box.all("option") if "selected" in o.attributes] for box in (first, second)
    ]
    assert chosen == [["pablo"], ["tan"]]
    assert {o.attributes["value"]: o.text for o in first.all("option")}["person-7"] == '"P" & <b>7</b>'


def test_a_row_in_which_nobody_was_chosen_is_left_out(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    organiser.post(PAGE, data=FORM | {"people-0-person": ""})
    assert stored(db_session, event).people == (RoleValue(RoleKind.PANELIST, "tan"),)


def compared(page: str) -> list[list[str]]:
    """The rows of the comparison: the field, what the reader changed and what the others did."""
    rows = parse(page).one("table", class_="compare").one("tbody").all("tr")
    return [[cell.text for cell in row.children if not isinstance(cell, str)] for row in rows]


def test_who_comes_second_keeps_what_both_have_changed(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    mine = filled(organiser.get(PAGE).text)
    first = organiser.post(PAGE, data=FORM | {"title_en": "Hers"})
    assert first.status_code == 302
    second = organiser.post(PAGE, data=mine | {"capacity": "50"})
    assert second.status_code == 409
    assert compared(second.text) == [
        ["Title (English)", "unchanged", "Attractive cities → Hers"],
        ["Places", "– → 50", "unchanged"],
    ]
    third = organiser.post(PAGE, data=filled(second.text))
    assert third.status_code == 302
    now = stored(db_session, event)
    assert (now.title, now.capacity) == (tr("魅力ある都市づくり", "Hers"), 50)


def test_a_move_and_another_length_come_together(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    mine = filled(organiser.get(PAGE).text)
    earlier = {"starts_at": "2022-11-25T14:50", "ends_at": "2022-11-25T16:00"}
    assert organiser.post(PAGE, data=mine | earlier).status_code == 302
    second = organiser.post(PAGE, data=mine | {"ends_at": "2022-11-25T17:15"})
    assert second.status_code == 409
    assert compared(second.text) == [
        ["Start", "unchanged", "2022-11-25 15:50 → 2022-11-25 14:50"],
        ["Length", "70 minutes → 85 minutes", "unchanged"],
    ]
    assert organiser.post(PAGE, data=filled(second.text)).status_code == 302
    now = stored(db_session, event)
    assert (now.starts_at, now.ends_at) == (utc(25, 5, 50), utc(25, 7, 15))


def test_a_clash_shows_both_and_keeps_mine_in_the_form(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    first = organiser.post(PAGE, data=FORM | {"title_en": "Hers", "capacity": "50"})
    assert first.status_code == 302
    second = organiser.post(PAGE, data=FORM | {"title_en": "His", "summary_en": "And his summary"})
    assert second.status_code == 409
    assert "Somebody else has saved this session meanwhile" in second.text
    assert compared(second.text) == [
        ["Title (English) Both of you changed this", "Attractive cities → His", "Attractive cities → Hers"],
        ["Summary (English)", "– → And his summary", "unchanged"],
        ["Places", "unchanged", "– → 50"],
    ]
    assert 'value="His"' in second.text
    assert 'name="version" type="hidden" value="2"' in second.text
    assert stored(db_session, event).title == tr("魅力ある都市づくり", "Hers")
    third = organiser.post(PAGE, data=filled(second.text) | {"title_en": "Theirs"})
    assert third.status_code == 302
    now = stored(db_session, event)
    assert (now.title, now.capacity) == (tr("魅力ある都市づくり", "Theirs"), 50)
    assert now.summary["en"] == "And his summary"


def test_whom_two_have_overtaken_keeps_what_all_three_have_changed(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    mine = filled(organiser.get(PAGE).text)
    for version, change in (("1", {"title_en": "Hers"}), ("2", {"title_en": "Hers", "capacity": "50"})):
        assert organiser.post(PAGE, data=mine | change | {"version": version}).status_code == 302
    second = organiser.post(PAGE, data=mine | {"summary_en": "Mine"})
    assert organiser.post(PAGE, data=mine | {"title_en": "Anew", "capacity": "50", "version": "3"}).status_code == 302
    third = organiser.post(PAGE, data=filled(second.text))
    assert third.status_code == 409
    assert compared(third.text) == [
        ["Title (English)", "unchanged", "Attractive cities → Anew"],
        ["Summary (English)", "– → Mine", "unchanged"],
        ["Places", "unchanged", "– → 50"],
    ]
    assert organiser.post(PAGE, data=filled(third.text)).status_code == 302
    now = stored(db_session, event)
    assert (now.title["en"], now.summary["en"], now.capacity) == ("Anew", "Mine", 50)


@pytest.mark.parametrize(
    "press",
    [{"do": "down-0"}, {"do": "add-person"}, {"do": "remove-1"}, {"ends_at": "2022-11-25T15:00"}, {"starts_at": "?"}],
)
def test_the_comparison_stays_until_one_of_them_is_saved(
    organiser: FlaskClient, db_session: Session, event: Event, press: dict[str, str]
) -> None:
    organiser.post(PAGE, data=FORM | {"title_en": "Hers"})
    organiser.post(PAGE, data=FORM | {"title_en": "His"})
    compared = FORM | {"title_en": "His", "version": "2", "base": "1"}
    answer = organiser.post(PAGE, data=compared | press)
    assert answer.status_code == (200 if "do" in press else 422)
    assert "Somebody else has saved this session meanwhile" in answer.text
    assert "<pre>Hers</pre>" in answer.text
    assert 'name="version" type="hidden" value="2"' in answer.text
    assert 'name="base" type="hidden" value="1"' in answer.text
    assert stored(db_session, event).title == tr("魅力ある都市づくり", "Hers")
    assert organiser.post(PAGE, data=compared).status_code == 302
    assert "<pre>" not in organiser.get(PAGE).text


def test_a_third_save_in_between_is_compared_as_well(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    organiser.post(PAGE, data=FORM | {"title_en": "Hers"})
    organiser.post(PAGE, data=FORM | {"title_en": "Theirs", "version": "2"})
    answer = organiser.post(PAGE, data=FORM | {"title_en": "His", "version": "2", "base": "1"})
    assert answer.status_code == 409
    assert "<pre>Theirs</pre>" in answer.text
    assert stored(db_session, event).title["en"] == "Theirs"


def test_a_form_without_its_version_is_not_saved(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    sent = {name: value for name, value in FORM.items() if name != "version"}
    answer = organiser.post(PAGE, data=sent | {"title_en": "From nowhere"})
    assert answer.status_code == 409
    assert "<pre>From nowhere</pre>" in answer.text
    assert stored(db_session, event).title["en"] == "Attractive cities"


def errors_at(page: str) -> dict[str, str]:
    """What is said at which field."""
    found = re.findall(r'<p class="field-error" id="([a-z_]+)-error">(.*?)</p>', page, re.DOTALL)
    return {name: " ".join(text.split()) for name, text in found}


OUTSIDE = "This is outside the days of the event."


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"starts_at": "2022-11-23T23:00", "ends_at": "2022-11-24T01:00"}, {"starts_at": OUTSIDE}),
        ({"ends_at": "2022-11-26T01:00"}, {"ends_at": OUTSIDE}),
        (
            {"starts_at": "2022-11-27T01:00", "ends_at": "2022-11-27T02:00"},
            {"starts_at": OUTSIDE, "ends_at": OUTSIDE},
        ),
        ({"ends_at": "9999-12-31T23:59"}, {"ends_at": OUTSIDE}),
        (
            {"title_ja": "", "title_en": "\u200b", "ends_at": "2022-11-25T15:00", "capacity": "x"},
            {
                "title_ja": "Enter a title in at least one language.",
                "ends_at": "The end must be after the start.",
                "capacity": "Enter a whole number from 0 to 1,000,000.",
            },
        ),
    ],
)
def test_every_problem_is_said_at_once_and_at_its_own_field(
    organiser: FlaskClient, change: dict[str, str], errors: dict[str, str]
) -> None:
    assert errors_at(organiser.post(PAGE, data=FORM | change).text) == errors


def test_a_new_session_is_told_everything_as_well(organiser: FlaskClient) -> None:
    page = organiser.post(NEW, data=FORM | {"key": "session-3", "starts_at": "", "title_ja": "", "title_en": ""}).text
    assert errors_at(page) == {
        "title_ja": "Enter a title in at least one language.",
        "key": "Another session has this address already. Choose another one.",
        "starts_at": "Enter date and time of the start.",
    }


def test_the_list_of_problems_holds_sentences_only(organiser: FlaskClient) -> None:
    page = organiser.post(PAGE, data=FORM | {"people-0-role": "emperor"}).text
    summary = page.split('class="error-summary"')[1].split("</div>")[0]
    assert re.findall(r"<a [^>]*>(.*?)</a>", summary) == ["People: Choose one from the list."]


def test_places_are_known_to_apply_at_once(organiser: FlaskClient) -> None:
    assert "this applies to registration at once" in organiser.get(PAGE).text
    organiser.post(PAGE, data=FORM | {"title_en": "Other"})
    assert "applies to registration at once" not in organiser.get(LIST).text
    organiser.post(PAGE, data=FORM | {"title_en": "Other", "version": "2", "capacity": "5"})
    assert "The number of places applies to registration at once." in organiser.get(LIST).text


def test_two_who_save_the_same_do_not_disagree(organiser: FlaskClient) -> None:
    assert organiser.post(PAGE, data=FORM | {"title_en": "Ours"}).status_code == 302
    assert organiser.post(PAGE, data=FORM | {"title_en": "Ours"}).location == TIMETABLE + "#session-3"


def test_what_somebody_else_has_removed_is_not_saved(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    page = organiser.get(PAGE)
    assert page.status_code == 200
    services.remove_session(db_session, event.id, "session-3", expected_version=1, now=utc(1, 0))
    db_session.commit()
    answer = organiser.post(PAGE, data=FORM | {"title_en": "Too late"})
    assert "This session was removed from the draft." in answer.text
    assert stored(db_session, event).title == tr("魅力ある都市づくり", "Attractive cities")


def test_removing_says_what_happens_and_can_be_undone(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    asked = organiser.get(PAGE + "/remove")
    assert "calendars that people subscribed to say that it is cancelled" in asked.text
    assert organiser.post(PAGE + "/remove", data={"version": "7"}).status_code == 409
    assert organiser.post(PAGE + "/remove", data={"version": "1"}).location == TIMETABLE
    assert "Attractive cities" not in organiser.get(LIST).text
    assert "Attractive cities" in organiser.get(LIST + "?show=removed").text
    assert organiser.post(PAGE + "/remove", data={"version": "2"}).location == LIST + "?show=removed"
    assert organiser.post(PAGE + "/restore", data={"version": "2"}).location == PAGE
    assert "Attractive cities" in organiser.get(LIST).text
    assert organiser.post(PAGE + "/restore", data={"version": "3"}).location == PAGE


def test_a_removed_session_outside_the_event_is_not_restored(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    organiser.post(PAGE + "/remove", data={"version": "1"})
    event.ends_on = event.starts_on
    db_session.commit()
    answer = organiser.post(PAGE + "/restore", data={"version": "2"})
    assert answer.status_code == 422
    assert "lies outside the days of the event now" in answer.text


def test_a_new_session_gets_an_address_from_its_title(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    sent = {name: value for name, value in FORM.items() if name != "version"}
    for key in ("attractive-cities", "attractive-cities-2"):
        answer = organiser.post(NEW, data=sent)
        assert answer.location == f"{TIMETABLE}#{key}"
        assert stored(db_session, event, key).title == tr("魅力ある都市づくり", "Attractive cities")
    organiser.post(NEW, data=sent | {"title_en": ""})
    assert stored(db_session, event, "session").title == Translated({"ja": "魅力ある都市づくり"})


def test_a_new_session_that_is_sent_twice_is_made_once(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    nonces = [re.findall(r'name="nonce" type="hidden" value="([^"]*)"', organiser.get(NEW).text)[0] for _ in range(2)]
    locations = [organiser.post(NEW, data=FORM | {"nonce": nonces[i]}).location for i in (0, 0, 1, 0)]
    first, second = f"{TIMETABLE}#attractive-cities", f"{TIMETABLE}#attractive-cities-2"
    assert locations == [first, first, second, first]
    assert len(queries.sessions_of(db_session, event.id)) == 3


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("session-3", "Another session has this address already."),
        ("new", "This address is used by the system."),
        ("Über uns", "Use lower-case letters a to z"),
        ("../etc", "Use lower-case letters a to z"),
        ("a" * 61, "Use lower-case letters a to z"),
    ],
)
def test_an_address_that_will_not_do(organiser: FlaskClient, key: str, message: str) -> None:
    answer = organiser.post(NEW, data=FORM | {"key": key})
    assert answer.status_code == 422
    assert message in answer.text


@pytest.fixture
def new_york(db_session: Session, event: Event) -> Event:
    """The event moved to days on which the clocks of New York change."""
    event.timezone = "America/New_York"
    session = queries.session_by_key(db_session, event.id, "session-3")
    assert session is not None
    event.starts_on, event.ends_on = datetime(2022, 11, 5).date(), datetime(2022, 11, 7).date()  # noqa: DTZ001
    session.starts_at, session.ends_at = datetime(2022, 11, 6, 4, tzinfo=UTC), datetime(2022, 11, 6, 12, tzinfo=UTC)
    db_session.commit()
    return event


def test_a_time_that_happens_twice_is_asked_about(organiser: FlaskClient, db_session: Session, new_york: Event) -> None:
    sent = FORM | {"version": "2", "starts_at": "2022-11-06T01:30", "ends_at": "2022-11-06T05:00"}
    asked = organiser.post(PAGE, data=sent)
    assert asked.status_code == 422
    assert "The clocks change in this night, so this time can mean two moments. Choose one below." in asked.text
    assert "Sunday 6 November 2022 01:30 (UTC−4)" in asked.text
    assert "Sunday 6 November 2022 01:30 (UTC−5)" in asked.text
    answer = organiser.post(PAGE, data=sent | {"starts_at_meant": "2022-11-06T06:30:00Z"})
    assert answer.status_code == 302
    assert stored(db_session, new_york).starts_at == datetime(2022, 11, 6, 6, 30, tzinfo=UTC)
    again = organiser.get(PAGE).text
    assert 'value="2022-11-06T06:30:00Z" checked' in " ".join(again.split())


def test_a_time_that_does_not_happen_is_asked_about(
    organiser: FlaskClient, db_session: Session, new_york: Event
) -> None:
    new_york.starts_on, new_york.ends_on = datetime(2023, 3, 11).date(), datetime(2023, 3, 13).date()  # noqa: DTZ001
    db_session.commit()
    sent = FORM | {"version": "2", "starts_at": "2023-03-12T02:30", "ends_at": "2023-03-12T05:00"}
    asked = organiser.post(PAGE, data=sent | {"starts_at_meant": "2023-03-12T12:00:00Z"})
    assert asked.status_code == 422
    told = "The clocks go forward in this night, so no clock ever shows this time. Which moment is meant?"
    assert f"{told} Choose one below." in asked.text
    assert "two moments" not in asked.text
    assert "Sunday 12 March 2023 01:30 (UTC−5)" in asked.text
    assert "Sunday 12 March 2023 03:30 (UTC−4)" in asked.text
    assert organiser.post(PAGE, data=sent | {"starts_at_meant": "2023-03-12T07:30:00Z"}).status_code == 302
    assert stored(db_session, new_york).starts_at == datetime(2023, 3, 12, 7, 30, tzinfo=UTC)


def test_the_list_finds_titles_and_people(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    make_session(db_session, event, "closing", title=tr("クロージング"), starts_at=utc(25, 8), ends_at=utc(25, 9))
    db_session.commit()
    assert "Attractive cities" in organiser.get(LIST + "?q=alan+TAN").text
    assert "Attractive cities" not in organiser.get(LIST + "?q=くろーじんぐ").text
    assert "クロージング" in organiser.get(LIST + "?q=くろーじんぐ").text
    lacking = organiser.get(LIST + "?show=untranslated").text
    assert "title missing in English" in lacking
    assert "Attractive cities" not in lacking
    assert "No session matches." in organiser.get(LIST, query_string={"q": "<script>\x00' OR 1=1"}).text


def test_a_long_list_is_one_day_a_page(
    organiser: FlaskClient, db_session: Session, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_session(db_session, event, "first", title=tr("", "First"), starts_at=utc(24, 1), ends_at=utc(24, 2))
    make_session(db_session, event, "gone", title=tr("", "Gone"), removed_at=utc(1, 0))
    db_session.commit()

    def shown(query: str) -> list[str]:
        return re.findall(r'<li class="row-session[^"]*" id="([^"]*)"', organiser.get(LIST + query).text)

    assert (pages.MOST_ROWS, shown("")) == (200, ["first", "session-3"])
    for module in (pages, editor):
        monkeypatch.setattr(module, "MOST_ROWS", 1)
    assert shown("") == shown("?day=2022-11-24") == shown("?day=%00") == ["first"]
    assert shown("?day=2022-11-25") == ["session-3"]
    assert shown("?day=2022-11-24&q=attractive") == ["session-3"]
    page = organiser.get(LIST).text
    assert 'href="/en/organise/ascc11/programme/list?day=2022-11-25"' in page
    assert organiser.post(PAGE, data=FORM).location == TIMETABLE + "?day=2022-11-25#session-3"


def test_list_and_form_say_how_many_have_confirmed(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    assert "2 of 2 confirmed" in organiser.get(LIST).text
    session = queries.session_by_key(db_session, event.id, "session-3")
    assert session is not None
    session.roles[1].state = RoleState.DECLINED
    db_session.commit()
    assert "1 of 2 confirmed" in organiser.get(LIST).text
    form = organiser.get(PAGE).text
    assert "1 of 2 confirmed" in form
    assert 'href="/en/organise/ascc11/invitations?session=session-3"' in form
    assert " confirmed</strong>" not in organiser.get(NEW).text


@pytest.mark.parametrize("path", ["/en/organise/ascc11/", LIST, PAGE, "/en/organise/ascc11/release"])
def test_queries_do_not_grow_with_sessions(
    organiser: FlaskClient,
    db_session: Session,
    event: Event,
    count_queries: Callable[[Callable[[], object]], int],
    path: str,
) -> None:
    assert organiser.get(path).status_code == 200
    one = count_queries(lambda: organiser.get(path))
    people = [make_person(db_session, event, key) for key in ("first", "second")]
    for key in ("another", "third"):
        make_session(db_session, event, key, people=tuple((RoleKind.SPEAKER, person) for person in people))
    db_session.commit()
    assert count_queries(lambda: organiser.get(path)) == one
