"""Corrections keep what stood there before until the case is destroyed; the words of what is withdrawn are the desk's (R55)."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

SAID = {
    "category": 5, "origin": "municipality", "kind": "fact", "text": "Komt al drie weken niet meer naar de voetbalclub.",
    "relevantAndProportionate": True, "nothingClassified": True, "statedOn": "2026-02-20",
}  # fmt: skip
BETTER = SAID | {"text": "Komt al twee weken niet meer.", "reasonText": "De club telde verkeerd."}
WHY = {"reason": "newInformation"}
OUTSIDE = ("participant", "policeMember", "zoneMayorD", "auditor", "administrator", "dpo")


def say(house, case_id, **over):
    answer = house.client("coordinator").post("/api/v1/statements", json=SAID | {"caseId": case_id} | over)
    assert answer.status_code == 201, answer.text
    return answer.json()["href"], answer.headers["etag"]


def correct(house, path, who="coordinator", match="*", **over):
    return house.client(who).post(path + "/correct", json=BETTER | over, headers={"If-Match": match})


def withdraw(house, path, who="coordinator", match="*", ground="incorrect"):
    return house.client(who).post(path + "/withdraw", json={"ground": ground}, headers={"If-Match": match})


def versions(house, path, who="mayor"):
    return house.client(who).get(path + "/versions", params=WHY)


def in_file(house, case_id):
    return house.client("mayor").get(f"/api/v1/cases/{case_id}", params=WHY).json()["statements"]


def test_a_correction_shows_the_new_text_and_keeps_the_old_one_for_the_desk(house, case_id):
    path, _ = say(house, case_id)
    assert correct(house, path).json()["text"] == BETTER["text"]
    (shown,) = in_file(house, case_id)
    assert (shown["text"], shown["changedByName"]) == (BETTER["text"], "Coordinator Verzonnen")
    assert SAID["text"] not in str(in_file(house, case_id))
    kept = versions(house, path).json()
    assert kept["statement"]["text"] == BETTER["text"]
    ((number, was, why),) = [(v["number"], v["text"], v["reasonText"]) for v in kept["items"]]
    assert (number, was, why) == (1, SAID["text"], BETTER["reasonText"])
    ((rows,),) = house.sql("SELECT string_agg(v::text, ' ') FROM statement_version v")
    assert "voetbalclub" not in rows


def test_each_correction_adds_one_earlier_version_and_none_is_lost(house, case_id):
    path, _ = say(house, case_id)
    for number in range(4):
        assert correct(house, path, text=f"Lezing {number}.").status_code == 200
    kept = versions(house, path).json()["items"]
    assert [v["text"] for v in kept] == ["Lezing 2.", "Lezing 1.", "Lezing 0.", SAID["text"]]


def test_what_is_withdrawn_has_no_words_left_but_for_the_desk(house, case_id):
    path, _ = say(house, case_id)
    answer = withdraw(house, path, ground="notNecessary")
    assert answer.status_code == 200
    (shown,) = in_file(house, case_id)
    assert "text" not in shown
    assert (shown["withdrawalGround"], shown["changedByName"]) == ("notNecessary", "Coordinator Verzonnen")
    assert shown["abilities"] == ["statementVersion.list"]
    assert [v["text"] for v in versions(house, path).json()["items"]] == [SAID["text"]]
    ((sealed,),) = house.sql("SELECT text FROM statement")
    assert sealed is None


def test_what_was_withdrawn_is_neither_corrected_nor_withdrawn_again(house, case_id):
    path, _ = say(house, case_id)
    withdraw(house, path)
    for answer in (correct(house, path), withdraw(house, path)):
        assert (answer.status_code, answer.json()["rule"]) == (409, "R65")
    assert len(versions(house, path).json()["items"]) == 1


@pytest.mark.parametrize(
    ("over", "rule"),
    [
        ({"relevantAndProportionate": False}, "R65"), ({"nothingClassified": False}, "R56"), ({"category": 14}, "R51"),
        ({"origin": "securityServices"}, "R57"),
    ],
)  # fmt: skip
def test_a_correction_needs_the_marks_that_a_statement_needs(house, case_id, over, rule):
    path, _ = say(house, case_id)
    answer = correct(house, path, **over)
    assert (answer.status_code, answer.json()["rule"]) == (409, rule)
    assert house.sql("SELECT 1 FROM statement_version") == []


@pytest.mark.parametrize(
    "over",
    [{"reasonText": ""}, {"text": ""}, {"origin": "rumour"}, {"reliability": "x"}, {"statedOn": "2999-01-01"},
     {"statedOn": "1899-12-31"}, {"statedOn": "2001-04-04"}, {"contributorId": "x"}],
)  # fmt: skip
def test_bad_input_changes_nothing(house, case_id, over):
    path, _ = say(house, case_id)
    assert correct(house, path, **over).status_code == 400
    assert house.sql("SELECT version FROM statement") == [(1,)]
    assert house.sql("SELECT 1 FROM statement_version") == []


def test_two_who_correct_at_once_do_not_overwrite_each_other(house, case_id):
    path, seen = say(house, case_id)
    assert correct(house, path, match=seen).status_code == 200
    for late in (correct(house, path, "mayor", seen, text="Te laat."), withdraw(house, path, "mayor", seen)):
        assert late.status_code == 412
    assert house.client("mayor").post(path + "/correct", json=BETTER).status_code == 428
    assert [s["text"] for s in in_file(house, case_id)] == [BETTER["text"]]


def test_earlier_versions_of_what_is_sensitive_are_opened_one_by_one_and_that_is_logged(house, case_id):
    path, _ = say(house, case_id, category=9, text="Is in behandeling.")
    correct(house, path, category=9, text="Is niet in behandeling.")
    listed = versions(house, path)
    assert "behandeling" not in listed.text
    assert "telde verkeerd" not in listed.text
    (version,) = listed.json()["items"]
    address = f"/api/v1/statementVersions/{version['statementVersionId']}/open"
    assert house.client("mayor").post(address, json={"reason": "curiosity"}).status_code == 409
    opened = house.client("mayor").post(address, json=WHY).json()
    assert (opened["text"], opened["reasonText"]) == ("Is in behandeling.", BETTER["reasonText"])
    lines = house.sql(
        "SELECT reason, object_id::text FROM journal.entry WHERE action = 'statementVersion.open' AND outcome = 'allowed'"
    )
    assert [tuple(line) for line in lines] == [("newInformation", version["statementVersionId"])]


def test_what_turned_out_sensitive_is_closed_in_its_earlier_version_too(house, case_id):
    path, _ = say(house, case_id, text="Is in behandeling.")
    correct(house, path, category=9, text="Is in behandeling.")
    assert "behandeling" not in versions(house, path).text


def test_nobody_without_standing_corrects_withdraws_or_reads_what_was(house, case_id):
    path, _ = say(house, case_id, category=9)
    correct(house, path)
    version = versions(house, path).json()["items"][0]["statementVersionId"]
    for name in OUTSIDE:
        opened = house.client(name).post(f"/api/v1/statementVersions/{version}/open", json=WHY)
        answers = (
            correct(house, path, name),
            withdraw(house, path, name),
            versions(house, path, name),
            opened,
        )
        assert [answer.status_code for answer in answers] == [404] * 4, name


def test_once_the_case_is_locked_nothing_is_corrected(house, case_id):
    path, _ = say(house, case_id)
    house.sql("UPDATE case_file SET locks_on = :d", d=house.now.date())
    for answer in (correct(house, path), withdraw(house, path), versions(house, path)):
        assert (answer.status_code, answer.json()["rule"]) == (409, "R90")


# -- the database's own lock -----------------------------------------------------------------------------------------

CHANGES = (
    "UPDATE statement SET text = 'x', version = version + 1, changed_by = :p, changed_at = moment()",
    (
        "UPDATE statement SET text = NULL, withdrawal_ground = 'incorrect', version = version + 1, changed_by = :p,"
        " changed_at = moment()"
    ),
    "UPDATE statement SET contributor_id = :p",
    "UPDATE statement SET audience = 'present'",
    "UPDATE statement_version SET category = 1",
    "DELETE FROM statement_version",
    (
        "INSERT INTO statement_version (id, statement_id, case_id, municipality_id, version, category, origin, kind, stated_on,"
        " text, replaced_by, replaced_at) SELECT gen_random_uuid(), id, case_id, municipality_id, version, category, origin,"
        " kind, stated_on, 'forged', :p, moment() FROM statement"
    ),
    "UPDATE case_file SET subject = 'x', version = version + 1",
    "UPDATE case_file SET subject = NULL",
)


@pytest.mark.parametrize("change", CHANGES)
def test_past_every_operation_nothing_changes_of_which_the_earlier_version_is_not_kept(
    house, case_id, change
):
    path, _ = say(house, case_id)
    correct(house, path)
    with pytest.raises(DBAPIError) as refused, house.work("mayor") as unit:
        unit.session.execute(text(change), {"p": house.cast.persons["mayor"]})
    assert refused.value.orig.sqlstate == "42501"


def test_another_desk_sees_no_earlier_version(house, case_id):
    path, _ = say(house, case_id)
    correct(house, path)
    for name, seen in (("mayor", 1), ("zoneMayorD", 0), ("participant", 0), ("dpo", 0)):
        with house.work(name) as unit:
            unit.repeat()
            assert unit.session.execute(text("SELECT count(*) FROM statement_version")).scalar() == seen, name


# -- the page --------------------------------------------------------------------------------------------------------


def test_the_page_corrects_and_a_conflict_keeps_what_was_typed(house, case_id):
    from pagecraft import forms_of, reader, texts_of

    path, _ = say(house, case_id)
    here = "/" + path.removeprefix("/api/v1/")
    mayor = reader(house, "mayor")
    back = f"/cases/{case_id}?reason=newInformation"
    page = mayor.get(f"{here}/correct?next={back}")
    assert SAID["text"] in page.text
    (form,) = [f for f in forms_of(page.text) if f["action"].partition("?")[0].endswith("/correct")]
    correct(house, path, text="Intussen iets anders.")
    typed = {
        "text": "Mijn eigen zin.",
        "reasonText": "Beter zo.",
        "relevantAndProportionate": "true",
        "nothingClassified": "true",
    }
    late = mayor.client.post(form["action"], data=form["values"] | typed)
    assert late.status_code == 412
    assert "Mijn eigen zin." in late.text
    assert "Intussen iets anders." in late.text
    done = mayor.send(f"{here}/correct?next={back}", **typed)
    assert (done.status_code, done.url.path) == (200, f"/cases/{case_id}")
    assert "Intussen iets anders." not in texts_of(mayor.get(back).text)
    was = texts_of(mayor.get(f"{here}/versions?reason=newInformation").text)
    assert "Intussen iets anders." in was
    assert SAID["text"] in was


# -- who the file is about -----------------------------------------------------------------------------------------


def rename(house, case_id, who="coordinator", match="*", **over):
    body = {
        "subjectName": "Zorgeloze Verbeterd",
        "birthDate": "2001-05-04",
        "reasonText": "Verkeerd gehoord.",
    } | WHY
    path = f"/api/v1/cases/{case_id}/subject/correct"
    return house.client(who).post(path, json=body | over, headers={"If-Match": match})


def find(house, name, born):
    asked = {"name": name, "birthDate": born, "reason": "meetingPreparation"}
    found = house.client("mayor").post("/api/v1/subjects/query", json=asked).json()["items"]
    return [each["matched"] for each in found if each["kind"] == "case"]


def test_a_corrected_person_is_found_by_the_corrected_name_and_no_longer_by_the_wrong_one(house, case_id):
    assert find(house, "Zorgeloos Verzonnen", "2001-04-05") == ["nameAndBirthDate"]
    answer = rename(house, case_id, subjectName="Karel Kloppend", birthDate="1988-11-12")
    assert answer.status_code == 200, answer.text
    assert find(house, "Zorgeloos Verzonnen", "2001-04-05") == []
    assert find(house, "Karel Kloppend", "1988-11-12") == ["nameAndBirthDate"]
    file = house.client("mayor").get(f"/api/v1/cases/{case_id}", params=WHY).json()
    assert (file["subjectName"], file["birthDate"]) == ("Karel Kloppend", "1988-11-12")


def test_who_the_file_was_about_stays_with_the_reason_for_the_desk(house, case_id):
    rename(house, case_id)
    kept = house.client("mayor").get(f"/api/v1/cases/{case_id}/subject", params=WHY).json()
    assert kept["subjectName"] == "Zorgeloze Verbeterd"
    ((was, born, why),) = [(v["subjectName"], v["birthDate"], v["reasonText"]) for v in kept["items"]]
    assert (was, born, why) == ("Zorgeloos Verzonnen", "2001-04-05", "Verkeerd gehoord.")


def test_a_correction_of_who_it_is_about_is_of_the_desk_with_a_reason_and_in_time(house, case_id):
    for name in OUTSIDE:
        assert rename(house, case_id, name).status_code == 404, name
    assert (rename(house, case_id, reason="curiosity").json()["rule"]) == "R107"
    for over in ({"subjectName": ""}, {"birthDate": "2999-01-01"}, {"reasonText": ""},
                 {"subjectName": "Zorgeloos Verzonnen", "birthDate": "2001-04-05"}):  # fmt: skip
        assert rename(house, case_id, **over).status_code == 400, over
    assert rename(house, case_id, match='"77"').status_code == 412
    assert house.sql("SELECT 1 FROM subject_version") == []
    assert find(house, "Zorgeloos Verzonnen", "2001-04-05") == ["nameAndBirthDate"]
