"""What the stage of the proofs does not hold, proven on worlds laid by hand, with the same two questions of every route:

an id of another cell, or of another thing of one's own, is refused in every field and changes nothing; and what is done or
shown has its line in the log before the first byte leaves (R4, R106).
"""

from __future__ import annotations

from datetime import timedelta

import pytest
import test_off_stage_closing
import test_off_stage_constitution
import test_off_stage_files
from agreecraft import ok
from feedbackcraft import ISSUED, Sheet
from proving.prover import DECLARED, proves
from proving.strategy_table import GOAL, PLAN, STRATEGY_JSON, TOPIC
from proving.table import OFF_STAGE, OFF_STAGE_PAGES, WEIGHING
from strategycraft import Strategy
from tablecraft import Round

WITH_IDS = {name for name in STRATEGY_JSON if name not in {
    "create_topic", "list_topic", "list_policy_meeting", "draft_policy_plan", "list_policy_plan", "list_measure"}}  # fmt: skip
"""The routes of the strategic table that name something."""


@pytest.fixture
def mine(house):
    return Round(house)


@pytest.fixture
def theirs(house):
    return Round(house, "zone", "D")


def asked(table, guest):
    """A case tabled for a guest who is asked something beforehand; gives (the request's id, the case)."""
    _, item, case = table.tabled(guest)
    ((invitation,),) = table.house.sql("SELECT id::text FROM invitation WHERE agenda_item_id = :i", i=item)
    path = f"/invitations/{invitation}/contributionRequest"
    return table.ok(table.post(table.mayor, path, {"question": "Wat?"}), 201)["contributionRequestId"], case


@proves(
    "answer_contribution_request",
    "withdraw_contribution_request",
    "/contributions/{contributionRequestId}/answer",
)
def test_contributions(prove, mine, theirs):
    said = {
        "category": 5, "origin": "livcParticipant", "kind": "fact", "text": "Verzonnen.", "relevantAndProportionate": True,
        "nothingClassified": True,
    }  # fmt: skip
    (request, case), (other, _), (neighbour, _) = (
        asked(mine, "school"),
        asked(theirs, "zoneSchool"),
        asked(mine, "clb"),
    )
    whose = {"case": case, "contributionRequestId": request}
    foreign = {"contributionRequestId": [other, neighbour]}
    prove.page("/contributions/{contributionRequestId}/answer", "school", **whose)
    prove("answer_contribution_request", "school", said, foreign=foreign, **whose)
    prove("withdraw_contribution_request", "school", foreign=foreign, **whose)


@proves("open_statement_version")
def test_earlier_versions(prove, mine, theirs):
    def corrected(table):
        case = table.case()
        said = {
            "category": 9, "origin": "municipality", "kind": "fact", "text": "Verzonnen.", "relevantAndProportionate": True,
            "nothingClassified": True, "statedOn": "2026-03-01",
        }  # fmt: skip
        made = table.ok(table.post(table.coordinator, "/statements", said | {"caseId": case}), 201)
        path = f"/statements/{made['statementId']}"
        table.ok(table.post(table.coordinator, path + "/correct", said | {"reasonText": "Verzonnen."}))
        found = table.ok(table.get(table.coordinator, path + "/versions", reason="newInformation"))
        return found["items"][0]["statementVersionId"], case

    (version, case), (other, _) = corrected(mine), corrected(theirs)
    prove("open_statement_version", "coordinator", {"reason": "newInformation"},
          foreign={"statementVersionId": [other]}, case=case, statementVersionId=version)  # fmt: skip


@proves("/cases/{caseId}/assessments/compare")
def test_holding_two_assessments_side_by_side(prove, mine):
    _, _, case = mine.tabled("school")
    said, before = WEIGHING | {"caseId": str(case)}, {}
    for _ in range(2):
        kept = mine.ok(mine.post(mine.mayor, "/assessments", said | before), 201)["items"][0]
        before = {"startsFrom": kept["assessmentId"]}
    prove.page(
        "/cases/{caseId}/assessments/compare",
        "mayor",
        case=str(case),
        query="?reason=meetingPreparation",
        caseId=case,
    )


