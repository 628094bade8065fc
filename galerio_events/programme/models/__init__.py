"""The tables of the draft programme, and of what belongs to it."""

from galerio_events.programme.models.draft import (
    AcceptedWarning,
    Arrangement,
    KindRule,
    ProgrammeSession,
    RoleAssignment,
    Upload,
)
from galerio_events.programme.models.inviting import Invitation, InvitationStep, UnwantedMail

__all__ = [
    "AcceptedWarning",
    "Arrangement",
    "Invitation",
    "InvitationStep",
    "KindRule",
    "ProgrammeSession",
    "RoleAssignment",
    "UnwantedMail",
    "Upload",
]
