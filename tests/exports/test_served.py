"""The files over HTTP and by the command: who gets them, what they are called, and what is refused."""

import csv
import json
import threading
from io import BytesIO, StringIO
from pathlib import Path

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from galerio_events.programme.domain.columns import from_cell, from_lines, to_cell, to_lines
from galerio_events.releases.exports import tables
from galerio_events.releases.exports.files import BY_NAME, FileKind, recognised
from galerio_events.releases.exports.whole import as_whole
from tests.calendars.support import release
from tests.support.builders import make_account, make_event, make_person, make_session, sample_programme, sign_in, tr

PUBLIC = {
    "/ascc11/schedule.xml": ("application/xml", "ascc11-schedule.xml"),
    "/ascc11/schedule.json": ("application/json", "ascc11-schedule.json"),
    "/ascc11/programme.json": ("application/json", "ascc11-programme.json"),
    "/ja/ascc11/timetable.pdf": ("application/pdf", "ascc11-timetable-ja.pdf"),
    "/en/ascc11/booklet.pdf": ("application/pdf", "ascc11-booklet-en.pdf"),
}


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_gets_the_release(client: FlaskClient, db_session: Session, address: str) -> None:
    release(db_session)
    answer = client.get(address)
    mimetype, name = PUBLIC[address]
    assert (answer.status_code, answer.mimetype) == (200, mimetype)
    assert answer.headers["Content-Disposition"] == f'inline; filename="{name}"'
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("address", PUBLIC)
def test_nothing_of_a_draft_is_public(client: FlaskClient, db_session: Session, address: str) -> None:
    make_event(db_session)
    db_session.commit()
    assert client.get(address).status_code == 404
    assert client.get(address.replace("ascc11", "nowhere")).status_code == 404


def test_the_language_of_a_schedule_can_be_chosen(client: FlaskClient, db_session: Session) -> None:
    release(db_session)
    assert "<title>Session 1</title>" in client.get("/ascc11/schedule.xml?lang=en").text
    assert client.get("/ascc11/schedule.xml?lang=ja").data == client.get("/ascc11/schedule.xml").data
    refused = client.get("/ascc11/schedule.xml?lang=fr", headers={"Accept-Language": "en"})
    assert (refused.status_code, refused.text) == (400, "The programme exists in these languages: ja, en.")


def test_the_programme_page_leads_to_them(client: FlaskClient, db_session: Session) -> None:
    release(db_session)
    page = client.get("/en/ascc11/programme").text
    for address in ("/en/ascc11/timetable.pdf", "/en/ascc11/booklet.pdf", "/ascc11/schedule.xml?lang=en"):
        assert f'href="{address}"' in page


def test_pages_do_not_wait_for_paper(app: Flask, client: FlaskClient, db_session: Session) -> None:
    release(db_session)
    published = app.extensions["galerio_published"]
    held, done = threading.Event(), threading.Event()

    def set_something_long() -> None:
        with published.building_apart:
            held.set()
            done.wait()

    somebody = threading.Thread(target=set_something_long)
    somebody.start()
    held.wait()
    try:
        assert client.get("/en/ascc11/programme").status_code == 200
        assert not published.building_apart.acquire(blocking=False)
    finally:
        done.set()
        somebody.join()
    assert client.get("/en/ascc11/timetable.pdf").status_code == 200


def drafted(db_session: Session) -> Event:
    """A draft with one session in the timetable and one in the tray."""
    event = make_event(db_session)
    make_session(db_session, event, "session-1", title=tr("=1+1", "One"), locked=True)
    make_session(db_session, event, "session-2", title=tr("二"), scheduled=False, capacity=20)
    make_person(db_session, event)
    return event


def test_organisers_get_every_file_of_their_draft(client: FlaskClient, db_session: Session) -> None:
    event = drafted(db_session)
    sign_in(client, make_account(db_session, event=event))
    db_session.commit()
    for name in BY_NAME:
        answer = client.get(f"/en/organise/ascc11/export/{name}?lang=ja")
        assert answer.status_code == 200, name
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="ascc11-draft-'), name
        assert answer.headers["Cache-Control"] == "no-store"
        assert client.get(f"/en/organise/ascc11/export/{name}?of=release").status_code == 404
    for wrong in ("nothing.pdf", "timetable.pdf?of=both", "timetable.pdf?lang=fr"):
        assert client.get(f"/en/organise/ascc11/export/{wrong}").status_code == 404


