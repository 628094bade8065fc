"""Browsers in which somebody has opened their registration: until the browser is closed, it may take part with it."""

from flask import session

from galerio_events.text import token_hash

_KEY = "registrations"
# Of so many events; an old one makes place for a new one.
_MOST = 6


def remember(slug: str, token: str) -> None:
    """Note in the signed cookie that this browser has opened the private link with that token.

    The cookie holds no more than the hash that the link is found by, so that a link that is replaced opens nothing.
    """
    known = {key: value for key, value in _known().items() if key != slug}
    session[_KEY] = dict(list(known.items())[-_MOST + 1 :]) | {slug: token_hash(token)}


def remembered(slug: str) -> str | None:
    """The hash of the link that this browser has opened to a registration for that event."""
    return _known().get(slug)


def forget(slug: str) -> None:
    """Let the browser not take part with that registration any more."""
    if slug in _known():
        session[_KEY] = {key: value for key, value in _known().items() if key != slug}


def _known() -> dict[str, str]:
    found: dict[str, str] = session.get(_KEY) or {}
    return found
