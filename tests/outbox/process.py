"""`flask outbox work` as a process of its own, as `make run` and the service start it."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from galerio_events.outbox import worker

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


class Worker:
    """Started with an application's settings; `log` is the file with what it writes to standard error."""

    def __init__(self, config: Mapping[str, Any], **more: str) -> None:
        self.config = config
        self.log = Path(config["INSTANCE_DIR"]) / "worker.log"
        environment = os.environ | {
            "GALERIO_INSTANCE_DIR": str(config["INSTANCE_DIR"]),
            "GALERIO_DATABASE_URL": str(config["DATABASE_URL"]),
            "GALERIO_SMTP_URL": str(config["SMTP_URL"]),
            "GALERIO_SECRET_KEY": str(config["SECRET_KEY"]),
            "GALERIO_BASE_URL": str(config["BASE_URL"]),
            "GALERIO_REDIS_URL": "",
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "outbox", "work"],
                cwd=ROOT,
                env=environment | more,
                stdout=subprocess.PIPE,
                stderr=log,
            )

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.kill()
        self.process.communicate()

    def wait_until_ready(self) -> bytes:
        assert self.process.stdout is not None
        readable, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        assert readable, "the worker did not come up"
        return self.process.stdout.readline()

    def nudge(self) -> None:
        """What a web process does after a commit; those under test do not do it."""
        worker.queue(self.config, lambda: None).nudge()


def eventually(happened: Callable[[], bool], what: str) -> None:
    """Until it has happened; fails after `PATIENCE` seconds."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, f"did not happen: {what}"
        select.select([], [], [], 0.05)
