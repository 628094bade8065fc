"""What the words of the domain are called in the interface: `{{ role|label }}`."""

from enum import StrEnum
from typing import TypeVar

from flask import Flask
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from galerio_events.accounts.domain import Method
from galerio_events.attendance.domain import PresenceSource
from galerio_events.events.domain import Deed, EventFormat, OrganiserRole, Subject, VenueKind
from galerio_events.learnings.domain import Standing
from galerio_events.live.domain import LiveDeed, LiveState
from galerio_events.materials.domain import FileFormat, MaterialKind, Publication
from galerio_events.outbox.domain import MailState
from galerio_events.people.domain.duplicates import Reason
from galerio_events.people.domain.profile import ProfileConsent, ProposalState
from galerio_events.permissions import AccountRole
from galerio_events.programme.domain import (
    ArrangementState,
    LinkKind,
    RoleKind,
    RoleState,
    SessionKind,
    SessionStatus,
)
from galerio_events.programme.domain.arranging import Hindrance
from galerio_events.programme.domain.conflicts import ConflictKind
from galerio_events.programme.domain.hours import Band
from galerio_events.programme.domain.inviting import InvitationState, InvitationWish
from galerio_events.programme.domain.run_sheet import SegmentKind
from galerio_events.programme.domain.translations import TextOf
from galerio_events.registration.domain import AffiliationKind, ConsentKind, RegistrationState
from galerio_events.translated import Translated
from galerio_events.web.locale import LANGUAGES

Word = TypeVar("Word", bound=StrEnum)

