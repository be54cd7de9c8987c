"""An export as a workbook (XLSX): readable by a person, and verified like every other form.

A workbook is a zip of XML parts. What is digested and verified is their text in the order of the zip, each after a line
`part NAME`; every row stands on a line of its own, so that a workbook is read line by line like the other forms. Cells
hold texts in place (no formulas, no shared strings, no number formats), so a cell shows what it holds. The proof is the
last sheet. Parts are compressed and sent as they come: nothing of a long export stays in memory.

On the left of each row stand words in the reader's language; on the right the fields of the entry, of which the leaf is
made. The words are the exporter's, held by the digest like every byte.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import IO, BinaryIO, cast

from app.kernel.journal.leaf import FIELDS
from app.kernel.journal.lines import Malformed, Row

MOST_ROWS = 1_048_575
"""Rows of a sheet below its header."""
WORDS = 6
"""Cells of words before the fields: moment, act, outcome, role, rule, processing."""
END = b"</sheetData></worksheet>\n"
"""What follows the seal, and is the end of the last part."""
PROOF_MARK = b'<row ht="15">'
PART = b"part "
_CUT = 30_000  # a cell holds 32,767 characters
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET = "xl/worksheets/sheet%d.xml"
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="10"/><name val="Calibri"/></font>'
    '<font><b/><sz val="10"/><name val="Calibri"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/>'
    '</fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid">'
    '<fgColor rgb="FFE7ECF3"/><bgColor indexed="64"/></patternFill></fill></fills><borders count="1"><border><left/><right/>'
    '<top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0"'
    ' borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1">'
    '<alignment vertical="center" wrapText="1"/></xf><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"'
    ' applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs><cellStyles count="1">'
    '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>\n'
)
_TOP = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument"'
    ' Target="xl/workbook.xml"/></Relationships>\n'
)


@dataclass(frozen=True)
class Words:
    """What the workbook says in the reader's language."""

    about: tuple[tuple[str, str], ...]
    """The sheet that explains: a heading and a text each; a heading alone begins a part."""
    sheets: tuple[str, str, str]
    """Names of the sheets: the explanation, the log, the proof."""
    columns: tuple[str, ...]
    """Headings of the cells of words."""
    said: Callable[[list[str]], tuple[str, ...]]
    """The cells of words for the values of an entry, in the order of its fields."""


def _text(value: str) -> str:
    return f'<c t="inlineStr"><is><t>{escape(value, quote=False)}</t></is></c>' if value else "<c/>"


def _styled(value: str, style: int) -> str:
    return f'<c s="{style}" t="inlineStr"><is><t>{escape(value, quote=False)}</t></is></c>'


def _begin(columns: Sequence[int], frozen: bool) -> str:
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if frozen else ""
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(columns, 1)
    )
    view = f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
    return f'{_XML}<worksheet xmlns="{_MAIN}">{view}<cols>{widths}</cols><sheetData>\n'


_WIDTHS = (26, 44, 14, 20, 44, 28, 42, 10, *(38 if name.endswith("Id") else 26 for name in FIELDS))


class Workbook:
    """Writes the text of a workbook, chunk by chunk: what precedes the entries, their rows, what follows them."""

    def __init__(self, words: Words) -> None:
        """Take what the workbook says."""
        self._words, self._sheets, self._rows = words, 1, 0

    def head(self) -> Iterator[bytes]:
        """Give what precedes the entries."""
        yield from _part("_rels/.rels", _TOP)
        yield from _part("xl/styles.xml", _STYLES)
        rows = (
            f'<row ht="16">{_styled(heading, 0 if text else 1)}{_styled(text, 2) if text else ""}</row>\n'
            for heading, text in self._words.about
        )
        begun = _begin((44, 110), frozen=False)
        yield from _part(_SHEET % 1, begun + "".join(rows) + END.decode())
        yield from self._new_sheet()

    def row(self, tree: str, index: int, leaf: bytes) -> Iterator[bytes]:
        """Give the row of an entry, after the beginning of a further sheet where this one is full."""
        if self._rows == MOST_ROWS:
            yield self._full()
            yield from self._new_sheet()
        self._rows += 1
        values = leaf.decode().split("\x1f")
        words = "".join(map(_text, self._words.said(values)))
        fields = "".join(map(_text, values))
        yield f"<row>{words}{_text(tree)}<c><v>{index}</v></c>{fields}</row>\n".encode()

    def foot(self) -> Iterator[bytes]:
        """Give what stands between the entries and the proof."""
        yield self._full()
        logs, last = range(2, self._sheets + 1), self._sheets + 1
        about, log, proof = self._words.sheets
        names = [about, *(log if n == 2 else f"{log} {n - 1}" for n in logs), proof]  # noqa: PLR2004 - the first log
        sheets = "".join(
            f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, 1)
        )
        yield from _part(
            "xl/workbook.xml",
            f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView activeTab="1"/></bookViews>'
            f"<sheets>{sheets}</sheets></workbook>\n",
        )
        links = "".join(
            f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in range(1, last + 1)
        )
        links += f'<Relationship Id="rId{last + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        yield from _part(
            "xl/_rels/workbook.xml.rels",
            f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>\n',
        )
        kinds = "".join(
            f'<Override PartName="/{_SHEET % n}" ContentType="{_SPREADSHEET}.worksheet+xml"/>'
            for n in range(1, last + 1)
        )
        yield from _part(
            "[Content_Types].xml",
            f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_SPREADSHEET}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_SPREADSHEET}.styles+xml"/>{kinds}</Types>\n',
        )
        yield from _part(_SHEET % last, _begin((120,), frozen=False))

    def _new_sheet(self) -> Iterator[bytes]:
        self._sheets, self._rows = self._sheets + 1, 0
        headings = (*self._words.columns, "tree", "leafIndex", *FIELDS)
        cells = "".join(_styled(each, 1) for each in headings)
        yield from _part(
            _SHEET % self._sheets,
            f'{_begin(_WIDTHS, frozen=True)}<row ht="30" customHeight="1">{cells}</row>\n',
        )

    def _full(self) -> bytes:
        last = _letters(WORDS + 2 + len(FIELDS))
        return f'</sheetData><autoFilter ref="A1:{last}{self._rows + 1}"/></worksheet>\n'.encode()


