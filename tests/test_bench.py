"""The benchmark runs from an empty folder to its table, and every answer it counts is a success. No speed is asserted."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OPERATIONS = {
    "agendaConsultation",
    "caseReading",
    "caseList",
    "agendaPrinting",
    "statementCreation",
    "signIn",
}
FIGURES = {"requestsPerSecond", "p50", "p99", "answers", "failures"}


@pytest.mark.slow
def test_the_small_benchmark_measures_every_operation_on_both_sides(tmp_path):
    output = tmp_path / "results.json"
    folder = tempfile.mkdtemp(prefix="livcr-")  # a socket wants a short path
    environment = os.environ | {"SIZE": "small", "TMPDIR": folder}
    line = [sys.executable, "-m", "bench", "--rounds", "1", "--seconds", "0.5", "--output", str(output)]
    done = subprocess.run(
        line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads(output.read_text())
    assert results["world"]["cases"] == 300
    assert results["world"]["journalEntries"] == 10_000
    assert set(results["operations"]) == OPERATIONS
    for name, operation in results["operations"].items():
        assert set(operation) == FIGURES | {"what", "kind", "floor", "ratio", "ratioOfEachRound"}, name
        assert set(operation["floor"]) == FIGURES, name
        for side in (operation, operation["floor"]):
            assert side["answers"] > 0, name
            assert side["failures"] == 0, name
            assert 0 < side["p50"] <= side["p99"], name
            assert side["requestsPerSecond"] > 0, name
        measured = operation["requestsPerSecond"] / operation["floor"]["requestsPerSecond"]
        assert operation["ratio"] == pytest.approx(measured, abs=0.01), name
        assert len(operation["ratioOfEachRound"]) == 1, name
    gone = results["destruction"]
    assert gone["destroyed"] == 100
    assert gone["filesPerSecond"] > 0
    assert gone["floorFilesPerSecond"] > 0
    assert gone["peakMiB"] >= gone["peakBeforeMiB"] > 0
    assert len(gone["growthOfEachRound"]) == 5
    assert gone["growth"] > 0  # how much it may be is for a quiet machine: docs/performance.md
    Path(folder).rmdir()  # works only if nothing was left behind
