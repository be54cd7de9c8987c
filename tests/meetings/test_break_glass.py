"""Break-glass: off by default, for a set time, told at once, reviewed, reading alone (R21, ADR 0020)."""

from dataclasses import replace
from datetime import timedelta

import cast as cast_module
import pytest
from pagecraft import reader, texts_of
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.constitution.agreements import adopt_agreement
from app.kernel.work import work

EMERGENCY = {
    "reason": "dangerToOthers",
    "explanation": "Melding van een mes aan de schoolpoort, desk onbereikbaar.",
}
GOOD = {
    "category": 5, "origin": "livcParticipant", "kind": "fact", "relevantAndProportionate": True,
    "nothingClassified": True,
}  # fmt: skip


def switch(table, mayor="mayor", **settings):
    """Adopt a version of the agreement with these settings."""
    house = table.house
    with work(house.installation, house.actor(mayor), channel="cli", now=house.now) as unit:
        adopt_agreement(unit, cast_module.agreement(house.cast.cells[table.cell], **settings))


def reference(table, case):
    return table.house.sql("SELECT reference FROM case_file WHERE id = :c", c=case)[0][0]


def smash(table, who, case, **over):
    return table.post(who, "/breakGlass", EMERGENCY | {"reference": reference(table, case)} | over)


def read(table, who, case, reason="acuteDanger"):
    return table.get(who, f"/cases/{case}", reason=reason)


def end(table, who, glass, match="*"):
    return table.post(who, f"/breakGlass/{glass['breakGlassId']}/close", match=match)


def review(table, who, glass, outcome="justified", note="De melding klopte."):
    body = {"outcome": outcome, "note": note}
    return table.post(who, f"/breakGlass/{glass['breakGlassId']}/review", body)


@pytest.fixture
def known(table):
    """A case that the police member and the school sat on weeks ago, with a trajectory; break-glass switched on."""
    switch(table, break_glass=1)
    meeting, _, case = table.sat("policeMember", "school")
    for audience, said, more in (
        ("present", "Draagt vaker een mes.", {}),
        ("notInMinutes", "Broer heeft schulden.", {}),
        ("desk", "Burgemeester kent de ouders.", {}),
        ("present", "Slikt medicatie.", {"category": 9}),
    ):
        body = GOOD | {"caseId": case, "audience": audience, "text": said} | more
        table.ok(table.post("coordinator", "/statements", body), 201)
    table.close(meeting)
    plan = {
        "caseId": case, "caseManagerId": table.person("caseManager"), "aims": {"school": "Terug naar de les."},
        "personInformed": "involved",
    }  # fmt: skip
    table.ok(table.post("coordinator", "/trajectories", plan), 201)
    action = {
        "caseId": case, "ownerId": table.person("participant"), "lifeDomain": "school", "text": "Contact opnemen.",
        "dueOn": "2026-06-01",
    }  # fmt: skip
    table.action = table.ok(table.post("coordinator", "/actions", action), 201)["actionId"]
    table.house.later(days=5)
    return case


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
    assert file["breakGlass"]["breakGlassId"] == glass["breakGlassId"]
    assert "abilities" not in file or file["abilities"] == []
    assert table.get("policeMember", f"/cases/{known}/trajectory").status_code == 200
    (row,) = table.house.sql("SELECT opened_at, ends_at FROM break_glass")
    assert row.ends_at - row.opened_at == timedelta(minutes=60)
    table.house.at(row.ends_at - timedelta(seconds=1))
    assert read(table, "policeMember", known).status_code == 200
    table.house.at(row.ends_at)
    assert read(table, "policeMember", known).status_code == 404
    assert table.get("policeMember", f"/cases/{known}/trajectory").status_code == 404


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
    for who in ("delegate", "caseManager", "informationOfficer"):
        assert table.ok(table.get(who, "/breakGlass"))["items"] == []
    for who in ("school", "secretary", "strategicMember", "auditor", "administrator"):
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
    table.get("policeMember", f"/cases/{known}/trajectory")
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
    (action,) = table.ok(table.get("policeMember", f"/cases/{known}/trajectory"))["actions"]
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


