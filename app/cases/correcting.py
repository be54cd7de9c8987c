"""Correcting and withdrawing what was said; what stood there before is kept until the case is destroyed (R55, R65).

Readers see the present text, and that it was changed, when and by whom; the desk reads what stood there before. A
withdrawn statement has no text any more but there (ADR 0044).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from app.cases import queries, version_queries
from app.cases.commands import (
    CorrectStatement,
    ListStatementVersion,
    OpenStatementVersion,
    WithdrawStatement,
)
from app.cases.models import Statement
from app.cases.sealing import open_in, seal_in
from app.cases.standing import about_case, case_facts
from app.cases.statements import MENDED, admitted, day_of, found_statement, statement_view
from app.cases.version_models import StatementVersion
from app.cases.views import StatementVersionList, StatementVersionView, StatementView
from app.constitution.codes import checked, codes
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.audience import CATEGORY_WITH_REASON, SENSITIVE_CATEGORIES
from app.rules.problems import Kind, Problem

_TABLE = "statement_version"


@operation(Action.STATEMENT_CORRECT)
def correct_statement(work: Work, command: CorrectStatement) -> StatementView:
    """Give a statement another text and other marks (If-Match); what it said is kept, with who, when and why (R55).

    By who contributed it, as long as they read it, or by the desk. Contributor and use conditions stay as they are.
    Raises Problem: 404 to who may not read it, 409 to who may not correct it, for a mark that the law asks for and of a
    withdrawn one, 400 for faulty codes and days, 412 when somebody changed it in the meantime.
    """
    found, case, facts = found_statement(
        work,
        command.statement_id,
        proportionate=command.relevant_and_proportionate,
        no_classified=command.nothing_classified,
        category_reason=command.category != CATEGORY_WITH_REASON or bool(command.category_reason),
        origin_admitted=True,
    )
    row: Statement | None = found[0] if found is not None else None
    if row is not None and command.origin != row.origin:
        fits = admitted(work, command.origin, row.contributor_id, row.agenda_item_id, case.cell_id)
        facts = replace(facts, origin_admitted=fits)
    about = about_case(case, "statement", row.id if row else None)
    work.allow(Action.STATEMENT_CORRECT, facts, about, at=MENDED)
    row = _changeable(work, there(row), case, Action.STATEMENT_CORRECT)
    checked("originTags", command.origin, work.today, "origin")
    if command.reliability is not None:
        checked("reliabilityGrades", command.reliability, work.today, "reliability")
    stated_on = day_of(work, case, facts, command.stated_on)
    _keep(work, row, command.reason_text)
    row.text = seal_in(work, case.id, "statement", "text", row.id, command.text)
    row.category_reason = (
        seal_in(work, case.id, "statement", "category_reason", row.id, command.category_reason)
        if command.category_reason
        else None
    )
    row.category, row.origin, row.kind = command.category, command.origin, command.kind
    row.reliability, row.stated_on = command.reliability, stated_on
    _changed(work, row)
    return statement_view(work, row, found[1], found[2], opened=True, facts=facts)


@operation(Action.STATEMENT_WITHDRAW)
def withdraw_statement(work: Work, command: WithdrawStatement) -> StatementView:
    """Take a statement back (If-Match): nobody at the table reads its words any more, and no minutes may repeat them.

    That there was one, who took it back and on which ground stays for everybody who could read it; its words stay for the
    desk, until the case is destroyed. Raises Problem as `correct_statement`.
    """
    found, case, facts = found_statement(work, command.statement_id)
    row: Statement | None = found[0] if found is not None else None
    about = about_case(case, "statement", row.id if row else None)
    work.allow(Action.STATEMENT_WITHDRAW, facts, about, reason=command.ground)
    row = _changeable(work, there(row), case, Action.STATEMENT_WITHDRAW)
    _keep(work, row, None)
    row.text = row.category_reason = None
    row.withdrawal_ground = command.ground
    _changed(work, row)
    return statement_view(work, row, found[1], found[2], facts=facts)


def _changeable(work: Work, row: Statement, case: Any, action: Action) -> Statement:
    """Give the statement locked, in the version that the caller saw and not withdrawn."""
    row = version_queries.lock_statement(work.session, row.id)
    work.expect(row.version)
    if row.withdrawal_ground is not None:
        raise work.refuse(
            action, Problem(Kind.ILLEGAL_TRANSITION, rule="R65"), about_case(case, "statement", row.id)
        )
    return row


def _keep(work: Work, row: Statement, why: str | None) -> None:
    """Keep what a statement says now, before it is changed; the database changes nothing that was not kept."""
    version_id = new_id()
    work.session.add(
        StatementVersion(
            id=version_id,
            statement_id=row.id,
            case_id=row.case_id,
            municipality_id=row.municipality_id,
            version=row.version,
            category=row.category,
            origin=row.origin,
            kind=row.kind,
            reliability=row.reliability,
            stated_on=row.stated_on,
            text=there(row.text),
            category_reason=row.category_reason,
            replaced_by=there(work.actor.person_id),
            replaced_at=work.now,
            reason=seal_in(work, row.case_id, _TABLE, "reason", version_id, why) if why else None,
        )
    )
    work.session.flush()


def _changed(work: Work, row: Statement) -> None:
    row.changed_at, row.changed_by = work.now, work.actor.person_id
    row.version += 1
    work.session.flush()


# -- what stood there before -------------------------------------------------------------------------------------


@operation(Action.STATEMENT_VERSION_LIST)
def list_statement_version(work: Work, command: ListStatementVersion) -> StatementVersionList:
    """Give a statement and what it said before, to the desk (R55); of sensitive ones nothing but that they were there."""
    known = command.reason in codes("accessReasons", work.today)
    found, case, facts = found_statement(work, command.statement_id, access_reason=known)
    row: Statement | None = found[0] if found is not None else None
    work.allow(
        Action.STATEMENT_VERSION_LIST,
        facts,
        about_case(case, "statement", row.id if row else None),
        reason=(command.reason or "") if known else "",
    )
    row, contributor, agency = there(found)
    return StatementVersionList(
        href=href(f"statements/{row.id}/versions"),
        case_id=case.id,
        reference=case.reference,
        statement=statement_view(work, row, contributor, agency, facts=facts),
        items=[
            _version(work, version, row, name)
            for version, name in version_queries.of_statement(work.session, row.id)
        ],
    )


@operation(Action.STATEMENT_VERSION_OPEN)
def open_statement_version(work: Work, command: OpenStatementVersion) -> StatementVersionView:
    """Open one earlier version with its text; reason and opening go to the journal (R52, R107)."""
    known = command.reason in codes("accessReasons", work.today)
    found = version_queries.one(work.session, command.statement_version_id)
    version: StatementVersion | None = found[0] if found is not None else None
    case = queries.case(work.session, version.case_id) if version else None
    work.allow(
        Action.STATEMENT_VERSION_OPEN,
        case_facts(work, case, access_reason=known),
        about_case(case, _TABLE, version.id if version else None),
        reason=command.reason if known else "",
    )
    _, name, row = there(found)
    return _version(work, there(version), row, name, opened=True)


def _version(
    work: Work, version: StatementVersion, row: Statement, name: str, *, opened: bool = False
) -> StatementVersionView:
    """Give one earlier version; what is sensitive now was so before, whatever category it stood under."""
    sensitive = bool({version.category, row.category} & SENSITIVE_CATEGORIES)

    def text_of(column: str, place: UUID, table: str) -> str | None:
        if sensitive and not opened:
            return None
        return open_in(work, version.case_id, table, column, place, getattr(version, column))

    return StatementVersionView(
        statement_version_id=version.id,
        statement_id=row.id,
        case_id=version.case_id,
        number=version.version,
        category=version.category,
        sensitive=sensitive,
        origin=version.origin,
        kind=version.kind,
        reliability=version.reliability,
        stated_on=version.stated_on,
        text=text_of("text", row.id, "statement"),
        category_reason=text_of("category_reason", row.id, "statement"),
        replaced_at=version.replaced_at,
        replaced_by_name=name,
        reason_text=text_of("reason", version.id, _TABLE),
    )
