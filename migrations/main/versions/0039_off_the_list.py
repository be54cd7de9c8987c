"""Whoever left the mayor's list is put on no agenda, and nobody is asked about them or comes in for them (R42, R61).

What stands on an agenda to come of a case that was closed goes off it, with those who were asked.
"""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

LISTED = """
    CREATE FUNCTION of_the_list() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM case_file c WHERE c.id = NEW.case_id
            AND c.state IN ('listed', 'underDiscussion', 'inTrajectory', 'monitored', 'closureProposed'))
        THEN
            RAISE EXCEPTION 'this case is on the list no longer' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
"""
# What is taken back, and who leaves the room, is no business of the list; neither is what was asked while it was listed.
ASKED = "NEW.state IN ('draft', 'sent', 'accepted')"
THERE = "NEW.present AND NEW.left_at IS NULL"
TRIGGERS = (
    ("listed_when_tabled", "agenda_item", "INSERT", "true"),
    ("listed_when_prepared", "invitation", "INSERT", ASKED),
    (
        "listed_when_asked",
        "invitation",
        "UPDATE",
        f"{ASKED} AND OLD.state IN ('draft', 'removed', 'withdrawn') AND OLD.state <> NEW.state",
    ),
    ("listed_when_there", "attendance", "INSERT", "NEW.present"),
    (
        "listed_when_coming",
        "attendance",
        "UPDATE",
        f"{THERE} AND (NOT OLD.present OR OLD.left_at IS NOT NULL)",
    ),
    ("listed_when_questioned", "contribution_request", "INSERT", "true"),
)
TO_COME = (
    "a.state = 'tabled' AND EXISTS (SELECT 1 FROM case_file c WHERE c.id = a.case_id AND c.state = 'closed')"
    " AND EXISTS (SELECT 1 FROM meeting m WHERE m.id = a.meeting_id AND m.state IN ('draft', 'convened'))"
)


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(LISTED)
    op.execute("REVOKE ALL ON FUNCTION of_the_list() FROM PUBLIC")
    for name, table, step, when in TRIGGERS:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {step} ON {table} FOR EACH ROW"
            f" WHEN (current_user = 'livcr_app' AND {when}) EXECUTE FUNCTION of_the_list()"
        )
    op.execute(
        "UPDATE invitation i SET state = CASE i.state WHEN 'draft' THEN 'removed' ELSE 'withdrawn' END,"
        f" version = i.version + 1 FROM agenda_item a WHERE a.id = i.agenda_item_id AND {TO_COME}"
        " AND i.state IN ('draft', 'sent', 'accepted')"
    )
    op.execute(
        "UPDATE agenda_item a SET state = 'takenOff', put_off_reason = 'caseClosed', version = a.version + 1"
        f" WHERE {TO_COME}"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for name, table, _, _ in TRIGGERS:
        op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute("DROP FUNCTION of_the_list()")
    op.execute("RESET ROLE")
