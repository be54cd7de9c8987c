"""Nobody is asked anything on a case on which they declared a conflict, past every operation either (R14, R24)."""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

# As in revision 0023, with `{free}` for who can be asked.
ASKED = (
    "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
    " AND case_id <> ALL ((SELECT excluded_cases())::uuid[]) AND state = 'asked' AND asked_by = (SELECT acting_person())"
    " AND EXISTS (SELECT 1 FROM invitation i WHERE i.id = invitation_id"
    " AND i.agenda_item_id = contribution_request.agenda_item_id"
    " AND i.person_id = contribution_request.person_id AND i.state IN ('sent', 'accepted')){free}"
)
FREE = (
    " AND NOT EXISTS (SELECT 1 FROM exclusion x WHERE x.case_id = contribution_request.case_id"
    " AND x.person_id = contribution_request.person_id)"
)


def _lock(free: str) -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(
        f"ALTER POLICY contribution_request_add ON contribution_request WITH CHECK ({ASKED.format(free=free)})"
    )
    op.execute("RESET ROLE")


def upgrade() -> None:
    _lock(FREE)


def downgrade() -> None:
    _lock("")
