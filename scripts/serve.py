"""`make run`: bring the database up to date, load the demo event the first time, serve it and deliver its mail.

Settings are those of config.py; `PORT` (8000) and `HOST` (127.0.0.1) say where to listen. Every step of the first run
can be repeated, so that a run that was interrupted is completed by the next one; once it is complete, nothing of it is
done again and no data is changed.
"""

import ctypes
import fcntl
import os
import re
import secrets
import select
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config import from_environment
from scripts.server import granian, is_free

ROOT = Path(__file__).resolve().parents[1]
EVENT = "ascc11"
PROGRAMME = ROOT / "galerio_events" / "demo" / "ascc11.yaml"
ORGANISER = "organiser@example.org"
SECONDS_TO_END = 15
SECONDS_TO_ANSWER = 60
# How long to wait before a helper that has ended is started again; the last wait is repeated for ever.
RESTART_AFTER = (1, 5, 15, 60)
# A helper that ran for this long before it ended begins the waits anew.
SECONDS_OF_HEALTH = 120


class CannotRun(Exception):
    """Why the application cannot be served here, in words for whoever typed the command."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen, and what people type to get there."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The address for a browser on this machine."""
        return f"http://localhost:{self.port}"


def address(environ: Mapping[str, str]) -> Address:
    """Where the environment says to listen. Raises `CannotRun` for a PORT that is none."""
    given = environ.get("PORT", "").strip() or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise CannotRun(f"PORT must be a number from 1 to 65535, not {given!r}.")
    return Address(environ.get("HOST", "").strip() or "127.0.0.1", int(given))


def require_free(where: Address) -> None:
    """Raises `CannotRun` where something listens there already."""
    if not is_free(where.port, host=where.host):
        raise CannotRun(
            f"Port {where.port} of {where.host} is in use, or not allowed. "
            f"Choose another: make run PORT={where.port + 1}"
        )


@dataclass(frozen=True, slots=True)
class State:
    """What of the demo event there is already."""

    events: int
    releases: int
    registrations: int
    organisers: int


def newest_migration(folder: Path) -> str | None:
    """The revision that no other follows, read from the migrations' text; None where that is not one."""
    revisions, followed = set(), set()
    for path in folder.glob("*.py"):
        found = dict(re.findall(r"""^(revision|down_revision)\b[^=\n]*=\s*["']([^"']+)["']""", path.read_text(), re.M))
        revisions.add(found.get("revision"))
        followed.add(found.get("down_revision"))
    heads = revisions - followed - {None}
    return heads.pop() if len(heads) == 1 else None


def is_settled(settings: Mapping[str, Any]) -> bool:
    """Whether a SQLite instance is at the newest migration and its first run complete.

    It is asked without loading the application, because that takes most of the time until the server answers; on
    PostgreSQL, and wherever there is any doubt, the answer is no.
    """
    url = str(settings["DATABASE_URL"])
    path = Path(url.removeprefix("sqlite:///").partition("?")[0])
    if not url.startswith("sqlite:///") or not path.is_file() or unfinished(settings["INSTANCE_DIR"]).exists():
        return False
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        try:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
            events = connection.execute("SELECT count(*) FROM events").fetchone()[0]
        except sqlite3.Error:
            return False
    newest = newest_migration(ROOT / "migrations" / "versions")
    return newest is not None and found == [(newest,)] and events > 0


def unfinished(instance: Path) -> Path:
    """The file that stands while the first run is not complete."""
    return instance / "setup-unfinished"


def migrate() -> None:
    """Bring the database up to date."""
    from flask_migrate import upgrade

    from galerio_events import create_app

    app = create_app({"LOG_LEVEL": os.environ.get("GALERIO_LOG_LEVEL", "WARNING")})
    with app.app_context():
        upgrade()


def state() -> State:
    """Count what there is."""
    import sqlalchemy as sa

    engine = sa.create_engine(from_environment()["DATABASE_URL"], poolclass=sa.NullPool)
    counts = {
        "events": "SELECT count(*) FROM events",
        "releases": "SELECT count(*) FROM releases JOIN events ON events.id = event_id WHERE slug = :slug",
        "registrations": "SELECT count(*) FROM registrations JOIN events ON events.id = event_id WHERE slug = :slug",
        "organisers": "SELECT count(*) FROM accounts WHERE email = :email",
    }
    with engine.connect() as connection:
        found = {
            name: connection.execute(sa.text(query), {"slug": EVENT, "email": ORGANISER}).scalar_one()
            for name, query in counts.items()
        }
    return State(**found)


