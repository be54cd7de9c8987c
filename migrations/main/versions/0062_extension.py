"""Keeping a file for more than a year: proposed, discussed in a meeting, decided before the year is over, looked at yearly.

The database holds the law of it by itself: no extension without a meeting that discussed it, none once the year is over, none
beyond five years from the last discussion, and none that goes on past its review (R87, R88, R89, R91).
"""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

OF_ITS_CASE = (
    "CONSTRAINT fk_{table}_case_id_municipality_id FOREIGN KEY(case_id, municipality_id)"
    " REFERENCES case_file (id, municipality_id) ON DELETE CASCADE"
)
TABLES = (
    f"""
    CREATE TABLE extension (
        id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        state TEXT NOT NULL,
        ground TEXT NOT NULL,
        reasons BYTEA NOT NULL,
        asked_until DATE NOT NULL,
        proposed_by UUID NOT NULL,
        proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        meeting_id UUID,
        discussed_on DATE,
        decision BYTEA,
        decided_by UUID,
        decided_at TIMESTAMP WITH TIME ZONE,
        until_on DATE,
        version INTEGER NOT NULL,
        CONSTRAINT pk_extension PRIMARY KEY (id),
        CONSTRAINT uq_extension_id_case_id UNIQUE (id, case_id),
        {OF_ITS_CASE.format(table="extension")},
        CONSTRAINT fk_extension_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_extension_proposed_by FOREIGN KEY(proposed_by) REFERENCES person (id),
        CONSTRAINT fk_extension_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
        CONSTRAINT fk_extension_decided_by FOREIGN KEY(decided_by) REFERENCES person (id)
    )
    """,
    f"""
    CREATE TABLE extension_review (
        id UUID NOT NULL,
        extension_id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        outcome TEXT NOT NULL,
        reasons BYTEA NOT NULL,
        reviewed_by UUID NOT NULL,
        reviewed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_extension_review PRIMARY KEY (id),
        {OF_ITS_CASE.format(table="extension_review")},
        CONSTRAINT fk_extension_review_extension_id_case_id FOREIGN KEY(extension_id, case_id)
            REFERENCES extension (id, case_id) ON DELETE CASCADE,
        CONSTRAINT fk_extension_review_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_extension_review_reviewed_by FOREIGN KEY(reviewed_by) REFERENCES person (id)
    )
    """,
    "CREATE INDEX ix_extension_case_id ON extension (case_id)",
    "CREATE INDEX ix_extension_meeting_id ON extension (meeting_id)",
    "CREATE INDEX ix_extension_municipality_id ON extension (municipality_id)",
    "CREATE UNIQUE INDEX uq_extension_open ON extension (case_id) WHERE state IN ('proposed', 'discussed')",
    "CREATE UNIQUE INDEX uq_extension_decided ON extension (case_id) WHERE state = 'decided'",
    "CREATE INDEX ix_extension_review_case_id ON extension_review (case_id)",
    "CREATE INDEX ix_extension_review_extension_id ON extension_review (extension_id)",
)

DESK = "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
NOT_X = "case_id <> ALL ((SELECT excluded_cases())::uuid[])"
POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "extension": (
        f"{DESK} AND {NOT_X}",
        f"{DESK} AND {NOT_X} AND proposed_by = (SELECT acting_person()) AND state = 'proposed' AND meeting_id IS NULL"
        " AND discussed_on IS NULL AND until_on IS NULL AND decided_by IS NULL AND proposed_at = moment()",
        f"{DESK} AND {NOT_X} AND state IN ('proposed', 'discussed')",
    ),
    "extension_review": (f"{DESK} AND {NOT_X}", None, None),
}
"""table -> (select, insert, update), as in 0002. Discussing, granting and reviewing are the functions' alone."""

