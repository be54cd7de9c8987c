"""Keys of files and municipalities, and the tombs of destroyed ones."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("""
        CREATE TABLE municipal_key (
            municipality_id uuid NOT NULL,
            version integer NOT NULL,
            wrapped bytea NOT NULL,
            made_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (municipality_id, version)
        )""")
    op.execute("""
        CREATE TABLE file_key (
            file_id uuid PRIMARY KEY,
            municipality_id uuid NOT NULL,
            key_version integer NOT NULL,
            wrapped bytea NOT NULL,
            made_at timestamptz NOT NULL DEFAULT now(),
            FOREIGN KEY (municipality_id, key_version) REFERENCES municipal_key
        )""")
    op.execute("CREATE INDEX ix_file_key_municipality ON file_key (municipality_id, key_version)")
    op.execute("CREATE TABLE tomb (file_id uuid PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())")
    op.execute("GRANT SELECT, INSERT ON municipal_key, file_key TO livcr_app")
    op.execute("GRANT SELECT ON tomb TO livcr_app")
    op.execute("GRANT SELECT, DELETE ON file_key TO livcr_retention")
    op.execute("GRANT SELECT ON municipal_key TO livcr_retention")
    op.execute("GRANT SELECT, INSERT ON tomb TO livcr_retention")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP TABLE tomb, file_key, municipal_key")
    op.execute("RESET ROLE")
