"""Somebody holds a role at one place once at a time (R9), also of two requests at the same moment.

What overlaps already keeps the one that begins later; the other ends the day before. Nobody gains by it: the role and the
place are the same.
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

# The days of a mandate; one that ended before it began was never in force.
DAYS = "CASE WHEN ends_on < starts_on THEN 'empty'::daterange ELSE daterange(starts_on, ends_on, '[]') END"
# Person, role and place as one number, for a range is all that an index of this kind compares without an extension.
WHO = (
    "hashtextextended(person_id::text || ' ' || role || ' ' || coalesce(cell_id::text, '') || ' '"
    " || coalesce(municipality_id::text, ''), 0) / 2"
)
ONE_AFTER_THE_OTHER = """
    UPDATE mandate a SET ends_on = (
        SELECT min(b.starts_on) - 1 FROM mandate b WHERE {later}), version = a.version + 1
    WHERE EXISTS (SELECT 1 FROM mandate b WHERE {later})
""".format(
    later="b.id <> a.id AND b.person_id = a.person_id AND b.role = a.role AND b.cell_id IS NOT DISTINCT FROM a.cell_id"
    " AND b.municipality_id IS NOT DISTINCT FROM a.municipality_id"
    " AND (b.starts_on, b.created_at, b.id) > (a.starts_on, a.created_at, a.id)"
    " AND b.starts_on <= coalesce(a.ends_on, 'infinity') AND coalesce(b.ends_on, 'infinity') >= b.starts_on"
)


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("SET LOCAL row_security = off")
    op.execute(ONE_AFTER_THE_OTHER)
    op.execute("SET LOCAL row_security = on")
    op.execute(
        "ALTER TABLE mandate ADD CONSTRAINT ex_mandate_once_at_a_time"
        f" EXCLUDE USING gist (int8range({WHO}, {WHO}, '[]') WITH =, ({DAYS}) WITH &&)"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE mandate DROP CONSTRAINT ex_mandate_once_at_a_time")
    op.execute("RESET ROLE")
