"""The rules of second factors, sealed secrets and sign-ins, by themselves."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from galerio_events.accounts.domain import Lack, Proof, lacks, recovery, safe_next, sealing, totp
from galerio_events.accounts.domain.codes import address_of, masked, typed_code
from galerio_events.accounts.domain.passkeys import credential_id_of, registered, site_of
from galerio_events.accounts.domain.sign_ins import has_second_factor, just_proved
from galerio_events.text import private_digits

NOW = datetime(2022, 11, 25, tzinfo=UTC)
SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    # RFC 6238, appendix B: the last six of the eight digits.
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
     (20000000000, "353130")],
)  # fmt: skip
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert totp.code_at(SECRET, totp.step_at(moment)) == code
    assert totp.accepted_step(SECRET, code, now=moment, after=0) == seconds // 30


def test_a_clock_may_be_wrong_by_one_step_and_a_step_counts_once() -> None:
    step = totp.step_at(NOW)
    accepted = [totp.accepted_step(SECRET, totp.code_at(SECRET, step + by), now=NOW, after=0) for by in range(-2, 3)]
    assert accepted == [None, step - 1, step, step + 1, None]
    assert totp.accepted_step(SECRET, totp.code_at(SECRET, step), now=NOW, after=step) is None
    assert totp.accepted_step(SECRET, "", now=NOW, after=0) is None


def test_an_app_reads_the_address() -> None:
    assert totp.address("ABC", "a+b@example.org", "スマート") == (
        "otpauth://totp/%E3%82%B9%E3%83%9E%E3%83%BC%E3%83%88:a%2Bb@example.org"
        "?secret=ABC&issuer=%E3%82%B9%E3%83%9E%E3%83%BC%E3%83%88&digits=6&period=30"
    )
    assert len(base64.b32decode(totp.new_secret())) == 20
    assert totp.in_groups("ABCDEFGHIJ") == "ABCD EFGH IJ"


def test_recovery_codes_are_read_as_people_copy_them() -> None:
    made = recovery.new_codes()
    assert len(set(made)) == 10
    code = made[0]
    for copied in (code, code.upper(), code.replace("-", ""), f" {code.replace('-', '–')}\n"):
        assert recovery.code_hash("key", 1, copied) == recovery.code_hash("key", 1, code)
    assert recovery.code_hash("key", 2, code) != recovery.code_hash("key", 1, code)
    assert [recovery.typed_code(text) for text in ("", "abcd-abcd-abc", "abcd-abcd-abc1", "あ" * 12)] == [""] * 4


def test_what_is_sealed_is_opened_for_its_purpose_only() -> None:
    sealed = sealing.seal("key", "one", "secret")
    assert sealing.unseal("key", "one", sealed) == "secret"
    assert sealing.unseal("key", "one", sealed, seconds=60) == "secret"
    assert [
        sealing.unseal(*args) for args in (("key", "two", sealed), ("kez", "one", sealed), ("key", "one", "é"))
    ] == ([None] * 3)


@pytest.mark.parametrize(
    ("password", "factor", "has", "lack"),
    [
        (None, None, False, Lack.PASSWORD),
        (None, 1, True, Lack.PASSWORD),
        (1, None, False, None),
        (1, None, True, Lack.FACTOR),
        (1, 1, True, None),
        (12, 1, True, Lack.PASSWORD),
        (1, 12, True, Lack.FACTOR),
    ],
)
def test_what_a_sign_in_lacks(password: int | None, factor: int | None, has: bool, lack: Lack | None) -> None:
    ago = [None if hours is None else NOW - timedelta(hours=hours) for hours in (password, factor)]
    assert lacks(Proof(*ago), has_factor=has, now=NOW) == lack


def test_what_is_proved_grows_old() -> None:
    proof = Proof(NOW - timedelta(minutes=29), NOW)
    assert (just_proved(proof, now=NOW), just_proved(proof, now=NOW + timedelta(minutes=1))) == (True, False)
    assert (has_second_factor(proof, now=NOW), has_second_factor(Proof(None, NOW), now=NOW)) == (True, False)


def test_digits_belong_to_key_purpose_and_nonce() -> None:
    made = [private_digits(*of) for of in (("k", "p", "n"), ("l", "p", "n"), ("k", "q", "n"), ("k", "p", "m"))]
    assert len(set(made)) == 4
    assert {(len(code), code.isdecimal()) for code in made} == {(8, True)}
    assert typed_code(f"{made[0][:4]} {made[0][4:]}") == made[0]


def test_addresses() -> None:
    assert address_of(" Mod@Example.ORG ") == "mod@example.org"
    assert address_of("user@横浜.jp") == "user@横浜.jp"
    assert [address_of(text) for text in ("", "a", "a@b", "a@.org", "a@b..org", "a b@c.org")] == [None] * 6
    assert masked("moderator@example.org") == "m•••@e•••.org"


def test_passkeys_need_a_site_and_an_answer() -> None:
    site = site_of("https://asc.example.org:8443/sub", "ASCC")
    assert (site.origin, site.host) == ("https://asc.example.org:8443", "asc.example.org")
    assert [registered(site, text, b"x") for text in ("", "{}", "[]")] == [None] * 3
    assert [credential_id_of(text) for text in ("", "{}", "null")] == [None] * 3


@pytest.mark.parametrize("target", ["/en/sign-in/password", "/ja/sign-in/link/x", "/ja/sign-out/"])
def test_nobody_is_led_back_to_signing_in(target: str) -> None:
    assert safe_next(target) is None
    assert safe_next("/en/organise/ascc11/sign-in") == "/en/organise/ascc11/sign-in"
