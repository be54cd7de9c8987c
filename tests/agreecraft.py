"""An agreement on its way over HTTP: drafted, signed, adopted (R1, R115)."""

from __future__ import annotations

import io

import cast as cast_module
from docx import Document as Docx
from pypdf import PdfReader

V1 = "/api/v1"


def body(house, cell="C", **settings):
    """Give the whole draft of a cell's agreement."""
    made = cast_module.agreement(house.cast, cell, **settings)
    return made.model_dump(mode="json", by_alias=True, exclude={"cell_id"}, exclude_none=True)


def draft(house, cell="C", who=None, match="*", **said):
    """Write or change the draft; gives the answer."""
    name = who or cast_module.SIGNERS[cell][0]
    path = f"{V1}/cells/{house.cast.cells[cell]}/agreement/draft"
    return house.client(name).post(path, json=said, headers={"If-Match": match} if match else {})


def step(house, who, version, verb, match="*", **said):
    """Sign, record a signature or adopt; gives the answer."""
    headers = {"If-Match": match} if match else {}
    return house.client(who).post(f"{V1}/agreements/{version}/{verb}", json=said or {}, headers=headers)


DECIDED = {"document": "GR 2026/7 (verzonnen)", "adoptedOn": "2026-03-01"}


def adopted(house, cell="C", **said):
    """Have the next version drafted, signed by every mayor and adopted; gives its view."""
    version = ok(draft(house, cell, **said))["agreementId"]
    _, *mayors = cast_module.SIGNERS[cell]
    for mayor in mayors:
        ok(step(house, mayor, version, "sign"))
    return ok(step(house, mayors[0], version, "adopt", **DECIDED))


def ok(answer, status=200):
    """Give the body of an answer that must be a yes."""
    assert answer.status_code == status, answer.text
    return answer.json()


def in_force(house, cell="C", who="coordinator", **query):
    return house.client(who).get(f"{V1}/cells/{house.cast.cells[cell]}/agreement", params=query)


def words_of(house, version, language, kind, who="coordinator"):
    """Give the words of a printed version."""
    answer = house.client(who).get(
        f"{V1}/agreements/{version}/document", params={"language": language, "format": kind}
    )
    assert answer.status_code == 200, answer.text
    if kind == "pdf":
        pages = PdfReader(io.BytesIO(answer.content)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())
    return " ".join(" ".join(each.text for each in _paragraphs(Docx(io.BytesIO(answer.content)))).split())


def _paragraphs(document):
    yield from document.paragraphs
    for table in document.tables:
        for row in table.rows:
            for cell in row.cells:
                yield from cell.paragraphs
