"""An earlier release becomes public again: as a new one, with SEQUENCE still rising."""

import re
from datetime import timedelta

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict, NotFound
from galerio_events.releases import queries
from galerio_events.releases.domain.diff import diff
from galerio_events.releases.domain.document import PublishedProgramme, as_draft
from galerio_events.releases.services import Seen, bring_back, release_programme
from tests.releases.support import LATER, TELLING, World, mails, world
from tests.support.builders import NOW, make_account, make_session, sign_in, tr, utc

LAST = LATER + timedelta(days=1)
PAGE = "/en/organise/ascc11/releases/1/bring-back"


@pytest.fixture
def made(db_session: Session) -> World:
    """Release 1, and release 2 in which one session was moved, one cancelled, and one added."""
    made = world(db_session)
    made.sessions["first"].starts_at += timedelta(minutes=10)
    made.sessions["second"].removed_at = NOW
    make_session(db_session, made.event, "extra", starts_at=utc(25, 8), ends_at=utc(25, 9))
    release_programme(db_session, made.event.id, account_id=None, now=LATER)
    db_session.commit()
    return made


@pytest.fixture
def organiser(app: Flask, db_session: Session, made: World) -> FlaskClient:
    account = make_account(db_session, event=made.event)
    db_session.commit()
    client = app.test_client()
    sign_in(client, account)
    return client


def said(programme: PublishedProgramme | None) -> dict[str, tuple[int, bool]]:
    assert programme is not None
    return {session.key: (session.sequence, session.cancelled) for session in programme.sessions}


def test_the_old_programme_is_public_again_and_sequences_rise(db_session: Session, made: World) -> None:
    before = queries.newest_of(db_session, made.event.id)
    assert said(before) == {
        "first": (1, False), "second": (1, True), "third": (0, False), "extra": (0, False),
    }  # fmt: skip
    release = bring_back(db_session, made.event.id, 1, account_id=None, note="oops", now=LAST)
    assert (release.number, release.brought_back, release.note, release.announced) == (3, 1, "oops", False)
    now = queries.newest_of(db_session, made.event.id)
    assert said(now) == {
        "first": (2, False), "second": (2, False), "third": (0, False), "extra": (1, True),
    }  # fmt: skip
    first = queries.programme_by_number(db_session, made.event.id, 1)
    assert now is not None
    assert first is not None
    assert diff(now, as_draft(first)).empty
    assert now.released_at == LAST


def test_the_draft_stays_and_can_be_released_again(db_session: Session, made: World) -> None:
    draft = queries.draft_programme(db_session, made.event.id)
    bring_back(db_session, made.event.id, 1, account_id=None, now=LAST)
    assert queries.draft_programme(db_session, made.event.id) == draft
    release_programme(db_session, made.event.id, account_id=None, now=LAST + timedelta(days=1))
    assert said(queries.newest_of(db_session, made.event.id)) == {
        "first": (3, False), "second": (3, True), "third": (0, False), "extra": (2, False),
    }  # fmt: skip


def test_calendars_follow(db_session: Session, client: FlaskClient, made: World) -> None:
    bring_back(db_session, made.event.id, 1, account_id=None, now=LAST)
    db_session.commit()
    events = icalendar.Calendar.from_ical(client.get("/ascc11/programme.ics").data).walk("VEVENT")
    assert {str(e["UID"]).split("-")[0]: (int(e["SEQUENCE"]), str(e["STATUS"])) for e in events} == {
        "first": (2, "CONFIRMED"),
        "second": (2, "CONFIRMED"),
        "third": (0, "CONFIRMED"),
        "extra": (1, "CANCELLED"),
    }


@pytest.mark.parametrize("number", [2, 3])
def test_what_is_public_already_is_not_brought_back(db_session: Session, made: World, number: int) -> None:
    if number == 3:
        bring_back(db_session, made.event.id, 1, account_id=None, now=LAST)
        number = 1
    with pytest.raises(ChangeConflict) as refused:
        bring_back(db_session, made.event.id, number, account_id=None, now=LAST)
    assert refused.value.reason is Conflict.NOTHING_TO_RELEASE