def _letters(column: int) -> str:
    first, second = divmod(column - 1, 26)
    return (chr(64 + first) if first else "") + chr(65 + second)


def _part(name: str, text: str) -> Iterator[bytes]:
    yield PART + f"{name}\n".encode()
    yield text.encode()


def proof_row(text: str) -> str:
    """Give header, gaps or seal as a row of the proof: a text cut over as many cells as it needs."""
    cells = "".join(_styled(text[at : at + _CUT], 2) for at in range(0, len(text), _CUT))
    return f"{PROOF_MARK.decode()}{cells}</row>"


_PROOF_CELL = re.compile(r'<c s="2" t="inlineStr"><is><t>([^<]*)</t></is></c>')


def proof_text(line: bytes) -> bytes:
    """Give back what `proof_row` was given; ValueError if it is none of its rows."""
    text = unescape("".join(_PROOF_CELL.findall(line.decode())))
    if proof_row(text).encode() != line:
        raise ValueError
    return text.encode()


_CELL = rb'(?:<c/>|<c t="inlineStr"><is><t>([^<]+)</t></is></c>)'
_ROW = re.compile(
    b"<row>" + _CELL * (WORDS + 1) + rb"<c><v>(0|[1-9][0-9]{0,17})</v></c>" + _CELL * len(FIELDS) + b"</row>"
)


def read_rows(lines: Sequence[bytes]) -> Iterator[Row]:
    """Read rows of entries; Malformed for any that `Workbook` would not write."""
    for line in lines:
        found = _ROW.fullmatch(line)
        if not found:
            raise Malformed("it does not have the cells of an entry")
        tree, index, *values = found.groups(b"")[WORDS:]
        leaf = b"\x1f".join(values)
        if b"&" in leaf:
            leaf = unescape(leaf.decode()).encode()
        if b"&" in line and line.count(b"&") != line.count(b"&amp;") + line.count(b"&lt;") + line.count(
            b"&gt;"
        ):
            raise Malformed("a cell is not spelled as an export spells it")
        yield tree, int(index), leaf


class Packer:
    """Puts the text of a workbook into a zip as it comes, and gives the bytes of the zip so far."""

    def __init__(self) -> None:
        """Begin a zip that is never read back: it can be sent while it grows."""
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(cast(IO[bytes], self._sink), "w", zipfile.ZIP_DEFLATED, compresslevel=5)
        self._part: IO[bytes] = io.BytesIO()

    def pack(self, chunk: bytes) -> bytes:
        """Take a chunk: the line that begins a part, or text of it."""
        if chunk.startswith(PART):
            self._part.close()
            info = zipfile.ZipInfo(chunk[len(PART) : -1].decode(), (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            self._part = self._zip.open(info, "w")
        else:
            self._part.write(chunk)
        return self._sink.taken()

    def end(self) -> bytes:
        """Close the zip; gives the rest of it."""
        self._part.close()
        self._zip.close()
        return self._sink.taken()


class _Sink:
    """A file that can only be written on."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


class Unpacked:
    """The text of a workbook, to be read like a file, and where each of its lines stands."""

    def __init__(self, file: BinaryIO) -> None:
        """Open the zip; ValueError if it is none, or holds a part twice or in a way that no export does."""
        try:
            self._zip = zipfile.ZipFile(file)
            names = self._zip.namelist()
        except (zipfile.BadZipFile, OSError, NotImplementedError) as fault:
            raise ValueError(str(fault)) from None
        if len(set(names)) != len(names) or any(i.flag_bits & 1 for i in self._zip.infolist()):
            raise ValueError("a part stands in it twice, or is encrypted")
        self._names = iter(names)
        self._part: IO[bytes] | None = None
        self._before = b""
        """The end of what was read of a part, so that nothing hides where two readings meet."""
        self._lines = 1
        self._starts: list[tuple[int, str]] = []

    def read(self, size: int) -> bytes:
        """Give at most *size* bytes more; none at the end. ValueError when a part cannot be unpacked."""
        while True:
            if self._part is None:
                name = next(self._names, None)
                if name is None:
                    return b""
                try:
                    self._part = self._zip.open(name)
                except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as fault:
                    raise ValueError(str(fault)) from None
                self._starts.append((self._lines, name))
                self._before = b"\n"
                self._lines += 1
                return PART + f"{name}\n".encode(errors="replace")
            try:
                data = self._part.read(size)
            except (zipfile.BadZipFile, zlib.error, EOFError) as fault:
                raise ValueError(str(fault)) from None
            if data:
                # A part that stood in the text of another would verify, and be no part of the workbook.
                if b"\n" + PART in self._before + data:
                    raise ValueError("a part stands within another")
                self._before = (self._before + data)[-len(PART) :]
                self._lines += data.count(b"\n")
                return data
            self._part = None

    def place(self, line: int) -> str:
        """Tell in which part, and which line of it, a line of the whole text stands."""
        at = next(((begin, name) for begin, name in reversed(self._starts) if begin < line), (0, ""))
        return f"{at[1]}, line {line - at[0]}" if at[1] else ""
