"""Who was named to come for a service stays named: an invitation does not forget it by an update (R18, R28).

Past every operation, somebody named could have made the invitation their own, and named another one further.
"""

from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(
        "CREATE TRIGGER invitation_named_stays BEFORE UPDATE ON invitation FOR EACH ROW WHEN (current_user = 'livcr_app'"
        " AND (OLD.nominated_by IS DISTINCT FROM NEW.nominated_by OR OLD.nominated_as IS DISTINCT FROM NEW.nominated_as))"
        " EXECUTE FUNCTION invitation_stays()"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP TRIGGER invitation_named_stays ON invitation")
    op.execute("RESET ROLE")
