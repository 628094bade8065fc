"""The files themselves: when they are public, who gets them before, and how they are sent."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events import clock
from galerio_events.events.services import publish_besides
from galerio_events.materials import queries, services
from galerio_events.materials.domain import Publication, Reader
from galerio_events.materials.domain.names import content_disposition
from galerio_events.people.domain.profile import ProfileConsent
from galerio_events.people.queries import details_of
from galerio_events.people.services import answer_consents, seen_digest
from galerio_events.programme.domain import RoleKind
from galerio_events.programme.models import RoleAssignment
from galerio_events.programme.services import remove_session
from galerio_events.programme.services.people import delete_person, merge_people
from galerio_events.releases.domain.document import PublishedSession
from galerio_events.releases.queries import newest_of
from galerio_events.releases.services import release_programme
from tests.materials import files
from tests.materials.support import HOUR, PLACE, World, after, file_of, held_of, make_world, send, sign_in_as
from tests.support.builders import make_account, make_event, make_session, sign_in, tr

SECOND = timedelta(seconds=1)


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world(db_session)


@pytest.fixture(autouse=True)
def empty_store(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """A folder of the test's own."""
    before, app.config["INSTANCE_DIR"] = app.config["INSTANCE_DIR"], tmp_path
    yield tmp_path / "materials"
    app.config["INSTANCE_DIR"] = before


@pytest.fixture
def public_page(app: Flask, world: World) -> Callable[[], str]:
    """The session's page, as somebody sees it who is nobody in particular."""
    return lambda: app.test_client().get(f"/en/ascc11/sessions/{world.session.key}").text


def status(app: Flask, address: str) -> int:
    return app.test_client().get(address).status_code


def released(db_session: Session, world: World) -> PublishedSession:
    """The session as the newest release has it."""
    programme = newest_of(db_session, world.event.id)
    assert programme is not None
    session = programme.session(world.session.key)
    assert session is not None
    return session


def sent(client: FlaskClient, db_session: Session, world: World, publication: str, **more: str) -> str:
    """The address of a file that a speaker has sent."""
    sign_in_as(client, db_session, "sato")
    assert send(client, owner=str(world.people["sato"].id), publication=publication, **more).status_code == 303
    return f"/files/ascc11/{held_of(db_session, world)[0].id}"


def test_how_a_public_file_is_sent(app: Flask, client: FlaskClient, db_session: Session, world: World) -> None:
    address = sent(client, db_session, world, "before", name="街 の資料.pdf")
    answer = app.test_client().get(address)
    assert answer.data == files.PDF
    digest = held_of(db_session, world)[0].current.digest
    wanted = {
        "Content-Type": "application/pdf",
        "Content-Disposition": content_disposition("街 の資料.pdf"),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "public, max-age=0, must-revalidate",
        "ETag": f'"{digest}"',
        "Accept-Ranges": "bytes",
    }  # fmt: skip
    assert {name: answer.headers.get(name) for name in wanted} == wanted
    assert "Set-Cookie" not in answer.headers
    again = app.test_client().get(address, headers={"If-None-Match": f'"{digest}"'})
    assert (again.status_code, again.data) == (304, b"")
    part = app.test_client().get(address, headers={"Range": "bytes=0-4"})
    assert (part.status_code, part.data) == (206, b"%PDF-")
    assert app.test_client().get(address, headers={"Range": "bytes=99999-"}).status_code == 416


def test_a_file_that_is_not_public_is_for_those_concerned(
    app: Flask, client: FlaskClient, db_session: Session, world: World
) -> None:
    address = sent(client, db_session, world, "never")
    mine = client.get(address)
    assert (mine.status_code, mine.headers["Cache-Control"]) == (200, "private, no-store")
    assert status(app, address) == status(app, f"{address}/1") == 404
    for who, answered in (("lee", 404), ("mori", 200), ("ito", 200), ("organiser", 200), ("stranger", 404)):
        other = app.test_client()
        sign_in_as(other, db_session, who)
        assert [other.get(f"{address}{end}").status_code for end in ("", "/1", "/2")] == [answered, answered, 404]


