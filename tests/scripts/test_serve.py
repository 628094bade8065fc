"""`make run`: setting up once, completing what was interrupted, and ending everything together."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask

from scripts import serve
from scripts.server import granian, is_free, postgresql_url

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, serve.Address("127.0.0.1", 8000)),
        ({"PORT": ""}, serve.Address("127.0.0.1", 8000)),
        ({"PORT": "8081", "HOST": "0.0.0.0"}, serve.Address("0.0.0.0", 8081)),
    ],
)
def test_where_to_listen(environ: dict[str, str], expected: serve.Address) -> None:
    assert serve.address(environ) == expected


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "80 80", "８０００x"])
def test_a_port_that_is_none(port: str) -> None:
    with pytest.raises(serve.CannotRun, match="PORT must be a number from 1 to 65535"):
        serve.address({"PORT": port})


def test_a_port_that_is_taken_is_said_clearly() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not is_free(port)
        with pytest.raises(serve.CannotRun, match=f"Port {port} of 127.0.0.1 is in use.*make run PORT={port + 1}"):
            serve.require_free(serve.Address("127.0.0.1", port))
    serve.require_free(serve.Address("127.0.0.1", port))


def test_the_command_refuses_before_it_does_anything(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    done = subprocess.run(
        [sys.executable, "-m", "scripts.serve"],
        cwd=ROOT,
        env=os.environ | {"PORT": "nonsense", "GALERIO_INSTANCE_DIR": str(instance)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "make run: PORT must be a number from 1 to 65535, not 'nonsense'.\n"
    assert not instance.exists()


def test_the_newest_migration_is_read_from_the_text(tmp_path: Path) -> None:
    assert serve.newest_migration(tmp_path) is None
    (tmp_path / "a.py").write_text("revision = '0001'\ndown_revision = None\n")
    assert serve.newest_migration(tmp_path) == "0001"
    (tmp_path / "b.py").write_text('revision: str = "0002"\ndown_revision: str | None = "0001"\n')
    assert serve.newest_migration(tmp_path) == "0002"
    (tmp_path / "c.py").write_text("revision = '0003'\ndown_revision = '0001'\n")
    assert serve.newest_migration(tmp_path) is None


def test_it_reads_the_projects_migrations_as_alembic_does() -> None:
    from alembic.script import ScriptDirectory

    assert (
        serve.newest_migration(ROOT / "migrations" / "versions")
        == ScriptDirectory(str(ROOT / "migrations")).get_current_head()
    )


class FirstRun:
    """A first run in an instance of its own, whose commands are recorded and act on a real database."""

    def __init__(self, instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.instance = instance
        self.commands: list[str] = []
        self.fail_at = ""
        self.passwords: list[str] = []
        monkeypatch.setattr(serve, "flask", self.flask)
        monkeypatch.setattr(serve, "state", lambda: serve.State(*self.counts))
        self.counts = [0, 0, 0, 0]

    def flask(self, *arguments: str, text: str | None = None) -> str:
        verb = " ".join(arguments[:2])
        if verb == self.fail_at:
            raise KeyboardInterrupt
        self.commands.append(verb)
        kinds = ["programme import", "programme release", "demo load", "accounts add"]
        self.counts[kinds.index(verb)] += 1
        if text:
            self.passwords.append(text.strip())
        return ""


@pytest.fixture
def first_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FirstRun:
    return FirstRun(tmp_path, monkeypatch)


ALL = ["programme import", "programme release", "demo load", "accounts add"]


def test_the_first_run_loads_the_demo_and_tells_a_new_password(
    first_run: FirstRun, capsys: pytest.CaptureFixture[str]
) -> None:
    password = serve.set_up(first_run.instance)
    assert first_run.commands == ALL
    assert first_run.passwords == [password]
    assert password is not None
    assert len(password) >= 16
    assert f"{serve.ORGANISER}, password {password}\n" in capsys.readouterr().out
    assert not serve.unfinished(first_run.instance).exists()


def test_the_second_run_changes_nothing(first_run: FirstRun) -> None:
    serve.set_up(first_run.instance)
    first_run.commands.clear()
    assert serve.set_up(first_run.instance) is None
    assert first_run.commands == []


def test_deleted_demo_data_does_not_come_back(first_run: FirstRun) -> None:
    serve.set_up(first_run.instance)
    first_run.counts[1:] = [0, 0, 0]
    first_run.commands.clear()
    assert serve.set_up(first_run.instance) is None
    assert first_run.commands == []


@pytest.mark.parametrize("fail_at", ALL)
def test_an_interrupted_first_run_is_completed_by_the_next(first_run: FirstRun, fail_at: str) -> None:
    first_run.fail_at = fail_at
    with pytest.raises(KeyboardInterrupt):
        serve.set_up(first_run.instance)
    first_run.fail_at = ""
    password = serve.set_up(first_run.instance)
    assert password is not None
    assert password == first_run.passwords[-1]
    assert [count > 0 for count in first_run.counts] == [True] * 4
    assert first_run.commands.count("programme release") == 1
    assert first_run.commands.count("demo load") == 1
    assert not serve.unfinished(first_run.instance).exists()


def test_passwords_differ(first_run: FirstRun) -> None:
    first = serve.set_up(first_run.instance)
    serve.unfinished(first_run.instance).touch()
    assert serve.set_up(first_run.instance) not in {None, first}


def test_a_settled_instance_is_recognised_without_the_application(
    make_app: Callable[..., Flask], backend: str, tmp_path: Path
) -> None:
    import sqlalchemy as sa

    from galerio_events.extensions import db
    from tests.support.builders import make_event

    app = make_app()
    settings = {"INSTANCE_DIR": tmp_path, "DATABASE_URL": app.config["DATABASE_URL"]}
    assert not serve.is_settled(settings)
    with app.app_context():
        make_event(db.session())
        db.session.commit()
        db.session.remove()
    assert serve.is_settled(settings) is (backend == "sqlite")
    serve.unfinished(tmp_path).touch()
    assert not serve.is_settled(settings)
    serve.unfinished(tmp_path).unlink()
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
    assert not serve.is_settled(settings)


@pytest.mark.parametrize("url", ["sqlite:///{0}/missing.sqlite", "sqlite:///{0}/text.sqlite", "sqlite:///:memory:"])
def test_what_is_not_there_or_no_database_is_not_settled(tmp_path: Path, url: str) -> None:
    (tmp_path / "text.sqlite").write_text("not a database, but long enough to be taken for one" * 10)
    assert not serve.is_settled({"INSTANCE_DIR": tmp_path, "DATABASE_URL": url.format(tmp_path)})
    assert not (tmp_path / "missing.sqlite").exists()


SUPERVISED = """
import sys
from scripts.serve import Supervisor
child = [sys.executable, "-c", "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0));"
         "print('up', flush=True); signal.pause()"]
