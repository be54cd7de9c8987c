"""The key under which a hand-over is sealed is one of its own: named once, when it is sent, and never that of another file.

The sweep destroys that key where nobody accepts; past the operations, a desk could have named any file's, of any municipality,
and had it destroyed beyond recall (R84, R92).
"""

from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

OWN = """
    CREATE FUNCTION package_is_its_own() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NEW.package_id IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.package_id IS NOT NULL OR OLD.state <> 'proposed'
            OR NEW.state <> 'sent' OR EXISTS (SELECT 1 FROM case_file c WHERE c.id = NEW.package_id)
            OR EXISTS (SELECT 1 FROM registration r WHERE r.id = NEW.package_id)
            OR EXISTS (SELECT 1 FROM hand_over h WHERE h.package_id = NEW.package_id AND h.id <> NEW.id))
            OR (TG_OP = 'UPDATE' AND NEW.package_id IS NULL)
        THEN
            RAISE EXCEPTION 'a package is named once, and is no other file' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$
"""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(OWN)
    op.execute("REVOKE ALL ON FUNCTION package_is_its_own() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER package_is_its_own BEFORE UPDATE ON hand_over FOR EACH ROW WHEN (current_user = 'livcr_app'"
        " AND OLD.package_id IS DISTINCT FROM NEW.package_id) EXECUTE FUNCTION package_is_its_own()"
    )
    op.execute(
        "CREATE TRIGGER package_is_named_later BEFORE INSERT ON hand_over FOR EACH ROW WHEN (current_user = 'livcr_app'"
        " AND NEW.package_id IS NOT NULL) EXECUTE FUNCTION package_is_its_own()"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP TRIGGER package_is_named_later ON hand_over")
    op.execute("DROP TRIGGER package_is_its_own ON hand_over")
    op.execute("DROP FUNCTION package_is_its_own()")
    op.execute("RESET ROLE")
