"""An agenda in a minute: what asks to be discussed, put on the agenda at once, and checked before it goes out (R4, R22, R61)."""

from datetime import timedelta

import pytest
from pagecraft import reader, texts_of

NOWHERE = "00000000-0000-4000-8000-000000000000"


def proposals(table, meeting, who=None):
    return table.ok(table.get(who or table.coordinator, f"/meetings/{meeting}/proposals"))["items"]


def discussed(table, case, *guests):
    """Have a case discussed at a meeting of its own, three weeks from now."""
    meeting = table.plan()
    item = table.add(meeting, case)
    for guest in guests:
        table.invite(item, guest)
    table.convene(meeting)
    table.house.later(days=20)
    table.open(meeting)
    table.attend(item, *guests, table.coordinator)
    table.close(meeting)
    table.house.later(hours=6)
    return meeting


def entry(table, proposal, **over):
    return {
        "caseId": proposal["caseId"],
        "question": proposal["question"],
        "minutes": proposal["minutes"],
        "people": [{"personId": each["personId"]} for each in proposal["people"]],
    } | over


def put(table, meeting, *entries, who=None):
    return table.post(who or table.coordinator, f"/meetings/{meeting}/table", {"entries": list(entries)})


def codes(proposal):
    return [reason["code"] for reason in proposal["reasons"]]


def test_a_new_listing_is_proposed_with_a_question_and_the_police(table):
    case, meeting = table.case(), table.plan()
    (found,) = proposals(table, meeting)
    assert (found["caseId"], codes(found), found["minutes"]) == (case, ["neverDiscussed"], 30)
    assert found["question"] == "Wat is bekend, wat is nodig, en wie neemt wat op?"
    assert {each["personId"] for each in found["people"]} == {
        table.person("policeMember"),
        table.person("informationOfficer"),
    }
    assert {each["why"] for each in found["people"]} == {"core"}
    assert "Zorgeloos" not in str(found)
    (line,) = table.journal("agendaProposal.list", "coordinator")
    assert str(line.case_id) == case


def test_those_of_the_last_discussion_are_proposed_again_and_a_review_that_is_due(table):
    case = table.case()
    discussed(table, case, "school", "policeMember")
    later = table.house.now + timedelta(days=100)
    near, far = (
        table.plan(startsAt=s.isoformat(), endsAt=(s + timedelta(hours=2)).isoformat())
        for s in (table.house.now + timedelta(days=10), later)
    )
    assert proposals(table, near) == []
    (found,) = proposals(table, far)
    assert codes(found) == ["reviewDue"]
    why = {each["personId"]: each["why"] for each in found["people"]}
    assert why[table.person("school")] == "lastDiscussion"
    assert why[table.person("policeMember")] == "core"


def test_actions_a_closure_and_a_term_each_give_their_reason(table):
    house, case = table.house, table.case()
    discussed(table, case, "school", "policeMember")
    started = {"caseId": case, "caseManagerId": table.person("caseManager"), "aims": {"school": "Terug."},
               "personInformed": "involved"}  # fmt: skip
    table.ok(table.post("coordinator", "/trajectories", started), 201)
    due = (house.now + timedelta(days=12)).date().isoformat()
    act = {
        "caseId": case,
        "ownerId": table.person("school"),
        "lifeDomain": "school",
        "text": "Bellen.",
        "dueOn": due,
    }
    table.ok(table.post("coordinator", "/actions", act), 201)
    starts = house.now + timedelta(days=10)
    soon = table.plan(startsAt=starts.isoformat(), endsAt=(starts + timedelta(hours=2)).isoformat())
    (found,) = proposals(table, soon)
    assert (codes(found), found["reasons"][0]["day"]) == (["actionOpen"], due)
    starts = house.now + timedelta(days=13)
    after = table.plan(startsAt=starts.isoformat(), endsAt=(starts + timedelta(hours=2)).isoformat())
    (found,) = proposals(table, after)
    assert codes(found) == ["actionOverdue"]
    house.sql("UPDATE case_file SET due_on = :d, locks_on = :l, state = 'closureProposed'",
              d=(house.now + timedelta(days=60)).date(), l=(house.now + timedelta(days=46)).date())  # fmt: skip
    (found,) = proposals(table, after)
    assert codes(found) == ["closureProposed", "termEnding", "actionOverdue"]
    house.sql("UPDATE case_file SET locks_on = :l", l=house.now.date())
    assert proposals(table, after) == [], "a locked case is shown to nobody (R90)"


def test_what_stands_on_an_agenda_is_not_proposed_again(table):
    case, meeting, other = table.case(), table.plan(), table.plan()
    table.add(meeting, case)
    assert proposals(table, meeting) == proposals(table, other) == []


