"""`make bench`: build a country, serve it twice (the application and the floor), measure both in turns."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pickle
import platform
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.directory.actors import recognise
from app.kernel.identity import Claims
from app.kernel.installing import Addresses, Process, assemble, databases_running, mark, migrate
from app.kernel.settings import Settings
from bench import destroying
from bench.load import Job, get, post
from bench.world import FULL, PASSWORD, SMALL, WRITTEN_TO, Somebody, World, build

HERE = Path(__file__).parent
CONNECTIONS = 16
MOST_TARGETS = 6000
LEAST_SIGN_IN = 5.0
API = "/api/v1"


@dataclass(frozen=True)
class Operation:
    """One thing measured: the same act, asked of the floor and of the application."""

    name: str
    what: str
    kind: str
    floor: Callable[[World, Process], list[bytes]]
    ours: Callable[[World, Process], list[bytes]]


def main() -> int:
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    home = Path(arguments.keep or tempfile.mkdtemp(prefix="livcr-bench-"))
    try:
        return _run(arguments, home)
    except KeyboardInterrupt:
        print("\nstopped")
        return 130
    finally:
        if not arguments.keep:
            shutil.rmtree(home, ignore_errors=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--output", type=Path, default=HERE / "results.json", help="where the figures go")
    parser.add_argument("--rounds", type=int, default=3, help="rounds; the median counts")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of each measurement")
    parser.add_argument("--only", default="", help="names of operations, with commas")
    parser.add_argument("--keep", default="", help="build in this folder, or use again what was built there")
    return parser.parse_args()


def _run(arguments: argparse.Namespace, home: Path) -> int:
    workers = int(os.environ.get("WORKERS", "2"))
    settings = Settings(LIVCR_DATA=home, data=home, DATABASE_URL="", KEYS_DATABASE_URL="")
    with databases_running(settings) as addresses:
        process, world = _world(addresses, settings, home)
        wanted = [o for o in OPERATIONS if not arguments.only or o.name in arguments.only.split(",")]
        with _served(addresses, home, workers, settings.pool) as ports:
            rounds = _measure(wanted, world, process, ports, arguments, home)
        process.databases.dispose()
        results = _results(wanted, rounds, world, arguments, workers)
        if not arguments.only or "destruction" in arguments.only.split(","):
            results["destruction"] = destroying.compare(addresses, home, world.size)
    arguments.output.write_text(json.dumps(results, indent=2) + "\n")
    _print(results)
    failures = sum(o["failures"] + o["floor"]["failures"] for o in results["operations"].values())
    if failures:
        print(f"{failures} answers were no success: these figures do not count.", file=sys.stderr)
    return 1 if failures else 0


def _world(addresses: Addresses, settings: Settings, home: Path) -> tuple[Process, World]:
    kept = home / "world.pickle"
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"[{time.monotonic() - began:6.1f} s] {line}", flush=True)

    migrate(addresses)
    mark(addresses, "production")
    process = assemble(addresses, settings, recognise)
    if kept.exists():
        return process, pickle.loads(kept.read_bytes())
    world = build(process, SMALL if os.environ.get("SIZE") == "small" else FULL, say)
    kept.write_bytes(pickle.dumps(world))
    return process, world


# -- what is asked -----------------------------------------------------------------------------------------


def _token(process: Process, who: Somebody) -> str:
    return process.installation.tokens.issue(Claims(who.id, who.session_id, who.mandate_id), 60)


def _some(rows: list[Any]) -> list[Any]:
    return random.Random(3).sample(rows, min(len(rows), MOST_TARGETS))


def _readers(world: World, role: str) -> list[tuple[Any, Somebody]]:
    return _some([(town, who) for town in world.towns for who in town.of(role)])


def _files(world: World, *, last: bool = False) -> list[tuple[Any, Somebody, Any]]:
    """Cases with somebody of their desk; the last of each town are written to, the others read."""
    return _some([
        (town, town.people[n % 2], case) for town in world.towns
        for n, case in enumerate(town.cases[-WRITTEN_TO:] if last else town.cases[:-WRITTEN_TO])
    ])  # fmt: skip


def _agenda_floor(world: World, _: Process) -> list[bytes]:
    return [get(f"/meetings/{t.meeting_id}?person={p.id}") for t, p in _readers(world, "participant")]


def _agenda(world: World, process: Process) -> list[bytes]:
    return [
        get(f"{API}/meetings/{t.meeting_id}", _token(process, p)) for t, p in _readers(world, "participant")
    ]


def _case_floor(world: World, _: Process) -> list[bytes]:
    return [get(f"/cases/{case}?person={p.id}") for _, p, case in _files(world)]


def _case(world: World, process: Process) -> list[bytes]:
    return [
        get(f"{API}/cases/{case}?reason=meetingPreparation", _token(process, p))
        for _, p, case in _files(world)
    ]


def _desk(world: World) -> list[tuple[Any, Somebody]]:
    return [*_readers(world, "mayor"), *_readers(world, "coordinator")]


def _list_floor(world: World, _: Process) -> list[bytes]:
    return [get(f"/cases?municipality={t.id}&person={p.id}") for t, p in _desk(world)]


def _list(world: World, process: Process) -> list[bytes]:
    return [get(f"{API}/cases", _token(process, p)) for _, p in _desk(world)]


_STATEMENT = {
    "category": 1,
    "origin": "municipality",
    "kind": "fact",
    "text": "De begeleider merkt vooruitgang bij het zoeken naar werk. " * 4,
    "relevantAndProportionate": True,
    "nothingClassified": True,
}


def _statement_floor(world: World, _: Process) -> list[bytes]:
    files = _files(world, last=True)
    return [post(f"/statements?person={p.id}", _STATEMENT | {"caseId": str(case)}) for _, p, case in files]


def _statement(world: World, process: Process) -> list[bytes]:
    files = _files(world, last=True)
    return [
        post(f"{API}/statements", _STATEMENT | {"caseId": str(c)}, _token(process, p)) for _, p, c in files
    ]


def _paper_floor(world: World, _: Process) -> list[bytes]:
    return [get(f"/papers/{t.meeting_id}?person={p.id}") for t, p in _desk(world)]


def _paper(world: World, process: Process) -> list[bytes]:
    return [
        get(f"{API}/meetings/{t.meeting_id}/document?language=nl", _token(process, p))
        for t, p in _desk(world)
    ]


def _nothing(_: World, __: Process) -> list[bytes]:
    return []


OPERATIONS = (
    Operation("agendaConsultation", "participant: an agenda of 10 items", "read", _agenda_floor, _agenda),
    Operation("caseReading", "desk: a file with 20 statements", "read", _case_floor, _case),
    Operation("caseList", "desk: 25 cases", "read", _list_floor, _list),
    Operation("agendaPrinting", "desk: an agenda of 10 items as PDF", "read", _paper_floor, _paper),
    Operation("statementCreation", "desk: one statement", "write", _statement_floor, _statement),
    Operation("signIn", "password, then code", "write", _nothing, _nothing),
)


# -- serving -----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _served(addresses: Addresses, home: Path, workers: int, pool: int) -> Iterator[dict[str, int]]:
    """Have the floor and the application served, each by its own processes; give their ports."""
    environment = os.environ | {
        "LIVCR_DATA": str(home),
        "LIVCR_MAIN_ADDRESS": addresses.main,
        "LIVCR_KEYS_ADDRESS": addresses.keys,
        "LIVCR_POOL": str(pool),
        "LIVCR_SIGN_INS_PER_MINUTE": "1000000",  # everybody signs in from one address here
        "PYTHONPATH": str(HERE.parent),
    }
    ports = {"floor": _free_port(), "ours": _free_port()}
    servers = []
    try:
        for side, factory in (("floor", "bench.floor:create"), ("ours", "app.asgi:create")):
            line = [sys.executable, "-m", "uvicorn", factory, "--factory", "--host", "127.0.0.1"]
            line += ["--port", str(ports[side]), "--workers", str(workers), "--log-level", "warning"]
            line += ["--no-access-log", "--no-server-header", "--timeout-graceful-shutdown", "5"]
            servers.append(subprocess.Popen(line, env=environment, start_new_session=True))
        for port, server in zip(ports.values(), servers, strict=True):
            _wait_for(port, server)
        yield ports
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError("a server did not start")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise RuntimeError("a server did not answer in time")


# -- measuring ---------------------------------------------------------------------------------------------


def _measure(
    wanted: list[Operation],
    world: World,
    process: Process,
    ports: dict[str, int],
    arguments: argparse.Namespace,
    home: Path,
) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Measure every operation on both sides in each round, the side that begins changing from round to round."""
    asked = {o.name: {"floor": o.floor(world, process), "ours": o.ours(world, process)} for o in wanted}
    people = [who for town in world.towns for who in town.people]
    random.Random(4).shuffle(people)
    found: dict[str, dict[str, list[dict[str, Any]]]] = {o.name: {"floor": [], "ours": []} for o in wanted}
    share = len(people) // arguments.rounds
    for number in range(arguments.rounds):
        for operation in wanted:
            for side in ("floor", "ours") if number % 2 == 0 else ("ours", "floor"):
                job = Job(ports[side], arguments.seconds, min(1.0, arguments.seconds / 4), CONNECTIONS)
                if operation.name == "signIn":
                    _signing_in(job, side, people[number * share : (number + 1) * share])
                else:
                    job.requests = asked[operation.name][side]
                got = _run_job(job, home)
                found[operation.name][side].append(got)
                print(
                    f"round {number + 1}  {operation.name:20} {side:6} {got['requestsPerSecond']:8} /s",
                    flush=True,
                )
                if got["failures"]:
                    print(got["firstFailure"], file=sys.stderr)
    return found


