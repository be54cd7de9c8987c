"""Whoever is asked to an item is told which services were invited to it, as the decree wants; never which persons (R27)."""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

TOLD = """
    CREATE FUNCTION services_told(p_item uuid) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT g.name FROM invitation i
        JOIN person p ON p.id = i.person_id JOIN agency g ON g.id = p.agency_id
        WHERE i.agenda_item_id = p_item AND i.state IN ('sent', 'accepted', 'attended', 'noAnswer', 'absent')
          AND p_item = ANY (open_items())
          AND EXISTS (SELECT 1 FROM invitation o WHERE o.agenda_item_id = p_item AND o.person_id = acting_person()
            AND o.state IN ('sent', 'accepted', 'attended'))
    $$
"""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(TOLD)
    op.execute("REVOKE ALL ON FUNCTION services_told(uuid) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION services_told(uuid) TO livcr_app")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP FUNCTION services_told(uuid)")
    op.execute("RESET ROLE")