def flask(*arguments: str, text: str | None = None) -> str:
    """Run `flask --app wsgi …` to its end. Raises `CannotRun` with what it said where it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=ROOT,
        env=os.environ | {"GALERIO_LOG_LEVEL": "WARNING"},
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotRun(f"`flask {' '.join(arguments)}` failed:\n{done.stderr or done.stdout}")
    return done.stdout


@contextmanager
def alone(instance: Path) -> Iterator[None]:
    """Hold the instance's lock, so that two first runs do not both set it up."""
    instance.mkdir(parents=True, exist_ok=True)
    with (instance / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def set_up(instance: Path) -> str | None:
    """Load the demo event into an instance that has no event yet, or whose first run was interrupted.

    Returns the organiser's password where one was made now, else None.
    """
    before = state()
    if before.events and not unfinished(instance).exists():
        return None
    unfinished(instance).touch()
    say("first run: loading the programme of the 11th Asia Smart City Conference")
    flask("programme", "import", "--event", EVENT, str(PROGRAMME))
    if not before.releases:
        flask("programme", "release", "--event", EVENT)
    if not before.registrations:
        say("first run: making the demo registrations")
        flask("demo", "load")
    password = secrets.token_urlsafe(12)
    flask("accounts", "add", ORGANISER, "--role", "administrator", "--password-stdin", text=f"{password}\n")
    tell_password(password)
    unfinished(instance).unlink()
    return password


def tell_password(password: str) -> None:
    """Show the password as soon as it is made: it is kept nowhere, and the server may not come up."""
    say(f"  Organiser's account {ORGANISER}, password {password}")


def say(line: str) -> None:
    """A line for whoever typed the command, at once."""
    print(line, flush=True)


def announce(where: Address, *, log: Path, password: str | None) -> None:
    """Say where the application is and how to sign in; a password that was made now is kept nowhere else."""
    say("")
    say(f"  The conference:  {where.url}/")
    say(f"  Organisers:      {where.url}/en/sign-in  ({where.url}/ja/sign-in)")
    if password is not None:
        say(f"                   as {ORGANISER}")
        say(f"  Password:        {password}   (shown this once and kept nowhere)")
    else:
        say(f"                   as {ORGANISER}; to set a new password:")
        say(f"    .venv/bin/flask --app wsgi accounts add {ORGANISER} --role administrator --password-stdin")
    say(f"  Log:             {log}")
    say("  Ctrl-C ends it.")
    say("")


def _end_with_parent() -> None:
    # prctl(PR_SET_PDEATHSIG, SIGTERM); only Linux has it.
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(1, int(signal.SIGTERM))


@dataclass(slots=True)
class Helper:
    """A command that is started again whenever it ends."""

    command: list[str]
    environ: Mapping[str, str]
    began: float
    ends: int = 0
    again_at: float | None = None


class Supervisor:
    """Runs commands beside one another until a signal comes or one of them ends, and then ends all of them.

    A helper does not end the others: it is started again, after a while that grows where it does not stay up.
    """

    def __init__(self, *, log: Path | None = None, restart_after: Sequence[float] = RESTART_AFTER) -> None:
        self.log = log
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.helpers: dict[str, Helper] = {}
        self.restart_after = restart_after
        self.stopped_by: int | None = None
        self._woken, self._wake = os.pipe()
        for end in (self._woken, self._wake):
            os.set_blocking(end, False)

    def __enter__(self) -> "Supervisor":
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()
        signal.set_wakeup_fd(-1)

    def _stop(self, number: int, _frame: object) -> None:
        self.stopped_by = number

    def start(self, name: str, command: list[str], environ: Mapping[str, str]) -> None:
        """Start a command, called `name` in messages.

        It gets a session of its own, so that a Ctrl-C reaches only us and everything ends in order; where we are killed
        without a chance to do that, the kernel asks it to end. What it writes goes to the end of the log, if there is
        one, so that our own words stay in sight.
        """
        with self.log.open("ab") if self.log else nullcontext() as log:
            self.children[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=dict(environ),
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 there are no threads here
            )

    def start_helper(self, name: str, command: list[str], environ: Mapping[str, str]) -> None:
        """As `start`, for a command that is to be started again when it ends."""
        self.start(name, command, environ)
        self.helpers[name] = Helper(command, environ, time.monotonic())

    def look_after_helpers(self) -> None:
        """Start again what has ended, when its time has come."""
        now = time.monotonic()
        for name, helper in self.helpers.items():
            child = self.children[name]
            if child.poll() is None:
                continue
            if helper.again_at is None:
                helper.ends = 0 if now - helper.began > SECONDS_OF_HEALTH else helper.ends
                wait = self.restart_after[min(helper.ends, len(self.restart_after) - 1)]
                helper.ends += 1
                helper.again_at = now + wait
                say(f"The {name} has ended (status {child.returncode}); it is started again in {wait} s.")
            elif now >= helper.again_at:
                helper.again_at, helper.began = None, now
                self.start(name, helper.command, helper.environ)

    def pause(self, seconds: float) -> None:
        """Wait that long, or until a signal comes."""
        ready, _, _ = select.select([self._woken], [], [], seconds)
        if ready:
            os.read(self._woken, 1024)

    def ended(self) -> str | None:
        """The name of a command that has ended and is no helper, or None."""
        return next(
            (name for name, child in self.children.items() if name not in self.helpers and child.poll() is not None),
            None,
        )

    def wait(self) -> int:
        """Until a signal comes (0) or one of the commands, but for helpers, ends (1, and a message)."""
        while self.stopped_by is None:
            if name := self.ended():
                others = [f"the {other}" for other in self.children if other != name]
                also = f"; ending {' and '.join(others)} too" if others else ""
                look = f" Its log: {self.log}" if self.log else ""
                say(f"The {name} has ended (status {self.children[name].returncode}){also}.{look}")
                return 1
            self.look_after_helpers()
            self.pause(1.0)
        return 0

    def end(self) -> None:
        """End every command that still runs: politely, and after a while by force."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + SECONDS_TO_END
        for name, child in self.children.items():
            try:
                child.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                say(f"The {name} did not end within {SECONDS_TO_END} seconds; it is being killed.")
                child.kill()
                child.wait()


def answers(where: Address) -> bool:
    """Whether the server there is ready."""
    host = where.host if where.host not in {"0.0.0.0", "::"} else "127.0.0.1"  # noqa: S104 compared, not bound
    try:
        with urllib.request.urlopen(f"http://{host}:{where.port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def serve(where: Address, *, log: Path, password: str | None) -> int:
    """Serve and deliver until told to stop. Returns the exit status."""
    environ = {"GALERIO_BASE_URL": where.url} | os.environ
    with Supervisor(log=log) as supervisor:
        supervisor.start("web server", granian(where.port, host=where.host), environ)
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while supervisor.stopped_by is None and not supervisor.ended():
            if answers(where):
                worker = [sys.executable, "-m", "flask", "--app", "wsgi", "outbox", "work"]
                supervisor.start_helper("mail worker", worker, environ)
                announce(where, log=log, password=password)
                return supervisor.wait()
            if time.monotonic() > deadline:
                say(f"The web server did not answer within {SECONDS_TO_ANSWER} seconds.")
                return 1
            supervisor.pause(0.1)
        return supervisor.wait()


def main() -> int:
    """Everything that `make run` does after installing. Returns the exit status."""
    try:
        where = address(os.environ)
        require_free(where)
        os.environ.setdefault("GALERIO_BASE_URL", where.url)
        settings = from_environment()
        made = None
        if not is_settled(settings):
            with alone(settings["INSTANCE_DIR"]):
                migrate()
                made = set_up(settings["INSTANCE_DIR"])
        return serve(where, log=settings["INSTANCE_DIR"] / "run.log", password=made)
    except (CannotRun, ValueError) as why:
        print(f"make run: {why}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("Interrupted; the next `make run` goes on from here.")
        return 130


if __name__ == "__main__":
    sys.exit(main())
