"""Export files: what is untouched verifies, and every way of touching one is found and placed."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.kernel.journal import verify as verification
from app.kernel.journal.exportfile import (
    ExportWriter,
    TreeSeal,
    canonical_filter,
    gap_ranges,
    tree_name,
    uncovered,
    write_export,
)
from app.kernel.journal.leaf import (
    FIELDS,
    JournalEntry,
    hash_leaf,
    leaf_bytes,
    leaf_hash,
    moment_text,
    parse_leaf,
)
from app.kernel.journal.note import Checkpoint, Signer, cosign, sign
from app.kernel.journal.tree import MemoryStore, Tree
from app.kernel.journal.verify import ExportInvalid, verify_export

FORMS = ("jsonl", "csv")
MOMENT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
CHOSEN = {"outcome": ["refused", "hidden"], "from": "2026-01-01", "case": "é"}
both = pytest.mark.parametrize("form", FORMS)

# Three trees: (year, leaves, the leaves that the filter lets through).
TREES = [
    ("2024", 20, list(range(20))),
    ("2025", 37, [0, 1, 2, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16, 20, 22, 24, 31, 33, 35, 36]),
    ("2026", 64, [3, 4, 7, 8, 9, 16, 17, 18, 19, 20, 21, 30, 31, 32, 33, 40, 41, 50, 60, 62]),
]
CONTROLLER = "11111111-1111-4111-8111-111111111111"


def signer(name="livcr.test", fill=1):
    return Signer(name, Ed25519PrivateKey.from_private_bytes(bytes([fill]) * 32))


def entry(year, number, **changed):
    at = moment_text(MOMENT.replace(year=int(year)) + timedelta(minutes=number))
    values = {
        "entry_id": str(UUID(int=number, version=4)),
        "controller": CONTROLLER,
        "year": year,
        "at": at,
        "recorded_at": at,
        "actor_id": str(UUID(int=number % 3, version=4)),
        "role": "coördinator" if number % 5 == 0 else "police",
        "action": "case.read",
        "outcome": "refused" if number % 2 else "hidden",
        "rule": f"R{number}",
        "break_glass": "true" if number % 7 == 0 else "",
        **changed,
    }
    return JournalEntry(**values)


@cache
def world(fill=1):
    """Give leaves and seals of the three trees, the checkpoints signed by one key."""
    chosen, seals = [], []
    for year, size, picked in TREES:
        tree, leaves = tree_name(CONTROLLER, year), [leaf_bytes(entry(year, n)) for n in range(size)]
        store = MemoryStore()
        store.append([hash_leaf(leaf) for leaf in leaves])
        checkpoint = Checkpoint(f"livcr.test/{tree}", size, Tree(store, size).root(), MOMENT)
        seals.append(TreeSeal(tree, checkpoint.sign(signer(fill=fill)), store))
        chosen += [(tree, n, leaves[n]) for n in picked]
    return chosen, seals


def written(form, leaves=None, seals=None, *, fill=1, chosen=None):
    known = world(fill)
    writer = ExportWriter(
        form,
        export_id="7f000000-0000-4000-8000-000000000001",
        chosen=CHOSEN if chosen is None else chosen,
        created_at=MOMENT,
        signer=signer(fill=fill),
    )
    return b"".join(
        write_export(writer, known[0] if leaves is None else leaves, known[1] if seals is None else seals)
    )


@cache
def export(form):
    return written(form)


def lines(form):
    return export(form).splitlines(keepends=True)


def entry_lines(form):
    """The numbers (from 1) of the lines that hold entries."""
    return range(2, 2 + len(world()[0]))


def check(data, *signers, **options):
    return verify_export(io.BytesIO(data), [each.verifier for each in signers or (signer(),)], **options)


def refused(data, *signers, match=r"\w"):
    with pytest.raises(ExportInvalid, match=match) as caught:
        check(data, *signers)
    return caught.value


def seal_of(form, data):
    return json.loads(data.splitlines()[-1].removeprefix(b"# "))


def with_seal(form, data, seal):
    kept = data.splitlines(keepends=True)[:-1]
    text = json.dumps(seal, ensure_ascii=False, separators=(",", ":")).encode()
    return b"".join(kept) + (b"# " + text + b"\r\n" if form == "csv" else text + b"\n")


# --- what is untouched -------------------------------------------------------------------------------------


@both
def test_an_untouched_export_verifies_and_says_what_it_proves(form):
    report = check(export(form))
    assert (report.form, report.count, report.chosen) == (form, 60, CHOSEN)
    assert [(each.entries, each.size) for each in report.trees] == [(20, 20), (20, 37), (20, 64)]
    assert [each.time for each in report.trees] == [MOMENT] * 3
    assert report.keys == report.trees[0].keys == (f"livcr.test+{signer().verifier.key_id.hex()}",)
    assert report.period == ("2024-03-01T09:30:00.000000Z", "2026-03-01T10:32:00.000000Z")
    assert report.created_at == "2026-03-01T09:30:00.000000Z"


@both
@pytest.mark.parametrize("block", [1, 7, 100, 5000])
def test_the_size_of_the_portions_read_does_not_matter(form, block, monkeypatch):
    whole = check(export(form))
    monkeypatch.setattr(verification, "_BLOCK", block)
    assert check(export(form)) == whole


@both
def test_several_processes_find_the_same(form, monkeypatch):
    whole = check(export(form))
    monkeypatch.setattr(verification, "_BLOCK", 2000)
    monkeypatch.setattr(verification, "_PARALLEL_FROM", 2)
    assert check(export(form), processes=2) == whole
    changed = lines(form)
    changed[29], changed[30] = changed[30], changed[29]
    with pytest.raises(ExportInvalid) as caught:
        check(b"".join(changed), processes=2)
    assert caught.value.line_number == 31


@both
def test_an_export_without_entries_verifies(form):
    report = check(written(form, []))
    assert (report.count, report.period) == (0, None)
    assert [(each.entries, each.size) for each in report.trees] == [(0, 20), (0, 37), (0, 64)]
    assert check(written(form, [], [])).trees == ()


@both
def test_a_full_export_has_no_gaps(form):
    leaves, seals = world()
    data = written(form, leaves[:20], seals[:1])
    assert b'"gaps"' not in data
    assert check(data).count == 20


@both
def test_an_empty_tree_can_be_sealed(form):
    tree = tree_name(CONTROLLER, "2027")
    checkpoint = Checkpoint(f"livcr.test/{tree}", 0, Tree(MemoryStore(), 0).root(), MOMENT).sign(signer())
    assert check(written(form, [], [TreeSeal(tree, checkpoint, MemoryStore())])).trees[0].size == 0


@both
def test_a_witness_may_have_signed_too(form):
    leaves, seals = world()
    witness = signer("dpo.example", 2)
    signed = [replace(each, checkpoint=cosign(each.checkpoint, witness)) for each in seals]
    data = written(form, leaves, signed)
    assert len(check(data, signer(), witness).trees[0].keys) == 2
    assert len(check(data).trees[0].keys) == 1


def test_csv_is_read_by_the_standard_reader_and_says_what_json_says():
    rows = list(csv.DictReader(line for line in export("csv").decode().split("\r\n") if line[:1] != "#"))
    objects = [json.loads(line) for line in export("jsonl").splitlines()][1:61]
    assert len(rows) == len(objects) == 60
    for row, found, (tree, index, leaf) in zip(rows, objects, world()[0], strict=True):
        assert (
            (row.pop("tree"), int(row.pop("leafIndex")))
            == (tree, index)
            == (found["tree"], found["leafIndex"])
        )
        assert {name: value for name, value in row.items() if value} == {
            name: found[name] for name in list(found)[3:]
        }
        assert "\x1f".join(row[name] for name in FIELDS).encode() == leaf


# --- what is touched ---------------------------------------------------------------------------------------


@both
def test_every_removed_line_is_found_in_its_place(form):
    for number in range(1, len(lines(form)) + 1):
        error = refused(b"".join(lines(form)[: number - 1] + lines(form)[number:]))
        if number in entry_lines(form):
            assert (error.line_number, "missing" in error.message) == (number, True)


@both
def test_every_repeated_line_is_found_in_its_place(form):
    for number, line in enumerate(lines(form), 1):
        error = refused(b"".join([*lines(form)[:number], line, *lines(form)[number:]]))
        if number in entry_lines(form):
            assert (error.line_number, "repeated" in error.message) == (number + 1, True)


@both
def test_every_swap_of_neighbours_is_found_in_its_place(form):
    for number in range(1, len(lines(form))):
        changed = lines(form)
        changed[number - 1 : number + 1] = reversed(changed[number - 1 : number + 1])
        error = refused(b"".join(changed))
        if number in entry_lines(form) and number + 1 in entry_lines(form):
            assert error.line_number == number + 1


@both
def test_a_changed_byte_in_any_line_is_found(form):
    for number, line in enumerate(lines(form)):
        for place in {0, 5, len(line) // 3, len(line) // 2, len(line) - 3, len(line) - 2, len(line) - 1}:
            changed = lines(form)
            changed[number] = line[:place] + bytes([line[place] ^ 1]) + line[place + 1 :]
            refused(b"".join(changed))


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(FORMS), st.data())
def test_any_changed_removed_or_added_bytes_are_found(form, data):
    whole = export(form)
    place = data.draw(st.integers(0, len(whole)))
    cut = data.draw(st.integers(0, 3))
    changed = whole[:place] + data.draw(st.binary(max_size=3)) + whole[place + cut :]
    assume(changed != whole)
    refused(changed)


@both
def test_a_changed_value_is_placed_in_its_tree(form):
    changed = lines(form)
    changed[25] = changed[25].replace(b"police", b"mayors")
    assert changed != lines(form)
    error = refused(b"".join(changed), match="do not give the root of its checkpoint")
    assert f"{CONTROLLER}/2025" in error.message
    assert "lines 22 to 41" in error.message


@both
def test_a_forged_line_is_found_wherever_it_is_put(form):
    for number in entry_lines(form):
        tree, index, _ = world()[0][number - 2]
        forged = (tree, index + 1, leaf_bytes(entry(tree[-4:], index + 1, actor_id="nobody")))
        if number - 1 < 60 and world()[0][number - 1 : number] and world()[0][number - 1][:2] == forged[:2]:
            continue
        writer = ExportWriter(form, export_id="x", chosen={}, created_at=MOMENT, signer=signer())
        line = writer.leaf(*forged)
        error = refused(b"".join([*lines(form)[:number], line, *lines(form)[number:]]))
        assert error.line_number == number + 1


@both
def test_a_line_hidden_among_the_gaps_is_caught_by_the_manifest(form):
    leaves, seals = world()
    for dropped in (0, 25, 59):
        kept = leaves[:dropped] + leaves[dropped + 1 :]
        # Gaps, count and digest all fit; only the manifest cannot be signed anew.
        forged = written(form, kept, seals)
        seal = seal_of(form, forged)
        honest = seal_of(form, export(form))["manifest"]
        error = refused(with_seal(form, forged, {**seal, "manifest": honest}))
        assert "holds 59 entries, but the manifest was signed for 60" in error.message
        unsigned = seal["manifest"].split("\n\n")[0] + "\n\n" + honest.split("\n\n")[1]
        refused(with_seal(form, forged, {**seal, "manifest": unsigned}), match="does not hold")


@both
def test_one_entry_put_in_the_place_of_another_is_caught_by_the_manifest(form):
    leaves, seals = world()
    tree, index, _ = leaves[36]
    other = (tree, index + 1, leaf_bytes(entry("2025", index + 1)))
    assert other[:2] != leaves[37][:2]
    swapped = [*leaves[:36], other, *leaves[37:]]
    forged = written(form, swapped, seals)
    seal = {**seal_of(form, forged), "manifest": seal_of(form, export(form))["manifest"]}
    refused(with_seal(form, forged, seal), match="digest in the file is not what the manifest was signed for")


@both
def test_a_file_signed_anew_with_another_key_is_refused(form):
    forged = written(form, fill=2)
    assert check(forged, signer(fill=2)).count == 60
    refused(forged, match="under that name is another one")
    refused(export(form), signer("other", 3), match="not among those given")
    mixed = written(form, world()[0], world(2)[1])
    refused(mixed, match=f"checkpoint of tree {CONTROLLER}/2024 does not hold")


@both
def test_a_checkpoint_must_be_signed_and_be_that_of_its_tree(form):
    leaves, seals = world()
    unsigned = [replace(seals[0], checkpoint=seals[0].checkpoint.split("\n\n")[0] + "\n\n"), *seals[1:]]
    refused(written(form, leaves, unsigned), match="checkpoint of tree .* it is not signed")
    for wrong in ({"tree": seals[1].tree}, {"tree": "x"}, {"checkpoint": seals[1].checkpoint}):
        seal = seal_of(form, export(form))
        seal["trees"][0] |= wrong
        refused(with_seal(form, export(form), seal))


@both
@pytest.mark.parametrize("name", ["count", "digest", "manifest", "trees"])
def test_each_part_of_the_seal_is_fixed(form, name):
    other = seal_of(form, written(form, world()[0][1:]))
    refused(
        with_seal(
            form,
            export(form),
            {**seal_of(form, export(form)), name: other[name]} | ({"trees": []} if name == "trees" else {}),
        )
    )


@both
def test_a_second_signature_on_the_manifest_is_refused(form):
    seal = seal_of(form, export(form))
    seal["manifest"] = cosign(seal["manifest"], signer("other", 3))
    refused(with_seal(form, export(form), seal), match="more than the one signature")


@both
def test_a_truncated_file_is_called_truncated(form):
    refused(b"", match="empty")
    places = {1, 20, *range(100, len(export(form)), 997), len(export(form)) - 1}
    for place in places:
        error = refused(export(form)[:place])
        assert error.line_number
    assert "truncated" in refused(export(form)[:-1]).message
    assert "truncated" in refused(b"".join(lines(form)[:30])).message
    assert refused(b"".join(lines(form)[:30])).line_number == 31


@both
def test_a_file_that_goes_on_is_refused(form):
    for more in (b"\n", b" ", lines(form)[5], export(form)):
        error = refused(export(form) + more, match="goes on after its seal")
        assert error.line_number == len(lines(form)) + 1


@both
def test_a_re_encoded_file_is_called_re_encoded(form):
    text = export(form).decode()
    assert refused(b"\xef\xbb\xbf" + export(form), match="byte order mark").line_number == 1
    assert refused(text.encode("utf-16"), match="byte order mark").line_number == 1
    assert refused(text.encode("latin-1", errors="replace"), match="UTF-8").line_number == 2
    other = export(form).replace(b"\r\n", b"\n") if form == "csv" else export(form).replace(b"\n", b"\r\n")
    assert refused(other, match="line ends").line_number == 1
    for number in (7, len(lines(form))):
        changed = lines(form)
        end = b"\n" if form == "csv" else b"\r\n"
        changed[number - 1] = changed[number - 1].rstrip() + end
        assert refused(b"".join(changed), match="line ends").line_number == number


@both
def test_something_else_is_called_something_else(form):
    refused(b"PK\x03\x04 a spreadsheet\n", match="not an export")
    refused(b"no line at all", match="not an export")
    assert form


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"leafIndex":6', '"leafIndex":6.0'),
        ('"leafIndex":6', '"leafIndex": 5'),
        ('"leafIndex":6', '"leafIndex":"5"'),
        ('"leafIndex":6', '"leafIndex":-5'),
        ('"role":"police"', '"role":"\\u0070olice"'),
        ('"role":"police"', '"role":"mayor","role":"police"'),
        ('"role":"police"', '"role":7'),
        ('"role":"police"', '"role":null'),
        ('"role":"police"', '"wrong":"police"'),
        ('"type":"entry"', '"type":"extra"'),
        (',"role":"police"', ""),
        (CONTROLLER + "/", "x/"),
        ("}", "]"),
    ],
)
def test_json_in_a_second_spelling_is_refused_even_by_its_line(old, new):
    changed = lines("jsonl")
    line = next(n for n, text in enumerate(changed) if b'"leafIndex":6,' in text and b"police" in text)
    changed[line] = changed[line].replace(old.encode(), new.encode())
    assert changed != lines("jsonl")
    error = refused(b"".join(changed))
    assert error.line_number in (line + 1, None if old.startswith(",") else line + 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (",6,", ",06,"),
        (",6,", ",+6,"),
        (",6,", ",,"),
        (",6,", ",6,,"),
        ("police", '"police"'),
        ("police", "po\x1fice"),
    ],
)
def test_a_csv_row_in_a_second_spelling_is_refused_by_its_line(old, new):
    changed = lines("csv")
    line = next(n for n, text in enumerate(changed) if b",6," in text and b"police" in text)
    changed[line] = changed[line].replace(old.encode(), new.encode(), 1)
    assert refused(b"".join(changed)).line_number == line + 1


def test_a_list_with_the_names_of_the_properties_is_no_entry():
    changed = lines("jsonl")
    changed[1] = json.dumps(list(json.loads(changed[1]))).encode() + b"\n"
    assert refused(b"".join(changed)).line_number == 2


@both
def test_gaps_that_do_not_fit_are_refused(form):
    mark = b"# " if form == "csv" else b""
    number = next(n for n, line in enumerate(lines(form)) if line.startswith(mark + b'{"type":"gaps"'))

    def gaps(change):
        found = json.loads(lines(form)[number].removeprefix(b"# "))
        change(found)
        text = json.dumps(found, separators=(",", ":")).encode()
        changed = lines(form)
        changed[number] = mark + text + (b"\r\n" if form == "csv" else b"\n")
        return refused(b"".join(changed))

    def flip(found):
        found["gaps"][1][2] = base64.b64encode(b"x" * 32).decode()

    assert "root" in gaps(flip).message
    assert "missing" in gaps(lambda found: found["gaps"].pop(0)).message
    assert "missing" in gaps(lambda found: found["gaps"].pop()).message
    assert "covers" in gaps(lambda found: found["gaps"].insert(0, [0, 0, found["gaps"][0][2]])).message
    assert "covers" in gaps(lambda found: found["gaps"].append([0, 36, found["gaps"][0][2]])).message
    for size in (36, 38, 64, 0, -1, 2**70):
        gaps(lambda found, size=size: found.update(size=size))
    for gap in (
        [0],
        [0, 0, 0],
        [64, 0, ""],
        [0, -1, ""],
        ["0", 0, ""],
        [0, 3, "AA"],
        [0, 3, "A" * 43 + "é"],
        5,
    ):
        gaps(lambda found, gap=gap: found["gaps"].__setitem__(0, gap))
    gaps(lambda found: found.update(gaps=[]))
    gaps(lambda found: found.update(tree="x"))
    gaps(lambda found: found.update(more=1))


@both
def test_a_changed_header_is_found(form):
    for old, new in (
        (b"2026-01-01", b"2026-01-02"),
        (b'"createdAt":"2026-03', b'"createdAt":"2026-04'),
        (b"7f00", b"7f01"),
    ):
        changed = export(form).replace(old, new, 1) if old == b"2026-01-01" else None
        at = next(n for n, line in enumerate(lines(form)) if b'{"type":"header"' in line)
        kept = lines(form)
        kept[at] = kept[at].replace(old, new)
        assert kept != lines(form)
        refused(b"".join(kept))
        assert changed is None or changed != export(form)


# --- writing -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    ["a\tb", "a\nb", "a\x1fb", "a\x00", "a\u2028b", "\ud800", "=1", "+1", "-1", "@x", "a,b", 'a"b', "a\\b"],
)
def test_an_entry_refuses_what_a_file_could_not_carry_and_does_not_repeat_it(value):
    with pytest.raises(ValueError, match="objectId") as caught:
        leaf_bytes(entry("2026", 1, object_id=value))
    assert value not in str(caught.value)


@pytest.mark.parametrize(
    "changed",
    [
        {"version": "2"},
        {"entry_id": "x"},
        {"controller": ""},
        {"year": "26"},
        {"at": ""},
        {"at": "2026-01-01T00:00:00Z"},
        {"recorded_at": "now"},
    ],
)
def test_the_head_of_an_entry_has_its_form(changed):
    with pytest.raises(ValueError, match="form of the log"):
        leaf_bytes(replace(entry("2026", 1), **changed))


def test_leaf_bytes_are_the_fields_in_order_and_can_be_read_back():
    found = entry("2026", 5)
    assert leaf_bytes(found).decode().split("\x1f")[:4] == ["1", found.entry_id, CONTROLLER, "2026"]
    assert leaf_bytes(found).count(b"\x1f") == len(FIELDS) - 1 == 25
    assert leaf_hash(found) == hashlib.sha256(b"\x00" + leaf_bytes(found)).digest()
    assert parse_leaf(leaf_bytes(found)) == found
    with pytest.raises(ValueError, match="zip"):
        parse_leaf(b"1\x1fx")


def test_the_example_in_the_description_of_the_format_is_right():
    example = (Path(__file__).parents[2] / "docs" / "journal-format.md").read_text(encoding="utf-8")
    leaf = next(line for line in example.splitlines() if line.startswith("1␟")).replace("␟", "\x1f").encode()
    assert leaf_bytes(parse_leaf(leaf)) == leaf
    assert f"leaf hash {hash_leaf(leaf).hex()}\n" in example
    assert ", ".join(f"`{name}`" for name in FIELDS[1:]) in example


@both
def test_a_writer_refuses_what_would_not_verify(form):
    def writer():
        return ExportWriter(form, export_id="x", chosen={}, created_at=MOMENT, signer=signer())

    leaves, seals = world()
    for wrong in (
        [leaves[1], leaves[0]],
        [leaves[0], leaves[0]],
        [leaves[30], leaves[0]],
        [(leaves[0][0], -1, leaves[0][2])],
        [(leaves[0][0], 2**63, leaves[0][2])],
        [(leaves[0][0], 0, leaves[30][2])],
        [(leaves[0][0], 0, leaves[0][2] + b"\x1f")],
        [(leaves[0][0], 0, leaves[0][2] + b'"')],
        [("x", 0, leaves[0][2])],
    ):
        with pytest.raises(ValueError, match=r"\w"):
            list(write_export(writer(), wrong, seals))
    for trees in (
        seals[:2],
        seals[::-1],
        [*seals, seals[2]],
        [replace(seals[0], tree=seals[1].tree), *seals[1:]],
    ):
        with pytest.raises(ValueError, match=r"\w"):
            list(write_export(writer(), leaves, trees))
    with pytest.raises(ValueError, match="prints"):
        ExportWriter(form, export_id="a\nb", chosen={}, created_at=MOMENT, signer=signer())
    small = replace(
        seals[2], checkpoint=Checkpoint(f"livcr.test/{seals[2].tree}", 62, b"r" * 32, MOMENT).sign(signer())
    )
    with pytest.raises(ValueError, match="size"):
        list(write_export(writer(), leaves, [*seals[:2], small]))


def test_a_filter_has_one_spelling():
    assert (
        canonical_filter({"b": [1, True, None], "a": {"d": "é", "c": 2}})
        == '{"a":{"c":2,"d":"é"},"b":[1,true,null]}'
    )
    for wrong in ({"a": 1.5}, {"a": {1: "b"}}, {"a": MOMENT}):
        with pytest.raises(ValueError, match="filter"):
            canonical_filter(wrong)


@given(st.integers(1, 300).flatmap(lambda size: st.tuples(st.just(size), st.sets(st.integers(0, size - 1)))))
def test_gaps_cover_exactly_what_is_not_in_the_file(case):
    size, picked = case
    gaps = list(gap_ranges(size, iter(sorted(picked))))
    covered = [leaf for level, index in gaps for leaf in range(index << level, index + 1 << level)]
    assert sorted([*covered, *picked]) == list(range(size))
    assert len(gaps) <= (len(picked) + 1) * 2 * size.bit_length()


def test_gaps_refuse_numbers_out_of_order_repeated_or_beyond():
    for wrong in ([2, 1], [1, 1], [5]):
        with pytest.raises(ValueError, match="out of order"):
            list(gap_ranges(5, wrong))
    assert list(uncovered(8, [(0, 8)])) == []


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(FORMS), st.sets(st.integers(0, 120)))
def test_any_selection_verifies(form, picked):
    everything = [
        (tree_name(CONTROLLER, year), n, leaf_bytes(entry(year, n)))
        for year, size, _ in TREES
        for n in range(size)
    ]
    report = check(written(form, [everything[n] for n in sorted(picked)]))
    assert report.count == len(picked)


def test_a_note_that_is_no_manifest_is_refused():
    seal = seal_of("csv", export("csv"))
    seal["manifest"] = sign("something else\n", signer())
    refused(with_seal("csv", export("csv"), seal), match="not that of an export")
