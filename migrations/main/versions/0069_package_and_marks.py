"""The key under which a hand-over is sealed is not that of a municipality's marks either (R39, R92; decisions 0019, 0047).

The key store keeps the key of a municipality's marks as that of a file which does not exist. Named as a package, the sweep would
have destroyed it, and nobody of that municipality would have found a person again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

FILES = "OR EXISTS (SELECT 1 FROM registration r WHERE r.id = NEW.package_id)"
MARKS = """
            OR EXISTS (SELECT 1 FROM municipality m WHERE uuid_send(NEW.package_id) =
                substring(sha256(convert_to('livcr marks of ', 'UTF8') || uuid_send(m.id)) FROM 1 FOR 16))"""


def _again(before: str, after: str) -> None:
    said = sa.text("SELECT pg_get_functiondef('package_is_its_own()'::regprocedure)")
    made = str(op.get_bind().execute(said).scalar_one())
    if made.count(before) != 1:
        raise RuntimeError(f"not as the revision before made it: {before}")
    op.get_bind().exec_driver_sql(made.replace(before, after))


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    _again(FILES, FILES + MARKS)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    _again(FILES + MARKS, FILES)
    op.execute("RESET ROLE")
