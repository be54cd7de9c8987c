"""Accountability: impact assessments recorded by the data protection officer, and what records said when exported (R15, R104)."""

from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE impact_assessment (
        id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        dated DATE NOT NULL,
        reference TEXT NOT NULL,
        recorded_by UUID NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_impact_assessment PRIMARY KEY (id),
        CONSTRAINT fk_impact_assessment_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_impact_assessment_recorded_by FOREIGN KEY(recorded_by) REFERENCES person (id)
    )
    """,
    """
    CREATE TABLE record_export (
        id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        kind TEXT NOT NULL,
        said JSONB NOT NULL,
        exported_by UUID NOT NULL,
        exported_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_record_export PRIMARY KEY (id),
        CONSTRAINT ck_record_export_kind CHECK (kind IN ('processingRecord', 'accessCategories')),
        CONSTRAINT fk_record_export_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_record_export_exported_by FOREIGN KEY(exported_by) REFERENCES person (id)
    )
    """,
)


def _acting(*roles: str) -> str:
    said = ", ".join(f"'{role}'" for role in roles)
    return f"municipality_id = (SELECT a.municipality_id FROM acting() a WHERE a.role IN ({said}))"


POLICIES: dict[str, tuple[str, str | None, str | None]] = {
    "impact_assessment": (
        f"{_acting('mayor', 'coordinator', 'dpo')} OR (SELECT administering())",
        f"{_acting('dpo')} AND recorded_by = (SELECT acting_person())",
        None,
    ),
    "record_export": (
        _acting("mayor", "dpo"),
        f"{_acting('mayor', 'dpo')} AND exported_by = (SELECT acting_person())",
        None,
    ),
}
"""table -> (select, insert, update), as in 0002."""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for statement in TABLES:
        op.execute(statement)
    for table, (read, add, _) in POLICIES.items():
        op.execute(f"CREATE INDEX ix_{table}_municipality_id ON {table} (municipality_id)")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT TO livcr_app USING ({read})")
        op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT TO livcr_app WITH CHECK ({add})")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO livcr_app")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP TABLE record_export")
    op.execute("DROP TABLE impact_assessment")
    op.execute("RESET ROLE")
