"""The cookies of the pages: what they are called, how far they go, how long they stay. Put and read here alone.

Over HTTPS a cookie that opens something is called `__Host-…`. A browser takes such a name only with Secure, for every
path and for no other host, so nobody can plant one: no neighbouring host, no page in the clear. Over plain http on this
machine no browser would take it; there the bare name is used. Under the other name nothing is ever read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from fastapi import Request
from starlette.responses import Response

from app.kernel.http.call import is_loopback

_GUARD: Final = "__Host-"


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie: out of reach of scripts and of other sites, and never in the clear."""

    name: str
    kept: int | None = None
    """For how many seconds; None: until the browser closes."""
    samesite: Literal["strict", "lax"] = "strict"
    """`lax` is for what has to come along when another site sends the reader back here."""
    path: str | None = None
    """The only pages it is sent to, for one that opens nothing; None: it is guarded by its name, which leaves no choice."""

    def called(self, request: Request) -> str:
        """Give its name on this connection."""
        return _GUARD + self.name if self.path is None and is_secure(request) else self.name

    def read(self, request: Request) -> str:
        """Give what the browser sent; empty where it sent none."""
        return request.cookies.get(self.called(request), "")

    def put(self, request: Request, response: Response, value: str) -> None:
        """Send it with an answer; the empty value has the browser forget it."""
        response.set_cookie(
            self.called(request), value, path=self.path or "/", max_age=self.kept if value else 0, httponly=True,
            samesite=self.samesite, secure=is_secure(request),
        )  # fmt: skip


SESSION: Final = Cookie("livcr_session")
FORM: Final = Cookie("livcr_form")
"""Protects the two forms before there is a session: its value must come back in the form (double submit)."""
DEVICE: Final = Cookie("livcr_device", kept=180 * 24 * 3600, path="/sign-in")
"""Says that a name has signed in here before: its tries are counted apart. It opens nothing."""
LANGUAGE: Final = Cookie("livcr_language", kept=365 * 24 * 3600, path="/")


def is_secure(request: Request) -> bool:
    """Tell whether the browser is on HTTPS: always, but for a browser on this machine that says http."""
    # A proxy on this machine that does not say who calls looks like somebody on this machine.
    https: bool = request.app.state.installation.settings.public_origin.startswith("https://")
    return https or not (is_loopback(request) and request.url.scheme == "http")
