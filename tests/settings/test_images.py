"""Pictures as they are served: to the public those of the newest release, to organisers those of their draft."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.events import queries as events
from galerio_events.events.domain import OrganiserRole
from galerio_events.events.imports.pictures import read_picture
from galerio_events.events.models import Event, EventOrganiser
from galerio_events.events.services import keep_image
from galerio_events.releases import queries as releases
from galerio_events.releases.services import release_programme
from tests.settings.pictures import encoded, picture
from tests.support.builders import NOW, make_account, make_event, sign_in, tr
from tests.support.html import parse


@pytest.fixture
def digest(db_session: Session, event: Event) -> str:
    """Of a picture that is the logo of the event's host in the draft."""
    kept = keep_image(db_session, event.id, read_picture(encoded(picture(90, 30), "PNG")), now=NOW)
    events.organisers_of(db_session, event.id)[0].logo = kept
    db_session.commit()
    return kept


def release(db_session: Session, event: Event) -> None:
    release_programme(db_session, event.id, account_id=None, note="", now=NOW)
    db_session.commit()
    releases.forget()


def test_the_public_gets_what_is_released(client: FlaskClient, db_session: Session, event: Event, digest: str) -> None:
    address = f"/ascc11/images/{digest}.webp"
    assert client.get(address).status_code == 404
    release(db_session, event)
    answer = client.get(address)
    image = events.image(db_session, event.id, digest)
    assert image is not None
    assert (answer.status_code, answer.data) == (200, image.data)
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Set-Cookie" not in answer.headers
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_what_was_taken_away_is_nobodys_business_any_more(
    client: FlaskClient, organiser: FlaskClient, db_session: Session, event: Event, digest: str
) -> None:
    release(db_session, event)
    events.organisers_of(db_session, event.id)[0].logo = None
    db_session.commit()
    address = f"/ascc11/images/{digest}.webp"
    assert client.get(address).status_code == 200
    release(db_session, event)
    assert client.get(address).status_code == 404
    assert organiser.get(address).status_code == 404


def test_organisers_see_their_draft_and_keep_it_to_themselves(
    app: Flask, client: FlaskClient, organiser: FlaskClient, db_session: Session, event: Event, digest: str
) -> None:
    address = f"/ascc11/images/{digest}.webp"
    answer = organiser.get(address)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, max-age=3600")
    other = make_event(db_session, "ascc12")
    stranger = make_account(db_session, "stranger@example.org", event=other)
    db_session.commit()
    client = app.test_client()
    sign_in(client, stranger)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "path", ["{digest}.png", "{digest}.svg", "{digest}", "x.webp", "..%2f..%2fetc%2fpasswd.webp", "{upper}.webp"]
)
def test_other_addresses_lead_nowhere(
    client: FlaskClient, db_session: Session, event: Event, digest: str, path: str
) -> None:
    release(db_session, event)
    assert client.get("/ascc11/images/" + path.format(digest=digest, upper=digest.upper())).status_code == 404


def test_a_picture_of_another_event_is_not_served(
    client: FlaskClient, db_session: Session, event: Event, digest: str
) -> None:
    release(db_session, event)
    other = make_event(db_session, "ascc12")
    db_session.commit()
    assert client.get(f"/ascc12/images/{digest}.webp").status_code == 404
    release(db_session, other)
    assert client.get(f"/ascc12/images/{digest}.webp").status_code == 404


def test_the_home_page_shows_logos_beside_names_that_have_none(
    client: FlaskClient, db_session: Session, event: Event, digest: str
) -> None:
    db_session.add(
        EventOrganiser(
            event_id=event.id, position=1, role=OrganiserRole.HOST, name=tr("世界銀行", "World Bank"),
            url="https://example.org/bank",
        )
    )  # fmt: skip
    db_session.commit()
    release(db_session, event)
    page = parse(client.get("/en/ascc11/").text)
    first, second = page.all("dd", class_="organiser")
    image = first.one("img")
    assert (image.attributes["src"], image.attributes["alt"]) == (f"/ascc11/images/{digest}.webp", "")
    assert first.text == "City of Yokohama"
    assert second.all("img") == []
    assert (second.one("a").text, second.one("a").attributes["href"]) == ("World Bank", "https://example.org/bank")


def test_a_picture_takes_as_many_statements_however_many_there_are(
    client: FlaskClient,
    db_session: Session,
    event: Event,
    digest: str,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    release(db_session, event)
    address = f"/ascc11/images/{digest}.webp"
    client.get(address)
    one = count_queries(lambda: client.get(address))
    for position in (1, 2):
        kept = keep_image(db_session, event.id, read_picture(encoded(picture(30, 30 + position), "PNG")), now=NOW)
        db_session.add(
            EventOrganiser(
                event_id=event.id, position=position, role=OrganiserRole.HOST, name=tr("", "Other"), logo=kept
            )
        )
    db_session.commit()
    release(db_session, event)
    client.get(address)
    assert count_queries(lambda: client.get(address)) == one
