"""Who took an invitation back: somebody the mayor asks no longer is not asked again when the item is carried over (R24)."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(
        "ALTER TABLE invitation ADD COLUMN withdrawn_by UUID"
        " CONSTRAINT fk_invitation_withdrawn_by REFERENCES person (id)"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE invitation DROP COLUMN withdrawn_by")
    op.execute("RESET ROLE")
