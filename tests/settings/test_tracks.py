"""Tracks and their colours."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from galerio_events.events import queries as events
from galerio_events.events.domain.colours import PALETTE
from galerio_events.events.domain.settings import SettingProblem, TrackSettings, track_problems
from galerio_events.events.models import Event, Track
from galerio_events.programme import queries
from galerio_events.releases import queries as releases
from galerio_events.releases.services import release_programme
from tests.settings.support import errors, filled, history
from tests.support.builders import NOW, make_session, tr
from tests.support.html import parse

LIST = "/en/organise/ascc11/settings/tracks"
NEW = f"{LIST}/new"
PAGE = f"{LIST}/smart-city"
Shown = Callable[[str], dict[str, str]]


def stored(db_session: Session, event: Event) -> dict[str, TrackSettings]:
    db_session.expire_all()
    return {row.key: events.track_settings(row) for row in events.tracks_of(db_session, event.id)}


def test_a_new_track_gets_a_colour_that_nobody_has(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    for number, name in enumerate(("Energy", "Mobility")):
        sent = shown(NEW)
        assert sent["colour"] == PALETTE[number]
        assert organiser.post(NEW, data=sent | {"name_en": name}).location == f"{LIST}#{name.lower()}"
    assert stored(db_session, event) == {
        "smart-city": TrackSettings(tr("スマートシティ", "Smart city")),
        "energy": TrackSettings(tr("", "Energy"), PALETTE[0]),
        "mobility": TrackSettings(tr("", "Mobility"), PALETTE[1]),
    }
    assert [entry[:3] for entry in history(db_session, event)] == [
        ("track", "energy", "added"), ("track", "mobility", "added"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "kept"), [("1F77C4", "#1f77c4"), (" #c94a4a ", "#c94a4a"), ("", None), ("#777", "#777777")]
)
def test_colours_are_kept_in_one_form(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event, typed: str, kept: str | None
) -> None:
    assert organiser.post(PAGE, data=shown(PAGE) | {"colour": typed}).status_code == 302
    assert stored(db_session, event)["smart-city"].colour == kept


@pytest.mark.parametrize("typed", ["red", "#12", "#1f77c4; background: url(//example.org)", '"/><script>', "#gggggg"])
def test_what_is_no_colour(organiser: FlaskClient, shown: Shown, db_session: Session, event: Event, typed: str) -> None:
    answer = organiser.post(PAGE, data=shown(PAGE) | {"colour": typed})
    assert (answer.status_code, errors(answer.text)) == (422, {"colour": "Enter a colour like #1f77c4."})
    assert stored(db_session, event)["smart-city"].colour is None
    assert filled(answer.text)["colour"] == typed


def test_a_colour_that_cannot_be_seen_is_refused_with_its_figures_and_the_nearest_that_can(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    answer = organiser.post(PAGE, data=shown(PAGE) | {"colour": "#ffff00", "name_en": "Bright"})
    assert answer.status_code == 422
    assert errors(answer.text) == {
        "colour": "A mark of this colour cannot be seen well enough: its contrast is 1.01 on light pages and 13.63 on "
        "dark ones, and each has to be at least 3."
    }
    assert stored(db_session, event)["smart-city"].colour is None
    button = next(each for each in parse(answer.text).all("button") if "the nearest that can be seen" in each.text)
    assert (button.text, button.attributes["value"]) == (
        "Use #8e8e00, the nearest that can be seen", "colour-#8e8e00",
    )  # fmt: skip
    chosen = organiser.post(PAGE, data=filled(answer.text) | {"do": button.attributes["value"]})
    assert chosen.status_code == 200
    now = filled(chosen.text)
    assert (now["colour"], now["name_en"]) == ("#8e8e00", "Bright")
    assert stored(db_session, event)["smart-city"].colour is None
    assert organiser.post(PAGE, data=now).status_code == 302
    assert stored(db_session, event)["smart-city"] == TrackSettings(tr("スマートシティ", "Bright"), "#8e8e00")


def test_the_second_of_two_keeps_what_both_have_changed(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    mine, theirs = shown(PAGE), shown(PAGE)
    assert organiser.post(PAGE, data=theirs | {"name_en": "Theirs"}).status_code == 302
    answer = organiser.post(PAGE, data=mine | {"colour": "#1f77c4"})
    assert answer.status_code == 409
    rows = parse(answer.text).one("table", class_="compare").one("tbody").all("tr")
    assert sorted([cell.text for cell in row.children if not isinstance(cell, str)] for row in rows) == [
        ["Colour", "– → #1f77c4", "unchanged"],
        ["Name in English", "unchanged", "Smart city → Theirs"],
    ]
    assert organiser.post(PAGE, data=filled(answer.text)).status_code == 302
    assert stored(db_session, event)["smart-city"] == TrackSettings(tr("スマートシティ", "Theirs"), "#1f77c4")


def test_the_figures_of_a_colour_are_told(organiser: FlaskClient, shown: Shown) -> None:
    organiser.post(PAGE, data=shown(PAGE) | {"colour": "#1f77c4"})
    text = parse(organiser.get(PAGE).text).one("dl", class_="contrasts").text
    assert text == (
        "Sample White text on it: contrast 4.67 (at least 4.5) "
        "As a mark on light pages contrast 4.06 (at least 3) enough "
        "As a mark on dark pages contrast 3.13 (at least 3) enough"
    )


@pytest.mark.parametrize("command", ["colour-", "colour-red", "colour-#zzzzzz", "other"])
def test_other_commands_save(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event, command: str
) -> None:
    assert organiser.post(PAGE, data=shown(PAGE) | {"do": command, "name_en": "Saved"}).status_code == 302
    assert stored(db_session, event)["smart-city"].name["en"] == "Saved"


def test_the_rules_hold_for_whoever_writes() -> None:
    assert track_problems(TrackSettings(tr(""), "#FFFF00")) == (
        SettingProblem.NAME_MISSING,
        SettingProblem.COLOUR_INVALID,
    )
    assert track_problems(TrackSettings(tr("a"), "#ffff00")) == (SettingProblem.COLOUR_UNSEEN,)
    assert [track_problems(TrackSettings(tr("a"), colour)) for colour in (*PALETTE, None)] == [()] * 11


@pytest.mark.parametrize("colour", ["#FFFFFF", "#fff", "1f77c4", "#1f77c44", ""])
def test_the_database_takes_no_other_form_of_a_colour(db_session: Session, event: Event, colour: str) -> None:
    db_session.add(Track(event_id=event.id, key="x", name=tr("", "X"), colour=colour))
    # What is too long for its column PostgreSQL calls an error of the data.
    with pytest.raises(IntegrityError if len(colour) <= 7 else DatabaseError):
        db_session.flush()


def test_a_track_that_is_used_goes_with_another_for_its_sessions(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    db_session.add(Track(event_id=event.id, key="energy", position=1, name=tr("", "Energy")))
    db_session.commit()
    page = organiser.get(f"{PAGE}/remove")
    assert "1 session belongs to this track:" in page.text
    assert organiser.post(f"{PAGE}/remove").status_code == 409
    assert organiser.post(f"{PAGE}/remove", data=filled(page.text) | {"instead": "energy"}).location == LIST
    assert list(stored(db_session, event)) == ["energy"]
    session = queries.session_by_key(db_session, event.id, "session-3")
    assert session is not None
    assert session.track is not None
    assert (session.track.key, session.venue.key if session.venue else None) == ("energy", "webinar")


def test_order_and_unused_tracks(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    db_session.add(Track(event_id=event.id, key="energy", position=1, name=tr("", "Energy")))
    db_session.commit()
    assert organiser.post(f"{LIST}/energy/order", data={"do": "up"}).location == f"{LIST}#energy"
    assert list(stored(db_session, event)) == ["energy", "smart-city"]
    assert "No session of the draft belongs to this track." in organiser.get(f"{LIST}/energy/remove").text
    assert organiser.post(f"{LIST}/energy/remove").location == LIST
    assert list(stored(db_session, event)) == ["smart-city"]


def test_colours_mark_the_public_timetable(client: FlaskClient, db_session: Session, event: Event) -> None:
    events.tracks_of(db_session, event.id)[0].colour = "#1f77c4"
    db_session.add(Track(event_id=event.id, key="plain", position=1, name=tr("", "Plain")))
    db_session.flush()
    make_session(db_session, event, "plain-one", track=events.tracks_of(db_session, event.id)[1])
    release_programme(db_session, event.id, account_id=None, note="", now=NOW)
    db_session.commit()
    releases.forget()
    page = parse(client.get("/en/ascc11/programme").text)
    marks = {
        entry.text: [rect.attributes["fill"] for rect in entry.all("rect")]
        for entry in page.all("li", class_="entry__track")
    }
    assert marks == {"Smart city": ["#1f77c4"], "Plain": []}
    home = parse(client.get("/en/ascc11/").text)
    assert [rect.attributes["fill"] for rect in home.all("rect")] == ["#1f77c4"]
    session = parse(client.get("/en/ascc11/sessions/session-3").text)
    assert [rect.attributes["fill"] for rect in session.all("rect")] == ["#1f77c4"]
    assert "style=" not in client.get("/en/ascc11/programme").text
