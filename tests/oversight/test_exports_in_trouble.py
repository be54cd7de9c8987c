"""Exports when something is amiss: each has a clear answer (R106)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from app.kernel.journal.forms import FORMS
from app.oversight.verifying import verify_file

EXPORT = "/api/v1/journalEntries/export"
_LINE = (
    "INSERT INTO journal.entry (year, controller, at, role, action, outcome, rule, legal_basis, reason, case_id,"
    " object_type, processing, channel, recipients, trace_id, break_glass) VALUES (:y, :c, :at, 'mayor', 'case.open',"
    " 'allowed', 'R107', '', '', :case, 'case', 'caseFile', 'api', '', gen_random_uuid(), false)"
)


@pytest.fixture
def exported(house, tmp_path):
    """Export as the auditor; give (the file, what the verifier says of it)."""

    def export(form="csv", key=None, **filters):
        answer = house.client("auditor").get(EXPORT, params=filters, headers={"Accept": FORMS[form].media})
        assert answer.status_code == 200, answer.text
        path = tmp_path / "export"
        path.write_bytes(answer.content)
        return path, verify_file(path, [key or str(house.installation.signer.verifier)])

    return export


def test_a_case_that_was_destroyed_is_still_in_the_log(house, exported):
    """The log holds no reference to what is erased: its lines stay, and are found by the id that the case had."""
    gone = uuid4()
    for _ in range(3):
        house.sql(_LINE, y=2026, c=house.cast.towns["C"], at=house.now, case=gone)
    path, report = exported(caseId=str(gone))
    assert report.fine
    assert report.sentence.startswith("VERIFIED. 3 lines")
    assert path.read_bytes().count(str(gone).encode()) == 3 + 2, (
        "three lines, and the filter in header and manifest"
    )


def test_a_clock_that_stepped_back_moves_no_line(house, exported):
    """Lines stand in the order in which they were committed, whatever the application's clock said; both clocks are there."""
    for step in (0, -90, 30):
        house.sql(
            _LINE, y=2026, c=house.cast.towns["C"], at=house.now + timedelta(minutes=step), case=uuid4()
        )
        house.installation.sealer.seal_all()
    path, report = exported("jsonl", action="case.open")
    assert report.fine, report.sentence
    earliest, latest = (house.now + timedelta(minutes=m) for m in (-90, 30))
    assert f"from {earliest:%Y-%m-%d}" in report.sentence
    moments = [line.split('"at":"')[1][:27] for line in path.read_text().splitlines() if '"at":"' in line]
    assert moments != sorted(moments)
    assert moments[-1][:16] == f"{latest:%Y-%m-%dT%H:%M}"


def test_what_a_sealer_that_stood_still_for_a_day_left_is_sealed_before_the_export(house, played, exported):
    house.later(days=1)
    unsealed = house.sql("SELECT count(*) FROM journal.entry e WHERE controller = :c AND NOT EXISTS"
                         " (SELECT FROM journal.leaf l WHERE l.year = e.year AND l.entry_id = e.id)",
                         c=house.cast.towns["C"])[0][0]  # fmt: skip
    assert unsealed
    _, report = exported()
    assert report.fine
    assert report.sentence.startswith(f"VERIFIED. {unsealed} lines")


@pytest.mark.parametrize("form", FORMS)
def test_a_line_changed_in_the_database_by_its_owner_is_found_in_the_export(house, played, exported, form):
    """Back-dated with every right there is: the hash in the tree is that of what was written."""
    assert exported(form)[1].fine
    house.sql("ALTER TABLE journal.entry_2026 DISABLE TRIGGER stays")
    house.sql(
        "UPDATE journal.entry SET at = at - interval '1 hour' WHERE id = (SELECT min(id) FROM journal.entry"
        " WHERE controller = :c)",
        c=house.cast.towns["C"],
    )
    house.sql("ALTER TABLE journal.entry_2026 ENABLE ALWAYS TRIGGER stays")
    _, report = exported(form)
    assert not report.fine
    assert f"tree {house.cast.towns['C']}/2026 do not give the root" in report.sentence


def test_a_key_of_somebody_else_says_whose_signature_stands_there(house, played, exported):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from app.kernel.journal.note import Signer

    other = str(Signer("livcr.elsewhere", Ed25519PrivateKey.generate()).verifier)
    for form in FORMS:
        _, report = exported(form, key=other)
        assert not report.fine
        assert house.installation.signer.name in report.sentence
