"""The caseload of the desk, and opening a file for a reason (R14, R90, R107)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from app.cases import queries
from app.cases.breaking_glass import glass_view, open_glass
from app.cases.closing import may_move
from app.cases.commands import ListCase, OpenCase
from app.cases.sealing import LISTED_UNDER, open_in, subject_of
from app.cases.standing import about_case, case_facts, within_year
from app.cases.statements import statement_views
from app.cases.trajectories import trajectory_view
from app.cases.views import CaseItem, CasePage, CaseView, ChecklistAnswerView, DiscussionView, RelistingView
from app.cases.waiting import waiting
from app.constitution.cells import PURPOSE
from app.constitution.checklists import CLOSING, questions, wording
from app.constitution.codes import codes
from app.constitution.standing import municipality_facts
from app.kernel.i18n import translate
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.paging import cursor, position
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.conditions import ADULT
from app.rules.facts import Standing
from app.rules.lifecycle import STRIKE_OFF
from app.rules.policy import abilities

FILE_ACTIONS = (
    Action.CASE_MONITOR,
    Action.CASE_PROPOSE_CLOSURE,
    Action.CASE_CLOSE,
    Action.CASE_KEEP_OPEN,
    Action.CASE_RELIST,
    Action.HAND_OVER_PROPOSE,
    Action.STATEMENT_CREATE,
    Action.ATTACHMENT_ADD,
    Action.ATTACHMENT_LIST,
    Action.CONTACT_LIST,
    Action.CHRONOLOGY_READ,
    Action.ASSESSMENT_READ,
    Action.TRAJECTORY_START,
    Action.ACTION_ASSIGN,
    Action.AGENDA_ITEM_ADD,
    Action.SUBJECT_CORRECT,
    Action.SUBJECT_VERSION_LIST,
)


@operation(Action.CASE_LIST)
def list_case(work: Work, command: ListCase) -> CasePage:
    """Give the cases of one's municipality without names: one journal line per person concerned."""
    actor = work.actor
    rows = queries.visible_cases(
        work.session,
        actor,
        state=command.state,
        after=position(command.cursor, date.fromisoformat, UUID),
        limit=command.page_size + 1,
    )
    shown = rows[: command.page_size]
    work.allow(
        Action.CASE_LIST,
        municipality_facts(work, actor.municipality_id, actor.cell_id),
        [About(row.municipality_id, row.id, row.subject_id, "case", row.id) for row in shown],
    )
    items = [
        CaseItem(
            case_id=row.id,
            href=href("cases", row.id),
            reference=row.reference,
            state=row.state,
            phenomenon=row.phenomenon,
            listed_on=row.listed_on,
            last_discussed_on=row.last_discussed_on,
            review_on=row.review_on,
            due_on=row.due_on,
            locked=True if work.today >= row.locks_on else None,
            closure_asked=row.closure_asked or None,
            late_since=row.late_since,
        )
        for row in shown
    ]
    more = cursor(shown[-1].listed_on, shown[-1].id) if len(rows) > command.page_size else None
    return CasePage(href=href("cases"), items=items, next=more, page_size=command.page_size)


@operation(Action.CASE_OPEN)
def open_case(work: Work, command: OpenCase) -> CaseView:
    """Open a file. The reason comes from the pick-list and goes to the journal (R107)."""
    case = queries.case_sheet(work.session, work.actor, command.case_id, whole=True)
    known = command.reason in codes("accessReasons", work.today)
    glass = open_glass(work, case)
    facts = case_facts(
        work, case, excluded=case and case.excluded, access_reason=known, broken_glass=glass is not None
    )
    decision = work.allow(Action.CASE_OPEN, facts, about_case(case), reason=command.reason if known else "")
    view = case_view(work, there(case), facts.standing, by_glass=decision.by_glass)
    if decision.by_glass:
        view.break_glass = glass_view(work, there(glass))
    return view


