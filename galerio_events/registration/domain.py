"""The rules of registration."""

from enum import StrEnum


class RegistrationState(StrEnum):
    ACTIVE = "active"
    CANCELLED = "cancelled"


class AffiliationKind(StrEnum):
    """Kinds of affiliation, in the order in which the statistics list them."""

    COMPANY = "company"
    LOCAL_GOVERNMENT = "local_government"
    NATIONAL_GOVERNMENT = "national_government"
    UNIVERSITY = "university"
    INTERNATIONAL_ORGANISATION = "international_organisation"
    NPO = "npo"
    FINANCE = "finance"
    MEDIA = "media"
    OTHER = "other"


class ConsentKind(StrEnum):
    PRIVACY_NOTICE = "privacy_notice"
    FUTURE_EVENTS = "future_events"
    SHARE_WITH_PARTNERS = "share_with_partners"


class LinkPurpose(StrEnum):
    """What a private link opens."""

    MANAGE = "manage"
    CALENDAR = "calendar"
