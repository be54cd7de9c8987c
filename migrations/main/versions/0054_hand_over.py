"""A file is handed over to another municipality as a signal (R39, R40, R84, R113).

The row is the sender's. The receiver reads none of it: functions tell a mayor or delegate that there is something to accept,
and make a registration of it when they do. From then on the sender's file is shut and due.
"""

from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

TABLE = """
    CREATE TABLE hand_over (
        id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        to_municipality_id UUID NOT NULL,
        reference TEXT NOT NULL,
        state TEXT NOT NULL,
        proposed_by UUID NOT NULL,
        proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        sent_by UUID,
        sent_at TIMESTAMP WITH TIME ZONE,
        accept_until DATE,
        package_id UUID,
        subject BYTEA,
        narrative BYTEA,
        received_at TIMESTAMP WITH TIME ZONE,
        received_by UUID,
        erased_at TIMESTAMP WITH TIME ZONE,
        version INTEGER NOT NULL,
        CONSTRAINT pk_hand_over PRIMARY KEY (id),
        CONSTRAINT uq_hand_over_reference UNIQUE (reference),
        CONSTRAINT fk_hand_over_case_id_municipality_id FOREIGN KEY(case_id, municipality_id)
            REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_hand_over_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_hand_over_to_municipality_id FOREIGN KEY(to_municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_hand_over_proposed_by FOREIGN KEY(proposed_by) REFERENCES person (id),
        CONSTRAINT fk_hand_over_sent_by FOREIGN KEY(sent_by) REFERENCES person (id)
    )
"""
DESK = "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
NOT_X = "case_id <> ALL ((SELECT excluded_cases())::uuid[])"
OF_SEEN_CASE = "EXISTS (SELECT 1 FROM case_file c WHERE c.id = case_id)"
MAYORAL = "(SELECT role FROM acting()) IN ('mayor', 'delegate')"
POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "hand_over": (
        f"{DESK} AND {NOT_X} AND {OF_SEEN_CASE}",
        f"{DESK} AND {NOT_X} AND {OF_SEEN_CASE} AND proposed_by = (SELECT acting_person()) AND state = 'proposed'",
        f"{DESK} AND {NOT_X} AND {OF_SEEN_CASE} AND {MAYORAL} AND state IN ('proposed', 'sent')",
    ),
}
"""table -> (select, insert, update), as in 0002; accepting is a function's alone, and so is the end of a package."""
CHANGED = f"{DESK} AND state IN ('sent', 'withdrawn')"
COLUMNS = "state, sent_by, sent_at, accept_until, package_id, subject, narrative, version"

# What can be accepted by the acting mayor or delegate today: sent to their municipality, in time, of a case that is there
# still and of which closing is proposed, or was decided, because the person moved.
STANDS = """h.state = 'sent' AND h.accept_until >= present_day() AND c.shred_ordered_at IS NULL
              AND c.due_on > present_day() AND c.closure_ground = 'moved' AND c.state IN ('closureProposed', 'closed')
              AND least(c.due_on, (coalesce(c.last_discussed_on, c.listed_on) + interval '1 year')::date) > present_day()"""
