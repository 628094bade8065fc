"""How long a sign-in lasts, and what it proves of the person behind it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# How long a sign-in lasts that a password or a passkey began: a working day.
WORKING_LASTS = timedelta(hours=12)
# How long one lasts that a code or a link from a mail began; it opens nothing but a person's own sessions.
OWN_LASTS = timedelta(days=30)
# For so long a password counts as just given, for what changes how the account is protected.
JUST_NOW = timedelta(minutes=30)
# A sign-in is not noted as seen more often than that: reading pages is not to write all the time.
SEEN_EVERY = timedelta(minutes=5)
# So many sign-ins of one account are kept; a further one ends the one that was seen longest ago.
MOST_SIGN_INS = 50


class Method(StrEnum):
    """How a sign-in began."""

    PASSWORD = "password"  # noqa: S105 the word, no secret
    PASSKEY = "passkey"
    CODE = "code"
    LINK = "link"


class Lack(StrEnum):
    """What a sign-in still has to prove before the roles of its account count."""

    PASSWORD = "password"  # noqa: S105 the word, no secret
    FACTOR = "factor"


@dataclass(frozen=True, slots=True)
class Proof:
    """When this sign-in has proved the password (or a passkey, which stands for both), and a second factor."""

    password_at: datetime | None = None
    factor_at: datetime | None = None


def lasts(method: Method) -> timedelta:
    """How long a sign-in of that kind lasts."""
    return WORKING_LASTS if method in {Method.PASSWORD, Method.PASSKEY} else OWN_LASTS


def lacks(proof: Proof, *, has_factor: bool, now: datetime) -> Lack | None:
    """What is missing before the account's roles count: the password, or the second factor that the account has."""
    if not _fresh(proof.password_at, WORKING_LASTS, now):
        return Lack.PASSWORD
    if has_factor and not _fresh(proof.factor_at, WORKING_LASTS, now):
        return Lack.FACTOR
    return None


def has_second_factor(proof: Proof, *, now: datetime) -> bool:
    """Whether this sign-in has proved a second factor, as some events require."""
    return _fresh(proof.password_at, WORKING_LASTS, now) and _fresh(proof.factor_at, WORKING_LASTS, now)


def just_proved(proof: Proof, *, now: datetime) -> bool:
    """Whether the password was given so recently that the protection of the account may be changed."""
    return _fresh(proof.password_at, JUST_NOW, now)


def _fresh(moment: datetime | None, lasting: timedelta, now: datetime) -> bool:
    return moment is not None and now < moment + lasting
