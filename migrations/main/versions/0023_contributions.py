"""A question to one invited person before the meeting, and what they wrote for it: shut for everybody until it sits (R18, R64).

What was written is its writer's alone until somebody at the item opens it, in the sitting: then it moves, sealed as it is,
among the statements of that item. The function that does so is the only way.
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE contribution_request (
        id UUID NOT NULL,
        invitation_id UUID NOT NULL,
        agenda_item_id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        person_id UUID NOT NULL,
        question BYTEA NOT NULL,
        state TEXT NOT NULL,
        asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        asked_by UUID NOT NULL,
        answered_at TIMESTAMP WITH TIME ZONE,
        version INTEGER NOT NULL,
        CONSTRAINT pk_contribution_request PRIMARY KEY (id),
        CONSTRAINT uq_contribution_request_invitation_id UNIQUE (invitation_id),
        CONSTRAINT fk_contribution_request_invitation_id FOREIGN KEY(invitation_id) REFERENCES invitation (id) ON DELETE CASCADE,
        CONSTRAINT fk_contribution_request_agenda_item_id_case_id
            FOREIGN KEY(agenda_item_id, case_id) REFERENCES agenda_item (id, case_id) ON DELETE CASCADE,
        CONSTRAINT fk_contribution_request_case_id_municipality_id
            FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_contribution_request_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_contribution_request_person_id FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    "CREATE INDEX ix_contribution_request_agenda_item_id ON contribution_request (agenda_item_id)",
    "CREATE INDEX ix_contribution_request_case_id ON contribution_request (case_id)",
    "CREATE INDEX ix_contribution_request_person_id ON contribution_request (person_id)",
    """
    CREATE TABLE contribution (
        id UUID NOT NULL,
        request_id UUID NOT NULL,
        agenda_item_id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        person_id UUID NOT NULL,
        category INTEGER NOT NULL,
        origin TEXT NOT NULL,
        kind TEXT NOT NULL,
        reliability TEXT,
        audience TEXT NOT NULL,
        stated_on DATE NOT NULL,
        text BYTEA NOT NULL,
        category_reason BYTEA,
        given_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_contribution PRIMARY KEY (id),
        CONSTRAINT uq_contribution_request_id UNIQUE (request_id),
        CONSTRAINT fk_contribution_request_id FOREIGN KEY(request_id) REFERENCES contribution_request (id) ON DELETE CASCADE,
        CONSTRAINT fk_contribution_agenda_item_id_case_id
            FOREIGN KEY(agenda_item_id, case_id) REFERENCES agenda_item (id, case_id) ON DELETE CASCADE,
        CONSTRAINT fk_contribution_case_id_municipality_id
            FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_contribution_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_contribution_person_id FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    "CREATE INDEX ix_contribution_agenda_item_id ON contribution (agenda_item_id)",
    "CREATE INDEX ix_contribution_case_id ON contribution (case_id)",
)

FUNCTIONS = {
    # Who was asked takes back what they wrote, for as long as the meeting has not begun.
    "withdraw_contribution(uuid)": """
    CREATE FUNCTION withdraw_contribution(p_request uuid) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE contribution_request r SET state = 'asked', answered_at = NULL, version = r.version + 1
        FROM agenda_item a JOIN meeting m ON m.id = a.meeting_id
        WHERE r.id = p_request AND r.person_id = acting_person() AND r.state IN ('answered', 'nothingToShare')
          AND a.id = r.agenda_item_id AND a.id = ANY (open_items()) AND m.state = 'convened';
        IF NOT FOUND THEN
            RETURN false;
        END IF;
        DELETE FROM contribution c WHERE c.request_id = p_request;
        RETURN true;
    END $$
    """,
    # In the sitting somebody at the item opens what was written for it: it becomes statements of that item, as sealed.
    "open_contributions(uuid)": """
    CREATE FUNCTION open_contributions(p_item uuid) RETURNS TABLE (statement_id uuid, person_id uuid)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    #variable_conflict use_column
    BEGIN
        IF NOT (p_item = ANY (attended_items())) OR NOT EXISTS (
            SELECT 1 FROM agenda_item a JOIN meeting m ON m.id = a.meeting_id WHERE a.id = p_item AND m.state = 'inSession')
        THEN
            RETURN;
        END IF;
        UPDATE contribution_request r SET state = 'opened', version = r.version + 1
        WHERE r.agenda_item_id = p_item AND r.state = 'answered';
        RETURN QUERY
        WITH taken AS (
            DELETE FROM contribution c WHERE c.agenda_item_id = p_item RETURNING c.*
        )
        INSERT INTO statement (id, case_id, municipality_id, agenda_item_id, category, origin, kind, reliability, audience,
            contributor_id, agency_id, entered_by, stated_on, text, category_reason, created_at, version)
        SELECT t.id, t.case_id, t.municipality_id, t.agenda_item_id, t.category, t.origin, t.kind, t.reliability,
            t.audience, t.person_id, p.agency_id, t.person_id, t.stated_on, t.text, t.category_reason, moment(), 1
        FROM taken t JOIN person p ON p.id = t.person_id
        RETURNING id, contributor_id;
    END $$
    """,
}

DESK = "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
MINE = "person_id = (SELECT acting_person())"
NOT_X = "case_id <> ALL ((SELECT excluded_cases())::uuid[])"
BEFORE = (
    "agenda_item_id = ANY ((SELECT open_items())::uuid[]) AND EXISTS (SELECT 1 FROM agenda_item a JOIN meeting m"
    " ON m.id = a.meeting_id WHERE a.id = agenda_item_id AND m.state = 'convened')"
)
INVITED = (
    "EXISTS (SELECT 1 FROM invitation i WHERE i.id = invitation_id AND i.agenda_item_id = contribution_request.agenda_item_id"
    " AND i.person_id = contribution_request.person_id AND i.state IN ('sent', 'accepted'))"
)
ASKED = (
    "EXISTS (SELECT 1 FROM contribution_request r WHERE r.id = request_id AND r.agenda_item_id = contribution.agenda_item_id"
    " AND r.person_id = contribution.person_id)"
)

# As in 0002: table -> (select, insert, update).
POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "contribution_request": (
        f"({DESK} OR {MINE}) AND {NOT_X}",
        f"{DESK} AND {NOT_X} AND state = 'asked' AND asked_by = (SELECT acting_person()) AND {INVITED}",
        f"{MINE} AND {NOT_X} AND state = 'asked' AND {BEFORE}",
    ),
    # Nobody but its writer, before it is opened; and then it stands here no more.
    "contribution": (f"{MINE} AND {NOT_X}", f"{MINE} AND {NOT_X} AND {BEFORE} AND {ASKED}", None),
}
ANSWERED = f"{MINE} AND {NOT_X} AND state IN ('answered', 'nothingToShare')"


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for statement in TABLES:
        op.execute(statement)
    for name, function in FUNCTIONS.items():
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO livcr_app")
    for table, (read, add, change) in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT TO livcr_app USING ({read})")
        op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT TO livcr_app WITH CHECK ({add})")
        if change:
            op.execute(
                f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO livcr_app USING ({change}) WITH CHECK ({ANSWERED})"
            )
            op.execute(f"GRANT UPDATE (state, answered_at, version) ON {table} TO livcr_app")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO livcr_app")
        op.execute(f"CREATE POLICY {table}_end ON {table} TO livcr_retention USING (true)")
        op.execute(f"GRANT SELECT, UPDATE, DELETE ON {table} TO livcr_retention")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}")
    op.execute("DROP TABLE contribution")
    op.execute("DROP TABLE contribution_request")
    op.execute("RESET ROLE")
