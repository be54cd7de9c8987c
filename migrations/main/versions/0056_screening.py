"""A signal is taken back by who brought it, and the questions of its screening are answered (R43, R46).

Who brought it changes nothing else of it: the database compares the row before and after.
"""

from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

DESK = "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
MINE = "submitted_by = (SELECT acting_person())"
NOT_X_ONCE_LISTED = "(case_id IS NULL OR case_id <> ALL ((SELECT excluded_cases())::uuid[]))"
BEFORE = f"({DESK} OR ({MINE} AND state = 'received')) AND {NOT_X_ONCE_LISTED}"
AFTER = f"({DESK} OR ({MINE} AND state = 'withdrawn')) AND {NOT_X_ONCE_LISTED}"
WITHDRAWN = """
    CREATE FUNCTION registration_is_taken_back() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        parts text[] := '{state,due_on,subject,narrative,version}';
    BEGIN
        IF OLD.state <> 'received' OR OLD.submitted_by IS DISTINCT FROM acting_person()
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
    op.execute("ALTER TABLE registration ADD COLUMN answers BYTEA")
    op.execute("ALTER TABLE registration ADD COLUMN answered_by UUID")
    op.execute("ALTER TABLE registration ADD COLUMN answered_at TIMESTAMP WITH TIME ZONE")
    op.execute("DROP POLICY registration_change ON registration")
    op.execute(
        f"CREATE POLICY registration_change ON registration FOR UPDATE TO livcr_app USING ({BEFORE}) WITH CHECK ({AFTER})"
    )
    op.execute(WITHDRAWN)
    op.execute("REVOKE ALL ON FUNCTION registration_is_taken_back() FROM PUBLIC")
    # For whoever is not of its desk, and for whoever makes it withdrawn or changes it then.
    op.execute(
        "CREATE TRIGGER registration_is_taken_back BEFORE UPDATE ON registration FOR EACH ROW"
        " WHEN (current_user = 'livcr_app' AND (NEW.state = 'withdrawn' OR OLD.state = 'withdrawn'))"
        " EXECUTE FUNCTION registration_is_taken_back()"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP TRIGGER registration_is_taken_back ON registration")
    op.execute("DROP FUNCTION registration_is_taken_back()")
    op.execute("DROP POLICY registration_change ON registration")
    op.execute(
        "CREATE POLICY registration_change ON registration FOR UPDATE TO livcr_app"
        f" USING ({DESK} AND {NOT_X_ONCE_LISTED})"
    )
    # Nobody knows that state below: what was taken back is one that was not listed, and due today all the same.
    op.execute("UPDATE registration SET state = 'notListed' WHERE state = 'withdrawn'")
    for column in ("answered_at", "answered_by", "answers"):
        op.execute(f"ALTER TABLE registration DROP COLUMN {column}")
    op.execute("RESET ROLE")
