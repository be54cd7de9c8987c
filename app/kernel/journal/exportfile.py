"""Export files: a selection of entries that carries its own proof, as JSON lines or as CSV.

Both formats carry the same: a header, entries ordered by tree and leaf number, for every tree the hashes of
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
from itertools import chain, compress, islice, repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal

import orjson

from app.kernel.journal.leaf import FIELDS, JournalEntry, leaf_bytes, moment_text
from app.kernel.journal.note import Checkpoint, Signer, sign, split, to_base64
from app.kernel.journal.tree import NodeKey, NodeStore, cover

if TYPE_CHECKING:
    from datetime import datetime

Format = Literal["jsonl", "csv"]
Leaf = tuple[str, int, bytes]
"""The name of a tree, the number of a leaf in it, its bytes."""

FORMAT_NAME = "livcr-journal-export"
CSV_ROW = ",".join(("tree", "leafIndex", *FIELDS)).encode()
LINE_END: dict[Format, bytes] = {"jsonl": b"\n", "csv": b"\r\n"}
TRAILER_MARKS: dict[Format, tuple[bytes, ...]] = {
    "jsonl": (b'{"type":"gaps"', b'{"type":"seal"'),
    "csv": (b"#",),
}
MOST_LEAVES = 2**63
_GAPS_PER_LINE = 500
_SEPARATORS = len(FIELDS) - 1
_TREE = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/[0-9]{4}")
_BODY = slice(39, 80)  # where a leaf says its controller and year
_UNQUOTED = re.compile(rb'[",\\\x00-\x1e\x7f]')


class Malformed(ValueError):  # noqa: N818 - it says what the line is
    """A line that no export writes; the sentence says why."""


@dataclass(frozen=True)
class TreeSeal:
    """What the seal says of one tree: its name, its signed checkpoint, and where its nodes are kept."""

    tree: str
    checkpoint: str
    nodes: NodeStore


def dump(value: Any) -> str:
    """Give JSON in the one spelling that export files use: no spaces, no needless escapes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


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
    export_id: str, count: int, digest: bytes, filter_text: str, checkpoints: Iterable[str]
) -> str:
    """Give the text that the manifest signs: what was exported, by which filter, under which checkpoints."""
    sealed = hashlib.sha256("".join(checkpoints).encode()).digest()
    lines = (f"{FORMAT_NAME}/v1", export_id, str(count), to_base64(digest), filter_text, to_base64(sealed))
    return "\n".join(lines) + "\n"


