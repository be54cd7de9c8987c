"""Signing in: passkeys, recovery by two, limits on tries, how fresh a confirmation is (R14, R20).

What a person signs in with is theirs alone to change. A recovery takes an administrator and a coordinator, of whom
neither is the person: the table itself refuses anything else, whoever writes it.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE passkey (
        id UUID NOT NULL,
        person_id UUID NOT NULL,
        credential_id BYTEA NOT NULL,
        public_key BYTEA NOT NULL,
        sign_count BIGINT NOT NULL,
        name TEXT NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        used_at TIMESTAMP WITH TIME ZONE,
        removed_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_passkey PRIMARY KEY (id),
        CONSTRAINT fk_passkey_person_id FOREIGN KEY(person_id) REFERENCES person (id),
        CONSTRAINT uq_passkey_credential_id UNIQUE (credential_id)
    )
    """,
    "CREATE INDEX ix_passkey_person_id ON passkey (person_id)",
    """
    CREATE TABLE recovery (
        id UUID NOT NULL,
        person_id UUID NOT NULL,
        state TEXT NOT NULL,
        ground TEXT NOT NULL,
        proposed_by UUID NOT NULL,
        proposed_as TEXT NOT NULL,
        proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        first_hash BYTEA NOT NULL,
        approved_by UUID,
        approved_at TIMESTAMP WITH TIME ZONE,
        second_hash BYTEA,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        tries INTEGER NOT NULL,
        used_at TIMESTAMP WITH TIME ZONE,
        version INTEGER NOT NULL,
        CONSTRAINT pk_recovery PRIMARY KEY (id),
        CONSTRAINT fk_recovery_person_id FOREIGN KEY(person_id) REFERENCES person (id),
        CONSTRAINT ck_recovery_three_people CHECK (person_id <> proposed_by AND person_id <> approved_by
            AND proposed_by <> approved_by)
    )
    """,
    "CREATE INDEX ix_recovery_person_id ON recovery (person_id)",
    """
    CREATE TABLE try_limit (
        key_hash BYTEA NOT NULL,
        spent_until TIMESTAMP WITH TIME ZONE NOT NULL,
        refused INTEGER NOT NULL,
        CONSTRAINT pk_try_limit PRIMARY KEY (key_hash)
    )
    """,
    "ALTER TABLE session ADD confirmed_at TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE session ADD opened_with TEXT NOT NULL DEFAULT 'password'",
    "ALTER TABLE session ADD challenge BYTEA",
)

FUNCTIONS = (
    # What a passkey is checked with, before it is known who holds it; who has signed in learns nothing here.
    """
    CREATE FUNCTION passkey_for(p_credential bytea)
    RETURNS TABLE (id uuid, person_id uuid, public_key bytea, sign_count bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT k.id, k.person_id, k.public_key, k.sign_count FROM passkey k JOIN person p ON p.id = k.person_id
        WHERE k.credential_id = p_credential AND k.removed_at IS NULL AND p.active AND acting_person() IS NULL
    $$
    """,
    # Whether the coordinator who acts has this person in their cell.
    """
    CREATE FUNCTION coordinates(p_person uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT EXISTS (
            SELECT 1 FROM acting() a JOIN mandate d ON d.cell_id = a.cell_id AND d.person_id = p_person
            WHERE a.role = 'coordinator' AND d.starts_on <= present_day()
              AND (d.ends_on IS NULL OR d.ends_on >= present_day()))
    $$
    """,
    # An administrator ends somebody's sessions: never more than that, and without learning anything of them.
    """
    CREATE FUNCTION end_sessions(p_person uuid, p_at timestamptz) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH ended AS (
            UPDATE session SET state = 'closed', closed_at = p_at, secret_hash = NULL, previous_hash = NULL,
                challenge = NULL
            WHERE person_id = p_person AND state <> 'closed' AND administering()
            RETURNING 1
        ) SELECT count(*)::integer FROM ended
    $$
    """,
)

MINE = "person_id = (SELECT acting_person())"
NOT_MINE = "person_id <> (SELECT acting_person())"
CONCERNS_ME = f"({MINE} OR (SELECT administering()) OR coordinates(person_id))"

# table -> (select, insert, update, the columns an update reaches).
DIRECTORY = {
    "passkey": (MINE, MINE, MINE, "sign_count, used_at, removed_at"),
    "recovery": (
        CONCERNS_ME,
        f"{NOT_MINE} AND proposed_by = (SELECT acting_person()) AND state = 'proposed' AND approved_by IS NULL"
        " AND second_hash IS NULL AND ((proposed_as = 'administrator' AND (SELECT administering()))"
        " OR (proposed_as = 'coordinator' AND coordinates(person_id)))",
        CONCERNS_ME,
        "state, approved_by, approved_at, second_hash, expires_at, tries, used_at, version",
    ),
}
OPEN_TABLES = {"try_limit": "spent_until, refused"}

# Agreeing is for the other of the two roles, and in one's own name.
APPROVING = (
    f"({MINE} AND state IN ('agreed', 'used', 'ended'))"
    " OR (state = 'agreed' AND approved_by = (SELECT acting_person()) AND ((proposed_as = 'coordinator'"
    " AND (SELECT administering())) OR (proposed_as = 'administrator' AND coordinates(person_id))))"
)


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for statement in (*TABLES, *FUNCTIONS):
        op.execute(statement)
    op.execute("REVOKE ALL ON FUNCTION passkey_for, end_sessions FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION passkey_for, end_sessions TO livcr_app")
    op.execute("GRANT UPDATE (confirmed_at, challenge) ON session TO livcr_app")
    op.execute("GRANT UPDATE (password_hash, totp_secret) ON credential TO livcr_app")
    for table, columns in OPEN_TABLES.items():
        op.execute(f"GRANT SELECT, INSERT, UPDATE ({columns}) ON {table} TO livcr_app")
        op.execute(f"GRANT SELECT, DELETE ON {table} TO livcr_retention")
    for table, (select, insert, update, columns) in DIRECTORY.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT TO livcr_app USING ({select})")
        op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT TO livcr_app WITH CHECK ({insert})")
        check = f" WITH CHECK ({APPROVING})" if table == "recovery" else ""
        op.execute(f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO livcr_app USING ({update}){check}")
        op.execute(f"GRANT SELECT, INSERT, UPDATE ({columns}) ON {table} TO livcr_app")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("REVOKE UPDATE (password_hash, totp_secret) ON credential FROM livcr_app")
    for table in (*OPEN_TABLES, *DIRECTORY):
        op.execute(f"DROP TABLE {table}")
    for name in ("end_sessions(uuid, timestamptz)", "coordinates(uuid)", "passkey_for(bytea)"):
        op.execute(f"DROP FUNCTION {name}")
    for column in ("challenge", "opened_with", "confirmed_at"):
        op.execute(f"ALTER TABLE session DROP {column}")
    op.execute("RESET ROLE")
