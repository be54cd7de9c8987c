"""What was written for a meeting goes when its writer has no part any more, and when no meeting can open it (R18, R31, R35).

It goes with the refusal, the taking back and the conflict declared, with a meeting that closes or is called off: not only
when the others' is opened. It is opened by who keeps the record of the item, as nothing that could not be said there:
not in a closed case, not without a basis to record, not of a service that did not say that it cares for the person
(decision 0035).
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

ASKED_BEFORE = "i.state IN ('sent', 'accepted')"
# A service of the French Community takes part only after it said that it cares for the person (R35).
ASKED = "(i.state = 'accepted' OR (i.state = 'sent' AND i.regime <> 'frenchCommunity'))"
STILL = (
    "EXISTS (SELECT 1 FROM invitation i WHERE i.id = r.invitation_id AND {asked})"
    " AND NOT EXISTS (SELECT 1 FROM exclusion x WHERE x.case_id = r.case_id AND x.person_id = r.person_id)"
)
# As in revision 0024, with `{joined}` and `{may}` for who may open and when, `{still}` for whose is opened.
OPEN = """
    CREATE OR REPLACE FUNCTION open_contributions(p_item uuid) RETURNS TABLE (statement_id uuid, person_id uuid)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    #variable_conflict use_column
    BEGIN
        IF NOT (p_item = ANY (attended_items())) OR NOT EXISTS (
            SELECT 1 FROM agenda_item a JOIN meeting m ON m.id = a.meeting_id{joined} WHERE a.id = p_item AND m.state = 'inSession'{may})
        THEN
            RETURN;
        END IF;
        DELETE FROM contribution c USING contribution_request r
        WHERE c.request_id = r.id AND c.agenda_item_id = p_item AND NOT ({still});
        UPDATE contribution_request r SET state = 'asked', answered_at = NULL, version = r.version + 1
        WHERE r.agenda_item_id = p_item AND r.state = 'answered' AND NOT ({still});
        UPDATE contribution_request r SET state = 'opened', version = r.version + 1
        WHERE r.agenda_item_id = p_item AND r.state = 'answered';
        RETURN QUERY
        WITH taken AS (
            DELETE FROM contribution c WHERE c.agenda_item_id = p_item RETURNING c.*
        )
        INSERT INTO statement (id, case_id, municipality_id, agenda_item_id, category, origin, kind, reliability, audience,
            contributor_id, agency_id, entered_by, stated_on, text, category_reason, created_at, version)
        SELECT t.id, t.case_id, t.municipality_id, t.agenda_item_id, t.category, t.origin, t.kind, t.reliability,
            t.audience, t.person_id, p.agency_id, t.person_id, t.stated_on, t.text, t.category_reason, moment(), 1
        FROM taken t JOIN person p ON p.id = t.person_id
        RETURNING id, contributor_id;
    END $$