@proves("carry_over_agenda_item", "/agenda-items/{agendaItemId}/carry-over")
def test_carrying_an_item_over(prove, mine, theirs):
    def put_off(table, guest):
        _, item, case = table.tabled(guest)
        table.ok(table.post(table.coordinator, f"/agendaItems/{item}/postpone", {"reason": "notEnoughTime"}))
        starts = table.house.now + timedelta(days=30)
        later = table.plan(startsAt=starts.isoformat(), endsAt=(starts + timedelta(hours=2)).isoformat())
        return item, case, later

    (item, case, later), (other, _, elsewhere) = put_off(mine, "school"), put_off(theirs, "zoneSchool")
    foreign = {"agendaItemId": [other], "meetingId": [elsewhere]}
    prove.page("/agenda-items/{agendaItemId}/carry-over", "coordinator", case=case, agendaItemId=item)
    prove(
        "carry_over_agenda_item",
        "coordinator",
        {"meetingId": later},
        case=case,
        foreign=foreign,
        agendaItemId=item,
    )


@proves("end_representative", "/members/representatives/{representativeId}/end")
def test_ending_a_representative(prove, house):
    def named(by, who, cell):
        body = {"personId": str(house.cast.persons[who]), "cellId": str(house.cast.cells[cell]), "startsOn": "2026-03-02",
                "document": "Brief (verzonnen)"}  # fmt: skip
        return ok(house.client(by).post("/api/v1/representatives", json=body), 201)["representativeId"]

    one = named("coordinator", "frenchHandler", "C")
    foreign = {"representativeId": [named("administrator", "zoneSchool", "zone")]}
    prove.page("/members/representatives/{representativeId}/end", "coordinator", representativeId=one)
    prove(
        "end_representative", "coordinator", {"endsOn": "2026-03-31"}, foreign=foreign, representativeId=one
    )


@proves("propose_discussion", "decide_discussion")
def test_correcting_a_discussion(prove, mine, theirs):
    def discussed(table, guest):
        meeting, _, case = table.sat(guest)
        table.close(meeting)
        return meeting, case

    (elsewhere, other), (another, neighbour), (meeting, case) = (
        discussed(theirs, "zoneSchool"), discussed(mine, "clb"), discussed(mine, "school"))  # fmt: skip
    mine.house.later(days=1)
    wrong = {"kind": "notDiscussed", "reasonText": "Verzonnen."}

    def proposed(table, of, at):
        made = table.post(table.coordinator, f"/cases/{of}/discussions/correct", wrong | {"meetingId": at})
        return next(
            each["correctionId"] for each in table.ok(made)["corrections"] if each["state"] == "proposed"
        )

    # Of one's own cell as well: a meeting that discussed somebody else, a correction of another case.
    foreign = {"caseId": [other], "meetingId": [elsewhere, another]}
    body = wrong | {"meetingId": meeting}
    answer = prove("propose_discussion", "coordinator", body, case=case, foreign=foreign, caseId=case)
    ((correction,),) = [[each["correctionId"] for each in answer.json()["corrections"]]]
    others = [proposed(theirs, other, elsewhere), proposed(mine, neighbour, another)]
    foreign = {"caseId": [other, neighbour], "correctionId": others}
    body = {"correctionId": correction, "decision": "approve"}
    prove("decide_discussion", "mayor", body, case=case, foreign=foreign, caseId=case)


