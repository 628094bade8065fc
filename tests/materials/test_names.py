"""Names of files, and the rules of materials that need no database."""

from datetime import UTC, datetime, timedelta

import pytest

from galerio_events.materials.domain import FileFormat, Publication, Reader, Slot, is_public, owners, public_from
from galerio_events.materials.domain.names import clean_name, content_disposition
from galerio_events.programme.domain import RoleKind

STARTS = datetime(2022, 11, 25, 6, 0, tzinfo=UTC)
SLOT = Slot(STARTS, STARTS + timedelta(hours=1))
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\slides.pdf", "slides.pdf"),
        ("a" * 300 + ".pdf", "a" * 175 + ".pdf"),
        ("資料" * 150 + ".pdf", "資料" * 29 + ".pdf"),
        ("か\u3099" * 200, "が" * 58 + ".pdf"),
        ("slides\u202efdp.exe", "slidesfdp.exe.pdf"),
        ("<script>.pdf", "_script_.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("com¹.tar.pdf", "_com¹.tar.pdf"),
        ("..", "file.pdf"),
        ("", "file.pdf"),
        (".pdf", "file.pdf"),
        ("x\x00\r\ny.pdf", "x y.pdf"),
        ("slides.PPTX", "slides.pdf"),
        ("発表 2022.pdf", "発表 2022.pdf"),
        ("😀.pdf", "😀.pdf"),
    ],
)
def test_names_are_cleaned(given: str, shown: str) -> None:
    made = clean_name(given, FileFormat.PDF)
    assert made == shown
    assert len(made.encode()) <= 180
    assert clean_name(made, FileFormat.PDF) == made


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a b.pdf", "attachment; filename=\"a b.pdf\"; filename*=UTF-8''a%20b.pdf"),
        ("資料.pdf", "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E8%B3%87%E6%96%99.pdf"),
        ("it's (1)\".pdf", "attachment; filename=\"it's (1)_.pdf\"; filename*=UTF-8''it%27s%20%281%29%22.pdf"),
    ],
)
def test_content_disposition(name: str, header: str) -> None:
    assert content_disposition(name) == header


@pytest.mark.parametrize(
    ("publication", "now", "public"),
    [
        (Publication.NEVER, SLOT.ends_at + SECOND, False),
        (Publication.BEFORE, STARTS - timedelta(days=300), True),
        (Publication.DURING, STARTS - SECOND, False),
        (Publication.DURING, STARTS, True),
        (Publication.AFTER, SLOT.ends_at - SECOND, False),
        (Publication.AFTER, SLOT.ends_at, True),
    ],
)
def test_public_from_then_on(publication: Publication, now: datetime, public: bool) -> None:
    assert is_public(publication, SLOT, now=now) is public
    # What no release has is never public.
    assert is_public(publication, None, now=now) is False


def test_since_when() -> None:
    assert [public_from(when, SLOT) for when in Publication] == [
        None, datetime.min.replace(tzinfo=UTC), SLOT.starts_at, SLOT.ends_at,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("reader", "read", "edited"),
    [
        (Reader(True), {1, 2, None}, {1, 2, None}),
        (Reader(False, frozenset({1}), frozenset({RoleKind.SPEAKER})), {1, None}, {1}),
        (Reader(False, frozenset({1}), frozenset({RoleKind.MODERATOR})), {1, 2, None}, {1, None}),
        (Reader(False, frozenset({1}), frozenset({RoleKind.INTERPRETER})), {1, 2, None}, {1}),
        (Reader(False), set(), set()),
    ],
)
def test_who_may_read_and_change(reader: Reader, read: set[int | None], edited: set[int | None]) -> None:
    whose: tuple[int | None, ...] = (1, 2, None)
    assert {owner for owner in whose if reader.may_read(owner)} == read
    assert {owner for owner in whose if reader.may_edit(owner)} == edited
    assert set(owners(reader, [1, 2])) == edited