FUNCTIONS = {
    "offered_hand_overs()": f"""
    CREATE FUNCTION offered_hand_overs() RETURNS TABLE (id uuid, reference text, municipality_id uuid, accept_until date)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT h.id, h.reference, h.municipality_id, h.accept_until
        FROM hand_over h JOIN case_file c ON c.id = h.case_id
        JOIN acting() a ON a.municipality_id = h.to_municipality_id AND a.role IN ('mayor', 'delegate')
        WHERE {STANDS}
    $$
    """,
    "receive_hand_over(uuid, text, uuid, date)": f"""
    CREATE FUNCTION receive_hand_over(p_id uuid, p_reference text, p_subject uuid, p_due date) RETURNS uuid
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        who record;
        found hand_over;
        file case_file;
        ends date;
    BEGIN
        SELECT a.cell_id, a.municipality_id INTO who FROM acting() a WHERE a.role IN ('mayor', 'delegate');
        SELECT h.* INTO found FROM hand_over h JOIN case_file c ON c.id = h.case_id
        WHERE h.id = p_id AND h.to_municipality_id = who.municipality_id AND {STANDS}
          AND EXISTS (SELECT 1 FROM municipality m WHERE m.id = who.municipality_id AND m.recording_basis IS NOT NULL)
        FOR UPDATE;
        IF found.id IS NULL OR who.cell_id IS NULL THEN
            RETURN NULL;
        END IF;
        SELECT c.* INTO file FROM case_file c WHERE c.id = found.case_id;
        -- An extension does not travel: the year from the sender's last discussion is the most (R86, R87).
        ends := least(file.due_on, (coalesce(file.last_discussed_on, file.listed_on) + interval '1 year')::date);
        INSERT INTO registration (id, municipality_id, cell_id, reference, subject_id, submitted_by, agency_id, anonymous,
            received_at, received_on, state, phenomenon, urgency, origin, subject, narrative, due_on, ends_by, version)
        SELECT found.package_id, who.municipality_id, who.cell_id, p_reference, p_subject, found.sent_by, p.agency_id, false,
            moment(), present_day(), 'received', file.phenomenon, 'normal', file.origin, found.subject, found.narrative,
            least(p_due, ends, present_day() + 90), ends, 1
        FROM person p WHERE p.id = found.sent_by;
        UPDATE hand_over SET state = 'received', received_at = moment(), received_by = acting_person(), subject = NULL,
            narrative = NULL, version = version + 1
        WHERE id = found.id;
        UPDATE case_file SET due_on = present_day(), locks_on = least(locks_on, present_day()), version = version + 1
        WHERE id = file.id;
        INSERT INTO notice (id, person_id, code, reference, municipality_id, created_at)
        SELECT gen_random_uuid(), d.person_id, 'handOverReceived', found.reference, found.municipality_id, moment()
        FROM (SELECT DISTINCT d.person_id FROM mandate d JOIN person p ON p.id = d.person_id AND p.active
            WHERE d.municipality_id = found.municipality_id AND d.role IN ('mayor', 'delegate', 'coordinator')
              AND d.starts_on <= present_day() AND (d.ends_on IS NULL OR d.ends_on >= present_day())
              AND NOT EXISTS (SELECT 1 FROM exclusion x WHERE x.case_id = file.id AND x.person_id = d.person_id)) d;
        RETURN found.package_id;
    END $$
    """,
    # Mayor and delegates of the receiver hear that there is a file to accept, by the reference of the hand-over alone.
    "tell_of_hand_over(uuid)": """
    CREATE FUNCTION tell_of_hand_over(p_id uuid) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        INSERT INTO notice (id, person_id, code, reference, municipality_id, due_on, created_at)
        SELECT gen_random_uuid(), d.person_id, 'handOverOffered', d.reference, d.to_municipality_id, d.accept_until, moment()
        FROM (SELECT DISTINCT m.person_id, h.reference, h.to_municipality_id, h.accept_until FROM hand_over h
            JOIN acting() a ON a.municipality_id = h.municipality_id AND a.role IN ('mayor', 'delegate')
            JOIN mandate m ON m.municipality_id = h.to_municipality_id AND m.role IN ('mayor', 'delegate')
              AND m.starts_on <= present_day() AND (m.ends_on IS NULL OR m.ends_on >= present_day())
            JOIN person p ON p.id = m.person_id AND p.active
            WHERE h.id = p_id AND h.state = 'sent' AND h.sent_at = moment()
              AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.reference = h.reference AND n.person_id = m.person_id)) d
    $$
    """,
}


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(TABLE)
    op.execute("CREATE INDEX ix_hand_over_case_id ON hand_over (case_id)")
    op.execute("CREATE INDEX ix_hand_over_to_municipality_id ON hand_over (to_municipality_id)")
    op.execute(
        "CREATE UNIQUE INDEX uq_hand_over_under_way ON hand_over (case_id) WHERE state IN ('proposed', 'sent')"
    )
    # On which day what came from another municipality ends, whatever is decided on it here but a discussion.
    op.execute("ALTER TABLE registration ADD COLUMN ends_by DATE")
    ((read, add, change),) = POLICIES.values()
    op.execute("ALTER TABLE hand_over ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY hand_over_read ON hand_over FOR SELECT TO livcr_app USING ({read})")
    op.execute(f"CREATE POLICY hand_over_add ON hand_over FOR INSERT TO livcr_app WITH CHECK ({add})")
    op.execute(
        f"CREATE POLICY hand_over_change ON hand_over FOR UPDATE TO livcr_app USING ({change}) WITH CHECK ({CHANGED})"
    )
    op.execute("CREATE POLICY hand_over_end ON hand_over TO livcr_retention USING (true)")
    op.execute("GRANT SELECT, INSERT ON hand_over TO livcr_app")
    op.execute(f"GRANT UPDATE ({COLUMNS}) ON hand_over TO livcr_app")
    op.execute("GRANT SELECT, UPDATE, DELETE ON hand_over TO livcr_retention")
    for name, function in FUNCTIONS.items():
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO livcr_app")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}")
    op.execute("ALTER TABLE registration DROP COLUMN ends_by")
    op.execute("DROP TABLE hand_over")
    op.execute("RESET ROLE")
