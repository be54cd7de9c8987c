"""What a service of the French Community says of its legal and ethical framework at the start of a meeting (R38)."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TABLE = """
    CREATE TABLE framework_statement (
        id UUID NOT NULL,
        meeting_id UUID NOT NULL,
        cell_id UUID NOT NULL,
        person_id UUID NOT NULL,
        text TEXT NOT NULL,
        stated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        recorded_by UUID NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_framework_statement PRIMARY KEY (id),
        CONSTRAINT fk_framework_statement_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
        CONSTRAINT fk_framework_statement_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id),
        CONSTRAINT fk_framework_statement_person_id FOREIGN KEY(person_id) REFERENCES person (id),
        CONSTRAINT fk_framework_statement_recorded_by FOREIGN KEY(recorded_by) REFERENCES person (id),
        CONSTRAINT uq_framework_statement_meeting_id_person_id UNIQUE (meeting_id, person_id)
    )
"""
MINE = "person_id = (SELECT acting_person()) AND cell_id = ANY ((SELECT seat_cells())::uuid[])"
READS = f"(({MINE}) OR holds_meeting(meeting_id))"
WRITES = f"{READS} AND recorded_by = (SELECT acting_person()) AND EXISTS (SELECT 1 FROM meeting m WHERE m.id = meeting_id AND m.state = 'inSession')"
POLICIES: dict[str, tuple[str, str | None, str | None]] = {"framework_statement": (READS, WRITES, READS)}
"""table -> (select, insert, update), as in 0002: one's own, or as who holds the meeting; written while it sits."""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(TABLE)
    op.execute("ALTER TABLE framework_statement ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY framework_statement_read ON framework_statement FOR SELECT TO livcr_app USING ({READS})"
    )
    op.execute(
        f"CREATE POLICY framework_statement_add ON framework_statement FOR INSERT TO livcr_app WITH CHECK ({WRITES})"
    )
    op.execute(
        f"CREATE POLICY framework_statement_change ON framework_statement FOR UPDATE TO livcr_app USING ({READS})"
        f" WITH CHECK ({WRITES})"
    )
    op.execute("CREATE POLICY framework_statement_end ON framework_statement TO livcr_retention USING (true)")
    op.execute("GRANT SELECT, INSERT ON framework_statement TO livcr_app")
    op.execute("GRANT UPDATE (text, stated_at, recorded_by, version) ON framework_statement TO livcr_app")
    op.execute("GRANT SELECT, DELETE ON framework_statement TO livcr_retention")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP TABLE framework_statement")
    op.execute("RESET ROLE")
