"""Every way in which a programme file can be wrong: one clear message, with its line."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from galerio_events.errors import ImportRefused, Problem
from galerio_events.programme.imports.yaml_file import parse
from galerio_events.programme.imports.yaml_tree import MOST_BYTES
from tests.programme.files import SMALL, changed

BERLIN = SMALL.replace("Asia/Tokyo", "Europe/Berlin")
SPRING = BERLIN.replace("2022-11-24", "2022-03-27").replace("2022-11-25", "2022-03-27")
AUTUMN = BERLIN.replace("2022-11-24", "2022-10-30").replace("2022-11-25", "2022-10-30")


def problems_of(data: bytes, **more: str) -> list[tuple[int, str]]:
    with pytest.raises(ImportRefused) as refused:
        parse(data, **more)
    return [(problem.line, problem.message) for problem in refused.value.problems]


def test_the_file_to_break_is_good() -> None:
    assert list(parse(SMALL.encode()).sessions) == ["session-3"]


BAD: dict[str, tuple[bytes, int, str]] = {
    "unknown key": (
        changed("    venue: webinar\n", "    venu: webinar\n"),
        17,
        "session 'session-3' has no key 'venu'; did you mean 'venue'?",
    ),
    "unknown section": (SMALL.encode() + b"sponsors: []\n", 25, "the file has no key 'sponsors'"),
    "key given twice": (
        changed("    kind: session\n", "    kind: session\n    kind: closing\n"),
        17,
        "the key 'kind' is there twice; the first one is in line 16",
    ),
    "person given twice": (
        changed("  tan: {", "  pablo: {name: {en: Another}}\n  tan: {"),
        13,
        "the key 'pablo' is there twice; the first one is in line 12",
    ),
    "session given twice": (
        SMALL.encode() + b"  - {key: session-3, kind: closing, starts_at: 2022-11-25T17:00, ends_at: 2022-11-25T17:30,"
        b" title: {en: Closing}}\n",
        25,
        "session 'session-3' is there twice; the first one is in line 15",
    ),
    "missing key": (changed("    kind: session\n", ""), 15, "session 'session-3' lacks its 'kind'"),
    "no edition": (SMALL[SMALL.index("venues:") :].encode(), 1, "the file lacks its 'edition'"),
    "python tag": (
        changed("key: session-3", "key: !!python/object/apply:os.system [ls]"),
        15,
        "tags are not allowed (here: tag:yaml.org,2002:python/object/apply:os.system); write the plain value",
    ),
    "standard tag": (
        changed("country: SG", "country: !!str SG"),
        13,
        "tags are not allowed (here: tag:yaml.org,2002:str); write the plain value",
    ),
    "anchor": (
        changed("name: {en: Webinar}", "name: &name {en: Webinar}"),
        8,
        "anchors and aliases (& and *) are not allowed; write the value out where it belongs",
    ),
    "unknown person": (
        changed("person: tan}", "person: tann}"),
        24,
        "there is no person 'tann'; did you mean 'tan'?",
    ),
    "unknown venue": (changed("venue: webinar\n", "venue: hall\n"), 17, "there is no venue 'hall'"),
    "unknown track": (
        changed("track: smart-city", "track: smartcity"),
        18,
        "there is no track 'smartcity'; did you mean 'smart-city'?",
    ),
    "unknown organiser": (
        changed("    track:", "    organiser: yusa\n    track:"),
        18,
        "there is no organisation 'yusa'",
    ),
    "ends before it starts": (
        changed("ends_at: 2022-11-25T17:00", "ends_at: 2022-11-25T15:00"),
        20,
        "session 'session-3' ends before it starts",
    ),
    "ends at its start": (
        changed("ends_at: 2022-11-25T17:00", "ends_at: 2022-11-25T15:50"),
        20,
        "session 'session-3' ends at its start",
    ),
    "starts before the event": (
        changed("starts_at: 2022-11-25", "starts_at: 2022-11-23"),
        19,
        "starts_at of session 'session-3' is outside the event's days, 2022-11-24 to 2022-11-25",
    ),
    "ends after the event": (
        changed("ends_at: 2022-11-25T17:00", "ends_at: 2022-11-26T00:01"),
        20,
        "ends_at of session 'session-3' is outside the event's days, 2022-11-24 to 2022-11-25",
    ),
    "before the day begins": (
        changed(
            "starts_at: 2022-11-25T15:50\n    ends_at: 2022-11-25T17:00",
            "starts_at: 2022-11-24T04:00\n    ends_at: 2022-11-24T06:00",
            text=SMALL.replace("timezone: ", "day_starts_at: 05:00\n  timezone: "),
        ),
        20,
        "starts_at of session 'session-3' is outside the event's days, 2022-11-24 to 2022-11-25",
    ),
    "time that does not exist": (
        changed("starts_at: 2022-03-27T15:50", "starts_at: 2022-03-27T02:30", text=SPRING),
        19,
        "starts_at of session 'session-3' is 2022-03-27 02:30, which does not exist in Europe/Berlin: "
        "the clocks go forward over it",
    ),
    "time that exists twice": (
        changed("starts_at: 2022-10-30T15:50", "starts_at: 2022-10-30T02:30", text=AUTUMN),
        19,
        "starts_at of session 'session-3' is 2022-10-30 02:30, which happens twice in Europe/Berlin; "
        "write 2022-10-30T02:30+02:00 or 2022-10-30T02:30+01:00",
    ),
    "offset of another zone": (
        changed("T15:50", "T15:50+01:00"),
        19,
        "starts_at of session 'session-3' is 2022-11-25T15:50 at +01:00, but clocks in Asia/Tokyo are not at +01:00 "
        "then; write 2022-11-25T15:50 for the time that they show, or 2022-11-25T23:50+09:00 for the moment that you "
        "wrote",
    ),
    "a year long past": (
        changed("starts_on: 2022-11-24", "starts_on: 1968-11-24"),
        5,
        "starts_on of edition is '1968-11-24'; years from 1970 to 2199 can be used",
    ),
    "a time in a far year": (
        changed("T15:50", "T15:50").replace(b"2022-11-25T15:50", b"2222-11-25T15:50"),
        19,
        "starts_at of session 'session-3' is '2222-11-25T15:50'; years from 1970 to 2199 can be used",
    ),
    "a title that nobody can see": (
        changed("{en: Attractive cities}", '{en: "\\u200b\\u200d\\ufe0f\\u3164"}'),
        21,
        "title of session 'session-3' (en) is empty",
    ),
    "no time at all": (
        changed("starts_at: 2022-11-25T15:50", "starts_at: 2022-11-25"),
        19,
        "starts_at of session 'session-3' is '2022-11-25'; it must be a date and time such as 2022-11-25T13:00",
    ),
    "digits of another script": (
        changed("starts_at: 2022-11-25T15:50", "starts_at: 2022-11-25T1٥:50"),
        19,
        "starts_at of session 'session-3' is '2022-11-25T1٥:50'; it must be a date and time such as 2022-11-25T13:00",
    ),
    "minute that does not exist": (
        changed("starts_at: 2022-11-25T15:50", "starts_at: 2022-11-25T15:60"),
        19,
        "starts_at of session 'session-3' is '2022-11-25T15:60'; it must be a date and time such as 2022-11-25T13:00",
    ),
    "unknown zone": (
        changed("Asia/Tokyo", "Asia/Tokio"),
        4,
        "timezone is 'Asia/Tokio', which is no IANA time zone such as Asia/Tokyo; did you mean 'Asia/Tokyo'?",
    ),
    "zone that is a path": (
        changed("Asia/Tokyo", "../../etc/passwd"),
        4,
        "timezone is '../../etc/passwd', which is no IANA time zone such as Asia/Tokyo",
    ),
    "no such date": (
        changed("ends_on: 2022-11-25", "ends_on: 2022-11-31"),
        6,
        "ends_on of edition is '2022-11-31'; it must be a date such as 2022-11-24",
    ),
    "ends on an earlier day": (
        changed("ends_on: 2022-11-25", "ends_on: 2022-11-23"),
        6,
        "ends_on is before starts_on",
    ),
    "unknown country": (
        changed("country: SG", "country: XX"),
        13,
        "country of person 'tan' is 'XX', which is no country code of ISO 3166-1",
    ),
    "country by name": (
        changed("country: SG", "country: Viet Nam"),
        13,
        "country of person 'tan' is 'Viet Nam', which is no country code of ISO 3166-1; Vietnam is 'VN'",
    ),
    "Norway as false": (
        changed("country: SG", "country: NO"),
        13,
        "YAML reads NO in country of person 'tan' as true or false; write it in quotes: 'NO'",
    ),
    "Norway as false in a list": (
        SMALL.encode() + b"participants:\n  countries_by_head_count: [ES, NO, PG]\n",
        26,
        "YAML reads NO in an item of countries_by_head_count as true or false; write it in quotes: 'NO'",
    ),
    "country twice": (
        SMALL.encode() + b"participants:\n  countries_by_head_count:\n    - ES\n    - PG\n    - ES\n",
        29,
        "'ES' is twice in countries_by_head_count",
    ),
    "key read as true": (
        changed("  tan: {", "  on: {name: {en: On}}\n  tan: {"),
        13,
        "YAML reads the key on as true or false; write it in quotes: 'on'",
    ),
    "number as text": (
        changed("{en: Attractive cities}", "{en: 2022}"),
        21,
        "YAML reads 2022 in title of session 'session-3' (en) as a number; write it in quotes: '2022'",
    ),
    "date as text": (
        changed("{en: Attractive cities}", "{en: 2022-11-25}"),
        21,
        "YAML reads 2022-11-25 in title of session 'session-3' (en) as a date; write it in quotes: '2022-11-25'",
    ),
    "unknown role": (
        changed("role: panelist", "role: chair"),
        24,
        "role of an item of people of session 'session-3' is 'chair'; it can be moderator, keynote, panelist, speaker, "
        "reactor, opening_remarks, closing_remarks, interpreter, mc",
    ),
    "unknown kind of venue": (
        changed("kind: webinar", "kind: hall"),
        8,
        "kind of venue 'webinar' is 'hall'; it can be onsite, webinar, metaverse",
    ),
    "role given twice": (
        changed("role: panelist, person: tan", "role: moderator, person: pablo"),
        24,
        "person 'pablo' has the role moderator twice in people of session 'session-3'",
    ),
    "too long a title": (
        changed("Attractive cities", "x" * 201),
        21,
        "title of session 'session-3' (en) has 201 characters; it may have 200",
    ),
    "too long an abstract": (
        SMALL.encode() + b"    abstract: {en: " + b"x" * 10_001 + b"}\n",
        25,
        "abstract of session 'session-3' (en) has 10001 characters; it may have 10000",
    ),
    "empty title": (changed("{en: Attractive cities}", "{en: ''}"), 21, "title of session 'session-3' (en) is empty"),
    "title in no language": (changed("{en: Attractive cities}", "{}"), 21, "title of session 'session-3' is empty"),
    "title left out": (
        changed("{en: Attractive cities}", ""),
        21,
        "title of session 'session-3' is given by language: {ja: …, en: …}",
    ),
    "title without language": (
        changed("{en: Attractive cities}", "Attractive cities"),
        21,
        "title of session 'session-3' is given by language: {ja: …, en: …}",
    ),
    "title in an unknown language": (
        changed("{en: Attractive cities}", "{en: Attractive cities, fr: Villes}"),
        21,
        "title of session 'session-3' is in 'fr'; the event's languages are ja, en",
    ),
    "control character in a text": (
        changed("{en: Attractive cities}", '{en: "Attractive\\0cities"}'),
        21,
        "title of session 'session-3' (en) holds a control character",
    ),
    "bad key": (
        changed("key: session-3", "key: Session_3"),
        15,
        "key of session 'Session_3' is 'Session_3'; use at most 60 lower-case letters, digits and single hyphens",
    ),
    "bad key of a person": (
        changed("  tan: {", "  ../tan: {name: {en: Tan}}\n  tan: {"),
        13,
        "key of person '../tan' is '../tan'; use at most 60 lower-case letters, digits and single hyphens",
    ),
    "reserved key": (
        changed("key: session-3", "key: new"),
        15,
        "the key 'new' is a word that our own addresses use; choose another",
    ),
    **{
        f"reserved key of a person: {word}": (
            changed("  tan: {", f"  {word}: {{name: {{en: Tan}}}}\n  tan: {{"),
            13,
            f"the key '{word}' is a word that our own addresses use; choose another",
        )
        for word in ("new", "duplicates")
    },
    "bad slug": (
        changed("slug: ascc11", "slug: ASCC 11"),
        2,
        "slug is 'ASCC 11'; use at most 40 lower-case letters, digits and single hyphens",
    ),
    "bad name of a figure": (
        SMALL.encode() + b"outcomes:\n  exchange: {visitors: 340, 'visi tors': 1}\n",
        26,
        "outcomes.exchange has a figure called 'visi tors'; use the letters a to z and _",
    ),
    "bad figure": (
        SMALL.encode() + b"outcomes:\n  exchange:\n    visitors: many\n",
        27,
        "visitors of outcomes.exchange is 'many'; it must be a whole number from 0 to 10000000",
    ),
    "bad share": (
        SMALL.encode() + b"participants: {affiliation_shares_percent: [36.6, 101]}\n",
        25,
        "an item of affiliation_shares_percent is '101'; it must be a number from 0 to 100, such as 36.6",
    ),
    "video of an unknown session": (
        SMALL.encode() + b"archive: {videos: [session-9]}\n",
        25,
        "there is no session 'session-9'; did you mean 'session-3'?",
    ),
    "bad capacity": (
        SMALL.encode() + b"    capacity: -1\n",
        25,
        "capacity of session 'session-3' is '-1'; it must be a whole number from 0 to 1000000",
    ),
    "address that is a script": (
        changed("name: {en: Webinar}}", "name: {en: Webinar}, url: 'javascript:alert(1)'}"),
        8,
        "url of venue 'webinar' is 'javascript:alert(1)'; it must begin with https:// or http://",
    ),
    "mapping where a list belongs": (
        changed("venues:\n  - {key: webinar, kind: webinar, name: {en: Webinar}}", "venues: {}"),
        7,
        "venues must be a list",
    ),
    "list where a mapping belongs": (
        changed("  pablo: {name: {en: Christopher Pablo}, country: JP}", "  pablo: [Christopher Pablo]"),
        12,
        "person 'pablo' must be a mapping (key: value)",
    ),
    "key that is a list": (
        changed("    kind: session\n", "    kind: session\n    ? [a]\n    : b\n"),
        17,
        "a key must be a word, not a list or a mapping",
    ),
    "text alone": (b"hello\n", 1, "the file must be a mapping (key: value)"),
    "nothing": (b"", 0, "the file is empty"),
    "comments alone": (b"# hello\n", 0, "the file is empty"),
    "two documents": (
        SMALL.encode() + b"---\n" + SMALL.encode(),
        25,
        "the file holds a second document; a programme is one document",
    ),
    "tab": (changed("    kind: session\n", "\tkind: session\n"), 16, "YAML is indented with spaces, not with tabs"),
    "colon in a text": (
        changed("title: {en: Attractive cities}", "title: Cities: how"),
        21,
        "this is not YAML: mapping values are not allowed in this context; "
        "a text with ': ' or ' #' in it must stand in quotes",
    ),
    "bracket left open": (
        b"edition: {slug: ascc11\n",
        1,
        "this is not YAML: did not find expected ',' or '}'",
    ),
    "not UTF-8": (
        SMALL.replace("Webinar", "ウェビナー").encode("shift_jis"),
        3,
        "the file is not UTF-8; save it as a text file in UTF-8",
    ),
    "binary": (
        changed("Webinar", "Web\x00inar"),
        8,
        "the file holds a character that cannot be seen (U+0000); remove it",
    ),
    "line separator": (
        changed("Webinar", "Web\u2028inar"),
        8,
        "the file holds a character that cannot be seen (U+2028); remove it",
    ),
    "deep nesting": (b"edition:\n  - " + b"[" * 500_000, 2, "lists and mappings are nested more than 12 deep"),
    "thirty megabytes": (b"x" * 30 * 1024 * 1024, 0, "the file is larger than 5 MB; a programme file is not"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_file_gets_one_clear_message(name: str) -> None:
    data, line, message = BAD[name]
    assert problems_of(data) == [(line, message)]


@pytest.mark.parametrize("slug", ["ja", "en", "organise", "api", "calendar", "static", "healthz", "zz"])
def test_reserved_slug_is_refused(slug: str) -> None:
    message = f"slug is {slug!r}, a word that our own addresses use; choose another"
    assert problems_of(changed("slug: ascc11", f"slug: {slug}")) == [(2, message)]


def test_file_about_another_event_is_refused() -> None:
    assert problems_of(SMALL.encode(), slug="ascc12") == [(2, "the file is about 'ascc11', not about 'ascc12'")]


def test_bomb_is_one_message_and_expands_to_nothing() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{after}: &{after} [{', '.join([f'*{before}'] * 9)}]" for before, after in pairwise("abcdefghi")]
    told = "anchors and aliases (& and *) are not allowed; write the value out where it belongs"
    assert problems_of("\n".join(lines).encode()) == [(1, told)]


def test_file_of_the_greatest_size_is_read() -> None:
    data = SMALL.encode()
    assert parse(data + b"#" + b" " * (MOST_BYTES - len(data) - 2) + b"\n") == parse(data)
    assert problems_of(data + b"#" + b" " * (MOST_BYTES - len(data)))[0][0] == 0


def test_all_problems_come_together_by_line() -> None:
    data = SMALL.replace("country: SG", "country: NO").replace("venue: webinar", "venue: hall")
    data = data.replace("T17:00", "T15:00").replace("person: tan", "person: tann")
    assert [line for line, _ in problems_of(data.encode())] == [13, 17, 20, 24]


def test_a_flood_of_problems_is_cut_short() -> None:
    wrong = "".join(f"  wrong-{i}: {{}}\n" for i in range(2000))
    found = problems_of(changed("  pablo: {", wrong + "  pablo: {"))
    assert len(found) == 501
    assert found[-1] == (0, "… and 1500 more problems")


def test_a_long_key_is_cut_short_in_the_message() -> None:
    ((line, message),) = problems_of(changed("    venue: webinar\n", f"    ? {'x' * 5000}\n    : webinar\n"))
    assert (line, len(message), message[-1]) == (17, 400, "…")


def test_thousands_of_unknown_people_do_not_take_for_ever() -> None:
    people = "".join(f"  person-{i}: {{name: {{en: P}}}}\n" for i in range(3000))
    roles = "".join(f"      - {{role: mc, person: persom-{i}}}\n" for i in range(3000))
    found = problems_of(changed("  pablo: {", people + "  pablo: {") + roles.encode())
    assert len(found) == 501
    assert found[0] == (3025, "there is no person 'persom-0'; did you mean 'person-0'?")


def test_quoted_norway_is_norway() -> None:
    parsed = parse(changed("country: SG", "country: 'NO'"))
    assert parsed.people["tan"].country == "NO"


def test_unquoted_comma_belongs_to_the_text() -> None:
    parsed = parse(changed("{en: Attractive cities}", "{ja: 都市, en: Attractive cities, and how they change}"))
    assert dict(parsed.sessions["session-3"].title) == {"ja": "都市", "en": "Attractive cities, and how they change"}


@pytest.mark.parametrize(("offset", "hour"), [("+02:00", 0), ("+01:00", 1)])
def test_time_that_exists_twice_is_told_apart_by_its_offset(offset: str, hour: int) -> None:
    parsed = parse(changed("starts_at: 2022-10-30T15:50", f"starts_at: 2022-10-30T02:30{offset}", text=AUTUMN))
    assert parsed.sessions["session-3"].starts_at == datetime(2022, 10, 30, hour, 30, tzinfo=UTC)


def test_party_after_midnight_stays_on_its_day() -> None:
    text = SMALL.replace("timezone: ", "day_starts_at: 05:00\n  timezone: ")
    parsed = parse(changed("ends_at: 2022-11-25T17:00", "ends_at: 2022-11-26T05:00", text=text))
    assert parsed.sessions["session-3"].ends_at == datetime(2022, 11, 25, 20, tzinfo=UTC)


def test_windows_line_ends_and_byte_order_mark_are_fine() -> None:
    assert parse(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode()) == parse(SMALL.encode())


def test_problem_reads_like_a_sentence() -> None:
    assert str(Problem(3, "wrong")) == "line 3: wrong"
    assert str(Problem(0, "wrong")) == "wrong"
