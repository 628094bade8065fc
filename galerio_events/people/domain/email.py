"""What is an e-mail address, and how it is written."""

from enum import StrEnum

from email_validator import EmailNotValidError, validate_email

from galerio_events.text import one_line

EMAIL_LENGTH = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets

# What Japanese keyboards produce in place of ASCII: the full-width forms, and the ideographic full stop.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3002: ".", 0xFF61: "."}
# Endings that no domain can have and fingers often type.
_NO_ENDINGS = frozenset({"con", "cmo", "ocm", "comm", "ogr", "nte", "jpp"})


class EmailProblem(StrEnum):
    """What is wrong with something typed as an e-mail address."""

    NOT_ONE = "not_one"
    MISTYPED_ENDING = "mistyped_ending"
    TOO_LONG = "too_long"


class BadEmail(ValueError):
    """Not an address that mail could be sent to."""

    def __init__(self, problem: EmailProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def normal_email(typed: str) -> str:
    """The address as mail is sent to it: full-width characters narrowed, the domain in its Unicode form.

    Internationalised addresses (RFC 6531) and `+` addresses are fine; no name server is asked.
    Raises `BadEmail`.
    """
    address = one_line(typed).translate(_NARROW)
    if len(address) > EMAIL_LENGTH:
        raise BadEmail(EmailProblem.TOO_LONG)
    try:
        found = validate_email(address, check_deliverability=False, strict=True)
    except EmailNotValidError:
        raise BadEmail(EmailProblem.NOT_ONE) from None
    if found.ascii_domain.rsplit(".", 1)[-1].lower() in _NO_ENDINGS:
        raise BadEmail(EmailProblem.MISTYPED_ENDING)
    return found.normalized
