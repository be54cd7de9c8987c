"""Wrapping keys by name, the installation's own keys, rotation, and row-level security (ADR 0018).

The application reaches key rows only of the municipalities that a transaction names in `livcr.municipalities`;
nobody named: no rows. `keys_of_files` names them and asks in one round trip.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WITHIN = "municipality_id = ANY ((SELECT named_municipalities())::uuid[])"

KEYS_OF_FILES = """
    CREATE FUNCTION keys_of_files(files uuid[], municipalities uuid[])
    RETURNS TABLE (file_id uuid, wrapped bytea, municipality_id uuid, key_version integer, municipal bytea,
        wrapping_key text)
    LANGUAGE plpgsql VOLATILE SECURITY INVOKER AS $$
    #variable_conflict use_column
    BEGIN
        PERFORM set_config('livcr.municipalities', municipalities::text, true);
        RETURN QUERY
        SELECT k.file_id, k.wrapped, k.municipality_id, k.key_version, m.wrapped, m.wrapping_key
        FROM file_key k
        JOIN municipal_key m ON m.municipality_id = k.municipality_id AND m.version = k.key_version
        WHERE k.file_id = ANY (files);
    END $$
"""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    # -- wrapping keys: a row stands as long as something is wrapped under it, whoever writes at that moment
    op.execute("""
        CREATE TABLE wrapping_key (
            key_id text PRIMARY KEY,
            made_at timestamptz NOT NULL DEFAULT now()
        )""")
    op.execute("""
        CREATE TABLE installation_key (
            purpose text PRIMARY KEY,
            wrapping_key text NOT NULL REFERENCES wrapping_key,
            wrapped bytea NOT NULL,
            made_at timestamptz NOT NULL DEFAULT now()
        )""")
    op.execute("INSERT INTO wrapping_key (key_id) SELECT '1' WHERE EXISTS (SELECT FROM municipal_key)")
    op.execute("ALTER TABLE municipal_key ADD wrapping_key text REFERENCES wrapping_key")
    op.execute("UPDATE municipal_key SET wrapping_key = '1'")
    op.execute("ALTER TABLE municipal_key ALTER wrapping_key SET NOT NULL")
    op.execute("CREATE INDEX ix_municipal_key_wrapping_key ON municipal_key (wrapping_key)")
    op.execute("ALTER TABLE tomb ADD municipality_id uuid")
    op.execute("CREATE INDEX ix_tomb_municipality ON tomb (municipality_id, at)")
    # -- who reaches what
    op.execute("""
        CREATE FUNCTION named_municipalities() RETURNS uuid[] LANGUAGE sql STABLE
        RETURN nullif(current_setting('livcr.municipalities', true), '')::uuid[]""")
    op.execute(KEYS_OF_FILES)
    for table in ("municipal_key", "file_key"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT TO livcr_app USING ({WITHIN})")
        op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT TO livcr_app WITH CHECK ({WITHIN})")
    op.execute("CREATE POLICY municipal_key_keep ON municipal_key TO livcr_keeper USING (true)")
    op.execute(f"CREATE POLICY file_key_keep ON file_key TO livcr_keeper USING ({WITHIN})")
    op.execute("CREATE POLICY file_key_end ON file_key TO livcr_retention USING (true)")
    op.execute("GRANT SELECT ON wrapping_key, installation_key TO livcr_app")
    op.execute("REVOKE SELECT ON tomb FROM livcr_app")
    # The sweep destroys keys and reads none.
    op.execute("REVOKE SELECT ON municipal_key, file_key FROM livcr_retention")
    op.execute("GRANT SELECT (file_id, municipality_id) ON file_key TO livcr_retention")
    # The keeper wraps keys anew and destroys none that a file still needs.
    op.execute("GRANT SELECT, INSERT, DELETE ON wrapping_key TO livcr_keeper")
    op.execute("GRANT SELECT, INSERT, UPDATE (wrapping_key, wrapped) ON installation_key TO livcr_keeper")
    op.execute(
        "GRANT SELECT, INSERT, DELETE, UPDATE (wrapping_key, wrapped) ON municipal_key TO livcr_keeper"
    )
    op.execute("GRANT SELECT, UPDATE (key_version, wrapped) ON file_key TO livcr_keeper")
    op.execute("GRANT SELECT (municipality_id, at) ON tomb TO livcr_keeper")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for table in ("municipal_key", "file_key"):
        for name in ("read", "add", "keep", "end"):
            op.execute(f"DROP POLICY IF EXISTS {table}_{name} ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute("DROP FUNCTION keys_of_files(uuid[], uuid[])")
    op.execute("DROP FUNCTION named_municipalities()")
    for table in ("municipal_key", "file_key"):
        op.execute(f"REVOKE ALL ON {table} FROM livcr_keeper, livcr_retention")
    op.execute("REVOKE ALL (wrapping_key, wrapped) ON municipal_key FROM livcr_keeper")
    op.execute("REVOKE ALL (key_version, wrapped) ON file_key FROM livcr_keeper")
    op.execute("REVOKE ALL (file_id, municipality_id) ON file_key FROM livcr_retention")
    op.execute("REVOKE ALL (municipality_id, at) ON tomb FROM livcr_keeper")
    op.execute("DROP INDEX ix_tomb_municipality")
    op.execute("ALTER TABLE tomb DROP municipality_id")
    op.execute("ALTER TABLE municipal_key DROP wrapping_key")
    op.execute("DROP TABLE installation_key, wrapping_key")
    op.execute("GRANT SELECT ON tomb TO livcr_app")
    op.execute("GRANT SELECT, DELETE ON file_key TO livcr_retention")
    op.execute("GRANT SELECT ON municipal_key TO livcr_retention")
    op.execute("RESET ROLE")
