"""What is off the agenda is in nobody's sight but its desk's, and who only had such an item holds no meeting (R4, R18, R31).

Also: a step with everybody who was asked is the planner's, as the rules say; nobody is told of a case on which they
declared a conflict; and nobody answers for themselves what they were not asked.
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# Each as in the newest revision before this one, with a place for what is added to it.

# Revision 0009.
OPEN_ITEMS = """
    CREATE OR REPLACE FUNCTION open_items() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(i.agenda_item_id), '{{}}') || minuted_items() || attended_items()
        FROM invitation i
        JOIN meeting m ON m.id = i.meeting_id{tabled}
        WHERE i.person_id = acting_person() AND i.state IN ('sent', 'accepted', 'attended')
          AND m.cell_id = ANY ((SELECT seat_cells())::uuid[])
          AND m.state IN ('convened', 'inSession', 'closed')
          AND (moment() <= m.window_until OR (m.chair_id = acting_person() AND m.extract_until IS NULL
            AND moment() <= m.ends_at + interval '744 hours'))
          AND i.case_id <> ALL ((SELECT excluded_cases())::uuid[]) AND NOT EXISTS (SELECT 1 FROM case_file c WHERE c.id = i.case_id AND c.locks_on <= present_day())
    $$
"""
# Revision 0014.
ATTENDED = """
    CREATE OR REPLACE FUNCTION attended_items() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(t.agenda_item_id), '{{}}') || recorded_items()
        FROM attendance t
        JOIN meeting m ON m.id = t.meeting_id{tabled}
        WHERE t.person_id = acting_person() AND t.present AND t.left_at IS NULL
          AND m.cell_id = ANY ((SELECT seat_cells())::uuid[])
          AND m.state IN ('inSession', 'closed')
          AND (moment() <= m.window_until OR (m.chair_id = acting_person() AND m.extract_until IS NULL
            AND moment() <= m.ends_at + interval '744 hours'))
          AND t.case_id <> ALL ((SELECT excluded_cases())::uuid[]) AND NOT EXISTS (SELECT 1 FROM case_file c WHERE c.id = t.case_id AND c.locks_on <= present_day())
    $$
"""
# Revision 0002.
EXTRACT = """
    CREATE OR REPLACE FUNCTION extract_items() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(t.agenda_item_id), '{{}}') || minuted_items()
        FROM attendance t
        JOIN meeting m ON m.id = t.meeting_id
        JOIN minutes n ON n.meeting_id = m.id{tabled}
        WHERE t.person_id = acting_person() AND t.present
          AND m.cell_id = ANY ((SELECT seat_cells())::uuid[])
          AND ((n.state = 'submitted' AND moment() <= n.remarks_until)
            OR (n.state = 'approved' AND moment() <= m.extract_until)
            OR (m.chair_id = acting_person() AND n.state <> 'approved'
              AND moment() <= m.ends_at + interval '744 hours'))
          AND t.case_id <> ALL ((SELECT excluded_cases())::uuid[]) AND NOT EXISTS (SELECT 1 FROM case_file c WHERE c.id = t.case_id AND c.locks_on <= present_day())
    $$
"""
# Revision 0017; a desk keeps date and place of a meeting from which its items were put off, to carry them over.
OWN_MEETINGS = """
    CREATE OR REPLACE FUNCTION own_meetings() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(s.meeting_id), '{{}}') FROM (
            SELECT i.meeting_id FROM invitation i WHERE i.person_id = acting_person() AND i.state NOT IN ('draft', 'removed')
            UNION
            SELECT t.meeting_id FROM attendance t WHERE t.person_id = acting_person() AND t.present{put_off}
        ) s
    $$
"""
# Revision 0002.
HOLDS = """
    CREATE OR REPLACE FUNCTION holds_meeting(p_meeting uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT EXISTS (
            SELECT 1 FROM meeting m JOIN acting() d ON d.cell_id = m.cell_id
            WHERE m.id = p_meeting AND (
                (d.role IN ('mayor', 'delegate', 'coordinator') AND (m.municipality_id = d.municipality_id
                  OR m.chair_id = acting_person()
                  OR EXISTS (SELECT 1 FROM agenda_item a
                    WHERE a.meeting_id = m.id AND a.municipality_id = d.municipality_id{tabled}
                      AND a.case_id <> ALL (excluded_cases()))))
                OR (d.role IN ('secretary', 'coordinator') AND m.secretary_id = acting_person()))
        )
    $$
"""
TABLING = """
    CREATE OR REPLACE FUNCTION meeting_municipalities(p_meeting uuid) RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(DISTINCT a.municipality_id), '{{}}') FROM agenda_item a
        WHERE a.meeting_id = p_meeting{tabled} AND holds_meeting(p_meeting)
    $$
