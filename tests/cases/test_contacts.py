"""Third persons in a file: with a reason, of the desk alone, and for a short time that no extension moves (R49, R54, R86)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from pagecraft import reader, texts_of
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tablecraft import ANSWERED

from app.retention.sweeping import sweep_all

API = "/api/v1"
NAME, NEED = "Bekende Verzonnen", "Zij brengt hem elke dag naar de opleiding (verzonnen)."
WHY = {"reason": "meetingPreparation"}
SAID = {
    "contactName": NAME, "relation": "sibling", "need": NEED, "origin": "livcParticipant",
    "relevantAndProportionate": True, "nothingClassified": True,
}  # fmt: skip


def add(house, case, name="coordinator", **over):
    said = {key: value for key, value in (SAID | {"caseId": case} | over).items() if value is not None}
    return house.client(name).post(f"{API}/contacts", json=said)


def listed(house, case, name="coordinator", **query):
    return house.client(name).get(f"{API}/cases/{case}/contacts", params=query or WHY)


def noted(house, case, **over):
    answer = add(house, case, **over)
    assert answer.status_code == 201, answer.text
    return answer.json()["items"][-1]


def count(house):
    return house.sql("SELECT count(*) FROM contact")[0][0]


def lines(house, action):
    rows = house.sql(
        "SELECT outcome, reason, case_id FROM journal.entry WHERE action = :a ORDER BY id", a=action
    )
    return [(row.outcome, row.reason, str(row.case_id)) for row in rows]


def test_a_contact_is_noted_with_its_reason_and_shows_when_it_goes_and_why(house, case_id):
    item = noted(house, case_id)
    ends = house.now.date() + timedelta(days=180)
    assert (item["contactName"], item["need"], item["relation"]) == (NAME, NEED, "sibling")
    assert (item["endsOn"], item["endsWith"]) == (ends.isoformat(), "ownTerm")
    (row,) = house.sql("SELECT name, need, keep_until FROM contact")
    assert NAME.encode() not in bytes(row.name) + bytes(row.need)
    assert row.keep_until == ends
    seen = listed(house, case_id).json()
    assert [each["contactId"] for each in seen["items"]] == [item["contactId"]]
    assert lines(house, "contact.list") == [("allowed", "meetingPreparation", case_id)]
    assert lines(house, "contact.add") == [("allowed", "", case_id)]


@pytest.mark.parametrize(
    ("wrong", "status", "rule"),
    [
        ({"need": None}, 400, None),
        ({"need": "  "}, 400, None),
        ({"relation": "enemy"}, 400, None),
        ({"statedOn": "2049-01-01"}, 400, None),
        ({"relevantAndProportionate": False}, 409, "R65"),
        ({"nothingClassified": False}, 409, "R56"),
        ({"origin": "securityServices"}, 409, "R57"),
    ],
)
def test_without_a_reason_or_a_mark_of_the_law_nobody_is_noted(house, case_id, wrong, status, rule):
    answer = add(house, case_id, **wrong)
    assert (answer.status_code, answer.json().get("rule")) == (status, rule), answer.text
    assert count(house) == 0


def test_no_contact_without_a_recording_basis_nor_in_a_closed_or_locked_case(house, case_id):
    house.sql("UPDATE municipality SET recording_basis = NULL WHERE id = :m", m=house.cast.towns["C"])
    assert add(house, case_id).json()["rule"] == "R113"
    house.sql("UPDATE municipality SET recording_basis = '{}' WHERE id = :m", m=house.cast.towns["C"])
    for state, answer in (("closed", 409), ("monitored", 201)):
        house.sql("UPDATE case_file SET state = :s, closed_on = listed_on", s=state)
        assert add(house, case_id).status_code == answer
    house.sql("UPDATE case_file SET locks_on = :d", d=house.now.date())
    assert (add(house, case_id).json()["rule"], count(house)) == ("R90", 1)


def test_a_contact_is_read_for_a_reason_by_the_desk_alone(house, planned, sitting):
    case = planned[0]
    noted(house, case)
    assert (listed(house, case, reason="curiosity").status_code, lines(house, "contact.list")[-1][0]) == (
        409,
        "conflict",
    )
    sitting(case, "school", secretary="secretary")
    for name in ("mayor", "delegate"):
        assert NAME in listed(house, case, name).text
    for name in ("participant", "caseManager"):  # an action, or the plan, of this very case
        assert listed(house, case, name).status_code == 403, name
    for name in ("school", "secretary", "policeMember", "dpo", "auditor", "administrator", "zoneMayorD"):
        assert listed(house, case, name).status_code == 404, name
    for name in (
        "mayor",
        "delegate",
        "coordinator",
        "participant",
        "caseManager",
        "school",
        "secretary",
        "policeMember",
        "dpo",
    ):
        with house.work(name) as unit:
            unit.repeat()
            shown = unit.session.scalar(text("SELECT count(*) FROM contact"))
        assert shown == (1 if name in {"mayor", "delegate", "coordinator"} else 0), name


def test_the_opened_file_and_its_listing_name_no_contact(house, case_id):
    noted(house, case_id)
    for path in (f"{API}/cases/{case_id}?reason=meetingPreparation", f"{API}/cases"):
        assert NAME not in house.client("coordinator").get(path).text
    assert NAME not in reader(house, "coordinator").get(f"/cases/{case_id}?reason=meetingPreparation").text


def test_nobody_is_found_by_a_contact(house, case_id):
    before = house.sql("SELECT count(*) FROM subject_mark")[0][0]
    noted(house, case_id)
    found = house.client("coordinator").post(f"{API}/subjects/query", json={"name": NAME} | WHY)
    assert found.status_code == 200, found.text
    assert found.json()["items"] == []
    assert house.sql("SELECT count(*) FROM subject_mark")[0][0] == before


def test_what_is_not_needed_any_more_is_gone_at_once(house, case_id):
    item = noted(house, case_id)
    path = f"{API}/contacts/{item['contactId']}/remove"
    assert house.client("school").post(path, json={}).status_code == 404
    gone = house.client("mayor").post(path, json={})
    assert gone.status_code == 200, gone.text
    assert NAME not in gone.text
    assert count(house) == 0
    assert lines(house, "contact.remove")[-1] == ("allowed", "", case_id)
    assert house.client("mayor").post(path, json={}).status_code == 404


# Its marks ----------------------------------------------------------------------------------------------


def test_who_brought_it_from_where_and_of_which_category_stand_with_it(house, case_id, sitting):
    item = noted(house, case_id, origin=None)
    assert (item["category"], item["sensitive"], item["origin"]) == (6, False, "municipality")
    assert (item["contributorName"], item["agencyName"]) == (
        "Coordinator Verzonnen",
        "town hall (invented)",
    )
    assert item["statedOn"] == house.now.date().isoformat()
    sitting(case_id, "school")
    brought = {"contributorId": str(house.cast.persons["school"]), "statedOn": "2026-02-03", "category": 14}
    (item,) = (
        each
        for each in noted_all(house, case_id, origin=None, relation="friend", **brought)
        if each["category"] == 14
    )
    assert (item["origin"], item["statedOn"], item["sensitive"]) == ("livcParticipant", "2026-02-03", False)
    assert item["contributorName"] == "School Verzonnen"
    assert noted(house, case_id, relation="peer")["category"] in {5, 6, 14}
    assert house.sql("SELECT category FROM contact WHERE relation = 'peer'") == [(5,)]


def noted_all(house, case, **over):
    answer = add(house, case, **over)
    assert answer.status_code == 201, answer.text
    return answer.json()["items"]


@pytest.mark.parametrize(
    "wrong", [{"category": 0}, {"category": 15}, {"origin": "rumour"}, {"statedOn": "2001-04-04"}]
)
def test_a_mark_that_cannot_be_is_refused(house, case_id, wrong):
    assert (add(house, case_id, **wrong).status_code, count(house)) == (400, 0)


def test_words_are_put_into_nobodys_mouth(house, case_id):
    for name in ("school", "zoneMayorD"):
        answer = add(house, case_id, contributorId=str(house.cast.persons[name]))
        assert (answer.status_code, answer.json()["issues"][0]["name"]) == (400, "contributorId"), name
    assert count(house) == 0


@pytest.mark.parametrize("category", [8, 9, 11, 12])
def test_a_sensitive_one_is_closed_until_it_is_opened_and_each_opening_is_logged(house, case_id, category):
    item = noted(house, case_id, category=category)
    assert item["sensitive"] is True
    assert NAME not in (said := listed(house, case_id).text)
    assert NEED not in said
    path = f"{API}/contacts/{item['contactId']}/open"
    refused = house.client("mayor").post(path, json={"reason": "curiosity"})
    assert (refused.status_code, refused.json()["rule"]) == (409, "R107")
    opened = house.client("mayor").post(path, json=WHY)
    assert opened.status_code == 200, opened.text
    assert (opened.json()["contactName"], opened.json()["need"]) == (NAME, NEED)
    assert lines(house, "contact.open") == [
        ("conflict", "", case_id), ("allowed", "meetingPreparation", case_id),
    ]  # fmt: skip
    for name in ("school", "dpo", "zoneMayorD"):
        assert house.client(name).post(path, json=WHY).status_code == 404, name
    one, page = reader(house, "coordinator"), f"/cases/{case_id}/contacts?reason=meetingPreparation"
    assert NAME not in one.get(page).text
    shown = one.send(page, action=f"/contacts/{item['contactId']}")
    assert shown.status_code == 200
    assert NAME in texts_of(shown.text)


def test_one_from_before_categories_were_asked_is_closed_and_its_reason_is_the_reason(house, case_id):
    noted(house, case_id)
    house.sql("UPDATE contact SET category = NULL")
    (item,) = listed(house, case_id).json()["items"]
    assert (item["category"], item["sensitive"]) == (14, True)
    assert not {"contactName", "need"} & set(item)
    opened = house.client("mayor").post(f"{API}/contacts/{item['contactId']}/open", json=WHY)
    assert opened.json()["need"] == NEED


def test_the_database_takes_no_new_one_without_a_category(house, case_id):
    noted(house, case_id)
    house.sql("CREATE TABLE kept AS SELECT * FROM contact")
    house.sql("GRANT SELECT ON kept TO livcr_app")
    again = "INSERT INTO contact SELECT (jsonb_populate_record(k, CAST(:new AS jsonb))).* FROM kept k"
    for category, taken in (("null", False), ("5", True)):
        new = f'{{"id": "{uuid4()}", "category": {category}}}'
        if taken:
            with house.work("coordinator") as unit:
                unit.repeat()
                unit.session.execute(text(again), {"new": new})
        else:
            with pytest.raises(DBAPIError, match="row-level security"), house.work("coordinator") as unit:
                unit.repeat()
                unit.session.execute(text(again), {"new": new})
    assert count(house) == 2


# Its end ------------------------------------------------------------------------------------------------


def test_the_robot_destroys_a_contact_on_its_day_and_the_case_stays(house, case_id):
    noted(house, case_id)
    house.later(days=90)
    noted(house, case_id, contactName="Later Verzonnen")
    house.later(days=89)
    assert sweep_all(house.installation).contacts == 0
    house.later(days=1)
    swept = sweep_all(house.installation)
    assert (swept.contacts, swept.destroyed, swept.left) == (1, 0, 0)
    assert sweep_all(house.installation).contacts == 0
    assert [each["contactName"] for each in listed(house, case_id).json()["items"]] == ["Later Verzonnen"]
    assert lines(house, "contact.destroy") == [("allowed", "destroyed", case_id)]
    (said,) = house.client("dpo").get(f"{API}/certificates").json()["items"]
    assert (said["kind"], said["counts"], said["reference"][:2]) == ("contact", {"contact": 1}, "K-")
    ((reference,),) = house.sql("SELECT reference FROM case_file")
    assert reference not in str(said)
    assert case_id not in str(said)


def test_an_extension_carries_no_third_person(house, case_id):
    """A case kept for five years: its contacts go a year after the last discussion, and nobody new is noted then."""
    noted(house, case_id)
    house.sql(
        "UPDATE case_file SET due_on = due_on + 1461, locks_on = locks_on + 1461, extended_until = due_on + 1461"
    )
    house.sql("UPDATE contact SET keep_until = keep_until + 1000")
    (item,) = listed(house, case_id).json()["items"]
    ((start,),) = house.sql("SELECT listed_on FROM case_file")
    assert (item["endsOn"], item["endsWith"]) == (
        start.replace(year=start.year + 1).isoformat(),
        "lastDiscussion",
    )
    house.later(days=365)
    late = add(house, case_id)
    assert (late.status_code, late.json()["rule"]) == (409, "R86")
    assert sweep_all(house.installation).contacts == 1
    assert house.sql("SELECT state FROM case_file")[0][0] == "listed"


def test_a_new_discussion_does_not_make_a_contact_live_longer(house, case_id):
    item = noted(house, case_id)
    house.later(days=100)
    house.sql("UPDATE case_file SET last_discussed_on = :d, due_on = due_on + 100", d=house.now.date())
    assert listed(house, case_id).json()["items"][0]["endsOn"] == item["endsOn"]


def test_closing_the_case_lets_third_persons_go(house, case_id):
    noted(house, case_id)
    house.sql("UPDATE case_file SET state = 'closed', closed_on = :d", d=house.now.date())
    (item,) = listed(house, case_id).json()["items"]
    assert (item["endsOn"], item["endsWith"]) == (house.now.date().isoformat(), "caseClosed")
    assert sweep_all(house.installation).contacts == 1


def test_who_went_with_the_closing_does_not_come_back_with_the_case(house, case_id, sitting):
    noted(house, case_id)
    meeting, _ = sitting(case_id)
    house.sql(
        "UPDATE case_file SET state = 'closureProposed', closure_ground = 'regularCare', closure_meeting_id = :m,"
        " last_discussed_on = :d",
        m=meeting, d=house.now.date(),
    )  # fmt: skip
    mayor, any_version = house.client("mayor"), {"If-Match": "*"}
    closed = mayor.post(f"{API}/cases/{case_id}/close", json=ANSWERED, headers=any_version)
    assert closed.status_code == 200, closed.text
    house.later(minutes=30)
    why = {"indications": "Opnieuw signalen (verzonnen)."}
    assert mayor.post(f"{API}/cases/{case_id}/relist", json=why, headers=any_version).status_code == 200
    noted(house, case_id, contactName="Nieuw Verzonnen")
    today = house.now.date()
    ends = {each["contactName"]: each["endsOn"] for each in listed(house, case_id).json()["items"]}
    assert ends == {NAME: today.isoformat(), "Nieuw Verzonnen": (today + timedelta(days=180)).isoformat()}
    assert (sweep_all(house.installation).contacts, count(house)) == (1, 1)
    assert [each["contactName"] for each in listed(house, case_id).json()["items"]] == ["Nieuw Verzonnen"]


def test_contacts_go_with_their_case_and_the_certificate_counts_them(house, case_id):
    house.sql("UPDATE case_file SET due_on = due_on - 300, locks_on = locks_on - 300")
    noted(house, case_id)
    house.later(days=65)
    swept = sweep_all(house.installation)
    assert (swept.destroyed, swept.contacts, count(house)) == (1, 0, 0)
    (said,) = house.client("dpo").get(f"{API}/certificates").json()["items"]
    assert said["counts"]["contact"] == 1


def test_the_agreement_can_only_make_the_life_of_a_contact_shorter(house, case_id):
    house.sql("UPDATE agreement SET settings = settings || '{\"contact_term_days\": 40}'")
    item = noted(house, case_id)
    assert item["endsOn"] == (house.now.date() + timedelta(days=40)).isoformat()
    house.sql(
        'UPDATE agreement SET settings = settings || \'{"contact_term_days": 4000, "case_term_days": 30}\''
    )
    assert noted(house, case_id)["contactId"]
    assert max(
        row.keep_until for row in house.sql("SELECT keep_until FROM contact")
    ) == house.now.date() + timedelta(days=40)


def test_who_declared_a_conflict_destroys_nothing_of_that_case(house, case_id):
    noted(house, case_id)
    house.sql(
        "INSERT INTO exclusion VALUES (:p, :c, :t, now())",
        p=house.cast.persons["dpo"], c=case_id, t=house.cast.towns["C"],
    )  # fmt: skip
    house.later(days=180)
    body = {"municipalityId": str(house.cast.towns["C"])}
    assert house.client("dpo").post(f"{API}/retention/sweeps", json=body).json()["contacts"] == 0
    assert sweep_all(house.installation).contacts == 1


# The second lock ----------------------------------------------------------------------------------------


def test_the_database_itself_lets_nothing_be_changed_and_no_contact_go_before_its_day(house, case_id):
    noted(house, case_id)
    for change in ("UPDATE contact SET keep_until = keep_until + 1", "DELETE FROM contact"):
        with pytest.raises(DBAPIError, match="permission denied"), house.work("mayor") as unit:
            unit.repeat()
            unit.session.execute(text(change))
    with house.installation.retention_sessions() as session:
        session.info["now"] = house.now
        assert session.execute(text("DELETE FROM contact")).rowcount == 0
    with house.work("zoneMayorD") as unit:
        unit.repeat()
        ((row,),) = house.sql("SELECT id FROM contact")
        assert unit.session.scalar(text("SELECT forget_contact(:i)"), {"i": row}) is False
    assert count(house) == 1


# The page -----------------------------------------------------------------------------------------------


def test_the_pages_ask_why_note_show_and_take_out(house, case_id):
    one, query = reader(house, "coordinator"), "?reason=meetingPreparation"
    assert one.get(f"/cases/{case_id}/contacts").url.path == f"/cases/{case_id}"
    assert "Contacten en relaties" in texts_of(one.get(f"/cases/{case_id}{query}").text)
    done = one.send(
        f"/cases/{case_id}/contacts/new{query}", contactName=NAME, relation="friend", need=NEED, origin="municipality",
        relevantAndProportionate="on", nothingClassified="on",
    )  # fmt: skip
    assert (done.status_code, done.url.path) == (200, f"/cases/{case_id}/contacts")
    said = texts_of(done.text)
    assert NAME in said
    assert "de eigen, kortere termijn" in said
    gone = one.send(f"/cases/{case_id}/contacts{query}", action="/remove")
    assert (gone.status_code, gone.url.path, count(house)) == (200, f"/cases/{case_id}/contacts", 0)
    assert NAME not in gone.text
