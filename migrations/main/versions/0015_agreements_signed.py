"""An agreement is drafted, signed and adopted; each version keeps its parties, its tables and who signed it (R1, R3, R115).

What was adopted before keeps its text: it gets the tables that its cell had, and counts as in force from its day.
A meeting names the agreement under which it was convened.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

COLUMNS = """
    ALTER TABLE agreement
        ADD COLUMN parties JSONB NOT NULL DEFAULT '[]',
        ADD COLUMN tables JSONB NOT NULL DEFAULT '[]',
        ADD COLUMN digest TEXT NOT NULL DEFAULT '',
        ADD COLUMN adopted_at TIMESTAMP WITH TIME ZONE,
        ADD COLUMN superseded_at TIMESTAMP WITH TIME ZONE,
        ADD COLUMN changed_by UUID,
        ALTER COLUMN document DROP NOT NULL,
        ALTER COLUMN adopted_on DROP NOT NULL,
        ALTER COLUMN adopted_by DROP NOT NULL
"""
ONE_OF_EACH = (
    "CREATE UNIQUE INDEX uq_agreement_draft ON agreement (cell_id) WHERE state = 'draft'",
    "CREATE UNIQUE INDEX uq_agreement_in_force ON agreement (cell_id) WHERE state = 'adopted'",
)
SIGNATURE = """
    CREATE TABLE agreement_signature (
        id UUID NOT NULL,
        agreement_id UUID NOT NULL,
        cell_id UUID NOT NULL,
        municipality_id UUID,
        agency_id UUID,
        name TEXT NOT NULL,
        capacity TEXT NOT NULL,
        signed_on DATE NOT NULL,
        digest TEXT NOT NULL,
        recorded_by UUID NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_agreement_signature PRIMARY KEY (id),
        CONSTRAINT uq_agreement_signature_agreement_id_municipality_id_digest UNIQUE (agreement_id, municipality_id, digest),
        CONSTRAINT uq_agreement_signature_agreement_id_agency_id_digest UNIQUE (agreement_id, agency_id, digest),
        CONSTRAINT fk_agreement_signature_agreement_id FOREIGN KEY(agreement_id) REFERENCES agreement (id),
        CONSTRAINT fk_agreement_signature_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id),
        CONSTRAINT fk_agreement_signature_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_agreement_signature_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id)
    )
"""

# What stood before: the tables of its cell, the day it was adopted, and until when.
FORMER = (
    """
    UPDATE agreement a SET
        adopted_at = a.adopted_on::timestamp AT TIME ZONE 'Europe/Brussels',
        tables = coalesce((SELECT jsonb_agg(jsonb_build_object('kind', t.kind, 'name', t.name, 'chair', 'coordinator',
            'cadenceWeeks', 13, 'functions', jsonb_build_array('mayor', 'coordinator', 'policeMember'),
            'agencies', '[]'::jsonb) ORDER BY t.kind) FROM consultation_table t WHERE t.cell_id = a.cell_id), '[]')
    """,
    """
    UPDATE agreement a SET superseded_at = n.adopted_at FROM agreement n
    WHERE n.cell_id = a.cell_id AND n.number = a.number + 1
    """,
)

MANDATED = """
    CREATE FUNCTION {name}() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg({column}), '{{}}') FROM acting() WHERE {column} IS NOT NULL {roles}
    $$
"""
FUNCTIONS = {
    "member_cells": MANDATED.format(name="member_cells", column="cell_id", roles=""),
    "desk_cells": MANDATED.format(
        name="desk_cells", column="cell_id", roles="AND role IN ('mayor', 'delegate', 'coordinator')"
    ),
    "drafting_cells": MANDATED.format(
        name="drafting_cells", column="cell_id", roles="AND role = 'coordinator'"
    ),
    "signing_cells": MANDATED.format(name="signing_cells", column="cell_id", roles="AND role = 'mayor'"),
    "signing_municipalities": MANDATED.format(
        name="signing_municipalities", column="municipality_id", roles="AND role = 'mayor'"
    ),
}

# What was adopted stands; a draft is adopted as every mayor of its cell signed it, and a changed text is another text.
STAYS = """
    CREATE FUNCTION agreement_stays() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        changed boolean := (OLD.parties, OLD.tables, OLD.answers, OLD.settings)
            IS DISTINCT FROM (NEW.parties, NEW.tables, NEW.answers, NEW.settings);
    BEGIN
        IF OLD.state <> 'draft' AND (changed OR OLD.digest <> NEW.digest
            OR (OLD.document, OLD.adopted_on, OLD.adopted_at, OLD.adopted_by)
               IS DISTINCT FROM (NEW.document, NEW.adopted_on, NEW.adopted_at, NEW.adopted_by)
            OR NOT (NEW.state = OLD.state OR OLD.state = 'adopted' AND NEW.state = 'superseded')) THEN
            RAISE EXCEPTION 'an agreement that was adopted does not change' USING ERRCODE = 'check_violation';
        END IF;
        IF OLD.state = 'draft' AND changed AND (OLD.digest = NEW.digest OR NEW.state <> 'draft') THEN
            RAISE EXCEPTION 'a changed text has another digest' USING ERRCODE = 'check_violation';
        END IF;
        IF OLD.state = 'draft' AND NEW.state <> 'draft' AND (NEW.state <> 'adopted' OR EXISTS (
            SELECT 1 FROM cell_municipality m WHERE m.cell_id = NEW.cell_id AND NOT EXISTS (
                SELECT 1 FROM agreement_signature s WHERE s.agreement_id = NEW.id
                  AND s.municipality_id = m.municipality_id AND s.digest = NEW.digest))) THEN
            RAISE EXCEPTION 'not every mayor signed this text' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
