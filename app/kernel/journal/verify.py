"""Checks an export file offline: nothing changed, left out, added, repeated, moved or signed by another.

It reads the file once, from the first byte to the last, and keeps neither entries nor their hashes: of every
run of consecutive leaves only the largest complete subtrees. With more than one process, large files are
hashed in parallel. ``docs/journal-format.md`` gives the same steps for whoever writes a verifier.
"""

from __future__ import annotations

import hashlib
import json
import re
from array import array
from binascii import a2b_base64
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby, islice, pairwise, starmap, zip_longest
from multiprocessing import get_context
from operator import itemgetter
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from app.kernel.journal import exportfile
from app.kernel.journal.exportfile import (
    CSV_ROW,
    LINE_END,
    MOST_LEAVES,
    TRAILER_MARKS,
    Format,
    Malformed,
    pairs,
)
from app.kernel.journal.leaf import FIELDS
from app.kernel.journal.note import (
    Checkpoint,
    NoteInvalid,
    Verifier,
    from_base64,
    open_note,
    split,
    to_base64,
)
from app.kernel.journal.tree import Node, NodeKey, Span, cover

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_BLOCK = 1 << 20
_LONGEST_LINE = 1 << 26
_PARALLEL_FROM = 16  # blocks: below that, starting processes takes longer than it saves
_HOME, _AT = slice(39, 80), slice(81, 108)
_HASH_SIZE, _MOST_LEVELS = 32, 63
_LAST_OF_32 = frozenset("AEIMQUYcgkosw048")  # 32 bytes leave two bits of the last letter unused
_MARKS_OF_ENCODINGS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_STRAY_LINE_END = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_HEADER = {
    "type": str,
    "format": str,
    "version": int,
    "exportId": str,
    "filter": dict,
    "reason": str,
    "notice": str,
    "createdAt": str,
    "fields": list,
}
_GAPS = {"type": str, "tree": str, "size": int, "gaps": list}
_SEAL = {"type": str, "trees": list, "count": int, "digest": str, "manifest": str}
_TREE_SEAL = ["tree", "checkpoint"]
_SIGNED = ("the format", "the export id", "the count", "the digest", "the filter", "a checkpoint")
_Block = tuple[Format, int, bytes]
"""The format, the number of the first line, whole lines of entries."""
_Gap = tuple[int, Any]
"""The number of a line, and one gap in it: [level, index, hash in base64]."""


class ExportInvalid(ValueError):  # noqa: N818 - it says what the file is
    """An export that does not verify: a plain sentence, and the line (from 1) where it shows, if one does."""

    def __init__(self, message: str, line_number: int | None = None) -> None:
        """Say what and where."""
        super().__init__(message, line_number)
        self.message, self.line_number = message, line_number

    def __str__(self) -> str:
        """Give place and sentence."""
        return self.message if self.line_number is None else f"Line {self.line_number}: {self.message}"


@dataclass(frozen=True)
class TreeReport:
    """One tree: its entries in the file, its leaves under the checkpoint, when (UTC) and by which keys."""

    tree: str
    origin: str
    entries: int
    size: int
    time: datetime
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """What a file that verifies proves. `period`: earliest and latest `at` as written, if there is any."""

    form: Format
    export_id: str
    created_at: str
    chosen: dict[str, Any]
    count: int
    trees: tuple[TreeReport, ...]
    keys: tuple[str, ...]
    period: tuple[str, str] | None


