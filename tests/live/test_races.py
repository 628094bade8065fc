"""Two devices, and more, that press at once: it is done once, and everybody is told how it stands."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from galerio_events.extensions import db
from galerio_events.live.models import LiveAction, LiveRun
from tests.live.support import Hall, client_of, make_hall

DEVICES = 8


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """An application whose commits are real, with a connection for every device."""
    return make_app(SQLALCHEMY_ENGINE_OPTIONS={"pool_size": DEVICES, "max_overflow": 4})


def prepare(app: Flask) -> Hall:
    with app.app_context():
        hall = make_hall(db.session())
        for each in (hall.event, hall.session, hall.moderator, hall.organiser):
            db.session.refresh(each)
            db.session.expunge(each)
        db.session.rollback()
    return hall


def press_together(app: Flask, hall: Hall, do: str, version: int) -> list[tuple[int, int]]:
    """Status, and the version that each of the devices is told, of presses that all begin together."""
    devices = [client_of(app, hall.organiser if number % 2 else hall.moderator) for number in range(DEVICES)]
    barrier = Barrier(DEVICES)

    def one(number: int) -> tuple[int, int]:
        barrier.wait()
        answer = devices[number].post(
            f"{hall.path}/live", data={"do": do, "version": version}, headers={"Accept": "application/json"}
        )
        return answer.status_code, answer.get_json()["live"]["version"]

    with ThreadPoolExecutor(DEVICES) as pool:
        return list(pool.map(one, range(DEVICES)))


def test_many_devices_that_press_at_once_advance_once(app: Flask) -> None:
    hall = prepare(app)
    for version, do in enumerate(("start", "next", "next", "back")):
        answers = press_together(app, hall, do, version)
        assert Counter(answers) == {(200, version + 1): 1, (409, version + 1): DEVICES - 1}
    with app.app_context():
        actions = db.session.execute(sa.select(LiveAction.version, LiveAction.deed).order_by(LiveAction.version))
        assert [tuple(row) for row in actions] == [(1, "start"), (2, "next"), (3, "next"), (4, "back")]
        run = db.session.scalars(sa.select(LiveRun)).one()
        assert (run.version, run.state["on"]) == (4, 1)
