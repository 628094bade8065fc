"""An announced release drafts one mail to each person whom it concerns, and to nobody else."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import icalendar
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from galerio_events.db import begin_writing
from galerio_events.errors import ChangeConflict
from galerio_events.events.models import Change
from galerio_events.extensions import db
from galerio_events.outbox import queries as outbox
from galerio_events.outbox import services as outbox_services
from galerio_events.outbox.domain import MailState
from galerio_events.outbox.models import OutboxMail
from galerio_events.programme.domain import RoleKind, RoleState
from galerio_events.programme.models import RoleAssignment
from galerio_events.registration.domain import RegistrationState
from galerio_events.releases import queries
from galerio_events.releases.domain.audience import Concerned, once_each
from galerio_events.releases.domain.diff import diff
from galerio_events.releases.models import Release
from galerio_events.releases.services import Turnover, audience, release_programme
from galerio_events.translated import Translated
from tests.releases.support import LATER, TELLING, World, mails, make_registration, world
from tests.support.builders import NOW, make_session, tr, utc

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def made(db_session: Session) -> World:
    return world(db_session)


def announce(db_session: Session, made: World) -> Release:
    release = release_programme(db_session, made.event.id, account_id=None, telling=TELLING, now=LATER)
    db_session.commit()
    return release


def test_the_people_of_a_session_and_whoever_chose_it_are_told(db_session: Session, made: World) -> None:
    make_registration(db_session, made, "chose@example.org", ["first", "third"])
    make_registration(db_session, made, "another@example.org", ["second"])
    make_registration(db_session, made, "nothing@example.org", [])
    make_registration(
        db_session, made, "gone@example.org", ["first"], state=RegistrationState.CANCELLED, cancelled_at=NOW
    )
    made.sessions["first"].starts_at += timedelta(minutes=10)
    release = announce(db_session, made)
    found = mails(db_session)
    assert sorted(found) == ["anna@example.org", "ben@example.org", "chose@example.org"]
    assert {row.state for row in found.values()} == {MailState.DRAFT}
    assert {(row.batch, row.bulk, row.kind) for row in found.values()} == {("release-2", True, "programme_changed")}
    assert [found[f"{name}@example.org"].language for name in ("anna", "ben", "chose")] == ["en", "ja", "en"]
    assert [found[f"{name}@example.org"].recipient_name for name in ("anna", "ben")] == ["Anna", "ベン"]
    assert release.announced
    assert db_session.info.get(outbox_services.ENQUEUED) is None


def test_whose_language_nobody_entered_is_written_to_in_the_likely_one(db_session: Session, made: World) -> None:
    made.people["ben"].language, made.people["ben"].country = None, "TH"
    made.sessions["second"].starts_at += timedelta(minutes=10)
    announce(db_session, made)
    found = mails(db_session)
    assert {name: (row.language, row.recipient_name) for name, row in found.items()} == {
        "ben@example.org": ("en", "Ben"),
        "carl@example.org": ("en", "Carl"),
    }


def test_what_a_mail_says_is_frozen_in_it(db_session: Session, made: World) -> None:
    registration = make_registration(db_session, made, "chose@example.org", ["first"])
    first = made.sessions["first"]
    first.starts_at, first.title = utc(25, 0, 30), tr("新しい題", "New title")
    release_programme(
        db_session, made.event.id, account_id=None, telling=TELLING, now=LATER,
        announcement=Translated({"en": "Good news"}),
    )  # fmt: skip
    db_session.commit()
    found = mails(db_session)
    told = found["ben@example.org"].values
    assert told["changes"] == [
        {
            "key": "first",
            "kind": "moved",
            "title": {"ja": "新しい題", "en": "New title"},
            "starts_at": "2022-11-25T00:30:00Z",
            "ends_at": "2022-11-25T02:00:00Z",
            "venue": {"ja": "ウェビナー", "en": "Webinar"},
            "was": ["2022-11-25T01:00:00Z", "2022-11-25T02:00:00Z"],
            "was_at": None,
            "rows": [{"field": f, "before": "", "after": "ja", "language": ""} for f in ("starts_at", "title")],
            "turn": None,
        }
    ]
    assert (told["zone"], told["own_zone"], told["announcement"]) == ("Asia/Tokyo", "Asia/Bangkok", {"en": "Good news"})
    assert (told["manage"], told["calendar"], told["reference"]) == (None, None, None)
    theirs = found["chose@example.org"].values
    assert (theirs["manage"], theirs["reference"]) == ("chose@example.org-manage", registration.reference)
    assert theirs["own_zone"] is None


@pytest.mark.parametrize("spelling", ["ben@example.org", "BEN@Example.org", "ｂｅｎ@example.org"])
def test_a_speaker_who_is_also_registered_gets_one_mail_about_everything(
    db_session: Session, made: World, spelling: str
) -> None:
    make_registration(db_session, made, spelling, ["third"], language="en", version=3)
    for session in made.sessions.values():
        session.starts_at += timedelta(minutes=5)
    announce(db_session, made)
    found = mails(db_session)
    assert sorted(found) == ["anna@example.org", "ben@example.org", "carl@example.org"]
    told = found["ben@example.org"].values
    assert told["sessions"] == ["first", "second", "third"]
    assert (told["manage"], told["revision"], found["ben@example.org"].language) == (f"{spelling}-manage", 2, "ja")


def test_who_comes_and_who_goes_is_told_so(db_session: Session, made: World) -> None:
    first = made.sessions["first"]
    first.roles = [RoleAssignment(person=made.people["carl"], role=RoleKind.SPEAKER, position=7), *first.roles[1:]]
    announce(db_session, made)
    found = mails(db_session)
    turns = {name: row.values["changes"][0]["turn"] for name, row in found.items()}
    assert turns == {"anna@example.org": "left", "ben@example.org": None, "carl@example.org": "joined"}
    assert {name: row.values["left"] for name, row in found.items()} == {
        "anna@example.org": ["first"],
        "ben@example.org": [],
        "carl@example.org": [],
    }


@pytest.mark.parametrize(
    ("what", "kind", "reached"),
    [
        ("added", "added", ["anna@example.org"]),
        ("cancelled", "cancelled", ["ben@example.org", "carl@example.org"]),
        ("restored", "restored", ["ben@example.org", "carl@example.org"]),
        ("changed", "changed", ["ben@example.org", "carl@example.org"]),
        ("renamed", "changed", ["anna@example.org", "ben@example.org"]),
    ],
)
def test_every_kind_of_change(db_session: Session, made: World, what: str, kind: str, reached: list[str]) -> None:
    second = made.sessions["second"]
    if what == "added":
        make_session(db_session, made.event, "extra", people=((RoleKind.SPEAKER, made.people["anna"]),))
    elif what == "renamed":
        made.people["anna"].name = tr("", "Anna B")
    elif what == "changed":
        second.abstract = tr("", "Something else")
    else:
        second.removed_at = NOW
    if what == "restored":
        release_programme(db_session, made.event.id, account_id=None, now=NOW)
        second.removed_at = None
    announce(db_session, made)
    found = mails(db_session)
    assert sorted(found) == reached
    assert {row.values["changes"][0]["kind"] for row in found.values()} == {kind}


def test_what_concerns_nobodys_session_tells_nobody(db_session: Session, made: World) -> None:
    made.people["anna"].bio = tr("", "A long life")
    announce(db_session, made)
    assert mails(db_session) == {}


def test_somebody_still_to_be_invited_is_told_nothing(db_session: Session, made: World) -> None:
    third = made.sessions["third"]
    third.starts_at += timedelta(minutes=5)
    third.roles.append(
        RoleAssignment(person=made.people["anna"], role=RoleKind.MC, position=5, state=RoleState.TO_BE_INVITED)
    )
    announce(db_session, made)
    assert mails(db_session) == {}


def test_who_has_no_address_is_named(db_session: Session, made: World) -> None:
    made.sessions["third"].starts_at += timedelta(minutes=5)
    made.people["anna"].email = "not an address"
    made.sessions["first"].starts_at += timedelta(minutes=5)
    db_session.flush()
    newest = queries.newest_of(db_session, made.event.id)
    draft = queries.draft_programme(db_session, made.event.id)
    found = audience(db_session, made.event.id, Turnover(newest, draft, diff(newest, draft)))
    assert [one.email for one in found.reached] == ["ben@example.org"]
    assert [(one.key, one.name["en"]) for one in found.unreachable] == [("anna", "Anna"), ("dora", "Dora")]


def test_a_silent_release_tells_nobody(db_session: Session, made: World) -> None:
    made.sessions["first"].starts_at += timedelta(minutes=5)
    release = release_programme(db_session, made.event.id, account_id=None, now=LATER)
    db_session.commit()
    assert (mails(db_session), release.announced) == ({}, False)


def test_the_history_says_how_many_mails_were_drafted(db_session: Session, made: World) -> None:
    made.sessions["first"].starts_at += timedelta(minutes=5)
    announce(db_session, made)
    found = db_session.scalars(sa.select(Change).where(Change.subject == "release").order_by(Change.id)).all()
    assert [(change.key, change.deed.value) for change in found] == [("1", "added"), ("2", "added")]
    assert found[1].after == {
        "note": "", "announcement": {}, "announced": True, "mails": 2, "dropped": 0, "brought_back": None,
    }  # fmt: skip


def test_a_release_that_is_refused_drafts_nothing(db_session: Session, made: World) -> None:
    with pytest.raises(ChangeConflict):
        announce(db_session, made)
    db_session.rollback()
    assert mails(db_session) == {}


def test_the_file_that_goes_along_has_what_has_changed(app: Flask, db_session: Session, made: World) -> None:
    make_registration(db_session, made, "chose@example.org", ["first", "second", "third"], version=4)
    made.sessions["first"].starts_at += timedelta(minutes=5)
    made.sessions["second"].removed_at = NOW
    made.sessions["third"].roles = []
    announce(db_session, made)
    with app.app_context():
        events = {}
        for name in ("chose", "ben"):
            row = outbox.mail_of(db_session, made.event.id, mails(db_session)[f"{name}@example.org"].id)
            (file,) = outbox_services.attachments(db_session, outbox.outgoing(row))
            assert (file.filename, dict(file.parameters)) == ("ascc11.ics", {"charset": "utf-8", "method": "PUBLISH"})
            calendar = icalendar.Calendar.from_ical(file.data)
            events[name] = {
                str(e["UID"]).split("-")[0]: (str(e["STATUS"]), int(e["SEQUENCE"])) for e in calendar.walk("VEVENT")
            }
    assert events == {
        "chose": {"first": ("CONFIRMED", 4), "second": ("CANCELLED", 4), "third": ("CONFIRMED", 4)},
        "ben": {"first": ("CONFIRMED", 1), "second": ("CANCELLED", 1)},
    }


def test_two_presses_at_once_are_one_release_and_one_set_of_mails(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    with app.app_context():
        begin_writing()
        made = world(db.session())
        make_registration(db.session(), made, "chose@example.org", ["first"])
        made.sessions["first"].starts_at += timedelta(minutes=5)
        event_id = made.event.id
        db.session.commit()
    barrier = Barrier(2)

    def release(_turn: int) -> str:
        begin_writing()
        with app.app_context():
            barrier.wait(timeout=20)
            try:
                release_programme(db.session(), event_id, account_id=None, telling=TELLING, now=LATER)
                db.session.commit()
            except ChangeConflict as refused:
                db.session.rollback()
                return refused.reason.value
            return "released"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(release, range(2))) == ["nothing_to_release", "released"]
    with app.app_context():
        emails = db.session.scalars(sa.select(OutboxMail.recipient_email).order_by(OutboxMail.recipient_email)).all()
        assert emails == ["anna@example.org", "ben@example.org", "chose@example.org"]


def test_announcing_takes_as_many_queries_for_one_registrant_as_for_three(
    db_session: Session, made: World, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    counts = []
    for number, more in enumerate((1, 2)):
        for each in range(more):
            make_registration(db_session, made, f"one{number}{each}@example.org", ["first", "second"])
        made.sessions["first"].starts_at += timedelta(minutes=5)
        db_session.commit()
        event_id = made.event.id
        counts.append(
            count_queries(
                lambda event_id=event_id: release_programme(
                    db_session, event_id, account_id=None, telling=TELLING, now=LATER
                )
            )
        )
        db_session.commit()
    assert counts[0] == counts[1]
    assert db_session.scalar(sa.select(sa.func.count(OutboxMail.id))) == 3 + 5


def test_people_with_one_mailbox_are_one() -> None:
    one = Concerned("a@example.org", tr("", "A"), frozenset({"x"}), zone="Asia/Tokyo", persons=frozenset({"a"}))
    two = Concerned(
        "A@EXAMPLE.ORG", tr("", "B"), frozenset({"y"}), language="en", reference="R", links={"manage": "n"}, revision=2,
        chosen=frozenset({"y"}),
    )  # fmt: skip
    other = Concerned("b@example.org", tr("", "C"), frozenset({"y"}))
    both = Concerned(
        "a@example.org", tr("", "A"), frozenset({"x", "y"}), language="en", zone="Asia/Tokyo", reference="R",
        links={"manage": "n"}, revision=2, persons=frozenset({"a"}), chosen=frozenset({"y"}),
    )  # fmt: skip
    assert once_each([one, two, other]) == (both, other)
