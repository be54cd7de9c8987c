"""Whoever was named as the line manager of a colleague manages the service; of the others nothing is assumed (R28)."""

from sqlalchemy import text

from app.kernel.migrating import admin_engine, run

BEFORE = "0038"  # before who_manages


def test_who_was_named_as_a_line_manager_manages_and_nobody_else_does(house):
    cast = house.cast.persons
    named = text("UPDATE person SET line_manager_id = :m WHERE id = :p")
    with admin_engine(house.process.addresses.main).connect() as conn:
        run(conn, "main", BEFORE, down=True)
        conn.execute(named, {"m": cast["frenchYouth"], "p": cast["frenchHandler"]})
        conn.execute(named, {"m": cast["mayor"], "p": cast["school"]})  # of another service
        conn.commit()
        run(conn, "main", "head")
        rows = conn.execute(text("SELECT id FROM person WHERE manages_service")).scalars().all()
    house.process.databases.dispose()
    assert rows == [cast["frenchYouth"]]
