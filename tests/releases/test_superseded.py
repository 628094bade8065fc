"""Drafts about a release that another one has followed: they say so, and can be dropped with the next release."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict
from galerio_events.events.models import Change
from galerio_events.outbox.domain import MailState
from galerio_events.outbox.models import OutboxMail
from galerio_events.releases.services import bring_back, release_programme, unsent
from tests.releases.support import LATER, TELLING, World, world
from tests.support.builders import make_account, sign_in
from tests.support.html import parse

PLACE = "/en/organise/ascc11"
SAID = "Release 3 has replaced this since; its times may no longer hold."


@pytest.fixture
def made(db_session: Session) -> World:
    """Release 2 has moved a session and was announced; nobody has sent its two drafts."""
    made = world(db_session)
    release(db_session, made, "first", announced=True)
    return made


@pytest.fixture
def organiser(app: Flask, db_session: Session, made: World) -> FlaskClient:
    account = make_account(db_session, event=made.event)
    db_session.commit()
    client = app.test_client()
    sign_in(client, account)
    return client


def move(db_session: Session, made: World, key: str) -> None:
    made.sessions[key].starts_at += timedelta(minutes=10)
    db_session.commit()


def release(db_session: Session, made: World, key: str, *, announced: bool = False, drop: bool = False) -> None:
    move(db_session, made, key)
    telling = TELLING if announced else None
    release_programme(db_session, made.event.id, account_id=None, telling=telling, drop=drop, now=LATER)
    db_session.commit()


def states(db_session: Session) -> dict[tuple[str | None, MailState], int]:
    db_session.expire_all()
    counted = sa.select(OutboxMail.batch, OutboxMail.state, sa.func.count()).group_by(
        OutboxMail.batch, OutboxMail.state
    )
    return {(batch, state): count for batch, state, count in db_session.execute(counted)}


def pages(db_session: Session) -> list[str]:
    mail_id = db_session.scalars(sa.select(OutboxMail.id).where(OutboxMail.batch == "release-2")).first()
    return [
        f"{PLACE}/outbox",
        f"{PLACE}/outbox?batch=release-2",
        f"{PLACE}/outbox?batch=release-2&state=draft",
        f"{PLACE}/outbox/{mail_id}",
        f"{PLACE}/outbox/{mail_id}/edit",
        f"{PLACE}/releases/2",
    ]


def sent(page: str, **more: str) -> dict[str, str]:
    """What the page's form would send, with its boxes ticked as they are."""
    hidden = {name: re.findall(rf'name="{name}" type="hidden" value="([^"]*)"', page)[0] for name in ("shown", "after")}
    box = [i for i in parse(page).all("input") if i.attributes.get("name") == "drop" and "checked" in i.attributes]
    return hidden | ({"drop": "y"} if box else {}) | more


def test_every_page_with_the_drafts_says_that_a_release_has_followed(
    organiser: FlaskClient, db_session: Session, made: World
) -> None:
    assert [SAID in organiser.get(page).text for page in pages(db_session)] == [False] * 6
    release(db_session, made, "second")
    assert [SAID in organiser.get(page).text for page in pages(db_session)] == [True] * 6


def test_the_newest_releases_drafts_do_not_say_so(organiser: FlaskClient, db_session: Session, made: World) -> None:
    release(db_session, made, "second", announced=True)
    for page in (f"{PLACE}/outbox?batch=release-3", f"{PLACE}/releases/3"):
        assert "replaced this since" not in organiser.get(page).text


@pytest.mark.parametrize("page", [f"{PLACE}/release", f"{PLACE}/releases/1/bring-back"])
@pytest.mark.parametrize("way", ["silent", "announced"])
def test_they_are_dropped_with_the_next_release_unless_one_says_no(
    organiser: FlaskClient, db_session: Session, made: World, page: str, way: str
) -> None:
    move(db_session, made, "first")
    shown = organiser.get(page).text
    assert "2 mails about release 2 are still drafts." in shown
    assert organiser.post(page, data=sent(shown, way=way)).status_code == 302
    found = states(db_session)
    assert found[("release-2", MailState.CANCELLED)] == 2
    assert found.get(("release-3", MailState.DRAFT), 0) == (2 if way == "announced" else 0)
    newest = db_session.scalars(sa.select(Change).where(Change.subject == "release").order_by(Change.id.desc())).first()
    assert newest is not None
    assert newest.after is not None
    assert (newest.key, newest.after["dropped"]) == ("3", 2)


@pytest.mark.parametrize("page", [f"{PLACE}/release", f"{PLACE}/releases/1/bring-back"])
def test_they_stay_where_the_box_is_not_ticked(
    organiser: FlaskClient, db_session: Session, made: World, page: str
) -> None:
    move(db_session, made, "first")
    form = sent(organiser.get(page).text)
    assert form.pop("drop") == "y"
    organiser.post(page, data=form)
    assert states(db_session) == {("release-2", MailState.DRAFT): 2}


def test_a_form_that_comes_back_keeps_the_box_as_it_was(
    organiser: FlaskClient, db_session: Session, made: World
) -> None:
    move(db_session, made, "first")
    form = sent(organiser.get(f"{PLACE}/release").text, note="x" * 501)
    assert "drop" in sent(organiser.post(f"{PLACE}/release", data=form).text)
    del form["drop"]
    assert "drop" not in sent(organiser.post(f"{PLACE}/release", data=form).text)


def test_without_drafts_there_is_no_box(organiser: FlaskClient, db_session: Session, made: World) -> None:
    release(db_session, made, "second", drop=True)
    move(db_session, made, "first")
    assert 'name="drop"' not in organiser.get(f"{PLACE}/release").text


def test_what_is_no_draft_any_more_stays_as_it_is(db_session: Session, made: World) -> None:
    mail = db_session.scalars(sa.select(OutboxMail)).first()
    assert mail is not None
    mail.state = MailState.QUEUED
    assert unsent(db_session, made.event.id) == {2: 1}
    release(db_session, made, "second", drop=True)
    assert states(db_session) == {("release-2", MailState.QUEUED): 1, ("release-2", MailState.CANCELLED): 1}


def test_a_release_that_is_refused_drops_nothing(db_session: Session, made: World) -> None:
    with pytest.raises(ChangeConflict):
        bring_back(db_session, made.event.id, 2, account_id=None, drop=True, now=LATER)
    db_session.rollback()
    assert states(db_session) == {("release-2", MailState.DRAFT): 2}
