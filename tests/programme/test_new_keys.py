"""The programme file's newer keys: what is said is done, what is not said stays."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.errors import ImportRefused
from galerio_events.events.models import Change, Event
from galerio_events.programme import queries
from galerio_events.programme.domain import LinkKind, RoleState, SessionStatus
from galerio_events.programme.domain.values import Counts, LinkValue, RoleValue
from galerio_events.programme.imports.yaml_file import parse
from galerio_events.programme.services import import_programme
from tests.programme.files import SMALL
from tests.support.builders import NOW, tr, utc

FULL = (
    SMALL.replace("  ends_on: 2022-11-25\n", "  ends_on: 2022-11-25\n  changeover_minutes: 10\n")
    .replace(
        "name: {en: Webinar}}",
        "name: {en: Webinar}, join_address: https://www.example.org/j, opens_at: 09:00, closes_at: 18:00}",
    )
    .replace("name: {en: Smart city}}", "name: {en: Smart city}, colour: '#0A7F5C'}")
    .replace(
        "country: JP}",
        "country: JP, email: pablo@example.org, language: en, timezone: America/New_York, "
        "availability: [{from: 2022-11-25T09:00, until: 2022-11-25T18:00}]}",
    )
    .replace(
        "    people:\n",
        "    status: confirmed\n    language: en\n    needs_interpreter: true\n    locked: true\n"
        "    uid: 8a9f2f64-5a1c-4d7e-9d7c-3b1f1f0f7a11\n"
        "    links:\n      - {url: https://www.example.org/a, title: Paper}\n"
        "      - {url: https://www.example.org/b, kind: attachment}\n    people:\n",
    )
    .replace("person: tan}", "person: tan, title: {en: Talk}, minutes: 15, state: to_be_invited}")
)


def stored(db_session: Session) -> Any:
    event = db_session.scalars(sa.select(Event)).one()
    return queries.draft_of(db_session, event.id)


def test_every_new_key_arrives(db_session: Session) -> None:
    assert import_programme(db_session, parse(FULL.encode()), now=NOW) == Counts(added=6)
    draft = stored(db_session)
    session = draft.sessions["session-3"]
    values = session.values
    assert (values.status, values.language, values.needs_interpreter, values.locked, values.scheduled) == (
        *(SessionStatus.CONFIRMED, "en", True, True, True),
    )
    assert session.uid == "8a9f2f64-5a1c-4d7e-9d7c-3b1f1f0f7a11"
    assert values.links == (
        LinkValue("https://www.example.org/a", "Paper"),
        LinkValue("https://www.example.org/b", "", LinkKind.ATTACHMENT),
    )
    assert values.people[1] == RoleValue(values.people[1].role, "tan", tr("", "Talk"), 15, RoleState.TO_BE_INVITED)
    assert draft.event["changeover_minutes"] == 10
    venue, pablo = draft.venues["webinar"].values, draft.people["pablo"].values
    assert (venue["join_address"], str(venue["opens_at"]), str(venue["closes_at"])) == (
        *("https://www.example.org/j", "09:00:00", "18:00:00"),
    )
    assert draft.tracks["smart-city"].values["colour"] == "#0a7f5c"
    assert (pablo["email"], pablo["language"], pablo["timezone"]) == ("pablo@example.org", "en", "America/New_York")
    assert pablo["availability"] == ((utc(25, 0), utc(25, 9)),)


def test_a_file_without_the_new_keys_leaves_them_alone(db_session: Session) -> None:
    import_programme(db_session, parse(FULL.encode()), now=NOW)
    assert import_programme(db_session, parse(SMALL.encode()), now=NOW) == Counts(unchanged=6)
    assert import_programme(db_session, parse(FULL.encode()), now=NOW) == Counts(unchanged=6)


def test_a_session_in_the_tray_may_lie_anywhere(db_session: Session) -> None:
    tray = SMALL.replace("2022-11-25T1", "2022-12-01T1") + "    scheduled: false\n"
    import_programme(db_session, parse(tray.encode()), now=NOW)
    assert stored(db_session).sessions["session-3"].values.scheduled is False


def test_an_import_is_one_batch_of_the_history(db_session: Session) -> None:
    import_programme(db_session, parse(FULL.encode()), now=NOW)
    changes = db_session.scalars(sa.select(Change).order_by(Change.id)).all()
    assert [(c.subject.value, c.key, c.deed.value, c.account_id) for c in changes] == [
        ("event", "ascc11", "added", None),
        ("venue", "webinar", "added", None),
        ("track", "smart-city", "added", None),
        ("person", "pablo", "added", None),
        ("person", "tan", "added", None),
        ("session", "session-3", "added", None),
    ]
    assert len({c.batch for c in changes}) == 1
    assert changes[2].after == {"name": {"en": "Smart city"}, "colour": "#0a7f5c", "position": 0}


BAD: dict[str, tuple[str, str, str]] = {
    "a colour": (
        "'#0A7F5C'",
        "green",
        "line 11: colour of track 'smart-city' is 'green'; it must be written like '#0a7f5c'",
    ),
    "half of the hours": (
        ", closes_at: 18:00",
        "",
        "line 9: venue 'webinar' has one of opens_at and closes_at; it needs both or neither",
    ),
    "an e-mail address": (
        "pablo@example.org",
        "pablo",
        "line 13: email of person 'pablo' is 'pablo', which is no e-mail address",
    ),
    "a person's zone": (
        "America/New_York",
        "Mars",
        "line 13: timezone of person 'pablo' is 'Mars', which is no IANA time zone",
    ),
    "a spoken language": (
        "    language: en\n",
        "    language: marsian\n",
        "line 24: language of session 'session-3' is 'marsian', which is no tag of a language such as en or ja",
    ),
    "a flag": (
        "locked: true",
        "locked: maybe",
        "line 26: locked of session 'session-3' is 'maybe'; it must be true or false",
    ),
    "a uid": (
        "8a9f2f64-5a1c-4d7e-9d7c-3b1f1f0f7a11",
        "abc",
        "line 27: uid of session 'session-3' is 'abc', which is no UUID",
    ),
    "minutes of a talk": (
        "minutes: 15",
        "minutes: 0",
        "line 33: minutes of an item of people of session 'session-3' is '0'; it must be a whole number from 1 to 1440",
    ),
    "availability": (
        "until: 2022-11-25T18:00",
        "until: 2022-11-25T08:00",
        "line 13: availability of person 'pablo' ends before it begins",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_value_is_told_with_its_line(name: str) -> None:
    old, new, told = BAD[name]
    assert FULL.count(old) == 1
    with pytest.raises(ImportRefused) as refused:
        parse(FULL.replace(old, new).encode())
    assert [str(problem) for problem in refused.value.problems] == [told]
