"""The day a person was last discussed is corrected by two roles, and only ever to an earlier end (R69, R86).

The coordinator proposes with a reason, the mayor decides; the database changes the dates itself, once a mayor of that
municipality who is somebody else asks for it.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLE = """
    CREATE TABLE discussion_correction (
        id UUID NOT NULL,
        case_id UUID NOT NULL,
        meeting_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        kind TEXT NOT NULL,
        corrected_on DATE,
        reason BYTEA NOT NULL,
        state TEXT NOT NULL,
        proposed_by UUID NOT NULL,
        proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        decided_by UUID,
        decided_at TIMESTAMP WITH TIME ZONE,
        version INTEGER NOT NULL,
        CONSTRAINT pk_discussion_correction PRIMARY KEY (id),
        CONSTRAINT fk_discussion_correction_case_id_municipality_id FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_discussion_correction_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
        CONSTRAINT fk_discussion_correction_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_discussion_correction_proposed_by FOREIGN KEY(proposed_by) REFERENCES person (id),
        CONSTRAINT fk_discussion_correction_decided_by FOREIGN KEY(decided_by) REFERENCES person (id)
    )
"""

# Whoever proposed decides nothing; a term is never made longer by it; nothing is done twice.
CORRECT = """
    CREATE FUNCTION correct_discussion(p_correction uuid, p_due date, p_lock_days integer, p_review date) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        found discussion_correction;
        latest date;
    BEGIN
        SELECT c.* INTO found FROM discussion_correction c JOIN acting() a
          ON a.role = 'mayor' AND a.municipality_id = c.municipality_id
        WHERE c.id = p_correction AND c.state = 'proposed' AND c.proposed_by <> acting_person()
          AND c.case_id <> ALL (excluded_cases())
        FOR UPDATE OF c;
        IF found.id IS NULL THEN
            RETURN false;
        END IF;
        IF found.kind = 'earlier' THEN
            UPDATE discussion SET discussed_on = found.corrected_on
            WHERE case_id = found.case_id AND meeting_id = found.meeting_id AND discussed_on > found.corrected_on;
        ELSE
            DELETE FROM discussion WHERE case_id = found.case_id AND meeting_id = found.meeting_id;
        END IF;
        SELECT max(discussed_on) INTO latest FROM discussion WHERE case_id = found.case_id;
        UPDATE case_file SET
            last_discussed_on = latest,
            state = CASE WHEN latest IS NULL AND state = 'underDiscussion' THEN 'listed' ELSE state END,
            due_on = least(due_on, p_due),
            locks_on = least(locks_on, least(due_on, p_due) - p_lock_days),
            review_on = least(review_on, p_review),
            warned = CASE WHEN p_due < due_on THEN NULL ELSE warned END,
            version = version + 1
        WHERE id = found.case_id;
        UPDATE discussion_correction SET state = 'approved', decided_by = acting_person(), decided_at = moment(),
            version = version + 1
        WHERE id = found.id;
        RETURN true;
    END $$
"""

DESK = "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
NOT_X = "case_id <> ALL ((SELECT excluded_cases())::uuid[])"
POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "discussion_correction": (
        f"{DESK} AND {NOT_X}",
        f"{DESK} AND {NOT_X} AND proposed_by = (SELECT acting_person()) AND state = 'proposed'",
        f"{DESK} AND {NOT_X} AND state = 'proposed'",
    ),
}
"""table -> (select, insert, update), as in 0002; approving is the function's alone."""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(TABLE)
    for column in ("case_id", "meeting_id"):
        op.execute(f"CREATE INDEX ix_discussion_correction_{column} ON discussion_correction ({column})")
    op.execute(
        "CREATE UNIQUE INDEX uq_discussion_correction_open ON discussion_correction (case_id, meeting_id)"
        " WHERE state = 'proposed'"
    )
    ((read, add, change),) = POLICIES.values()
    op.execute("ALTER TABLE discussion_correction ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY discussion_correction_read ON discussion_correction FOR SELECT TO livcr_app USING ({read})"
    )
    op.execute(
        f"CREATE POLICY discussion_correction_add ON discussion_correction FOR INSERT TO livcr_app WITH CHECK ({add})"
    )
    op.execute(
        f"CREATE POLICY discussion_correction_change ON discussion_correction FOR UPDATE TO livcr_app USING ({change})"
        f" WITH CHECK ({DESK} AND state = 'refused')"
    )
    op.execute(
        "CREATE POLICY discussion_correction_end ON discussion_correction TO livcr_retention USING (true)"
    )
    op.execute("GRANT SELECT, INSERT ON discussion_correction TO livcr_app")
    op.execute("GRANT UPDATE (state, decided_by, decided_at, version) ON discussion_correction TO livcr_app")
    op.execute("GRANT SELECT, DELETE ON discussion_correction TO livcr_retention")
    op.execute(CORRECT)
    op.execute("REVOKE ALL ON FUNCTION correct_discussion(uuid, date, integer, date) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION correct_discussion(uuid, date, integer, date) TO livcr_app")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP FUNCTION correct_discussion(uuid, date, integer, date)")
    op.execute("DROP TABLE discussion_correction")
    op.execute("RESET ROLE")
