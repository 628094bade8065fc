"""What may happen to an invitation, and how much mail invitations may make. No database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from galerio_events.programme.domain import RoleState
from galerio_events.programme.domain.inviting import (
    LEAST_PAUSE,
    MOST_A_DAY,
    MOST_AN_HOUR,
    MOST_REMINDERS,
    Act,
    Asked,
    DeadlineProblem,
    InvitationRefused,
    InvitationState,
    InvitationWish,
    Limits,
    Outcome,
    Refusal,
    address_in,
    after,
    deadline_problem,
    mail_language,
    mail_refusal,
    next_reminder,
    overdue,
    possible,
    standing,
    tally,
)
from tests.support.builders import NOW

DAY = timedelta(days=1)
State, Role, Wish = InvitationState, RoleState, InvitationWish

NEW = Asked(None, Role.TO_BE_INVITED, ends_at=NOW + 50 * DAY)
OPEN = replace(NEW, state=State.INVITED, role=Role.INVITED, deadline_at=NOW + 14 * DAY)
CONFIRM = replace(OPEN, role=Role.CONFIRMED, was_confirmed=True)
ACCEPTED = replace(OPEN, state=State.ACCEPTED, role=Role.CONFIRMED)
DECLINED = replace(OPEN, state=State.DECLINED, role=Role.DECLINED)
WITHDRAWN = replace(OPEN, state=State.WITHDRAWN, role=Role.WITHDRAWN)
REPLACED = replace(OPEN, state=State.REPLACED, role=Role.REPLACED)


def late(asked: Asked) -> Asked:
    return replace(asked, deadline_at=NOW)


def led(asked: Asked, act: Act) -> Outcome | Refusal:
    try:
        return after(asked, act, now=NOW)
    except InvitationRefused as refused:
        return refused.reason


@pytest.mark.parametrize(
    ("asked", "act", "outcome"),
    [
        # Asking.
        (NEW, Act.INVITE, Outcome(State.INVITED, Role.INVITED)),
        (replace(NEW, role=Role.INVITED), Act.INVITE, Outcome(State.INVITED, Role.INVITED)),
        (replace(NEW, role=Role.CONFIRMED), Act.INVITE, Outcome(State.INVITED, Role.CONFIRMED)),
        (DECLINED, Act.INVITE, Outcome(State.INVITED, Role.INVITED)),
        (WITHDRAWN, Act.INVITE, Outcome(State.INVITED, Role.INVITED)),
        (OPEN, Act.INVITE, Refusal.ALREADY_OPEN),
        (ACCEPTED, Act.INVITE, Refusal.ALREADY_ACCEPTED),
        (REPLACED, Act.INVITE, Refusal.REPLACED),
        (replace(NEW, role=None), Act.INVITE, Refusal.GONE),
        (replace(NEW, ends_at=NOW), Act.INVITE, Refusal.OVER),
        # Accepting, and changing one's mind.
        (OPEN, Act.ACCEPT, Outcome(State.ACCEPTED, Role.CONFIRMED)),
        (CONFIRM, Act.ACCEPT, Outcome(State.ACCEPTED, Role.CONFIRMED)),
        (DECLINED, Act.ACCEPT, Outcome(State.ACCEPTED, Role.CONFIRMED)),
        (ACCEPTED, Act.ACCEPT, Refusal.ALREADY_ACCEPTED),
        (late(OPEN), Act.ACCEPT, Outcome(State.INVITED, Role.INVITED, Wish.ACCEPT_LATE)),
        (late(DECLINED), Act.ACCEPT, Outcome(State.DECLINED, Role.DECLINED, Wish.ACCEPT_LATE)),
        (replace(late(OPEN), wish=Wish.ACCEPT_LATE), Act.ACCEPT, Refusal.WISH_WAITS),
        (replace(ACCEPTED, wish=Wish.LEAVE), Act.ACCEPT, Outcome(State.ACCEPTED, Role.CONFIRMED)),
        (WITHDRAWN, Act.ACCEPT, Refusal.WITHDRAWN),
        (REPLACED, Act.ACCEPT, Refusal.REPLACED),
        (replace(OPEN, ends_at=NOW), Act.ACCEPT, Refusal.OVER),
        (replace(OPEN, role=None), Act.ACCEPT, Refusal.GONE),
        (NEW, Act.ACCEPT, Refusal.GONE),
        # Declining.
        (OPEN, Act.DECLINE, Outcome(State.DECLINED, Role.DECLINED)),
        (late(OPEN), Act.DECLINE, Outcome(State.DECLINED, Role.DECLINED)),
        (CONFIRM, Act.DECLINE, Outcome(State.DECLINED, Role.DECLINED)),
        (replace(CONFIRM, published=True), Act.DECLINE, Outcome(State.DECLINED, Role.DECLINED)),
        (ACCEPTED, Act.DECLINE, Outcome(State.DECLINED, Role.DECLINED)),
        (late(ACCEPTED), Act.DECLINE, Outcome(State.ACCEPTED, Role.CONFIRMED, Wish.LEAVE)),
        (replace(ACCEPTED, published=True), Act.DECLINE, Outcome(State.ACCEPTED, Role.CONFIRMED, Wish.LEAVE)),
        (replace(late(ACCEPTED), wish=Wish.LEAVE), Act.DECLINE, Refusal.WISH_WAITS),
        (replace(late(DECLINED), wish=Wish.ACCEPT_LATE), Act.DECLINE, Outcome(State.DECLINED, Role.DECLINED)),
        (DECLINED, Act.DECLINE, Refusal.ALREADY_DECLINED),
        (WITHDRAWN, Act.DECLINE, Refusal.WITHDRAWN),
        # Another time.
        (OPEN, Act.PROPOSE, Outcome(State.INVITED, Role.INVITED, Wish.OTHER_TIME)),
        (CONFIRM, Act.PROPOSE, Outcome(State.INVITED, Role.CONFIRMED, Wish.OTHER_TIME)),
        (late(OPEN), Act.PROPOSE, Outcome(State.INVITED, Role.INVITED, Wish.OTHER_TIME)),
        (ACCEPTED, Act.PROPOSE, Refusal.NOT_OPEN),
        (DECLINED, Act.PROPOSE, Refusal.NOT_OPEN),
        # Reminding and waiting longer.
        (OPEN, Act.REMIND, Outcome(State.INVITED, Role.INVITED)),
        (late(OPEN), Act.REMIND, Refusal.TOO_LATE),
        (ACCEPTED, Act.REMIND, Refusal.NOT_OPEN),
        (NEW, Act.REMIND, Refusal.NOT_OPEN),
        (replace(OPEN, wish=Wish.OTHER_TIME), Act.REMIND, Refusal.WISH_WAITS),
        (replace(OPEN, reminders=MOST_REMINDERS), Act.REMIND, Refusal.REMINDED_ENOUGH),
        (replace(OPEN, last_mail_at=NOW - LEAST_PAUSE + timedelta(seconds=1)), Act.REMIND, Refusal.TOO_SOON),
        (replace(OPEN, last_mail_at=NOW - LEAST_PAUSE), Act.REMIND, Outcome(State.INVITED, Role.INVITED)),
        (late(OPEN), Act.EXTEND, Outcome(State.INVITED, Role.INVITED)),
        (replace(OPEN, wish=Wish.OTHER_TIME), Act.EXTEND, Outcome(State.INVITED, Role.INVITED, Wish.OTHER_TIME)),
        (DECLINED, Act.EXTEND, Refusal.NOT_OPEN),
        # Withdrawing and replacing.
        (OPEN, Act.WITHDRAW, Outcome(State.WITHDRAWN, Role.WITHDRAWN)),
        (ACCEPTED, Act.WITHDRAW, Outcome(State.WITHDRAWN, Role.WITHDRAWN)),
        (CONFIRM, Act.WITHDRAW, Outcome(State.WITHDRAWN, Role.CONFIRMED)),
        (DECLINED, Act.WITHDRAW, Refusal.NOT_OPEN),
        (replace(OPEN, ends_at=NOW), Act.WITHDRAW, Outcome(State.WITHDRAWN, Role.WITHDRAWN)),
        (DECLINED, Act.REPLACE, Outcome(State.REPLACED, Role.REPLACED)),
        (NEW, Act.REPLACE, Outcome(State.REPLACED, Role.REPLACED)),
        (REPLACED, Act.REPLACE, Refusal.REPLACED),
        # Deciding.
        (replace(OPEN, wish=Wish.OTHER_TIME), Act.GRANT, Outcome(State.ACCEPTED, Role.CONFIRMED)),
        (replace(late(OPEN), wish=Wish.ACCEPT_LATE), Act.GRANT, Outcome(State.ACCEPTED, Role.CONFIRMED)),
        (replace(ACCEPTED, wish=Wish.LEAVE), Act.GRANT, Outcome(State.DECLINED, Role.DECLINED)),
        (OPEN, Act.GRANT, Refusal.NOTHING_ASKED),
        (replace(OPEN, wish=Wish.OTHER_TIME), Act.REFUSE, Outcome(State.INVITED, Role.INVITED)),
        (replace(ACCEPTED, wish=Wish.LEAVE), Act.REFUSE, Outcome(State.ACCEPTED, Role.CONFIRMED)),
        (ACCEPTED, Act.REFUSE, Refusal.NOTHING_ASKED),
        # The link, and what was sent too soon.
        (OPEN, Act.NEW_LINK, Outcome(State.INVITED, Role.INVITED)),
        (ACCEPTED, Act.NEW_LINK, Outcome(State.ACCEPTED, Role.CONFIRMED)),
        (WITHDRAWN, Act.NEW_LINK, Refusal.WITHDRAWN),
        (OPEN, Act.TAKE_BACK, Outcome(State.WITHDRAWN, Role.INVITED)),
        (ACCEPTED, Act.TAKE_BACK, Refusal.NOT_OPEN),
    ],
)  # fmt: skip
def test_what_leads_where(asked: Asked, act: Act, outcome: Outcome | Refusal) -> None:
    assert led(asked, act) == outcome
    assert possible(asked, act, now=NOW) == isinstance(outcome, Outcome)


@pytest.mark.parametrize(
    ("state", "role", "was_confirmed", "stands"),
    [
        (None, Role.INVITED, False, None),
        (State.INVITED, Role.INVITED, False, State.INVITED),
        # By hand, in a file, or by undoing, the role came to something else.
        (State.INVITED, Role.CONFIRMED, False, State.ACCEPTED),
        (State.INVITED, Role.CONFIRMED, True, State.INVITED),
        (State.INVITED, Role.DECLINED, False, State.DECLINED),
        (State.INVITED, Role.WITHDRAWN, False, State.WITHDRAWN),
        (State.INVITED, Role.REPLACED, True, State.REPLACED),
        (State.INVITED, Role.TO_BE_INVITED, False, State.WITHDRAWN),
        (State.INVITED, None, False, State.WITHDRAWN),
        (State.ACCEPTED, None, False, State.WITHDRAWN),
        (State.REPLACED, None, False, State.REPLACED),
        (State.ACCEPTED, Role.INVITED, False, State.INVITED),
        (State.ACCEPTED, Role.DECLINED, False, State.DECLINED),
        (State.DECLINED, Role.CONFIRMED, True, State.ACCEPTED),
        (State.WITHDRAWN, Role.CONFIRMED, True, State.WITHDRAWN),
    ],
)
def test_the_role_has_the_last_word(
    state: State | None, role: Role | None, was_confirmed: bool, stands: State | None
) -> None:
    assert standing(replace(OPEN, state=state, role=role, was_confirmed=was_confirmed)) is stands


def test_overdue_is_who_has_not_answered_in_time() -> None:
    assert [overdue(each, now=NOW) for each in (OPEN, late(OPEN), late(CONFIRM), late(ACCEPTED), NEW)] == [
        False, True, True, False, False,
    ]  # fmt: skip
    # Who wants another time, or accepted too late, has answered: that is to be decided.
    for wish in (InvitationWish.OTHER_TIME, InvitationWish.ACCEPT_LATE):
        assert not overdue(replace(late(OPEN), wish=wish), now=NOW)


@pytest.mark.parametrize(
    ("address", "unwanted", "lately", "why"),
    [
        ("a@example.org", False, Limits(0, 0), None),
        ("a@example.org", False, Limits(MOST_A_DAY - 1, MOST_AN_HOUR - 1), None),
        (None, False, Limits(0, 0), Refusal.NO_ADDRESS),
        ("", True, Limits(0, 0), Refusal.NO_ADDRESS),
        ("a@example.org", True, Limits(0, 0), Refusal.NO_MAIL_WANTED),
        ("a@example.org", False, Limits(MOST_A_DAY, 0), Refusal.PERSON_LIMIT),
        ("a@example.org", False, Limits(0, MOST_AN_HOUR), Refusal.EVENT_LIMIT),
    ],
)
def test_who_may_be_written_to(address: str | None, unwanted: bool, lately: Limits, why: Refusal | None) -> None:
    assert mail_refusal(address, unwanted=unwanted, lately=lately) is why


@pytest.mark.parametrize(
    ("deadline", "sent", "automatic", "last", "wanted"),
    [
        (14 * DAY, 0, 0, 0 * DAY, 7 * DAY),
        (14 * DAY, 1, 1, 7 * DAY, 12 * DAY),
        (14 * DAY, 2, 2, 12 * DAY, None),
        (14 * DAY, 4, 0, 3 * DAY, None),
        # A reminder by hand the day before makes the automatic one needless.
        (14 * DAY, 1, 0, 6.5 * DAY, 12 * DAY),
        (5 * DAY, 0, 0, 0 * DAY, 3 * DAY),
        (2 * DAY, 0, 0, 0 * DAY, None),
    ],
)
def test_when_the_next_reminder_leaves(
    deadline: timedelta, sent: int, automatic: int, last: timedelta, wanted: timedelta | None
) -> None:
    moment = next_reminder(NOW, NOW + deadline, sent=sent, last_mail_at=NOW + last, automatic=automatic)
    assert moment == (None if wanted is None else NOW + wanted)


@pytest.mark.parametrize(
    ("deadline", "starts", "problem"),
    [
        (DAY, 2 * DAY, None),
        (2 * DAY, 2 * DAY, None),
        (timedelta(hours=1), None, None),
        (timedelta(minutes=59), None, DeadlineProblem.TOO_SOON),
        (-DAY, 2 * DAY, DeadlineProblem.TOO_SOON),
        (366 * DAY, None, DeadlineProblem.TOO_LATE),
        (3 * DAY, 2 * DAY, DeadlineProblem.AFTER_START),
    ],
)
def test_deadlines(deadline: timedelta, starts: timedelta | None, problem: DeadlineProblem | None) -> None:
    starts_at = None if starts is None else NOW + starts
    assert deadline_problem(NOW + deadline, now=NOW, starts_at=starts_at) is problem


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See you at 3 p.m. on Friday, e.g. in Room 1.5.", ""),
        ("打ち合わせは11月中旬です。よろしくお願いします。", ""),
        ("Please come.We wait.", ""),
        ("look at https://evil.example/x", "://"),
        ("go to www.evil.example", "www."),
        ("write to mallory@evil.example", "mallory@evil.example"),
        ("こちらへevil.example.com/aをどうぞ", "evil.example.com"),
        ("SEE EVIL.EXAMPLE NOW", "EVIL.EXAMPLE"),
        ("mailto:x", "mailto:"),
    ],
)
def test_notes_lead_nowhere(text: str, found: str) -> None:
    assert address_in(text) == found


@pytest.mark.parametrize(
    ("language", "country", "spoken", "chosen"),
    [
        ("en", "JP", ("ja", "en"), "en"),
        (None, "JP", ("ja", "en"), "ja"),
        (None, "TH", ("ja", "en"), "en"),
        ("th", None, ("ja", "en"), "en"),
        (None, "TH", ("ja",), "ja"),
        (None, "JP", (), "ja"),
    ],
)
def test_the_language_of_the_mail(
    language: str | None, country: str | None, spoken: tuple[str, ...], chosen: str
) -> None:
    assert mail_language(language, country, spoken) == chosen


def test_who_was_replaced_is_not_counted_as_wanted() -> None:
    counted = tally([Role.CONFIRMED, Role.CONFIRMED, Role.DECLINED, Role.REPLACED, Role.INVITED])
    assert (counted.confirmed, counted.total) == (2, 4)