"""
JOINED = " JOIN case_file c ON c.id = a.case_id JOIN municipality t ON t.id = a.municipality_id"
# Its own desk in the room, or the secretary who takes its minutes; and only what could be said there too (R4, R113).
MAY = """
              AND (a.municipality_id = ANY (desk_municipalities()) OR a.id = ANY (recorded_items()))
              AND c.state <> 'closed' AND c.shred_ordered_at IS NULL AND t.recording_basis IS NOT NULL"""

TRIGGERS = {
    # The answer goes with what was written: whoever is asked again is asked anew.
    "contribution_goes_with_invitation": (
        """
    CREATE FUNCTION contribution_goes_with_invitation() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        DELETE FROM contribution c USING contribution_request r WHERE c.request_id = r.id AND r.invitation_id = NEW.id;
        UPDATE contribution_request r SET state = 'asked', answered_at = NULL, version = r.version + 1
        WHERE r.invitation_id = NEW.id AND r.state IN ('answered', 'nothingToShare');
        RETURN NULL;
    END $$
    """,
        "AFTER UPDATE ON invitation FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state"
        " AND NEW.state IN ('declined', 'mustDecline', 'withdrawn', 'removed'))",
    ),
    "contribution_goes_with_conflict": (
        """
    CREATE FUNCTION contribution_goes_with_conflict() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        DELETE FROM contribution c WHERE c.case_id = NEW.case_id AND c.person_id = NEW.person_id;
        UPDATE contribution_request r SET state = 'asked', answered_at = NULL, version = r.version + 1
        WHERE r.case_id = NEW.case_id AND r.person_id = NEW.person_id AND r.state IN ('answered', 'nothingToShare');
        RETURN NULL;
    END $$
    """,
        "AFTER INSERT ON exclusion FOR EACH ROW",
    ),
    # Nobody opens anything any more: that it was answered stays known, what was written does not.
    "contribution_goes_with_meeting": (
        """
    CREATE FUNCTION contribution_goes_with_meeting() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        DELETE FROM contribution c USING agenda_item a WHERE a.id = c.agenda_item_id AND a.meeting_id = NEW.id;
        RETURN NULL;
    END $$
    """,
        "AFTER UPDATE ON meeting FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state"
        " AND NEW.state IN ('closed', 'cancelled'))",
    ),
}

MINE = "person_id = (SELECT acting_person())"
NOT_X = "case_id <> ALL ((SELECT excluded_cases())::uuid[])"
BEFORE = (
    "agenda_item_id = ANY ((SELECT open_items())::uuid[]) AND EXISTS (SELECT 1 FROM agenda_item a JOIN meeting m"
    " ON m.id = a.meeting_id WHERE a.id = agenda_item_id AND m.state = 'convened')"
)
FOR_ITS_QUESTION = (
    "EXISTS (SELECT 1 FROM contribution_request r{joined} WHERE r.id = request_id"
    " AND r.agenda_item_id = contribution.agenda_item_id AND r.person_id = contribution.person_id{asked})"
)
GIVEN_BEFORE = f"{MINE} AND {NOT_X} AND {BEFORE} AND {FOR_ITS_QUESTION.format(joined='', asked='')}"
GIVEN = (
    f"{MINE} AND {NOT_X} AND {BEFORE} AND "
    + FOR_ITS_QUESTION.format(joined=" JOIN invitation i ON i.id = r.invitation_id", asked=f" AND {ASKED}")
    + " AND EXISTS (SELECT 1 FROM case_file f JOIN municipality t ON t.id = f.municipality_id"
    " WHERE f.id = case_id AND f.state <> 'closed' AND t.recording_basis IS NOT NULL)"
)


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(OPEN.format(joined=JOINED, may=MAY, still=STILL.format(asked=ASKED)))
    op.execute(f"ALTER POLICY contribution_add ON contribution WITH CHECK ({GIVEN})")
    for name, (function, when) in TRIGGERS.items():
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {name}() FROM PUBLIC")
        op.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()")
    # What lies there already and nobody can open.
    op.execute(
        "DELETE FROM contribution c USING contribution_request r, invitation i, agenda_item a, meeting m"
        " WHERE r.id = c.request_id AND i.id = r.invitation_id AND a.id = c.agenda_item_id AND m.id = a.meeting_id"
        " AND (m.state IN ('closed', 'cancelled') OR a.state IN ('postponed', 'takenOff')"
        " OR i.state IN ('declined', 'mustDecline', 'withdrawn', 'removed')"
        " OR EXISTS (SELECT 1 FROM exclusion x WHERE x.case_id = c.case_id AND x.person_id = c.person_id))"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for table, name in (
        ("invitation", "contribution_goes_with_invitation"),
        ("exclusion", "contribution_goes_with_conflict"),
        ("meeting", "contribution_goes_with_meeting"),
    ):
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {name}()")
    op.execute(f"ALTER POLICY contribution_add ON contribution WITH CHECK ({GIVEN_BEFORE})")
    op.execute(OPEN.format(joined="", may="", still=STILL.format(asked=ASKED_BEFORE)))
    op.execute("RESET ROLE")
