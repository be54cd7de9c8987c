"""Ten years of two cells in a test: no file is kept beyond its term, none goes before it, none goes without a certificate.

Thousands of invented files are listed, discussed, discussed again, extended, looked at anew, corrected, closed, put back on the
list, handed over and swept. Each week the sweep runs; one in five is killed somewhere and started again, and now and then the
clock stands back. `LIVCR_SIMULATED_CASES` makes the population larger.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta

import pytest
from decadecraft import A_WEEK, BEGINS, Decade

from app.oversight.verifying import verify_file

YEARS = 10
CASES = int(os.environ.get("LIVCR_SIMULATED_CASES", "3000"))


@pytest.mark.slow
def test_ten_years_keep_to_the_law(house, monkeypatch, tmp_path, capsys):
    decade = Decade(house)
    weeks = YEARS * 52
    listing = weeks - 104  # nobody is listed in the last two years, so that most lives end in the test
    for week in range(weeks):
        decade.on(BEGINS + week * A_WEEK)
        if week < listing:
            decade.list_people(CASES * (week + 1) // listing - CASES * week // listing)
        decade.propose_extensions()
        if week % 4 == 0:
            decade.meet("C")
        if week % 4 == 2:
            decade.meet("zone")
        decade.decide_extensions()
        decade.review_extensions()
        decade.correct()
        decade.close()
        decade.relist()
        decade.hand_over()
        decade.sweep(monkeypatch)
    with capsys.disabled():
        said = ", ".join(f"{what}: {number}" for what, number in sorted(decade.counts.items()))
        sys.stdout.write(f"\nten years: {said}; still there: {len(decade.lives)}\n")
    assert all(decade.counts.get(what, 0) > 10 for what in (
        "extensions granted", "extensions refused", "extensions reviewed", "extensions ended", "days corrected", "closed",
        "sweeps killed", "back on the list", "handed over", "hand-overs that nobody accepted",
    )), decade.counts  # fmt: skip
    ended = house.sql("SELECT kind, reference, due_on, destroyed_at, ground FROM certificate")
    certified = {row.reference: row for row in ended if row.kind == "case"}
    # What was handed over goes at the next sweep, also one of a clock that stands back: by the day that one knew.
    handed = {ref for ref, row in certified.items() if row.ground == "handedOver"}
    # So does what a killed sweep had begun before the clock stood back.
    soon = handed | decade.begun
    assert certified.keys() == decade.gone.keys()
    assert {ref: row.due_on for ref, row in certified.items() if ref not in soon} == {
        ref: day for ref, day in decade.gone.items() if ref not in soon
    }
    assert all(timedelta() <= decade.gone[ref] - certified[ref].due_on <= timedelta(days=3) for ref in soon)
    assert all(row.destroyed_at.date() >= row.due_on for row in certified.values())
    assert sum(row.ground == "handedOver" for row in certified.values()) == len(decade.received)
    # What E received and nobody decided on went as any signal does, and never beyond the year that began at D.
    signals = [row for row in ended if row.kind == "registration"]
    assert sorted(row.due_on for row in signals) == sorted(
        day for day in decade.received if day <= decade.today
    )
    assert all(row.destroyed_at.date() >= row.due_on for row in signals)
    house.process.sealer.seal_all()
    for who in ("auditor", "zoneDpoD"):
        path = tmp_path / f"{who}.csv"
        path.write_bytes(house.client(who).get("/api/v1/journalEntries/export").content)
        report = verify_file(path, [str(house.installation.signer.verifier)])
        assert report.fine, report.sentence
