"""Narrower where the law is: what counts as discussed, and for whom an emergency is there (R9, R21, R69, R86).

A case consultation is multilateral: an item at which one service sat alone was not discussed, and starts no term
anew; nor does a case that was closed meanwhile. And no emergency access is wider than a delegate's appointment.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BEFORE = "EXISTS (SELECT 1 FROM attendance t WHERE t.agenda_item_id = a.id AND t.present)"
NOW = (
    "c.state <> 'closed' AND (SELECT count(DISTINCT p.agency_id) > 1 FROM attendance t"
    " JOIN person p ON p.id = t.person_id WHERE t.agenda_item_id = a.id AND t.present)"
)

# As in revision 0002, with `{discussed}` for the items that count.
RECORD = """
    CREATE OR REPLACE FUNCTION record_discussions(p_meeting uuid, p_day date, p_due date, p_limit date, p_lock_days integer,
        p_review date)
    RETURNS TABLE (case_id uuid, subject_id uuid, municipality_id uuid)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    #variable_conflict use_column
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM meeting m WHERE m.id = p_meeting AND m.state = 'closed')
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
            WHERE a.meeting_id = p_meeting AND c.shred_ordered_at IS NULL
              AND c.due_on > greatest(p_day, present_day())
              AND {discussed}
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

DELEGATES = """
            WHEN 'delegate' THEN c.municipality_id = d.municipality_id AND NOT 'file' = ANY (d.scope)
              AND d.scope && ARRAY['list', 'screening', 'invitations', 'meetings', 'closure']"""

# As in revision 0006, with `{delegates}` for a line about them.
REACH = """
    CREATE OR REPLACE FUNCTION reachable_by_glass() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(c.id), '{{}}')
        FROM acting() a
        JOIN mandate d ON d.id = acting_mandate()
        JOIN case_file c ON c.cell_id = d.cell_id
        WHERE c.shred_ordered_at IS NULL AND c.id <> ALL (excluded_cases())
          AND CASE a.role{delegates}
            WHEN 'caseManager' THEN EXISTS (SELECT 1 FROM trajectory j
              WHERE j.case_id = c.id AND j.case_manager_id = acting_person())
            ELSE a.role IN ('policeMember', 'informationOfficer') AND (
              EXISTS (SELECT 1 FROM invitation i JOIN meeting m ON m.id = i.meeting_id
                WHERE i.case_id = c.id AND i.person_id = acting_person() AND m.cell_id = d.cell_id
                  AND i.state IN ('sent', 'accepted', 'attended', 'absent', 'noAnswer'))
              OR EXISTS (SELECT 1 FROM attendance t JOIN meeting m ON m.id = t.meeting_id
                WHERE t.case_id = c.id AND t.person_id = acting_person() AND t.present AND m.cell_id = d.cell_id))
          END
    $$
"""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(RECORD.format(discussed=NOW))
    op.execute(REACH.format(delegates=""))
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(REACH.format(delegates=DELEGATES))
    op.execute(RECORD.format(discussed=BEFORE))
    op.execute("RESET ROLE")
