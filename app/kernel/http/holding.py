"""When an answer that something is not there may leave: on the beat, so that its time does not tell why.

A row that exists and is not for the reader costs the database some tenths of a millisecond more than no row at all:
row-level security looks at it. Over some hundred requests that would show. Measured by tests/proofs.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

BEAT: Final = 0.025
"""Seconds. Several times what such an answer takes; one that takes longer leaves on the next beat."""
ABSENT: Final = frozenset({400, 404})
"""Statuses that say of something named in the address (404) or in the body (400) that it is not there."""
_ROUNDED: Final = 0.002
"""What a timer may be late: it counts in whole milliseconds, and would carry the fraction of what it waited for out."""


class Holding:
    """Lets such an answer leave a whole number of beats after its request came in. Plain ASGI, as `Hardening`."""

    def __init__(self, app: ASGIApp, beat: float = BEAT) -> None:
        self.app = app
        self.beat = beat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and hold its answer back if need be."""
        if scope["type"] != "http" or not self.beat:
            await self.app(scope, receive, send)
            return
        begun = time.monotonic()

        async def held(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in ABSENT:
                await _until(begun + self.beat * (1 + (time.monotonic() - begun) // self.beat))
            await send(message)

        await self.app(scope, receive, held)


async def _until(moment: float) -> None:
    """Wait for a moment, the last of it awake: others go on meanwhile."""
    await asyncio.sleep(max(0.0, moment - time.monotonic() - _ROUNDED))
    while time.monotonic() < moment:  # noqa: ASYNC110 — it is the time itself that is waited for
        await asyncio.sleep(0)
