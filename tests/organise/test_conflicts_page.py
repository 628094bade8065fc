"""The list of conflicts: what it says, in whose language, and how a conflict is accepted and taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.accounts.models import Account
from galerio_events.events.models import Event
from galerio_events.programme import queries, services
from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.programme.domain.conflicts import Conflict, ConflictKind, find
from galerio_events.programme.queries.conflicts import Names, accepted_warnings, conflict_draft
from galerio_events.programme.services.warnings import accept_warning
from galerio_events.programme.views.conflicts import PAGE
from galerio_events.programme.views.warnings import told
from tests.support.builders import NOW, make_account, make_event, make_person, make_session, sign_in, tr, utc
from tests.support.demo import imported_ascc11
from tests.support.html import Element, parse

PAGE_OF = "/{}/organise/ascc11/programme/conflicts"
ADDRESS = PAGE_OF.format("en")
OVERLAP = (
    "“Attractive cities that adapt to what society needs” and “Closing” overlap in Webinar by 10 minutes, 16:50–17:00."
)


@pytest.fixture
def event(db_session: Session) -> Event:
    return imported_ascc11(db_session)


@pytest.fixture
def organiser(db_session: Session, event: Event) -> Account:
    return make_account(db_session, event=event)


@pytest.fixture
def signed_in(client: FlaskClient, db_session: Session, organiser: Account) -> FlaskClient:
    db_session.commit()
    sign_in(client, organiser)
    return client


def move_closing(db_session: Session, event: Event, *, minutes: int = 10) -> Conflict:
    """Begin the closing that much before session 3 ends; the conflict that is made of it."""
    session = queries.session_by_key(db_session, event.id, "closing")
    assert session is not None
    begins = utc(25, 8) - timedelta(minutes=minutes)
    values = replace(queries.values_of(session), starts_at=begins, ends_at=begins + timedelta(minutes=30))
    services.save_session(db_session, event.id, "closing", values, expected_version=session.version, now=NOW)
    (conflict,) = find(conflict_draft(db_session, event.id))
    db_session.commit()
    return conflict


def page(client: FlaskClient, query: str = "", language: str = "en") -> Element:
    answer = client.get(PAGE_OF.format(language) + query)
    assert answer.status_code == 200
    return parse(answer.text)


def texts(found: Element) -> list[str]:
    return [each.text for each in found.all("p", class_="conflict-text")]


def post(client: FlaskClient, what: str, **fields: str) -> tuple[int, Element]:
    answer = client.post(f"{ADDRESS}/{what}", data=fields)
    return answer.status_code, parse("" if answer.status_code == 302 else answer.text)


def test_the_published_programme_has_none(signed_in: FlaskClient) -> None:
    found = page(signed_in)
    assert texts(found) == []
    assert "There is no conflict." in found.one("div", class_="conflict-none").text


def test_an_overlap_is_told_with_its_very_times(signed_in: FlaskClient, db_session: Session, event: Event) -> None:
    move_closing(db_session, event)
    found = page(signed_in)
    assert texts(found) == [OVERLAP]
    edit = [a.attributes["href"] for a in found.one("p", class_="conflict-text").all("a")]
    move = [a.attributes["href"] for a in found.one("ul", class_="conflict-moves").all("a")]
    assert edit == ["/en/organise/ascc11/programme/session-3", "/en/organise/ascc11/programme/closing"]
    assert move == [f"{address}/place" for address in edit]
    assert texts(page(signed_in, language="ja")) == [
        "ウェビナーで「社会ニーズにあわせてしなやかに変容する魅力ある都市づくり」と「クロージング」が16:50–17:00の10分重なっています。"
    ]


def test_a_kind_and_a_session_choose(signed_in: FlaskClient, db_session: Session, event: Event) -> None:
    move_closing(db_session, event)
    assert texts(page(signed_in, "?kind=venue_twice")) == [OVERLAP]
    assert texts(page(signed_in, "?kind=person_twice")) == []
    assert texts(page(signed_in, "?session=closing")) == [OVERLAP]
    assert texts(page(signed_in, "?session=opening")) == []
    # What means nothing chooses nothing.
    assert texts(page(signed_in, "?kind=nonsense&start=-1")) == [OVERLAP]
    assert texts(page(signed_in, "?start=99999999999999999999")) == [OVERLAP]


def test_scripts_get_json(signed_in: FlaskClient, db_session: Session, event: Event) -> None:
    conflict = move_closing(db_session, event)
    answer = signed_in.get(ADDRESS, headers={"Accept": "application/json"})
    assert "Accept" in answer.vary
    assert answer.json == {
        "open_count": 1,
        "accepted_count": 0,
        "open": [
            {
                "fingerprint": conflict.fingerprint,
                "kind": "venue_twice",
                "label": "Venue in use twice",
                "text": OVERLAP,
                "day": "Fri 25 Nov",
                "sessions": ["session-3", "closing"],
                "person": None,
                "venue": "webinar",
                "role": None,
                "starts_at": "2022-11-25T07:50:00Z",
                "ends_at": "2022-11-25T08:00:00Z",
            }
        ],
        "accepted": [],
    }


def test_accepting_moves_it_to_the_accepted_ones_and_back(
    signed_in: FlaskClient, db_session: Session, event: Event
) -> None:
    conflict = move_closing(db_session, event)
    status, _page = post(signed_in, "accept", fingerprint=conflict.fingerprint, reason="The panel <b>stays</b> on.")
    assert status == 302
    found = page(signed_in)
    accepted = found.one("section", class_="conflicts-accepted")
    assert texts(accepted) == texts(found) == [OVERLAP]
    assert "The panel <b>stays</b> on." in accepted.one("blockquote").text
    assert "organiser@example.org" in accepted.one("footer").text
    assert signed_in.get(ADDRESS, headers={"Accept": "application/json"}).json["open_count"] == 0  # type: ignore[index]
    status, _page = post(signed_in, "withdraw", fingerprint=conflict.fingerprint)
    assert status == 302
    found = page(signed_in)
    assert texts(found) == [OVERLAP]
    assert found.all("section", class_="conflicts-accepted") == []


def test_an_accepted_overlap_that_grows_comes_back(signed_in: FlaskClient, db_session: Session, event: Event) -> None:
    conflict = move_closing(db_session, event)
    accept_warning(db_session, event.id, conflict.fingerprint, "All right.", by=None, now=NOW)
    move_closing(db_session, event, minutes=15)
    found = page(signed_in)
    assert texts(found) == [OVERLAP.replace("10 minutes, 16:50", "15 minutes, 16:45")]
    assert found.all("section", class_="conflicts-accepted") == []


def test_a_reason_that_is_missing_or_too_long_is_asked_for_at_the_field(
    signed_in: FlaskClient, db_session: Session, event: Event
) -> None:
    conflict = move_closing(db_session, event)
    for reason, problem in (
        ("  ", "Say why this is all right."),
        ("x" * 501, "This reason is too long: 500 characters at most."),
    ):
        status, found = post(signed_in, "accept", fingerprint=conflict.fingerprint, reason=reason)
        assert status == 422
        details = found.one("details", class_="conflict-accept")
        assert "open" in details.attributes
        assert details.one("p", class_="field-error").text == problem
        field = details.one("textarea")
        assert field.attributes["aria-invalid"] == "true"
        assert details.one("p", class_="field-error").attributes["id"] in field.attributes["aria-describedby"]
        assert field.text == reason.strip()
    assert accepted_warnings(db_session, event.id) == {}


def test_what_somebody_has_solved_meanwhile_is_said_beside_the_list(
    signed_in: FlaskClient, db_session: Session, event: Event
) -> None:
    conflict = move_closing(db_session, event)
    move_closing(db_session, event, minutes=20)
    status, found = post(signed_in, "accept", fingerprint=conflict.fingerprint, reason="The panel stays on.")
    assert status == 409
    said = found.one("div", class_="error-summary").text
    assert "not there any more" in said
    assert "The panel stays on." in said
    assert texts(found) == [OVERLAP.replace("10 minutes, 16:50", "20 minutes, 16:40")]
    assert accepted_warnings(db_session, event.id) == {}
    assert post(signed_in, "withdraw", fingerprint=conflict.fingerprint)[0] == 409


def test_accepting_twice_is_accepting_once(signed_in: FlaskClient, db_session: Session, event: Event) -> None:
    conflict = move_closing(db_session, event)
    for _twice in range(2):
        assert post(signed_in, "accept", fingerprint=conflict.fingerprint, reason="All right.")[0] == 302
    assert len(accepted_warnings(db_session, event.id)) == 1


def test_a_form_that_was_open_for_too_long_keeps_its_reason(
    signed_in: FlaskClient, db_session: Session, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    conflict = move_closing(db_session, event)
    monkeypatch.setitem(signed_in.application.config, "WTF_CSRF_ENABLED", True)
    status, found = post(signed_in, "accept", csrf_token="old", fingerprint=conflict.fingerprint, reason="Stays on.")
    assert status == 422
    assert found.one("details", class_="conflict-accept").one("textarea").text == "Stays on."
    assert accepted_warnings(db_session, event.id) == {}


def test_hundreds_of_conflicts_are_turned_page_by_page(
    client: FlaskClient, db_session: Session, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    event = make_event(db_session)
    account = make_account(db_session, event=event)
    person = make_person(db_session, event)
    make_session(db_session, event, "s000", people=((RoleKind.SPEAKER, person),))
    db_session.commit()
    sign_in(client, account)
    few = count_queries(lambda: client.get(ADDRESS))
    for number in range(1, PAGE + 51):
        start = utc(24, 1) + timedelta(minutes=5 * number)
        make_session(
            db_session, event, f"s{number:03}", starts_at=start, ends_at=start + timedelta(minutes=5), venue=None
        )
    db_session.commit()
    assert count_queries(lambda: client.get(ADDRESS)) == few
    first, second = page(client), page(client, f"?start={PAGE}")
    assert len(texts(first)) == PAGE
    assert len(texts(second)) == 51
    assert "101–151 of 151" in second.one("nav", class_="turn").text
    assert first.one("a", rel="next").attributes["href"].endswith(f"start={PAGE}")


def test_the_overview_counts_them(signed_in: FlaskClient, db_session: Session, event: Event) -> None:
    def card() -> Element:
        found = parse(signed_in.get("/en/organise/ascc11/").text)
        return next(each for each in found.all(class_="card-plain") if each.one("h2").text == "Conflicts")

    assert card().one(class_="figure").text == "0"
    conflict = move_closing(db_session, event)
    assert card().one(class_="figure").text == "1"
    assert "Venue in use twice" in card().text
    accept_warning(db_session, event.id, conflict.fingerprint, "All right.", by=None, now=NOW)
    db_session.commit()
    assert card().one(class_="figure").text == "0"
    assert "1 is accepted." in card().text


def test_ten_in_one_room_at_once_are_one_line(signed_in: FlaskClient, db_session: Session, event: Event) -> None:
    for number in range(10):
        make_session(
            db_session, event, f"crowd-{number}", kind=SessionKind.OTHER, starts_at=utc(24, 0), ends_at=utc(24, 1)
        )
    db_session.commit()
    assert texts(page(signed_in)) == [
        "10 sessions overlap in 2D metaverse, 09:00–10:00: “Attractive cities”, “Attractive cities”, "
        "“Attractive cities”, “Attractive cities”, “Attractive cities” and 5 more."
    ]


def test_what_people_wrote_is_text(signed_in: FlaskClient, db_session: Session, event: Event) -> None:
    session = queries.session_by_key(db_session, event.id, "closing")
    assert session is not None
    values = replace(queries.values_of(session), title=tr("", "100 %(venue)s <b>%s</b> & 5%"))
    services.save_session(db_session, event.id, "closing", values, expected_version=session.version, now=NOW)
    move_closing(db_session, event)
    assert texts(page(signed_in)) == [OVERLAP.replace("“Closing”", "“100 %(venue)s <b>%s</b> & 5%”")]


def test_every_kind_can_be_told(signed_in: FlaskClient, db_session: Session, event: Event) -> None:
    names = Names({}, {}, {})
    span = ((utc(25, 14, 50), utc(25, 15, 10)),)
    with signed_in.application.test_request_context(ADDRESS):
        for kind in ConflictKind:
            said = told(
                Conflict(
                    kind, ("one", "two"), span, person="ann", venue="hall", role=RoleKind.MC, found=150, allowed=1
                ),
                names,
                "Asia/Tokyo",
            )
            assert "“one”" in said
            assert "%(" not in said
        assert "Fri 25 Nov 23:50 – Sat 26 Nov 00:10" in told(
            Conflict(ConflictKind.VENUE_TWICE, ("one", "two"), span, venue="hall"), names, "Asia/Tokyo"
        )
