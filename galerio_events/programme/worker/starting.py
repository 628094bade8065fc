"""Starting the process that searches, where something waits for it.

The search needs much memory and all of a core, and a program that is not ours does it: in a process of its own it
harms neither the mail nor the pages, and gives everything back when it ends.
"""

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

ROOT = Path(__file__).resolve().parents[3]
COMMAND = (sys.executable, "-m", "flask", "--app", "wsgi", "programme", "arrange")

_log = structlog.get_logger("galerio_events.programme")


class Starter:
    """Starts the command whenever something waits and the last one that was started has ended."""

    def __init__(self, waiting: Callable[[], bool], command: Sequence[str] = COMMAND) -> None:
        self._waiting = waiting
        self._command = list(command)
        self._process: subprocess.Popen[bytes] | None = None

    def __call__(self) -> None:
        """Look, and start it; returns at once."""
        if self._process is not None:
            status = self._process.poll()
            if status is None:
                return
            if status:
                _log.error("the process that suggests times has ended", status=status)
            self._process = None
        if self._waiting():
            self._process = subprocess.Popen(self._command, cwd=ROOT, stdin=subprocess.DEVNULL)
