"""What is said at the table stands with the case that was discussed there, and with no other."""

import pytest


def _statement(case, item):
    return {
        "caseId": case, "agendaItemId": item, "category": 5, "origin": "livcParticipant", "kind": "fact",
        "text": "Iets verzonnens.", "relevantAndProportionate": True, "nothingClassified": True,
    }  # fmt: skip


@pytest.fixture
def two(table):
    """The school sits at the item of one case and is invited to that of another, in the same meeting."""
    here, there = table.case("Hier Verzonnen"), table.case("Daar Verzonnen")
    meeting = table.plan()
    item_here, item_there = table.add(meeting, here), table.add(meeting, there)
    for item in (item_here, item_there):
        table.invite(item, "school")
    table.convene(meeting)
    table.open(meeting)
    table.attend(item_here, "school")
    return here, there, item_here, item_there


def test_who_sits_at_one_item_says_nothing_about_another_case(table, two):
    here, there, item_here, item_there = two
    assert table.post("school", "/statements", _statement(here, item_here)).status_code == 201
    for case, item in ((there, item_here), (there, item_there), (here, item_there)):
        assert table.post("school", "/statements", _statement(case, item)).status_code in {403, 404}
    assert [str(row[0]) for row in table.house.sql("SELECT case_id FROM statement")] == [here]


def test_the_desk_cannot_file_a_statement_under_an_item_of_another_case(table, two):
    here, _, _, item_there = two
    answer = table.post("coordinator", "/statements", _statement(here, item_there))
    assert (answer.status_code, answer.json()["issues"][0]["name"]) == (400, "agendaItemId")


def test_the_database_refuses_it_as_well(table, two):
    from sqlalchemy import text
    from sqlalchemy.exc import ProgrammingError

    _, there, item_here, _ = two
    with pytest.raises(ProgrammingError, match="row-level security"), table.house.work("school") as unit:
        unit.session.execute(
            text(
                "INSERT INTO statement (id, case_id, municipality_id, agenda_item_id, category, origin, kind, audience,"
                " entered_by, stated_on, text, created_at, version) SELECT gen_random_uuid(), :c, m.id, :i, 5, 'x', 'fact',"
                " 'present', :p, '2026-03-02', 'x', now(), 1 FROM municipality m LIMIT 1"
            ),
            {"c": there, "i": item_here, "p": table.house.cast.persons["school"]},
        )


def test_the_secretary_writes_for_others_during_the_sitting_and_while_its_minutes_are_a_draft(table):
    meeting, item, case = table.tabled("school", secretaryId=table.person("secretary"))
    body = _statement(case, item) | {"contributorId": table.person("school")}

    def said():
        return table.post("secretary", "/statements", body).status_code

    assert table.ok(table.get("secretary", f"/agendaItems/{item}"))["why"]["standing"] == "invited"
    assert said() == 403
    table.house.later(days=20)
    table.open(meeting)
    table.attend(item, "school")
    assert (
        table.ok(table.get("secretary", f"/meetings/{meeting}"))["items"][0]["why"]["standing"] == "attending"
    )
    assert said() == 201
    table.close(meeting)
    table.house.later(days=2)
    assert said() == 201
    table.ok(table.post("secretary", f"/meetings/{meeting}/minutes/submit"))
    assert table.ok(table.get("secretary", f"/agendaItems/{item}"))["why"]["standing"] == "invited"
    assert said() == 403
