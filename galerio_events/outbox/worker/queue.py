"""The queue that wakes the worker, and the nudge that a commit gives it."""

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from huey.api import RedisHuey, SqliteHuey, crontab
from huey.exceptions import HueyException
from huey.serializer import SignedSerializer
from redis.exceptions import RedisError

_log = structlog.get_logger("galerio_events.outbox")

# More nudges than this in the queue would only repeat each other.
_ENOUGH = 3


class Queue:
    """One task, `deliver`: put into the queue by nudges, and every minute by the worker itself."""

    def __init__(self, *, file: Path, redis_url: str, secret_key: str, deliver: Callable[[], object]) -> None:
        self._huey = _huey(file, redis_url, secret_key)
        self._consumer: Any = None

        def task() -> None:
            deliver()

        self._deliver = self._huey.task(name="deliver", expires=300)(task)
        self._huey.periodic_task(crontab(), name="deliver_due")(task)

    def nudge(self) -> None:
        """Ask the worker to look for due mail now."""
        if self._huey.pending_count() < _ENOUGH:
            self._deliver()

    def stopping(self) -> bool:
        """Whether the worker has been asked to stop."""
        return self._consumer is not None and bool(self._consumer.stop_flag.is_set())

    def work(self) -> None:
        """Work until SIGTERM or SIGINT; the mail in hand is finished first."""
        logging.getLogger("huey").setLevel(logging.WARNING)
        self._consumer = self._huey.create_consumer(workers=1, initial_delay=0.1, max_delay=0.5, scheduler_interval=1)
        self._consumer.run()
        self._consumer.stop(graceful=True)


def _huey(file: Path, redis_url: str, secret_key: str) -> Any:
    # The messages are pickled: only whoever knows the key may write any.
    serializer = SignedSerializer(secret=secret_key, salt="galerio-outbox")
    if redis_url:
        return RedisHuey("galerio-outbox", url=redis_url, results=False, serializer=serializer)
    return SqliteHuey("galerio-outbox", filename=str(file), results=False, serializer=serializer)


class Nudger:
    """Nudges from a thread of its own, at most once in `pause` seconds, so that whoever calls it never waits."""

    def __init__(self, nudge: Callable[[], None], *, pause: float = 1.0) -> None:
        self._nudge = nudge
        self._pause = pause
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._process = 0

    def __call__(self) -> None:
        self._wanted.set()
        if self._process != os.getpid():
            with self._lock:
                if self._process != os.getpid():
                    self._process = os.getpid()
                    threading.Thread(target=self._run, name="outbox-nudger", daemon=True).start()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            try:
                self._nudge()
            except (HueyException, RedisError, sqlite3.Error, OSError) as error:
                _log.warning("nudge lost; the worker looks every minute anyway", error=str(error))
            time.sleep(self._pause)
