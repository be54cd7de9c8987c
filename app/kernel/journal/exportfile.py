"""Export files: a selection of entries that carries its own proof, in any of the forms of `forms`.

All carry the same: a header, entries ordered by tree and leaf number, for every tree the hashes of
the largest complete subtrees that cover the leaves not in the file (gaps), and a seal with the signed
checkpoints and a signed manifest. A verifier recomputes each root from the leaves in the file and the gaps;
the manifest fixes which leaves were exported, so that nobody can drop a line and pass it off as filtered.
``docs/journal-format.md`` describes every line.
"""

from __future__ import annotations

import hashlib
import json
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from app.kernel.journal import workbook
from app.kernel.journal.forms import FORMS, Format
from app.kernel.journal.leaf import FIELDS, JournalEntry, leaf_bytes, moment_text
from app.kernel.journal.lines import CSV_ROW, MOST_LEAVES, SEPARATORS, dump
from app.kernel.journal.marks import Marks
from app.kernel.journal.note import Checkpoint, Signer, sign, split, to_base64
from app.kernel.journal.tree import NodeKey, NodeStore, cover

if TYPE_CHECKING:
    from datetime import datetime

Leaf = tuple[str, int, bytes]
"""The name of a tree, the number of a leaf in it, its bytes."""

FORMAT_NAME = "livcr-journal-export"
_GAPS_PER_LINE = 500
_TREE = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/[0-9]{4}")
_BODY = slice(39, 80)  # where a leaf says its controller and year
_NEVER = bytes({*range(32), 127, *b'"\\'} - {10})
_UNQUOTED = re.compile(rb'[",\\\x00-\x1e\x7f]')


@dataclass(frozen=True)
class TreeSeal:
    """What the seal says of one tree: its name, its signed checkpoint, and where its nodes are kept."""

    tree: str
    checkpoint: str
    nodes: NodeStore


