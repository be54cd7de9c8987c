"""What witnesses of the processing log said of its checkpoints, and how asking each of them went (R106; ADR 0051)."""

from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET ROLE livcr_ledger")
    op.execute("""
        CREATE TABLE journal.cosignature (
            year integer NOT NULL,
            controller uuid NOT NULL,
            size bigint NOT NULL,
            witness text NOT NULL,
            at timestamptz NOT NULL,
            line text NOT NULL,
            PRIMARY KEY (year, controller, witness, size)
        )""")
    op.execute("CREATE INDEX ix_cosignature_size ON journal.cosignature (year, controller, size)")
    op.execute("""
        CREATE TABLE journal.witness_state (
            year integer NOT NULL,
            controller uuid NOT NULL,
            witness text NOT NULL,
            fault text NOT NULL,
            since timestamptz NOT NULL,
            failures integer NOT NULL,
            next_at timestamptz NOT NULL,
            PRIMARY KEY (year, controller, witness)
        )""")
    watched = "controller = ANY ((SELECT audited_municipalities())::uuid[])"
    for table in ("cosignature", "witness_state"):
        op.execute(f"ALTER TABLE journal.{table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_read ON journal.{table} FOR SELECT TO livcr_app USING ({watched})")
        op.execute(f"CREATE POLICY {table}_seal ON journal.{table} TO livcr_sealer USING (true)")
        op.execute(f"GRANT SELECT ON journal.{table} TO livcr_app")
    op.execute("GRANT SELECT, INSERT ON journal.cosignature TO livcr_sealer")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON journal.witness_state TO livcr_sealer")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_ledger")
    op.execute("DROP TABLE journal.witness_state, journal.cosignature")
    op.execute("RESET ROLE")
