"""Every form of an export, under both verifiers: whole it verifies, touched it does not, and the place is said.

The two verifiers are the product's and the page of Python that an auditor takes along (docs/examples/verify_journal.py),
which shares no line with it.
"""

from __future__ import annotations

import io
import json
import re
import runpy
import subprocess
import sys
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openpyxl import load_workbook

from app.kernel.journal.exportfile import ExportWriter, TreeSeal, tree_name, write_export
from app.kernel.journal.forms import FORMS
from app.kernel.journal.leaf import FIELDS, hash_leaf, leaf_bytes
from app.kernel.journal.lines import Malformed
from app.kernel.journal.marks import STRIDE, Marks
from app.kernel.journal.note import WITNESS, Checkpoint, Signer, cosign, split
from app.kernel.journal.standards import difference, fhir_line, logboek_line
from app.kernel.journal.tree import MemoryStore, Tree
from app.kernel.journal.verify import ExportInvalid, verify_export
from app.kernel.journal.workbook import END, MOST_ROWS, Packer, Unpacked, Workbook
from tests.exportcraft import (
    CHOSEN,
    CONTROLLER,
    MOMENT,
    TREES,
    entry,
    file_of,
    lines_of,
    seal_at,
    signer,
    text_of,
    words,
    world,
)

SCRIPT = Path(__file__).parents[2] / "docs" / "examples" / "verify_journal.py"
ALONE = runpy.run_path(str(SCRIPT))
each_form = pytest.mark.parametrize("form", FORMS)


def product(data, path, *keys):
    """Verify by the product; give what it refuses with, or nothing."""
    try:
        verify_export(io.BytesIO(data), [key.verifier for key in keys or (signer(),)])
    except ExportInvalid as fault:
        return str(fault)
    return ""


def script(data, path, *keys):
    """Verify by the script."""
    path.write_bytes(data)
    try:
        said = ALONE["verify"](str(path), *(str(key.verifier) for key in keys or (signer(),)))
    except Exception as fault:  # noqa: BLE001 - whatever it is, the script says NOT VERIFIED
        return f"{fault} "
    assert said.startswith("VERIFIED. ")
    return ""


@pytest.fixture(params=[product, script], ids=["product", "script"])
def told(request, tmp_path):
    """Give what a verifier refuses a file with; empty when it holds."""
    return lambda data, *keys: request.param(data, tmp_path / "export", *keys)


def written(form, leaves=None, seals=None, *, fill=1, **options):
    known = world(fill)
    options = {
        "export_id": "7f000000-0000-4000-8000-000000000001",
        "chosen": CHOSEN,
        "created_at": MOMENT,
    } | options
    writer = ExportWriter(form, signer=signer(fill=fill), words=words(), **options)
    chosen = write_export(
        writer, known[0] if leaves is None else leaves, known[1] if seals is None else seals
    )
    return b"".join(chosen)


@cache
def export(form):
    return written(form)


def entries(form):
    """Give the places of the lines that hold entries."""
    known = world()[0]
    marks = [leaf.split(b"\x1f")[1] for _, _, leaf in known]
    found = [
        n
        for n, line in enumerate(lines_of(export(form)))
        if any(mark in line for mark in marks[:3]) or _is_entry(form, line)
    ]
    assert len(found) == len(known)
    return found


def _is_entry(form, line):
    return {
        "csv": CONTROLLER.encode() + b"/" in line and not line.startswith(b"#"),
        "jsonl": line.startswith(b'{"type":"entry"'),
        "logboek": line.startswith(b'{"trace_id"'),
        "fhir": line.startswith(b'{"resourceType":"AuditEvent"'),
        "xlsx": line.startswith(b"<row><c"),
    }[form]


def joined(form, lines):
    return file_of(form, b"".join(lines))


# -- whole ----------------------------------------------------------------------------------------------------------


@each_form
def test_every_form_verifies_whole_filtered_and_empty(form, told):
    leaves, seals = world()
    assert told(export(form)) == ""
    assert told(written(form, leaves[:20], seals[:1])) == ""
    assert told(written(form, [])) == ""
    tree = tree_name(CONTROLLER, "2027")
    nothing = Checkpoint(f"livcr.test/{tree}", 0, Tree(MemoryStore(), 0).root(), MOMENT).sign(signer())
    assert told(written(form, [], [TreeSeal(tree, nothing, MemoryStore())])) == ""
    witnessed = [
        replace(each, checkpoint=cosign(each.checkpoint, signer("dpo.example", 2))) for each in seals
    ]
    assert told(written(form, leaves, witnessed)) == ""
    assert told(written(form, leaves, witnessed), signer(), signer("dpo.example", 2)) == ""


