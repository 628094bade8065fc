"""Writes of persons and organisations."""

from galerio_events.people.services.availabilities import move_availabilities
from galerio_events.people.services.entries import (
    ORGANISATIONS,
    PEOPLE,
    Sort,
    add_entry,
    delete_entry,
    keys_digest,
    merge_entries,
    plain_digest,
    save_entry,
    seen_digest,
)
from galerio_events.people.services.profiles import (
    answer_consents,
    decide_proposal,
    drop_profile,
    forget_private,
    hand_over_profile,
    parts_digest,
    profile_digest,
    save_profile,
    take_over_profiles,
    wanted_details,
    withdraw_proposal,
)

__all__ = [
    "ORGANISATIONS",
    "PEOPLE",
    "Sort",
    "add_entry",
    "answer_consents",
    "decide_proposal",
    "delete_entry",
    "drop_profile",
    "forget_private",
    "hand_over_profile",
    "keys_digest",
    "merge_entries",
    "move_availabilities",
    "parts_digest",
    "plain_digest",
    "profile_digest",
    "save_entry",
    "save_profile",
    "seen_digest",
    "take_over_profiles",
    "wanted_details",
    "withdraw_proposal",
]
