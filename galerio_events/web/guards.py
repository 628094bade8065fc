"""Every route says who may use it: `@public`, `@signed_in`, or `@requires(Permission.X)`.

`requires` loads the event of the address together with the right to see it: whoever lacks the permission on that event
gets the same 404 as for an event that does not exist; whoever is not signed in is asked to sign in.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from galerio_events.events import queries as events
from galerio_events.events.models import Event
from galerio_events.permissions import ANONYMOUS, Actor, Permission, can, can_anywhere

View = Callable[..., Any]


def actor() -> Actor:
    """Whoever makes this request."""
    account: Any = current_user
    if not account.is_authenticated:
        return ANONYMOUS
    found: Actor = account.actor()
    return found


def public(view: View) -> View:
    """Anybody may use this route."""
    view.__guard__ = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anybody who is signed in may use this route; what they see is loaded by who they are.

    Whoever is not signed in is asked to sign in.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if actor() == ANONYMOUS:
            return _ask_to_sign_in()
        return view(*args, **kwargs)

    guarded.__guard__ = "signed in"  # type: ignore[attr-defined]
    return guarded


def requires(permission: Permission) -> Callable[[View], View]:
    """Only actors with that permission on the event in the address (`slug`) may use this route.

    The event is put into `g.event`. A route without an event in its address needs the permission on some event.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            who = actor()
            if who == ANONYMOUS:
                return _ask_to_sign_in()
            slug = kwargs.get("slug")
            if slug is None:
                if not can_anywhere(who, permission):
                    abort(404)
                return view(*args, **kwargs)
            event = load_event(slug)
            if not can(who, permission, event_id=event.id):
                abort(404)
            g.event = event
            return view(*args, **kwargs)

        guarded.__guard__ = permission  # type: ignore[attr-defined]
        return guarded

    return guard


def load_event(slug: str) -> Event:
    """The event of that slug, or 404."""
    from galerio_events.extensions import db

    event = events.by_slug(db.session(), slug)
    if event is None:
        abort(404)
    return event


def _ask_to_sign_in() -> Response:
    if request.method != "GET":
        abort(401)
    return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
