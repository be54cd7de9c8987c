"""Outside Flanders a recording basis is proposed by an administrator and signed off by the data protection officer (R113).

The database itself lays a signed basis down with the municipality; nothing else does. A basis that was stated before this
revision stays as it was stated.
"""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

TABLE = """
    CREATE TABLE recording_basis (
        id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        act TEXT NOT NULL,
        article TEXT NOT NULL,
        document TEXT NOT NULL,
        dated DATE NOT NULL,
        state TEXT NOT NULL,
        proposed_by UUID NOT NULL,
        proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        decided_by UUID,
        decided_at TIMESTAMP WITH TIME ZONE,
        version INTEGER NOT NULL,
        CONSTRAINT pk_recording_basis PRIMARY KEY (id),
        CONSTRAINT fk_recording_basis_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_recording_basis_proposed_by FOREIGN KEY(proposed_by) REFERENCES person (id),
        CONSTRAINT fk_recording_basis_decided_by FOREIGN KEY(decided_by) REFERENCES person (id)
    )
"""
OFFICER = "EXISTS (SELECT 1 FROM acting() a WHERE a.role = 'dpo' AND a.municipality_id = recording_basis.municipality_id)"
POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "recording_basis": (
        "municipality_id = ANY ((SELECT watched_municipalities())::uuid[]) OR (SELECT administering())",
        "(SELECT administering()) AND state = 'proposed' AND proposed_by = (SELECT acting_person()) AND EXISTS ("
        "SELECT 1 FROM municipality m WHERE m.id = municipality_id AND m.profile <> 'flanders')",
        f"state = 'proposed' AND {OFFICER}",
    ),
}
"""table -> (select, insert, update), as in 0002; what an update leaves is said below."""
DECIDED = f"state IN ('signed', 'refused') AND {OFFICER} AND decided_by = (SELECT acting_person()) AND decided_by <> proposed_by"
LAID_DOWN = """
    CREATE FUNCTION recording_basis_is_laid_down() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE municipality SET recording_basis = jsonb_build_object('act', NEW.act, 'article', NEW.article,
            'document', NEW.document, 'date', NEW.dated, 'signedOffBy', NEW.decided_by, 'signedOffAt', NEW.decided_at)
        WHERE id = NEW.municipality_id;
        RETURN NULL;
    END $$
"""
NOT_STATED = """
    CREATE FUNCTION recording_basis_is_signed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'outside Flanders a recording basis is signed off' USING ERRCODE = 'insufficient_privilege';
    END $$
"""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    # A municipality without a basis stood there with the word null of JSON, which is not NULL.
    op.execute("UPDATE municipality SET recording_basis = NULL WHERE recording_basis = 'null'::jsonb")
    op.execute(
        "ALTER TABLE municipality ADD CONSTRAINT ck_municipality_recording_basis CHECK (recording_basis <> 'null')"
    )
    op.execute(TABLE)
    op.execute("CREATE INDEX ix_recording_basis_municipality_id ON recording_basis (municipality_id)")
    op.execute(
        "CREATE UNIQUE INDEX uq_recording_basis_open ON recording_basis (municipality_id) WHERE state = 'proposed'"
    )
    ((read, add, change),) = POLICIES.values()
    op.execute("ALTER TABLE recording_basis ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY recording_basis_read ON recording_basis FOR SELECT TO livcr_app USING ({read})"
    )
    op.execute(
        f"CREATE POLICY recording_basis_add ON recording_basis FOR INSERT TO livcr_app WITH CHECK ({add})"
    )
    op.execute(
        f"CREATE POLICY recording_basis_change ON recording_basis FOR UPDATE TO livcr_app USING ({change})"
        f" WITH CHECK ({DECIDED})"
    )
    op.execute("GRANT SELECT, INSERT ON recording_basis TO livcr_app")
    op.execute("GRANT UPDATE (state, decided_by, decided_at, version) ON recording_basis TO livcr_app")
    op.execute(LAID_DOWN)
    op.execute("REVOKE ALL ON FUNCTION recording_basis_is_laid_down() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER recording_basis_is_laid_down AFTER UPDATE ON recording_basis FOR EACH ROW"
        " WHEN (NEW.state = 'signed' AND OLD.state <> 'signed') EXECUTE FUNCTION recording_basis_is_laid_down()"
    )
    op.execute(NOT_STATED)
    op.execute(
        "CREATE TRIGGER recording_basis_is_signed BEFORE INSERT ON municipality FOR EACH ROW WHEN (current_user = 'livcr_app'"
        " AND NEW.profile <> 'flanders' AND NEW.recording_basis IS NOT NULL) EXECUTE FUNCTION recording_basis_is_signed()"
    )
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP TRIGGER recording_basis_is_signed ON municipality")
    op.execute("DROP FUNCTION recording_basis_is_signed()")
    op.execute("DROP TABLE recording_basis")
    op.execute("DROP FUNCTION recording_basis_is_laid_down()")
    op.execute("ALTER TABLE municipality DROP CONSTRAINT ck_municipality_recording_basis")
    op.execute("RESET ROLE")
