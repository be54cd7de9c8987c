"""Naming who comes for a service, past every operation: what the database itself does, and for whom (R18, R28)."""

import threading

import pytest
from briefcraft import Story
from lockcraft import reached
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.kernel.ids import new_id

NOMINATE = text("SELECT nominate(:i, :p, :id, :as, NULL, NULL)")


def done(story, actor, statement, **values):
    with story.house.work(actor) as unit:
        unit.repeat()
        return unit.session.scalar(statement, values)


def nominated(story, actor, person="frenchHandler", invitation=None, said="handler", row=None):
    return done(
        story, actor, NOMINATE, i=invitation or story.invitation, p=story.house.cast.persons[person], id=row or new_id(),
        **{"as": said},
    )  # fmt: skip


def states(story):
    rows = story.house.sql(
        "SELECT state FROM invitation WHERE agenda_item_id = :i ORDER BY state", i=story.item
    )
    return [row.state for row in rows]


def test_the_database_names_somebody_for_who_was_asked_and_manages_the_service_alone(table):
    story = Story(table)
    house, manager = story.house, story.house.cast.persons["frenchYouth"]
    for who in (
        "school",
        "frenchHandler",
        "mayor",
        "coordinator",
        "secretary",
        "zoneMayorD",
        "auditor",
        "administrator",
    ):
        assert not nominated(story, who), who
        assert done(story, who, text("SELECT count(*) FROM nominees(:i)"), i=story.invitation) == 0, who
    assert not nominated(story, "school", "clb", story.own("school"))
    for over in ({"person": "school"}, {"person": "frenchYouth"}, {"person": "mayor"}, {"said": "volunteer"}):
        assert not nominated(story, "frenchYouth", **over), over
    for statement, back in (
        ("UPDATE person SET manages_service = false WHERE id = :m", "UPDATE person SET manages_service = true WHERE id = :m"),
        ("UPDATE meeting SET state = 'inSession'", "UPDATE meeting SET state = 'convened'"),
        ("UPDATE invitation SET state = 'declined' WHERE person_id = :m",
         "UPDATE invitation SET state = 'sent' WHERE person_id = :m"),
        ("UPDATE case_file SET locks_on = '2026-01-01'", "UPDATE case_file SET locks_on = '2027-01-01'"),
        ("UPDATE case_file SET state = 'closed'", "UPDATE case_file SET state = 'listed'"),
        ("INSERT INTO exclusion SELECT :m, id, municipality_id, now() FROM case_file",
         "DELETE FROM exclusion WHERE person_id = :m"),
    ):  # fmt: skip
        house.sql(statement, m=manager) if ":m" in statement else house.sql(statement)
        assert not nominated(story, "frenchYouth"), statement
        house.sql(back, m=manager) if ":m" in back else house.sql(back)
    assert states(story) == ["sent", "sent"]
    assert nominated(story, "frenchYouth")
    assert states(story) == ["passedOn", "sent", "sent"]
    assert not nominated(story, "frenchYouth"), "it is passed on already"


def test_who_passed_an_invitation_on_has_no_more_sight_than_who_declined_in_either_lock(table):
    story = Story(table)
    before = story.shown_rows("frenchYouth")
    assert nominated(story, "frenchYouth")
    after = story.shown_rows("frenchYouth")
    assert (before["agenda_item"], after["agenda_item"]) == (1, 0)
    assert after["invitation"] == 1, "one's own, and not that of who comes"
    assert story.shown_rows("frenchHandler")["agenda_item"] == 1
    open_items = text("SELECT cardinality(open_items())")
    assert (done(story, "frenchYouth", open_items), done(story, "frenchHandler", open_items)) == (0, 1)
    with story.house.work("frenchYouth") as unit:  # nor does a way around the act bring it back
        unit.repeat()
        taken = text("UPDATE invitation SET state = 'accepted' WHERE person_id = acting_person()")
        try:
            unit.session.execute(taken)
            raised = False
        except Exception as fault:  # noqa: BLE001
            raised = "row-level security" in str(fault)
        unit.session.rollback()
    assert raised


def test_who_comes_is_told_to_who_named_them_alone_and_taken_back_by_them_alone(table):
    story = Story(table)
    assert nominated(story, "frenchYouth")
    named = text("SELECT count(*) FROM named_for(ARRAY[CAST(:i AS uuid)])")
    back = text("SELECT take_back_nomination(:i)")
    for who in ("school", "frenchHandler", "mayor", "coordinator", "zoneMayorD"):
        assert done(story, who, named, i=story.invitation) == 0, who
        assert not done(story, who, back, i=story.invitation), who
    assert done(story, "frenchYouth", named, i=story.invitation) == 1
    story.house.sql("UPDATE meeting SET state = 'inSession'")
    assert not done(story, "frenchYouth", back, i=story.invitation)
    story.house.sql("UPDATE meeting SET state = 'convened'")
    assert done(story, "frenchYouth", back, i=story.invitation)
    assert states(story) == ["sent", "sent", "withdrawn"]


