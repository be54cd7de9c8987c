"""Consulting the agenda: who sees what, when, and what the journal keeps of it (R6, R18, R19, R61)."""

import psycopg
import pytest
from strategycraft import agree_on

from app.meetings.agenda import read_meeting
from app.meetings.commands import ReadMeeting

NOWHERE = "00000000-0000-4000-8000-000000000000"


def same_answer(one, other):
    return {k: v for k, v in one.json().items() if k != "instance"} == {
        k: v for k, v in other.json().items() if k != "instance"
    }


def test_an_invited_school_consults_its_item_and_only_that(table):
    first, second = table.case("Eerste Verzonnen"), table.case("Tweede Verzonnen")
    meeting = table.plan()
    hers = table.add(meeting, first, question="Hoe gaat het op school?")
    table.add(meeting, second, question="Iets anders")
    table.invite(hers, "school")
    assert table.get("school", f"/meetings/{meeting}").status_code == 404
    table.convene(meeting)
    answer = table.get("school", f"/meetings/{meeting}")
    (entry,) = table.ok(answer)["items"]
    assert entry["subjectName"] == "Eerste Verzonnen"
    assert entry["question"] == "Hoe gaat het op school?"
    assert entry["position"] == 1
    assert entry["invitationState"] == "sent"
    assert entry["why"]["groundCode"] == "flemishSchools"
    assert entry["why"]["invitedBy"] == "Mayor Verzonnen"
    assert entry["why"]["visibleUntil"] == answer.json()["windowUntil"]
    assert "Tweede" not in answer.text
    assert answer.json()["abilities"] == []


def test_the_desk_sees_every_item_of_its_municipality(table):
    meeting = table.plan()
    for name in ("Eerste Verzonnen", "Tweede Verzonnen"):
        table.add(meeting, table.case(name))
    for who in ("mayor", "delegate", "coordinator"):
        items = table.ok(table.get(who, f"/meetings/{meeting}"))["items"]
        assert [(i["position"], i["subjectName"]) for i in items] == [
            (1, "Eerste Verzonnen"),
            (2, "Tweede Verzonnen"),
        ]


def test_each_consultation_is_one_line_for_the_meeting_and_one_for_each_item(table):
    meeting, item, case = table.tabled("school")
    table.ok(table.get("school", f"/meetings/{meeting}"))
    (line,) = table.journal("meeting.read", "school")
    assert str(line.object_id) == meeting
    (shown,) = table.journal("agendaItem.read", "school")
    assert (str(shown.object_id), str(shown.case_id)) == (item, case)
    assert shown.controller == table.house.cast.towns["C"]
    assert shown.subject_id is not None
    assert shown.trace_id == line.trace_id


def test_a_longer_agenda_asks_the_database_no_more_often(table, monkeypatch):
    meeting, _, _ = table.tabled("school")
    said, execute = [], psycopg.Cursor.execute

    def counted(cursor, query, *given, **options):
        if not str(query).startswith("SET "):  # a new connection's own setting
            said.append(query)
        return execute(cursor, query, *given, **options)

    def asked():
        with table.house.work("school") as unit:
            said.clear()
            shown = len(read_meeting(unit, ReadMeeting.of(meeting_id=meeting)).items)
        return shown, len(said)

    monkeypatch.setattr(psycopg.Cursor, "execute", counted)
    one = asked()
    for name in ("Tweede Verzonnen", "Derde Verzonnen"):
        invitation = table.invite(table.add(meeting, table.case(name)), "school")
        table.ok(table.post("mayor", f"/invitations/{invitation}/send"))
    three = asked()
    assert one == (1, 4)  # who acts, the meeting with its items, what changed since convening, the journal
    assert three == (3, 4)


