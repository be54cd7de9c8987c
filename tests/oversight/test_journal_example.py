"""The export of an invented municipality's log that stands in docs/examples, with the key it verifies under.

`LIVCR_WRITE_EXAMPLES=1` makes it anew; without it the test says that what stands there verifies, by both verifiers.
"""

from __future__ import annotations

import os
import runpy
from pathlib import Path

import pytest

from app.kernel.journal.forms import FORMS
from app.oversight.verifying import verify_file

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
WRITES = os.environ.get("LIVCR_WRITE_EXAMPLES") == "1"
KEY = EXAMPLES / "processing-log.pub"
KEPT = [f"processing-log.{FORMS[form].ending}" for form in ("csv", "xlsx", "logboek", "fhir")]


def test_the_example_can_be_made_and_verified(house, played, tmp_path):
    folder = EXAMPLES if WRITES else tmp_path
    (folder / KEY.name).write_text(f"{house.installation.signer.verifier}\n")
    for form in ("csv", "xlsx", "logboek", "fhir"):
        answer = house.client("auditor").get(
            "/api/v1/journalEntries/export", headers={"Accept": FORMS[form].media}
        )
        assert answer.status_code == 200, answer.text
        path = folder / f"processing-log.{FORMS[form].ending}"
        path.write_bytes(answer.content)
        assert verify_file(path, [(folder / KEY.name).read_text()]).fine


@pytest.mark.parametrize("name", KEPT)
def test_the_recipe_beside_the_example_holds(name):
    """As an auditor does it: the page of Python, the file, the key."""
    alone = runpy.run_path(str(EXAMPLES / "verify_journal.py"))
    said = alone["verify"](str(EXAMPLES / name), str(KEY))
    assert said.startswith("VERIFIED. ")
    assert verify_file(EXAMPLES / name, [KEY.read_text()]).fine
    recipe = (EXAMPLES / "processing-log.md").read_text(encoding="utf-8")
    assert "python3 verify_journal.py processing-log.csv processing-log.pub" in recipe
