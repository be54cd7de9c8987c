"""Who manages a service is said of them, and no longer taken from a line manager that nobody typed in (R28).

Whoever is named as the line manager of a colleague manages; of everybody else nothing was said, and nothing is assumed.
"""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE person ADD COLUMN manages_service boolean DEFAULT false NOT NULL")
    op.execute(
        "UPDATE person p SET manages_service = true"
        " WHERE EXISTS (SELECT 1 FROM person h WHERE h.line_manager_id = p.id AND h.agency_id = p.agency_id)"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE person DROP COLUMN manages_service")
    op.execute("RESET ROLE")
