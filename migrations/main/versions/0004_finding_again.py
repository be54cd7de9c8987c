"""Finding a person again: keyed marks of who a file is about, and how often somebody asked (ADR 0019)."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE subject_mark (
        id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        registration_id UUID,
        case_id UUID,
        scheme INTEGER NOT NULL,
        marks BYTEA NOT NULL,
        CONSTRAINT pk_subject_mark PRIMARY KEY (id),
        CONSTRAINT uq_subject_mark_registration_id UNIQUE (registration_id),
        CONSTRAINT uq_subject_mark_case_id UNIQUE (case_id),
        CONSTRAINT ck_subject_mark_of_a_file CHECK (registration_id IS NOT NULL OR case_id IS NOT NULL),
        CONSTRAINT fk_subject_mark_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_subject_mark_registration_id FOREIGN KEY(registration_id) REFERENCES registration (id) ON DELETE CASCADE,
        CONSTRAINT fk_subject_mark_case_id_municipality_id FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_subject_mark_municipality_id ON subject_mark (municipality_id)",
    """
    CREATE TABLE subject_query_pace (
        person_id UUID NOT NULL,
        since TIMESTAMP WITH TIME ZONE NOT NULL,
        asked INTEGER NOT NULL,
        CONSTRAINT pk_subject_query_pace PRIMARY KEY (person_id),
        CONSTRAINT fk_subject_query_pace_person_id FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
)

DESK = "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
NOT_X_ONCE_LISTED = "(case_id IS NULL OR case_id <> ALL ((SELECT excluded_cases())::uuid[]))"
MINE = "person_id = (SELECT acting_person())"
# The registration as this very person may see it: its submitter adds the marks and reads none.
OF_SEEN_REGISTRATION = (
    "EXISTS (SELECT 1 FROM registration r WHERE r.id = registration_id"
    " AND r.municipality_id = subject_mark.municipality_id)"
)

# table -> (select, insert, update), as in revision 0002.
POLICIES = {
    "subject_mark": (
        f"{DESK} AND {NOT_X_ONCE_LISTED}",
        f"(case_id IS NULL AND {OF_SEEN_REGISTRATION}) OR (case_id IS NOT NULL AND {DESK} AND {NOT_X_ONCE_LISTED})",
        f"{DESK} AND {NOT_X_ONCE_LISTED}",
    ),
    "subject_query_pace": (MINE, MINE, MINE),
}
CHANGEABLE = {"subject_mark": "case_id, scheme, marks", "subject_query_pace": "since, asked"}


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for statement in TABLES:
        op.execute(statement)
    for table, (select, insert, update) in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT TO livcr_app USING ({select})")
        op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT TO livcr_app WITH CHECK ({insert})")
        op.execute(f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO livcr_app USING ({update})")
        op.execute(f"CREATE POLICY {table}_end ON {table} TO livcr_retention USING (true)")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO livcr_app")
        op.execute(f"GRANT UPDATE ({CHANGEABLE[table]}) ON {table} TO livcr_app")
        op.execute(f"GRANT SELECT, DELETE ON {table} TO livcr_retention")
    # The server marks what was there before, and anew when the rules of sound change.
    op.execute("GRANT INSERT, UPDATE ON subject_mark TO livcr_retention")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP TABLE subject_query_pace, subject_mark")
    op.execute("RESET ROLE")
