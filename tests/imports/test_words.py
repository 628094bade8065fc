"""Everything that can be told about a file has words, and all that the words need."""

import re

import pytest
from flask import Flask
from flask_babel import force_locale

from galerio_events.programme.domain.columns import spelt_in
from galerio_events.programme.domain.incoming import RowProblem, Told, Unreadable
from galerio_events.programme.imports import frab_json, frab_xml, ical_file, reading, sheets
from galerio_events.programme.views.transfer.words import WORDS, told
from tests.imports import test_frab, test_ical, test_planning, test_tables
from tests.imports.given import TARGET, UID, draft, planned

# (file, what is told of it and its line): mistakes of the format itself in a programme file of our own.
OWN: dict[str, tuple[bytes, tuple[int, str]]] = {
    "the first half": (b'{"edition":\n {"slug": "har', (2, "cut_off")),
    "JSON without a comma": (b'{"edition":\n {"slug": "harbour" "title": 1}}', (2, "not_json")),
    "an anchor": (b"edition:\n  title: &t {en: Harbour}\n", (2, "yaml_anchor")),
    "an alias": (b"edition: {}\nvenues: *v\n", (2, "yaml_anchor")),
    "a tag": (b"edition: 1\nvenues: !!python/name:os []\n", (2, "yaml_tag")),
    "a bracket that is not closed": (b"edition:\n  title: {en: Harbour\nvenues: []\n", (3, "not_yaml")),
    "a colon in a text": (b"edition:\n  title: Harbour: today\n", (2, "yaml_colon")),
    "a tab": (b"edition:\n\ttitle: x\n", (2, "yaml_tab")),
    "a key twice": (b"edition: 1\nedition: 1\n", (2, "key_twice")),
    "a second document": (b"edition: 1\n---\nedition: 1\n", (2, "second_document")),
    "a character that cannot be seen": (b"edition: 1\nvenues: \x07\n", (2, "invisible")),
    "a language that is no text": (b"edition: 1\nNO: 1\n", (2, "yaml_misread")),
}


def of_own(data: bytes) -> tuple[RowProblem, ...]:
    with pytest.raises(Unreadable) as refused:
        reading.read(data, TARGET, filename="programme.yaml", columns={})
    return refused.value.problems


@pytest.mark.parametrize("name", OWN)
def test_a_mistake_of_the_format_is_told_by_its_line(name: str) -> None:
    data, wanted = OWN[name]
    assert wanted in [(problem.row, problem.told.value) for problem in of_own(data)]


def everything() -> list[RowProblem]:
    """Every problem that the other tests have provoked."""
    found: list[RowProblem] = []
    for one, _told in [*test_frab.FAULTY.values(), *test_frab.NOTED.values()]:
        found += test_frab.read(test_frab.xml(one)).problems
    for head, row, _told in [*test_tables.FAULTY.values(), *test_tables.NOTED.values()]:
        found += test_tables.csv_file(head, row).problems
    for lines, _problem in test_ical.FAULTY.values():
        found += test_ical.read(f"UID:{UID}", "SUMMARY:Welcome", *lines).problems
    for fields, _problem in test_planning.FAULTY.values():
        found += planned(test_planning.file(test_planning.thing(uid=UID, fields=fields)), draft()).problems
    for read, broken in (
        (lambda data: frab_xml.parse(data, TARGET), test_frab.HOSTILE),
        (lambda data: frab_json.parse(data, TARGET), test_frab.ODD_JSON),
        (lambda data: ical_file.parse(data, TARGET), test_ical.BROKEN),
        (sheets.read_xlsx, test_tables.BROKEN),
    ):
        for data, *_rest in broken.values():
            with pytest.raises(Unreadable) as refused:
                read(data)
            found += refused.value.problems
    for data, (_line, name) in OWN.values():
        found += [problem for problem in of_own(data) if problem.told.value == name]
    return found


def test_there_are_words_for_everything() -> None:
    assert set(WORDS) == set(Told)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_words_have_what_they_need(app: Flask, language: str) -> None:
    problems = everything()
    with app.test_request_context(), force_locale(language):
        said = [told(problem) for problem in problems]
    assert len(said) > 80
    assert [text for text in said if spelt_in(text) != language] == []
    assert [text for text in said if not text or re.search(r"%\(\w+\)s", text)] == []