# Members of different enums can be equal as strings, so the enum is part of the key.
LABELS: dict[type[StrEnum], dict[str, LazyString]] = {
    EventFormat: {
        EventFormat.ONLINE: _l("Online"),
        EventFormat.ONSITE: _l("On site"),
        EventFormat.HYBRID: _l("On site and online"),
    },
    OrganiserRole: {
        OrganiserRole.HOST: _l("Hosted by"),
        OrganiserRole.PLANNING: _l("Planned by"),
        OrganiserRole.CO_HOST: _l("Co-hosted by"),
        OrganiserRole.SUPPORT: _l("Supported by"),
        OrganiserRole.SPONSOR: _l("Sponsored by"),
    },
    VenueKind: {
        VenueKind.ONSITE: _l("On site"),
        VenueKind.WEBINAR: _l("Webinar"),
        VenueKind.METAVERSE: _l("Metaverse"),
    },
    SessionKind: {
        SessionKind.RECEPTION: _l("Reception"),
        SessionKind.BUSINESS_MATCHING: _l("Business matching"),
        SessionKind.OPENING: _l("Opening"),
        SessionKind.SESSION: _l("Session"),
        SessionKind.KEYNOTE: _l("Keynote"),
        SessionKind.WORKSHOP: _l("Workshop"),
        SessionKind.CLOSING: _l("Closing"),
        SessionKind.BREAK: _l("Break"),
        SessionKind.OTHER: _l("Other"),
    },
    RoleKind: {
        RoleKind.MODERATOR: _l("Moderator"),
        RoleKind.KEYNOTE: _l("Keynote speaker"),
        RoleKind.PANELIST: _l("Panellist"),
        RoleKind.SPEAKER: _l("Speaker"),
        RoleKind.REACTOR: _l("Reactor"),
        RoleKind.OPENING_REMARKS: _l("Opening remarks"),
        RoleKind.CLOSING_REMARKS: _l("Closing remarks"),
        RoleKind.INTERPRETER: _l("Interpreter"),
        RoleKind.MC: _l("Master of ceremonies"),
    },
    SessionStatus: {
        SessionStatus.TENTATIVE: _l("Tentative"),
        SessionStatus.CONFIRMED: _l("Confirmed"),
    },
    RoleState: {
        RoleState.TO_BE_INVITED: _l("To be invited"),
        RoleState.INVITED: _l("Invited"),
        RoleState.CONFIRMED: _l("Taking part"),
        RoleState.DECLINED: _l("Declined"),
        RoleState.WITHDRAWN: _l("Withdrawn"),
        RoleState.REPLACED: _l("Replaced"),
    },
    InvitationState: {
        InvitationState.INVITED: _l("Waiting for an answer"),
        InvitationState.ACCEPTED: _l("Accepted"),
        InvitationState.DECLINED: _l("Declined"),
        InvitationState.WITHDRAWN: _l("Withdrawn"),
        InvitationState.REPLACED: _l("Replaced"),
    },
    InvitationWish: {
        InvitationWish.OTHER_TIME: _l("Proposes another time"),
        InvitationWish.LEAVE: _l("Asks to be released"),
        InvitationWish.ACCEPT_LATE: _l("Accepts after the deadline"),
    },
    LinkKind: {
        LinkKind.LINK: _l("Link"),
        LinkKind.ATTACHMENT: _l("Document"),
    },
    ConflictKind: {
        ConflictKind.PERSON_TWICE: _l("Person in two places"),
        ConflictKind.VENUE_TWICE: _l("Venue in use twice"),
        ConflictKind.OUTSIDE_EVENT: _l("Outside the event"),
        ConflictKind.OUTSIDE_VENUE_HOURS: _l("Venue closed"),
        ConflictKind.OUTSIDE_AVAILABILITY: _l("Person not available"),
        ConflictKind.VENUE_CHANGEOVER: _l("Changeover of a venue too short"),
        ConflictKind.PERSON_CHANGEOVER: _l("Changeover of a person too short"),
        ConflictKind.MODERATOR_MISSING: _l("Moderator missing"),
        ConflictKind.ROLE_MISSING: _l("Role missing"),
        ConflictKind.INTERPRETER_MISSING: _l("Interpreter missing"),
        ConflictKind.PLAN_TOO_LONG: _l("Contributions too long"),
        ConflictKind.CAPACITY_ABOVE_VENUE: _l("More places than the venue has"),
    },
    SegmentKind: {
        SegmentKind.WELCOME: _l("Welcome"),
        SegmentKind.INTRODUCTION: _l("Introduction"),
        SegmentKind.REMARKS: _l("Remarks"),
        SegmentKind.PRESENTATION: _l("Presentation"),
        SegmentKind.DISCUSSION: _l("Discussion"),
        SegmentKind.QUESTIONS: _l("Questions and answers"),
        SegmentKind.SUMMARY: _l("Wrap-up"),
        SegmentKind.PHOTO: _l("Group photo"),
        SegmentKind.BREAK: _l("Break"),
        SegmentKind.OTHER: _l("Other"),
    },
    LiveState: {
        LiveState.WAITING: _l("Not started"),
        LiveState.RUNNING: _l("Running"),
        LiveState.FINISHED: _l("Finished"),
    },
    LiveDeed: {
        LiveDeed.START: _l("Start"),
        LiveDeed.NEXT: _l("Go on"),
        LiveDeed.SKIP: _l("Left out"),
        LiveDeed.ADD: _l("Minutes changed"),
        LiveDeed.BACK: _l("Undone"),
        LiveDeed.FINISH: _l("Finish"),
    },
    Band: {
        Band.DAY: _l("day"),
        Band.EDGE: _l("early or late"),
        Band.NIGHT: _l("night"),
    },
    ArrangementState: {
        ArrangementState.WAITING: _l("Waiting"),
        ArrangementState.RUNNING: _l("Being computed"),
        ArrangementState.READY: _l("Ready to be decided"),
        ArrangementState.FAILED: _l("No suggestion"),
        ArrangementState.ACCEPTED: _l("Accepted"),
        ArrangementState.DISMISSED: _l("Put aside"),
    },
    Hindrance: {
        Hindrance.NO_ROOM: _l("none of the chosen venues is of its kind and has enough places"),
        Hindrance.HOURS: _l("it is longer than the hours that are allowed"),
        Hindrance.AVAILABILITY: _l("those who take part are not available together at any allowed time"),
        Hindrance.VENUE_HOURS: _l("the venues are closed whenever its people could"),
        Hindrance.FIXED: _l("sessions that stay leave no time and venue for it and its people"),
        Hindrance.TOGETHER: _l("there is not enough room for it beside the other sessions that may move"),
    },
    ProfileConsent: {
        ProfileConsent.RECORDING: _l("Recording"),
        ProfileConsent.SLIDES: _l("Publication of slides"),
        ProfileConsent.PHOTO: _l("Photo"),
    },
    ProposalState: {
        ProposalState.OPEN: _l("waits for the organisers"),
        ProposalState.ACCEPTED: _l("accepted"),
        ProposalState.PARTLY: _l("accepted in part"),
        ProposalState.DECLINED: _l("not accepted"),
        ProposalState.REPLACED: _l("replaced by a later one"),
        ProposalState.WITHDRAWN: _l("withdrawn"),
    },
    Subject: {
        Subject.EVENT: _l("Event"),
        Subject.VENUE: _l("Venue"),
        Subject.TRACK: _l("Track"),
        Subject.KIND: _l("Kind of session"),
        Subject.PERSON: _l("Person"),
        Subject.ORGANISATION: _l("Organisation"),
        Subject.SESSION: _l("Session"),
        Subject.WARNING: _l("Warning"),
        Subject.RELEASE: _l("Release"),
        Subject.RUN_SHEET: _l("Run sheet"),
        Subject.RUN_SHEET_TEMPLATE: _l("Template of run sheets"),
        Subject.MATERIAL: _l("Slides or document"),
        Subject.LEARNINGS: _l("Key learnings"),
        Subject.ARCHIVE: _l("Archive"),
    },
    MaterialKind: {
        MaterialKind.SLIDES: _l("Slides"),
        MaterialKind.DOCUMENT: _l("Handout"),
    },
    Publication: {
        Publication.NEVER: _l("Never"),
        Publication.BEFORE: _l("Before the session"),
        Publication.DURING: _l("When the session begins"),
        Publication.AFTER: _l("After the session"),
    },
    FileFormat: {
        FileFormat.PDF: _l("PDF"),
        FileFormat.PPTX: _l("PowerPoint"),
        FileFormat.KEY: _l("Keynote"),
        FileFormat.ODP: _l("OpenDocument presentation"),
        FileFormat.PNG: _l("PNG picture"),
        FileFormat.JPEG: _l("JPEG picture"),
        FileFormat.WEBP: _l("WebP picture"),
    },
    Deed: {
        Deed.ADDED: _l("Added"),
        Deed.CHANGED: _l("Changed"),
        Deed.REMOVED: _l("Removed"),
        Deed.RESTORED: _l("Restored"),
        Deed.MERGED: _l("Merged"),
    },
    TextOf: {
        TextOf.EVENT: _l("Event"),
        TextOf.ORGANISER: _l("Host or supporter"),
        TextOf.VENUE: _l("Venue"),
        TextOf.TRACK: _l("Track"),
        TextOf.PERSON: _l("Person"),
        TextOf.ORGANISATION: _l("Organisation that runs sessions"),
        TextOf.SESSION: _l("Session"),
        TextOf.TALK: _l("Talk"),
    },
    Reason: {
        Reason.SAME_EMAIL: _l("same e-mail address"),
        Reason.SAME_NAME: _l("same name"),
        Reason.SAME_WORDS: _l("same words in another order"),
        Reason.SIMILAR: _l("similar name, same affiliation"),
    },
    AffiliationKind: {
        AffiliationKind.COMPANY: _l("Company"),
        AffiliationKind.LOCAL_GOVERNMENT: _l("Local government"),
        AffiliationKind.NATIONAL_GOVERNMENT: _l("National government"),
        AffiliationKind.UNIVERSITY: _l("University or research institute"),
        AffiliationKind.INTERNATIONAL_ORGANISATION: _l("International organisation"),
        AffiliationKind.NPO: _l("Non-profit organisation"),
        AffiliationKind.FINANCE: _l("Financial institution"),
        AffiliationKind.MEDIA: _l("Media"),
        AffiliationKind.OTHER: _l("Other"),
    },
    ConsentKind: {
        ConsentKind.PRIVACY_NOTICE: _l("Privacy notice"),
        ConsentKind.FUTURE_EVENTS: _l("News of future conferences"),
        ConsentKind.SHARE_WITH_PARTNERS: _l("Sharing with co-organisers"),
    },
    RegistrationState: {
        RegistrationState.ACTIVE: _l("Registered"),
        RegistrationState.CANCELLED: _l("Cancelled"),
    },
    Standing: {
        Standing.TOO_EARLY: _l("Not yet begun"),
        Standing.MISSING: _l("Missing"),
        Standing.DRAFT: _l("Draft"),
        Standing.SENT_BACK: _l("Sent back"),
        Standing.HANDED_IN: _l("Handed in"),
        Standing.APPROVED: _l("Approved"),
    },
    MailState: {
        MailState.DRAFT: _l("Draft"),
        MailState.QUEUED: _l("Queued"),
        MailState.SENDING: _l("Being sent"),
        MailState.SENT: _l("Sent"),
        MailState.FAILED: _l("Failed"),
        MailState.UNKNOWN: _l("Not known whether it arrived"),
        MailState.CANCELLED: _l("Cancelled"),
    },
    PresenceSource: {
        PresenceSource.CHECK_IN: _l("Check-in"),
        PresenceSource.JOIN_LINK: _l("Join link"),
        PresenceSource.REPORT: _l("Attendance report"),
        PresenceSource.BY_HAND: _l("Entered by hand"),
    },
    AccountRole: {
        AccountRole.ADMINISTRATOR: _l("Administrator"),
        AccountRole.ORGANISER: _l("Organiser"),
        AccountRole.REPORTER: _l("Reporter"),
        AccountRole.MODERATOR: _l("Moderator"),
        AccountRole.SPEAKER: _l("Speaker"),
    },
    Method: {
        Method.PASSWORD: _l("with a password"),
        Method.PASSKEY: _l("with a passkey"),
        Method.CODE: _l("with a code by mail"),
        Method.LINK: _l("with a link by mail"),
    },
}

