"""What must hold for persons, and who may be in an event twice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from galerio_events.people.domain import (
    OrganisationDetails,
    PersonDetails,
    PersonProblem,
    Span,
    key_problem,
    organisation_problems,
    person_problems,
    to_plain,
    united,
)
from galerio_events.people.domain.duplicates import (
    Candidate,
    Pair,
    Reason,
    duplicate_organisations,
    duplicate_people,
)
from galerio_events.people.domain.links import PersonLink
from tests.support.builders import tr, utc

DETAILS = PersonDetails(
    name=tr("橋本 徹", "Toru Hashimoto"),
    country="JP",
    email="toru@example.org",
    language="ja",
    timezone="Asia/Tokyo",
    availabilities=(Span(utc(25, 0), utc(25, 9)),),
    reading="はしもと とおる",
    job_title=tr("課長", "Manager"),
    photo="a1" * 32,
    links=(PersonLink("https://example.org/toru", "Toru"),),
    pronunciation="TOH-roo",
    technical_needs="USB-C",
)


def test_a_good_person_has_no_problem() -> None:
    assert person_problems(DETAILS) == ()
    assert person_problems(PersonDetails(tr("", "Alan Tan"))) == ()
    assert organisation_problems(OrganisationDetails(tr("横浜市"))) == ()


@pytest.mark.parametrize(
    ("problem", "change"),
    [
        (PersonProblem.NAME_MISSING, {"name": tr("")}),
        (PersonProblem.NAME_TOO_LONG, {"name": tr("", "x" * 201)}),
        (PersonProblem.AFFILIATION_TOO_LONG, {"affiliation": tr("あ" * 301)}),
        (PersonProblem.BIO_TOO_LONG, {"bio": tr("", "x" * 10_001)}),
        (PersonProblem.COUNTRY_UNKNOWN, {"country": "XX"}),
        (PersonProblem.EMAIL_INVALID, {"email": "toru@"}),
        (PersonProblem.EMAIL_INVALID, {"email": "ｔｏｒｕ@example.org"}),
        (PersonProblem.LANGUAGE_UNKNOWN, {"language": "th"}),
        (PersonProblem.TIMEZONE_UNKNOWN, {"timezone": "Asia/Yokohama"}),
        (PersonProblem.POSITION_INVALID, {"position": -1}),
        (PersonProblem.AVAILABILITY_BACKWARDS, {"availabilities": (Span(utc(25, 9), utc(25, 9)),)}),
        (
            PersonProblem.TOO_MANY_AVAILABILITIES,
            {"availabilities": tuple(Span(utc(1, 0) + timedelta(hours=i), utc(20, 0)) for i in range(51))},
        ),
        (PersonProblem.READING_TOO_LONG, {"reading": "あ" * 201}),
        (PersonProblem.JOB_TITLE_TOO_LONG, {"job_title": tr("", "x" * 201)}),
        (PersonProblem.LINK_INVALID, {"links": (PersonLink("http://example.org/"),)}),
        (PersonProblem.LINK_INVALID, {"links": (PersonLink("javascript:alert(1)"),)}),
        (PersonProblem.LINK_INVALID, {"links": (PersonLink("https://example.org/", "x" * 121),)}),
        (PersonProblem.TOO_MANY_LINKS, {"links": (PersonLink("https://example.org/"),) * 9}),
        (PersonProblem.PRONUNCIATION_TOO_LONG, {"pronunciation": "x" * 301}),
        (PersonProblem.NEEDS_TOO_LONG, {"technical_needs": "x" * 2_001}),
    ],
)
def test_each_rule_finds_its_problem(problem: PersonProblem, change: dict[str, object]) -> None:
    assert person_problems(replace(DETAILS, **change)) == (problem,)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("tan", None),
        ("new", PersonProblem.KEY_RESERVED),
        ("duplicates", PersonProblem.KEY_RESERVED),
        ("Tan", PersonProblem.KEY_INVALID),
        ("", PersonProblem.KEY_INVALID),
        ("taken", PersonProblem.KEY_TAKEN),
    ],
)
def test_keys(key: str, problem: PersonProblem | None) -> None:
    assert key_problem(key, {"taken"}) == problem


def test_plain_json_says_everything() -> None:
    assert to_plain(DETAILS) == {
        "name": {"ja": "橋本 徹", "en": "Toru Hashimoto"},
        "affiliation": {},
        "bio": {},
        "country": "JP",
        "email": "toru@example.org",
        "language": "ja",
        "timezone": "Asia/Tokyo",
        "position": 0,
        "availabilities": [["2022-11-25T00:00:00Z", "2022-11-25T09:00:00Z"]],
        "reading": "はしもと とおる",
        "job_title": {"ja": "課長", "en": "Manager"},
        "photo": "a1" * 32,
        "links": [{"url": "https://example.org/toru", "title": "Toru"}],
        "pronunciation": "TOH-roo",
        "technical_needs": "USB-C",
    }
    assert to_plain(OrganisationDetails(tr("横浜市"))) == {"name": {"ja": "横浜市"}}


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (Candidate("a", tr("", "A B"), email="A@Example.org"), Candidate("b", tr("C"), email="a@example.org"),
         Reason.SAME_EMAIL),
        (Candidate("a", tr("石川 武史")), Candidate("b", tr("石川武史", "Ishikawa")), Reason.SAME_NAME),
        (Candidate("a", tr("", "ALAN  TAN")), Candidate("b", tr("", "Alan Tan")), Reason.SAME_NAME),
        (Candidate("a", tr("", "José Núñez")), Candidate("b", tr("", "Jose Nunez")), Reason.SAME_NAME),
        (Candidate("a", tr("ﾀﾅｶ ﾊﾅ")), Candidate("b", tr("たなか はな")), Reason.SAME_NAME),
        (Candidate("a", tr("", "HASHIMOTO Toru")), Candidate("b", tr("橋本 徹", "Toru Hashimoto")), Reason.SAME_WORDS),
        (Candidate("a", tr("", "Tan Xin Ji Alan"), tr("", "JTC")), Candidate("b", tr("", "Alan Tan"), tr("", "jtc")),
         Reason.SIMILAR),
        (Candidate("a", tr("", "J. Tan"), tr("", "JTC")), Candidate("b", tr("", "Jia Tan"), tr("", "JTC")),
         Reason.SIMILAR),
        (Candidate("a", tr("", "Jia Tann"), tr("", "JTC")), Candidate("b", tr("", "Jia Tan"), tr("", "JTC")),
         Reason.SIMILAR),
    ],
)  # fmt: skip
def test_who_may_be_the_same_person(one: Candidate, other: Candidate, reason: Reason) -> None:
    assert duplicate_people([one, other]) == (Pair("a", "b", reason),)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Candidate("a", tr("", "Alan Tan")), Candidate("b", tr("", "Alan Lee"))),
        (Candidate("a", tr("", "J. Tan"), tr("", "JTC")), Candidate("b", tr("", "Jia Tan"), tr("", "ADB"))),
        (Candidate("a", tr("", "Mika Sato"), tr("横浜市")), Candidate("b", tr("", "Jun Sato"), tr("横浜市"))),
        (Candidate("a", tr("佐藤 美香"), tr("横浜市")), Candidate("b", tr("佐藤 純"), tr("横浜市"))),
        (Candidate("a", tr("")), Candidate("b", tr(""))),
    ],
)
def test_who_may_not(one: Candidate, other: Candidate) -> None:
    assert duplicate_people([one, other]) == ()


def test_a_pair_is_told_once_with_its_surest_reason_and_the_surest_come_first() -> None:
    twins = [
        Candidate("a", tr("", "Tan Alan"), tr("", "JTC")),
        Candidate("b", tr("", "Alan Tan"), tr("", "JTC"), "x@example.org"),
        Candidate("c", tr("", "Alan Tan"), tr("", "JTC"), "x@example.org"),
    ]
    assert duplicate_people(twins) == (
        Pair("b", "c", Reason.SAME_EMAIL),
        Pair("a", "b", Reason.SAME_WORDS),
        Pair("a", "c", Reason.SIMILAR),
    )


def test_two_that_are_known_to_be_two_are_no_pair_but_each_may_be_a_third_one() -> None:
    same = [Candidate(key, tr("", "Alan Tan"), tr("", "JTC")) for key in "abc"]
    similar = [Candidate("a", tr("", "J. Tan"), tr("", "JTC")), Candidate("b", tr("", "Jia Tan"), tr("", "JTC"))]
    firms = [Candidate(key, tr("", "Kubota")) for key in "ab"]

    def left(find: Any, candidates: list[Candidate], *apart: str) -> list[tuple[str, str]]:
        return [(pair.first, pair.second) for pair in find(candidates, set(map(frozenset, apart)))]

    assert left(duplicate_people, same, "zy", "xa") == [("a", "b"), ("b", "c"), ("a", "c")]
    assert left(duplicate_people, same, "ba") == [("a", "c"), ("b", "c")]
    assert left(duplicate_people, same, "ab", "cb") == [("a", "c")]
    assert left(duplicate_people, same, "ab", "cb", "ac") == []
    assert (left(duplicate_people, similar), left(duplicate_people, similar, "ab")) == ([("a", "b")], [])
    assert (left(duplicate_organisations, firms), left(duplicate_organisations, firms, "ab")) == ([("a", "b")], [])


def test_a_thousand_of_one_name_are_no_half_a_million_pairs() -> None:
    crowd = [Candidate(f"p{i}", tr("", "Maria Santos"), tr("", "City of Manila")) for i in range(1000)]
    assert len(duplicate_people(crowd)) < 2000


def test_the_time_that_intervals_cover_together() -> None:
    spans = [Span(utc(25, 6), utc(25, 7)), Span(utc(25, 0), utc(25, 4)), Span(utc(25, 1), utc(25, 2))]
    assert united(spans) == (Span(utc(25, 0), utc(25, 4)), Span(utc(25, 6), utc(25, 7)))
    assert united([*spans, Span(utc(25, 4), utc(25, 6))]) == (Span(utc(25, 0), utc(25, 7)),)
    assert united([]) == ()


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (tr("株式会社横浜計画"), tr("横浜計画株式会社"), Reason.SAME_WORDS),
        (tr("", "Kubota Co., Ltd."), tr("", "KUBOTA"), Reason.SAME_WORDS),
        (tr("", "City of Yokohama"), tr("横浜市", "city  of YOKOHAMA"), Reason.SAME_NAME),
    ],
)
def test_organisations_are_known_without_their_legal_form(one: object, other: object, reason: Reason) -> None:
    pair = [Candidate("a", one), Candidate("b", other)]  # type: ignore[arg-type]
    assert duplicate_organisations(pair) == (Pair("a", "b", reason),)
    assert duplicate_organisations([pair[0], Candidate("b", tr("", "Siemens"))]) == ()
