"""The second lock on need-to-know: standing as functions, row-level security, grants (ADR 0005).

The policies say in the database what `rules/` says in Python; a test compares the two. Every policy reads
standing through `= ANY ((SELECT f())::uuid[])`, so that it is computed once a statement, not once a row.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FUNCTIONS = (
    "CREATE FUNCTION acting_person() RETURNS uuid LANGUAGE sql STABLE"
    " RETURN nullif(current_setting('livcr.actor', true), '')::uuid",
    "CREATE FUNCTION acting_mandate() RETURNS uuid LANGUAGE sql STABLE"
    " RETURN nullif(current_setting('livcr.mandate', true), '')::uuid",
    "CREATE FUNCTION moment() RETURNS timestamptz LANGUAGE sql STABLE"
    " RETURN nullif(current_setting('livcr.now', true), '')::timestamptz",
    "CREATE FUNCTION present_day() RETURNS date LANGUAGE sql STABLE"
    " RETURN (moment() AT TIME ZONE 'Europe/Brussels')::date",
    # The mandate acted under, if it is this person's and current. No row: no standing anywhere.
    """
    CREATE FUNCTION acting() RETURNS TABLE (role text, cell_id uuid, municipality_id uuid)
    LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT d.role, d.cell_id, d.municipality_id FROM mandate d
        WHERE d.id = acting_mandate() AND d.person_id = acting_person()
          AND d.starts_on <= present_day() AND (d.ends_on IS NULL OR d.ends_on >= present_day())
    $$
    """,
    # Whether an administrator acts: the only one who hands out accounts and mandates.
    """
    CREATE FUNCTION administering() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT EXISTS (SELECT 1 FROM acting() WHERE role = 'administrator')
    $$
    """,
    # The one thing that signing in has to know of a person before it knows that it is this person; who has signed in
    # learns nothing here.
    """
    CREATE FUNCTION password_hash_for(p_person uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT password_hash FROM credential WHERE person_id = p_person AND acting_person() IS NULL
    $$
    """,
    """
    CREATE FUNCTION desk_municipalities() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(municipality_id), '{}') FROM acting()
        WHERE role IN ('mayor', 'delegate', 'coordinator') AND municipality_id IS NOT NULL
    $$
    """,
    """
    CREATE FUNCTION watched_municipalities() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(municipality_id), '{}') FROM acting()
        WHERE role IN ('mayor', 'delegate', 'coordinator', 'dpo', 'auditor') AND municipality_id IS NOT NULL
    $$
    """,
    """
    CREATE FUNCTION audited_municipalities() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(municipality_id), '{}') FROM acting()
        WHERE role IN ('dpo', 'auditor') AND municipality_id IS NOT NULL
    $$
    """,
    """
    CREATE FUNCTION seat_cells() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(cell_id), '{}') FROM acting()
        WHERE cell_id IS NOT NULL AND role IN ('mayor', 'delegate', 'coordinator', 'policeMember',
            'informationOfficer', 'participant', 'secretary', 'caseManager')
    $$
    """,
    """
    CREATE FUNCTION minute_taking_cells() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(cell_id), '{}') FROM acting()
        WHERE cell_id IS NOT NULL AND role IN ('mayor', 'delegate', 'coordinator', 'secretary')
    $$
    """,
    """
    CREATE FUNCTION excluded_cases() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(case_id), '{}') FROM exclusion WHERE person_id = acting_person()
    $$
    """,
    # Whether a case is locked, for those who cannot see its row: its last days are for an extension alone (R90).
    """
    CREATE FUNCTION is_locked(p_case uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT EXISTS (SELECT 1 FROM case_file c WHERE c.id = p_case AND c.locks_on <= present_day())
    $$
    """,
    # Items this person takes the minutes of, until those are approved, a month after the sitting at the latest. The
    # role is asked first and alone: nearly everybody is no secretary, and every function below asks this one.
    """
    CREATE FUNCTION minuted_items() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT CASE WHEN (SELECT role FROM acting()) = 'secretary' THEN (
            SELECT coalesce(array_agg(a.id), '{}')
            FROM meeting m
            JOIN agenda_item a ON a.meeting_id = m.id
            WHERE m.cell_id = (SELECT cell_id FROM acting()) AND m.secretary_id = acting_person()
              AND m.state IN ('convened', 'inSession', 'closed') AND m.extract_until IS NULL
              AND moment() <= m.ends_at + interval '744 hours'
              AND a.case_id <> ALL ((SELECT excluded_cases())::uuid[])
              AND NOT EXISTS (SELECT 1 FROM case_file c WHERE c.id = a.case_id AND c.locks_on <= present_day())
        ) ELSE '{}' END
    $$
    """,
    # Of these the ones whose record can still be written: during the sitting, and while the minutes are a draft.
    """
    CREATE FUNCTION recorded_items() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(a.id), '{}')
        FROM agenda_item a
        JOIN meeting m ON m.id = a.meeting_id
        LEFT JOIN minutes n ON n.meeting_id = m.id
        WHERE a.id = ANY ((SELECT minuted_items())::uuid[])
          AND (m.state = 'inSession' OR (m.state = 'closed' AND n.state = 'draft'))
    $$
    """,
    # Items on a convened agenda to which this person is invited, while the window is open; a chair keeps
    # them until the minutes are approved, a month after the sitting at the latest.
    """
    CREATE FUNCTION open_items() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(i.agenda_item_id), '{}') || minuted_items()
        FROM invitation i
        JOIN meeting m ON m.id = i.meeting_id
        WHERE i.person_id = acting_person() AND i.state IN ('sent', 'accepted', 'attended')
          AND m.cell_id = ANY ((SELECT seat_cells())::uuid[])
          AND m.state IN ('convened', 'inSession', 'closed')
          AND (moment() <= m.window_until OR (m.chair_id = acting_person() AND m.extract_until IS NULL
            AND moment() <= m.ends_at + interval '744 hours'))
          AND i.case_id <> ALL ((SELECT excluded_cases())::uuid[]) AND NOT EXISTS (SELECT 1 FROM case_file c WHERE c.id = i.case_id AND c.locks_on <= present_day())
    $$
    """,
    """
    CREATE FUNCTION attended_items() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(t.agenda_item_id), '{}') || recorded_items()
        FROM attendance t
        JOIN meeting m ON m.id = t.meeting_id
        WHERE t.person_id = acting_person() AND t.present
          AND m.cell_id = ANY ((SELECT seat_cells())::uuid[])
          AND m.state IN ('inSession', 'closed')
          AND (moment() <= m.window_until OR (m.chair_id = acting_person() AND m.extract_until IS NULL
            AND moment() <= m.ends_at + interval '744 hours'))
          AND t.case_id <> ALL ((SELECT excluded_cases())::uuid[]) AND NOT EXISTS (SELECT 1 FROM case_file c WHERE c.id = t.case_id AND c.locks_on <= present_day())
    $$
    """,
    # Items of which this person, having been there, may read the minutes.
    """
    CREATE FUNCTION extract_items() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(t.agenda_item_id), '{}') || minuted_items()
        FROM attendance t
        JOIN meeting m ON m.id = t.meeting_id
        JOIN minutes n ON n.meeting_id = m.id
        WHERE t.person_id = acting_person() AND t.present
          AND m.cell_id = ANY ((SELECT seat_cells())::uuid[])
          AND ((n.state = 'submitted' AND moment() <= n.remarks_until)
            OR (n.state = 'approved' AND moment() <= m.extract_until)
            OR (m.chair_id = acting_person() AND n.state <> 'approved'
              AND moment() <= m.ends_at + interval '744 hours'))
          AND t.case_id <> ALL ((SELECT excluded_cases())::uuid[]) AND NOT EXISTS (SELECT 1 FROM case_file c WHERE c.id = t.case_id AND c.locks_on <= present_day())
    $$
    """,
    """
    CREATE FUNCTION tabled_cases() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(a.case_id), '{}') FROM agenda_item a
        WHERE a.id = ANY ((SELECT open_items())::uuid[])
    $$
    """,
    # Cases of the cell acted in of which this person holds one part: the trajectory they manage, an action they own.
    """
    CREATE FUNCTION part_cases() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(c), '{}') FROM (
            SELECT f.id AS c FROM trajectory j JOIN case_file f ON f.id = j.case_id
              JOIN acting() d ON d.cell_id = f.cell_id AND d.role = 'caseManager'
             WHERE j.case_manager_id = acting_person()
            UNION
            SELECT f.id FROM action_item o JOIN case_file f ON f.id = o.case_id
              JOIN acting() d ON d.cell_id = f.cell_id AND d.cell_id = ANY (seat_cells())
             WHERE o.owner_id = acting_person() AND o.state = 'open'
        ) parts WHERE c <> ALL (excluded_cases())
    $$
    """,
    # Meetings this person was asked to or sat in: date and place, as in their own list of invitations.
    """
    CREATE FUNCTION own_meetings() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(s.meeting_id), '{}') FROM (
            SELECT i.meeting_id FROM invitation i WHERE i.person_id = acting_person() AND i.state <> 'draft'
            UNION
            SELECT t.meeting_id FROM attendance t WHERE t.person_id = acting_person() AND t.present
        ) s
    $$
    """,
    # Who holds a meeting: the desk that planned it or has an item on it, its chair, its secretary. Nobody else of
    # a joint cell opens, closes or submits it (R4).
    """
    CREATE FUNCTION holds_meeting(p_meeting uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT EXISTS (
            SELECT 1 FROM meeting m JOIN acting() d ON d.cell_id = m.cell_id
            WHERE m.id = p_meeting AND (
                (d.role IN ('mayor', 'delegate', 'coordinator') AND (m.municipality_id = d.municipality_id
                  OR m.chair_id = acting_person()
                  OR EXISTS (SELECT 1 FROM agenda_item a
                    WHERE a.meeting_id = m.id AND a.municipality_id = d.municipality_id
                      AND a.case_id <> ALL (excluded_cases()))))
                OR (d.role IN ('secretary', 'coordinator') AND m.secretary_id = acting_person()))
        )
    $$
    """,
    # The municipalities with an item on a meeting: the controllers under whom a step with the whole is journalled.
    # Told only to who holds the meeting, who sees no item of another municipality.
    """
    CREATE FUNCTION meeting_municipalities(p_meeting uuid) RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(DISTINCT a.municipality_id), '{}') FROM agenda_item a
        WHERE a.meeting_id = p_meeting AND holds_meeting(p_meeting)
    $$
    """,
    # Closing a meeting dates every case discussed in it, of whichever municipality of the cell: the date is
    # set by the meeting record (R69). The days come from the rules; nobody can set them without closing.
    """
    CREATE FUNCTION record_discussions(p_meeting uuid, p_day date, p_due date, p_limit date, p_lock_days integer,
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
              AND EXISTS (SELECT 1 FROM attendance t WHERE t.agenda_item_id = a.id AND t.present)
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
    """,
    # A term may end earlier, never later: only the record of a meeting starts it anew (R69, R86).
    """
    CREATE FUNCTION term_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_user = 'livcr_app' THEN
            RAISE EXCEPTION 'a term is not made longer' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER term_stays BEFORE UPDATE ON case_file FOR EACH ROW WHEN (NEW.due_on > OLD.due_on)
    EXECUTE FUNCTION term_stays()
    """,
    # What ends when and why on that day, without who: for the desk and the data protection officer (R90).
    """
    CREATE FUNCTION retention_calendar()
    RETURNS TABLE (kind text, id uuid, reference text, municipality_id uuid, state text, start text,
        started_on date, due_on date, locks_on date, warned integer, extended boolean, subject_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT 'case', c.id, c.reference, c.municipality_id, c.state,
               CASE WHEN c.last_discussed_on IS NULL THEN 'listing' ELSE 'lastDiscussion' END,
               coalesce(c.last_discussed_on, c.listed_on), c.due_on, c.locks_on, c.warned,
               c.extended_until IS NOT NULL AND c.extended_until >= c.due_on, c.subject_id
        FROM case_file c
        WHERE c.municipality_id = ANY ((SELECT watched_municipalities())::uuid[])
          AND c.id <> ALL ((SELECT excluded_cases())::uuid[]) AND c.shred_ordered_at IS NULL
        UNION ALL
        SELECT 'registration', r.id, r.reference, r.municipality_id, r.state,
               CASE WHEN r.state IN ('notListed', 'referred', 'passedToPolice') THEN 'decision' ELSE 'receipt' END,
               CASE WHEN r.state IN ('notListed', 'referred', 'passedToPolice') THEN r.decided_on
                    ELSE r.received_on END,
               r.due_on, NULL, NULL, false, r.subject_id
        FROM registration r
        WHERE r.municipality_id = ANY ((SELECT watched_municipalities())::uuid[]) AND r.due_on IS NOT NULL
          AND r.state <> 'erased'
    $$
    """,
)

DESK = "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
NOT_EXCLUDED = "{case} <> ALL ((SELECT excluded_cases())::uuid[])"
MINE = "{column} = (SELECT acting_person())"


def _items(function: str, column: str = "agenda_item_id") -> str:
    return f"{column} = ANY ((SELECT {function}())::uuid[])"


NOT_X = NOT_EXCLUDED.format(case="case_id")
# Once a registration is a case, an exclusion from the case is one from the registration too.
NOT_X_ONCE_LISTED = f"(case_id IS NULL OR {NOT_X})"
PART = "case_id = ANY ((SELECT part_cases())::uuid[])"
# The trajectory as this very person may see it: the desk, or the case manager who follows it.
OF_SEEN_PLAN = "EXISTS (SELECT 1 FROM trajectory j WHERE j.id = trajectory_id)"
NOT_APPROVED = "EXISTS (SELECT 1 FROM minutes n WHERE n.id = minutes_id AND n.state <> 'approved')"

# table -> (select, insert, update); None: not at all for the application.
POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "registration": (
        f"({DESK} OR {MINE.format(column='submitted_by')}) AND {NOT_X_ONCE_LISTED}",
        f"{MINE.format(column='submitted_by')} AND cell_id = ANY ((SELECT seat_cells())::uuid[])"
        f" AND {NOT_X_ONCE_LISTED}",
        f"{DESK} AND {NOT_X_ONCE_LISTED}",
    ),
    "case_file": (
        f"({DESK} OR id = ANY ((SELECT tabled_cases())::uuid[]) OR id = ANY ((SELECT part_cases())::uuid[]))"
        f" AND {NOT_EXCLUDED.format(case='id')}",
        DESK,
        f"{DESK} AND {NOT_EXCLUDED.format(case='id')}",
    ),
    "discussion": (f"{DESK} AND {NOT_X}", None, None),
    "statement": (
        f"({DESK} OR ({_items('attended_items')} AND audience <> 'desk')"
        f" OR ({_items('open_items')} AND {MINE.format(column='contributor_id')})) AND {NOT_X}",
        f"({DESK} OR {_items('attended_items')}) AND {NOT_X} AND (agenda_item_id IS NULL"
        " OR EXISTS (SELECT 1 FROM agenda_item a WHERE a.id = agenda_item_id AND a.case_id = statement.case_id))",
        f"{DESK} AND {NOT_X}",
    ),
    "trajectory": (
        f"({DESK} OR ({MINE.format(column='case_manager_id')} AND {PART})) AND {NOT_X}",
        f"{DESK} AND {NOT_X}",
        f"{DESK} AND {NOT_X}",
    ),
    "action_item": (
        f"({DESK} OR ({MINE.format(column='owner_id')} AND {PART}) OR {OF_SEEN_PLAN}) AND {NOT_X}",
        f"({DESK} OR {OF_SEEN_PLAN}) AND {NOT_X}",
        f"({DESK} OR ({MINE.format(column='owner_id')} AND {PART}) OR {OF_SEEN_PLAN}) AND {NOT_X}",
    ),
    # Until it sits, the desks of the cell know when and where, so that each can table its own cases.
    "meeting": (
        f"cell_id = ANY ((SELECT seat_cells())::uuid[]) AND ({DESK}"
        " OR (state IN ('draft', 'convened') AND (SELECT desk_municipalities())::uuid[] <> '{}')"
        " OR id = ANY ((SELECT own_meetings())::uuid[]) OR holds_meeting(id))",
        f"cell_id = ANY ((SELECT minute_taking_cells())::uuid[]) AND {DESK}",
        f"cell_id = ANY ((SELECT minute_taking_cells())::uuid[]) AND ({DESK} OR holds_meeting(id))",
    ),
    "minutes": (
        "EXISTS (SELECT 1 FROM meeting m WHERE m.id = meeting_id)",
        "cell_id = ANY ((SELECT minute_taking_cells())::uuid[]) AND holds_meeting(meeting_id)",
        "cell_id = ANY ((SELECT minute_taking_cells())::uuid[]) AND holds_meeting(meeting_id)",
    ),
    "agenda_item": (
        f"({DESK} OR {_items('open_items', 'id')} OR {_items('extract_items', 'id')}) AND {NOT_X}",
        f"{DESK} AND {NOT_X}",
        f"{DESK} AND {NOT_X}",
    ),
    "invitation": (
        f"({DESK} OR {MINE.format(column='person_id')} OR {_items('minuted_items')}) AND {NOT_X}",
        f"{DESK} AND {NOT_X}",
        f"({DESK} OR {MINE.format(column='person_id')} OR {_items('minuted_items')}) AND {NOT_X}",
    ),
    "attendance": (
        f"({DESK} OR {MINE.format(column='person_id')} OR {_items('attended_items')}) AND {NOT_X}",
        f"({DESK} OR {_items('recorded_items')}) AND {NOT_X}",
        f"({DESK} OR {_items('recorded_items')}) AND {NOT_X}",
    ),
    "minutes_item": (
        f"({DESK} OR {_items('extract_items')}) AND {NOT_X}",
        f"({DESK} OR {_items('recorded_items')}) AND {NOT_X} AND {NOT_APPROVED}",
        f"({DESK} OR {_items('recorded_items')}) AND {NOT_X} AND {NOT_APPROVED}",
    ),
    "minutes_remark": (
        f"({DESK} OR {MINE.format(column='person_id')} OR {_items('minuted_items')}) AND {NOT_X}",
        f"{MINE.format(column='person_id')} AND {_items('extract_items')} AND {NOT_X}",
        None,
    ),
    "exclusion": (
        f"{MINE.format(column='person_id')} OR {DESK}",
        f"{MINE.format(column='person_id')}",
        None,
    ),
    "notice": (
        MINE.format(column="person_id"),
        f"{DESK} OR municipality_id IN (SELECT m.municipality_id FROM cell_municipality m"
        " WHERE m.cell_id = ANY ((SELECT minute_taking_cells())::uuid[]))",
        MINE.format(column="person_id"),
    ),
    "certificate": ("municipality_id = ANY ((SELECT watched_municipalities())::uuid[])", None, None),
}

# Even the retention role deletes a file only once that was ordered and its day has come (R86). A listed
# registration has no day of its own: it goes with its case.
TERMS = {
    "case_file": "shred_ordered_at IS NOT NULL AND due_on <= present_day()",
    "registration": "state = 'erased' AND (due_on IS NULL OR due_on <= present_day())",
}

# Where a change reaches some columns only. The day of the last discussion and of the review come from the record of a
# meeting alone (R69, R76), and whose case it is never changes.
CHANGEABLE = {
    "case_file": "state, due_on, locks_on, closure_ground, closure_meeting_id, closed_on, closed_by, version",
}

# Who somebody is and what they are mandated for: table -> (select, insert, update, the columns an update reaches).
# An administrator in office hands it out; what is one's own is written by oneself alone. A password is not changed by
# any operation yet, so not by any statement either. What is open for update without a column of meaning (version)
# is so for the sake of a row lock.
SELF = "person_id = (SELECT acting_person())"
BY_ADMINISTRATOR = "(SELECT administering())"
WAITING = "(state = 'secondFactorWanted' AND mandate_id IS NULL AND secret_hash IS NULL)"
DIRECTORY: dict[str, tuple[str, str, str | None, str]] = {
    "person": ("true", BY_ADMINISTRATOR, BY_ADMINISTRATOR, "version"),
    "credential": (SELF, BY_ADMINISTRATOR, SELF, "totp_last_step"),
    "mandate": ("true", BY_ADMINISTRATOR, BY_ADMINISTRATOR, "ends_on, version"),
    "undertaking": ("true", SELF, None, ""),
    "session": (
        "true",
        f"{SELF} OR {WAITING}",
        f"{SELF} OR {WAITING}",
        "mandate_id, state, secret_hash, previous_hash, csrf_token, seen_at, expires_at, closed_at, failures",
    ),
}

# table -> the columns that may change ("": none, "*": all).
OPEN_TABLES = {
    "municipality": "", "cell": "version", "cell_municipality": "", "consultation_table": "",
    "agreement": "state, version", "agency": "", "sign_in_pause": "failures, failed_at, paused_until", "idempotency": "*",
}  # fmt: skip


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for statement in FUNCTIONS:
        op.execute(statement)
    op.execute("REVOKE ALL ON FUNCTION record_discussions, retention_calendar FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION record_discussions, retention_calendar TO livcr_app")
    op.execute("GRANT SELECT ON installation TO livcr_app, livcr_retention")
    for table, columns in OPEN_TABLES.items():
        op.execute(f"GRANT SELECT ON {table} TO livcr_app, livcr_retention")
        op.execute(f"GRANT INSERT ON {table} TO livcr_app")
        if columns:
            op.execute(f"GRANT UPDATE{'' if columns == '*' else f' ({columns})'} ON {table} TO livcr_app")
    op.execute("GRANT DELETE ON idempotency, sign_in_pause TO livcr_retention")
    _lock_directory()
    for table, (select, insert, update) in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT TO livcr_app USING ({select})")
        op.execute(f"GRANT SELECT ON {table} TO livcr_app")
        if insert:
            op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT TO livcr_app WITH CHECK ({insert})")
            op.execute(f"GRANT INSERT ON {table} TO livcr_app")
        if update:
            op.execute(f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO livcr_app USING ({update})")
            columns = f" ({CHANGEABLE[table]})" if table in CHANGEABLE else ""
            op.execute(f"GRANT UPDATE{columns} ON {table} TO livcr_app")
        op.execute(f"CREATE POLICY {table}_end ON {table} TO livcr_retention USING (true)")
        op.execute(f"GRANT SELECT, UPDATE, DELETE ON {table} TO livcr_retention")
    for table, term in TERMS.items():
        op.execute(
            f"CREATE POLICY {table}_term ON {table} AS RESTRICTIVE FOR DELETE TO livcr_retention USING ({term})"
        )
    op.execute("GRANT INSERT ON certificate, notice TO livcr_retention")
    op.execute("RESET ROLE")


def _lock_directory() -> None:
    op.execute("REVOKE ALL ON FUNCTION password_hash_for FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION password_hash_for TO livcr_app")
    for table, (select, insert, update, columns) in DIRECTORY.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT TO livcr_app USING ({select})")
        op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT TO livcr_app WITH CHECK ({insert})")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO livcr_app")
        if update:
            op.execute(f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO livcr_app USING ({update})")
            op.execute(f"GRANT UPDATE ({columns}) ON {table} TO livcr_app")
        if table != "credential":
            op.execute(f"CREATE POLICY {table}_end ON {table} FOR SELECT TO livcr_retention USING (true)")
            op.execute(f"GRANT SELECT ON {table} TO livcr_retention")
    # Sign-ins that lead nowhere are nobody's; they go after a day.
    op.execute(
        "CREATE POLICY session_nobody ON session FOR DELETE TO livcr_retention USING (person_id IS NULL)"
    )
    op.execute("GRANT DELETE ON session TO livcr_retention")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for table in (*POLICIES, *DIRECTORY):
        for name in ("read", "add", "change", "end", "term", "nobody"):
            op.execute(f"DROP POLICY IF EXISTS {table}_{name} ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute("DROP TRIGGER term_stays ON case_file")
    for table in ("installation", *OPEN_TABLES, *DIRECTORY, *POLICIES):
        op.execute(f"REVOKE ALL ON {table} FROM livcr_app, livcr_retention")
    for name in (
        "term_stays()", "retention_calendar()", "record_discussions(uuid, date, date, date, integer, date)",
        "meeting_municipalities(uuid)", "holds_meeting(uuid)", "own_meetings()", "part_cases()",
        "tabled_cases()", "extract_items()", "attended_items()", "open_items()", "recorded_items()", "minuted_items()",
        "is_locked(uuid)",
        "excluded_cases()", "minute_taking_cells()", "seat_cells()", "audited_municipalities()",
        "watched_municipalities()", "desk_municipalities()", "password_hash_for(uuid)", "administering()", "acting()", "present_day()", "moment()",
        "acting_mandate()", "acting_person()",
    ):  # fmt: skip
        op.execute(f"DROP FUNCTION {name}")
    op.execute("RESET ROLE")
