"""What the database knows of the cases that could stand on an agenda, and of the members of a cell."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.models import ReviewDeferral
from app.cases.necessity_queries import ASKED
from app.directory.models import Agency, Exclusion, Mandate, Person
from app.directory.office_queries import in_office
from app.kernel.database import lean_rows
from app.meetings.models import Invitation
from app.rules.facts import Actor
from app.rules.lifecycle import OPEN_CASE
from app.rules.roles import TABLE

_CANDIDATES = f"""
    SELECT c.id, c.municipality_id, c.subject_id, c.reference, c.state, c.listed_on, c.last_discussed_on, c.review_on,
           c.due_on, c.locks_on, o.actions, o.action_due, {ASKED} AS closure_asked,
           EXISTS (SELECT FROM review_deferral d WHERE d.case_id = c.id AND d.meeting_id = %(meeting)s) AS left_off,
           EXISTS (SELECT FROM extension e WHERE e.case_id = c.id AND e.state = 'proposed') AS extended,
           EXISTS (SELECT FROM agenda_item p JOIN meeting m ON m.id = p.meeting_id
             WHERE p.case_id = c.id AND (p.state = 'postponed' OR (p.state = 'tabled' AND m.state = 'cancelled'))
             AND NOT EXISTS (
               SELECT FROM agenda_item q JOIN meeting n ON n.id = q.meeting_id
               WHERE q.case_id = c.id AND q.state = 'tabled' AND n.starts_at > m.starts_at
                 AND n.state <> 'cancelled')) AS postponed
    FROM case_file c
    LEFT JOIN LATERAL (SELECT count(*) AS actions, min(a.due_on) AS action_due FROM action_item a
      WHERE a.case_id = c.id AND a.state = 'open') o ON true
    WHERE c.municipality_id = %(municipality)s AND c.cell_id = %(cell)s AND c.state = ANY (%(states)s)
      AND c.shred_ordered_at IS NULL AND c.locks_on > %(today)s
      AND c.id NOT IN (SELECT case_id FROM exclusion WHERE person_id = %(person)s)
      AND NOT EXISTS (SELECT FROM agenda_item t JOIN meeting m ON m.id = t.meeting_id
        WHERE t.case_id = c.id AND t.state = 'tabled' AND m.state IN ('draft', 'convened', 'inSession'))
    ORDER BY c.due_on, c.reference
"""

_ASKED_LAST = """
    SELECT i.case_id, i.person_id FROM invitation i
    JOIN (
        SELECT DISTINCT ON (a.case_id) a.id, a.state FROM agenda_item a JOIN meeting m ON m.id = a.meeting_id
        WHERE a.case_id = ANY (%(cases)s)
          AND (a.state = 'postponed' OR (a.state = 'tabled' AND m.state IN ('closed', 'cancelled')))
        ORDER BY a.case_id, m.starts_at DESC
    ) l ON l.id = i.agenda_item_id
    WHERE i.nominated_by IS NULL AND (
        i.state IN ('sent', 'accepted', 'passedOn', 'declined', 'noAnswer', 'attended', 'absent')
        OR (l.state = 'postponed' AND i.state = 'withdrawn' AND i.withdrawn_by IS NULL))
"""


class Member(NamedTuple):
    """Somebody with a mandate in a cell, and with what."""

    person: Person
    agency: Agency
    roles: frozenset[str]


def candidates(session: Session, actor: Actor, today: date, meeting_id: UUID | None = None) -> list[Any]:
    """Give the open cases of the actor's own municipality that stand on no agenda yet to be held, as lean rows.

    With how many actions are open, when the first of them is due, and whether the case was postponed and not tabled
    again; whether a review was missed, and whether it was left off that meeting with a reason. Without locked cases and
    those the actor is excluded from.
    """
    return lean_rows(
        session,
        _CANDIDATES,
        municipality=actor.municipality_id,
        cell=actor.cell_id,
        person=actor.person_id,
        states=sorted(OPEN_CASE),
        today=today,
        meeting=meeting_id,
    )


def left_off_silently(session: Session, actor: Actor, today: date, meeting_id: UUID) -> list[Any]:
    """Give the candidates whose review was missed and of which nobody said why they are not on this agenda (R76)."""
    return [
        row for row in candidates(session, actor, today, meeting_id) if row.closure_asked and not row.left_off
    ]


def asked_last(session: Session, case_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Give per case whom it was last discussed with, or was to be before it was postponed."""
    found: dict[UUID, list[UUID]] = {}
    for row in lean_rows(session, _ASKED_LAST, cases=list(case_ids)):
        found.setdefault(row.case_id, []).append(row.person_id)
    return found


def members(session: Session, cell_id: UUID | None, today: date) -> dict[UUID, Member]:
    """Give who sits in a cell today, by id, in the order of their names."""
    rows = session.execute(
        select(Person, Agency, Mandate.role)
        .join(Agency, Agency.id == Person.agency_id)
        .join(Mandate, Mandate.person_id == Person.id)
        .where(
            Mandate.cell_id == cell_id,
            Mandate.role.in_(TABLE),
            *in_office(today),
            Person.active,
        )
        .order_by(Person.name, Person.id)
    )
    found: dict[UUID, Member] = {}
    for person, agency, role in rows:
        before = found[person.id].roles if person.id in found else frozenset()
        found[person.id] = Member(person, agency, before | {role})
    return found


def excluded_pairs(session: Session, case_ids: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """Give (case, person) of the conflicts and kinships declared on these cases."""
    rows = session.execute(
        select(Exclusion.case_id, Exclusion.person_id).where(Exclusion.case_id.in_(list(case_ids)))
    )
    return {(row.case_id, row.person_id) for row in rows}


def drafts_and_asked(session: Session, meeting_id: UUID, municipality_id: UUID | None) -> list[Any]:
    """Give (invitation, person, agency) of one municipality's items on a meeting, but those taken back."""
    return list(
        session.execute(
            select(Invitation, Person, Agency)
            .join(Person, Person.id == Invitation.person_id)
            .join(Agency, Agency.id == Person.agency_id)
            .where(
                Invitation.meeting_id == meeting_id,
                Invitation.municipality_id == municipality_id,
                Invitation.state.not_in(("removed", "withdrawn")),
            )
            .order_by(Person.name, Person.id)
        )
    )


def busy(session: Session, people: Iterable[UUID], meeting: Any) -> set[UUID]:
    """Give who of these people has another appointment in this system during a meeting; of what kind is not told."""
    asked = list(people)
    if not asked:
        return set()
    said = "SELECT busy_people(%(people)s, %(meeting)s) AS found"
    rows = lean_rows(session, said, people=asked, meeting=meeting.id)
    return set(rows[0].found)


def is_left_off(session: Session, meeting_id: UUID, case_id: UUID) -> bool:
    """Tell whether somebody said why a case is not on the agenda of a meeting (R76)."""
    found = select(ReviewDeferral.id).filter_by(meeting_id=meeting_id, case_id=case_id)
    return session.scalar(found) is not None
