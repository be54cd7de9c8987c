"""Statements: what was said, by whom, on what ground it may be used (R51 to R56, R64, R65)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from app.cases import queries, version_queries
from app.cases.commands import CreateStatement, OpenStatement
from app.cases.models import Statement
from app.cases.sealing import open_in, seal_in, subject_of
from app.cases.standing import File, about_case, case_facts
from app.cases.views import StatementView
from app.constitution.codes import checked, codes
from app.directory.office_queries import person_name
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.audience import (
    CATEGORY_WITH_REASON,
    ORIGINS_KEPT_OUT,
    SENSITIVE_CATEGORIES,
    Audience,
    keeps_out_of_minutes,
    may_read,
    may_read_by_glass,
    repeats,
)
from app.rules.conditions import Condition
from app.rules.facts import Facts, Standing
from app.rules.policy import abilities
from app.rules.problems import asked_for, invalid
from app.rules.roles import Role

ItemStanding = Callable[[Work, UUID, UUID], Standing]
"""(work, agenda item id, case id) -> standing at that item, NONE where the item is not of that case.

The consultation hands it in, for it knows the agenda.
"""

AT_THE_TABLE: list[ItemStanding] = []
"""Filled by the consultation: how to tell who sits at an item. Empty: nobody does."""


PRESENT_AT: list[Callable[[Work, UUID, UUID], bool]] = []
"""(work, agenda item id, person id) -> whether that person is recorded present there; filled as `AT_THE_TABLE`."""


KEPT_FROM_MINUTES: list[Callable[[Work, UUID], Iterable[str]]] = []
"""(work, case id) -> texts of the case, besides its statements, that no minutes may repeat; filled as `AT_THE_TABLE`."""


MENDED = {Condition.CATEGORY_REASON: [asked_for("categoryReason", "error.whyCategory")]}
"""Where in a form of statements a refusal is mended (R51)."""


def _standing(work: Work, case: File | None, agenda_item_id: UUID | None) -> Standing | None:
    """Give the better of standing on the file and standing at the item; None leaves it to the file."""
    if case is None or agenda_item_id is None or not AT_THE_TABLE:
        return None
    at_item = AT_THE_TABLE[0](work, agenda_item_id, case.id)
    on_file = case_facts(work, case).standing
    return on_file if Standing.EXCLUDED in {at_item, on_file} else max(at_item, on_file)


@operation(Action.STATEMENT_CREATE)
def create_statement(work: Work, command: CreateStatement) -> StatementView:
    """Put one item into the file: by the desk, or by or for somebody at the table while the item is discussed.

    Raises Problem: 404 without standing, 409 when a mark is missing that the law asks for, 400 for faulty codes and
    for a contributor who cannot have said it.
    """
    case = queries.case_sheet(work.session, work.actor, command.case_id)
    row_id = new_id()
    facts = case_facts(
        work,
        case,
        excluded=case and case.excluded,
        standing=_standing(work, case, command.agenda_item_id),
        recording_basis=bool(case and case.recording_basis),
        proportionate=command.relevant_and_proportionate,
        no_classified=command.nothing_classified,
        origin_admitted=case is not None
        and admitted(work, command.origin, command.contributor_id, command.agenda_item_id, case.cell_id),
        category_reason=command.category != CATEGORY_WITH_REASON or bool(command.category_reason),
    )
    work.allow(Action.STATEMENT_CREATE, facts, about_case(case, "statement", row_id), at=MENDED)
    case = there(case)
    if (
        command.agenda_item_id is not None
        and AT_THE_TABLE[0](work, command.agenda_item_id, case.id) is Standing.NONE
    ):
        raise invalid("agendaItemId", "no item of this case", kind="referencedResourceNotFound")
    checked("originTags", command.origin, work.today, "origin")
    if command.reliability is not None:
        checked("reliabilityGrades", command.reliability, work.today, "reliability")
    stated_on = day_of(work, case, facts, command.stated_on)
    contributor = contributor_of(work, command.contributor_id, command.agenda_item_id, case, facts.standing)
    row = Statement(
        id=row_id,
        case_id=case.id,
        municipality_id=case.municipality_id,
        agenda_item_id=command.agenda_item_id,
        category=command.category,
        origin=command.origin,
        kind=command.kind,
        reliability=command.reliability,
        audience=command.audience.value,
        contributor_id=contributor.id,
        agency_id=contributor.agency_id,
        entered_by=there(work.actor.person_id),
        stated_on=stated_on,
        text=seal_in(work, case.id, "statement", "text", row_id, command.text),
        category_reason=seal_in(
            work, case.id, "statement", "category_reason", row_id, command.category_reason
        )
        if command.category_reason
        else None,
        created_at=work.now,
        version=1,
    )
    work.session.add(row)
    return statement_view(work, row, contributor.name, None, facts=facts)


def admitted(
    work: Work, origin: str, contributor_id: UUID | None, agenda_item_id: UUID | None, cell_id: UUID
) -> bool:
    """Tell whether a statement may say that it comes from where it does.

    What the security services know, a cleared police member says at the table, and nobody else anywhere (R57).
    """
    if origin not in ORIGINS_KEPT_OUT:
        return True
    said_by = contributor_id or work.actor.person_id
    return agenda_item_id is not None and queries.holds_clearance(work.session, said_by, cell_id, work.today)


FIRST_DAY: Final = date(1900, 1, 1)
"""Nothing that is said of somebody who lives happened before."""


def day_of(work: Work, case: Any, facts: Facts, stated_on: date | None) -> date:
    """Give the day that a statement is about: today where none was given (R53).

    Raises Problem 400 for a day to come, for one before 1900 and, to who reads the date of birth, for one before that;
    nobody else learns the date of birth by trying days.
    """
    day = stated_on or work.today
    if day > work.today:
        raise invalid("statedOn", "error.dayToCome", kind="invalidPeriod")
    if day < FIRST_DAY:
        raise invalid("statedOn", "error.longAgo", kind="invalidPeriod")
    born = subject_of(work, case)[1] if facts.standing is Standing.FILE else None
    if born is not None and day < date.fromisoformat(born):
        raise invalid("statedOn", "error.beforeBirth", kind="invalidPeriod")
    return day


def contributor_of(
    work: Work, contributor_id: UUID | None, agenda_item_id: UUID | None, case: File, standing: Standing, *,
    brought: bool = False,
) -> Any:  # fmt: skip
    """Give who contributed: oneself, or somebody else where the desk or the secretary writes for them (R65).

    Words are put into nobody's mouth: at an item the other was recorded present there. Elsewhere they work for the
    municipality: what other services know they say at the table, and the file takes it from there (R18, R65).
    A document may also be *brought* by who sat at the table on this case. Everybody else is answered like somebody who
    does not exist.
    """
    wanted = contributor_id or there(work.actor.person_id)
    if wanted != work.actor.person_id:
        writes_for_others = standing is Standing.FILE or work.actor.role is Role.SECRETARY
        if not writes_for_others:
            raise invalid("contributorId", "only for oneself", kind="referencedResourceNotFound")
        if agenda_item_id is not None:
            could = PRESENT_AT[0](work, agenda_item_id, wanted)
        else:
            could = queries.works_for(
                work.session, wanted, case.cell_id, case.municipality_id, work.today
            ) or (brought and queries.sat_at_case(work.session, wanted, case.id))
        if not could:
            raise invalid("contributorId", "nobody who was there", kind="referencedResourceNotFound")
    return there(queries.person(work.session, wanted))


def statement_views(
    work: Work, rows: Iterable[Any], facts: Facts, *, by_glass: bool = False
) -> list[StatementView]:
    """Give those of (statement, contributor, agency) rows that a reader with these Facts, or by break-glass, may know."""
    if by_glass:
        return [
            statement_view(work, row, contributor, agency)
            for row, contributor, agency in rows
            if may_read_by_glass(Audience(row.audience), row.category)
        ]
    return [
        statement_view(work, row, contributor, agency, facts=facts)
        for row, contributor, agency in rows
        if may_read(facts.standing, Audience(row.audience), own=row.contributor_id == work.actor.person_id)
    ]


def statement_view(
    work: Work,
    row: Any,
    contributor: str | None,
    agency: str | None,
    *,
    opened: bool = False,
    facts: Facts | None = None,
) -> StatementView:
    """Give one statement; a sensitive one without its text unless it was opened on purpose (R52).

    *facts* are those on its case, for what this reader may do with it; None: nothing.
    """
    sensitive = row.category in SENSITIVE_CATEGORIES
    shown = opened or not sensitive
    return StatementView(
        version=row.version,
        statement_id=row.id,
        href=href("statements", row.id),
        abilities=_abilities(work, row, facts) if facts is not None else [],
        case_id=row.case_id,
        agenda_item_id=row.agenda_item_id,
        category=row.category,
        sensitive=sensitive,
        origin=row.origin,
        kind=row.kind,
        reliability=row.reliability,
        audience=row.audience,
        kept_out_of_minutes=keeps_out_of_minutes(Audience(row.audience), row.origin, row.category) or None,
        contributor_name=contributor,
        agency_name=agency,
        stated_on=row.stated_on,
        created_at=row.created_at,
        text=open_in(work, row.case_id, "statement", "text", row.id, row.text) if shown else None,
        category_reason=open_in(
            work, row.case_id, "statement", "category_reason", row.id, row.category_reason
        )
        if shown
        else None,
        contributor_role=row.contributor_role,
        changed_at=row.changed_at,
        changed_by_name=person_name(work.session, row.changed_by) if row.changed_by else None,
        withdrawal_ground=row.withdrawal_ground,
    )


def _abilities(work: Work, row: Any, facts: Facts) -> list[str]:
    """Give what somebody may do with a statement, once they answer what is asked then."""
    known = replace(
        facts, own_words=own_words(work, row, facts.standing), proportionate=True, no_classified=True,
        origin_admitted=True, category_reason=True, access_reason=True,
    )  # fmt: skip
    steps = [Action.STATEMENT_VERSION_LIST] if row.changed_at else []
    if row.withdrawal_ground is None:
        steps += [Action.STATEMENT_CORRECT, Action.STATEMENT_WITHDRAW]
    return abilities(work.actor, known, *steps)


def own_words(work: Work, row: Any, standing: Standing) -> bool:
    """Tell whether a statement is one's own, or stands in the file that one keeps (R65)."""
    return standing is Standing.FILE or (
        row.contributor_id is not None and row.contributor_id == work.actor.person_id
    )


