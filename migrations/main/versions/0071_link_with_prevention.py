"""What who granted an extension confirmed is kept with it: that it serves to prevent terrorism or violent radicalisation (R87).

Nothing was ever granted without it, so that what was granted before says so too. The database asks for it a second time.
"""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

CHANGES = (
    ("p_decision bytea)", "p_decision bytea, p_linked boolean)"),
    ("OR p_decision IS NULL THEN", "OR p_decision IS NULL OR p_linked IS NOT TRUE THEN"),
    (
        "UPDATE extension SET state = 'decided', until_on = p_until,",
        "UPDATE extension SET state = 'decided', linked_to_prevention = true, until_on = p_until,",
    ),
)
BEFORE, AFTER = (
    "decide_extension(uuid, date, date, integer, bytea)",
    "decide_extension(uuid, date, date, integer, bytea, boolean)",
)
GRANTED = "(until_on IS NOT NULL) = (linked_to_prevention IS TRUE)"


def _in_place_of(old: str, new: str, *changes: tuple[str, str]) -> None:
    said = sa.text("SELECT pg_get_functiondef(CAST(:name AS regprocedure))")
    made = str(op.get_bind().execute(said, {"name": old}).scalar_one())
    for before, after in changes:
        if made.count(before) != 1:
            raise RuntimeError(f"not as the revision before made it: {before}")
        made = made.replace(before, after)
    op.execute(f"DROP FUNCTION {old}")
    op.get_bind().exec_driver_sql(made.replace("%", "%%"))
    op.execute(f"REVOKE ALL ON FUNCTION {new} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {new} TO livcr_app")


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE extension ADD COLUMN linked_to_prevention BOOLEAN")
    op.execute("UPDATE extension SET linked_to_prevention = true WHERE until_on IS NOT NULL")
    op.execute(f"ALTER TABLE extension ADD CONSTRAINT ck_extension_granted_for_prevention CHECK ({GRANTED})")
    _in_place_of(BEFORE, AFTER, *CHANGES)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    _in_place_of(AFTER, BEFORE, *((after, before) for before, after in CHANGES))
    op.execute("ALTER TABLE extension DROP COLUMN linked_to_prevention")
    op.execute("RESET ROLE")
