"""Mail addresses and calendar addresses go with the mandate they served: the retention run may delete those, and no others.

Whose last mandate is over is sent nothing any more; a calendar address belongs to one mandate.
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

# A mandate without an end is not over, and without a day to ask for none is.
_OVER = "(m.ends_on < present_day()) IS TRUE"
ENDS = {
    "mail_address": (
        "EXISTS (SELECT 1 FROM mandate m WHERE m.person_id = mail_address.person_id) AND NOT EXISTS"
        f" (SELECT 1 FROM mandate m WHERE m.person_id = mail_address.person_id AND NOT {_OVER})"
    ),
    "calendar_feed": (
        "closed_at IS NOT NULL OR EXISTS (SELECT 1 FROM mandate m"
        f" WHERE m.id = calendar_feed.mandate_id AND {_OVER})"
    ),
}


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for table, ends in ENDS.items():
        op.execute(f"CREATE POLICY {table}_over ON {table} FOR DELETE TO livcr_retention USING ({ends})")
        op.execute(f"GRANT DELETE ON {table} TO livcr_retention")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for table in ENDS:
        op.execute(f"REVOKE DELETE ON {table} FROM livcr_retention")
        op.execute(f"DROP POLICY {table}_over ON {table}")
    op.execute("RESET ROLE")
