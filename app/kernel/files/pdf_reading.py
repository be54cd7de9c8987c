"""The child process that reads one PDF and writes it anew; also a module, for whoever tests what it forbids.

In on stdin: a document. Out on stdout: the document written anew, or the code of one `Reason`. Arguments: most bytes of
memory, most seconds of the processor, most bytes of what is written. It imports nothing of this project: Python starts
it alone (`-I`), by its path, without the environment.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream, String

_SCRIPT: Final = "script"
_EMBEDDED: Final = "embedded"
_EXTERNAL: Final = "external"
_ENCRYPTED: Final = "encrypted"
_DAMAGED: Final = "damaged"
_BOMB: Final = "bomb"
_UNCHECKABLE: Final = "uncheckable"

_KEYS: Final = {
    "/JavaScript": _SCRIPT, "/JS": _SCRIPT, "/XFA": _SCRIPT, "/OnInstantiate": _SCRIPT,
    "/EmbeddedFiles": _EMBEDDED, "/EF": _EMBEDDED, "/Collection": _EMBEDDED,
    "/PresSteps": _EXTERNAL, "/DestOutputProfileRef": _EXTERNAL,
}  # fmt: skip
_OF_STREAMS: Final = {"/F": _EXTERNAL, "/FFilter": _EXTERNAL, "/Ref": _EXTERNAL, "/OPI": _EXTERNAL}
"""A stream whose bytes, or whose better version, are in another file: a reader fetches it to draw the page."""
_SAYING_WHAT: Final = ("/S", "/Type", "/Subtype")
_WHAT: Final = {
    "/JavaScript": _SCRIPT, "/Launch": _SCRIPT, "/ImportData": _SCRIPT, "/SubmitForm": _SCRIPT, "/Rendition": _SCRIPT,
    "/RichMedia": _SCRIPT, "/RichMediaExecute": _SCRIPT, "/GoTo3DView": _SCRIPT, "/3D": _SCRIPT,
    "/EmbeddedFile": _EMBEDDED, "/EmbeddedFiles": _EMBEDDED, "/GoToE": _EMBEDDED, "/FileAttachment": _EMBEDDED,
    "/Movie": _EMBEDDED, "/Sound": _EMBEDDED,
    "/GoToR": _EXTERNAL,
}  # fmt: skip
"""Kinds of actions, annotations and objects. Opened by GoToR, another server learns who opens it, and a password's hash."""
_NAMING: Final = frozenset(
    {
        "/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/Properties", "/CharProcs",
        "/RoleMap", "/ClassMap", "/Colorants", "/Dests", "/Info",
    }
)  # fmt: skip
"""What stands under these is called as its maker likes: a font may be called JS. What is so called is judged."""
_BUNDLES: Final = ("/ObjStm", "/XRef")
_AT_OPENING: Final = "/OpenAction"
_AT_EVENTS: Final = "/AA"
_ACTION: Final = frozenset({"/Type", "/S", "/D", "/SD", "/N", "/Next"})
_TURNING: Final = ("/NextPage", "/PrevPage", "/FirstPage", "/LastPage")
_ACTIONS_MOST: Final = 100
_OBJECTS_MOST: Final = 2_000_000


class Found(Exception):  # noqa: N818 — a fact about the document
    """What stands in the way of taking it, as the code of a reason."""


def written_anew(data: bytes, most: int) -> bytes:
    """Give the document as qpdf understands it, in at most *most* bytes. Raises Found.

    What qpdf would have to mend is refused: it mends by guessing, and may leave out a page without a word. Where it only
    warns, the document is not called damaged, for other programs show it; whoever sends it is told to print it anew.
    """
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=False, inherit_page_attributes=False) as pdf:
            if pdf.is_encrypted:
                raise Found(_ENCRYPTED)
            _unsign(pdf)
            _judge_all(pdf)
            if pdf.get_warnings():
                raise Found(_UNCHECKABLE)
            if not len(pdf.pages):
                raise Found(_DAMAGED)
            pdf.get_warnings()  # a page without resources is given some; that is no damage
            return _written(pdf, most)
    except pikepdf.PasswordError:
        raise Found(_ENCRYPTED) from None
    except pikepdf.PdfError as error:
        raise Found(_ENCRYPTED if "encrypt" in str(error).lower() else _DAMAGED) from None


def _written(pdf: pikepdf.Pdf, most: int) -> bytes:
    """Write what can be reached; the same document gives the same bytes. Packed data are passed on as they are."""
    out = io.BytesIO()
    pdf.save(
        out,
        fix_metadata_version=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        deterministic_id=True,
    )
    if pdf.get_warnings():
        raise Found(_UNCHECKABLE)
    if out.tell() > most:
        raise Found(_BOMB)
    return out.getvalue()


def _unsign(pdf: pikepdf.Pdf) -> None:
    """Leave out what says that the document is signed: written anew it is not, and some readers ask the signer's server."""
    for said, keys in ((pdf.Root, ("/Perms", "/DSS")), (pdf.Root.get("/AcroForm"), ("/SigFlags",))):
        for key in keys:
            if isinstance(said, Dictionary) and key in said:
                del said[key]


def _judge_all(pdf: pikepdf.Pdf) -> None:
    """Judge every object that is reached from the trailer, then those that nothing leads to. Raises Found."""
    walk = _Walk()
    walk.on_from(pdf.trailer)
    for each in pdf.objects:
        if _holds(each) and not _is_bundle(each) and not walk.was_at(each):
            walk.on_from(each)


def _is_bundle(each: Any) -> bool:
    """Tell whether it is one of the streams that a document itself is packed in."""
    return isinstance(each, Stream) and _said(each.get("/Type")) in _BUNDLES


