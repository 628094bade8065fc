"""A programme on paper: a timetable on one page where that can be read, and a booklet.

Both are PDF/UA-1 (ISO 14289-1): tagged, with title and language, and text that can be copied out as it was typed.
"""

from collections.abc import Mapping

from galerio_events.releases.domain.document import PublishedProgramme
from galerio_events.releases.exports.pdf.content import Content, images_of
from galerio_events.releases.exports.pdf.typesetting import NotTypeset, typeset

__all__ = ["NotTypeset", "booklet", "timetable"]

Images = Mapping[str, tuple[str, bytes]]


def timetable(programme: PublishedProgramme, *, language: str, base_url: str, images: Images | None = None) -> bytes:
    """The timetable in A4: all days on one page if they have at most 7 columns and 40 rows each, else a page for every
    day and six columns. Raises `NotTypeset`."""
    return _set("timetable", programme, language, base_url, images or {})


def booklet(programme: PublishedProgramme, *, language: str, base_url: str, images: Images | None = None) -> bytes:
    """The programme in A5: cover, timetable by day, every session, and everybody's pages. Raises `NotTypeset`."""
    return _set("booklet", programme, language, base_url, images or {})


def _set(name: str, programme: PublishedProgramme, language: str, base_url: str, images: Images) -> bytes:
    files = images_of(programme, images)
    try:
        return _with_images(name, programme, language, base_url, files)
    except NotTypeset:
        if not files:
            raise
        # A picture that browsers take and typst does not is no reason to print nothing.
        return _with_images(name, programme, language, base_url, {})


def _with_images(
    name: str, programme: PublishedProgramme, language: str, base_url: str, files: Mapping[str, bytes]
) -> bytes:
    known = {file.partition(".")[0]: file for file in files}
    made = Content(programme, language=language, base_url=base_url, images=known)
    content = made.head()
    if name == "timetable":
        content["pages"] = made.pages()
    else:
        content["days"], content["index"] = made.days(), made.index()
    return typeset(name, content, files, created=programme.released_at)
