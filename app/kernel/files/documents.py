"""Documents that are zips: Word and Excel without macros (ECMA-376), text of OpenDocument (ISO/IEC 26300).

Taken is what holds text, tables and pictures. Refused is what runs, what holds another file, and what fetches
something from elsewhere when it is opened; a link that a reader follows by hand may stay.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

from app.kernel.files.refusing import Reason, Refused
from app.kernel.files.zips import Zipped

_CONTENT_TYPES: Final = "[Content_Types].xml"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_MAIN: Final = {
    f"{_OFFICE}wordprocessingml.document.main+xml": "docx",
    f"{_OFFICE}spreadsheetml.sheet.main+xml": "xlsx",
}
ODT: Final = "application/vnd.oasis.opendocument.text"
_XML_MOST: Final = 32 << 20
_DEPTH_MOST: Final = 500
"""Elements in one another. Office programs themselves stop far below."""
_SEARCHED: Final = 1 << 20
"""Larger parts of sheets and texts are parsed only where they hold a word that matters: names of elements have no escapes."""
_WATCHED: Final = (
    b"instrText", b"fldSimple", b"bject", b"altChunk", b"control", b"formula", b"definedName",
    *(start + b"f" + end for start in (b"<", b":") for end in (b">", b" ", b"/", b"\t", b"\r", b"\n")),
)  # fmt: skip

_TEXT_PARTS: Final = re.compile(r".*\.(?:xml|rels|rdf)", re.IGNORECASE)
_PICTURES: Final = re.compile(r".*\.(?:png|jpe?g|gif)", re.IGNORECASE)
_SETTINGS: Final = re.compile(
    r"xl/printerSettings/printerSettings\d*\.bin|mimetype|layout-cache", re.IGNORECASE
)
_RUNS: Final = re.compile(
    r".*vbaProject|.*vbaData|.*macrosheets/|Basic/|Scripts/|customUI|.*\.(?:bas|js|vbs|py|ps1|exe|dll|com|bat|cmd|scr)$",
    re.IGNORECASE,
)
_ARCHIVES: Final = re.compile(
    r".*\.(?:zip|rar|7z|gz|tgz|bz2|xz|tar|cab|jar|iso|docx|docm|xlsx|xlsm|pptx|odt|ods|odp)$", re.IGNORECASE
)
_HOLDS: Final = re.compile(
    r".*(?:oleObject|embeddings/|activeX)|Object ?\d|ObjectReplacements/", re.IGNORECASE
)

_MACRO_TYPES: Final = re.compile(
    r"macroEnabled|vbaProject|vba|macrosheet|userCustomization|keyMapCustomizations", re.IGNORECASE
)
_HOLDING_TYPES: Final = re.compile(
    r"oleObject|/package$|activeX|/control$|externalLink|aFChunk|subDocument|connections|queryTable|webextension"
    r"|attachedTemplate|attachedToolbars|/frame$|/video$|/audio$|dialogsheet|ctrlProp|extensibility",
    re.IGNORECASE,
)
_LINKS: Final = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_FETCHING_FIELDS: Final = re.compile(
    r"\b(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|DATABASE|MACROBUTTON|EMBED)\b", re.IGNORECASE
)
_FETCHING_FORMULA: Final = re.compile(
    r"\|(?:[^'!|]*+(?:'\s*+)?|\s*+'[^'!|]*+(?:'\s*+)?)!"
    r"|\b(?:WEBSERVICE|IMAGE|DDE|RTD|CALL|REGISTER(?:\.ID)?)\s*+\(",
    re.IGNORECASE,
)
"""A formula may be as long as a part, so no piece of it is looked at twice (possessive), wherever a match could begin."""
_ODT_RUNS: Final = frozenset({"event-listener", "event-listeners", "script", "macro-name", "script-data"})
_ODT_HOLDS: Final = frozenset({"object", "object-ole", "applet", "plugin", "floating-frame"})
_ODT_FETCHES: Final = frozenset(
    {"dde-connection", "dde-connection-decl", "dde-source", "section-source", "database-display", "form-data-source",
     "connection-resource", "cell-range-source", "table-source"}
)  # fmt: skip
_ODT_ENCRYPTED: Final = "encryption-data"


def check_document(data: bytes) -> str:
    """Give the kind of a document: `docx`, `xlsx` or `odt`. Raises Refused."""
    zipped = Zipped(data)
    if _CONTENT_TYPES in zipped.names:
        kind = _office_kind(zipped.open_one(_CONTENT_TYPES))
    elif zipped.names[:1] == ["mimetype"] and zipped.open_one("mimetype") == ODT.encode():
        kind = "odt"
    else:
        raise Refused(Reason.NOT_A_KIND)
    for name in zipped.names:
        _check_name(name)
    for name, content in zipped.open_all():
        if _TEXT_PARTS.fullmatch(name):
            _check_part(kind, name, content)
    return kind


def _office_kind(content_types: bytes) -> str:
    kinds = set()
    for _, element in _elements(content_types):
        said = element.get("ContentType", "")
        if _MACRO_TYPES.search(said):
            raise Refused(Reason.MACROS)
        if _HOLDING_TYPES.search(said):
            raise Refused(Reason.EMBEDDED)
        kinds.add(_MAIN.get(said))
    kinds.discard(None)
    if len(kinds) != 1:
        raise Refused(Reason.NOT_A_KIND)
    return str(kinds.pop())


def _check_name(name: str) -> None:
    if _RUNS.match(name):
        raise Refused(Reason.MACROS)
    if _HOLDS.match(name):
        raise Refused(Reason.EMBEDDED)
    if _ARCHIVES.match(name):
        raise Refused(Reason.NESTED)
    if not (_TEXT_PARTS.fullmatch(name) or _PICTURES.fullmatch(name) or _SETTINGS.fullmatch(name)):
        raise Refused(Reason.EMBEDDED)


def _check_xml(content: bytes) -> None:
    """Let only XML through in which nothing can hide from a search. Raises Refused."""
    if len(content) > _XML_MOST:
        raise Refused(Reason.BOMB)
    head = content.removeprefix(b"\xef\xbb\xbf")[:200].split(b"?>")[0].lower()
    other = b"encoding" in head and not re.search(rb"""encoding\s*=\s*["'](?:utf-8|us-ascii)["']""", head)
    if other or b"\0" in content:
        raise Refused(Reason.UNCHECKABLE)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Refused(Reason.EXTERNAL)


def _elements(content: bytes) -> Iterator[tuple[str, ET.Element]]:
    """Give (name without namespace, element) one by one, in the order in which they end; none is kept.

    No document type and so no entity, and no other encoding in which one could hide. Raises Refused.
    """
    _check_xml(content)
    around: list[ET.Element] = []
    try:
        for event, element in ET.iterparse(io.BytesIO(content), ("start", "end")):  # noqa: S314 — see above
            if event == "start":
                around.append(element)
                if len(around) > _DEPTH_MOST:
                    raise Refused(Reason.BOMB)
                continue
            yield element.tag.rpartition("}")[2], element
            around.pop()
            if around:
                around[-1].remove(element)  # else a million empty elements stay until the last has ended
    except ET.ParseError:
        raise Refused(Reason.DAMAGED) from None


def _check_part(kind: str, name: str, content: bytes) -> None:
    if kind == "odt":
        for tag, element in _elements(content):
            _check_open_document(tag, element)
    elif name.lower().endswith(".rels"):
        for _, element in _elements(content):
            _check_relation(element)
    elif len(content) > _SEARCHED and not any(word in content for word in _WATCHED):
        _check_xml(content)
    else:
        _check_office_part(content)


def _check_office_part(content: bytes) -> None:
    """Look for what a text or a sheet would fetch or hold."""
    fields = []
    for tag, element in _elements(content):
        if tag in {"instrText", "fldSimple"}:
            fields += [element.text or "", *element.attrib.values()]
        elif tag in {"f", "formula", "definedName"} and _FETCHING_FORMULA.search(element.text or ""):
            raise Refused(Reason.EXTERNAL)
        elif tag in {"oleObject", "OLEObject", "control", "altChunk", "object"}:
            raise Refused(Reason.EMBEDDED)
    # A field may be cut in pieces: they are read together, with and without what stands between them.
    if _FETCHING_FIELDS.search("".join(fields)) or _FETCHING_FIELDS.search(" ".join(fields)):
        raise Refused(Reason.EXTERNAL)


def _check_relation(element: ET.Element) -> None:
    kind, target = element.get("Type", ""), element.get("Target", "").strip()
    if _MACRO_TYPES.search(kind):
        raise Refused(Reason.MACROS)
    outside = element.get("TargetMode", "").strip().lower() == "external"
    if outside and not (kind.endswith("/hyperlink") and _LINKS.match(target)):
        raise Refused(Reason.EXTERNAL)
    if _HOLDING_TYPES.search(kind):
        raise Refused(Reason.EMBEDDED)
    if not outside and (":" in target.split("#")[0] or target.startswith(("//", "\\"))):
        raise Refused(Reason.EXTERNAL)


def _check_open_document(tag: str, element: ET.Element) -> None:
    if tag == _ODT_ENCRYPTED:
        raise Refused(Reason.ENCRYPTED)
    if tag in _ODT_RUNS:
        raise Refused(Reason.MACROS)
    if tag in _ODT_HOLDS:
        raise Refused(Reason.EMBEDDED)
    if tag in _ODT_FETCHES:
        raise Refused(Reason.EXTERNAL)
    for attribute, value in element.attrib.items():
        name, said = attribute.rpartition("}")[2], value.strip()
        if name == "href" and not _is_harmless(tag, said):
            raise Refused(Reason.EXTERNAL)
        if name == "formula" and _FETCHING_FORMULA.search(said):
            raise Refused(Reason.EXTERNAL)


def _is_harmless(tag: str, target: str) -> bool:
    """Tell whether a reference stays inside the document, or is a link that a reader follows by hand."""
    inside = not re.match(r"[a-z][a-z0-9+.-]*:|/|\\|\.\.", target, re.IGNORECASE)
    return inside or (tag == "a" and bool(_LINKS.match(target)))
