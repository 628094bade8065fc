"""The words an event is described with."""

from enum import StrEnum


class EventFormat(StrEnum):
    ONLINE = "online"
    ONSITE = "onsite"
    HYBRID = "hybrid"


class OrganiserRole(StrEnum):
    HOST = "host"
    PLANNING = "planning"
    CO_HOST = "co_host"
    SUPPORT = "support"
    SPONSOR = "sponsor"


class VenueKind(StrEnum):
    ONSITE = "onsite"
    WEBINAR = "webinar"
    METAVERSE = "metaverse"
