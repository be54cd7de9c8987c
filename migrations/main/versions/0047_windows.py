"""A meeting moves forward only, and its windows are no wider than the rules set them (R9, R19, R67, R68).

Past every operation, whoever holds a meeting could have kept every agenda in sight by writing another end of the window,
opened a sitting again, or opened it before its day: the day of opening is the day of discussion (R69). And: a delegate
decides on a correction only where appointed for meetings, as the rules have it.
"""

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

# The stricter of the agreement of the meeting and the one in force, within the bounds of the setting (R115): as
# `governing` in app/constitution/agreements.py.
TERM = """
    CREATE FUNCTION meeting_term(p_cell uuid, p_agreement uuid, p_name text, p_usual integer, p_most integer) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT least(greatest(coalesce(min(coalesce((g.settings ->> p_name)::integer, p_usual)), p_usual), 0), p_most)
        FROM agreement g WHERE g.cell_id = p_cell AND (g.id = p_agreement OR g.state = 'adopted')
    $$
"""
# Planned and moved, it ends some hours after the meeting; opened, twelve hours later at most; closed, some hours later.
# What ran out is not opened again.
WINDOWS = """
    CREATE FUNCTION meeting_windows() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        hours interval := make_interval(hours => meeting_term(
            NEW.cell_id, NEW.agreement_id, 'participant_window_hours', 2, 24));
        days interval := make_interval(days => meeting_term(NEW.cell_id, NEW.agreement_id, 'extract_days', 14, 31));
        fits boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            fits := NEW.state = 'draft' AND NEW.window_until BETWEEN NEW.ends_at AND NEW.ends_at + hours AND NEW.extract_until IS NULL;
        ELSE
            fits := (OLD.state, NEW.state) IN (('draft', 'draft'), ('draft', 'convened'), ('draft', 'cancelled'),
                ('convened', 'convened'), ('convened', 'inSession'), ('convened', 'cancelled'),
                ('inSession', 'inSession'), ('inSession', 'closed'), ('closed', 'closed'), ('cancelled', 'cancelled'));
            IF NEW.window_until <> OLD.window_until THEN
                fits := fits AND CASE
                    WHEN NEW.state IN ('draft', 'convened') THEN NEW.window_until BETWEEN NEW.ends_at AND NEW.ends_at + hours
                    WHEN OLD.window_until < moment() THEN false
                    WHEN OLD.state = 'convened' AND NEW.state = 'inSession' THEN
                        NEW.window_until BETWEEN OLD.window_until
                            AND greatest(OLD.window_until, moment() + interval '12 hours')
                    WHEN OLD.state = 'inSession' AND NEW.state = 'closed' THEN NEW.window_until BETWEEN moment() AND moment() + hours
                    ELSE false
                END;
            END IF;
            IF OLD.state = 'convened' AND NEW.state = 'inSession' THEN
                fits := fits AND (NEW.starts_at AT TIME ZONE 'Europe/Brussels')::date <= present_day()
                    AND EXISTS (SELECT 1 FROM agenda_item a WHERE a.meeting_id = NEW.id AND a.state = 'tabled');
            END IF;
            IF NEW.extract_until IS DISTINCT FROM OLD.extract_until THEN
                fits := fits AND OLD.extract_until IS NULL AND NEW.state = 'closed' AND NEW.chair_id = acting_person()
                    AND NEW.extract_until <= moment() + days;
            END IF;
        END IF;
        IF fits IS NOT TRUE THEN
            RAISE EXCEPTION 'a meeting moves forward, within its windows' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$
"""
DIFFER = "OLD.state <> NEW.state OR OLD.window_until <> NEW.window_until OR OLD.extract_until IS DISTINCT FROM NEW.extract_until"
# As `listing_municipalities` of revision 0012.
CORRECTING = """
    CREATE FUNCTION correcting_municipalities() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(a.municipality_id), '{}') FROM acting() a JOIN mandate d ON d.id = acting_mandate()
        WHERE a.municipality_id IS NOT NULL
          AND (a.role IN ('mayor', 'coordinator') OR a.role = 'delegate' AND 'meetings' = ANY (d.scope))
    $$
"""
DECIDES = (
    "written_by <> (SELECT acting_person()) AND (EXISTS (SELECT 1 FROM acting() a"
    " WHERE a.role IN ('mayor', 'delegate') AND a.municipality_id = minutes_addendum.municipality_id)"
    " OR EXISTS (SELECT 1 FROM meeting m WHERE m.id = meeting_id AND m.chair_id = (SELECT acting_person())))"
)
APPOINTED = " AND municipality_id = ANY ((SELECT correcting_municipalities())::uuid[])"
# As in revision 0043, with `{appointed}` for who decides.
CHANGED = (
    "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
    f" AND (({DECIDES}{{appointed}}) OR (written_by = (SELECT acting_person()) AND state = 'refused'))"
    " AND decided_by = (SELECT acting_person())"
    " AND ((state = 'approved' AND note IS NOT NULL) OR (state = 'refused' AND note IS NULL))"
)


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(TERM)
    op.execute("REVOKE ALL ON FUNCTION meeting_term(uuid, uuid, text, integer, integer) FROM PUBLIC")
    op.execute(WINDOWS)
    op.execute("REVOKE ALL ON FUNCTION meeting_windows() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER meeting_windows BEFORE UPDATE ON meeting FOR EACH ROW"
        f" WHEN (current_user = 'livcr_app' AND ({DIFFER})) EXECUTE FUNCTION meeting_windows()"
    )
    op.execute(
        "CREATE TRIGGER meeting_begins BEFORE INSERT ON meeting FOR EACH ROW"
        " WHEN (current_user = 'livcr_app') EXECUTE FUNCTION meeting_windows()"
    )
    op.execute(CORRECTING)
    op.execute("REVOKE ALL ON FUNCTION correcting_municipalities() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION correcting_municipalities() TO livcr_app")
    op.execute(
        "ALTER POLICY minutes_addendum_change ON minutes_addendum"
        f" WITH CHECK ({CHANGED.format(appointed=APPOINTED)})"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(
        f"ALTER POLICY minutes_addendum_change ON minutes_addendum WITH CHECK ({CHANGED.format(appointed='')})"
    )
    op.execute("DROP FUNCTION correcting_municipalities()")
    op.execute("DROP TRIGGER meeting_begins ON meeting")
    op.execute("DROP TRIGGER meeting_windows ON meeting")
    op.execute("DROP FUNCTION meeting_windows()")
    op.execute("DROP FUNCTION meeting_term(uuid, uuid, text, integer, integer)")
    op.execute("RESET ROLE")
