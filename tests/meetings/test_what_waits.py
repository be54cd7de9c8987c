"""What waits stands at the top of the file: after three months nobody remembers where it stood."""

import pytest
from extensioncraft import propose, talk
from pagecraft import reader, texts_of

WHY = "?reason=decisionPreparation"


@pytest.fixture
def sat(table):
    """A case that a meeting discussed; gives the case."""
    meeting, _, case = table.sat("school")
    table.close(meeting)
    table.house.later(days=1)
    return case


def top(table, case, who="coordinator", path=""):
    page = texts_of(reader(table.house, who).get(f"/cases/{case}{path}{WHY}").text)
    assert "Wat nu te doen is" in page
    return page.split("Wat nu te doen is")[1][:600]


def with_action(table, sat):
    """A trajectory with one action of the participant, due today."""
    plan = {"caseId": sat, "caseManagerId": table.person("caseManager"), "aims": {"school": "Terug naar de les."},
            "personInformed": "involved"}  # fmt: skip
    table.ok(table.post("coordinator", "/trajectories", plan), 201)
    action = {"caseId": sat, "ownerId": table.person("participant"), "lifeDomain": "school", "text": "Contact opnemen.",
              "dueOn": table.house.now.date().isoformat()}  # fmt: skip
    table.ok(table.post("coordinator", "/actions", action), 201)


def test_who_was_never_discussed_is_to_be_tabled(table):
    case = table.case()
    ((due,),) = table.house.sql("SELECT due_on FROM case_file")
    assert f"verdwijnt alles op {due.day} maart {due.year}" in top(table, case)


def test_where_nothing_waits_nothing_is_said(table, sat):
    page = texts_of(reader(table.house, "coordinator").get(f"/cases/{sat}{WHY}").text)
    assert "Wat nu te doen is" not in page


def test_a_proposed_closing_a_missed_review_and_a_late_action_wait(table, sat):
    meeting = str(table.house.sql("SELECT meeting_id FROM discussion")[0].meeting_id)
    with_action(table, sat)
    table.ok(
        table.post(
            "coordinator", f"/cases/{sat}/proposeClosure", {"meetingId": meeting, "ground": "noIndications"}
        )
    )
    assert "De afsluiting is voorgesteld" in top(table, sat)
    table.house.later(days=100)
    waits = top(table, sat)
    assert "Een vergadering moest tegen" in waits
    assert waits.index("Een actie van") < waits.index("Een vergadering moest")
    assert "Contact opnemen" not in waits


def test_an_extension_waits_for_its_meeting_and_then_for_the_mayor(table, sat):
    table.ok(propose(table, sat), 201)
    assert "een vergadering moet ze bespreken" in top(table, sat)
    talk(table, sat)
    assert "Een verlenging is besproken: de burgemeester beslist" in top(table, sat, "mayor")


def test_a_late_action_is_asked_for_on_the_first_page_of_the_desk_alone(table, sat):
    with_action(table, sat)
    day = table.house.now.date()
    (item,) = table.ok(table.get("coordinator", "/cases"))["items"]
    assert "lateSince" not in item, "its day is not over"
    table.house.later(days=2)
    (item,) = table.ok(table.get("coordinator", "/cases"))["items"]
    assert item["lateSince"] == day.isoformat()
    assert "een actie moest klaar zijn op" in texts_of(reader(table.house, "coordinator").get("/").text)
    assert "een actie moest klaar zijn op" not in texts_of(reader(table.house, "participant").get("/").text)
    table.house.sql("UPDATE case_file SET locks_on = :d", d=table.house.now.date())
    (item,) = table.ok(table.get("coordinator", "/cases"))["items"]
    assert "lateSince" not in item, "of a shut file nothing more is told"


def test_what_waits_is_told_by_the_opening_of_the_file_and_by_nothing_else(table, sat):
    table.ok(propose(table, sat), 201)
    before = len(table.journal("case.open", "coordinator"))
    file = table.ok(table.get("coordinator", f"/cases/{sat}", reason="decisionPreparation"))
    assert [each["about"] for each in file["waits"]] == ["extension"]
    assert len(table.journal("case.open", "coordinator")) == before + 1
    for who in ("school", "zoneMayorD", "dpo"):
        assert table.get(who, f"/cases/{sat}", reason="decisionPreparation").status_code == 404, who
