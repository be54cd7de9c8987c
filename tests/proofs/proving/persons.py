"""Laying people: their mandates, how they sign in, their sessions; and the marks of all that is laid."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from cast import PASSWORD
from sqlalchemy import Connection, insert, text

from app.cases.marking import Marks
from app.directory.models import (
    TEXT_VERSION,
    Credential,
    FederatedIdentity,
    Mandate,
    Passkey,
    Person,
    Recovery,
    SignIn,
    Undertaking,
)
from app.kernel.identity import Claims, code_now, hash_password, new_totp_secret
from app.kernel.vault import Place

from .things import (
    CHALLENGE,
    FAR,
    HALVES,
    ISSUER,
    TOKEN_OF_FORMS,
    File,
    Link,
    Mark,
    Regaining,
    Signal,
    Sitting,
    Somebody,
)


@cache
def hashed_once() -> str:
    """Give the hash of everybody's password; computing one a person would take longer than all the rest."""
    return hash_password(PASSWORD)


class Persons:
    """Lays people, and remembers what each mark means."""

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
            Undertaking, id=uuid4(), person_id=who.person, text_version=TEXT_VERSION, language="nl",
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

    def link(self, whose: Somebody, state: str) -> Link:
        """Have somebody linked at the provider of identities, expected there, or no longer linked."""
        row = self.id("identity.id")
        made = Link(row, whose, state)
        self.belongs(row, made)
        self.put(
            FederatedIdentity, id=row, person_id=whose.person, issuer=ISSUER, state=state, created_at=self.now,
            subject=self.said("identity.subject", made) if state != "expected" else None,
            expected_until=self.now.date() + timedelta(days=9) if state == "expected" else None,
            linked_at=self.now if state != "expected" else None, ended_at=self.now if state == "ended" else None,
            version=1,
        )  # fmt: skip
        return made

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
