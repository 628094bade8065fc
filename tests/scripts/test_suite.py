"""`make test`: what is missing is installed or named, never skipped."""

import sys
from pathlib import Path

import pytest

from scripts import suite
from scripts.suite import Need

HERE = Need("Here", ("here",), lambda: True)
GONE = Need("Gone", ("gone", "gone-t64"), lambda: False)


def test_every_need_of_the_tests_is_met_here() -> None:
    assert [need.what for need in suite.missing(suite.NEEDS)] == []


def test_what_cannot_be_installed_is_named_and_stops(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(suite, "NEEDS", (HERE, GONE))
    monkeypatch.setattr(suite, "apt_get", lambda: None)
    assert suite.main([]) == 1
    said = capsys.readouterr().err
    assert said == (
        "These are needed and could not be installed:\n"
        "  Gone: Debian package gone or gone-t64\n"
        "Install them (as root: apt-get install gone) and run this again.\n"
    )


def test_nothing_is_installed_where_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "apt_get", lambda: pytest.fail("apt-get was looked for"))
    assert suite.install([HERE]) == []


def test_installing_asks_apt_for_the_name_this_system_knows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    log = tmp_path / "log"
    for name in ("apt-get", "apt-cache"):
        tool = tmp_path / name
        answer = "[ $2 = gone-t64 ] && echo Package: $2" if name == "apt-cache" else f'echo "$@" >> {log}'
        tool.write_text(f"#!/bin/sh\n{answer}\n")
        tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(suite.os, "geteuid", lambda: 0)
    assert suite.install([HERE, GONE]) == [GONE]
    assert log.read_text().splitlines() == ["-q update", "-q install -y --no-install-recommends gone-t64"]


def test_without_the_rights_nothing_is_tried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, status in (("apt-get", 0), ("sudo", 1)):
        tool = tmp_path / name
        tool.write_text(f"#!/bin/sh\nexit {status}\n")
        tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(suite.os, "geteuid", lambda: 1000)
    assert suite.apt_get() is None
    (tmp_path / "sudo").write_text("#!/bin/sh\nexit 0\n")
    assert suite.apt_get() == [
        str(tmp_path / "sudo"),
        "-n",
        "DEBIAN_FRONTEND=noninteractive",
        str(tmp_path / "apt-get"),
    ]


@pytest.mark.parametrize(
    ("bench", "arguments", "expected"),
    [
        (False, [], ["-m", "pytest", "-n", "2", "--dist", "loadfile"]),
        (False, ["-n0", "tests/kernel"], ["-m", "pytest", "-n0", "tests/kernel"]),
        (True, ["published"], ["-m", "benchmarks.harness", "published"]),
    ],
)
def test_what_runs(bench: bool, arguments: list[str], expected: list[str]) -> None:
    assert suite.inner_command(bench=bench, arguments=arguments) == [sys.executable, *expected]


def test_figures_are_measured_with_everything_on_disk() -> None:
    assert suite.throw_away_postgresql(bench=True)[:4] == ["pg_virtualenv", "-t", "-o", "fsync=on"]
    assert not any("=off" in option for option in suite.throw_away_postgresql(bench=True))
    assert "fsync=off" in suite.throw_away_postgresql(bench=False)
