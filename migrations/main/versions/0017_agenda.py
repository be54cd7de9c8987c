"""The agenda as it is made and changed: order, what is put off, who is no longer asked, what changed since (R24, R61, R69).

An item that was put off or taken off counts nowhere any more: it is on nobody's agenda but its desk's, it cannot be
recorded and it starts no term. Steps that concern the items of several municipalities of a joint cell at once, which no
desk sees, go through functions: running times, asking again after a move, telling those invited (R4).
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLES = (
    "ALTER TABLE meeting ADD COLUMN blocks UUID[]",
    "ALTER TABLE agenda_item ADD COLUMN state TEXT NOT NULL DEFAULT 'tabled',"
    " ADD COLUMN put_off_reason TEXT, ADD COLUMN starts_after INTEGER NOT NULL DEFAULT 0,"
    " ADD COLUMN added_at TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE agenda_item ALTER COLUMN state DROP DEFAULT, ALTER COLUMN starts_after DROP DEFAULT",
    "ALTER TABLE agenda_item DROP CONSTRAINT uq_agenda_item_meeting_id_case_id",
    "CREATE UNIQUE INDEX ix_agenda_item_meeting_id_case_id ON agenda_item (meeting_id, case_id) WHERE state = 'tabled'",
    "ALTER TABLE invitation ADD COLUMN child_reason BYTEA, ADD COLUMN nominated_by UUID"
    " CONSTRAINT fk_invitation_nominated_by REFERENCES person (id)",
    """
    CREATE TABLE agenda_change (
        id UUID NOT NULL,
        meeting_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        agenda_item_id UUID,
        case_id UUID,
        kind TEXT NOT NULL,
        reason TEXT,
        changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        changed_by UUID NOT NULL,
        CONSTRAINT pk_agenda_change PRIMARY KEY (id),
        CONSTRAINT fk_agenda_change_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
        CONSTRAINT fk_agenda_change_agenda_item_id_case_id
            FOREIGN KEY(agenda_item_id, case_id) REFERENCES agenda_item (id, case_id) ON DELETE CASCADE,
        CONSTRAINT fk_agenda_change_case_id_municipality_id
            FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_agenda_change_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_agenda_change_changed_by FOREIGN KEY(changed_by) REFERENCES person (id),
        CONSTRAINT ck_agenda_change_of_an_item CHECK ((agenda_item_id IS NULL) = (case_id IS NULL))
    )
    """,
    "CREATE INDEX ix_agenda_change_meeting_id ON agenda_change (meeting_id)",
    "CREATE INDEX ix_agenda_change_case_id ON agenda_change (case_id)",
)

# As in revision 0002, with `{on}` for what counts as being on the agenda.
MINUTED = """
    CREATE OR REPLACE FUNCTION minuted_items() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT CASE WHEN (SELECT role FROM acting()) = 'secretary' THEN (
            SELECT coalesce(array_agg(a.id), '{{}}')
            FROM meeting m
            JOIN agenda_item a ON a.meeting_id = m.id
            WHERE m.cell_id = (SELECT cell_id FROM acting()) AND m.secretary_id = acting_person()
              AND m.state IN ('convened', 'inSession', 'closed') AND m.extract_until IS NULL{on}
              AND moment() <= m.ends_at + interval '744 hours'
              AND a.case_id <> ALL ((SELECT excluded_cases())::uuid[])
              AND NOT EXISTS (SELECT 1 FROM case_file c WHERE c.id = a.case_id AND c.locks_on <= present_day())
        ) ELSE '{{}}' END
    $$
"""
OWN_MEETINGS = """
    CREATE OR REPLACE FUNCTION own_meetings() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(s.meeting_id), '{{}}') FROM (
            SELECT i.meeting_id FROM invitation i WHERE i.person_id = acting_person() AND i.state {never_sent}
            UNION
            SELECT t.meeting_id FROM attendance t WHERE t.person_id = acting_person() AND t.present
        ) s
    $$
