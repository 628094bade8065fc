"""The words of a programme."""

from enum import StrEnum


class SessionKind(StrEnum):
    RECEPTION = "reception"
    BUSINESS_MATCHING = "business_matching"
    OPENING = "opening"
    SESSION = "session"
    KEYNOTE = "keynote"
    WORKSHOP = "workshop"
    CLOSING = "closing"
    BREAK = "break"
    OTHER = "other"


class RoleKind(StrEnum):
    MODERATOR = "moderator"
    KEYNOTE = "keynote"
    PANELIST = "panelist"
    SPEAKER = "speaker"
    REACTOR = "reactor"
    OPENING_REMARKS = "opening_remarks"
    CLOSING_REMARKS = "closing_remarks"
    INTERPRETER = "interpreter"
    MC = "mc"
