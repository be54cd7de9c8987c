"""Whose words they are: nobody is named as the source of what they cannot have said (R62, R65)."""

import pytest

SAID = {
    "category": 5, "origin": "livcParticipant", "kind": "fact", "text": "Iets verzonnens.",
    "relevantAndProportionate": True, "nothingClassified": True,
}  # fmt: skip


def _say(house, who, case_id, contributor=None, item=None):
    body = SAID | {"caseId": case_id}
    if contributor:
        body["contributorId"] = str(house.cast.persons[contributor])
    if item:
        body["agendaItemId"] = item
    return house.client(who).post("/api/v1/statements", json=body)


def _refused(house, answer):
    assert answer.status_code == 400, answer.text
    assert answer.json()["issues"][0]["name"] == "contributorId"
    assert "Verzonnen" not in answer.text.replace("Iets verzonnens", "")
    return answer.json() | {"instance": ""}


@pytest.mark.parametrize("writer", ["coordinator", "mayor", "secretary"])
def test_at_an_item_only_who_was_present_is_quoted(house, case_id, sitting, writer):
    _, item = sitting(case_id, "school", "participant", secretary="secretary")
    house.sql(
        "UPDATE attendance SET present = false WHERE person_id = :p", p=house.cast.persons["participant"]
    )
    made = _say(house, writer, case_id, "school", item)
    assert (made.status_code, made.json().get("contributorName")) == (201, "School Verzonnen")
    unknown = house.client(writer).post("/api/v1/statements", json=SAID | {
        "caseId": case_id, "agendaItemId": item, "contributorId": "00000000-0000-4000-8000-000000000000",
    })  # fmt: skip
    for absent in ("clb", "participant", "strategicMember", "zoneSchool"):
        assert _refused(house, _say(house, writer, case_id, absent, item)) == _refused(house, unknown), absent
    assert house.sql("SELECT contributor_id FROM statement") == [(house.cast.persons["school"],)]


def test_whoever_writes_speaks_for_themselves_without_being_counted_present(house, case_id, sitting):
    _, item = sitting(case_id, "school")
    for writer in ("coordinator", "school"):
        assert _say(house, writer, case_id, None, item).status_code == 201
        assert _say(house, writer, case_id, writer, item).status_code == 201
    _refused(house, _say(house, "school", case_id, "coordinator", item))


def test_presence_at_one_item_is_none_at_another(house, case_id, sitting, list_person):
    _, here = sitting(case_id, "school")
    there = list_person()
    _, elsewhere = sitting(there, "participant")
    assert _say(house, "coordinator", there, "participant", elsewhere).status_code == 201
    _refused(house, _say(house, "coordinator", there, "school", elsewhere))
    assert _say(house, "coordinator", case_id, "school", here).status_code == 201


def test_outside_a_meeting_the_source_works_for_the_municipality_today(house, case_id, sitting):
    sitting(case_id, "school")
    made = _say(house, "coordinator", case_id, "mayor")
    assert (made.status_code, made.json()["contributorName"]) == (201, "Mayor Verzonnen")
    assert _say(house, "coordinator", case_id, "caseManager").status_code == 201
    outsiders = (
        "participant", "school", "policeMember", "zoneSchool", "zoneMayorD", "strategicMember", "auditor", "dpo",
        "administrator",
    )  # fmt: skip
    for outsider in outsiders:
        _refused(house, _say(house, "coordinator", case_id, outsider))
    house.sql("UPDATE mandate SET ends_on = '2026-03-01' WHERE id = :m", m=house.cast.mandates["mayor"])
    _refused(house, _say(house, "coordinator", case_id, "mayor"))
    assert len(house.sql("SELECT 1 FROM statement")) == 2
