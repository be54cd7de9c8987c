"""Whether mayor and police are noted as present where somebody is discussed: a word of warning, never a block (R11).

The law wants them on record as members; whether each sits there every time is a local choice. The meeting therefore goes
on without them, and its page says who is not noted, so that it is a choice and no oversight.
"""

from __future__ import annotations

from uuid import UUID

from app.kernel.i18n import register_codes
from app.kernel.work import Work
from app.meetings import sitting_queries
from app.rules.roles import MAYORAL, POLICE, Role

WATCHED = {"mayor": MAYORAL, "police": POLICE}
"""What is looked for, and the functions that are it."""
register_codes("coreAbsent", WATCHED)


def core_absent(work: Work, meeting_id: UUID) -> dict[UUID, list[str]]:
    """Give per item that is being discussed which of mayor and police is not noted there, as codes of WATCHED.

    Discussed is an item at which somebody is noted; who came for a while counts. Only items whose record this actor may
    see are there.
    """
    functions: dict[UUID, set[str]] = {}
    for row in sitting_queries.functions_noted(work.session, meeting_id, work.today):
        of_another = row.role in MAYORAL and row.mandated_by != row.municipality_id
        functions.setdefault(row.agenda_item_id, set()).update(() if of_another else (row.role,))
    return {
        item_id: [
            code for code, roles in WATCHED.items() if not {Role(each) for each in noted if each} & roles
        ]
        for item_id, noted in functions.items()
    }