@pytest.mark.parametrize("publication", ["before", "during", "after"])
def test_nothing_is_public_before_its_time(
    app: Flask,
    client: FlaskClient,
    db_session: Session,
    world: World,
    public_page: Callable[[], str],
    publication: str,
) -> None:
    address = sent(client, db_session, world, publication)
    moments = {
        "before": (None, clock.utc_now()),
        "during": (world.session.starts_at - SECOND, world.session.starts_at),
        "after": (world.session.ends_at - SECOND, world.session.ends_at),
    }[publication]
    for moment, public in zip(moments, (False, True), strict=True):
        if moment is None:
            continue
        with time_machine.travel(moment, tick=False):
            assert status(app, address) == (200 if public else 404)
            assert status(app, f"{address}/1") == (200 if public else 404)
            assert ("City slides" in public_page()) is public
            assert (f'href="{address}"' in public_page()) is public


def test_it_is_taken_back_at_once(
    app: Flask, client: FlaskClient, db_session: Session, world: World, public_page: Callable[[], str]
) -> None:
    address = sent(client, db_session, world, "before")
    assert "City slides" in public_page()
    (held,) = held_of(db_session, world)
    fields = {
        "kind": "slides",
        "publication": "never",
        "title_en": "City slides",
        "seen": services.seen_digest(held.values),
    }
    assert client.post(f"{PLACE}/{held.id}", data=fields).status_code == 303
    assert "City slides" not in public_page()
    assert status(app, address) == 404


def test_a_new_version_takes_the_place_of_the_old_one(
    app: Flask, client: FlaskClient, db_session: Session, world: World, public_page: Callable[[], str]
) -> None:
    address = sent(client, db_session, world, "before")
    assert "PDF, 1 kB" in public_page()
    client.post(f"{PLACE}/{address.rsplit('/', 1)[1]}/versions", data={"file": file_of(files.pptx(), "b.pptx")})
    answer = app.test_client().get(address)
    assert (answer.data, answer.headers["ETag"][1:-1]) == (
        files.pptx(),
        held_of(db_session, world)[0].current.digest,
    )
    assert "PowerPoint, 1 kB" in public_page()
    # The old one is for those concerned alone.
    assert [status(app, f"{address}/{number}") for number in (1, 2)] == [404, 200]


def test_a_session_that_was_cancelled_has_nothing_public(
    app: Flask, client: FlaskClient, db_session: Session, world: World
) -> None:
    address = sent(client, db_session, world, "before")
    now = clock.utc_now()
    remove_session(db_session, world.event.id, "session-3", expected_version=world.session.version, by=None, now=now)
    db_session.commit()
    assert status(app, address) == 200
    release_programme(db_session, world.event.id, account_id=None, note="", now=now)
    db_session.commit()
    assert status(app, address) == 404
    # They are kept: whoever brings the session back has them again.
    assert len(held_of(db_session, world)) == 1


def test_without_a_release_nothing_is_public(
    app: Flask, client: FlaskClient, db_session: Session, world: World
) -> None:
    make_session(db_session, world.event, "session-9", starts_at=world.session.ends_at,
                 ends_at=world.session.ends_at + HOUR, people=())  # fmt: skip
    db_session.commit()
    sign_in_as(client, db_session, "organiser")
    data = {"kind": "slides", "publication": "before", "title_en": "x", "owner": "session", "file": file_of()}
    made = client.post("/en/desk/ascc11/sessions/session-9/materials", data=data).headers["Location"]
    assert status(app, f"/files/ascc11/{made.rsplit('/', 1)[1]}") == 404
    assert "no release has the session" in client.get(made).text


def test_a_file_of_another_event_or_of_none_is_not_found(
    app: Flask, client: FlaskClient, db_session: Session, world: World
) -> None:
    address = sent(client, db_session, world, "before")
    other = make_event(db_session, "ascc12")
    organiser = make_account(db_session, "other@example.org", event=other)
    db_session.commit()
    theirs = app.test_client()
    sign_in(theirs, organiser)
    wrong = address.replace("ascc11", "ascc12")
    for path in (wrong, f"{wrong}/1", f"{address}/2", "/files/ascc11/0", f"/files/ascc11/{2**80}", "/files/none/1"):
        assert theirs.get(path).status_code == 404


def test_a_file_that_is_missing_on_the_disk_is_not_found(
    app: Flask, client: FlaskClient, db_session: Session, world: World, empty_store: Path
) -> None:
    address = sent(client, db_session, world, "before")
    digest = held_of(db_session, world)[0].current.digest
    (empty_store / digest[:2] / digest).unlink()
    assert status(app, address) == 404


