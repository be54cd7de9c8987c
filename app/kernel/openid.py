"""OpenID Connect: sending somebody to a provider, and believing what comes back only when all of it is right.

Authorization code flow with PKCE (S256), state and nonce. Tokens are believed with three signature algorithms and
no other; never `none`, never one with a shared secret. Whose sub it is, and what they may do, is not decided here.
One wrapper around Authlib, so that its choices are made once (docs/decisions/0017).
"""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.claims import JWTClaims
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ClaimError,
    ExpiredTokenError,
    InvalidKeyIdError,
    JoseError,
    UnsupportedAlgorithmError,
)
from joserfc.jwk import ECKey, KeySet, RSAKey
from joserfc.jws import JWSRegistry

from app.kernel.bounded import asking
from app.kernel.settings import Settings, is_safe_address

ALGORITHMS: Final = ("RS256", "PS256", "ES256")
"""The only signatures believed (RFC 8725). A provider that uses another one cannot be used."""
BACK_PATH: Final = "/sign-in/provider/return"
"""Where the provider sends people back to: the redirect URI, registered there exactly so."""
_KEPT_SECONDS: Final = 3600.0
_ANSWER_SECONDS: Final = 6.0
SKEW_SECONDS: Final = 60
"""How far the provider's clock and ours may differ."""
_OLDEST_SECONDS: Final = 600
_AT_ONCE: Final = 8
_WAITING: Final = 8
"""How many may wait for one of those. Each holds one of the process's threads, which all other pages need too."""
_RSA_BITS_LEAST: Final = 2048
_RETRY_SECONDS: Final = 10.0
_SUBJECT_MOST: Final = 255
_LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"


