"""How many files were ordered to be destroyed and are not finished: told to oversight, which sees those files no more (R92)."""

from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

UNFINISHED = """
    CREATE FUNCTION unfinished_destructions() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT (SELECT count(*) FROM case_file c
                WHERE c.municipality_id = ANY ((SELECT watched_municipalities())::uuid[])
                  AND c.id <> ALL ((SELECT excluded_cases())::uuid[]) AND c.shred_ordered_at IS NOT NULL)
             + (SELECT count(*) FROM registration r
                WHERE r.municipality_id = ANY ((SELECT watched_municipalities())::uuid[]) AND r.state = 'erased'
                  AND NOT EXISTS (SELECT FROM case_file c WHERE c.id = r.case_id))
    $$
"""


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute(UNFINISHED)
    op.execute("REVOKE ALL ON FUNCTION unfinished_destructions() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION unfinished_destructions() TO livcr_app")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("DROP FUNCTION unfinished_destructions()")
    op.execute("RESET ROLE")
