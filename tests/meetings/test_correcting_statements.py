"""At the table: who said something corrects it or takes it back, nobody else does, and no minutes repeat it (R55, R65, R66)."""

import pytest
from sqlalchemy import text

SAID = {
    "category": 5, "origin": "livcParticipant", "kind": "fact",
    "text": "Hij bleef volgens ons drie weken lang weg van school zonder enig bericht.", "relevantAndProportionate": True,
    "nothingClassified": True, "statedOn": "2026-03-01",
}  # fmt: skip
BETTER = SAID | {"text": "Hij bleef een week weg.", "reasonText": "De lijst klopte niet."}


@pytest.fixture
def said(table):
    """The school and the CLB sit at a case; the school said something. Gives (meeting, item, case, path of the statement)."""
    meeting, item, case = table.tabled("school", "clb", secretaryId=table.person("secretary"))
    table.house.later(days=20)
    table.open(meeting)
    table.attend(item, "school", "clb", "secretary")
    made = table.ok(table.post("school", "/statements", SAID | {"caseId": case, "agendaItemId": item}), 201)
    return meeting, item, case, f"/statements/{made['statementId']}"


def heard(table, who, item):
    return table.ok(table.get(who, f"/agendaItems/{item}"))["statements"]


def test_who_said_it_corrects_it_and_the_table_reads_the_correction_alone(table, said):
    _, item, _, path = said
    table.ok(table.post("school", path + "/correct", BETTER))
    (shown,) = heard(table, "clb", item)
    assert (shown["text"], shown["changedByName"]) == (BETTER["text"], "School Verzonnen")
    assert shown["abilities"] == []
    assert heard(table, "school", item)[0]["abilities"] == ["statement.correct", "statement.withdraw"]
    assert table.get("school", path + "/versions", reason="newInformation").status_code == 403


def test_words_of_somebody_else_are_neither_corrected_nor_taken_back(table, said):
    for name in ("clb", "secretary"):
        for answer in (
            table.post(name, said[3] + "/correct", BETTER),
            table.post(name, said[3] + "/withdraw", {"ground": "incorrect"}),
        ):
            assert (answer.status_code, answer.json()["rule"]) == (409, "R65"), name
    assert table.house.sql("SELECT 1 FROM statement_version") == []


def test_what_was_taken_back_is_gone_from_the_table_and_stays_out_of_minutes(table, said):
    meeting, item, _, path = said
    table.ok(table.post("school", path + "/withdraw", {"ground": "noLongerShared"}))
    for name in ("clb", "school", "secretary"):
        (shown,) = heard(table, name, item)
        assert "text" not in shown
        assert shown["withdrawalGround"] == "noLongerShared"
    table.close(meeting)
    body = {"agendaItemId": item, "assessment": f"De tafel nam mee: {SAID['text']}", "decisions": "Doorgaan."}
    answer = table.post(table.coordinator, f"/meetings/{meeting}/minutes/items", body)
    assert (answer.status_code, answer.json()["rule"]) == (409, "R66")


def test_the_desk_keeps_the_file_and_corrects_what_the_table_said(table, said):
    table.ok(table.post(table.coordinator, said[3] + "/correct", BETTER))
    (shown,) = heard(table, "school", said[1])
    assert (shown["text"], shown["changedByName"]) == (BETTER["text"], "Coordinator Verzonnen")


def test_the_database_lets_a_contributor_change_their_own_words_alone(table, said):
    change = text("UPDATE statement SET kind = 'assessment' WHERE id = :s")
    with table.house.work("clb") as unit:
        unit.repeat()
        assert unit.session.execute(change, {"s": said[3].rpartition("/")[2]}).rowcount == 0
