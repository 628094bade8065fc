"""In which language somebody is written to."""

import pytest

from galerio_events.releases.domain.audience import Concerned, mail_language, once_each
from galerio_events.translated import Translated

BOTH, JA, EN = {"ja": "田中", "en": "Tanaka"}, {"ja": "田中"}, {"en": "Tanaka"}


@pytest.mark.parametrize(
    ("language", "name", "country", "languages", "expected"),
    [
        ("en", JA, "JP", ("ja", "en"), "en"),
        ("ja", EN, "TH", ("ja", "en"), "ja"),
        ("en", JA, "JP", ("ja",), "en"),
        ("", EN, "", ("ja", "en"), "en"),
        ("", EN, "JP", ("ja", "en"), "en"),
        ("", JA, "TH", ("en", "ja"), "ja"),
        ("", BOTH, "JP", ("en", "ja"), "ja"),
        ("", BOTH, "TH", ("ja", "en"), "en"),
        ("", BOTH, "", ("ja", "en"), "ja"),
        ("", BOTH, "", ("en", "ja"), "en"),
        ("", BOTH, "TH", ("ja",), "ja"),
        ("", BOTH, "JP", ("en",), "en"),
        ("", EN, "TH", ("en",), "en"),
        ("", EN, "", ("ja",), "ja"),
        ("", {}, "US", ("ja", "en"), "en"),
        ("", {}, "", ("ja", "en"), "ja"),
        ("th", BOTH, "", ("th", "ja", "en"), "ja"),
        ("th", {"th": "ทานากะ"}, "TH", ("th", "ja", "en"), "en"),
        ("th", {"th": "ทานากะ"}, "TH", ("th",), "en"),
    ],
)
def test_what_is_known_of_somebody_says_their_language(
    language: str, name: dict[str, str], country: str, languages: tuple[str, ...], expected: str
) -> None:
    one = Concerned("a@example.org", Translated(name), frozenset(), language=language, country=country)
    assert mail_language(one, languages, ("ja", "en")) == expected


def test_what_a_registrant_said_counts_before_what_is_only_likely() -> None:
    speaker = Concerned("a@example.org", Translated(EN), frozenset({"first"}), country="TH")
    registrant = Concerned("a@example.org", Translated({"ja": "Tanaka"}), frozenset({"second"}), language="ja")
    (both,) = once_each([speaker, registrant])
    assert (both.country, mail_language(both, ("ja", "en"), ("ja", "en"))) == ("TH", "ja")