@each_form
def test_each_form_gives_back_every_field(form):
    """Also what a form would have to escape, and an entry of which nearly nothing is known."""
    for changed in (
        {
            "reason": "a<b>&c;'d",
            "role": "coördinator",
            "recipients": "ocad x",
            "acting_for": "b",
            "mandate_id": "m",
        },
        {"actor_id": "", "role": "", "action": "", "outcome": "", "rule": "", "break_glass": ""},
        {
            "case_id": "c",
            "subject_id": "s",
            "object_type": "case",
            "object_id": "o",
            "outcome": "allowed",
            "processing": "caseFile",
        },
        {"action": "case.list", "channel": "page", "subject_id": "s", "object_id": "o", "outcome": "allowed"},
        {
            "action": "person.create",
            "object_id": "o",
            "outcome": "allowed",
            "trace_id": "t",
            "related_trace_id": "r",
        },
    ):
        leaf = leaf_bytes(entry("2026", 1, **changed))
        tree, store = tree_name(CONTROLLER, "2026"), MemoryStore()
        store.append([hash_leaf(leaf)])
        checkpoint = Checkpoint(f"livcr.test/{tree}", 1, Tree(store, 1).root(), MOMENT).sign(signer())
        data = written(form, [(tree, 0, leaf)], [TreeSeal(tree, checkpoint, store)])
        assert verify_export(io.BytesIO(data), [signer().verifier]).count == 1
        line = next(line for line in lines_of(data) if _is_entry(form, line))
        read = FORMS[form].read([line[: -len(FORMS[form].line_end)]])
        assert list(read) == [(tree.encode(), 0, leaf)]


@each_form
@pytest.mark.parametrize("block", [7, 100, 5000])
def test_the_size_of_the_portions_read_does_not_matter(form, block, monkeypatch):
    whole = verify_export(io.BytesIO(export(form)), [signer().verifier])
    monkeypatch.setattr("app.kernel.journal.verify._BLOCK", block)
    assert verify_export(io.BytesIO(export(form)), [signer().verifier]) == whole


def test_the_script_is_one_page_that_imports_nothing_of_the_project(tmp_path):
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 200
    assert "app." not in text
    path, key = tmp_path / "export.csv", tmp_path / "journal.pub"
    path.write_bytes(export("csv"))
    key.write_text(f"{signer().verifier}\n")
    run = [sys.executable, "-I", str(SCRIPT), str(path), str(key)]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout[:18]) == (0, "VERIFIED. 60 lines")
    path.write_bytes(export("csv").replace(b"police", b"mayors", 1))
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(
        f"NOT VERIFIED. an entry, a gap or the checkpoint of {CONTROLLER}/2024 was changed; the first"
    )


# -- touched ----------------------------------------------------------------------------------------------------------


def _near(form, said, place):
    """Tell whether a refusal names the line (from 0) or a stretch around it."""
    pairs = re.findall(r"[Ll]ines? (\d+)(?: to (\d+))?", said)
    numbers = [int(found) for pair in pairs for found in pair if found]
    if form == "xlsx":
        before = [
            n for n, line in enumerate(lines_of(export(form))[: place + 1]) if line.startswith(b"part ")
        ]
        place -= before[-1] + 1
    return any(abs(number - place - 1) <= 25 for number in numbers)


@each_form
def test_every_altered_dropped_inserted_or_moved_entry_is_found_and_placed(form, told):
    lines = lines_of(export(form))
    where = entries(form)
    for n in where[::7]:
        altered = [*lines[:n], lines[n].replace(b"case.read", b"case.look"), *lines[n + 1 :]]
        assert altered != lines
        dropped = [*lines[:n], *lines[n + 1 :]]
        repeated = [*lines[:n], lines[n], lines[n], *lines[n + 1 :]]
        inserted = [*lines[:n], lines[where[-1]], *lines[n:]] if n != where[-1] else repeated
        other = n + 1 if n + 1 in where else n - 1
        swapped = list(lines)
        swapped[n], swapped[other] = lines[other], lines[n]
        for changed in (altered, dropped, repeated, inserted, swapped):
            said = told(joined(form, changed))
            assert said
            assert _near(form, said, n), said


