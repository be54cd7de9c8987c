"""A threat evaluation of OCAD is attached only with its recorded validation: who said so, when, under which reference (R58)."""

from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None

# The law of it is the database's as well: nothing of the security services without, and no validation of anything else. Of a
# document that was taken out the reference goes, as its name does.
VALIDATED = """
    ALTER TABLE attachment ADD CONSTRAINT ck_attachment_validated CHECK (
        CASE WHEN origin = 'securityServices'
            THEN removed_at IS NOT NULL OR num_nonnulls(validated_by, validated_on, validation_reference) = 3
        ELSE num_nonnulls(validated_by, validated_on, validation_reference) = 0 END)
"""
# By somebody who sits in the cell for the police that day, with a clearance that holds; the house tells them (R10).
BY_POLICE = """
    CREATE FUNCTION validated_by_police() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NEW.validated_on > present_day() OR NOT EXISTS (SELECT 1 FROM mandate d JOIN case_file c ON c.id = NEW.case_id
            JOIN person p ON p.id = d.person_id AND p.active
            WHERE d.person_id = NEW.validated_by AND d.cell_id = c.cell_id AND d.role IN ('policeMember', 'informationOfficer')
              AND d.clearance_until >= present_day()
              AND d.starts_on <= present_day() AND (d.ends_on IS NULL OR d.ends_on >= present_day()))
        THEN
            RAISE EXCEPTION 'who says that OCAD validated it is of the police here' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$
"""
GOES = """
        CREATE OR REPLACE FUNCTION document_goes() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            NEW.removed_at := coalesce(OLD.removed_at, NEW.removed_at);
            NEW.name := NULL; NEW.description := NULL; NEW.category_reason := NULL; NEW.digest := NULL;{also}
            DELETE FROM attachment_part WHERE attachment_id = NEW.id;
            RETURN NEW;
        END $$
"""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(
        "ALTER TABLE attachment ADD COLUMN validated_by UUID, ADD COLUMN validated_on DATE,"
        " ADD COLUMN validation_reference BYTEA,"
        " ADD CONSTRAINT fk_attachment_validated_by FOREIGN KEY(validated_by) REFERENCES person (id)"
    )
    op.execute("GRANT UPDATE (validation_reference) ON attachment TO livcr_app")
    op.execute(VALIDATED)
    op.execute(BY_POLICE)
    op.execute("REVOKE ALL ON FUNCTION validated_by_police() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER validated_by_police BEFORE INSERT ON attachment FOR EACH ROW WHEN (current_user = 'livcr_app'"
        " AND NEW.validated_by IS NOT NULL) EXECUTE FUNCTION validated_by_police()"
    )
    op.execute(GOES.replace("{also}", " NEW.validation_reference := NULL;"))
    op.execute("RESET ROLE")


# Without what is recorded of it, an evaluation may not stand in a file: it is taken out first, by people (R58).
NONE_LEFT = """
    DO $$ BEGIN
        IF EXISTS (SELECT 1 FROM attachment WHERE origin = 'securityServices' AND removed_at IS NULL) THEN
            RAISE EXCEPTION 'take the validated evaluations out of their files before going back' USING ERRCODE = 'check_violation';
        END IF;
    END $$
"""


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(NONE_LEFT)
    op.execute(GOES.replace("{also}", ""))
    op.execute("DROP TRIGGER validated_by_police ON attachment")
    op.execute("DROP FUNCTION validated_by_police()")
    op.execute("ALTER TABLE attachment DROP CONSTRAINT ck_attachment_validated")
    for column in ("validation_reference", "validated_on", "validated_by"):
        op.execute(f"ALTER TABLE attachment DROP COLUMN {column}")
    op.execute("RESET ROLE")
