"""`make catalogues`: bring the gettext catalogues up to date with the sources.

English fills itself, since the message ids are English; what has no Japanese yet is printed, for somebody to translate.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
TRANSLATIONS = ROOT / "galerio_events" / "translations"
# Each language, with the name of its team.
LANGUAGES = {"ja": "Japanese", "en": "English"}


def updated(old: Catalog, template: Catalog, language: str) -> tuple[Catalog, list[str]]:
    """A catalogue with exactly the messages of the template, and the ids among them that lack a translation.

    Known translations are kept; nothing is guessed from similar messages.
    """
    new = Catalog(
        locale=language,
        project="galerio-events",
        version="1",
        copyright_holder="City of Yokohama",
        msgid_bugs_address="galerio-events",
        last_translator="galerio-events",
        language_team=LANGUAGES[language],
        fuzzy=False,
    )
    new.revision_date = old.revision_date
    new.creation_date = old.creation_date
    new.header_comment = "# Interface texts of galerio-events."
    missing = []
    for message in template:
        if not message.id:
            continue
        known = old.get(message.id)
        string = message.id if language == "en" else (known.string if known else "")
        if not string or (isinstance(string, tuple | list) and not all(string)):
            missing.append(str(message.id if isinstance(message.id, str) else message.id[0]))
            string = "" if isinstance(message.id, str) else ("",) * new.num_plurals
        new.add(message.id, string, flags=[flag for flag in message.flags if flag != "fuzzy"], context=message.context)
    return new, missing


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder) / "messages.pot"
        extract = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg"]
        keywords = [
            "-k",
            "lazy_gettext",
            "-k",
            "_l",
            "-k",
            "lazy_ngettext:1,2",
            "--no-location",
            "--sort-output",
            "-o",
            str(pot),
            ".",
        ]
        subprocess.run([*extract, *keywords], cwd=ROOT, check=True)
        with pot.open("rb") as file:
            template = read_po(file)
    for language in LANGUAGES:
        path = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
        with path.open("rb") as file:
            old = read_po(file, locale=language)
        new, missing = updated(old, template, language)
        with path.open("wb") as file:
            write_po(file, new, width=110, sort_output=True, no_location=True)
        for message in missing:
            print(f"{language}: not translated: {message}")


if __name__ == "__main__":
    main()