@each_form
def test_a_back_dated_entry_is_found_and_placed(form, told):
    lines = lines_of(export(form))
    n = entries(form)[30]
    moment = json.loads(lines_of(export("jsonl"))[31])["at"]
    changed = [
        *lines[:n],
        lines[n].replace(moment.encode(), moment.replace("T09", "T08").replace("T10", "T08").encode()),
        *lines[n + 1 :],
    ]
    assert changed != lines
    said = told(joined(form, changed))
    assert _near(form, said, n), said


@each_form
def test_what_is_shown_beside_the_fields_cannot_be_changed_either(form, told):
    """A word in a workbook, an attribute of a standard, the notice, a heading: the leaf does not hold them."""
    lines = lines_of(export(form))
    n = entries(form)[40]
    beside = {
        "xlsx": [(b"did case.read", b"did nothing"), (b"&lt;hidden&gt;", b"&lt;allowed&gt;")],
        "logboek": [
            (b'"name":"case.read"', b'"name":"case.list"'),
            (b'"status":"Unset"', b'"status":"Error"'),
        ],
        "fhir": [(b'"outcome":"8"', b'"outcome":"0"'), (b'"requestor":true', b'"requestor":false')],
    }
    for old, new in beside.get(form, []):
        altered = [*lines[:n], lines[n].replace(old, new), *lines[n + 1 :]]
        if altered != lines:
            said = told(joined(form, altered))
            assert _near(form, said, n), said
    if form == "xlsx":
        for old, new in (
            (b"supervision", b"anything"),
            (b"Outcome", b"Happens"),
            (b'name="Log"', b'name="Lot"'),
        ):
            changed = text_of(export(form)).replace(old, new, 1)
            assert changed != text_of(export(form))
            assert told(file_of(form, changed))


