"""Rate limits counted in the memory of a worker."""

import pytest
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from galerio_events.web import counters


def test_a_window_takes_so_many_and_then_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(counters, "time", lambda: now[0])
    storage = storage_from_string("process://")
    assert isinstance(storage, counters.ProcessMemory)
    limiter, limit = FixedWindowRateLimiter(storage), parse("2 per minute")
    assert [limiter.hit(limit, "one") for _ in range(3)] == [True, True, False]
    assert limiter.test(limit, "one") is False
    assert limiter.test(limit, "other") is True
    assert limiter.get_window_stats(limit, "one").reset_time == 1060.0
    now[0] = 1060.0
    assert limiter.test(limit, "one") is True
    assert limiter.hit(limit, "one") is True


def test_what_is_over_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(counters, "time", lambda: now[0])
    monkeypatch.setattr(counters, "_ROUND", 10)
    storage = counters.ProcessMemory()
    for number in range(9):
        storage.incr(f"client {number}", 60)
    now[0] = 1060.0
    storage.incr("the tenth", 60)
    assert storage.reset() == 1