class ExportWriter:
    """Writes one export: `header`, then every entry, then `seal`; the caller sends the bytes on.

    Memory: sixteen bytes for each run of consecutive leaves, nothing for entries.
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
    ) -> None:
        """Begin an export; `chosen` is its filter, `signer` signs the manifest, `notice` is the banner (R60)."""
        if not export_id or not export_id.isprintable():
            raise ValueError("an export has an id that prints")
        self.count = 0
        self._form, self._signer, self._export_id = form, signer, export_id
        self._filter = canonical_filter(chosen)
        self._header = header_line(export_id, self._filter, created_at, reason, notice)
        self._digest = hashlib.sha256()
        self._runs: dict[str, array[int]] = {}
        self._tree, self._next, self._home = "", 0, b""
        self._write: Callable[[str, int, bytes], bytes] = _csv_line if form == "csv" else _json_line

    def header(self) -> bytes:
        """Give the first line."""
        return self._out(CSV_ROW + b"\r\n" if self._form == "csv" else self._line(self._header))

    def entry(self, tree: str, index: int, entry: JournalEntry) -> bytes:
        """Give the line of an entry; errors as `leaf_bytes` and `leaf`."""
        return self.leaf(tree, index, leaf_bytes(entry))

    def leaf(self, tree: str, index: int, leaf: bytes) -> bytes:
        """Give the line of an entry whose leaf bytes are at hand: what `leaf_bytes` once made.

        Errors: ValueError when the leaf does not belong to the tree, cannot be a leaf, or does not follow
        the one before in the order of tree and leaf number.
        """
        if tree != self._tree:
            if tree < self._tree:
                raise ValueError("entries come ordered by tree")
            self._home = leaf_home(tree)
            self._runs[tree] = array("Q")
            self._tree, self._next = tree, 0
        if leaf[_BODY] != self._home or leaf.count(b"\x1f") != _SEPARATORS or _UNQUOTED.search(leaf):
            raise ValueError("the leaf is not one of this tree")
        runs = self._runs[tree]
        if index == self._next and runs:
            runs[-1] = index + 1
        elif self._next <= index < MOST_LEAVES:
            runs.extend((index, index + 1))
        else:
            raise ValueError("entries come ordered by leaf number, each once")
        self._next = index + 1
        self.count += 1
        return self._out(self._write(tree, index, leaf))

    def seal(self, trees: Sequence[TreeSeal]) -> Iterator[bytes]:
        """Give the lines after the entries: gaps and seal.

        In: every tree that the filter reached, in the order of their names; one without entries proves that
        it was looked at. Errors: ValueError for a tree missing, out of order, or smaller than its entries.
        """
        names = [each.tree for each in trees]
        if names != sorted(set(names)) or not self._runs.keys() <= set(names):
            raise ValueError("the seal names every tree of the export once, in order")
        if self._form == "csv":
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
        manifest = manifest_text(self._export_id, self.count, digest, self._filter, notes)
        line = {
            "type": "seal",
            "trees": [{"tree": each.tree, "checkpoint": each.checkpoint} for each in trees],
            "count": self.count,
            "digest": to_base64(digest),
            "manifest": sign(manifest, self._signer),
        }
        yield self._line(dump(line))

    def _line(self, text: str) -> bytes:
        return (f"# {text}\r\n" if self._form == "csv" else f"{text}\n").encode()

    def _out(self, data: bytes) -> bytes:
        self._digest.update(data)
        return data


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


def _csv_line(tree: str, index: int, leaf: bytes) -> bytes:
    return b"%b,%d,%b\r\n" % (tree.encode(), index, leaf.replace(b"\x1f", b","))


_frames: dict[tuple[bool, ...], bytes] = {}


def _json_line(tree: str, index: int, leaf: bytes) -> bytes:
    values = leaf.split(b"\x1f")
    shape = tuple(map(bool, values))
    frame = _frames.get(shape)
    if frame is None:
        given = ",".join(f'"{name}":"%b"' for name in compress(FIELDS, shape))
        frame = _frames[shape] = b'{"type":"entry","tree":"%b","leafIndex":%d,' + given.encode() + b"}\n"
    return frame % (tree.encode(), index, *filter(None, values))


def read_csv_line(line: bytes) -> tuple[bytes, int, bytes]:
    """Read a CSV row without its line end: tree, leaf number, leaf bytes; Malformed if it is none."""
    tree, _, rest = line.partition(b",")
    number, _, cells = rest.partition(b",")
    if not number.isdigit() or len(number) > 18 or (number[0] == 48 and len(number) > 1):  # noqa: PLR2004
        raise Malformed("the number of the leaf is not a number")
    leaf = cells.replace(b",", b"\x1f")
    if leaf.count(b"\x1f") != _SEPARATORS:
        raise Malformed(f"it does not have {len(FIELDS) + 2} cells")
    return tree, int(number), leaf


_shapes: dict[tuple[str, ...], tuple[Callable[[tuple[str, ...]], tuple[str, ...]], int]] = {}
_MOST_SHAPES = 1000
_LEAD = ("type", "tree", "leafIndex")


def _shape(keys: tuple[str, ...]) -> tuple[Callable[[tuple[str, ...]], tuple[str, ...]], int]:
    """Tell where the fields of a line with these keys are, and how long its punctuation is."""
    given = keys[3:]
    if keys[:3] != _LEAD or [name for name in FIELDS if name in given] != list(given):
        raise Malformed("its properties are not those of an entry, or not in their order")
    pick = itemgetter(*(keys.index(name) if name in given else len(keys) for name in FIELDS))
    frame = sum(len(name) + len('"":"",') for name in given)
    shape = pick, frame + len('{"type":"entry","tree":"","leafIndex":,}') - 1 - _SEPARATORS
    if len(_shapes) > _MOST_SHAPES:  # a file made to fill the memory
        _shapes.clear()
    _shapes[keys] = shape
    return shape


def read_json_line(line: bytes) -> tuple[bytes, int, bytes]:
    """Read the JSON line of an entry without its line end; Malformed if it is none.

    A second spelling of the same entry (spaces, a property twice or out of order) is malformed: the line is
    as long as its parts, or it is not what an export writes.
    """
    try:
        found = orjson.loads(line)
        if type(found) is not dict:
            found = {}  # has no shape
        keys = tuple(found)
        pick, frame = _shapes.get(keys) or _shape(keys)
        kind, tree, index, *_ = values = (*found.values(), "")
        leaf = "\x1f".join(pick(values)).encode()
    except Malformed:
        raise
    except (ValueError, TypeError):
        raise Malformed("it is not a JSON object of texts") from None
    if kind != "entry" or type(index) is not int or type(tree) is not str or not 0 <= index < MOST_LEAVES:
        raise Malformed("it is not an entry with a tree and the number of a leaf")
    name = tree.encode()
    if len(line) != frame + len(leaf) + len(name) + len(str(index)):
        raise Malformed("it is not spelled as an export spells it")
    return name, index, leaf


def read_csv_lines(lines: Sequence[bytes]) -> Iterator[tuple[bytes, int, bytes]]:
    """Read many CSV rows as `read_csv_line` does; about twice as fast while nothing is wrong with any."""
    parts = [line.replace(b",", b"\x1f").split(b"\x1f", 2) for line in lines]
    if set(map(len, parts)) == {3}:
        trees, numbers, leaves = zip(*parts, strict=True)
        joined = b",".join((b"", *numbers))
        plain = joined.replace(b",", b"").isdigit() and b",0" not in joined and max(map(len, numbers)) < 19  # noqa: PLR2004
        if plain and set(map(bytes.count, leaves, repeat(b"\x1f"))) == {_SEPARATORS}:
            return zip(trees, map(int, numbers), leaves, strict=True)
    return map(read_csv_line, lines)


def read_json_lines(lines: Sequence[bytes]) -> Iterator[tuple[bytes, int, bytes]]:
    """Read many JSON lines as `read_json_line` does."""
    return map(read_json_line, lines)


READERS: dict[Format, Callable[[Sequence[bytes]], Iterator[tuple[bytes, int, bytes]]]] = {
    "jsonl": read_json_lines,
    "csv": read_csv_lines,
}


def write_export(writer: ExportWriter, leaves: Iterable[Leaf], trees: Sequence[TreeSeal]) -> Iterator[bytes]:
    """Give a whole export, chunk by chunk, from leaves in order; errors as `ExportWriter`."""
    body = (writer.leaf(*each) for each in leaves)
    return chain((writer.header(),), body, writer.seal(trees))
