"""A contact says its category, who brought it and from which service, as every item of a file does (R51 to R53).

What was noted before keeps no category, since nobody was asked for one and its words are sealed: a made-up one could open what
is sensitive. It is answered as category 14, for which every contact has its reason, and closed until it is opened (R52). It counts
as brought by who noted it, of the service they are of: that is what the record knows. A new contact without a category does not
come in. Factors of an assessment carry the same inside their sealed text; there, too, one from before is closed.
"""

from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

READS = "municipality_id = ANY ((SELECT file_municipalities())::uuid[])"
NOT_X = "case_id <> ALL ((SELECT excluded_cases())::uuid[])"
OF_SEEN_CASE = "EXISTS (SELECT 1 FROM case_file c WHERE c.id = case_id)"
MINE = f"{READS} AND {NOT_X} AND {OF_SEEN_CASE}"
CARRIED = (
    "EXISTS (SELECT 1 FROM case_file c JOIN municipality m ON m.id = c.municipality_id WHERE c.id = case_id"
    " AND c.state NOT IN ('closed', 'destroyed') AND m.recording_basis IS NOT NULL AND present_day() < c.locks_on"
    " AND present_day() < contact_ends_on(keep_until, c))"
)
BEFORE = f"{MINE} AND added_by = (SELECT acting_person()) AND {CARRIED}"
AFTER = f"{BEFORE} AND category IS NOT NULL"
POLICIES: dict[str, tuple[str, str | None, str | None]] = {"contact": (MINE, AFTER, None)}
"""table -> (select, insert, update), as in 0002: never changed, only taken out."""


def _add(condition: str) -> None:
    op.execute("DROP POLICY contact_add ON contact")
    op.execute(f"CREATE POLICY contact_add ON contact FOR INSERT TO livcr_app WITH CHECK ({condition})")


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(
        "ALTER TABLE contact ADD COLUMN category INTEGER, ADD COLUMN contributor_id UUID, ADD COLUMN agency_id UUID,"
        " ADD CONSTRAINT ck_contact_category CHECK (category BETWEEN 1 AND 14)"
    )
    op.execute(
        "UPDATE contact SET contributor_id = added_by,"
        " agency_id = (SELECT p.agency_id FROM person p WHERE p.id = added_by)"
    )
    op.execute(
        "ALTER TABLE contact ALTER COLUMN contributor_id SET NOT NULL, ALTER COLUMN agency_id SET NOT NULL,"
        " ADD CONSTRAINT fk_contact_contributor_id FOREIGN KEY(contributor_id) REFERENCES person (id),"
        " ADD CONSTRAINT fk_contact_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id)"
    )
    _add(AFTER)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    _add(BEFORE)
    op.execute("ALTER TABLE contact DROP COLUMN category, DROP COLUMN contributor_id, DROP COLUMN agency_id")
    op.execute("RESET ROLE")
