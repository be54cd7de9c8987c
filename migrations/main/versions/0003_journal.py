"""The processing log: append-only for the application, owned by a role nobody signs in as (ADR 0007)."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

YEARS = range(2020, 2051)

APPENDED = (
    "year, controller, at, agency_id, role, acting_for, action, outcome, rule, legal_basis, reason, case_id,"
    " subject_id, object_type, object_id, processing, channel, recipients, trace_id, related_trace_id, break_glass"
)
"""The columns the application may write. The rest says the database itself: number, transaction, clock, actor."""


def upgrade() -> None:
    op.execute(
        "GRANT EXECUTE ON FUNCTION acting_person, acting_mandate, audited_municipalities TO livcr_ledger"
    )
    op.execute("SET ROLE livcr_ledger")
    op.execute("""
        CREATE TABLE journal.entry (
            id bigint GENERATED ALWAYS AS IDENTITY,
            entry_id uuid NOT NULL DEFAULT gen_random_uuid(),
            year integer NOT NULL,
            xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
            controller uuid NOT NULL,
            at timestamptz NOT NULL,
            recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            actor_id uuid DEFAULT nullif(current_setting('livcr.actor', true), '')::uuid,
            mandate_id uuid DEFAULT nullif(current_setting('livcr.mandate', true), '')::uuid,
            agency_id uuid,
            role text NOT NULL,
            acting_for uuid,
            action text NOT NULL,
            outcome text NOT NULL,
            rule text NOT NULL,
            legal_basis text NOT NULL,
            reason text NOT NULL,
            case_id uuid,
            subject_id uuid,
            object_type text NOT NULL,
            object_id uuid,
            processing text NOT NULL,
            channel text NOT NULL,
            recipients text NOT NULL,
            trace_id uuid NOT NULL,
            related_trace_id uuid,
            break_glass boolean NOT NULL,
            PRIMARY KEY (year, id),
            CONSTRAINT ck_entry_year CHECK (year = extract(year FROM at AT TIME ZONE 'Europe/Brussels'))
        ) PARTITION BY LIST (year)""")
    op.execute("CREATE INDEX ix_entry_xid ON journal.entry (xid, id)")
    op.execute("CREATE INDEX ix_entry_controller_at ON journal.entry (controller, at)")
    op.execute("""
        CREATE TABLE journal.leaf (
            year integer NOT NULL,
            controller uuid NOT NULL,
            leaf_index bigint NOT NULL,
            entry_id bigint NOT NULL,
            PRIMARY KEY (year, controller, leaf_index),
            UNIQUE (year, entry_id)
        ) PARTITION BY LIST (year)""")
    op.execute("""
        CREATE TABLE journal.node (
            year integer NOT NULL,
            controller uuid NOT NULL,
            level integer NOT NULL,
            node_index bigint NOT NULL,
            hash bytea NOT NULL,
            PRIMARY KEY (year, controller, level, node_index)
        ) PARTITION BY LIST (year)""")
    op.execute("""
        CREATE TABLE journal.tree (
            year integer NOT NULL,
            controller uuid NOT NULL,
            size bigint NOT NULL,
            PRIMARY KEY (year, controller)
        )""")
    op.execute("""
        CREATE TABLE journal.checkpoint (
            year integer NOT NULL,
            controller uuid NOT NULL,
            size bigint NOT NULL,
            root bytea NOT NULL,
            at timestamptz NOT NULL,
            note text NOT NULL,
            PRIMARY KEY (year, controller, size)
        )""")
    op.execute("""
        CREATE TABLE journal.seal_state (
            one boolean PRIMARY KEY DEFAULT true CHECK (one),
            floor xid8 NOT NULL,
            cluster bigint NOT NULL
        )""")
    op.execute("""
        CREATE FUNCTION journal.stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the processing log is append-only' USING ERRCODE = 'insufficient_privilege';
        END $$""")
    op.execute(
        "CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON journal.entry FOR EACH ROW EXECUTE FUNCTION journal.stays()"
    )
    op.execute("ALTER TABLE journal.entry ENABLE ALWAYS TRIGGER stays")
    for year in YEARS:
        for table in ("entry", "leaf", "node"):
            op.execute(
                f"CREATE TABLE journal.{table}_{year} PARTITION OF journal.{table} FOR VALUES IN ({year})"
            )
        op.execute(
            f"CREATE TRIGGER stays_whole BEFORE TRUNCATE ON journal.entry_{year}"
            " FOR EACH STATEMENT EXECUTE FUNCTION journal.stays()"
        )
        op.execute(f"ALTER TABLE journal.entry_{year} ENABLE ALWAYS TRIGGER stays_whole")
    op.execute("ALTER TABLE journal.entry ENABLE ROW LEVEL SECURITY")
    for table in ("checkpoint", "leaf", "node", "tree"):
        op.execute(f"ALTER TABLE journal.{table} ENABLE ROW LEVEL SECURITY")
    watched = "controller = ANY ((SELECT audited_municipalities())::uuid[])"
    op.execute(f"CREATE POLICY entry_read ON journal.entry FOR SELECT TO livcr_app USING ({watched})")
    op.execute(
        "CREATE POLICY entry_add ON journal.entry FOR INSERT TO livcr_app, livcr_retention WITH CHECK (true)"
    )
    op.execute("CREATE POLICY entry_seal ON journal.entry FOR SELECT TO livcr_sealer USING (true)")
    for table in ("checkpoint", "leaf", "node", "tree"):
        op.execute(f"CREATE POLICY {table}_read ON journal.{table} FOR SELECT TO livcr_app USING ({watched})")
        op.execute(f"CREATE POLICY {table}_seal ON journal.{table} TO livcr_sealer USING (true)")
    op.execute("GRANT USAGE ON SCHEMA journal TO livcr_app, livcr_retention, livcr_sealer")
    op.execute(f"GRANT INSERT ({APPENDED}) ON journal.entry TO livcr_app, livcr_retention")
    op.execute(
        "GRANT SELECT ON journal.entry, journal.leaf, journal.node, journal.tree, journal.checkpoint TO livcr_app"
    )
    op.execute("GRANT SELECT ON journal.entry TO livcr_sealer")
    op.execute("GRANT SELECT, INSERT ON journal.leaf, journal.node, journal.checkpoint TO livcr_sealer")
    op.execute("GRANT SELECT, INSERT, UPDATE ON journal.tree, journal.seal_state TO livcr_sealer")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_ledger")
    op.execute(
        "DROP TABLE journal.seal_state, journal.checkpoint, journal.tree, journal.node, journal.leaf, journal.entry"
    )
    op.execute("DROP FUNCTION journal.stays()")
    op.execute("RESET ROLE")
    op.execute(
        "REVOKE EXECUTE ON FUNCTION acting_person, acting_mandate, audited_municipalities FROM livcr_ledger"
    )
