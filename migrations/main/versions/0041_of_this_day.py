"""A reason of urgency is one for a day, and a briefing is its representative's (R26, R36).

A meeting that moves leaves the reasons for its former day behind: they waive no notice of the new one. A briefing is
recorded where a decree knows it: by the permanent representative of a Flemish service, by who was asked of a service of
the French Community.
"""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

# By who plans the meeting, of invitations of other municipalities too: their reason is read by nobody here.
FORGET = """
    CREATE FUNCTION forget_urgency(p_meeting uuid) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        UPDATE invitation i SET urgency_reason = NULL
        WHERE i.meeting_id = p_meeting AND i.urgency_reason IS NOT NULL AND plans_meeting(p_meeting)
          AND i.state IN ('draft', 'sent', 'accepted', 'declined')
          AND EXISTS (SELECT 1 FROM meeting m WHERE m.id = p_meeting AND m.state IN ('draft', 'convened'))
    $$
"""
# As in revision 0011, with `{known}` for whose briefing a decree knows.
MINE = "representative_id = (SELECT acting_person())"
NOT_X = "case_id <> ALL ((SELECT excluded_cases())::uuid[])"
RECORDED = (
    f"{MINE} AND {NOT_X} AND moment IN ('before', 'after') AND briefed_on <= present_day()"
    " AND EXISTS (SELECT 1 FROM invitation i WHERE i.id = invitation_id"
    " AND i.agenda_item_id = briefing.agenda_item_id AND i.person_id = representative_id"
    " AND i.state IN ('sent', 'accepted', 'attended'){known})"
    " AND (moment = 'before' OR EXISTS (SELECT 1 FROM attendance t"
    " WHERE t.agenda_item_id = briefing.agenda_item_id AND t.person_id = representative_id AND t.present))"
    " AND may_be_briefed(agenda_item_id, handler_id)"
)
KNOWN = (
    " AND (i.regime = 'frenchCommunity' OR (i.regime = 'flemish' AND EXISTS (SELECT 1 FROM representative r"
    " JOIN person p ON p.id = r.person_id AND p.agency_id = r.agency_id JOIN meeting m ON m.cell_id = r.cell_id"
    " WHERE r.person_id = i.person_id AND m.id = i.meeting_id AND r.starts_on <= present_day()"
    " AND (r.ends_on IS NULL OR r.ends_on >= present_day()))))"
)


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(FORGET)
    op.execute("REVOKE ALL ON FUNCTION forget_urgency(uuid) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION forget_urgency(uuid) TO livcr_app")
    op.execute(f"ALTER POLICY briefing_add ON briefing WITH CHECK ({RECORDED.format(known=KNOWN)})")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(f"ALTER POLICY briefing_add ON briefing WITH CHECK ({RECORDED.format(known='')})")
    op.execute("DROP FUNCTION forget_urgency(uuid)")
    op.execute("RESET ROLE")
