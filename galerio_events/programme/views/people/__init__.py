"""Persons and organisations: lists of them, their forms, and merging two that are one."""

from galerio_events.accounts import services as accounts
from galerio_events.people.queries import mailboxes
from galerio_events.programme.views.people import entries, merging  # noqa: F401 they add routes to the blueprint
from galerio_events.programme.views.people.lists import bp

__all__ = ["bp"]

# Whoever has a part in a programme is sent a code to sign in with.
accounts.register_mailboxes(mailboxes)
