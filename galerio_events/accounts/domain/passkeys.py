"""Passkeys: the two ceremonies of WebAuthn (Level 2, sections 7.1 and 7.2), over values only.

User verification is always required: a passkey proves that its owner has the device and unlocked it, which stands for
the password and the second factor at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

NAME_LENGTH = 60
MOST_PASSKEYS = 10
# What a browser sends of a passkey is a few thousand characters.
ANSWER_LENGTH = 20_000


@dataclass(frozen=True, slots=True)
class Site:
    """Whom passkeys are made for: the site's address, from which its host, and its name."""

    origin: str
    name: str

    @property
    def host(self) -> str:
        """The relying party's identifier: the host of the site."""
        return urlsplit(self.origin).hostname or ""


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What is stored of a passkey. `credential_id` is in URL-safe Base64 without padding."""

    credential_id: str
    public_key: bytes
    sign_count: int


def site_of(base_url: str, name: str) -> Site:
    """The site at that address."""
    parts = urlsplit(base_url)
    return Site(f"{parts.scheme}://{parts.netloc}", name)


def registration_options(site: Site, *, handle: bytes, email: str, known: Sequence[str]) -> tuple[str, bytes]:
    """What a browser needs to make a passkey, as JSON, and the challenge in it. `known` are those made before."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_name=email,
        user_id=handle,
        user_display_name=email,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.PREFERRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[_descriptor(credential_id) for credential_id in known],
    )
    return webauthn.options_to_json(options), options.challenge


def registered(site: Site, answer: str, challenge: bytes) -> NewPasskey | None:
    """The passkey that the browser has made; None where its answer does not prove one."""
    import webauthn
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    return NewPasskey(bytes_to_base64url(made.credential_id), made.credential_public_key, made.sign_count)


def credential_id_of(answer: str) -> str | None:
    """Which passkey a browser has used, before that is proved; None where the answer is none."""
    from webauthn.helpers import parse_authentication_credential_json
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        return str(parse_authentication_credential_json(answer).id)
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None


def authenticated(site: Site, answer: str, challenge: bytes, *, public_key: bytes, sign_count: int) -> int | None:
    """The passkey's new count, where the answer proves that it was used for this challenge; else None."""
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        proved = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    return proved.new_sign_count


def _descriptor(credential_id: str) -> Any:
    from webauthn.helpers import base64url_to_bytes, structs

    return structs.PublicKeyCredentialDescriptor(id=base64url_to_bytes(credential_id))
