"""Every SELECT of the file. Row-level security stands behind each of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from app.cases.models import (
    ActionRow,
    Attachment,
    BreakGlass,
    Case,
    Discussion,
    Statement,
    SubjectMark,
    Trajectory,
)
from app.cases.necessity_queries import ASKED
from app.directory.models import Agency, Exclusion, Mandate, Person
from app.directory.office_queries import in_office
from app.kernel.database import lean_rows
from app.kernel.sealed import Sealed
from app.rules.facts import Actor
from app.rules.lifecycle import OPEN_CASE, READABLE_CASE
from app.rules.roles import DESK, GLASS_WATCHERS, POLICE, Role


def case(session: Session, case_id: UUID, *, lock: bool = False) -> Case | None:
    """Give a case if the database lets this actor see it; locked, if it lets them change it too.

    Who may see but not change it gets the row all the same, so that the rules can say which of both it is.
    """
    query = select(Case).filter_by(id=case_id)
    locked = session.scalars(query.with_for_update()).one_or_none() if lock else None
    return locked or session.scalars(query).one_or_none()


_CHECKLIST = """
    SELECT id, agreement_id, question, answer, note, answered_on FROM closure_answer
    WHERE case_id = %(case)s AND answered_on = %(closed)s ORDER BY id
"""
_RELISTINGS = """
    SELECT r.id, r.listed_on, r.indications, r.closed_on, r.closure_ground, p.name AS listed_by_name
    FROM relisting r LEFT JOIN person p ON p.id = r.listed_by WHERE r.case_id = %(case)s ORDER BY r.listed_on, r.id
"""


def closing_answers(session: Session, case_id: UUID, closed_on: date | None) -> list[Any]:
    """Give what was answered on the checklist when the case was closed that day, as lean rows."""
    return lean_rows(session, _CHECKLIST, case=case_id, closed=closed_on) if closed_on else []


def relistings(session: Session, case_id: UUID) -> list[Any]:
    """Give when and why the case was put back on the list, as lean rows, oldest first."""
    return lean_rows(session, _RELISTINGS, case=case_id)


_SHEET = (
    """
    SELECT c.id, c.municipality_id, c.cell_id, c.reference, c.state, c.phenomenon, c.subject_id, c.subject,
           c.registration_id, c.origin, c.listed_on, c.counted_from, c.last_discussed_on, c.review_on, c.due_on,
           c.locks_on, c.closure_ground, c.closure_meeting_id, c.closed_on, c.agreement_id, c.version,
           p.name AS listed_by_name,
           (SELECT b.name FROM person b WHERE b.id = c.closed_by) AS closed_by_name,{listing}
           m.recording_basis IS NOT NULL AS recording_basis,
           EXISTS (SELECT FROM exclusion x WHERE x.case_id = c.id AND x.person_id = %(person)s) AS excluded,
           EXISTS (SELECT FROM trajectory t WHERE t.case_id = c.id) AS has_trajectory,
           """
    + ASKED
    + """ AS closure_asked,
           (SELECT json_agg(json_build_array(d.meeting_id, d.discussed_on) ORDER BY d.discussed_on DESC)
              FROM discussion d WHERE d.case_id = c.id) AS discussions
    FROM case_file c
    JOIN municipality m ON m.id = c.municipality_id
    LEFT JOIN person p ON p.id = c.listed_by{join}
    WHERE c.id = %(case)s
"""
)
_OUTER = _SHEET.format(listing="", join="")
_WHOLE = _SHEET.format(
    listing=" l.indications, l.signal, l.screening_note, l.screening_answers,",
    join=" LEFT JOIN listing l ON l.case_id = c.id",
)


def case_sheet(session: Session, actor: Actor, case_id: UUID, *, whole: bool = False) -> Any:
    """Give a case as a lean row with what standing on it follows from, if the database lets this actor see it.

    *whole*: with what was listed about the person, None where the database keeps that from this actor.
    `discussions` are the (meeting id, day) of the days on which the person was discussed, latest first, or None (R96).
    """
    rows = lean_rows(session, _WHOLE if whole else _OUTER, case=case_id, person=actor.person_id)
    return rows[0] if rows else None


_VISIBLE = (
    """
    SELECT c.id, c.municipality_id, c.subject_id, c.reference, c.state, c.phenomenon, c.listed_on,
           c.last_discussed_on, c.review_on, c.due_on, c.locks_on,
           """
    + ASKED
    + """ AS closure_asked, (SELECT min(a.due_on) FROM action_item a WHERE a.case_id = c.id AND a.state = 'open'
              AND a.due_on < present_day() AND c.locks_on > present_day()) AS late_since
    FROM case_file c
    WHERE c.municipality_id = %(municipality)s AND c.state = ANY (%(states)s) AND c.shred_ordered_at IS NULL
      AND c.id NOT IN (SELECT case_id FROM exclusion WHERE person_id = %(person)s)
      {further}
    ORDER BY c.listed_on DESC, c.id DESC LIMIT %(limit)s
