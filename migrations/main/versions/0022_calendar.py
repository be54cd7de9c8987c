"""A calendar that a phone fetches by a secret address: one for a person and mandate, kept as a hash (R37)."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLE = """
    CREATE TABLE calendar_feed (
        id UUID NOT NULL,
        person_id UUID NOT NULL,
        mandate_id UUID NOT NULL,
        token_hash BYTEA NOT NULL,
        opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
        closed_at TIMESTAMP WITH TIME ZONE,
        fetched_on DATE,
        CONSTRAINT pk_calendar_feed PRIMARY KEY (id),
        CONSTRAINT uq_calendar_feed_token_hash UNIQUE (token_hash),
        CONSTRAINT fk_calendar_feed_person_id FOREIGN KEY(person_id) REFERENCES person (id),
        CONSTRAINT fk_calendar_feed_mandate_id FOREIGN KEY(mandate_id) REFERENCES mandate (id)
    )
"""
ONE = "CREATE UNIQUE INDEX ix_calendar_feed_mandate_id ON calendar_feed (mandate_id) WHERE closed_at IS NULL"

# Whose calendar an address is, to whoever calls without a session; who has signed in learns nothing here.
WHOSE = """
    CREATE FUNCTION calendar_for(p_token bytea) RETURNS TABLE (id uuid, person_id uuid, mandate_id uuid, fetched_on date)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT f.id, f.person_id, f.mandate_id, f.fetched_on FROM calendar_feed f JOIN person p ON p.id = f.person_id
        WHERE f.token_hash = p_token AND f.closed_at IS NULL AND p.active AND acting_person() IS NULL
    $$
"""

MINE = "person_id = (SELECT acting_person())"
# As in 0002: table -> (select, insert, update, the columns an update reaches).
DIRECTORY: dict[str, tuple[str, str, str | None, str]] = {
    "calendar_feed": (
        MINE,
        f"{MINE} AND closed_at IS NULL AND EXISTS (SELECT 1 FROM mandate d WHERE d.id = mandate_id"
        " AND d.person_id = calendar_feed.person_id)",
        MINE,
        "closed_at, fetched_on",
    ),
}


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(TABLE)
    op.execute(ONE)
    op.execute("CREATE INDEX ix_calendar_feed_person_id ON calendar_feed (person_id)")
    ((read, add, change, columns),) = DIRECTORY.values()
    op.execute("ALTER TABLE calendar_feed ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY calendar_feed_read ON calendar_feed FOR SELECT TO livcr_app USING ({read})")
    op.execute(f"CREATE POLICY calendar_feed_add ON calendar_feed FOR INSERT TO livcr_app WITH CHECK ({add})")
    op.execute(
        f"CREATE POLICY calendar_feed_change ON calendar_feed FOR UPDATE TO livcr_app USING ({change})"
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({columns}) ON calendar_feed TO livcr_app")
    op.execute("CREATE POLICY calendar_feed_end ON calendar_feed FOR SELECT TO livcr_retention USING (true)")
    op.execute("GRANT SELECT ON calendar_feed TO livcr_retention")
    op.execute(WHOSE)
    op.execute("REVOKE ALL ON FUNCTION calendar_for(bytea) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION calendar_for(bytea) TO livcr_app")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP FUNCTION calendar_for(bytea)")
    op.execute("DROP TABLE calendar_feed")
    op.execute("RESET ROLE")
