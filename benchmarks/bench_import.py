"""A schedule of 1,350 events that is imported, and its release: how long it takes, and what it leaves in memory.

The time is that of `flask programme import`'s work, from the bytes of the file to the end of the transaction. The
memory is that of a server's worker that has taken the same file through the pages: upload, preview, import.
"""

import http.client
import re
import time
import uuid
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask

from benchmarks.harness import Figure, Instance, Server, scratch_instance, serve
from galerio_events import clock
from galerio_events.events import queries as events
from galerio_events.events.models import Event
from galerio_events.events.services import add_event
from galerio_events.extensions import db
from galerio_events.programme.domain.incoming import Choices, Target
from galerio_events.programme.domain.rules import Frame
from galerio_events.programme.imports import reading
from galerio_events.programme.services import import_file
from galerio_events.releases.services import release_programme

SLUG = "harbour"
EVENTS, ROOMS, PEOPLE = 1350, 25, 1100
FIRST, DAYS = date(2023, 10, 2), 4


def schedule() -> bytes:
    """A frab schedule with that many events: titles, abstracts of a few paragraphs, two people and a link each."""
    days: list[str] = []
    number = 0
    per_room = -(-EVENTS // (ROOMS * DAYS))
    paragraph = "Quays, cranes and ferries: how a harbour city changes its energy, its streets and its sea wall. " * 6
    for day in range(DAYS):
        on = FIRST + timedelta(days=day)
        rooms = []
        for room in range(ROOMS):
            made = []
            for slot in range(per_room):
                if number >= EVENTS:
                    break
                number += 1
                begin = datetime.combine(on, datetime.min.time()) + timedelta(hours=9, minutes=30 * slot)
                people = "".join(
                    f'<person id="{who}">Speaker {who} of Quay</person>'
                    for who in (number % PEOPLE + 1, number * 7 % PEOPLE + 1)
                )
                made.append(
                    f'<event id="{number}" guid="{uuid.uuid5(uuid.NAMESPACE_URL, f"harbour/{number}")}">'
                    f"<date>{begin.isoformat()}+09:00</date><start>{begin:%H:%M}</start><duration>00:25</duration>"
                    f"<room>Room {room + 1}</room><slug>harbour-{number}</slug><title>Harbour talk {number}</title>"
                    f"<subtitle>Part {number}</subtitle><track>Track {number % 12 + 1}</track><type>lecture</type>"
                    f"<language>en</language><abstract>{paragraph}</abstract>"
                    f"<description>&lt;p&gt;{paragraph}&lt;/p&gt;</description><persons>{people}</persons>"
                    f'<links><link href="https://www.example.org/{number}">More</link></links></event>'
                )
            rooms.append(f'<room name="Room {room + 1}">{"".join(made)}</room>')
        days.append(f'<day index="{day + 1}" date="{on.isoformat()}">{"".join(rooms)}</day>')
    conference = "<conference><title>Harbour</title><time_zone_name>Asia/Tokyo</time_zone_name></conference>"
    return f'<?xml version="1.0"?>\n<schedule><version>1</version>{conference}{"".join(days)}</schedule>\n'.encode()


def measure() -> Iterable[Figure]:
    """The figures, on both databases."""
    data = schedule()
    for backend in ("sqlite", "postgresql"):
        with scratch_instance(backend) as instance:
            app = instance.app()
            yield from _timed(app, data, backend)
    with scratch_instance("sqlite") as instance:
        yield from _memory(instance, data)


def _timed(app: Flask, data: bytes, backend: str) -> Iterator[Figure]:
    with app.app_context():
        event = _event()
        note = f"{EVENTS} events, {len(data) / 1e6:.1f} MB"
        took, counts = _import(event, data)
        if counts.added < EVENTS:
            raise RuntimeError(f"only {counts.added} were added")
        yield Figure(f"import of {EVENTS} events, end to end, {backend} (s)", took, at_most=3.0, note=note)
        again, counts = _import(event, data)
        if counts.added or counts.changed:
            raise RuntimeError("the same file changed something")
        yield Figure(f"the same file again, {backend} (s)", again, at_most=3.0)
        began = time.perf_counter()
        release_programme(db.session(), event.id, account_id=None, note="", now=clock.utc_now())
        db.session.commit()
        yield Figure(f"release of {EVENTS} sessions, {backend} (s)", time.perf_counter() - began, at_most=1.0)


def _event() -> Event:
    last = FIRST + timedelta(days=DAYS - 1)
    event = add_event(db.session(), SLUG, zone="Asia/Tokyo", starts_on=FIRST, ends_on=last)
    db.session.commit()
    return event


def _import(event: Event, data: bytes) -> tuple[float, object]:
    began = time.perf_counter()
    frame = Frame(event.timezone, event.starts_on, event.ends_on, event.day_starts_at)
    read = reading.read(data, Target(event.slug, frame, tuple(event.languages)), columns={})
    plan = import_file(db.session(), event.id, read.file, Choices(), now=clock.utc_now())
    db.session.commit()
    return time.perf_counter() - began, plan.counts


def _memory(instance: Instance, data: bytes) -> Iterator[Figure]:
    with instance.app().app_context():
        _event()
    password = "a long pass phrase 123"
    instance.flask("accounts", "add", "you@example.org", "--role", "administrator", "--password-stdin", text=password)
    with serve(instance.environment) as server:
        browser = _Browser(server)
        browser.sign_in(password)
        began = time.perf_counter()
        page = browser.upload(data)
        browser.confirm(page)
        took = time.perf_counter() - began
        most = max(_resident(worker) for worker in _workers(server.process.pid))
    with instance.app().app_context():
        event = events.by_slug(db.session(), SLUG)
        count = db.session.scalar(sa.text("SELECT count(*) FROM programme_sessions")) if event else 0
    if count != EVENTS:
        raise RuntimeError(f"{count} sessions arrived")
    yield Figure("upload, preview and import through the pages (s)", took, note="sqlite")
    yield Figure("memory of a worker after the import (MB)", most / 1e6, at_most=250, note="the larger of two")


class _Browser:
    """As much of a browser as the forms need."""

    def __init__(self, server: Server) -> None:
        self.host = server.url.removeprefix("http://")
        self.cookie = ""

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, str, str]:
        """Status, where it leads to, and the page."""
        connection = http.client.HTTPConnection(self.host, timeout=120)
        headers = {"Cookie": self.cookie} | ({"Content-Type": kind} if kind else {})
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and value.startswith("galerio="):
                self.cookie = value.split(";", 1)[0]
        text = answer.read().decode()
        connection.close()
        return answer.status, answer.getheader("Location") or "", text

    def form(self, path: str, values: dict[str, str]) -> tuple[int, str, str]:
        """Send a form."""
        return self.ask("POST", path, urlencode(values).encode(), "application/x-www-form-urlencoded")

    def sign_in(self, password: str) -> None:
        """Sign in as the organiser."""
        page = self.ask("GET", "/en/sign-in/password")[2]
        sent = {"csrf_token": _token(page), "email": "you@example.org", "password": password}
        if self.form("/en/sign-in/password", sent)[0] not in {302, 303}:
            raise RuntimeError("signing in failed")

    def upload(self, data: bytes) -> tuple[str, str]:
        """Where the preview is, and the page."""
        path = f"/en/organise/{SLUG}/transfer"
        token = _token(self.ask("GET", path)[2])
        mark = "harbourharbour"
        head = (
            f'--{mark}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n--{mark}\r\n'
            f'Content-Disposition: form-data; name="file"; filename="schedule.xml"\r\n\r\n'
        )
        body = head.encode() + data + f"\r\n--{mark}--\r\n".encode()
        status, leads_to, _page = self.ask("POST", path, body, f"multipart/form-data; boundary={mark}")
        if status != 303:
            raise RuntimeError(f"the upload answers {status}")
        return leads_to, self.ask("GET", leads_to)[2]

    def confirm(self, preview: tuple[str, str]) -> None:
        """Import what the preview shows."""
        path, page = preview
        seen = re.search(r'name="seen" value="(\d+)"', page)
        sent = {"csrf_token": _token(page), "seen": seen[1] if seen else "", "in": "en", "do": "import"}
        status = self.form(path, sent)[0]
        if status != 303:
            raise RuntimeError(f"the import answers {status}")


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if found is None:
        raise RuntimeError("the page has no token")
    return found[1]


def _workers(parent: int) -> list[int]:
    """The processes that answer, or the only one there is."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(child) for child in children] or [parent]


def _resident(process: int) -> int:
    """Bytes of memory that the process holds now."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) * 1024 if found else 0
