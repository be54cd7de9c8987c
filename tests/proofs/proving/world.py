"""A world laid row by row from outside, with a mark in every text, so that each byte that leaves says whose it is.

Rows are put there as the database's superuser, past every Operation: what the proofs know of the world, they know
because they made it, and not because the application said so.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import orjson
from cast import PASSWORD
from sqlalchemy import Connection, insert, text

from app.cases.marking import SCHEME, Marks, _packed, marks_of
from app.cases.models import ActionRow, Case, Discussion, Statement, SubjectMark, Trajectory
from app.directory.models import (
    Credential,
    Exclusion,
    Mandate,
    Passkey,
    Person,
    Recovery,
    SignIn,
    Undertaking,
)
from app.intake.models import Registration
from app.kernel.identity import Claims, code_now, hash_password, new_totp_secret
from app.kernel.vault import Place
from app.meetings.models import AgendaItem, Attendance, Invitation, Meeting, Minutes, MinutesItem, Remark
from app.retention.models import Certificate

FAR = datetime.fromisoformat("2049-01-01T00:00:00+00:00")
SECRET = "proof-secret-of-"
TOKEN_OF_FORMS = "proof-form-token"
CHALLENGE = b"challenge of the proofs"
"""What the next passkey of every session has to sign."""
SOUGHT, BORN = "Ximena Verzonnen", date(2001, 4, 5)
"""Whom every file of a world can be found by: so a search that looks further than its reader may shows it."""
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


@dataclass(frozen=True)
class Mark:
    """A text or an id that stands in one place only. *kind* says in which."""

    kind: str
    of: Any


@cache
def hashed_once() -> str:
    """Give the hash of everybody's password; computing one a person would take longer than all the rest."""
    return hash_password(PASSWORD)