@proves("decide_correction_minutes", "/meetings/{meetingId}/minutes/{agendaItemId}/decide")
def test_deciding_on_a_correction_of_minutes(prove, mine, theirs):
    def corrected(table, guest):
        meeting, item, case = table.sat(guest)
        said = {"agendaItemId": item, "assessment": "Verzonnen.", "decisions": "Verzonnen."}
        table.ok(table.post(table.coordinator, f"/meetings/{meeting}/minutes/items", said))
        table.close(meeting)
        table.ok(table.post(table.coordinator, f"/meetings/{meeting}/minutes/submit"))
        table.ok(table.approve(table.coordinator, meeting))
        written = table.post(
            table.coordinator,
            f"/meetings/{meeting}/minutes/corrections",
            {"agendaItemId": item, "text": "Anders."},
        )
        return meeting, item, case, table.ok(written, 201)["addendumId"]

    one, neighbour, other = corrected(mine, "school"), corrected(mine, "clb"), corrected(theirs, "zoneSchool")
    meeting, item, case, addendum = one
    where = {"meetingId": meeting, "agendaItemId": item}
    prove.page("/meetings/{meetingId}/minutes/{agendaItemId}/decide", "mayor", case=case, **where)
    body = {"agendaItemId": item, "addendumId": addendum, "decision": "approve"}
    foreign = {
        name: [neighbour[at], other[at]]
        for at, name in ((0, "meetingId"), (1, "agendaItemId"), (3, "addendumId"))
    }
    prove("decide_correction_minutes", "mayor", body, case=case, foreign=foreign, meetingId=meeting)


@proves("record_briefing", "list_briefing", "/invitations/{invitationId}/briefing")
def test_briefing_a_colleague(prove, mine, theirs):
    def invited(table, guest):
        _, item, case = table.tabled(guest)
        ((found,),) = table.house.sql("SELECT id::text FROM invitation WHERE agenda_item_id = :i", i=item)
        return found, case

    (one, case), (other, _) = invited(mine, "frenchYouth"), invited(theirs, "zoneSchool")
    mine.house.sql(
        "UPDATE person SET agency_id = (SELECT agency_id FROM person WHERE id = :f) WHERE id = :p",
        f=mine.person("frenchYouth"), p=mine.person("frenchHandler"),
    )  # fmt: skip
    foreign = {"invitationId": [other]}
    prove.page("/invitations/{invitationId}/briefing", "frenchYouth", case=case, invitationId=one)
    prove("list_briefing", "frenchYouth", foreign=foreign, case=case, invitationId=one)
    said = {"handlerId": mine.person("frenchHandler"), "moment": "before", "directlyInvolved": True,
            "briefedOn": mine.house.now.date().isoformat()}  # fmt: skip
    foreign |= {"handlerId": [mine.person("zoneSchool")]}
    prove("record_briefing", "frenchYouth", said, foreign=foreign, case=case, invitationId=one)


@proves(
    "nominate_invitation",
    "list_nomination",
    "take_back_nomination",
    "/invitations/{invitationId}/nominate",
)
def test_naming_who_comes_for_a_service(prove, mine, theirs):
    def invited(table, guest):
        _, item, case = table.tabled(guest)
        ((found,),) = table.house.sql("SELECT id::text FROM invitation WHERE agenda_item_id = :i", i=item)
        return found, case

    (one, case), (other, _) = invited(mine, "frenchYouth"), invited(theirs, "zoneSchool")
    foreign = {"invitationId": [other]}
    prove.page("/invitations/{invitationId}/nominate", "frenchYouth", case=case, invitationId=one)
    prove("list_nomination", "frenchYouth", foreign=foreign, case=case, invitationId=one)
    said = {"personId": mine.person("frenchHandler"), "nominatedAs": "handler", "careRelation": True}
    others = {"personId": [mine.person("zoneSchool"), mine.person("school")]}
    prove("nominate_invitation", "frenchYouth", said, foreign=foreign | others, case=case, invitationId=one)
    prove("take_back_nomination", "frenchYouth", foreign=foreign, case=case, invitationId=one)


