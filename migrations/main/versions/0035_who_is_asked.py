"""Who is asked to an item is its desk's and its secretary's to know, also by what was said or changed (R4, R18, R38).

A framework statement is there for its service and for who knows of its invitation; that somebody was added to an item or
is asked no longer is not told to the others asked.
"""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

MINE = "person_id = (SELECT acting_person()) AND cell_id = ANY ((SELECT seat_cells())::uuid[])"
IN_SESSION = (
    "recorded_by = (SELECT acting_person())"
    " AND EXISTS (SELECT 1 FROM meeting m WHERE m.id = meeting_id AND m.state = 'inSession')"
)
STATED_BEFORE = f"(({MINE}) OR holds_meeting(meeting_id))"
# Under the lock of the invitations themselves: one's own, those of the desk that sent them, of who takes the minutes.
KNOWN = (
    "EXISTS (SELECT 1 FROM invitation i WHERE i.meeting_id = framework_statement.meeting_id"
    " AND i.person_id = framework_statement.person_id AND i.state NOT IN ('draft', 'removed'))"
)
STATED = f"(({MINE}) OR (holds_meeting(meeting_id) AND {KNOWN}))"

DESK = "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
NOT_X = "(case_id IS NULL OR case_id <> ALL ((SELECT excluded_cases())::uuid[]))"
OF_MEETING = "agenda_item_id IS NULL AND EXISTS (SELECT 1 FROM meeting m WHERE m.id = meeting_id)"
OPEN = "agenda_item_id = ANY ((SELECT open_items())::uuid[])"
MINUTED = "agenda_item_id = ANY ((SELECT minuted_items())::uuid[])"
CHANGED_BEFORE = f"({DESK} OR ({OF_MEETING}) OR {OPEN}) AND {NOT_X}"
CHANGED = (
    f"({DESK} OR ({OF_MEETING}) OR {MINUTED}"
    f" OR ({OPEN} AND kind NOT IN ('invitationAdded', 'invitationWithdrawn'))) AND {NOT_X}"
)


def _lock(stated: str, written: str, changed: str) -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(f"ALTER POLICY framework_statement_read ON framework_statement USING ({stated})")
    op.execute(f"ALTER POLICY framework_statement_add ON framework_statement WITH CHECK ({written})")
    op.execute(
        f"ALTER POLICY framework_statement_change ON framework_statement USING ({stated}) WITH CHECK ({written})"
    )
    op.execute(f"ALTER POLICY agenda_change_read ON agenda_change USING ({changed})")
    op.execute("RESET ROLE")


def upgrade() -> None:
    _lock(STATED, f"{STATED} AND {KNOWN} AND {IN_SESSION}", CHANGED)


def downgrade() -> None:
    _lock(STATED_BEFORE, f"{STATED_BEFORE} AND {IN_SESSION}", CHANGED_BEFORE)
