"""A small key service on loopback, a process of its own: the requests of a Transit engine that the application makes.

    python transit_server.py PORT TOKEN    (state in memory; prints `ready`)

POST /fault?status=N makes every later answer that status, until N is 0.
"""

import base64
import json
import os
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOKEN = sys.argv[2]
KEYS = {1: AESGCM.generate_key(256)}
STATE = {
    "min_decryption_version": 1,
    "min_encryption_version": 0,
    "min_available_version": 0,
    "fault": 0,
    "asked": 0,
}


class Wrong(Exception):  # noqa: N818
    """What the service refuses, with its status."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


def described():
    return {
        "name": "livcr", "type": "aes256-gcm96", "latest_version": max(KEYS),
        "keys": {str(n): 1700000000 for n in KEYS if n >= STATE["min_decryption_version"]},
        **{k: v for k, v in STATE.items() if k.startswith("min_")},
    }  # fmt: skip


def encrypt(said):
    version = said.get("key_version") or max(KEYS)
    if version not in KEYS or version < STATE["min_encryption_version"]:
        raise Wrong(400)
    nonce = os.urandom(12)
    shut = AESGCM(KEYS[version]).encrypt(
        nonce, base64.b64decode(said["plaintext"]), base64.b64decode(said["associated_data"])
    )
    return {"ciphertext": f"vault:v{version}:{base64.b64encode(nonce + shut).decode()}"}


def decrypt(said):
    found = re.fullmatch(r"vault:v(\d+):(.+)", said["ciphertext"])
    if not found or int(found[1]) not in KEYS or int(found[1]) < STATE["min_decryption_version"]:
        raise Wrong(400)
    raw = base64.b64decode(found[2])
    try:
        clear = AESGCM(KEYS[int(found[1])]).decrypt(
            raw[:12], raw[12:], base64.b64decode(said["associated_data"])
        )
    except InvalidTag:
        raise Wrong(400) from None
    return {"plaintext": base64.b64encode(clear).decode()}


def rotate(_):
    KEYS[max(KEYS) + 1] = AESGCM.generate_key(256)
    return described()


def config(said):
    if not set(said) <= {"min_decryption_version", "min_encryption_version"} or max(said.values()) > max(
        KEYS
    ):
        raise Wrong(400)
    STATE.update(said)
    return described()


def trim(said):
    least = said["min_available_version"]
    if least > STATE["min_decryption_version"] or least > STATE["min_encryption_version"]:
        raise Wrong(400)
    STATE["min_available_version"] = least
    for version in [n for n in KEYS if n < least]:
        del KEYS[version]
    return {}


ROUTES = {
    ("GET", "keys/livcr"): lambda _: described(), ("POST", "keys/livcr/rotate"): rotate,
    ("POST", "encrypt/livcr"): encrypt, ("POST", "decrypt/livcr"): decrypt,
    ("POST", "keys/livcr/config"): config, ("POST", "keys/livcr/trim"): trim,
}  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    def _answer(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path.startswith("/fault"):
            STATE["fault"] = int(self.path.rpartition("=")[2])
            return self._send(200, {"asked": STATE["asked"]})
        STATE["asked"] += 1
        if STATE["fault"]:
            return self._send(STATE["fault"], {"errors": ["as told"]})
        if self.headers.get("x-vault-token") != TOKEN:
            return self._send(403, {"errors": ["permission denied"]})
        route = ROUTES.get((self.command, self.path.removeprefix("/v1/transit/")))
        if route is None:
            return self._send(404, {"errors": []})
        try:
            return self._send(200, {"data": route(json.loads(body or b"{}"))})
        except Wrong as wrong:
            return self._send(wrong.status, {"errors": ["refused"]})

    do_GET = do_POST = _answer  # noqa: N815 — the names the library calls

    def _send(self, status, said):
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    print(f"ready {server.server_port}", flush=True)  # noqa: T201
    server.serve_forever()
