"""Prepared answers to GET and HEAD, how they are negotiated (RFC 9110), and how many of them are kept."""

import gzip
import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from threading import Lock

Headers = list[tuple[str, str]]

_ENTITY_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_QUALITY = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
# Below this size, compression saves less than its headers cost.
_WORTH_COMPRESSING = 600
# What an answer takes in memory besides its bytes, roughly.
_OVERHEAD = 2048


@dataclass(slots=True)
class Form:
    """One representation of an answer: its bytes as sent, and the headers of a 200 and of a 304."""

    body: bytes
    tag: str
    ok: Headers
    not_modified: Headers


@dataclass(slots=True)
class Answer:
    """What is sent for one address while one release is the newest: plain and, once asked for, compressed. `until` is
    the moment at which it says something else (None: it does not by itself).

    `compressed` is None until `compress` was called, and stays the plain form where compression does not help.
    """

    slug: str
    digest: str
    plain: Form
    headers: Headers
    compressed: Form | None = field(default=None)
    until: datetime | None = None

    @classmethod
    def of(
        cls, body: bytes, *, slug: str, digest: str, headers: Mapping[str, str], until: datetime | None = None
    ) -> "Answer":
        """The answer with those bytes. `headers` are those that every form of it has, Content-Type among them."""
        common = [*headers.items(), ("Vary", "Accept-Encoding")]
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        return cls(slug, digest, _form(body, tag, common), common, until=until)

    def outdated(self, clock: Callable[[], datetime]) -> bool:
        """Whether the moment has come until which it holds, if there is one; only then is it asked what time it is."""
        return self.until is not None and clock() >= self.until

    def compress(self) -> None:
        """Make the compressed form. The same bytes always give the same compressed bytes."""
        body = self.plain.body
        packed = gzip.compress(body, compresslevel=6, mtime=0) if len(body) >= _WORTH_COMPRESSING else body
        if len(packed) >= len(body):
            self.compressed = self.plain
        else:
            tag = f'{self.plain.tag[:-1]}-gzip"'
            self.compressed = _form(packed, tag, [*self.headers, ("Content-Encoding", "gzip")])

    def size(self) -> int:
        """How many bytes of memory it takes, roughly."""
        packed = self.compressed
        return _OVERHEAD + len(self.plain.body) + (len(packed.body) if packed and packed is not self.plain else 0)

    def ready_for(self, accept_encoding: str) -> bool:
        """Whether the form that this client gets has been made."""
        return self.compressed is not None or not accepts_gzip(accept_encoding)

    def reply(self, method: str, accept_encoding: str, if_none_match: str) -> tuple[str, Headers, bytes]:
        """Status line, headers and body for a GET or HEAD with these request headers (`""` for none)."""
        form = self.plain
        if self.compressed is not None and accepts_gzip(accept_encoding):
            form = self.compressed
        if if_none_match and matches(if_none_match, form.tag):
            return "304 Not Modified", form.not_modified, b""
        return "200 OK", form.ok, b"" if method == "HEAD" else form.body


def _form(body: bytes, tag: str, headers: Headers) -> Form:
    kept = {"cache-control", "vary"}
    return Form(
        body,
        tag,
        ok=[*headers, ("Content-Length", str(len(body))), ("ETag", tag)],
        not_modified=[*(pair for pair in headers if pair[0].lower() in kept), ("ETag", tag)],
    )


def matches(if_none_match: str, tag: str) -> bool:
    """Whether an If-None-Match names the entity tag, by weak comparison (RFC 9110 sections 8.8.3.2 and 13.1.2)."""
    if if_none_match == tag:
        return True
    return if_none_match.strip() == "*" or tag[1:-1] in _ENTITY_TAG.findall(if_none_match)


@lru_cache(maxsize=256)
def accepts_gzip(accept_encoding: str) -> bool:
    """Whether the client would rather have gzip than the plain bytes (RFC 9110 section 12.5.3)."""
    qualities: dict[str, float] = {}
    for item in accept_encoding.lower().split(","):
        coding, _, parameters = item.partition(";")
        quality = _QUALITY.fullmatch(parameters.replace(" ", "").replace("\t", "")) if parameters else None
        if not parameters or quality is not None:
            qualities[coding.strip()] = float(quality[1]) if quality else 1.0
    wanted = qualities.get("gzip", qualities.get("x-gzip", qualities.get("*", 0.0)))
    return wanted > 0 and wanted >= qualities.get("identity", 0.0)


Key = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(slots=True)
class _Place:
    slug: str
    arguments: tuple[str, ...]
    kept: int = 0


class Answers:
    """Answers by path and query arguments; at most `most_bytes` of them, the least recently used go first."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._answers: OrderedDict[Key, tuple[Answer, int]] = OrderedDict()
        self._places: dict[str, _Place] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._answers)

    def place(self, path: str) -> tuple[str, tuple[str, ...]] | None:
        """Which event's slug, and which query arguments, the answers kept for that path depend on."""
        found = self._places.get(path)
        return None if found is None else (found.slug, found.arguments)

    def get(self, key: Key, digest: str) -> Answer | None:
        """The answer kept under that key, if it is of the release of that digest."""
        with self._lock:
            found = self._answers.get(key)
            if found is None or found[0].digest != digest:
                return None
            self._answers.move_to_end(key)
            return found[0]

    def put(self, key: Key, answer: Answer, arguments: tuple[str, ...]) -> None:
        """Keep the answer, in place of what was kept under that key, and count its bytes as they now are."""
        size = answer.size()
        with self._lock:
            self._drop(key)
            if size > self.most_bytes:
                return
            self._answers[key] = (answer, size)
            self.bytes += size
            self._places.setdefault(key[0], _Place(answer.slug, arguments)).kept += 1
            while self.bytes > self.most_bytes:
                self._drop(next(iter(self._answers)))

    def drop_others(self, slug: str, digest: str) -> None:
        """Drop the answers of that event which are of other releases than the one of that digest."""
        with self._lock:
            for key in [k for k, (a, _) in self._answers.items() if a.slug == slug and a.digest != digest]:
                self._drop(key)

    def _drop(self, key: Key) -> None:
        found = self._answers.pop(key, None)
        if found is None:
            return
        self.bytes -= found[1]
        place = self._places[key[0]]
        place.kept -= 1
        if not place.kept:
            del self._places[key[0]]
