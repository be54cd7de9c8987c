"""The printed documents as examples: made by the system itself, of an invented cell, kept in docs/examples.

`LIVCR_WRITE_EXAMPLES=1` writes them anew; without it the test says that each can still be made, and that none is missing.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import pytest
from docx import Document as Docx
from docx.oxml.ns import qn
from feedbackcraft import Sheet
from pypdf import PdfReader

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
WRITES = os.environ.get("LIVCR_WRITE_EXAMPLES") == "1"
MADE_EACH_TIME = re.compile(
    r"minutes/\S+ .*?(?= Vertrouwelijk)"  # what is signed and the signature, on as many lines as they take
    r"|\b[A-Z]-20\d\d-[A-Z0-9]{5}\b"  # the reference of a case
    r"|\b[0-9a-f-]{12,}(?: [0-9a-f]+\b)?"  # an id, a digest
)
TEXT = qn("w:t")
MINIMUM = 60
SAID = {
    "assessment": "Verzonnen: het gezin houdt contact met de school; de haatboodschappen zijn gestopt.",
    "decisions": "Verzonnen: het CLB volgt op; het dossier komt over drie maanden terug.",
    "actions": "Verzonnen: CLB, gesprek met de ouders, tegen vrijdag.",
}


@pytest.fixture
def printed(table):
    """Every document of one consultation under both regimes: file name -> bytes."""
    made: dict[str, bytes] = {}

    def keep(name, answer):
        assert answer.status_code == 200, (name, answer.text)
        made[name] = answer.content

    meeting, item, _ = table.tabled("school", "frenchYouth", "policeMember")
    for row in table.house.sql("SELECT id, person_id FROM invitation"):
        who = str(row.person_id)
        path = f"/invitations/{row.id}/document"
        if who == table.person("school"):
            keep("invitation-flemish-nl.pdf", table.get("coordinator", path, language="nl"))
        if who == table.person("frenchYouth"):
            keep("invitation-french-community-fr.pdf", table.get("coordinator", path, language="fr"))
    for language in ("nl", "fr", "de"):
        keep(
            f"agenda-{language}.pdf",
            table.get("coordinator", f"/meetings/{meeting}/document", language=language),
        )
        keep(
            f"undertaking-{language}.pdf",
            table.get("school", "/undertakings/current/document", language=language),
        )
    (row,) = table.house.sql(
        "SELECT id FROM agreement WHERE state = 'adopted' AND cell_id = :c", c=table.house.cast.cells["C"]
    )
    for language in ("nl", "fr", "de"):
        for kind in ("pdf", "docx"):
            for name, path in (("agreement", "document"), ("public-notice", "publicNotice")):
                said = {"language": language, "format": kind}
                keep(
                    f"{name}-{language}.{kind}",
                    table.get("coordinator", f"/agreements/{row.id}/{path}", **said),
                )
    table.house.later(days=20)
    table.open(meeting)
    table.attend(item, "school", "policeMember", "coordinator")
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", {"agendaItemId": item} | SAID))
    table.close(meeting)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    table.ok(table.approve("coordinator", meeting))
    path = f"/meetings/{meeting}/minutes/document"
    keep("minutes-nl.pdf", table.get("coordinator", path, reason="minutesAndCorrection"))
    table.house.sql("UPDATE agreement SET settings = settings || '{\"extract_download\": 1}'")
    keep("extract-nl.pdf", table.get("school", path))
    sheet = Sheet(table, "school", "clb")
    sheet.all_agree()
    table.ok(sheet.issue())
    keep("feedback-sheet-nl.pdf", sheet.fetch())
    return made


def words_of(name, content):
    """Give the words of a document, without what differs each time it is made: digests, signatures, numbers of a key."""
    if name.endswith(".pdf"):
        said = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    else:
        said = "\n".join(
            node.text for node in Docx(io.BytesIO(content)).element.iter() if node.tag == TEXT and node.text
        )
    return MADE_EACH_TIME.sub("…", " ".join(said.split()))


def test_each_example_is_made_by_the_system_itself(printed):
    said = {name: words_of(name, content) for name, content in printed.items()}
    if WRITES:
        EXAMPLES.mkdir(parents=True, exist_ok=True)
        for name, content in printed.items():
            path = EXAMPLES / name
            if not path.exists() or words_of(name, path.read_bytes()) != said[name]:
                path.write_bytes(content)
    kept = {path.name for path in EXAMPLES.iterdir() if path.suffix in {".pdf", ".docx"}}
    assert set(printed) == kept
    for name in printed:
        assert said[name] == words_of(name, (EXAMPLES / name).read_bytes()), (
            f"{name}: write the examples anew"
        )


def test_the_words_of_a_document_are_really_read(printed):
    """A comparison of nothing with nothing would always hold."""
    for name, content in printed.items():
        assert len(words_of(name, content).split()) > MINIMUM, name
