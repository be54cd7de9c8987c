"""Minutes get actions, a salt under their digests, and a signed master; what is approved stays (R66, R67).

Who approves has to put every item's digest under one signature, also of items whose text is another municipality's: the
database gives the digests, never the texts.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

DIGESTS = """
    CREATE FUNCTION minutes_digests(p_meeting uuid) RETURNS TABLE (digest bytea)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT i.digest FROM minutes_item i
        WHERE i.meeting_id = p_meeting AND i.digest IS NOT NULL AND holds_meeting(p_meeting)
    $$
"""
STAYS = """
    CREATE FUNCTION minutes_stay() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'approved minutes do not change' USING ERRCODE = 'insufficient_privilege';
    END $$
"""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE minutes_item ADD COLUMN actions BYTEA, ADD COLUMN salt BYTEA")
    op.execute("ALTER TABLE minutes ADD COLUMN leaves BYTEA, ADD COLUMN note TEXT")
    op.execute(DIGESTS)
    op.execute("REVOKE ALL ON FUNCTION minutes_digests(uuid) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION minutes_digests(uuid) TO livcr_app")
    op.execute(STAYS)
    op.execute(
        "CREATE TRIGGER minutes_stay BEFORE UPDATE ON minutes FOR EACH ROW WHEN (OLD.state = 'approved')"
        " EXECUTE FUNCTION minutes_stay()"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP TRIGGER minutes_stay ON minutes")
    op.execute("DROP FUNCTION minutes_stay()")
    op.execute("DROP FUNCTION minutes_digests(uuid)")
    op.execute("ALTER TABLE minutes DROP COLUMN leaves, DROP COLUMN note")
    op.execute("ALTER TABLE minutes_item DROP COLUMN actions, DROP COLUMN salt")
    op.execute("RESET ROLE")