"""
# As in revision 0010, with `{on}` for what counts as being on the agenda.
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
            WHERE a.meeting_id = p_meeting{on} AND c.shred_ordered_at IS NULL
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
TABLED = " AND a.state = 'tabled'"
DISCUSSED = (
    "c.state <> 'closed' AND (SELECT count(DISTINCT p.agency_id) > 1 FROM attendance t"
    " JOIN person p ON p.id = t.person_id WHERE t.agenda_item_id = a.id AND t.present)"
)

FUNCTIONS = (
    # When each item of a meeting begins, counted in minutes from its start: the blocks of the municipalities in the
    # order the planner chose, within a block the order of its desk. No desk sees or numbers another's items (R4).
    """
    CREATE FUNCTION number_agenda(p_meeting uuid) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        UPDATE agenda_item a SET starts_after = n.before
        FROM (
            SELECT i.id, sum(i.minutes) OVER (ORDER BY coalesce(array_position(m.blocks, i.municipality_id), 1000),
                i.municipality_id <> m.municipality_id, i.municipality_id, i.position, i.id) - i.minutes AS before
            FROM agenda_item i JOIN meeting m ON m.id = i.meeting_id
            WHERE i.meeting_id = p_meeting AND i.state = 'tabled'
              AND m.cell_id = ANY (minute_taking_cells())
        ) n
        WHERE a.id = n.id AND a.starts_after <> n.before
    $$
    """,
    # How many minutes each municipality has on a meeting, in their order: told to who holds it, and nothing else of them.
    """
    CREATE FUNCTION agenda_blocks(p_meeting uuid) RETURNS TABLE (municipality_id uuid, minutes bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT a.municipality_id, sum(a.minutes) FROM agenda_item a
        WHERE a.meeting_id = p_meeting AND a.state = 'tabled' AND holds_meeting(p_meeting)
        GROUP BY a.municipality_id ORDER BY min(a.starts_after)
    $$
    """,
    # Which regimes were asked to a meeting, and whether with a reason for haste: a move starts the notice anew (R26).
    """
    CREATE FUNCTION asked_regimes(p_meeting uuid) RETURNS TABLE (municipality_id uuid, regime text, urgent boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT i.municipality_id, i.regime, i.urgency_reason IS NOT NULL FROM invitation i
        WHERE i.meeting_id = p_meeting AND i.state IN ('sent', 'accepted', 'declined') AND holds_meeting(p_meeting)
    $$
    """,
    # A meeting was moved or will not be held: who was asked is told, and after a move asked again (R31).
    """
    CREATE FUNCTION tell_invited(p_meeting uuid, p_code text) RETURNS void
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
    """,
    # Who of these people has another appointment in this house then: told to desks, of members of their own cell, and
    # of what kind or where it is not (R4).
    """
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
    """,
    # Whom the management of a service of the French Community can name to come in its place: somebody of that service
    # who sits in the cell, was not asked yet and declared no conflict. One answer for every reason against it (R28).
    """
    CREATE FUNCTION may_be_nominated(p_invitation uuid, p_handler uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT EXISTS (
            SELECT 1 FROM invitation i
            JOIN meeting m ON m.id = i.meeting_id
            JOIN person r ON r.id = i.person_id
            JOIN person h ON h.agency_id = r.agency_id AND h.id <> r.id AND h.active
            WHERE i.id = p_invitation AND i.person_id = acting_person() AND h.id = p_handler
              AND i.regime = 'frenchCommunity' AND r.line_manager_id IS NULL
              AND i.agenda_item_id = ANY (open_items()) AND m.state = 'convened'
              AND EXISTS (SELECT 1 FROM mandate n WHERE n.person_id = h.id AND n.cell_id = m.cell_id
                AND n.role IN ('participant', 'caseManager')
                AND n.starts_on <= present_day() AND (n.ends_on IS NULL OR n.ends_on >= present_day()))
              AND NOT EXISTS (SELECT 1 FROM exclusion x WHERE x.person_id = h.id AND x.case_id = i.case_id)
              AND NOT EXISTS (SELECT 1 FROM invitation o
                WHERE o.agenda_item_id = i.agenda_item_id AND o.person_id = h.id)
        )
    $$
    """,
    # The handler is asked in the mayor's name, as the management was; the management itself comes no longer.
    """
    CREATE FUNCTION nominate(p_id uuid, p_invitation uuid, p_handler uuid) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NOT may_be_nominated(p_invitation, p_handler) THEN
            RETURN false;
        END IF;
        INSERT INTO invitation (id, meeting_id, agenda_item_id, case_id, municipality_id, person_id, regime, ground_list,
            ground_code, state, sent_at, sent_by, nominated_by, version)
        SELECT p_id, i.meeting_id, i.agenda_item_id, i.case_id, i.municipality_id, p_handler, i.regime, i.ground_list,
            i.ground_code, 'sent', moment(), i.sent_by, acting_person(), 1
        FROM invitation i WHERE i.id = p_invitation;
        INSERT INTO notice (id, person_id, code, reference, municipality_id, created_at)
        SELECT gen_random_uuid(), p_handler, 'invitation', c.reference, i.municipality_id, moment()
        FROM invitation i JOIN case_file c ON c.id = i.case_id WHERE i.id = p_invitation;
        UPDATE invitation SET state = 'passedOn', answered_at = moment(), version = version + 1 WHERE id = p_invitation;
        RETURN true;
    END $$
    """,
)
NAMES = (
    "number_agenda(uuid)", "agenda_blocks(uuid)", "asked_regimes(uuid)", "tell_invited(uuid, text)",
    "busy_people(uuid[], timestamptz, timestamptz, uuid)", "nominate(uuid, uuid, uuid)", "may_be_nominated(uuid, uuid)",
)  # fmt: skip

DESK = "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
NOT_X = "(case_id IS NULL OR case_id <> ALL ((SELECT excluded_cases())::uuid[]))"
OF_MEETING = "agenda_item_id IS NULL AND EXISTS (SELECT 1 FROM meeting m WHERE m.id = meeting_id)"

# As in 0002: table -> (select, insert, update); None: not at all for the application.
POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "agenda_change": (
        f"({DESK} OR ({OF_MEETING}) OR agenda_item_id = ANY ((SELECT open_items())::uuid[])) AND {NOT_X}",
        f"{DESK} AND {NOT_X} AND changed_by = (SELECT acting_person())"
        " AND EXISTS (SELECT 1 FROM meeting m WHERE m.id = meeting_id)",
        None,
    ),
}


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for statement in TABLES:
        op.execute(statement)
    op.execute(MINUTED.format(on=TABLED))
    op.execute(OWN_MEETINGS.format(never_sent="NOT IN ('draft', 'removed')"))
    op.execute(RECORD.format(on=TABLED, discussed=DISCUSSED))
    for statement in FUNCTIONS:
        op.execute(statement)
    for name in NAMES:
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO livcr_app")
    for table, (select, insert, _) in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT TO livcr_app USING ({select})")
        op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT TO livcr_app WITH CHECK ({insert})")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO livcr_app")
        op.execute(f"CREATE POLICY {table}_end ON {table} TO livcr_retention USING (true)")
        op.execute(f"GRANT SELECT, UPDATE, DELETE ON {table} TO livcr_retention")
    # The agendas there are already get their running times.
    op.execute(
        "UPDATE agenda_item a SET starts_after = n.before FROM (SELECT i.id, sum(i.minutes) OVER (PARTITION BY i.meeting_id"
        " ORDER BY i.municipality_id <> m.municipality_id, i.municipality_id, i.position, i.id) - i.minutes AS before"
        " FROM agenda_item i JOIN meeting m ON m.id = i.meeting_id) n WHERE a.id = n.id"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP TABLE agenda_change")
    for name in NAMES:
        op.execute(f"DROP FUNCTION {name}")
    op.execute(RECORD.format(on="", discussed=DISCUSSED))
    op.execute(OWN_MEETINGS.format(never_sent="<> 'draft'"))
    op.execute(MINUTED.format(on=""))
    # What the older schema has no word for becomes what it means there.
    op.execute(
        "DELETE FROM agenda_item a WHERE a.state <> 'tabled' AND EXISTS (SELECT 1 FROM agenda_item b"
        " WHERE b.meeting_id = a.meeting_id AND b.case_id = a.case_id AND (b.state = 'tabled' OR b.id > a.id))"
    )
    op.execute(
        "UPDATE invitation SET state = CASE state WHEN 'removed' THEN 'draft' ELSE 'declined' END"
        " WHERE state IN ('removed', 'withdrawn', 'passedOn')"
    )
    op.execute("UPDATE meeting SET state = 'closed' WHERE state = 'cancelled'")
    op.execute("ALTER TABLE invitation DROP COLUMN child_reason, DROP COLUMN nominated_by")
    op.execute("DROP INDEX ix_agenda_item_meeting_id_case_id")
    op.execute(
        "ALTER TABLE agenda_item ADD CONSTRAINT uq_agenda_item_meeting_id_case_id UNIQUE (meeting_id, case_id)"
    )
    op.execute(
        "ALTER TABLE agenda_item DROP COLUMN state, DROP COLUMN put_off_reason, DROP COLUMN starts_after,"
        " DROP COLUMN added_at"
    )
    op.execute("ALTER TABLE meeting DROP COLUMN blocks")
    op.execute("RESET ROLE")