def test_somebody_excluded_is_proposed_for_nothing_and_sees_nothing(table):
    case, meeting = table.case(), table.plan()
    for who in ("policeMember", "delegate"):
        table.house.sql(
            "INSERT INTO exclusion VALUES (:p, :c, :m, now())",
            p=table.house.cast.persons[who], c=case, m=table.house.cast.towns["C"],
        )  # fmt: skip
    (found,) = proposals(table, meeting)
    assert [each["personId"] for each in found["people"]] == [table.person("informationOfficer")]
    assert proposals(table, meeting, "delegate") == []


def test_proposals_are_for_the_desks_of_the_cell_alone(table, zone):
    table.case()
    meeting = table.plan()
    for who, status in (("participant", 404), ("secretary", 404), ("auditor", 404), ("zoneMayorD", 404)):
        assert table.get(who, f"/meetings/{meeting}/proposals").status_code == status, who
    d, e = zone
    joint, mine = d.plan(), e.case()
    d.case("Ander Verzonnen")
    (found,) = proposals(e, joint)
    assert found["caseId"] == mine, "each desk is proposed its own cases alone (R4)"
    table.ok(put(e, joint, entry(e, found)))
    assert table.get("zoneSchool", f"/meetings/{joint}/proposals").status_code == 404


def test_several_cases_go_on_the_agenda_in_one_request_with_a_line_for_each(table):
    for name in ("Eerste Verzonnen", "Tweede Verzonnen"):
        table.case(name)
    meeting = table.plan()
    found = proposals(table, meeting)
    school = {"personId": table.person("school")}
    wanted = [entry(table, found[0]), entry(table, found[1], minutes=15, people=[school])]
    answer = put(table, meeting, *wanted)
    made = table.ok(answer)["items"]
    assert [len(each["invitationIds"]) for each in made] == [2, 1]
    items = table.ok(table.get("coordinator", f"/meetings/{meeting}"))["items"]
    assert [i["minutes"] for i in items] == [30, 15]
    starts = table.ok(table.get("coordinator", f"/meetings/{meeting}"))["startsAt"]
    assert items[0]["startsAt"] == starts
    assert items[1]["startsAt"] > starts
    assert len(table.journal("agendaItem.add", "coordinator")) == 2
    assert len(table.journal("invitation.prepare", "coordinator")) == 3
    assert len(table.journal("meeting.table", "coordinator")) == 1


@pytest.mark.parametrize(
    ("spoil", "status", "name"),
    [
        (lambda _, e: e | {"caseId": NOWHERE}, 400, "entries.1.caseId"),
        (lambda t, e: e | {"people": [{"personId": t.person("zoneSchool")}]}, 400, "entries.1.people.0.personId"),
        (lambda t, e: e | {"people": [{"personId": t.person("school")}] * 2}, 400, "entries.1.people.1.personId"),
        (lambda t, e: e | {"people": [{"personId": t.person("school"), "groundCode": "coreMember"}]}, 409,
         "entries.1.people.0"),
        (lambda t, e: e | {"people": [{"personId": t.person("frenchHandler")}]}, 409, "entries.1.people.0"),
    ],
    ids=["a case that is not there", "nobody of this cell", "the same person twice", "no ground", "no line manager"],
)  # fmt: skip
def test_one_entry_that_cannot_be_stops_all_and_is_named(table, spoil, status, name):
    table.case("Eerste Verzonnen")
    table.case("Tweede Verzonnen")
    meeting = table.plan()
    first, second = (entry(table, each) for each in proposals(table, meeting))
    answer = put(table, meeting, first, spoil(table, second))
    assert answer.status_code == status, answer.text
    assert [issue["name"] for issue in answer.json()["issues"]] == [name]
    assert table.ok(table.get("coordinator", f"/meetings/{meeting}"))["items"] == []
    assert table.journal("agendaItem.add", "coordinator") == []


def test_the_same_case_twice_and_a_case_of_another_municipality_are_refused(table, zone):
    table.case()
    meeting = table.plan()
    (found,) = proposals(table, meeting)
    twice = put(table, meeting, entry(table, found), entry(table, found))
    assert (twice.status_code, twice.json()["issues"][0]["name"]) == (400, "entries.1.caseId")
    d, e = zone
    theirs = {"caseId": e.case("Van E Verzonnen"), "question": "Wat?"}
    refused, unknown = put(d, d.plan(), theirs), put(d, d.plan(), theirs | {"caseId": NOWHERE})
    assert refused.status_code == unknown.status_code == 400
    assert refused.json()["issues"] == unknown.json()["issues"]


