"""Kept answers and files whose destruction was ordered said more than the rules do, the table less (R5, R62, R92).

A kept answer holds the address of what a request made, so it is its own person's alone. A file on its way out is
there for nobody but the role that ends it, whichever operation forgets to ask. And who was recorded present at an
item has it in sight, also after declining or without an invitation that was sent (R62).
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

# Items in sight of this person by invitation, as in revision 0002, with `{further}` behind them.
OPEN_ITEMS = """
    CREATE OR REPLACE FUNCTION open_items() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(i.agenda_item_id), '{{}}') || {further}
        FROM invitation i
        JOIN meeting m ON m.id = i.meeting_id
        WHERE i.person_id = acting_person() AND i.state IN ('sent', 'accepted', 'attended')
          AND m.cell_id = ANY ((SELECT seat_cells())::uuid[])
          AND m.state IN ('convened', 'inSession', 'closed')
          AND (moment() <= m.window_until OR (m.chair_id = acting_person() AND m.extract_until IS NULL
            AND moment() <= m.ends_at + interval '744 hours'))
          AND i.case_id <> ALL ((SELECT excluded_cases())::uuid[]) AND NOT EXISTS (SELECT 1 FROM case_file c WHERE c.id = i.case_id AND c.locks_on <= present_day())
    $$
"""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY idempotency_read ON idempotency FOR SELECT TO livcr_app USING ({MINE})")
    op.execute(f"CREATE POLICY idempotency_add ON idempotency FOR INSERT TO livcr_app WITH CHECK ({MINE})")
    op.execute(f"CREATE POLICY idempotency_change ON idempotency FOR UPDATE TO livcr_app USING ({MINE})")
    op.execute("CREATE POLICY idempotency_end ON idempotency TO livcr_retention USING (true)")
    _of_files(" AND shred_ordered_at IS NULL")
    op.execute(OPEN_ITEMS.format(further="minuted_items() || attended_items()"))
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(OPEN_ITEMS.format(further="minuted_items()"))
    _of_files("")
    for name in ("read", "add", "change", "end"):
        op.execute(f"DROP POLICY idempotency_{name} ON idempotency")
    op.execute("ALTER TABLE idempotency DISABLE ROW LEVEL SECURITY")
    op.execute("RESET ROLE")


def _of_files(further: str) -> None:
    op.execute(f"ALTER POLICY case_file_read ON case_file USING (({SEEN}){further})")
    op.execute(f"ALTER POLICY case_file_change ON case_file USING (({CHANGED}){further})")