def verify_export(file: BinaryIO, verifiers: Sequence[Verifier], *, processes: int = 1) -> Report:
    """Verify an export of either format.

    In: the file opened for reading bytes, the public keys that may sign (at least that of the log), and how
    many processes may help with a large file (more than one needs a main module that can be imported, as
    `multiprocessing` has it). Memory stays flat for consecutive leaves and takes about 50 bytes for every
    run of them. Out: a `Report`. Errors: ExportInvalid; OSError from the file.
    """
    reader = _Reader(file)
    first = reader.first()
    trees: dict[str, _TreeCheck] = {}
    period: tuple[str, str] | None = None
    before: _Run | None = None
    for runs, earliest, latest in _digested(reader.blocks(), processes):
        for run in runs:
            _follow(before, run)
            if run.tree not in trees:
                trees[run.tree] = _TreeCheck(run.tree, run.line)
            trees[run.tree].add(run)
            before = run
        period = (min(earliest, period[0]), max(latest, period[1])) if period else (earliest, latest)
    trailer = reader.trailer()
    header = _header(*((1, first) if reader.form == "jsonl" else next(trailer)))
    number, seal = _gaps(trailer, trees)
    digest = reader.finish()
    count = sum(each.entries for each in trees.values())
    signed, keys = _manifest(number, seal, verifiers)
    reports = tuple(_sealed(number, each, trees, verifiers) for each in seal["trees"])
    for name in trees.keys() - {each.tree for each in reports}:
        raise ExportInvalid(f"the seal does not name tree {name}, of which the file holds leaves", number)
    _compare(number, signed, seal, header, count)
    if to_base64(digest) != seal["digest"]:
        raise ExportInvalid("every entry is as it was sealed, but the header was changed after the sealing")
    return Report(
        reader.form, header["exportId"], header["createdAt"], header["filter"], count, reports, keys, period
    )


class _Reader:
    """Hands out the parts of the file in order and keeps the digest of all that precedes the seal."""

    form: Format

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._rest, self._line = file, b"", 1
        self._digest = hashlib.sha256()

    def first(self) -> bytes:
        """Give the first line without its end, and find out the format."""
        while b"\n" not in self._rest and self._more():
            pass
        line, found, _ = self._rest.partition(b"\n")
        if not line:
            raise ExportInvalid("the file is empty", 1)
        if line.startswith(_MARKS_OF_ENCODINGS):
            raise ExportInvalid("the file was re-encoded: it begins with a byte order mark", 1)
        if not line.startswith((b'{"type":"header"', b"tree,leafIndex")):
            raise ExportInvalid(
                "this is not an export of the processing log, or its beginning was changed", 1
            )
        self.form = "csv" if line.startswith(b"tree") else "jsonl"
        if not found:
            raise ExportInvalid("the file ends in its first line: it was truncated", 1)
        end = LINE_END[self.form]
        if line.endswith(b"\r") != (end == b"\r\n"):
            raise ExportInvalid("the line ends were changed", 1)
        if self.form == "csv" and line != CSV_ROW + b"\r":
            raise ExportInvalid("the names of the columns were changed", 1)
        self._take(len(line) + 1)
        return line.removesuffix(b"\r")

    def blocks(self) -> Iterator[_Block]:
        """Give the lines of entries, about a megabyte at a time."""
        while True:
            cut = self._rest.rfind(b"\n") + 1
            stop = self._trailer_in(cut)
            if stop:
                line = self._line
                yield self.form, line, self._take(stop)
            if stop < cut or not self._more():
                return

    def trailer(self) -> Iterator[tuple[int, bytes]]:
        """Give number and JSON of each line after the entries; one is digested when the next is asked for."""
        end = LINE_END[self.form]
        while True:
            cut = self._rest.find(b"\n") + 1
            if not cut:
                if self._more():
                    continue
                raise ExportInvalid("the file ends before the end of its seal: it was truncated", self._line)
            line = self._rest[:cut]
            if not line.endswith(end) or line.endswith(b"\r\n") != (end == b"\r\n"):
                raise ExportInvalid("the line ends were changed", self._line)
            mark = b"# " if self.form == "csv" else b""
            if not line.startswith(mark):
                raise ExportInvalid("an entry stands after the end of the entries", self._line)
            yield self._line, line.removeprefix(mark)[: -len(end)]
            self._take(cut)

    def finish(self) -> bytes:
        """Check that the seal is the end; give the digest of what precedes it."""
        cut = self._rest.find(b"\n") + 1
        self._rest = self._rest[cut:]
        if self._rest or self._more():
            raise ExportInvalid("the file goes on after its seal", self._line + 1)
        return self._digest.digest()

    def _more(self) -> bool:
        data = self._file.read(_BLOCK)
        self._rest += data
        if len(self._rest) > _LONGEST_LINE:
            raise ExportInvalid("this line is longer than any that an export writes", self._line)
        return bool(data)

    def _take(self, size: int) -> bytes:
        taken, self._rest = self._rest[:size], self._rest[size:]
        self._digest.update(taken)
        self._line += _count(taken, b"\n")
        return taken

    def _trailer_in(self, size: int) -> int:
        """Tell where the trailer begins in the first `size` bytes at hand; `size` if it does not."""
        marks = TRAILER_MARKS[self.form]
        if (b"#" if self.form == "csv" else b"[") not in self._rest:  # much faster than looking for the marks
            return size
        if self._rest.startswith(marks):
            return 0
        places = [self._rest.find(b"\n" + mark, 0, size) for mark in marks]
        return min((place + 1 for place in places if place >= 0), default=size)


