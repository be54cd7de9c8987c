"""The cast: one invented person per role, in a municipal cell and in a joint one. Built once into the template database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.constitution.cells import create_cell, create_municipality, create_table
from app.constitution.commands import (
    AdoptAgreement,
    CreateCell,
    CreateMunicipality,
    CreateTable,
    DraftAgreement,
    SignAgreement,
)
from app.constitution.drafting import draft_agreement
from app.constitution.models import CellMunicipality
from app.constitution.signing import adopt_agreement, sign_agreement
from app.directory.commands import CreateAgency, CreatePerson, GrantMandate
from app.directory.mandates import create_agency, create_person, grant_mandate
from app.directory.models import TEXT_VERSION, Mandate, Person, Undertaking
from app.kernel.ids import new_id
from app.kernel.installing import Process, console_work
from app.kernel.work import Work, work
from app.rules.delegation import PARTS
from app.rules.facts import Actor
from app.rules.roles import Role

PASSWORD = "correct horse battery staple"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning; the clock of most tests."""

_ADMIN = Actor(
    person_id=UUID(int=1),
    role=Role.ADMINISTRATOR,
    second_factor=True,
    recently_confirmed=True,
    undertaking_until=date(2050, 1, 1),
    demo=True,
)


@dataclass
class Cast:
    """Ids by name: persons (`mayor`), mandates (same names), towns, cells, tables, agencies."""

    persons: dict[str, UUID] = field(default_factory=dict)
    mandates: dict[str, UUID] = field(default_factory=dict)
    towns: dict[str, UUID] = field(default_factory=dict)
    cells: dict[str, UUID] = field(default_factory=dict)
    tables: dict[str, UUID] = field(default_factory=dict)
    agencies: dict[str, UUID] = field(default_factory=dict)


# name -> (role, agency, town or None)
C_PEOPLE: dict[str, tuple[str, str, str | None]] = {
    "mayor": ("mayor", "town hall", "C"),
    "delegate": ("delegate", "town hall", "C"),
    "coordinator": ("coordinator", "town hall", "C"),
    "secretary": ("secretary", "town hall", None),
    "caseManager": ("caseManager", "town hall", None),
    "policeMember": ("policeMember", "police", None),
    "informationOfficer": ("informationOfficer", "police", None),
    "participant": ("participant", "ocmw", None),
    "school": ("participant", "school", None),
    "clb": ("participant", "clb", None),
    "frenchYouth": ("participant", "french youth", None),
    "frenchHandler": ("participant", "french youth", None),
    "strategicMember": ("strategicMember", "town hall", None),
    "dpo": ("dpo", "town hall", "C"),
    "auditor": ("auditor", "town hall", "C"),
}
ZONE_PEOPLE: dict[str, tuple[str, str, str | None]] = {
    "zoneMayorD": ("mayor", "town hall", "D"),
    "zoneMayorE": ("mayor", "town hall", "E"),
    "zoneCoordinatorD": ("coordinator", "town hall", "D"),
    "zoneCoordinatorE": ("coordinator", "town hall", "E"),
    "zonePolice": ("policeMember", "police", None),
    "zoneSchool": ("participant", "school", None),
    "zoneSecretary": ("secretary", "town hall", None),
    "zoneAuditorE": ("auditor", "town hall", "E"),
    "zoneDpoD": ("dpo", "town hall", "D"),
}

AGENCIES = {
    "town hall": ("municipal", "groundsGeneral", "municipalStaff"),
    "police": ("police", "groundsGeneral", "coreMember"),
    "ocmw": ("flemish", "groundsFlemish", "flemishPublicWelfare"),
    "school": ("flemish", "groundsFlemish", "flemishSchools"),
    "clb": ("flemish", "groundsFlemish", "flemishPupilGuidance"),
    "french youth": ("frenchCommunity", "groundsFrenchCommunity", "frenchYouthAid"),
}


def build(process: Process) -> Cast:
    """Fill a fresh database with the cast."""
    cast = Cast()
    with console_work(process, _ADMIN, now=NOW - timedelta(days=30)) as unit:
        for letter in "CDE":
            view = create_municipality(
                unit,
                CreateMunicipality.of(
                    name_nl=f"Gemeente {letter}", name_fr=f"Commune {letter}", profile="flanders"
                ),
            )
            cast.towns[letter] = view.municipality_id
        unit.session.flush()
        for name, kind, towns in (("C", "municipal", "C"), ("zone", "zonal", "DE")):
            cell = create_cell(
                unit,
                CreateCell.of(
                    kind=kind, name=f"LIVC R {name}", municipality_ids=[cast.towns[t] for t in towns]
                ),
            )
            cast.cells[name] = cell.cell_id
            unit.session.flush()
            table = create_table(
                unit, CreateTable.of(cell_id=cell.cell_id, kind="operational", name="Operationele tafel")
            )
            cast.tables[name] = table.table_id
        for name, (regime, ground_list, code) in AGENCIES.items():
            made = create_agency(
                unit,
                CreateAgency.of(
                    name=f"{name} (invented)", regime=regime, ground_list=ground_list, ground_code=code
                ),
            )
            cast.agencies[name] = made.agency_id
        unit.session.flush()
        admin_agency = cast.agencies["town hall"]
        _person(unit, cast, "administrator", admin_agency)
        _mandate(unit, cast, "administrator", "administrator", None, None)
        for people, cell in ((C_PEOPLE, "C"), (ZONE_PEOPLE, "zone")):
            for name, (role, agency, town) in people.items():
                _person(unit, cast, name, cast.agencies[agency])
                unit.session.flush()
                _mandate(unit, cast, name, role, cast.cells[cell], cast.towns[town] if town else None)
        unit.session.execute(text("UPDATE credential SET totp_last_step = 0"))
    for cell in SIGNERS:
        adopt(process, cast, cell, NOW - timedelta(days=29))
    return cast


