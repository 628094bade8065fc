"""How often questions and votes may come from one registrant, and from one network address, behind which may be the
whole audience of a hall."""

from flask import g

from galerio_events.extensions import limiter


def _registrant() -> str:
    return f"registrant {g.questions_registrant}"


def count_question(registration_id: int) -> None:
    """Raises `RateLimitExceeded` where too many questions have come."""
    g.questions_registrant = registration_id
    _question()


def count_vote(registration_id: int) -> None:
    """Raises `RateLimitExceeded` where too many votes have come."""
    g.questions_registrant = registration_id
    _vote()


@limiter.limit("5 per 5 minutes; 30 per day", key_func=_registrant)
@limiter.limit("300 per 10 minutes")
def _question() -> None:
    pass


@limiter.limit("60 per minute; 1000 per day", key_func=_registrant)
@limiter.limit("3000 per 5 minutes")
def _vote() -> None:
    pass
