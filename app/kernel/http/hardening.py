"""What every response carries, whatever door it leaves by: nothing inline, nothing framed, nothing sniffed."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kernel.http.problems import trace_of
from app.kernel.rendering import STATIC

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HTTPS_ONLY: Final = "max-age=31536000"
_RAW: Final = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()] + [
    (b"cache-control", b"no-store")
]
_RAW_HTTPS: Final = [*_RAW, (b"strict-transport-security", _HTTPS_ONLY.encode())]


class Hardening:
    """Adds trace ids and security headers to every response; a route that says its own header keeps it.

    Plain ASGI on purpose: the framework's own kind of middleware costs a task and two streams a request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and put the headers on its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        own = [(b"belgov-trace-id", str(trace_of(Request(scope))).encode())]
        own += [
            (b"belgov-related-trace-id", said)
            for name, said in scope["headers"]
            if name == b"belgov-trace-id"
        ]
        always = _RAW_HTTPS if scope.get("scheme") == "https" else _RAW

        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = list(message.get("headers", ()))
                names = {name for name, _ in said}
                message["headers"] = [*said, *(pair for pair in always if pair[0] not in names), *own]
            await send(message)

        await self.app(scope, receive, hardened)


class Assets(StaticFiles):
    """The style and the script: kept by the browser for a year, because their address changes with them."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Give a file with its ETag, and how long it may be kept."""
        response = await super().get_response(path, scope)
        versioned = b"v=" in scope.get("query_string", b"")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if versioned else "no-cache"
        return response