def test_the_release_leaves_out_what_only_organisers_know(client: FlaskClient, db_session: Session) -> None:
    event = release(db_session)
    sign_in(client, make_account(db_session, event=event))
    db_session.commit()
    read = yaml.safe_load(client.get("/en/organise/ascc11/export/programme.yaml?of=release").data)
    assert [s["key"] for s in read["sessions"]] == ["session-1", "session-2", "session-3"]
    assert all({"capacity", "status", "locked"}.isdisjoint(s) for s in read["sessions"])


def test_the_table_of_a_draft_has_the_tray_and_no_formulas(client: FlaskClient, db_session: Session) -> None:
    event = drafted(db_session)
    sign_in(client, make_account(db_session, event=event))
    db_session.commit()
    data = client.get("/en/organise/ascc11/export/sessions.csv?lang=en").data
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(StringIO(data.decode("utf-8-sig"), newline="")))
    assert [(r["Key"], r["Title (ja)"], r["Places"], r["Scheduled"], r["Locked"]) for r in rows] == [
        ("session-1", "'=1+1", "unlimited", "yes", "yes"),
        ("session-2", "二", "20", "no", "no"),
    ]
    book = load_workbook(BytesIO(client.get("/en/organise/ascc11/export/sessions.xlsx?lang=en").data))
    sheet = book.worksheets[0]
    cells = [["" if cell.value is None else cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells == [list(rows[0]), *[list(r.values()) for r in rows]]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def test_equal_programmes_give_equal_tables() -> None:
    whole = as_whole(sample_programme())
    assert tables.to_csv(whole, "ja") == tables.to_csv(whole, "ja")
    assert tables.to_xlsx(whole, "ja") == tables.to_xlsx(whole, "ja")


@pytest.mark.parametrize("typed", ["", "=1", "'=1", "''=1", "'quoted'", "+81 45", "-", "@x", "＝1", "-x", "a\n=b"])
def test_a_cell_can_be_read_back(typed: str) -> None:
    cell = to_cell(typed)
    assert from_cell(cell) == typed
    assert cell[:1] not in {"=", "@", "＝"}


@pytest.mark.parametrize("values", [["", "a"], ["a", ""], ["—", "b"], ["——", "—"], ["a"]])
def test_lines_can_be_read_back(values: list[str]) -> None:
    assert from_lines(to_lines(values)) == values


def test_nothing_to_say_is_an_empty_cell() -> None:
    assert to_lines(["", ""]) == ""


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("x.yaml", FileKind.YAML), ("x.YML", FileKind.YAML), ("x.json", FileKind.JSON), ("x.xml", FileKind.FRAB_XML),
        ("schedule.json", FileKind.FRAB_JSON), ("x.pdf", FileKind.TIMETABLE), ("booklet.pdf", FileKind.BOOKLET),
        ("x.ics", FileKind.ICAL), ("x.csv", FileKind.CSV), ("x.xlsx", FileKind.XLSX), ("x", None), ("x.doc", None),
    ],
)  # fmt: skip
def test_a_file_is_known_by_its_name(name: str, kind: FileKind | None) -> None:
    assert recognised(name) is kind


def test_the_command_writes_what_the_page_gives(app: Flask, db_session: Session, tmp_path: Path) -> None:
    drafted(db_session)
    db_session.commit()
    run = app.test_cli_runner().invoke
    target = tmp_path / "out.json"
    done = run(args=["programme", "export", "--event", "ascc11", str(target)])
    assert (done.exit_code, done.output) == (0, f"out.json: json, {target.stat().st_size} bytes\n")
    assert [s["key"] for s in json.loads(target.read_bytes())["sessions"]] == ["session-1", "session-2"]
    chosen = ["programme", "export", "--event", "ascc11", "--kind", "frab-xml", "--language", "en"]
    assert run(args=[*chosen, str(tmp_path / "out")]).exit_code == 0
    assert b"<title>One</title>" in (tmp_path / "out").read_bytes()
    for args, told in (
        (["--event", "ascc11", str(tmp_path / "what")], "cannot be told from its name"),
        (["--event", "nowhere", str(target)], "there is no event 'nowhere'"),
        (["--event", "ascc11", "--of", "release", str(target)], "ascc11 has no release"),
    ):
        refused = run(args=["programme", "export", *args])
        assert refused.exit_code == 1
        assert told in refused.output
