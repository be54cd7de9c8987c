"""The strategic and the tactical table: topics, meetings on them, the policy plan; nothing leads to a person (R6).

A meeting about persons can only be one of an operational table from here on, and a meeting about topics only one of
the other two: each carries the kind of its table, held by a reference to that table and a check. So the database itself
has no place for a case at a strategic table, nor for a topic beside a case.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KINDS = (
    """
    ALTER TABLE consultation_table
        ADD CONSTRAINT ck_consultation_table_kind CHECK (kind IN ('operational', 'strategic', 'tactical')),
        ADD CONSTRAINT uq_consultation_table_id_cell_id_kind UNIQUE (id, cell_id, kind)
    """,
)
# A meeting of another table that was only planned had no case on it, and moves; the rest are of operational tables.
MOVE = """
    INSERT INTO policy_meeting (id, cell_id, table_id, table_kind, starts_at, ends_at, place, chair_id, state, convened_at,
        convened_by, opened_at, closed_at, created_by, version)
    SELECT m.id, m.cell_id, m.table_id, t.kind, m.starts_at, m.ends_at, m.place, m.chair_id, m.state, m.convened_at,
        m.convened_by, m.opened_at, m.closed_at, m.created_by, m.version
    FROM meeting m JOIN consultation_table t ON t.id = m.table_id WHERE t.kind <> 'operational'
"""
MOVED = "DELETE FROM meeting m USING consultation_table t WHERE t.id = m.table_id AND t.kind <> 'operational'"
MOVE_BACK = """
    INSERT INTO meeting (id, cell_id, municipality_id, table_id, starts_at, ends_at, place, chair_id, state, convened_at,
        convened_by, opened_at, closed_at, window_until, created_by, version)
    SELECT p.id, p.cell_id, (SELECT min(c.municipality_id::text)::uuid FROM cell_municipality c WHERE c.cell_id = p.cell_id),
        p.table_id, p.starts_at, p.ends_at, p.place, p.chair_id, p.state, p.convened_at, p.convened_by, p.opened_at,
        p.closed_at, p.ends_at, p.created_by, p.version
    FROM policy_meeting p
"""
ONLY_OPERATIONAL = """
    ALTER TABLE meeting
        ADD COLUMN table_kind TEXT NOT NULL DEFAULT 'operational',
        ADD CONSTRAINT ck_meeting_table_kind CHECK (table_kind = 'operational'),
        ADD CONSTRAINT fk_meeting_table_id_cell_id_table_kind FOREIGN KEY(table_id, cell_id, table_kind)
            REFERENCES consultation_table (id, cell_id, kind)
