"""A version of the agreement keeps its whole text; the digest is of that text, and the text says what its parts say (R1, R115).

Until now a signature stood under a digest of four columns, which the application worked out alone. What was adopted before
keeps what it has: no text is made up for it afterwards. A draft from before is written out when it is saved again.
A draft can be given up: by the coordinator while nobody signed it, by a mayor of the cell also afterwards. It stays
with the signatures under it, for its desk alone.
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

# What is signed is one string: nobody keeps its digest beside other content, and nobody signs what is not there.
AS_WRITTEN = """
    CREATE FUNCTION agreement_as_written() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        told jsonb;
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF OLD.state <> 'draft' OR NEW.state = 'discarded' THEN
                IF OLD.written <> NEW.written THEN
                    RAISE EXCEPTION 'an agreement that was adopted does not change' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            END IF;
        END IF;
        IF NEW.written = '' OR NEW.digest <> encode(sha256(convert_to(NEW.written, 'UTF8')), 'hex') THEN
            RAISE EXCEPTION 'the digest is not of this text' USING ERRCODE = 'check_violation';
        END IF;
        told := NEW.written::jsonb;
        IF (told -> 'parties', told -> 'tables', told -> 'answers', told -> 'settings', told -> 'number', told -> 'cell' ->> 'cellId')
            IS DISTINCT FROM (NEW.parties, NEW.tables, NEW.answers, NEW.settings, to_jsonb(NEW.number), NEW.cell_id::text) THEN
            RAISE EXCEPTION 'the text is not what its parts say' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
"""
# As in revision 0015, with the one step it did not know: a draft that is given up.
STAYS = """
    CREATE OR REPLACE FUNCTION agreement_stays() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        changed boolean := (OLD.parties, OLD.tables, OLD.answers, OLD.settings)
            IS DISTINCT FROM (NEW.parties, NEW.tables, NEW.answers, NEW.settings);
    BEGIN
        IF OLD.state <> 'draft' AND (changed OR OLD.digest <> NEW.digest
            OR (OLD.document, OLD.adopted_on, OLD.adopted_at, OLD.adopted_by)
               IS DISTINCT FROM (NEW.document, NEW.adopted_on, NEW.adopted_at, NEW.adopted_by)
            OR NOT (NEW.state = OLD.state OR OLD.state = 'adopted' AND NEW.state = 'superseded')) THEN
            RAISE EXCEPTION 'an agreement that was adopted does not change' USING ERRCODE = 'check_violation';
        END IF;
        IF OLD.state = 'draft' AND changed AND (OLD.digest = NEW.digest OR NEW.state <> 'draft') THEN
            RAISE EXCEPTION 'a changed text has another digest' USING ERRCODE = 'check_violation';
        END IF;{discarding}
        IF OLD.state = 'draft' AND NEW.state <> 'draft' AND (NEW.state <> 'adopted' OR EXISTS (
            SELECT 1 FROM cell_municipality m WHERE m.cell_id = NEW.cell_id AND NOT EXISTS (
                SELECT 1 FROM agreement_signature s WHERE s.agreement_id = NEW.id
                  AND s.municipality_id = m.municipality_id AND s.digest = NEW.digest))) THEN
            RAISE EXCEPTION 'not every mayor signed this text' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
"""
DISCARDING = """
        IF OLD.state = 'draft' AND NEW.state = 'discarded' THEN
            IF (OLD.written, OLD.digest, OLD.document) IS DISTINCT FROM (NEW.written, NEW.digest, NEW.document)
                OR NEW.cell_id <> ALL (signing_cells())
                AND EXISTS (SELECT 1 FROM agreement_signature s WHERE s.agreement_id = NEW.id) THEN
                RAISE EXCEPTION 'what somebody signed is given up by a mayor' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END IF;"""

_DRAFTING = "cell_id = ANY ((SELECT drafting_cells())::uuid[])"
_SIGNING = "cell_id = ANY ((SELECT signing_cells())::uuid[])"
_READING = (
    "(cell_id = ANY ((SELECT member_cells())::uuid[]) OR (SELECT administering()))"
    " OR cell_id = ANY ((SELECT desk_cells())::uuid[]))"
)
_SIGNED_BEFORE = (
    "recorded_by = (SELECT acting_person()) AND num_nonnulls(municipality_id, agency_id) = 1 AND EXISTS (SELECT 1 FROM agreement a"
    " WHERE a.id = agreement_id AND a.cell_id = agreement_signature.cell_id AND a.state = 'draft'{text})"
    " AND CASE WHEN municipality_id IS NULL THEN " + _DRAFTING + " ELSE "
    "municipality_id = ANY ((SELECT signing_municipalities())::uuid[]) END"
)
_THIS_TEXT = " AND a.digest = agreement_signature.digest"


def _signing_policy(text: str) -> None:
    op.execute("DROP POLICY agreement_signature_add ON agreement_signature")
    op.execute(
        "CREATE POLICY agreement_signature_add ON agreement_signature FOR INSERT TO livcr_app"
        f" WITH CHECK ({_SIGNED_BEFORE.format(text=text)})"
    )


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE agreement ADD COLUMN written TEXT NOT NULL DEFAULT ''")
    op.execute(AS_WRITTEN)
    op.execute("REVOKE ALL ON FUNCTION agreement_as_written() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER agreement_as_written BEFORE INSERT OR UPDATE ON agreement FOR EACH ROW"
        " WHEN (current_user = 'livcr_app') EXECUTE FUNCTION agreement_as_written()"
    )
    op.execute("GRANT UPDATE (written) ON agreement TO livcr_app")
    _signing_policy(_THIS_TEXT)
    op.execute(STAYS.format(discarding=DISCARDING))
    op.execute(
        f"ALTER POLICY agreement_read ON agreement USING (state NOT IN ('draft', 'discarded') AND {_READING}"
    )
    op.execute(
        f"ALTER POLICY agreement_change ON agreement WITH CHECK (state IN ('draft', 'discarded') AND {_DRAFTING}"
        f" OR state IN ('draft', 'discarded', 'adopted', 'superseded') AND {_SIGNING})"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(
        "DELETE FROM agreement_signature s USING agreement a WHERE a.id = s.agreement_id AND a.state = 'discarded'"
    )
    op.execute("DELETE FROM agreement WHERE state = 'discarded'")
    op.execute(
        f"ALTER POLICY agreement_change ON agreement WITH CHECK (state = 'draft' AND {_DRAFTING}"
        f" OR state IN ('draft', 'adopted', 'superseded') AND {_SIGNING})"
    )
    op.execute(f"ALTER POLICY agreement_read ON agreement USING (state <> 'draft' AND {_READING}")
    op.execute(STAYS.format(discarding=""))
    _signing_policy("")
    op.execute("DROP TRIGGER agreement_as_written ON agreement")
    op.execute("DROP FUNCTION agreement_as_written()")
    op.execute("ALTER TABLE agreement DROP COLUMN written")
    op.execute("RESET ROLE")
