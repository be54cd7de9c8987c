"""Third persons in a file, with an end of their own that no extension moves (R49, R86).

The database itself knows that end: what a case is extended to does not count, and it ends when the case is closed. Until then
the retention role deletes none, unless the case goes as a whole.
"""

from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

TABLE = """
    CREATE TABLE contact (
        id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        name BYTEA NOT NULL,
        relation TEXT NOT NULL,
        need BYTEA NOT NULL,
        origin TEXT NOT NULL,
        stated_on DATE NOT NULL,
        keep_until DATE NOT NULL,
        added_by UUID NOT NULL,
        added_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_contact PRIMARY KEY (id),
        CONSTRAINT fk_contact_case_id_municipality_id FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_contact_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_contact_added_by FOREIGN KEY(added_by) REFERENCES person (id)
    )
"""
ENDS_ON = """
    CREATE FUNCTION contact_ends_on(kept date, c case_file) RETURNS date LANGUAGE sql IMMUTABLE
    RETURN least(kept, c.due_on, (coalesce(c.last_discussed_on, c.listed_on) + interval '1 year')::date,
        CASE WHEN c.state = 'closed' THEN c.closed_on END)
"""
READS = "municipality_id = ANY ((SELECT file_municipalities())::uuid[])"
NOT_X = "case_id <> ALL ((SELECT excluded_cases())::uuid[])"
OF_SEEN_CASE = "EXISTS (SELECT 1 FROM case_file c WHERE c.id = case_id)"
MINE = f"{READS} AND {NOT_X} AND {OF_SEEN_CASE}"
# Only of somebody on the list, while the case is open and carries third persons, and where something may be recorded at all.
CARRIED = (
    "EXISTS (SELECT 1 FROM case_file c JOIN municipality m ON m.id = c.municipality_id WHERE c.id = case_id"
    " AND c.state NOT IN ('closed', 'destroyed') AND m.recording_basis IS NOT NULL AND present_day() < c.locks_on"
    " AND present_day() < contact_ends_on(keep_until, c))"
)
POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "contact": (MINE, f"{MINE} AND added_by = (SELECT acting_person()) AND {CARRIED}", None),
}
"""table -> (select, insert, update), as in 0002: never changed, only taken out."""
# The application deletes nothing by itself: what the desk does not need any more goes by this, and leaves nothing.
FORGET = """
    CREATE FUNCTION forget_contact(p_contact uuid) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        DELETE FROM contact k USING case_file c
        WHERE k.id = p_contact AND c.id = k.case_id AND k.municipality_id = ANY (file_municipalities())
          AND k.case_id <> ALL (excluded_cases()) AND c.shred_ordered_at IS NULL AND present_day() < c.locks_on;
        RETURN FOUND;
    END $$
"""
TERM = (
    "EXISTS (SELECT 1 FROM case_file c WHERE c.id = case_id AND (contact_ends_on(keep_until, c) <= present_day()"
    " OR c.shred_ordered_at IS NOT NULL AND c.due_on <= present_day()))"
)


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(TABLE)
    op.execute("CREATE INDEX ix_contact_case_id ON contact (case_id)")
    op.execute("CREATE INDEX ix_contact_keep_until ON contact (keep_until)")
    op.execute(ENDS_ON)
    op.execute("REVOKE ALL ON FUNCTION contact_ends_on(date, case_file) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION contact_ends_on(date, case_file) TO livcr_app, livcr_retention")
    ((read, add, _),) = POLICIES.values()
    op.execute("ALTER TABLE contact ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY contact_read ON contact FOR SELECT TO livcr_app USING ({read})")
    op.execute(f"CREATE POLICY contact_add ON contact FOR INSERT TO livcr_app WITH CHECK ({add})")
    op.execute("CREATE POLICY contact_end ON contact TO livcr_retention USING (true)")
    op.execute(
        f"CREATE POLICY contact_term ON contact AS RESTRICTIVE FOR DELETE TO livcr_retention USING ({TERM})"
    )
    op.execute("GRANT SELECT, INSERT ON contact TO livcr_app")
    op.execute("GRANT SELECT, DELETE ON contact TO livcr_retention")
    op.execute(FORGET)
    op.execute("REVOKE ALL ON FUNCTION forget_contact(uuid) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION forget_contact(uuid) TO livcr_app")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP FUNCTION forget_contact(uuid)")
    op.execute("DROP TABLE contact")
    op.execute("DROP FUNCTION contact_ends_on(date, case_file)")
    op.execute("RESET ROLE")
