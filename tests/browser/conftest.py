"""A live server in a thread, and a real Chromium."""

from __future__ import annotations

import shutil
import socket
import threading
import time

import pytest
import uvicorn
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="module")
def chromium():
    """One Chromium for the tests of a file: the machine's own, or the one that playwright installed.

    For no longer: while it is there, playwright keeps an event loop running in this very thread.
    """
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def live(house):
    """The house behind a real server on this machine; gives its address."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(house.app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
    listening.close()
