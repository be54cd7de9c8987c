"""Appending to the processing log: in the transaction of what it records, with no lock on a head.

The database, not this code, says who acted and when it was recorded (column defaults outside the
application's grant); the application says what was done, on whose data and under which rule. Never content.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.orm import Session

from app.kernel.clock import brussels_day
from app.kernel.database import lean_rows
from app.kernel.ids import NIL
from app.rules.facts import Actor

ledger = MetaData(schema="journal")
"""Tables of the ledger role; outside the application's own models, because the application may only append."""

ENTRY = Table(
    "entry",
    ledger,
    Column("id", BigInteger),
    Column("entry_id", Uuid, nullable=False),
    Column("year", Integer),
    Column("controller", Uuid, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("actor_id", Uuid),
    Column("mandate_id", Uuid),
    Column("agency_id", Uuid),
    Column("role", Text, nullable=False),
    Column("acting_for", Uuid),
    Column("action", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("case_id", Uuid),
    Column("subject_id", Uuid),
    Column("object_type", Text, nullable=False),
    Column("object_id", Uuid),
    Column("processing", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("recipients", Text, nullable=False),
    Column("trace_id", Uuid, nullable=False),
    Column("related_trace_id", Uuid),
    Column("break_glass", Boolean, nullable=False),
)


@dataclass(frozen=True, slots=True)
class About:
    """What a decision is about, in pseudonymous ids: whose municipality, which case, which person concerned."""

    controller: UUID = NIL
    case_id: UUID | None = None
    subject_id: UUID | None = None
    object_type: str = ""
    object_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision, logged in one line per person concerned."""

    action: str
    outcome: str
    rule: str
    legal_basis: str
    abouts: Sequence[About]
    reason: str = ""
    processing: str = ""
    recipients: str = ""
    break_glass: bool = False
    """Whether it was reached by emergency access (R21)."""


@dataclass(frozen=True, slots=True)
class Circumstance:
    """What all lines of one Work share."""

    actor: Actor
    at: datetime
    channel: str
    trace_id: UUID
    related_trace_id: UUID | None = None


_APPEND = """
    INSERT INTO journal.entry (year, controller, at, agency_id, role, action, outcome, rule, legal_basis, reason,
        case_id, subject_id, object_type, object_id, processing, channel, recipients, trace_id, related_trace_id,
        break_glass)
    SELECT %(year)s::int, l.controller, %(at)s::timestamptz, %(agency)s::uuid, %(role)s,
        (%(actions)s::text[])[l.of], (%(outcomes)s::text[])[l.of], (%(rules)s::text[])[l.of],
        (%(legal_bases)s::text[])[l.of], (%(reasons)s::text[])[l.of], l.case_id, l.subject_id, l.object_type,
        l.object_id, (%(processings)s::text[])[l.of], %(channel)s, (%(recipients)s::text[])[l.of],
        %(trace)s::uuid, %(related)s::uuid, (%(glasses)s::bool[])[l.of]
    FROM unnest(%(of)s::int[], %(controllers)s::uuid[], %(cases)s::uuid[], %(subjects)s::uuid[],
        %(types)s::text[], %(objects)s::uuid[]) AS l (of, controller, case_id, subject_id, object_type, object_id)
"""


def append(session: Session, circumstance: Circumstance, decisions: Sequence[Decided]) -> None:
    """Append the lines of all decisions in one statement, in the session's own transaction."""
    lines = [(number, about) for number, decided in enumerate(decisions, 1) for about in decided.abouts]
    if not lines:
        return
    actor = circumstance.actor
    lean_rows(
        session,
        _APPEND,
        year=brussels_day(circumstance.at).year,
        at=circumstance.at,
        agency=actor.agency_id,
        role=actor.role.value if actor.role else "",
        channel=circumstance.channel,
        trace=circumstance.trace_id,
        related=circumstance.related_trace_id,
        actions=[decided.action for decided in decisions],
        outcomes=[decided.outcome for decided in decisions],
        rules=[decided.rule for decided in decisions],
        legal_bases=[decided.legal_basis for decided in decisions],
        reasons=[decided.reason for decided in decisions],
        processings=[decided.processing for decided in decisions],
        recipients=[decided.recipients for decided in decisions],
        glasses=[decided.break_glass for decided in decisions],
        of="{" + ",".join([str(number) for number, _ in lines]) + "}",
        controllers=_ids(about.controller for _, about in lines),
        cases=_ids(about.case_id for _, about in lines),
        subjects=_ids(about.subject_id for _, about in lines),
        types="{" + ",".join([about.object_type or '""' for _, about in lines]) + "}",  # our own nouns
        objects=_ids(about.object_id for _, about in lines),
    )


def _ids(ids: Iterable[UUID | None]) -> str:
    """Give an array as PostgreSQL reads it: several times faster than having the driver adapt each id."""
    return "{" + ",".join([i.hex if i else "NULL" for i in ids]) + "}"
