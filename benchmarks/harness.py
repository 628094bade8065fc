"""The frame that every benchmark stands in. `make bench` runs `python -m benchmarks.harness [NAME …]`.

A benchmark is a module `benchmarks/bench_NAME.py` with one function

    def measure() -> Iterable[Figure]: ...

which yields a `Figure` for each number that the project promises. The frame runs the modules one after another and
prints one table: figure, measured, target, whether it holds; the exit status is 1 where one does not.

What it offers:

    with scratch_instance("sqlite") as instance:          # or "postgresql": migrated and empty, gone afterwards
        instance.environment                              # GALERIO_… for a server, a `flask` command, or create_app:
        app = instance.app()                              # an application in this process, on the same database
        instance.flask("programme", "import", ...)        # a command, run to its end
        with serve(instance.environment) as ours:         # granian, 2 workers, loopback; ours.url
            with serve_bare(body, "text/calendar") as bare:   # a bare Flask app under the same server:
                # bare.url + "/body" (those bytes), "/empty" (204), "/not-modified" (304, no body)
                rates = alternate(
                    ours=lambda: requests_per_second(ours.url + "/ascc11/programme.ics"),
                    bare=lambda: requests_per_second(bare.url + "/body"),
                )
                yield Figure("programme.ics, repeat readers ÷ bare Flask",
                             rates["ours"] / rates["bare"], at_least=0.7, note=...)

`requests_per_second` loads with Debian's `wrk`: one thread, 8 keep-alive connections. It is written in C, so that
what is measured is the server: a client in Python would take more of the machine than the bare application does and
would make any two servers look alike. `headers=` sends headers (If-None-Match), `lua=` is a wrk script for requests
that differ (a POST of a form), and `status=` is what the answer must be: one request is looked at first, and a run in
which any answer failed raises. `alternate` runs the calls in turns, several rounds, and returns the median of each, so
that a machine that slows down does so for both. `seconds(call)` is the median time of a call in this process, after
one that is not counted; `in_turns(a=…, b=…)` does the same for several calls in turns. `together(8, call)` runs
`call(i)` in eight threads at once and gives the time until all of them are done.
"""

import argparse
import http.client
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask

from scripts.server import free_port, granian, postgresql_url

ROOT = Path(__file__).resolve().parents[1]
CONNECTIONS = 8
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One number and what it has to be: `at_least` or `at_most`; with neither it is printed for information."""

    name: str
    measured: float
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    @property
    def holds(self) -> bool:
        """Whether the number is what it has to be."""
        return (self.at_least is None or self.measured >= self.at_least) and (
            self.at_most is None or self.measured <= self.at_most
        )

    @property
    def target(self) -> str:
        """The target in words."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return f"≤ {self.at_most:g}" if self.at_most is not None else "–"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers now; `log` is what it writes to standard error."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path


@dataclass(frozen=True, slots=True)
class Instance:
    """A migrated, empty instance of its own."""

    folder: Path
    environment: dict[str, str]

    def app(self, **config: object) -> Flask:
        """An application in this process on this instance's database. It logs only warnings."""
        from config import from_environment
        from galerio_events import create_app

        return create_app(from_environment(self.environment) | {"LOG_LEVEL": "WARNING"} | config)

    def flask(self, *arguments: str, text: str | None = None) -> str:
        """What `flask --app wsgi …` prints. Raises `CalledProcessError` where it fails."""
        return _flask(self.environment, *arguments, text=text)