# What a sitting discussed of extensions: said by the record of the meeting, as a day of discussion is (R69, R87).
RECORD = """
    CREATE FUNCTION record_extensions(p_meeting uuid, p_day date)
    RETURNS TABLE (extension_id uuid, case_id uuid, subject_id uuid, municipality_id uuid, reference text,
        mayors uuid[])
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    #variable_conflict use_column
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM meeting m WHERE m.id = p_meeting AND m.state = 'closed' AND m.closed_at = moment()
              AND p_day = (coalesce(m.opened_at, moment()) AT TIME ZONE 'Europe/Brussels')::date)
            OR NOT holds_meeting(p_meeting)
        THEN
            RETURN;
        END IF;
        RETURN QUERY
        UPDATE extension e SET state = 'discussed', meeting_id = p_meeting, discussed_on = p_day, version = e.version + 1
        FROM agenda_item a, case_file c, meeting m
        WHERE a.meeting_id = p_meeting AND a.case_id = e.case_id AND a.state = 'tabled' AND a.purpose <> 'person'
          AND m.id = a.meeting_id AND e.state = 'proposed' AND e.proposed_at <= m.opened_at
          AND c.id = e.case_id AND c.state <> 'closed' AND c.shred_ordered_at IS NULL
          AND c.due_on > greatest(p_day, present_day())
          AND (SELECT count(DISTINCT p.agency_id) > 1 FROM attendance t
               JOIN person p ON p.id = t.person_id WHERE t.agenda_item_id = a.id AND t.present)
        RETURNING e.id, e.case_id, c.subject_id, e.municipality_id, c.reference, ARRAY(
            SELECT DISTINCT d.person_id FROM mandate d JOIN person p ON p.id = d.person_id AND p.active
            WHERE d.role = 'mayor' AND d.municipality_id = c.municipality_id AND d.starts_on <= present_day()
              AND (d.ends_on IS NULL OR d.ends_on >= present_day())
              AND NOT EXISTS (SELECT 1 FROM exclusion x WHERE x.case_id = c.id AND x.person_id = d.person_id));
    END $$
"""