def test_nobody_else_learns_that_the_meeting_or_the_item_exists(table):
    meeting, item, _ = table.tabled("school")
    for who in ("participant", "clb", "policeMember", "strategicMember", "dpo", "auditor", "administrator",
                "secretary", "zoneMayorD", "zoneSchool", "zoneAuditorE"):  # fmt: skip
        for path, gone in ((f"/meetings/{meeting}", f"/meetings/{NOWHERE}"),
                           (f"/agendaItems/{item}", f"/agendaItems/{NOWHERE}")):  # fmt: skip
            there, not_there = table.get(who, path), table.get(who, gone)
            assert there.status_code == not_there.status_code == 404, (who, path)
            assert same_answer(there, not_there)
    assert table.house.client().get(f"/api/v1/meetings/{meeting}").status_code == 401
    assert table.journal("agendaItem.read", "clb") == []
    assert len(table.journal("agendaItem.read", "clb", outcome="hidden")) == 2


def test_the_item_goes_out_of_view_two_hours_after_the_end(table):
    meeting, item, _ = table.tabled("school")
    table.house.later(days=20, hours=4)
    assert table.get("school", f"/meetings/{meeting}").status_code == 200
    table.house.later(seconds=1)
    assert table.get("school", f"/meetings/{meeting}").status_code == 404
    assert table.get("school", f"/agendaItems/{item}").status_code == 404
    assert table.get("coordinator", f"/meetings/{meeting}").json()["items"]


def test_an_excluded_person_sees_nothing_whatever_their_grant(table):
    meeting, item, case = table.tabled("school")
    for who in ("school", "coordinator"):
        table.house.sql(
            "INSERT INTO exclusion VALUES (:p, :c, :m, now())",
            p=table.house.cast.persons[who], c=case, m=table.house.cast.towns["C"],
        )  # fmt: skip
    assert table.get("school", f"/meetings/{meeting}").status_code == 404
    assert table.get("school", f"/agendaItems/{item}").status_code == 404
    assert table.get("coordinator", f"/agendaItems/{item}").status_code == 404
    assert table.get("coordinator", f"/meetings/{meeting}").json()["items"] == []
    assert table.get("mayor", f"/meetings/{meeting}").json()["items"]


def test_a_police_member_without_a_valid_clearance_does_not_see_the_agenda(table):
    meeting, item, _ = table.tabled("policeMember")
    assert table.get("policeMember", f"/meetings/{meeting}").json()["items"]
    table.house.sql(
        "UPDATE mandate SET clearance_until = '2026-03-01' WHERE id = :m",
        m=table.house.cast.mandates["policeMember"],
    )
    for path in (f"/meetings/{meeting}", f"/agendaItems/{item}"):
        refused = table.get("policeMember", path)
        assert refused.status_code == 409
        assert refused.json()["rule"] == "R10"


def test_only_a_listed_case_of_the_own_municipality_comes_on_an_agenda(table, zone):
    case, meeting = table.case(), table.plan()
    body = {"meetingId": meeting, "caseId": case, "question": "?", "minutes": 5}
    assert table.post("participant", "/agendaItems", body).status_code == 404
    assert table.post("zoneCoordinatorD", "/agendaItems", body).status_code == 404
    assert table.post("coordinator", "/agendaItems", body | {"caseId": NOWHERE}).status_code == 404
    elsewhere = zone[0].plan()
    hidden = table.post("coordinator", "/agendaItems", body | {"meetingId": elsewhere})
    assert hidden.status_code == 400
    assert same_answer(hidden, table.post("coordinator", "/agendaItems", body | {"meetingId": NOWHERE}))
    table.house.sql("UPDATE case_file SET state = 'closed' WHERE id = :c", c=case)
    assert table.post("coordinator", "/agendaItems", body).json()["rule"] == "R61"


def test_a_case_stands_once_on_an_agenda(table):
    case, meeting = table.case(), table.plan()
    table.add(meeting, case)
    again = table.post("coordinator", "/agendaItems", {"meetingId": meeting, "caseId": case, "question": "?"})
    assert again.status_code == 400
    assert again.json()["issues"][0]["name"] == "caseId"


@pytest.mark.parametrize("kind", ["strategic", "tactical"])
def test_a_table_without_cases_has_no_meeting_that_takes_one(table, kind):
    made = table.ok(
        table.post(
            "coordinator",
            "/tables",
            {"cellId": str(table.house.cast.cells["C"]), "kind": kind, "name": "Tafel"},
        ),
        201,
    )
    agree_on(table.house, "C", kind)
    refused = table.post("coordinator", "/meetings", table.planning(tableId=made["tableId"]))
    assert refused.status_code == 400
    assert refused.json()["issues"][0]["name"] == "tableId"
    assert table.house.sql("SELECT 1 FROM meeting") == []


