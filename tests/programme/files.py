"""A small programme file to break, line by line."""

SMALL = """\
edition:
  slug: ascc11
  title: {ja: 第11回, en: The 11th}
  timezone: Asia/Tokyo
  starts_on: 2022-11-24
  ends_on: 2022-11-25
venues:
  - {key: webinar, kind: webinar, name: {en: Webinar}}
tracks:
  - {key: smart-city, name: {en: Smart city}}
people:
  pablo: {name: {en: Christopher Pablo}, country: JP}
  tan: {name: {en: Tan Xin Ji Alan}, country: SG}
sessions:
  - key: session-3
    kind: session
    venue: webinar
    track: smart-city
    starts_at: 2022-11-25T15:50
    ends_at: 2022-11-25T17:00
    title: {en: Attractive cities}
    people:
      - {role: moderator, person: pablo}
      - {role: panelist, person: tan}
"""


def changed(old: str, new: str, *, text: str = SMALL) -> bytes:
    """The file with that one piece of it replaced."""
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in the file"
    return text.replace(old, new).encode()
