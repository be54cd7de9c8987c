"""Passkeys and security keys (WebAuthn level 3): the one place that knows its library.

Every challenge is ours, serves once and is kept by the caller. The holder is always verified (by fingerprint, face or
PIN), so a passkey is two factors in one act. Passkeys are stored by the device under the name of this site alone:
a copy of the page elsewhere gets nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, generate_challenge, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.kernel.settings import Settings

_LOCALHOST: Final = re.compile(r"http://localhost(:[0-9]{1,5})?")
_TIMEOUT: Final = 120_000
_FAULTS: Final = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)

Answer = dict[str, Any]
"""What a browser's `PublicKeyCredential.toJSON()` gives."""


class Site(NamedTuple):
    """What passkeys are bound to: the domain, and the address of the pages; no address: any port of localhost."""

    domain: str
    origin: str


class Registered(NamedTuple):
    """What is kept of a new passkey."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def site_of(settings: Settings) -> Site:
    """Give the site that an installation's passkeys belong to."""
    host = urlsplit(settings.public_origin).hostname
    if host is None or host == "127.0.0.1":  # a passkey belongs to a name, never to a number
        return Site("localhost", "")
    return Site(host, settings.public_origin)


def creation_options(
    site: Site, person: bytes, name: str, known: Iterable[bytes]
) -> tuple[bytes, dict[str, Any]]:
    """Give a new challenge and what a browser needs to make a passkey. *known*: those that need not be made again."""
    challenge = generate_challenge()
    options = generate_registration_options(
        rp_id=site.domain,
        rp_name="LIVC R",
        user_id=person,
        user_name=name,
        challenge=challenge,
        timeout=_TIMEOUT,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
    )
    return challenge, options_to_json_dict(options)


def request_options(site: Site) -> tuple[bytes, dict[str, Any]]:
    """Give a new challenge and what a browser needs to use a passkey; whose is not said, so that nothing is told."""
    challenge = generate_challenge()
    options = generate_authentication_options(
        rp_id=site.domain,
        challenge=challenge,
        timeout=_TIMEOUT,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return challenge, options_to_json_dict(options)


def registered(site: Site, challenge: bytes, answer: Answer) -> Registered | None:
    """Check a new passkey against the challenge it was made for; None when anything is wrong."""
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=_origin(site, answer),
            require_user_verification=True,
        )
    except _FAULTS:
        return None
    return Registered(made.credential_id, made.credential_public_key, made.sign_count)


def credential_id(answer: Answer) -> bytes:
    """Give the id of the passkey that an answer claims to come from; empty where it names none."""
    try:
        return base64url_to_bytes(answer["rawId"])
    except _FAULTS:
        return b""


def asserted(site: Site, challenge: bytes, answer: Answer, public_key: bytes, sign_count: int) -> int | None:
    """Check the use of a passkey; gives its new count of uses, None when anything is wrong.

    A count that does not grow means that the passkey was copied; devices that do not count always say 0.
    """
    try:
        done = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=_origin(site, answer),
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except _FAULTS:
        return None
    return done.new_sign_count


def _origin(site: Site, answer: Answer) -> str:
    """Give the address the answer has to come from: the installation's own; without one, localhost at any port."""
    if site.origin:
        return site.origin
    said = str(json.loads(base64url_to_bytes(answer["response"]["clientDataJSON"]))["origin"])
    return said if _LOCALHOST.fullmatch(said) else "http://localhost"