class _Run(NamedTuple):
    """Consecutive leaves of one tree, as they stand in a block."""

    tree: str
    begin: int
    end: int
    line: int
    nodes: list[Node]


_Digested = tuple[list[_Run], str, str]
"""Runs of leaves, earliest and latest moment."""


def _digested(blocks: Iterator[_Block], processes: int) -> Iterator[_Digested]:
    head = list(islice(blocks, _PARALLEL_FROM)) if processes > 1 else []
    if len(head) < _PARALLEL_FROM:
        yield from starmap(_digest_block, chain(head, blocks))
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        waiting = deque(pool.submit(_digest_block, *block) for block in head)
        head.clear()
        while waiting:
            yield waiting.popleft().result()
            waiting.extend(pool.submit(_digest_block, *block) for block in islice(blocks, 1))


def _digest_block(form: Format, first_line: int, body: bytes) -> _Digested:
    """Hash a block of entries down to the largest complete subtrees of each run."""
    read, sha256 = exportfile.READERS[form], hashlib.sha256
    rows: list[tuple[bytes, int, bytes]] = []
    lines = _lines(form, first_line, body)
    try:
        rows.extend(read(lines))
    except Malformed as error:
        sentence = f"this is not an entry as an export writes it: {error}"
        raise ExportInvalid(sentence, first_line + len(rows)) from None
    homes = {name: _home(name) for name in {row[0] for row in rows}}
    strange = [
        number for number, (name, _, leaf) in enumerate(rows, first_line) if leaf[_HOME] != homes[name]
    ]
    if strange:
        raise ExportInvalid("the tree is not that of the controller and year in the entry", strange[0])
    starts = [0]
    starts += [
        place
        for place, (row, after) in enumerate(pairwise(rows), 1)
        if after[1] != row[1] + 1 or after[0] != row[0]
    ]
    hashes = [sha256(b"\x00" + leaf).digest() for _, _, leaf in rows]
    runs = [
        _run(rows[start], first_line + start, hashes[start:stop])
        for start, stop in zip_longest(starts, starts[1:])
    ]
    moments = [leaf[_AT] for _, _, leaf in rows]
    return runs, min(moments).decode(errors="replace"), max(moments).decode(errors="replace")


def _home(name: bytes) -> bytes | None:
    try:
        return exportfile.leaf_home(name.decode())
    except ValueError:
        return None


def _run(row: tuple[bytes, int, bytes], line: int, hashes: list[bytes]) -> _Run:
    tree, begin, _ = row
    if len(hashes) == 1:
        return _Run(tree.decode(), begin, begin + 1, line, [(0, begin, hashes[0])])
    span = Span(begin)
    span.extend(hashes)
    return _Run(tree.decode(), begin, span.end, line, span.nodes)


