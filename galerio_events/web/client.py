"""Who is at the other end of a request."""

from flask import request


def client_address() -> str:
    """The client's network address, after `ProxyFix` has dealt with the proxies that are trusted."""
    return request.remote_addr or "unknown"
