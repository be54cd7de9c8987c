"""Steps of the database do what their rules say, and only then (R69, R86).

A discussion is recorded as its meeting closes, and what two roles took off the record does not come back by recording it
again; a correction is refused by a mayor who did not propose it.
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

# As in revision 0017, with `{closing}` for when, `{corrected}` for what is never recorded again.
RECORD = """
    CREATE OR REPLACE FUNCTION record_discussions(p_meeting uuid, p_day date, p_due date, p_limit date, p_lock_days integer,
        p_review date)
    RETURNS TABLE (case_id uuid, subject_id uuid, municipality_id uuid)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    #variable_conflict use_column
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM meeting m WHERE m.id = p_meeting AND m.state = 'closed'{closing})
            OR NOT holds_meeting(p_meeting)
        THEN
            RETURN;
        END IF;
        UPDATE invitation i SET
            state = CASE WHEN EXISTS (SELECT 1 FROM attendance t WHERE t.agenda_item_id = i.agenda_item_id
                AND t.person_id = i.person_id AND t.present) THEN 'attended'
                WHEN i.state = 'sent' THEN 'noAnswer' ELSE 'absent' END,
            version = i.version + 1
        WHERE i.meeting_id = p_meeting AND i.state IN ('sent', 'accepted');
        -- Only what this very closing adds: calling again changes no date. LEAST passes over NULL, hence the CASE.
        RETURN QUERY
        WITH fresh AS (
            INSERT INTO discussion (case_id, meeting_id, municipality_id, discussed_on)
            SELECT a.case_id, a.meeting_id, a.municipality_id, p_day
            FROM agenda_item a JOIN case_file c ON c.id = a.case_id
            -- A term that is over cannot be started anew by closing a sitting late (R86, R91).
            WHERE a.meeting_id = p_meeting AND a.state = 'tabled' AND c.shred_ordered_at IS NULL
              AND c.due_on > greatest(p_day, present_day())
              AND {discussed}{corrected}
            ON CONFLICT DO NOTHING
            RETURNING case_id
        ), term AS (
            SELECT c.id, greatest(p_due, CASE WHEN c.extended_until IS NOT NULL
                THEN least(c.extended_until, p_limit) END) AS due
            FROM case_file c JOIN fresh f ON f.case_id = c.id
            WHERE c.last_discussed_on IS NULL OR c.last_discussed_on <= p_day
        )
        UPDATE case_file c SET
            last_discussed_on = p_day,
            state = CASE WHEN c.state = 'listed' THEN 'underDiscussion' ELSE c.state END,
            due_on = t.due,
            locks_on = t.due - p_lock_days,
            review_on = p_review,
            warned = NULL,
            version = c.version + 1
        FROM term t
        WHERE t.id = c.id
        RETURNING c.id, c.subject_id, c.municipality_id;
    END $$
"""
DISCUSSED = (
    "c.state <> 'closed' AND (SELECT count(DISTINCT p.agency_id) > 1 FROM attendance t"
    " JOIN person p ON p.id = t.person_id WHERE t.agenda_item_id = a.id AND t.present)"
)
CLOSING = """
              AND m.closed_at = moment() AND p_day = (coalesce(m.opened_at, moment()) AT TIME ZONE 'Europe/Brussels')::date"""
CORRECTED = """
              AND NOT EXISTS (SELECT 1 FROM discussion_correction k
                WHERE k.case_id = a.case_id AND k.meeting_id = a.meeting_id AND k.state = 'approved')"""

DESK = "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
REFUSED_BEFORE = f"{DESK} AND state = 'refused'"
REFUSED = (
    f"{REFUSED_BEFORE} AND decided_by = (SELECT acting_person()) AND proposed_by <> (SELECT acting_person())"
    " AND EXISTS (SELECT 1 FROM acting() d WHERE d.role = 'mayor')"
)


def _steps(closing: str, corrected: str, refused: str) -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(RECORD.format(discussed=DISCUSSED, closing=closing, corrected=corrected))
    op.execute(f"ALTER POLICY discussion_correction_change ON discussion_correction WITH CHECK ({refused})")
    op.execute("RESET ROLE")


def upgrade() -> None:
    _steps(CLOSING, CORRECTED, REFUSED)


def downgrade() -> None:
    _steps("", "", REFUSED_BEFORE)
