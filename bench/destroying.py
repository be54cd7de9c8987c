"""How fast files are destroyed, what it takes of memory, and whether that grows with the database (R90, R92).

A sweep runs in a process of its own, so that its peak of memory is its own. What a sweep takes that finds nothing to destroy is
measured by itself and taken off: it is of the municipalities, not of the files. Some of the files are destroyed first, with
which the cost of one is compared between a small and a large country; then as many as a disaster of forgotten terms could leave.
The floor deletes the same files' clear copies in the same database server, file by file, with no keys, no rules and no log.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from app.directory.actors import recognise
from app.kernel.installing import Addresses, assemble, databases_running, mark, migrate
from app.kernel.settings import Settings
from app.retention.rotating import Rotation, make_final
from app.retention.sweeping import ROBOT, sweep_files
from bench.world import Size, build

HERE = Path(__file__).parent
ROUNDS = 3


def measure(addresses: Addresses, home: Path, compared: int, all_of_them: int) -> dict[str, Any]:
    """Destroy files of the country in *home*: some, in rounds, then all that were asked for. Gives what it took."""
    job = home / "destroying.pickle"
    job.write_bytes(pickle.dumps((addresses, home, compared, all_of_them)))
    done = subprocess.run(
        [sys.executable, "-m", "bench.destroying", str(job)],
        stdout=subprocess.PIPE, check=True, cwd=HERE.parent, timeout=3600,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def compare(addresses: Addresses, home: Path, size: Size) -> dict[str, Any]:
    """Destroy a third of the country's files, and compare the cost of one with that in a country a tenth as large."""
    small = Size(max(size.cells // 10, 1), max(size.entries // 10, 1000))
    compared = small.cases // 6  # three rounds of them, and some before, are there in both countries
    found = measure(addresses, home, compared, size.cases // 3)
    with tempfile.TemporaryDirectory(prefix="livcr-bench-") as other:
        settings = Settings(LIVCR_DATA=Path(other), data=Path(other), DATABASE_URL="", KEYS_DATABASE_URL="")
        with databases_running(settings) as there:
            migrate(there)
            mark(there, "production")
            process = assemble(there, settings, recognise)
            build(process, small, lambda _: None)
            process.databases.dispose()
            less = measure(there, Path(other), compared, 0)
    return found | {
        "ratio": round(found["filesPerSecond"] / found["floorFilesPerSecond"], 2),
        "smallCountry": less | {"cases": small.cases},
        "growth": round(found["secondsPerFile"] / less["secondsPerFile"], 2),
    }


def in_words(gone: dict[str, Any] | None) -> str:
    """Say in a line what was measured; nothing where it was not."""
    if gone is None:
        return ""
    return (
        f"destroyed {gone['destroyed']} files: {gone['filesPerSecond']} a second (floor {gone['floorFilesPerSecond']}),"
        f" at most {gone['peakMiB']} MiB; one costs {gone['growth']} times what it does among"
        f" {gone['smallCountry']['cases']} files"
    )


def _fall_due(conn: Any, count: int) -> list[Any]:
    """Let the term of some files end today, in the order of their ids; gives them."""
    rows = conn.execute(
        "UPDATE case_file SET due_on = current_date, locks_on = current_date WHERE id IN"
        " (SELECT id FROM case_file WHERE due_on > current_date ORDER BY id LIMIT %s) RETURNING id",
        (count,),
    ).fetchall()
    conn.commit()
    return [row[0] for row in rows]


def _floor(conn: Any, files: list[Any]) -> float:
    """Delete the clear copies of these files, one transaction each; gives the seconds it took."""
    begun = time.perf_counter()
    for file_id in files:
        for table, column in (("statement", "case_id"), ("agenda_item", "case_id"), ("case_file", "id")):
            conn.execute(f"DELETE FROM floor.{table} WHERE {column} = %s", (file_id,))
        conn.commit()
    return time.perf_counter() - begun


def _peak() -> int:
    """Give the most memory this process ever held, in MiB."""
    unit = 1024 if sys.platform != "darwin" else 1024 * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit


def _run(job: Path) -> dict[str, Any]:
    addresses, home, compared, all_of_them = pickle.loads(job.read_bytes())
    settings = Settings(LIVCR_DATA=home, data=home, DATABASE_URL="", KEYS_DATABASE_URL="")
    process = assemble(addresses, settings, recognise)
    try:
        with psycopg.connect(addresses.main) as conn:
            return _measured(process.installation, conn, compared, all_of_them)
    finally:
        process.databases.dispose()


def _measured(installation: Any, conn: Any, compared: int, all_of_them: int) -> dict[str, Any]:
    moment = installation.clock.now()

    def timed(count: int) -> tuple[float, list[Any]]:
        files = _fall_due(conn, count)
        begun = time.perf_counter()
        done = sweep_files(installation, moment)
        spent = time.perf_counter() - begun
        if done.destroyed != len(files) or done.left:
            raise RuntimeError(f"{done.destroyed} of {len(files)} destroyed, {done.left} left")
        return spent, files

    def swept(count: int) -> tuple[float, float]:
        spent, files = timed(count)
        return max(spent - idle, 0.0) / len(files), _floor(conn, files) / len(files)

    timed(max(compared // 10, 1))  # what is loaded and planned once
    idle = statistics.median(timed(0)[0] for _ in range(ROUNDS))
    rounds = [swept(compared) for _ in range(ROUNDS)]
    before = _peak()
    each, floor = swept(all_of_them) if all_of_them else (0.0, 0.0)
    begun = time.perf_counter()
    make_final(Rotation(installation, ROBOT, moment, "robot"))
    return {
        "compared": compared,
        "idleSweepSeconds": round(idle, 4),
        "secondsPerFile": round(statistics.median(spent for spent, _ in rounds), 6),
        "floorSecondsPerFile": round(statistics.median(plain for _, plain in rounds), 6),
        "destroyed": all_of_them,
        "filesPerSecond": round(1 / each, 1) if each else None,
        "floorFilesPerSecond": round(1 / floor, 1) if floor else None,
        "peakMiB": _peak(),
        "peakBeforeMiB": before,
        "keysReplacedSeconds": round(time.perf_counter() - begun, 2),
    }


if __name__ == "__main__":
    os.chdir(HERE.parent)
    print(json.dumps(_run(Path(sys.argv[1]))))