def test_a_delegate_reads_outside_the_scope_in_their_own_municipality(table, known):
    house, mandate = table.house, table.house.cast.mandates["delegate"]
    assert smash(table, "delegate", known).status_code == 404  # within scope there is nothing to break
    house.sql("UPDATE mandate SET scope = '{meetings}' WHERE id = :m", m=mandate)
    assert read(table, "delegate", known).json()["rule"] == "R9"
    table.ok(smash(table, "delegate", known), 201)
    file = table.ok(read(table, "delegate", known))
    assert "Burgemeester kent de ouders." not in str(file)
    house.sql("UPDATE mandate SET scope = '{nothingKnown}' WHERE id = :m", m=mandate)
    assert read(table, "delegate", known).status_code == 409


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
    switch(d, "zoneMayorD", break_glass=1)
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


def test_both_locks_agree_at_every_moment(table, known):
    """For everybody: the cases that the rules let be read by break-glass are those the database names."""
    from app.cases import queries
    from app.cases.breaking_glass import open_glass
    from app.cases.standing import case_facts
    from app.rules.actions import Action
    from app.rules.policy import Outcome, decide

    house = table.house
    people = ("mayor", "delegate", "coordinator", "secretary", "caseManager", "policeMember", "informationOfficer",
              "participant", "school", "strategicMember", "dpo", "auditor", "administrator", "zonePolice")  # fmt: skip
    table.case("Nooit Besproken")

    def compare():
        seen = {}
        for name in people:
            with house.work(name) as unit:
                unit.repeat()
                named = set(unit.session.scalar(text("SELECT broken_glass_cases()")))
                by_rule = set()
                for (identity,) in house.sql("SELECT id FROM case_file"):
                    case = queries.case_sheet(unit.session, unit.actor, identity)
                    glass = open_glass(unit, case)
                    facts = case_facts(unit, case, access_reason=True, broken_glass=glass is not None)
                    answer = decide(unit.actor, Action.CASE_OPEN, facts)
                    if answer.by_glass and answer.outcome is Outcome.ALLOW:
                        by_rule.add(identity)
                assert by_rule == named, name
                seen[name] = len(named)
        return {name for name, count in seen.items() if count}

    assert compare() == set()
    glass = table.ok(smash(table, "policeMember", known), 201)
    table.ok(smash(table, "caseManager", known), 201)
    assert compare() == {"policeMember", "caseManager"}
    table.ok(end(table, "policeMember", glass))
    assert compare() == {"caseManager"}
    table.ok(smash(table, "policeMember", known), 201)
    mandate = house.cast.mandates["policeMember"]
    for spoil, back in (
        ("UPDATE mandate SET clearance_until = '2026-03-01' WHERE id = :m",
         "UPDATE mandate SET clearance_until = '2049-12-31' WHERE id = :m"),
        ("UPDATE case_file SET locks_on = '2026-03-01'", "UPDATE case_file SET locks_on = '2027-01-01'"),
        ("INSERT INTO exclusion SELECT person_id, c.id, c.municipality_id, now() FROM mandate d, case_file c WHERE d.id = :m",
         "DELETE FROM exclusion"),
        ("UPDATE mandate SET ends_on = '2026-03-01' WHERE id = :m", "UPDATE mandate SET ends_on = NULL WHERE id = :m"),
    ):  # fmt: skip
        values = {"m": mandate}
        house.sql(spoil, **{k: v for k, v in values.items() if f":{k}" in spoil})
        assert "policeMember" not in compare(), spoil
        house.sql(back, **{k: v for k, v in values.items() if f":{k}" in back})
        assert "policeMember" in compare(), back
    house.later(minutes=59, seconds=59)
    assert compare() == {"policeMember", "caseManager"}
    house.later(seconds=1)
    assert compare() == set()


# -- the pages -----------------------------------------------------------------------------------------------------


def test_the_pages_say_what_it_does_keep_a_banner_and_end_it_early(table, known):
    house = table.house
    police = reader(house, "policeMember")
    form = texts_of(police.get("/break-glass/new").text)
    assert "60 minuten" in form
    assert "worden meteen verwittigd" in form
    wrong = police.send("/break-glass/new", reference="C-2026-ZZZZZ", **EMERGENCY)
    assert wrong.status_code == 404
    file = police.send("/break-glass/new", reference=reference(table, known), **EMERGENCY)
    assert file.status_code == 200, texts_of(file.text)[-500:]
    assert file.url.path == f"/cases/{known}"
    assert "Zorgeloos Verzonnen" in file.text
    assert "Noodtoegang tot" in file.text
    assert 'data-ends="2026-' in file.text
    assert "Burgemeester kent de ouders." not in file.text
    for step in ("/statements/new", "/closure/propose", "/close", "/monitor"):
        assert f"/cases/{known}{step}" not in file.text
    assert "Noodtoegang" in texts_of(police.get("/").text)
    ended = police.send(f"/cases/{known}?reason=acuteDanger", action="/close")
    assert "De noodtoegang is beëindigd." in texts_of(ended.text)
    assert police.get(f"/cases/{known}?reason=acuteDanger").status_code == 404


