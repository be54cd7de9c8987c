"""Marks of who a file is about: keyed hashes by which a person is found again, and nothing else (ADR 0019, R109).

A mark is an HMAC under a key of the municipality that the main database does not have; all marks of a file are then
sealed under the file's own key. So a copy of the database shows neither a name to try nor that two files are about
namesakes, and destroying the file's key reaches its marks in every backup (R92).
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any, Final
from uuid import UUID

import orjson

from app.cases import queries
from app.cases.models import Case, SubjectMark
from app.kernel.ids import new_id
from app.kernel.names.alike import Dates, Heard, Spoken, alike, date_parts, dates_of, spoken
from app.kernel.names.sounds import Sound
from app.kernel.names.spelling import same_spelling
from app.kernel.vault import Place
from app.kernel.work import Work

SCHEME: Final = 1
"""Number of the rules by which names are compared; raise it when they change, and the server marks all files anew."""
_BYTES: Final = 12
_PADDED: Final = 2048
"""Sealed marks are as long as a multiple of this: their size does not tell how long a name is."""


class Match(IntEnum):
    """How a file was found, the surest first."""

    NATIONAL_NUMBER = 1
    NAME_AND_BIRTH_DATE = 2
    SOUNDS_ALIKE = 3

    @property
    def code(self) -> str:
        """The code on the wire and in texts."""
        head, *rest = self.name.lower().split("_")
        return head + "".join(part.capitalize() for part in rest)


@dataclass(frozen=True, slots=True)
class Marks:
    """What a file is found by: all of it marks."""

    exact: str
    number: str
    dates: dict[str, str]
    name: Spoken

    def match(self, other: Marks) -> tuple[Match, Dates] | None:
        """Tell how another file's marks match these, and what the birth dates say; None where they do not."""
        dates = dates_of(self.dates, other.dates)
        if self.number and self.number == other.number:
            return Match.NATIONAL_NUMBER, dates
        if self.exact and self.exact == other.exact:
            return Match.NAME_AND_BIRTH_DATE, dates
        return (Match.SOUNDS_ALIKE, dates) if alike(self.name, other.name, dates) else None


def marks_of(
    work: Work, municipality_id: UUID, name: str | None, born: date | None, number: str | None = None
) -> Marks:
    """Give the marks of a person as a municipality knows or asks for them."""
    key = work.vault.mark_key(municipality_id)

    def mark(kind: str, said: str) -> str:
        digest = hmac.digest(key, f"{kind}\0{said}".encode(), "sha256")
        return base64.b64encode(digest[:_BYTES]).decode()

    def marked(part: Heard) -> Sound:
        def each(kind: str, codes: Iterable[str]) -> frozenset[str]:
            return frozenset(mark(kind, code) for code in codes)

        return Sound(
            each("fine", part.fine), each("coarse", part.coarse), each("first", part.first), long=part.long
        )

    heard = spoken(name or "")
    return Marks(
        exact=mark("nameAndBirthDate", f"{same_spelling(name)}\0{born}") if name and born else "",
        number=mark("nationalNumber", number) if number else "",
        dates={part: mark("date", said) for part, said in date_parts(born).items()} if born else {},
        name=Spoken(tuple(map(marked, heard.parts)), tuple(map(marked, heard.joined))),
    )


# -- as they are kept --------------------------------------------------------------------------------------------


def _place(row: Any) -> Place:
    return Place(row.case_id or row.registration_id, SubjectMark.__tablename__, "marks", row.id)


def _packed(marks: Marks) -> str:
    def parts(heard: Iterable[Heard]) -> list[list[Any]]:
        return [[sorted(p.fine), sorted(p.coarse), sorted(p.first), p.long] for p in heard]

    text = orjson.dumps(
        {
            "exact": marks.exact,
            "number": marks.number,
            "dates": marks.dates,
            "parts": parts(marks.name.parts),
            "joined": parts(marks.name.joined),
        }
    ).decode()
    return text.ljust(-(-len(text) // _PADDED) * _PADDED)


def _unpacked(text: str) -> Marks:
    said = orjson.loads(text)

    def parts(kept: list[list[Any]]) -> tuple[Sound, ...]:
        return tuple(Sound(frozenset(f), frozenset(c), frozenset(i), long=long) for f, c, i, long in kept)

    return Marks(
        said["exact"], said["number"], said["dates"], Spoken(parts(said["parts"]), parts(said["joined"]))
    )


def kept_marks(work: Work, row: Any) -> Marks:
    """Open the marks of a file. Raises Shredded if its key is gone."""
    return _unpacked(work.vault.unseal(_place(row), row.marks))


def _keep(work: Work, row: SubjectMark, marks: Marks) -> None:
    row.scheme = SCHEME
    row.marks = work.vault.seal(_place(row), _packed(marks))


# -- filled and moved --------------------------------------------------------------------------------------------


def mark_registration(
    work: Work, registration_id: UUID, municipality_id: UUID, name: str, born: date | None
) -> None:
    """Mark a registration as it is received. Nothing is compared and nothing told: that is for the desk."""
    row = SubjectMark(id=new_id(), municipality_id=municipality_id, registration_id=registration_id)
    _keep(work, row, marks_of(work, municipality_id, name, born))
    work.session.add(row)


def mark_case(work: Work, case: Case, name: str, born: date | None) -> None:
    """Mark a case at its listing, or anew when who it is about was corrected. A known number stays known."""
    row = queries.marks_of_file(work.session, case_id=case.id, registration_id=case.registration_id)
    number = kept_marks(work, row).number if row is not None else ""
    if row is None:
        row = SubjectMark(
            id=new_id(), municipality_id=case.municipality_id, registration_id=case.registration_id
        )
    row.case_id = case.id
    _keep(work, row, _with_number(marks_of(work, case.municipality_id, name, born), number))
    work.session.add(row)


def add_number(work: Work, registration_id: UUID, municipality_id: UUID, number: str) -> None:
    """Add the mark of a national number to a registration; the number itself is kept nowhere."""
    row = queries.marks_of_file(work.session, case_id=None, registration_id=registration_id)
    marked = marks_of(work, municipality_id, None, None, number)
    if row is not None:
        _keep(work, row, _with_number(kept_marks(work, row), marked.number))
        return
    row = SubjectMark(id=new_id(), municipality_id=municipality_id, registration_id=registration_id)
    _keep(work, row, marked)
    row.scheme = 0  # its name is not marked yet: the server does that next
    work.session.add(row)


def mark_again(work: Work, row: SubjectMark, name: str, born: date | None) -> None:
    """Mark a file by today's rules: one from before there were marks, or one marked by older rules."""
    number = kept_marks(work, row).number if row.marks is not None else ""
    _keep(work, row, _with_number(marks_of(work, row.municipality_id, name, born), number))
    work.session.add(row)


def _with_number(marks: Marks, number: str) -> Marks:
    return Marks(marks.exact, number, marks.dates, marks.name)