def _signing_in(job: Job, side: str, people: list[Somebody]) -> None:
    base = API if side == "ours" else ""
    job.seconds = max(job.seconds, LEAST_SIGN_IN)  # hashing a password is meant to take long
    job.warmup = 0.0  # a code works once: nobody can be spent on warming up
    job.confirm_path = base + "/sessions/{}/confirm"
    job.visitors = [
        (post(f"{base}/sessions", {"username": p.username, "password": PASSWORD}), p.totp_secret)
        for p in people
    ]


def _run_job(job: Job, home: Path) -> dict[str, Any]:
    path = home / "job.pickle"
    path.write_bytes(pickle.dumps(job))
    line = [sys.executable, "-m", "bench.load", str(path)]
    done = subprocess.run(
        line, stdout=subprocess.PIPE, check=True, cwd=HERE.parent, timeout=job.seconds + 120
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


# -- reporting ---------------------------------------------------------------------------------------------


def _results(
    wanted: list[Operation],
    rounds: dict[str, dict[str, list[dict[str, Any]]]],
    world: World,
    arguments: argparse.Namespace,
    workers: int,
) -> dict[str, Any]:
    return {
        "measuredAt": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "processors": os.cpu_count(),
            "python": platform.python_version(),
            "system": platform.system(),
        },
        "world": {
            "cells": world.size.cells,
            "cases": world.size.cases,
            "statements": world.size.statements,
            "journalEntries": world.size.entries,
            "buildSeconds": round(world.seconds, 1),
            "journalEntriesSealedPerSecond": round(world.sealed_per_second),
        },
        "settings": {
            "workers": workers,
            "connections": CONNECTIONS,
            "rounds": arguments.rounds,
            "secondsPerMeasurement": arguments.seconds,
        },
        "operations": {o.name: _summary(o, rounds[o.name]) for o in wanted},
    }


