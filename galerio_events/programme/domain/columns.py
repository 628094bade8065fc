"""The columns of a table of sessions (CSV, XLSX), the same on the way in and on the way out.

Times are wall-clock times in the event's zone, written `2022-11-25 15:50`. Venue, track and organisation are named by
their name (or their key); people are one a line, `moderator: Christopher Pablo [pablo]`, where the key in brackets may
be left out; links are one a line, the address and then, after a space, what to call it, with `attachment: ` in front
where it is one. The columns in `BY_PERSON` go line by line with the people.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from galerio_events.text import fold, spreadsheet_safe


class Column(StrEnum):
    KEY = "key"
    UID = "uid"
    KIND = "kind"
    TITLE = "title"
    STARTS_AT = "starts_at"
    ENDS_AT = "ends_at"
    DATE = "date"
    START = "start"
    END = "end"
    MINUTES = "minutes"
    VENUE = "venue"
    TRACK = "track"
    ORGANISER = "organiser"
    PEOPLE = "people"
    SUMMARY = "summary"
    ABSTRACT = "abstract"
    LANGUAGE = "language"
    INTERPRETER = "interpreter"
    STATUS = "status"
    PLACES = "places"
    SCHEDULED = "scheduled"
    LOCKED = "locked"
    LINKS = "links"
    TALK = "talk"
    TALK_MINUTES = "talk_minutes"
    INVITATION = "invitation"
    IGNORED = "ignored"


# There is one such column for each language of the event.
BY_LANGUAGE = (Column.TITLE, Column.SUMMARY, Column.ABSTRACT, Column.TALK)

# A line of these says something of the person who is named in the same line of the people.
BY_PERSON = (Column.TALK, Column.TALK_MINUTES, Column.INVITATION)

# What our own tables have, in this order; the others are for tables that were made elsewhere.
OWN = (
    Column.KEY,
    Column.UID,
    Column.KIND,
    Column.TITLE,
    Column.STARTS_AT,
    Column.ENDS_AT,
    Column.VENUE,
    Column.TRACK,
    Column.ORGANISER,
    Column.PEOPLE,
    Column.SUMMARY,
    Column.ABSTRACT,
    Column.LANGUAGE,
    Column.LINKS,
    Column.TALK,
)

# What the tables of a draft have besides; the public does not see it.
ORGANISERS = (
    Column.TALK_MINUTES,
    Column.INVITATION,
    Column.INTERPRETER,
    Column.PLACES,
    Column.STATUS,
    Column.SCHEDULED,
    Column.LOCKED,
)

_JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")

YES = "yes"
NO = "no"
# Instead of a number of places: as many as like.
UNLIMITED = "unlimited"
# Stands in a cell of several lines for a line that says nothing.
NOTHING = "—"
ATTACHMENT = "attachment: "

HEADERS: Mapping[Column, Mapping[str, str]] = {
    Column.KEY: {"en": "Key", "ja": "キー"},
    Column.UID: {"en": "UID", "ja": "UID"},
    Column.KIND: {"en": "Kind", "ja": "種類"},
    Column.TITLE: {"en": "Title", "ja": "タイトル"},
    Column.STARTS_AT: {"en": "Start", "ja": "開始"},
    Column.ENDS_AT: {"en": "End", "ja": "終了"},
    Column.DATE: {"en": "Date", "ja": "日付"},
    Column.START: {"en": "Start time", "ja": "開始時刻"},
    Column.END: {"en": "End time", "ja": "終了時刻"},
    Column.MINUTES: {"en": "Minutes", "ja": "所要時間（分）"},
    Column.VENUE: {"en": "Venue", "ja": "会場"},
    Column.TRACK: {"en": "Track", "ja": "トラック"},
    Column.ORGANISER: {"en": "Run by", "ja": "運営"},
    Column.PEOPLE: {"en": "People", "ja": "登壇者"},
    Column.SUMMARY: {"en": "Summary", "ja": "概要"},
    Column.ABSTRACT: {"en": "Abstract", "ja": "説明"},
    Column.LANGUAGE: {"en": "Language", "ja": "言語"},
    Column.INTERPRETER: {"en": "Interpreter needed", "ja": "通訳の要否"},
    Column.STATUS: {"en": "Status", "ja": "状態"},
    Column.PLACES: {"en": "Places", "ja": "定員"},
    Column.SCHEDULED: {"en": "Scheduled", "ja": "日程確定"},
    Column.LOCKED: {"en": "Locked", "ja": "固定"},
    Column.LINKS: {"en": "Links", "ja": "リンク"},
    Column.TALK: {"en": "Titles of talks", "ja": "講演タイトル"},
    Column.TALK_MINUTES: {"en": "Minutes of talks", "ja": "講演時間（分）"},
    Column.INVITATION: {"en": "Invitations", "ja": "登壇依頼"},
}


def to_cell(text: str) -> str:
    """The text as it is written into a cell, so that no spreadsheet takes it for a formula; `from_cell` undoes it."""
    return "'" + text if _guarded(text) else text


def from_cell(cell: str) -> str:
    """The text that `to_cell` wrote, or that somebody typed."""
    return cell[1:] if cell.startswith("'") and _guarded(cell) else cell


def _guarded(text: str) -> bool:
    bare = text.lstrip("'")
    return spreadsheet_safe(bare) != bare


def to_lines(values: Sequence[str]) -> str:
    """Several values in one cell, a line for each; empty where none of them says anything."""
    if not any(values):
        return ""
    return "\n".join(NOTHING + value if not value.strip(NOTHING) else value for value in values)


def from_lines(cell: str) -> list[str]:
    """The values that `to_lines` wrote, or that somebody typed: an empty line says nothing, either."""
    lines = [line.strip() for line in cell.splitlines()]
    return [line[1:] if line and not line.strip(NOTHING) else line for line in lines]


def header(column: Column, language: str, of: str | None = None) -> str:
    """What stands above the column, for readers of `language`; `of` is the language of its texts, if it has one."""
    name = HEADERS[column].get(language, HEADERS[column]["en"])
    if of is None:
        return name
    return f"{name}（{of}）" if language == "ja" else f"{name} ({of})"


def headers(columns: Sequence[Column], language: str, languages: Sequence[str]) -> list[tuple[Column, str | None, str]]:
    """(column, language of its texts, heading) of a table with those columns for an event of those languages."""
    return [
        (column, of, header(column, language, of))
        for column in columns
        for of in (languages if column in BY_LANGUAGE else (None,))
    ]


def spelt_in(text: str) -> str:
    """The language in which a heading is written: `ja` where there is a Japanese letter in it, else `en`."""
    return "ja" if _JAPANESE.search(text) else "en"


def in_two_languages(texts: Mapping[int, str], language: str) -> dict[int, tuple[Column, str | None]]:
    """What the headings mean, by place; `language` is that of the texts under headings that do not name one.

    Where a table has the same heading twice, as in `タイトル, Title`, each of those that name no language stands above
    texts of the language in which it is written itself. `概要` beside `Abstract` is the abstract in Japanese.
    """
    known = {at: found for at, text in texts.items() if (found := recognised(text))}
    open_ = {at for at, (column, of) in known.items() if column in BY_LANGUAGE and of is None}
    held = {at: (column, of or (spelt_in(texts[at]) if at in open_ else None)) for at, (column, of) in known.items()}
    overviews = [at for at in open_ if fold(texts[at]) == "概要"]
    texts_of = {
        column: {of for found, of in held.values() if found is column} for column in (Column.SUMMARY, Column.ABSTRACT)
    }
    paired = len(overviews) == 1 and texts_of == {Column.SUMMARY: {"ja"}, Column.ABSTRACT: {"en"}}
    if paired:
        held[overviews[0]] = (Column.ABSTRACT, "ja")
    twice = {column for column in BY_LANGUAGE if len({of for found, of in held.values() if found is column}) > 1} & {
        held[at][0] for at in open_
    }
    if not twice:
        held |= {at: (column, language) for at, (column, _of) in held.items() if at in open_}
    return held


def recognised(text: str) -> tuple[Column, str | None] | None:
    """Which column a heading means, in either language and however it is spelt, and of which language its texts are."""
    return _SPELLINGS.get(fold(text))


_SPEAKERS = ("登壇者名", "講演者", "講演者名", "講師", "演者", "出演者", "出演", "発表者", "スピーカー", "ゲスト")
_ALSO: Mapping[Column, tuple[str, ...]] = {
    Column.KEY: ("id", "session id", "slug", "code", "セッションID", "識別子"),
    Column.UID: ("guid", "uuid"),
    Column.KIND: ("type", "session type", "format", "種別", "区分", "形式"),
    Column.TITLE: (
        "name",
        "session",
        "session title",
        "題名",
        "題",
        "件名",
        "セッション名",
        "セッションタイトル",
        "演題",
        "演題名",
        "講演名",
        "講演題目",
        "題目",
        "表題",
        "名称",
        "プログラム名",
        "プログラム",
        "セッション",
    ),
    Column.STARTS_AT: (
        "starts at",
        "begin",
        "begins at",
        "start date and time",
        "from",
        "開始日時",
        "日時",
        "開催日時",
        "開始時",
    ),
    Column.ENDS_AT: ("ends at", "finish", "end date and time", "until", "to", "終了日時", "終了時"),
    Column.DATE: ("day", "日", "開催日", "開始日", "日にち", "月日", "年月日", "実施日", "日程"),
    Column.START: ("time", "begins", "starts", "時刻", "開始時間", "開演"),
    Column.END: ("ends", "終了時間", "終演"),
    Column.MINUTES: (
        "duration",
        "length",
        "duration minutes",
        "duration min",
        "所要時間",
        "所要",
        "時間 分",
        "分",
        "分数",
        "長さ",
    ),
    Column.VENUE: (
        "room",
        "location",
        "place",
        "hall",
        "stage",
        "場所",
        "部屋",
        "部屋名",
        "会議室",
        "会場名",
        "開催場所",
        "ホール",
        "ルーム",
    ),
    Column.TRACK: ("theme", "topic", "category", "テーマ", "分野", "カテゴリ", "カテゴリー", "トラック名"),
    Column.ORGANISER: (
        "organiser",
        "organizer",
        "organisation",
        "organization",
        "host",
        "主催",
        "主催者",
        "主催団体",
        "運営団体",
        "担当",
    ),
    Column.PEOPLE: ("speaker", "speakers", "persons", "presenter", "presenters", *_SPEAKERS),
    Column.SUMMARY: ("subtitle", "short description", "要約", "副題", "サブタイトル"),
    Column.ABSTRACT: ("description", "details", "内容", "要旨", "講演要旨", "講演概要", "詳細", "紹介文"),
    Column.LANGUAGE: ("spoken language", "使用言語", "発表言語"),
    Column.INTERPRETER: ("interpreter", "interpretation", "通訳"),
    Column.STATUS: ("state", "ステータス"),
    Column.PLACES: ("capacity", "seats", "席数", "人数", "収容人数", "定員数"),
    Column.SCHEDULED: ("planned",),
    Column.LOCKED: ("fixed", "ロック"),
    Column.LINKS: ("link", "url", "urls", "web", "リンク先", "関連リンク"),
    # What those who made the table noted for themselves: nothing of it belongs into a programme.
    Column.IGNORED: (
        "remark",
        "remarks",
        "note",
        "notes",
        "comment",
        "comments",
        "no",
        "番号",
        "通番",
        "備考",
        "備考欄",
        "メモ",
    ),
}
_LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "en": ("en", "english", "英語", "英", "英文"),
    "ja": ("ja", "jp", "japanese", "日本語", "日", "和", "和文"),
}


def _spellings() -> dict[str, tuple[Column, str | None]]:
    found: dict[str, tuple[Column, str | None]] = {}
    for column, names in HEADERS.items():
        # What our own tables say is never taken for something else.
        found |= {fold(name): (column, None) for name in names.values()}
    for column in Column:
        for name in (*HEADERS.get(column, {}).values(), *_ALSO.get(column, ()), column.value):
            found.setdefault(fold(name), (column, None))
            if column in BY_LANGUAGE:
                for language, spelt in _LANGUAGES.items():
                    for word in spelt:
                        found.setdefault(fold(f"{name} {word}"), (column, language))
                        found.setdefault(fold(f"{word} {name}"), (column, language))
                        if spelt_in(word + name) == "ja":
                            found.setdefault(fold(word + name), (column, language))
    return found


_SPELLINGS = _spellings()
