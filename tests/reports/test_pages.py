"""The summary page, its downloads, and the outcomes page."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from galerio_events.permissions import GRANTS, AccountRole, Permission
from galerio_events.registration.models import Intake
from galerio_events.releases import queries as releases
from galerio_events.reports import queries
from galerio_events.reports.domain import Basis
from tests.attendance.support import make_registration
from tests.reports import readers
from tests.support.builders import make_account, make_event, make_session, sample_programme, sign_in, store_release
from tests.support.html import parse

SUMMARY = "/en/organise/ascc11/summary"
KINDS = ("", ".csv", ".json", ".xlsx")


@pytest.fixture
def organiser(db_session: Session, client: FlaskClient, event: Event) -> FlaskClient:
    """A client that an organiser of the event has signed in with."""
    account = make_account(db_session, event=event)
    db_session.commit()
    sign_in(client, account)
    return client


@pytest.mark.parametrize("basis", ["registered", "attended"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_page_and_downloads_have_the_same_figures(organiser: FlaskClient, language: str, basis: str) -> None:
    address = f"/{language}/organise/ascc11/summary"
    answers = {kind: organiser.get(f"{address}{kind}?basis={basis}") for kind in KINDS}
    assert {answer.status_code for answer in answers.values()} == {200}
    figures = readers.of_json(answers[".json"].data)
    assert readers.of_csv(answers[".csv"].data) == figures
    assert readers.of_xlsx(answers[".xlsx"].data) == figures
    assert readers.of_html(answers[""].data) == figures


def test_downloads_have_names_and_types(organiser: FlaskClient) -> None:
    for kind, mimetype in (
        ("csv", "text/csv"),
        ("json", "application/json"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ):
        answer = organiser.get(f"{SUMMARY}.{kind}?basis=attended")
        assert answer.mimetype == mimetype
        assert answer.headers["Content-Disposition"] == f"attachment; filename=ascc11-summary-attended.{kind}"
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", [f"{SUMMARY}{kind}" for kind in KINDS])
def test_an_unknown_basis_is_refused(organiser: FlaskClient, address: str) -> None:
    assert organiser.get(f"{address}?basis=everybody").status_code == 400
    assert organiser.get(f"{address}?basis=").status_code == 200


def test_an_unknown_format_is_not_there(organiser: FlaskClient) -> None:
    assert organiser.get(f"{SUMMARY}.pdf").status_code == 404


def test_charts_say_what_they_show_and_carry_no_inline_style(organiser: FlaskClient) -> None:
    page = organiser.get(SUMMARY).get_data(as_text=True)
    described = re.findall(r'role="img" aria-labelledby="([a-z-]+)" aria-describedby="([a-z-]+)"', page)
    assert len(described) == 3
    assert all(page.count(f'id="{name}"') == 1 for names in described for name in names)
    assert "style=" not in page
    assert "<style" not in page


def test_the_home_country_is_left_off_the_scale_and_the_page_says_so(db_session: Session, client: FlaskClient) -> None:
    event = make_event(db_session)
    for number, country in enumerate(("JP",) * 5 + ("TH", "TH", "VN")):
        make_registration(db_session, event, number, country=country)
    account = make_account(db_session, event=event)
    db_session.commit()
    sign_in(client, account)
    page = client.get(SUMMARY).get_data(as_text=True)
    said = "Japan, where the event is, has 5 and is left off the scale"
    description = page.split('id="chart-countries-desc"')[1].split("</p>")[0]
    assert "from Thailand with 2 to Vietnam with 1" in description
    assert said in description
    assert page.count(said) == 2
    chart = page.split('id="chart-countries-desc"')[1].split('id="by-affiliation"')[0]
    assert re.findall(r'class="chart-bar"\s+y="0"\s+width="([0-9.]+)%"', chart) == ["100.00", "50.00"]
    assert chart.count("chart-off") == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            ("Thursday 24 November 2022", "cancelled ones are not", "Made on Monday 28 November 2022 at 10:05, Japan"),
        ),
        ("ja", ("2022年11月24日（木）", "日本時間（UTC+9）", "2022年11月28日（月）10:05")),
    ],
)
def test_the_page_says_of_which_event_and_when_it_was_made(
    db_session: Session, client: FlaskClient, language: str, words: tuple[str, ...]
) -> None:
    event = make_event(db_session)
    make_registration(db_session, event)
    account = make_account(db_session, event=event)
    db_session.commit()
    with time_machine.travel("2022-11-28T01:05:00Z", tick=False):
        sign_in(client, account)
        page = client.get(f"/{language}/organise/ascc11/summary").get_data(as_text=True)
    assert all(word in page for word in words)


@pytest.mark.parametrize("role", [None, *AccountRole])
@pytest.mark.parametrize("kind", KINDS)
def test_who_may_see_it(
    db_session: Session, client: FlaskClient, event: Event, role: AccountRole | None, kind: str
) -> None:
    account = make_account(db_session, role=role, event=event)
    db_session.commit()
    assert client.get(SUMMARY + kind).status_code == 302
    sign_in(client, account)
    may = role is not None and Permission.SUMMARY_READ in GRANTS[role]
    assert client.get(SUMMARY + kind).status_code == (200 if may else 404)


def test_organisers_of_another_event_may_not(db_session: Session, client: FlaskClient, event: Event) -> None:
    account = make_account(db_session, event=make_event(db_session, "ascc12"))
    db_session.commit()
    sign_in(client, account)
    assert {client.get(SUMMARY + kind).status_code for kind in KINDS} == {404}


@pytest.mark.parametrize(
    ("basis", "words"),
    [("registered", "Nobody has registered yet"), ("attended", "attendance is known yet")],
)
def test_before_anybody_has_registered(db_session: Session, client: FlaskClient, basis: str, words: str) -> None:
    event = make_event(db_session)
    account = make_account(db_session, event=event)
    db_session.commit()
    sign_in(client, account)
    assert words in client.get(f"{SUMMARY}?basis={basis}").get_data(as_text=True)
    assert {client.get(f"{SUMMARY}{kind}?basis={basis}").status_code for kind in KINDS} == {200}


def test_titles_are_escaped(db_session: Session, client: FlaskClient) -> None:
    event = make_event(db_session)
    nasty = make_session(db_session, event, title={"ja": "<script>alert(1)</script>"})
    make_registration(db_session, event, chosen=(nasty.id,))
    account = make_account(db_session, event=event)
    db_session.commit()
    sign_in(client, account)
    page = client.get(SUMMARY).get_data(as_text=True)
    assert "<script>alert" not in page
    assert '<span lang="ja">&lt;script&gt;' in page


def test_as_many_statements_for_a_page_of_three_countries_as_of_one(
    db_session: Session, client: FlaskClient, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    event = make_event(db_session)
    first = make_session(db_session, event)
    make_registration(db_session, event, 1, chosen=(first.id,))
    account = make_account(db_session, event=event)
    db_session.commit()
    sign_in(client, account)
    client.get(SUMMARY)
    one = count_queries(lambda: client.get(SUMMARY))
    for number, country in enumerate(("TH", "VN"), 2):
        session = make_session(db_session, event, f"session-{number + 2}")
        make_registration(db_session, event, number, country=country, chosen=(session.id,))
    db_session.commit()
    assert count_queries(lambda: client.get(SUMMARY)) == one


@pytest.fixture
def counted(db_session: Session, event: Event) -> Event:
    """The event, of which no figures were released, after registration has closed."""
    released = releases.newest_programme(db_session, event.slug)
    assert released is not None
    facts = {name: value for name, value in released.event.facts.items() if name != "participants"}
    plain = replace(released, number=2, event=replace(released.event, facts=facts))
    store_release(db_session, event, plain)
    close(db_session, event, datetime(2022, 11, 25, 15, tzinfo=UTC))
    return event


def close(db_session: Session, event: Event, at: datetime | None) -> None:
    """Let registration close at that instant, or never."""
    db_session.execute(sa.update(Intake).where(Intake.event_id == event.id).values(closes_at=at))
    db_session.commit()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Dissemination", "Exchange", "Creation", "Philippines", "340")),
        ("ja", ("発信", "交流", "創造", "フィリピン", "340")),
    ],
)
def test_outcomes_without_head_counts(
    client: FlaskClient, counted: Event, language: str, words: tuple[str, ...]
) -> None:
    answer = client.get(f"/{language}/ascc11/outcomes")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert all(word in page for word in words)
    values = [value for found in numbers(page) for value in found]
    assert values == ["60", "22", "20", "20", "340"]
    assert "style=" not in page


def test_outcomes_do_not_tell_who_is_registered(db_session: Session, client: FlaskClient, counted: Event) -> None:
    """Sending the form with an address and looking whether the count went up shows nothing while the form is open."""
    for closes_at in (None, datetime(2999, 1, 1, tzinfo=UTC)):
        close(db_session, counted, closes_at)
        before = client.get("/en/ascc11/outcomes")
        make_registration(db_session, counted, 98 if closes_at else 99, country="FR")
        db_session.commit()
        after = client.get("/en/ascc11/outcomes")
        assert after.data == before.data
        assert after.headers["ETag"] == before.headers["ETag"]
        page = after.get_data(as_text=True)
        assert "The figures of participants will be published here once registration has closed." in page
        assert "France" not in page
        assert [value for found in numbers(page) for value in found] == ["20", "340"]
    close(db_session, counted, datetime(2022, 11, 25, 15, tzinfo=UTC))
    assert "France" in client.get("/en/ascc11/outcomes").get_data(as_text=True)


@pytest.mark.parametrize("closes_at", [None, datetime(2022, 11, 25, 15, tzinfo=UTC)])
def test_home_and_outcomes_have_the_released_figures(
    db_session: Session, client: FlaskClient, event: Event, closes_at: datetime | None
) -> None:
    make_registration(db_session, event, 99, country="FR")
    close(db_session, event, closes_at)
    outcomes = client.get("/en/ascc11/outcomes").get_data(as_text=True)
    home = parse(client.get("/en/ascc11/").get_data(as_text=True)).one("dl", class_="figures")
    shown = {row.one("dt").text: row.one("dd").text for row in home.all("div")}
    assert [value for found in numbers(outcomes) for value in found] == ["730", "270", "38", "20", "340"]
    assert (shown["Participants"], shown["Participants’ countries and regions"]) == ("730", "38")
    listed = re.findall(r"<li>([^<]+)</li>", outcomes)
    assert (len(listed), listed[:3], "France" in listed) == (38, ["Japan", "Philippines", "Cambodia"], False)


def numbers(page: str) -> list[list[str]]:
    """Every number that the page states, in order."""
    parser = readers._Tables()
    parser.feed(page)
    return list(parser.found.values())


def test_outcomes_list_the_countries_in_the_order_of_the_summary(
    db_session: Session, client: FlaskClient, counted: Event
) -> None:
    page = client.get("/en/ascc11/outcomes").get_data(as_text=True)
    summary = queries.summary(db_session, counted.id, Basis.REGISTERED)
    assert re.findall(r"<li>([^<]+)</li>", page) == [country.name["en"] for country in summary.countries]


def test_outcomes_are_published_only_after_the_event(client: FlaskClient, counted: Event) -> None:
    with time_machine.travel("2022-11-25T14:59:00Z", tick=False):
        page = client.get("/en/ascc11/outcomes").get_data(as_text=True)
    assert "will be published here after it has ended" in page
    assert not any(word in page for word in ("Philippines", "340", "730", ">60<"))
    with time_machine.travel("2022-11-25T15:00:00Z", tick=False):
        assert "Philippines" in client.get("/en/ascc11/outcomes").get_data(as_text=True)


def test_repeat_readers_of_outcomes_are_told_that_nothing_changed(
    db_session: Session, client: FlaskClient, counted: Event
) -> None:
    first = client.get("/en/ascc11/outcomes")
    again = client.get("/en/ascc11/outcomes", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get("/en/ascc11/outcomes").data == first.data
    make_registration(db_session, counted, 99, country="FR")
    db_session.commit()
    changed = client.get("/en/ascc11/outcomes", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert "France" in changed.get_data(as_text=True)


@pytest.mark.parametrize("released", [True, False])
def test_outcomes_of_an_event_without_registrations_are_those_that_were_released(
    db_session: Session, client: FlaskClient, released: bool
) -> None:
    event, programme = make_event(db_session), sample_programme()
    facts = {"participants": {"total": 730, "overseas": 270, "countries_by_head_count": ["JP", "NO"]}}
    store_release(
        db_session, event, replace(programme, event=replace(programme.event, facts=facts if released else {}))
    )
    db_session.commit()
    page = client.get("/en/ascc11/outcomes").get_data(as_text=True)
    found = [value for values in numbers(page) for value in values]
    assert found == (["730", "270", "2"] if released else [])
    assert ("There are no figures of participants." in page) is not released
    assert ("<li>Norway</li>" in page) is released


def test_outcomes_before_the_first_release(db_session: Session, client: FlaskClient) -> None:
    event = make_event(db_session, starts_on=date(2021, 1, 1), ends_on=date(2021, 1, 2))
    make_registration(db_session, event)
    db_session.commit()
    page = client.get("/en/ascc11/outcomes").get_data(as_text=True)
    assert "will be published here after it has ended" in page
    assert client.get("/en/ascc99/outcomes").status_code == 404
