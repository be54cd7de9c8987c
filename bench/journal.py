"""How fast the processing log is written, exported and verified, and what of memory that takes (R105, R106).

One municipality with all entries of the size. Export: the whole operation, rules and all, as its auditor, in a process of its
own whose peak of memory is told; beside it the same lines without digest and proofs. The floor is `\\copy` of the same columns
by psql, to a file as well. Verification: by the product, beside SHA-256 over the same bytes. Appending: 16 writers, one line
and one commit each, beside plain inserts of the same columns into a plain table of the same size, by the same driver.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from app.directory.actors import actor_under, recognise
from app.kernel.installing import Addresses, assemble, databases_running, mark, migrate
from app.kernel.journal.copying import sealed_rows
from app.kernel.journal.sealer import latest_checkpoint
from app.kernel.journal.store import About, Circumstance, Decided, append
from app.kernel.journal.verify import verify_export
from app.kernel.settings import Settings
from app.kernel.work import work
from app.oversight.commands import ExportJournal
from app.oversight.exporting import export_journal
from app.rules.facts import Actor
from bench.world import FULL, SMALL, Size, build

HERE = Path(__file__).parent
ROUNDS = 3
WRITERS = 16
LINES_A_WRITER = 400
_COLUMNS = (
    "entry_id, controller, year, at, recorded_at, actor_id, agency_id, role, mandate_id, acting_for, action, outcome, rule,"
    " legal_basis, reason, case_id, subject_id, object_type, object_id, processing, channel, recipients, trace_id,"
    " related_trace_id, break_glass"
)


def measure(say: Callable[[str], None] = lambda _: None, entries: int = 0) -> dict[str, Any]:
    """Build a log of so many entries (as many as the country has) of one municipality and measure it; gives the figures."""
    entries = entries or (SMALL if os.environ.get("SIZE") == "small" else FULL).entries
    with tempfile.TemporaryDirectory(prefix="livcr-bench-") as folder:
        home = Path(folder)
        settings = Settings(LIVCR_DATA=home, data=home, DATABASE_URL="", KEYS_DATABASE_URL="")
        with databases_running(settings) as addresses:
            migrate(addresses)
            mark(addresses, "production")
            process = assemble(addresses, settings, recognise)
            world = build(process, Size(1, entries), say)
            _auditor(addresses, world.towns[0].id)
            process.databases.dispose()
            found = {"entries": entries, "sealedPerSecond": round(world.sealed_per_second)}
            found |= _exports(addresses, home, say)
            found |= _verification(addresses, home, say)
            return found | _appending(addresses, home, say)


def _auditor(addresses: Addresses, town: Any) -> None:
    """Give the mandate of an auditor to somebody of the municipality."""
    with psycopg.connect(addresses.main) as conn:
        conn.execute(
            "INSERT INTO mandate (id, person_id, role, cell_id, municipality_id, starts_on, document, created_at, version)"
            " SELECT gen_random_uuid(), person_id, 'auditor', cell_id, municipality_id, starts_on, document, created_at, 1"
            " FROM mandate WHERE municipality_id = %s AND role = 'coordinator' LIMIT 1",
            (town,),
        )


def _child(addresses: Addresses, home: Path, what: str) -> dict[str, Any]:
    job = home / "journal.pickle"
    job.write_bytes(pickle.dumps((addresses, home)))
    line = [sys.executable, "-m", "bench.journal", str(job), what]
    done = subprocess.run(line, cwd=HERE.parent, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _exports(addresses: Addresses, home: Path, say: Callable[[str], None]) -> dict[str, Any]:
    rounds: dict[str, list[dict[str, Any]]] = {}
    floor: list[float] = []
    for number in range(ROUNDS):
        floor.append(_psql(addresses, home))
        for what in ("lines", "csv", "filtered"):
            rounds.setdefault(what, []).append(_child(addresses, home, what))
            say(f"round {number + 1}: {what} {rounds[what][-1]['seconds']:.2f} s, \\copy {floor[-1]:.2f} s")
    found: dict[str, Any] = {"copySeconds": round(statistics.median(floor), 2)}
    for what, each in rounds.items():
        ratios = [f / one["seconds"] for f, one in zip(floor, each, strict=True)]
        found[what] = {
            "seconds": round(statistics.median(one["seconds"] for one in each), 2),
            "ratio": round(statistics.median(ratios), 2),
            "eachRound": [round(ratio, 2) for ratio in ratios],
            "memoryGrowthMiB": max(one["growth"] for one in each),
        }
    for what in ("jsonl", "xlsx"):
        one = _child(addresses, home, what)
        found[what] = {
            "seconds": round(one["seconds"], 2),
            "memoryGrowthMiB": one["growth"],
            "MiB": (home / f"export.{what}").stat().st_size >> 20,
        }
        say(f"{what}: {one['seconds']:.1f} s, {one['growth']} MiB more")
    return found


def _psql(addresses: Addresses, home: Path) -> float:
    """Have psql write the same columns to a file; gives the seconds. Without psql: a COPY read by the driver."""
    copy = f"COPY (SELECT {_COLUMNS} FROM journal.entry ORDER BY id) TO STDOUT (FORMAT csv)"
    psql = next(iter(sorted(Path(sys.prefix).glob("lib/python*/site-packages/**/bin/psql"))), None)
    begun = time.perf_counter()
    if psql:
        line = f"\\copy (SELECT {_COLUMNS} FROM journal.entry ORDER BY id) TO '{home / 'floor.csv'}' (FORMAT csv)"
        environment = os.environ | {"LD_LIBRARY_PATH": str(psql.parents[1] / "lib")}
        subprocess.run([str(psql), "-q", "-d", addresses.main, "-c", line], check=True, env=environment)
    else:
        with (
            psycopg.connect(addresses.main) as conn,
            conn.cursor() as cursor,
            (home / "floor.csv").open("wb") as file,
            cursor.copy(copy) as stream,
        ):
            for row in stream:
                file.write(row)
    return time.perf_counter() - begun


def _verification(addresses: Addresses, home: Path, say: Callable[[str], None]) -> dict[str, Any]:
    found = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        digest = hashlib.sha256()
        with (home / "export.csv").open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
        bare = time.perf_counter() - begun
        found.append((bare, _child(addresses, home, "verify"), _child(addresses, home, "verify2")))
    ratios = {name: [each[0] / each[n]["seconds"] for each in found] for n, name in ((1, "one"), (2, "two"))}
    say(f"verification: {ratios}")
    return {
        "verification": {
            "sha256Seconds": round(statistics.median(each[0] for each in found), 3),
            "seconds": round(statistics.median(each[1]["seconds"] for each in found), 2),
            "secondsOfTwoProcesses": round(statistics.median(each[2]["seconds"] for each in found), 2),
            "ratio": round(statistics.median(ratios["one"]), 2),
            "ratioOfTwoProcesses": round(statistics.median(ratios["two"]), 2),
            "memoryGrowthMiB": max(each[1]["growth"] for each in found),
        }
    }


def _appending(addresses: Addresses, home: Path, say: Callable[[str], None]) -> dict[str, Any]:
    found = [_child(addresses, home, "append") for _ in range(ROUNDS)]
    say(f"appending: {found}")
    return {
        "appending": {
            "writers": WRITERS,
            "entriesPerSecond": round(statistics.median(each["ours"] for each in found)),
            "floorPerSecond": round(statistics.median(each["floor"] for each in found)),
            "ratio": round(statistics.median(each["ours"] / each["floor"] for each in found), 2),
            "eachRound": [round(each["ours"] / each["floor"], 2) for each in found],
        }
    }


def alone(output: Path) -> int:
    """Measure the log and nothing else; put the figures beside those that stand in the file."""
    found = measure(lambda line: print(line, flush=True))
    kept = json.loads(output.read_text()) if output.exists() else {}
    output.write_text(json.dumps(kept | {"journal": found}, indent=2) + "\n")
    print(in_words(found))
    return 0


def in_words(found: dict[str, Any] | None) -> str:
    """Say in a line what was measured; nothing where it was not."""
    if found is None:
        return ""
    return (
        f"log of {found['entries']}: export {found['csv']['ratio']} of \\copy (lines alone {found['lines']['ratio']}, filtered"
        f" {found['filtered']['ratio']}), +{found['csv']['memoryGrowthMiB']} MiB; verification {found['verification']['ratio']}"
        f" of sha256; appending {found['appending']['ratio']} of plain inserts"
    )


# -- in a process of its own -------------------------------------------------------------------------------------------------


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _run(job: Path, what: str) -> dict[str, Any]:
    addresses, home = pickle.loads(job.read_bytes())
    settings = Settings(LIVCR_DATA=home, data=home, DATABASE_URL="", KEYS_DATABASE_URL="")
    process = assemble(addresses, settings, recognise)
    try:
        if what == "append":
            return _append(process, addresses)
        if what.startswith("verify"):
            return _verify(process, home, 2 if what.endswith("2") else 1)
        return _export(process, addresses, home, what)
    finally:
        process.databases.dispose()


def _export(process: Any, addresses: Addresses, home: Path, what: str) -> dict[str, Any]:
    with psycopg.connect(addresses.main) as conn:
        person, mandate = (
            conn.execute("SELECT person_id, id FROM mandate WHERE role = 'auditor'").fetchone() or ()
        )
    form: Any = "csv" if what in ("lines", "filtered") else what
    with work(process.installation, Actor(person_id=person, mandate_id=mandate), channel="cli") as unit:
        actor = actor_under(unit, person, mandate)
        if actor is None:
            raise RuntimeError("the auditor has no mandate")
        unit.act_as(replace(actor, second_factor=True, recently_confirmed=True))
        export_journal(unit, ExportJournal.model_validate({"to": "2001-01-01"}), form)  # what is loaded once
        before, begun = _peak(), time.perf_counter()
        if what == "lines":
            _lines(unit, home)
        else:
            command = ExportJournal.model_validate(
                {"outcome": "allowed", "from": "2001-01-01"} if what == "filtered" else {}
            )
            made = export_journal(unit, command, form)
            with (home / f"export.{what}").open("wb") as file:
                for piece in made.chunks():
                    file.write(piece)
        return {"seconds": time.perf_counter() - begun, "growth": round(_peak() - before)}


def _lines(unit: Any, home: Path) -> None:
    connection, controller = unit.session.connection(), unit.actor.municipality_id
    with (home / "lines.csv").open("wb") as file:
        for (year,) in connection.exec_driver_sql(
            "SELECT DISTINCT year FROM journal.tree ORDER BY year"
        ).all():
            size = latest_checkpoint(connection, controller, year).size
            for rows in sealed_rows(connection, controller, year, size, "true", {}):
                file.write(b"".join(rows))


def _verify(process: Any, home: Path, processes: int) -> dict[str, Any]:
    before, begun = _peak(), time.perf_counter()
    with (home / "export.csv").open("rb") as file:
        verify_export(file, [process.installation.signer.verifier], processes=processes)
    return {"seconds": time.perf_counter() - begun, "growth": round(_peak() - before)}


_PLAIN = (
    f"INSERT INTO floor.entry ({_COLUMNS.replace('entry_id, ', '', 1).replace('recorded_at, ', '', 1)}) VALUES"
    " (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


def _append(process: Any, addresses: Addresses) -> dict[str, Any]:
    now = process.installation.clock.now()
    town, case, person, mandate = uuid4(), uuid4(), uuid4(), uuid4()
    line = Decided(
        "case.open",
        "allowed",
        "R107",
        "dpa.logging",
        [About(town, case, case, "case", case)],
        "meetingPreparation",
    )
    actor = Actor(person_id=person, mandate_id=mandate, agency_id=town)

    def ours() -> None:
        with process.installation.sessions() as session:
            session.info.update(actor=person, mandate=mandate, now=now)
            for _ in range(LINES_A_WRITER):
                append(session, Circumstance(actor, now, "api", uuid4()), [line])
                session.commit()

    def plain() -> None:
        with psycopg.connect(addresses.main) as conn:
            for _ in range(LINES_A_WRITER):
                conn.execute(_PLAIN, (
                    town, now.year, now, person, town, "mayor", mandate, None, "case.open", "allowed", "R107", "dpa.logging",
                    "meetingPreparation", case, case, "case", case, "caseFile", "api", "", uuid4(), None, False,
                ))  # fmt: skip
                conn.commit()

    def timed(act: Callable[[], None]) -> float:
        threads = [threading.Thread(target=act) for _ in range(WRITERS)]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return WRITERS * LINES_A_WRITER / (time.perf_counter() - begun)

    timed(ours), timed(plain)
    return {"floor": timed(plain), "ours": timed(ours)}


if __name__ == "__main__":
    os.chdir(HERE.parent)
    print(json.dumps(_run(Path(sys.argv[1]), sys.argv[2])))
