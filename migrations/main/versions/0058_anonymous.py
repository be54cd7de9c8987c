"""An anonymous signal holds nobody who brought it: as its transaction ends the database lets go of that person (R48).

Until then the row says who brings it, so that the locks on bringing one hold as for every signal. The processing log keeps
who did it, for those who read that log alone. What was brought before this revision stays as it was brought.
"""

from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

LET_GO = """
    CREATE FUNCTION registration_lets_go() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE registration SET submitted_by = NULL WHERE id = NEW.id AND anonymous;
        RETURN NULL;
    END $$
"""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE registration ALTER COLUMN submitted_by DROP NOT NULL")
    op.execute(LET_GO)
    op.execute("REVOKE ALL ON FUNCTION registration_lets_go() FROM PUBLIC")
    op.execute(
        "CREATE CONSTRAINT TRIGGER registration_lets_go AFTER INSERT ON registration DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW WHEN (NEW.anonymous AND current_user = 'livcr_app') EXECUTE FUNCTION registration_lets_go()"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP TRIGGER registration_lets_go ON registration")
    op.execute("DROP FUNCTION registration_lets_go()")
    # Below, somebody has to stand there: of the service that is known, whoever comes first.
    op.execute(
        "UPDATE registration r SET submitted_by = (SELECT p.id FROM person p WHERE p.agency_id = r.agency_id"
        " ORDER BY p.id LIMIT 1) WHERE r.submitted_by IS NULL"
    )
    op.execute("ALTER TABLE registration ALTER COLUMN submitted_by SET NOT NULL")
    op.execute("RESET ROLE")
