"""Wrapping keys in a key service that speaks the HTTP of the Transit secrets engine of HashiCorp Vault and OpenBao.

One named key of type `aes256-gcm96`; its versions are the key ids. Requests, all JSON under the engine's address::

    GET  keys/NAME                                      -> data.keys {version: ...}, data.latest_version
    POST keys/NAME/rotate
    POST encrypt/NAME  plaintext, associated_data (base64), key_version   -> data.ciphertext "vault:vN:..."
    POST decrypt/NAME  ciphertext, associated_data                        -> data.plaintext (base64)
    POST keys/NAME/config  min_decryption_version, min_encryption_version
    POST keys/NAME/trim    min_available_version        (destroys older versions for good)

The token is read from its file at each request, so that an agent beside the server can renew it.
"""

from __future__ import annotations

import base64
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
from cryptography.exceptions import InvalidTag

from app.kernel.keys.provider import KeyFault, KeyGone, KeysUnreachable

_SECONDS = 5.0
_BAD_REQUEST, _FORBIDDEN, _NOT_FOUND = 400, 403, 404


class TransitKeys:
    """The versions of one named key in a key service."""

    makes_keys = True

    def __init__(self, url: str, name: str, token_file: Path) -> None:
        where = urlsplit(url)
        if where.scheme != "https" and not _is_loopback(where.hostname or ""):
            raise KeyFault("The key service has to be reached over https, or on this machine.")
        self._url, self._name, self._token_file = url.rstrip("/"), name, token_file
        self.place = f"key {name} of {self._url}"
        self._client = httpx2.Client(timeout=_SECONDS, trust_env=False)

    def _ask(self, method: str, path: str, said: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            answer = self._client.request(
                method, f"{self._url}/{path}", json=said, headers={"X-Vault-Token": self._token()}
            )
        except httpx2.HTTPError:
            raise KeysUnreachable(f"The key service at {self._url} does not answer.") from None
        if answer.status_code == _BAD_REQUEST:
            raise InvalidTag
        if answer.status_code == _NOT_FOUND:
            raise KeyFault(f"The key service at {self._url} has no key called {self._name}.")
        if answer.status_code == _FORBIDDEN:
            raise KeyFault(f"The key service at {self._url} refuses the token in {self._token_file}.")
        if not answer.is_success:
            raise KeysUnreachable(f"The key service at {self._url} answers {answer.status_code}.")
        try:
            data = answer.json().get("data") if answer.content else {}
        except (ValueError, AttributeError):
            raise KeysUnreachable(f"What answers at {self._url} is not a key service.") from None
        return data if isinstance(data, dict) else {}

    def _token(self) -> str:
        try:
            token = self._token_file.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            token = ""
        if not token or not token.isprintable():
            raise KeyFault(f"The token of the key service cannot be read from {self._token_file}.")
        return token

    def key_ids(self) -> list[str]:
        """Give the versions that can still unwrap, the newest last. The key itself an operator makes, once."""
        return [f"v{number}" for number in sorted(int(n) for n in self._described()["keys"])]

    def _described(self) -> dict[str, Any]:
        found = self._ask("GET", f"keys/{self._name}")
        least = int(found.get("min_decryption_version") or 1)
        return found | {"keys": [n for n in found.get("keys") or {} if int(n) >= least]}

    def make(self) -> str:
        """Have the service make a new version."""
        self._ask("POST", f"keys/{self._name}/rotate")
        return self.key_ids()[-1]

    def wrap(self, key_id: str, key: bytes, bound_to: bytes) -> bytes:
        """Wrap a key. Raises KeyGone, KeysUnreachable."""
        said = {"plaintext": _text(key), "associated_data": _text(bound_to), "key_version": int(key_id[1:])}
        try:
            wrapped = str(self._ask("POST", f"encrypt/{self._name}", said)["ciphertext"])
        except InvalidTag:
            raise KeyGone(key_id) from None
        if not wrapped.startswith(f"vault:{key_id}:"):
            raise KeyGone(key_id)
        return wrapped.encode()

    def unwrap(self, key_id: str, wrapped: bytes, bound_to: bytes) -> bytes:
        """Unwrap a key. Raises KeyGone, InvalidTag, KeysUnreachable."""
        said = {"ciphertext": wrapped.decode("ascii", "replace"), "associated_data": _text(bound_to)}
        try:
            return base64.b64decode(self._ask("POST", f"decrypt/{self._name}", said)["plaintext"])
        except InvalidTag:
            if key_id not in self.key_ids():
                raise KeyGone(key_id) from None
            raise

    def destroy_others(self, key_id: str) -> None:
        """Have the service forget every older version, for good."""
        least, found = int(key_id[1:]), self._described()
        if found["keys"] == [str(least)] and int(found.get("min_available_version") or 0) >= least:
            return
        self._ask(
            "POST",
            f"keys/{self._name}/config",
            {"min_decryption_version": least, "min_encryption_version": least},
        )
        self._ask("POST", f"keys/{self._name}/trim", {"min_available_version": least})


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
