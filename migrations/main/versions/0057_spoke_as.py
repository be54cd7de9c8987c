"""A statement keeps as what its contributor spoke: the role they held in the cell then (R53).

The database puts it there on every way in, also where a contribution becomes a statement. What stands in the file from
before keeps none: nobody knows it any more for sure.
"""

from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

SPOKE = """
    CREATE FUNCTION statement_is_of_a_role() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NEW.contributor_id = acting_person() THEN
            SELECT m.role INTO NEW.contributor_role FROM mandate m WHERE m.id = acting_mandate();
        ELSE
            NEW.contributor_role := (
                SELECT m.role FROM mandate m JOIN case_file c ON c.id = NEW.case_id
                WHERE m.person_id = NEW.contributor_id AND m.cell_id = c.cell_id
                  AND m.starts_on <= present_day() AND (m.ends_on IS NULL OR m.ends_on >= present_day())
                ORDER BY m.starts_on DESC, m.id LIMIT 1
            );
        END IF;
        RETURN NEW;
    END $$
"""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE statement ADD COLUMN contributor_role TEXT")
    op.execute(SPOKE)
    op.execute("REVOKE ALL ON FUNCTION statement_is_of_a_role() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER statement_is_of_a_role BEFORE INSERT ON statement FOR EACH ROW"
        " EXECUTE FUNCTION statement_is_of_a_role()"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP TRIGGER statement_is_of_a_role ON statement")
    op.execute("DROP FUNCTION statement_is_of_a_role()")
    op.execute("ALTER TABLE statement DROP COLUMN contributor_role")
    op.execute("RESET ROLE")