def test_without_the_core_of_the_cell_nothing_is_tabled(table):
    case, meeting = table.case(), table.plan()
    table.house.sql(
        "UPDATE mandate SET ends_on = '2026-03-01' WHERE role IN ('policeMember', 'informationOfficer')"
    )
    refused = table.post(
        "coordinator", "/agendaItems", {"meetingId": meeting, "caseId": case, "question": "?"}
    )
    assert refused.status_code == 409
    assert refused.json()["rule"] == "R115"


def test_the_one_item_shows_who_is_at_the_table_to_those_who_sit_there(table):
    _, item, _ = table.sat("school", "policeMember")
    people = table.ok(table.get("mayor", f"/agendaItems/{item}"))["people"]
    assert {p["name"]: p.get("invitationState") for p in people} == {
        "School Verzonnen": "sent", "PoliceMember Verzonnen": "sent", "Coordinator Verzonnen": None,
    }  # fmt: skip
    seen = table.ok(table.get("school", f"/agendaItems/{item}"))
    assert seen["why"]["standing"] == "attending"
    assert [p["name"] for p in seen["people"]] == [
        "Coordinator Verzonnen", "PoliceMember Verzonnen", "School Verzonnen",
    ]  # fmt: skip
    assert "invitationState" not in seen["people"][0]


def test_statements_reach_those_who_are_there_as_their_contributor_wanted(table):
    _, item, case = table.sat("school", "clb")
    table.ok(
        table.post(
            "coordinator",
            "/attendances",
            {"agendaItemId": item, "personId": table.person("clb"), "present": False},
        )
    )

    def say(text, **over):
        body = {
            "caseId": case, "agendaItemId": item, "category": 4, "origin": "livcParticipant", "kind": "fact",
            "audience": "present", "text": text, "relevantAndProportionate": True, "nothingClassified": True,
        } | over  # fmt: skip
        table.ok(table.post("school", "/statements", body), 201)
        table.house.later(seconds=1)

    say("voor wie er is")
    say("alleen voor de gemeente", audience="desk")
    say("over gezondheid", category=9)
    desk = table.ok(table.get("coordinator", f"/agendaItems/{item}"))["statements"]
    assert [s.get("text") for s in desk] == ["voor wie er is", "alleen voor de gemeente", None]
    table.ok(
        table.post("coordinator", "/attendances", {"agendaItemId": item, "personId": table.person("clb")})
    )
    seen = table.ok(table.get("clb", f"/agendaItems/{item}"))["statements"]
    assert [s.get("text") for s in seen] == ["voor wie er is", None]


def test_meetings_are_listed_to_those_they_concern(table):
    later, _, _ = table.tabled("school")
    table.plan()
    assert len(table.ok(table.get("coordinator", "/meetings"))["items"]) == 2
    (mine,) = table.ok(table.get("school", "/meetings"))["items"]
    assert mine["meetingId"] == later
    assert table.ok(table.get("clb", "/meetings"))["items"] == []
    for who in ("auditor", "dpo", "strategicMember", "administrator"):
        assert table.get(who, "/meetings").status_code == 403
    page = table.ok(table.get("coordinator", "/meetings", pageSize=1, when="all"))
    rest = table.ok(table.get("coordinator", "/meetings", pageSize=1, when="all", cursor=page["next"]))
    assert page["items"][0]["meetingId"] != rest["items"][0]["meetingId"]
    assert "next" not in rest


