"""What began under an agreement stays within it, plans are adopted by mayors, and who sits no more is told nothing.

The day by which a feedback sheet is answered, and whether a card is noted, follow the stricter of two agreements: the one
of the meeting and the one in force (R79, R59, R115). A policy plan is adopted by every mayor and then stays; a measure gets
another state with the evaluation that says so (R1, R6). Whose mandate ended gets no word of a meeting (R9, R37).
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

# The smaller of what both agreements say, for a setting of which the smaller value is the stricter; *p_usual* where one
# of them is silent. Of meetings of one's own cell alone.
GOVERNING = """
    CREATE FUNCTION governing_setting(p_meeting uuid, p_name text, p_usual integer) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(min(coalesce((g.settings ->> p_name)::integer, p_usual)), p_usual)
        FROM meeting m JOIN agreement g ON g.id = m.agreement_id OR (g.cell_id = m.cell_id AND g.state = 'adopted')
        WHERE m.id = p_meeting AND m.cell_id = ANY (member_cells())
    $$
"""
NOTING = (
    "person_id = (SELECT acting_person()) AND agenda_item_id = ANY ((SELECT police_items())::uuid[])"
    " AND case_id <> ALL ((SELECT excluded_cases())::uuid[]) AND mentioned_on = present_day() AND "
)
NOTED_BEFORE = (
    "EXISTS (SELECT 1 FROM meeting m JOIN agreement g ON g.cell_id = m.cell_id AND g.state = 'adopted'"
    " WHERE m.id = meeting_id AND m.state = 'inSession' AND (g.settings ->> 'card_mention_note')::integer = 1)"
)
NOTED = (
    "EXISTS (SELECT 1 FROM meeting m WHERE m.id = meeting_id AND m.state = 'inSession')"
    " AND governing_setting(meeting_id, 'card_mention_note', 0) = 1"
)
# As in revision 0020, with `{until}` for the day by which everybody has to answer.
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
        UPDATE feedback_sheet SET state = 'consensusAsked', asked_at = moment(), answer_until = {until},
            moved_at = moment(), version = version + 1 WHERE id = sheet.id;
        RETURN asked;
    END $$
"""
UNTIL = (
    "least(p_until,\n"
    "                moment() + make_interval(days => governing_setting(sheet.meeting_id, 'feedback_answer_days', 7)))"
)

# Its text until it is adopted is its members', with another edition each time; adopted it is by the mayors, and then stays.
PLAN = """
    CREATE FUNCTION policy_plan_stays() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        changed boolean := (OLD.title, OLD.text, OLD.starts_on, OLD.ends_on) IS DISTINCT FROM
            (NEW.title, NEW.text, NEW.starts_on, NEW.ends_on);
    BEGIN
        IF NEW.edition < OLD.edition OR (changed AND (NEW.edition = OLD.edition OR NEW.state <> 'draft'))
            OR (OLD.state <> 'draft' AND (changed OR (OLD.state, OLD.edition, OLD.adopted_on) IS DISTINCT FROM
                (NEW.state, NEW.edition, NEW.adopted_on)))
            OR (NEW.state = 'draft' AND NEW.adopted_on IS NOT NULL)
        THEN
            RAISE EXCEPTION 'a policy plan that was adopted does not change' USING ERRCODE = 'check_violation';
        END IF;
        IF OLD.state = 'draft' AND NEW.state <> 'draft' AND (NEW.state <> 'adopted' OR EXISTS (
            SELECT 1 FROM cell_municipality m WHERE m.cell_id = NEW.cell_id AND NOT EXISTS (
                SELECT 1 FROM policy_plan_adoption a WHERE a.policy_plan_id = NEW.id
                  AND a.municipality_id = m.municipality_id AND a.edition = NEW.edition))) THEN
            RAISE EXCEPTION 'not every mayor adopted this edition' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
"""
MEASURE = """
    CREATE FUNCTION measure_moves() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF OLD.state NOT IN ('planned', 'underWay') THEN
            RAISE EXCEPTION 'a measure that is done stays' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.state <> OLD.state AND NOT (
            EXISTS (SELECT 1 FROM measure_evaluation e WHERE e.measure_id = NEW.id AND e.state = NEW.state
                AND e.evaluated_by = acting_person() AND e.recorded_at >= moment())
            AND (NEW.cell_id = ANY (strategy_desks()) OR OLD.owner_id = acting_person()
                OR OLD.agency_id = (SELECT p.agency_id FROM person p WHERE p.id = acting_person()))
            AND EXISTS (SELECT 1 FROM goal g JOIN policy_plan p ON p.id = g.policy_plan_id
                WHERE g.id = NEW.goal_id AND p.state = 'adopted'))
        THEN
            RAISE EXCEPTION 'a measure is evaluated by its owner or the desk' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
"""
MEMBERS = "cell_id = ANY ((SELECT strategy_cells())::uuid[])"
OF_A_DRAFT = "EXISTS (SELECT 1 FROM policy_plan p WHERE p.id = policy_plan_id AND p.state = 'draft')"
BY_ITS_MAYOR = (
    "adopted_by = (SELECT acting_person()) AND EXISTS (SELECT 1 FROM acting() a WHERE a.role = 'mayor'"
    " AND a.cell_id = policy_plan_adoption.cell_id AND a.municipality_id = policy_plan_adoption.municipality_id)"
)
THIS_EDITION = (
    " AND EXISTS (SELECT 1 FROM policy_plan p WHERE p.id = policy_plan_id AND p.state = 'draft'"
    " AND p.edition = policy_plan_adoption.edition)"
)
CHANGEABLE = {
    "policy_plan": "title, text, starts_on, ends_on, state, edition, adopted_on, version",
    "goal": "position, title, text, action_field, version",
    "measure": "title, text, owner_id, agency_id, due_on, state, version",
}
TRIGGERS = {"policy_plan": "policy_plan_stays", "measure": "measure_moves"}

