"""What there is in a world: people, files, sittings, and the marks that say whose each text is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

FAR = datetime.fromisoformat("2049-01-01T00:00:00+00:00")
SECRET = "proof-secret-of-"
TOKEN_OF_FORMS = "proof-form-token"
CHALLENGE = b"challenge of the proofs"
"""What the next passkey of every session has to sign."""
SOUGHT, BORN = "Ximena Verzonnen", date(2001, 4, 5)
"""Whom every file of a world can be found by: so a search that looks further than its reader may shows it."""
ISSUER = "http://127.0.0.1:9/op"
"""A provider of identities that never answers: its links can be kept all the same."""
HALVES = ("AAAAA-BBBBB", "CCCCC-DDDDD")
"""The two halves of the code of every recovery that was agreed to."""


@dataclass(repr=False, eq=False)
class Somebody:
    """One person with one mandate (or none), as the proofs know them."""

    name: str
    person: UUID
    mandate: UUID | None
    role: str | None
    cell: str | None
    town: str | None
    starts_on: date = date(2020, 1, 1)
    ends_on: date | None = None
    clearance_until: date | None = None
    scope: tuple[str, ...] | None = None
    sworn_until: date = date(2050, 1, 1)
    token: str = ""
    session: UUID | None = None
    passkey: UUID | None = None
    confirmed: bool = True
    """Whether a second factor was given within the last minutes."""
    idle: bool = False
    """Whether the sessions were left alone so long that they are locked."""
    label: str = ""
    """Tells two mandates of one person apart; *name* is the person's."""

    def __repr__(self) -> str:
        return f"{self.role} of {self.town or self.cell}"

    @property
    def cookie(self) -> str:
        return SECRET + (self.label or self.name)


def same(one: Somebody | None, other: Somebody | None) -> bool:
    """Tell whether these are one person, under whichever mandate."""
    return one is not None and other is not None and one.person == other.person


@dataclass(repr=False, eq=False)
class Signal:
    id: UUID
    reference: str
    town: str
    cell: str
    brought_by: Somebody
    state: str
    due_on: date | None
    case: File | None = None


@dataclass(repr=False, eq=False)
class File:
    """A case."""

    id: UUID
    subject: UUID
    reference: str
    town: str
    cell: str
    state: str
    due_on: date
    locks_on: date
    shred: bool = False
    signal: Signal | None = None
    discussed: bool = False
    proposed_at: UUID | None = None
    manager: Somebody | None = None
    trajectory: UUID | None = None
    actions: list[Act] = field(default_factory=list)
    statements: list[Said] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    thirds: list[Third] = field(default_factory=list)
    glasses: list[Glass] = field(default_factory=list)
    excluded: set[str] = field(default_factory=set)


@dataclass(repr=False, eq=False)
class Act:
    id: UUID
    case: File
    owner: Somebody
    state: str


@dataclass(repr=False, eq=False)
class Said:
    id: UUID
    case: File
    item: Item | None
    contributor: Somebody | None
    audience: str
    category: int


@dataclass(repr=False, eq=False)
class Paper:
    """A document in a file (an attachment)."""

    id: UUID
    case: File
    category: int
    removed: bool


@dataclass(repr=False, eq=False)
class Third:
    """A third person in a file (a contact)."""

    id: UUID
    case: File


@dataclass(repr=False, eq=False)
class Glass:
    """An emergency reading of a file, under the one mandate that *who* acts in."""

    id: UUID
    case: File
    who: Somebody
    ends_at: datetime
    closed: bool
    reviewed: bool


@dataclass(repr=False, eq=False)
class Sitting:
    """A meeting."""

    id: UUID
    cell: str
    town: str
    chair: Somebody
    secretary: Somebody | None
    state: str
    starts_at: datetime
    ends_at: datetime
    window_until: datetime
    extract_until: datetime | None = None
    minutes: str | None = None
    remarks_until: datetime | None = None
    items: list[Item] = field(default_factory=list)


@dataclass(repr=False, eq=False)
class Item:
    id: UUID
    case: File
    sitting: Sitting
    invited: dict[str, Asked] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)
    minuted: UUID | None = None
    remarks: dict[str, UUID] = field(default_factory=dict)


@dataclass(repr=False, eq=False)
class Asked:
    id: UUID
    who: Somebody
    state: str
    regime: str


@dataclass(repr=False, eq=False)
class Regaining:
    """A recovery: new means to sign in, which two people decide on for a third."""

    id: UUID
    whose: Somebody
    proposed_by: Somebody
    state: str


@dataclass(repr=False, eq=False)
class Link:
    """That a subject of the provider of identities is somebody: expected, linked or ended."""

    id: UUID
    whose: Somebody
    state: str


@dataclass(repr=False, eq=False)
class Policy:
    """What lies on the strategic table of a cell at one moment: one of each, all in step."""

    cell: str
    table: UUID
    raised_by: Somebody
    owner: Somebody
    topic: UUID
    topic_state: str
    waiting: UUID
    """A topic that waits for an agenda."""
    meeting: UUID
    meeting_state: str
    item: UUID
    plan: UUID
    plan_state: str
    goal: UUID
    measure: UUID
    measure_state: str


@dataclass(frozen=True)
class Mark:
    """A text or an id that stands in one place only. *kind* says in which."""

    kind: str
    of: Any