# Whoever may decide, the term, the five years and the meeting before it are the database's to judge a second time. What a
# caller may say at most is bounded, as where a meeting is closed.
DECIDE = """
    CREATE FUNCTION decide_extension(p_extension uuid, p_until date, p_review date, p_lock_days integer, p_decision bytea)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        found extension;
        file case_file;
        started date;
        ordinary date;
        carried date;
        due date;
    BEGIN
        SELECT c.* INTO file FROM case_file c JOIN extension e ON e.case_id = c.id WHERE e.id = p_extension FOR UPDATE OF c;
        SELECT e.* INTO found FROM extension e JOIN acting() a
          ON a.role IN ('mayor', 'delegate') AND a.municipality_id = e.municipality_id
        WHERE e.id = p_extension AND e.state = 'discussed' AND e.meeting_id IS NOT NULL AND e.discussed_on IS NOT NULL
          AND e.case_id <> ALL (excluded_cases())
        FOR UPDATE OF e;
        IF found.id IS NULL THEN
            RETURN false;
        END IF;
        started := coalesce(file.last_discussed_on, file.listed_on);
        ordinary := (started + interval '1 year')::date;
        p_until := least(p_until, (started + interval '5 years')::date);
        IF file.shred_ordered_at IS NOT NULL OR file.state IN ('closed', 'destroyed') OR p_until <= ordinary
            OR present_day() >= least(file.due_on, ordinary)
        THEN
            RETURN false;
        END IF;
        carried := least(p_until, p_review, (present_day() + interval '1 year')::date);
        due := greatest(least(file.due_on, ordinary), carried);
        UPDATE extension SET state = 'ended', version = version + 1 WHERE case_id = found.case_id AND state = 'decided';
        UPDATE extension SET state = 'decided', until_on = p_until, decision = p_decision, decided_by = acting_person(),
            decided_at = moment(), version = version + 1
        WHERE id = found.id;
        UPDATE case_file SET extended_until = carried, due_on = due, locks_on = due - greatest(least(p_lock_days, 30), 0),
            warned = NULL, version = version + 1
        WHERE id = found.case_id;
        RETURN true;
    END $$
"""
REVIEW = """
    CREATE FUNCTION review_extension(p_extension uuid, p_review uuid, p_outcome text, p_reasons bytea, p_next date, p_due date,
        p_lock_days integer)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        found extension;
        file case_file;
        carried date;
        due date;
        shut integer := greatest(least(p_lock_days, 30), 0);
    BEGIN
        SELECT c.* INTO file FROM case_file c JOIN extension e ON e.case_id = c.id WHERE e.id = p_extension FOR UPDATE OF c;
        SELECT e.* INTO found FROM extension e JOIN acting() a
          ON a.role IN ('mayor', 'delegate') AND a.municipality_id = e.municipality_id
        WHERE e.id = p_extension AND e.state = 'decided' AND e.case_id <> ALL (excluded_cases())
        FOR UPDATE OF e;
        IF found.id IS NULL OR p_outcome NOT IN ('goesOn', 'ends') OR file.shred_ordered_at IS NOT NULL
            OR file.state = 'destroyed' OR present_day() >= file.due_on
        THEN
            RETURN false;
        END IF;
        IF p_outcome = 'goesOn' THEN
            carried := greatest(file.extended_until, least(found.until_on, p_next, (present_day() + interval '1 year')::date,
                (coalesce(file.last_discussed_on, file.listed_on) + interval '5 years')::date));
            due := greatest(file.due_on, carried);
        ELSE
            -- Shut at once, and gone after the days for which a file is shut: never later than it would have been.
            due := least(file.due_on, greatest(p_due, present_day() + shut));
            carried := CASE WHEN due > p_due THEN due END;
        END IF;
        INSERT INTO extension_review (id, extension_id, case_id, municipality_id, outcome, reasons, reviewed_by, reviewed_at)
        VALUES (p_review, found.id, found.case_id, found.municipality_id, p_outcome, p_reasons, acting_person(), moment());
        UPDATE extension SET state = CASE p_outcome WHEN 'ends' THEN 'ended' ELSE state END, version = version + 1
        WHERE id = found.id;
        UPDATE case_file SET extended_until = carried, due_on = due, locks_on = due - shut, warned = NULL, version = version + 1
        WHERE id = found.case_id;
        RETURN true;
    END $$
"""
# What waits and what holds, without why: for the desk and the data protection officer of the municipality (R87, R89).
WATCHED = """
    CREATE FUNCTION extensions_watched()
    RETURNS TABLE (id uuid, case_id uuid, reference text, municipality_id uuid, subject_id uuid, state text, ground text,
        proposed_at timestamp with time zone, asked_until date, discussed_on date, decided_at timestamp with time zone,
        until_on date, due_on date, locks_on date)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT e.id, e.case_id, c.reference, e.municipality_id, c.subject_id, e.state, e.ground, e.proposed_at, e.asked_until,
               e.discussed_on, e.decided_at, e.until_on, c.due_on, c.locks_on
        FROM extension e JOIN case_file c ON c.id = e.case_id
        WHERE e.municipality_id = ANY ((SELECT watched_municipalities())::uuid[])
          AND e.case_id <> ALL ((SELECT excluded_cases())::uuid[]) AND c.shred_ordered_at IS NULL
    $$
"""
MADE = (
    (RECORD, "record_extensions(uuid, date)"),
    (DECIDE, "decide_extension(uuid, date, date, integer, bytea)"),
    (REVIEW, "review_extension(uuid, uuid, text, bytea, date, date, integer)"),
    (WATCHED, "extensions_watched()"),
)

