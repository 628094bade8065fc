"""What lacks a translation, and addresses made from titles; rows that move."""

import pytest

from galerio_events.programme.domain.texts import Gap, gaps, suggested_key
from galerio_events.programme.forms import rearrange
from galerio_events.translated import Translated
from tests.support.builders import tr


def test_a_text_that_is_there_in_one_language_is_missing_in_the_others() -> None:
    texts = {"title": tr("題", "Title"), "summary": tr("", "Only here"), "abstract": Translated()}
    assert gaps(texts, ["ja", "en"]) == (Gap("summary", "ja"),)
    assert gaps(texts, ["ja", "en", "th"]) == (Gap("title", "th"), Gap("summary", "ja"), Gap("summary", "th"))


@pytest.mark.parametrize(
    ("title", "taken", "key"),
    [
        (tr("題", "Attractive Cities!"), (), "attractive-cities"),
        (tr("題", "Attractive Cities!"), ("attractive-cities", "attractive-cities-2"), "attractive-cities-3"),
        (tr("都市の話"), (), "session"),
        (tr("都市の話"), ("session",), "session-2"),
        (tr("SDGs と都市"), (), "sdgs"),
        (tr("", "New"), (), "new-2"),
        (tr("", "Café à Yokohama"), (), "cafe-a-yokohama"),
        (tr("", "x" * 200), (), "x" * 55),
    ],
)
def test_suggested_key(title: Translated, taken: tuple[str, ...], key: str) -> None:
    assert suggested_key(title, taken) == key


ROWS = [{"role": "moderator", "person": "a"}, {"role": "speaker", "person": "b"}, {"role": "mc", "person": "c"}]


@pytest.mark.parametrize(
    ("command", "people"),
    [
        ("up-2", "acb"),
        ("down-0", "bac"),
        ("up-0", "abc"),
        ("down-2", "abc"),
        ("remove-1", "ac"),
        ("remove-9", "abc"),
    ],
)
def test_rearrange(command: str, people: str) -> None:
    moved = rearrange(ROWS, command)
    assert moved is not None
    assert "".join(row["person"] for row in moved) == people


@pytest.mark.parametrize("command", ["save", "", "up-", "up--1", "remove-x", "up-²"])
def test_no_command(command: str) -> None:
    assert rearrange(ROWS, command) is None
