"""Presence (an interval somebody was there) and what it sums up to."""

from enum import StrEnum


class PresenceSource(StrEnum):
    CHECK_IN = "check_in"
    JOIN_LINK = "join_link"
    REPORT = "report"
    BY_HAND = "by_hand"
