"""Who was there can assent to submitted minutes: approval waits for the days for remarks, or for all of them (R67).

The assent stands with the attendance it is of and goes with it; it counts for the text as last submitted.
"""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

ASSENT = """
    CREATE FUNCTION assent_to_minutes(p_meeting uuid) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        given bigint;
    BEGIN
        UPDATE attendance t SET assented_at = moment() FROM minutes n
        WHERE n.meeting_id = p_meeting AND n.state = 'submitted' AND t.meeting_id = p_meeting
          AND t.person_id = acting_person() AND t.present
          AND t.agenda_item_id = ANY ((SELECT extract_items())::uuid[]);
        GET DIAGNOSTICS given = ROW_COUNT;
        RETURN given;
    END $$
"""
# Of every municipality, a number and no names: it decides on the whole, which no desk of a joint cell sees.
LACKING = """
    CREATE FUNCTION assents_lacking(p_meeting uuid) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT CASE WHEN holds_meeting(p_meeting) THEN (
            SELECT count(DISTINCT t.person_id) FROM attendance t
            JOIN meeting m ON m.id = t.meeting_id
            JOIN minutes n ON n.meeting_id = m.id AND n.state = 'submitted'
            JOIN agenda_item a ON a.id = t.agenda_item_id AND a.state = 'tabled'
            JOIN minutes_item i ON i.agenda_item_id = a.id
            WHERE t.meeting_id = p_meeting AND t.present AND t.person_id <> m.chair_id
              AND (t.assented_at IS NULL OR t.assented_at < n.submitted_at)
        ) END
    $$
"""
FUNCTIONS = ("assent_to_minutes(uuid)", "assents_lacking(uuid)")


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE attendance ADD COLUMN assented_at TIMESTAMP WITH TIME ZONE")
    for source in (ASSENT, LACKING):
        op.execute(source)
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO livcr_app")
    # Nobody assents for somebody else: not even who keeps the record of an item.
    op.execute(
        "CREATE FUNCTION assent_is_ones_own() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'nobody assents for somebody else' USING ERRCODE = 'insufficient_privilege'; END $$"
    )
    op.execute(
        "CREATE TRIGGER assent_is_ones_own BEFORE UPDATE ON attendance FOR EACH ROW WHEN (current_user = 'livcr_app'"
        " AND NEW.assented_at IS DISTINCT FROM OLD.assented_at) EXECUTE FUNCTION assent_is_ones_own()"
    )
    op.execute(
        "CREATE TRIGGER assent_is_given_later BEFORE INSERT ON attendance FOR EACH ROW WHEN (current_user = 'livcr_app'"
        " AND NEW.assented_at IS NOT NULL) EXECUTE FUNCTION assent_is_ones_own()"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for trigger in ("assent_is_given_later", "assent_is_ones_own"):
        op.execute(f"DROP TRIGGER {trigger} ON attendance")
    op.execute("DROP FUNCTION assent_is_ones_own()")
    for function in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {function}")
    op.execute("ALTER TABLE attendance DROP COLUMN assented_at")
    op.execute("RESET ROLE")
