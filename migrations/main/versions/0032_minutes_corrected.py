"""Approved minutes are corrected by addenda, which somebody else than their writer approves (R67).

What was approved stays as it was; a correction that was decided on stays too. It goes with its case.
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLE = """
    CREATE TABLE minutes_addendum (
        id UUID NOT NULL,
        minutes_id UUID NOT NULL,
        meeting_id UUID NOT NULL,
        agenda_item_id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        text BYTEA NOT NULL,
        salt BYTEA NOT NULL,
        digest BYTEA NOT NULL,
        state TEXT NOT NULL,
        written_by UUID NOT NULL,
        written_at TIMESTAMP WITH TIME ZONE NOT NULL,
        decided_by UUID,
        decided_at TIMESTAMP WITH TIME ZONE,
        note TEXT,
        version INTEGER NOT NULL,
        CONSTRAINT pk_minutes_addendum PRIMARY KEY (id),
        CONSTRAINT fk_minutes_addendum_minutes_id FOREIGN KEY(minutes_id) REFERENCES minutes (id),
        CONSTRAINT fk_minutes_addendum_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
        CONSTRAINT fk_minutes_addendum_agenda_item_id_case_id FOREIGN KEY(agenda_item_id, case_id) REFERENCES agenda_item (id, case_id) ON DELETE CASCADE,
        CONSTRAINT fk_minutes_addendum_case_id_municipality_id FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_minutes_addendum_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_minutes_addendum_written_by FOREIGN KEY(written_by) REFERENCES person (id),
        CONSTRAINT fk_minutes_addendum_decided_by FOREIGN KEY(decided_by) REFERENCES person (id)
    )
"""

# As of the minutes themselves: who was there reads what was approved as long as the item's own text (R68); who keeps
# the file reads what waits too, writes, and decides on what somebody else wrote, as the meeting's chair or as mayor.
DESK = "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
NOT_X = "case_id <> ALL ((SELECT excluded_cases())::uuid[])"
EXTRACT = "agenda_item_id = ANY ((SELECT extract_items())::uuid[])"
OF_APPROVED = (
    "EXISTS (SELECT 1 FROM minutes_item i JOIN minutes n ON n.id = i.minutes_id WHERE n.state = 'approved'"
    " AND n.id = minutes_addendum.minutes_id AND n.meeting_id = minutes_addendum.meeting_id"
    " AND i.agenda_item_id = minutes_addendum.agenda_item_id)"
)
DECIDES = (
    "written_by <> (SELECT acting_person()) AND (EXISTS (SELECT 1 FROM acting() a"
    " WHERE a.role IN ('mayor', 'delegate') AND a.municipality_id = minutes_addendum.municipality_id)"
    " OR EXISTS (SELECT 1 FROM meeting m WHERE m.id = meeting_id AND m.chair_id = (SELECT acting_person())))"
)
POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "minutes_addendum": (
        f"({DESK} OR (state = 'approved' AND {EXTRACT})) AND {NOT_X}",
        f"{DESK} AND {NOT_X} AND state = 'proposed' AND written_by = (SELECT acting_person()) AND {OF_APPROVED}",
        f"{DESK} AND {NOT_X} AND state = 'proposed'",
    ),
}
"""table -> (select, insert, update), as in 0002; what an update leaves is said below."""
CHANGED = (
    f"{DESK} AND {DECIDES} AND decided_by = (SELECT acting_person())"
    " AND ((state = 'approved' AND note IS NOT NULL) OR (state = 'refused' AND note IS NULL))"
)


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(TABLE)
    for column in ("minutes_id", "meeting_id", "agenda_item_id", "case_id"):
        op.execute(f"CREATE INDEX ix_minutes_addendum_{column} ON minutes_addendum ({column})")
    op.execute(
        "CREATE UNIQUE INDEX uq_minutes_addendum_open ON minutes_addendum (agenda_item_id) WHERE state = 'proposed'"
    )
    ((read, add, change),) = POLICIES.values()
    op.execute("ALTER TABLE minutes_addendum ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY minutes_addendum_read ON minutes_addendum FOR SELECT TO livcr_app USING ({read})"
    )
    op.execute(
        f"CREATE POLICY minutes_addendum_add ON minutes_addendum FOR INSERT TO livcr_app WITH CHECK ({add})"
    )
    op.execute(
        f"CREATE POLICY minutes_addendum_change ON minutes_addendum FOR UPDATE TO livcr_app USING ({change})"
        f" WITH CHECK ({CHANGED})"
    )
    op.execute("CREATE POLICY minutes_addendum_end ON minutes_addendum TO livcr_retention USING (true)")
    op.execute("GRANT SELECT, INSERT ON minutes_addendum TO livcr_app")
    op.execute("GRANT UPDATE (state, decided_by, decided_at, note, version) ON minutes_addendum TO livcr_app")
    op.execute("GRANT SELECT, DELETE ON minutes_addendum TO livcr_retention")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP TABLE minutes_addendum")
    op.execute("RESET ROLE")
