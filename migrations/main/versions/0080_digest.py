"""The misuse digest: its tables, what a search leaves for it, and the robot's reading of the log (R105, R106)."""

from alembic import op

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None

OF_ITS_CASE = (
    "CONSTRAINT fk_{table}_case_id_municipality_id FOREIGN KEY(case_id, municipality_id)"
    " REFERENCES case_file (id, municipality_id) ON DELETE CASCADE"
)
TABLES = (
    f"""
    CREATE TABLE name_likeness (
        case_id UUID NOT NULL,
        person_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        kind TEXT NOT NULL,
        CONSTRAINT pk_name_likeness PRIMARY KEY (case_id, person_id),
        {OF_ITS_CASE.format(table="name_likeness")},
        CONSTRAINT fk_name_likeness_person_id FOREIGN KEY(person_id) REFERENCES person (id),
        CONSTRAINT fk_name_likeness_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id)
    )
    """,
    """
    CREATE TABLE subject_query_mark (
        id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        person_id UUID NOT NULL,
        mark TEXT NOT NULL,
        asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_subject_query_mark PRIMARY KEY (id),
        CONSTRAINT fk_subject_query_mark_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_subject_query_mark_person_id FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    """
    CREATE TABLE digest (
        id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        number INTEGER NOT NULL,
        first_day DATE NOT NULL,
        last_day DATE NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        upto BIGINT NOT NULL,
        found INTEGER NOT NULL,
        CONSTRAINT pk_digest PRIMARY KEY (id),
        CONSTRAINT uq_digest_municipality_id_number UNIQUE (municipality_id, number),
        CONSTRAINT uq_digest_id_municipality_id UNIQUE (id, municipality_id),
        CONSTRAINT fk_digest_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id)
    )
    """,
    f"""
    CREATE TABLE digest_line (
        id UUID NOT NULL,
        digest_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        case_id UUID,
        sign TEXT NOT NULL,
        pattern UUID NOT NULL,
        on_day DATE NOT NULL,
        person_id UUID,
        mandate_id UUID,
        role TEXT NOT NULL,
        agency_id UUID,
        action TEXT NOT NULL,
        entry_id UUID NOT NULL,
        first_at TIMESTAMP WITH TIME ZONE NOT NULL,
        last_at TIMESTAMP WITH TIME ZONE NOT NULL,
        times INTEGER NOT NULL,
        CONSTRAINT pk_digest_line PRIMARY KEY (id),
        {OF_ITS_CASE.format(table="digest_line")},
        CONSTRAINT fk_digest_line_digest_id_municipality_id FOREIGN KEY(digest_id, municipality_id)
            REFERENCES digest (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_digest_line_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_digest_line_person_id FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    f"""
    CREATE TABLE digest_answer (
        id UUID NOT NULL,
        line_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        case_id UUID,
        conclusion TEXT NOT NULL,
        note BYTEA,
        answered_by UUID NOT NULL,
        answered_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_digest_answer PRIMARY KEY (id),
        {OF_ITS_CASE.format(table="digest_answer")},
        CONSTRAINT fk_digest_answer_line_id FOREIGN KEY(line_id) REFERENCES digest_line (id) ON DELETE CASCADE,
        CONSTRAINT fk_digest_answer_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_digest_answer_answered_by FOREIGN KEY(answered_by) REFERENCES person (id)
    )
    """,
    "CREATE INDEX ix_name_likeness_municipality_id ON name_likeness (municipality_id)",
    "CREATE INDEX ix_subject_query_mark_municipality_id_asked_at ON subject_query_mark (municipality_id, asked_at)",
    "CREATE INDEX ix_digest_line_digest_id ON digest_line (digest_id)",
    "CREATE INDEX ix_digest_line_case_id ON digest_line (case_id)",
    "CREATE UNIQUE INDEX ix_digest_line_municipality_id_pattern_on_day ON digest_line (municipality_id, pattern, on_day)",
    "CREATE INDEX ix_digest_answer_line_id ON digest_answer (line_id)",
    "CREATE INDEX ix_digest_answer_case_id ON digest_answer (case_id)",
)

AUDITED = "municipality_id = ANY ((SELECT audited_municipalities())::uuid[])"
ME = "person_id = (SELECT acting_person())"
# A line on oneself is answered by somebody else, or by nobody; and each answer stands as it was given.
OF_SOMEBODY_ELSE = (
    "EXISTS (SELECT 1 FROM digest_line l WHERE l.id = line_id AND l.municipality_id = digest_answer.municipality_id"
    " AND l.case_id IS NOT DISTINCT FROM digest_answer.case_id AND l.person_id IS DISTINCT FROM (SELECT acting_person()))"
)
POLICIES: dict[str, tuple[str | None, str | None, str | None]] = {
    # What a reading or a search leaves is for the digest alone: who leaves it cannot read it back.
    "name_likeness": (None, ME, None),
    "subject_query_mark": (None, f"{ME} AND asked_at = moment()", None),
    "digest": (AUDITED, None, None),
    "digest_line": (AUDITED, None, None),
    "digest_answer": (
        AUDITED,
        f"{AUDITED} AND (SELECT role FROM acting()) = 'dpo' AND answered_by = (SELECT acting_person())"
        f" AND answered_at = moment() AND {OF_SOMEBODY_ELSE}",
        None,
    ),
}
"""table -> (select, insert, update), as in 0002."""
OF_THE_ROBOT = ("digest", "digest_line")

LOOKED_AT = (
    "id, entry_id, year, controller, at, actor_id, mandate_id, agency_id, role, action, outcome, reason, case_id, trace_id,"
    " break_glass"
)
"""The columns of the log that the digest is made from."""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for statement in TABLES:
        op.execute(statement)
    for table, (read, add, _) in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        if read:
            op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT TO livcr_app USING ({read})")
            op.execute(f"GRANT SELECT ON {table} TO livcr_app")
        if add:
            op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT TO livcr_app WITH CHECK ({add})")
            op.execute(f"GRANT INSERT ON {table} TO livcr_app")
        op.execute(f"CREATE POLICY {table}_end ON {table} TO livcr_retention USING (true)")
        op.execute(f"GRANT SELECT, DELETE ON {table} TO livcr_retention")
    for table in OF_THE_ROBOT:
        op.execute(f"GRANT INSERT ON {table} TO livcr_retention")
    op.execute("RESET ROLE")
    op.execute("SET ROLE livcr_ledger")
    op.execute("CREATE POLICY entry_digest ON journal.entry FOR SELECT TO livcr_retention USING (true)")
    op.execute(f"GRANT SELECT ({LOOKED_AT}) ON journal.entry TO livcr_retention")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_ledger")
    op.execute(f"REVOKE SELECT ({LOOKED_AT}) ON journal.entry FROM livcr_retention")
    op.execute("DROP POLICY entry_digest ON journal.entry")
    op.execute("RESET ROLE")
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP TABLE digest_answer, digest_line, digest, subject_query_mark, name_likeness")
    op.execute("RESET ROLE")