def test_a_release_that_is_not_there(db_session: Session, made: World) -> None:
    with pytest.raises(NotFound):
        bring_back(db_session, made.event.id, 9, account_id=None, now=LAST)


def test_somebody_who_saw_an_older_release_is_refused(db_session: Session, made: World) -> None:
    with pytest.raises(ChangeConflict) as refused:
        bring_back(db_session, made.event.id, 1, account_id=None, now=LAST, seen=Seen(1, "x"))
    assert refused.value.reason is Conflict.STALE


def test_those_whom_it_concerns_can_be_told(db_session: Session, made: World) -> None:
    bring_back(db_session, made.event.id, 1, account_id=None, telling=TELLING, now=LAST)
    db_session.commit()
    found = mails(db_session)
    assert {name: [c["kind"] for c in row.values["changes"]] for name, row in found.items()} == {
        "anna@example.org": ["moved"],
        "ben@example.org": ["moved", "restored"],
        "carl@example.org": ["restored"],
    }
    assert {row.batch for row in found.values()} == {"release-3"}


def form(page: str) -> dict[str, str]:
    return {name: re.findall(rf'name="{name}" type="hidden" value="([^"]*)"', page)[0] for name in ("shown", "after")}


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_page_shows_what_the_public_would_see_change(organiser: FlaskClient) -> None:
    words = text_of(organiser.get(PAGE).text)
    assert "This makes release 3 with the programme of release 1 of Saturday 1 October 2022, 09:00." in words
    assert "Moved sessions 1 Title 1" in words
    assert "Sessions that will be cancelled 1 Attractive cities" in words
    assert "Sessions that take place after all 1 Title 3" in words


def test_pressing_the_button_twice_is_one_release(
    organiser: FlaskClient, db_session: Session, made: World, client: FlaskClient
) -> None:
    sent = form(organiser.get(PAGE).text) | {"note": "back", "announcement_en": "As it was."}
    answers = [organiser.post(PAGE, data=sent) for _ in range(2)]
    assert [(answer.status_code, answer.location) for answer in answers] == [(302, "/en/organise/ascc11/release")] * 2
    assert [r.brought_back for r in queries.releases_of(db_session, made.event.id)] == [1, None, None]
    assert "Title 3" in client.get("/en/ascc11/programme").text
    page = text_of(organiser.get("/en/organise/ascc11/release").text)
    assert "The public sees the programme of release 1 again. The draft was left as it is" in page
    assert "The programme is again as it was in release 1." in text_of(client.get("/en/ascc11/changes").text)
    answer = organiser.post(PAGE, data=form(organiser.get("/en/organise/ascc11/release").text))
    assert answer.status_code == 409
    assert "There is nothing to release: this is what the public sees." in answer.text


def test_a_release_since_is_noticed(organiser: FlaskClient, db_session: Session, made: World) -> None:
    sent = form(organiser.get(PAGE).text)
    made.sessions["third"].title = tr("", "Changed")
    release_programme(db_session, made.event.id, account_id=None, now=LATER)
    db_session.commit()
    answer = organiser.post(PAGE, data=sent | {"note": "kept"})
    assert answer.status_code == 409
    assert "Somebody else has released since you opened this page." in answer.text
    assert "kept" in answer.text
    assert len(queries.releases_of(db_session, made.event.id)) == 3
    assert organiser.post(PAGE, data=form(answer.text)).status_code == 302


def test_an_announcement_that_cannot_be(organiser: FlaskClient, db_session: Session, made: World) -> None:
    sent = form(organiser.get(PAGE).text) | {"announcement_ja": "長" * 2001, "way": "shout"}
    answer = organiser.post(PAGE, data=sent)
    assert answer.status_code == 422
    assert "This announcement is too long: 2000 characters at most." in answer.text
    assert len(queries.releases_of(db_session, made.event.id)) == 2


@pytest.mark.parametrize("number", ["0", "9", "x", "-1", "99999999999"])
def test_numbers_that_lead_nowhere(organiser: FlaskClient, number: str) -> None:
    for place in (f"releases/{number}", f"releases/{number}/bring-back"):
        assert organiser.get(f"/en/organise/ascc11/{place}").status_code == 404
