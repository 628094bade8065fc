"""What is said about invitations, and what mails about them are written with."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import abort, current_app
from flask_babel import gettext, lazy_gettext

from galerio_events.programme.domain import RoleKind, RoleState
from galerio_events.programme.domain.inviting import Act, Refusal
from galerio_events.programme.queries.inviting import Place, RoleRow
from galerio_events.programme.services.inviting import Writing
from galerio_events.web.labels import labels_of

_: Any = lazy_gettext

# Why nothing is sent or done, as organisers are told.
WHY: Mapping[Refusal, Any] = {
    Refusal.GONE: _("This role is not in the draft any more."),
    Refusal.OVER: _("The session is over."),
    Refusal.ALREADY_OPEN: _("Invited already; the answer is awaited."),
    Refusal.ALREADY_ACCEPTED: _("Has accepted already."),
    Refusal.ALREADY_DECLINED: _("Has declined already."),
    Refusal.WITHDRAWN: _("The invitation was withdrawn."),
    Refusal.REPLACED: _("Somebody else has this role now."),
    Refusal.NOT_OPEN: _("There is no open invitation."),
    Refusal.NOTHING_ASKED: _("There is nothing to decide (any more)."),
    Refusal.WISH_WAITS: _("First decide on what this person asks."),
    Refusal.TOO_LATE: _("The deadline has passed. Extend it first."),
    Refusal.TOO_SOON: _("Got a mail less than 20 hours ago."),
    Refusal.REMINDED_ENOUGH: _("Has had as many reminders as we send to one person."),
    Refusal.NO_ADDRESS: _("Has no e-mail address."),
    Refusal.NO_MAIL_WANTED: _("Has asked for no more mail."),
    Refusal.PERSON_LIMIT: _("Got as many mails within a day as we send to one person."),
    Refusal.EVENT_LIMIT: _("The event has sent as many invitations within an hour as it may. Try again later."),
    Refusal.DEADLINE: _("The deadline does not fit: it is too soon, or the session begins before it."),
    Refusal.LEFT_ALREADY: _("The mail has left already."),
}

# What was done to an invitation.
DONE: Mapping[Act, Any] = {
    Act.ACCEPT: _("Accepted by the person"),
    Act.DECLINE: _("Declined by the person"),
    Act.PROPOSE: _("The person proposes another time"),
    Act.INVITE: _("Invited"),
    Act.REMIND: _("Reminded"),
    Act.EXTEND: _("Deadline changed"),
    Act.WITHDRAW: _("Withdrawn"),
    Act.REPLACE: _("Replaced by somebody else"),
    Act.GRANT: _("Request granted"),
    Act.REFUSE: _("Request refused"),
    Act.NEW_LINK: _("New link sent"),
    Act.TAKE_BACK: _("Taken back before it left"),
}


def writing() -> Writing:
    """What mails about invitations are written with."""
    return Writing(str(current_app.config["SECRET_KEY"]), labels_of(RoleKind))


def release_note(row: RoleRow, published: Collection[tuple[str, str, str]]) -> str:
    """What the public sees of the role, where that is not yet what the draft says; the roles that the newest release
    has are `published`."""
    public = (row.session, row.person, row.role.value) in published
    stands = row.state is RoleState.CONFIRMED and row.scheduled
    if public and not stands:
        return gettext("Stands in the published programme until the next release.")
    if stands and not public:
        return gettext("Will be published with the next release.")
    return ""


def place_from(text: str) -> Place | None:
    """The role that `str(place)` names; None for anything else."""
    session, _colon, rest = text.partition(":")
    person, _colon, role = rest.partition(":")
    return Place(session, person, RoleKind(role)) if session and person and role in set(RoleKind) else None


def place_or_404(text: str) -> Place:
    """The role that an address names."""
    found = place_from(text)
    if found is None:
        abort(404)
    return found
