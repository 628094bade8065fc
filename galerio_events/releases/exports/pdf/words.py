"""What stands on the paper besides the programme itself, and dates as each language writes them."""

from collections.abc import Iterable
from datetime import date, datetime

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, get_timezone_location

from galerio_events import clock
from galerio_events.events.domain import OrganiserRole
from galerio_events.programme.domain import RoleKind

LABELS: dict[str, dict[str, str]] = {
    "ja": {
        "programme": "プログラム",
        "timetable": "タイムテーブル",
        "people": "登壇者一覧",
        "latin_names": "ローマ字の氏名（A–Z）",
        "other_names": "漢字・かななどの氏名",
        "draft": "下書き",
        "nowhere": "会場未定",
        "contents": "目次",
        "run_by": "運営",
        "language": "使用言語",
        "links": "資料・リンク",
        "page": "ページ",
        "zone": "時刻：{zone}",
        "version": "第{number}版（{date}公開）",
        "about": "最新の情報はウェブサイトをご覧ください。",
        "none": "まだセッションはありません。",
    },
    "en": {
        "programme": "Programme",
        "timetable": "Timetable",
        "people": "People",
        "latin_names": "A–Z",
        "other_names": "Names in Japanese and other scripts",
        "draft": "Draft",
        "nowhere": "Venue to be announced",
        "contents": "Contents",
        "run_by": "Organised by",
        "language": "Language",
        "links": "Documents and links",
        "page": "page",
        "zone": "Times: {zone}",
        "version": "Version {number}, {date}",
        "about": "The website has the latest programme.",
        "none": "There are no sessions yet.",
    },
}
ORGANISERS: dict[str, dict[OrganiserRole, str]] = {
    "ja": {
        OrganiserRole.HOST: "主催",
        OrganiserRole.PLANNING: "企画",
        OrganiserRole.CO_HOST: "共催",
        OrganiserRole.SUPPORT: "後援",
        OrganiserRole.SPONSOR: "協賛",
    },
    "en": {
        OrganiserRole.HOST: "Hosted by",
        OrganiserRole.PLANNING: "Planned by",
        OrganiserRole.CO_HOST: "Co-hosted by",
        OrganiserRole.SUPPORT: "Supported by",
        OrganiserRole.SPONSOR: "Sponsored by",
    },
}
# Several people in one role.
ROLES: dict[str, dict[RoleKind, tuple[str, str]]] = {
    "ja": {
        RoleKind.MODERATOR: ("モデレーター", "モデレーター"),
        RoleKind.KEYNOTE: ("基調講演", "基調講演"),
        RoleKind.PANELIST: ("パネリスト", "パネリスト"),
        RoleKind.SPEAKER: ("登壇者", "登壇者"),
        RoleKind.REACTOR: ("リアクター", "リアクター"),
        RoleKind.OPENING_REMARKS: ("開会挨拶", "開会挨拶"),
        RoleKind.CLOSING_REMARKS: ("閉会挨拶", "閉会挨拶"),
        RoleKind.INTERPRETER: ("通訳", "通訳"),
        RoleKind.MC: ("司会", "司会"),
    },
    "en": {
        RoleKind.MODERATOR: ("Moderator", "Moderators"),
        RoleKind.KEYNOTE: ("Keynote speaker", "Keynote speakers"),
        RoleKind.PANELIST: ("Panellist", "Panellists"),
        RoleKind.SPEAKER: ("Speaker", "Speakers"),
        RoleKind.REACTOR: ("Reactor", "Reactors"),
        RoleKind.OPENING_REMARKS: ("Opening remarks", "Opening remarks"),
        RoleKind.CLOSING_REMARKS: ("Closing remarks", "Closing remarks"),
        RoleKind.INTERPRETER: ("Interpreter", "Interpreters"),
        RoleKind.MC: ("Master of ceremonies", "Masters of ceremonies"),
    },
}
_LONG = {"ja": "y年M月d日（E）", "en": "EEEE d MMMM y"}
_SHORT = {"ja": "M月d日（E）", "en": "EEE d MMM"}
_PLAIN = {"ja": "y年M月d日", "en": "d MMMM y"}


def long_date(day: date, language: str) -> str:
    """`2022年11月24日（木）`, `Thursday 24 November 2022`."""
    return format_date(day, _LONG[language], language)


def short_date(day: date, language: str) -> str:
    """`11月24日（木）`, `Thu 24 Nov`."""
    return format_date(day, _SHORT[language], language)


def plain_date(day: date, language: str) -> str:
    """`2022年11月24日`, `24 November 2022`."""
    return format_date(day, _PLAIN[language], language)


def date_range(first: date, last: date, language: str) -> str:
    """`2022年11月24日（木）～25日（金）`, `24–25 November 2022`."""
    if first == last:
        return long_date(first, language)
    month = (first.year, first.month) == (last.year, last.month)
    if language == "ja":
        pattern = "d日（E）" if month else "M月d日（E）" if first.year == last.year else _LONG["ja"]
        return f"{long_date(first, 'ja')}～{format_date(last, pattern, 'ja')}"
    begin = (
        f"{first.day}–" if month else f"{format_date(first, 'd MMMM' if first.year == last.year else 'd MMMM y')} – "
    )
    return begin + plain_date(last, language)


def zone(zone_name: str, moments: Iterable[datetime], language: str) -> str:
    """`日本時間（UTC+9）`, `Japan time (UTC+9)`: the zone with the offsets in force at those instants."""
    territory = get_global("zone_territories").get(get_global("zone_aliases").get(zone_name, zone_name))
    if territory in {None, "ZZ"} or "/" not in zone_name:
        place = zone_name
    elif len(get_global("territory_zones").get(territory, ())) == 1:
        place = get_timezone_location(clock.zone(zone_name), locale=language)
    else:
        city = get_timezone_location(clock.zone(zone_name), locale=language, return_city=True)
        place = Locale.parse(language).zone_formats["region"] % city
    if language == "en" and place.endswith(" Time"):
        place = place.removesuffix(" Time") + " time"
    offsets = " / ".join(dict.fromkeys(clock.offset_label(moment, zone_name) for moment in moments))
    if not offsets:
        return place
    return f"{place}（{offsets}）" if language == "ja" else f"{place} ({offsets})"
