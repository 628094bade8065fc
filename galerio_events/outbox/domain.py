"""The states of a mail that leaves."""

from enum import StrEnum


class MailState(StrEnum):
    DRAFT = "draft"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    # The worker died after it had handed the mail over and before it could write that down.
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
