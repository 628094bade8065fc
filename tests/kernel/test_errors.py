"""The few errors of the domain."""

from galerio_events.errors import ChangeConflict, Conflict, DomainError, Forbidden, ImportRefused, NotFound, Problem


def test_problems_say_the_line() -> None:
    refused = ImportRefused((Problem(3, "unknown key 'titel'"), Problem(0, "empty file")))
    assert str(refused) == "line 3: unknown key 'titel'; empty file"
    assert [problem.line for problem in refused.problems] == [3, 0]


def test_one_family() -> None:
    for error in (NotFound(), Forbidden(), ChangeConflict(Conflict.STALE), ImportRefused(())):
        assert isinstance(error, DomainError)
    assert ChangeConflict(Conflict.NOTHING_TO_RELEASE).reason is Conflict.NOTHING_TO_RELEASE
