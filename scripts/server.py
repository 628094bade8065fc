"""How the production server is called: the same for `make run`, the benchmarks and the browser tests."""

import socket
import sys
from collections.abc import Mapping

WORKERS = 2
THREADS = 4


def granian(port: int, *, host: str = "127.0.0.1", application: str = "wsgi:application") -> list[str]:
    """The command that serves `application` with two workers; it ends cleanly on SIGTERM."""
    return [
        sys.executable,
        "-m",
        "granian",
        *("--interface", "wsgi"),
        *("--http", "1"),
        "--no-ws",
        *("--host", host, "--port", str(port)),
        *("--workers", str(WORKERS), "--blocking-threads", str(THREADS)),
        "--respawn-failed-workers",
        *("--workers-kill-timeout", "10"),
        *("--log-level", "warning"),
        application,
    ]


def is_free(port: int, *, host: str = "127.0.0.1") -> bool:
    """Whether nothing listens on that port of that address yet."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of the loopback interface that nothing uses now."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port


def postgresql_url(environ: Mapping[str, str]) -> str | None:
    """The SQLAlchemy URL of the PostgreSQL server that the tests and benchmarks may make databases on.

    `GALERIO_TEST_POSTGRESQL` where it is set, else what `pg_virtualenv` put into the environment, else None.
    """
    if given := environ.get("GALERIO_TEST_POSTGRESQL"):
        return given
    if not all(environ.get(name) for name in ("PGUSER", "PGPASSWORD", "PGHOST", "PGPORT")):
        return None
    return "postgresql+psycopg://{PGUSER}:{PGPASSWORD}@{PGHOST}:{PGPORT}/postgres".format_map(environ)
