"""ISO 3166-1 with CLDR's names, and how people write them."""

import pytest

from galerio_events import countries


def test_the_249() -> None:
    assert len(countries.codes()) == 249
    assert {"JP", "TW", "HK", "PS", "AX", "BQ", "SS", "AQ", "UM"} <= countries.codes()
    assert not {"XK", "EU", "UN", "ZZ", "UK", "AN"} & countries.codes()


@pytest.mark.parametrize(
    ("code", "ja", "en"),
    [
        ("JP", "日本", "Japan"),
        ("VN", "ベトナム", "Vietnam"),
        ("TR", "トルコ", "Türkiye"),
        ("NO", "ノルウェー", "Norway"),
    ],
)
def test_names(code: str, ja: str, en: str) -> None:
    assert (countries.name(code, "ja"), countries.name(code, "en")) == (ja, en)


def test_an_unknown_code_has_no_name() -> None:
    with pytest.raises(KeyError):
        countries.name("XK", "en")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_name_and_code_reads_back(language: str) -> None:
    names = countries.names(language)
    assert len(names) == 249
    assert {code: countries.parse(name) for code, name in names.items()} == {code: code for code in names}
    assert [countries.parse(code) for code in sorted(names)] == sorted(names)


def test_every_spelling_reads_back() -> None:
    for code in countries.codes():
        assert {countries.parse(spelling) for spelling in countries.spellings(code)} <= {code}
    assert "VNM" in countries.spellings("VN")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Viet Nam", "VN"),
        ("ベトナム", "VN"),
        ("べとなむ", "VN"),
        ("VNM", "VN"),
        ("vn", "VN"),
        ("ＶＮ", "VN"),
        ("  viet   nam ", "VN"),
        ("The Philippines", "PH"),
        ("Republic of Korea", "KR"),
        ("Korea, Republic of", "KR"),
        ("韓国", "KR"),
        ("Türkiye", "TR"),
        ("Turkiye", "TR"),
        ("Cote d'Ivoire", "CI"),
        ("Côte d’Ivoire", "CI"),
        ("U.S.A.", "US"),
        ("アメリカ合衆国", "US"),
        ("ｱﾒﾘｶ", "US"),
        ("英国", "GB"),
        ("Hong Kong", "HK"),
        ("Lao PDR", "LA"),
        ("NO", "NO"),
    ],
)
def test_spellings(text: str, code: str) -> None:
    assert countries.parse(text) == code


@pytest.mark.parametrize(
    "text", ["", " ", "-", "Congo", "Atlantis", "False", "XK", "J", "JPX", "アジア", "the", "America Samoa"]
)
def test_an_unknown_one_is_a_question(text: str) -> None:
    assert countries.parse(text) is None


@pytest.mark.parametrize("language", ["ja", "en"])
def test_choices(language: str) -> None:
    choices = countries.choices(language)
    assert len(choices) == 249
    assert dict(choices) == countries.names(language)


def test_english_readers_look_up_in_the_alphabet() -> None:
    names = [name for _, name in countries.choices("en")]
    assert names[0] == "Afghanistan"
    assert names.index("Åland Islands") < names.index("Albania")
    assert names.index("Tunisia") < names.index("Türkiye") < names.index("Turkmenistan")


def test_japanese_readers_look_up_in_kana() -> None:
    names = [name for _, name in countries.choices("ja")]
    assert names.index("アイスランド") < names.index("イタリア") < names.index("タイ") < names.index("ベトナム")
