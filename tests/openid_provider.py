# ruff: noqa: ARG002 — the names of what Authlib hands over
"""A provider of identities for the tests: a real OpenID Connect server in a process of its own, that can misbehave.

    python tests/openid_provider.py PORT REDIRECT_URI

Discovery, keys, authorization code flow with PKCE, logout tokens; on Authlib's server side. Nobody is asked for a
password: who signs in, and what goes wrong, is told beforehand at `/control`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # on this machine only

import uvicorn
from authlib.oauth2 import AuthorizationServer, OAuth2Request
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, OAuth2Error
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from fastapi import FastAPI, Request
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from starlette.responses import JSONResponse, Response, StreamingResponse

CLIENT_ID, CLIENT_SECRET = "livcr-tests", "a secret of the tests"
ALGORITHMS = ["RS256", "PS256", "ES256"]


class Client(ClientMixin):
    """The one installation that is registered here."""

    def __init__(self, redirect_uri: str) -> None:
        self.redirect_uri = redirect_uri
        self.client_metadata: dict[str, str] = {}

    def get_client_id(self):
        return CLIENT_ID

    def get_default_redirect_uri(self):
        return self.redirect_uri

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret):
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return method in {"client_secret_basic", "client_secret_post"}

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


class Code(AuthorizationCodeMixin):
    """A code, with what its request said."""

    def __init__(self, said: dict[str, str], claims: dict[str, Any]) -> None:
        self.said, self.claims = said, claims
        self.code_challenge = said.get("code_challenge")
        self.code_challenge_method = said.get("code_challenge_method")

    def get_redirect_uri(self):
        return self.said.get("redirect_uri")

    def get_scope(self):
        return self.said.get("scope")

    def get_nonce(self):
        return self.said.get("nonce")

    def get_auth_time(self):
        return None

    def get_acr(self):
        return None

    def get_amr(self):
        return None


class World:
    """What this provider knows and how it is to behave."""

    def __init__(self, issuer: str, redirect_uri: str) -> None:
        self.issuer = issuer
        self.client = Client(redirect_uri)
        self.codes: dict[str, Code] = {}
        self.asked: list[dict[str, str]] = []
        self.reset()

    def reset(self) -> None:
        self.claims: dict[str, Any] = {"sub": "subject-1"}
        self.wrong = ""
        self.algorithm = "RS256"
        self.asked.clear()
        self.new_keys()

    def new_keys(self) -> None:
        self.rsa = RSAKey.generate_key(2048, {"kid": uuid4().hex, "use": "sig"})
        self.ec = ECKey.generate_key("P-256", {"kid": uuid4().hex, "use": "sig"})

    def key(self) -> Any:
        return self.ec if self.algorithm == "ES256" else self.rsa

    def jwks(self) -> Any:
        keys = [key.as_dict(private=False) for key in (self.rsa, self.ec)]
        if self.wrong == "otherKeys":
            other = RSAKey.generate_key(2048, {"kid": self.rsa.kid, "use": "sig"})
            keys = [other.as_dict(private=False)]
        if self.wrong == "secretKeys":
            keys = [OctKey.import_key("k" * 32, {"kid": self.rsa.kid}).as_dict(private=True)]
        if self.wrong == "smallKeys":
            self.rsa = RSAKey.generate_key(1024, {"kid": self.rsa.kid, "use": "sig"})
            keys = [self.rsa.as_dict(private=False)]
        return ["no keys"] if self.wrong == "noKeySet" else {"keys": keys}


WORLD: World


class Grant(AuthorizationCodeGrant):
    """Codes in memory, each good for once."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def save_authorization_code(self, code, request):
        WORLD.codes[code] = Code(dict(request.payload.data), dict(WORLD.claims))

    def query_authorization_code(self, code, client):
        return WORLD.codes.get(code)

    def delete_authorization_code(self, authorization_code):
        WORLD.codes = {k: v for k, v in WORLD.codes.items() if v is not authorization_code}

    def authenticate_user(self, authorization_code):
        return authorization_code.claims


