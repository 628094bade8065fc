"""A run sheet on paper: PDF/UA-1, in A4."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from galerio_events import clock
from galerio_events.programme.domain.run_sheet import SegmentKind, Timed
from galerio_events.releases.exports.pdf import words
from galerio_events.releases.exports.pdf.glyphs import settable
from galerio_events.releases.exports.pdf.typesetting import typeset
from galerio_events.text import clean, one_line
from galerio_events.translated import Translated

HERE = Path(__file__).parent
LABELS: dict[str, dict[str, str]] = {
    "ja": {
        "run_sheet": "進行表",
        "time": "時刻",
        "minutes": "分",
        "what": "内容",
        "who": "担当",
        "slide": "スライド",
        "cue": "進行メモ",
        "sum": "合計{planned}分（枠{slot}分）",
        "none": "進行表はまだありません。",
        "as_of": "{time}現在",
        "zone": "時刻：{zone}",
    },
    "en": {
        "run_sheet": "Run sheet",
        "time": "Time",
        "minutes": "Min",
        "what": "What",
        "who": "Who",
        "slide": "Slide",
        "cue": "Cue note",
        "sum": "{planned} of {slot} minutes",
        "none": "There is no run sheet yet.",
        "as_of": "As of {time}",
        "zone": "Times: {zone}",
    },
}
Names = Mapping[str, tuple[Translated, Translated]]


def run_sheet_pdf(
    segments: Sequence[Timed],
    *,
    title: Translated,
    event_title: Translated,
    venue: Translated | None,
    slot: tuple[datetime, datetime],
    zone: str,
    names: Names,
    kinds: Mapping[SegmentKind, str],
    language: str,
    languages: Sequence[str],
    with_cues: bool,
    now: datetime,
) -> bytes:
    """The PDF. Times are on the clock of `zone`; `names` has name and affiliation by key of the person, `kinds` what
    each kind of segment is called in that language. Cue notes are left out unless `with_cues`. Raises `NotTypeset`."""

    def said(text: Translated) -> dict[str, str]:
        shown = text.shown(language, languages)
        found = {"t": settable(one_line(shown.text))}
        return found | {"l": shown.language} if shown.language not in {"", language} else found

    def time(moment: datetime) -> str:
        local = clock.in_zone(moment, zone)
        return f"{local.hour:02}:{local.minute:02}"

    def who(each: Timed) -> list[dict[str, str]]:
        known = names.get(each.segment.person or "")
        role = words.ROLES[language][each.segment.role][0] if each.segment.role else ""
        return [part for part in (said(known[0]) if known else None, {"t": role} if role else None) if part]

    labels = LABELS[language]
    begin, end = slot
    day = words.long_date(clock.in_zone(begin, zone).date(), language)
    rows: list[dict[str, Any]] = [
        {
            "time": f"{time(each.starts_at)}–{time(each.ends_at)}",
            "minutes": str(each.segment.minutes),
            "title": said(each.segment.title) if each.segment.title else {"t": kinds[each.segment.kind]},
            "kind": kinds[each.segment.kind] if each.segment.title else "",
            "who": who(each),
            "slide": settable(each.segment.slide),
            "cue": [settable(line) for line in clean(each.segment.cue).split("\n")] if with_cues else [],
        }
        for each in segments
    ]
    local = clock.in_zone(now, zone)
    planned = sum(each.segment.minutes for each in segments)
    content = {
        "language": language,
        "labels": labels,
        "with_cues": with_cues,
        "title": said(title),
        "event": said(event_title),
        "venue": said(venue) if venue else {"t": ""},
        "when": f"{day} {time(begin)}–{time(end)}",
        "zone": labels["zone"].format(zone=words.zone(zone, [begin], language)),
        "sum": labels["sum"].format(planned=planned, slot=int((end - begin).total_seconds()) // 60),
        "as_of": labels["as_of"].format(time=f"{words.plain_date(local.date(), language)} {time(now)}"),
        "rows": rows,
    }
    return typeset("run_sheet", content, {}, created=now, folder=HERE)