brief = [sys.executable, "-c", "import sys; sys.exit(7)"]
with Supervisor() as supervisor:
    supervisor.start("web server", child, {})
    supervisor.start("mail worker", brief if "brief" in sys.argv else child, {})
    print([child.pid for child in supervisor.children.values()], flush=True)
    status = supervisor.wait()
print("ended", status, [child.returncode for child in supervisor.children.values()], flush=True)
"""


def supervised(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SUPERVISED, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, bufsize=1
    )


def read_until_up(process: subprocess.Popen[str], count: int = 2) -> list[int]:
    assert process.stdout is not None
    pids: list[int] = []
    while count or not pids:
        line = process.stdout.readline()
        assert line, "the supervisor ended early"
        count -= line == "up\n"
        pids = pids or [int(pid) for pid in re.findall(r"\d+", line)]
    return pids


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_both_cleanly(number: signal.Signals) -> None:
    process = supervised()
    read_until_up(process)
    process.send_signal(number)
    rest = process.communicate(timeout=20)[0]
    assert rest == "ended 0 [0, 0]\n"


def test_when_one_dies_the_other_is_ended_with_a_message() -> None:
    process = supervised("brief")
    out = process.communicate(timeout=20)[0]
    assert "The mail worker has ended (status 7); ending the web server too.\n" in out
    assert re.search(r"ended 1 \[(0|-15), 7\]\n$", out)


RESTARTED = """
import sys
from pathlib import Path
from scripts.serve import Supervisor
folder = Path(sys.argv[1])
stays = [sys.executable, "-c", "import signal; signal.pause()"]
counts = ("import os, pathlib, signal, sys, time; p = pathlib.Path(sys.argv[1]); n = len(list(p.glob('ran-*')));"
          "(p / f'ran-{n}').touch(); print('run', n, flush=True); n < 2 and os.kill(os.getpid(), 9);"
          "os.kill(os.getppid(), 15); signal.pause()")
