"""The management of a service of the French Community names who comes for it, under the mayor's invitation (R28, R35).

Whoever is named has an invitation of their own; the management's is passed on, and with it goes the sight of the item. The
database writes both, and only for who was asked and manages the service: nobody else adds an invitation but the desk.
"""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

COLUMNS = (
    "nominated_by UUID CONSTRAINT fk_invitation_nominated_by REFERENCES person (id)",
    "nominated_as TEXT",
)
# One's own invitation to an item of a meeting to come, as the management of the service that was asked.
OWN = """
            i.person_id = acting_person() AND i.regime = 'frenchCommunity' AND m.state = 'convened'
              AND m.cell_id = ANY (seat_cells()) AND i.case_id <> ALL (excluded_cases())"""
FUNCTIONS = {
    # Whom one can name, and the invitation that lies there for them already: one taken out before it was sent, or one of
    # a nomination that was taken back. Whom the mayor asks no longer is not asked by the service either.
    "nominees(uuid)": f"""
    CREATE FUNCTION nominees(p_invitation uuid) RETURNS TABLE (person_id uuid, invitation_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT h.id, o.id
        FROM invitation i
        JOIN meeting m ON m.id = i.meeting_id
        JOIN agenda_item a ON a.id = i.agenda_item_id AND a.state = 'tabled'
        JOIN case_file c ON c.id = i.case_id AND c.shred_ordered_at IS NULL
          AND c.state IN ('listed', 'underDiscussion', 'inTrajectory', 'monitored', 'closureProposed')
        JOIN person r ON r.id = i.person_id AND r.manages_service
        JOIN person h ON h.agency_id = r.agency_id AND h.id <> r.id AND h.active
        LEFT JOIN invitation o ON o.agenda_item_id = i.agenda_item_id AND o.person_id = h.id
        WHERE i.id = p_invitation AND {OWN}
              AND i.state IN ('sent', 'accepted') AND i.agenda_item_id = ANY (open_items())
              AND sits_in(h.id, m.cell_id)
              AND EXISTS (SELECT 1 FROM undertaking u WHERE u.person_id = h.id AND u.valid_until >= present_day())
              AND NOT EXISTS (SELECT 1 FROM exclusion x WHERE x.person_id = h.id AND x.case_id = i.case_id)
              AND (o.id IS NULL OR o.state = 'removed' OR (o.state = 'withdrawn' AND o.nominated_by = acting_person()
                AND o.withdrawn_by IS NOT DISTINCT FROM acting_person()))
    $$
    """,
    "named_for(uuid[])": """
    CREATE FUNCTION named_for(p_invitations uuid[])
    RETURNS TABLE (invitation_id uuid, person_id uuid, name text, nominated_as text, state text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT i.id, h.id, h.name, o.nominated_as, o.state
        FROM invitation i
        JOIN invitation o ON o.agenda_item_id = i.agenda_item_id AND o.nominated_by = i.person_id
        JOIN person h ON h.id = o.person_id
        WHERE i.id = ANY (p_invitations) AND i.person_id = acting_person() AND i.state = 'passedOn'
          AND o.state NOT IN ('removed', 'withdrawn') AND i.case_id <> ALL (excluded_cases())
    $$
    """,
    # The reasons are sealed for the invitation they stand in, by who could read them in their own.
    "nominate(uuid, uuid, uuid, text, bytea, bytea)": f"""
    CREATE FUNCTION nominate(p_invitation uuid, p_person uuid, p_id uuid, p_as text, p_child bytea, p_urgency bytea)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    #variable_conflict use_column
    BEGIN
        PERFORM 1 FROM meeting m JOIN invitation i ON i.meeting_id = m.id WHERE i.id = p_invitation AND {OWN}
        FOR SHARE OF m FOR UPDATE OF i;
        IF NOT FOUND OR p_as NOT IN ('handler', 'superior', 'permanentRepresentative') OR NOT EXISTS (
            SELECT 1 FROM nominees(p_invitation) n WHERE n.person_id = p_person AND coalesce(n.invitation_id, p_id) = p_id)
        THEN
            RETURN false;
        END IF;
        INSERT INTO invitation AS o (id, meeting_id, agenda_item_id, case_id, municipality_id, person_id, regime, ground_list,
            ground_code, child_reason, urgency_reason, state, sent_at, sent_by, nominated_by, nominated_as, version)
        SELECT p_id, i.meeting_id, i.agenda_item_id, i.case_id, i.municipality_id, p_person, i.regime, i.ground_list,
            i.ground_code, p_child, p_urgency, 'sent', i.sent_at, i.sent_by, i.person_id, p_as, 1
        FROM invitation i WHERE i.id = p_invitation
        ON CONFLICT (agenda_item_id, person_id) DO UPDATE SET
            regime = excluded.regime, ground_list = excluded.ground_list, ground_code = excluded.ground_code,
            ground_reason = NULL, child_reason = excluded.child_reason, urgency_reason = excluded.urgency_reason,
            state = 'sent', sent_at = excluded.sent_at, sent_by = excluded.sent_by, answered_at = NULL,
            refusal_reason = NULL, withdrawn_by = NULL, nominated_by = excluded.nominated_by,
            nominated_as = excluded.nominated_as, version = o.version + 1;
        UPDATE invitation SET state = 'passedOn', answered_at = moment(), refusal_reason = NULL, version = version + 1
        WHERE id = p_invitation;
        INSERT INTO notice (id, person_id, code, reference, municipality_id, created_at)
        SELECT gen_random_uuid(), p_person, 'nominated', c.reference, i.municipality_id, moment()
        FROM invitation i JOIN case_file c ON c.id = i.case_id WHERE i.id = p_invitation;
        RETURN true;
    END $$
    """,
    "take_back_nomination(uuid)": f"""
    CREATE FUNCTION take_back_nomination(p_invitation uuid) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    #variable_conflict use_column
    BEGIN
        PERFORM 1 FROM meeting m JOIN invitation i ON i.meeting_id = m.id WHERE i.id = p_invitation AND {OWN}
          AND i.state = 'passedOn' FOR SHARE OF m FOR UPDATE OF i;
        IF NOT FOUND THEN
            RETURN false;
        END IF;
        -- Who refused needs no telling; who has no seat any more gets none.
        INSERT INTO notice (id, person_id, code, reference, municipality_id, created_at)
        SELECT gen_random_uuid(), o.person_id, 'invitationWithdrawn', c.reference, o.municipality_id, moment()
        FROM invitation i
        JOIN invitation o ON o.agenda_item_id = i.agenda_item_id AND o.nominated_by = i.person_id
          AND o.state IN ('sent', 'accepted')
        JOIN case_file c ON c.id = i.case_id
        WHERE i.id = p_invitation AND sits_in(o.person_id, c.cell_id)
          AND NOT EXISTS (SELECT 1 FROM exclusion x WHERE x.case_id = o.case_id AND x.person_id = o.person_id);
        UPDATE invitation o SET state = 'withdrawn', withdrawn_by = acting_person(), version = o.version + 1
        FROM invitation i WHERE i.id = p_invitation AND o.agenda_item_id = i.agenda_item_id
          AND o.nominated_by = i.person_id AND o.state IN ('sent', 'accepted', 'declined', 'mustDecline');
        UPDATE invitation SET state = 'sent', answered_at = NULL, version = version + 1 WHERE id = p_invitation;
        RETURN true;
    END $$
    """,
}
# As in revision 0029: what was written for a question goes with the part of who wrote it.
GOES = (
    "CREATE TRIGGER contribution_goes_with_invitation AFTER UPDATE ON invitation FOR EACH ROW"
    " WHEN (OLD.state IS DISTINCT FROM NEW.state AND NEW.state IN ({states}))"
    " EXECUTE FUNCTION contribution_goes_with_invitation()"
)
GONE = "'declined', 'mustDecline', 'withdrawn', 'removed'"
# As in revision 0041, with `{states}` for whose reason is forgotten.
FORGET = """
    CREATE OR REPLACE FUNCTION forget_urgency(p_meeting uuid) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        UPDATE invitation i SET urgency_reason = NULL
        WHERE i.meeting_id = p_meeting AND i.urgency_reason IS NOT NULL AND plans_meeting(p_meeting)
          AND i.state IN ({states})
          AND EXISTS (SELECT 1 FROM meeting m WHERE m.id = p_meeting AND m.state IN ('draft', 'convened'))
    $$
"""
STANDS = "'draft', 'sent', 'accepted', 'declined'"


def _again(*, passed_on: bool) -> None:
    more = ", 'passedOn'" if passed_on else ""
    op.execute("DROP TRIGGER contribution_goes_with_invitation ON invitation")
    op.execute(GOES.format(states=GONE + more))
    op.execute(FORGET.format(states=STANDS + more))


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for column in COLUMNS:
        op.execute(f"ALTER TABLE invitation ADD COLUMN {column}")
    for name, function in FUNCTIONS.items():
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO livcr_app")
    _again(passed_on=True)
    # Who manages a service is said by an administrator, as the policy of the table has it.
    op.execute("GRANT UPDATE (manages_service) ON person TO livcr_app")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("REVOKE UPDATE (manages_service) ON person FROM livcr_app")
    _again(passed_on=False)
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}")
    # Who manages the service did not come: what the revision before knows of it.
    op.execute("UPDATE invitation SET state = 'declined' WHERE state = 'passedOn'")
    op.execute("ALTER TABLE invitation DROP COLUMN nominated_by, DROP COLUMN nominated_as")
    op.execute("RESET ROLE")
