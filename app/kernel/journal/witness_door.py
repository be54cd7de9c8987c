"""The two doors of a witness: HTTP (c2sp.org/tlog-witness), and a folder of published checkpoints."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from app.kernel.first_file import replace_whole
from app.kernel.journal.note import NoteInvalid, split
from app.kernel.journal.witness import (
    LONGEST_REQUEST,
    Answer,
    Witness,
    WitnessFault,
    head_of,
    read_request,
    request_text,
)

_SECONDS = 10
"""How long one line of a caller may take."""
_RECORD = re.compile(r"^(?=old \d+$)", re.MULTILINE)
_OK = 200


class WitnessServer(ThreadingHTTPServer):
    """Answers `POST .../add-checkpoint`; every connection in a thread, none for ever."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], witness: Witness, clock: Callable[[], float]) -> None:
        super().__init__(address, _Door)
        self.witness, self.clock = witness, clock


class _Door(BaseHTTPRequestHandler):
    server: WitnessServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "livcr-witness", ""
    timeout = _SECONDS

    def do_POST(self) -> None:
        """Take a submission."""
        length = self.headers.get("Content-Length") or ""
        if not length.isdigit() or len(length) > len(str(LONGEST_REQUEST)) or int(length) > LONGEST_REQUEST:
            self._answer(
                Answer(413 if length.isdigit() else 411, "a submission says its length, up to 64 KiB\n")
            )
            return
        body = self.rfile.read(int(length))
        if not self.path.endswith("/add-checkpoint"):
            self._answer(Answer(404, "only add-checkpoint is answered here\n"))
            return
        try:
            answer = self.server.witness.add(body.decode(), int(self.server.clock()))
        except UnicodeDecodeError:
            answer = Answer(400, "not UTF-8\n")
        except (WitnessFault, OSError) as fault:
            self.log_error("%s", fault)
            answer = Answer(500, "this witness cannot keep what it would sign\n")
        self._answer(answer)

    def _answer(self, answer: Answer) -> None:
        data = answer.body.encode()
        self.send_response(answer.status)
        if answer.status in {411, 413}:  # what was sent along is not read
            self.send_header("Connection", "close")
        self.send_header("Content-Type", answer.media)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of what is in order."""


class Checked(NamedTuple):
    """What became of one tree in a folder."""

    fine: bool
    sentence: str


def check_folder(witness: Witness, folder: Path, now: int) -> Iterator[Checked]:
    """Follow the published history of each tree in a folder, and cosign its newest checkpoint into it.

    Raises OSError when the folder or the disk refuses, WitnessFault when what the witness keeps was changed.
    """
    trees = sorted({path.parent for path in folder.glob("*/history-*.txt")})
    if not trees:
        yield Checked(fine=False, sentence=f"{folder} holds no published checkpoints.")
    for tree in trees:
        yield _follow(witness, tree, now)


def _follow(witness: Witness, folder: Path, now: int) -> Checked:
    records = list(read_history(folder))
    if not records:
        return Checked(fine=False, sentence=f"{folder.name}: nothing in it can be read.")
    answer, known = Answer(0, ""), 0
    for old, proof, note in records:
        head = head_of(note)
        known = witness.known(head.origin)
        if head.size < known and (old, proof, note) != records[-1]:
            continue
        first = not known or head.size == known
        answer = witness.add(request_text(known if first else old, [] if first else proof, note), now)
        if answer.status != _OK:
            break
    if answer.status != _OK:
        why = {
            403: "it is not signed by a key of this log",
            404: "this witness does not know the log",
            409: f"it does not continue the {known} lines that this witness cosigned",
            422: f"its proof does not lead on from the {known} lines that this witness cosigned",
        }.get(answer.status, answer.body.strip())
        return Checked(fine=False, sentence=f"{folder.name}: NOT COSIGNED at {head.size} lines: {why}.")
    text = split(note)[0]
    name = f"cosigned-{witness.signer.verifier.key_id.hex()}.note"
    replace_whole(folder / name, f"{text}\n{answer.body}", 0o644)
    return Checked(fine=True, sentence=f"{folder.name}: cosigned at {head.size} lines.")


def read_history(folder: Path) -> Iterator[tuple[int, list[bytes], str]]:
    """Give the submissions in the history of a tree, oldest first; what was cut off by a crash is left out."""
    for path in sorted(folder.glob("history-*.txt")):
        yield from read_records(path.read_text(encoding="utf-8", errors="replace"))


def read_records(text: str) -> Iterator[tuple[int, list[bytes], str]]:
    """Give the submissions in a piece of a history; what is not whole is left out."""
    for record in _RECORD.split(text):
        try:
            found = read_request(record)
            head_of(split(found[2])[0])
        except NoteInvalid:
            continue
        yield found
