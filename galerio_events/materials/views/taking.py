"""Taking a file from a form into the store."""

from io import BytesIO
from pathlib import PurePosixPath
from threading import Lock
from typing import Any, BinaryIO, cast

from galerio_events.materials.domain import FileFormat, FileProblem, FileRefused, KeptFile
from galerio_events.materials.domain.names import clean_name
from galerio_events.materials.imports import clean_picture, recognised
from galerio_events.materials.views.blueprint import limits, store
from galerio_events.text import one_line

# Decoded, a picture takes a hundred times the memory of its file: one at a time in each process.
_one_at_a_time = Lock()


def take(sent: Any) -> KeptFile:
    """Keep the file of that field (a `FileStorage`), if it is one that can be kept. Raises `FileRefused`.

    A picture is encoded anew; everything else is kept as it came.
    """
    most = limits()
    stream = cast(BinaryIO, sent.stream)
    kind = recognised(stream, most)
    if kind.is_picture:
        with _one_at_a_time:
            data = clean_picture(stream, kind)
        if len(data) > most.document:
            raise FileRefused(FileProblem.PICTURE_TOO_LARGE)
        stream = BytesIO(data)
    digest, size = store().keep(stream)
    return KeptFile(digest, size, kind, clean_name(sent.filename or "", kind))


def title_of(file: KeptFile, most: int) -> str:
    """What a file is called whose title was left empty: its name without the end."""
    return one_line(PurePosixPath(file.name).stem.replace("_", " "))[:most] or FileFormat(file.format).value