@each_form
def test_a_truncated_a_longer_and_a_re_encoded_file_are_refused(form, told):
    data = export(form)
    for place in {1, 20, len(data) // 3, len(data) // 2, len(data) - 40}:
        assert told(data[:place])
    lines = lines_of(data)
    for kept in (lines[: len(lines) // 2], lines[: seal_at(lines)]):
        assert "truncated" in told(joined(form, kept))
    assert told(joined(form, [*lines, lines[-3]]))
    text = text_of(data)
    for other in (text.replace(b"\n", b"\r\n"), text.replace(b"\r\n", b"\n"), text.decode().encode("utf-16"),
                  text.decode().encode("latin-1", errors="replace"), b"\xef\xbb\xbf" + text):  # fmt: skip
        if other != text:
            assert told(file_of(form, other) if form == "xlsx" and other.startswith(b"part ") else other)


@each_form
def test_any_changed_byte_of_the_proof_is_found(form, told):
    lines = lines_of(export(form))
    last = seal_at(lines)
    proof = [
        n for n in range(len(lines)) if n not in entries(form) and (form != "xlsx" or n > entries(form)[-1])
    ]
    for n in [*proof[:3], *proof[-4:]]:
        for place in {1, 5, len(lines[n]) // 3, len(lines[n]) // 2, len(lines[n]) - 5}:
            if n > last or lines[n].startswith(b"part "):
                continue
            changed = lines[n][:place] + bytes([lines[n][place] ^ 1]) + lines[n][place + 1 :]
            if form == "xlsx" and b"\n" in changed[:-1]:
                continue
            assert told(joined(form, [*lines[:n], changed, *lines[n + 1 :]])), (n, place)


@each_form
def test_a_file_signed_anew_is_refused(form, told):
    forged = written(form, fill=2)
    assert told(forged, signer(fill=2)) == ""
    assert told(forged)
    assert told(export(form), signer("other", 3))
    assert told(written(form, world()[0], world(2)[1]))


@each_form
def test_a_line_hidden_among_the_gaps_is_found(form, told):
    """Gaps, count and digest all fit; only the manifest cannot be signed anew."""
    leaves, seals = world()
    for dropped in (0, 25, 59):
        lines = lines_of(written(form, leaves[:dropped] + leaves[dropped + 1 :], seals))
        at, end = seal_at(lines), FORMS[form].line_end
        seal = json.loads(FORMS[form].unwrap(lines[at][: -len(end)]))
        honest = lines_of(export(form))
        seal["manifest"] = json.loads(FORMS[form].unwrap(honest[seal_at(honest)][: -len(end)]))["manifest"]
        text = json.dumps(seal, ensure_ascii=False, separators=(",", ":"))
        lines[at] = FORMS[form].wrap(text).encode() + end
        assert told(joined(form, lines))


@each_form
@pytest.mark.parametrize("origin", ["livcr.test/archive/", "livcr.else/", "livcr.test.else/"])
def test_a_checkpoint_of_another_origin_is_refused_though_its_end_fits(form, origin, told):
    """A log written anew could be shown to a witness as a new one, under a name that ends in the same way."""
    leaves, seals = world()
    others = []
    for each in seals:
        checkpoint = Checkpoint.parse(each.checkpoint.rpartition("\n\n")[0] + "\n")
        others.append(replace(each, checkpoint=replace(checkpoint, origin=origin + each.tree).sign(signer())))
    assert told(written(form, leaves, others))


@each_form
def test_nothing_can_be_added_to_the_line_of_the_seal(form, told):
    """The seal itself is under no digest: it is read as it would be written, or not at all."""
    lines = lines_of(export(form))
    at, end = seal_at(lines), FORMS[form].line_end
    whole = lines[at][: -len(end)]
    seal = json.loads(FORMS[form].unwrap(whole))
    text = json.dumps(seal | {"more": "x"}, ensure_ascii=False, separators=(",", ":"))
    spaced = json.dumps(seal, ensure_ascii=False)
    row = '</row><row r="9"><c t="inlineStr"><is><t>FORGED</t></is></c><c r="B9"><f>1+1</f></c>'
    more = [FORMS[form].wrap(text).encode(), FORMS[form].wrap(spaced).encode(), whole + b" "]
    more.append(
        whole.replace(b"</row>", row.encode() + b"</row>") if form == "xlsx" else whole[:-1] + b',"more":"x"}'
    )
    for each in more:
        assert told(joined(form, [*lines[:at], each + end, *lines[at + 1 :]])), each[-80:]


# -- the workbook ---------------------------------------------------------------------------------------------------


def test_a_spreadsheet_program_reads_the_workbook():
    book = load_workbook(io.BytesIO(export("xlsx")))
    assert book.sheetnames == ["About", "Log", "Proof"]
    log = book["Log"]
    assert (log.freeze_panes, log.auto_filter.ref, log.max_row) == ("A2", "A1:AH61", 61)
    heads, *rows = [[cell.value for cell in row] for row in log.iter_rows()]
    assert heads[6:] == ["tree", "leafIndex", *FIELDS]
    for row, (tree, index, leaf) in zip(rows, world()[0], strict=True):
        assert (row[6], row[7]) == (tree, index)
        assert "\x1f".join(value or "" for value in row[8:]).encode() == leaf
        assert row[1] == f"did {row[19]}"
    assert book["About"]["B2"].value == "Only for <supervision> & audit"
    assert book["Proof"]["A1"].value.startswith('{"type":"header"')
    assert all(cell.data_type in "sn" for row in log.iter_rows() for cell in row), "no formula"


def test_more_rows_than_a_sheet_holds_go_on_in_a_further_one(monkeypatch, told):
    monkeypatch.setattr("app.kernel.journal.workbook.MOST_ROWS", 25)
    data = written("xlsx")
    assert told(data) == ""
    book = load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["About", "Log", "Log 2", "Log 3", "Proof"]
    assert [book[name].max_row for name in book.sheetnames[1:4]] == [26, 26, 11]
    lines = lines_of(data)
    second = next(n for n, line in enumerate(lines) if line == b"part xl/worksheets/sheet3.xml\n")
    said = told(joined("xlsx", [*lines[: second + 4], *lines[second + 5 :]]))
    assert "sheet3.xml, line 4" in said
    assert MOST_ROWS == 1_048_575


def test_a_part_within_another_is_no_part_of_the_workbook(told):
    """The text would be the same, byte for byte; the workbook would open without the sheet of the log."""
    lines = lines_of(export("xlsx"))
    packer, pieces = Packer(), []
    for line in lines:
        if line == b"part xl/worksheets/sheet2.xml\n":
            packer._part.write(line)
        else:
            pieces.append(packer.pack(line))
    data = b"".join(pieces) + packer.end()
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert "xl/worksheets/sheet2.xml" not in book.namelist()
    assert told(data)


@pytest.mark.parametrize("size", [1, 2, 5, 6, 1 << 20])
def test_a_part_within_another_is_found_wherever_two_readings_meet(size):
    packer = Packer()
    data = packer.pack(b"part a\n") + packer.pack(b"one\n")
    packer._part.write(b"part b\ntwo\n")
    book = Unpacked(io.BytesIO(data + packer.end()))
    with pytest.raises(ValueError, match="within another"):
        while book.read(size):
            pass


def test_the_script_takes_several_keys_and_leaves_those_of_witnesses_out(tmp_path):
    """A witness signs in another way: what it alone signed as a log would is no log's, and what it cosigned still verifies."""
    path = tmp_path / "export"
    witness = Signer("dpo.example", Ed25519PrivateKey.from_private_bytes(b"w" * 32), WITNESS)
    leaves, seals = world()
    cosigned = [
        replace(each, checkpoint=each.checkpoint + witness.cosignature(split(each.checkpoint)[0], 5))
        for each in seals
    ]
    path.write_bytes(written("csv", leaves, cosigned))
    pub = tmp_path / "journal.pub"
    pub.write_text(f"{signer().verifier}\n{signer('livcr.test', 3).verifier}\n")
    assert ALONE["verify"](str(path), str(pub), str(witness.verifier)).startswith("VERIFIED. ")
    posing = Signer("dpo.example", witness.private_key)
    path.write_bytes(
        written(
            "csv",
            leaves,
            [
                replace(each, checkpoint=Checkpoint.parse(split(each.checkpoint)[0]).sign(posing))
                for each in seals
            ],
        )
    )
    with pytest.raises(ALONE["Wrong"]):
        ALONE["verify"](str(path), str(signer().verifier), str(witness.verifier))


def test_a_workbook_that_cannot_be_unpacked_is_refused(told):
    data = export("xlsx")
    assert "cannot be unpacked" in product(data[:-30], None)
    packer = Packer()
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = b"".join(map(packer.pack, (b"part a\n", b"x\n", b"part a\n", b"x\n"))) + packer.end()
    assert "twice" in product(twice, None)
    assert told(twice)
    at = data.index(b"xl/styles.xml") + 40
    assert told(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
    begin = data.index(b"xl/worksheets/sheet2.xml") + 60
    for place in range(begin, data.index(b"PK\x07\x08", begin), 97):
        spoiled = data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :]
        assert told(spoiled)
    directory = data.rindex(b"PK\x01\x02")  # of the last part: packed in a way that nobody knows
    strange = data[: directory + 10] + b"\x63\x00" + data[directory + 12 :]
    assert "cannot be unpacked" in product(strange, None)
    assert told(strange)
    stranger = data.replace(b"xl/styles.xml", b"xl/otherss.xml"[:13])
    assert told(stranger)
    packer = Packer()
    empty = packer.pack(b"part a\n") + packer.end()
    assert "ends before its proof" in product(empty, None)
    assert Unpacked(io.BytesIO(empty)).place(0) == ""


def test_a_cell_in_a_second_spelling_is_refused():
    line = next(line for line in lines_of(export("xlsx")) if line.startswith(b"<row><c"))[:-1]
    for changed in (
        line.replace(b"case.read", b"&#99;ase.read", 1),
        line.replace(b"<c/>", b"<c></c>", 1),
        line[:-1],
    ):
        with pytest.raises(Malformed):
            list(FORMS["xlsx"].read([changed]))


def test_marks_of_a_text_that_ends_with_a_stretch():
    marks = Marks()
    marks.update(b"x" * STRIDE)
    assert len(marks.text()) == 8
    assert marks.difference(marks.text()) is None
    assert marks.difference(marks.text() * 2) == (1, 1)


def test_a_workbook_needs_words():
    with pytest.raises(ValueError, match="words"):
        ExportWriter("xlsx", export_id="x", chosen={}, created_at=MOMENT, signer=signer())
    assert next(Workbook(words()).head()) == b"part _rels/.rels\n"
    assert END.endswith(b"\n")


# -- the standards ------------------------------------------------------------------------------------------------------

LEAF = leaf_bytes(
    entry(
        "2026", 5, agency_id="ag", mandate_id="ma", acting_for="be", outcome="allowed", rule="R40", legal_basis="livcrAct.list",
        reason="meetingPreparation", case_id="ca", subject_id="su", object_type="case", object_id="ob", processing="caseFile",
        channel="page", recipients="ocad stateSecurity", trace_id="01234567-89ab-4def-8123-456789abcdef",
        related_trace_id="rt", break_glass="true",
    )
)  # fmt: skip
TREE = tree_name(CONTROLLER, TREES[2][0])


def test_the_log_line_of_the_dutch_standard_has_its_fields():
    found = json.loads(logboek_line(TREE, 5, LEAF))
    assert list(found) == [
        "trace_id",
        "span_id",
        "status",
        "name",
        "start_time",
        "end_time",
        "resource",
        "attributes",
    ]
    assert (found["trace_id"], len(found["span_id"])) == ("0123456789ab4def8123456789abcdef", 16)
    assert found["start_time"] == found["end_time"] == 1772357700000
    assert (found["status"], found["name"]) == ("Unset", "case.read")
    core = {name: value for name, value in found["attributes"].items() if name.startswith("dpl.core.")}
    assert core == {
        "dpl.core.processing_activity_id": "urn:livcr:processing:caseFile",
        "dpl.core.data_subject_id": "su",
        "dpl.core.data_subject_id_type": "urn:livcr:subject",
    }


def test_the_audit_event_follows_the_pattern_of_balp():
    found = json.loads(fhir_line(TREE, 5, LEAF))
    assert found["resourceType"] == "AuditEvent"
    assert found["meta"]["profile"] == [
        "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientRead"
    ]
    assert (found["action"], found["outcome"], found["subtype"][0]["code"]) == ("R", "0", "read")
    kinds = [agent["type"]["coding"][0]["code"] for agent in found["agent"]]
    assert kinds == ["110152", "110153", "IRCP", "RESP", "PRCP", "PRCP"]
    assert [agent["requestor"] for agent in found["agent"]] == [False, False, True, False, False, False]
    roles = [each.get("role", {}).get("code") for each in found["entity"]]
    assert roles == ["4", "20", "1", None]
    assert found["entity"][2]["what"] == {"reference": "Patient/su"}
    assert found["entity"][3]["type"]["code"] == "XrequestId"
    assert [each["coding"][0]["code"] for each in found["purposeOfEvent"]] == ["meetingPreparation", "BTG"]
    refused = json.loads(fhir_line(TREE, 5, LEAF.replace(b"allowed", b"refused")))
    assert (refused["outcome"], "meta" in refused) == ("8", False)


@pytest.mark.parametrize("form", ["logboek", "fhir"])
@pytest.mark.parametrize(
    "line", [b"", b"[]", b"{}", b"1", b'{"attributes":{}}', b'{"extension":[{"url":"x"}]}', b"\xff"]
)
def test_what_is_no_line_of_a_standard_is_refused(form, line):
    with pytest.raises(Malformed):
        list(FORMS[form].read([line]))


@pytest.mark.parametrize("form", ["logboek", "fhir"])
def test_a_line_in_a_second_spelling_is_refused_and_what_differs_is_named(form):
    line = FORMS[form].write(TREE, 5, LEAF)[:-1]
    for old, new, said in (
        (b'"case.read"', b'"case.list"', "name" if form == "logboek" else "subtype"),
        (b'":"', b'": "', "its spelling"),
        (b"5", b"-5", "number of a leaf")
        if form == "fhir"
        else (b'"livcr.leafIndex":5', b'"livcr.leafIndex":true', "number"),
    ):
        changed = line.replace(old, new, 1)
        if said == "number of a leaf":
            changed = line.replace(b'"valueString":"5"', b'"valueString":"-5"', 1)
        with pytest.raises(Malformed, match=said):
            list(FORMS[form].read([changed]))


def test_the_first_difference_of_two_values_is_named():
    assert difference({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}) == "a[1].b"
    assert difference({"a": 1}, {"a": 1, "c": 2}) == "c"
    assert difference({"a": [1]}, {"a": [1, 2]}) == "a"
    assert difference({"a": [1]}, {"a": [1]}) == ""