"""
)
_FIRST = _VISIBLE.format(further="")
_FURTHER = _VISIBLE.format(further="AND (c.listed_on, c.id) < (%(day)s::date, %(case)s::uuid)")
_STATES = {"open": sorted(OPEN_CASE), "closed": ["closed"], "all": sorted(READABLE_CASE)}


def visible_cases(
    session: Session, actor: Actor, *, state: str, after: tuple[Any, ...] | None, limit: int
) -> list[Any]:
    """Give the cases of the actor's own municipality as lean rows, most recently listed first.

    Only the desk has a caseload (R14, R18); an exclusion beats the desk, also here. A case whose destruction was
    ordered is gone (R92).
    """
    place = {} if after is None else {"day": after[0], "case": after[1]}
    return lean_rows(
        session,
        _FURTHER if after else _FIRST,
        municipality=actor.municipality_id,
        person=actor.person_id,
        states=_STATES[state],
        limit=limit,
        **place,
    )


def was_discussed(session: Session, case_id: UUID, meeting_id: UUID | None) -> bool:
    """Tell whether the meeting record says that the person was discussed there."""
    return (
        session.get(Discussion, {"case_id": case_id, "meeting_id": meeting_id}) is not None
        if meeting_id
        else False
    )


_STATEMENTS = """
    SELECT s.id, s.case_id, s.agenda_item_id, s.category, s.origin, s.kind, s.reliability, s.audience,
           s.contributor_id, s.contributor_role, s.stated_on, s.created_at, s.text, s.category_reason, s.changed_at, s.changed_by,
           s.withdrawal_ground, s.version, p.name AS contributor_name, a.name AS agency_name
    FROM statement s
    LEFT JOIN person p ON p.id = s.contributor_id
    LEFT JOIN agency a ON a.id = s.agency_id
    WHERE s.case_id = %(case)s
    ORDER BY s.stated_on, s.created_at, s.id
