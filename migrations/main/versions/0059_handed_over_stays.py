"""What another municipality handed over is not taken back as a signal: the sender's file is shut by then (R46, R84)."""

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

TAKEN_BACK = """
    CREATE OR REPLACE FUNCTION registration_is_taken_back() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        parts text[] := '{{state,due_on,subject,narrative,version}}';
    BEGIN
        IF {handed_over}OLD.state <> 'received' OR OLD.submitted_by IS DISTINCT FROM acting_person()
            OR NEW.state <> 'withdrawn' OR NEW.due_on <> present_day() OR NEW.subject IS NOT NULL
            OR NEW.narrative IS NOT NULL OR NEW.version <> OLD.version + 1
            OR to_jsonb(NEW) - parts <> to_jsonb(OLD) - parts
        THEN
            RAISE EXCEPTION 'a signal is taken back whole, and by who brought it' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$
"""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(TAKEN_BACK.format(handed_over="OLD.ends_by IS NOT NULL OR "))
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(TAKEN_BACK.format(handed_over=""))
    op.execute("RESET ROLE")
