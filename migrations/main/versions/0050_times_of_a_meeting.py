"""The times of a meeting are those at which it happened, and what follows from them stays within the rules.

Past every operation, a desk that closed a sitting could have had its files kept for ever (R86), opened it on another day
than today, which is the day of discussion (R69), kept an agenda in sight by a meeting that ends in ten years (R19), or
struck after the sitting who was there and did not assent to the minutes, or added who was not (R62, R67, R68).
"""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

# As in revision 0036, with `{bounded}` for what a caller may say at most: what app/rules/retention.py gives under the
# agreement of the meeting and the one in force, within the bounds of the settings.
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
{bounded}        UPDATE invitation i SET
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

# A caller's date beyond the bounds becomes the bound: the file of a person falls due, whoever closes the sitting.
BOUNDED = """
        SELECT least(greatest(p_due, p_day + 30), CASE WHEN t.days >= 365 THEN (p_day + interval '1 year')::date
            ELSE p_day + greatest(t.days, 30) END)
        INTO p_due
        FROM meeting m CROSS JOIN LATERAL meeting_term(m.cell_id, m.agreement_id, 'case_term_days', 365, 365) AS t (days)
        WHERE m.id = p_meeting;
        p_limit := least(p_limit, (p_day + interval '5 years')::date);
        p_lock_days := greatest(least(p_lock_days, 30), 0);
        p_review := least(greatest(p_review, (p_day + interval '1 month')::date), (p_day + interval '6 months')::date);
"""

# As `check_period` in app/meetings/planning.py has it, and the operations that open, close and move a meeting.
TIMES = """
    CREATE FUNCTION meeting_times() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        hours interval := make_interval(hours => meeting_term(
            NEW.cell_id, NEW.agreement_id, 'participant_window_hours', 2, 24));
        fits boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            fits := NEW.opened_at IS NULL AND NEW.closed_at IS NULL;
        ELSE
            fits := CASE WHEN OLD.state = 'convened' AND NEW.state = 'inSession' THEN NEW.opened_at = moment()
                    ELSE NEW.opened_at IS NOT DISTINCT FROM OLD.opened_at END
                AND CASE WHEN OLD.state = 'inSession' AND NEW.state = 'closed' THEN NEW.closed_at = moment()
                    ELSE NEW.closed_at IS NOT DISTINCT FROM OLD.closed_at END;
        END IF;
        IF TG_OP = 'INSERT' OR (NEW.starts_at, NEW.ends_at) <> (OLD.starts_at, OLD.ends_at) THEN
            fits := fits AND NEW.state IN ('draft', 'convened') AND NEW.ends_at > moment()
                AND (NEW.starts_at AT TIME ZONE 'Europe/Brussels')::date <= (present_day() + interval '1 year')::date
                AND NEW.window_until BETWEEN NEW.ends_at AND NEW.ends_at + hours;
            IF TG_OP = 'UPDATE' THEN
                fits := fits AND OLD.state IN ('draft', 'convened');
            END IF;
        END IF;
        IF fits IS NOT TRUE THEN
            RAISE EXCEPTION 'the times of a meeting are those at which it happens' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$
"""
DIFFER = (
    "(OLD.state, OLD.starts_at, OLD.ends_at) <> (NEW.state, NEW.starts_at, NEW.ends_at)"
    " OR OLD.opened_at IS DISTINCT FROM NEW.opened_at OR OLD.closed_at IS DISTINCT FROM NEW.closed_at"
)
# Nothing in sight lasts by it, so one without length is let be; longer than a day is no meeting.
PERIOD = "ends_at >= starts_at AND ends_at - starts_at <= interval '24 hours'"

# The lock on the meeting has closing wait for who is being recorded, and who is recorded wait for closing.
SITTING = """
    CREATE FUNCTION attendance_is_of_the_sitting() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM 1 FROM meeting m WHERE m.id = NEW.meeting_id AND m.state = 'inSession' FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'who is there is recorded during the sitting' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$
"""
SAT = (
    ("attendance_begins", "attendance", "INSERT", "true"),
    # An assent is given after the sitting, and has a lock of its own (revision 0045).
    ("attendance_changes", "attendance", "UPDATE", "OLD.* IS DISTINCT FROM NEW.*"),
    ("attendance_moves", "attendance_move", "INSERT", "true"),
)


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(RECORD.format(discussed=DISCUSSED, closing=CLOSING, corrected=CORRECTED, bounded=BOUNDED))
    for source, name in ((TIMES, "meeting_times"), (SITTING, "attendance_is_of_the_sitting")):
        op.execute(source)
        op.execute(f"REVOKE ALL ON FUNCTION {name}() FROM PUBLIC")
    op.execute(f"ALTER TABLE meeting ADD CONSTRAINT ck_meeting_period CHECK ({PERIOD})")
    op.execute(
        "ALTER TABLE attendance_move ADD CONSTRAINT fk_attendance_move_agenda_item_id_meeting_id"
        " FOREIGN KEY (agenda_item_id, meeting_id) REFERENCES agenda_item (id, meeting_id) ON DELETE CASCADE"
    )
    op.execute(
        "CREATE TRIGGER meeting_times BEFORE UPDATE ON meeting FOR EACH ROW"
        f" WHEN (current_user = 'livcr_app' AND ({DIFFER})) EXECUTE FUNCTION meeting_times()"
    )
    op.execute(
        "CREATE TRIGGER meeting_is_to_come BEFORE INSERT ON meeting FOR EACH ROW"
        " WHEN (current_user = 'livcr_app') EXECUTE FUNCTION meeting_times()"
    )
    for name, table, step, when in SAT:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {step} ON {table} FOR EACH ROW"
            f" WHEN (current_user = 'livcr_app' AND {when}) EXECUTE FUNCTION attendance_is_of_the_sitting()"
        )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for name, table, _, _ in SAT:
        op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute("DROP TRIGGER meeting_is_to_come ON meeting")
    op.execute("DROP TRIGGER meeting_times ON meeting")
    op.execute("ALTER TABLE attendance_move DROP CONSTRAINT fk_attendance_move_agenda_item_id_meeting_id")
    op.execute("ALTER TABLE meeting DROP CONSTRAINT ck_meeting_period")
    op.execute("DROP FUNCTION attendance_is_of_the_sitting()")
    op.execute("DROP FUNCTION meeting_times()")
    op.execute(RECORD.format(discussed=DISCUSSED, closing=CLOSING, corrected=CORRECTED, bounded=""))
    op.execute("RESET ROLE")
