"""The operations guide names every setting, and no other."""

import re
from pathlib import Path

from config import from_environment

ROOT = Path(__file__).resolve().parents[2]


def test_every_setting_is_in_the_guide(tmp_path: Path) -> None:
    rows = re.findall(r"^\| `GALERIO_(\w+)` \|", (ROOT / "docs" / "operations.md").read_text(), re.M)
    assert len(rows) == len(set(rows))
    assert set(rows) == set(from_environment({"GALERIO_INSTANCE_DIR": str(tmp_path)}))
