"""Each of the checks of `make lint` that are our own notices what it is there for."""

import json
from pathlib import Path

import pytest

from scripts import lint

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Programme"
msgstr "プログラム"
"""


def faults(more: str, wanted: set[lint.MessageId]) -> list[str]:
    return list(lint.catalogue_faults("ja", (PO + more).encode(), wanted))


def test_a_complete_catalogue() -> None:
    assert faults("", {"Programme"}) == []


@pytest.mark.parametrize(
    ("more", "wanted", "expected"),
    [
        ("", {"Programme", "People"}, ["ja: 'People' is missing"]),
        ('\nmsgid "Old"\nmsgstr "古い"\n', {"Programme"}, ["ja: 'Old' is no longer in the sources"]),
        ('\nmsgid "People"\nmsgstr ""\n', {"Programme", "People"}, ["ja: 'People' is not translated"]),
        ('\n#, fuzzy\nmsgid "People"\nmsgstr "人"\n', {"Programme", "People"}, ["ja: 'People' is fuzzy"]),
        (
            '\nmsgid "one"\nmsgid_plural "many"\nmsgstr[0] ""\n',
            {"Programme", ("one", "many")},
            ["ja: ('one', 'many') is not translated"],
        ),
    ],
)
def test_a_gap_is_noticed(more: str, wanted: set[lint.MessageId], expected: list[str]) -> None:
    assert faults(more, wanted) == expected


def test_placeholders_have_to_match() -> None:
    found = faults('\n#, python-format\nmsgid "%(n)s rooms"\nmsgstr "%(m)s室"\n', {"Programme", "%(n)s rooms"})
    assert len(found) == 1
    assert found[0].startswith("ja: '%(n)s rooms': ")


def test_messages_are_found_in_code_and_templates(tmp_path: Path) -> None:
    (tmp_path / "babel.cfg").write_text("[python: galerio_events/**.py]\n[jinja2: templates/**.html]\n")
    (tmp_path / "galerio_events" / "web").mkdir(parents=True)
    (tmp_path / "galerio_events" / "web" / "labels.py").write_text(
        'X = lazy_gettext("Host")\nngettext("one", "many", 2)\n'
    )
    (tmp_path / "templates" / "site").mkdir(parents=True)
    (tmp_path / "templates" / "site" / "home.html").write_text('{{ _("Home") }}{% trans %}Hello{% endtrans %}')
    assert set(lint.template(tmp_path)) == {"Host", ("one", "many"), "Home", "Hello"}


FOLDER = "/srv/somebody"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "requirements/run.txt",
            "fine\n--index-url x",
            ["requirements/run.txt:2: says where packages come from: index-url"],
        ),
        (
            "assets/package-lock.json",
            '"resolved": "https://example.org/a.tgz"',
            ['assets/package-lock.json:1: says where packages come from: "resolved"'],
        ),
        ("docs/a.md", "see https://example.org/home/page", []),
        ("docs/a.md", f"path = '{FOLDER}/galerio'", [f"docs/a.md:1: names a folder of this machine: {FOLDER}"]),
        ("docs/a.md", f"path = {FOLDER}bodyelse/galerio and x{FOLDER}/y", []),
    ],
)
def test_addresses_are_noticed(name: str, text: str, expected: list[str]) -> None:
    assert list(lint.address_faults(name, text, [FOLDER])) == expected


def test_what_is_committed_names_no_registry_and_no_machine() -> None:
    folders = lint.machine_folders()
    assert [fault for name, text in lint.committed_texts() for fault in lint.address_faults(name, text, folders)] == []


def test_advisories_are_read_honestly() -> None:
    known = {"name": "flask", "version": "3.1", "vulns": []}
    bad = {"name": "pillow", "version": "9", "vulns": [{"id": "CVE-1", "fix_versions": ["10"]}]}
    skipped = {"name": "x", "skip_reason": "not found"}
    assert lint.read_audit(json.dumps({"dependencies": [known, bad]})).advisories == (
        "pip-audit: pillow 9: CVE-1 (mended in 10)",
    )
    partly = lint.read_audit(json.dumps({"dependencies": [known, skipped]}))
    assert str(partly) == "pip-audit: nothing known against 1 packages; 1 could not be looked up"
    for nothing in ("", "no json", json.dumps({"dependencies": [skipped]})):
        assert str(lint.read_audit(nothing)).endswith("advisories were NOT checked")
