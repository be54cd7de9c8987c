"""Emergency reading of a file: its table, the one function that opens it, what it lets be read (R21, ADR 0020).

It adds reading and nothing else: policies of its own for SELECT, beside those of 0002. The writing policies of an
action followed what its trajectory showed; they now name the case manager, so that no emergency writes.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLE = (
    """
    CREATE TABLE break_glass (
        id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        reference TEXT NOT NULL,
        subject_id UUID NOT NULL,
        person_id UUID NOT NULL,
        mandate_id UUID NOT NULL,
        role TEXT NOT NULL,
        reason TEXT NOT NULL,
        explanation BYTEA NOT NULL,
        opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
        closed_at TIMESTAMP WITH TIME ZONE,
        reviewed_at TIMESTAMP WITH TIME ZONE,
        reviewed_by UUID,
        outcome TEXT,
        review_note BYTEA,
        version INTEGER NOT NULL,
        CONSTRAINT pk_break_glass PRIMARY KEY (id),
        CONSTRAINT fk_break_glass_case_id_municipality_id FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_break_glass_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_break_glass_person_id FOREIGN KEY(person_id) REFERENCES person (id),
        CONSTRAINT fk_break_glass_mandate_id FOREIGN KEY(mandate_id) REFERENCES mandate (id)
    )
    """,
    "CREATE INDEX ix_break_glass_case_id ON break_glass (case_id)",
    "CREATE INDEX ix_break_glass_municipality_id ON break_glass (municipality_id)",
    "CREATE INDEX ix_break_glass_person_id_mandate_id_ends_at ON break_glass (person_id, mandate_id, ends_at)",
)

OWN = "person_id = (SELECT acting_person())"
WATCHED = "municipality_id = ANY ((SELECT glass_watched_municipalities())::uuid[])"
REVIEWER = f"{WATCHED} AND (SELECT role FROM acting()) IN ('coordinator', 'dpo')"
NOT_X = "case_id <> ALL ((SELECT excluded_cases())::uuid[])"
BY_GLASS = "{case} = ANY ((SELECT broken_glass_cases())::uuid[])"

POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "break_glass": (
        f"({OWN} OR {WATCHED}) AND {NOT_X}",
        None,
        f"reviewed_at IS NULL AND {NOT_X} AND (({OWN} AND closed_at IS NULL) OR (NOT {OWN} AND {REVIEWER}))",
    ),
}
"""table -> (select, insert, update), as in 0002."""
AFTER_CHANGE = (
    f"({OWN} AND reviewed_at IS NULL) OR (NOT {OWN} AND {REVIEWER}"
    " AND (reviewed_by IS NULL OR reviewed_by = (SELECT acting_person())))"
)
CHANGEABLE = "closed_at, reviewed_at, reviewed_by, outcome, review_note, version"

READ_BY_GLASS = {
    "case_file": BY_GLASS.format(case="id"),
    "discussion": BY_GLASS.format(case="case_id"),
    # Not what its contributor kept for the desk, and not what is closed by default (R52, R65).
    "statement": f"{BY_GLASS.format(case='case_id')} AND audience <> 'desk' AND category NOT IN (8, 9, 11, 12)",
    "trajectory": BY_GLASS.format(case="case_id"),
}
"""An action is read with the trajectory that shows it."""

DESK = "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
OWNED = "owner_id = (SELECT acting_person()) AND case_id = ANY ((SELECT part_cases())::uuid[])"
OF_SEEN_PLAN = "EXISTS (SELECT 1 FROM trajectory j WHERE j.id = trajectory_id)"
OF_FOLLOWED_PLAN = (
    "(case_id = ANY ((SELECT part_cases())::uuid[]) AND EXISTS (SELECT 1 FROM trajectory j"
    " WHERE j.id = trajectory_id AND j.case_manager_id = (SELECT acting_person())))"
)


def _action_writing(plan: str) -> tuple[str, str]:
    add = f"({DESK} OR {plan}) AND {NOT_X}"
    change = f"({DESK} OR ({OWNED}) OR {plan}) AND {NOT_X}"
    return add, change


# Who knows one part of which file, so that an emergency can lead to the rest (R18: never a participant).
REACH = """
    CREATE FUNCTION reachable_by_glass() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(c.id), '{}')
        FROM acting() a
        JOIN mandate d ON d.id = acting_mandate()
        JOIN case_file c ON c.cell_id = d.cell_id
        WHERE c.shred_ordered_at IS NULL AND c.id <> ALL (excluded_cases())
          AND CASE a.role
            WHEN 'delegate' THEN c.municipality_id = d.municipality_id AND NOT 'file' = ANY (d.scope)
              AND d.scope && ARRAY['list', 'screening', 'invitations', 'meetings', 'closure']
            WHEN 'caseManager' THEN EXISTS (SELECT 1 FROM trajectory j
              WHERE j.case_id = c.id AND j.case_manager_id = acting_person())
            ELSE a.role IN ('policeMember', 'informationOfficer') AND (
              EXISTS (SELECT 1 FROM invitation i JOIN meeting m ON m.id = i.meeting_id
                WHERE i.case_id = c.id AND i.person_id = acting_person() AND m.cell_id = d.cell_id
                  AND i.state IN ('sent', 'accepted', 'attended', 'absent', 'noAnswer'))
              OR EXISTS (SELECT 1 FROM attendance t JOIN meeting m ON m.id = t.meeting_id
                WHERE t.case_id = c.id AND t.person_id = acting_person() AND t.present AND m.cell_id = d.cell_id))
          END
    $$
