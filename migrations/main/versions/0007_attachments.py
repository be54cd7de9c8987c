"""Attachments of a case: what is said of each, and its sealed parts, under row-level security (ADR 0005, 0021)."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE attachment (
        id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        category INTEGER NOT NULL,
        origin TEXT NOT NULL,
        kind TEXT NOT NULL,
        size INTEGER NOT NULL,
        parts INTEGER NOT NULL,
        contributor_id UUID NOT NULL,
        agency_id UUID,
        added_by UUID NOT NULL,
        dated_on DATE NOT NULL,
        added_at TIMESTAMP WITH TIME ZONE NOT NULL,
        name BYTEA,
        description BYTEA,
        category_reason BYTEA,
        digest BYTEA,
        removed_at TIMESTAMP WITH TIME ZONE,
        removed_by UUID,
        removal_ground TEXT,
        version INTEGER NOT NULL,
        CONSTRAINT pk_attachment PRIMARY KEY (id),
        CONSTRAINT uq_attachment_id_case_id UNIQUE (id, case_id),
        CONSTRAINT fk_attachment_case_id_municipality_id FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_attachment_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id)
    )
    """,
    "CREATE INDEX ix_attachment_case_id ON attachment (case_id)",
    """
    CREATE TABLE attachment_part (
        attachment_id UUID NOT NULL,
        number INTEGER NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        content BYTEA NOT NULL,
        CONSTRAINT pk_attachment_part PRIMARY KEY (attachment_id, number),
        CONSTRAINT fk_attachment_part_case_id_municipality_id FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_attachment_part_attachment_id_case_id FOREIGN KEY(attachment_id, case_id) REFERENCES attachment (id, case_id) ON DELETE CASCADE,
        CONSTRAINT fk_attachment_part_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id)
    )
    """,
    "CREATE INDEX ix_attachment_part_case_id ON attachment_part (case_id)",
    # Sealed bytes look random: trying to press them costs time and gains nothing.
    "ALTER TABLE attachment_part ALTER COLUMN content SET STORAGE EXTERNAL",
)

DESK = "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
NOT_X = "case_id <> ALL ((SELECT excluded_cases())::uuid[])"
MINE = f"{DESK} AND {NOT_X}"

# table -> (select, insert, update); None: not at all for the application.
POLICIES = {
    "attachment": (MINE, MINE, MINE),
    "attachment_part": (
        MINE,
        f"{MINE} AND EXISTS (SELECT 1 FROM attachment a WHERE a.id = attachment_id AND a.removed_at IS NULL)",
        None,
    ),
}
CHANGEABLE = "name, description, category_reason, digest, removed_at, removed_by, removal_ground, version"


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for statement in TABLES:
        op.execute(statement)
    for table, (select, insert, update) in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT TO livcr_app USING ({select})")
        op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT TO livcr_app WITH CHECK ({insert})")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO livcr_app")
        if update:
            op.execute(f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO livcr_app USING ({update})")
            op.execute(f"GRANT UPDATE ({CHANGEABLE}) ON {table} TO livcr_app")
        op.execute(f"CREATE POLICY {table}_end ON {table} TO livcr_retention USING (true)")
        op.execute(f"GRANT SELECT, UPDATE, DELETE ON {table} TO livcr_retention")
    # The application deletes nothing. A document that is taken out loses its words and its bytes by this, and nothing brings
    # them back (R57, R86).
    op.execute("""
        CREATE FUNCTION document_goes() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            NEW.removed_at := coalesce(OLD.removed_at, NEW.removed_at);
            NEW.name := NULL; NEW.description := NULL; NEW.category_reason := NULL; NEW.digest := NULL;
            DELETE FROM attachment_part WHERE attachment_id = NEW.id;
            RETURN NEW;
        END $$
    """)
    op.execute("REVOKE ALL ON FUNCTION document_goes FROM PUBLIC")
    op.execute("""
        CREATE TRIGGER document_goes BEFORE UPDATE ON attachment
        FOR EACH ROW WHEN (OLD.removed_at IS NOT NULL OR NEW.removed_at IS NOT NULL) EXECUTE FUNCTION document_goes()
    """)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP TABLE attachment_part, attachment")
    op.execute("DROP FUNCTION document_goes()")
    op.execute("RESET ROLE")
