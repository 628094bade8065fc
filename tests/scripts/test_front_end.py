"""Finding a node to build with."""

import re
from pathlib import Path

import pytest

from scripts import front_end


@pytest.mark.parametrize(
    ("printed", "version"), [("v20.20.2\n", 20), ("v18.0.0", 18), ("v9.1.0", 9), ("20.1.0", 0), ("", 0)]
)
def test_versions(printed: str, version: int) -> None:
    assert front_end.major_version(printed) == version


def tool(folder: Path, name: str, printed: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho {printed}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("version", "usable"), [("v18.2.0", True), ("v24.0.0", True), ("v16.20.0", False), ("what", False)]
)
def test_an_old_node_is_not_used(tmp_path: Path, version: str, usable: bool) -> None:
    tool(tmp_path, "node", version)
    assert front_end.machine_node(str(tmp_path)) is None
    tool(tmp_path, "npm", "10")
    assert (front_end.machine_node(str(tmp_path)) is not None) is usable


def test_the_lock_file_has_no_addresses_and_every_package_a_digest() -> None:
    import json

    lock = json.loads((front_end.ROOT / "assets" / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert len(packages) > 5
    assert [name for name, entry in packages.items() if "resolved" in entry or "integrity" not in entry] == []


@pytest.mark.parametrize("name", ["run", "dev", "assets"])
def test_every_requirement_is_pinned_and_hashed(name: str) -> None:
    text = (front_end.ROOT / "requirements" / f"{name}.txt").read_text()
    blocks = text.replace("\\\n", " ").splitlines()
    pinned = [line for line in blocks if line and not line.lstrip().startswith("#")]
    assert pinned
    assert [line.split()[0] for line in pinned if "==" not in line or "--hash=sha256:" not in line] == []
    assert "://" not in text


def test_an_installation_that_was_torn_is_seen(tmp_path: Path) -> None:
    assert not front_end.is_installed(tmp_path)
    (tmp_path / "esbuild").mkdir()
    (tmp_path / "esbuild" / "package.json").touch()
    assert not front_end.is_installed(tmp_path)
    (tmp_path / "@esbuild" / "linux-x64" / "bin").mkdir(parents=True)
    (tmp_path / "@esbuild" / "linux-x64" / "bin" / "esbuild").touch()
    assert front_end.is_installed(tmp_path)


def test_two_installations_do_not_run_at_once() -> None:
    makefile = (front_end.ROOT / "Makefile").read_text()
    for target in ("run", "test"):
        (recipe,) = re.findall(rf"^{target}: ##.*\n((?:\t.*\n)+)", makefile, re.M)
        assert recipe.startswith("\t@$(ALONE) $(MAKE) ")
