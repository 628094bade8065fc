"""What may happen to an invitation and when.

Whether somebody takes part is said by the state of their role alone, which organisers can also change by hand, import
or restore; what an invitation says by itself is only how it was asked and answered. `standing` brings the two together,
and `after` is the only place that says what leads where.
"""

from datetime import datetime

from galerio_events.programme.domain import RoleState
from galerio_events.programme.domain.inviting.values import (
    LEAST_PAUSE,
    MOST_REMINDERS,
    Act,
    Asked,
    InvitationRefused,
    InvitationState,
    InvitationWish,
    Outcome,
    Refusal,
)

_SAME = {
    RoleState.INVITED: InvitationState.INVITED,
    RoleState.DECLINED: InvitationState.DECLINED,
    RoleState.WITHDRAWN: InvitationState.WITHDRAWN,
    RoleState.REPLACED: InvitationState.REPLACED,
}
_CLOSED = frozenset({InvitationState.WITHDRAWN, InvitationState.REPLACED})


def standing(asked: Asked) -> InvitationState | None:
    """How the invitation stands, considering what became of the role meanwhile; None where nobody was asked."""
    if asked.state is None:
        return None
    if asked.role is None or asked.role is RoleState.TO_BE_INVITED:
        return asked.state if asked.state in _CLOSED else InvitationState.WITHDRAWN
    if asked.role is RoleState.CONFIRMED:
        if asked.state is InvitationState.INVITED and asked.was_confirmed:
            return InvitationState.INVITED
        return InvitationState.WITHDRAWN if asked.state is InvitationState.WITHDRAWN else InvitationState.ACCEPTED
    return _SAME[asked.role]


def overdue(asked: Asked, *, now: datetime) -> bool:
    """Whether the deadline has passed without an answer; a wish is one, which the organisers have to decide."""
    return standing(asked) is InvitationState.INVITED and asked.wish is None and not asked.open_at(now)


def after(asked: Asked, act: Act, *, now: datetime) -> Outcome:
    """What `act` leads to. Raises `InvitationRefused` with the reason for which it cannot be done.

    Answers count by themselves until the deadline, and a change of mind with them. After it, and for a published
    programme, a change that others have to put up with becomes a wish that the organisers decide; to decline what was
    never accepted is always possible.
    """
    if asked.role is None:
        raise InvitationRefused(Refusal.GONE)
    if now >= asked.ends_at and act not in {Act.WITHDRAW, Act.REPLACE, Act.REFUSE}:
        raise InvitationRefused(Refusal.OVER)
    return _RULES[act](asked, asked.role, standing(asked), now)


def _answerable(state: InvitationState | None) -> InvitationState:
    """The state, where the person may say something."""
    if state is None:
        raise InvitationRefused(Refusal.GONE)
    if state in _CLOSED:
        raise InvitationRefused(Refusal(state.value))
    return state


def _accept(asked: Asked, role: RoleState, state: InvitationState | None, now: datetime) -> Outcome:
    state = _answerable(state)
    if state is InvitationState.ACCEPTED:
        if asked.wish is None:
            raise InvitationRefused(Refusal.ALREADY_ACCEPTED)
        return Outcome(state, role)
    if asked.open_at(now):
        return Outcome(InvitationState.ACCEPTED, RoleState.CONFIRMED)
    if asked.wish is InvitationWish.ACCEPT_LATE:
        raise InvitationRefused(Refusal.WISH_WAITS)
    return Outcome(state, role, InvitationWish.ACCEPT_LATE)


def _decline(asked: Asked, role: RoleState, state: InvitationState | None, now: datetime) -> Outcome:
    state = _answerable(state)
    if state is InvitationState.DECLINED:
        if asked.wish is None:
            raise InvitationRefused(Refusal.ALREADY_DECLINED)
        return Outcome(state, role)
    if state is InvitationState.ACCEPTED and (asked.published or not asked.open_at(now)):
        if asked.wish is InvitationWish.LEAVE:
            raise InvitationRefused(Refusal.WISH_WAITS)
        return Outcome(state, role, InvitationWish.LEAVE)
    return Outcome(InvitationState.DECLINED, RoleState.DECLINED)


def _propose(_asked: Asked, role: RoleState, state: InvitationState | None, _now: datetime) -> Outcome:
    if _answerable(state) is not InvitationState.INVITED:
        raise InvitationRefused(Refusal.NOT_OPEN)
    return Outcome(InvitationState.INVITED, role, InvitationWish.OTHER_TIME)


