"""What the pages tell a browser of passkeys, and the challenge that they keep in its signed cookie meanwhile."""

import base64
import json
import secrets
from collections.abc import Sequence
from datetime import timedelta

from flask import session

from galerio_events import clock
from galerio_events.accounts.domain.passkeys import registration_options
from galerio_events.accounts.models import Account
from galerio_events.accounts.views.blueprint import secret_key, site
from galerio_events.text import private_token

_CHALLENGES = "challenges"
_LASTS = timedelta(minutes=10)
# Several pages may be open at once.
_MOST = 4


def use_options(known: Sequence[str] = ()) -> str:
    """What a browser needs to use a passkey (WebAuthn Level 2, section 5.5), as JSON: any of this site, or one of
    `known`."""
    challenge = secrets.token_bytes(32)
    _keep(challenge)
    return json.dumps(
        {
            "challenge": _text(challenge),
            "timeout": 120_000,
            "rpId": site().host,
            "userVerification": "required",
            "allowCredentials": [{"type": "public-key", "id": credential_id} for credential_id in known],
        }
    )


def make_options(account: Account, known: Sequence[str]) -> str:
    """What a browser needs to make a passkey for the account, as JSON."""
    handle = private_token(secret_key(), "passkey", str(account.id)).encode()
    options, challenge = registration_options(site(), handle=handle, email=account.email, known=known)
    _keep(challenge)
    return options


def challenge_of(answer: str) -> bytes | None:
    """The challenge that the browser has answered, if a page of ours has given it to this browser lately; it is good
    once."""
    try:
        told = json.loads(_bytes(json.loads(answer)["response"]["clientDataJSON"]))["challenge"]
    except (ValueError, KeyError, TypeError):
        return None
    kept = _kept()
    if told not in {challenge for challenge, _at in kept}:
        return None
    session[_CHALLENGES] = [entry for entry in kept if entry[0] != told]
    return _bytes(told)


def _keep(challenge: bytes) -> None:
    session[_CHALLENGES] = [*_kept()[-_MOST + 1 :], [_text(challenge), clock.to_text(clock.utc_now())]]


def _kept() -> list[list[str]]:
    since = clock.utc_now() - _LASTS
    return [entry for entry in session.get(_CHALLENGES, []) if clock.from_text(entry[1]) > since]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