def _part(said: Any) -> str:
    raw = said if isinstance(said, bytes) else json.dumps(said).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _by_hand(header: dict[str, Any], claims: dict[str, Any], secret: bytes | None) -> str:
    said = f"{_part(header)}.{_part(claims)}"
    mark = hmac.digest(secret, said.encode(), hashlib.sha256) if secret else b""
    return f"{said}.{_part(mark) if mark else ''}"


def signed(claims: dict[str, Any], typ: str = "JWT") -> str:
    """Sign a token as this provider does, or in the wrong way it was told to."""
    key, wrong = WORLD.key(), WORLD.wrong
    header = {"alg": WORLD.algorithm, "kid": key.kid, "typ": typ}
    if wrong == "none":
        return _by_hand(header | {"alg": "none"}, claims, None)
    if wrong == "hs256":
        return _by_hand(header | {"alg": "HS256"}, claims, WORLD.rsa.as_pem(private=False))
    if wrong == "hs256Secret":
        return _by_hand(header | {"alg": "HS256"}, claims, CLIENT_SECRET.encode())
    if wrong == "otherKey":
        key = RSAKey.generate_key(2048, {"kid": WORLD.rsa.kid})
    if wrong == "unknownKid":
        header["kid"] = "nobody-knows"
    if wrong == "type":
        header["typ"] = "at+jwt"
    said = jwt.encode(header, claims, key, [WORLD.algorithm], default_type=None)
    if wrong == "tampered":
        head, body, mark = said.split(".")
        altered = json.loads(base64.urlsafe_b64decode(body + "==")) | {"sub": "somebody-else"}
        return f"{head}.{_part(altered)}.{mark}"
    return said[: len(said) // 2] if wrong == "truncated" else said


class Identity(OpenIDCode):
    """The ID token, and everything that can be wrong with it."""

    def exists_nonce(self, nonce, request):
        return False

    def encode_id_token(self, token, request):
        now = int(time.time())
        code = request.authorization_code
        claims = {
            "iss": WORLD.issuer, "aud": CLIENT_ID, "azp": CLIENT_ID, "iat": now, "exp": now + 300,
            "nonce": code.get_nonce(),
        } | code.claims  # fmt: skip
        half = hashlib.sha256(token["access_token"].encode()).digest()[:16]
        claims["at_hash"] = _part(half)
        wrong = {
            "nonce": {"nonce": "another"},
            "noNonce": {"nonce": None},
            "audience": {"aud": "somebody-else", "azp": None},
            "audiences": {"aud": [CLIENT_ID, "somebody-else"], "azp": None},
            "authorisedParty": {"azp": "somebody-else"},
            "issuer": {"iss": "http://127.0.0.1:1/other"},
            "expired": {"iat": now - 400, "exp": now - 100},
            "noExpiry": {"exp": None},
            "old": {"iat": now - 3600},
            "future": {"iat": now + 3600, "exp": now + 7200},
            "accessTokenHash": {"at_hash": _part(b"0" * 16)},
            "noSubject": {"sub": None},
            "longSubject": {"sub": "x" * 256},
            "strangeSubject": {"sub": "a\x00b"},
        }.get(WORLD.wrong, {})
        claims |= wrong
        return signed({name: value for name, value in claims.items() if value is not None})

    def process_token(self, grant, response):
        token = super().process_token(grant, response)
        if WORLD.wrong == "noIdToken":
            token.pop("id_token")
        return token


class Server(AuthorizationServer):
    """Authlib's server on Starlette's requests, whose fields were read beforehand."""

    def query_client(self, client_id):
        return WORLD.client if client_id == CLIENT_ID else None

    def save_token(self, token, request):
        return None

    def create_oauth2_request(self, request):
        said, plain = request
        made = OAuth2Request(plain.method, str(plain.url), headers=plain.headers)
        made.payload = BasicOAuth2Payload(said)
        made._body = said
        return made

    def handle_response(self, status_code, payload, headers):
        body = json.dumps(payload) if isinstance(payload, dict) else payload
        return Response(body or "", status_code, dict(headers))

    def send_signal(self, name, *args, **kwargs):
        return None


server = Server()
server.register_token_generator("default", BearerTokenGenerator(lambda **_: uuid4().hex))
server.register_grant(Grant, [Identity(require_nonce=True), CodeChallenge(required=True)])
app = FastAPI(openapi_url=None)


def _drip() -> Iterator[bytes]:
    for _ in range(60):
        time.sleep(0.2)
        yield b" "


@app.get("/op/.well-known/openid-configuration")
def discovery() -> Response:
    if WORLD.wrong == "slowDiscovery":
        return StreamingResponse(_drip(), media_type="application/json")
    if WORLD.wrong == "notJson":
        return Response("<html>a login page of a proxy</html>", media_type="text/html")
    said = {
        "issuer": WORLD.issuer if WORLD.wrong != "otherIssuer" else WORLD.issuer + "/other",
        "authorization_endpoint": WORLD.issuer + "/auth",
        "token_endpoint": WORLD.issuer + "/token",
        "jwks_uri": WORLD.issuer + "/keys",
        "end_session_endpoint": WORLD.issuer + "/end",
        "id_token_signing_alg_values_supported": [*ALGORITHMS, "HS256", "none"],
        "token_endpoint_auth_methods_supported": ["client_secret_post"]
        if WORLD.wrong == "postOnly"
        else ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "response_types_supported": ["code"],
    }
    if WORLD.wrong == "inTheClear":
        said["token_endpoint"] = "http://198.51.100.1/token"
    return JSONResponse(said)


@app.get("/op/keys")
def keys() -> Response:
    return JSONResponse(WORLD.jwks())


@app.get("/op/auth")
def authorize(request: Request) -> Response:
    said = dict(request.query_params)
    WORLD.asked.append(said)
    made = server.create_oauth2_request((said, request))
    try:
        grant = server.get_consent_grant((said, request), end_user=WORLD.claims)
    except OAuth2Error as fault:
        return server.handle_error_response(made, fault)
    user = None if WORLD.wrong == "declined" else WORLD.claims
    return server.create_authorization_response((said, request), grant_user=user, grant=grant)


@app.post("/op/token")
async def token(request: Request) -> Response:
    said = {name: str(value) for name, value in (await request.form()).items()}
    if WORLD.wrong == "slow":
        return StreamingResponse(_drip(), media_type="application/json")
    if WORLD.wrong == "huge":
        return Response(b"[" + b" " * 3_000_000 + b"]", media_type="application/json")
    if WORLD.wrong == "broken":
        return Response("Internal Server Error", 500)
    if WORLD.wrong == "elsewhere":
        return Response(status_code=307, headers={"Location": "http://198.51.100.1/token"})
    return server.create_token_response((said, request))


@app.get("/op/end")
def end(client_id: str, post_logout_redirect_uri: str) -> Response:
    return Response(f"signed out {client_id}", 302, headers={"Location": post_logout_redirect_uri})


@app.post("/control")
async def control(request: Request) -> dict[str, Any]:
    """Reset, then take on who signs in and what goes wrong."""
    told = await request.json()
    if told.get("reset"):
        WORLD.reset()
    if told.get("rotate"):
        WORLD.new_keys()
    WORLD.claims = told.get("claims", WORLD.claims)
    WORLD.wrong = told.get("wrong", WORLD.wrong)
    WORLD.algorithm = told.get("algorithm", WORLD.algorithm)
    return {"asked": WORLD.asked}


@app.post("/logout-token")
async def logout_token(request: Request) -> dict[str, str]:
    """Give a logout token with these claims over the usual ones."""
    now = int(time.time())
    claims = {
        "iss": WORLD.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 120, "jti": uuid4().hex,
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    } | await request.json()  # fmt: skip
    said = {name: value for name, value in claims.items() if value is not None}
    return {"logout_token": signed(said, "logout+jwt")}


if __name__ == "__main__":
    port, redirect_uri = int(sys.argv[1]), sys.argv[2]
    WORLD = World(f"http://127.0.0.1:{port}/op", redirect_uri)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="critical")
