"""Whether two names can be one person's: every part of the shorter one sounds like a part of the other.

Works on marks as well as on sounds: what is compared is only whether two sets have a member in common, so the
members may be keyed hashes of codes. The order of the parts does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from itertools import chain, islice, pairwise
from typing import Final, Protocol

from app.kernel.names.sounds import Sound, initial_of, sound_of
from app.kernel.names.spelling import parts_of


class Heard(Protocol):
    """How one part sounds, in codes or in marks of codes."""

    @property
    def fine(self) -> AbstractSet[str]: ...
    @property
    def coarse(self) -> AbstractSet[str]: ...
    @property
    def first(self) -> AbstractSet[str]: ...
    @property
    def long(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Spoken:
    """A whole name: its parts, and each two neighbours as if written in one word."""

    parts: tuple[Heard, ...]
    joined: tuple[Heard, ...]


class Dates(IntEnum):
    """What two birth dates say together."""

    APART = 0
    """Known, and not one date written in two ways."""
    UNKNOWN = 1
    NEAR = 2
    """One of day, month and year differs, or day and month are swapped."""
    SAME = 3


class Grade(IntEnum):
    """How two parts match."""

    INITIAL = 1
    COARSE = 2
    LONG_COARSE = 3
    FINE = 4
    LONG_FINE = 5


def spoken(name: str) -> Spoken:
    """Give how a name sounds."""
    parts = parts_of(name)
    heard = tuple(
        Sound(frozenset(), frozenset(), initial_of(part.words[0]), long=False)
        if part.initial
        else sound_of(part.words)
        for part in parts
    )
    joined = tuple(
        Sound(frozenset(), frozenset(), frozenset(), long=False)
        if one.initial or other.initial
        else sound_of((one.words[0] + other.words[0],))
        for one, other in pairwise(parts)
    )
    return Spoken(heard, joined)


def alike(one: Spoken, other: Spoken, dates: Dates) -> bool:
    """Tell whether two names can be one person's, given what their birth dates say."""
    if dates is Dates.APART:
        return False
    if dates is Dates.SAME and any(
        grade >= Grade.COARSE for at in range(len(one.parts)) for grade, _, _ in _matches(one, other, at)
    ):
        return True  # born on the same day, and one part alike; twins too, which a person has to tell apart
    coverings = chain(_coverings(one, other), _coverings(other, one))
    return any(_enough(grades) for grades in islice(coverings, _MOST_COVERINGS))


_TWO: Final = 2
_MOST_COVERINGS: Final = 500
"""No name needs as many; one made to be costly is left alone after them."""


def _enough(grades: list[Grade]) -> bool:
    heard = [grade for grade in grades if grade > Grade.INITIAL]
    fine = [grade for grade in heard if grade >= Grade.FINE]
    if len(grades) < _TWO:
        return False  # one part alone tells nobody apart
    if len(heard) == len(grades):
        return len(fine) == len(grades) or (len(fine) >= len(grades) - 1 and Grade.COARSE not in heard)
    return bool(heard) and heard == fine and Grade.LONG_FINE in fine


def _coverings(short: Spoken, full: Spoken) -> Iterator[list[Grade]]:
    """Give each way to match every part of *short* with parts of *full*, as the grades of its matches."""
    if short.parts and len(short.parts) <= len(full.parts) + 1:
        yield from _cover(short, full, 0, frozenset())


def _cover(short: Spoken, full: Spoken, at: int, used: frozenset[int]) -> Iterator[list[Grade]]:
    if at == len(short.parts):
        yield []
        return
    for grade, step, taken in _matches(short, full, at):
        if not used & taken:
            for more in _cover(short, full, at + step, used | taken):
                yield [grade, *more]


def _matches(short: Spoken, full: Spoken, at: int) -> Iterator[tuple[Grade, int, frozenset[int]]]:
    for place, part in enumerate(full.parts):
        grade = _grade(short.parts[at], part)
        if grade:
            yield grade, 1, frozenset({place})
        if at < len(short.joined) and (grade := _grade(short.joined[at], part)) and grade > Grade.INITIAL:
            yield grade, 2, frozenset({place})
    for place, pair in enumerate(full.joined):
        grade = _grade(short.parts[at], pair)
        if grade and grade > Grade.INITIAL:
            yield grade, 1, frozenset({place, place + 1})


def _grade(one: Heard, other: Heard) -> Grade | None:
    long = one.long and other.long
    if one.fine & other.fine:
        return Grade.LONG_FINE if long else Grade.FINE
    if one.coarse & other.coarse:
        return Grade.LONG_COARSE if long else Grade.COARSE
    if (not one.fine or not other.fine) and one.first & other.first:
        return Grade.INITIAL
    return None


def compared(one: date | None, other: date | None) -> Dates:
    """Say what two birth dates say together; of 1 January only the year counts, as of a date that nobody knew."""
    if one is None or other is None:
        return Dates.UNKNOWN
    return dates_of(date_parts(one), date_parts(other))


def date_parts(born: date) -> dict[str, str]:
    """Give what two birth dates are compared by, part by part."""
    parts = {"year": f"y{born.year}"}
    if (born.month, born.day) != (1, 1):
        parts |= {"month": f"n{born.month}", "day": f"n{born.day}"}
    return parts


def dates_of(one: Mapping[str, str], other: Mapping[str, str]) -> Dates:
    """Say the same of the parts of two birth dates, or of marks of them; empty where no date is known."""
    if not one or not other:
        return Dates.UNKNOWN
    same_year = one["year"] == other["year"]
    if "day" not in one or "day" not in other:
        return Dates.UNKNOWN if same_year else Dates.APART
    months, days = one["month"] == other["month"], one["day"] == other["day"]
    swapped = (one["month"], one["day"]) == (other["day"], other["month"])
    if same_year and months and days:
        return Dates.SAME
    return Dates.NEAR if same_year + months + days == _TWO or (same_year and swapped) else Dates.APART