# What fields of the history hold that is a word of a feature which the history does not know.
IN_HISTORY: dict[str, type[StrEnum]] = {"use": MaterialKind, "publication": Publication}

# How a role is called above several people who have it.
PLURALS: dict[str, LazyString] = {
    RoleKind.MODERATOR: _l("Moderators"),
    RoleKind.KEYNOTE: _l("Keynote speakers"),
    RoleKind.PANELIST: _l("Panellists"),
    RoleKind.SPEAKER: _l("Speakers"),
    RoleKind.REACTOR: _l("Reactors"),
    RoleKind.OPENING_REMARKS: _l("Opening remarks"),
    RoleKind.CLOSING_REMARKS: _l("Closing remarks"),
    RoleKind.INTERPRETER: _l("Interpreters"),
    RoleKind.MC: _l("Masters of ceremonies"),
}


def label(value: StrEnum, count: int = 1) -> str:
    """What the word is called in the language of the page; roles of several people have a plural.

    Raises `KeyError` for an enum or member that has no label yet.
    """
    if count > 1 and isinstance(value, RoleKind):
        return str(PLURALS[value])
    return str(LABELS[type(value)][value])


def labels_of(kind: type[Word]) -> dict[Word, Translated]:
    """Every member of the enum with its label in every interface language, whatever the language of the page."""
    texts: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        with force_locale(language):
            texts[language] = {member.value: str(LABELS[kind][member]) for member in kind}
    return {member: Translated({tag: texts[tag][member.value] for tag in LANGUAGES}) for member in kind}


def init_app(app: Flask) -> None:
    """Register the filter."""
    app.add_template_filter(label)
