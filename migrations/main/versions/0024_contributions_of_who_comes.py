"""What somebody wrote for a meeting is opened there only while they are still asked to it (R18, R31, R64).

Who declined since, whose invitation was taken back, or who declared a conflict has no more part in the item; what they
wrote for it goes when the others' is opened, unread.
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

STILL_ASKED = (
    "EXISTS (SELECT 1 FROM invitation i WHERE i.id = r.invitation_id AND i.state IN ('sent', 'accepted'))"
    " AND NOT EXISTS (SELECT 1 FROM exclusion x WHERE x.case_id = r.case_id AND x.person_id = r.person_id)"
)

# As in revision 0023, with `{unread}` for what is taken away first.
OPEN = """
    CREATE OR REPLACE FUNCTION open_contributions(p_item uuid) RETURNS TABLE (statement_id uuid, person_id uuid)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    #variable_conflict use_column
    BEGIN
        IF NOT (p_item = ANY (attended_items())) OR NOT EXISTS (
            SELECT 1 FROM agenda_item a JOIN meeting m ON m.id = a.meeting_id WHERE a.id = p_item AND m.state = 'inSession')
        THEN
            RETURN;
        END IF;
        {unread}UPDATE contribution_request r SET state = 'opened', version = r.version + 1
        WHERE r.agenda_item_id = p_item AND r.state = 'answered';
        RETURN QUERY
        WITH taken AS (
            DELETE FROM contribution c WHERE c.agenda_item_id = p_item RETURNING c.*
        )
        INSERT INTO statement (id, case_id, municipality_id, agenda_item_id, category, origin, kind, reliability, audience,
            contributor_id, agency_id, entered_by, stated_on, text, category_reason, created_at, version)
        SELECT t.id, t.case_id, t.municipality_id, t.agenda_item_id, t.category, t.origin, t.kind, t.reliability,
            t.audience, t.person_id, p.agency_id, t.person_id, t.stated_on, t.text, t.category_reason, moment(), 1
        FROM taken t JOIN person p ON p.id = t.person_id
        RETURNING id, contributor_id;
    END $$
"""
UNREAD = f"""DELETE FROM contribution c USING contribution_request r
        WHERE c.request_id = r.id AND c.agenda_item_id = p_item AND NOT ({STILL_ASKED});
        UPDATE contribution_request r SET state = 'asked', answered_at = NULL, version = r.version + 1
        WHERE r.agenda_item_id = p_item AND r.state = 'answered' AND NOT ({STILL_ASKED});
        """


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(OPEN.format(unread=UNREAD))
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(OPEN.format(unread=""))
    op.execute("RESET ROLE")
