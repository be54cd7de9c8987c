"""The text of a drafted agreement is its coordinator's: a mayor signs and adopts it, and does not rewrite it (R115).

A mayor changes the row when it is adopted, and with that could have changed what it says, or the digest that was signed.
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

DRAFTED = """
    CREATE FUNCTION agreement_is_drafted() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NOT NEW.cell_id = ANY (drafting_cells()) THEN
            RAISE EXCEPTION 'the text of an agreement is written by its coordinator' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$
"""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(DRAFTED)
    op.execute("REVOKE ALL ON FUNCTION agreement_is_drafted() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER agreement_is_drafted BEFORE UPDATE ON agreement FOR EACH ROW"
        " WHEN (current_user = 'livcr_app' AND OLD.state = 'draft' AND (OLD.parties, OLD.tables, OLD.answers, OLD.settings,"
        " OLD.digest) IS DISTINCT FROM (NEW.parties, NEW.tables, NEW.answers, NEW.settings, NEW.digest))"
        " EXECUTE FUNCTION agreement_is_drafted()"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP TRIGGER agreement_is_drafted ON agreement")
    op.execute("DROP FUNCTION agreement_is_drafted()")
    op.execute("RESET ROLE")
