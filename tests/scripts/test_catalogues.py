"""Catalogues follow the sources; lock files carry no addresses."""

import pytest
from babel.messages.catalog import Catalog

from scripts.catalogues import LANGUAGES, updated
from scripts.lock import without_addresses


def catalogue(language: str | None = None, **messages: str) -> Catalog:
    made = Catalog(locale=language)
    for message, string in messages.items():
        made.add(message, string)
    return made


def test_japanese_keeps_what_is_known_and_says_what_is_not() -> None:
    new, missing = updated(catalogue("ja", Home="ホーム", Old="古い"), catalogue(Home="", People=""), "ja")
    assert {message.id: message.string for message in new if message.id} == {"Home": "ホーム", "People": ""}
    assert missing == ["People"]


def test_english_fills_itself() -> None:
    new, missing = updated(catalogue("en"), catalogue(Home=""), "en")
    assert {message.id: message.string for message in new if message.id} == {"Home": "Home"}
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_headers_hold_no_placeholders(language: str) -> None:
    new, _missing = updated(catalogue(language), catalogue(Home=""), language)
    headers = dict(new.mime_headers)
    assert headers["Language-Team"] == LANGUAGES[language]
    assert [name for name, value in headers.items() if "@" in value or "NAME" in value or "VERSION" in value] == []


def test_plurals_need_every_form() -> None:
    template = Catalog()
    template.add(("one", "many"), "")
    new, missing = updated(catalogue("ja"), template, "ja")
    assert missing == ["one"]
    assert [message.id for message in new if message.id] == [("one", "many")]


def test_a_lock_file_keeps_everything_but_addresses() -> None:
    package = {
        "version": "1.0",
        "integrity": "sha512-x",
        "resolved": "https://example.org/a.tgz",
        "funding": {"url": "x"},
    }
    lock = {"lockfileVersion": 3, "packages": {"node_modules/a": package}}
    assert without_addresses(lock) == {
        "lockfileVersion": 3,
        "packages": {"node_modules/a": {"version": "1.0", "integrity": "sha512-x"}},
    }
