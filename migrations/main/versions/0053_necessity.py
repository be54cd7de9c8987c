"""A review that nobody held asks for closing; a checklist is answered at closing; back on the list is decided again.

The clock notes that closing was asked (R76), who leaves such a case off an agenda says why, and what was answered at
closing (R84) and stated at a new listing (R40) stands in the file of the case.
"""

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

OF_CASE = (
    "CONSTRAINT fk_{table}_case_id_municipality_id FOREIGN KEY(case_id, municipality_id)"
    " REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,"
    " CONSTRAINT fk_{table}_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id)"
)
TABLES = {
    "review_deferral": """
        id UUID NOT NULL,
        case_id UUID NOT NULL,
        meeting_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        reason BYTEA NOT NULL,
        left_by UUID NOT NULL,
        left_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_review_deferral PRIMARY KEY (id),
        CONSTRAINT uq_review_deferral_case_id_meeting_id UNIQUE (case_id, meeting_id),
        CONSTRAINT fk_review_deferral_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
        CONSTRAINT fk_review_deferral_left_by FOREIGN KEY(left_by) REFERENCES person (id)""",
    "closure_answer": """
        id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        question TEXT NOT NULL,
        answer TEXT NOT NULL,
        note BYTEA,
        answered_by UUID NOT NULL,
        answered_on DATE NOT NULL,
        CONSTRAINT pk_closure_answer PRIMARY KEY (id),
        CONSTRAINT fk_closure_answer_answered_by FOREIGN KEY(answered_by) REFERENCES person (id)""",
    "relisting": """
        id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        indications BYTEA NOT NULL,
        listed_on DATE NOT NULL,
        listed_by UUID NOT NULL,
        closed_on DATE,
        closure_ground TEXT,
        CONSTRAINT pk_relisting PRIMARY KEY (id),
        CONSTRAINT fk_relisting_listed_by FOREIGN KEY(listed_by) REFERENCES person (id)""",
}
INDEXED = {
    "review_deferral": ("case_id", "meeting_id"),
    "closure_answer": ("case_id",),
    "relisting": ("case_id",),
}

READS = "municipality_id = ANY ((SELECT file_municipalities())::uuid[])"
LISTS = "municipality_id = ANY ((SELECT listing_municipalities())::uuid[])"
DESK = "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
NOT_X = "case_id <> ALL ((SELECT excluded_cases())::uuid[])"
MINE = "{column} = (SELECT acting_person())"
# The row of the case as this very person may see it, which the order of its destruction ends for everybody (R92).
OF_SEEN_CASE = "EXISTS (SELECT 1 FROM case_file c WHERE c.id = case_id)"
POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "review_deferral": (
        f"{DESK} AND {NOT_X} AND {OF_SEEN_CASE}",
        f"{DESK} AND {NOT_X} AND {OF_SEEN_CASE} AND {MINE.format(column='left_by')}",
        None,
    ),
    "closure_answer": (
        f"{READS} AND {NOT_X} AND {OF_SEEN_CASE}",
        f"{DESK} AND {NOT_X} AND {OF_SEEN_CASE} AND {MINE.format(column='answered_by')}",
        None,
    ),
    # Only the day and the case count for a list; what was stated is read with the file.
    "relisting": (
        f"{DESK} AND {NOT_X} AND {OF_SEEN_CASE}",
        f"{LISTS} AND {NOT_X} AND {OF_SEEN_CASE} AND {MINE.format(column='listed_by')}",
        None,
    ),
}
"""table -> (select, insert, update), as in 0002: each written once, by whoever did it."""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    # By the clock alone: the application has no right to change it (R76).
    op.execute("ALTER TABLE case_file ADD COLUMN closure_asked_on DATE")
    for table, columns in TABLES.items():
        op.execute(f"CREATE TABLE {table} ({columns},{OF_CASE.format(table=table)})")
        for column in INDEXED[table]:
            op.execute(f"CREATE INDEX ix_{table}_{column} ON {table} ({column})")
        read, add, _ = POLICIES[table]
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT TO livcr_app USING ({read})")
        op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT TO livcr_app WITH CHECK ({add})")
        op.execute(f"CREATE POLICY {table}_end ON {table} TO livcr_retention USING (true)")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO livcr_app")
        op.execute(f"GRANT SELECT, DELETE ON {table} TO livcr_retention")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for table in TABLES:
        op.execute(f"DROP TABLE {table}")
    op.execute("ALTER TABLE case_file DROP COLUMN closure_asked_on")
    op.execute("RESET ROLE")
