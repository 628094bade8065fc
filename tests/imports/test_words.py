"""Everything that can be told about a file has words, and all that the words need."""

import re

import pytest
from flask import Flask
from flask_babel import force_locale

from galerio_events.programme.domain.incoming import RowProblem, Told, Unreadable
from galerio_events.programme.imports import frab_json, frab_xml, ical_file, sheets
from galerio_events.programme.views.transfer.words import WORDS, told
from tests.imports import test_frab, test_ical, test_planning, test_tables
from tests.imports.given import TARGET, UID, draft, planned


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
    return found


def test_there_are_words_for_everything() -> None:
    assert set(WORDS) == set(Told)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_words_have_what_they_need(app: Flask, language: str) -> None:
    problems = everything()
    with app.test_request_context(), force_locale(language):
        said = [told(problem) for problem in problems]
    assert len(said) > 60
    assert [text for text in said if not text or re.search(r"%\(\w+\)s", text)] == []
