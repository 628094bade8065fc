"""`flask report summary` and `flask demo load`."""

from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from tests.attendance.support import make_registration
from tests.reports import readers

pytestmark = pytest.mark.usefixtures("event")


def run(app: Flask, *more: str) -> tuple[int, bytes, str]:
    """Exit status, what came on standard output, and what on standard error."""
    result = app.test_cli_runner().invoke(args=["report", "summary", *more])
    return result.exit_code, result.stdout_bytes, result.stderr


@pytest.mark.parametrize("basis", ["registered", "attended"])
@pytest.mark.parametrize("language", ["ja", "en"])
@time_machine.travel("2022-11-28T01:05:00Z", tick=False)
def test_every_format_has_the_same_figures(app: Flask, tmp_path: Path, basis: str, language: str) -> None:
    made: dict[str, bytes] = {}
    for kind in ("json", "csv", "xlsx", "html"):
        file = tmp_path / f"summary.{kind}"
        options = ("--event", "ascc11", "--format", kind, "--basis", basis, "--output", str(file))
        status, printed, complaint = run(app, *options, *(("--lang", language) if kind == "html" else ()))
        assert (status, printed, complaint) == (0, b"", "")
        made[kind] = file.read_bytes()
    figures = readers.of_json(made["json"])
    assert readers.of_csv(made["csv"]) == figures
    assert readers.of_xlsx(made["xlsx"]) == figures
    assert readers.of_html(made["html"]) == figures
    assert f'<html lang="{language}">'.encode() in made["html"]
    assert b"<link" not in made["html"]
    assert b"<script" not in made["html"]
    title = {"ja": "第11回アジア・スマートシティ会議", "en": "Asia Smart City Conference"}[language]
    made_at = {"ja": "2022年11月28日（月）10:05、日本時間", "en": "Monday 28 November 2022 at 10:05, Japan time"}[
        language
    ]
    head = made["html"].decode().split("</style>")[1].split("<dl")[0]
    assert title in head
    assert made_at in head
    assert "ascc11" not in head


def test_standard_output_is_the_file(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "summary.csv"
    run(app, "--event", "ascc11", "--format", "csv", "--output", str(file))
    for output in ((), ("--output", "-")):
        assert run(app, "--event", "ascc11", "--format", "csv", *output) == (0, file.read_bytes(), "")


@pytest.mark.parametrize(
    ("options", "status", "complaint"),
    [
        (("--event", "ascc99", "--format", "json"), 1, "There is no event 'ascc99'."),
        (("--format", "json"), 2, "Missing option '--event'"),
        (("--event", "ascc11"), 2, "Missing option '--format'"),
        (("--event", "ascc11", "--format", "doc"), 2, "'doc' is not one of"),
        (("--event", "ascc11", "--format", "json", "--basis", "all"), 2, "'all' is not one of"),
        (("--event", "ascc11", "--format", "html", "--lang", "fr"), 2, "'fr' is not one of"),
        (("--event", "ascc11", "--format", "pdf"), 2, "'pdf' is not one of"),
        (("--event", "ascc11", "--format", "json", "--output", "/"), 2, "is a directory"),
        (("--event", "ascc11", "--format", "json", "--output", "/nowhere/x.json"), 1, "cannot be written"),
    ],
)
def test_what_it_refuses(app: Flask, options: tuple[str, ...], status: int, complaint: str) -> None:
    found, printed, said = run(app, *options)
    assert (found, printed) == (status, b"")
    assert complaint in said


def test_two_databases_give_the_same_bytes(make_app: Callable[..., Flask]) -> None:
    made = []
    for _ in range(2):
        app = make_app()
        loaded = app.test_cli_runner().invoke(args=["demo", "load"])
        assert (loaded.exit_code, loaded.stderr) == (0, "")
        assert "730 synthetic registrations" in loaded.output
        made.append([run(app, "--event", "ascc11", "--format", kind)[1] for kind in ("json", "csv")])
    assert made[0] == made[1]
    again = app.test_cli_runner().invoke(args=["demo", "load"])
    assert (again.exit_code, again.output) == (
        0,
        "ascc11: 730 synthetic registrations are there already; nothing changed.\n",
    )
    assert run(app, "--event", "ascc11", "--format", "json")[1] == made[0][0]


def test_replacing_synthetic_participants_is_said(app: Flask, db_session: Session, event: Event) -> None:
    result = app.test_cli_runner().invoke(args=["demo", "load", "--registrations", "3"])
    assert (result.exit_code, result.output) == (
        0,
        "ascc11: 60 synthetic registrations are replaced by 3.\n"
        "ascc11: 3 synthetic registrations with their attendance.\n",
    )
    make_registration(db_session, event)
    db_session.commit()
    refused = app.test_cli_runner().invoke(args=["demo", "load", "--registrations", "4"])
    assert (refused.exit_code, refused.output) == (
        1,
        "Error: ascc11 has registrations that are not synthetic (1); nothing was changed.\n",
    )


@pytest.mark.parametrize("number", ["0", "-1", "many", "1000001"])
def test_impossible_numbers_of_participants(app: Flask, event: Event, number: str) -> None:
    result = app.test_cli_runner().invoke(args=["demo", "load", "--registrations", number])
    assert result.exit_code == 2
    assert "Invalid value for '--registrations'" in result.stderr