"""


def statements(session: Session, case_id: UUID) -> list[Any]:
    """Give (statement, contributor name, agency name) as lean rows, oldest first."""
    rows = lean_rows(session, _STATEMENTS, case=case_id)
    return [(row, row.contributor_name, row.agency_name) for row in rows]


def statement(session: Session, statement_id: UUID) -> Any:
    """Give (statement, contributor name, agency name) if the database lets this actor see it."""
    return session.execute(
        select(Statement, Person.name, Agency.name)
        .outerjoin(Person, Person.id == Statement.contributor_id)
        .outerjoin(Agency, Agency.id == Statement.agency_id)
        .where(Statement.id == statement_id)
    ).one_or_none()


_TARGET = "SELECT * FROM glass_target(%(reference)s)"
_BREAK = "SELECT break_the_glass(%(id)s, %(reference)s, %(reason)s, %(explanation)s) AS ends_at"


def glass_target(session: Session, reference: str) -> Any:
    """Give what the rules have to know of the case with this reference, to somebody whom break-glass can lead there."""
    rows = lean_rows(session, _TARGET, reference=reference)
    return rows[0] if rows else None


def break_the_glass(
    session: Session, row_id: UUID, reference: str, reason: str, explanation: Sealed
) -> datetime | None:
    """Open an emergency reading and tell who watches; None, and nothing done, where the database sees a reason not to."""
    rows = lean_rows(
        session, _BREAK, id=row_id, reference=reference, reason=reason, explanation=bytes(explanation)
    )
    ends: datetime | None = rows[0].ends_at
    return ends


def _glass_in_sight(actor: Actor) -> ColumnElement[bool]:
    """Tell which emergency readings are there for an actor: their own in the cell acted in, and those watched over.

    What somebody opened in another cell belongs to their mandate there, and so do its case and its keys (R5).
    """
    here = select(Mandate.id).filter_by(person_id=actor.person_id, cell_id=actor.cell_id)
    mine = and_(BreakGlass.person_id == actor.person_id, BreakGlass.mandate_id.in_(here))
    if actor.role in GLASS_WATCHERS | {Role.MAYOR}:
        return or_(mine, BreakGlass.municipality_id == actor.municipality_id)
    return mine


def break_glass(session: Session, actor: Actor, row_id: UUID, *, lock: bool = False) -> BreakGlass | None:
    """Give an emergency reading if the database shows it; locked only while it can still change for this actor."""
    query = select(BreakGlass).where(BreakGlass.id == row_id, _glass_in_sight(actor))
    query = query.execution_options(populate_existing=True)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def open_glass(session: Session, actor: Actor, case_id: UUID, now: datetime) -> BreakGlass | None:
    """Give the emergency reading of a case that this actor has open now, under this very mandate."""
    query = select(BreakGlass).where(
        BreakGlass.case_id == case_id,
        BreakGlass.person_id == actor.person_id,
        BreakGlass.mandate_id == actor.mandate_id,
        BreakGlass.opened_at <= now,
        BreakGlass.ends_at > now,
        BreakGlass.closed_at.is_(None),
    )
    return session.scalars(query).first()


def break_glasses(session: Session, actor: Actor, *, unreviewed: bool, limit: int) -> list[BreakGlass]:
    """Give one's own emergency readings in this cell and those of the municipality watched over, latest first."""
    excluded = select(Exclusion.case_id).filter_by(person_id=actor.person_id)
    query = select(BreakGlass).where(_glass_in_sight(actor), BreakGlass.case_id.not_in(excluded))
    if unreviewed:
        query = query.where(BreakGlass.reviewed_at.is_(None))
    return list(session.scalars(query.order_by(BreakGlass.opened_at.desc(), BreakGlass.id).limit(limit)))


_ATTACHMENTS = """
    SELECT a.*, p.name AS contributor_name, g.name AS agency_name, b.name AS added_by_name, r.name AS removed_by_name,
           v.name AS validated_by_name
    FROM attachment a
    LEFT JOIN person p ON p.id = a.contributor_id
    LEFT JOIN agency g ON g.id = a.agency_id
    LEFT JOIN person b ON b.id = a.added_by
    LEFT JOIN person r ON r.id = a.removed_by
    LEFT JOIN person v ON v.id = a.validated_by
    WHERE {which}
    ORDER BY a.added_at, a.id
"""
_OF_CASE = _ATTACHMENTS.format(which="a.case_id = %(case)s")
_ONE = _ATTACHMENTS.format(which="a.id = %(id)s")


def attachments(session: Session, case_id: UUID) -> list[Any]:
    """Give the attachments of a case as lean rows with the names of people, oldest first."""
    return lean_rows(session, _OF_CASE, case=case_id)


def attachment(session: Session, attachment_id: UUID) -> Any:
    """Give one attachment as such a row, if the database lets this actor see it."""
    rows = lean_rows(session, _ONE, id=attachment_id)
    return rows[0] if rows else None


def attachment_row(session: Session, attachment_id: UUID) -> Attachment | None:
    """Give an attachment to change, locked, if the database lets this actor see it."""
    return session.scalars(select(Attachment).filter_by(id=attachment_id).with_for_update()).one_or_none()


def attachment_parts(session: Session, attachment_id: UUID) -> list[Any]:
    """Give (number, sealed bytes) of an attachment's parts, in their order."""
    query = "SELECT number, content FROM attachment_part WHERE attachment_id = %(id)s ORDER BY number"
    return lean_rows(session, query, id=attachment_id)


def trajectory(session: Session, case_id: UUID) -> Any:
    """Give (trajectory, case manager's name) of a case, or None."""
    return session.execute(
        select(Trajectory, Person.name)
        .join(Person, Person.id == Trajectory.case_manager_id)
        .where(Trajectory.case_id == case_id)
    ).one_or_none()


def actions_of(session: Session, case_id: UUID) -> list[Any]:
    """Give (action, owner's name) of a case, by due date."""
    return list(
        session.execute(
            select(ActionRow, Person.name)
            .join(Person, Person.id == ActionRow.owner_id)
            .where(ActionRow.case_id == case_id)
            .order_by(ActionRow.due_on, ActionRow.id)
        )
    )