def _flask(environment: Mapping[str, str], *arguments: str, text: str | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=ROOT,
        env=dict(environment),
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.stderr.write(done.stderr)
        done.check_returncode()
    return done.stdout


@contextmanager
def scratch_database(backend: str, folder: Path) -> Iterator[str]:
    """The SQLAlchemy URL of a new, empty database: a file in `folder`, or one on the PostgreSQL server of the tests."""
    if backend == "sqlite":
        yield f"sqlite:///{folder / 'galerio.sqlite'}"
        return
    server = postgresql_url(os.environ)
    if server is None:
        raise LookupError("no PostgreSQL: use `make bench`, or set GALERIO_TEST_POSTGRESQL")
    name = f"galerio_bench_{uuid.uuid4().hex}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        yield server.rsplit("/", 1)[0] + "/" + name
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def scratch_instance(backend: str = "sqlite", **settings: str) -> Iterator[Instance]:
    """A migrated, empty instance; `settings` are further `GALERIO_` variables, without the prefix."""
    folder = Path(tempfile.mkdtemp(prefix="galerio-bench-"))
    try:
        with scratch_database(backend, folder) as url:
            kept = {name: value for name, value in os.environ.items() if not name.startswith("GALERIO_")}
            chosen = {"INSTANCE_DIR": str(folder), "DATABASE_URL": url, "SECRET_KEY": "only for measuring"} | settings
            environment = kept | {f"GALERIO_{name}": value for name, value in chosen.items()}
            _flask(environment, "db", "upgrade")
            yield Instance(folder, environment)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def serve(environment: Mapping[str, str], *, application: str = "wsgi:application") -> Iterator[Server]:
    """The application under granian with two workers; it has answered twenty times before this yields."""
    port = free_port()
    with tempfile.NamedTemporaryFile(prefix="galerio-bench-", suffix=".log") as log:
        process = subprocess.Popen(
            granian(port, application=application), cwd=ROOT, env=dict(environment), stdout=log, stderr=log
        )
        server = Server(f"http://127.0.0.1:{port}", process, Path(log.name))
        try:
            _wait_until_up(server)
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_up(server: Server, limit: float = 30.0) -> None:
    began = time.monotonic()
    answered = 0
    while answered < 20:
        if server.process.poll() is not None or time.monotonic() - began > limit:
            raise RuntimeError(f"the server did not come up:\n{server.log.read_text()[-4000:]}")
        try:
            get(server.url + "/healthz")
        except OSError:
            time.sleep(0.05)
        else:
            answered += 1


@contextmanager
def serve_bare(body: bytes, content_type: str = "text/html; charset=utf-8") -> Iterator[Server]:
    """A bare Flask application under the same server: `/body` is `body`, `/empty` 204, `/not-modified` 304."""
    with tempfile.NamedTemporaryFile(prefix="galerio-bench-") as file:
        file.write(body)
        file.flush()
        environment = dict(os.environ) | {"BARE_BODY": file.name, "BARE_TYPE": content_type}
        with serve(environment, application="benchmarks.bare:application") as server:
            yield server


def get(url: str, headers: Mapping[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    """Status, headers (names in lower case) and body of one request."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers=dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def requests_per_second(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    status: int = 200,
    seconds: float = 3.0,
    connections: int = CONNECTIONS,
    lua: str | None = None,
) -> float:
    """How many requests a second the server answers over that many keep-alive connections.

    Raises `RuntimeError` where the first answer has another status, or any answer of the run failed.
    """
    if lua is None:
        found = get(url, headers)[0]
        if found != status:
            raise RuntimeError(f"{url} answers {found}, not {status}")
    with tempfile.NamedTemporaryFile("w", prefix="galerio-bench-", suffix=".lua") as script:
        command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "20s"]
        for name, value in (headers or {}).items():
            command += ["-H", f"{name}: {value}"]
        if lua is not None:
            script.write(lua)
            script.flush()
            command += ["-s", script.name]
        done = subprocess.run([*command, url], capture_output=True, text=True, check=True)
    return wrk_rate(done.stdout)


def wrk_rate(printed: str) -> float:
    """Requests a second out of what wrk prints. Raises `RuntimeError` where answers failed or none came."""
    if trouble := re.search(r"(Non-2xx or 3xx responses: .*|Socket errors: .*)", printed):
        raise RuntimeError(trouble[1])
    found = re.search(r"Requests/sec:\s+([\d.]+)", printed)
    if found is None or float(found[1]) == 0:
        raise RuntimeError(f"wrk counted nothing:\n{printed}")
    return float(found[1])


def alternate(*, rounds: int = ROUNDS, **calls: Callable[[], float]) -> dict[str, float]:
    """The median of what each call returns, over rounds in which they take turns; the first round is not counted."""
    found: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(rounds + 1):
        for name, call in calls.items():
            value = call()
            if turn:
                found[name].append(value)
    return {name: statistics.median(values) for name, values in found.items()}


def timed(call: Callable[[], object]) -> float:
    """How many seconds a call takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def in_turns(*, rounds: int = ROUNDS, **calls: Callable[[], object]) -> dict[str, float]:
    """The median seconds of each call, over rounds in which they take turns; the first round is not counted."""

    def timing(call: Callable[[], object]) -> Callable[[], float]:
        return lambda: timed(call)

    return alternate(rounds=rounds, **{name: timing(call) for name, call in calls.items()})


def seconds(call: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    """The median seconds of a call."""
    return in_turns(rounds=rounds, call=call)["call"]


def together(clients: int, call: Callable[[int], object]) -> float:
    """Seconds until `call(0)` … `call(clients - 1)`, begun at once in threads of their own, are done.

    Raises the first error that any of them raised.
    """
    ready = threading.Barrier(clients + 1)
    raised: list[BaseException] = []

    def work(i: int) -> None:
        ready.wait()
        try:
            call(i)
        except BaseException as error:  # noqa: BLE001 raised again below, in the caller's thread
            raised.append(error)

    threads = [threading.Thread(target=work, args=(i,), daemon=True) for i in range(clients)]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    if raised:
        raise raised[0]
    return took


def table(figures: Iterable[Figure]) -> str:
    """The figures as lines of text, one each, in columns."""
    rows = [("figure", "measured", "target", "holds", "")]
    for figure in figures:
        holds = "yes" if figure.holds else "NO"
        if figure.target == "–":
            holds = ""
        rows.append((figure.name, f"{figure.measured:.4g}", figure.target, holds, figure.note))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def benchmarks() -> tuple[str, ...]:
    """The names of the benchmarks there are."""
    return tuple(sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py")))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks named (all of them by default) and print the table."""
    ask = argparse.ArgumentParser(prog="python -m benchmarks.harness")
    ask.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(benchmarks())}")
    names = ask.parse_args(arguments).names or benchmarks()
    if unknown := set(names) - set(benchmarks()):
        ask.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    if shutil.which("wrk") is None:
        print("bench: wrk is needed. On Debian and Ubuntu: apt-get install wrk", file=sys.stderr)
        return 1
    figures: list[Figure] = []
    for name in names:
        print(f"bench: {name} …", file=sys.stderr, flush=True)
        figures += import_module(f"benchmarks.bench_{name}").measure()
    print(table(figures))
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
