"""Writes of accounts: roles and passwords, codes by mail, sign-ins, second factors."""

from galerio_events.accounts.services.accounts import Added, add_account, change_password, hand_on
from galerio_events.accounts.services.codes import register_mailboxes, request_code, send_waiting, use_code, use_link

__all__ = [
    "Added",
    "add_account",
    "change_password",
    "hand_on",
    "register_mailboxes",
    "request_code",
    "send_waiting",
    "use_code",
    "use_link",
]
