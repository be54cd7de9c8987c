"""An extension holds what the law gives it and no more, whatever is corrected, closed or forgotten meanwhile (R87, R89).

None for a person whom nobody discussed here, none that goes on once its day is past, once the case is closed or once a decision
brought the end nearer; and a day of discussion that is corrected is corrected for the extension too.
"""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

# What stood in a function, and what stands in its place: the rest of it stays as it was made, to the letter.
CHANGED = {
    "decide_extension(uuid, date, date, integer, bytea)": (
        (
            "IF found.id IS NULL THEN",
            "IF found.id IS NULL OR file.last_discussed_on IS NULL OR p_decision IS NULL THEN",
        ),
        (
            "started := coalesce(file.last_discussed_on, file.listed_on);",
            "started := file.last_discussed_on;",
        ),
    ),
    "review_extension(uuid, uuid, text, bytea, date, date, integer)": (
        (
            "OR file.state = 'destroyed' OR present_day() >= file.due_on\n",
            "OR file.state = 'destroyed' OR present_day() >= file.due_on\n"
            "            OR (p_outcome = 'goesOn' AND (file.state = 'closed' OR file.last_discussed_on IS NULL\n"
            "              OR file.extended_until IS NULL OR file.extended_until <= present_day()\n"
            "              OR file.due_on < file.extended_until))\n",
        ),
        (
            "carried := greatest(file.extended_until, least(found.until_on, p_next, (present_day() + interval '1 year')::date,\n"
            "                (coalesce(file.last_discussed_on, file.listed_on) + interval '5 years')::date));",
            "carried := least(found.until_on, (file.last_discussed_on + interval '5 years')::date,\n"
            "                greatest(file.extended_until, least(p_next, (present_day() + interval '1 year')::date)));",
        ),
    ),
    "correct_discussion(uuid, date, integer, date)": (
        (
            "            due_on = least(due_on, p_due),\n",
            "            due_on = least(due_on, p_due),\n"
            "            extended_until = CASE WHEN extended_until IS NOT NULL THEN least(extended_until, p_due) END,\n",
        ),
        (
            "        UPDATE discussion_correction SET state = 'approved'",
            "        IF found.kind <> 'earlier' THEN  -- what was not discussed there cannot have been the meeting before it\n"
            "            UPDATE extension SET state = 'ended', version = version + 1 WHERE case_id = found.case_id\n"
            "              AND meeting_id = found.meeting_id AND state IN ('discussed', 'decided');\n"
            "        END IF;\n"
            "        UPDATE discussion_correction SET state = 'approved'",
        ),
    ),
}


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
    _again(back=False)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    _again(back=True)
    op.execute("RESET ROLE")