@proves("state_framework")
def test_stating_a_framework(prove, mine, theirs):
    meeting, _, _ = mine.tabled("frenchYouth", "school")
    mine.house.sql(
        "UPDATE person SET manages_service = true WHERE id::text = :p", p=mine.person("frenchHandler")
    )
    mine.tabled("frenchHandler")
    elsewhere, _, _ = theirs.tabled("zoneSchool")
    mine.house.later(days=20)
    mine.open(meeting)
    theirs.open(elsewhere)
    others = [mine.person(name) for name in ("zoneSchool", "zonePolice", "school", "frenchHandler")]
    body = {"personId": mine.person("frenchYouth"), "text": "Verzonnen."}
    foreign = {"meetingId": [elsewhere], "personId": others}
    prove("state_framework", "coordinator", body, foreign=foreign, meetingId=meeting)


@proves(
    "read_feedback_sheet",
    "ask_consensus_feedback_sheet",
    "agree_feedback_sheet",
    "issue_feedback_sheet",
    "fetch_feedback_sheet",
    "/feedback/{feedbackSheetId}",
    "/feedback/{feedbackSheetId}/issue",
)
def test_feedback_sheets(prove, mine, theirs):
    theirs = Sheet(theirs, "zoneSchool", police="zonePolice")
    sheet = Sheet(mine, "school", "clb")
    sheet.draft()
    theirs.draft()
    ids = {"feedbackSheetId": sheet.id, "case": sheet.case, "foreign": {"feedbackSheetId": [theirs.id]}}
    prove.page("/feedback/{feedbackSheetId}", "policeMember", case=sheet.case, feedbackSheetId=sheet.id)
    prove("read_feedback_sheet", "policeMember", **ids)
    prove("ask_consensus_feedback_sheet", "policeMember", **ids)
    theirs.table.ok(theirs.ask())
    digest = sheet.read("school").json()["digest"]
    prove("agree_feedback_sheet", "school", {"agrees": True, "digest": digest}, **ids)
    for one, who in (
        (sheet, "clb"),
        (sheet, "coordinator"),
        (theirs, "zoneSchool"),
        (theirs, theirs.table.coordinator),
    ):
        one.table.ok(one.answer(who))
    prove.page("/feedback/{feedbackSheetId}/issue", "policeMember", case=sheet.case, feedbackSheetId=sheet.id)
    prove("issue_feedback_sheet", "policeMember", ISSUED, **ids)
    theirs.table.ok(theirs.issue())
    assert prove("fetch_feedback_sheet", "policeMember", **ids).body.startswith(b"%PDF")


@proves("close_calendar")
def test_closing_a_calendar(prove, house):
    def opened(name):
        return ok(house.client(name).post("/api/v1/calendars"), 201)["calendarId"]

    prove(
        "close_calendar",
        "school",
        foreign={"calendarId": [opened("clb"), opened("zoneSchool")]},
        calendarId=opened("school"),
    )


def _another_day(prove, ours, foreign):
    """A meeting that is printed, moved and called off."""
    meeting = ours.meeting()
    prove("print_policy_meeting", "coordinator", foreign=foreign, policyMeetingId=meeting)
    moved = {name: value for name, value in ours.planning().items() if name in {"startsAt", "endsAt"}}
    moved["reason"] = "otherReason"
    prove("move_policy_meeting", "coordinator", moved, foreign=foreign, policyMeetingId=meeting)
    called_off = {"reason": "otherReason"}
    prove("cancel_policy_meeting", "coordinator", called_off, foreign=foreign, policyMeetingId=meeting)


