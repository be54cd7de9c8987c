"""Taking in a file: one form of parts for both doors, counted as it comes, in memory and never on a disk.

Who sends is known before the file is read, and nobody gets room who is nobody. A file lies in memory, in the clear,
from its first byte until the answer is ready; so there are so many places a process, and so many a person, and
whoever finds none is asked to come back. A connection that breaks off leaves nothing: nothing was opened yet.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from app.rules.problems import Kind, Problem, invalid

FILE: Final = "file"
"""The name of the part that is the file. It comes last, so that the fields are known when it is too large."""
_MULTIPART: Final = "multipart/form-data"
_AROUND: Final = 64 << 10
"""Bytes of fields, boundaries and headers around a file."""
_FIELD_MOST: Final = 20_000
_FIELDS_MOST: Final = 30
_SECONDS: Final = 300.0
_PLACES: Final = 8
_PLACES_EACH: Final = 2


@dataclass(slots=True)
class Upload:
    """What was sent: the fields in their order, the file, and what was wrong with the sending itself."""

    fields: list[tuple[str, str]] = field(default_factory=list)
    file_name: str = ""
    content: bytes | None = field(default=None, repr=False)
    fault: Problem | None = None


class _Places:
    """How many files lie in memory now, and whose."""

    def __init__(self) -> None:
        self._taken: Counter[UUID] = Counter()
        self._lock = threading.Lock()

    def take(self, person: UUID) -> bool:
        with self._lock:
            if self._taken[person] >= _PLACES_EACH or self._taken.total() >= _PLACES:
                return False
            self._taken[person] += 1
            return True

    def leave(self, person: UUID) -> None:
        with self._lock:
            self._taken[person] -= 1
            self._taken += Counter()  # who holds none is forgotten


_places = _Places()


class _TooMuchError(Exception):
    """More bytes came than there is room for."""


class _InMemory(MultiPartParser):
    """The framework's parser, but a file that somebody handed over never touches the disk in the clear."""

    spool_max_size = 1 << 40

    def fields(self) -> list[tuple[str, str]]:
        """Give the fields that were read, in their order."""
        return [(name, value) for name, value in self.items if isinstance(value, str)]

    def close(self) -> None:
        """Let go of every file, also of one that never came to its end."""
        for file in self._files_to_close_on_error:
            file.close()


def is_multipart(request: Request) -> bool:
    """Tell whether a form of parts was sent."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == _MULTIPART


@asynccontextmanager
async def received(request: Request, person: UUID | None, most: int) -> AsyncIterator[Upload]:
    """Read a form of parts for as long as the block lasts.

    In: who sends (None: nothing is read), the most bytes a file may have. Out: an Upload; what is wrong with it stands
    in its *fault*, so that the refusal can be journalled. Raises Problem 429 when there is no place, 400 when the
    connection broke off.
    """
    if person is None:
        yield Upload(fault=Problem(Kind.NO_TOKEN))
        return
    if not _places.take(person):
        raise Problem(Kind.TOO_MANY_REQUESTS, retry_after=5)
    try:
        yield await _read(request, most)
    finally:
        _places.leave(person)


async def _read(request: Request, most: int) -> Upload:
    announced = request.headers.get("content-length", "")
    too_much = announced.isdigit() and int(announced[:20]) > most + _AROUND
    # Of what is announced as too much, the fields are read, for they say whose form it is.
    parser = _InMemory(
        request.headers,
        _counted(request, _AROUND if too_much else most + _AROUND),
        max_files=1,
        max_fields=_FIELDS_MOST,
        max_part_size=_FIELD_MOST,
    )
    upload = Upload()
    try:
        async with asyncio.timeout(_SECONDS):
            form = await parser.parse()
        await _take_file(upload, form.getlist(FILE), most)
    except _TooMuchError:
        upload.fault = Problem(Kind.PAYLOAD_TOO_LARGE)
    except MultiPartException:
        upload.fault = Problem(Kind.BAD_REQUEST)
    except (ClientDisconnect, TimeoutError):
        raise Problem(Kind.BAD_REQUEST) from None
    finally:
        parser.close()
    upload.fields = parser.fields()
    return upload


async def _counted(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    """Give what comes, up to *most* bytes: those at least are read, however large the pieces are."""
    room = most
    async for piece in request.stream():
        yield piece[:room]
        room -= len(piece)
        if room < 0:
            raise _TooMuchError


async def _take_file(upload: Upload, sent: list[UploadFile | str], most: int) -> None:
    files = [each for each in sent if isinstance(each, UploadFile)]
    if len(sent) != len(files) or len(files) > 1:
        upload.fault = invalid(FILE, "refusal.missing")
    elif files and (files[0].filename or files[0].size):
        if (files[0].size or 0) > most:
            upload.fault = Problem(Kind.PAYLOAD_TOO_LARGE)
        else:
            upload.file_name, upload.content = files[0].filename or "", await files[0].read()
