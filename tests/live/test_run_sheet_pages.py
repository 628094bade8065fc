"""The form of a run sheet, that of its templates, and the run sheet on paper."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy.orm import Session

from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.programme.domain.run_sheet import Segment, SegmentKind, Step
from galerio_events.programme.queries import run_sheet as stored
from tests.live.support import SHEET, Hall, client_of, make_hall
from tests.support.builders import tr
from tests.support.html import Element, parse

KEPT = [
    {"kind": "welcome", "who": "moderator:mori", "minutes": "5", "cue": "Lights down"},
    {"kind": "presentation", "who": "panelist:pablo", "minutes": "20", "slide": "3"}
    | {"title_ja": "港の話", "title_en": "Ports"},
    {"kind": "discussion", "who": "moderator:mori", "minutes": "25"},
    {"kind": "questions", "who": "", "minutes": "10"},
]  # fmt: skip


@pytest.fixture
def hall(db_session: Session) -> Hall:
    return make_hall(db_session)


def sent(rows: list[dict[str, str]], seen: str, do: str = "save") -> dict[str, str]:
    fields = {f"segments-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}
    return {"do": do, "seen": seen, **fields}


def seen_by(client: Any, path: str) -> str:
    return parse(client.get(path).text).one("input", id="seen").attributes["value"]


def rows_of(page: str) -> list[tuple[str, str]]:
    """Kind and minutes of every segment in the form."""
    form = parse(page)
    minutes = [each.attributes.get("value", "") for each in form.all("input", inputmode="numeric")]
    kinds = [_chosen(each) for each in form.all("select") if each.attributes["name"].endswith("-kind")]
    return list(zip(kinds, minutes, strict=True))


def _chosen(select: Element) -> str:
    return next(each.attributes["value"] for each in select.all("option") if "selected" in each.attributes)


def test_a_moderator_edits_the_plan(app: Flask, hall: Hall, db_session: Session) -> None:
    client, path = client_of(app, hall.moderator), f"{hall.path}/run-sheet"
    rows = [*KEPT[:3], KEPT[3] | {"minutes": "9"}, {"kind": "photo", "who": "", "minutes": "2", "title_ja": "撮影"}]
    answer = client.post(path, data=sent(rows, seen_by(client, path)))
    assert (answer.status_code, answer.location) == (302, path)
    expected = (*SHEET[:3], Segment(SegmentKind.QUESTIONS, 9), Segment(SegmentKind.PHOTO, 2, tr("撮影")))
    assert stored.segments_of(db_session, hall.session.id) == expected
    page = client.get(path).text
    assert "The segments take 61 minutes together, 1 more than the session's 60." in " ".join(page.split())
    assert "Last changed" in page
    change = next(each for each in parse(page).all("input") if each.attributes["name"] == "change").attributes["value"]
    client.post(f"{path}/undo", data={"change": change})
    assert stored.segments_of(db_session, hall.session.id) == SHEET


def test_rows_are_added_moved_and_removed_without_saving(app: Flask, hall: Hall, db_session: Session) -> None:
    client, path = client_of(app, hall.moderator), f"{hall.path}/run-sheet"
    seen = seen_by(client, path)

    def after(do: str) -> list[tuple[str, str]]:
        answer = client.post(path, data=sent(KEPT, seen, do))
        assert answer.status_code == 200
        return rows_of(answer.text)

    four = [("welcome", "5"), ("presentation", "20"), ("discussion", "25"), ("questions", "10")]
    assert after("add-segment") == [*four, ("presentation", "5")]
    assert after("up-1") == [four[1], four[0], *four[2:]]
    assert after("remove-2") == [*four[:2], four[3]]
    assert stored.segments_of(db_session, hall.session.id) == SHEET


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"minutes": "0"}, "Enter a whole number of minutes from 1 to 1,440."),
        ({"minutes": ""}, "Enter a whole number of minutes from 1 to 1,440."),
        ({"minutes": "1441"}, "Enter a whole number of minutes from 1 to 1,440."),
        ({"minutes": "five"}, "Enter a whole number of minutes from 1 to 1,440."),
        ({"minutes": "9" * 400}, "Enter a whole number of minutes from 1 to 1,440."),
        ({"title_en": "x" * 201}, "This title is too long: 200 characters at most."),
        ({"cue": "x" * 2001}, "This is too long: 2000 characters at most."),
        ({"slide": "x" * 201}, "This is too long: 200 characters at most."),
        ({"who": "moderator:nobody"}, "Choose one from the list."),
        ({"kind": "explosion"}, "Choose one from the list."),
    ],
)
def test_what_is_wrong_is_said_at_the_segment(
    app: Flask, hall: Hall, db_session: Session, wrong: dict[str, str], said: str
) -> None:
    client, path = client_of(app, hall.moderator), f"{hall.path}/run-sheet"
    answer = client.post(path, data=sent([*KEPT[:3], KEPT[3] | wrong], seen_by(client, path)))
    assert answer.status_code == 422
    assert said in answer.text
    assert "Segment 4" in answer.text
    assert stored.segments_of(db_session, hall.session.id) == SHEET


def test_what_cannot_be_seen_is_told_and_what_looks_like_a_page_is_a_text(
    app: Flask, hall: Hall, db_session: Session
) -> None:
    client, path = client_of(app, hall.moderator), f"{hall.path}/run-sheet"
    row = {"kind": "other", "who": "", "minutes": "5", "title_ja": "<b>題</b>\u202e", "cue": "🎤 <script>\nGo\x07"}
    shown = client.post(path, data=sent([row], seen_by(client, path)))
    assert (shown.status_code, shown.text.count("\u202e"), shown.text.count("\x07")) == (422, 0, 0)
    row |= {"title_ja": "<b>題</b>", "cue": "🎤 <script>\nGo"}
    assert client.post(path, data=sent([row], seen_by(client, path))).status_code == 302
    expected = Segment(SegmentKind.OTHER, 5, tr("<b>題</b>"), cue="🎤 <script>\nGo")
    assert stored.segments_of(db_session, hall.session.id) == (expected,)
    page = parse(client.get(f"{hall.path}/live").text)
    assert page.one(data_cue="").text == "🎤 <script> Go"
    assert client.get(f"{hall.path}/run-sheet.pdf").status_code == 200


def test_who_is_slower_is_shown_both_plans(app: Flask, hall: Hall, db_session: Session) -> None:
    client, path = client_of(app, hall.moderator), f"{hall.path}/run-sheet"
    seen = seen_by(client, path)
    faster = [*KEPT[:3], KEPT[3] | {"minutes": "7"}]
    assert client_of(app, hall.organiser).post(path, data=sent(faster, seen)).status_code == 302
    slower = [KEPT[0] | {"minutes": "4"}, *KEPT[1:]]
    answer = client.post(path, data=sent(slower, seen))
    assert answer.status_code == 409
    # Segments that only one of the two has changed are put together.
    assert rows_of(answer.text) == [("welcome", "4"), ("presentation", "20"), ("discussion", "25"), ("questions", "7")]
    again = parse(answer.text).one("input", id="seen").attributes["value"]
    assert client.post(path, data=sent([*slower[:3], faster[3]], again)).status_code == 302
    assert [each.minutes for each in stored.segments_of(db_session, hall.session.id)] == [4, 20, 25, 7]


def test_a_plan_is_filled_from_the_template_and_kept_when_it_is_saved(app: Flask, db_session: Session) -> None:
    hall = make_hall(db_session, sheet=())
    client, path = client_of(app, hall.moderator), f"{hall.path}/run-sheet"
    empty = seen_by(client, path)
    shown = client.post(path, data={"do": "from-template", "seen": empty})
    assert shown.status_code == 200
    assert rows_of(shown.text) == [
        ("welcome", "3"), ("presentation", "7"), ("discussion", "37"), ("questions", "10"), ("summary", "3"),
    ]  # fmt: skip
    assert stored.segments_of(db_session, hall.session.id) == ()
    refused = client.post(path, data={"do": "from-roles", "seen": empty})
    assert (refused.status_code, "No role has minutes." in refused.text) == (422, True)


def test_organisers_settle_what_plans_begin_with(app: Flask, hall: Hall, db_session: Session) -> None:
    client = client_of(app, hall.organiser)
    folder = f"/en/organise/{hall.event.slug}/settings/run-sheets"
    assert client.get(folder).text.count('<li class="panel">') == len(SessionKind)
    path = f"{folder}/keynote"
    rows = [
        {"kind": "presentation", "who": "keynote:", "minutes": "", "cue": "Microphone"},
        {"kind": "questions", "who": "", "minutes": "15"},
    ]
    answer = client.post(path, data=sent(rows, seen_by(client, path)))
    assert (answer.status_code, answer.location) == (302, folder)
    assert stored.template_of(db_session, hall.event.id, SessionKind.KEYNOTE) == (
        Step(SegmentKind.PRESENTATION, role=RoleKind.KEYNOTE, cue="Microphone"),
        Step(SegmentKind.QUESTIONS, 15),
    )
    refused = client.post(path, data=sent([rows[0] | {"minutes": "0"}], seen_by(client, path)))
    assert refused.status_code == 422
    assert client.get(f"{folder}/nonsense").status_code == 404
    assert client_of(app, hall.moderator).get(path).status_code == 404


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_plan_on_paper(app: Flask, hall: Hall, language: str) -> None:
    def text(account: Any) -> str:
        answer = client_of(app, account).get(f"{hall.path}/run-sheet.pdf?lang={language}")
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        return " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)

    paper = text(hall.moderator)
    for words in ("19:00–19:05", "19:50–20:00", "Lights down", {"ja": "港の話", "en": "Ports"}[language]):
        assert words in paper
    assert ("森" if language == "ja" else "Mori") in paper
    assert "Lights down" not in text(hall.panelist)
    assert client_of(app, hall.stranger).get(f"{hall.path}/run-sheet.pdf").status_code == 404
    assert client_of(app, hall.moderator).get(f"{hall.path}/run-sheet.pdf?lang=xx").status_code == 404
