"""What waits to be sealed: told to whoever oversees a municipality, and whether sealing stands still, to everybody (R106)."""

from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

# Below the floor everything has a leaf; only the sealer may read the floor, and only it sees every line.
WAITING = """
    FROM journal.entry e
    WHERE e.xid >= coalesce((SELECT floor FROM journal.seal_state), '0'::xid8)
        AND NOT EXISTS (SELECT 1 FROM journal.leaf l WHERE l.year = e.year AND l.entry_id = e.id)
"""


def upgrade() -> None:
    op.execute("SET ROLE livcr_ledger")
    op.execute(f"""
        CREATE FUNCTION journal.unsealed(town uuid)
        RETURNS TABLE (year integer, waiting bigint, since timestamptz)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT e.year, count(*), min(e.recorded_at) {WAITING}
                AND e.controller = town AND town = ANY ((SELECT audited_municipalities())::uuid[])
            GROUP BY e.year
        $$""")
    op.execute(f"""
        CREATE FUNCTION journal.unsealed_since() RETURNS timestamptz
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT e.recorded_at {WAITING} ORDER BY e.xid, e.id LIMIT 1
        $$""")
    for function in ("unsealed(uuid)", "unsealed_since()"):
        op.execute(f"REVOKE EXECUTE ON FUNCTION journal.{function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION journal.{function} TO livcr_app")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_ledger")
    op.execute("DROP FUNCTION journal.unsealed_since(), journal.unsealed(uuid)")
    op.execute("RESET ROLE")
