"""The page on which organisers see what a release would change, and make one."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.accounts.models import Account
from galerio_events.errors import ChangeConflict, Conflict
from galerio_events.events.models import Event
from galerio_events.outbox import services as outbox
from galerio_events.outbox.domain import Mail, MailState
from galerio_events.people.models import Person
from galerio_events.programme.models import ProgrammeSession
from galerio_events.releases import queries, services
from galerio_events.releases.models import Release
from tests.support.builders import NOW, make_account, make_event, sign_in, tr
from tests.support.demo import imported_ascc11, released_demo

PAGE = "/en/organise/ascc11/release"


@pytest.fixture
def event(db_session: Session) -> Event:
    event = released_demo(db_session)
    db_session.commit()
    return event


@pytest.fixture
def account(db_session: Session, event: Event) -> Account:
    made = make_account(db_session, event=event)
    db_session.commit()
    return made


@pytest.fixture
def organiser(app: Flask, account: Account) -> FlaskClient:
    client = app.test_client()
    sign_in(client, account)
    return client


def session(db_session: Session, key: str) -> ProgrammeSession:
    return db_session.scalars(sa.select(ProgrammeSession).where(ProgrammeSession.key == key)).one()


def form(page: str) -> dict[str, str]:
    """The hidden fields of the page's form."""
    return {name: re.findall(rf'name="{name}" type="hidden" value="([^"]*)"', page)[0] for name in ("shown", "after")}


def numbers(db_session: Session) -> list[int]:
    db_session.expire_all()
    return list(db_session.scalars(sa.select(Release.number).order_by(Release.number)))


