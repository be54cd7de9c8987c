"""What an older revision does not know is what comes nearest there: nobody came, nobody was told, or it is over (R3, R28)."""

from datetime import timedelta

import pytest
from briefcraft import Story
from sqlalchemy import text
from strategycraft import Strategy
from tablecraft import Round

from app.kernel.migrating import admin_engine, run

BEFORE = "0043"  # before who_comes_for_a_service and policy_meetings_that_change


@pytest.fixture
def table(house):
    return Round(house)


def test_an_invitation_passed_on_is_declined_and_a_meeting_called_off_is_over_or_a_draft(house, table):
    story, strategy = Story(table), Strategy(house)
    said = {"personId": table.person("frenchHandler"), "nominatedAs": "handler", "careRelation": True}
    table.ok(table.post("frenchYouth", f"/invitations/{story.invitation}/nominate", said))
    told, _, _ = strategy.convened()
    starts = house.now + timedelta(days=11)
    untold = strategy.meeting(startsAt=starts.isoformat(), endsAt=(starts + timedelta(hours=1)).isoformat())
    for meeting in (told, untold):
        strategy.ok(
            strategy.post("coordinator", f"/policyMeetings/{meeting}/cancel", {"reason": "otherReason"})
        )
    house.process.databases.dispose()
    with admin_engine(house.process.addresses.main).connect() as conn:
        run(conn, "main", BEFORE, down=True)
        states = dict(conn.execute(text("SELECT person_id, state FROM invitation")).all())
        meetings = dict(conn.execute(text("SELECT id::text, state FROM policy_meeting")).all())
        conn.commit()
        run(conn, "main", "head")
        again = conn.execute(text("SELECT count(*) FROM invitation WHERE nominated_by IS NULL")).scalar_one()
    house.process.databases.dispose()
    cast = house.cast.persons
    assert (states[cast["frenchYouth"]], states[cast["frenchHandler"]]) == ("declined", "sent")
    assert meetings == {told: "closed", untold: "draft"}
    assert again == 3