def canonical_filter(chosen: Mapping[str, Any]) -> str:
    """Give a filter as JSON with sorted keys.

    In: objects, lists, texts, whole numbers, truth values, null. Errors: ValueError for a fraction, since
    languages spell fractions differently, and for keys that are not text.
    """

    def check(value: Any) -> None:
        if isinstance(value, Mapping):
            if not all(isinstance(key, str) for key in value):
                raise ValueError("a key in a filter is a text")
            for each in value.values():
                check(each)
        elif isinstance(value, list | tuple):
            for each in value:
                check(each)
        elif not (value is None or isinstance(value, str | int)):
            raise ValueError("a filter holds texts, whole numbers, truth values, lists and objects only")

    check(chosen)
    return json.dumps(chosen, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def tree_name(controller: str, year: str) -> str:
    """Give the name of a tree in export files: ``<controller>/<year>``; ValueError if it is none."""
    name = f"{controller}/{year}"
    if not _TREE.fullmatch(name):
        raise ValueError("a tree is named by the UUID of its controller and a year of four digits")
    return name


def is_tree_name(text: str) -> bool:
    """Tell whether this is the name of a tree."""
    return _TREE.fullmatch(text) is not None


def leaf_home(tree: str) -> bytes:
    """Give what bytes 39 to 80 of every leaf of this tree are; ValueError if it is no name of a tree."""
    if not _TREE.fullmatch(tree):
        raise ValueError("not the name of a tree")
    return tree.replace("/", "\x1f").encode()


def uncovered(size: int, runs: Iterable[tuple[int, int]]) -> Iterator[NodeKey]:
    """Give the largest complete subtrees over what lies between runs (begin, end) of leaves, up to size."""
    here = 0
    for begin, end in runs:
        if not here <= begin < end <= size:
            raise ValueError("leaves are out of order, repeated or beyond the size of the tree")
        yield from cover(here, begin)
        here = end
    yield from cover(here, size)


def gap_ranges(size: int, indexes: Iterable[int]) -> Iterator[NodeKey]:
    """Give the largest complete subtrees that cover every leaf but these, from the left.

    In: the size of the tree and ascending leaf numbers, as an iterator if need be; nothing is held in
    memory. Out: (level, index), at most about twice log2(size) for each number. Errors: ValueError when
    numbers are out of order, repeated or not below size.
    """
    return uncovered(size, ((index, index + 1) for index in indexes))


def manifest_text(
    export_id: str, count: int, digest: bytes, marks: str, filter_text: str, checkpoints: Iterable[str]
) -> str:
    """Give the text that the manifest signs: what was exported, by which filter, under which checkpoints."""
    sealed = hashlib.sha256("".join(checkpoints).encode()).digest()
    marked = hashlib.sha256(marks.encode()).digest()
    lines = (
        f"{FORMAT_NAME}/v1",
        export_id,
        str(count),
        to_base64(digest),
        to_base64(marked),
        filter_text,
        to_base64(sealed),
    )
    return "\n".join(lines) + "\n"


class ExportWriter:
    """Writes one export: `header`, then every entry, then `seal`; the caller sends the bytes on.

    Memory: sixteen bytes for each run of consecutive leaves, six for every four kilobytes of text, nothing for entries.
    """

    def __init__(
        self,
        form: Format,
        *,
        export_id: str,
        chosen: Mapping[str, Any],
        created_at: datetime,
        signer: Signer,
        reason: str = "",
        notice: str = "",
        words: workbook.Words | None = None,
    ) -> None:
        """Begin an export.

        `chosen` is its filter, `signer` signs the manifest, `notice` is the banner (R60); `words` is what a workbook
        says, and it must be given for one. Errors: ValueError for an id that does not print, or a workbook without words.
        """
        if not export_id or not export_id.isprintable():
            raise ValueError("an export has an id that prints")
        self.count = 0
        self._form, self._signer, self._export_id = FORMS[form], signer, export_id
        self._filter = canonical_filter(chosen)
        self._header = header_line(export_id, self._filter, created_at, reason, notice)
        self._digest, self._marks = hashlib.sha256(), Marks()
        self._runs: dict[str, array[int]] = {}
        self._tree, self._next, self._home = "", 0, b""
        self._as_is = form == "csv"
        self._book: workbook.Workbook | None = None
        self._packer: workbook.Packer | None = None
        self._rows: Callable[[str, int, bytes], Iterable[bytes]]
        write = self._form.write
        if write is not None:
            self._rows = lambda *row: (write(*row),)
        elif words is not None:
            self._book, self._packer = workbook.Workbook(words), workbook.Packer()
            self._rows = self._book.row
        else:
            raise ValueError("a workbook needs words")

    def header(self) -> bytes:
        """Give what precedes the entries."""
        if self._book:
            return b"".join(map(self._out, self._book.head()))
        return self._out(self._line(self._header) if self._form.header_first else CSV_ROW + b"\r\n")

    def entry(self, tree: str, index: int, entry: JournalEntry) -> bytes:
        """Give the line of an entry; errors as `leaf_bytes` and `leaf`."""
        return self.leaf(tree, index, leaf_bytes(entry))

    def leaf(self, tree: str, index: int, leaf: bytes) -> bytes:
        """Give the line of an entry whose leaf bytes are at hand: what `leaf_bytes` once made.

        Errors: ValueError when the leaf does not belong to the tree, cannot be a leaf, or does not follow
        the one before in the order of tree and leaf number.
        """
        self._enter(tree)
        if leaf[_BODY] != self._home or leaf.count(b"\x1f") != SEPARATORS or _UNQUOTED.search(leaf):
            raise ValueError("the leaf is not one of this tree")
        self._run(index, index + 1)
        return b"".join(map(self._out, self._rows(tree, index, leaf)))

    def rows(self, tree: str, rows: Sequence[bytes]) -> bytes:
        """Give the lines of many entries of one tree, as the database writes them (`copying`).

        In: for each its number and the values of its leaf, each after a comma, and a newline.
        Errors: ValueError, as `leaf`, for all of them.
        """
        self._enter(tree)
        text, count = b"".join(rows), len(rows)
        home = b"," + self._home.replace(b"\x1f", b",") + b","
        fits = text.count(home) == count and text.count(b",") == count * (SEPARATORS + 1)
        if not fits or len(text.translate(None, _NEVER)) != len(text) or text.count(b"\n") != count:
            raise ValueError("a row is not one of this tree")
        numbers = [int(rows[0].partition(b",")[0]), int(rows[-1].partition(b",")[0])]
        if numbers[1] - numbers[0] + 1 != count:
            numbers = [int(row.partition(b",")[0]) for row in rows]
            for number in numbers:
                self._run(number, number + 1)
        else:
            self._run(numbers[0], numbers[1] + 1)
        if self._as_is:
            name = tree.encode() + b","
            return self._out(name + text[:-1].replace(b"\n", b"\r\n" + name) + b"\r\n")
        return b"".join(self._out(line) for row in rows for line in self._line_of(tree, row))

    def _line_of(self, tree: str, row: bytes) -> Iterable[bytes]:
        number, _, values = row.partition(b",")
        return self._rows(tree, int(number), values[:-1].replace(b",", b"\x1f"))

    def _enter(self, tree: str) -> None:
        if tree != self._tree:
            if tree < self._tree:
                raise ValueError("entries come ordered by tree")
            self._home = leaf_home(tree)
            self._runs[tree] = array("Q")
            self._tree, self._next = tree, 0

    def _run(self, begin: int, end: int) -> None:
        """Note that leaves from begin up to, not with, end are in the file."""
        runs = self._runs[self._tree]
        if begin == self._next and runs:
            runs[-1] = end
        elif self._next <= begin < end <= MOST_LEAVES:
            runs.extend((begin, end))
        else:
            raise ValueError("entries come ordered by leaf number, each once")
        self._next = end
        self.count += end - begin

    def seal(self, trees: Sequence[TreeSeal]) -> Iterator[bytes]:
        """Give the lines after the entries: gaps and seal.

        In: every tree that the filter reached, in the order of their names; one without entries proves that
        it was looked at. Errors: ValueError for a tree missing, out of order, or smaller than its entries.
        """
        names = [each.tree for each in trees]
        if names != sorted(set(names)) or not self._runs.keys() <= set(names):
            raise ValueError("the seal names every tree of the export once, in order")
        if self._book:
            yield from map(self._out, self._book.foot())
        if not self._form.header_first:
            yield self._out(self._line(self._header))
        for each in trees:
            checkpoint = Checkpoint.parse(split(each.checkpoint)[0])
            if not checkpoint.origin.endswith("/" + each.tree):
                raise ValueError("the checkpoint is that of another tree")
            keys = uncovered(checkpoint.size, pairs(self._runs.get(each.tree, ())))
            while batch := list(islice(keys, _GAPS_PER_LINE)):
                found = zip(batch, each.nodes.get_many(batch), strict=True)
                gaps = [[level, index, to_base64(digest)] for (level, index), digest in found]
                line = {"type": "gaps", "tree": each.tree, "size": checkpoint.size, "gaps": gaps}
                yield self._out(self._line(dump(line)))
        digest = self._digest.digest()
        notes = [each.checkpoint for each in trees]
        marks = self._marks.text()
        manifest = manifest_text(self._export_id, self.count, digest, marks, self._filter, notes)
        line = {
            "type": "seal",
            "trees": [{"tree": each.tree, "checkpoint": each.checkpoint} for each in trees],
            "count": self.count,
            "digest": to_base64(digest),
            "marks": marks,
            "manifest": sign(manifest, self._signer),
        }
        last = self._line(dump(line))
        yield self._packer.pack(last + workbook.END) + self._packer.end() if self._packer else last

    def _line(self, text: str) -> bytes:
        return self._form.wrap(text).encode() + self._form.line_end

    def _out(self, data: bytes) -> bytes:
        self._digest.update(data)
        self._marks.update(data)
        return self._packer.pack(data) if self._packer else data


def header_line(
    export_id: str, filter_text: str, created_at: datetime, reason: str = "", notice: str = ""
) -> str:
    """Give the header object as every export spells it; `reason` and `notice` say what it may be used for (R60)."""
    head = dump({"type": "header", "format": FORMAT_NAME, "version": 1, "exportId": export_id})[:-1]
    said = dump({"reason": reason, "notice": notice, "createdAt": moment_text(created_at)})[1:-1]
    return f'{head},"filter":{filter_text},{said},"fields":{dump(FIELDS)}}}'


def pairs(runs: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Give runs kept flat (begin, end, begin, end ...) as pairs."""
    flat = iter(runs)
    return zip(flat, flat, strict=True)


def write_export(writer: ExportWriter, leaves: Iterable[Leaf], trees: Sequence[TreeSeal]) -> Iterator[bytes]:
    """Give a whole export, chunk by chunk, from leaves in order; errors as `ExportWriter`."""
    body = (writer.leaf(*each) for each in leaves)
    return chain((writer.header(),), body, writer.seal(trees))
