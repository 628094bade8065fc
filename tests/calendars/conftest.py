"""What the tests of calendars share."""

from collections.abc import Iterator

import pytest

from galerio_events.releases.exports import ical


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    ical.forget()
    yield
    ical.forget()
