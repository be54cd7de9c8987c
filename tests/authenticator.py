"""A passkey device in software: makes and uses credentials as a browser hands them on, and can be told to cheat."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import struct
from typing import Any

from cbor2 import dumps
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, MADE, MORE = 0x01, 0x04, 0x40, 0x80


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Authenticator:
    """One device with one credential, on one site."""

    def __init__(self, origin: str = "http://localhost", domain: str = "localhost") -> None:
        self.origin, self.domain = origin, domain
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = os.urandom(32)
        self.count = 0

    def _client_data(self, kind: str, challenge: str, **over: Any) -> bytes:
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False} | over
        ).encode()

    def _data(self, flags: int, more: bytes = b"") -> bytes:
        return (
            hashlib.sha256(self.domain.encode()).digest()
            + bytes([flags])
            + struct.pack(">I", self.count)
            + more
        )

    def create(
        self, options: dict[str, Any], *, flags: int = PRESENT | VERIFIED, **over: Any
    ) -> dict[str, Any]:
        """Make the credential that *options* ask for; gives what `toJSON()` gives."""
        point = self.key.public_key().public_numbers()
        cose = dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
        made = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + cose
        attested = {"fmt": "none", "attStmt": {}, "authData": self._data(flags | MADE, made)}
        response = {
            "clientDataJSON": b64(self._client_data("webauthn.create", options["challenge"], **over)),
            "attestationObject": b64(dumps(attested)),
            "transports": ["internal"],
        }
        return self._answer(response)

    def get(self, options: dict[str, Any], *, flags: int = PRESENT | VERIFIED, **over: Any) -> dict[str, Any]:
        """Sign the challenge of *options*; gives what `toJSON()` gives."""
        self.count += 1
        client = self._client_data("webauthn.get", options["challenge"], **over)
        data = self._data(flags)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signed)}
        )

    def _answer(self, response: dict[str, Any]) -> dict[str, Any]:
        own = b64(self.credential_id)
        return {
            "id": own,
            "rawId": own,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }
