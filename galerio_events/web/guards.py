"""Every route says who may use it: `@public`, `@signed_in`, or `@requires(Permission.X)`.

`requires` loads the event of the address together with the right to see it: whoever lacks the permission on that event
gets the same 404 as for an event that does not exist; whoever is not signed in is asked to sign in. Roles count only in
a sign-in that has proved enough: the password, the second factor of an account that has one, and any second factor on
an event that requires it. Whoever has the role and has not proved enough is sent to do so.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from flask import abort, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from galerio_events import clock
from galerio_events.accounts import queries as accounts
from galerio_events.accounts.domain.sign_ins import has_second_factor, lacks
from galerio_events.events import queries as events
from galerio_events.events.models import Event
from galerio_events.permissions import ANONYMOUS, Actor, Permission, can, can_anywhere
from galerio_events.web import sign_ins

View = Callable[..., Any]


def actor() -> Actor:
    """Whoever makes this request, with the roles that this sign-in has proved enough for."""
    account: Any = current_user
    if not account.is_authenticated:
        return ANONYMOUS
    full: Actor = account.actor()
    if not full.grants:
        return full
    found, now = sign_ins.signed_in(), clock.utc_now()
    if found is None or lacks(found.sign_in.proof, has_factor=found.has_factor, now=now) is not None:
        return Actor(full.account_id)
    if not found.required_somewhere or has_second_factor(found.sign_in.proof, now=now):
        return full
    return replace(full, barred=_requiring())


def roles() -> Actor:
    """Whoever makes this request, with every role of the account, whatever this sign-in has proved."""
    account: Any = current_user
    if not account.is_authenticated:
        return ANONYMOUS
    full: Actor = account.actor()
    return full


def _requiring() -> frozenset[int]:
    """The events that require a second factor; asked for once a request."""
    from galerio_events.extensions import db

    if "events_requiring_factor" not in g:
        g.events_requiring_factor = accounts.events_requiring_factor(db.session())
    found: frozenset[int] = g.events_requiring_factor
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
                if not can_anywhere(roles(), permission):
                    abort(404)
                return view(*args, **kwargs) if can_anywhere(who, permission) else ask_for_more()
            event = load_event(slug)
            if not can(roles(), permission, event_id=event.id):
                abort(404)
            if not can(who, permission, event_id=event.id):
                return ask_for_more()
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


def ask_for_more() -> Response:
    """To where the reader proves what this sign-in lacks, and back again."""
    if request.method != "GET":
        abort(401)
    found, wanted = sign_ins.signed_in(), request.full_path.rstrip("?")
    if found is None:
        return redirect(url_for("accounts.sign_in", next=wanted))
    lack = lacks(found.sign_in.proof, has_factor=found.has_factor, now=clock.utc_now())
    return redirect(url_for("accounts.confirm" if lack or found.has_factor else "accounts.account", next=wanted))


def _ask_to_sign_in() -> Response:
    if request.method != "GET":
        abort(401)
    return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
