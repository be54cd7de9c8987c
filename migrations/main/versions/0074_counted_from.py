"""What another municipality handed over is counted from the last discussion over there until there is one here (R84, R86).

Until now the day of the listing here stood in its place, and only the end that came along held it back. What was accepted
before this keeps that end; from when it was counted over there is not known here any more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

OFFERED = (
    "coalesce(c.last_discussed_on, c.listed_on)",
    "coalesce(c.last_discussed_on, c.counted_from, c.listed_on)",
)
# What stood in a function, and what stands in its place: the rest of it stays as it was made, to the letter.
CHANGED = {
    "offered_hand_overs()": (OFFERED,),
    "receive_hand_over(uuid, text, uuid, date)": (
        OFFERED,
        (
            "least(file.due_on, (coalesce(file.last_discussed_on, file.listed_on) + interval '1 year')::date);",
            "least(file.due_on, (coalesce(file.last_discussed_on, file.counted_from, file.listed_on) + interval '1 year')::date);",
        ),
        ("due_on, ends_by, version)", "due_on, ends_by, counted_from, version)"),
        ("ends, 1\n", "ends, coalesce(file.last_discussed_on, file.counted_from, file.listed_on), 1\n"),
    ),
    "retention_calendar()": (
        OFFERED,
        (
            "CASE WHEN c.last_discussed_on IS NULL THEN 'listing' ELSE 'lastDiscussion' END",
            "CASE WHEN c.last_discussed_on IS NOT NULL THEN 'lastDiscussion' WHEN c.counted_from IS NOT NULL"
            " THEN 'sender' ELSE 'listing' END",
        ),
        (
            "THEN (r.ends_by - interval '1 year')::date",
            "THEN coalesce(r.counted_from, (r.ends_by - interval '1 year')::date)",
        ),
    ),
    "correct_discussion(uuid, date, integer, date)": (
        (
            "        UPDATE case_file SET\n",
            "        IF latest IS NULL THEN  -- what came from elsewhere ends as it would have ended there\n"
            "            SELECT least(p_due, r.ends_by, (c.counted_from + interval '1 year')::date) INTO p_due\n"
            "            FROM case_file c LEFT JOIN registration r ON r.id = c.registration_id WHERE c.id = found.case_id;\n"
            "        END IF;\n"
            "        UPDATE case_file SET\n",
        ),
    ),
}
ENDS_ON = """
    CREATE OR REPLACE FUNCTION contact_ends_on(kept date, c case_file) RETURNS date LANGUAGE sql IMMUTABLE
    RETURN least(kept, c.due_on, (coalesce(c.last_discussed_on, {}c.listed_on) + interval '1 year')::date,
        CASE WHEN c.state = 'closed' THEN c.closed_on END)
"""
# A file begins with what came along, whoever lists it: from when it is counted, and by when it ends.
BEGINS = """
    CREATE FUNCTION begins_as_it_came() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        came record;
    BEGIN
        SELECT r.counted_from, r.ends_by INTO came FROM registration r WHERE r.id = NEW.registration_id;
        IF NEW.counted_from IS DISTINCT FROM came.counted_from OR NEW.due_on > came.ends_by
            OR NEW.due_on > (came.counted_from + interval '1 year')::date
        THEN
            RAISE EXCEPTION 'what another municipality handed over starts no year anew' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$
"""
CAME = """
    CREATE FUNCTION came_as_it_was() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'what came along from another municipality does not change' USING ERRCODE = 'insufficient_privilege';
    END $$
"""


def _again(*, back: bool) -> None:
    definition = sa.text("SELECT pg_get_functiondef(CAST(:name AS regprocedure))")
    for name, changes in CHANGED.items():
        said = op.get_bind().execute(definition, {"name": name}).scalar_one()
        for before, after in changes:
            old, new = (after, before) if back else (before, after)
            if said.count(old) != 1:
                raise RuntimeError(f"{name} is not as the revision before made it: {old}")
            said = said.replace(old, new)
        op.get_bind().exec_driver_sql(said.replace("%", "%%"))


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE registration ADD COLUMN counted_from DATE")
    op.execute("ALTER TABLE case_file ADD COLUMN counted_from DATE")
    _again(back=False)
    op.execute(ENDS_ON.format("c.counted_from, "))
    for name, function in (("begins_as_it_came", BEGINS), ("came_as_it_was", CAME)):
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {name}() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER begins_as_it_came BEFORE INSERT ON case_file FOR EACH ROW WHEN (current_user = 'livcr_app')"
        " EXECUTE FUNCTION begins_as_it_came()"
    )
    op.execute(
        "CREATE TRIGGER came_as_it_was BEFORE UPDATE ON registration FOR EACH ROW WHEN (current_user = 'livcr_app'"
        " AND (OLD.counted_from, OLD.ends_by) IS DISTINCT FROM (NEW.counted_from, NEW.ends_by))"
        " EXECUTE FUNCTION came_as_it_was()"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP TRIGGER came_as_it_was ON registration")
    op.execute("DROP FUNCTION came_as_it_was()")
    op.execute("DROP TRIGGER begins_as_it_came ON case_file")
    op.execute("DROP FUNCTION begins_as_it_came()")
    op.execute(ENDS_ON.format(""))
    _again(back=True)
    op.execute("ALTER TABLE case_file DROP COLUMN counted_from")
    op.execute("ALTER TABLE registration DROP COLUMN counted_from")
    op.execute("RESET ROLE")
