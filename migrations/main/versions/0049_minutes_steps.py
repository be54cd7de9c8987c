"""Minutes take their steps in the database too: written as a draft, laid before who was there, approved in time (R66, R67).

Past every operation, whoever holds a meeting could have approved its minutes without days, assent or signature, kept them in
sight, or rewritten what others had assented to. A remark takes back its writer's assent and does not land on what was
approved meanwhile; a recording basis is proposed and decided on at the moment at which it is (R113).
"""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

STEPS = """
    CREATE FUNCTION minutes_steps() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        m meeting;
        fits boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            fits := NEW.state = 'draft' AND num_nonnulls(NEW.submitted_at, NEW.remarks_until, NEW.approved_at,
                NEW.approved_by, NEW.leaves, NEW.note) = 0;
        ELSE
            SELECT * INTO m FROM meeting WHERE id = NEW.meeting_id;
            fits := NEW.meeting_id = OLD.meeting_id AND NEW.cell_id = OLD.cell_id AND CASE
                WHEN OLD.state = NEW.state THEN
                    NEW.submitted_at IS NOT DISTINCT FROM OLD.submitted_at
                    AND NEW.remarks_until IS NOT DISTINCT FROM OLD.remarks_until
                    AND num_nonnulls(NEW.approved_at, NEW.approved_by, NEW.leaves, NEW.note) = 0
                WHEN OLD.state = 'draft' AND NEW.state = 'submitted' THEN
                    m.state = 'closed' AND NEW.submitted_at = moment() AND NEW.remarks_until = moment() + make_interval(
                        hours => 24 * meeting_term(m.cell_id, m.agreement_id, 'minutes_remark_days', 7, 31))
                    AND num_nonnulls(NEW.approved_at, NEW.approved_by, NEW.leaves, NEW.note) = 0
                WHEN OLD.state = 'submitted' AND NEW.state = 'draft' THEN
                    num_nonnulls(NEW.submitted_at, NEW.remarks_until, NEW.approved_at, NEW.approved_by, NEW.leaves,
                        NEW.note) = 0
                WHEN OLD.state = 'submitted' AND NEW.state = 'approved' THEN
                    m.chair_id = acting_person() AND NEW.approved_by = acting_person() AND NEW.approved_at = moment()
                    AND NEW.note IS NOT NULL AND NEW.leaves IS NOT NULL
                    AND NEW.submitted_at = OLD.submitted_at AND NEW.remarks_until = OLD.remarks_until
                    AND (OLD.remarks_until <= moment() OR assents_lacking(OLD.meeting_id) = 0)
                ELSE false
            END;
        END IF;
        IF fits IS NOT TRUE THEN
            RAISE EXCEPTION 'minutes are submitted and approved step by step' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$
"""
# Held until the end of the transaction: an approval waits for a remark under way, and a remark for an approval.
SUBMITTED = """
    CREATE FUNCTION minutes_are_submitted(p_minutes uuid) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM 1 FROM minutes n WHERE n.id = p_minutes AND n.state = 'submitted' FOR SHARE;
        RETURN FOUND;
    END $$
"""
REMARKED = """
    CREATE FUNCTION remark_takes_assent_back() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NOT minutes_are_submitted(NEW.minutes_id) THEN
            RAISE EXCEPTION 'remarks are made on submitted minutes' USING ERRCODE = 'insufficient_privilege';
        END IF;
        UPDATE attendance t SET assented_at = NULL FROM minutes n
        WHERE n.id = NEW.minutes_id AND t.meeting_id = n.meeting_id AND t.person_id = NEW.person_id;
        RETURN NEW;
    END $$
"""
# As in revision 0002, with `{state}` for the minutes in which an item is written.
WRITING = (
    "(municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
    " OR agenda_item_id = ANY ((SELECT recorded_items())::uuid[]))"
    " AND case_id <> ALL ((SELECT excluded_cases())::uuid[])"
    " AND EXISTS (SELECT 1 FROM minutes n WHERE n.id = minutes_id AND n.state {state})"
)
# As in revision 0046, with `{now}` for the moment.
OFFICER = "EXISTS (SELECT 1 FROM acting() a WHERE a.role = 'dpo' AND a.municipality_id = recording_basis.municipality_id)"
PROPOSED = (
    "(SELECT administering()) AND state = 'proposed' AND proposed_by = (SELECT acting_person()) AND EXISTS ("
    "SELECT 1 FROM municipality m WHERE m.id = municipality_id AND m.profile <> 'flanders'){now}"
)
DECIDED = f"state IN ('signed', 'refused') AND {OFFICER} AND decided_by = (SELECT acting_person()) AND decided_by <> proposed_by{{now}}"


def _policies(state: str, proposed: str, decided: str) -> None:
    written = WRITING.format(state=state)
    op.execute(f"ALTER POLICY minutes_item_add ON minutes_item WITH CHECK ({written})")
    op.execute(f"ALTER POLICY minutes_item_change ON minutes_item USING ({written})")
    op.execute(
        f"ALTER POLICY recording_basis_add ON recording_basis WITH CHECK ({PROPOSED.format(now=proposed)})"
    )
    op.execute(
        f"ALTER POLICY recording_basis_change ON recording_basis WITH CHECK ({DECIDED.format(now=decided)})"
    )


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for function in (STEPS, SUBMITTED, REMARKED):
        op.execute(function)
    for name in ("minutes_steps()", "minutes_are_submitted(uuid)", "remark_takes_assent_back()"):
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION minutes_are_submitted(uuid) TO livcr_app")
    op.execute(
        "CREATE TRIGGER minutes_steps BEFORE INSERT OR UPDATE ON minutes FOR EACH ROW WHEN (current_user = 'livcr_app')"
        " EXECUTE FUNCTION minutes_steps()"
    )
    op.execute(
        "CREATE TRIGGER remark_takes_assent_back BEFORE INSERT ON minutes_remark FOR EACH ROW"
        " WHEN (current_user = 'livcr_app') EXECUTE FUNCTION remark_takes_assent_back()"
    )
    _policies("= 'draft'", " AND proposed_at = moment()", " AND decided_at = moment()")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    _policies("<> 'approved'", "", "")
    op.execute("DROP TRIGGER remark_takes_assent_back ON minutes_remark")
    op.execute("DROP TRIGGER minutes_steps ON minutes")
    op.execute("DROP FUNCTION remark_takes_assent_back()")
    op.execute("DROP FUNCTION minutes_are_submitted(uuid)")
    op.execute("DROP FUNCTION minutes_steps()")
    op.execute("RESET ROLE")
