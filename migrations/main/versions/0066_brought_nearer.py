"""The calendar says why a file goes before its year is over: handed over, come with its end, or decided so (R84, R86).

Whoever reads the day reads "last discussed on" beside it, from which the day did not follow where a closing, a correction or
a hand-over had brought it nearer.
"""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

CALENDAR = (
    ("subject_id uuid, kept_until date)", "subject_id uuid, kept_until date, nearer text)"),
    (
        "(SELECT e.until_on FROM extension e WHERE e.case_id = c.id AND e.state = 'decided')\n",
        "(SELECT e.until_on FROM extension e WHERE e.case_id = c.id AND e.state = 'decided'),\n"
        "               CASE WHEN EXISTS (SELECT FROM hand_over h WHERE h.case_id = c.id AND h.state = 'received') THEN 'handedOver'\n"
        "                    WHEN EXISTS (SELECT FROM registration s WHERE s.id = c.registration_id AND s.ends_by = c.due_on)\n"
        "                    THEN 'cameWithIt' ELSE 'decided' END\n",
    ),
    ("NULL, NULL, false, r.subject_id, NULL\n", "NULL, NULL, false, r.subject_id, NULL, NULL\n"),
)


def _calendar(*changes: tuple[str, str]) -> None:
    asked = sa.text("SELECT pg_get_functiondef('retention_calendar()'::regprocedure)")
    said = str(op.get_bind().execute(asked).scalar_one())
    for before, after in changes:
        if said.count(before) != 1:
            raise RuntimeError(f"not as the revision before made it: {before}")
        said = said.replace(before, after)
    op.execute("DROP FUNCTION retention_calendar()")
    op.get_bind().exec_driver_sql(said.replace("%", "%%"))
    op.execute("REVOKE ALL ON FUNCTION retention_calendar() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION retention_calendar() TO livcr_app")


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    _calendar(*CALENDAR)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    _calendar(*((after, before) for before, after in CALENDAR))
    op.execute("RESET ROLE")