def _lines(form: Format, first_line: int, body: bytes) -> list[bytes]:
    """Split a block into lines without their ends, refusing what a changed encoding leaves behind."""
    lines = body.splitlines() if form == "csv" else body.split(b"\n")[:-1]
    sentence, place = "", -1
    if not body.isascii():
        try:
            body.decode()
        except UnicodeDecodeError as error:
            sentence, place = "this is not UTF-8: the file was re-encoded or changed", error.start
    if form == "csv":
        if not len(lines) == _count(body, b"\n") == _count(body, b"\r"):
            found = _STRAY_LINE_END.search(body)
            sentence, place = "the line ends were changed", found.start() if found else 0
        for mark in (b'"', b"\x1f"):
            if mark in body:
                sentence, place = (
                    "a cell was quoted or holds a separator: no export does that",
                    body.find(mark),
                )
    elif b"\r" in body:
        sentence, place = "the line ends were changed", body.find(b"\r")
    if sentence:
        raise ExportInvalid(sentence, first_line + body.count(b"\n", 0, place))
    return lines


def _count(body: bytes, mark: bytes) -> int:
    """Count a byte; for a rare one in a large text this is several times faster than `bytes.count`."""
    return len(body) - len(body.replace(mark, b""))


def _follow(before: _Run | None, run: _Run) -> None:
    """Check that a run stands behind the one before it in the order of tree and leaf."""
    if before is None or run.tree > before.tree:
        return
    if run.tree < before.tree:
        raise ExportInvalid(f"tree {run.tree} comes after tree {before.tree}: lines were moved", run.line)
    if run.begin == before.end - 1:
        raise ExportInvalid(f"leaf {run.begin} of tree {run.tree} is repeated", run.line)
    if run.begin < before.end:
        sentence = f"leaf {run.begin} of tree {run.tree} comes after leaf {before.end - 1}"
        raise ExportInvalid(f"{sentence}: lines were moved, repeated or inserted", run.line)


class _TreeCheck:
    """What is known of one tree while the file goes by."""

    def __init__(self, name: str, line: int | None) -> None:
        self.name, self._first_line = name, line
        self._runs, self._hashes = array("Q"), bytearray()
        self._span: Span | None = None
        self.entries = 0
        self.size, self.root = -1, b""

    def add(self, run: _Run) -> None:
        """Take in further leaves; they come in order."""
        if self._span is None or self._span.end != run.begin:
            self._close()
            self._span = Span(run.begin)
            self._span.nodes, self._span.end = run.nodes, run.end
        else:
            for node in run.nodes:
                self._span.push(*node)
        self.entries += run.end - run.begin

    def lines(self) -> str:
        """Say where the entries of this tree stand."""
        if self._first_line is None:
            return "it has no entries in the file"
        return f"its entries stand in lines {self._first_line} to {self._first_line + self.entries - 1}"

    def assemble(self, size: int, gaps: Iterator[_Gap]) -> None:
        """Compute the root from the leaves and these gaps; ExportInvalid where they do not fit together."""
        self._close()
        whole, here, taken = Span(), 0, 0
        for begin, end in chain(pairs(self._runs), [(size, size)]):
            if end > size:
                beyond = max(begin, size)
                sentence = (
                    f"leaf {beyond} of tree {self.name} lies beyond the {size} leaves of its checkpoint"
                )
                raise ExportInvalid(sentence, self._line_of(beyond))
            for key in cover(here, begin):
                whole.push(*key, self._gap(key, gaps))
            for key in cover(begin, end):
                whole.push(*key, bytes(self._hashes[taken : taken + _HASH_SIZE]))
                taken += _HASH_SIZE
            here = end
        for line, (level, index, _) in gaps:
            raise self._overlap(line, level, index)
        self.size, self.root = size, whole.root()

    def _close(self) -> None:
        if self._span is not None:
            self._runs.extend((self._span.begin, self._span.end))
            self._hashes += b"".join(map(itemgetter(2), self._span.nodes))
            self._span = None

    def _gap(self, key: NodeKey, gaps: Iterator[_Gap]) -> bytes:
        """Take the gap that is due; ExportInvalid, with the leaf concerned, for another or none."""
        due = key[1] << key[0]
        end = due + (1 << key[0])
        for line, (level, index, text) in gaps:
            if (level, index) == key:
                return _gap_hash(line, text)
            if index << level < due or index + 1 << level > end > index << level:
                raise self._overlap(line, level, index)
            if index << level != due:
                break
            due = index + 1 << level  # a smaller gap than is due: what it leaves uncovered was an entry once
            if due >= end:
                raise self._overlap(line, level, index)
        sentence = f"leaf {due} of tree {self.name} is missing: it is neither an entry nor in a gap"
        raise ExportInvalid(f"{sentence}; lines were removed here", self._line_of(due))

    def _overlap(self, line: int, level: int, index: int) -> ExportInvalid:
        begin, end = index << level, index + 1 << level
        for first, last in pairs(self._runs):
            if first < end and last > begin:
                leaf = max(first, begin)
                sentence = (
                    f"leaf {leaf} of tree {self.name} is an entry, but gap {level}, {index} covers it too"
                )
                return ExportInvalid(
                    f"{sentence}: a line was inserted here, or a gap changed", self._line_of(leaf)
                )
        return ExportInvalid(f"gap {level}, {index} of tree {self.name} is not the next that is due", line)

    def _line_of(self, leaf: int) -> int | None:
        """Tell in which line a leaf stands, or would."""
        if self._first_line is None:
            return None
        return self._first_line + sum(
            min(end, leaf) - begin for begin, end in pairs(self._runs) if begin < leaf
        )


