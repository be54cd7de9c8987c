"""Faults against real processes: nothing answered is lost, no change without its journal line and the other way round."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from cast import build
from sqlalchemy import text

from app.asgi import KEYS, MAIN
from app.directory.actors import recognise
from app.directory.models import SignIn
from app.kernel.embedded import Cluster
from app.kernel.identity import Claims
from app.kernel.ids import new_id
from app.kernel.installing import assemble, databases_running, mark, migrate
from app.kernel.migrating import admin_engine
from app.kernel.settings import Settings

ROOT = Path(__file__).resolve().parents[1]


class Live:
    """A real server process on embedded databases of its own, with a token of the cast's participant."""

    def __init__(self, data: Path, addresses) -> None:
        self.data, self.addresses = data, addresses
        migrate(addresses)
        mark(addresses, "demo")
        process = assemble(addresses, Settings(data=data), recognise)
        self.cast = build(process)
        session_id = new_id()
        moment = datetime.now(UTC)
        with process.installation.sessions() as session:
            session.info["actor"] = self.cast.persons["participant"]
            session.add(
                SignIn(id=session_id, person_id=self.cast.persons["participant"], mandate_id=self.cast.mandates["participant"],
                       channel="api", state="active", opened_at=moment, seen_at=moment,
                       expires_at=datetime(2100, 1, 1, tzinfo=UTC))
            )  # fmt: skip
            session.commit()
        claims = Claims(self.cast.persons["participant"], session_id, self.cast.mandates["participant"])
        self.token = process.installation.tokens.issue(claims, 60)
        process.databases.dispose()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/api/v1"
        self.server = None

    def start(self) -> None:
        env = os.environ | {
            MAIN: self.addresses.main,
            KEYS: self.addresses.keys,
            "LIVCR_DATA": str(self.data),
        }
        self.server = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "app.asgi:create", "--factory", "--port", str(self.port),
             "--log-level", "critical"],
            cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _ in range(200):
            try:
                httpx2.get(self.url + "/health")
            except httpx2.TransportError:
                time.sleep(0.05)
            else:
                return
        pytest.fail("the server did not start")

    def kill(self) -> None:
        if self.server is not None:
            self.server.kill()
            self.server.wait()
            self.server = None

    def submit(self, client: httpx2.Client) -> httpx2.Response:
        body = {
            "municipalityId": str(self.cast.towns["C"]), "subjectName": f"Verzonnen {uuid4().hex[:6]}", "narrative": "x",
            "phenomenon": "sects", "urgency": "normal", "nothingClassified": True,
        }  # fmt: skip
        return client.post(
            self.url + "/registrations", json=body, headers={"Authorization": f"Bearer {self.token}"}
        )

    def ids(self, query: str) -> set[str]:
        with admin_engine(self.addresses.main).connect() as conn:
            return {str(row[0]) for row in conn.execute(text(query))}

    def changes_and_lines(self) -> tuple[set[str], set[str]]:
        changes = self.ids("SELECT id FROM registration")
        lines = self.ids(
            "SELECT object_id FROM journal.entry WHERE action = 'registration.submit' AND outcome = 'allowed'"
        )
        return changes, lines


@pytest.fixture
def live(tmp_path):
    settings = Settings(data=tmp_path)
    with databases_running(Settings(data=tmp_path, DATABASE_URL="", KEYS_DATABASE_URL="")) as addresses:
        made = Live(settings.data, addresses)
        made.start()
        yield made
        made.kill()


def _hammer(live: Live, answered: list[str], seen: list[int], stop: threading.Event) -> None:
    with httpx2.Client(timeout=20) as client:
        while not stop.is_set():
            try:
                answer = live.submit(client)
            except httpx2.TransportError:
                time.sleep(0.02)
                continue
            seen.append(answer.status_code)
            if answer.status_code == 201:
                answered.append(answer.json()["registrationId"])


@pytest.mark.slow
def test_killing_the_server_at_any_moment_leaves_change_and_line_together(live):
    answered, seen, stop = [], [], threading.Event()
    threads = [threading.Thread(target=_hammer, args=(live, answered, seen, stop)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(4):
        time.sleep(random.uniform(0.3, 1.0))  # noqa: S311 — a moment, not a secret
        live.kill()
        live.start()
    time.sleep(0.3)
    stop.set()
    for thread in threads:
        thread.join()
    changes, lines = live.changes_and_lines()
    assert answered
    assert set(answered) <= changes
    assert changes == lines


@pytest.mark.slow
def test_losing_the_database_gives_503_and_loses_nothing_that_was_answered(live):
    answered, seen, stop = [], [], threading.Event()
    threads = [threading.Thread(target=_hammer, args=(live, answered, seen, stop)) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.7)
    pidfile = next((live.data / "main").rglob("postmaster.pid"))
    os.kill(int(pidfile.read_text().splitlines()[0]), signal.SIGKILL)
    time.sleep(1.0)
    before = len(answered)
    with Cluster(live.data / "main"):
        deadline = time.monotonic() + 20
        while len(answered) < before + 5 and time.monotonic() < deadline:
            time.sleep(0.1)
        stop.set()
        for thread in threads:
            thread.join()
        assert 503 in seen
        assert set(seen) <= {201, 503}
        assert len(answered) >= before + 5, "the server did not recover by itself"
        changes, lines = live.changes_and_lines()
        assert set(answered) <= changes
        assert changes == lines