def test_as_many_queries_for_three_materials_as_for_one(
    client: FlaskClient, db_session: Session, world: World, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    sign_in_as(client, db_session, "mori")
    counted, session_id = [], world.session.id
    reader = Reader(False, frozenset({world.people["mori"].id}), frozenset({RoleKind.MODERATOR}))
    for data in (files.PDF, files.pptx(), files.odp()):
        assert send(client, data).status_code == 303
        pages = [
            count_queries(lambda: client.get(PLACE)),
            count_queries(lambda: queries.in_short(db_session, {session_id: reader})),
            count_queries(lambda: client.get("/en/ascc11/sessions/session-3")),
        ]
        counted.append(pages)
    assert counted[0] == counted[2]


def answer_slides(db_session: Session, world: World, given: bool) -> None:
    """What the profile of the speaker says about the publication of slides."""
    answer_consents(
        db_session, world.event.id, "sato", {ProfileConsent.SLIDES: given}, language="en", by=None, now=clock.utc_now()
    )  # fmt: skip
    db_session.commit()


def test_who_refuses_in_the_profile_is_not_published(
    app: Flask, client: FlaskClient, db_session: Session, world: World, public_page: Callable[[], str]
) -> None:
    address = sent(client, db_session, world, "before")
    assert "City slides" in public_page()
    answer_slides(db_session, world, False)
    assert "City slides" not in public_page()
    assert status(app, address) == 404
    assert client.get(address).status_code == 200
    refused = send(client, files.pptx(), owner=str(world.people["sato"].id), publication="after")
    assert (refused.status_code, "The profile says that these slides" in refused.text) == (422, True)
    answer_slides(db_session, world, True)
    assert "City slides" in public_page()
    assert status(app, address) == 200


def test_materials_follow_a_person_who_turns_out_to_be_another(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    sent(client, db_session, world, "never")
    kept, dropped = (details_of(world.people[key]) for key in ("lee", "sato"))
    merge_people(
        db_session, world.event.id, "lee", kept, dropped="sato", seen=seen_digest(kept, dropped), by=None,
        now=clock.utc_now(),
    )  # fmt: skip
    db_session.commit()
    (held,) = held_of(db_session, world)
    assert held.owner is not None
    assert held.owner.key == "lee"


def test_what_somebody_sent_who_is_deleted_is_hidden_until_organisers_decide(
    app: Flask, client: FlaskClient, db_session: Session, world: World
) -> None:
    address = sent(client, db_session, world, "before")
    page = f"{PLACE}/{held_of(db_session, world)[0].id}"
    assert status(app, address) == 200
    db_session.execute(sa.delete(RoleAssignment).where(RoleAssignment.person_id == world.people["sato"].id))
    delete_person(db_session, world.event.id, "sato", by=None, now=clock.utc_now())
    db_session.commit()
    assert status(app, address) == 404
    assert [one.orphaned for one in held_of(db_session, world)] == [True]
    assert queries.published(db_session, world.event.id, released(db_session, world), now=after(world)) == ([], None)
    for reader, found, changed in (("lee", 404, 404), ("mori", 200, 404), ("organiser", 200, 303)):
        who = app.test_client()
        sign_in_as(who, db_session, reader)
        assert (who.get(address).status_code, who.get(page).status_code) == (found, found)
        assert who.post(f"{page}/give-to-session").status_code == changed
    (held,) = held_of(db_session, world)
    assert (held.orphaned, held.owner_id, held.values.publication) == (False, None, Publication.NEVER)
    assert status(app, address) == 404


def test_the_public_page_names_people_as_the_release_does(
    client: FlaskClient, db_session: Session, world: World, public_page: Callable[[], str]
) -> None:
    sent(client, db_session, world, "before")
    world.people["sato"].name = tr("", "Not Yet Released")
    publish_besides(db_session, world.event.id)
    db_session.commit()
    found, _until = queries.published(db_session, world.event.id, released(db_session, world), now=clock.utc_now())
    assert [one.owner for one in found] == [tr("", "Sato")]
    assert ("City slides" in public_page(), "Not Yet Released" in public_page()) == (True, False)
