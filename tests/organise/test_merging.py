"""Two entries that are one: side by side, merged at once, noted, and released with the next release only."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, NotFound
from galerio_events.events.domain import Deed, Subject
from galerio_events.events.models import Change, Event
from galerio_events.people import queries as people
from galerio_events.people.domain import PersonDetails, PersonRefused, Span
from galerio_events.people.models import Availability, Organisation
from galerio_events.people.services import seen_digest
from galerio_events.programme import queries
from galerio_events.programme.domain import RoleKind, RoleState
from galerio_events.programme.domain.merging import merged_roles
from galerio_events.programme.domain.values import RoleValue
from galerio_events.programme.services.people import merge_people
from galerio_events.releases.queries import newest_programme
from galerio_events.releases.services import release_programme
from tests.support.builders import NOW, make_account, make_event, make_person, make_session, sign_in, tr, utc
from tests.support.html import parse

PAGE = "/en/organise/ascc11/people/tan/merge"
ROLE = RoleValue(RoleKind.PANELIST, "tan", tr("", "Ports"), None, RoleState.TO_BE_INVITED)


@pytest.mark.parametrize(
    ("people", "merged"),
    [
        ((RoleValue(RoleKind.MC, "other"),), (RoleValue(RoleKind.MC, "tan"),)),
        (
            (RoleValue(RoleKind.MC, "x"), RoleValue(RoleKind.MC, "other"), RoleValue(RoleKind.SPEAKER, "tan")),
            (RoleValue(RoleKind.MC, "x"), RoleValue(RoleKind.MC, "tan"), RoleValue(RoleKind.SPEAKER, "tan")),
        ),
        (
            (ROLE, RoleValue(RoleKind.PANELIST, "other", tr("港", "Other"), 20)),
            (RoleValue(RoleKind.PANELIST, "tan", tr("港", "Ports"), 20, RoleState.CONFIRMED),),
        ),
        (
            (RoleValue(RoleKind.PANELIST, "other", tr("港", "Other"), 20), ROLE),
            (RoleValue(RoleKind.PANELIST, "tan", tr("港", "Ports"), 20, RoleState.CONFIRMED),),
        ),
        ((RoleValue(RoleKind.MC, "x"),), (RoleValue(RoleKind.MC, "x"),)),
    ],
)
def test_roles_of_two_persons_become_those_of_one(people: tuple[RoleValue, ...], merged: tuple[RoleValue, ...]) -> None:
    assert merged_roles(people, dropped="other", kept="tan") == merged


@pytest.fixture
def event(db_session: Session) -> Event:
    """Alan Tan twice: as a panellist in one session, as a speaker and once more as a panellist in others."""
    event = make_event(db_session)
    tan = make_person(db_session, event, "tan", name=tr("", "Alan Tan"), affiliation=tr("", "JTC"), country="SG")
    twin = make_person(
        db_session, event, "tan-2", name=tr("タン", "TAN Alan"), affiliation=tr("", "JTC Corporation"),
        country=None, email="tan@example.org", bio=tr("", "Ports."),
    )  # fmt: skip
    twin.availabilities = [Availability(starts_at=utc(25, 0), ends_at=utc(25, 9))]
    pablo = make_person(db_session, event)
    make_session(db_session, event, "both", people=((RoleKind.PANELIST, tan), (RoleKind.PANELIST, twin)))
    make_session(db_session, event, "twins", people=((RoleKind.MODERATOR, pablo), (RoleKind.SPEAKER, twin)))
    make_session(db_session, event, "gone", people=((RoleKind.SPEAKER, twin),), removed_at=NOW)
    make_session(db_session, event, "other", people=((RoleKind.MODERATOR, pablo),))
    db_session.commit()
    return event


@pytest.fixture
def organiser(app: Flask, db_session: Session, event: Event) -> FlaskClient:
    account = make_account(db_session, event=event)
    db_session.commit()
    client = app.test_client()
    sign_in(client, account)
    return client


def roles(db_session: Session, event: Event, key: str) -> list[tuple[str, str]]:
    session = queries.session_by_key(db_session, event.id, key)
    assert session is not None
    return [(role.role.value, role.person) for role in queries.values_of(session).people]


def seen(page: str) -> str:
    (found,) = re.findall(r'name="seen" value="([^"]+)"', page)
    return str(found)


TWINS = "/en/organise/ascc11/people/duplicates"
TWO = {"first": "tan", "second": "tan-2", "do": "apart"}


def suggested(client: FlaskClient, path: str = TWINS) -> int:
    return len(parse(client.get(path).text).all("div", class_="pair"))


def test_two_persons_are_said_to_be_two_and_nobody_asks_again(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    assert suggested(organiser) == 1
    for pair in (TWO, {"first": "tan-2", "second": "tan", "do": "apart"}):
        assert organiser.post(TWINS, data=pair).location == TWINS
        assert suggested(organiser) == 0
    page = parse(organiser.get(TWINS).text)
    assert page.one("main").one("summary").text == "1 pair of which somebody has said that they are two"
    assert "Two entries, not one: Alan Tan – TAN Alan" in organiser.get("/en/organise/ascc11/programme/history").text
    assert organiser.get("/en/organise/ascc11/programme/conflicts").status_code == 200
    again = TWO | {"do": "again", "page": "1"}
    assert [organiser.post(TWINS, data=again).location for _ in range(2)] == [TWINS + "?page=1"] * 2
    assert suggested(organiser) == 1
    changes = db_session.scalars(sa.select(Change).order_by(Change.id)).all()
    assert [(each.subject, each.deed) for each in changes] == [
        (Subject.WARNING, Deed.ADDED), (Subject.WARNING, Deed.REMOVED),
    ]  # fmt: skip
    assert (changes[0].after, changes[1].before) == ({"apart": ["person", "tan", "tan-2"]},) * 2


def test_two_organisations_are_said_to_be_two(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    path = TWINS.replace("people", "organisations")
    for key in ("tan", "tan-2"):
        db_session.add(Organisation(event_id=event.id, key=key, name=tr("", "Kubota")))
    db_session.commit()
    assert organiser.post(path, data=TWO).location == path
    assert (suggested(organiser, path), suggested(organiser)) == (0, 1)


@pytest.mark.parametrize("second", ["tan", "nobody", "", "\0", "x" * 500])
def test_only_two_that_are_there_can_be_two(organiser: FlaskClient, event: Event, second: str) -> None:
    assert organiser.post(TWINS, data=TWO | {"second": second}, follow_redirects=True).status_code == 200
    assert suggested(organiser) == 1


def test_the_pair_is_suggested_and_compared(organiser: FlaskClient) -> None:
    assert 'href="/en/organise/ascc11/people/duplicates"' in organiser.get("/en/organise/ascc11/people").text
    suggested = parse(organiser.get("/en/organise/ascc11/people/duplicates").text).one("li", class_="listed")
    assert suggested.one("a").attributes["href"] == PAGE + "?with=tan-2"
    assert "same words in another order" in suggested.text
    page = parse(organiser.get(PAGE + "?with=tan-2").text)
    pairs = page.all("fieldset", class_="choice-pair")
    assert [pair.one("legend").text for pair in pairs] == [
        "Name (日本語)", "Name (English)", "Affiliation (English)", "About the person (English)",
        "Country or region", "E-mail address", "Available",
    ]  # fmt: skip
    chosen = [[box.attributes["value"] for box in pair.all("input") if "checked" in box.attributes] for pair in pairs]
    assert chosen == [["dropped"], ["kept"], ["kept"], ["dropped"], ["kept"], ["dropped"], ["dropped"]]
    moving, staying = page.all("ul", class_="parts")
    assert ["becomes one role" in row.text for row in moving.all("li")] == [True, False, False]
    assert len(staying.all("li")) == 1


def test_without_another_one_the_page_asks_which(organiser: FlaskClient) -> None:
    for path in (PAGE, PAGE + "?with=tan", PAGE + "?with=nobody"):
        options = parse(organiser.get(path).text).one("select").all("option")
        assert sorted(option.attributes["value"] for option in options) == ["pablo", "tan-2"]
    assert organiser.get("/en/organise/ascc11/people/nobody/merge").status_code == 404
    assert organiser.post(PAGE, data={"do": "merge", "with": "tan"}).status_code == 200


def test_merging_moves_roles_keeps_what_was_chosen_and_is_noted(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    release_programme(db_session, event.id, account_id=None, now=NOW)
    db_session.commit()
    before = newest_programme(db_session, "ascc11")
    sent = {
        "do": "merge",
        "with": "tan-2",
        "seen": seen(organiser.get(PAGE + "?with=tan-2").text),
        "name_en": "kept",
        "name_ja": "dropped",
        "affiliation_en": "dropped",
        "country": "kept",
    }
    assert organiser.post(PAGE, data=sent).location == "/en/organise/ascc11/people/tan"
    db_session.expire_all()
    tan = people.person_by_key(db_session, event.id, "tan")
    assert tan is not None
    assert people.person_details(tan) == PersonDetails(
        name=tr("タン", "Alan Tan"),
        affiliation=tr("", "JTC Corporation"),
        bio=tr("", "Ports."),
        country="SG",
        email="tan@example.org",
        availabilities=(Span(utc(25, 0), utc(25, 9)),),
    )
    assert people.person_by_key(db_session, event.id, "tan-2") is None
    assert roles(db_session, event, "both") == [("panelist", "tan")]
    assert roles(db_session, event, "twins") == [("moderator", "pablo"), ("speaker", "tan")]
    assert roles(db_session, event, "gone") == [("speaker", "tan")]
    versions = {session.key: session.version for session in queries.sessions_of(db_session, event.id)}
    assert versions == {"both": 2, "twins": 2, "gone": 2, "other": 1}
    noted = db_session.scalars(sa.select(Change).order_by(Change.id)).all()
    assert [(row.subject, row.key, row.deed) for row in noted if row.subject is not Subject.RELEASE] == [
        (Subject.SESSION, "both", Deed.CHANGED),
        (Subject.SESSION, "gone", Deed.CHANGED),
        (Subject.SESSION, "twins", Deed.CHANGED),
        (Subject.PERSON, "tan", Deed.CHANGED),
        (Subject.PERSON, "tan-2", Deed.MERGED),
    ]
    assert len({row.batch for row in noted if row.subject is not Subject.RELEASE}) == 1
    assert noted[-1].after == {"name": {"ja": "タン", "en": "TAN Alan"}, "into": "tan"}
    assert newest_programme(db_session, "ascc11") == before
    assert organiser.get("/en/ascc11/people/tan-2").status_code == 200
    release_programme(db_session, event.id, account_id=None, now=utc(2, 0))
    db_session.commit()
    assert organiser.get("/en/ascc11/people/tan-2").status_code == 404
    assert "3 sessions have changed." in organiser.get("/en/organise/ascc11/people").text


def test_what_has_changed_meanwhile_is_looked_at_again(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    sent = {"do": "merge", "with": "tan-2", "seen": seen(organiser.get(PAGE + "?with=tan-2").text), "name_ja": "kept"}
    twin = people.person_by_key(db_session, event.id, "tan-2")
    assert twin is not None
    twin.email = "new@example.org"
    db_session.commit()
    answer = organiser.post(PAGE, data=sent)
    assert answer.status_code == 409
    assert "Somebody else has changed one of the two meanwhile." in answer.text
    assert "new@example.org" in answer.text
    assert roles(db_session, event, "both") == [("panelist", "tan"), ("panelist", "tan-2")]
    assert organiser.post(PAGE, data=sent | {"seen": seen(answer.text)}).status_code == 302
    # The second tab of somebody who has merged the two already.
    assert organiser.post(PAGE, data=sent).location == "/en/organise/ascc11/people"
    assert "Somebody else has deleted or merged this meanwhile." in organiser.get("/en/organise/ascc11/people").text


@pytest.mark.parametrize(("apart", "status", "kept"), [(0, 302, 30), (30, 422, 30)])
def test_the_availabilities_of_two_are_those_of_both_together(
    organiser: FlaskClient, db_session: Session, event: Event, apart: int, status: int, kept: int
) -> None:
    for key, later in (("tan", 0), ("tan-2", apart)):
        person = people.person_by_key(db_session, event.id, key)
        assert person is not None
        person.availabilities = [
            Availability(starts_at=begins, ends_at=begins + timedelta(minutes=20))
            for begins in (utc(25, 0) + timedelta(hours=hour, minutes=later) for hour in range(30))
        ]
    db_session.commit()
    page = organiser.get(PAGE + "?with=tan-2").text
    assert "This cannot be undone" in page
    sent = {"do": "merge", "with": "tan-2", "seen": seen(page), "availabilities": "both"}
    answer = organiser.post(PAGE, data=sent)
    assert answer.status_code == status
    assert ("a person has at most 50 times" in answer.text) is (status == 422)
    db_session.expire_all()
    assert len(people.people_details(db_session, event.id)["tan"].availabilities) == kept  # type: ignore[union-attr]
    assert (people.person_by_key(db_session, event.id, "tan-2") is None) is (status == 302)


@pytest.mark.parametrize("change", [{"name": tr("")}, {"country": "XX"}])
def test_nothing_is_half_merged(db_session: Session, event: Event, change: dict[str, object]) -> None:
    details = people.people_details(db_session, event.id)
    digest = seen_digest(details["tan"], details["tan-2"])
    wrong = PersonDetails(**({"name": tr("A")} | change))  # type: ignore[arg-type]
    with pytest.raises(PersonRefused):
        merge_people(db_session, event.id, "tan", wrong, dropped="tan-2", seen=digest, now=NOW)
    db_session.rollback()
    assert roles(db_session, event, "twins") == [("moderator", "pablo"), ("speaker", "tan-2")]
    with pytest.raises(ChangeConflict):
        merge_people(db_session, event.id, "tan", details["tan"], dropped="tan-2", seen="old", now=NOW)
    with pytest.raises(NotFound):
        merge_people(db_session, event.id, "tan", details["tan"], dropped="tan", seen=digest, now=NOW)


def test_organisations_are_merged_with_the_sessions_they_run(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    kept = Organisation(event_id=event.id, key="kubota", name=tr("", "Kubota"))
    twin = Organisation(event_id=event.id, key="kubota-2", name=tr("クボタ", "Kubota Co., Ltd."))
    db_session.add_all([kept, twin])
    session = queries.session_by_key(db_session, event.id, "other")
    assert session is not None
    session.organiser = twin
    db_session.commit()
    listed = organiser.get("/en/organise/ascc11/organisations").text
    assert 'href="/en/organise/ascc11/organisations/duplicates"' in listed
    assert "Kubota Co., Ltd." in organiser.get("/en/organise/ascc11/organisations/duplicates").text
    path = "/en/organise/ascc11/organisations/kubota/merge"
    sent = {"do": "merge", "with": "kubota-2", "seen": seen(organiser.get(path + "?with=kubota-2").text)}
    assert organiser.post(path, data=sent).location == "/en/organise/ascc11/organisations/kubota"
    db_session.expire_all()
    session = queries.session_by_key(db_session, event.id, "other")
    assert session is not None
    assert queries.values_of(session).organiser == "kubota"
    assert people.organisation_keys(db_session, event.id) == ["kubota"]
    merged = people.organisation_by_key(db_session, event.id, "kubota")
    assert merged is not None
    assert merged.name == tr("クボタ", "Kubota")
