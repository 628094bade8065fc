"""The programme on paper: pages, and text that comes out as it was typed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from galerio_events.events.domain import VenueKind
from galerio_events.programme.domain import SessionKind
from galerio_events.releases.domain.document import PublishedProgramme, PublishedVenue
from galerio_events.releases.exports import pdf
from galerio_events.releases.exports.pdf import glyphs, layout, names, typesetting
from tests.support.builders import sample_programme, tr

URL = "https://www.example.org"
MARKUP = '#import "x" *bold* _it_ @ref $x^2$ <l> = `raw` \\ [b] // c #(1+1)'


def reader(made: bytes) -> PdfReader:
    return PdfReader(BytesIO(made))


def text(made: bytes) -> str:
    """What can be copied out, line ends as nothing between characters that need no space."""
    return "\n".join(page.extract_text() for page in reader(made).pages)


def timetable(programme: PublishedProgramme, language: str = "ja") -> bytes:
    return pdf.timetable(programme, language=language, base_url=URL)


def booklet(programme: PublishedProgramme, language: str = "ja") -> bytes:
    return pdf.booklet(programme, language=language, base_url=URL)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("make", [timetable, booklet])
def test_titles_and_names_can_be_copied_out(make: object, language: str) -> None:
    assert callable(make)
    said = text(make(sample_programme(), language))
    wanted = {
        "ja": ["第11回アジア・スマートシティ会議", "セッション1", "石川 武史", "ウェビナー", "13:10–14:20"],
        "en": ["11th Asia Smart City Conference", "Session 1", "Christopher Pablo", "Webinar", "15:50–17:00"],
    }
    assert [word for word in wanted[language] if word not in said] == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_document_says_what_it_is(language: str) -> None:
    made = reader(timetable(sample_programme(), language))
    assert made.metadata is not None
    assert (
        made.metadata.title
        == {"ja": "第11回アジア・スマートシティ会議", "en": "11th Asia Smart City Conference"}[language]
    )
    assert made.metadata.author == {"ja": "横浜市", "en": "City of Yokohama"}[language]
    root = made.trailer["/Root"]
    assert root["/Lang"].split("-")[0] == language
    assert root["/MarkInfo"]["/Marked"]
    assert len(made.pages) == 1


def test_seven_sessions_make_one_page_on_its_long_side() -> None:
    page = reader(timetable(sample_programme(5))).pages[0]
    assert round(float(page.mediabox.width)) == 842
    assert round(float(page.mediabox.height)) == 595


def test_nothing_that_is_typed_is_markup() -> None:
    programme = sample_programme(1)
    session = replace(programme.sessions[0], title=tr(MARKUP), abstract=tr(MARKUP))
    for make in (timetable, booklet):
        said = text(make(replace(programme, sessions=(session,))))
        assert "".join(MARKUP.split()) in "".join(said.split())


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("make", [pdf.timetable, pdf.booklet])
def test_addresses_are_copied_out_whole(make: object, language: str) -> None:
    assert callable(make)
    said = text(make(sample_programme(), language=language, base_url="http://127.0.0.1:5200"))
    words = [word for word in said.split() if word.startswith("http")]
    assert words == [f"http://127.0.0.1:5200/{language}/ascc11/"]
    assert [hex(ord(c)) for c in said if c in "\u00ad\u200b\u200c\u200d\u2060\ufeff"] == []


@pytest.mark.parametrize("make", [timetable, booklet])
def test_a_word_longer_than_a_line_stays_on_the_page_and_is_copied_out_whole(make: object) -> None:
    assert callable(make)
    word = "Donaudampfschiff" * 25
    session = replace(sample_programme(1).sessions[0], title=tr(word, word), abstract=tr(word, word))
    made = reader(make(replace(sample_programme(1), sessions=(session,)), "en"))
    said = "".join(page.extract_text() for page in made.pages)
    assert word in "".join(said.split())
    assert max(len(line) for line in said.split("\n")) < 150
    assert "\u200b" not in said


@pytest.mark.parametrize(
    "typed", ["😀 ไทย \x00\u202e\u200b ｶﾅ", "x" * 200, "長" * 200, "葛\U000e0100飾 Nguyễn Thị", "\ue000\ufffe"]
)
def test_hostile_texts_are_set(typed: str) -> None:
    programme = sample_programme(1)
    session = replace(programme.sessions[0], title=tr(typed), summary=tr(typed), abstract=tr(f"{typed}\n\n{typed}"))
    people = {key: replace(person, name=tr(typed)) for key, person in programme.people.items()}
    made = replace(programme, sessions=(session,), people=people)
    assert timetable(made).startswith(b"%PDF")
    assert booklet(made).startswith(b"%PDF")


def test_what_the_fonts_lack_is_marked() -> None:
    assert glyphs.settable("a😀b") == "a〓b"
    assert glyphs.settable("ไทย") == "〓"
    assert glyphs.settable("葛\U000e0100飾") == "葛\U000e0100飾"
    assert glyphs.settable("Nguyễn Thị") == "Nguyễn Thị"


def test_equal_programmes_give_equal_bytes() -> None:
    assert timetable(sample_programme()) == timetable(sample_programme())
    assert booklet(sample_programme()) == booklet(sample_programme())


def test_an_empty_programme_is_a_page() -> None:
    empty = replace(sample_programme(), sessions=())
    assert "Session" not in text(timetable(empty, "en"))
    assert "There are no sessions yet." in text(timetable(empty, "en"))
    assert booklet(empty).startswith(b"%PDF")


def test_more_venues_than_fit_side_by_side_get_pages_of_their_own() -> None:
    programme = sample_programme(1)
    venues = tuple(PublishedVenue(f"r{i}", VenueKind.ONSITE, tr(f"会議室{i}")) for i in range(14))
    sessions = tuple(
        replace(programme.sessions[0], key=f"s-{i}", uid=f"u{i}", venue=f"r{i}", title=tr(f"題名{i}"))
        for i in range(14)
    )
    made = timetable(replace(programme, venues=venues, sessions=sessions))
    assert len(reader(made).pages) == 3
    assert [f"題名{i}" for i in range(14) if f"題名{i}" not in text(made)] == []


def test_overlaps_stand_side_by_side_and_a_break_goes_across() -> None:
    first, second, third = sample_programme(3).sessions
    second = replace(second, starts_at=first.starts_at, ends_at=first.ends_at)
    pause = replace(third, kind=SessionKind.BREAK, venue=None)
    (panel,) = layout.panels((first, second, pause), ["webinar"])
    assert [(c.session.key, c.x, c.y, c.across, c.down) for c in panel.cells] == [
        ("session-1", 0, 0, 1, 1),
        ("session-2", 1, 0, 1, 1),
        ("session-3", 0, 2, 2, 1),
    ]


def test_no_two_cells_of_a_panel_overlap() -> None:
    base = sample_programme(12).sessions
    sessions = [replace(s, starts_at=s.starts_at - timedelta(minutes=35 * (i % 3))) for i, s in enumerate(base)]
    for panel in layout.panels(sorted(sessions, key=lambda s: s.starts_at), ["webinar"]):
        taken = [(x, y) for c in panel.cells for x in range(c.x, c.x + c.across) for y in range(c.y, c.y + c.down)]
        assert len(taken) == len(set(taken))


def test_a_picture_that_cannot_be_set_is_left_out() -> None:
    programme = sample_programme(1)
    logo = "a" * 64
    host = replace(programme.event.organisers[0], logo=logo)
    made = replace(programme, event=replace(programme.event, organisers=(host,)))
    assert pdf.booklet(made, language="ja", base_url=URL, images={logo: ("png", b"no picture")}).startswith(b"%PDF")


def test_what_cannot_be_set_is_told() -> None:
    with pytest.raises(typesetting.NotTypeset, match="language"):
        typesetting.typeset("common", {"labels": 1}, {}, created=sample_programme().released_at)


def grouped(*people: str) -> list[tuple[str, list[str]]]:
    labels = {"latin_names": "latin", "other_names": "other"}
    return [(group["heading"], group["people"]) for group in names.grouped(people, labels, lambda name: name)]


def test_people_stand_by_the_name_that_is_printed() -> None:
    assert grouped("山中 竹春", "zoë A", "Émile B", "赤岡 謙", "Emil C", "石川 武史", "Tan", "①") == [
        ("latin", ["Emil C", "Émile B", "Tan", "zoë A"]),
        ("other", ["山中 竹春", "石川 武史", "赤岡 謙", "①"]),
    ]
    assert grouped("b", "A") == [("", ["A", "b"])]
    assert grouped("\U00020bb7野", "吉野", "") == [("", ["", "吉野", "\U00020bb7野"])]


def test_letters_stand_over_more_than_forty_people() -> None:
    few = [f"{letter}{n:02}" for letter in "AB" for n in range(20)]
    assert grouped(*few) == [("", few)]
    assert grouped(*few, "é") == [("A", few[:20]), ("B", few[20:]), ("E", ["é"])]


def test_where_people_come_from_stands_apart_from_their_names() -> None:
    lines = text(booklet(sample_programme(1), "en")).split("\n")
    assert [line for line in lines if "Pablo, " in line] == ["Moderator Christopher Pablo, World Bank Japan"]
    assert not [line for line in lines if line.endswith(("・", "／", ","))]


def test_a_session_shorter_than_half_a_page_stands_on_one_page() -> None:
    base = sample_programme(12)
    abstract = "We compare notes. " * 40
    sessions = tuple(replace(s, abstract=tr("", f"Begin{n}. {abstract}End{n}.")) for n, s in enumerate(base.sessions))
    pages = [page.extract_text() for page in reader(booklet(replace(base, sessions=sessions), "en")).pages]
    assert [n for n in range(12) if not any(f"Begin{n}." in page and f"End{n}." in page for page in pages)] == []


def tops(made: bytes, wanted: set[str]) -> dict[str, list[int]]:
    """Text to how far up the page it stands, in points."""
    found: dict[str, list[int]] = {}

    def seen(piece: str, cm: list[float], tm: list[float], _font: object, _size: float) -> None:
        if piece.strip() in wanted:
            found.setdefault(piece.strip(), []).append(round(tm[4] * cm[1] + tm[5] * cm[3] + cm[5]))

    reader(made).pages[0].extract_text(visitor_text=seen)
    return found


def test_days_side_by_side_have_one_scale() -> None:
    first, second, third = sample_programme(3).sessions
    long = tr("", "A title that needs several lines where it stands, and then some more of them. " * 4)
    next_day = timedelta(days=1)
    second = replace(second, starts_at=first.ends_at, ends_at=first.ends_at + timedelta(minutes=60))
    fourth = replace(
        second, key="s-4", uid="u4", starts_at=second.starts_at + next_day, ends_at=second.ends_at + next_day
    )
    third = replace(
        third, title=long, starts_at=first.starts_at + timedelta(days=1, minutes=-20), ends_at=fourth.starts_at
    )
    made = timetable(replace(sample_programme(1), sessions=(first, second, third, fourth)), "en")
    begin = second.starts_at + timedelta(hours=9)
    assert len(reader(made).pages) == 1
    (heights,) = tops(made, {f"{begin:%H:%M}"}).values()
    assert len(heights) == 2
    assert heights[0] == heights[1]


def test_days_on_which_clocks_change_stand_alone() -> None:
    base = sample_programme(2)
    first, second = base.sessions
    night = replace(
        first, starts_at=datetime(2022, 11, 6, 5, 30, tzinfo=UTC), ends_at=datetime(2022, 11, 6, 6, 30, tzinfo=UTC)
    )
    event = replace(base.event, timezone="America/New_York")
    assert len(reader(timetable(replace(base, event=event, sessions=(night, second)), "en")).pages) == 2
    assert len(reader(timetable(replace(base, event=event, sessions=(first, second)), "en")).pages) == 1
