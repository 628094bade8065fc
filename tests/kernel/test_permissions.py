"""Who may do what, as a table."""

import pytest

from galerio_events.permissions import ANONYMOUS, GRANTS, OWNERS_MAY, AccountRole, Actor, Permission, can, can_anywhere

HERE, ELSEWHERE = 1, 2

# Every role, and all that it may do; a new permission has to be put here on purpose.
EXPECTED = {
    AccountRole.ADMINISTRATOR: {
        "event:read",
        "event:edit",
        "programme:read",
        "programme:edit",
        "programme:release",
        "registration:read",
        "registration:edit",
        "summary:read",
        "outbox:read",
        "outbox:send",
        "account:manage",
    },
    AccountRole.ORGANISER: {
        "event:read",
        "event:edit",
        "programme:read",
        "programme:edit",
        "programme:release",
        "registration:read",
        "registration:edit",
        "summary:read",
        "outbox:read",
        "outbox:send",
    },
    AccountRole.REPORTER: {"event:read", "summary:read"},
    AccountRole.MODERATOR: set(),
    AccountRole.SPEAKER: set(),
}


def holder(role: AccountRole, event_id: int | None = HERE) -> Actor:
    return Actor(7, frozenset({(event_id, role)}))


@pytest.mark.parametrize("role", AccountRole)
def test_what_each_role_may(role: AccountRole) -> None:
    assert {p.value for p in Permission if can(holder(role), p, event_id=HERE)} == EXPECTED[role]
    assert {p.value for p in Permission if can_anywhere(holder(role), p)} == EXPECTED[role]
    assert set(GRANTS) == set(AccountRole)


@pytest.mark.parametrize("role", AccountRole)
@pytest.mark.parametrize("permission", Permission)
def test_a_role_ends_at_its_event(role: AccountRole, permission: Permission) -> None:
    assert not can(holder(role), permission, event_id=ELSEWHERE)
    assert not can(holder(role), permission, event_id=None)
    everywhere = permission.value in EXPECTED[role]
    assert can(holder(role, None), permission, event_id=ELSEWHERE) is everywhere
    assert can(holder(role, None), permission, event_id=None) is everywhere


@pytest.mark.parametrize("permission", Permission)
def test_nobody_may_nothing(permission: Permission) -> None:
    assert not can(ANONYMOUS, permission, event_id=HERE)
    assert not can(ANONYMOUS, permission, event_id=HERE, owner_id=None)
    assert not can_anywhere(ANONYMOUS, permission)


@pytest.mark.parametrize("permission", Permission)
def test_owners(permission: Permission) -> None:
    owner = Actor(7)
    assert can(owner, permission, event_id=HERE, owner_id=7) is (permission in OWNERS_MAY)
    assert not can(owner, permission, event_id=HERE, owner_id=8)
    assert not can(ANONYMOUS, permission, event_id=HERE, owner_id=7)


def test_roles_add_up() -> None:
    both = Actor(7, frozenset({(HERE, AccountRole.REPORTER), (ELSEWHERE, AccountRole.ORGANISER)}))
    assert can(both, Permission.SUMMARY_READ, event_id=HERE)
    assert not can(both, Permission.PROGRAMME_EDIT, event_id=HERE)
    assert can(both, Permission.PROGRAMME_EDIT, event_id=ELSEWHERE)
