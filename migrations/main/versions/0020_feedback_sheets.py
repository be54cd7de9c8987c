"""Feedback sheets with their consensus, mentions of a card, and the register of what leaves the house (R57, R78 to R83).

How each person answered is shown to nobody: who drafts a sheet learns counts, and once it is blocked the answers are
wiped. Steps that look at everybody's answer, or at an attendance out of sight, are functions; what the application may
write itself is a draft, and the issue of a sheet to which everybody agreed (decision 0032).
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

OF_ITS_CASE = (
    "FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE"
)
OF_ITS_ITEM = "FOREIGN KEY(agenda_item_id, case_id) REFERENCES agenda_item (id, case_id) ON DELETE CASCADE"
TABLES = (
    f"""
    CREATE TABLE card_mention (
        id UUID NOT NULL,
        agenda_item_id UUID NOT NULL,
        meeting_id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        person_id UUID NOT NULL,
        mentioned_on DATE NOT NULL,
        CONSTRAINT pk_card_mention PRIMARY KEY (id),
        CONSTRAINT uq_card_mention_agenda_item_id_person_id UNIQUE (agenda_item_id, person_id),
        CONSTRAINT fk_card_mention_case_id_municipality_id {OF_ITS_CASE},
        CONSTRAINT fk_card_mention_agenda_item_id_case_id {OF_ITS_ITEM},
        CONSTRAINT fk_card_mention_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
        CONSTRAINT fk_card_mention_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_card_mention_person_id FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    "CREATE INDEX ix_card_mention_case_id ON card_mention (case_id)",
    f"""
    CREATE TABLE feedback_sheet (
        id UUID NOT NULL,
        agenda_item_id UUID NOT NULL,
        meeting_id UUID NOT NULL,
        cell_id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        drafter_id UUID NOT NULL,
        state TEXT NOT NULL,
        text BYTEA NOT NULL,
        digest BYTEA NOT NULL,
        document BYTEA,
        drafted_at TIMESTAMP WITH TIME ZONE NOT NULL,
        asked_at TIMESTAMP WITH TIME ZONE,
        answer_until TIMESTAMP WITH TIME ZONE,
        blocked_because TEXT,
        issued_at TIMESTAMP WITH TIME ZONE,
        moved_at TIMESTAMP WITH TIME ZONE NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_feedback_sheet PRIMARY KEY (id),
        CONSTRAINT uq_feedback_sheet_id_case_id UNIQUE (id, case_id),
        CONSTRAINT fk_feedback_sheet_case_id_municipality_id {OF_ITS_CASE},
        CONSTRAINT fk_feedback_sheet_agenda_item_id_case_id {OF_ITS_ITEM},
        CONSTRAINT fk_feedback_sheet_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
        CONSTRAINT fk_feedback_sheet_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id),
        CONSTRAINT fk_feedback_sheet_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_feedback_sheet_drafter_id FOREIGN KEY(drafter_id) REFERENCES person (id)
    )
    """,
    "CREATE INDEX ix_feedback_sheet_case_id ON feedback_sheet (case_id)",
    "CREATE INDEX ix_feedback_sheet_cell_id ON feedback_sheet (cell_id)",
    # Of one discussion one draft each, and one sheet under way.
    "CREATE UNIQUE INDEX uq_feedback_sheet_draft ON feedback_sheet (agenda_item_id, drafter_id) WHERE state = 'draft'",
    "CREATE UNIQUE INDEX uq_feedback_sheet_under_way ON feedback_sheet (agenda_item_id)"
    " WHERE state IN ('consensusAsked', 'agreed')",
    f"""
    CREATE TABLE feedback_consent (
        sheet_id UUID NOT NULL,
        person_id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        agreed BOOLEAN,
        answered_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_feedback_consent PRIMARY KEY (sheet_id, person_id),
        CONSTRAINT fk_feedback_consent_case_id_municipality_id {OF_ITS_CASE},
        CONSTRAINT fk_feedback_consent_sheet_id_case_id FOREIGN KEY(sheet_id, case_id) REFERENCES feedback_sheet (id, case_id) ON DELETE CASCADE,
        CONSTRAINT fk_feedback_consent_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_feedback_consent_person_id FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    "CREATE INDEX ix_feedback_consent_case_id ON feedback_consent (case_id)",
    "CREATE INDEX ix_feedback_consent_person_id ON feedback_consent (person_id)",
    f"""
    CREATE TABLE transmission (
        id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        ground TEXT NOT NULL,
        sender_id UUID NOT NULL,
        mandate_id UUID NOT NULL,
        recipient_type TEXT NOT NULL,
        recipient_name TEXT NOT NULL,
        sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
        digest BYTEA NOT NULL,
        object_type TEXT NOT NULL,
        object_id UUID,
        CONSTRAINT pk_transmission PRIMARY KEY (id),
        CONSTRAINT fk_transmission_case_id_municipality_id {OF_ITS_CASE},
        CONSTRAINT fk_transmission_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_transmission_sender_id FOREIGN KEY(sender_id) REFERENCES person (id),
        CONSTRAINT fk_transmission_mandate_id FOREIGN KEY(mandate_id) REFERENCES mandate (id)
    )
    """,
    "CREATE INDEX ix_transmission_case_id ON transmission (case_id)",
    "CREATE INDEX ix_transmission_municipality_id_sent_at_id ON transmission (municipality_id, sent_at, id)",
)

ALIVE = "c.shred_ordered_at IS NULL AND c.locks_on > present_day() AND c.id <> ALL (excluded_cases())"
A_MONTH = "interval '744 hours'"

# Items at which this member of the police was recorded present, for a month after the sitting (R62, R78).
ITEMS = f"""
    CREATE FUNCTION police_items() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT CASE WHEN (SELECT role FROM acting()) IN ('policeMember', 'informationOfficer') THEN (
            SELECT coalesce(array_agg(t.agenda_item_id), '{{}}')
            FROM attendance t JOIN meeting m ON m.id = t.meeting_id JOIN case_file c ON c.id = t.case_id
            WHERE t.person_id = acting_person() AND t.present AND m.cell_id = (SELECT cell_id FROM acting())
              AND m.state IN ('inSession', 'closed') AND moment() <= m.ends_at + {A_MONTH} AND {ALIVE}
        ) ELSE '{{}}' END
    $$
"""
# Sheets in this person's sight: one's own for a month after its last step; those one is asked about until the day by
# which everybody has to answer, and no longer than they can still be issued (R79).
SHEETS = f"""
    CREATE FUNCTION seen_feedback_sheets() RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT coalesce(array_agg(s.id), '{{}}')
        FROM acting() a JOIN feedback_sheet s ON s.cell_id = a.cell_id JOIN case_file c ON c.id = s.case_id
        WHERE {ALIVE}
          AND ((s.drafter_id = acting_person() AND a.role IN ('policeMember', 'informationOfficer')
                AND moment() <= s.moved_at + {A_MONTH})
            OR (s.state IN ('consensusAsked', 'agreed') AND moment() <= s.answer_until
                AND a.cell_id = ANY (seat_cells())
                AND EXISTS (SELECT 1 FROM feedback_consent k
                  WHERE k.sheet_id = s.id AND k.person_id = acting_person())))
    $$
"""
# What a sheet can be about, and what has to be known of it, for who was there: whoever it is, when, and how far it is.
PLACES = f"""
    CREATE FUNCTION feedback_places()
    RETURNS TABLE (agenda_item_id uuid, meeting_id uuid, cell_id uuid, case_id uuid, municipality_id uuid,
        subject_id uuid, reference text, case_state text, locks_on date, starts_at timestamptz, meeting_state text,
        until timestamptz, others bigint, under_way boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT a.id, a.meeting_id, a.cell_id, a.case_id, a.municipality_id, a.subject_id, c.reference, c.state,
               c.locks_on, m.starts_at, m.state, m.ends_at + {A_MONTH},
               (SELECT count(*) FROM attendance t WHERE t.agenda_item_id = a.id AND t.present
                 AND t.person_id <> acting_person()),
               EXISTS (SELECT 1 FROM feedback_sheet s WHERE s.agenda_item_id = a.id
                 AND s.state IN ('consensusAsked', 'agreed') AND NOT feedback_lapsed(s.id))
        FROM agenda_item a JOIN meeting m ON m.id = a.meeting_id JOIN case_file c ON c.id = a.case_id
        WHERE a.id = ANY (police_items())
    $$
"""
PAPER = """
    CREATE FUNCTION feedback_paper(p_sheet uuid)
    RETURNS TABLE (id uuid, subject_id uuid, reference text, subject bytea, case_state text, locks_on date,
        starts_at timestamptz, asked bigint, answered bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT c.id, c.subject_id, c.reference, c.subject, c.state, c.locks_on, m.starts_at,
               CASE WHEN s.drafter_id = acting_person() THEN k.asked END,
               CASE WHEN s.drafter_id = acting_person() THEN k.answered END
        FROM feedback_sheet s JOIN case_file c ON c.id = s.case_id JOIN meeting m ON m.id = s.meeting_id,
             LATERAL (SELECT count(*) AS asked, count(f.answered_at) AS answered
               FROM feedback_consent f WHERE f.sheet_id = s.id) k
        WHERE s.id = p_sheet AND s.id = ANY (seen_feedback_sheets())
    $$
"""
# Whether a sheet leads nowhere any more: not everybody answered in time, nobody issued it in a month, or who drafted it
# is no longer a cleared member of the police at this table.
LAPSED = f"""
    CREATE FUNCTION feedback_lapsed(p_sheet uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT EXISTS (SELECT 1 FROM feedback_sheet s WHERE s.id = p_sheet AND (
            (s.state = 'consensusAsked' AND moment() > s.answer_until)
            OR moment() > s.moved_at + {A_MONTH}
            OR EXISTS (SELECT 1 FROM exclusion x WHERE x.case_id = s.case_id AND x.person_id = s.drafter_id)
            OR NOT EXISTS (SELECT 1 FROM mandate d JOIN person p ON p.id = d.person_id AND p.active
              WHERE d.person_id = s.drafter_id AND d.cell_id = s.cell_id
                AND d.role IN ('policeMember', 'informationOfficer') AND d.clearance_until >= present_day()
                AND d.starts_on <= present_day() AND (d.ends_on IS NULL OR d.ends_on >= present_day()))))
    $$
"""
# Everybody recorded present, and nobody else, was asked and said yes (R79): asked again at the very issue.
WHOLE = """
    CREATE FUNCTION feedback_consensus(p_sheet uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT EXISTS (SELECT 1 FROM feedback_sheet s
            WHERE s.id = p_sheet AND s.id = ANY (seen_feedback_sheets())
              AND EXISTS (SELECT 1 FROM feedback_consent k WHERE k.sheet_id = s.id AND k.person_id <> s.drafter_id)
              AND NOT EXISTS (SELECT 1 FROM feedback_consent k
                WHERE k.sheet_id = s.id AND (k.agreed IS NOT TRUE OR NOT EXISTS (SELECT 1 FROM attendance t
                  WHERE t.agenda_item_id = s.agenda_item_id AND t.person_id = k.person_id AND t.present)))
              AND NOT EXISTS (SELECT 1 FROM attendance t WHERE t.agenda_item_id = s.agenda_item_id AND t.present
                AND NOT EXISTS (SELECT 1 FROM feedback_consent k
                  WHERE k.sheet_id = s.id AND k.person_id = t.person_id)))
    $$
"""
BLOCK = """
    CREATE FUNCTION block_feedback(p_sheet uuid, p_because text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE feedback_sheet SET state = 'blocked', blocked_because = p_because,
            moved_at = coalesce(moment(), now()), version = version + 1 WHERE id = p_sheet;
        UPDATE feedback_consent SET agreed = NULL WHERE sheet_id = p_sheet;
    END $$
"""
# Fixes the text and asks everybody recorded present; who drafts it says yes by asking. Nothing happens and nothing comes
# back where it is not one's own draft of a discussion one was at.
ASK = """
    CREATE FUNCTION ask_feedback_consensus(p_sheet uuid, p_until timestamptz) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        sheet feedback_sheet;
        asked bigint;
    BEGIN
        SELECT * INTO sheet FROM feedback_sheet s WHERE s.id = p_sheet AND s.drafter_id = acting_person()
          AND s.state = 'draft' AND s.agenda_item_id = ANY (police_items()) FOR UPDATE;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        PERFORM block_feedback(s.id, 'lapsed') FROM feedback_sheet s
        WHERE s.agenda_item_id = sheet.agenda_item_id AND s.state IN ('consensusAsked', 'agreed')
          AND feedback_lapsed(s.id);
        INSERT INTO feedback_consent (sheet_id, person_id, case_id, municipality_id, agreed, answered_at)
        SELECT sheet.id, t.person_id, sheet.case_id, sheet.municipality_id,
            CASE WHEN t.person_id = sheet.drafter_id THEN true END,
            CASE WHEN t.person_id = sheet.drafter_id THEN moment() END
        FROM attendance t WHERE t.agenda_item_id = sheet.agenda_item_id AND t.present;
        GET DIAGNOSTICS asked = ROW_COUNT;
        UPDATE feedback_sheet SET state = 'consensusAsked', asked_at = moment(), answer_until = p_until,
            moved_at = moment(), version = version + 1 WHERE id = sheet.id;
        RETURN asked;
    END $$
"""
# One's own answer, which can be changed until the last one comes in; then, and not before, the outcome is known.
ANSWER = """
    CREATE FUNCTION answer_feedback(p_sheet uuid, p_agrees boolean) RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        sheet feedback_sheet;
    BEGIN
        SELECT * INTO sheet FROM feedback_sheet s WHERE s.id = p_sheet AND s.id = ANY (seen_feedback_sheets())
          AND s.state = 'consensusAsked' AND moment() <= s.answer_until AND s.drafter_id <> acting_person() FOR UPDATE;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        UPDATE feedback_consent SET agreed = p_agrees, answered_at = moment()
        WHERE sheet_id = p_sheet AND person_id = acting_person();
        IF EXISTS (SELECT 1 FROM feedback_consent WHERE sheet_id = p_sheet AND answered_at IS NULL) THEN
            RETURN 'consensusAsked';
        END IF;
        IF feedback_consensus(p_sheet) THEN
            UPDATE feedback_sheet SET state = 'agreed', moved_at = moment(), version = version + 1 WHERE id = p_sheet;
            RETURN 'agreed';
        END IF;
        PERFORM block_feedback(p_sheet, 'noConsensus');
        RETURN 'blocked';
    END $$
"""
# Whoever turns out to have been there, or not, was not asked, or asked in vain: the consensus is asked anew (R79).
FOLLOWS = """
    CREATE FUNCTION consensus_follows_attendance() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM block_feedback(s.id, 'attendanceChanged') FROM feedback_sheet s
        WHERE s.agenda_item_id = NEW.agenda_item_id AND s.state IN ('consensusAsked', 'agreed');
        RETURN NULL;
    END $$
"""
STEPS = """
    CREATE FUNCTION feedback_steps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_user = 'livcr_app' AND NOT (
            (OLD.state = 'draft' AND NEW.state = 'draft' AND NEW.document IS NULL)
            OR (OLD.state = 'agreed' AND NEW.state = 'issued' AND NEW.text = OLD.text AND NEW.digest = OLD.digest
                AND feedback_consensus(OLD.id)))
        THEN
            RAISE EXCEPTION 'a sheet is fixed once it was asked about' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$
"""
FUNCTIONS = {
    "police_items()": ITEMS,
    "seen_feedback_sheets()": SHEETS,
    "feedback_lapsed(uuid)": LAPSED,
    "feedback_places()": PLACES,
    "feedback_paper(uuid)": PAPER,
    "feedback_consensus(uuid)": WHOLE,
    "block_feedback(uuid, text)": BLOCK,
    "ask_feedback_consensus(uuid, timestamptz)": ASK,
    "answer_feedback(uuid, boolean)": ANSWER,
    "consensus_follows_attendance()": FOLLOWS,
    "feedback_steps()": STEPS,
}
ASKED_BY_THE_APPLICATION = (
    "police_items()", "seen_feedback_sheets()", "feedback_places()", "feedback_paper(uuid)", "feedback_consensus(uuid)",
    "ask_feedback_consensus(uuid, timestamptz)", "answer_feedback(uuid, boolean)",
)  # fmt: skip
TRIGGERS = (
    "CREATE TRIGGER feedback_steps BEFORE UPDATE ON feedback_sheet FOR EACH ROW EXECUTE FUNCTION feedback_steps()",
    "CREATE TRIGGER consensus_follows_coming AFTER INSERT ON attendance FOR EACH ROW WHEN (NEW.present)"
    " EXECUTE FUNCTION consensus_follows_attendance()",
    "CREATE TRIGGER consensus_follows_change AFTER UPDATE ON attendance FOR EACH ROW"
    " WHEN (NEW.present IS DISTINCT FROM OLD.present) EXECUTE FUNCTION consensus_follows_attendance()",
)

ME = "(SELECT acting_person())"
NOT_X = "case_id <> ALL ((SELECT excluded_cases())::uuid[])"
WAS_THERE = "agenda_item_id = ANY ((SELECT police_items())::uuid[])"
SEEN = "{column} = ANY ((SELECT seen_feedback_sheets())::uuid[])"
DESK = "municipality_id = ANY ((SELECT desk_municipalities())::uuid[])"
WATCHED = "municipality_id = ANY ((SELECT watched_municipalities())::uuid[])"
NOTED = (
    "EXISTS (SELECT 1 FROM meeting m JOIN agreement g ON g.cell_id = m.cell_id AND g.state = 'adopted'"
    " WHERE m.id = meeting_id AND m.state = 'inSession' AND (g.settings ->> 'card_mention_note')::integer = 1)"
)
CASE_WAS_THERE = "EXISTS (SELECT 1 FROM feedback_places() p WHERE p.case_id = transmission.case_id)"
# What somebody who was there may read of the minutes, taken along (R68).
EXTRACT = (
    "(object_type = 'minutesItem' AND EXISTS (SELECT 1 FROM minutes_item i WHERE i.id = object_id"
    " AND i.case_id = transmission.case_id AND i.agenda_item_id = ANY ((SELECT extract_items())::uuid[])))"
)

POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "card_mention": (
        f"person_id = {ME} AND {WAS_THERE} AND {NOT_X}",
        f"person_id = {ME} AND {WAS_THERE} AND {NOT_X} AND mentioned_on = present_day() AND {NOTED}",
        None,
    ),
    "feedback_sheet": (
        f"{SEEN.format(column='id')} AND {NOT_X}",
        f"drafter_id = {ME} AND state = 'draft' AND document IS NULL AND {WAS_THERE} AND {NOT_X}",
        f"drafter_id = {ME} AND {SEEN.format(column='id')} AND {NOT_X}",
    ),
    # One's own answer alone, also for who drafted the sheet.
    "feedback_consent": (f"person_id = {ME} AND {SEEN.format(column='sheet_id')} AND {NOT_X}", None, None),
    "transmission": (
        f"{WATCHED} AND {NOT_X}",
        f"sender_id = {ME} AND mandate_id = (SELECT acting_mandate()) AND {NOT_X} AND ({DESK} OR {CASE_WAS_THERE}"
        f" OR (object_type = 'feedbackSheet' AND {SEEN.format(column='object_id')}) OR {EXTRACT})",
        None,
    ),
}
"""table -> (select, insert, update), as in 0002; None: not at all for the application."""
CHANGEABLE = {"feedback_sheet": "state, text, digest, document, issued_at, moved_at, version"}


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for statement in (*TABLES, *FUNCTIONS.values(), *TRIGGERS):
        op.execute(statement)
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    for function in ASKED_BY_THE_APPLICATION:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO livcr_app")
    for table, (select, insert, update) in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT TO livcr_app USING ({select})")
        op.execute(f"GRANT SELECT ON {table} TO livcr_app")
        if insert:
            op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT TO livcr_app WITH CHECK ({insert})")
            op.execute(f"GRANT INSERT ON {table} TO livcr_app")
        if update:
            op.execute(f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO livcr_app USING ({update})")
            op.execute(f"GRANT UPDATE ({CHANGEABLE[table]}) ON {table} TO livcr_app")
        op.execute(f"CREATE POLICY {table}_end ON {table} TO livcr_retention USING (true)")
        op.execute(f"GRANT SELECT, DELETE ON {table} TO livcr_retention")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for name in ("consensus_follows_coming", "consensus_follows_change"):
        op.execute(f"DROP TRIGGER {name} ON attendance")
    for table in ("transmission", "feedback_consent", "feedback_sheet", "card_mention"):
        op.execute(f"DROP TABLE {table}")
    for function in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {function}")
    op.execute("RESET ROLE")