SITS = """
    CREATE FUNCTION sits_in(p_person uuid, p_cell uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT EXISTS (SELECT 1 FROM mandate d JOIN person p ON p.id = d.person_id AND p.active
            WHERE d.person_id = p_person AND d.cell_id = p_cell AND d.role IN ('mayor', 'delegate', 'coordinator',
                'policeMember', 'informationOfficer', 'participant', 'secretary', 'caseManager')
              AND d.starts_on <= present_day() AND (d.ends_on IS NULL OR d.ends_on >= present_day()))
    $$
"""
# As in revision 0027, with `{seated}` for who may still be told.
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
        FROM invitation i JOIN case_file c ON c.id = i.case_id WHERE i.id = ANY (told){seated};
        IF p_code = 'meetingMoved' THEN
            UPDATE invitation i SET state = 'sent', answered_at = NULL, refusal_reason = NULL, version = i.version + 1
            WHERE i.id = ANY (told) AND i.state IN ('accepted', 'declined');
        END IF;
    END $$
"""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(GOVERNING)
    op.execute("REVOKE ALL ON FUNCTION governing_setting(uuid, text, integer) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION governing_setting(uuid, text, integer) TO livcr_app")
    op.execute(f"ALTER POLICY card_mention_add ON card_mention WITH CHECK ({NOTING}{NOTED})")
    op.execute(ASK.format(until=UNTIL))
    for statement in (PLAN, MEASURE, SITS):
        op.execute(statement)
    op.execute("REVOKE ALL ON FUNCTION policy_plan_stays(), measure_moves(), sits_in(uuid, uuid) FROM PUBLIC")
    for table, name in TRIGGERS.items():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW"
            f" WHEN (current_user = 'livcr_app') EXECUTE FUNCTION {name}()"
        )
    for table, columns in CHANGEABLE.items():
        op.execute(f"REVOKE UPDATE ON {table} FROM livcr_app")
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO livcr_app")
    op.execute(f"ALTER POLICY goal_change ON goal USING ({MEMBERS} AND {OF_A_DRAFT})")
    op.execute(f"ALTER POLICY goal_add ON goal WITH CHECK ({MEMBERS} AND {OF_A_DRAFT})")
    op.execute(
        f"ALTER POLICY policy_plan_adoption_add ON policy_plan_adoption WITH CHECK ({BY_ITS_MAYOR}{THIS_EDITION})"
    )
    op.execute("ALTER POLICY policy_plan_add ON policy_plan WITH CHECK (" + MEMBERS + " AND state = 'draft')")
    op.execute("ALTER POLICY measure_add ON measure WITH CHECK (" + MEMBERS + " AND state = 'planned')")
    op.execute(TELL.format(seated=" AND sits_in(i.person_id, c.cell_id)"))
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(TELL.format(seated=""))
    op.execute(f"ALTER POLICY measure_add ON measure WITH CHECK ({MEMBERS})")
    op.execute(f"ALTER POLICY policy_plan_add ON policy_plan WITH CHECK ({MEMBERS})")
    op.execute(f"ALTER POLICY policy_plan_adoption_add ON policy_plan_adoption WITH CHECK ({BY_ITS_MAYOR})")
    op.execute(f"ALTER POLICY goal_add ON goal WITH CHECK ({MEMBERS})")
    op.execute(f"ALTER POLICY goal_change ON goal USING ({MEMBERS})")
    for table, columns in CHANGEABLE.items():
        op.execute(f"REVOKE UPDATE ({columns}) ON {table} FROM livcr_app")
        op.execute(f"GRANT UPDATE ON {table} TO livcr_app")
    for table, name in TRIGGERS.items():
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {name}()")
    op.execute("DROP FUNCTION sits_in(uuid, uuid)")
    op.execute(ASK.format(until="p_until"))
    op.execute(f"ALTER POLICY card_mention_add ON card_mention WITH CHECK ({NOTING}{NOTED_BEFORE})")
    op.execute("DROP FUNCTION governing_setting(uuid, text, integer)")
    op.execute("RESET ROLE")
