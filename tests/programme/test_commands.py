"""`flask programme import`, `flask programme release` and `flask events add`."""

import json
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from galerio_events.events import queries as events
from galerio_events.events.models import Event
from galerio_events.programme.models import ProgrammeSession
from galerio_events.releases.models import Release
from galerio_events.translated import Translated
from tests.programme.files import SMALL, changed
from tests.programme.test_bad_files import BAD
from tests.programme.test_importing import everything
from tests.support.demo import ASCC11


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=list(words))


def import_(app: Flask, file: Path, *more: str) -> Result:
    return run(app, "programme", "import", "--event", "ascc11", str(file), *more)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.yaml"
    file.write_text(SMALL)
    return file


def test_import_tells_what_it_did(app: Flask, db_session: Session) -> None:
    first = import_(app, ASCC11, "--json")
    assert (first.exit_code, json.loads(first.output)) == (
        0,
        {"read": 39, "added": 39, "changed": 0, "unchanged": 0, "refused": 0, "problems": []},
    )
    before = everything(db_session)
    second = import_(app, ASCC11, "--json")
    assert json.loads(second.output) == {
        **{"read": 39, "added": 0, "changed": 0, "unchanged": 39, "refused": 0, "problems": []},
    }
    db_session.expire_all()
    assert everything(db_session) == before


def test_import_tells_people_what_it_did(app: Flask, small: Path) -> None:
    result = import_(app, small)
    assert (result.exit_code, result.output) == (0, "small.yaml: 6 read, 6 added, 0 changed, 0 unchanged\n")


def test_refused_file_writes_nothing(app: Flask, db_session: Session, small: Path) -> None:
    import_(app, small)
    before = everything(db_session)
    small.write_bytes(changed("country: SG", "country: NO", text=SMALL.replace("person: tan", "person: tann")))
    result = import_(app, small, "--json")
    assert (result.exit_code, json.loads(result.output)) == (
        1,
        {
            "read": 6,
            "added": 0,
            "changed": 0,
            "unchanged": 0,
            "refused": 6,
            "problems": [
                {
                    "line": 13,
                    "message": "YAML reads NO in country of person 'tan' as true or false; write it in quotes: 'NO'",
                },
                {"line": 24, "message": "there is no person 'tann'; did you mean 'tan'?"},
            ],
        },
    )
    db_session.expire_all()
    assert everything(db_session) == before


@pytest.mark.parametrize("name", BAD)
def test_no_bad_file_makes_an_event(app: Flask, db_session: Session, tmp_path: Path, name: str) -> None:
    data, line, message = BAD[name]
    file = tmp_path / "bad.yaml"
    file.write_bytes(data)
    result = import_(app, file)
    told = f"line {line}: {message}" if line else message
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"bad.yaml: {told}\nbad.yaml: nothing was imported\n"
    assert everything(db_session)["events"] == []


def test_import_into_another_event_is_refused(app: Flask, db_session: Session, small: Path) -> None:
    result = run(app, "programme", "import", "--event", "ascc12", str(small))
    assert (result.exit_code, result.stderr.splitlines()[0]) == (
        1,
        "small.yaml: line 2: the file is about 'ascc11', not about 'ascc12'",
    )
    assert db_session.scalars(sa.select(Event)).all() == []


def test_import_of_no_file_is_refused(app: Flask, tmp_path: Path) -> None:
    result = import_(app, tmp_path / "none.yaml")
    assert result.exit_code == 2
    assert "does not exist" in result.stderr


def test_import_that_would_leave_a_session_outside_writes_nothing(app: Flask, db_session: Session, small: Path) -> None:
    import_(app, small)
    before = everything(db_session)
    small.write_text(SMALL.replace("2022-11-2", "2022-12-2").replace("session-3", "session-4"))
    result = import_(app, small, "--json")
    assert (result.exit_code, len(json.loads(result.output)["problems"])) == (1, 1)
    db_session.expire_all()
    assert everything(db_session) == before


def test_release_publishes_once(app: Flask, db_session: Session, small: Path) -> None:
    import_(app, small)
    first = run(app, "programme", "release", "--event", "ascc11", "--note", "初版")
    assert (first.exit_code, first.output) == (0, "ascc11: release 1\n")
    second = run(app, "programme", "release", "--event", "ascc11")
    assert (second.exit_code, second.stderr) == (1, "Error: nothing has changed since the newest release\n")
    db_session.execute(sa.update(ProgrammeSession).values(title=Translated({"en": "New"})))
    db_session.commit()
    assert run(app, "programme", "release", "--event", "ascc11").output == "ascc11: release 2\n"
    found = db_session.execute(sa.select(Release.number, Release.note).order_by(Release.number))
    assert [tuple(row) for row in found] == [(1, "初版"), (2, "")]


def test_release_of_an_unknown_event_is_refused(app: Flask) -> None:
    result = run(app, "programme", "release", "--event", "ascc12")
    assert (result.exit_code, result.stderr) == (1, "Error: there is no event 'ascc12'\n")


def add(app: Flask, slug: str = "ascc12", zone: str = "Asia/Tokyo", to: str = "2023-10-26") -> Result:
    return run(app, "events", "add", slug, "--zone", zone, "--from", "2023-10-25", "--to", to)


def test_event_is_added(app: Flask, db_session: Session) -> None:
    result = add(app)
    assert (result.exit_code, result.output) == (0, "ascc12: added\n")
    event = events.by_slug(db_session, "ascc12")
    assert event is not None
    assert (event.timezone, event.starts_on, event.ends_on) == ("Asia/Tokyo", date(2023, 10, 25), date(2023, 10, 26))
    again = add(app)
    assert (again.exit_code, again.stderr) == (1, "Error: there is an event 'ascc12' already\n")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"slug": "organise"}, "'organise' is a word of our own addresses and cannot name an event"),
        (
            {"slug": "ny"},
            "'ny' cannot name an event: two letters are the tag of a language; use three or more characters",
        ),
        ({"slug": "A b"}, "'A b' cannot be an address: use lower-case letters, digits and single hyphens"),
        ({"zone": "Tokyo"}, "'Tokyo' is not an IANA time zone, such as Asia/Tokyo"),
        ({"to": "2023-10-24"}, "the event ends before it starts"),
        ({"to": "2024-11-24"}, "the event lasts more than 31 days"),
    ],
)
def test_event_that_cannot_be_is_refused(app: Flask, db_session: Session, given: dict[str, str], told: str) -> None:
    result = add(app, **given)
    assert (result.exit_code, result.stderr) == (1, f"Error: {told}\n")
    assert db_session.scalars(sa.select(Event)).all() == []


def test_added_event_is_filled_by_an_import(app: Flask, db_session: Session, small: Path) -> None:
    assert add(app, "ascc11").exit_code == 0
    result = import_(app, small, "--json")
    assert json.loads(result.output) == {
        **{"read": 6, "added": 5, "changed": 1, "unchanged": 0, "refused": 0, "problems": []},
    }
    event = events.by_slug(db_session, "ascc11")
    assert event is not None
    assert (event.title["en"], event.starts_on) == ("The 11th", date(2022, 11, 24))
