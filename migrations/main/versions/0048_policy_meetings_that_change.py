"""A meeting on policy can be moved or called off; one that was called off before anybody was told of it stays its desk's (R3).

And: who prepares one is told who of its table has another appointment in this house then; of what kind or where is not.
"""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

MEMBERS = "cell_id = ANY ((SELECT strategy_cells())::uuid[])"
DESK = "cell_id = ANY ((SELECT strategy_desks())::uuid[])"
TOLD = "state <> 'draft' AND (state <> 'cancelled' OR convened_at IS NOT NULL)"
IN_OFFICE = "{m}.starts_on <= present_day() AND ({m}.ends_on IS NULL OR {m}.ends_on >= present_day())"
SITS = "{m}.role IN ('mayor', 'delegate', 'coordinator', 'strategicMember') AND " + IN_OFFICE
BUSY = f"""
    CREATE FUNCTION busy_members(p_meeting uuid) RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(DISTINCT n.person_id), '{{}}')
        FROM policy_meeting b
        JOIN mandate n ON n.cell_id = b.cell_id AND {SITS.format(m="n")}
        WHERE b.id = p_meeting AND b.state IN ('draft', 'convened') AND b.cell_id = ANY (strategy_desks())
          AND (EXISTS (SELECT 1 FROM meeting m WHERE m.state IN ('convened', 'inSession')
                AND m.starts_at < b.ends_at AND m.ends_at > b.starts_at
                AND (m.chair_id = n.person_id OR m.secretary_id = n.person_id OR EXISTS (SELECT 1 FROM invitation i
                  WHERE i.meeting_id = m.id AND i.person_id = n.person_id AND i.state IN ('sent', 'accepted'))))
            OR EXISTS (SELECT 1 FROM policy_meeting o JOIN mandate k ON k.cell_id = o.cell_id
                AND k.person_id = n.person_id AND {SITS.format(m="k")}
                WHERE o.id <> b.id AND o.state IN ('convened', 'inSession')
                AND o.starts_at < b.ends_at AND o.ends_at > b.starts_at))
    $$
"""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE policy_meeting ADD COLUMN changed_reason TEXT")
    op.execute(f"ALTER POLICY policy_meeting_read ON policy_meeting USING ({DESK} OR ({MEMBERS} AND {TOLD}))")
    op.execute(BUSY)
    op.execute("REVOKE ALL ON FUNCTION busy_members(uuid) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION busy_members(uuid) TO livcr_app")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP FUNCTION busy_members(uuid)")
    # The revision before knows none that was called off: what nobody was told of is a draft again, the rest is over.
    op.execute(
        "UPDATE policy_meeting SET state = CASE WHEN convened_at IS NULL THEN 'draft' ELSE 'closed' END"
        " WHERE state = 'cancelled'"
    )
    op.execute(
        f"ALTER POLICY policy_meeting_read ON policy_meeting USING ({DESK} OR ({MEMBERS} AND state <> 'draft'))"
    )
    op.execute("ALTER TABLE policy_meeting DROP COLUMN changed_reason")
    op.execute("RESET ROLE")