def case_view(work: Work, case: Any, standing: Standing, *, by_glass: bool = False) -> CaseView:
    """Give the whole file for its desk, or what an emergency leads to. *case* is what `queries.case_sheet` gives, whole."""
    name, born = subject_of(work, case)
    found = queries.trajectory(work.session, case.id) if case.has_trajectory else None
    facts = case_facts(
        work,
        case,
        standing=standing,
        discussed=bool(case.last_discussed_on)
        or queries.was_discussed(work.session, case.id, case.closure_meeting_id),
        struck_off=case.closure_ground is None or case.closure_ground in STRIKE_OFF,
        constitution_complete=True,
        recording_basis=True,
        proportionate=True,
        no_classified=True,
        category_reason=True,
        origin_admitted=True,
        attachable_origin=True,
        access_reason=True,
        age=ADULT,
        listing_by_delegate=True,
        moved=may_move(work, case),
        within_year=within_year(work, case),
    )
    view = CaseView(
        version=case.version,
        href=href("cases", case.id),
        abilities=abilities(work.actor, facts, *FILE_ACTIONS),
        case_id=case.id,
        municipality_id=case.municipality_id,
        reference=case.reference,
        state=case.state,
        phenomenon=case.phenomenon,
        purpose=translate(work.actor.language, PURPOSE),
        subject_name=name,
        birth_date=date.fromisoformat(born) if born else None,
        indications=_listed(work, case, "indications"),
        signal=_listed(work, case, "signal"),
        # The desk's own words, without a category: in an emergency they stay shut (R52; docs/decisions/0020).
        screening_note=None if by_glass else _listed(work, case, "screening_note"),
        screening_answers=None if by_glass else _listed(work, case, "screening_answers"),
        origin=case.origin,
        listed_on=case.listed_on,
        listed_by_name=case.listed_by_name,
        last_discussed_on=case.last_discussed_on,
        review_on=case.review_on,
        due_on=case.due_on,
        locks_on=case.locks_on,
        agreement_id=case.agreement_id,
        closure_ground=case.closure_ground,
        closure_meeting_id=case.closure_meeting_id,
        closed_on=case.closed_on,
        closed_by_name=case.closed_by_name,
        closure_asked=case.closure_asked or None,
        checklist=[] if by_glass else _checklist(work, case),
        relistings=[] if by_glass else _relistings(work, case),
        discussions=[
            DiscussionView(meeting_id=UUID(meeting_id), discussed_on=date.fromisoformat(day))
            for meeting_id, day in case.discussions or ()
        ],
        statements=statement_views(work, queries.statements(work.session, case.id), facts, by_glass=by_glass),
        trajectory=trajectory_view(work, case, found) if found else None,
    )
    view.waits = [] if by_glass else waiting(work, view, facts)
    return view


def _listed(work: Work, case: Any, column: str) -> str | None:
    return open_in(work, case.id, LISTED_UNDER, column, case.id, getattr(case, column))


def _checklist(work: Work, case: Any) -> list[ChecklistAnswerView]:
    rows = queries.closing_answers(work.session, case.id, case.closed_on)
    if not rows:
        return []
    asked = questions(
        work.session, rows[0].agreement_id, CLOSING, case.closed_on
    )  # all of one closing, so of one list
    words = {each["code"]: wording(each, work.actor.language) for each in asked}
    return [
        ChecklistAnswerView(
            question=row.question,
            text=words.get(row.question, row.question),
            answer=row.answer,
            note=open_in(work, case.id, "closure_answer", "note", row.id, row.note),
            answered_on=row.answered_on,
        )
        for row in rows
    ]


def _relistings(work: Work, case: Any) -> list[RelistingView]:
    return [
        RelistingView(
            listed_on=row.listed_on,
            listed_by_name=row.listed_by_name,
            indications=open_in(work, case.id, "relisting", "indications", row.id, row.indications) or "",
            closed_on=row.closed_on,
            closure_ground=row.closure_ground,
        )
        for row in queries.relistings(work.session, case.id)
    ]
