"""A session that runs, watched by 500 devices: how soon each of them sees a change, and what they cost everybody else.

The watchers ask as the script of the page does: about once a second, each on a connection of its own, saying what they
have seen. They share a process with the measuring, which takes a part of the machine that the server would have
otherwise; what is measured is therefore worse than what it would be from elsewhere.
"""

import asyncio
import random
import re
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

from benchmarks.harness import Figure, get, scratch_instance, serve
from galerio_events import clock
from galerio_events.live.domain import LiveDeed
from galerio_events.live.services import press

WATCHERS = 500
CHANGES = 6
# As in assets/js/live/link.js.
USUAL, JITTER = 1.0, 0.15
_VERSION = re.compile(rb'"version":(\d+)')
_TAG = re.compile(rb"(?i)etag: *([^\r\n]+)")


@dataclass
class Audience:
    """Devices that watch: when each of them first saw each version."""

    address: str
    seen: list[dict[int, float]] = field(default_factory=list)
    answers: int = 0
    failures: int = 0

    async def watch(self, number: int, stop: asyncio.Event) -> None:
        """Ask again and again on one connection until told to stop."""
        parts = urlsplit(self.address)
        chance = random.Random(number)
        mine: dict[int, float] = {}
        self.seen.append(mine)
        await asyncio.sleep(chance.random() * USUAL)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        tag = b""
        while not stop.is_set():
            condition = b"If-None-Match: " + tag + b"\r\n" if tag else b""
            writer.write(b"GET " + parts.path.encode() + b" HTTP/1.1\r\nHost: localhost\r\n" + condition + b"\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            if head.startswith(b"HTTP/1.1 200"):
                found = re.search(rb"(?i)content-length: *(\d+)", head)
                body = await reader.readexactly(int(found[1]) if found else 0)
                version, kept = _VERSION.search(body), _TAG.search(head)
                if version and kept:
                    mine.setdefault(int(version[1]), time.perf_counter())
                    tag = kept[1]
            elif not head.startswith(b"HTTP/1.1 304"):
                self.failures += 1
            self.answers += 1
            await asyncio.sleep(USUAL * (1 - JITTER + 2 * JITTER * chance.random()))
        writer.close()

    async def run(self, ready: Event, end: Event) -> None:
        """All of them, from `ready` (when each has had an answer) to `end`."""
        stop = asyncio.Event()
        tasks = [asyncio.create_task(self.watch(number, stop)) for number in range(WATCHERS)]
        while not end.is_set():
            if not ready.is_set() and sum(map(bool, self.seen)) == WATCHERS:
                ready.set()
            await asyncio.sleep(0.05)
        stop.set()
        await asyncio.gather(*tasks)


def memory(process: int) -> int:
    """The bytes that a process and its children hold in memory for themselves (proportional set size)."""
    total = 0
    waiting = [process]
    while waiting:
        one = waiting.pop()
        rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
        found = re.search(r"^Pss: +(\d+) kB", rollup, re.MULTILINE)
        total += int(found[1]) * 1024 if found else 0
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            waiting += map(int, children.read_text().split())
    return total


def p95(call: Callable[[], object], seconds: float) -> float:
    """The 95th percentile of how long a call takes, made again and again for so many seconds, twenty times at least,
    with a breath between."""
    took = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(took) < 20:
        began = time.perf_counter()
        call()
        took.append(time.perf_counter() - began)
        time.sleep(0.01)
    return statistics.quantiles(took, n=20)[-1]


def measure() -> Iterator[Figure]:
    """The figures, on SQLite, with two workers as in production."""
    with scratch_instance("sqlite") as instance:
        instance.flask("demo", "load")
        app = instance.app()
        with app.app_context(), app.test_request_context():
            from galerio_events.events.queries import by_slug
            from galerio_events.extensions import db
            from galerio_events.live.views.watching import watch_address
            from galerio_events.programme.queries import sessions_of

            event = by_slug(db.session(), "ascc11")
            assert event is not None
            session = next(s for s in sessions_of(db.session(), event.id) if s.kind.value == "session")
            path = watch_address(session, clock.utc_now())
            session_id = session.id
        with serve(instance.environment) as server:
            pages = {
                "programme page": lambda: get(server.url + "/en/ascc11/programme"),
                "sign-in page": lambda: get(server.url + "/en/sign-in"),
            }
            for page in pages.values():
                p95(page, 1)
            alone = {name: p95(page, 6) for name, page in pages.items()}
            before = memory(server.process.pid)
            audience, ready, end = Audience(server.url + path), Event(), Event()
            thread = Thread(target=lambda: asyncio.run(audience.run(ready, end)), daemon=True)
            thread.start()
            if not ready.wait(30):
                raise RuntimeError("not every watcher was answered")
            with_them = {name: p95(page, 6) for name, page in pages.items()}
            per_client = (memory(server.process.pid) - before) / WATCHERS
            pressed: dict[int, float] = {}
            with ThreadPoolExecutor(1) as pool:
                for version in range(CHANGES):
                    pool.submit(_press, app, session_id, version).result()
                    pressed[version + 1] = time.perf_counter()
                    time.sleep(2.5)
            answers = audience.answers
            end.set()
            thread.join()
    delays = [mine.get(version, float("inf")) - at for mine in audience.seen for version, at in pressed.items()]
    late = sum(delay > 2 for delay in delays)
    note = f"{len(delays)} sightings, {late} after 2 s, median {statistics.median(delays):.2f} s; {answers} answers"
    yield Figure(
        f"live: seconds until {WATCHERS} watchers saw a change, the last of them", max(delays), at_most=2, note=note
    )
    yield Figure("live: answers that failed", audience.failures, at_most=0)
    yield Figure("live: memory per watcher, kB", per_client / 1000, at_most=100)
    for name, usual in alone.items():
        note = f"p95 {usual * 1000:.1f} ms alone, {with_them[name] * 1000:.1f} ms with {WATCHERS} watchers"
        yield Figure(f"live: {name}, p95 with watchers ÷ without", with_them[name] / usual, at_most=2, note=note)


def _press(app: object, session_id: int, version: int) -> None:
    from galerio_events.extensions import db
    from galerio_events.live.queries import session_by_id

    with app.app_context():  # type: ignore[attr-defined]
        db_session = db.session()
        session = session_by_id(db_session, session_id)
        assert session is not None
        deed = (LiveDeed.START, LiveDeed.ADD, LiveDeed.BACK)[min(version, 1) + (version > 1 and version % 2 == 0)]
        number = 1 if deed is LiveDeed.ADD else None
        now = clock.utc_now()
        if not press(db_session, session, deed, seen=version, number=number, by=None, now=now):
            raise RuntimeError("the press came too late")
        db_session.commit()
