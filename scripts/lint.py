"""The checks of `make lint` that no tool does: catalogues complete, no addresses in committed files, advisories."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
TRANSLATIONS = ROOT / "galerio_events" / "translations"
LANGUAGES = ("ja", "en")
MessageId = str | tuple[str, ...]

# Files that say which packages are installed; whoever installs them says from where.
_LOCKS = re.compile(r"(?:^|/)(?:requirements/.*\.txt|package-lock\.json|\.npmrc|pyproject\.toml)$")
_ADDRESS = re.compile(r"\w+://[^\s\"'<>]+|\b(?:extra-)?index-url\b|\"resolved\"")


def template(root: Path = ROOT) -> dict[MessageId, Iterable[str]]:
    """Every message of the sources, with its flags."""
    with (root / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    catalog = Catalog()
    for folder in ("galerio_events", "templates"):
        inside = [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods]
        inside_options = {pattern.removeprefix(f"{folder}/"): chosen for pattern, chosen in options.items()}
        for _file, _line, message, comments, context in extract_from_dir(
            root / folder, inside, inside_options, keywords=_keywords(), comment_tags=()
        ):
            catalog.add(message, auto_comments=comments, context=context)
    return {_identity(message.id): message.flags for message in catalog if message.id}


def _keywords() -> Mapping[str, Any]:
    return dict(DEFAULT_KEYWORDS) | {"lazy_gettext": None, "_l": None, "lazy_ngettext": (1, 2)}


def _identity(identity: object) -> MessageId:
    return tuple(map(str, identity)) if isinstance(identity, list | tuple) else str(identity)


def catalogue_faults(language: str, po: bytes, wanted: Iterable[MessageId]) -> Iterator[str]:
    """What is wrong with a catalogue: messages missing, left over, untranslated, fuzzy, or with other placeholders."""
    catalog = read_po(BytesIO(po), locale=language)
    found = {_identity(message.id): message for message in catalog if message.id}
    needed = set(wanted)
    for identity in sorted(needed - set(found), key=str):
        yield f"{language}: {identity!r} is missing"
    for identity in sorted(set(found) - needed, key=str):
        yield f"{language}: {identity!r} is no longer in the sources"
    for identity, message in found.items():
        strings = message.string if isinstance(message.string, list | tuple) else (message.string,)
        if not all(strings):
            yield f"{language}: {identity!r} is not translated"
        elif "fuzzy" in message.flags:
            yield f"{language}: {identity!r} is fuzzy"
        else:
            yield from (f"{language}: {identity!r}: {error}" for error in message.check(catalog))


def machine_folders() -> tuple[str, ...]:
    """The folders that are this machine's own: where the checkout lies and where its user lives."""
    return tuple(sorted({str(ROOT.parent), str(Path.home())} - {"/"}))


def address_faults(name: str, text: str, folders: Iterable[str]) -> Iterator[str]:
    """Lines of a committed file that name one of the folders, or (where packages are listed) any address at all."""
    machine = re.compile("|".join(rf"(?<![\w.\-/}}>*]){re.escape(each)}(?=[/\s\"'`)]|$)" for each in folders) or "(?!)")
    for number, line in enumerate(text.splitlines(), 1):
        if match := machine.search(line):
            yield f"{name}:{number}: names a folder of this machine: {match[0]}"
        if _LOCKS.search(name) and (match := _ADDRESS.search(line)):
            yield f"{name}:{number}: says where packages come from: {match[0]}"


def committed_texts() -> Iterator[tuple[str, str]]:
    """Name and content of every committed text file."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        path = ROOT / name
        if path.is_file() and b"\0" not in (content := path.read_bytes()):
            yield name, content.decode("utf-8", "replace")


def faults() -> Iterator[str]:
    """Everything that is wrong."""
    wanted = template()
    for language in LANGUAGES:
        po = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
        if po.exists():
            yield from catalogue_faults(language, po.read_bytes(), wanted)
        else:
            yield f"{language}: there is no catalogue"
    folders = machine_folders()
    for name, text in committed_texts():
        yield from address_faults(name, text, folders)


@dataclass(frozen=True, slots=True)
class Audit:
    """What pip-audit found: advisories, and how many packages it could look up and could not."""

    advisories: tuple[str, ...]
    looked_up: int
    unknown: int

    def __str__(self) -> str:
        if self.advisories:
            return "\n".join(self.advisories)
        if not self.looked_up:
            return "pip-audit: its data cannot be reached from here; advisories were NOT checked"
        rest = f"; {self.unknown} could not be looked up" if self.unknown else ""
        return f"pip-audit: nothing known against {self.looked_up} packages{rest}"


def read_audit(printed: str) -> Audit:
    """The result in what `pip-audit --format json` prints; one in which nothing was looked up where that is no JSON."""
    try:
        dependencies = json.loads(printed)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Audit((), 0, 0)
    known = [dependency for dependency in dependencies if "skip_reason" not in dependency]
    found = tuple(
        f"pip-audit: {dependency['name']} {dependency['version']}: {advisory['id']}"
        f" (mended in {', '.join(advisory['fix_versions']) or 'no release yet'})"
        for dependency in known
        for advisory in dependency["vulns"]
    )
    return Audit(found, len(known), len(dependencies) - len(known))


def audit() -> Audit:
    """Ask pip-audit about the pinned requirements of the application."""
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off", "--disable-pip"]
    try:
        done = subprocess.run(
            [*command, "--require-hashes", "-r", "requirements/run.txt"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    except subprocess.TimeoutExpired:
        return Audit((), 0, 0)
    return read_audit(done.stdout)


def main() -> int:
    """Print what is wrong. Returns 1 where anything is."""
    found = list(faults())
    for fault in found:
        print(fault)
    audited = audit()
    print(audited)
    return 1 if found or audited.advisories else 0


if __name__ == "__main__":
    sys.exit(main())
