"""How fast files are destroyed, what it takes of memory, and whether that grows with the database (R90, R92).

Each country is swept by a process of its own, so that its peak of memory is its own. To compare a small with a large country,
both are up at once and the same number of files is destroyed in each by turns: the destruction alone, batch by batch, without
looking what is due. What a whole sweep takes that finds nothing is told beside it. Then as many files as a disaster of forgotten
terms could leave fall due at once, and one sweep takes them, looking and all. The floor deletes the same files' clear copies in
the same database server, file by file, with no keys, no rules and no log.
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
from typing import Any, Self

import psycopg

from app.directory.actors import recognise
from app.kernel.installing import Addresses, assemble, databases_running, mark, migrate
from app.kernel.settings import Settings
from app.kernel.work import Installation
from app.retention.commands import BATCH
from app.retention.rotating import Rotation, make_final
from app.retention.sweeping import ROBOT, Run, carry_out_cases, sweep_files
from bench.world import Size, build

HERE = Path(__file__).parent
ROUNDS = 5


class Country:
    """A process that destroys files of one country, when told to, and says what it took."""

    def __init__(self, addresses: Addresses, home: Path) -> None:
        job = home / "destroying.pickle"
        job.write_bytes(pickle.dumps((addresses, home)))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.destroying", str(job)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=HERE.parent, text=True,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._process as process:  # closes what it listens to, and waits for its end
            if process.stdin:
                process.stdin.close()

    def ask(self, what: str, count: int = 0) -> dict[str, Any]:
        """Have it do one thing, of so many files. Raises RuntimeError where it did not."""
        told, heard = self._process.stdin, self._process.stdout
        if told is None or heard is None:
            raise RuntimeError("the process that destroys cannot be spoken to")
        told.write(f"{what} {count}\n")
        told.flush()
        line = heard.readline()
        if not line:
            raise RuntimeError("the process that destroys is gone")
        found: dict[str, Any] = json.loads(line)
        return found


def compare(addresses: Addresses, home: Path, size: Size) -> dict[str, Any]:
    """Compare the cost of destroying one file with that in a country a tenth as large, then destroy a third of the country."""
    small = Size(max(size.cells // 10, 1), max(size.entries // 10, 1000))
    with tempfile.TemporaryDirectory(prefix="livcr-bench-") as other:
        settings = Settings(LIVCR_DATA=Path(other), data=Path(other), DATABASE_URL="", KEYS_DATABASE_URL="")
        with databases_running(settings) as there:
            migrate(there)
            mark(there, "production")
            process = assemble(there, settings, recognise)
            build(process, small, lambda _: None)
            process.databases.dispose()
            with Country(addresses, home) as large, Country(there, Path(other)) as little:
                found = _by_turns(large, little, small.cases // 10)
        found["smallCountry"]["cases"] = small.cases
    with Country(addresses, home) as large:
        return found | large.ask("sweep", size.cases // 3)


def _by_turns(large: Country, little: Country, count: int) -> dict[str, Any]:
    """Destroy *count* files in each country, round by round, the one that begins changing."""
    for country in (large, little):
        country.ask("alone", count)  # what is loaded and planned once
    rounds: dict[Country, list[dict[str, Any]]] = {large: [], little: []}
    for number in range(ROUNDS):
        for country in (large, little) if number % 2 else (little, large):
            rounds[country].append(country.ask("alone", count) | country.ask("idle"))

    def middle(country: Country, name: str) -> float:
        return statistics.median(each[name] for each in rounds[country])

    def told(country: Country) -> dict[str, Any]:
        names = ("secondsPerFile", "floorSecondsPerFile", "idleSweepSeconds")
        return {name: round(middle(country, name), 6) for name in names}

    each = [
        a["secondsPerFile"] / b["secondsPerFile"] for a, b in zip(rounds[large], rounds[little], strict=True)
    ]
    growth = middle(large, "secondsPerFile") / middle(little, "secondsPerFile")
    return {
        "compared": count,
        **told(large),
        "smallCountry": told(little),
        "growth": round(growth, 2),
        "growthOfEachRound": [round(ratio, 2) for ratio in each],
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


def _run(job: Path) -> None:
    """Do what is asked, line by line, and answer each line with one."""
    addresses, home = pickle.loads(job.read_bytes())
    settings = Settings(LIVCR_DATA=home, data=home, DATABASE_URL="", KEYS_DATABASE_URL="")
    process = assemble(addresses, settings, recognise)
    acts = {"alone": _alone, "idle": _idle, "sweep": _sweep}
    try:
        with psycopg.connect(addresses.main) as conn:
            for line in sys.stdin:
                what, count = line.split()
                print(json.dumps(acts[what](process.installation, conn, int(count))), flush=True)
    finally:
        process.databases.dispose()


def _alone(installation: Installation, conn: Any, count: int) -> dict[str, Any]:
    """Destroy so many files, in the batches of a sweep, and nothing else."""
    run = Run(installation, ROBOT, installation.clock.now(), "robot")
    files = _fall_due(conn, count)
    begun = time.perf_counter()
    for first in range(0, len(files), BATCH):
        carry_out_cases(run, files[first : first + BATCH])
    spent = time.perf_counter() - begun
    return {"secondsPerFile": spent / len(files), "floorSecondsPerFile": _floor(conn, files) / len(files)}


def _idle(installation: Installation, _: Any, __: int) -> dict[str, Any]:
    """Sweep where nothing is due."""
    begun = time.perf_counter()
    _swept(installation, 0)
    return {"idleSweepSeconds": time.perf_counter() - begun}


def _sweep(installation: Installation, conn: Any, count: int) -> dict[str, Any]:
    """Destroy so many files by one sweep, from looking what is due to the last certificate; replace the keys after it."""
    _idle(installation, conn, 0)
    before = _peak()
    files = _fall_due(conn, count)
    begun = time.perf_counter()
    _swept(installation, len(files))
    spent = time.perf_counter() - begun
    floor = _floor(conn, files)
    begun = time.perf_counter()
    make_final(Rotation(installation, ROBOT, installation.clock.now(), "robot"))
    return {
        "destroyed": len(files),
        "filesPerSecond": round(len(files) / spent, 1),
        "floorFilesPerSecond": round(len(files) / floor, 1),
        "ratio": round(floor / spent, 2),
        "peakMiB": _peak(),
        "peakBeforeMiB": before,
        "keysReplacedSeconds": round(time.perf_counter() - begun, 2),
    }


def _swept(installation: Installation, wanted: int) -> None:
    done = sweep_files(installation, installation.clock.now())
    if done.destroyed != wanted or done.left:
        raise RuntimeError(f"{done.destroyed} of {wanted} destroyed, {done.left} left")


if __name__ == "__main__":
    os.chdir(HERE.parent)
    _run(Path(sys.argv[1]))
