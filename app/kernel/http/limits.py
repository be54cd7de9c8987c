"""How much the JSON door takes in: bytes are counted as they come, whatever the sender said of them.

The page door counts for itself (`pages._fields`).
"""

from __future__ import annotations

from typing import Final

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kernel.http.problems import problem_response
from app.kernel.shapes import BASE
from app.rules.problems import Kind, Problem

BODY_MOST: Final = 1_000_000
_DOOR: Final = f"{BASE.rpartition('/')[0]}/"

COUNT_THEMSELVES: Final[set[tuple[str, str]]] = set()
"""Method and path of what takes files: those are counted where they are read (`uploads`), once it is known who sends."""


class BodyLimit:
    """Refuses a body that is too large before anything keeps it in memory.

    Plain ASGI, as `Hardening`. A length that is announced is refused at once; what comes in pieces, as soon as
    the pieces are too many.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its bytes counted, or answer 413."""
        if scope["type"] != "http" or not _is_counted_here(scope):
            await self.app(scope, receive, send)
            return
        for name, said in scope["headers"]:
            if name == b"content-length" and said.isdigit() and int(said[:20]) > BODY_MOST:
                answer = problem_response(Request(scope), Problem(Kind.PAYLOAD_TOO_LARGE))
                await answer(scope, receive, send)
                return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > BODY_MOST:
                # The framework reads bodies itself, and lets only its own kind of refusal through.
                raise HTTPException(Kind.PAYLOAD_TOO_LARGE.status)
            return message

        await self.app(scope, counted, send)


def _is_counted_here(scope: Scope) -> bool:
    path: str = scope["path"]
    return path.startswith(_DOOR) and (scope["method"], path) not in COUNT_THEMSELVES
