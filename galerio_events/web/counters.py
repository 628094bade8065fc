"""Where rate limits are counted when there is no Redis: in the memory of each worker."""

from threading import Lock
from time import time
from typing import Any

from limits.storage import Storage

# So many new counters may be made before those whose window is over are thrown away.
_ROUND = 10_000


class ProcessMemory(Storage):
    """Counters with an end each.

    The `memory://` of the limits library looks through all of its counters, in a thread made for it, up to a hundred
    times a second; with many clients that takes more time than their requests. This one looks through them once in so
    many new ones.
    """

    STORAGE_SCHEME = ["process"]  # noqa: RUF012 the library's own form

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        self._counters: dict[str, tuple[int, float]] = {}
        self._made = 0
        self._lock = Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, and give the count. `expiry` is how many seconds a new counter lasts."""
        now = time()
        with self._lock:
            count, ends = self._counters.get(key, (0, 0.0))
            if ends <= now:
                count, ends = 0, now + expiry
                self._tidy(now)
            self._counters[key] = (count + amount, ends)
        return count + amount

    def get(self, key: str) -> int:
        """The count; 0 for a counter whose time is over, or that never was."""
        count, ends = self._counters.get(key, (0, 0.0))
        return count if ends > time() else 0

    def get_expiry(self, key: str) -> float:
        """When the counter's time is over, in seconds since 1970."""
        return self._counters.get(key, (0, time()))[1]

    def check(self) -> bool:
        """Whether counting works."""
        return True

    def reset(self) -> int:
        """Forget all counters. Returns how many there were."""
        with self._lock:
            gone = len(self._counters)
            self._counters.clear()
        return gone

    def clear(self, key: str) -> None:
        """Forget one counter."""
        with self._lock:
            self._counters.pop(key, None)

    def _tidy(self, now: float) -> None:
        self._made += 1
        if self._made % _ROUND == 0:
            self._counters = {key: counter for key, counter in self._counters.items() if counter[1] > now}
