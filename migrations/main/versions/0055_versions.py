"""What stood in a file before it was corrected or withdrawn is kept until the case is destroyed (R55, R65).

The database itself lets no statement and no identity change of which the earlier version is not kept, with the very bytes
that stood there; whoever contributed a statement at the table may change it, and nothing but its words and marks.
"""

from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE statement_version (
        id UUID NOT NULL,
        statement_id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        version INTEGER NOT NULL,
        category INTEGER NOT NULL,
        origin TEXT NOT NULL,
        kind TEXT NOT NULL,
        reliability TEXT,
        stated_on DATE NOT NULL,
        text BYTEA NOT NULL,
        category_reason BYTEA,
        replaced_by UUID NOT NULL,
        replaced_at TIMESTAMP WITH TIME ZONE NOT NULL,
        reason BYTEA,
        CONSTRAINT pk_statement_version PRIMARY KEY (id),
        CONSTRAINT uq_statement_version_statement_id_version UNIQUE (statement_id, version),
        CONSTRAINT fk_statement_version_statement_id FOREIGN KEY(statement_id) REFERENCES statement (id) ON DELETE CASCADE,
        CONSTRAINT fk_statement_version_case_id_municipality_id FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_statement_version_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_statement_version_replaced_by FOREIGN KEY(replaced_by) REFERENCES person (id)
    )
    """,
    "CREATE INDEX ix_statement_version_case_id ON statement_version (case_id)",
    """
    CREATE TABLE subject_version (
        id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        version INTEGER NOT NULL,
        subject BYTEA NOT NULL,
        replaced_by UUID NOT NULL,
        replaced_at TIMESTAMP WITH TIME ZONE NOT NULL,
        reason BYTEA NOT NULL,
        CONSTRAINT pk_subject_version PRIMARY KEY (id),
        CONSTRAINT uq_subject_version_case_id_version UNIQUE (case_id, version),
        CONSTRAINT fk_subject_version_case_id_municipality_id FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_subject_version_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_subject_version_replaced_by FOREIGN KEY(replaced_by) REFERENCES person (id)
    )
    """,
)
READS = "municipality_id = ANY ((SELECT file_municipalities())::uuid[])"
NOT_X = "case_id <> ALL ((SELECT excluded_cases())::uuid[])"
OF_SEEN_CASE = "EXISTS (SELECT 1 FROM case_file c WHERE c.id = case_id)"
MINE_AT_THE_TABLE = (
    "(agenda_item_id = ANY ((SELECT attended_items())::uuid[]) AND contributor_id = (SELECT acting_person()))"
)
BY_ME = "replaced_by = (SELECT acting_person())"
AS_IT_STANDS = (
    "EXISTS (SELECT 1 FROM statement s WHERE s.id = statement_id AND s.case_id = statement_version.case_id"
    " AND s.version = statement_version.version AND s.text = statement_version.text"
    " AND s.category_reason IS NOT DISTINCT FROM statement_version.category_reason"
    " AND s.category = statement_version.category AND s.origin = statement_version.origin"
    " AND s.kind = statement_version.kind AND s.reliability IS NOT DISTINCT FROM statement_version.reliability"
    " AND s.stated_on = statement_version.stated_on"
    " AND (s.municipality_id = ANY ((SELECT file_municipalities())::uuid[])"
    " OR (s.agenda_item_id = ANY ((SELECT attended_items())::uuid[]) AND s.contributor_id = (SELECT acting_person()))))"
)
OF_CASE_AS_IT_STANDS = (
    "EXISTS (SELECT 1 FROM case_file c WHERE c.id = case_id AND c.version = subject_version.version"
    " AND c.subject = subject_version.subject)"
)
POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "statement_version": (
        f"{READS} AND {NOT_X} AND {OF_SEEN_CASE}",
        f"{NOT_X} AND {BY_ME} AND {AS_IT_STANDS}",
        None,
    ),
    "subject_version": (
        f"{READS} AND {NOT_X} AND {OF_SEEN_CASE}",
        f"{READS} AND {NOT_X} AND {BY_ME} AND {OF_CASE_AS_IT_STANDS}",
        None,
    ),
}
"""table -> (select, insert, update), as in 0002: written once, with the correction."""
DESK = "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
CHANGE = "({who}) AND " + NOT_X
CHANGEABLE = "category, category_reason, origin, kind, reliability, stated_on, text, changed_at, changed_by, withdrawal_ground, version"

KEPT = """
    CREATE FUNCTION statement_keeps_what_stood() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF OLD.withdrawal_ground IS NOT NULL OR NEW.version <> OLD.version + 1
            OR (NEW.withdrawal_ground IS NULL) <> (NEW.text IS NOT NULL)
            OR NEW.changed_by IS DISTINCT FROM acting_person() OR NEW.changed_at IS DISTINCT FROM moment()
            OR NOT EXISTS (SELECT 1 FROM statement_version v WHERE v.statement_id = OLD.id AND v.version = OLD.version)
        THEN
            RAISE EXCEPTION 'what a statement said before is kept' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$