def test_an_invitation_taken_out_before_it_was_sent_is_used_again_under_its_own_number_alone(table):
    story = Story(table)
    assert nominated(story, "frenchYouth")
    assert done(story, "frenchYouth", text("SELECT take_back_nomination(:i)"), i=story.invitation)
    (waits,) = story.house.sql("SELECT id FROM invitation WHERE nominated_by IS NOT NULL")
    story.house.sql("UPDATE invitation SET state = 'removed', nominated_by = NULL WHERE id = :i", i=waits.id)
    assert not nominated(story, "frenchYouth"), "sealed for another place, nobody could read it"
    assert nominated(story, "frenchYouth", row=waits.id)


def test_two_names_at_once_make_one_nomination(table):
    story = Story(table)
    third = story.house.cast.persons["clb"]
    story.house.sql(
        "UPDATE person SET agency_id = (SELECT agency_id FROM person WHERE id = :f) WHERE id = :p",
        f=story.house.cast.persons["frenchYouth"], p=third,
    )  # fmt: skip
    answers = []

    def named(who):
        body = {"personId": table.person(who), "nominatedAs": "handler", "careRelation": True}
        answers.append(
            table.post("frenchYouth", f"/invitations/{story.invitation}/nominate", body).status_code
        )

    both = [threading.Thread(target=named, args=(who,)) for who in ("frenchHandler", "clb")]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(answers) == [200, 409]
    assert states(story).count("passedOn") == 1
    assert len(story.house.sql("SELECT 1 FROM invitation WHERE nominated_by IS NOT NULL")) == 1


def test_the_database_lets_nobody_who_was_named_name_further(table):
    story = Story(table)
    ids = {"h": story.house.cast.persons["frenchHandler"]}
    story.house.sql("UPDATE person SET manages_service = true WHERE id = :h", **ids)
    story.house.sql(
        "UPDATE person SET agency_id = (SELECT agency_id FROM person WHERE id = :h) WHERE id = :c",
        **ids, c=story.house.cast.persons["clb"],
    )  # fmt: skip
    assert nominated(story, "frenchYouth")
    second = story.own("frenchHandler")
    assert not nominated(story, "frenchHandler", "clb", second)
    assert done(story, "frenchHandler", text("SELECT count(*) FROM nominees(:i)"), i=second) == 0
    assert states(story) == ["passedOn", "sent", "sent"]
    story.house.sql("UPDATE invitation SET nominated_by = NULL WHERE id = :i", i=second)
    assert nominated(story, "frenchHandler", "clb", second), "asked by the desk, they could"


def test_the_database_asks_itself_who_represents_the_service_and_which_text_they_confirmed(table):
    story = Story(table)
    handler = {"p": story.house.cast.persons["frenchHandler"]}
    assert not nominated(story, "frenchYouth", said="permanentRepresentative")
    story.house.sql("UPDATE undertaking SET text_version = 'old' WHERE person_id = :p", **handler)
    assert not nominated(story, "frenchYouth")
    story.house.sql(
        "UPDATE undertaking SET text_version = (SELECT max(text_version) FROM undertaking WHERE text_version <> 'old')"
    )
    story.represents("frenchHandler")
    for statement, back in (
        ("ends_on = '2026-03-01'", "ends_on = NULL"),
        ("starts_on = '2030-01-01'", "starts_on = '2026-01-01'"),
        (
            "agency_id = (SELECT agency_id FROM person WHERE username = 'school')",
            "agency_id = (SELECT agency_id FROM person WHERE username = 'frenchyouth')",
        ),
        (
            "cell_id = (SELECT id FROM cell WHERE id <> cell_id LIMIT 1)",
            f"cell_id = '{story.house.cast.cells['C']}'",
        ),
    ):
        story.house.sql(f"UPDATE representative SET {statement}")
        assert not nominated(story, "frenchYouth", said="permanentRepresentative"), statement
        story.house.sql(f"UPDATE representative SET {back}")
    assert states(story) == ["sent", "sent"]
    assert nominated(story, "frenchYouth", said="permanentRepresentative")


def test_past_every_operation_a_refusal_that_was_taken_back_stays_and_is_answered_no_more(table):
    story = Story(table)
    assert nominated(story, "frenchYouth")
    story.house.sql("UPDATE invitation SET state = 'mustDecline' WHERE nominated_by IS NOT NULL")
    asked = text("SELECT cardinality(asked_items())")
    assert done(story, "frenchHandler", asked) == 1
    assert done(story, "frenchYouth", text("SELECT take_back_nomination(:i)"), i=story.invitation)
    assert states(story) == ["mustDecline", "sent", "sent"]
    assert done(story, "frenchHandler", asked) == 0
    assert not nominated(story, "frenchYouth")
    with story.house.work("frenchHandler") as unit:
        unit.repeat()
        taken = text("UPDATE invitation SET state = 'accepted' WHERE person_id = acting_person()")
        with pytest.raises(ProgrammingError, match="row-level security"):
            unit.session.execute(taken)
        unit.session.rollback()


def test_who_was_named_stays_named(table):
    story = Story(table)
    assert nominated(story, "frenchYouth")
    answer = "UPDATE invitation SET state = 'accepted'{also} WHERE person_id = acting_person() AND nominated_by IS NOT NULL"
    for also in (", nominated_by = NULL", ", nominated_as = NULL", ", nominated_as = 'superior'"):
        assert reached(story.house, "frenchHandler", answer.format(also=also)) is None, also
    assert reached(story.house, "frenchHandler", answer.format(also="")) == 1
