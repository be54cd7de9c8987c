"""A year of the log goes as a whole once its term is over, and years to come are made ahead (R105).

The role of the sweep may call these functions and nothing else of it: no line is ever deleted, only a year whose term is over,
with every leaf sealed before. Trees and checkpoints stay, for they hold nothing of any person: an export from before verifies
against them still.
"""

from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

TODAY = "(nullif(current_setting('livcr.now', true), '')::timestamptz AT TIME ZONE 'Europe/Brussels')"

FUNCTIONS = (
    """
    CREATE FUNCTION journal.segment(p_year integer) RETURNS TABLE (controller uuid, lines bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = journal, pg_temp AS $$
        SELECT t.controller, t.size FROM journal.tree t WHERE t.year = p_year ORDER BY t.controller
    $$
    """,
    # One sealer or none: it shares the sealer's lock, and takes the tables in the order in which readers do.
    f"""
    CREATE FUNCTION journal.expire(p_year integer, p_years integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = journal, pg_temp SET lock_timeout = '5s' AS $$
    BEGIN
        IF (p_years BETWEEN 5 AND 10 AND p_year + p_years < extract(year FROM {TODAY})) IS NOT TRUE THEN
            RAISE EXCEPTION 'the term of this year is not over' USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM pg_advisory_xact_lock(hashtext('livcr sealer'));
        IF to_regclass(format('journal.entry_%s', p_year)) IS NULL THEN
            RETURN false;
        END IF;
        LOCK TABLE journal.leaf, journal.entry, journal.node IN ACCESS EXCLUSIVE MODE;
        IF EXISTS (SELECT FROM journal.entry e WHERE e.year = p_year AND NOT EXISTS (
                SELECT FROM journal.leaf l WHERE l.year = e.year AND l.entry_id = e.id)) THEN
            RAISE EXCEPTION 'lines of this year are not sealed yet' USING ERRCODE = 'object_not_in_prerequisite_state';
        END IF;
        INSERT INTO journal.expired (year, at, years) VALUES (p_year, current_setting('livcr.now')::timestamptz, p_years)
            ON CONFLICT (year) DO NOTHING;
        EXECUTE format('ALTER TABLE journal.leaf DETACH PARTITION journal.leaf_%s', p_year);
        EXECUTE format('ALTER TABLE journal.entry DETACH PARTITION journal.entry_%s', p_year);
        EXECUTE format('ALTER TABLE journal.node DETACH PARTITION journal.node_%s', p_year);
        EXECUTE format('DROP TABLE journal.leaf_%1$s, journal.entry_%1$s, journal.node_%1$s', p_year);
        RETURN true;
    END $$
    """,
    # A year that expired never comes back, whatever a clock says.
    f"""
    CREATE FUNCTION journal.make_years(p_ahead integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = journal, pg_temp SET lock_timeout = '5s' AS $$
    DECLARE
        this_year integer := extract(year FROM {TODAY});
        made integer := 0;
        each_year integer;
        each_table text;
    BEGIN
        FOR each_year IN this_year .. this_year + least(p_ahead, 50) LOOP
            CONTINUE WHEN to_regclass(format('journal.entry_%s', each_year)) IS NOT NULL
                OR EXISTS (SELECT FROM journal.expired x WHERE x.year >= each_year);
            FOREACH each_table IN ARRAY ARRAY['entry', 'leaf', 'node'] LOOP
                EXECUTE format('CREATE TABLE journal.%1$s_%2$s PARTITION OF journal.%1$s FOR VALUES IN (%2$s)',
                    each_table, each_year);
            END LOOP;
            EXECUTE format('CREATE TRIGGER stays_whole BEFORE TRUNCATE ON journal.entry_%s'
                ' FOR EACH STATEMENT EXECUTE FUNCTION journal.stays()', each_year);
            EXECUTE format('ALTER TABLE journal.entry_%s ENABLE ALWAYS TRIGGER stays_whole', each_year);
            made := made + 1;
        END LOOP;
        RETURN made;
    END $$
    """,
)
SIGNATURES = ("journal.segment(integer)", "journal.expire(integer, integer)", "journal.make_years(integer)")


def upgrade() -> None:
    op.execute("SET ROLE livcr_ledger")
    op.execute("""
        CREATE TABLE journal.expired (
            year integer PRIMARY KEY,
            at timestamptz NOT NULL,
            years integer NOT NULL
        )""")
    # Of no person and of no municipality: that a year is gone, since when, and after how many years.
    op.execute("ALTER TABLE journal.expired ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY expired_read ON journal.expired FOR SELECT TO livcr_app, livcr_retention, livcr_sealer USING (true)"
    )
    op.execute("GRANT SELECT ON journal.expired TO livcr_app, livcr_retention, livcr_sealer")
    for statement in FUNCTIONS:
        op.execute(statement)
    for signature in SIGNATURES:
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO livcr_retention")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_ledger")
    for signature in SIGNATURES:
        op.execute(f"DROP FUNCTION {signature}")
    op.execute("DROP TABLE journal.expired")
    op.execute("RESET ROLE")
