"""Two tables that said more than the rules do: kept answers, and files whose destruction was ordered (R5, R92).

A kept answer holds the address of what a request made, so it is its own person's alone. A file on its way out is
there for nobody but the role that ends it, whichever operation forgets to ask.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

DESK = "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
NOT_EXCLUDED = "id <> ALL ((SELECT excluded_cases())::uuid[])"
SEEN = (
    f"({DESK} OR id = ANY ((SELECT tabled_cases())::uuid[]) OR id = ANY ((SELECT part_cases())::uuid[]))"
    f" AND {NOT_EXCLUDED}"
)
CHANGED = f"{DESK} AND {NOT_EXCLUDED}"
MINE = "person_id = (SELECT acting_person())"


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY idempotency_read ON idempotency FOR SELECT TO livcr_app USING ({MINE})")
    op.execute(f"CREATE POLICY idempotency_add ON idempotency FOR INSERT TO livcr_app WITH CHECK ({MINE})")
    op.execute(f"CREATE POLICY idempotency_change ON idempotency FOR UPDATE TO livcr_app USING ({MINE})")
    op.execute("CREATE POLICY idempotency_end ON idempotency TO livcr_retention USING (true)")
    _of_files(" AND shred_ordered_at IS NULL")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    _of_files("")
    for name in ("read", "add", "change", "end"):
        op.execute(f"DROP POLICY idempotency_{name} ON idempotency")
    op.execute("ALTER TABLE idempotency DISABLE ROW LEVEL SECURITY")
    op.execute("RESET ROLE")


def _of_files(further: str) -> None:
    op.execute(f"ALTER POLICY case_file_read ON case_file USING (({SEEN}){further})")
    op.execute(f"ALTER POLICY case_file_change ON case_file USING (({CHANGED}){further})")
