"""Sets one document and ends: run by file name in a process of its own, which gives the memory back.

Reads a JSON object from standard input (`main`, the source; `files`, name to text; `images`, name to base64; `fonts`,
folders; `timestamp`, Unix seconds) and writes a PDF to standard output.
"""

import base64
import json
import sys
from typing import Any

import typst


def main() -> None:
    """From standard input to standard output."""
    job = json.load(sys.stdin.buffer)
    files = {"main.typ": job["main"].encode()}
    files |= {name: text.encode() for name, text in job["files"].items()}
    files |= {name: base64.b64decode(data) for name, data in job["images"].items()}
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=job["fonts"])
    # Its stubs do not know that several files can be given by name.
    compile_files: Any = typst.compile
    made = compile_files(
        files, format="pdf", font_paths=fonts, timestamp=job["timestamp"], pdf_standards=job["standards"]
    )
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
