"""Typst, run one at a time in a process of its own: a booklet of a thousand sessions takes memory that no worker of
the website is to keep, and a document that never ends is ended."""

import base64
import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from galerio_events.errors import DomainError
from galerio_events.releases.exports.pdf.glyphs import FONTS

HERE = Path(__file__).parent
SKYLINE = HERE / "skyline.svg"
# Seconds. A booklet of 1,350 sessions takes a tenth of it.
LONGEST = 180
_one = Lock()


class NotTypeset(DomainError):
    """A document that could not be set; the message is the compiler's."""


def typeset(
    name: str,
    content: Mapping[str, Any],
    images: Mapping[str, bytes],
    *,
    created: datetime,
    folder: Path = HERE,
) -> bytes:
    """The PDF/UA-1 that the template of that name in that folder makes of `content`, which it reads as JSON and never
    as markup.

    `images` are file names to bytes. `created` becomes the date of the document: equal arguments give equal bytes.
    Raises `NotTypeset`.
    """
    job = {
        "main": (folder / f"{name}.typ").read_text("utf-8"),
        "files": {
            "skyline.svg": SKYLINE.read_text("utf-8"),
            "common.typ": (HERE / "common.typ").read_text("utf-8"),
            "content.json": json.dumps(content),
        },
        "images": {file: base64.b64encode(data).decode() for file, data in images.items()},
        "fonts": [str(font.parent) for font in FONTS],
        "standards": ["ua-1"],
        "timestamp": int(created.timestamp()),
    }
    command = (sys.executable, "-I", str(HERE / "typesetter.py"))
    with _one:
        try:
            done = subprocess.run(
                command, input=json.dumps(job).encode(), capture_output=True, timeout=LONGEST, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise NotTypeset(f"{name} took more than {LONGEST} seconds") from error
    if done.returncode:
        raise NotTypeset(done.stderr.decode("utf-8", "replace").strip()[-2000:])
    return done.stdout