@pytest.mark.parametrize("who", ["coordinator", "dpo"])
def test_it_stands_on_the_first_page_of_who_watches_until_it_is_reviewed(table, known, who):
    glass = table.ok(smash(table, "policeMember", known), 201)
    table.house.later(hours=2)
    browser, ref = reader(table.house, who), reference(table, known)
    first = browser.get("/")
    address = f"/break-glass/{glass['breakGlassId']}/review"
    assert address in first.text
    assert ref in first.text
    asked = texts_of(browser.get(address).text)
    assert "mes aan de schoolpoort" in asked
    done = browser.send(address, outcome="notJustified", note="De desk was bereikbaar.")
    assert "De beoordeling is bewaard." in texts_of(done.text)
    assert address not in browser.get("/").text
    assert "Niet gerechtvaardigd" in texts_of(browser.get("/break-glass?state=all").text)
    own = texts_of(reader(table.house, "policeMember").get("/break-glass?state=all").text)
    assert "De desk was bereikbaar." in own


@pytest.mark.parametrize("who", ["school", "secretary", "mayor", "coordinator", "auditor"])
def test_the_page_that_opens_one_is_not_there_for_anybody_else(table, known, who):
    browser = reader(table.house, who)
    assert browser.get("/break-glass/new").status_code in {403, 404}
    assert "/break-glass/new" not in browser.get("/").text


def test_where_it_is_off_no_page_speaks_of_it(table):
    browser = reader(table.house, "policeMember")
    assert "/break-glass" not in browser.get("/").text
    assert browser.get("/break-glass/new").status_code == 404


# -- the database alone --------------------------------------------------------------------------------------------

TABLES = ("case_file", "discussion", "statement", "trajectory", "action_item", "agenda_item", "invitation", "attendance",
          "minutes_item", "minutes_remark", "registration", "exclusion", "certificate")  # fmt: skip


def rows(house, name):
    """Count what the database shows a person of each table, as the application's own role."""
    with house.work(name) as unit:
        unit.repeat()
        return {t: unit.session.scalar(text(f"SELECT count(*) FROM {t}")) for t in TABLES}


def test_the_database_shows_the_file_while_it_is_open_and_nothing_before_and_after(table, known):
    before = rows(table.house, "policeMember")
    glass = table.ok(smash(table, "policeMember", known), 201)
    during = rows(table.house, "policeMember")
    gained = {t: during[t] - before[t] for t in TABLES if during[t] != before[t]}
    assert gained == {"case_file": 1, "discussion": 1, "statement": 2, "trajectory": 1, "action_item": 1}
    assert rows(table.house, "school") == rows(table.house, "school") | {
        "case_file": 0,
        "statement": 0,
        "trajectory": 0,
    }
    table.ok(end(table, "policeMember", glass))
    assert rows(table.house, "policeMember") == before


FORGED = {
    "reason": "dangerToOthers",
    "id": "00000000-0000-4000-8000-000000000001",
}


@pytest.mark.parametrize(
    "who",
    ["school", "participant", "mayor", "coordinator", "delegate", "secretary", "informationOfficer", "dpo", "auditor",
     "administrator", "strategicMember", "zonePolice", "zoneMayorD"],
)  # fmt: skip
def test_the_function_that_opens_one_opens_none_for_anybody_else(table, known, who):
    with table.house.work(who) as unit:
        unit.repeat()
        query = text("SELECT break_the_glass(CAST(:id AS uuid), :ref, :reason, 'x')")
        assert unit.session.scalar(query, FORGED | {"ref": reference(table, known)}) is None
        assert unit.session.scalar(text("SELECT cardinality(broken_glass_cases())")) == 0
    assert table.house.sql("SELECT 1 FROM break_glass") == []


