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
    """How far somebody who is planned for a role has come. Only who is confirmed is published."""

    TO_BE_INVITED = "to_be_invited"
    INVITED = "invited"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"

    @property
    def takes_part(self) -> bool:
        """Whether the person counts as one of the session's people, who may see what the session's people see."""
        return self in {RoleState.INVITED, RoleState.CONFIRMED}

    @property
    def is_planned(self) -> bool:
        """Whether the person is expected in the room, invited already or not."""
        return self.takes_part or self is RoleState.TO_BE_INVITED


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
