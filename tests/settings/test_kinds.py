"""What is expected of each kind of session."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict
from galerio_events.events.domain.plain import digest_of
from galerio_events.events.models import Event
from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.programme.domain.kinds import KindSettings, kinds_to_plain
from galerio_events.programme.models import KindRule
from galerio_events.programme.queries.settings import kind_settings
from galerio_events.programme.services.kinds import KindRefused, save_kinds
from tests.settings.support import errors, filled, history
from tests.support.builders import NOW, make_event
from tests.support.html import parse

PAGE = "/en/organise/ascc11/settings/kinds"
Shown = Callable[[str], dict[str, str]]


# What is expected where nobody has said anything.
USUAL = {SessionKind.SESSION: KindSettings(frozenset({RoleKind.MODERATOR}))}


def expected(db_session: Session, event: Event) -> dict[SessionKind, KindSettings]:
    db_session.expire_all()
    return {kind: found for kind, found in kind_settings(db_session, event.id).items() if found != KindSettings()}


def test_every_kind_is_there_and_a_session_has_a_moderator(
    organiser: FlaskClient, db_session: Session, event: Event
) -> None:
    page = parse(organiser.get(PAGE).text)
    assert [legend.text for legend in page.all("legend")] == [
        "Reception", "Business matching", "Opening", "Session", "Keynote", "Workshop", "Closing", "Break", "Other",
    ]  # fmt: skip
    boxes = page.all("input", type="checkbox")
    assert len(boxes) == 81
    assert [box.attributes["name"] for box in boxes if "checked" in box.attributes] == ["roles_session"]
    assert expected(db_session, event) == USUAL


def test_what_is_expected_is_saved_and_noted(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    sent = shown(PAGE) | {"roles_session": ["speaker", "moderator"], "minutes_session": "70", "minutes_break": "15"}
    assert organiser.post(PAGE, data=sent).location == PAGE
    assert expected(db_session, event) == {
        SessionKind.SESSION: KindSettings(frozenset({RoleKind.MODERATOR, RoleKind.SPEAKER}), 70),
        SessionKind.BREAK: KindSettings(minutes=15),
    }
    assert history(db_session, event) == [
        (
            "kind", "session", "changed", {"required_roles": ["moderator"], "minutes": None},
            {"required_roles": ["moderator", "speaker"], "minutes": 70},
        ),
        (
            "kind", "break", "changed", {"required_roles": [], "minutes": None},
            {"required_roles": [], "minutes": 15},
        ),
    ]  # fmt: skip
    now = shown(PAGE)
    assert (now["roles_session"], now["minutes_session"]) == (["moderator", "speaker"], "70")
    assert organiser.post(PAGE, data=now).status_code == 302
    assert len(history(db_session, event)) == 2
    assert organiser.post(PAGE, data=now | {"roles_session": [], "minutes_session": ""}).status_code == 302
    assert expected(db_session, event) == {SessionKind.BREAK: KindSettings(minutes=15)}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"minutes_session": "0"}, {"minutes_session": "Enter a whole number from 1 to 1,440, or nothing."}),
        ({"minutes_session": "1441"}, {"minutes_session": "Enter a whole number from 1 to 1,440, or nothing."}),
        ({"minutes_break": "an hour"}, {"minutes_break": "Enter a whole number from 1 to 1,440, or nothing."}),
        ({"roles_session": ["king"]}, {"roles_session": "Choose from the list."}),
    ],
)
def test_bad_input_is_told_at_its_field(
    organiser: FlaskClient,
    shown: Shown,
    db_session: Session,
    event: Event,
    change: dict[str, str],
    said: dict[str, str],
) -> None:
    answer = organiser.post(PAGE, data=shown(PAGE) | {"roles_break": "mc"} | change)
    assert (answer.status_code, errors(answer.text)) == (422, said)
    assert expected(db_session, event) == USUAL
    assert filled(answer.text)["roles_break"] == "mc"


def test_the_second_of_two_gets_a_comparison(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    mine, theirs = shown(PAGE), shown(PAGE)
    assert organiser.post(PAGE, data=theirs | {"roles_session": ["moderator", "mc"]}).status_code == 302
    answer = organiser.post(PAGE, data=mine | {"minutes_session": "70"})
    assert answer.status_code == 409
    rows = parse(answer.text).one("table", class_="compare").one("tbody").all("tr")
    assert sorted([cell.text for cell in row.children if not isinstance(cell, str)] for row in rows) == [
        ["Minutes of Session", "– → 70", "unchanged"],
        ["Roles of Session", "unchanged", "Moderator → Moderator, Master of ceremonies"],
    ]
    assert organiser.post(PAGE, data=filled(answer.text)).status_code == 302
    assert expected(db_session, event) == {
        SessionKind.SESSION: KindSettings(frozenset({RoleKind.MODERATOR, RoleKind.MC}), 70)
    }


def test_every_event_has_its_own(organiser: FlaskClient, shown: Shown, db_session: Session, event: Event) -> None:
    other = make_event(db_session, "ascc12")
    db_session.commit()
    assert organiser.post(PAGE, data=shown(PAGE) | {"minutes_session": "70"}).status_code == 302
    assert expected(db_session, other) == USUAL


def test_the_service_refuses_what_no_session_can_be(db_session: Session, event: Event) -> None:
    seen = digest_of(kinds_to_plain(kind_settings(db_session, event.id)))
    with pytest.raises(KindRefused) as refused:
        save_kinds(db_session, event.id, {SessionKind.BREAK: KindSettings(minutes=0)}, seen=seen, now=NOW)
    assert refused.value.kind is SessionKind.BREAK
    with pytest.raises(ChangeConflict):
        save_kinds(db_session, event.id, {SessionKind.BREAK: KindSettings(minutes=5)}, seen="other", now=NOW)
    assert history(db_session, event) == []


@pytest.mark.parametrize("minutes", [0, -1])
def test_the_database_holds_the_minutes(db_session: Session, event: Event, minutes: int) -> None:
    db_session.add(KindRule(event_id=event.id, kind=SessionKind.BREAK, required_roles=[], minutes=minutes))
    with pytest.raises(IntegrityError):
        db_session.flush()


@pytest.mark.parametrize("minutes", [-1, 241])
def test_the_database_holds_the_changeover(db_session: Session, event: Event, minutes: int) -> None:
    event.changeover_minutes = minutes
    with pytest.raises(IntegrityError):
        db_session.flush()


def test_the_page_takes_as_many_statements_for_three_rules_as_for_one(
    organiser: FlaskClient,
    db_session: Session,
    event: Event,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    db_session.add(KindRule(event_id=event.id, kind=SessionKind.BREAK, required_roles=[], minutes=5))
    db_session.commit()
    one = count_queries(lambda: organiser.get(PAGE))
    for kind in (SessionKind.SESSION, SessionKind.KEYNOTE):
        db_session.add(KindRule(event_id=event.id, kind=kind, required_roles=["moderator"], minutes=5))
    db_session.commit()
    assert count_queries(lambda: organiser.get(PAGE)) == one