with Supervisor(log=folder / "log", restart_after=(0.01, 0.02)) as supervisor:
    supervisor.start("web server", stays, {})
    supervisor.start_helper("mail worker", [sys.executable, "-c", counts, str(folder)], {})
    status = supervisor.wait()
print("ended", status, supervisor.children["web server"].returncode, flush=True)
"""


def test_a_mail_worker_that_is_killed_is_started_again_and_the_web_server_goes_on(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RESTARTED, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == [
        "The mail worker has ended (status -9); it is started again in 0.01 s.",
        "The mail worker has ended (status -9); it is started again in 0.02 s.",
        "ended 0 -15",
    ]
    assert (tmp_path / "log").read_text() == "run 0\nrun 1\nrun 2\n"


def test_the_password_is_the_last_but_few_words_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    serve.announce(serve.Address("127.0.0.1", 8000), log=tmp_path / "run.log", password="secret-word")
    said = capsys.readouterr().out.splitlines()
    assert said[3:6] == [
        f"                   as {serve.ORGANISER}",
        "  Password:        secret-word   (shown this once and kept nowhere)",
        f"  Log:             {tmp_path / 'run.log'}",
    ]


def test_children_do_not_outlive_a_supervisor_that_is_killed() -> None:
    process = supervised()
    pids = read_until_up(process)
    watched = [os.pidfd_open(pid) for pid in pids]
    process.kill()
    process.wait()
    import select

    poller = select.poll()
    for descriptor in watched:
        poller.register(descriptor, select.POLLIN)
    gone: set[int] = set()
    while len(gone) < 2:
        ready = poller.poll(20_000)
        assert ready, "a child outlived the supervisor"
        for descriptor, _ in ready:
            gone.add(descriptor)
            poller.unregister(descriptor)
    for descriptor in watched:
        os.close(descriptor)


def test_the_server_is_the_production_one() -> None:
    command = granian(8123, host="0.0.0.0")
    assert command[1:3] == ["-m", "granian"]
    pairs = dict(pairwise(command))
    assert (pairs["--interface"], pairs["--port"], pairs["--host"], pairs["--workers"]) == (
        "wsgi",
        "8123",
        "0.0.0.0",
        "2",
    )
    assert command[-1] == "wsgi:application"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"PGUSER": "u", "PGPASSWORD": "p", "PGHOST": "h"}, None),
        (
            {"PGUSER": "u", "PGPASSWORD": "p", "PGHOST": "h", "PGPORT": "5433"},
            "postgresql+psycopg://u:p@h:5433/postgres",
        ),
        ({"GALERIO_TEST_POSTGRESQL": "given", "PGUSER": "u"}, "given"),
    ],
)
def test_the_postgresql_of_the_tests(environ: dict[str, str], expected: str | None) -> None:
    assert postgresql_url(environ) == expected
