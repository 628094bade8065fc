"""Where the files lie: below one folder, each under its SHA-256, and never under a name that somebody gave it.

A file is written aside and put into its place when all of it is on the disk, so whatever is interrupted leaves nothing
that could be taken for a file. A file comes before its row; one that never got a row, or has lost its last one, is
swept. Nothing that came within the last hour is, as its row may be on its way.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from galerio_events.materials.domain import FileProblem, FileRefused

KEPT_UNUSED = 3600
_NAME = re.compile("[0-9a-f]{64}")
_PART = 1024 * 1024
_FULL = {errno.ENOSPC, errno.EDQUOT}


class Store:
    """The files below a folder; the folder is made with the first file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the file of that digest lies. Raises `ValueError` for what is no digest."""
        if not _NAME.fullmatch(digest):
            raise ValueError(digest)
        return self.folder / digest[:2] / digest

    def keep(self, file: BinaryIO) -> tuple[str, int]:
        """Keep all of that file: its digest, and its size in bytes.

        Raises `FileRefused(DISK_FULL)`, and whatever else the disk says; nothing of the file is left then.
        """
        file.seek(0)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor, aside = tempfile.mkstemp(prefix=".coming-", dir=self.folder)
        except OSError as error:
            raise _told(error) from error
        try:
            with os.fdopen(descriptor, "wb") as written:
                digest, size = _copied(file, written)
                written.flush()
                os.fsync(written.fileno())
            self._place(Path(aside), digest)
        except OSError as error:
            raise _told(error) from error
        finally:
            with contextlib.suppress(FileNotFoundError):
                Path(aside).unlink()
        return digest, size

    def sweep(self, needed: Callable[[Collection[str]], Collection[str]]) -> int:
        """Delete what no row needs and has been there for an hour; how many files that were.

        `needed` says which of some digests there are rows for.
        """
        if not self.folder.is_dir():
            return 0
        before, swept = time.time() - KEPT_UNUSED, 0
        for folder in [self.folder, *sorted(self.folder.glob("[0-9a-f][0-9a-f]"))]:
            with self._alone():
                old = {path.name: path for path in folder.iterdir() if path.is_file() and _since(path) < before}
                digests = [name for name in old if _NAME.fullmatch(name)]
                unused = set(digests) - set(needed(digests)) if digests else set()
                unused.update(name for name in old if name.startswith(".coming-"))
                for name in unused:
                    old[name].unlink()
                swept += len(unused)
        return swept

    def _place(self, aside: Path, digest: str) -> None:
        path = self.path(digest)
        path.parent.mkdir(exist_ok=True)
        with self._alone():
            # One that is there already counts as new: nobody sweeps it while its row is on its way.
            aside.replace(path)
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.folder / ".lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _copied(file: BinaryIO, written: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while part := file.read(_PART):
        digest.update(part)
        size += len(part)
        written.write(part)
    return digest.hexdigest(), size


def _since(path: Path) -> float:
    return path.stat().st_mtime


def _told(error: OSError) -> Exception:
    return FileRefused(FileProblem.DISK_FULL) if error.errno in _FULL else error
