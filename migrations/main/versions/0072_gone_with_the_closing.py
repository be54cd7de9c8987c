"""Contacts that ended when their case was closed stay ended when it is put back on the list (R49, R86).

Between closing and the next sweep their rows are still there. A third person is kept because of somebody on the list, and nobody
was: whoever is needed again is noted again, with a reason of that day. The sweep deletes the old ones, as it would have.
"""

from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

ENDS = """
    CREATE FUNCTION contacts_ended_with_closing() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE contact SET keep_until = least(keep_until, coalesce(OLD.closed_on, present_day())) WHERE case_id = NEW.id;
        RETURN NULL;
    END $$
"""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(ENDS)
    op.execute("REVOKE ALL ON FUNCTION contacts_ended_with_closing() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER contacts_ended_with_closing AFTER UPDATE OF state ON case_file FOR EACH ROW"
        " WHEN (OLD.state = 'closed' AND NEW.state NOT IN ('closed', 'destroyed'))"
        " EXECUTE FUNCTION contacts_ended_with_closing()"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP TRIGGER contacts_ended_with_closing ON case_file")
    op.execute("DROP FUNCTION contacts_ended_with_closing()")
    op.execute("RESET ROLE")
