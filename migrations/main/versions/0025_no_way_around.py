"""Naming who comes in one's place waits for its act: until there is one, the database offers no way to it (R24, R28).

Revision 0017 brought functions that write an invitation in the mayor's name, and nothing in the application asks for them:
a way to write without a rule and without a line in the log.
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# As in revision 0017.
FUNCTIONS = (
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
NAMES = ("nominate(uuid, uuid, uuid)", "may_be_nominated(uuid, uuid)")


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for name in NAMES:
        op.execute(f"DROP FUNCTION {name}")
    # Nothing ever wrote it.
    op.execute("ALTER TABLE invitation DROP COLUMN nominated_by")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(
        "ALTER TABLE invitation ADD COLUMN nominated_by UUID"
        " CONSTRAINT fk_invitation_nominated_by REFERENCES person (id)"
    )
    for function in FUNCTIONS:
        op.execute(function)
    for name in NAMES:
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO livcr_app")
    op.execute("RESET ROLE")
