"""Appending to the processing log: in the transaction of what it records, with no lock on a head.

The database, not this code, says who acted and when it was recorded (column defaults outside the
application's grant); the application says what was done, on whose data and under which rule. Never content.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.orm import Session

from app.kernel.clock import brussels_day
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
class Line:
    """One line of the log: one action on one person concerned."""

    action: str
    outcome: str
    rule: str
    legal_basis: str
    about: About
    reason: str = ""
    processing: str = ""
    recipients: str = ""


@dataclass(frozen=True, slots=True)
class Circumstance:
    """What all lines of one Work share."""

    actor: Actor
    at: datetime
    channel: str
    trace_id: UUID
    related_trace_id: UUID | None = None


def append(session: Session, circumstance: Circumstance, lines: list[Line]) -> None:
    """Append *lines* in one statement, in the session's own transaction."""
    if not lines:
        return
    actor, year = circumstance.actor, brussels_day(circumstance.at).year
    session.execute(
        ENTRY.insert(),
        [
            {
                "year": year,
                "controller": line.about.controller,
                "at": circumstance.at,
                "agency_id": actor.agency_id,
                "role": actor.role.value if actor.role else "",
                "acting_for": None,
                "action": line.action,
                "outcome": line.outcome,
                "rule": line.rule,
                "legal_basis": line.legal_basis,
                "reason": line.reason,
                "case_id": line.about.case_id,
                "subject_id": line.about.subject_id,
                "object_type": line.about.object_type,
                "object_id": line.about.object_id,
                "processing": line.processing,
                "channel": circumstance.channel,
                "recipients": line.recipients,
                "trace_id": circumstance.trace_id,
                "related_trace_id": circumstance.related_trace_id,
                "break_glass": False,
            }
            for line in lines
        ],
    )