def text_of(page: str) -> str:
    """The page's words without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def change_all(db_session: Session) -> None:
    """One of each: moved, changed, cancelled, added, and a person renamed."""
    moved = session(db_session, "session-1")
    moved.starts_at += timedelta(minutes=10)
    session(db_session, "session-2").title = tr("新しい題名", "A new <i>title</i>")
    session(db_session, "closing").removed_at = NOW
    person = db_session.scalars(sa.select(Person).where(Person.key == "tan")).one()
    person.name = tr("", "Alan Tan")
    added = session(db_session, "opening")
    db_session.add(
        ProgrammeSession(
            event_id=added.event_id, key="extra", uid="extra", kind=added.kind, starts_at=added.starts_at,
            ends_at=added.ends_at, title=tr("追加", "Extra"), updated_at=NOW,
        )
    )  # fmt: skip
    db_session.commit()


def test_it_says_what_would_change_field_by_field(organiser: FlaskClient, db_session: Session) -> None:
    change_all(db_session)
    page = organiser.get(PAGE).text
    words = text_of(page)
    assert "New sessions 1 Extra Friday 25 November 2022, 13:00–13:10" in words
    assert "Moved sessions 1 Effective measures for net zero in the Asia-Pacific region" in words
    assert "Start before: Friday 25 November 2022 13:10 after: Friday 25 November 2022 13:20" in words
    assert "before: City management through voluntary local reviews and well-being indicators" in words
    assert "after: A new &lt;i&gt;title&lt;/i&gt;" in words
    assert "Sessions that will be cancelled 1 Closing" in words
    assert "Panellist: Tan Xin Ji Alan" in words
    assert "Panellist: Alan Tan" in words
    assert "Make release 2" in words
    assert "<i>title</i>" not in page


def test_it_says_so_in_japanese(organiser: FlaskClient, db_session: Session) -> None:
    change_all(db_session)
    words = text_of(organiser.get("/ja/organise/ascc11/release").text)
    assert "日時・会場が変わるセッション 1" in words
    assert "変更前： 2022年11月25日（金） 13:10 変更後： 2022年11月25日（金） 13:20" in words
    assert "第2版を公開する" in words


def test_the_first_release(app: Flask, db_session: Session) -> None:
    event = imported_ascc11(db_session)
    account = make_account(db_session, event=event)
    db_session.commit()
    client = app.test_client()
    sign_in(client, account)
    page = client.get(PAGE).text
    assert "Nothing was released so far" in page
    assert "Make the first release" in page
    answer = client.post(PAGE, data=form(page) | {"note": "  The first one  "})
    assert (answer.status_code, answer.location) == (302, PAGE)
    assert numbers(db_session) == [1]
    release = db_session.scalars(sa.select(Release)).one()
    assert (release.released_by, release.note) == (account.id, "The first one")


def test_what_is_released_is_what_the_public_sees(organiser: FlaskClient, db_session: Session) -> None:
    session(db_session, "session-1").title = tr("新しい題名", "Brand new")
    db_session.commit()
    assert "Brand new" not in organiser.get("/en/ascc11/programme").text
    page = organiser.get(PAGE).text
    organiser.post(PAGE, data=form(page))
    assert "Brand new" in organiser.get("/en/ascc11/programme").text
    after = organiser.get(PAGE).text
    assert "Release 2 is out." in after
    assert "organiser@example.org" in after
    assert "There is nothing to release" in after
    assert 'action="/en/organise/ascc11/release"' not in after


def test_nothing_to_release_is_refused(organiser: FlaskClient, db_session: Session) -> None:
    page = organiser.get(PAGE).text
    assert "There is nothing to release" in page
    assert 'name="shown"' not in page
    answer = organiser.post(PAGE, data={"shown": "", "after": "1"})
    assert answer.status_code == 409
    assert "There is nothing to release" in answer.text
    assert numbers(db_session) == [1]


def test_a_draft_that_has_changed_since_is_not_released(organiser: FlaskClient, db_session: Session) -> None:
    session(db_session, "session-1").title = tr("題", "First change")
    db_session.commit()
    seen = form(organiser.get(PAGE).text)
    session(db_session, "session-2").title = tr("題", "Second change")
    db_session.commit()
    answer = organiser.post(PAGE, data=seen | {"note": "kept"})
    assert answer.status_code == 409
    assert "The draft or the release has changed since you opened this page." in answer.text
    assert "Second change" in answer.text
    assert ">kept</textarea>" in answer.text.replace("\r\n", "").replace(">\n", ">")
    assert numbers(db_session) == [1]
    again = organiser.post(PAGE, data=form(answer.text))
    assert again.status_code == 302
    assert numbers(db_session) == [1, 2]


def test_a_release_that_somebody_else_made_since_is_noticed(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    changed = session(db_session, "session-1")
    before = changed.title
    changed.title = tr("題", "There")
    db_session.commit()
    seen = form(organiser.get(PAGE).text)
    services.release_programme(db_session, event.id, account_id=None, now=NOW)
    changed.title = before
    db_session.commit()
    assert organiser.post(PAGE, data=seen).status_code == 409
    assert numbers(db_session) == [1, 2]


def test_a_second_press_of_the_button_makes_no_second_release(organiser: FlaskClient, db_session: Session) -> None:
    session(db_session, "session-1").title = tr("題", "Once")
    db_session.commit()
    seen = form(organiser.get(PAGE).text)
    answers = [organiser.post(PAGE, data=seen) for _ in range(2)]
    assert [(answer.status_code, answer.location) for answer in answers] == [(302, PAGE)] * 2
    assert numbers(db_session) == [1, 2]


def test_a_second_press_by_somebody_else_is_told_that_nothing_is_left(
    app: Flask, organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    session(db_session, "session-1").title = tr("題", "Once")
    second = make_account(db_session, "second@example.org", event=event)
    db_session.commit()
    other = app.test_client()
    sign_in(other, second)
    seen = form(organiser.get(PAGE).text)
    assert organiser.post(PAGE, data=seen).status_code == 302
    answer = other.post(PAGE, data=seen)
    assert answer.status_code == 409
    assert "There is nothing to release" in answer.text
    assert "is out." not in answer.text
    assert numbers(db_session) == [1, 2]


def test_the_history_calls_the_number_that_of_the_release(organiser: FlaskClient) -> None:
    assert '<th scope="col">版</th>' in organiser.get("/ja/organise/ascc11/release").text


@pytest.mark.parametrize("after", ["", "-1", "²", "x", "9" * 50])
def test_an_odd_form_releases_nothing(organiser: FlaskClient, db_session: Session, after: str) -> None:
    session(db_session, "session-1").title = tr("題", "New")
    db_session.commit()
    assert organiser.post(PAGE, data={"shown": "x", "after": after}).status_code == 409
    assert numbers(db_session) == [1]


def test_a_note_that_is_too_long(organiser: FlaskClient, db_session: Session) -> None:
    session(db_session, "session-1").title = tr("題", "New")
    db_session.commit()
    seen = form(organiser.get(PAGE).text)
    answer = organiser.post(PAGE, data=seen | {"note": "x" * 501})
    assert answer.status_code == 422
    assert "This note is too long: 500 characters at most." in answer.text
    assert numbers(db_session) == [1]


def test_the_overview_says_how_the_draft_stands(organiser: FlaskClient, db_session: Session) -> None:
    words = text_of(organiser.get("/en/organise/ascc11/").text)
    assert "Sessions in the draft 7" in words
    assert "Released programme Release 1 The public sees what the draft says." in words
    session(db_session, "session-1").title = tr("題", "New")
    db_session.commit()
    assert "Release 1 1 change is not released yet." in text_of(organiser.get("/en/organise/ascc11/").text)


def test_the_overview_says_whether_mail_needs_somebody(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    assert "Mails sent 0 None is waiting." in text_of(organiser.get("/en/organise/ascc11/").text)
    mail = Mail(
        event_id=event.id, kind="delivery_check", language="en", recipient_email="a@example.org", recipient_name="A",
        values={}, dedupe_key="one",
    )  # fmt: skip
    row = outbox.enqueue(db_session, mail, now=NOW)
    db_session.commit()
    assert "Mails sent 0 1 waits to be sent." in text_of(organiser.get("/en/organise/ascc11/").text)
    assert row is not None
    row.state = MailState.FAILED
    db_session.commit()
    assert "1 did not arrive for certain." in text_of(organiser.get("/en/organise/ascc11/").text)


def test_the_service_holds_to_what_was_seen(db_session: Session, event: Event) -> None:
    session(db_session, "session-1").title = tr("題", "New")
    db_session.flush()
    seen = services.Seen(1, services.draft_digest(queries.draft_programme(db_session, event.id)))
    for wrong in (services.Seen(0, seen.draft), services.Seen(1, "another")):
        with pytest.raises(ChangeConflict) as refused:
            services.release_programme(db_session, event.id, account_id=None, now=NOW, seen=wrong)
        assert refused.value.reason == Conflict.STALE
    assert services.release_programme(db_session, event.id, account_id=None, now=NOW, seen=seen).number == 2


def test_the_header_lists_only_ones_own_events(app: Flask, organiser: FlaskClient, db_session: Session) -> None:
    make_event(db_session, "ascc12", title=tr("第12回", "Twelfth conference"))
    everywhere = make_account(db_session, "chief@example.org")
    db_session.commit()
    assert "Twelfth conference" not in organiser.get(PAGE).text
    chief = app.test_client()
    sign_in(chief, everywhere)
    assert "Twelfth conference" in chief.get(PAGE).text
    assert "Twelfth conference" in chief.get("/en/organise").text


def test_the_language_switch_keeps_the_place(organiser: FlaskClient) -> None:
    page = organiser.get("/en/organise/ascc11/programme?q=a%26b&_scheme=javascript&endpoint=x&language=ja").text
    assert 'href="/ja/organise/ascc11/programme?q=a%26b&amp;_scheme=javascript&amp;endpoint=x&amp;language=ja"' in page