def keeps_use_conditions(work: Work, case_id: UUID, *texts: str) -> bool:
    """Tell whether none of these minutes texts repeats what was kept out of minutes: a statement of the case, or a contact.

    Held against what the database shows this writer of the case; nothing of a statement leaves here (R65, R66).
    """
    earlier: dict[UUID, list[Any]] = {}
    for version in version_queries.of_case(work.session, case_id):
        earlier.setdefault(version.statement_id, []).append(version.text)
    for row, _, _ in queries.statements(work.session, case_id):
        kept_out = keeps_out_of_minutes(Audience(row.audience), row.origin, row.category)
        if kept_out or row.withdrawal_ground is not None:
            for sealed in [row.text, *earlier.get(row.id, ())]:
                said = open_in(work, case_id, "statement", "text", row.id, sealed)
                if said is not None and any(repeats(text, said) for text in texts):
                    return False
    return not any(
        repeats(text, said) for kept in KEPT_FROM_MINUTES for said in kept(work, case_id) for text in texts
    )


@operation(Action.STATEMENT_OPEN)
def open_statement(work: Work, command: OpenStatement) -> StatementView:
    """Open one statement with its text; the reason and the opening go to the journal (R52, R107)."""
    known = command.reason in codes("accessReasons", work.today)
    found, case, facts = found_statement(work, command.statement_id, access_reason=known)
    row: Statement | None = found[0] if found is not None else None
    work.allow(
        Action.STATEMENT_OPEN,
        facts,
        about_case(case, "statement", row.id if row else None),
        reason=command.reason if known else "",
    )
    _, contributor, agency = there(found)
    return statement_view(work, there(row), contributor, agency, opened=True, facts=facts)


def found_statement(work: Work, statement_id: UUID, **known: Any) -> tuple[Any, Any, Facts]:
    """Give (statement, contributor, agency), its case, and Facts; what is not for this reader is not there."""
    found = queries.statement(work.session, statement_id)
    row: Statement | None = found[0] if found is not None else None
    case = queries.case(work.session, row.case_id) if row else None
    standing = _standing(work, case, row.agenda_item_id) if row else None
    facts = case_facts(work, case, standing=standing, **known)
    if row is not None:
        facts = replace(facts, own_words=own_words(work, row, facts.standing))
        own = row.contributor_id == work.actor.person_id
        if not may_read(facts.standing, Audience(row.audience), own=own):
            facts = work.facts(standing=Standing.NONE)
    return found, case, facts