class _Walk:
    """A way through the objects of one document that comes by each of them once."""

    def __init__(self) -> None:
        self._seen: set[tuple[tuple[int, int], bool]] = set()
        self._count = 0

    def was_at(self, each: Any) -> bool:
        """Tell whether an object was judged, in one way or the other."""
        return not self._seen.isdisjoint({(each.objgen, True), (each.objgen, False)})

    def on_from(self, start: Any) -> None:
        """Judge an object and all it leads to. Raises Found."""
        ahead = [(start, False)]
        while ahead:
            each, naming = ahead.pop()
            self._count += 1
            if self._count > _OBJECTS_MOST:
                raise Found(_UNCHECKABLE)
            if each.is_indirect:
                place = (each.objgen, naming)
                if place in self._seen:
                    continue
                self._seen.add(place)
            ahead.extend(self._inside(each, naming=naming))

    def _inside(self, each: Any, *, naming: bool) -> Iterator[tuple[Any, bool]]:
        """Judge one object; give those in it that may hold others, and whether their keys are only called so."""
        if isinstance(each, Array):
            yield from ((one, False) for one in each if _holds(one))
        elif isinstance(each, Dictionary | Stream):
            if _is_bundle(each):
                raise Found(_UNCHECKABLE)  # a reader that mends a document would look into it
            for key in sorted(each.keys()):
                value = each.get(_name(key))
                if not naming:
                    _judge(each, key, value)
                if key == "/V" and isinstance(value, Dictionary) and "/ByteRange" in value:
                    del each[key]  # a signature
                elif _holds(value):
                    yield value, key in _NAMING and isinstance(value, Dictionary)


def _holds(value: Any) -> bool:
    return isinstance(value, Array | Dictionary | Stream)


def _name(key: str) -> Any:
    """Give a key as it can be asked for: what is no UTF-8 in it has to be written in escapes."""
    if key.isascii():
        return key
    octets = key.encode("utf-8", "surrogateescape")[1:]
    return Object.parse(b"/" + b"".join(b"#%02x" % octet for octet in octets))


def _said(value: Any) -> str:
    """Give a name as text, also one written as a string, which some readers take; nothing for what is neither."""
    if isinstance(value, String):
        return "/" + bytes(value).decode("latin-1")
    return bytes(value).decode("latin-1") if isinstance(value, Name) else ""


def _judge(each: Any, key: str, value: Any) -> None:
    """Judge one entry of a dictionary. Raises Found."""
    reason = _KEYS.get(key)
    if reason is None and isinstance(each, Stream):
        reason = _OF_STREAMS.get(key)
    if reason is None and key in _SAYING_WHAT:
        reason = _WHAT.get(_said(value))
        if reason is None and _said(value) == "/Thread" and "/F" in each:
            reason = _EXTERNAL
    if reason is None and key == "/FS" and _said(value) == "/URL":
        reason = _EXTERNAL
    if reason is not None:
        raise Found(reason)
    if key == _AT_OPENING:
        _demand_way(value)
    elif key == _AT_EVENTS:
        if not isinstance(value, Dictionary):
            raise Found(_EXTERNAL)
        for event in sorted(value.keys()):
            _demand_way(value.get(_name(event)))


def _demand_way(value: Any) -> None:
    """Demand that what happens by itself leads to a place in the same document, and no further. Raises Found."""
    ahead, count = [] if _is_place(value) else [value], 0
    while ahead:
        action, count = ahead.pop(), count + 1
        kind = _said(action.get("/S")) if isinstance(action, Dictionary) else ""
        if count > _ACTIONS_MOST or kind not in {"/GoTo", "/Named"} or not set(action.keys()) <= _ACTION:
            raise Found(_WHAT.get(kind, _EXTERNAL))
        stays = (
            _said(action.get("/N")) in _TURNING
            if kind == "/Named"
            else all(_is_place(action.get(key)) for key in ("/D", "/SD") if key in action)
        )
        if not stays:
            raise Found(_EXTERNAL)
        following = action.get("/Next")
        if following is not None:
            ahead.extend(following if isinstance(following, Array) else [following])


def _is_place(value: Any) -> bool:
    """Tell whether it is a destination: one by name, or a page of this document and how to show it."""
    if not isinstance(value, Array):
        return value is None or isinstance(value, Name | String)
    page, *how = value or (None,)
    here = not _holds(page) or (isinstance(page, Dictionary) and not _is_action(page))
    return here and not any(_holds(each) for each in how)


def _is_action(value: Any) -> bool:
    return "/S" in value and _said(value.get("/Type")) != "/StructElem"


def _shut_in(memory: int, seconds: int) -> None:
    """Take everything from this process that it does not need. Where the system knows no such limits, time remains."""
    if sys.platform == "linux":
        import resource

        with (
            pikepdf.new() as blank
        ):  # qpdf opens the device of chance once, and asks it about documents that are shut
            blank.save(io.BytesIO(), encryption=pikepdf.Encryption(owner="", user=""))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        for none in (
            resource.RLIMIT_CORE,
            resource.RLIMIT_FSIZE,
            resource.RLIMIT_NOFILE,
            resource.RLIMIT_NPROC,
        ):
            resource.setrlimit(none, (0, 0))  # what is open stays open: stdin and stdout


def main(memory: int, seconds: int, most: int) -> None:
    """Read, judge, write; say one word where it is refused."""
    _shut_in(memory, seconds)
    data = sys.stdin.buffer.read()
    try:
        said = written_anew(data, most)
    except Found as found:
        said = str(found).encode()
    except Exception:  # noqa: BLE001 — whatever it is, the document made it
        said = _UNCHECKABLE.encode()
    sys.stdout.buffer.write(said)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
