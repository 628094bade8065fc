"""`flask programme import` of files that are not our own."""

import json
import re
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from tests.imports.test_frab import event as one
from tests.imports.test_frab import xml
from tests.imports.test_transfer_pages import FAULTY, GOOD, sessions
from tests.support.builders import make_event, make_session, tr


@pytest.fixture
def event(db_session: Session) -> Event:
    made = make_event(db_session)
    db_session.commit()
    return made


def import_(app: Flask, file: Path, *more: str) -> Result:
    return app.test_cli_runner().invoke(args=["programme", "import", "--event", "ascc11", str(file), *more])


def test_a_schedule_is_recognised_and_imported(app: Flask, db_session: Session, event: Event, tmp_path: Path) -> None:
    file = tmp_path / "schedule.xml"
    file.write_bytes(GOOD)
    for added, unchanged in ((4, 0), (0, 4)):
        result = import_(app, file, "--json")
        assert (result.exit_code, json.loads(result.output)) == (
            0,
            {"read": 4, "added": added, "changed": 0, "unchanged": unchanged, "refused": 0, "problems": []},
        )
    assert sessions(db_session) == [("welcome", "Welcome"), ("cranes", "Cranes")]


def test_a_faulty_row_refuses_the_file_or_is_left_out(
    app: Flask, db_session: Session, event: Event, tmp_path: Path
) -> None:
    file = tmp_path / "schedule.xml"
    file.write_bytes(FAULTY)
    problems = [{"line": 4, "message": "Nothing: It ends when it starts."}]
    refused = import_(app, file, "--json")
    assert (refused.exit_code, json.loads(refused.output)) == (
        1,
        {"read": 3, "added": 0, "changed": 0, "unchanged": 0, "refused": 3, "problems": problems},
    )
    assert sessions(db_session) == []
    result = import_(app, file, "--leave-out-faulty", "--json")
    assert (result.exit_code, json.loads(result.output)) == (
        0,
        {"read": 3, "added": 2, "changed": 0, "unchanged": 0, "refused": 1, "problems": problems},
    )
    assert import_(app, file, "--leave-out-faulty").stdout == (
        "schedule.xml: 3 read, 0 added, 0 changed, 2 unchanged, 1 refused\n"
    )


@pytest.mark.parametrize(
    "kind", ["yaml", "json", "frab-xml", "frab_xml", "frab-json", "frab_json", "xlsx", "csv", "ical"]
)
def test_what_is_exported_is_imported_under_the_same_word(
    app: Flask, db_session: Session, event: Event, tmp_path: Path, kind: str
) -> None:
    uid = "6f4a2f0e-52a4-4c1b-9d8e-7f5b0c1d2e3f"
    make_session(db_session, event, "welcome", title=tr("ようこそ", "Welcome"), uid=uid)
    db_session.commit()
    file = tmp_path / "file"
    written = app.test_cli_runner().invoke(args=["programme", "export", "--event", "ascc11", str(file), "--kind", kind])
    assert (written.exit_code, written.stderr) == (0, "")
    result = import_(app, file, "--kind", kind, "--json")
    done = json.loads(result.output)
    assert (result.exit_code, done["added"], done["changed"], done["refused"]) == (0, 0, 0, 0)


def test_both_commands_have_the_same_words(app: Flask) -> None:
    words = []
    for command in ("import", "export"):
        told = app.test_cli_runner().invoke(args=["programme", command, "--kind", "nonsense"]).stderr
        words.append(set(re.findall(r"'([a-z-]+)'", told.partition("is not one of")[2])))
    assert words[1] - words[0] == {"timetable", "booklet"}
    assert words[0] <= words[1]


REFUSED: dict[str, tuple[bytes, str, tuple[str, ...], str]] = {
    "a picture": (b"\x89PNG\r\n", "a.png", (), "This is none of the files"),
    "a bomb": (b"<!DOCTYPE s [<!ENTITY a 'b'>]><schedule/>", "a.xml", (), "line 1: The file has a document type"),
    "of another kind than it is said to be": (
        GOOD,
        "a.xml",
        ("--kind", "ical"),
        "The file cannot be read as a calendar",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_programme_is_refused(app: Flask, event: Event, tmp_path: Path, name: str) -> None:
    data, filename, more, told = REFUSED[name]
    file = tmp_path / filename
    file.write_bytes(data)
    result = import_(app, file, *more)
    assert result.exit_code == 1
    assert told in result.stderr


def test_a_schedule_needs_its_event(app: Flask, db_session: Session, tmp_path: Path) -> None:
    file = tmp_path / "schedule.xml"
    file.write_bytes(xml(one()))
    result = import_(app, file)
    assert (result.exit_code, "there is no event 'ascc11'" in result.stderr) == (1, True)
