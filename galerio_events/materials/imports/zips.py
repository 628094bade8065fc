"""What is in a ZIP file, by its own list (APPNOTE 6.3.10, 4.3.12 and 4.3.16), within limits and without decompressing.

The list is read by hand and not with `zipfile`, which reads as many entries as a file claims to have and takes the
first bytes for somebody else's file where the list says so.
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from galerio_events.materials.domain import FileProblem, FileRefused

END = b"PK\x05\x06"
# The record at the end, behind which a comment may stand.
_END = struct.Struct("<4s4H2LH")
_LISTED = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
END_WITHIN = _END.size + 0xFFFF
# 64-bit records between the list and its end: the record and what points to it.
_LARGE = 20 + 56

MOST_ENTRIES = 10_000
MOST_LISTED = 4 * 1024 * 1024
# Of what is in it, unpacked; and how many times as large as packed that may be.
MOST_UNPACKED = 4 * 1024 * 1024 * 1024
MOST_RATIO = 150
# What is small may be packed as tightly as it likes.
SMALL = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a ZIP: where its own header begins, and its bytes packed and unpacked."""

    name: str
    offset: int
    packed: int
    size: int
    stored: bool
    encrypted: bool


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a file that can be sought in."""

    file: BinaryIO
    start: int
    size: int

    def read(self, at: int, length: int) -> bytes:
        """So many bytes from there on, fewer where the part ends before."""
        if at < 0 or at >= self.size:
            return b""
        self.file.seek(self.start + at)
        return self.file.read(min(length, self.size - at))

    def within(self, entry: Entry) -> "Window":
        """The part that holds an entry that is stored as it is. Raises `FileRefused` where it is not there."""
        header = self.read(entry.offset, _LOCAL.size)
        if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
            raise FileRefused(FileProblem.DAMAGED)
        *_rest, name, extra = _LOCAL.unpack(header)
        begins = entry.offset + _LOCAL.size + name + extra
        if begins + entry.packed > self.size:
            raise FileRefused(FileProblem.DAMAGED)
        return Window(self.file, self.start + begins, entry.packed)


def looks_like_an_end(found: bytes, at: int) -> bool:
    """Whether these bytes, which begin with `END` and stand there in a file, are the end of a ZIP's list."""
    if len(found) < _END.size:
        return False
    _sign, disk, list_disk, here, total, length, _offset, _comment = _END.unpack(found[: _END.size])
    return bool(disk == list_disk == 0 and here == total and 0 < length <= at)


def read_entries(whole: Window) -> list[Entry]:
    """What is in it, in the order of the list. Raises `FileRefused`.

    Nothing may stand before the first entry, between the list and its end, or behind that: what else is there is for
    another program. No two entries share bytes.
    """
    tail = whole.read(max(0, whole.size - _END.size), _END.size)
    if len(tail) < _END.size or tail[:4] != END:
        raise FileRefused(FileProblem.SECOND_FILE if _has_an_end(whole) else FileProblem.DAMAGED)
    _sign, disk, list_disk, here, total, length, offset, comment = _END.unpack(tail)
    if disk or list_disk or comment or here != total or not total:
        raise FileRefused(FileProblem.DAMAGED)
    if total > MOST_ENTRIES or length > MOST_LISTED:
        raise FileRefused(FileProblem.BOMB)
    if whole.size - _END.size - offset - length not in {0, _LARGE}:
        raise FileRefused(FileProblem.SECOND_FILE)
    entries = _listed(whole.read(offset, length), total)
    _check(whole, entries, offset)
    return entries


def _has_an_end(whole: Window) -> bool:
    return END in whole.read(max(0, whole.size - END_WITHIN), END_WITHIN)


def _listed(data: bytes, total: int) -> list[Entry]:
    entries, at = [], 0
    for _number in range(total):
        fields = data[at : at + _LISTED.size]
        if len(fields) < _LISTED.size or fields[:4] != b"PK\x01\x02":
            raise FileRefused(FileProblem.DAMAGED)
        (_sign, _by, _needs, flags, method, _time, _date, _crc, packed, size, name_length, extra_length, comment_length,
         _disk, _inside, _outside, offset) = _LISTED.unpack(fields)  # fmt: skip
        at += _LISTED.size
        raw, extra = data[at : at + name_length], data[at + name_length : at + name_length + extra_length]
        at += name_length + extra_length + comment_length
        size, packed, offset = _large(extra, size, packed, offset)
        # Bit 11: UTF-8. Else code page 437, of which only what is ASCII matters here.
        name = raw.decode("utf-8" if flags & 0x800 else "cp437", errors="replace")
        entries.append(Entry(name, offset, packed, size, method == 0, bool(flags & 1)))
    if at != len(data):
        raise FileRefused(FileProblem.DAMAGED)
    return entries


def _large(extra: bytes, *fields: int) -> list[int]:
    """The fields, those that do not fit into 32 bits from the extra field 0x0001 (4.5.3)."""
    wanting = [i for i, value in enumerate(fields) if value == 0xFFFFFFFF]
    values, at = list(fields), 0
    while wanting and at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1 and length >= 8 * len(wanting) and at + 4 + length <= len(extra):
            for place, i in enumerate(wanting):
                values[i] = struct.unpack_from("<Q", extra, at + 4 + 8 * place)[0]
            return values
        at += 4 + length
    if wanting:
        raise FileRefused(FileProblem.DAMAGED)
    return values


def _check(whole: Window, entries: list[Entry], list_at: int) -> None:
    if len({entry.name for entry in entries}) < len(entries) or not all(_is_within(entry.name) for entry in entries):
        raise FileRefused(FileProblem.DAMAGED)
    unpacked = sum(entry.size for entry in entries)
    if unpacked > MOST_UNPACKED or (unpacked > SMALL and unpacked > MOST_RATIO * whole.size):
        raise FileRefused(FileProblem.BOMB)
    if any(entry.stored and entry.size != entry.packed and not entry.encrypted for entry in entries):
        raise FileRefused(FileProblem.DAMAGED)
    ends = 0
    for entry in sorted(entries, key=lambda entry: entry.offset):
        if entry.offset < ends:
            raise FileRefused(FileProblem.BOMB)
        if whole.read(entry.offset, 4) != b"PK\x03\x04":
            raise FileRefused(FileProblem.DAMAGED)
        ends = entry.offset + _LOCAL.size + entry.packed
    if min(entry.offset for entry in entries) or ends > list_at:
        raise FileRefused(FileProblem.SECOND_FILE if ends <= list_at else FileProblem.DAMAGED)


def _is_within(name: str) -> bool:
    """Whether the name stays in the folder that somebody unpacks into."""
    if not name or "\x00" in name or "\\" in name or name.startswith("/") or name[1:2] == ":":
        return False
    return ".." not in name.split("/")
