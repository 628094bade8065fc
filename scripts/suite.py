"""`make test` (and `make bench`): install the system packages that are missing, then run under a throw-away PostgreSQL.

usage: python -m scripts.suite [--bench] [ARGUMENT …]     the arguments are pytest's (or names of benchmarks)
"""

import argparse
import ctypes.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.server import postgresql_url

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Need:
    """Something of the system that the tests use: how to see whether it is there, and which packages bring it.

    `packages` are alternatives, because Debian's releases call some of them differently.
    """

    what: str
    packages: tuple[str, ...]
    present: Callable[[], bool]


def _any_file(pattern: str) -> Callable[[], bool]:
    return lambda: any(Path("/").glob(pattern))


NEEDS = (
    Need("Chromium", ("chromium",), lambda: shutil.which("chromium") is not None),
    Need("PostgreSQL", ("postgresql",), _any_file("usr/lib/postgresql/*/bin/initdb")),
    Need("pg_virtualenv", ("postgresql-common",), lambda: shutil.which("pg_virtualenv") is not None),
    Need("fonts for Japanese", ("fonts-noto-cjk",), _any_file("usr/share/fonts/opentype/noto/NotoSansCJK-*.ttc")),
    Need("libical", ("libical3", "libical3t64"), lambda: ctypes.util.find_library("ical") is not None),
)
BENCH_NEEDS = (NEEDS[1], NEEDS[2], Need("wrk", ("wrk",), lambda: shutil.which("wrk") is not None))


def missing(needs: Sequence[Need]) -> list[Need]:
    """Those that are not there."""
    return [need for need in needs if not need.present()]


def apt_get() -> list[str] | None:
    """How to call apt-get with the rights to install, or None where that is not possible here."""
    found = shutil.which("apt-get")
    if found is None:
        return None
    if os.geteuid() == 0:
        return [found]
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n", "DEBIAN_FRONTEND=noninteractive", found]
    return None


def known_package(names: Sequence[str]) -> str:
    """Of several names for a package, the one that this system's lists know; the first where they know none."""
    for name in names:
        asked = subprocess.run(["apt-cache", "show", name], capture_output=True, text=True, check=False)
        if asked.returncode == 0 and asked.stdout.strip():
            return name
    return names[0]


def install(needs: Sequence[Need]) -> list[Need]:
    """Install what is missing of these with apt-get. Returns what is still missing afterwards."""
    absent = missing(needs)
    if not absent:
        return []
    command = apt_get()
    if command is None:
        return absent
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    print(f"setup: installing {', '.join(need.what for need in absent)}", flush=True)
    subprocess.run([*command, "-q", "update"], env=environ, stdout=subprocess.DEVNULL, check=False)
    wanted = [known_package(need.packages) for need in absent]
    subprocess.run(
        [*command, "-q", "install", "-y", "--no-install-recommends", *wanted],
        env=environ,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    return missing(needs)


def refusal(absent: Sequence[Need]) -> str:
    """What to tell whoever has to install these by hand."""
    lines = ["These are needed and could not be installed:"]
    lines += [f"  {need.what}: Debian package {' or '.join(need.packages)}" for need in absent]
    names = " ".join(need.packages[0] for need in absent)
    return "\n".join([*lines, f"Install them (as root: apt-get install {names}) and run this again."])


def inner_command(*, bench: bool, arguments: Sequence[str]) -> list[str]:
    """What runs once PostgreSQL is there."""
    if bench:
        return [sys.executable, "-m", "benchmarks.harness", *arguments]
    spread = [] if any(given.startswith("-n") for given in arguments) else ["-n", "2", "--dist", "loadfile"]
    return [sys.executable, "-m", "pytest", *spread, *arguments]


def throw_away_postgresql(*, bench: bool) -> list[str]:
    """How to run a command beside a PostgreSQL cluster of its own.

    For the tests, which make hundreds of databases and lose nothing with them, it does not wait for the disk. Figures
    are measured with everything on disk, as in production; `pg_virtualenv` alone would switch fsync off.
    """
    settings = ("fsync", "synchronous_commit", "full_page_writes")
    options = [part for name in settings for part in ("-o", f"{name}={'on' if bench else 'off'}")]
    return ["pg_virtualenv", "-t", *options]


def main(arguments: Sequence[str] | None = None) -> int:
    """Install, start PostgreSQL, run. Returns the exit status."""
    ask = argparse.ArgumentParser(prog="python -m scripts.suite", allow_abbrev=False)
    ask.add_argument("--bench", action="store_true", help="the benchmarks instead of the tests")
    given, rest = ask.parse_known_args(arguments)
    absent = install(BENCH_NEEDS if given.bench else NEEDS)
    if absent:
        print(refusal(absent), file=sys.stderr)
        return 1
    inner = inner_command(bench=given.bench, arguments=rest)
    url = postgresql_url(os.environ)
    if url:
        return subprocess.run(
            inner, cwd=ROOT, env=os.environ | {"GALERIO_TEST_POSTGRESQL": url}, check=False
        ).returncode
    # Inside pg_virtualenv this same module runs again and finds the server in its environment.
    again = [sys.executable, "-m", "scripts.suite", *(["--bench"] if given.bench else []), *rest]
    return subprocess.run([*throw_away_postgresql(bench=given.bench), *again], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