def test_a_plan_is_refused_that_cannot_be_held(table):
    start = table.planning()["startsAt"]
    for wrong, name in (
        ({"endsAt": start}, "endsAt"),
        ({"endsAt": "2026-05-01T10:00:00Z"}, "endsAt"),
        ({"startsAt": "2025-01-01T10:00:00Z", "endsAt": "2025-01-01T12:00:00Z"}, "startsAt"),
        ({"chairId": table.person("informationOfficer")}, "chairId"),
        ({"chairId": table.person("zoneCoordinatorD")}, "chairId"),
        ({"secretaryId": table.person("school")}, "secretaryId"),
        ({"startsAt": "2027-03-03T10:00:00Z", "endsAt": "2027-03-03T12:00:00Z"}, "startsAt"),
    ):
        refused = table.post("coordinator", "/meetings", table.planning(**wrong))
        assert refused.status_code == 400, wrong
        assert refused.json()["issues"][0]["name"] == name
    table.plan(startsAt="2027-03-02T10:00:00Z", endsAt="2027-03-02T12:00:00Z")
    assert table.post("school", "/meetings", table.planning()).status_code == 403
    assert table.post("zoneCoordinatorD", "/meetings", table.planning()).status_code == 404


def test_a_secretary_works_for_a_municipality(table):
    table.house.sql(
        "UPDATE person SET agency_id = :a WHERE id = :p",
        a=table.house.cast.agencies["school"], p=table.house.cast.persons["secretary"],
    )  # fmt: skip
    refused = table.post("coordinator", "/meetings", table.planning(secretaryId=table.person("secretary")))
    assert refused.status_code == 400
    assert refused.json()["issues"][0]["name"] == "secretaryId"


def test_after_the_sitting_the_desk_reads_an_item_for_a_stated_reason_only(table):
    meeting, item, case = table.tabled("school")
    assert table.get("coordinator", f"/agendaItems/{item}").status_code == 200
    table.house.later(days=20, hours=4, seconds=1)
    for given in ({}, {"reason": "curiosity"}):
        refused = table.get("coordinator", f"/agendaItems/{item}", **given)
        assert (refused.status_code, refused.json()["rule"]) == (409, "R107")
        listed = table.get("coordinator", f"/meetings/{meeting}", **given)
        (entry,) = table.ok(listed)["items"]
        assert entry["reference"].startswith("C-2026-")
        assert "subjectName" not in entry
        assert "question" not in entry
        assert "Zorgeloos" not in listed.text
    assert not [x for x in table.journal("agendaItem.read", "coordinator") if x.at == table.house.now]
    assert case in {str(x.case_id) for x in table.journal("meeting.read", "coordinator")}
    table.ok(table.get("coordinator", f"/agendaItems/{item}", reason="supervision"))
    (entry,) = table.ok(table.get("coordinator", f"/meetings/{meeting}", reason="newInformation"))["items"]
    assert entry["subjectName"] == "Zorgeloos Verzonnen"
    lines = [x for x in table.journal("agendaItem.read", "coordinator") if x.at == table.house.now]
    assert {(x.reason, str(x.case_id)) for x in lines} == {("supervision", case), ("newInformation", case)}
    assert table.get("school", f"/agendaItems/{item}", reason="supervision").status_code == 404


def test_a_locked_case_is_read_at_no_item_by_nobody(table):
    meeting, item, case = table.sat("school", secretaryId=table.person("secretary"))
    table.house.sql("UPDATE case_file SET locks_on = '2026-03-22' WHERE id = :c", c=case)
    for who in ("mayor", "delegate", "coordinator"):
        refused = table.get(who, f"/agendaItems/{item}", reason="supervision")
        assert (refused.status_code, refused.json()["rule"]) == (409, "R90"), who
    for who in ("school", "secretary"):
        assert table.get(who, f"/agendaItems/{item}").status_code == 404
    assert table.ok(table.get("coordinator", f"/meetings/{meeting}", reason="supervision"))["items"] == []
    assert table.ok(table.get("secretary", f"/meetings/{meeting}"))["items"] == []
    assert table.get("school", f"/meetings/{meeting}").status_code == 404


def test_a_locked_case_goes_out_of_the_list_of_invitations(table):
    _, _, case = table.tabled("school")
    table.house.sql("UPDATE case_file SET locks_on = '2026-03-02' WHERE id = :c", c=case)
    (mine,) = table.ok(table.get("school", "/invitations"))["items"]
    assert "reference" not in mine