"""

TABLES = (
    """
    CREATE TABLE topic (
        id UUID NOT NULL,
        cell_id UUID NOT NULL,
        kind TEXT NOT NULL,
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        phenomenon TEXT,
        action_field TEXT,
        state TEXT NOT NULL,
        raised_by UUID NOT NULL,
        raised_at TIMESTAMP WITH TIME ZONE NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_topic PRIMARY KEY (id),
        CONSTRAINT uq_topic_id_cell_id UNIQUE (id, cell_id),
        CONSTRAINT fk_topic_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id),
        CONSTRAINT fk_topic_raised_by FOREIGN KEY(raised_by) REFERENCES person (id)
    )
    """,
    "CREATE INDEX ix_topic_cell_id_state ON topic (cell_id, state)",
    """
    CREATE TABLE policy_meeting (
        id UUID NOT NULL,
        cell_id UUID NOT NULL,
        table_id UUID NOT NULL,
        table_kind TEXT NOT NULL,
        starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
        place TEXT NOT NULL,
        chair_id UUID NOT NULL,
        state TEXT NOT NULL,
        convened_at TIMESTAMP WITH TIME ZONE,
        convened_by UUID,
        opened_at TIMESTAMP WITH TIME ZONE,
        closed_at TIMESTAMP WITH TIME ZONE,
        created_by UUID NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_policy_meeting PRIMARY KEY (id),
        CONSTRAINT uq_policy_meeting_id_cell_id UNIQUE (id, cell_id),
        CONSTRAINT fk_policy_meeting_table_id_cell_id_table_kind FOREIGN KEY(table_id, cell_id, table_kind) REFERENCES consultation_table (id, cell_id, kind),
        CONSTRAINT ck_policy_meeting_table_kind CHECK (table_kind IN ('strategic', 'tactical')),
        CONSTRAINT fk_policy_meeting_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id),
        CONSTRAINT fk_policy_meeting_chair_id FOREIGN KEY(chair_id) REFERENCES person (id),
        CONSTRAINT fk_policy_meeting_convened_by FOREIGN KEY(convened_by) REFERENCES person (id),
        CONSTRAINT fk_policy_meeting_created_by FOREIGN KEY(created_by) REFERENCES person (id)
    )
    """,
    "CREATE INDEX ix_policy_meeting_cell_id_starts_at ON policy_meeting (cell_id, starts_at)",
    """
    CREATE TABLE agenda_topic (
        id UUID NOT NULL,
        cell_id UUID NOT NULL,
        policy_meeting_id UUID NOT NULL,
        topic_id UUID NOT NULL,
        position INTEGER NOT NULL,
        minutes INTEGER NOT NULL,
        notes TEXT,
        decisions TEXT,
        outcome TEXT,
        version INTEGER NOT NULL,
        CONSTRAINT pk_agenda_topic PRIMARY KEY (id),
        CONSTRAINT fk_agenda_topic_policy_meeting_id_cell_id FOREIGN KEY(policy_meeting_id, cell_id) REFERENCES policy_meeting (id, cell_id),
        CONSTRAINT fk_agenda_topic_topic_id_cell_id FOREIGN KEY(topic_id, cell_id) REFERENCES topic (id, cell_id),
        CONSTRAINT uq_agenda_topic_policy_meeting_id_topic_id UNIQUE (policy_meeting_id, topic_id),
        CONSTRAINT fk_agenda_topic_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id)
    )
    """,
    "CREATE INDEX ix_agenda_topic_topic_id ON agenda_topic (topic_id)",
    """
    CREATE TABLE policy_attendance (
        policy_meeting_id UUID NOT NULL,
        person_id UUID NOT NULL,
        cell_id UUID NOT NULL,
        present BOOLEAN NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_policy_attendance PRIMARY KEY (policy_meeting_id, person_id),
        CONSTRAINT fk_policy_attendance_policy_meeting_id_cell_id FOREIGN KEY(policy_meeting_id, cell_id) REFERENCES policy_meeting (id, cell_id),
        CONSTRAINT fk_policy_attendance_person_id FOREIGN KEY(person_id) REFERENCES person (id),
        CONSTRAINT fk_policy_attendance_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id)
    )
    """,
    """
    CREATE TABLE policy_plan (
        id UUID NOT NULL,
        cell_id UUID NOT NULL,
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        starts_on DATE NOT NULL,
        ends_on DATE NOT NULL,
        state TEXT NOT NULL,
        edition INTEGER NOT NULL,
        adopted_on DATE,
        created_by UUID NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_policy_plan PRIMARY KEY (id),
        CONSTRAINT uq_policy_plan_id_cell_id UNIQUE (id, cell_id),
        CONSTRAINT ck_policy_plan_period CHECK (ends_on >= starts_on),
        CONSTRAINT fk_policy_plan_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id),
        CONSTRAINT fk_policy_plan_created_by FOREIGN KEY(created_by) REFERENCES person (id)
    )
    """,
    "CREATE INDEX ix_policy_plan_cell_id ON policy_plan (cell_id)",
    """
    CREATE TABLE policy_plan_adoption (
        policy_plan_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        edition INTEGER NOT NULL,
        cell_id UUID NOT NULL,
        adopted_by UUID NOT NULL,
        adopted_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_policy_plan_adoption PRIMARY KEY (policy_plan_id, municipality_id, edition),
        CONSTRAINT fk_policy_plan_adoption_policy_plan_id_cell_id FOREIGN KEY(policy_plan_id, cell_id) REFERENCES policy_plan (id, cell_id),
        CONSTRAINT fk_policy_plan_adoption_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_policy_plan_adoption_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id),
        CONSTRAINT fk_policy_plan_adoption_adopted_by FOREIGN KEY(adopted_by) REFERENCES person (id)
    )
    """,
    """
    CREATE TABLE goal (
        id UUID NOT NULL,
        cell_id UUID NOT NULL,
        policy_plan_id UUID NOT NULL,
        position INTEGER NOT NULL,
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        action_field TEXT,
        version INTEGER NOT NULL,
        CONSTRAINT pk_goal PRIMARY KEY (id),
        CONSTRAINT uq_goal_id_cell_id UNIQUE (id, cell_id),
        CONSTRAINT fk_goal_policy_plan_id_cell_id FOREIGN KEY(policy_plan_id, cell_id) REFERENCES policy_plan (id, cell_id),
        CONSTRAINT fk_goal_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id)
    )
    """,
    "CREATE INDEX ix_goal_policy_plan_id ON goal (policy_plan_id)",
    """
    CREATE TABLE measure (
        id UUID NOT NULL,
        cell_id UUID NOT NULL,
        goal_id UUID NOT NULL,
        title TEXT NOT NULL,
        text TEXT,
        owner_id UUID,
        agency_id UUID,
        due_on DATE NOT NULL,
        state TEXT NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_measure PRIMARY KEY (id),
        CONSTRAINT uq_measure_id_cell_id UNIQUE (id, cell_id),
        CONSTRAINT fk_measure_goal_id_cell_id FOREIGN KEY(goal_id, cell_id) REFERENCES goal (id, cell_id),
        CONSTRAINT ck_measure_owner CHECK (owner_id IS NOT NULL OR agency_id IS NOT NULL),
        CONSTRAINT fk_measure_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id),
        CONSTRAINT fk_measure_owner_id FOREIGN KEY(owner_id) REFERENCES person (id),
        CONSTRAINT fk_measure_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id)
    )
    """,
    "CREATE INDEX ix_measure_goal_id ON measure (goal_id)",
    "CREATE INDEX ix_measure_owner_id_state ON measure (owner_id, state)",
    """
    CREATE TABLE measure_evaluation (
        id UUID NOT NULL,
        cell_id UUID NOT NULL,
        measure_id UUID NOT NULL,
        state TEXT NOT NULL,
        done TEXT NOT NULL,
        brought TEXT NOT NULL,
        evaluated_on DATE NOT NULL,
        evaluated_by UUID NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_measure_evaluation PRIMARY KEY (id),
        CONSTRAINT fk_measure_evaluation_measure_id_cell_id FOREIGN KEY(measure_id, cell_id) REFERENCES measure (id, cell_id),
        CONSTRAINT fk_measure_evaluation_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id),
        CONSTRAINT fk_measure_evaluation_evaluated_by FOREIGN KEY(evaluated_by) REFERENCES person (id)
    )
    """,
    "CREATE INDEX ix_measure_evaluation_measure_id ON measure_evaluation (measure_id)",
)

FUNCTIONS = (
    # The cell of who sits at the strategic and tactical table, and of who keeps them.
    """
    CREATE FUNCTION strategy_cells() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(cell_id), '{}') FROM acting()
        WHERE cell_id IS NOT NULL AND role IN ('mayor', 'delegate', 'coordinator', 'strategicMember')
    $$
    """,
    """
    CREATE FUNCTION strategy_desks() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(cell_id), '{}') FROM acting()
        WHERE cell_id IS NOT NULL AND role IN ('mayor', 'delegate', 'coordinator')
    $$
    """,
)

MEMBERS = "cell_id = ANY ((SELECT strategy_cells())::uuid[])"
DESK = "cell_id = ANY ((SELECT strategy_desks())::uuid[])"
# The meeting as this very person may see it: before it is convened, the desk alone.
OF_SEEN_MEETING = "EXISTS (SELECT 1 FROM policy_meeting m WHERE m.id = policy_meeting_id)"
BY_ITS_MAYOR = (
    "EXISTS (SELECT 1 FROM acting() a WHERE a.role = 'mayor' AND a.cell_id = policy_plan_adoption.cell_id"
    " AND a.municipality_id = policy_plan_adoption.municipality_id)"
)


def _by(column: str) -> str:
    return f"{column} = (SELECT acting_person())"


# As in 0002: table -> (select, insert, update); None: not at all for the application, which deletes nothing.
POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "topic": (MEMBERS, f"{MEMBERS} AND {_by('raised_by')}", f"{DESK} OR ({MEMBERS} AND {_by('raised_by')})"),
    "policy_meeting": (f"{DESK} OR ({MEMBERS} AND state <> 'draft')", DESK, DESK),
    "agenda_topic": (f"{MEMBERS} AND {OF_SEEN_MEETING}", f"{DESK} AND {OF_SEEN_MEETING}", DESK),
    "policy_attendance": (f"{MEMBERS} AND {OF_SEEN_MEETING}", f"{DESK} AND {OF_SEEN_MEETING}", DESK),
    "policy_plan": (MEMBERS, MEMBERS, MEMBERS),
    "policy_plan_adoption": (MEMBERS, f"{_by('adopted_by')} AND {BY_ITS_MAYOR}", None),
    "goal": (MEMBERS, MEMBERS, MEMBERS),
    "measure": (MEMBERS, MEMBERS, MEMBERS),
    "measure_evaluation": (MEMBERS, f"{MEMBERS} AND {_by('evaluated_by')}", None),
}


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for statement in (*KINDS, *TABLES, *FUNCTIONS):
        op.execute(statement)
    _all_rows(MOVE, MOVED)
    op.execute(ONLY_OPERATIONAL)
    op.execute("REVOKE ALL ON FUNCTION strategy_cells, strategy_desks FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION strategy_cells, strategy_desks TO livcr_app")
    for table, (select, insert, update) in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT TO livcr_app USING ({select})")
        op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT TO livcr_app WITH CHECK ({insert})")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO livcr_app")
        if update:
            op.execute(f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO livcr_app USING ({update})")
            op.execute(f"GRANT UPDATE ON {table} TO livcr_app")
        op.execute(f"CREATE POLICY {table}_end ON {table} FOR SELECT TO livcr_retention USING (true)")
        op.execute(f"GRANT SELECT ON {table} TO livcr_retention")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE meeting DROP COLUMN table_kind")
    _all_rows(MOVE_BACK)
    for table in (
        "measure_evaluation", "measure", "goal", "policy_plan_adoption", "policy_plan", "policy_attendance", "agenda_topic",
        "policy_meeting", "topic",
    ):  # fmt: skip
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION strategy_desks()")
    op.execute("DROP FUNCTION strategy_cells()")
    op.execute(
        "ALTER TABLE consultation_table DROP CONSTRAINT uq_consultation_table_id_cell_id_kind,"
        " DROP CONSTRAINT ck_consultation_table_kind"
    )
    op.execute("RESET ROLE")


def _all_rows(*statements: str) -> None:
    # With `off`, a policy that would keep rows from the move is an error: they would stay where they may not be.
    op.execute("SET LOCAL row_security = off")
    for statement in statements:
        op.execute(statement)
    op.execute("SET LOCAL row_security = on")