"""
# Revision 0017.
REGIMES = """
    CREATE OR REPLACE FUNCTION asked_regimes(p_meeting uuid) RETURNS TABLE (municipality_id uuid, regime text, urgent boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT i.municipality_id, i.regime, i.urgency_reason IS NOT NULL FROM invitation i
        WHERE i.meeting_id = p_meeting AND i.state IN ('sent', 'accepted', 'declined') AND {who}(p_meeting)
    $$
"""
TELL_BEFORE = """
    CREATE OR REPLACE FUNCTION tell_invited(p_meeting uuid, p_code text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NOT holds_meeting(p_meeting) OR p_code NOT IN ('meetingMoved', 'meetingCancelled', 'agendaChanged') THEN
            RETURN;
        END IF;
        INSERT INTO notice (id, person_id, code, reference, municipality_id, created_at)
        SELECT gen_random_uuid(), i.person_id, p_code, c.reference, i.municipality_id, moment()
        FROM invitation i JOIN case_file c ON c.id = i.case_id
        WHERE i.meeting_id = p_meeting AND c.shred_ordered_at IS NULL
          AND i.state IN ('sent', 'accepted', CASE WHEN p_code = 'meetingMoved' THEN 'declined' ELSE 'sent' END);
        IF p_code = 'meetingMoved' THEN
            UPDATE invitation i SET state = 'sent', answered_at = NULL, refusal_reason = NULL, version = i.version + 1
            WHERE i.meeting_id = p_meeting AND i.state IN ('accepted', 'declined');
        END IF;
    END $$
"""
TELL = """
    CREATE OR REPLACE FUNCTION tell_invited(p_meeting uuid, p_code text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        told uuid[];
    BEGIN
        IF NOT plans_meeting(p_meeting) OR NOT EXISTS (SELECT 1 FROM meeting m WHERE m.id = p_meeting
            AND ((p_code = 'meetingMoved' AND m.state = 'convened') OR (p_code = 'meetingCancelled' AND m.state = 'cancelled')
              OR (p_code = 'agendaChanged' AND m.state IN ('convened', 'inSession'))))
        THEN
            RETURN;
        END IF;
        SELECT array_agg(i.id) INTO told
        FROM invitation i JOIN case_file c ON c.id = i.case_id
        JOIN agenda_item a ON a.id = i.agenda_item_id AND a.state = 'tabled'
        WHERE i.meeting_id = p_meeting AND c.shred_ordered_at IS NULL
          AND (i.state IN ('sent', 'accepted') OR (i.state = 'declined' AND p_code = 'meetingMoved'))
          AND NOT EXISTS (SELECT 1 FROM exclusion x WHERE x.person_id = i.person_id AND x.case_id = i.case_id);
        INSERT INTO notice (id, person_id, code, reference, municipality_id, created_at)
        SELECT gen_random_uuid(), i.person_id, p_code, c.reference, i.municipality_id, moment()
        FROM invitation i JOIN case_file c ON c.id = i.case_id WHERE i.id = ANY (told);
        IF p_code = 'meetingMoved' THEN
            UPDATE invitation i SET state = 'sent', answered_at = NULL, refusal_reason = NULL, version = i.version + 1
            WHERE i.id = ANY (told) AND i.state IN ('accepted', 'declined');
        END IF;
    END $$
"""
# Revision 0013.
DIGESTS = """
    CREATE OR REPLACE FUNCTION minutes_digests(p_meeting uuid) RETURNS TABLE (digest bytea)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT i.digest FROM minutes_item i{tabled}
        WHERE i.meeting_id = p_meeting AND i.digest IS NOT NULL AND holds_meeting(p_meeting)
    $$
"""
# Revision 0020.
POLICE = """
    CREATE OR REPLACE FUNCTION police_items() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT CASE WHEN (SELECT role FROM acting()) IN ('policeMember', 'informationOfficer') THEN (
            SELECT coalesce(array_agg(t.agenda_item_id), '{{}}')
            FROM attendance t JOIN meeting m ON m.id = t.meeting_id JOIN case_file c ON c.id = t.case_id{tabled}
            WHERE t.person_id = acting_person() AND t.present AND m.cell_id = (SELECT cell_id FROM acting())
              AND m.state IN ('inSession', 'closed') AND moment() <= m.ends_at + interval '744 hours' AND c.shred_ordered_at IS NULL AND c.locks_on > present_day() AND c.id <> ALL (excluded_cases())
        ) ELSE '{{}}' END
    $$
"""
OF_INVITATION = "\n        JOIN agenda_item a ON a.id = i.agenda_item_id AND a.state = 'tabled'"
OF_ATTENDANCE = "\n        JOIN agenda_item a ON a.id = t.agenda_item_id AND a.state = 'tabled'"
PUT_OFF = """
            UNION
            SELECT a.meeting_id FROM agenda_item a
            WHERE a.municipality_id = ANY (desk_municipalities()) AND a.state <> 'tabled' AND a.case_id <> ALL (excluded_cases())"""
BUSY_BEFORE = """
    CREATE FUNCTION busy_people(p_people uuid[], p_from timestamptz, p_until timestamptz, p_but uuid) RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(DISTINCT q.person_id), '{}')
        FROM (
            SELECT i.person_id, i.meeting_id FROM invitation i
            WHERE i.person_id = ANY (p_people) AND i.state IN ('sent', 'accepted')
            UNION SELECT m.chair_id, m.id FROM meeting m WHERE m.chair_id = ANY (p_people)
            UNION SELECT m.secretary_id, m.id FROM meeting m WHERE m.secretary_id = ANY (p_people)
        ) q
        JOIN meeting m ON m.id = q.meeting_id
        JOIN acting() d ON d.role IN ('mayor', 'delegate', 'coordinator')
        WHERE m.id IS DISTINCT FROM p_but AND m.state IN ('convened', 'inSession')
          AND m.starts_at < p_until AND m.ends_at > p_from
          AND EXISTS (SELECT 1 FROM mandate n WHERE n.person_id = q.person_id AND n.cell_id = d.cell_id
            AND n.starts_on <= present_day() AND (n.ends_on IS NULL OR n.ends_on >= present_day()))
    $$
"""
FRESH = {
    # Who decides on a meeting's day and its people: the desk that planned it, and its chair (R4).
    "plans_meeting(uuid)": """
    CREATE FUNCTION plans_meeting(p_meeting uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT EXISTS (
            SELECT 1 FROM meeting m JOIN acting() d ON d.cell_id = m.cell_id
            WHERE m.id = p_meeting AND d.role IN ('mayor', 'delegate', 'coordinator')
              AND (m.municipality_id = d.municipality_id OR m.chair_id = acting_person())
        )
    $$
    """,
    # Items on an agenda of a meeting to come to which this person was asked, whatever they answered: what they answer.
    "asked_items()": """
    CREATE FUNCTION asked_items() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(i.agenda_item_id), '{}')
        FROM invitation i
        JOIN agenda_item a ON a.id = i.agenda_item_id AND a.state = 'tabled'
        JOIN meeting m ON m.id = i.meeting_id AND m.state = 'convened'
        WHERE i.person_id = acting_person() AND i.state IN ('sent', 'accepted', 'declined', 'mustDecline')
          AND m.cell_id = ANY (seat_cells()) AND i.case_id <> ALL (excluded_cases())
    $$
    """,
    # References of the cases on which this person declared a conflict: what tells of them is not theirs to read.
    "excluded_references()": """
    CREATE FUNCTION excluded_references() RETURNS text[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(c.reference), '{}') FROM case_file c WHERE c.id = ANY (excluded_cases())
    $$
    """,
    # Who of these people has another appointment in this house during a meeting that one holds: told to desks, of members
    # of their own cell, and of what kind or where it is not; nor when, at any other time (R4).
    "busy_people(uuid[], uuid)": """
    CREATE FUNCTION busy_people(p_people uuid[], p_meeting uuid) RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(DISTINCT q.person_id), '{}')
        FROM (
            SELECT i.person_id, i.meeting_id FROM invitation i
            WHERE i.person_id = ANY (p_people) AND i.state IN ('sent', 'accepted')
            UNION SELECT m.chair_id, m.id FROM meeting m WHERE m.chair_id = ANY (p_people)
            UNION SELECT m.secretary_id, m.id FROM meeting m WHERE m.secretary_id = ANY (p_people)
        ) q
        JOIN meeting m ON m.id = q.meeting_id
        JOIN acting() d ON d.role IN ('mayor', 'delegate', 'coordinator')
        JOIN meeting b ON b.id = p_meeting
        WHERE m.id <> b.id AND m.state IN ('convened', 'inSession')
          AND m.starts_at < b.ends_at AND m.ends_at > b.starts_at AND holds_meeting(p_meeting)
          AND EXISTS (SELECT 1 FROM mandate n WHERE n.person_id = q.person_id AND n.cell_id = d.cell_id
            AND n.starts_on <= present_day() AND (n.ends_on IS NULL OR n.ends_on >= present_day()))
    $$
    """,
}

DESK = "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
MINE = "person_id = (SELECT acting_person())"
NOT_X = "case_id <> ALL ((SELECT excluded_cases())::uuid[])"
MINUTED = "agenda_item_id = ANY ((SELECT minuted_items())::uuid[])"
REACHED = f"(({DESK} OR {MINE} OR {MINUTED}) AND {NOT_X})"
ANSWERS = f"{MINE} AND agenda_item_id = ANY ((SELECT asked_items())::uuid[]) AND state IN ('accepted', 'declined', 'mustDecline')"
WRITTEN = f"({DESK} OR ({ANSWERS}) OR {MINUTED}) AND {NOT_X}"
TOLD = f"{MINE} AND reference <> ALL ((SELECT excluded_references())::text[])"


def _functions(*, narrow: bool) -> None:
    def given(addition: str) -> str:
        return addition if narrow else ""

    on = given(" AND a.state = 'tabled'")
    for statement in (
        ATTENDED.format(tabled=given(OF_ATTENDANCE)),
        OPEN_ITEMS.format(tabled=given(OF_INVITATION)),
        EXTRACT.format(tabled=given(OF_ATTENDANCE)),
        OWN_MEETINGS.format(put_off=given(PUT_OFF)),
        HOLDS.format(tabled=on),
        TABLING.format(tabled=on),
        REGIMES.format(who="plans_meeting" if narrow else "holds_meeting"),
        TELL if narrow else TELL_BEFORE,
        DIGESTS.format(tabled=given(OF_INVITATION)),
        POLICE.format(tabled=given(OF_ATTENDANCE)),
    ):
        op.execute(statement)


def _replace(function: str, body: str) -> None:
    op.execute(body)
    op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO livcr_app")


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP FUNCTION busy_people(uuid[], timestamptz, timestamptz, uuid)")
    for function, body in FRESH.items():
        _replace(function, body)
    _functions(narrow=True)
    op.execute("DROP POLICY invitation_change ON invitation")
    op.execute(
        f"CREATE POLICY invitation_change ON invitation FOR UPDATE TO livcr_app USING {REACHED} WITH CHECK ({WRITTEN})"
    )
    op.execute(f"ALTER POLICY notice_read ON notice USING ({TOLD})")
    # Who was asked to an item that is off its agenda is asked no longer, as for every item put off since.
    op.execute(
        "UPDATE invitation i SET state = 'withdrawn', version = i.version + 1 FROM agenda_item a"
        " WHERE a.id = i.agenda_item_id AND a.state <> 'tabled' AND i.state IN ('sent', 'accepted')"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(f"ALTER POLICY notice_read ON notice USING ({MINE})")
    op.execute("DROP POLICY invitation_change ON invitation")
    op.execute(f"CREATE POLICY invitation_change ON invitation FOR UPDATE TO livcr_app USING {REACHED}")
    _functions(narrow=False)
    for function in FRESH:
        op.execute(f"DROP FUNCTION {function}")
    _replace("busy_people(uuid[], timestamptz, timestamptz, uuid)", BUSY_BEFORE)
    op.execute("RESET ROLE")