"""

_DRAFTING = "cell_id = ANY ((SELECT drafting_cells())::uuid[])"
_SIGNING = "cell_id = ANY ((SELECT signing_cells())::uuid[])"
POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "agreement": (
        "state <> 'draft' AND (cell_id = ANY ((SELECT member_cells())::uuid[]) OR (SELECT administering()))"
        " OR cell_id = ANY ((SELECT desk_cells())::uuid[])",
        f"state = 'draft' AND {_DRAFTING}",
        f"state = 'draft' AND {_DRAFTING} OR state IN ('draft', 'adopted') AND {_SIGNING}",
    ),
    "agreement_signature": (
        "EXISTS (SELECT 1 FROM agreement a WHERE a.id = agreement_id)",
        "recorded_by = (SELECT acting_person()) AND num_nonnulls(municipality_id, agency_id) = 1 AND EXISTS (SELECT 1 FROM agreement a"
        " WHERE a.id = agreement_id AND a.cell_id = agreement_signature.cell_id AND a.state = 'draft')"
        " AND CASE WHEN municipality_id IS NULL THEN " + _DRAFTING + " ELSE "
        "municipality_id = ANY ((SELECT signing_municipalities())::uuid[]) END",
        None,
    ),
}
"""table -> (select, insert, update): drafted by the coordinator, signed and adopted by mayors, read by everybody once adopted."""
AFTER_CHANGE = (
    f"state = 'draft' AND {_DRAFTING} OR state IN ('draft', 'adopted', 'superseded') AND {_SIGNING}"
)
CHANGEABLE = "parties, tables, answers, settings, digest, document, state, adopted_on, adopted_at, adopted_by, superseded_at, changed_by, version"
OPEN_BEFORE = "state, version"


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for statement in (COLUMNS, *FORMER, *ONE_OF_EACH, SIGNATURE):
        op.execute(statement)
    op.execute("CREATE INDEX ix_agreement_signature_agreement_id ON agreement_signature (agreement_id)")
    op.execute(
        "ALTER TABLE meeting ADD COLUMN agreement_id UUID,"
        " ADD CONSTRAINT fk_meeting_agreement_id FOREIGN KEY(agreement_id) REFERENCES agreement (id)"
    )
    for name, function in FUNCTIONS.items():
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {name}() FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name}() TO livcr_app")
    op.execute(STAYS)
    op.execute("REVOKE ALL ON FUNCTION agreement_stays() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER agreement_stays BEFORE UPDATE ON agreement FOR EACH ROW"
        " WHEN (current_user = 'livcr_app') EXECUTE FUNCTION agreement_stays()"
    )
    for table, (read, add, change) in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT TO livcr_app USING ({read})")
        op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT TO livcr_app WITH CHECK ({add})")
        op.execute(f"CREATE POLICY {table}_end ON {table} FOR SELECT TO livcr_retention USING (true)")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO livcr_app")
        op.execute(f"GRANT SELECT ON {table} TO livcr_retention")
        if change:
            op.execute(
                f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO livcr_app USING ({change})"
                f" WITH CHECK ({AFTER_CHANGE})"
            )
    op.execute(f"GRANT UPDATE ({CHANGEABLE}) ON agreement TO livcr_app")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for name in ("read", "add", "change", "end"):
        op.execute(f"DROP POLICY {name_of(name)} ON agreement")
    op.execute("ALTER TABLE agreement DISABLE ROW LEVEL SECURITY")
    op.execute(f"REVOKE UPDATE ({CHANGEABLE}) ON agreement FROM livcr_app")
    op.execute(f"GRANT UPDATE ({OPEN_BEFORE}) ON agreement TO livcr_app")
    op.execute("DROP TRIGGER agreement_stays ON agreement")
    op.execute("DROP FUNCTION agreement_stays()")
    op.execute("DROP TABLE agreement_signature")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}()")
    op.execute("ALTER TABLE meeting DROP COLUMN agreement_id")
    op.execute("DROP INDEX uq_agreement_draft")
    op.execute("DROP INDEX uq_agreement_in_force")
    op.execute("DELETE FROM agreement WHERE state = 'draft'")
    op.execute(
        "ALTER TABLE agreement DROP COLUMN parties, DROP COLUMN tables, DROP COLUMN digest,"
        " DROP COLUMN adopted_at, DROP COLUMN superseded_at, DROP COLUMN changed_by,"
        " ALTER COLUMN document SET NOT NULL, ALTER COLUMN adopted_on SET NOT NULL, ALTER COLUMN adopted_by SET NOT NULL"
    )
    op.execute("RESET ROLE")


def name_of(policy: str) -> str:
    """Give the name of a policy on agreements."""
    return f"agreement_{policy}"
