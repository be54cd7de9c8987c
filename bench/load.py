"""The load generator: a process of its own, raw sockets, requests made before the clock starts.

In: the path of a pickled `Job`. Out: one JSON line. Every answer is looked at: anything but 200 or 201 is a
failure, and the first of them is quoted.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import random
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import pyotp
import uvloop


@dataclass
class Job:
    """What to send where, and for how long."""

    port: int
    seconds: float
    warmup: float
    connections: int
    requests: list[bytes] = field(default_factory=list)
    """Sent over and over, shuffled."""
    visitors: list[tuple[bytes, str]] = field(default_factory=list)
    """Instead of requests: (first request, secret) of people who sign in, each once."""
    confirm_path: str = ""


class Connection(asyncio.Protocol):
    """A kept-alive connection with one request under way."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.wanted = -1
        self.answer: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.wanted < 0:
            head = self.buffer.find(b"\r\n\r\n")
            if head < 0:
                return
            at = self.buffer.find(b"content-length: ", 0, head)
            self.wanted = head + 4 + int(self.buffer[at + 16 : self.buffer.find(b"\r\n", at)])
        if len(self.buffer) >= self.wanted and self.answer and not self.answer.done():
            self.answer.set_result(bytes(self.buffer))

    def connection_lost(self, fault: Exception | None) -> None:
        if self.answer and not self.answer.done():
            self.answer.set_exception(fault or ConnectionError("closed"))

    async def ask(self, request: bytes) -> bytes:
        self.buffer.clear()
        self.wanted = -1
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.answer


class Meter:
    """Counts answers and the time each took."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.failures = 0
        self.first_failure = ""
        self.counting = False

    def note(self, began: float, answer: bytes) -> None:
        if answer[9:12] not in {b"200", b"201"}:
            self.failures += 1
            self.first_failure = self.first_failure or answer[:2000].decode(errors="replace")
        if self.counting:
            self.times.append(time.perf_counter() - began)


async def _repeat(connection: Connection, requests: Iterator[bytes], meter: Meter) -> None:
    for request in requests:
        began = time.perf_counter()
        meter.note(began, await connection.ask(request))


async def _sign_in(
    connection: Connection, visitors: Iterator[tuple[bytes, str]], path: str, meter: Meter
) -> None:
    for first, secret in visitors:
        began = time.perf_counter()
        answer = await connection.ask(first)
        if answer[9:12] == b"201":
            session = json.loads(answer[answer.index(b"\r\n\r\n") :])["sessionId"]
            code = pyotp.TOTP(secret).at(datetime.now(UTC))
            answer = await connection.ask(post(path.format(session), {"code": code}))
        meter.note(began, answer)


def get(path: str, token: str = "") -> bytes:
    return _request("GET", path, token, b"")


def post(path: str, body: dict[str, object], token: str = "") -> bytes:
    return _request("POST", path, token, json.dumps(body).encode())


def _request(method: str, path: str, token: str, body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", "accept: application/json"]
    if token:
        lines.append(f"authorization: Bearer {token}")
    if body:
        lines += ["content-type: application/json", f"content-length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def measure(job: Job) -> dict[str, object]:
    """Run a job; give counts and times."""
    loop, meter = asyncio.get_running_loop(), Meter()
    connections = [
        (await loop.create_connection(Connection, "127.0.0.1", job.port))[1] for _ in range(job.connections)
    ]
    run: Callable[[Connection], Awaitable[None]]
    if job.visitors:
        visitors = iter(job.visitors)
        run = lambda c: _sign_in(c, visitors, job.confirm_path, meter)  # noqa: E731
    else:
        random.Random(2).shuffle(job.requests)
        requests = cycle(job.requests)
        run = lambda c: _repeat(c, requests, meter)  # noqa: E731
    tasks = [asyncio.ensure_future(run(c)) for c in connections]
    await asyncio.sleep(job.warmup)
    meter.counting, began = True, time.perf_counter()
    done: set[asyncio.Future[None]] = set()
    while not done and not meter.times:  # again while nothing was answered: a busy machine is no failure
        done, _ = await asyncio.wait(tasks, timeout=job.seconds, return_when=asyncio.FIRST_EXCEPTION)
    meter.counting, seconds = (
        False,
        time.perf_counter() - began,
    )  # less than asked when everybody has signed in
    for task in tasks:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    faults = [r for r in results if isinstance(r, Exception)]
    times = sorted(meter.times)
    return {
        "answers": len(times),
        "failures": meter.failures + len(faults),
        "firstFailure": meter.first_failure or (repr(faults[0]) if faults else ""),
        "requestsPerSecond": round(len(times) / seconds, 1),
        "p50": _at(times, 0.50),
        "p99": _at(times, 0.99),
    }


def _at(times: list[float], share: float) -> float:
    return round(times[min(len(times) - 1, int(len(times) * share))] * 1000, 2) if times else 0.0


if __name__ == "__main__":
    print(
        json.dumps(uvloop.run(measure(pickle.loads(Path(sys.argv[1]).read_bytes()))))
    )  # ours, written a moment ago