@pytest.mark.parametrize(
    "spoil",
    ["UPDATE agreement SET settings = '{}'", "UPDATE agreement SET state = 'superseded'",
     "UPDATE mandate SET clearance_until = '2026-03-01' WHERE role = 'policeMember'",
     "UPDATE mandate SET ends_on = '2026-03-01' WHERE role = 'policeMember'",
     "UPDATE mandate SET ends_on = '2026-03-01' WHERE role = 'dpo'", "DELETE FROM undertaking",
     "UPDATE case_file SET state = 'closed'", "UPDATE case_file SET locks_on = '2026-03-01'",
     "UPDATE case_file SET shred_ordered_at = now()",
     "UPDATE invitation SET state = 'declined'; UPDATE attendance SET present = false"],
)  # fmt: skip
def test_the_function_asks_every_condition_itself(table, known, spoil):
    query = text("SELECT break_the_glass(CAST(:id AS uuid), :ref, :reason, 'x')")
    values = FORGED | {"ref": reference(table, known)}
    actor = table.house.actor("policeMember")
    for statement in spoil.split("; "):
        table.house.sql(statement)
    with work(table.house.installation, actor, channel="test") as unit:
        unit.repeat()
        assert unit.session.scalar(query, values) is None


def test_nobody_writes_one_by_hand_lengthens_one_or_reviews_their_own(table, known):
    table.ok(smash(table, "policeMember", known), 201)

    def as_(who, statement):
        with table.house.work(who) as unit:
            unit.repeat()
            return unit.session.execute(text(statement)).rowcount

    for statement in (
        "INSERT INTO break_glass SELECT * FROM break_glass",
        "UPDATE break_glass SET ends_at = ends_at + interval '1 year'",
        "UPDATE break_glass SET person_id = person_id",
        "DELETE FROM break_glass",
    ):
        for who in ("policeMember", "coordinator", "mayor"):
            with pytest.raises(DBAPIError, match="permission denied"):
                as_(who, statement)
    with pytest.raises(DBAPIError, match="row-level security"):
        as_("policeMember", "UPDATE break_glass SET reviewed_at = now(), reviewed_by = gen_random_uuid()")
    with pytest.raises(DBAPIError, match="row-level security"):
        as_("coordinator", "UPDATE break_glass SET reviewed_at = now(), reviewed_by = gen_random_uuid()")
    assert as_("mayor", "UPDATE break_glass SET closed_at = now()") == 0
    assert as_("policeMember", "UPDATE break_glass SET closed_at = now()") == 1
    assert as_("policeMember", "UPDATE break_glass SET closed_at = NULL") == 0
    # Reading by it writes nothing of the file either.
    table.ok(smash(table, "caseManager", known), 201)
    for who in ("policeMember", "caseManager"):
        for name in ("case_file", "statement", "trajectory"):
            assert as_(who, f"UPDATE {name} SET version = version + 1") == 0, (who, name)
    assert as_("policeMember", "UPDATE action_item SET version = version + 1") == 0


def test_without_the_policy_in_python_the_database_still_shows_nothing_of_the_file(table, known, monkeypatch):
    """The first lock taken away: everybody may everything, and break-glass still opens for nobody whom it is not for."""
    from app.kernel import work as module
    from app.rules.policy import Decision, Outcome

    monkeypatch.setattr(module, "decide", lambda *_: Decision(Outcome.ALLOW, "R0"))
    for who in ("school", "informationOfficer", "zonePolice", "strategicMember", "administrator"):
        answer = smash(table, who, known)
        assert answer.status_code == 500, who
        assert read(table, who, known).status_code in {404, 500}, who
    assert table.house.sql("SELECT 1 FROM break_glass") == []


def test_it_is_destroyed_with_the_file_and_counted_on_the_certificate(table, known):
    from app.retention.sweeping import sweep_all

    table.ok(smash(table, "policeMember", known), 201)
    table.house.at(table.house.now + timedelta(days=400))
    assert sweep_all(table.house.installation).destroyed == 1
    assert table.house.sql("SELECT 1 FROM break_glass") == []
    assert table.house.sql("SELECT 1 FROM notice WHERE code = 'breakGlassOpened'") == []
    ((counts,),) = table.house.sql("SELECT counts FROM certificate WHERE kind = 'case'")
    assert counts["break_glass"] == 1