# A discussion of the extension alone starts no term anew (R88); the calendar says until when a decision would keep a file.
RECORDED = "record_discussions(uuid, date, date, date, integer, date)"
ALONE = (
    "WHERE a.meeting_id = p_meeting AND a.state = 'tabled' AND c.shred_ordered_at IS NULL",
    "WHERE a.meeting_id = p_meeting AND a.state = 'tabled' AND a.purpose <> 'extension' AND c.shred_ordered_at IS NULL",
)
CALENDAR = (
    ("extended boolean, subject_id uuid)", "extended boolean, subject_id uuid, kept_until date)"),
    (
        "c.extended_until >= c.due_on, c.subject_id\n",
        "c.extended_until >= c.due_on, c.subject_id,\n"
        "               (SELECT e.until_on FROM extension e WHERE e.case_id = c.id AND e.state = 'decided')\n",
    ),
    ("NULL, NULL, false, r.subject_id\n", "NULL, NULL, false, r.subject_id, NULL\n"),
)


def _definition(name: str) -> str:
    said = sa.text("SELECT pg_get_functiondef(CAST(:name AS regprocedure))")
    return str(op.get_bind().execute(said, {"name": name}).scalar_one())


def _changed(said: str, *changes: tuple[str, str]) -> str:
    for before, after in changes:
        if said.count(before) != 1:
            raise RuntimeError(f"not as the revision before made it: {before}")
        said = said.replace(before, after)
    return said.replace("%", "%%")


def _calendar(*changes: tuple[str, str]) -> None:
    said = _changed(_definition("retention_calendar()"), *changes)
    op.execute("DROP FUNCTION retention_calendar()")
    op.get_bind().exec_driver_sql(said)
    op.execute("REVOKE ALL ON FUNCTION retention_calendar() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION retention_calendar() TO livcr_app")


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for statement in TABLES:
        op.execute(statement)
    for table, (read, add, change) in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT TO livcr_app USING ({read})")
        if add:
            op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT TO livcr_app WITH CHECK ({add})")
            op.execute(f"GRANT INSERT ON {table} TO livcr_app")
        if change:
            op.execute(
                f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO livcr_app USING ({change})"
                f" WITH CHECK ({DESK} AND state IN ('refused', 'withdrawn'))"
            )
            op.execute(
                f"GRANT UPDATE (state, decision, decided_by, decided_at, version) ON {table} TO livcr_app"
            )
        op.execute(f"CREATE POLICY {table}_end ON {table} TO livcr_retention USING (true)")
        op.execute(f"GRANT SELECT ON {table} TO livcr_app")
        op.execute(f"GRANT SELECT, DELETE ON {table} TO livcr_retention")
    op.execute("ALTER TABLE agenda_item ADD COLUMN purpose TEXT NOT NULL DEFAULT 'person'")
    op.execute(
        "ALTER TABLE agenda_item ADD CONSTRAINT ck_agenda_item_purpose CHECK (purpose IN ('person', 'extension', 'both'))"
    )
    op.execute(
        "CREATE FUNCTION purpose_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'what an item is for does not change' USING ERRCODE = 'insufficient_privilege'; END $$"
    )
    op.execute("REVOKE ALL ON FUNCTION purpose_stays() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER purpose_stays BEFORE UPDATE ON agenda_item FOR EACH ROW WHEN (current_user = 'livcr_app'"
        " AND OLD.purpose <> NEW.purpose) EXECUTE FUNCTION purpose_stays()"
    )
    for source, name in MADE:
        op.execute(source)
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO livcr_app")
    op.get_bind().exec_driver_sql(_changed(_definition(RECORDED), ALONE))
    _calendar(*CALENDAR)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    _calendar(*((after, before) for before, after in CALENDAR))
    op.get_bind().exec_driver_sql(_changed(_definition(RECORDED), ALONE[::-1]))
    for _, name in reversed(MADE):
        op.execute(f"DROP FUNCTION {name}")
    op.execute("DROP TRIGGER purpose_stays ON agenda_item")
    op.execute("DROP FUNCTION purpose_stays()")
    op.execute("ALTER TABLE agenda_item DROP CONSTRAINT ck_agenda_item_purpose")
    op.execute("ALTER TABLE agenda_item DROP COLUMN purpose")
    # What a decision kept goes on the day it was given: the revision before knows the day, and no review of it.
    op.execute("DROP TABLE extension_review")
    op.execute("DROP TABLE extension")
    op.execute("RESET ROLE")
