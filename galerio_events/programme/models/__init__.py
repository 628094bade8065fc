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
from galerio_events.programme.models.run_sheet import RunSheetTemplate, SegmentRow

__all__ = [
    "AcceptedWarning",
    "Arrangement",
    "Invitation",
    "InvitationStep",
    "KindRule",
    "ProgrammeSession",
    "RoleAssignment",
    "RunSheetTemplate",
    "SegmentRow",
    "UnwantedMail",
    "Upload",
]