"""
IDENTITY_KEPT = """
    CREATE FUNCTION subject_keeps_what_stood() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NEW.subject IS NULL OR NEW.version <> OLD.version + 1
            OR NOT EXISTS (SELECT 1 FROM subject_version v WHERE v.case_id = OLD.id AND v.version = OLD.version)
        THEN
            RAISE EXCEPTION 'who a file was about before is kept' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$
"""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE statement ADD COLUMN changed_at TIMESTAMP WITH TIME ZONE")
    op.execute("ALTER TABLE statement ADD COLUMN changed_by UUID")
    op.execute("ALTER TABLE statement ADD COLUMN withdrawal_ground TEXT")
    op.execute("ALTER TABLE statement ALTER COLUMN text DROP NOT NULL")
    op.execute(
        "ALTER TABLE statement ADD CONSTRAINT ck_statement_said_or_withdrawn"
        " CHECK (text IS NOT NULL OR withdrawal_ground IS NOT NULL)"
    )
    for each in TABLES:
        op.execute(each)
    for table, (read, add, _) in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT TO livcr_app USING ({read})")
        op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT TO livcr_app WITH CHECK ({add})")
        op.execute(f"CREATE POLICY {table}_end ON {table} TO livcr_retention USING (true)")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO livcr_app")
        op.execute(f"GRANT SELECT, DELETE ON {table} TO livcr_retention")
    op.execute(
        f"ALTER POLICY statement_change ON statement USING ({CHANGE.format(who=f'{DESK} OR {MINE_AT_THE_TABLE}')})"
    )
    op.execute("REVOKE UPDATE ON statement FROM livcr_app")
    op.execute(f"GRANT UPDATE ({CHANGEABLE}) ON statement TO livcr_app")
    op.execute("GRANT UPDATE (subject) ON case_file TO livcr_app")
    for source, name in ((KEPT, "statement_keeps_what_stood"), (IDENTITY_KEPT, "subject_keeps_what_stood")):
        op.execute(source)
        op.execute(f"REVOKE ALL ON FUNCTION {name}() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER statement_keeps_what_stood BEFORE UPDATE ON statement FOR EACH ROW"
        " WHEN (current_user = 'livcr_app') EXECUTE FUNCTION statement_keeps_what_stood()"
    )
    op.execute(
        "CREATE TRIGGER subject_keeps_what_stood BEFORE UPDATE ON case_file FOR EACH ROW"
        " WHEN (current_user = 'livcr_app' AND OLD.subject IS DISTINCT FROM NEW.subject)"
        " EXECUTE FUNCTION subject_keeps_what_stood()"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP TRIGGER subject_keeps_what_stood ON case_file")
    op.execute("DROP TRIGGER statement_keeps_what_stood ON statement")
    op.execute("DROP FUNCTION subject_keeps_what_stood()")
    op.execute("DROP FUNCTION statement_keeps_what_stood()")
    op.execute("REVOKE UPDATE (subject) ON case_file FROM livcr_app")
    op.execute(f"REVOKE UPDATE ({CHANGEABLE}) ON statement FROM livcr_app")
    op.execute("GRANT UPDATE ON statement TO livcr_app")
    op.execute(f"ALTER POLICY statement_change ON statement USING ({CHANGE.format(who=DESK)})")
    # What was withdrawn comes back to where it stood: without its version there is nowhere else for it.
    op.execute(
        "UPDATE statement s SET text = v.text, category_reason = v.category_reason FROM statement_version v"
        " WHERE s.text IS NULL AND v.statement_id = s.id AND v.version = s.version - 1"
    )
    op.execute("DROP TABLE subject_version")
    op.execute("DROP TABLE statement_version")
    op.execute("ALTER TABLE statement DROP CONSTRAINT ck_statement_said_or_withdrawn")
    op.execute("ALTER TABLE statement ALTER COLUMN text SET NOT NULL")
    for column in ("withdrawal_ground", "changed_by", "changed_at"):
        op.execute(f"ALTER TABLE statement DROP COLUMN {column}")
    op.execute("RESET ROLE")
