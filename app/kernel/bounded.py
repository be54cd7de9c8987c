"""Asking another server something, with a limit on how long it takes and how much it says.

The time limits of the HTTP client count from one piece to the next: a server that says a byte a second is never
too slow for them. Here the whole answer has one deadline and one size.
"""

from __future__ import annotations

import time
from functools import cache
from ssl import SSLContext
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx2

from app.kernel.settings import is_this_machine

BYTES_MOST: Final = 1_000_000


class Bounded(httpx2.BaseTransport):
    """Reads the whole answer at once, or raises TransportError when it is late, too long or packed."""

    def __init__(self, inner: httpx2.BaseTransport, seconds: float, most: int = BYTES_MOST) -> None:
        self._inner, self._seconds, self._most = inner, seconds, most

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Ask, and give the answer with its body in memory."""
        deadline = time.monotonic() + self._seconds
        request.headers["Accept-Encoding"] = "identity"
        answer = self._inner.handle_request(request)
        body = bytearray()
        try:
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise httpx2.ReadError("a packed answer was not asked for", request=request)
            for piece in answer.iter_raw():
                body += piece
                if len(body) > self._most:
                    raise httpx2.ReadError("the answer is too long", request=request)
                if time.monotonic() > deadline:
                    raise httpx2.ReadTimeout("the answer takes too long", request=request)
        finally:
            answer.close()
        headers = [(k, v) for k, v in answer.headers.multi_items() if k.lower() != "transfer-encoding"]
        return httpx2.Response(answer.status_code, headers=headers, content=bytes(body), request=request)

    def close(self) -> None:
        """Let go of the connections."""
        self._inner.close()


@cache
def _trusted() -> SSLContext:
    """Give the authorities that this process trusts: read once, for it takes longer than most answers."""
    return httpx2.create_ssl_context()


def asking(address: str, seconds: float) -> dict[str, Any]:
    """Give what an HTTP client needs to ask *address* within *seconds*: limits, no redirects, the machine's own proxy."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    direct = is_this_machine(host) or bool(proxy_bypass(host))
    proxy = None if direct else getproxies().get(parts.scheme)
    return {
        "transport": Bounded(httpx2.HTTPTransport(verify=_trusted(), proxy=proxy), seconds),
        "timeout": httpx2.Timeout(seconds, connect=min(seconds, 3.0)),
        "follow_redirects": False,
    }