@proves(*WITH_IDS)
def test_the_strategic_table(prove, house):
    """Ids of the joint cell's strategic table, and of what is no topic, plan or service of one's own."""
    ours, joint = Strategy(house), Strategy(house, "zone", "D")
    other_plan = joint.plan()
    other_goal = joint.goal(other_plan)
    other_measure = joint.measure(other_goal)
    other_meeting, other_item, other_topic = joint.convened()
    waiting = joint.topic()
    people = [ours.person(name) for name in ("zoneMayorD", "zoneSchool", "participant")]
    no_part = ours.ok(ours.post("administrator", "/agencies", {
        "name": "Elders (verzonnen)", "regime": "flemish", "groundList": "groundsFlemish",
        "groundCode": "flemishSchools"}), 201)["agencyId"]  # fmt: skip

    topic = ours.topic()
    foreign = {"topicId": [other_topic, waiting]}
    prove("read_topic", "coordinator", foreign=foreign, topicId=topic)
    prove("change_topic", "coordinator", TOPIC, foreign=foreign, topicId=topic)
    prove("close_topic", "coordinator", {"outcome": "parked"}, foreign=foreign, topicId=topic)

    prove("plan_policy_meeting", "coordinator", ours.planning(), foreign={
        "tableId": [joint.table(), str(house.cast.tables["C"]), str(house.cast.tables["zone"])], "chairId": people})  # fmt: skip
    meeting = ours.meeting()
    foreign = {"policyMeetingId": [other_meeting]}
    ids = {"policyMeetingId": meeting}
    prove("read_policy_meeting", "coordinator", foreign=foreign, **ids)
    answer = prove(
        "add_agenda_topic", "coordinator", ids | {"topicId": topic}, foreign=foreign | {"topicId": [waiting]}
    )
    item = answer.json()["agendaTopicId"]
    prove("withdraw_agenda_topic", "coordinator", foreign={"agendaTopicId": [other_item]}, agendaTopicId=item)
    item = ours.add(meeting, topic)
    prove("convene_policy_meeting", "coordinator", foreign=foreign, **ids)
    _another_day(prove, ours, foreign)
    house.later(days=10)
    prove("open_policy_meeting", "coordinator", foreign=foreign, **ids)
    joint.step(other_meeting, "open")
    prove("attend_policy_meeting", "coordinator", {"personId": ours.person("strategicMember")},
          foreign=foreign | {"personId": people}, **ids)  # fmt: skip
    minuted = {"notes": "Verzonnen.", "outcome": "treated", "namesNobody": True}
    prove(
        "minute_agenda_topic",
        "coordinator",
        minuted,
        foreign={"agendaTopicId": [other_item]},
        agendaTopicId=item,
    )
    prove("close_policy_meeting", "coordinator", foreign=foreign, **ids)

    plan = ours.plan()
    foreign = {"policyPlanId": [other_plan]}
    ids = {"policyPlanId": plan}
    prove("read_policy_plan", "coordinator", foreign=foreign, **ids)
    prove("change_policy_plan", "coordinator", PLAN, foreign=foreign, **ids)
    goal = prove("add_goal", "coordinator", GOAL | ids, foreign=foreign).json()["goalId"]
    prove("change_goal", "coordinator", GOAL, foreign={"goalId": [other_goal]}, goalId=goal)
    owners = {"ownerId": people, "agencyId": [no_part]}
    answer = prove("add_measure", "coordinator", ours.measuring(goal), foreign=owners | {"goalId": [other_goal]},
                   instead={"agencyId": "ownerId"})  # fmt: skip
    measure = answer.json()["measureId"]
    changed = {name: value for name, value in ours.measuring(goal).items() if name != "goalId"}
    prove("change_measure", "coordinator", changed, foreign=owners | {"measureId": [other_measure]},
          instead={"agencyId": "ownerId"}, measureId=measure)  # fmt: skip
    prove("adopt_policy_plan", "mayor", foreign=foreign, **ids)
    for mayor in ("zoneMayorD", "zoneMayorE"):
        joint.ok(joint.adopt(other_plan, mayor))
    evaluated = {"state": "done", "done": "Verzonnen.", "brought": "Verzonnen.", "evaluatedOn": "2026-03-03",
                 "namesNobody": True}  # fmt: skip
    prove(
        "evaluate_measure",
        "coordinator",
        evaluated,
        foreign={"measureId": [other_measure]},
        measureId=measure,
    )


def test_every_route_that_is_off_the_stage_is_proven_here():
    assert test_off_stage_closing.MOVING
    assert test_off_stage_constitution.DRAFTING, "what it proves is declared along with what is proven here"
    assert test_off_stage_files.FILES
    assert DECLARED == OFF_STAGE | OFF_STAGE_PAGES | WITH_IDS
