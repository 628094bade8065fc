"""Reads of registrations. Counts that decide about admission are made while the event's lock is held."""

from galerio_events.registration.queries.admission import (
    Admission,
    Known,
    admission,
    has_intake,
    in_the_way,
    is_registered,
    known_beforehand,
    lock_intake,
)
from galerio_events.registration.queries.audience import (
    Chooser,
    choosers,
    countries_of_choosers,
    countries_of_registered,
)
from galerio_events.registration.queries.one import (
    by_id,
    by_token,
    chosen_sessions,
    consents,
    link_nonce,
    reminders,
)
from galerio_events.registration.queries.parts import (
    choices,
    constant,
    new_and_known,
    parameter,
    parameters,
)

__all__ = [
    "Admission",
    "Chooser",
    "Known",
    "admission",
    "by_id",
    "by_token",
    "choices",
    "choosers",
    "chosen_sessions",
    "consents",
    "constant",
    "countries_of_choosers",
    "countries_of_registered",
    "has_intake",
    "in_the_way",
    "is_registered",
    "known_beforehand",
    "link_nonce",
    "lock_intake",
    "new_and_known",
    "parameter",
    "parameters",
    "reminders",
]
