"""Proving who somebody is: passwords, second factors, access tokens, opaque session secrets.

One wrapper around each library, so that its pitfalls are met once (docs/decisions/0011): one pinned
algorithm and required claims for tokens, a last used time step for one-time codes, a dummy verification for
unknown names so that a name cannot be guessed from the time an answer takes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pyotp
from jose import ExpiredSignatureError, JWTError, jwt
from passlib.context import CryptContext

from app.kernel.first_file import make_once
from app.kernel.keys.provider import KeyFault
from app.rules.problems import Kind, Problem

_PASSWORDS = CryptContext(
    schemes=["argon2"],
    argon2__type="ID",
    argon2__memory_cost=19456,
    argon2__time_cost=2,
    argon2__parallelism=1,
)
_ALGORITHM = "HS256"
_ISSUER = "livcr"
_AUDIENCE = "livcr-api"
_STEP_SECONDS = 30
_KEY_LEAST = 64
PASSWORD_LEAST = 12
PASSWORD_MOST = 128


def clean_password(password: str) -> str:
    """Give a password as it is compared (RFC 8265, OpaqueString): one spelling of each letter, one sort of space.

    The same keys give other bytes on another keyboard; what somebody typed is otherwise left as it is.
    """
    return "".join(
        " " if unicodedata.category(c) == "Zs" else c for c in unicodedata.normalize("NFC", password)
    )


def hash_password(password: str) -> str:
    """Give the argon2id hash of a password."""
    return str(_PASSWORDS.hash(clean_password(password)))


def password_fits(password: str, hashed: str | None) -> bool:
    """Tell whether a password fits; for an unknown person (*hashed* None) take as long and answer no."""
    if hashed is None:
        _PASSWORDS.dummy_verify()
        return False
    return bool(_PASSWORDS.verify(clean_password(password), hashed))


def new_totp_secret() -> str:
    """Give a new shared secret for one-time codes (RFC 6238), base32."""
    return pyotp.random_base32()


def code_now(secret: str, moment: datetime) -> str:
    """Give the one-time code of a moment: for the demonstration's helper and for tests."""
    return pyotp.TOTP(secret).at(moment)


def accepted_step(secret: str, code: str, moment: datetime, last_step: int) -> int | None:
    """Give the time step of a fitting code, or None. A step at or before *last_step* was used and never fits again."""
    totp = pyotp.TOTP(secret)
    present = int(moment.timestamp()) // _STEP_SECONDS
    for step in (present, present - 1, present + 1):
        if step > last_step and hmac.compare_digest(totp.generate_otp(step), code):
            return step
    return None


def new_secret() -> str:
    """Give a new unguessable secret for a cookie or a refresh token."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> bytes:
    """Give what is stored of a secret: its hash, so that a stolen table opens no session."""
    return hashlib.sha256(secret.encode()).digest()


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token says: who, in which session, under which mandate."""

    person_id: UUID
    session_id: UUID
    mandate_id: UUID | None


class Tokens:
    """Makes and checks access tokens (JWT, one pinned algorithm, every claim required)."""

    def __init__(self, path: Path) -> None:
        self._key = _key_file(path)

    def issue(self, claims: Claims, minutes: int) -> str:
        """Give a token that lives *minutes*; its life follows the machine's clock, never a story's."""
        now = datetime.now(UTC)
        body: dict[str, Any] = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "sub": str(claims.person_id),
            "sid": str(claims.session_id),
            "iat": now,
            "exp": now + timedelta(minutes=minutes),
        }
        if claims.mandate_id:
            body["man"] = str(claims.mandate_id)
        return str(jwt.encode(body, self._key, algorithm=_ALGORITHM))

    def read(self, token: str) -> Claims:
        """Check a token. Raises Problem: expired or invalid."""
        try:
            body = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                issuer=_ISSUER,
                audience=_AUDIENCE,
                options={
                    "require_exp": True,
                    "require_iss": True,
                    "require_aud": True,
                    "require_sub": True,
                    "require_iat": True,
                },
            )
            mandate = body.get("man")
            return Claims(UUID(body["sub"]), UUID(body["sid"]), UUID(mandate) if mandate else None)
        except ExpiredSignatureError:
            raise Problem(Kind.EXPIRED_TOKEN) from None
        except (JWTError, KeyError, ValueError, AttributeError, TypeError):
            raise Problem(Kind.INVALID_TOKEN) from None


def _key_file(path: Path) -> str:
    """Give the key of tokens, made on first use. Raises KeyFault for one that anybody could guess."""
    if not path.exists():
        make_once(path, base64.b64encode(os.urandom(48)).decode())
    key = path.read_text()
    if len(key) < _KEY_LEAST:
        raise KeyFault(
            f"{path} holds no whole key of tokens: remove it, and a new one is made; programs sign in anew."
        )
    return key
