"""CSV and XLSX: encodings, separators, columns by name and by choice, and what is told of odd rows."""

import io
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galerio_events import clock
from galerio_events.programme import exports
from galerio_events.programme.domain import LinkKind, RoleKind, RoleState, SessionKind, SessionStatus
from galerio_events.programme.domain.incoming import FileKind, InLanguages, ProgrammeFile, Thing, Unreadable
from galerio_events.programme.domain.values import LinkValue
from galerio_events.programme.imports import reading
from galerio_events.programme.imports.moments import read_time
from galerio_events.programme.imports.sheets import read_csv, read_xlsx
from tests.imports.given import ENGLISH, TARGET, done, draft, moment, only, planned, told

HEAD = "title (en),start,end"
ROW = "Welcome,2022-11-24 10:00,2022-11-24 11:00"


def csv_file(*rows: str, columns: dict[int, str] | None = None) -> ProgrammeFile:
    data = "\n".join(rows).encode()
    return reading.read(data, TARGET, filename="table.csv", columns=columns or {}).file


def xlsx(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def times(thing: Thing) -> tuple[datetime, datetime]:
    return thing.fields["starts_at"], thing.fields["ends_at"]


TEN_TO_ELEVEN = (moment("24 10:00"), moment("24 11:00"))
JAPANESE = "タイトル（日本語）,開始,終了\nようこそ,2022年11月24日 10時00分,2022/11/24 11:00\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_every_encoding_that_spreadsheets_write(encoding: str) -> None:
    thing = only(reading.read(JAPANESE.encode(encoding), TARGET, filename="x.csv", columns={}).file)
    assert (thing.label, times(thing)) == ("ようこそ", TEN_TO_ELEVEN)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_separator(separator: str) -> None:
    thing = only(csv_file(HEAD.replace(",", separator), ROW.replace(",", separator)))
    assert (thing.label, times(thing)) == ("Welcome", TEN_TO_ELEVEN)


TIMES: dict[str, tuple[str, str]] = {
    "start and minutes": ("title,start,minutes", "Welcome,2022-11-24 10:00,60"),
    "start and length": ("title,start,duration", "Welcome,2022-11-24 10:00,1:00"),
    "date, start and end time": ("title,date,start time,end time", "Welcome,2022-11-24,10:00,11:00"),
    "date, start and end under other names": ("Session,Day,Start,End", "Welcome,2022-11-24,10:00 am,11:00"),
    "in Japanese": ("セッション名,開催日,開始時刻,終了時刻", "Welcome,2022年11月24日（木）,10時,11時"),
    "as in the United States": ("title,start,end", 'Welcome,11/24/2022 10:00 AM,"11/24/2022, 11:00:00 AM"'),
    "as in Britain": ("title,start,end", "Welcome,24/11/2022 10:00,Thu 24 Nov 2022 11 a.m."),
    "with the month's name": ("title,date,start,end", 'Welcome,"November 24th, 2022",10 AM,11:00'),
    "midnight behind the date": ("title,date,start,end", "Welcome,11/24/2022 0:00:00,10:00,11:00"),
    "in the halves of the day": ("title,start,end", "Welcome,2022年11月24日(木)午前10時,2022/11/24 午前11:00"),
    "in Reiwa": ("title,start,end", "Welcome,令和4年11月24日 10時,令和4年11月24日（木曜日） 11時"),
    "with offsets": ("title,start,end", "Welcome,2022-11-24T01:00:00Z,2022-11-24T11:00+09:00"),
}


@pytest.mark.parametrize("name", TIMES)
def test_times_in_whichever_columns(name: str) -> None:
    assert times(only(csv_file(*TIMES[name]))) == TEN_TO_ELEVEN


def test_days_above_twelve_decide_for_the_whole_table() -> None:
    rows = ("A,{},2022-11-24 23:59", "B,{},2022-11-25 23:59")
    head = "title,start,end"
    american = csv_file(head, *map(str.format, rows, ("11/24/2022 22:00", "11/10/2022 10:00")))
    british = csv_file(head, *map(str.format, rows, ("24/11/2022 22:00", "11/10/2022 10:00")))
    mixed = csv_file(head, *map(str.format, rows, ("24/11/2022 22:00", "11/10/2022 10:00")), "C,11/25/2022 9:00,")
    assert [times(file.sessions[1])[0].date() for file in (american, british)] == [
        date(2022, 11, 10),
        date(2022, 10, 11),
    ]
    assert [(p.row, p.told.value, dict(p.details)) for p in mixed.problems][:1] == [
        (3, "ambiguous_date", {"value": "11/10/2022", "one": "2022-10-11", "other": "2022-11-10"})
    ]


CLOCK: dict[str, time | None] = {
    "21:00": time(21), "9:00 PM": time(21), "9 pm": time(21), "9:05 p.m.": time(21, 5), "PM 9:00": time(21),
    "12:30 AM": time(0, 30), "12 PM": time(12), "午後9時": time(21), "午後9時半": time(21, 30), "午前9:05": time(9, 5),
    "午後0時": time(12), "午後12時30分": time(12, 30), "２１時０５分": time(21, 5),
    "午前12時": None, "午後12時": None, "13 PM": None, "0:30 PM": None, "午後9時 PM": None, "9": None, "25:00": None,
}  # fmt: skip


@pytest.mark.parametrize("text", CLOCK)
def test_clocks_of_twelve_and_of_twenty_four_hours(text: str) -> None:
    read = read_time(text)
    assert (read[0] if read else None) == CLOCK[text]


def test_an_end_before_the_start_of_a_time_alone_is_tomorrow() -> None:
    thing = only(csv_file("title,date,start time,end time", "Party,2022-11-24,22:00,01:30"))
    assert times(thing) == (moment("24 22:00"), moment("25 1:30"))


def test_all_that_a_row_says() -> None:
    head = (
        "key,uid,kind,title (ja),title (en),start,end,venue,track,run by,people,titles of talks (en),minutes of talks,"
        "invitations,summary (en),abstract (ja),language,interpreter needed,places,status,scheduled,locked,links"
    )
    row = (
        "opening,,opening,開会,Opening,2022-11-24 10:00,2022-11-24 11:00,Main hall [hall],Cities,YUSA,"
        '"moderator: Mara Quay [mara]\nTom Pier（パネリスト）","Boats\n—","20\n","\nto_be_invited",Short,長い,'
        'English,yes,"1,200",confirmed,no,yes,"https://www.example.org/a Paper\nattachment: https://www.example.org/b"'
    )
    file = csv_file(head, row)
    thing = only(file)
    said = dict(thing.fields)
    mara, tom = said.pop("people")
    assert said == {
        "title": InLanguages({"ja": "開会", "en": "Opening"}),
        "summary": InLanguages({"en": "Short"}),
        "abstract": InLanguages({"ja": "長い"}),
        "kind": SessionKind.OPENING,
        "starts_at": TEN_TO_ELEVEN[0],
        "ends_at": TEN_TO_ELEVEN[1],
        "venue": "hall",
        "track": "cities",
        "organiser": "yusa",
        "language": "en",
        "needs_interpreter": True,
        "capacity": 1200,
        "status": SessionStatus.CONFIRMED,
        "scheduled": False,
        "locked": True,
        "links": (
            LinkValue("https://www.example.org/a", "Paper"),
            LinkValue("https://www.example.org/b", "", LinkKind.ATTACHMENT),
        ),
    }
    assert (mara.role, mara.person, mara.title, mara.minutes, mara.state) == (
        *(RoleKind.MODERATOR, "mara", InLanguages({"en": "Boats"}), 20, RoleState.CONFIRMED),
    )
    assert (tom.role, file.people[tom.person].label, tom.title, tom.minutes, tom.state) == (
        *(RoleKind.PANELIST, "Tom Pier", InLanguages({"en": ""}), None, RoleState.TO_BE_INVITED),
    )
    assert (thing.key, thing.sure, file.problems) == ("opening", True, ())


def test_columns_that_are_not_there_say_nothing() -> None:
    assert sorted(only(csv_file(HEAD, ROW)).fields) == ["ends_at", "starts_at", "title"]


FAULTY: dict[str, tuple[str, str, list[tuple[int, str]]]] = {
    "no end": (HEAD, "Welcome,2022-11-24 10:00,", [(2, "no_length")]),
    "no start time": ("title,date,start time,end time", "Welcome,2022-11-24,,11:00", [(2, "no_start")]),
    "a start that is none": (HEAD, "Welcome,tomorrow,2022-11-24 11:00", [(2, "bad_time")]),
    "a date that can be read in two ways": (HEAD, "Welcome,11/10/2022 10:00,", [(2, "ambiguous_date")]),
    "such a date with its time beside it": (
        "title,date,start time,end time", "Welcome,11/10/2022,10:00,11:00", [(2, "ambiguous_date")],
    ),
    "a date that is none": ("title,date,start time,end time", "Welcome,31/11/2022,10:00,11:00", [(2, "bad_time")]),
    "a length that is none": ("title,start,minutes", "Welcome,2022-11-24 10:00,long", [(2, "bad_length")]),
    "places that are no number": (HEAD + ",places", ROW + ",many", [(2, "bad_value")]),
    "a flag that is none": (HEAD + ",locked", ROW + ",perhaps", [(2, "bad_value")]),
    "a status that is none": (HEAD + ",status", ROW + ",dreamt", [(2, "bad_value")]),
    "minutes of a talk that are none": (
        HEAD + ",people,minutes of talks", ROW + ",Mara,forever", [(2, "bad_value")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_row_is_told_of_and_left_out(name: str) -> None:
    head, row, problems = FAULTY[name]
    file = csv_file(head, row)
    assert (told(file.problems), file.sessions) == (problems, ())


NOTED: dict[str, tuple[str, str, list[tuple[int, str]]]] = {
    "an unknown column": (HEAD + ",mood", ROW + ",good", [(1, "column_ignored")]),
    "an unknown kind": (HEAD + ",kind", ROW + ",hovercraft", [(2, "unknown_kind")]),
    "an unknown role": (HEAD + ",people", ROW + ",Ferryman: Mara", [(2, "unknown_role")]),
    "an unknown language": (HEAD + ",language", ROW + ",Marsian", [(2, "unknown_language")]),
    "an address that is none": (HEAD + ",links", ROW + ",javascript:x", [(2, "bad_address")]),
}


@pytest.mark.parametrize("name", NOTED)
def test_an_odd_row_is_told_of_and_kept(name: str) -> None:
    head, row, problems = NOTED[name]
    file = csv_file(head, row)
    assert (told(file.problems), len(file.sessions)) == (problems, 1)


HEADINGS: dict[str, tuple[str, list[str]]] = {
    "two languages": ("タイトル,Title,開始,終了", ["title:ja", "title:en", "starts_at", "ends_at"]),
    "English first": ("Title,題名,Start,End", ["title:en", "title:ja", "starts_at", "ends_at"]),
    "all texts in two languages": (
        "タイトル,Title,概要,Summary,説明,Abstract",
        ["title:ja", "title:en", "summary:ja", "summary:en", "abstract:ja", "abstract:en"],
    ),
    "an overview and an abstract": (
        "タイトル,Title,概要,Abstract",
        ["title:ja", "title:en", "abstract:ja", "abstract:en"],
    ),
    "one that says its language": ("タイトル（日本語）,Title", ["title:ja", "title:en"]),
    "one language in English": ("Title,Abstract", ["title:ja", "abstract:ja"]),
    "two languages and one text": ("タイトル,Title,Abstract", ["title:ja", "title:en", "abstract:en"]),
    "the same twice": ("Title,Name", ["title:ja", "ignored"]),
    "a subject": ("件名,内容,備考", ["title:ja", "abstract:ja", "ignored"]),
    "a talk": ("講演名", ["title:ja"]),
    "a programme": ("プログラム名", ["title:ja"]),
    "what people in Japan write": (
        "No.,日時,終了,演題,会場,登壇者,カテゴリー",
        ["ignored", "starts_at", "ends_at", "title:ja", "venue", "people", "track"],
    ),
    "a lecture": (
        "日程,開始時間,終了時間,題目,講師,要旨",
        ["date", "start", "end", "title:ja", "people", "abstract:ja"],
    ),
    "languages before the word": ("和文タイトル,英題", ["title:ja", "title:en"]),
    "our own titles of talks": ("件名,講演タイトル", ["title:ja", "talk:ja"]),
}


@pytest.mark.parametrize("name", HEADINGS)
def test_headings_mean_what_they_say(name: str) -> None:
    head, held = HEADINGS[name]
    read = reading.read(f"{head}\n{','.join('abcdefgh'[: len(held)])}\n".encode(), TARGET, filename="t.csv", columns={})
    assert [column.choice for column in read.columns] == held


def test_a_title_in_each_language_is_kept() -> None:
    thing = only(csv_file("タイトル,Title,開始,終了", "ようこそ," + ROW))
    assert thing.fields["title"] == InLanguages({"ja": "ようこそ", "en": "Welcome"})


def test_remarks_are_passed_over_knowingly() -> None:
    read = reading.read(f"{HEAD},備考,mood\n{ROW},x,y\n".encode(), TARGET, columns={})
    assert [(column.text, column.unknown) for column in read.columns[3:]] == [("備考", False), ("mood", True)]
    assert told(read.file.problems) == [(1, "column_ignored"), (1, "column_ignored")]


def test_columns_are_chosen_where_they_are_not_known() -> None:
    rows = ("What,When,How long", "Welcome,2022-11-24 10:00,60")
    with pytest.raises(Unreadable) as refused:
        csv_file(*rows)
    assert told(refused.value.problems) == [(1, "no_title_column")]
    thing = only(csv_file(*rows, columns={0: "title:en", 1: "starts_at", 2: "minutes"}))
    assert (thing.label, times(thing)) == ("Welcome", TEN_TO_ELEVEN)


def test_columns_show_what_they_hold() -> None:
    read = reading.read(f"{HEAD},mood\n{ROW},good\n".encode(), TARGET, columns={})
    assert [(c.at, c.text, c.samples, c.choice) for c in read.columns] == [
        (0, "title (en)", ("Welcome",), "title:en"),
        (1, "start", ("2022-11-24 10:00",), "starts_at"),
        (2, "end", ("2022-11-24 11:00",), "ends_at"),
        (3, "mood", ("good",), "ignored"),
    ]


def test_choices_that_make_no_sense_are_as_none() -> None:
    chosen = {0: "title:xx", 1: "nonsense", 2: "ends_at", 9999: "key"}
    assert only(csv_file(HEAD, ROW, columns=chosen)).label == "Welcome"


def test_a_title_without_a_language_is_in_the_one_that_was_chosen() -> None:
    data = b"title,start,end\nWelcome,2022-11-24 10:00,2022-11-24 11:00\n"
    assert [only(reading.read(data, t, columns={}).file).fields["title"].texts for t in (TARGET, ENGLISH)] == [
        {"ja": "Welcome"},
        {"en": "Welcome"},
    ]


def test_an_identity_of_another_system_is_known_again() -> None:
    first = planned(csv_file("id," + HEAD, "S-01," + ROW), draft(sessions={}))
    again = planned(csv_file("id," + HEAD, "S-02," + ROW), draft(sessions={}))
    assert first.items[0].uid != again.items[0].uid
    assert (first.items[0].key, again.items[0].key) == ("welcome", "welcome")


def test_dates_times_and_numbers_of_a_workbook() -> None:
    data = xlsx(
        ["Title (en)", "Date", "Start time", "Minutes", "Places", "Locked"],
        ["Welcome", date(2022, 11, 24), time(10, 0), 60, 40.0, True],
        ["Cranes", date(2022, 11, 25), time(13, 30), timedelta(hours=1, minutes=15), None, None],
        [None, None, None, None, None, None],
    )
    first, second = reading.read(data, TARGET, columns={}).file.sessions
    assert (times(first), first.fields["capacity"], first.fields["locked"]) == (TEN_TO_ELEVEN, 40, True)
    assert second.row == 3
    assert second.fields["ends_at"] - second.fields["starts_at"] == timedelta(minutes=75)


def test_a_formula_without_a_result_refuses_its_row() -> None:
    file = reading.read(xlsx(HEAD.split(","), ['="Wel"&"come"', *ROW.split(",")[1:]]), TARGET, columns={}).file
    assert (told(file.problems), file.sessions) == ([(2, "formula")], ())


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return out.getvalue()


def with_part(name: str, data: bytes) -> bytes:
    """A workbook, one part of which is something else."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(HEAD.split(",")))) as whole, zipfile.ZipFile(out, "w") as packed:
        for part in whole.namelist():
            packed.writestr(part, data if part == name else whole.read(part))
    return out.getvalue()


BOMB = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
BROKEN: dict[str, tuple[bytes, str]] = {
    "a bomb": (zipped(a=b"\0" * 60_000_000), "unpacks_too_large"),
    "no workbook": (zipped(a=b"x"), "not_a_workbook"),
    "a torn archive": (xlsx(["title"])[:400], "not_a_workbook"),
    "entities in a sheet": (with_part("xl/worksheets/sheet1.xml", BOMB), "not_a_workbook"),
    "an empty sheet": (xlsx(), "empty"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_workbook_that_is_none_is_refused(name: str) -> None:
    data, problem = BROKEN[name]
    with pytest.raises(Unreadable) as refused:
        read_xlsx(data)
    assert told(refused.value.problems)[0][1] in {problem, "forbidden_xml"}


def test_a_cell_that_is_never_closed_is_told_of() -> None:
    with pytest.raises(Unreadable) as refused:
        read_csv(b'title,start\nA,2022-11-24\nB,"' + b"x\n" * 100_001)
    assert [(p.row, p.told.value, dict(p.details)) for p in refused.value.problems] == [
        (3, "cell_too_long", {"most": "200,000"})
    ]


def test_a_table_of_too_many_rows_is_refused() -> None:
    with pytest.raises(Unreadable) as refused:
        read_csv(b"title\n" + b"x\n" * 20_001)
    assert refused.value.problems[0].told.value == "too_many_rows"


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=6), min_size=1, max_size=6))
def test_whatever_stands_in_a_table_is_read_or_told(rows: list[list[str]]) -> None:
    head = ["title", "start", "minutes", "people", "places", "links"]
    data = xlsx_free(head, rows)
    try:
        read = reading.read(data, TARGET, kind=FileKind.CSV, columns={})
    except Unreadable:
        return
    plan = planned(read.file)
    assert len(plan.items) + plan.unchanged + plan.refused >= 0


def xlsx_free(head: list[str], rows: list[list[str]]) -> bytes:
    lines = [head, *rows]
    return "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines).encode(
        "utf-8", "replace"
    )


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_is_read_as_it_is(language: str, kind: str) -> None:
    sample = exports.Sample("Asia/Tokyo", date(2022, 11, 24), ("Main hall",), ("Cities",))
    write = {"csv": exports.template_csv, "xlsx": exports.template_xlsx}[kind]
    data = write(sample, ("ja", "en"), language)
    read = reading.read(data, TARGET, columns={})
    plan = planned(read.file)
    assert [column.column.value for column in read.columns if column.column.value == "ignored"] == []
    assert (told(plan.problems), done(plan)["session added"]) == ([], ["example-session"])
    assert clock.to_text(only(read.file).fields["starts_at"]) == "2022-11-24T01:00:00Z"
    assert write(sample, ("ja", "en"), language) == data
