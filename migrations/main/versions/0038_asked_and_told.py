"""Whoever is asked about a feedback sheet is told so, with the reference of the case and no more (R37, R79).

Nobody who keeps out of the case is told of it: their silence blocks the sheet, as it would have.
"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

# As in revision 0030, with `{told}` for the notices.
ASK = """
    CREATE OR REPLACE FUNCTION ask_feedback_consensus(p_sheet uuid, p_until timestamptz) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        sheet feedback_sheet;
        asked bigint;
    BEGIN
        SELECT * INTO sheet FROM feedback_sheet s WHERE s.id = p_sheet AND s.drafter_id = acting_person()
          AND s.state = 'draft' AND s.agenda_item_id = ANY (police_items()) FOR UPDATE;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        PERFORM block_feedback(s.id, 'lapsed') FROM feedback_sheet s
        WHERE s.agenda_item_id = sheet.agenda_item_id AND s.state IN ('consensusAsked', 'agreed')
          AND feedback_lapsed(s.id);
        INSERT INTO feedback_consent (sheet_id, person_id, case_id, municipality_id, agreed, answered_at)
        SELECT sheet.id, t.person_id, sheet.case_id, sheet.municipality_id,
            CASE WHEN t.person_id = sheet.drafter_id THEN true END,
            CASE WHEN t.person_id = sheet.drafter_id THEN moment() END
        FROM attendance t WHERE t.agenda_item_id = sheet.agenda_item_id AND t.present;
        GET DIAGNOSTICS asked = ROW_COUNT;
        UPDATE feedback_sheet SET state = 'consensusAsked', asked_at = moment(), answer_until = least(p_until,
                moment() + make_interval(days => governing_setting(sheet.meeting_id, 'feedback_answer_days', 7))),
            moved_at = moment(), version = version + 1 WHERE id = sheet.id;
        {told}RETURN asked;
    END $$
"""
TOLD = """INSERT INTO notice (id, person_id, code, reference, municipality_id, created_at)
        SELECT gen_random_uuid(), k.person_id, 'feedbackAsked', c.reference, sheet.municipality_id, moment()
        FROM feedback_consent k JOIN case_file c ON c.id = sheet.case_id
        WHERE k.sheet_id = sheet.id AND k.agreed IS NULL AND NOT EXISTS (
            SELECT 1 FROM exclusion x WHERE x.case_id = sheet.case_id AND x.person_id = k.person_id);
        """


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(ASK.format(told=TOLD))
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(ASK.format(told=""))
    op.execute("RESET ROLE")
