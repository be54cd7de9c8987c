"""Risk and protective factors side by side, written once and kept until the case goes (R74).

No column of it is a number: nothing is scored (R47).
"""

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

TABLE = """
    CREATE TABLE assessment (
        id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        meeting_id UUID,
        body BYTEA NOT NULL,
        written_by UUID NOT NULL,
        written_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_assessment PRIMARY KEY (id),
        CONSTRAINT fk_assessment_case_id_municipality_id FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_assessment_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_assessment_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
        CONSTRAINT fk_assessment_written_by FOREIGN KEY(written_by) REFERENCES person (id)
    )
"""
READS = "municipality_id = ANY ((SELECT file_municipalities())::uuid[])"
NOT_X = "case_id <> ALL ((SELECT excluded_cases())::uuid[])"
OF_SEEN_CASE = "EXISTS (SELECT 1 FROM case_file c WHERE c.id = case_id)"
MINE = f"{READS} AND {NOT_X} AND {OF_SEEN_CASE}"
OPEN = (
    "EXISTS (SELECT 1 FROM case_file c JOIN municipality m ON m.id = c.municipality_id WHERE c.id = case_id"
    " AND c.state NOT IN ('closed', 'destroyed') AND m.recording_basis IS NOT NULL AND present_day() < c.locks_on)"
)
OF_ITS_MEETING = (
    "(meeting_id IS NULL OR EXISTS (SELECT 1 FROM discussion d WHERE d.case_id = assessment.case_id"
    " AND d.meeting_id = assessment.meeting_id))"
)
POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "assessment": (
        MINE,
        f"{MINE} AND {OPEN} AND {OF_ITS_MEETING} AND written_by = (SELECT acting_person())",
        None,
    ),
}
"""table -> (select, insert, update), as in 0002: what changes is written in the next one."""
TERM = "EXISTS (SELECT 1 FROM case_file c WHERE c.id = case_id AND c.shred_ordered_at IS NOT NULL AND c.due_on <= present_day())"


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(TABLE)
    op.execute("CREATE INDEX ix_assessment_case_id ON assessment (case_id)")
    ((read, add, _),) = POLICIES.values()
    op.execute("ALTER TABLE assessment ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY assessment_read ON assessment FOR SELECT TO livcr_app USING ({read})")
    op.execute(f"CREATE POLICY assessment_add ON assessment FOR INSERT TO livcr_app WITH CHECK ({add})")
    op.execute("CREATE POLICY assessment_end ON assessment TO livcr_retention USING (true)")
    op.execute(
        f"CREATE POLICY assessment_term ON assessment AS RESTRICTIVE FOR DELETE TO livcr_retention USING ({TERM})"
    )
    op.execute("GRANT SELECT, INSERT ON assessment TO livcr_app")
    op.execute("GRANT SELECT, DELETE ON assessment TO livcr_retention")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP TABLE assessment")
    op.execute("RESET ROLE")
