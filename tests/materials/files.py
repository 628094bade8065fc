"""Files to send, good and bad."""

import struct
import zipfile
import zlib
from io import BytesIO

from galerio_events.materials.domain import FileLimits
from tests.settings.pictures import encoded, picture

LIMITS = FileLimits(document=2_000_000, picture=1_000_000, session=5_000_000)
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def zipped(entries: dict[str, bytes], *, stored: tuple[str, ...] = (), comment: bytes = b"") -> bytes:
    """A ZIP with these entries, in this order, packed but for those that are to be stored."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in entries.items():
            kind = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            file.writestr(zipfile.ZipInfo(name), data, compress_type=kind)
        file.comment = comment
    return made.getvalue()


def pptx(text: bytes = b"<p/>", **more: bytes) -> bytes:
    """What looks like a PowerPoint file; `more` are entries besides."""
    parts = {"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": text}
    return zipped(parts | more)


def odp(kind: bytes = b"application/vnd.oasis.opendocument.presentation") -> bytes:
    return zipped({"mimetype": kind, "content.xml": b"<x/>"}, stored=("mimetype",))


def keynote() -> bytes:
    return zipped({"Index/Document.iwa": b"d", "Index/Slide-1.iwa": b"s", "Metadata/Properties.plist": b"p"})


def keynote_within() -> bytes:
    """As Keynote wrote it for some years: the parts in a ZIP of their own, stored."""
    inner = zipped({"Document.iwa": b"d", "Slide.iwa": b"s"})
    return zipped({"Index.zip": inner, "Metadata/Properties.plist": b"p"}, stored=("Index.zip",))


def pages() -> bytes:
    return zipped({"Index/Document.iwa": b"d", "Metadata/Properties.plist": b"p"})


def png(width: int = 40, height: int = 30) -> bytes:
    return encoded(picture(width, height), "PNG")


def jpeg(**more: object) -> bytes:
    return encoded(picture(40, 30), "JPEG", **more)


def webp(**more: object) -> bytes:
    return encoded(picture(40, 30), "WEBP", **more)


def huge_png() -> bytes:
    """A PNG that says of itself that it has 50,000 by 50,000 pixels."""
    small = png()
    header = struct.pack(">2I", 50_000, 50_000) + small[24:29]
    crc = struct.pack(">I", zlib.crc32(b"IHDR" + header))
    return small[:16] + header + crc + small[33:]


def bomb() -> bytes:
    """A PowerPoint file of less than half a megabyte that would be 90 MB large."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", b"<Types/>")
        file.writestr("ppt/presentation.xml", bytes(90 * 1024 * 1024))
    return made.getvalue()


def overlapping() -> bytes:
    """Two entries of the list that share the bytes of one (as in D. Fifield's "A better zip bomb", 2019)."""
    data = bytearray(pptx())
    listed = data.rindex(b"PK\x01\x02")
    struct.pack_into("<L", data, listed + 42, 0)
    return bytes(data)


def encrypted() -> bytes:
    """Every entry says that it is encrypted."""
    data = pptx()
    at = 0
    changed = bytearray(data)
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        changed[at + 8] |= 1
        at += 4
    return bytes(changed)
