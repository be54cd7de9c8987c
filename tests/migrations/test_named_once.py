"""What a nomination does is put in place and taken out again to the letter; a refusal that stayed is withdrawn before (R28)."""

from briefcraft import Story
from sqlalchemy import text
from tablecraft import Round

from app.kernel.migrating import admin_engine, run

BEFORE = "0050"  # before named_once
UNMADE = "0026"  # before the first of these functions was made
CHANGED = ["nominees", "nominate", "take_back_nomination", "named_for", "asked_items", "tell_invited"]
BODIES = text(
    "SELECT proname, pg_get_functiondef(oid) || coalesce(proacl::text, '') FROM pg_proc WHERE proname = ANY (:names)"
)


def test_the_functions_change_and_come_back_to_the_letter(house):
    def stands(conn):
        return dict(conn.execute(BODIES, {"names": CHANGED}).all())

    house.process.databases.dispose()
    with admin_engine(house.process.addresses.main).connect() as conn:
        after = stands(conn)
        run(conn, "main", BEFORE, down=True)
        taken_out = stands(conn)
        run(conn, "main", UNMADE, down=True)
        run(conn, "main", BEFORE)
        before = stands(conn)
        run(conn, "main", "head")
        again = stands(conn)
    house.process.databases.dispose()
    assert set(before) == set(after) == set(CHANGED)
    assert taken_out == before
    assert again == after
    assert [name for name in CHANGED if before[name] == after[name]] == []


def test_who_refused_and_was_taken_back_is_withdrawn_for_the_revision_before(house):
    story = Story(Round(house))
    said = {"personId": story.table.person("frenchHandler"), "nominatedAs": "handler", "careRelation": True}
    story.table.ok(story.table.post("frenchYouth", f"/invitations/{story.invitation}/nominate", said))
    refused = f"/invitations/{story.own('frenchHandler')}/answer"
    story.table.ok(story.table.post("frenchHandler", refused, {"answer": "mustDecline"}))
    story.table.ok(
        story.table.post("frenchYouth", f"/invitations/{story.invitation}/takeBackNomination", {}, "*")
    )
    house.process.databases.dispose()
    with admin_engine(house.process.addresses.main).connect() as conn:
        run(conn, "main", BEFORE, down=True)
        states = dict(conn.execute(text("SELECT person_id, state FROM invitation")).all())
        run(conn, "main", "head")
    house.process.databases.dispose()
    assert states[house.cast.persons["frenchHandler"]] == "withdrawn"
    assert states[house.cast.persons["frenchYouth"]] == "sent"