def _summary(operation: Operation, rounds: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    ratios = [
        round(ours["requestsPerSecond"] / floor["requestsPerSecond"], 3)
        if floor["requestsPerSecond"]
        else 0.0
        for ours, floor in zip(rounds["ours"], rounds["floor"], strict=True)
    ]
    return {
        "what": operation.what,
        "kind": operation.kind,
        **_middle(rounds["ours"]),
        "floor": _middle(rounds["floor"]),
        "ratio": round(statistics.median(ratios), 2),
        "ratioOfEachRound": ratios,
    }


def _middle(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """Give the median of the rounds; answers and failures are summed."""
    summed = {name: sum(r[name] for r in rounds) for name in ("answers", "failures")}
    return {
        n: round(statistics.median(r[n] for r in rounds), 2) for n in ("requestsPerSecond", "p50", "p99")
    } | summed


def _print(results: dict[str, Any]) -> None:
    head = ("", "ours/s", "p50 ms", "p99 ms", "floor/s", "p50 ms", "p99 ms", "ratio")
    print("\n{:20}{:>10}{:>9}{:>9}{:>10}{:>9}{:>9}{:>8}".format(*head))
    for name, o in results["operations"].items():
        f = o["floor"]
        print(
            f"{name:20}{o['requestsPerSecond']:10}{o['p50']:9}{o['p99']:9}"
            f"{f['requestsPerSecond']:10}{f['p50']:9}{f['p99']:9}{o['ratio']:8}"
        )
    print(destroying.in_words(results.get("destruction")))


if __name__ == "__main__":
    sys.exit(main())
