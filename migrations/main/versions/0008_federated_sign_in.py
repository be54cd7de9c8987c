"""Signing in with a provider of identities: links that an administrator makes, and sessions that began there (ADR 0017).

Who has not signed in learns of a link only by naming issuer and subject, which a signed token has told; and can turn
an expected link into one only for the person an administrator expected, before its day is over.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE agency_code (
        agency_id UUID NOT NULL,
        code TEXT NOT NULL,
        set_at TIMESTAMP WITH TIME ZONE NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_agency_code PRIMARY KEY (agency_id),
        CONSTRAINT fk_agency_code_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id)
    )
    """,
    """
    CREATE TABLE federated_identity (
        id UUID NOT NULL,
        person_id UUID NOT NULL,
        issuer TEXT NOT NULL,
        subject TEXT,
        state TEXT NOT NULL,
        expected_until DATE,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        linked_at TIMESTAMP WITH TIME ZONE,
        ended_at TIMESTAMP WITH TIME ZONE,
        version INTEGER NOT NULL,
        CONSTRAINT pk_federated_identity PRIMARY KEY (id),
        CONSTRAINT fk_federated_identity_person_id FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    "CREATE INDEX ix_federated_identity_person_id ON federated_identity (person_id)",
    "CREATE INDEX ix_federated_identity_issuer_subject ON federated_identity (issuer, subject)",
    """
    CREATE UNIQUE INDEX ix_federated_identity_issuer_person_id ON federated_identity (issuer, person_id)
    WHERE state <> 'ended'
    """,
    """
    CREATE TABLE federated_session (
        session_id UUID NOT NULL,
        federated_identity_id UUID NOT NULL,
        provider_session_hash BYTEA,
        opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_federated_session PRIMARY KEY (session_id),
        CONSTRAINT fk_federated_session_session_id FOREIGN KEY(session_id) REFERENCES session (id),
        CONSTRAINT fk_federated_session_federated_identity_id
            FOREIGN KEY(federated_identity_id) REFERENCES federated_identity (id)
    )
    """,
    "CREATE INDEX ix_federated_session_federated_identity_id ON federated_session (federated_identity_id)",
    """
    CREATE TABLE sign_in_referral (
        state_hash BYTEA NOT NULL,
        browser_hash BYTEA NOT NULL,
        following TEXT NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        used_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_sign_in_referral PRIMARY KEY (state_hash)
    )
    """,
    "CREATE INDEX ix_sign_in_referral_created_at ON sign_in_referral (created_at)",
)

FUNCTIONS = (
    # Whose a subject is, for who has not signed in yet; and whether its owner has come through once with a code of
    # their own. Who has signed in learns nothing here.
    """
    CREATE FUNCTION federated_persons(p_issuer text, p_subject text)
    RETURNS TABLE (identity_id uuid, person_id uuid, proven boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT f.id, f.person_id, EXISTS (
            SELECT 1 FROM federated_session x JOIN session s ON s.id = x.session_id
            WHERE x.federated_identity_id = f.id AND s.csrf_token IS NOT NULL)
        FROM federated_identity f
        WHERE f.issuer = p_issuer AND f.subject = p_subject AND f.state = 'linked' AND acting_person() IS NULL
    $$
    """,
    # The first sign-in that an administrator expected takes its subject, once.
    """
    CREATE FUNCTION take_expected_identity(p_issuer text, p_person uuid, p_subject text) RETURNS uuid
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        UPDATE federated_identity f SET state = 'linked', subject = p_subject, linked_at = moment(),
            version = f.version + 1
        WHERE f.issuer = p_issuer AND f.person_id = p_person AND f.state = 'expected'
          AND f.expected_until >= present_day() AND acting_person() IS NULL
        RETURNING f.id
    $$
    """,
    # Ending what began at a provider: when the provider says so (subject or its own session), or when an
    # administrator takes the link away. Only what was opened before that.
    """
    CREATE FUNCTION recall_sessions(p_issuer text, p_subject text, p_provider_session bytea, p_identity uuid,
        p_before timestamptz)
    RETURNS TABLE (session_id uuid)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        UPDATE session s SET state = 'closed', closed_at = moment(), secret_hash = NULL, previous_hash = NULL,
            challenge = NULL
        FROM federated_session x JOIN federated_identity f ON f.id = x.federated_identity_id
        WHERE s.id = x.session_id AND s.state <> 'closed' AND x.opened_at <= p_before
          AND ((acting_person() IS NULL AND p_identity IS NULL AND f.issuer = p_issuer
              AND (p_subject IS NOT NULL OR p_provider_session IS NOT NULL)
              AND (p_subject IS NULL OR f.subject = p_subject)
              AND (p_provider_session IS NULL OR x.provider_session_hash = p_provider_session))
            OR (f.id = p_identity AND administering()))
        RETURNING s.id
    $$
    """,
)

# As in 0002: table -> (select, insert, update, the columns an update reaches).
SELF = "person_id = (SELECT acting_person())"
BY_ADMINISTRATOR = "(SELECT administering())"
OWN_SESSION = (
    "EXISTS (SELECT 1 FROM session s WHERE s.id = session_id AND (s.person_id = (SELECT acting_person())"
    " OR (s.state = 'secondFactorWanted' AND s.mandate_id IS NULL AND s.secret_hash IS NULL)))"
)
DIRECTORY: dict[str, tuple[str, str, str | None, str]] = {
    "agency_code": ("true", BY_ADMINISTRATOR, BY_ADMINISTRATOR, "code, set_at, version"),
    "federated_identity": (
        f"{SELF} OR {BY_ADMINISTRATOR}",
        BY_ADMINISTRATOR,
        BY_ADMINISTRATOR,
        "state, ended_at, version",
    ),
    "federated_session": (OWN_SESSION, OWN_SESSION, None, ""),
}
OPEN_TABLES = {"sign_in_referral": "used_at"}


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for statement in (*TABLES, *FUNCTIONS):
        op.execute(statement)
    op.execute(
        "REVOKE ALL ON FUNCTION federated_persons, take_expected_identity, recall_sessions FROM PUBLIC"
    )
    op.execute(
        "GRANT EXECUTE ON FUNCTION federated_persons, take_expected_identity, recall_sessions TO livcr_app"
    )
    for table, (select, insert, update, columns) in DIRECTORY.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT TO livcr_app USING ({select})")
        op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT TO livcr_app WITH CHECK ({insert})")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO livcr_app")
        if update:
            op.execute(f"CREATE POLICY {table}_change ON {table} FOR UPDATE TO livcr_app USING ({update})")
            op.execute(f"GRANT UPDATE ({columns}) ON {table} TO livcr_app")
    for table, columns in OPEN_TABLES.items():
        op.execute(f"GRANT SELECT, INSERT, UPDATE ({columns}) ON {table} TO livcr_app")
        op.execute(f"GRANT SELECT, DELETE ON {table} TO livcr_retention")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP FUNCTION recall_sessions(text, text, bytea, uuid, timestamptz)")
    op.execute("DROP FUNCTION take_expected_identity(text, uuid, text)")
    op.execute("DROP FUNCTION federated_persons(text, text)")
    for table in ("sign_in_referral", "federated_session", "federated_identity", "agency_code"):
        op.execute(f"DROP TABLE {table}")
    op.execute("RESET ROLE")
