"""Who may do what: one enum, one table, one function."""

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    EVENT_READ = "event:read"
    EVENT_EDIT = "event:edit"
    PROGRAMME_READ = "programme:read"
    PROGRAMME_EDIT = "programme:edit"
    PROGRAMME_RELEASE = "programme:release"
    REGISTRATION_READ = "registration:read"
    REGISTRATION_EDIT = "registration:edit"
    SUMMARY_READ = "summary:read"
    OUTBOX_READ = "outbox:read"
    OUTBOX_SEND = "outbox:send"
    ACCOUNT_MANAGE = "account:manage"


class AccountRole(StrEnum):
    """What an account is, on one event or (granted without an event) on all of them."""

    ADMINISTRATOR = "administrator"
    ORGANISER = "organiser"
    REPORTER = "reporter"
    MODERATOR = "moderator"
    SPEAKER = "speaker"


_ORGANISER = frozenset(Permission) - {Permission.ACCOUNT_MANAGE}

GRANTS: dict[AccountRole, frozenset[Permission]] = {
    AccountRole.ADMINISTRATOR: frozenset(Permission),
    AccountRole.ORGANISER: _ORGANISER,
    AccountRole.REPORTER: frozenset({Permission.EVENT_READ, Permission.SUMMARY_READ}),
    AccountRole.MODERATOR: frozenset(),
    AccountRole.SPEAKER: frozenset(),
}

OWNERS_MAY: frozenset[Permission] = frozenset({Permission.REGISTRATION_READ, Permission.REGISTRATION_EDIT})


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever asks. `grants` holds (event id, role); an event id of None means every event.

    On the events of `barred` no role counts, because they require more of a sign-in than this one has proved.
    """

    account_id: int | None = None
    grants: frozenset[tuple[int | None, AccountRole]] = frozenset()
    barred: frozenset[int] = frozenset()


ANONYMOUS = Actor()


def can(actor: Actor, permission: Permission, *, event_id: int | None, owner_id: int | None = None) -> bool:
    """Whether the actor may do this on that event; an `event_id` of None asks for a right over all events."""
    if owner_id is not None and owner_id == actor.account_id and permission in OWNERS_MAY:
        return True
    return any(
        permission in GRANTS[role] and (granted_on is None or granted_on == event_id) and event_id not in actor.barred
        for granted_on, role in actor.grants
    )


def can_anywhere(actor: Actor, permission: Permission) -> bool:
    """Whether there is any event on which the actor may do this."""
    return any(permission in GRANTS[role] for _, role in actor.grants)