SIGNERS = {"C": ("coordinator", "mayor"), "zone": ("zoneCoordinatorD", "zoneMayorD", "zoneMayorE")}
"""Who drafts the agreement of each cell, and the mayors who sign it."""


def adopt(process: Process, cast: Cast, cell: str, now: datetime, **settings: int) -> UUID:
    """Have a cell draft, sign and adopt the next version of its agreement with these settings; gives its id."""

    def acting(name: str) -> Any:
        return work(process.installation, actor(process, cast, name, now), channel="cli", now=now)

    writer, *mayors = SIGNERS[cell]
    with acting(writer) as unit:
        made = draft_agreement(unit, agreement(cast, cell, **settings)).agreement_id
    for name in mayors:
        with acting(name) as unit:
            sign_agreement(unit, SignAgreement.of(agreement_id=made))
    with acting(mayors[0]) as unit:
        adopt_agreement(
            unit,
            AdoptAgreement.of(
                agreement_id=made,
                document="Besluit gemeenteraad 2026/01 (invented)",
                adopted_on=date(2026, 1, 15),
            ),
        )
    return made


TABLE = {
    "kind": "operational", "name": "Operationele tafel", "chair": "coordinator", "cadenceWeeks": 6,
    "functions": ["mayor", "coordinator", "policeMember", "participant"],
}  # fmt: skip


def agreement(cast: Cast, cell: str, **settings: int) -> DraftAgreement:
    """Give an agreement to draft."""
    made: DraftAgreement = DraftAgreement.of(
        cell_id=cast.cells[cell],
        party_ids=[cast.agencies["police"], cast.agencies["ocmw"]],
        tables=[TABLE | {"agencyIds": [str(cast.agencies["ocmw"])]}],
        answer_register="Via het formulier, aan de burgemeester.",
        answer_discuss="Feiten, duiding, risico en bescherming, beslissing.",
        answer_record="In het eigen dossier van de gemeente.",
        answer_close="Op voorstel van de tafel, beslist door de burgemeester.",
        settings=settings,
    )
    return made


_HASHED: dict[str, Any] = {}


def _person(unit: Work, cast: Cast, name: str, agency_id: UUID) -> None:
    view = create_person(
        unit,
        CreatePerson.of(
            username=name.lower(),
            name=f"{name[0].upper()}{name[1:]} Verzonnen",
            agency_id=agency_id,
            password=PASSWORD,
            manages_service=name == "frenchYouth",
        ),
    )
    cast.persons[name] = view.person_id
    unit.session.flush()
    unit.session.add(
        Undertaking(
            id=new_id(),
            person_id=view.person_id,
            text_version=TEXT_VERSION,
            language="nl",
            confirmed_at=unit.now,
            valid_until=date(2050, 1, 1),
        )
    )


def _mandate(unit: Work, cast: Cast, name: str, role: str, cell: UUID | None, town: UUID | None) -> None:
    police = role in {"policeMember", "informationOfficer"}
    view = grant_mandate(
        unit,
        GrantMandate.of(
            person_id=cast.persons[name],
            role=role,
            cell_id=cell,
            municipality_id=town,
            starts_on=date(2020, 1, 1),
            document="Aanstelling (invented)",
            scope=list(PARTS) if role == "delegate" else None,
            ends_on=date(2049, 12, 31) if role == "delegate" else None,
            clearance_level="secret" if police else None,
            clearance_until=date(2049, 12, 31) if police else None,
        ),
    )
    cast.mandates[name] = view.mandate_id


def actor(process: Process, cast: Cast, name: str, now: datetime) -> Actor:
    """Give a cast member as an Actor, without signing in."""
    with process.installation.sessions() as session:
        session.info["now"] = now
        person = session.get_one(Person, cast.persons[name])
        mandate = session.get_one(Mandate, cast.mandates[name])
        return Actor(
            person_id=person.id,
            mandate_id=mandate.id,
            role=Role(mandate.role),
            cell_id=mandate.cell_id,
            municipality_id=mandate.municipality_id,
            municipalities=frozenset(
                session.scalars(select(CellMunicipality.municipality_id).filter_by(cell_id=mandate.cell_id))
            ),
            agency_id=person.agency_id,
            language="nl",
            second_factor=True,
            recently_confirmed=True,
            undertaking_until=date(2050, 1, 1),
            clearance_until=mandate.clearance_until,
            delegation=frozenset(mandate.scope) if mandate.scope is not None else None,
            demo=person.demo,
        )
