"""Who was named to come for a service names nobody further, and what they answered stays when they are taken back (R28, R35).

And the database itself asks whether a permanent representative is one, and whether who is named confirmed the secrecy text
that who names them confirmed last (R16, R36).
"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

# What stood in a function, and what stands in its place: the rest of it stays as it was made, to the letter.
CHANGED = {
    # Only whom the desk asked names somebody: else the last of a chain stayed when the mayor asks the service no longer.
    "nominees(uuid)": (
        (
            "i.person_id = acting_person() AND i.regime = 'frenchCommunity'",
            "i.person_id = acting_person() AND i.nominated_by IS NULL AND i.regime = 'frenchCommunity'",
        ),
        (
            "WHERE u.person_id = h.id AND u.valid_until >= present_day())",
            "WHERE u.person_id = h.id AND u.valid_until >= present_day()\n"
            "                AND u.text_version = (SELECT n.text_version FROM undertaking n WHERE n.person_id = r.id\n"
            "                  ORDER BY n.confirmed_at DESC, n.id DESC LIMIT 1))",
        ),
    ),
    "nominate(uuid, uuid, uuid, text, bytea, bytea)": (
        (
            "i.person_id = acting_person() AND i.regime = 'frenchCommunity'",
            "i.person_id = acting_person() AND i.nominated_by IS NULL AND i.regime = 'frenchCommunity'",
        ),
        (
            "OR NOT EXISTS (\n            SELECT 1 FROM nominees(",
            "OR (p_as = 'permanentRepresentative' AND NOT EXISTS (\n"
            "            SELECT 1 FROM representative e\n"
            "            JOIN person h ON h.id = e.person_id AND h.agency_id = e.agency_id\n"
            "            JOIN invitation i ON i.id = p_invitation\n"
            "            JOIN meeting m ON m.id = i.meeting_id AND m.cell_id = e.cell_id\n"
            "            WHERE e.person_id = p_person AND e.starts_on <= present_day()\n"
            "              AND (e.ends_on IS NULL OR e.ends_on >= present_day())))\n"
            "          OR NOT EXISTS (\n            SELECT 1 FROM nominees(",
        ),
    ),
    # Who refused and was taken back keeps the answer on record, and by `withdrawn_by` answers no more.
    "take_back_nomination(uuid)": (
        (
            "SET state = 'withdrawn', withdrawn_by",
            "SET state = CASE WHEN o.state IN ('declined', 'mustDecline') THEN o.state ELSE 'withdrawn' END,\n"
            "            withdrawn_by",
        ),
        (
            "AND o.state IN ('sent', 'accepted', 'declined', 'mustDecline')",
            "AND o.withdrawn_by IS NULL AND o.state IN ('sent', 'accepted', 'declined', 'mustDecline')",
        ),
    ),
    "named_for(uuid[])": (
        (
            "AND o.state NOT IN ('removed', 'withdrawn')",
            "AND o.withdrawn_by IS NULL AND o.state NOT IN ('removed', 'withdrawn')",
        ),
    ),
    "asked_items()": (
        (
            "WHERE i.person_id = acting_person() AND i.state",
            "WHERE i.person_id = acting_person() AND i.withdrawn_by IS NULL AND i.state",
        ),
    ),
    "tell_invited(uuid, text)": (
        (
            "(i.state = 'declined' AND p_code = 'meetingMoved')",
            "(i.state = 'declined' AND i.withdrawn_by IS NULL AND p_code = 'meetingMoved')",
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
                raise RuntimeError(f"{name} is not as the revision before made it")
            said = said.replace(old, new)
        op.get_bind().exec_driver_sql(said.replace("%", "%%"))


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    _again(back=False)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    _again(back=True)
    # The revision before lets who refused answer again whatever came after: there, who was taken back is withdrawn.
    op.execute(
        "UPDATE invitation SET state = 'withdrawn'"
        " WHERE state IN ('declined', 'mustDecline') AND withdrawn_by IS NOT NULL"
    )
    op.execute("RESET ROLE")