"""

# Coordinator and data protection officer of a municipality who can be told: in office, not the person
# themselves, not excluded from the case.
WATCHERS = """
    CREATE FUNCTION glass_watchers(p_municipality uuid, p_case uuid) RETURNS TABLE (person_id uuid, role text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT d.person_id, d.role FROM mandate d JOIN person p ON p.id = d.person_id AND p.active
        WHERE d.municipality_id = p_municipality AND d.role IN ('coordinator', 'dpo')
          AND d.starts_on <= present_day() AND (d.ends_on IS NULL OR d.ends_on >= present_day())
          AND d.person_id <> acting_person()
          AND NOT EXISTS (SELECT 1 FROM exclusion x WHERE x.person_id = d.person_id AND x.case_id = p_case)
    $$
"""

# What the rules have to know of the one case with this reference: nothing for whom it is not.
TARGET = """
    CREATE FUNCTION glass_target(p_reference text)
    RETURNS TABLE (id uuid, municipality_id uuid, cell_id uuid, subject_id uuid, state text, due_on date,
        locks_on date, switched_on boolean, told boolean, is_open boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT c.id, c.municipality_id, c.cell_id, c.subject_id, c.state, c.due_on, c.locks_on,
               EXISTS (SELECT 1 FROM agreement g WHERE g.cell_id = c.cell_id AND g.state = 'adopted'
                 AND (g.settings ->> 'break_glass')::integer = 1),
               (SELECT count(DISTINCT w.role) = 2 FROM glass_watchers(c.municipality_id, c.id) w),
               EXISTS (SELECT 1 FROM break_glass b WHERE b.case_id = c.id AND b.person_id = acting_person()
                 AND b.mandate_id = acting_mandate() AND b.closed_at IS NULL AND moment() < b.ends_at)
        FROM case_file c
        WHERE c.reference = p_reference AND c.id = ANY (reachable_by_glass())
    $$
"""

# The only way to open one. It asks everything again; where something does not hold, nothing happens and nothing comes
# back. Length of the time box: what the agreement in force fixed, within the bounds of the setting. Whoever watches
# is told in the same breath.
OPEN = """
    CREATE FUNCTION break_the_glass(p_id uuid, p_reference text, p_reason text, p_explanation bytea)
    RETURNS timestamptz
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        target record;
        ends timestamptz;
    BEGIN
        SELECT t.* INTO target FROM glass_target(p_reference) t
        WHERE t.switched_on AND t.told AND NOT t.is_open AND t.locks_on > present_day()
          AND t.state IN ('listed', 'underDiscussion', 'inTrajectory', 'monitored', 'closureProposed')
          AND EXISTS (SELECT 1 FROM undertaking u WHERE u.person_id = acting_person()
            AND u.valid_until >= present_day())
          AND EXISTS (SELECT 1 FROM mandate d WHERE d.id = acting_mandate()
            AND (d.role NOT IN ('policeMember', 'informationOfficer') OR d.clearance_until >= present_day()));
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        SELECT moment() + make_interval(mins => least(greatest(
            coalesce((g.settings ->> 'break_glass_minutes')::integer, 60), 15), 240))
        INTO ends FROM agreement g WHERE g.cell_id = target.cell_id AND g.state = 'adopted';
        INSERT INTO break_glass (id, case_id, municipality_id, reference, subject_id, person_id, mandate_id, role,
            reason, explanation, opened_at, ends_at, version)
        SELECT p_id, target.id, target.municipality_id, p_reference, target.subject_id, acting_person(),
            acting_mandate(), a.role, p_reason, p_explanation, moment(), ends, 1
        FROM acting() a;
        INSERT INTO notice (id, person_id, code, reference, municipality_id, created_at)
        SELECT gen_random_uuid(), w.person_id, 'breakGlassOpened', p_reference, target.municipality_id, moment()
        FROM (SELECT DISTINCT g.person_id FROM glass_watchers(target.municipality_id, target.id) g) w;
        RETURN ends;
    END $$
"""

# Cases this person reads by break-glass now. The role is asked first and alone: nearly everybody has none.
BROKEN = """
    CREATE FUNCTION broken_glass_cases() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT CASE WHEN (SELECT role FROM acting())
                IN ('delegate', 'caseManager', 'policeMember', 'informationOfficer') THEN (
            SELECT coalesce(array_agg(b.case_id), '{}')
            FROM break_glass b
            JOIN mandate d ON d.id = b.mandate_id
            JOIN case_file c ON c.id = b.case_id AND c.cell_id = d.cell_id
            WHERE b.person_id = acting_person() AND b.mandate_id = acting_mandate()
              AND b.opened_at <= moment() AND moment() < b.ends_at AND b.closed_at IS NULL
              AND c.locks_on > present_day() AND c.shred_ordered_at IS NULL
              AND b.case_id <> ALL (excluded_cases())
              AND (d.role NOT IN ('policeMember', 'informationOfficer') OR d.clearance_until >= present_day())
        ) ELSE '{}' END
    $$
"""

WATCHED_TOWNS = """
    CREATE FUNCTION glass_watched_municipalities() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(municipality_id), '{}') FROM acting()
        WHERE role IN ('mayor', 'coordinator', 'dpo') AND municipality_id IS NOT NULL
    $$
"""

FUNCTIONS = {
    "reachable_by_glass()": REACH,
    "glass_watchers(uuid, uuid)": WATCHERS,
    "glass_target(text)": TARGET,
    "break_the_glass(uuid, text, text, bytea)": OPEN,
    "broken_glass_cases()": BROKEN,
    "glass_watched_municipalities()": WATCHED_TOWNS,
}
ASKED_BY_THE_APPLICATION = (
    "glass_target(text)", "break_the_glass(uuid, text, text, bytea)", "broken_glass_cases()",
    "glass_watched_municipalities()",
)  # fmt: skip


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for statement in (*TABLE, *FUNCTIONS.values()):
        op.execute(statement)
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    for function in ASKED_BY_THE_APPLICATION:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO livcr_app")
    op.execute("ALTER TABLE break_glass ENABLE ROW LEVEL SECURITY")
    ((read, _, change),) = POLICIES.values()
    op.execute(f"CREATE POLICY break_glass_read ON break_glass FOR SELECT TO livcr_app USING ({read})")
    op.execute(
        f"CREATE POLICY break_glass_change ON break_glass FOR UPDATE TO livcr_app USING ({change})"
        f" WITH CHECK ({AFTER_CHANGE})"
    )
    op.execute("CREATE POLICY break_glass_end ON break_glass TO livcr_retention USING (true)")
    op.execute(f"GRANT SELECT, UPDATE ({CHANGEABLE}) ON break_glass TO livcr_app")
    op.execute("GRANT SELECT, UPDATE, DELETE ON break_glass TO livcr_retention")
    for table, shown in READ_BY_GLASS.items():
        op.execute(f"CREATE POLICY {table}_by_glass ON {table} FOR SELECT TO livcr_app USING ({shown})")
    _let_write(OF_FOLLOWED_PLAN)
    op.execute("RESET ROLE")


def _let_write(plan: str) -> None:
    add, change = _action_writing(plan)
    op.execute(f"ALTER POLICY action_item_add ON action_item WITH CHECK ({add})")
    op.execute(f"ALTER POLICY action_item_change ON action_item USING ({change})")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    _let_write(OF_SEEN_PLAN)
    for table in READ_BY_GLASS:
        op.execute(f"DROP POLICY {table}_by_glass ON {table}")
    op.execute("DROP TABLE break_glass")
    for function in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {function}")
    op.execute("RESET ROLE")
