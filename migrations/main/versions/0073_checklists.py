"""The agreement fixes what a screening and closing ask, and what began under a list is answered under it (R43, R84, R115).

A version from before this asks what every cell asks; no list is made up for it afterwards. A draft from before is written
out when it is saved again.
"""

from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

# As in revisions 0028, with the checklists among the parts.
AS_WRITTEN = """
    CREATE OR REPLACE FUNCTION agreement_as_written() RETURNS trigger
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
        IF (told -> 'parties', told -> 'tables', told -> 'answers', told -> 'settings', told -> 'number', told -> 'cell' ->> 'cellId'{told})
            IS DISTINCT FROM (NEW.parties, NEW.tables, NEW.answers, NEW.settings, to_jsonb(NEW.number), NEW.cell_id::text{now}) THEN
            RAISE EXCEPTION 'the text is not what its parts say' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
"""
TOLD, NOW = ", told -> 'checklists'", ", NEW.checklists"
# What was adopted keeps its questions, as everything else of it.
STAYS = """
    CREATE FUNCTION checklists_stay() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF OLD.state <> 'draft' OR NEW.state <> 'draft' OR OLD.digest = NEW.digest THEN
            RAISE EXCEPTION 'the questions of an agreement change with its draft alone' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
"""
# The list is named once, when the screening begins: the one in force in its own cell.
ONE_LIST = """
    CREATE FUNCTION screened_by_one_list() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF OLD.screened_under IS NOT NULL OR NOT EXISTS (SELECT 1 FROM agreement a
            WHERE a.id = NEW.screened_under AND a.cell_id = NEW.cell_id AND a.state = 'adopted')
        THEN
            RAISE EXCEPTION 'a screening keeps the list with which it began' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$
"""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE agreement ADD COLUMN checklists JSONB NOT NULL DEFAULT '{}'")
    op.execute("GRANT UPDATE (checklists) ON agreement TO livcr_app")
    op.execute(AS_WRITTEN.replace("{told}", TOLD).replace("{now}", NOW))
    op.execute(STAYS)
    op.execute("REVOKE ALL ON FUNCTION checklists_stay() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER checklists_stay BEFORE UPDATE ON agreement FOR EACH ROW WHEN (current_user = 'livcr_app'"
        " AND OLD.checklists IS DISTINCT FROM NEW.checklists) EXECUTE FUNCTION checklists_stay()"
    )
    op.execute(
        "ALTER TABLE registration ADD COLUMN screened_under UUID,"
        " ADD CONSTRAINT fk_registration_screened_under FOREIGN KEY(screened_under) REFERENCES agreement (id)"
    )
    op.execute(ONE_LIST)
    op.execute("REVOKE ALL ON FUNCTION screened_by_one_list() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER screened_by_one_list BEFORE UPDATE ON registration FOR EACH ROW WHEN (current_user = 'livcr_app'"
        " AND OLD.screened_under IS DISTINCT FROM NEW.screened_under) EXECUTE FUNCTION screened_by_one_list()"
    )
    op.execute(
        "ALTER TABLE closure_answer ADD COLUMN agreement_id UUID,"
        " ADD CONSTRAINT fk_closure_answer_agreement_id FOREIGN KEY(agreement_id) REFERENCES agreement (id)"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE closure_answer DROP COLUMN agreement_id")
    op.execute("DROP TRIGGER screened_by_one_list ON registration")
    op.execute("DROP FUNCTION screened_by_one_list()")
    op.execute("ALTER TABLE registration DROP COLUMN screened_under")
    op.execute("DROP TRIGGER checklists_stay ON agreement")
    op.execute("DROP FUNCTION checklists_stay()")
    op.execute(AS_WRITTEN.replace("{told}", "").replace("{now}", ""))
    op.execute("ALTER TABLE agreement DROP COLUMN checklists")
    op.execute("RESET ROLE")
