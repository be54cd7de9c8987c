"""Break-glass: off by default, for a set time, told at once, reviewed, reading alone (R21, ADR 0020)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from glasscraft import EMERGENCY, GOOD, end, read, reference, review, smash, switch
from sqlalchemy import text

from app.kernel.work import work


def test_it_is_off_unless_the_agreement_in_force_says_otherwise(table):
    _, _, case = table.sat("policeMember")
    table.house.later(days=1)
    refused = smash(table, "policeMember", case)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R21")
    switch(table, break_glass=1)
    switch(table, break_glass=0)
    assert smash(table, "policeMember", case).status_code == 409
    assert (
        table.house.sql("SELECT 1 FROM break_glass")
        == table.house.sql("SELECT 1 FROM notice WHERE code LIKE 'breakGlass%'")
        == []
    )


def test_the_file_is_read_for_the_set_time_and_not_a_second_longer(table, known):
    assert read(table, "policeMember", known).status_code == 404
    glass = table.ok(smash(table, "policeMember", known), 201)
    file = table.ok(read(table, "policeMember", known))
    assert file["subjectName"] == "Zorgeloos Verzonnen"
    assert (file["indications"], file["signal"]) == (
        "Aanwijzingen.",
        "Plotse afwezigheid en haatboodschappen.",
    )
    assert file["breakGlass"]["breakGlassId"] == glass["breakGlassId"]
    assert "abilities" not in file or file["abilities"] == []
    assert table.get("policeMember", f"/cases/{known}/trajectory", reason="acuteDanger").status_code == 200
    (row,) = table.house.sql("SELECT opened_at, ends_at FROM break_glass")
    assert row.ends_at - row.opened_at == timedelta(minutes=60)
    table.house.at(row.ends_at - timedelta(seconds=1))
    assert read(table, "policeMember", known).status_code == 200
    table.house.at(row.ends_at)
    assert read(table, "policeMember", known).status_code == 404
    assert table.get("policeMember", f"/cases/{known}/trajectory", reason="acuteDanger").status_code == 404


@pytest.mark.parametrize("minutes", [15, 240])
def test_how_long_is_what_the_agreement_in_force_fixed(table, known, minutes):
    switch(table, break_glass=1, break_glass_minutes=minutes)
    table.ok(smash(table, "policeMember", known), 201)
    (row,) = table.house.sql("SELECT ends_at - opened_at AS length FROM break_glass")
    assert row.length == timedelta(minutes=minutes)


def test_what_was_kept_for_the_desk_and_what_is_sensitive_stay_shut(table, known):
    table.ok(smash(table, "policeMember", known), 201)
    file = table.ok(read(table, "policeMember", known))
    assert {s["text"] for s in file["statements"]} == {"Draagt vaker een mes.", "Broer heeft schulden."}
    assert file.keys() & {"screeningNote", "screeningAnswers"} == set()
    assert table.ok(read(table, "mayor", known))["screeningNote"] == "Voor de desk alleen (verzonnen)."
    for (statement,) in table.house.sql("SELECT id FROM statement WHERE audience = 'desk' OR category = 9"):
        assert (
            table.post("policeMember", f"/statements/{statement}/open", {"reason": "acuteDanger"}).status_code
            == 404
        )


def test_coordinator_and_data_protection_officer_are_told_at_once(table, known):
    table.ok(smash(table, "policeMember", known), 201)
    told = table.house.sql(
        "SELECT person_id::text AS p, reference FROM notice WHERE code = 'breakGlassOpened'"
    )
    assert {row.p for row in told} == {table.person("coordinator"), table.person("dpo")}
    assert {row.reference for row in told} == {reference(table, known)}
    for who in ("coordinator", "dpo", "mayor"):
        (seen,) = table.ok(table.get(who, "/breakGlass"))["items"]
        assert (seen["personName"], seen["explanation"]) == (
            "PoliceMember Verzonnen",
            EMERGENCY["explanation"],
        )
    for who in ("caseManager", "informationOfficer"):
        assert table.ok(table.get(who, "/breakGlass"))["items"] == []
    for who in ("delegate", "school", "secretary", "strategicMember", "auditor", "administrator"):
        assert table.get(who, "/breakGlass").status_code in {403, 404}, who


@pytest.mark.parametrize("gone", ["dpo", "coordinator"])
def test_without_somebody_to_be_told_there_is_none(table, known, gone):
    table.house.sql(
        "UPDATE mandate SET ends_on = '2026-03-01' WHERE id = :m", m=table.house.cast.mandates[gone]
    )
    refused = smash(table, "policeMember", known)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R21")


def test_every_line_of_the_log_says_so(table, known):
    table.ok(smash(table, "policeMember", known), 201)
    read(table, "policeMember", known)
    table.get("policeMember", f"/cases/{known}/trajectory", reason="acuteDanger")
    table.ok(table.get("mayor", f"/cases/{known}", reason="supervision"))
    lines = table.house.sql(
        "SELECT action, rule, break_glass, role FROM journal.entry WHERE break_glass OR action = 'case.open'"
    )
    by_glass = {(x.action, x.rule, x.role) for x in lines if x.break_glass}
    assert by_glass == {("case.open", "R21", "policeMember"), ("trajectory.read", "R21", "policeMember")}
    assert [
        x.role
        for x in lines
        if not x.break_glass and x.action == "case.open" and x.rule == "R107" and x.role == "mayor"
    ] == ["mayor"]
    (opened,) = table.journal("breakGlass.open", "policeMember")
    assert (str(opened.case_id), opened.reason, opened.rule) == (known, "dangerToOthers", "R21")
    assert EMERGENCY["explanation"] not in str(table.house.sql("SELECT * FROM journal.entry"))


def test_it_reads_and_changes_nothing(table, known):
    table.ok(smash(table, "policeMember", known), 201)
    before = [
        table.house.sql(f"SELECT * FROM {t} ORDER BY 1")
        for t in ("case_file", "statement", "trajectory", "action_item")
    ]
    for path, body in (
        (f"/cases/{known}/monitor", {}),
        (f"/cases/{known}/proposeClosure", {"ground": "deceased"}),
        ("/statements", GOOD | {"caseId": known, "text": "Zelf bijgeschreven."}),
        ("/actions", {"caseId": known, "ownerId": table.person("policeMember"), "lifeDomain": "school", "text": "x",
                      "dueOn": "2026-06-01"}),
        (f"/actions/{table.action}/complete", {"result": "done", "outcome": "x"}),
        ("/journalEntries/export", {"reason": "supervision"}),
    ):  # fmt: skip
        assert table.post("policeMember", path, body).status_code in {403, 404, 405, 400}, path
    assert table.get("policeMember", "/cases").status_code in {403, 404}
    after = [
        table.house.sql(f"SELECT * FROM {t} ORDER BY 1")
        for t in ("case_file", "statement", "trajectory", "action_item")
    ]
    assert before == after
    (action,) = table.ok(table.get("policeMember", f"/cases/{known}/trajectory", reason="acuteDanger"))[
        "actions"
    ]
    assert action.get("abilities", []) == []


def test_not_there_and_not_for_you_are_one_answer(table, known):
    """A participant who sat there, strangers of every role, and police who never heard of the case (R18)."""
    never = table.case("Nooit Besproken")

    def body_of(answer):
        return answer.status_code, {k: v for k, v in answer.json().items() if k != "instance"}

    nothing = body_of(table.post("policeMember", "/breakGlass", EMERGENCY | {"reference": "C-2026-ZZZZZ"}))
    assert nothing[0] == 404
    assert body_of(smash(table, "policeMember", never)) == nothing
    for who in ("school", "participant", "secretary", "mayor", "coordinator", "delegate", "caseManager", "strategicMember",
                "informationOfficer", "dpo", "auditor", "administrator", "zonePolice", "zoneMayorD"):  # fmt: skip
        assert body_of(smash(table, who, never)) == nothing, who
        if who != "caseManager":
            assert body_of(smash(table, who, known)) == nothing, who
    assert body_of(smash(table, "policeMember", known, reference=reference(table, known).lower())) == nothing
    assert table.house.sql("SELECT 1 FROM break_glass") == []


def test_the_case_manager_reads_the_rest_of_the_file_of_the_plan_they_follow(table, known):
    assert read(table, "caseManager", known).status_code == 403
    table.ok(smash(table, "caseManager", known), 201)
    assert table.ok(read(table, "caseManager", known))["subjectName"] == "Zorgeloos Verzonnen"
    # Their own part they read as always, and may act upon; it is no emergency.
    plan = table.ok(table.get("caseManager", f"/cases/{known}/trajectory"))
    assert "action.assign" in plan["abilities"]
    assert not table.journal("trajectory.read", "caseManager")[0].break_glass


def test_no_emergency_is_wider_than_a_written_appointment(table, known):
    house, mandate = table.house, table.house.cast.mandates["delegate"]
    assert smash(table, "delegate", known).status_code == 404
    house.sql("UPDATE mandate SET scope = '{meetings}' WHERE id = :m", m=mandate)
    assert read(table, "delegate", known).json()["rule"] == "R9"
    assert smash(table, "delegate", known).status_code == 404
    assert read(table, "delegate", known).json()["rule"] == "R9"


def test_an_exclusion_beats_it_before_and_while(table, known):
    table.ok(smash(table, "policeMember", known), 201)
    table.ok(table.post("policeMember", f"/cases/{known}/exclude"))
    assert read(table, "policeMember", known).status_code == 404
    assert smash(table, "policeMember", known).status_code == 404
    assert table.ok(table.get("policeMember", "/breakGlass", state="all"))["items"] == []


def test_an_excluded_coordinator_is_not_told_and_does_not_count_as_told(table, known):
    table.ok(table.post("coordinator", f"/cases/{known}/exclude"))
    assert smash(table, "policeMember", known).json()["rule"] == "R21"


def test_a_locked_case_stays_locked_before_and_while(table, known):
    table.ok(smash(table, "policeMember", known), 201)
    table.house.sql("UPDATE case_file SET locks_on = :d", d=table.house.now.date())
    assert read(table, "policeMember", known).status_code == 404
    glass = smash(table, "caseManager", known)
    assert (glass.status_code, glass.json()["rule"]) == (409, "R90")


def test_clearance_and_undertaking_hold(table, known):
    house = table.house
    table.ok(smash(table, "policeMember", known), 201)
    house.sql(
        "UPDATE mandate SET clearance_until = '2026-03-01' WHERE id = :m",
        m=house.cast.mandates["policeMember"],
    )
    assert read(table, "policeMember", known).status_code == 404
    assert smash(table, "policeMember", known).json()["rule"] == "R10"
    house.sql("DELETE FROM undertaking WHERE person_id = :p", p=house.cast.persons["caseManager"])
    assert smash(table, "caseManager", known).json()["rule"] == "R16"


def test_another_mandate_of_the_same_person_opens_nothing(table, known):
    """It belongs to the mandate it was opened under, in both locks."""
    table.ok(smash(table, "policeMember", known), 201)
    house = table.house
    other = replace(house.actor("policeMember"), mandate_id=house.cast.mandates["informationOfficer"])
    house.sql("UPDATE mandate SET person_id = :p WHERE id = :m", p=other.person_id, m=other.mandate_id)
    with work(house.installation, other, channel="test") as unit:
        unit.repeat()
        assert unit.session.scalar(text("SELECT count(*) FROM case_file")) == 0


def test_one_at_a_time_and_another_one_afterwards_is_told_again(table, known):
    glass = table.ok(smash(table, "policeMember", known), 201)
    assert smash(table, "policeMember", known).status_code == 409
    table.ok(end(table, "policeMember", glass))
    assert read(table, "policeMember", known).status_code == 404
    assert end(table, "policeMember", glass).status_code == 409
    table.ok(smash(table, "policeMember", known), 201)
    assert len(table.house.sql("SELECT 1 FROM notice WHERE code = 'breakGlassOpened'")) == 4


@pytest.mark.parametrize("who", ["coordinator", "dpo"])
def test_who_watches_can_end_it(table, known, who):
    glass = table.ok(smash(table, "policeMember", known), 201)
    table.ok(end(table, who, glass))
    assert read(table, "policeMember", known).status_code == 404


def test_it_is_reviewed_once_it_has_ended_and_never_by_whoever_opened_it(table, known):
    glass = table.ok(smash(table, "policeMember", known), 201)
    assert review(table, "coordinator", glass).status_code == 409
    table.house.later(hours=2)
    assert review(table, "policeMember", glass).status_code == 403
    for who in ("mayor", "school", "zoneCoordinatorD", "auditor", "administrator"):
        assert review(table, who, glass).status_code == 404, who
    assert review(table, "coordinator", glass, outcome="fine").status_code == 400
    done = table.ok(review(table, "dpo", glass, "notJustified", "De desk was bereikbaar."))
    assert (done["state"], done["outcome"], done["reviewerName"]) == (
        "reviewed",
        "notJustified",
        "Dpo Verzonnen",
    )
    assert review(table, "coordinator", glass).status_code == 409
    for who in ("coordinator", "dpo", "policeMember"):
        assert table.ok(table.get(who, "/breakGlass"))["items"] == []
        assert len(table.ok(table.get(who, "/breakGlass", state="all"))["items"]) == 1
    (row,) = table.house.sql("SELECT explanation, review_note FROM break_glass")
    assert b"mes" not in bytes(row.explanation)
    assert b"bereikbaar" not in bytes(row.review_note)


def test_a_person_with_both_hats_reviews_not_their_own(table, known):
    """Police member here and coordinator there: the row, not the role, decides."""
    glass = table.ok(smash(table, "policeMember", known), 201)
    table.house.later(hours=2)
    house = table.house
    house.sql(
        "UPDATE mandate SET person_id = :p WHERE id = :m", p=house.cast.persons["policeMember"],
        m=house.cast.mandates["coordinator"],
    )  # fmt: skip
    house.cast.persons["coordinator"], before = (
        house.cast.persons["policeMember"],
        house.cast.persons["coordinator"],
    )
    house._clients.pop("coordinator")
    try:
        refused = review(table, "coordinator", glass)
    finally:
        house.cast.persons["coordinator"] = before
    assert (refused.status_code, refused.json()["rule"]) == (409, "R21")


def test_in_a_joint_cell_it_stays_with_the_police_and_the_other_desk_has_none(zone):
    d, e = zone
    switch(d, break_glass=1)
    meeting, _, case = d.sat("zonePolice", "zoneCoordinatorE")
    d.close(meeting)
    d.house.later(days=2)
    for who in ("zoneMayorE", "zoneCoordinatorE", "zoneSchool", "zoneSecretary", "zoneAuditorE"):
        assert smash(d, who, case).status_code == 404, who
    d.ok(smash(d, "zonePolice", case), 201)
    assert d.ok(read(d, "zonePolice", case))["subjectName"]
    assert [x["reference"] for x in d.ok(d.get("zoneCoordinatorD", "/breakGlass"))["items"]] == [
        reference(d, case)
    ]
    assert d.ok(d.get("zoneCoordinatorE", "/breakGlass"))["items"] == []
    case_of_e = e.sat("zonePolice")[2]
    assert (
        smash(e, "zonePolice", case_of_e).json()["rule"] == "R21"
    )  # E has no data protection officer to tell