def _object(number: int, text: bytes, kind: str, shape: Mapping[str, type]) -> dict[str, Any]:
    """Read a header, gaps or seal line, in the one spelling that an export has for it."""
    try:
        found = json.loads(text)
        same = exportfile.dump(found).encode() == text
    except (ValueError, RecursionError):
        same = False
    if (
        not same
        or type(found) is not dict
        or list(found) != list(shape)
        or found["type"] != kind
        or any(type(found[name]) is not form for name, form in shape.items())
    ):
        raise ExportInvalid(f"this is not the {kind} line as an export writes it: it was changed", number)
    return found


def _header(number: int, text: bytes) -> dict[str, Any]:
    found = _object(number, text, "header", _HEADER)
    if found["format"] != exportfile.FORMAT_NAME or found["version"] != 1 or found["fields"] != list(FIELDS):
        raise ExportInvalid("the header names another format, version or list of fields", number)
    return found


def _gaps(trailer: Iterator[tuple[int, bytes]], trees: dict[str, _TreeCheck]) -> tuple[int, dict[str, Any]]:
    """Read the lines of gaps and compute the roots; give number and content of the seal, which ends them."""
    seal: list[tuple[int, dict[str, Any]]] = []

    def lines() -> Iterator[tuple[int, dict[str, Any]]]:
        for number, text in trailer:
            if text.startswith(b'{"type":"seal"'):
                seal.append((number, _object(number, text, "seal", _SEAL)))
                return
            found = _object(number, text, "gaps", _GAPS)
            if (
                not found["gaps"]
                or not all(map(_is_gap, found["gaps"]))
                or not 0 <= found["size"] < MOST_LEAVES
            ):
                raise ExportInvalid("this is not a line of gaps as an export writes it", number)
            yield number, found

    for (name, size), group in groupby(lines(), key=lambda line: (line[1]["tree"], line[1]["size"])):
        tree = trees.setdefault(name, _TreeCheck(name, None))
        if tree.size >= 0:
            raise ExportInvalid(f"the gaps of tree {name} are not given once and together")
        tree.assemble(size, ((number, gap) for number, found in group for gap in found["gaps"]))
    return seal[0]


