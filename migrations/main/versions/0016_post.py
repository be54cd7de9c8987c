"""Notices leave the house by e-mail: how far each has come, and to which address (ADR 0030)."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLE = """
    CREATE TABLE mail_address (
        person_id UUID NOT NULL,
        address TEXT NOT NULL,
        set_at TIMESTAMP WITH TIME ZONE NOT NULL,
        set_by UUID NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_mail_address PRIMARY KEY (person_id),
        CONSTRAINT fk_mail_address_person_id FOREIGN KEY(person_id) REFERENCES person (id),
        CONSTRAINT fk_mail_address_set_by FOREIGN KEY(set_by) REFERENCES person (id)
    )
"""

COLUMNS = (
    "ADD COLUMN occasion UUID",
    "ADD COLUMN post_state TEXT NOT NULL DEFAULT 'waiting'",
    "ADD COLUMN mail_id UUID",
    "ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0",
    "ADD COLUMN next_try_at TIMESTAMP WITH TIME ZONE",
    "ADD COLUMN fault TEXT",
    "ADD CONSTRAINT uq_notice_person_id_occasion UNIQUE (person_id, occasion)",
)

# What an administrator has to know of the post: numbers, and no notice of anybody.
COUNTS = """
    CREATE FUNCTION post_counts() RETURNS TABLE (waiting bigint, without_address bigint, undeliverable bigint,
        oldest timestamptz, fault text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT count(*) FILTER (WHERE n.post_state = 'waiting'),
               count(*) FILTER (WHERE n.post_state = 'waiting' AND a.person_id IS NULL AND p.email IS NULL),
               count(*) FILTER (WHERE n.post_state = 'undeliverable'),
               min(n.created_at) FILTER (WHERE n.post_state = 'waiting'),
               (array_agg(n.fault ORDER BY n.next_try_at DESC NULLS LAST)
                   FILTER (WHERE n.post_state = 'waiting' AND n.fault IS NOT NULL))[1]
        FROM notice n JOIN person p ON p.id = n.person_id LEFT JOIN mail_address a ON a.person_id = n.person_id
        WHERE (SELECT administering()) AND n.post_state IN ('waiting', 'undeliverable')
    $$
"""

MINE = "person_id = (SELECT acting_person())"
DESK = "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
BY = "set_by = (SELECT acting_person())"

# As in 0002: table -> (select, insert, update, the columns an update reaches). One's own, or an administrator's.
DIRECTORY: dict[str, tuple[str, str, str | None, str]] = {
    "mail_address": (
        f"{MINE} OR (SELECT administering())",
        f"({MINE} OR (SELECT administering())) AND {BY}",
        f"{MINE} OR (SELECT administering())",
        "address, set_at, set_by, version",
    ),
}

# The policies of 0002, but that a new notice has not been read or sent.
POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "notice": (
        MINE,
        f"({DESK} OR municipality_id IN (SELECT m.municipality_id FROM cell_municipality m"
        " WHERE m.cell_id = ANY ((SELECT minute_taking_cells())::uuid[])))"
        " AND post_state = 'waiting' AND mail_id IS NULL AND read_at IS NULL",
        MINE,
    ),
}
NOTICE_ADD_BEFORE = (
    f"{DESK} OR municipality_id IN (SELECT m.municipality_id FROM cell_municipality m"
    " WHERE m.cell_id = ANY ((SELECT minute_taking_cells())::uuid[]))"
)


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for change in COLUMNS:
        op.execute(f"ALTER TABLE notice {change}")
    # What was left before there was any post stands on Today, and is not sent afterwards.
    op.execute("SET LOCAL row_security = off")
    op.execute("UPDATE notice SET post_state = 'leftOut'")
    op.execute("SET LOCAL row_security = on")
    op.execute("CREATE INDEX ix_notice_waiting ON notice (person_id) WHERE post_state = 'waiting'")
    ((_, add, _),) = POLICIES.values()
    op.execute("DROP POLICY notice_add ON notice")
    op.execute(f"CREATE POLICY notice_add ON notice FOR INSERT TO livcr_app WITH CHECK ({add})")
    op.execute("REVOKE UPDATE ON notice FROM livcr_app")
    op.execute("GRANT UPDATE (read_at) ON notice TO livcr_app")
    op.execute(TABLE)
    ((read, add, change, columns),) = DIRECTORY.values()
    op.execute("ALTER TABLE mail_address ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY mail_address_read ON mail_address FOR SELECT TO livcr_app USING ({read})")
    op.execute(f"CREATE POLICY mail_address_add ON mail_address FOR INSERT TO livcr_app WITH CHECK ({add})")
    op.execute(
        f"CREATE POLICY mail_address_change ON mail_address FOR UPDATE TO livcr_app USING ({change}) WITH CHECK ({add})"
    )
    op.execute("CREATE POLICY mail_address_end ON mail_address FOR SELECT TO livcr_retention USING (true)")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({columns}) ON mail_address TO livcr_app")
    op.execute("GRANT SELECT ON mail_address TO livcr_retention")
    op.execute(COUNTS)
    op.execute("REVOKE ALL ON FUNCTION post_counts() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION post_counts() TO livcr_app")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP FUNCTION post_counts()")
    op.execute("DROP TABLE mail_address")
    op.execute("DROP POLICY notice_add ON notice")
    op.execute(f"CREATE POLICY notice_add ON notice FOR INSERT TO livcr_app WITH CHECK ({NOTICE_ADD_BEFORE})")
    op.execute("REVOKE UPDATE (read_at) ON notice FROM livcr_app")
    op.execute("GRANT UPDATE ON notice TO livcr_app")
    op.execute("DROP INDEX ix_notice_waiting")
    op.execute("ALTER TABLE notice DROP CONSTRAINT uq_notice_person_id_occasion")
    for column in ("occasion", "post_state", "mail_id", "attempts", "next_try_at", "fault"):
        op.execute(f"ALTER TABLE notice DROP COLUMN {column}")
    op.execute("RESET ROLE")
