"""Mandates that overlapped before the database refused it: the one that begins later stays, nobody gains a day (R9)."""

from sqlalchemy import text

from app.kernel.migrating import admin_engine, run

BEFORE = "0033"  # before one_mandate_at_a_time


def test_what_overlaps_is_put_one_after_the_other(house):
    first = house.cast.mandates["coordinator"]
    again = text(
        "INSERT INTO mandate (id, person_id, role, cell_id, municipality_id, starts_on, ends_on, document, created_at, version)"
        " SELECT gen_random_uuid(), person_id, role, cell_id, municipality_id, CAST(:first AS date), CAST(:last AS date), :d,"
        " now(), 1 FROM mandate WHERE id = :m"
    )
    with admin_engine(house.process.addresses.main).connect() as conn:
        run(conn, "main", BEFORE, down=True)
        begins = conn.execute(text("SELECT starts_on FROM mandate WHERE id = :m"), {"m": first}).scalar()
        for day, last, said in (
            ("2026-02-10", None, "b"),
            (str(begins), "2026-02-01", "same day"),
            ("2026-02-20", None, "c"),
        ):
            conn.execute(again, {"first": day, "last": last, "d": said, "m": first})
        conn.commit()
        run(conn, "main", "head")
        rows = conn.execute(
            text(
                "SELECT m.document, m.starts_on::text, m.ends_on::text FROM mandate m JOIN mandate f ON f.id = :m"
                " AND f.person_id = m.person_id AND f.role = m.role ORDER BY m.starts_on, m.created_at"
            ),
            {"m": first},
        ).all()
    house.process.databases.dispose()
    own = rows[0]
    assert own.ends_on < own.starts_on, (
        "two that begin on the same day: the one made first was never in force"
    )
    assert [tuple(row) for row in rows[1:]] == [
        ("same day", str(begins), "2026-02-01"),
        ("b", "2026-02-10", "2026-02-19"),
        ("c", "2026-02-20", None),
    ]
