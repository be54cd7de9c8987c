"""Why a registration goes on its day, told for each way to its end: taken back, and handed over from elsewhere (R46, R84)."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

DECIDED = "r.state IN ('notListed', 'referred', 'passedToPolice')"
WAYS = (
    (
        f"CASE WHEN {DECIDED} THEN 'decision' ELSE 'receipt' END",
        "CASE WHEN r.state = 'withdrawn' THEN 'withdrawal' WHEN r.due_on = r.ends_by THEN 'sender'\n"
        f"                    WHEN {DECIDED} THEN 'decision' ELSE 'receipt' END",
    ),
    (
        f"CASE WHEN {DECIDED} THEN r.decided_on",
        "CASE WHEN r.state = 'withdrawn' THEN r.due_on\n"
        "                    WHEN r.due_on = r.ends_by THEN (r.ends_by - interval '1 year')::date\n"
        f"                    WHEN {DECIDED} THEN r.decided_on",
    ),
)


def _again(*changes: tuple[str, str]) -> None:
    said = sa.text("SELECT pg_get_functiondef('retention_calendar()'::regprocedure)")
    made = str(op.get_bind().execute(said).scalar_one())
    for before, after in changes:
        if made.count(before) != 1:
            raise RuntimeError(f"not as the revision before made it: {before}")
        made = made.replace(before, after)
    op.get_bind().exec_driver_sql(made.replace("%", "%%"))


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    _again(*WAYS)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    _again(*((after, before) for before, after in WAYS))
    op.execute("RESET ROLE")