class World:
    """Lays rows and remembers what each of them means."""

    def __init__(self, conn: Connection, house: Any, now: datetime) -> None:
        self.conn, self.house, self.now = conn, house, now
        self.cast = house.cast
        self.vault = house.installation.vault.within(self.cast.towns.values())
        self._sought: dict[str, Marks] = {}
        self.people: dict[str, Somebody] = {}
        self.usernames: dict[UUID, str] = {}
        self.secrets: dict[UUID, str] = {}
        """Of one-time codes."""
        self.files: list[File] = []
        self.signals: list[Signal] = []
        self.sittings: list[Sitting] = []
        self.marks: dict[str, Mark] = {}
        self._numbers = count(1)
        self._run = uuid4().hex[:6]
        (self.agreements,) = (
            {
                r.cell_id: r.id
                for r in conn.execute(text("SELECT id, cell_id FROM agreement WHERE state = 'adopted'"))
            },
        )

    # marks ----------------------------------------------------------------------------------------------

    def said(self, kind: str, of: Any) -> str:
        """Give a text that stands nowhere else."""
        mark = f"Zq{self._run}n{next(self._numbers):05d}q"
        self.marks[mark] = Mark(kind, of)
        return mark

    def id(self, kind: str, of: Any = None) -> UUID:
        """Give an id that stands nowhere else; *of* can be said later with `belongs`."""
        made = uuid4()
        self.marks[str(made)] = Mark(kind, of)
        return made

    def belongs(self, made: UUID, of: Any) -> None:
        self.marks[str(made)] = Mark(self.marks[str(made)].kind, of)

    def reference(self, letter: str, kind: str, of: Any = None) -> str:
        made = f"{letter}-2026-{self._run.upper()}{next(self._numbers):05d}"
        self.marks[made] = Mark(kind, of)
        return made

    def seal(self, case: UUID, table: str, column: str, row: UUID, clear: str) -> Any:
        return self.vault.seal(Place(case, table, column, row), clear)

    def put(self, model: Any, **values: Any) -> None:
        self.conn.execute(insert(model).values(**values))

    # people ---------------------------------------------------------------------------------------------

    def of_cast(self, name: str) -> Somebody:
        """Take a member of the cast as they are."""
        if name not in self.people:
            row = self.conn.execute(
                text("SELECT * FROM mandate JOIN credential USING (person_id) WHERE id = :m"),
                {"m": self.cast.mandates[name]},
            ).one()
            provider = self.house.installation.provider
            self.secrets[row.person_id] = provider.unwrap(row.totp_secret, row.person_id.bytes).decode()
            self.usernames[row.person_id] = name.lower()
            cells = {i: n for n, i in self.cast.cells.items()}
            towns = {i: n for n, i in self.cast.towns.items()}
            self.people[name] = Somebody(
                name, row.person_id, row.id, row.role, cells.get(row.cell_id), towns.get(row.municipality_id),
                row.starts_on, row.ends_on, row.clearance_until,
                tuple(row.scope) if row.scope is not None else None,
            )  # fmt: skip
        return self.people[name]

    def newcomer(
        self, name: str, role: str | None, cell: str | None, town: str | None = None, **also: Any
    ) -> Somebody:
        """Add a person with a mandate, or without one."""
        agency = also.pop("agency", "ocmw")
        who = Somebody(name, uuid4(), uuid4() if role else None, role, cell, town, **also)
        self.put(
            Person, id=who.person, username=self.username(who), name=f"{name} Verzonnen",
            agency_id=self.cast.agencies[agency], language="nl", volunteer=False, demo=True, active=True,
            created_at=self.now, version=1,
        )  # fmt: skip
        self.put(
            Undertaking, id=uuid4(), person_id=who.person, text_version="2026-2", language="nl",
            confirmed_at=self.now - timedelta(days=400), valid_until=who.sworn_until,
        )  # fmt: skip
        if role:
            self.put(
                Mandate, id=who.mandate, person_id=who.person, role=role, cell_id=self.cast.cells.get(cell or ""),
                municipality_id=self.cast.towns.get(town or ""), starts_on=who.starts_on, ends_on=who.ends_on,
                document="Aanstelling (invented)", scope=list(who.scope) if who.scope is not None else None,
                clearance_until=who.clearance_until, clearance_level="secret" if who.clearance_until else None,
                created_at=self.now, version=1,
            )  # fmt: skip
        self._means(who)
        self.people[name] = who
        return who

    def _means(self, who: Somebody) -> None:
        """Let somebody sign in with the password of everybody and a secret of their own."""
        self.secrets[who.person] = secret = new_totp_secret()
        wrapped = self.house.installation.provider.wrap(secret.encode(), who.person.bytes)
        self.put(
            Credential, person_id=who.person, password_hash=hashed_once(), totp_secret=wrapped, totp_last_step=0
        )  # fmt: skip

    def username(self, who: Somebody) -> str:
        """Give the name that somebody signs in with."""
        return self.usernames.setdefault(who.person, f"{who.name.lower()}.{who.person.hex[:6]}")

    def code(self, who: Somebody) -> str:
        """Give the one-time code that is right now."""
        return code_now(self.secrets[who.person], self.now)

    def second_mandate(
        self, label: str, of: Somebody, role: str, cell: str | None, town: str | None = None
    ) -> Somebody:
        """Give somebody another mandate; it acts by itself, in sessions of its own."""
        made = replace(
            of, label=label, mandate=uuid4(), role=role, cell=cell, town=town, starts_on=date(2020, 1, 1), ends_on=None,
            scope=("file",) if role == "delegate" else None, token="", session=None,
        )  # fmt: skip
        self.put(
            Mandate, id=made.mandate, person_id=made.person, role=role, cell_id=self.cast.cells.get(cell or ""),
            municipality_id=self.cast.towns.get(town or ""), starts_on=made.starts_on, ends_on=None,
            document="Aanstelling (invented)", scope=list(made.scope) if made.scope else None,
            clearance_until=made.clearance_until, clearance_level="secret" if made.clearance_until else None,
            created_at=self.now, version=1,
        )  # fmt: skip
        self.people[label] = made
        return made

    def sign_in(self, who: Somebody) -> None:
        """Open one session at each door."""
        who.session, long_ago = uuid4(), self.now - timedelta(days=1)
        common = {
            "person_id": who.person, "mandate_id": who.mandate, "state": "active", "opened_at": long_ago,
            "seen_at": long_ago if who.idle else self.now, "expires_at": FAR, "failures": 0,
            "confirmed_at": self.now if who.confirmed else long_ago, "challenge": CHALLENGE,
        }  # fmt: skip
        self.put(SignIn, id=who.session, channel="api", **common)
        self.put(
            SignIn, id=uuid4(), channel="page", csrf_token=TOKEN_OF_FORMS,
            secret_hash=sha256(who.cookie.encode()).digest(), **common,
        )  # fmt: skip
        claims = Claims(who.person, who.session, who.mandate)
        who.token = self.house.installation.tokens.issue(claims, 600)
        who.passkey = uuid4()
        self.put(
            Passkey, id=who.passkey, person_id=who.person, credential_id=who.passkey.bytes, public_key=b"x",
            sign_count=0, name="Sleutel", created_at=self.now,
        )  # fmt: skip

    def regaining(
        self, whose: Somebody, proposed_by: Somebody, agreed_by: Somebody | None = None
    ) -> Regaining:
        """Have a recovery under way: proposed, or agreed to as well, with the code of `HALVES`."""
        made = Regaining(uuid4(), whose, proposed_by, "agreed" if agreed_by else "proposed")
        first, second = (
            self.house.installation.provider.mark(made.id.bytes + half.replace("-", "").encode(), b"recovery")
            for half in HALVES
        )
        self.put(
            Recovery, id=made.id, person_id=whose.person, state=made.state, ground="bothLost",
            proposed_by=proposed_by.person, proposed_as=proposed_by.role, proposed_at=self.now, first_hash=first,
            approved_by=agreed_by.person if agreed_by else None, approved_at=self.now if agreed_by else None,
            second_hash=second if agreed_by else None, expires_at=FAR, tries=0, version=1,
        )  # fmt: skip
        return made

    # files ----------------------------------------------------------------------------------------------

    def signal(self, town: str, brought_by: Somebody, state: str = "received") -> Signal:
        cell = "C" if town == "C" else "zone"
        row = self.id("signal.id")
        decided = state in {"listed", "notListed", "referred", "passedToPolice"}
        made = Signal(
            row, self.reference("A", "signal.reference"), town, cell, brought_by, state,
            None if state == "listed" else self.now.date() + timedelta(days=20),
        )  # fmt: skip
        self.belongs(row, made)
        self.marks[made.reference] = Mark("signal.reference", made)
        self.vault.new_file(row, self.cast.towns[town])
        told = {}
        if state != "listed":
            name = orjson.dumps({"name": self.said("signal.text", made), "birthDate": None}).decode()
            told = {
                "subject": self.seal(row, "registration", "subject", row, name),
                "narrative": self.seal(row, "registration", "narrative", row, self.said("signal.text", made)),
            }
        if decided:
            told["decision_reason"] = self.seal(
                row, "registration", "decision_reason", row, self.said("signal.text", made)
            )
        self.put(
            Registration, id=row, municipality_id=self.cast.towns[town], cell_id=self.cast.cells[cell],
            reference=made.reference, subject_id=uuid4(), submitted_by=brought_by.person,
            agency_id=self.cast.agencies["ocmw"], anonymous=False, received_at=self.now, received_on=self.now.date(),
            state=state, phenomenon="rightWingExtremism", urgency="normal", origin="livcParticipant",
            decided_on=self.now.date() if decided else None, due_on=made.due_on, version=1, **told,
        )  # fmt: skip
        if state not in {"listed", "erased"}:
            self._findable(town, registration=row)
        self.signals.append(made)
        return made

    def _findable(self, town: str, registration: UUID, case: UUID | None = None) -> None:
        """Mark a file, so that whoever looks for the one person of all files finds it."""
        if town not in self._sought:
            self._sought[town] = marks_of(self, self.cast.towns[town], SOUGHT, BORN)  # type: ignore[arg-type]
        row = uuid4()
        self.put(
            SubjectMark, id=row, municipality_id=self.cast.towns[town], registration_id=registration, case_id=case,
            scheme=SCHEME, marks=self.seal(case or registration, "subject_mark", "marks", row, _packed(self._sought[town])),
        )  # fmt: skip

    def file(self, town: str, state: str, brought_by: Somebody, *, days: int = 200, lock_days: int = 14) -> File:  # fmt: skip
        """Put a case on the list of a town; *days* until its data must be gone. State `shredOrdered` is one of these."""
        cell = "C" if town == "C" else "zone"
        row, shred = self.id("case.id"), state == "shredOrdered"
        signal = self.signal(town, brought_by, "erased" if shred else "listed")
        due = self.now.date() + timedelta(days=days)
        made = File(
            row, self.id("case.subject"), self.reference("C", "case.reference"), town, cell,
            "destroyed" if shred else state, due, due - timedelta(days=lock_days), shred, signal,
        )  # fmt: skip
        for mark in (str(row), str(made.subject), made.reference):
            self.marks[mark] = Mark(self.marks[mark].kind, made)
        signal.case = made
        self.vault.new_file(row, self.cast.towns[town])
        name = orjson.dumps({"name": self.said("case.name", made), "birthDate": "2001-04-05"}).decode()
        desk = self.of_cast("mayor" if town == "C" else f"zoneMayor{town}")
        self.put(
            Case, id=row, municipality_id=self.cast.towns[town], cell_id=self.cast.cells[cell],
            reference=made.reference, state=made.state, phenomenon="rightWingExtremism", subject_id=made.subject,
            subject=self.seal(row, "case_file", "subject", row, name),
            indications=self.seal(row, "case_file", "indications", row, self.said("case.text", made)),
            signal=self.seal(row, "case_file", "signal", row, self.said("case.text", made)),
            origin="livcParticipant", registration_id=signal.id, agreement_id=self.agreements[self.cast.cells[cell]],
            listed_on=self.now.date() - timedelta(days=60), listed_by=desk.person, due_on=due, locks_on=made.locks_on,
            shred_ordered_at=self.now if shred else None, version=1,
        )  # fmt: skip
        self.conn.execute(
            text("UPDATE registration SET case_id = :c, subject_id = :s WHERE id = :r"),
            {"c": row, "s": made.subject, "r": signal.id},
        )
        self._findable(town, signal.id, row)
        self.files.append(made)
        return made

    def plan(self, case: File, manager: Somebody) -> None:
        case.manager, case.trajectory = manager, self.id("plan.id", case)
        aims = orjson.dumps({"school": self.said("plan.text", case)}).decode()
        self.put(
            Trajectory, id=case.trajectory, case_id=case.id, municipality_id=self.cast.towns[case.town],
            case_manager_id=manager.person,
            aims=self.seal(case.id, "trajectory", "aims", case.trajectory, aims),
            person_informed="involved", started_on=self.now.date(), version=1,
        )  # fmt: skip

    def act(self, case: File, owner: Somebody, state: str = "open") -> Act:
        row = self.id("act.id")
        made = Act(row, case, owner, state)
        self.belongs(row, made)
        self.put(
            ActionRow, id=row, trajectory_id=case.trajectory, case_id=case.id,
            municipality_id=self.cast.towns[case.town], owner_id=owner.person, life_domain="school",
            text=self.seal(case.id, "action_item", "text", row, self.said("act.text", made)),
            due_on=self.now.date() + timedelta(days=30), state=state, created_at=self.now, version=1,
        )  # fmt: skip
        case.actions.append(made)
        return made

    def statement(
        self,
        case: File,
        item: Item | None,
        contributor: Somebody | None,
        audience: str = "present",
        category: int = 5,
    ) -> Said:
        row = self.id("said.id")
        made = Said(row, case, item, contributor, audience, category)
        self.belongs(row, made)
        desk = self.of_cast("mayor" if case.town == "C" else f"zoneMayor{case.town}")
        self.put(
            Statement, id=row, case_id=case.id, municipality_id=self.cast.towns[case.town],
            agenda_item_id=item.id if item else None, category=category, origin="livcParticipant", kind="fact",
            audience=audience, contributor_id=contributor.person if contributor else None,
            agency_id=self.cast.agencies["ocmw"], entered_by=desk.person, stated_on=self.now.date(),
            text=self.seal(case.id, "statement", "text", row, self.said("said.text", made)),
            created_at=self.now, version=1,
        )  # fmt: skip
        case.statements.append(made)
        return made

    def exclude(self, who: Somebody, case: File) -> None:
        case.excluded.add(who.name)
        self.put(
            Exclusion, person_id=who.person, case_id=case.id, municipality_id=self.cast.towns[case.town],
            declared_at=self.now,
        )  # fmt: skip

    def certificate(self, town: str) -> tuple[UUID, str]:
        """Leave what stays of a file that was destroyed; gives its id and its reference."""
        row, reference = uuid4(), self.reference("C", "certificate.reference", town)
        day = self.now.date() - timedelta(days=1)
        self.put(
            Certificate, id=row, municipality_id=self.cast.towns[town], reference=reference, kind="case",
            listed_on=day - timedelta(days=365), last_discussed_on=None, due_on=day, destroyed_at=self.now,
            ground="caseData", executor="robot", counts={"case_file": 1}, digest="x",
        )  # fmt: skip
        return row, reference

    # the consultation -----------------------------------------------------------------------------------

    def sitting(self, cell: str, town: str, state: str, starts: timedelta, *, chair: Somebody, secretary: Somebody | None = None,
                lasts: timedelta = timedelta(hours=2), window: timedelta = timedelta(hours=2), minutes: str | None = None,
                remarks: timedelta | None = None, extract: timedelta | None = None) -> Sitting:  # fmt: skip
        """Plan a meeting; *starts*, *remarks* and *extract* are counted from now, *window* from its end."""
        begins = self.now + starts
        made = Sitting(
            uuid4(), cell, town, chair, secretary, state, begins, begins + lasts, begins + lasts + window,
            self.now + extract if extract is not None else None, minutes,
            self.now + remarks if remarks is not None else None,
        )  # fmt: skip
        self.put(
            Meeting, id=made.id, cell_id=self.cast.cells[cell], municipality_id=self.cast.towns[town],
            table_id=self.cast.tables[cell], starts_at=made.starts_at, ends_at=made.ends_at, place="Raadzaal",
            chair_id=chair.person, secretary_id=secretary.person if secretary else None, state=state,
            opened_at=made.starts_at if state in {"inSession", "closed"} else None,
            closed_at=made.ends_at if state == "closed" else None, window_until=made.window_until,
            extract_until=made.extract_until, created_by=chair.person, version=1,
        )  # fmt: skip
        if minutes:
            self.put(
                Minutes, id=uuid4(), meeting_id=made.id, cell_id=self.cast.cells[cell], state=minutes,
                submitted_at=self.now if minutes != "draft" else None, remarks_until=made.remarks_until,
                approved_at=self.now if minutes == "approved" else None, version=1,
            )  # fmt: skip
        self.sittings.append(made)
        return made

    def table(self, sitting: Sitting, case: File) -> Item:
        row = self.id("item.id")
        made = Item(row, case, sitting)
        self.belongs(row, made)
        self.put(
            AgendaItem, id=row, meeting_id=sitting.id, cell_id=self.cast.cells[sitting.cell],
            municipality_id=self.cast.towns[case.town], case_id=case.id, subject_id=case.subject,
            position=len(sitting.items) + 1, minutes=20,
            question=self.seal(case.id, "agenda_item", "question", row, self.said("item.text", made)), version=1,
        )  # fmt: skip
        if sitting.state == "closed":
            self.put(
                Discussion, case_id=case.id, meeting_id=sitting.id, municipality_id=self.cast.towns[case.town],
                discussed_on=sitting.starts_at.date(),
            )  # fmt: skip
            case.discussed = True
            self.conn.execute(
                text("UPDATE case_file SET last_discussed_on = :d WHERE id = :c"),
                {"d": sitting.starts_at.date(), "c": case.id},
            )
        sitting.items.append(made)
        return made

    def invite(self, item: Item, who: Somebody, state: str, regime: str = "other") -> Asked:
        row = self.id("asked.id")
        made = Asked(row, who, state, regime)
        self.belongs(row, (item, made))
        self.put(
            Invitation, id=row, meeting_id=item.sitting.id, agenda_item_id=item.id, case_id=item.case.id,
            municipality_id=self.cast.towns[item.case.town], person_id=who.person, regime=regime,
            ground_list="groundsGeneral", ground_code="otherLegalBasis",
            ground_reason=self.seal(item.case.id, "invitation", "ground_reason", row, self.said("asked.reason", item)),
            state=state, sent_at=self.now if state != "draft" else None,
            refusal_reason=self.seal(item.case.id, "invitation", "refusal_reason", row, self.said("refusal", item))
            if state == "declined" else None,
            version=1,
        )  # fmt: skip
        item.invited[who.name] = made
        return made

    def attend(self, item: Item, who: Somebody) -> None:
        item.present.add(who.name)
        self.put(
            Attendance, agenda_item_id=item.id, person_id=who.person, meeting_id=item.sitting.id, case_id=item.case.id,
            municipality_id=self.cast.towns[item.case.town], present=True, recorded_at=self.now,
        )  # fmt: skip

    def minute(self, item: Item) -> None:
        from app.meetings.minuting import digest_of

        row = item.minuted = self.id("minuted.id", item)
        agreed, decided = self.said("minuted.text", item), self.said("minuted.text", item)
        ((minutes,),) = self.conn.execute(
            text("SELECT id FROM minutes WHERE meeting_id = :m"), {"m": item.sitting.id}
        )
        self.put(
            MinutesItem, id=row, minutes_id=minutes, meeting_id=item.sitting.id, agenda_item_id=item.id,
            case_id=item.case.id, municipality_id=self.cast.towns[item.case.town],
            assessment=self.seal(item.case.id, "minutes_item", "assessment", row, agreed),
            decisions=self.seal(item.case.id, "minutes_item", "decisions", row, decided),
            digest=digest_of(item.id, agreed, decided), version=1,
        )  # fmt: skip

    def remark(self, item: Item, who: Somebody) -> None:
        row = item.remarks[who.name] = self.id("remark.id", (item, who))
        ((minutes,),) = self.conn.execute(
            text("SELECT id FROM minutes WHERE meeting_id = :m"), {"m": item.sitting.id}
        )
        self.put(
            Remark, id=row, minutes_id=minutes, agenda_item_id=item.id, case_id=item.case.id,
            municipality_id=self.cast.towns[item.case.town], person_id=who.person,
            text=self.seal(item.case.id, "minutes_remark", "text", row, self.said("remark.text", (item, who))),
            remarked_at=self.now,
        )  # fmt: skip
