"""Registrations a second, from the form that is sent to the row and the mail that are committed, on PostgreSQL.

Eight connections send forms to granian with two workers, each form from another network address with another e-mail
address, two sessions chosen, on an event and sessions of limited capacity: every request checks its CSRF token, counts
towards a rate limit, waits for the lock and counts. The yardstick is PostgreSQL's own pgbench: eight connections that
each insert one row and commit, on the same server in turns with ours.
"""

import http.cookies
import itertools
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.orm import Session

from benchmarks.harness import CONNECTIONS, Figure, Instance, alternate, requests_per_second, scratch_instance, serve
from galerio_events.extensions import db
from galerio_events.outbox.models import OutboxMail
from galerio_events.registration.models import Intake, Registration
from tests.support.builders import make_event, make_session, sample_programme, store_release

SECONDS = 3
_LUA = """
local count = 0
function request()
  count = count + 1
  local headers = {{
    ["Content-Type"] = "application/x-www-form-urlencoded",
    ["Cookie"] = "{cookie}",
    ["X-Forwarded-For"] = string.format("10.9.%d.%d", math.floor(count / 256) % 256, count % 256),
  }}
  local body = "{form}" .. "&email=p" .. count .. ".{round}%40example.org&form_key={round}." .. count
  return wrk.format("POST", nil, headers, body)
end
"""


def measure() -> Iterable[Figure]:
    """The ratio that is promised, and the rate behind it."""
    with scratch_instance("postgresql", TRUSTED_PROXIES="1", LOG_LEVEL="WARNING") as instance:
        _prepare(instance)
        rounds = itertools.count()
        with serve(instance.environment) as server:
            address = server.url + "/en/ascc11/register"
            cookie, form = _open_form(address)

            def ours() -> float:
                script = _LUA.format(cookie=cookie, form=form, round=next(rounds))
                return requests_per_second(address, lua=script, seconds=SECONDS)

            rates = alternate(rounds=3, ours=ours, bare=lambda: _bare(instance))
        made, mailed = _made(instance)
    if made != mailed or made < rates["ours"] * SECONDS:
        raise RuntimeError(f"{made} registrations and {mailed} mails do not fit {rates['ours']:.0f} a second")
    yield Figure(
        "registrations ÷ committed single-row INSERTs, PostgreSQL, 8 clients",
        rates["ours"] / rates["bare"],
        at_least=0.02,
        note=f"{rates['ours']:.0f} and {rates['bare']:.0f} a second; {made} rows, {mailed} mails",
    )


def _prepare(instance: Instance) -> None:
    app = instance.app()
    with app.app_context():
        db_session: Session = db.session()
        event = make_event(db_session)
        for number in (1, 2, 3):
            make_session(db_session, event, f"session-{number}", capacity=10**6)
        store_release(db_session, event, sample_programme(3))
        closes = datetime(2099, 1, 1, tzinfo=UTC)
        db_session.add(Intake(event_id=event.id, capacity=10**6, closes_at=closes))
        db_session.execute(sa.text("CREATE TABLE bare (id serial PRIMARY KEY, name text NOT NULL)"))
        db_session.commit()
        db.engine.dispose()


def _open_form(address: str) -> tuple[str, str]:
    """The session cookie of a browser that opened the form, and its answers without what differs each time."""
    with urllib.request.urlopen(address) as answer:
        page = answer.read().decode()
        cookie = http.cookies.SimpleCookie(answer.headers["Set-Cookie"])["galerio"].value
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    if token is None:
        raise RuntimeError("the form has no CSRF token")
    fields = {
        "csrf_token": token[1],
        "name": "Niran Example",
        "country": "TH",
        "organisation": "Example City",
        "affiliation_kind": "local_government",
        "language": "en",
        "sessions": ["session-1", "session-3"],
        "agreed": "y",
    }
    return f"galerio={cookie}", urlencode(fields, doseq=True)


def _bare(instance: Instance) -> float:
    """INSERTs a second of eight connections, one row and one commit each, as pgbench counts them."""
    script = instance.folder / "insert.sql"
    script.write_text("INSERT INTO bare (name) VALUES ('Niran Example');\n")
    url = sa.make_url(instance.environment["GALERIO_DATABASE_URL"]).set(drivername="postgresql")
    command = [_pgbench(), "-n", "-c", str(CONNECTIONS), "-j", "2", "-T", str(SECONDS), "-M", "prepared", "-f"]
    printed = subprocess.run(
        [*command, str(script), url.render_as_string(hide_password=False)], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"tps = ([\d.]+)", printed)
    if found is None:
        raise RuntimeError(f"pgbench counted nothing:\n{printed}")
    return float(found[1])


def _pgbench() -> str:
    """pgbench, also where Debian keeps it. Raises `LookupError` where PostgreSQL is not installed."""

    def candidates() -> Iterator[str | None]:
        yield shutil.which("pgbench")
        yield from map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"), reverse=True))

    found = next((path for path in candidates() if path), None)
    if found is None:
        raise LookupError("pgbench is needed. On Debian and Ubuntu: apt-get install postgresql")
    return found


def _made(instance: Instance) -> tuple[int, int]:
    app = instance.app()
    with app.app_context():
        counts = [db.session.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for t in (Registration, OutboxMail)]
        db.session.remove()
        db.engine.dispose()
    return counts[0], counts[1]
