"""Text that people type, files that other programs open, and private tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galerio_events import text


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("  山田　太郎 ", "山田 太郎"),
        ("a\r\nb\tc", "a b c"),
        ("a\u2028b\u00a0c", "a b c"),
        ("e\u0301", "é"),
        ("か\u3099", "が"),
        ("user\u202egpj.exe", "usergpj.exe"),
        ("\u2066Thai\u2069 \u200fx\u061c", "Thai x"),
        ("nul\x00l\x07", "null"),
        ("\ud800x", "x"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("", ""),
        ("\u200b\u200d\ufeff", ""),
        ("\u00ad \u3164\ufe0f\u2060", ""),
        ("\u2800\U000e0101\u034f", ""),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
        ("न\u200d", "न\u200d"),
    ],
)
def test_one_line(typed: str, expected: str) -> None:
    assert text.one_line(typed) == expected


def test_clean_keeps_lines() -> None:
    assert text.clean("\n one\r\ntwo\rthree\tx\x0c\u202d \n") == "one\ntwo\nthree\tx"


@given(st.text())
def test_cleaning_twice_changes_nothing(typed: str) -> None:
    once = text.one_line(typed)
    assert text.one_line(once) == once
    assert "\n" not in once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ｖｉｅｔ　Ｎａｍ", "viet nam"),
        ("ﾍﾞﾄﾅﾑ", "べとなむ"),
        ("Türkiye", "TURKIYE"),
        ("Côte d’Ivoire", "cote d'ivoire"),
    ],
)
def test_fold(one: str, other: str) -> None:
    assert text.fold(one) == text.fold(other)


def test_fold_keeps_letters_apart() -> None:
    assert len({text.fold(name) for name in ("は", "ば", "ぱ", "山田", "Yamada", "")}) == 6


@pytest.mark.parametrize(
    ("address", "key"),
    [
        (" Taro@Example.ORG ", "taro@example.org"),
        ("ｔａｒｏ@example.org", "taro@example.org"),
        ("taro+a@example.org", "taro+a@example.org"),
        ("ta.ro@example.org", "ta.ro@example.org"),
        ("straße@example.org", "straße@example.org"),
    ],
)
def test_email_key(address: str, key: str) -> None:
    assert text.email_key(address) == key


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", ""),
        ("山田", "山田"),
        ("=1+1", "'=1+1"),
        ('=HYPERLINK("http://x","y")', '\'=HYPERLINK("http://x","y")'),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("＝1+1", "'＝1+1"),
        ("+81 45 671 2121", "+81 45 671 2121"),
        ("+81(0)45-671-2121", "+81(0)45-671-2121"),
        ("-3.5", "-3.5"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-A1", "'-A1"),
        ("a=1", "a=1"),
        ("'quoted", "'quoted"),
    ],
)
def test_spreadsheet_safe(value: str, expected: str) -> None:
    assert text.spreadsheet_safe(value) == expected


@given(st.text())
def test_no_value_begins_as_a_formula(value: str) -> None:
    safe = text.spreadsheet_safe(value)
    assert safe in (value, "'" + value)
    assert not safe.startswith(("=", "@", "\t", "\r", "\n", "＝", "＠"))


def test_tokens() -> None:
    nonces = {text.new_nonce() for _ in range(100)}
    assert len(nonces) == 100
    assert {len(nonce) for nonce in nonces} == {22}
    token = text.private_token("secret", "manage", "nonce")
    assert token == text.private_token("secret", "manage", "nonce")
    assert len(token) == 32
    others = {
        token,
        text.private_token("another", "manage", "nonce"),
        text.private_token("secret", "calendar", "nonce"),
        text.private_token("secret", "manage", "another"),
    }
    assert len(others) == 4
    assert text.token_hash(token) != token
    assert text.token_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
