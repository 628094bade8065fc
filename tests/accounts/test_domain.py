"""Which passwords will do, and where a reader may be sent."""

import pytest

from galerio_events.accounts.domain import (
    PASSWORD_MAX,
    PASSWORD_MIN,
    PasswordFault,
    new_password,
    new_uniquifier,
    normal_password,
    password_fault,
    safe_next,
)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("correct horse battery", None),
        ("横浜みなとみらい二十一線", None),
        ("elevenchars", PasswordFault.TOO_SHORT),
        ("x" * (PASSWORD_MAX + 1), PasswordFault.TOO_LONG),
        ("abababababababab", PasswordFault.TOO_UNIFORM),
        ("yOkohama.staff 2022", PasswordFault.CONTAINS_ADDRESS),
    ],
)
def test_password_fault(password: str, fault: PasswordFault | None) -> None:
    assert password_fault(password, "Yokohama.Staff@example.org") == fault


def test_a_made_password_will_do_and_is_never_the_same() -> None:
    made = {new_password() for _ in range(50)}
    assert len(made) == 50
    assert {password_fault(password, "staff@example.org") for password in made} == {None}
    assert {len(password) for password in made} == {23}
    assert PASSWORD_MIN < 23
    assert len({new_uniquifier() for _ in range(50)}) == 50


def test_a_password_is_the_same_from_every_keyboard() -> None:
    assert normal_password("Ｐａｓｓ が") == normal_password("Pass か\u3099")


@pytest.mark.parametrize(
    "target",
    ["/en/organise", "/ja/organise/ascc11/programme?q=%E9%83%BD%E5%B8%82&show=", "/ja/organise/ascc11/outbox?page=2"],
)
def test_a_path_of_this_site_is_kept(target: str) -> None:
    assert safe_next(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "organise",
        "https://example.com/",
        "//example.com/",
        "///example.com/",
        "/\\example.com",
        "/%0d\\example.com",
        "\\\\example.com",
        "javascript:alert(1)",
        "/\texample.com",
        "/en/organise\r\nSet-Cookie: a=b",
        "/ /example.com",
        "/\u2028/example.com",
        "/en/sign-in",
        "/ja/sign-out",
        "/en/sign-in/?next=/en/sign-in",
        "/" + "a" * 2000,
    ],
)
def test_anything_else_is_dropped(target: str | None) -> None:
    assert safe_next(target) is None
