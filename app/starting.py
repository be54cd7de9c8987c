"""What every command of the console begins with: room, a free port, databases that run, and a process on them.

A composition root, as `cli.py`: it puts parts together. A fault ends the command with one sentence (Stop).
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LEAST_DISK = 300 * 1024 * 1024
SWEEP_SECONDS = 3600.0
"""Destruction runs by itself, within the hour in which its day begins (R90)."""
REMIND_SECONDS = 600.0


class Stop(Exception):  # noqa: N818 — one sentence for the person at the console
    """End the command with a sentence."""


def data_ready() -> Path:
    """Give the data folder, made if needed. Raises Stop when its disk is nearly full."""
    from app.kernel.settings import settings

    data = settings().data
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    free = shutil.disk_usage(data).free
    if free < LEAST_DISK:
        free, least = free >> 20, LEAST_DISK >> 20
        raise Stop(f"The disk that holds {data} has only {free} MiB free; at least {least} are needed.")
    return data


def port_free() -> None:
    """Raise Stop when the address to serve on is taken."""
    from app.kernel.settings import settings

    host, port = settings().host, settings().port
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise Stop(f"Port {port} on {host} is in use; choose another one with PORT=….") from None


@contextmanager
def running(kind: str = "") -> Iterator[object]:
    """Have databases running and migrated, and give this process's parts. *kind*: mark of a new database."""
    from app.directory.actors import recognise
    from app.kernel.installing import assemble, databases_running, mark, migrate
    from app.kernel.settings import settings

    data_ready()
    with databases_running(settings()) as addresses:
        migrate(addresses)
        mark(addresses, kind or "production")
        process = assemble(addresses, settings(), recognise)
        try:
            yield process
        finally:
            process.databases.dispose()


def loopback_only() -> None:
    """Raise Stop when a demonstration would be served to other machines."""
    from ipaddress import ip_address

    from app.kernel.settings import settings

    host = settings().host
    try:
        fine = ip_address(host).is_loopback
    except ValueError:
        fine = host == "localhost"
    if not fine:
        raise Stop(f"A demonstration is served on this machine's own address only, not on {host}.")


def serve_process(process: object) -> None:
    """Serve, and seal and sweep meanwhile, until told to stop."""
    import uvicorn

    from app.asgi import KEYS, MAIN
    from app.intake.alerting import alert_all
    from app.intake.marking import mark_all
    from app.kernel.installing import Periodically, Process
    from app.kernel.settings import settings
    from app.meetings.posting import post_all
    from app.meetings.reminding import remind_all
    from app.retention.sweeping import sweep_all

    if not isinstance(process, Process):
        raise TypeError
    chosen = settings()
    if process.installation.demo:
        loopback_only()
    os.environ[MAIN], os.environ[KEYS] = process.addresses.main, process.addresses.keys
    # Before uvicorn: after its own shutdown it raises the signal again, and the databases still have to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    chores = (
        Periodically("sealing", chosen.seal_seconds, process.sealer.seal_all),
        Periodically("sweeping", SWEEP_SECONDS, lambda: sweep_all(process.installation), at_once=True),
        Periodically("marking", SWEEP_SECONDS, lambda: mark_all(process.installation), at_once=True),
        Periodically("reminding", REMIND_SECONDS, lambda: remind_all(process.installation), at_once=True),
        Periodically("alerting", REMIND_SECONDS, lambda: alert_all(process.installation), at_once=True),
        Periodically("posting", chosen.post_seconds, lambda: post_all(process.installation)),
    )
    for chore in chores:
        chore.start()
    try:
        uvicorn.run(
            "app.asgi:create",
            factory=True,
            host=chosen.host,
            port=chosen.port,
            workers=chosen.workers,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
    finally:
        for chore in chores:
            chore.stop()