def own_actions(session: Session, actor: Actor, today: date) -> list[Any]:
    """Give one's own open actions in the cell acted in, by due date, but those of a locked case (R73, R90).

    Out: rows (ActionRow, name, reference, subject_id, locks_on), the last three of its case.
    """
    return list(
        session.execute(
            select(ActionRow, Person.name, Case.reference, Case.subject_id, Case.locks_on)
            .join(Person, Person.id == ActionRow.owner_id)
            .join(Case, Case.id == ActionRow.case_id)
            .where(
                ActionRow.owner_id == actor.person_id,
                ActionRow.state == "open",
                Case.cell_id == actor.cell_id,
                Case.state.in_(READABLE_CASE),
                Case.shred_ordered_at.is_(None),
                Case.locks_on > today,
                ActionRow.case_id.not_in(select(Exclusion.case_id).filter_by(person_id=actor.person_id)),
            )
            .order_by(ActionRow.due_on, ActionRow.id)
        )
    )


def action(session: Session, action_id: UUID) -> ActionRow | None:
    """Give an action, locked, if the database lets this actor see it."""
    return session.scalars(select(ActionRow).filter_by(id=action_id).with_for_update()).one_or_none()


def desk_of(session: Session, case: Case, today: date, roles: Collection[Role] = DESK) -> list[UUID]:
    """Give the persons of the desk of a case's municipality, in one of *roles*, who may know of it: who gets a notice."""
    query = (
        select(Mandate.person_id)
        .join(Person, Person.id == Mandate.person_id)
        .where(
            Mandate.municipality_id == case.municipality_id,
            Mandate.role.in_(roles),
            *in_office(today),
            Person.active,
            ~exists().where(Exclusion.case_id == case.id, Exclusion.person_id == Mandate.person_id),
        )
        .distinct()
    )
    return list(session.scalars(query))


def works_for(session: Session, person_id: UUID, cell_id: UUID, municipality_id: UUID, today: date) -> bool:
    """Tell whether an active person sits in the cell for this municipality, or as its secretary or case manager."""
    query = (
        select(Mandate.id)
        .join(Person, Person.id == Mandate.person_id)
        .where(
            Mandate.person_id == person_id,
            Mandate.cell_id == cell_id,
            *in_office(today),
            or_(
                and_(Mandate.role.in_(DESK), Mandate.municipality_id == municipality_id),
                Mandate.role.in_((Role.SECRETARY, Role.CASE_MANAGER)),
            ),
            Person.active,
        )
    )
    return session.scalar(query.limit(1)) is not None


def sat_at_case(session: Session, person_id: UUID, case_id: UUID) -> bool:
    """Tell whether somebody was recorded present when this case was on the table, as far as this actor may know."""
    said = "SELECT 1 FROM attendance WHERE case_id = %(case)s AND person_id = %(person)s AND present LIMIT 1"
    return bool(lean_rows(session, said, case=case_id, person=person_id))


def holds_clearance(session: Session, person_id: UUID | None, cell_id: UUID, today: date) -> bool:
    """Tell whether somebody sits in the cell for the police with a clearance that holds today (R10)."""
    query = select(Mandate.id).where(
        Mandate.person_id == person_id,
        Mandate.cell_id == cell_id,
        Mandate.role.in_(POLICE),
        *in_office(today),
        Mandate.clearance_until >= today,
    )
    return session.scalar(query.limit(1)) is not None


def person(session: Session, person_id: UUID | None) -> Any:
    """Give (id, name, agency id) of an account, or None."""
    rows = lean_rows(session, "SELECT id, name, agency_id FROM person WHERE id = %(id)s", id=person_id)
    return rows[0] if rows else None


def marks_of_file(
    session: Session, *, case_id: UUID | None, registration_id: UUID | None
) -> SubjectMark | None:
    """Give the marks of a case or of the registration it was made from, locked, as far as this actor may see them."""
    of_file = [
        column == each
        for column, each in (
            (SubjectMark.case_id, case_id),
            (SubjectMark.registration_id, registration_id),
        )
        if each is not None
    ]
    return session.scalars(select(SubjectMark).where(or_(*of_file)).with_for_update()).one_or_none()
