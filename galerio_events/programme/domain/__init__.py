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


class SessionStatus(StrEnum):
    """How sure the organisers are of a session; the public does not see it."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"


class RoleState(StrEnum):
    """Whether somebody who is planned for a role knows of it. Who is still to be invited is not published."""

    TO_BE_INVITED = "to_be_invited"
    CONFIRMED = "confirmed"


class LinkKind(StrEnum):
    """What stands behind an address that goes with a session."""

    LINK = "link"
    ATTACHMENT = "attachment"


class ArrangementState(StrEnum):
    """How far a suggestion of times has come."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
