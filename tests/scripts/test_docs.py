"""The operations guide names every setting, and no other; links lead somewhere, and guides for people have a twin."""

import re
from pathlib import Path

import pytest

from config import from_environment

ROOT = Path(__file__).resolve().parents[2]


def test_every_setting_is_in_the_guide(tmp_path: Path) -> None:
    rows = re.findall(r"^\| `GALERIO_(\w+)` \|", (ROOT / "docs" / "operations.md").read_text(), re.M)
    assert len(rows) == len(set(rows))
    assert set(rows) == set(from_environment({"GALERIO_INSTANCE_DIR": str(tmp_path)}))


@pytest.mark.parametrize("guide", ["README", "docs/organisers", "docs/participants", "docs/moderators"])
def test_every_guide_has_a_twin_that_it_links_to(guide: str) -> None:
    name = guide.rpartition("/")[2]
    assert f"]({name}.ja.md)" in (ROOT / f"{guide}.md").read_text()
    assert f"]({name}.md)" in (ROOT / f"{guide}.ja.md").read_text()


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        (path.name, target)
        for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text())
        if not (path.parent / target).exists()
    ]
    assert broken == []


def test_decisions_are_numbered_without_gaps_and_named_by_their_number() -> None:
    records = sorted((ROOT / "docs" / "adr").iterdir())
    assert [path.name[:5] for path in records] == [f"{number:04}-" for number in range(1, len(records) + 1)]
    titles = [re.match(r"# (\d+)\. \S", path.read_text()) for path in records]
    assert [int(title[1]) if title else None for title in titles] == list(range(1, len(records) + 1))


def test_every_decision_that_is_referred_to_exists() -> None:
    numbers = {path.name[:4] for path in (ROOT / "docs" / "adr").iterdir()}
    sources = [*(ROOT / "docs").glob("*.md"), *(ROOT / "galerio_events").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    named = {number for path in sources for number in re.findall(r"adr/(\d{4})", path.read_text())}
    assert named <= numbers
