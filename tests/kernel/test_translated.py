"""Text in several languages, and who gets which."""

import pytest

from galerio_events.translated import EMPTY, Shown, Translated

BOTH = Translated({"ja": "横浜市", "en": "City of Yokohama"})


@pytest.mark.parametrize(
    ("texts", "language", "preferred", "expected"),
    [
        ({"ja": "横浜市", "en": "Yokohama"}, "ja", (), Shown("横浜市", "ja")),
        ({"ja": "横浜市", "en": "Yokohama"}, "en", ("ja",), Shown("Yokohama", "en")),
        ({"ja": "横浜市"}, "en", ("ja", "en"), Shown("横浜市", "ja")),
        ({"en": "Yokohama", "th": "โยโกฮามา"}, "ja", ("ja", "en"), Shown("Yokohama", "en")),
        ({"th": "โยโกฮามา", "vi": "Yokohama"}, "ja", ("ja", "en"), Shown("โยโกฮามา", "th")),
        ({}, "ja", ("en",), Shown("", "")),
    ],
)
def test_what_a_reader_gets(texts: dict[str, str], language: str, preferred: tuple[str, ...], expected: Shown) -> None:
    assert Translated(texts).shown(language, preferred) == expected
    assert Translated(texts).text(language, preferred) == expected.text


def test_blank_texts_are_no_texts() -> None:
    assert dict(Translated({"ja": "  ", "en": " Yokohama\n"})) == {"en": "Yokohama"}
    assert not Translated({"ja": ""})
    assert Translated(None) == EMPTY == {}


def test_it_is_a_value() -> None:
    same = Translated({"en": "City of Yokohama", "ja": "横浜市"})
    assert same == BOTH
    assert hash(same) == hash(BOTH)
    assert len({same, BOTH}) == 1
    assert list(same) == ["en", "ja"]
    assert Translated(BOTH) == BOTH
    assert BOTH == {"ja": "横浜市", "en": "City of Yokohama"}
    assert Translated({"ja": "横浜市"}) != BOTH
    assert repr(Translated({"ja": "横浜市"})) == "Translated({'ja': '横浜市'})"


def test_it_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        BOTH["ja"] = "川崎市"  # type: ignore[index]
    given = {"ja": "横浜市"}
    kept = Translated(given)
    given["ja"] = "川崎市"
    assert kept["ja"] == "横浜市"
