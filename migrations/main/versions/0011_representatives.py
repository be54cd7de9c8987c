"""Who represents a service for good, and whom they brief before and after: with date and case, no word more (R36).

A briefing is written by the invited person alone, for an item in their own sight, about a colleague bound by the same
secrecy who declared no conflict. It gives the colleague sight of nothing: no function of standing asks this table.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE representative (
        id UUID NOT NULL,
        agency_id UUID NOT NULL,
        cell_id UUID NOT NULL,
        person_id UUID NOT NULL,
        starts_on DATE NOT NULL,
        ends_on DATE,
        document TEXT NOT NULL,
        named_by UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_representative PRIMARY KEY (id),
        CONSTRAINT fk_representative_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
        CONSTRAINT fk_representative_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id),
        CONSTRAINT fk_representative_person_id FOREIGN KEY(person_id) REFERENCES person (id),
        CONSTRAINT fk_representative_named_by FOREIGN KEY(named_by) REFERENCES person (id)
    )
    """,
    "CREATE INDEX ix_representative_person_id ON representative (person_id)",
    """
    CREATE UNIQUE INDEX ix_representative_cell_id_agency_id ON representative (cell_id, agency_id)
    WHERE ends_on IS NULL
    """,
    """
    CREATE TABLE briefing (
        id UUID NOT NULL,
        invitation_id UUID NOT NULL,
        agenda_item_id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        representative_id UUID NOT NULL,
        handler_id UUID NOT NULL,
        moment TEXT NOT NULL,
        briefed_on DATE NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_briefing PRIMARY KEY (id),
        CONSTRAINT uq_briefing_invitation_id_handler_id_moment_briefed_on
            UNIQUE (invitation_id, handler_id, moment, briefed_on),
        CONSTRAINT fk_briefing_invitation_id FOREIGN KEY(invitation_id) REFERENCES invitation (id) ON DELETE CASCADE,
        CONSTRAINT fk_briefing_agenda_item_id_case_id
            FOREIGN KEY(agenda_item_id, case_id) REFERENCES agenda_item (id, case_id) ON DELETE CASCADE,
        CONSTRAINT fk_briefing_case_id_municipality_id
            FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_briefing_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_briefing_representative_id FOREIGN KEY(representative_id) REFERENCES person (id),
        CONSTRAINT fk_briefing_handler_id FOREIGN KEY(handler_id) REFERENCES person (id)
    )
    """,
    "CREATE INDEX ix_briefing_agenda_item_id ON briefing (agenda_item_id)",
    "CREATE INDEX ix_briefing_case_id ON briefing (case_id)",
    "CREATE INDEX ix_briefing_representative_id ON briefing (representative_id)",
)

FUNCTIONS = (
    """
    CREATE FUNCTION coordinated_cells() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(cell_id), '{}') FROM acting() WHERE role = 'coordinator' AND cell_id IS NOT NULL
    $$
    """,
    # Whether somebody can be briefed on an item in one's own sight: a colleague in the same service, bound by secrecy
    # today, who declared no conflict. One answer for every reason against it; about other items there is none.
    """
    CREATE FUNCTION may_be_briefed(p_item uuid, p_handler uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT p_item = ANY (open_items() || extract_items()) AND EXISTS (
            SELECT 1 FROM person h JOIN person r ON r.agency_id = h.agency_id AND r.id = acting_person()
            WHERE h.id = p_handler AND h.id <> r.id AND h.active
              AND EXISTS (SELECT 1 FROM undertaking u WHERE u.person_id = h.id AND u.valid_until >= present_day())
              AND NOT EXISTS (SELECT 1 FROM exclusion x JOIN agenda_item a ON a.case_id = x.case_id
                WHERE a.id = p_item AND x.person_id = h.id))
    $$
    """,
)

DESK = "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
MINE = "representative_id = (SELECT acting_person())"
NOT_X = "case_id <> ALL ((SELECT excluded_cases())::uuid[])"
OF_THE_CELL = "((SELECT administering()) OR cell_id = ANY ((SELECT coordinated_cells())::uuid[]))"

# As in 0002: table -> (select, insert, update, the columns an update reaches).
DIRECTORY: dict[str, tuple[str, str, str | None, str]] = {
    "representative": (
        "(SELECT administering()) OR person_id = (SELECT acting_person())"
        " OR cell_id = ANY ((SELECT seat_cells())::uuid[])",
        f"{OF_THE_CELL} AND named_by = (SELECT acting_person())"
        " AND EXISTS (SELECT 1 FROM person p WHERE p.id = person_id AND p.agency_id = representative.agency_id)"
        " AND EXISTS (SELECT 1 FROM mandate d WHERE d.person_id = representative.person_id"
        " AND d.cell_id = representative.cell_id AND (d.ends_on IS NULL OR d.ends_on >= present_day()))",
        OF_THE_CELL,
        "ends_on, version",
    ),
}

# As in 0002: table -> (select, insert, update); None: not at all for the application.
POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "briefing": (
        f"({DESK} OR {MINE}) AND {NOT_X}",
        f"{MINE} AND {NOT_X} AND moment IN ('before', 'after') AND briefed_on <= present_day()"
        " AND EXISTS (SELECT 1 FROM invitation i WHERE i.id = invitation_id"
        " AND i.agenda_item_id = briefing.agenda_item_id AND i.person_id = representative_id"
        " AND i.state IN ('sent', 'accepted', 'attended'))"
        " AND (moment = 'before' OR EXISTS (SELECT 1 FROM attendance t"
        " WHERE t.agenda_item_id = briefing.agenda_item_id AND t.person_id = representative_id AND t.present))"
        " AND may_be_briefed(agenda_item_id, handler_id)",
        None,
    ),
}


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for statement in (*TABLES, *FUNCTIONS):
        op.execute(statement)
    op.execute("REVOKE ALL ON FUNCTION coordinated_cells, may_be_briefed FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION coordinated_cells, may_be_briefed TO livcr_app")
    for table, (select, insert, update, columns) in DIRECTORY.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT TO livcr_app USING ({select})")
        op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT TO livcr_app WITH CHECK ({insert})")
        op.execute(f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO livcr_app USING ({update})")
        op.execute(f"GRANT SELECT, INSERT, UPDATE ({columns}) ON {table} TO livcr_app")
        op.execute(f"CREATE POLICY {table}_end ON {table} FOR SELECT TO livcr_retention USING (true)")
        op.execute(f"GRANT SELECT ON {table} TO livcr_retention")
    for table, (select, insert, _) in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT TO livcr_app USING ({select})")
        op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT TO livcr_app WITH CHECK ({insert})")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO livcr_app")
        op.execute(f"CREATE POLICY {table}_end ON {table} TO livcr_retention USING (true)")
        op.execute(f"GRANT SELECT, UPDATE, DELETE ON {table} TO livcr_retention")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP TABLE briefing")
    op.execute("DROP TABLE representative")
    op.execute("DROP FUNCTION may_be_briefed(uuid, uuid)")
    op.execute("DROP FUNCTION coordinated_cells()")
    op.execute("RESET ROLE")
