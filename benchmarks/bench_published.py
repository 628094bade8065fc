"""Pages and feeds made from a release of 1,000 sessions: repeat readers, 304 answers, and building them.

Building is measured as a reader meets it, from request to answer: the release's document is read and parsed, the page
or feed is made and its entity tag computed. What it is compared with is only the serialising of the same events by
icalendar, from objects that have been made beforehand.
"""

import gc
from collections.abc import Callable, Iterable, Iterator

import icalendar
from flask import Flask
from flask.testing import FlaskClient

from benchmarks.harness import (
    Figure,
    Instance,
    alternate,
    get,
    requests_per_second,
    scratch_instance,
    serve,
    serve_bare,
    timed,
)
from benchmarks.programmes import SLUG, after_moving_one, large_programme, publish
from galerio_events.extensions import db
from galerio_events.releases import queries as releases
from galerio_events.releases.domain.document import PublishedProgramme
from galerio_events.releases.exports import ical
from galerio_events.web import published

FEED = f"/{SLUG}/programme.ics"
PAGE = f"/ja/{SLUG}/programme"


def measure() -> Iterable[Figure]:
    """The figures, on SQLite."""
    with scratch_instance("sqlite") as instance:
        app = instance.app()
        with app.app_context():
            publish(db.session(), large_programme())
        yield from _building(app)
        yield from _repeat_readers(instance)


def _repeat_readers(instance: Instance) -> Iterator[Figure]:
    with serve(instance.environment) as ours:
        for name, path in (("programme page", PAGE), ("programme.ics", FEED)):
            _status, headers, body = get(ours.url + path)
            known = {"If-None-Match": headers["etag"]}
            with serve_bare(body, headers["content-type"]) as bare:
                rates = alternate(
                    ours=lambda path=path: requests_per_second(ours.url + path),
                    bare=lambda url=bare.url: requests_per_second(url + "/body"),
                )
                yield _ratio(f"{name}, repeat readers ÷ bare Flask", rates, 0.7, f"{len(body):,} bytes")
                rates = alternate(
                    ours=lambda path=path, known=known: requests_per_second(ours.url + path, headers=known, status=304),
                    bare=lambda url=bare.url: requests_per_second(url + "/empty", status=204),
                )
                yield _ratio(f"{name}, 304 ÷ bare Flask that returns nothing", rates, 0.8)


def _ratio(name: str, rates: dict[str, float], at_least: float, note: str = "") -> Figure:
    said = f"{rates['ours']:,.0f} to {rates['bare']:,.0f} a second" + (f", {note}" if note else "")
    return Figure(name, rates["ours"] / rates["bare"], at_least=at_least, note=said)


def _building(app: Flask) -> Iterator[Figure]:
    client = app.test_client()
    calendar = icalendar.Calendar.from_ical(client.get(FEED).data)
    newest = [large_programme()]
    # The benchmark's own parsed calendar is a large heap that no server has; collecting it would be measured too.
    gc.collect()
    gc.freeze()

    def first(path: str) -> Callable[[], float]:
        def call() -> float:
            _forget_everything()
            _release(app, newest)
            return timed(lambda: _get(client, path))

        return call

    def again() -> float:
        _get(client, FEED)
        _release(app, newest)
        before = ical.written()
        took = timed(lambda: _get(client, FEED))
        if ical.written() - before != 1:
            raise RuntimeError("more than the session that moved was written")
        return took

    found = alternate(page=first(PAGE), feed=first(FEED), again=again, icalendar=lambda: timed(calendar.to_ical))
    for name, key, most in (
        ("programme page, first build ÷ icalendar serialising", "page", 0.5),
        ("programme.ics, first build ÷ icalendar serialising", "feed", 1.2),
        ("programme.ics, one session moved ÷ icalendar serialising", "again", 0.1),
    ):
        note = f"{found[key] * 1000:.0f} ms to {found['icalendar'] * 1000:.0f} ms"
        yield Figure(name, found[key] / found["icalendar"], at_most=most, note=note)


def _release(app: Flask, newest: list[PublishedProgramme]) -> None:
    newest[0] = after_moving_one(newest[0])
    with app.app_context():
        publish(db.session(), newest[0])


def _forget_everything() -> None:
    releases.forget()
    ical.forget()
    published.forget()


def _get(client: FlaskClient, path: str) -> None:
    status = client.get(path).status_code
    if status != 200:
        raise RuntimeError(f"{path} answers {status}")