def _invite(asked: Asked, role: RoleState, state: InvitationState | None, _now: datetime) -> Outcome:
    if role is RoleState.REPLACED:
        raise InvitationRefused(Refusal.REPLACED)
    if state is InvitationState.INVITED:
        raise InvitationRefused(Refusal.ALREADY_OPEN)
    if state is InvitationState.ACCEPTED and not asked.moved:
        raise InvitationRefused(Refusal.ALREADY_ACCEPTED)
    kept = role if role is RoleState.CONFIRMED else RoleState.INVITED
    return Outcome(InvitationState.INVITED, kept)


def _open(state: InvitationState | None) -> None:
    if state is not InvitationState.INVITED:
        raise InvitationRefused(Refusal.NOT_OPEN)


def _remind(asked: Asked, role: RoleState, state: InvitationState | None, now: datetime) -> Outcome:
    _open(state)
    if asked.wish is not None:
        raise InvitationRefused(Refusal.WISH_WAITS)
    if not asked.open_at(now):
        raise InvitationRefused(Refusal.TOO_LATE)
    if asked.reminders >= MOST_REMINDERS:
        raise InvitationRefused(Refusal.REMINDED_ENOUGH)
    if asked.last_mail_at is not None and now < asked.last_mail_at + LEAST_PAUSE:
        raise InvitationRefused(Refusal.TOO_SOON)
    return Outcome(InvitationState.INVITED, role)


def _extend(asked: Asked, role: RoleState, state: InvitationState | None, _now: datetime) -> Outcome:
    _open(state)
    return Outcome(InvitationState.INVITED, role, asked.wish)


def _withdraw(_asked: Asked, role: RoleState, state: InvitationState | None, _now: datetime) -> Outcome:
    if state not in {InvitationState.INVITED, InvitationState.ACCEPTED}:
        raise InvitationRefused(Refusal.NOT_OPEN)
    # Who was confirmed before the question stays so when nobody asks any more.
    asked_again = state is InvitationState.INVITED and role is RoleState.CONFIRMED
    return Outcome(InvitationState.WITHDRAWN, role if asked_again else RoleState.WITHDRAWN)


def _replace(_asked: Asked, role: RoleState, _state: InvitationState | None, _now: datetime) -> Outcome:
    if role is RoleState.REPLACED:
        raise InvitationRefused(Refusal.REPLACED)
    return Outcome(InvitationState.REPLACED, RoleState.REPLACED)


def _grant(asked: Asked, _role: RoleState, _state: InvitationState | None, _now: datetime) -> Outcome:
    if asked.wish is None:
        raise InvitationRefused(Refusal.NOTHING_ASKED)
    if asked.wish is InvitationWish.LEAVE:
        return Outcome(InvitationState.DECLINED, RoleState.DECLINED)
    return Outcome(InvitationState.ACCEPTED, RoleState.CONFIRMED)


def _refuse(asked: Asked, role: RoleState, state: InvitationState | None, _now: datetime) -> Outcome:
    if asked.wish is None or state is None:
        raise InvitationRefused(Refusal.NOTHING_ASKED)
    return Outcome(state, role)


def _renew(asked: Asked, role: RoleState, state: InvitationState | None, _now: datetime) -> Outcome:
    return Outcome(_answerable(state), role, asked.wish)


def _take_back(_asked: Asked, role: RoleState, state: InvitationState | None, _now: datetime) -> Outcome:
    _open(state)
    return Outcome(InvitationState.WITHDRAWN, role)


_RULES = {
    Act.ACCEPT: _accept,
    Act.DECLINE: _decline,
    Act.PROPOSE: _propose,
    Act.INVITE: _invite,
    Act.REMIND: _remind,
    Act.EXTEND: _extend,
    Act.WITHDRAW: _withdraw,
    Act.REPLACE: _replace,
    Act.GRANT: _grant,
    Act.REFUSE: _refuse,
    Act.NEW_LINK: _renew,
    Act.TAKE_BACK: _take_back,
}


def possible(asked: Asked, act: Act, *, now: datetime) -> bool:
    """Whether that can be done now."""
    try:
        after(asked, act, now=now)
    except InvitationRefused:
        return False
    return True