class ProviderSilent(Exception):  # noqa: N818 — a fact about another server
    """The provider does not answer, answers too late, or with what cannot be used. *reason* is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotBelieved(Exception):  # noqa: N818 — a fact about an answer
    """What was brought from the provider does not hold. *reason* is a code, and never what was brought."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class OpenId:
    """One provider, as this installation sees it: where it lives, its keys, and what it says of somebody."""

    def __init__(self, settings: Settings, *, seconds: float = _ANSWER_SECONDS) -> None:
        """Take the provider from the settings. Raises OSError when the file with the secret cannot be read."""
        self.settings = settings
        self.issuer = settings.oidc_issuer
        self.name = settings.oidc_name
        self.redirect_uri = settings.public_origin + BACK_PATH
        self._secret = settings.oidc_secret()
        self._seconds = seconds
        self._lock = threading.Lock()
        self._places: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None
        # A slow provider holds up some of those who sign in with it, and nobody else.
        self._at_once = threading.BoundedSemaphore(_AT_ONCE)
        self._inside = threading.BoundedSemaphore(_AT_ONCE + _WAITING)

    # Where to -------------------------------------------------------------------------------------------

    def authorization_address(self, state: str, nonce: str, verifier: str, language: str) -> str:
        """Give the address at the provider where somebody signs in. Raises ProviderSilent."""
        place = self._place("authorization_endpoint")
        also = {"acr_values": self.settings.oidc_acr_values} if self.settings.oidc_acr_values else {}
        with self._client() as client:
            address, _ = client.create_authorization_url(
                place, state=state, code_verifier=verifier, nonce=nonce, ui_locales=language, **also
            )
        return str(address)

    def end_address(self) -> str:
        """Give the address where somebody signs out at the provider; empty if it has none. Raises ProviderSilent."""
        place = self._metadata().get("end_session_endpoint")
        if not isinstance(place, str) or not is_safe_address(place):
            return ""
        back = self.settings.public_origin + "/sign-in"
        said = {"client_id": self.settings.oidc_client_id, "post_logout_redirect_uri": back}
        return f"{place}?{urlencode(said)}"

    # What it says ---------------------------------------------------------------------------------------

    def claims(self, code: str, nonce: str, verifier: str, moment: datetime) -> dict[str, Any]:
        """Give the claims behind a code, every one of them signed for us, now, and for this very request.

        Raises ProviderSilent when the provider does not answer, NotBelieved when its answer does not hold.
        """
        token = self._tokens(code, verifier)
        said = token.get("id_token")
        if not isinstance(said, str):
            raise NotBelieved("noIdToken")
        return self._checked(
            said,
            moment,
            CodeIDToken,
            {
                "nonce": nonce,
                "client_id": self.settings.oidc_client_id,
                "access_token": token.get("access_token"),
            },
            types=("", "jwt"),
        )

    def logout_claims(self, token: str, moment: datetime) -> dict[str, Any]:
        """Give the claims of a back-channel logout token: whom the provider signed out. Raises as `claims`."""
        claims = self._checked(token, moment, JWTClaims, {}, types=("", "jwt", "logout+jwt"))
        events = claims.get("events")
        told = isinstance(events, dict) and isinstance(events.get(_LOGOUT_EVENT), dict)
        if not told or "nonce" in claims or not (claims.get("sub") or claims.get("sid")):
            raise NotBelieved("notALogout")
        return claims

    def _tokens(self, code: str, verifier: str) -> dict[str, Any]:
        place = self._place("token_endpoint")
        with self._client() as client, self._busy(), _told_apart():
            try:
                answer = client.fetch_token(
                    place,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    redirect_uri=self.redirect_uri,
                )
            except AuthlibBaseError as fault:  # an error by the book: the code is used, too old or not ours
                if fault.error in {"invalid_client", "unauthorized_client"}:  # or it does not know our secret
                    raise ProviderSilent("clientRefused") from None
                raise NotBelieved("codeRefused") from None
        return dict(answer)

    def _checked(
        self,
        said: str,
        moment: datetime,
        kind: type[JWTClaims],
        params: dict[str, Any],
        types: tuple[str, ...],
    ) -> dict[str, Any]:
        """Check a token's signature and claims. Raises NotBelieved with what does not hold."""
        try:
            token = self._decoded(said)
            if str(token.header.get("typ", "")).lower() not in types:
                raise NotBelieved("type")
            options: dict[str, Any] = {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self.settings.oidc_client_id},
                "iat": {"essential": True},
                "exp": {"essential": True},
            }
            claims = kind(token.claims, token.header, options, params)
            now = int(moment.timestamp())
            claims.validate(now=now, leeway=SKEW_SECONDS)
        except ExpiredTokenError:
            raise NotBelieved("expired") from None
        except ClaimError as fault:
            raise NotBelieved(_CLAIMS.get(str(fault.claim), "claims")) from None
        except (JoseError, ValueError, TypeError, KeyError) as fault:
            raise NotBelieved(_reason(fault)) from None
        if claims["iat"] < now - _OLDEST_SECONDS:
            raise NotBelieved("issuedAt")
        subject = claims.get("sub")
        if subject is not None and not _is_subject(subject):
            raise NotBelieved("subject")
        return dict(claims)

    def _decoded(self, said: str) -> jwt.Token:
        """Check the signature with the keys we know; with fresh ones when it names a key we do not know."""
        registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
        try:
            return jwt.decode(said, self._key_set(), registry=registry)
        except InvalidKeyIdError:
            return jwt.decode(said, self._key_set(anew=True), registry=registry)

    # The provider's own papers ----------------------------------------------------------------------------

    def _place(self, name: str) -> str:
        return str(self._metadata()[name])

    def _metadata(self) -> dict[str, Any]:
        """Give what the provider says of itself (discovery), kept for an hour. Nothing in the clear is believed."""
        with self._lock:
            kept = self._places
        if kept is None or kept[0] <= time.monotonic():
            found = self._fetched(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
            if found.get("issuer") != self.issuer:
                raise ProviderSilent("otherIssuer")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if not isinstance(found.get(name), str) or not is_safe_address(found[name]):
                    raise ProviderSilent("discovery")
            kept = (time.monotonic() + _KEPT_SECONDS, found)
            with self._lock:
                self._places = kept
        return kept[1]

    def _key_set(self, *, anew: bool = False) -> KeySet:
        """Give the provider's public keys, kept for an hour; *anew*: fetched again, but not more than once a while."""
        with self._lock:
            kept = self._keys
        fresh = kept is not None and kept[0] > time.monotonic()
        if (
            kept is not None
            and fresh
            and not (anew and kept[0] - _KEPT_SECONDS + _RETRY_SECONDS < time.monotonic())
        ):
            return kept[1]
        keys = [
            key
            for each in self._fetched(self._place("jwks_uri")).get("keys", ())
            if (key := _public_key(each))
        ]
        if not keys:
            raise NotBelieved("noKeys")
        kept = (time.monotonic() + _KEPT_SECONDS, KeySet(list(keys)))
        with self._lock:
            self._keys = kept
        return kept[1]

    def _fetched(self, address: str) -> dict[str, Any]:
        with self._busy(), _told_apart(), httpx2.Client(**asking(address, self._seconds)) as client:
            answer = client.get(address, headers={"Accept": "application/json"})
            answer.raise_for_status()
            found = answer.json()
        if not isinstance(found, dict):
            raise ProviderSilent("notUsable")
        return found

    @contextmanager
    def _client(self) -> Iterator[OAuth2Client]:
        ways = self._metadata().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        way = next((w for w in ("client_secret_basic", "client_secret_post") if w in ways), None)
        if way is None:
            raise ProviderSilent("discovery")
        with OAuth2Client(
            self.settings.oidc_client_id,
            self._secret,
            token_endpoint_auth_method=way,
            scope=self.settings.oidc_scopes,
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
            **asking(self.issuer, self._seconds),
        ) as client:
            yield client

    @contextmanager
    def _busy(self) -> Iterator[None]:
        if not self._inside.acquire(blocking=False):
            raise ProviderSilent("tooMany")
        try:
            if not self._at_once.acquire(timeout=self._seconds):
                raise ProviderSilent("tooMany")
            try:
                yield
            finally:
                self._at_once.release()
        finally:
            self._inside.release()


_CLAIMS: Final = {
    "iss": "issuer", "aud": "audience", "exp": "expired", "iat": "issuedAt", "nbf": "issuedAt", "nonce": "nonce",
    "azp": "authorisedParty", "at_hash": "accessTokenHash", "sub": "subject",
}  # fmt: skip
"""What the journal says of a claim that does not hold."""


def _is_subject(said: Any) -> bool:
    """Tell whether this can be a subject: up to 255 visible characters of ASCII (OpenID Connect Core, section 2)."""
    fits = isinstance(said, str) and 0 < len(said) <= _SUBJECT_MOST
    return fits and said.isascii() and said.isprintable()


def _reason(fault: Exception) -> str:
    """Name what is wrong with a token whose claims were not even looked at."""
    if isinstance(fault, UnsupportedAlgorithmError):
        return "algorithm"
    if isinstance(fault, BadSignatureError):
        return "signature"
    return "unknownKey" if isinstance(fault, InvalidKeyIdError) else "malformed"


@contextmanager
def _told_apart() -> Iterator[None]:
    """Turn what the HTTP client raises into one thing to say. Its texts may hold what was asked; none is kept."""
    try:
        yield
    except httpx2.TimeoutException:
        raise ProviderSilent("tooSlow") from None
    except httpx2.HTTPError:
        raise ProviderSilent("unreachable") from None
    except ValueError:
        raise ProviderSilent("notUsable") from None


def _public_key(each: Any) -> RSAKey | ECKey | None:
    """Give a key that one of our algorithms verifies with; None for any other, a shared secret above all."""
    if (
        not isinstance(each, dict)
        or each.get("use", "sig") != "sig"
        or each.get("alg", "RS256") not in ALGORITHMS
    ):
        return None
    try:
        if each.get("kty") == "RSA":
            modulus = base64.urlsafe_b64decode(str(each["n"]) + "==")
            if int.from_bytes(modulus, "big").bit_length() < _RSA_BITS_LEAST:
                return None
            return RSAKey.import_key(
                {name: each[name] for name in ("kty", "n", "e", "kid", "alg") if name in each}
            )
        if each.get("kty") == "EC" and each.get("crv") == "P-256":
            return ECKey.import_key({k: each[k] for k in ("kty", "crv", "x", "y", "kid", "alg") if k in each})
    except (JoseError, ValueError, TypeError, KeyError):
        pass
    return None
