"""Statements: marks the law asks for, sensitive ones closed until opened (R51, R52, R56, R65)."""

import pytest

GOOD = {
    "category": 5,
    "origin": "municipality",
    "kind": "fact",
    "text": "Komt al drie weken niet meer naar de voetbalclub.",
    "relevantAndProportionate": True,
    "nothingClassified": True,
}


def _say(house, case_id, name="coordinator", **over):
    return house.client(name).post("/api/v1/statements", json=GOOD | {"caseId": case_id} | over)


def test_the_desk_puts_a_statement_into_the_file(house, case_id):
    answer = _say(house, case_id)
    assert answer.status_code == 201, answer.text
    assert answer.json()["text"] == GOOD["text"]
    file = house.client("mayor").get(f"/api/v1/cases/{case_id}", params={"reason": "newInformation"}).json()
    assert [s["text"] for s in file["statements"]] == [GOOD["text"]]
    assert file["statements"][0]["contributorName"] == "Coordinator Verzonnen"


@pytest.mark.parametrize(
    ("over", "rule"),
    [
        ({"relevantAndProportionate": False}, "R65"),
        ({"nothingClassified": False}, "R56"),
        ({"category": 14}, "R51"),
    ],
)
def test_a_missing_mark_is_a_rule_of_law_not_met(house, case_id, over, rule):
    answer = _say(house, case_id, **over)
    assert (answer.status_code, answer.json()["rule"]) == (409, rule)
    assert house.sql("SELECT count(*) FROM statement")[0][0] == 0


@pytest.mark.parametrize(
    "over",
    [{"category": 15}, {"category": 0}, {"origin": "rumour"}, {"text": ""}, {"text": "x" * 5001}, {"text": "a\u0000b"},
     {"statedOn": "2999-01-01"}, {"extra": 1}, {"audience": "world"}],
)  # fmt: skip
def test_bad_input_is_refused_and_nothing_is_echoed(house, case_id, over):
    answer = _say(house, case_id, **over)
    assert answer.status_code == 400, answer.text
    assert answer.json()["issues"]
    assert "rumour" not in answer.text


def test_a_sensitive_statement_is_opened_on_its_own_and_that_is_logged(house, case_id):
    made = _say(house, case_id, category=9, text="Is in behandeling bij een CGG.").json()
    file = house.client("mayor").get(f"/api/v1/cases/{case_id}", params={"reason": "newInformation"})
    assert "CGG" not in file.text
    opened = house.client("mayor").post(made["href"] + "/open", json={"reason": "decisionPreparation"})
    assert opened.json()["text"] == "Is in behandeling bij een CGG."
    lines = house.sql("SELECT reason, object_id::text FROM journal.entry WHERE action = 'statement.open'")
    assert [tuple(line) for line in lines] == [("decisionPreparation", made["statementId"])]


def test_nobody_without_standing_adds_or_opens(house, case_id):
    made = _say(house, case_id, category=9).json()
    for name in ("participant", "policeMember", "zoneMayorD", "auditor", "administrator", "dpo"):
        assert _say(house, case_id, name).status_code == 404
        assert (
            house.client(name).post(made["href"] + "/open", json={"reason": "supervision"}).status_code == 404
        )


def test_any_unicode_survives(house, case_id):
    text = "Ωmëga 👩‍👩‍👧 العربية עברית \u202e odd"
    made = _say(house, case_id, text=text)
    assert made.status_code == 201
    assert made.json()["text"] == text


@pytest.mark.parametrize("day", ["1899-12-31", "2001-04-04", "0001-01-01"])
def test_a_day_that_cannot_be_is_refused_with_a_word_on_why(house, case_id, day):
    answer = _say(house, case_id, statedOn=day)
    assert answer.status_code == 400
    (issue,) = answer.json()["issues"]
    assert issue["name"] == "statedOn"
    assert _say(house, case_id, statedOn="2001-04-05").status_code == 201


def test_a_card_or_a_list_is_not_copied_into_a_statement(house, case_id):
    answer = _say(house, case_id, text="Op de informatiekaart staat dat hij in 2024 reisde.")
    assert (answer.status_code, answer.json()["rule"]) == (409, "R57")
    assert house.sql("SELECT 1 FROM statement") == []


def test_as_what_somebody_spoke_is_kept_when_their_mandate_ends(house, case_id):
    _say(house, case_id)
    _say(house, case_id, contributorId=str(house.cast.persons["mayor"]))

    def roles():
        file = (
            house.client("mayor").get(f"/api/v1/cases/{case_id}", params={"reason": "newInformation"}).json()
        )
        return sorted(each["contributorRole"] for each in file["statements"])

    assert roles() == ["coordinator", "mayor"]
    house.sql("UPDATE mandate SET role = 'secretary' WHERE id = :m", m=house.cast.mandates["coordinator"])
    assert roles() == ["coordinator", "mayor"]
