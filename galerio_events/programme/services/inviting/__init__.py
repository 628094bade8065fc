"""Writes of invitations: asking, answering, deciding, reminding."""

from galerio_events.programme.domain.inviting import Refusal
from galerio_events.programme.services.inviting.answering import Said, answer, want_mail
from galerio_events.programme.services.inviting.asking import (
    Prepared,
    Sent,
    extend,
    invite,
    prepared,
    remind,
    take_back,
)
from galerio_events.programme.services.inviting.deciding import (
    Decision,
    grant,
    new_link,
    refuse,
    replace_person,
    withdraw,
)
from galerio_events.programme.services.inviting.persons import give_address
from galerio_events.programme.services.inviting.published import published_roles, register_published
from galerio_events.programme.services.inviting.reminding import remind_due
from galerio_events.programme.services.inviting.settling import shown_digest
from galerio_events.programme.services.inviting.writing import Letter, Writing, letter

__all__ = [
    "Decision",
    "Letter",
    "Prepared",
    "Refusal",
    "Said",
    "Sent",
    "Writing",
    "answer",
    "extend",
    "give_address",
    "grant",
    "invite",
    "letter",
    "new_link",
    "prepared",
    "published_roles",
    "refuse",
    "register_published",
    "remind",
    "remind_due",
    "replace_person",
    "shown_digest",
    "take_back",
    "want_mail",
    "withdraw",
]
