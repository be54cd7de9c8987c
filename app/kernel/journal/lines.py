"""An entry as a CSV row and as a JSON line, and back: the two forms that hold the leaf's values and nothing beside."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import compress, repeat
from operator import itemgetter
from typing import Any

import orjson

from app.kernel.journal.leaf import FIELDS

CSV_ROW = ",".join(("tree", "leafIndex", *FIELDS)).encode()
MOST_LEAVES = 2**63
SEPARATORS = len(FIELDS) - 1

Row = tuple[bytes, int, bytes]
"""The name of a tree, the number of a leaf in it, its bytes, as read from a line."""


class Malformed(ValueError):  # noqa: N818 - it says what the line is
    """A line that no export writes; the sentence says why."""


def dump(value: Any) -> str:
    """Give JSON in the one spelling that export files use: no spaces, no needless escapes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def csv_line(tree: str, index: int, leaf: bytes) -> bytes:
    """Write an entry as a CSV row."""
    return b"%b,%d,%b\r\n" % (tree.encode(), index, leaf.replace(b"\x1f", b","))


_frames: dict[tuple[bool, ...], bytes] = {}


def json_line(tree: str, index: int, leaf: bytes) -> bytes:
    """Write an entry as a JSON line: the fields that are not empty, as texts."""
    values = leaf.split(b"\x1f")
    shape = tuple(map(bool, values))
    frame = _frames.get(shape)
    if frame is None:
        given = ",".join(f'"{name}":"%b"' for name in compress(FIELDS, shape))
        frame = _frames[shape] = b'{"type":"entry","tree":"%b","leafIndex":%d,' + given.encode() + b"}\n"
    return frame % (tree.encode(), index, *filter(None, values))


def read_csv_line(line: bytes) -> Row:
    """Read a CSV row without its line end: tree, leaf number, leaf bytes; Malformed if it is none."""
    tree, _, rest = line.partition(b",")
    number, _, cells = rest.partition(b",")
    if not number.isdigit() or len(number) > 18 or (number[0] == 48 and len(number) > 1):  # noqa: PLR2004
        raise Malformed("the number of the leaf is not a number")
    leaf = cells.replace(b",", b"\x1f")
    if leaf.count(b"\x1f") != SEPARATORS:
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
    shape = pick, frame + len('{"type":"entry","tree":"","leafIndex":,}') - 1 - SEPARATORS
    if len(_shapes) > _MOST_SHAPES:  # a file made to fill the memory
        _shapes.clear()
    _shapes[keys] = shape
    return shape


def read_json_line(line: bytes) -> Row:
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


def read_csv_lines(lines: Sequence[bytes]) -> Iterator[Row]:
    """Read many CSV rows as `read_csv_line` does; about twice as fast while nothing is wrong with any."""
    parts = [line.replace(b",", b"\x1f").split(b"\x1f", 2) for line in lines]
    if set(map(len, parts)) == {3}:
        trees, numbers, leaves = zip(*parts, strict=True)
        joined = b",".join((b"", *numbers))
        plain = joined.replace(b",", b"").isdigit() and b",0" not in joined and max(map(len, numbers)) < 19  # noqa: PLR2004
        if plain and set(map(bytes.count, leaves, repeat(b"\x1f"))) == {SEPARATORS}:
            return zip(trees, map(int, numbers), leaves, strict=True)
    return map(read_csv_line, lines)


def read_json_lines(lines: Sequence[bytes]) -> Iterator[Row]:
    """Read many JSON lines as `read_json_line` does."""
    return map(read_json_line, lines)
