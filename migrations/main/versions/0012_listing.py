"""What was brought and listed about a person moves to a table of its own (R5, R18, R40).

Row-level security shows a row or hides it, never a column of it: whoever holds one part of a case, or sits at its item,
reached with the row of the case also why the person is on the list. The sealed bytes move as they are, without a key.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLE = """
    CREATE TABLE listing (
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        indications BYTEA,
        signal BYTEA,
        CONSTRAINT pk_listing PRIMARY KEY (case_id),
        CONSTRAINT fk_listing_case_id_municipality_id FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_listing_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id)
    )
"""

# A delegate reads files only where appointed for them, and lists only where appointed for that (R9).
APPOINTED = """
    CREATE FUNCTION {name}() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(a.municipality_id), '{{}}') FROM acting() a JOIN mandate d ON d.id = acting_mandate()
        WHERE a.municipality_id IS NOT NULL AND (a.role {roles} OR a.role = 'delegate' AND '{part}' = ANY (d.scope))
    $$
"""
FUNCTIONS = {
    "file_municipalities": APPOINTED.format(
        name="file_municipalities", roles="IN ('mayor', 'coordinator')", part="file"
    ),
    "listing_municipalities": APPOINTED.format(name="listing_municipalities", roles="= 'mayor'", part="list"),
}
READS = "municipality_id = ANY ((SELECT file_municipalities())::uuid[])"
LISTS = "municipality_id = ANY ((SELECT listing_municipalities())::uuid[])"
NOT_X = "case_id <> ALL ((SELECT excluded_cases())::uuid[])"
# The row of the case as this very person may see it, which the order of its destruction ends for everybody (R92).
OF_SEEN_CASE = "EXISTS (SELECT 1 FROM case_file c WHERE c.id = case_id)"
JUST_LISTED = (
    "EXISTS (SELECT 1 FROM case_file c WHERE c.id = case_id AND c.state = 'listed'"
    " AND c.listed_by = (SELECT acting_person()))"
)

POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "listing": (
        f"{READS} AND {NOT_X} AND {OF_SEEN_CASE}",
        f"{LISTS} AND {NOT_X} AND {JUST_LISTED}",
        None,
    ),
}
"""table -> (select, insert, update), as in 0002: written once, with the listing, by whoever decides on it."""
BY_GLASS = "case_id = ANY ((SELECT broken_glass_cases())::uuid[])"
# As that of its case in 0002: even the retention role ends it only once that was ordered and its day has come (R86).
TERM = "EXISTS (SELECT 1 FROM case_file c WHERE c.id = case_id AND c.shred_ordered_at IS NOT NULL AND c.due_on <= present_day())"

MOVE = "INSERT INTO listing (case_id, municipality_id, indications, signal) SELECT id, municipality_id, indications, signal FROM case_file"
MOVE_BACK = "UPDATE case_file c SET indications = l.indications, signal = l.signal FROM listing l WHERE l.case_id = c.id"


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(TABLE)
    _move(MOVE)
    op.execute("ALTER TABLE case_file DROP COLUMN indications, DROP COLUMN signal")
    for name, function in FUNCTIONS.items():
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {name}() FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name}() TO livcr_app")
    ((read, add, _),) = POLICIES.values()
    op.execute("ALTER TABLE listing ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY listing_read ON listing FOR SELECT TO livcr_app USING ({read})")
    op.execute(f"CREATE POLICY listing_by_glass ON listing FOR SELECT TO livcr_app USING ({BY_GLASS})")
    op.execute(f"CREATE POLICY listing_add ON listing FOR INSERT TO livcr_app WITH CHECK ({add})")
    op.execute("CREATE POLICY listing_end ON listing TO livcr_retention USING (true)")
    op.execute(
        f"CREATE POLICY listing_term ON listing AS RESTRICTIVE FOR DELETE TO livcr_retention USING ({TERM})"
    )
    op.execute("GRANT SELECT, INSERT ON listing TO livcr_app")
    op.execute("GRANT SELECT, DELETE ON listing TO livcr_retention")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE case_file ADD COLUMN indications BYTEA, ADD COLUMN signal BYTEA")
    _move(MOVE_BACK)
    op.execute("DROP TABLE listing")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}()")
    op.execute("RESET ROLE")


def _move(statement: str) -> None:
    # With `off`, a policy that would keep rows from the move is an error: they would go with the place they stood in.
    op.execute("SET LOCAL row_security = off")
    op.execute(statement)
    op.execute("SET LOCAL row_security = on")
