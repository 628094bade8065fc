"""Countries and regions: ISO 3166-1 alpha-2 codes with CLDR names through Babel."""

from functools import lru_cache

from babel import Locale
from babel.core import get_global

from galerio_events.text import fold

# CLDR knows these two-letter codes too; ISO 3166-1 does not list them as countries or territories.
_NOT_ISO = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"})

# How people write what CLDR and the alpha-3 codes do not cover.
_SPELLINGS = {
    "AE": ("UAE",),
    "BN": ("Brunei Darussalam",),
    "BO": ("Plurinational State of Bolivia",),
    "CD": ("Democratic Republic of the Congo", "DR Congo"),
    "CG": ("Republic of the Congo",),
    "CI": ("Ivory Coast",),
    "CN": ("P.R. China", "PR China", "People's Republic of China", "中華人民共和国"),
    "CV": ("Cabo Verde",),
    "CZ": ("Czech Republic",),
    "FM": ("Federated States of Micronesia",),
    "GB": ("UK", "U.K.", "Great Britain", "England", "Scotland", "Wales", "英国", "グレートブリテン"),
    "HK": ("Hong Kong", "Hong Kong, China", "香港"),
    "IR": ("Islamic Republic of Iran",),
    "KH": ("Kampuchea",),
    "KP": ("DPRK", "Democratic People's Republic of Korea"),
    "KR": ("Korea", "Republic of Korea", "Korea, Republic of", "ROK", "Korea (South)", "大韓民国"),
    "LA": ("Lao PDR", "Lao People's Democratic Republic", "ラオス人民民主共和国"),
    "MD": ("Republic of Moldova",),
    "MK": ("Macedonia",),
    "MM": ("Myanmar", "Burma", "ビルマ"),
    "MO": ("Macau", "Macao", "Macao, China", "マカオ"),
    "MV": ("モルジブ",),
    "NL": ("Holland", "The Netherlands"),
    "PH": ("The Philippines", "フィリピン共和国"),
    "PS": ("State of Palestine", "Palestine"),
    "RU": ("Russian Federation",),
    "SY": ("Syrian Arab Republic",),
    "SZ": ("Swaziland",),
    "TH": ("タイ王国",),
    "TL": ("East Timor",),
    "TR": ("Turkey", "Türkiye", "Turkiye"),
    "TW": ("Taiwan", "Chinese Taipei"),
    "TZ": ("United Republic of Tanzania",),
    "US": ("USA", "U.S.", "U.S.A.", "United States of America", "アメリカ", "米国", "アメリカ合衆国"),
    "VA": ("Holy See",),
    "VE": ("Bolivarian Republic of Venezuela",),
    "VN": ("Viet Nam", "ヴェトナム", "ベトナム社会主義共和国"),
}


@lru_cache(maxsize=1)
def codes() -> frozenset[str]:
    """The 249 alpha-2 codes of ISO 3166-1."""
    territories = (str(code) for code in Locale("en").territories)
    return frozenset(c for c in territories if len(c) == 2 and c.isalpha() and c not in _NOT_ISO)


@lru_cache(maxsize=8)
def names(language: str) -> dict[str, str]:
    """Code to CLDR name in that language, of all countries and regions."""
    territories = Locale.parse(language).territories
    return {code: territories[code] for code in sorted(codes())}


def name(code: str, language: str) -> str:
    """The CLDR name. Raises `KeyError` for a code that ISO 3166-1 does not know."""
    return names(language)[code]


@lru_cache(maxsize=8)
def choices(language: str) -> tuple[tuple[str, str], ...]:
    """(code, name) for a select, in the order in which readers of that language look a name up."""
    return tuple(sorted(names(language).items(), key=lambda pair: fold(pair[1])))


@lru_cache(maxsize=1)
def _by_spelling() -> dict[str, str]:
    known: dict[str, str] = {}
    for code in codes():
        known[fold(code)] = code
        for language in ("en", "ja"):
            known[fold(names(language)[code])] = code
    for alias, territories in get_global("territory_aliases").items():
        if len(alias) == 3 and alias.isalpha() and len(territories) == 1 and territories[0] in codes():
            known.setdefault(fold(alias), territories[0])
    for code, spellings in _SPELLINGS.items():
        for spelling in spellings:
            known[fold(spelling)] = code
    return known


def spellings(code: str) -> tuple[str, ...]:
    """Other ways to write the country or region that a search box should find, its alpha-3 code among them."""
    alpha3 = tuple(
        alias
        for alias, territories in get_global("territory_aliases").items()
        if len(alias) == 3 and alias.isalpha() and list(territories) == [code]
    )
    return alpha3 + _SPELLINGS.get(code, ())


def parse(text: str) -> str | None:
    """The code for a country or region written as code, alpha-3 code or name in English or Japanese; None if unknown.

    An unknown spelling is a question to whoever wrote it, never a guess.
    """
    folded = fold(text)
    return _by_spelling().get(folded) or _by_spelling().get(folded.removeprefix("the "))
