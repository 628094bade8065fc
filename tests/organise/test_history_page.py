"""The history as organisers read it, and what they can undo there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.accounts.models import Account
from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.models import Event
from galerio_events.events.services import record
from galerio_events.programme import queries, services
from galerio_events.programme.domain import LinkKind, RoleKind, RoleState
from galerio_events.programme.domain.conflicts import find
from galerio_events.programme.domain.values import LinkValue, RoleValue
from galerio_events.programme.queries.conflicts import conflict_draft
from galerio_events.programme.queries.history import newest_change_of
from galerio_events.programme.services.warnings import accept_warning
from galerio_events.programme.views.history import PAGE
from tests.support.builders import NOW, make_account, make_event, sign_in, tr, utc
from tests.support.demo import imported_ascc11
from tests.support.html import Element, parse

ADDRESS = "/en/organise/ascc11/programme/history"


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


def change(db_session: Session, event: Event, key: str, by: Account | None = None, **fields: object) -> int:
    session = queries.session_by_key(db_session, event.id, key)
    assert session is not None
    services.save_session(
        db_session,
        event.id,
        key,
        replace(queries.values_of(session), **fields),  # type: ignore[arg-type]
        expected_version=session.version,
        by=by.id if by else None,
        now=NOW,
    )
    db_session.commit()
    found = newest_change_of(db_session, event.id, key)
    assert found is not None
    return found


def page(client: FlaskClient, query: str = "", address: str = ADDRESS) -> Element:
    answer = client.get(address + query)
    assert answer.status_code == 200
    return parse(answer.text)


def told(entry: Element) -> dict[str, tuple[str, str]]:
    """Field to before and after, as the page tells them."""
    found = {}
    for row in entry.one("dl").all("div"):
        gone = " ".join(d.text for d in row.all("del")).removeprefix("before: ")
        come = " ".join(i.text for i in row.all("ins")).removeprefix("after: ")
        found[row.one("dt").text] = (gone, come)
    return found


def test_a_change_is_told_field_by_field(
    signed_in: FlaskClient, db_session: Session, event: Event, organiser: Account
) -> None:
    session = queries.session_by_key(db_session, event.id, "closing")
    assert session is not None
    people = queries.values_of(session).people
    change(
        db_session,
        event,
        "closing",
        organiser,
        starts_at=utc(25, 7, 50),
        title=tr("クロージング", "The <i>end</i>"),
        venue="metaverse",
        people=(*people[1:], RoleValue(RoleKind.MC, "pablo", tr("", "Thanks"), 5, RoleState.TO_BE_INVITED)),
        links=(LinkValue("https://example.org/", "More", LinkKind.ATTACHMENT),),
        needs_interpreter=True,
        language="ja",
        capacity=20,
    )
    found = page(signed_in).all("li", class_="past-lot")[0]
    assert found.one("p", class_="past-head").text == "09:00 organiser@example.org"
    assert told(found) == {
        "Start": ("Fri 25 Nov 17:00", "Fri 25 Nov 16:50"),
        "Title (English)": ("Closing", "The <i>end</i>"),
        "Venue": ("Webinar", "2D metaverse"),
        "People": (
            "Moderator: Toru Hashimoto",
            "Master of ceremonies: Christopher Pablo, “Thanks”, 5 minutes, To be invited",
        ),
        "Places": ("", "20"),
        "Language": ("", "Japanese"),
        "Interpreter needed": ("No", "Yes"),
        "Links": ("", "More https://example.org/ (Document)"),
    }
    japanese = parse(signed_in.get(ADDRESS.replace("/en/", "/ja/")).text).all("li", class_="past-lot")[0]
    assert told(japanese)["通訳が必要"] == ("変更前： いいえ", "変更後： はい")


def test_an_import_is_one_line_that_opens(signed_in: FlaskClient) -> None:
    found = page(signed_in)
    (lot,) = found.all("li", class_="past-lot")
    assert "39 changes in one go" in lot.text
    assert "Person: Added 25" in lot.text
    assert "command line" in lot.text
    each = lot.all("a")[-1].attributes["href"]
    first = page(signed_in, address=each)
    assert len(first.all("li", class_="past-lot")) == PAGE
    second = page(signed_in, address=first.one("a", rel="next").attributes["href"])
    assert len(second.all("li", class_="past-lot")) == 39 - PAGE


def test_one_session_one_person_one_day(
    signed_in: FlaskClient, db_session: Session, event: Event, organiser: Account
) -> None:
    change(db_session, event, "closing", organiser, capacity=3)

    def count(query: str) -> int:
        return len(page(signed_in, query).all("div", class_="past-entry"))

    assert count("?session=closing") == 2
    assert count(f"?by={organiser.id}") == 1
    assert count("?subject=session&day=2022-10-01&session=closing") == 2
    assert count("?session=closing&day=2022-10-02") == 0
    assert "Nothing matches." in page(signed_in, "?session=nothing").text
    for odd in (
        "?day=9999-12-31",
        "?day=x&by=%00&before=-1",
        f"?before={10**12}",
        "?by=99999999999",
        "?batch=%F0%9F%98%80",
    ):
        assert signed_in.get(ADDRESS + odd).status_code == 200


def test_a_change_is_undone_from_the_list(signed_in: FlaskClient, db_session: Session, event: Event) -> None:
    change(db_session, event, "closing", capacity=3)
    lot = page(signed_in).all("li", class_="past-lot")[0]
    answer = signed_in.post(lot.one("form").attributes["action"])
    assert answer.status_code == 302
    assert answer.location.endswith("?session=closing")
    db_session.expire_all()
    session = queries.session_by_key(db_session, event.id, "closing")
    assert session is not None
    assert session.capacity is None
    undone = page(signed_in).all("li", class_="past-lot")[0]
    assert told(undone) == {"Places": ("3", "")}
    assert "organiser@example.org" in undone.text


def test_what_was_changed_again_is_compared_first(signed_in: FlaskClient, db_session: Session, event: Event) -> None:
    first = change(db_session, event, "closing", capacity=3, title=tr("クロージング", "End"))
    change(db_session, event, "closing", capacity=4)
    answer = signed_in.post(f"{ADDRESS}/{first}/undo")
    assert answer.status_code == 409
    found = parse(answer.text)
    assert [[cell.text for cell in row.all() if cell.name in {"td", "th"}] for row in found.one("tbody").all("tr")] == [
        ["Places", "–", "3", "4"]
    ]
    form = found.one("main").one("form")
    data = {field.attributes["name"]: field.attributes["value"] for field in form.all("input")}
    assert signed_in.post(form.attributes["action"], data=data).status_code == 302
    db_session.expire_all()
    session = queries.session_by_key(db_session, event.id, "closing")
    assert session is not None
    assert (session.capacity, session.title["en"]) == (None, "Closing")
    # The same page sent again is about a state that is gone.
    assert signed_in.post(form.attributes["action"], data=data).status_code == 409


def test_a_removed_session_is_restored_from_its_history(
    signed_in: FlaskClient, db_session: Session, event: Event
) -> None:
    session = queries.session_by_key(db_session, event.id, "closing")
    assert session is not None
    services.remove_session(db_session, event.id, "closing", expected_version=session.version, now=NOW)
    db_session.commit()
    lot = page(signed_in).all("li", class_="past-lot")[0]
    assert "Restore" in lot.one("button").text
    assert signed_in.post(lot.one("form").attributes["action"]).status_code == 302
    db_session.expire_all()
    session = queries.session_by_key(db_session, event.id, "closing")
    assert session is not None
    assert session.removed_at is None
    again = page(signed_in).all("li", class_="past-lot")
    assert "Remove again" in again[0].one("button").text
    assert again[1].all("button") == []


def test_only_what_was_done_to_a_session_is_undone(signed_in: FlaskClient) -> None:
    for number in (1, 10**9, 10**12):
        answer = signed_in.post(f"{ADDRESS}/{number}/undo")
        assert answer.status_code == 409
        assert "can be undone here" in answer.text


def test_an_accepted_conflict_is_told_as_the_list_tells_it(
    signed_in: FlaskClient, db_session: Session, event: Event, organiser: Account
) -> None:
    change(db_session, event, "closing", starts_at=utc(25, 7, 50), ends_at=utc(25, 8, 20))
    (conflict,) = find(conflict_draft(db_session, event.id))
    accept_warning(db_session, event.id, conflict.fingerprint, "The panel stays.", by=organiser.id, now=NOW)
    db_session.commit()
    lot = page(signed_in).all("li", class_="past-lot")[0]
    assert "overlap in Webinar by 10 minutes, 16:50–17:00." in lot.text
    assert "The panel stays." in lot.text


def test_every_subject_has_a_line(signed_in: FlaskClient, db_session: Session, event: Event) -> None:
    plains: dict[Subject, dict[str, object]] = {
        Subject.EVENT: {"starts_on": "2022-11-24", "languages": ["ja"], "changeover_minutes": 5, "facts": {"a": 1},
                        "organisers": [{"role": "host", "name": {"en": "Yokohama"}, "url": None, "logo": None}]},
        Subject.VENUE: {"kind": "webinar", "name": {"en": "W"}, "opens_at": "09:00", "capacity": 3},
        Subject.TRACK: {"name": {"ja": "脱"}, "colour": "#112233"},
        Subject.KIND: {"required_roles": ["moderator", "gone"], "minutes": 90},
        Subject.PERSON: {"name": {"en": "P"}, "country": "TH", "language": "en", "email": "p@example.org",
                         "availabilities": [["2022-11-24T00:00:00Z", "2022-11-24T09:00:00Z"]]},
        Subject.ORGANISATION: {"name": {"en": "O"}},
        Subject.WARNING: {"reason": "So it is.", "conflict": None},
        Subject.RELEASE: {"note": "First", "announcement": {"en": "Hello"}, "announced": True, "mails": 3},
    }  # fmt: skip
    for subject, plain in plains.items():
        key = "session" if subject is Subject.KIND else "thing"
        for deed in Deed:
            made = Entry(
                subject, key, deed, None if deed is Deed.ADDED else plain, {} if deed is Deed.CHANGED else plain
            )
            record(db_session, event.id, [made], by=None, now=NOW, batch=str(uuid4()))
    db_session.commit()
    for language in ("en", "ja"):
        address = ADDRESS.replace("/en/", f"/{language}/")
        first = page(signed_in, address=address)
        second = page(signed_in, address=first.one("a", rel="next").attributes["href"])
        assert len(first.all("li", class_="past-lot")) == PAGE
        assert len(second.all("li", class_="past-lot")) == 5 * len(plains) + 1 - PAGE
    text = page(signed_in).text + second.text
    for said in ("90 minutes", "タイ", "Yes", "Release thing", "So it is.", "変更"):
        assert said in text


def test_the_page_asks_no_more_for_more_entries(
    client: FlaskClient, db_session: Session, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    event = make_event(db_session)
    sign_in(client, make_account(db_session, event=event))
    counts = []
    for number in range(3):
        entry = Entry(Subject.VENUE, f"v{number}", Deed.ADDED, None, {"name": {"en": "V"}})
        record(db_session, event.id, [entry], by=None, now=NOW + timedelta(minutes=number))
        db_session.commit()
        counts.append(count_queries(lambda: client.get(ADDRESS)))
    assert len(set(counts)) == 1
