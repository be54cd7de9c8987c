"""Statements that one key of the processing log follows another, for whoever verifies across the change (R106; ADR 0051)."""

from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET ROLE livcr_ledger")
    op.execute("""
        CREATE TABLE journal.rotation (
            number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            key text NOT NULL UNIQUE,
            note text NOT NULL
        )""")
    op.execute("ALTER TABLE journal.rotation ENABLE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY rotation_read ON journal.rotation FOR SELECT TO livcr_app USING (true)")
    op.execute("CREATE POLICY rotation_seal ON journal.rotation TO livcr_sealer USING (true)")
    op.execute("GRANT SELECT ON journal.rotation TO livcr_app")
    op.execute("GRANT SELECT, INSERT ON journal.rotation TO livcr_sealer")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_ledger")
    op.execute("DROP TABLE journal.rotation")
    op.execute("RESET ROLE")
