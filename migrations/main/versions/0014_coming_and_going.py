"""Who is in the room for an item comes and goes (R62, R63).

Somebody who left was there: consensus, secrecy and the extract of the minutes stay theirs. What is said after they left
is not for them.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLE = """
    CREATE TABLE attendance_move (
        id UUID NOT NULL,
        meeting_id UUID NOT NULL,
        agenda_item_id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        person_id UUID NOT NULL,
        kind TEXT NOT NULL,
        moved_at TIMESTAMP WITH TIME ZONE NOT NULL,
        recorded_by UUID NOT NULL,
        CONSTRAINT pk_attendance_move PRIMARY KEY (id),
        CONSTRAINT fk_attendance_move_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
        CONSTRAINT fk_attendance_move_agenda_item_id_case_id FOREIGN KEY(agenda_item_id, case_id) REFERENCES agenda_item (id, case_id) ON DELETE CASCADE,
        CONSTRAINT fk_attendance_move_case_id_municipality_id FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_attendance_move_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_attendance_move_person_id FOREIGN KEY(person_id) REFERENCES person (id),
        CONSTRAINT fk_attendance_move_recorded_by FOREIGN KEY(recorded_by) REFERENCES person (id)
    )
"""

# As in revision 0002, with `{here}` for who is in the room.
ATTENDED = """
    CREATE OR REPLACE FUNCTION attended_items() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(t.agenda_item_id), '{{}}') || recorded_items()
        FROM attendance t
        JOIN meeting m ON m.id = t.meeting_id
        WHERE t.person_id = acting_person() AND t.present{here}
          AND m.cell_id = ANY ((SELECT seat_cells())::uuid[])
          AND m.state IN ('inSession', 'closed')
          AND (moment() <= m.window_until OR (m.chair_id = acting_person() AND m.extract_until IS NULL
            AND moment() <= m.ends_at + interval '744 hours'))
          AND t.case_id <> ALL ((SELECT excluded_cases())::uuid[]) AND NOT EXISTS (SELECT 1 FROM case_file c WHERE c.id = t.case_id AND c.locks_on <= present_day())
    $$
"""

DESK = "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
RECORDED = "agenda_item_id = ANY ((SELECT recorded_items())::uuid[])"
NOT_X = "case_id <> ALL ((SELECT excluded_cases())::uuid[])"
POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "attendance_move": (
        f"({DESK} OR {RECORDED}) AND {NOT_X}",
        f"({DESK} OR {RECORDED}) AND {NOT_X} AND recorded_by = (SELECT acting_person())",
        None,
    ),
}
"""table -> (select, insert, update), as in 0002: what was recorded stays; a correction is one line more."""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE attendance ADD COLUMN left_at TIMESTAMP WITH TIME ZONE")
    op.execute(TABLE)
    for column in ("meeting_id", "agenda_item_id", "case_id"):
        op.execute(f"CREATE INDEX ix_attendance_move_{column} ON attendance_move ({column})")
    for table, (read, add, _) in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT TO livcr_app USING ({read})")
        op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT TO livcr_app WITH CHECK ({add})")
        op.execute(f"CREATE POLICY {table}_end ON {table} TO livcr_retention USING (true)")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO livcr_app")
        op.execute(f"GRANT SELECT, DELETE ON {table} TO livcr_retention")
    op.execute(ATTENDED.format(here=" AND t.left_at IS NULL"))
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(ATTENDED.format(here=""))
    op.execute("DROP TABLE attendance_move")
    op.execute("ALTER TABLE attendance DROP COLUMN left_at")
    op.execute("RESET ROLE")