def _gap_hash(line: int, text: str) -> bytes:
    try:
        digest = a2b_base64(text, strict_mode=True)
    except ValueError:
        digest = b""
    if len(digest) != _HASH_SIZE or text[-2:-1] not in _LAST_OF_32:
        raise ExportInvalid("a gap does not hold a hash of 32 bytes in base64: it was changed", line)
    return digest


def _is_gap(gap: Any) -> bool:
    if type(gap) is not list or len(gap) != 3:  # noqa: PLR2004 - level, index, hash
        return False
    level, index, text = gap
    known = type(level) is int and type(index) is int and type(text) is str
    return known and 0 <= level <= _MOST_LEVELS and 0 <= index < MOST_LEAVES


def _manifest(
    number: int, seal: dict[str, Any], verifiers: Sequence[Verifier]
) -> tuple[str, tuple[str, ...]]:
    """Verify the signature of the manifest; give its text and the key."""
    for each in seal["trees"]:
        if (
            type(each) is not dict
            or list(each) != _TREE_SEAL
            or any(type(each[key]) is not str for key in each)
        ):
            raise ExportInvalid("the trees in the seal are not in form: it was changed", number)
    try:
        text, keys = open_note(seal["manifest"], verifiers)
        alone = len(split(seal["manifest"])[1]) == 1
    except NoteInvalid as error:
        raise ExportInvalid(f"the manifest does not hold: {error}", number) from None
    if not alone:
        raise ExportInvalid("the manifest carries more than the one signature of the export", number)
    return text, keys


def _compare(number: int, text: str, seal: dict[str, Any], header: dict[str, Any], count: int) -> None:
    """Compare what the manifest was signed for with what the file holds."""
    notes = [each["checkpoint"] for each in seal["trees"]]
    try:
        chosen = exportfile.canonical_filter(header["filter"])
        wanted = exportfile.manifest_text(
            header["exportId"], count, from_base64(seal["digest"]), chosen, notes
        )
    except ValueError as error:
        raise ExportInvalid(f"the filter or the digest is not in form: {error}", number) from None
    signed, found = text.split("\n"), wanted.split("\n")
    if len(signed) != len(found):
        raise ExportInvalid("the manifest is not that of an export", number)
    if signed[2] != found[2]:
        sentence = f"the file holds {count} entries, but the manifest was signed for {signed[2]}"
        raise ExportInvalid(f"{sentence}: lines were removed or inserted", number)
    for what, one, other in zip(_SIGNED, signed, found, strict=False):
        if one != other:
            raise ExportInvalid(
                f"{what} in the file is not what the manifest was signed for: it was changed", number
            )
    if seal["count"] != count:
        raise ExportInvalid(
            "the count in the seal is not what the manifest was signed for: it was changed", number
        )


def _sealed(
    number: int, sealed: dict[str, str], trees: dict[str, _TreeCheck], verifiers: Sequence[Verifier]
) -> TreeReport:
    """Verify the checkpoint of one tree and compare it with what the file gives."""
    name = sealed["tree"]
    try:
        checkpoint, keys = Checkpoint.open(sealed["checkpoint"], verifiers)
    except NoteInvalid as error:
        raise ExportInvalid(f"the checkpoint of tree {name} does not hold: {error}", number) from None
    if not checkpoint.origin.endswith("/" + name):
        raise ExportInvalid(f"tree {name} is sealed by a checkpoint of {checkpoint.origin}", number)
    tree = trees.get(name) or _TreeCheck(name, None)
    if tree.size < 0:
        tree.assemble(checkpoint.size, iter(()))
    if tree.size != checkpoint.size:
        sentence = f"the gaps of tree {name} are for {tree.size} leaves, its checkpoint for {checkpoint.size}"
        raise ExportInvalid(sentence, number)
    if tree.root != checkpoint.root:
        sentence = f"the leaves of tree {name} do not give the root of its checkpoint"
        raise ExportInvalid(f"{sentence}: an entry or a gap was changed; {tree.lines()}")
    return TreeReport(name, checkpoint.origin, tree.entries, checkpoint.size, checkpoint.time, keys)
