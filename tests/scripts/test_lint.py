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


HOST, FOLDER = ".".join(("registry", "npmjs", "org")), "/".join(("", "home", "somebody", "galerio"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"fine\nsee {HOST}/x", [f"name:2: names a package registry: {HOST}"]),
        (f"path = '{FOLDER}'", ["name:1: names a path of one machine: " + FOLDER.removesuffix("/galerio")]),
        ("/ja/organise/work/home/x and templates/root/", []),
        ("https://example.org/home/page", []),
    ],
)
def test_addresses_are_noticed(text: str, expected: list[str]) -> None:
    assert list(lint.address_faults("name", text)) == expected


def test_what_is_committed_names_no_registry_and_no_machine() -> None:
    assert [fault for name, text in lint.committed_texts() for fault in lint.address_faults(name, text)] == []


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
