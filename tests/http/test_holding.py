"""An answer that something is not there leaves on the beat; every other leaves at once."""

import asyncio
import time

import pytest

from app.kernel.http.holding import ABSENT, Holding

BEAT = 0.05


def _answered(status, works, beat=BEAT):
    """Give how long an answer with this status took that needed so much work."""

    async def app(_scope, _receive, send):
        await asyncio.sleep(works)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"x"})

    sent = []

    async def send(message):
        sent.append(message)

    async def run():
        begun = time.monotonic()
        await Holding(app, beat)({"type": "http"}, None, send)
        return time.monotonic() - begun

    took = asyncio.run(run())
    assert [m["type"] for m in sent] == ["http.response.start", "http.response.body"]
    return took


@pytest.mark.parametrize("status", sorted(ABSENT))
@pytest.mark.parametrize(("works", "beats"), [(0, 1), (0.01, 1), (0.06, 2)])
def test_what_is_not_there_leaves_no_sooner_than_its_beat(status, works, beats):
    assert _answered(status, works) >= beats * BEAT


def test_other_answers_are_not_held(monkeypatch):
    held = []

    async def until(moment):
        held.append(moment)

    monkeypatch.setattr("app.kernel.http.holding._until", until)
    for status in (200, 204, 303, 401, 403, 409, 500):
        _answered(status, 0)
    _answered(404, 0, beat=0)
    assert held == []
    _answered(404, 0)
    assert len(held) == 1