def test_from_nothing_to_a_convened_meeting_in_four_requests(table):
    for number in range(3):
        table.case(f"Nummer {number} Verzonnen")
    asked = []

    def told(answer, status=200):
        asked.append(answer.request.url.path)
        return table.ok(answer, status)

    meeting = told(table.post("coordinator", "/meetings", table.planning()), 201)["meetingId"]
    found = told(table.get("coordinator", f"/meetings/{meeting}/proposals"))["items"]
    told(put(table, meeting, *[entry(table, each) for each in found]))
    told(table.post("mayor", f"/meetings/{meeting}/convene"))
    assert len(asked) == 4, "at most eight are allowed"
    sent = table.house.sql("SELECT 1 FROM invitation WHERE state = 'sent'")
    assert len(sent) == 6
    assert len(table.ok(table.get("policeMember", f"/meetings/{meeting}"))["items"]) == 3


# -- before convening ---------------------------------------------------------------------------------------


def review(table, meeting, who="mayor"):
    return table.ok(table.get(who, f"/meetings/{meeting}/review"))


def test_the_review_says_who_is_asked_on_which_ground_and_what_stands_in_the_way(table):
    case = table.case()
    starts = table.house.now + timedelta(days=5)
    meeting = table.plan(startsAt=starts.isoformat(), endsAt=(starts + timedelta(minutes=15)).isoformat())
    assert review(table, meeting)["problems"] == ["nothingTabled"]
    item = table.add(meeting, case)
    table.invite(item, "school")
    table.invite(item, "frenchYouth")
    seen = review(table, meeting)
    assert (seen["problems"], seen["minutesAvailable"]) == (["overTime"], 15)
    assert seen["abilities"] == ["meeting.convene"]
    people = {each["name"]: each for each in seen["items"][0]["people"]}
    assert people["School Verzonnen"]["problems"] == []
    assert people["School Verzonnen"]["groundCode"] == "flemishSchools"
    assert people["FrenchYouth Verzonnen"]["problems"] == ["noticePeriod"]
    assert "Zorgeloos" not in str(seen)
    assert review(table, meeting, "coordinator")["abilities"] == []
    assert table.post("mayor", f"/meetings/{meeting}/convene").status_code == 409
    for who, status in (("school", 404), ("auditor", 404), ("secretary", 404)):
        assert table.get(who, f"/meetings/{meeting}/review").status_code == status, who


def test_a_chair_without_a_mandate_is_told_before_convening(table):
    meeting = table.plan()
    table.add(meeting, table.case())
    table.house.sql("UPDATE mandate SET ends_on = :d WHERE id = :m", d=table.house.now.date() - timedelta(days=1),
                    m=table.house.cast.mandates["coordinator"])  # fmt: skip
    assert "chairWithoutMandate" in review(table, meeting)["problems"]


# -- pages --------------------------------------------------------------------------------------------------


def test_the_checklist_is_filled_in_and_one_submit_puts_it_on_the_agenda(table):
    case = table.case()
    meeting = table.plan()
    coordinator = reader(table.house, "coordinator")
    page = coordinator.get(f"/meetings/{meeting}/table")
    assert f'name="take" value="{case}" checked' in page.text
    assert "Nog nooit besproken" in texts_of(page.text)
    done = coordinator.send(f"/meetings/{meeting}/table")
    assert done.url.path == f"/meetings/{meeting}"
    assert "Gepland: 30 van 120 minuten." in texts_of(done.text)
    mayor = reader(table.house, "mayor")
    assert f'href="/meetings/{meeting}/review"' in mayor.get("/").text, "the mayor is told (R24)"
    seen = texts_of(mayor.get(f"/meetings/{meeting}/review").text)
    assert "PoliceMember Verzonnen" in seen
    assert "Kernlid" in seen
    assert mayor.send(f"/meetings/{meeting}/review", "/convene").status_code == 200
    assert f'href="/meetings/{meeting}/review"' not in mayor.get("/").text


def test_a_refused_checklist_comes_back_with_what_was_written_and_says_where(table):
    case = table.case()
    meeting = table.plan()
    coordinator = reader(table.house, "coordinator")
    nothing = coordinator.send(f"/meetings/{meeting}/table", take=None)
    assert nothing.status_code == 400
    assert "Vink minstens één casus aan." in texts_of(nothing.text)
    wrong = coordinator.send(
        f"/meetings/{meeting}/table", **{f"question-{case}": "Mijn eigen vraag", f"minutes-{case}": "lang"}
    )
    assert wrong.status_code == 400
    assert "Mijn eigen vraag" in wrong.text
    assert f'href="#take-{case}"' in wrong.text
    stranger = coordinator.send(
        f"/meetings/{meeting}/table", **{f"people-{case}": table.person("zoneSchool")}
    )
    assert "Iemand die u aanvinkte, kan voor deze casus niet worden uitgenodigd." in texts_of(stranger.text)
    assert table.ok(table.get("coordinator", f"/meetings/{meeting}"))["items"] == []
