"""What hangs on an item is of its item's own meeting; who plans a meeting is who changes its people and its day (R4, R18).

Past every operation, a desk with one item on a joint meeting could have named itself a secretary there, and somebody
invited could have carried an invitation to a later meeting. And: services are told as they were invited, so that a page
that is read again does not give away who refused (R27, R35); a notice goes to who still sits there; whoever wrote a
correction may take it back (R67).
"""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

ON_AN_ITEM = ("invitation", "attendance", "minutes_item", "minutes_addendum")
IN_MINUTES = ("minutes_item", "minutes_addendum")
PLANNED = (
    "cell_id", "municipality_id", "table_id", "table_kind", "chair_id", "secretary_id", "starts_at", "ends_at", "place",
    "blocks",
)  # fmt: skip
PLANNER = """
    CREATE FUNCTION meeting_is_planned() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT plans_meeting(OLD.id) THEN
            RAISE EXCEPTION 'who plans a meeting changes its people and its day' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$
"""
ASKED = """
    CREATE FUNCTION invitation_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'an invitation is of one person to one item' USING ERRCODE = 'insufficient_privilege';
    END $$
"""
# As in revision 0038, with `{sits}` for who is told.
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
        INSERT INTO notice (id, person_id, code, reference, municipality_id, created_at)
        SELECT gen_random_uuid(), k.person_id, 'feedbackAsked', c.reference, sheet.municipality_id, moment()
        FROM feedback_consent k JOIN case_file c ON c.id = sheet.case_id
        WHERE k.sheet_id = sheet.id AND k.agreed IS NULL{sits} AND NOT EXISTS (
            SELECT 1 FROM exclusion x WHERE x.case_id = sheet.case_id AND x.person_id = k.person_id);
        RETURN asked;
    END $$
"""
SITS = " AND sits_in(k.person_id, c.cell_id)"
# As in revision 0033, with `{which}` for the invitations that count.
SERVICES = """
    CREATE OR REPLACE FUNCTION services_told(p_item uuid) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT g.name FROM invitation i
        JOIN person p ON p.id = i.person_id JOIN agency g ON g.id = p.agency_id
        WHERE i.agenda_item_id = p_item AND {which}
          AND p_item = ANY (open_items())
          AND EXISTS (SELECT 1 FROM invitation o WHERE o.agenda_item_id = p_item AND o.person_id = acting_person()
            AND o.state IN ('sent', 'accepted', 'attended'){until})
    $$
"""
NOW = "i.state IN ('sent', 'accepted', 'attended', 'noAnswer', 'absent')"
AS_ASKED = "i.state NOT IN ('draft', 'removed')"
UNTIL = " AND i.sent_at <= o.sent_at"
DECIDES = (
    "written_by <> (SELECT acting_person()) AND (EXISTS (SELECT 1 FROM acting() a"
    " WHERE a.role IN ('mayor', 'delegate') AND a.municipality_id = minutes_addendum.municipality_id)"
    " OR EXISTS (SELECT 1 FROM meeting m WHERE m.id = meeting_id AND m.chair_id = (SELECT acting_person())))"
)
CHANGED = (
    "municipality_id = ANY ((SELECT desk_municipalities())::uuid[]) AND {who} AND decided_by = (SELECT acting_person())"
    " AND ((state = 'approved' AND note IS NOT NULL) OR (state = 'refused' AND note IS NULL))"
)
OR_BACK = f"(({DECIDES}) OR (written_by = (SELECT acting_person()) AND state = 'refused'))"


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE agenda_item ADD CONSTRAINT uq_agenda_item_id_meeting_id UNIQUE (id, meeting_id)")
    op.execute("ALTER TABLE minutes ADD CONSTRAINT uq_minutes_id_meeting_id UNIQUE (id, meeting_id)")
    for table in ON_AN_ITEM:
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT fk_{table}_agenda_item_id_meeting_id"
            " FOREIGN KEY (agenda_item_id, meeting_id) REFERENCES agenda_item (id, meeting_id) ON DELETE CASCADE"
        )
    for table in IN_MINUTES:
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT fk_{table}_minutes_id_meeting_id"
            " FOREIGN KEY (minutes_id, meeting_id) REFERENCES minutes (id, meeting_id)"
        )
    op.execute(PLANNER)
    differ = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in PLANNED)
    op.execute(
        "CREATE TRIGGER meeting_is_planned BEFORE UPDATE ON meeting FOR EACH ROW"
        f" WHEN (current_user = 'livcr_app' AND ({differ})) EXECUTE FUNCTION meeting_is_planned()"
    )
    op.execute(ASKED)
    op.execute(
        "CREATE TRIGGER invitation_stays BEFORE UPDATE ON invitation FOR EACH ROW WHEN (current_user = 'livcr_app'"
        " AND (OLD.person_id <> NEW.person_id OR OLD.agenda_item_id <> NEW.agenda_item_id"
        " OR OLD.meeting_id <> NEW.meeting_id)) EXECUTE FUNCTION invitation_stays()"
    )
    op.execute(ASK.format(sits=SITS))
    op.execute(SERVICES.format(which=AS_ASKED, until=UNTIL))
    op.execute(
        f"ALTER POLICY minutes_addendum_change ON minutes_addendum WITH CHECK ({CHANGED.format(who=OR_BACK)})"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(
        f"ALTER POLICY minutes_addendum_change ON minutes_addendum WITH CHECK ({CHANGED.format(who=DECIDES)})"
    )
    op.execute(SERVICES.format(which=NOW, until=""))
    op.execute(ASK.format(sits=""))
    op.execute("DROP TRIGGER invitation_stays ON invitation")
    op.execute("DROP FUNCTION invitation_stays()")
    op.execute("DROP TRIGGER meeting_is_planned ON meeting")
    op.execute("DROP FUNCTION meeting_is_planned()")
    for table in IN_MINUTES:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT fk_{table}_minutes_id_meeting_id")
    for table in ON_AN_ITEM:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT fk_{table}_agenda_item_id_meeting_id")
    op.execute("ALTER TABLE minutes DROP CONSTRAINT uq_minutes_id_meeting_id")
    op.execute("ALTER TABLE agenda_item DROP CONSTRAINT uq_agenda_item_id_meeting_id")
    op.execute("RESET ROLE")
