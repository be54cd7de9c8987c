"""The policy plan: drafted, adopted by every mayor, its measures owned and evaluated (R1, R6)."""

import pytest
from strategycraft import GOAL, PLAN

EVALUATED = {
    "state": "done", "done": "Twee vormingen gegeven.", "brought": "Scholen bellen sneller.", "evaluatedOn": "2026-03-01",
    "namesNobody": True,
}  # fmt: skip


def test_a_plan_is_drafted_adopted_and_evaluated(strategy):
    plan, _, measure = strategy.running()
    view = strategy.ok(strategy.get("strategicMember", f"/policyPlans/{plan}"))
    assert (view["state"], view["adoptedOn"]) == ("adopted", "2026-03-02")
    assert view["progress"] == {"planned": 1, "underWay": 0, "done": 0, "stopped": 0}
    (mine,) = strategy.ok(strategy.get("strategicMember", "/measures"))["items"]
    assert (mine["measureId"], mine["owner"]) == (measure, "StrategicMember Verzonnen")
    told = strategy.ok(strategy.post("strategicMember", f"/measures/{measure}/evaluate", EVALUATED))
    assert told["state"] == "done"
    assert told["evaluations"][0]["brought"] == EVALUATED["brought"]
    assert strategy.ok(strategy.get("strategicMember", "/measures"))["items"] == []
    assert strategy.ok(strategy.get("mayor", f"/policyPlans/{plan}"))["progress"]["done"] == 1


def test_in_a_joint_cell_the_plan_runs_once_the_last_mayor_adopted_it(joint):
    d, e = joint
    plan = d.plan()
    d.goal(plan)
    first = d.ok(d.adopt(plan))
    assert first["state"] == "draft"
    assert [a.get("adoptedBy") for a in first["adoptions"]] == ["ZoneMayorD Verzonnen", None]
    assert e.ok(e.adopt(plan))["state"] == "adopted"


def test_a_municipality_adopts_once(joint, strategy):
    d, _ = joint
    plan = d.plan()
    d.goal(plan)
    d.ok(d.adopt(plan))
    assert "policyPlan.adopt" not in d.ok(d.get("zoneMayorD", f"/policyPlans/{plan}"))["abilities"]
    again = d.adopt(plan)
    assert (again.status_code, again.json()["type"].rsplit(":", 1)[1]) == (409, "conflict")
    running, _, _ = strategy.running()
    assert strategy.adopt(running).status_code == 409


def test_a_plan_that_changed_after_the_first_mayor_needs_that_mayor_again(joint):
    d, e = joint
    plan = d.plan()
    d.goal(plan)
    d.ok(d.adopt(plan))
    e.ok(e.post("zoneCoordinatorE", f"/policyPlans/{plan}/change", PLAN | {"text": "Anders."}))
    view = e.ok(e.adopt(plan))
    assert view["state"] == "draft"
    assert [a.get("adoptedBy") for a in view["adoptions"]] == [None, "ZoneMayorE Verzonnen"]
    assert d.ok(d.adopt(plan))["state"] == "adopted"


def test_a_mayor_adopts_what_they_read_and_no_later_text(strategy):
    plan = strategy.plan()
    strategy.goal(plan)
    read = strategy.get("mayor", f"/policyPlans/{plan}").headers["etag"]
    strategy.goal(plan, title="Nog een doel")
    assert strategy.adopt(plan, match=read).status_code == 412


@pytest.mark.parametrize("who", ["coordinator", "delegate", "strategicMember"])
def test_nobody_but_a_mayor_adopts(strategy, who):
    plan = strategy.plan()
    strategy.goal(plan)
    assert strategy.adopt(plan, who).status_code == 403


def test_a_plan_without_a_goal_is_not_adopted(strategy):
    assert strategy.adopt(strategy.plan()).status_code == 409


@pytest.mark.parametrize("ends", ["2025-12-31", "2026-01-01"])
def test_a_period_that_ends_before_it_begins_is_refused(strategy, ends):
    answer = strategy.post("coordinator", "/policyPlans", PLAN | {"endsOn": ends})
    assert answer.status_code == 400
    assert "endsOn" in answer.text
    plan = strategy.plan()
    assert (
        strategy.post("coordinator", f"/policyPlans/{plan}/change", PLAN | {"endsOn": ends}).status_code
        == 400
    )


def test_what_the_mayors_adopted_does_not_change_but_measures_come_in(strategy):
    plan, goal, _ = strategy.running()
    assert strategy.post("coordinator", f"/policyPlans/{plan}/change", PLAN).status_code == 409
    assert strategy.post("coordinator", f"/goals/{goal}/change", GOAL).status_code == 409
    assert strategy.post("coordinator", "/goals", GOAL | {"policyPlanId": plan}).status_code == 409
    strategy.measure(goal, title="Nog een maatregel")
    assert strategy.ok(strategy.get("mayor", f"/policyPlans/{plan}"))["state"] == "adopted"


@pytest.mark.parametrize("who", ["participant", "policeMember", "secretary", "dpo", "auditor", "zoneMayorD"])
def test_who_does_not_sit_at_the_table_is_not_told_of_the_plan(strategy, who):
    plan, goal, measure = strategy.running()
    assert strategy.get(who, f"/policyPlans/{plan}").status_code == 404
    assert strategy.post(who, f"/goals/{goal}/change", GOAL).status_code == 404
    assert strategy.post(who, f"/measures/{measure}/evaluate", EVALUATED).status_code == 404


@pytest.mark.parametrize(
    "over",
    [{"ownerId": None}, {"both": True}, {"ownerId": "participant"}, {"ownerId": "zoneMayorD"}, {"dueOn": "2028-01-01"},
     {"dueOn": "2025-12-31"}],
)  # fmt: skip
def test_a_measure_has_one_owner_of_this_table_and_a_day_in_the_period(strategy, over):
    goal = strategy.goal(strategy.plan())
    body = strategy.measuring(goal) | over
    if body.pop("both", None):
        body["agencyId"] = str(strategy.house.cast.agencies["ocmw"])
    if body.get("ownerId") in strategy.house.cast.persons:
        body["ownerId"] = strategy.person(body["ownerId"])
    assert strategy.post("coordinator", "/measures", body).status_code == 400


def test_a_service_of_the_cell_can_own_a_measure(strategy):
    plan = strategy.plan()
    goal = strategy.goal(plan)
    services = strategy.ok(strategy.get("strategicMember", f"/policyPlans/{plan}"))["services"]
    ocmw = str(strategy.house.cast.agencies["ocmw"])
    assert ocmw in {s["agencyId"] for s in services}
    body = strategy.measuring(goal, agencyId=ocmw) | {"ownerId": None}
    assert strategy.ok(strategy.post("strategicMember", "/measures", body), 201)["owner"] == "ocmw (invented)"


def test_a_measure_of_ones_service_is_ones_own(strategy):
    plan = strategy.plan()
    town_hall = str(strategy.house.cast.agencies["town hall"])
    body = strategy.measuring(strategy.goal(plan), agencyId=town_hall) | {"ownerId": None}
    made = strategy.ok(strategy.post("coordinator", "/measures", body), 201)
    strategy.ok(strategy.adopt(plan))
    (mine,) = strategy.ok(strategy.get("strategicMember", "/measures"))["items"]
    assert "measure.evaluate" in mine["abilities"]
    strategy.ok(strategy.post("strategicMember", f"/measures/{made['measureId']}/evaluate", EVALUATED))


def test_an_owner_whose_mandate_ended_is_shown_and_can_be_replaced(strategy):
    plan, goal, measure = strategy.running()
    strategy.house.sql(
        "UPDATE mandate SET ends_on = '2026-03-01' WHERE id = :m",
        m=strategy.house.cast.mandates["strategicMember"],
    )
    (shown,) = strategy.ok(strategy.get("coordinator", f"/policyPlans/{plan}"))["goals"][0]["measures"]
    assert shown["ownerInOffice"] is False
    assert strategy.get("strategicMember", f"/policyPlans/{plan}").status_code == 404
    body = strategy.measuring(goal)
    del body["goalId"]
    path = f"/measures/{measure}/change"
    assert strategy.post("coordinator", path, body).status_code == 400, "not to the same owner again"
    changed = strategy.ok(strategy.post("coordinator", path, body | {"ownerId": strategy.person("delegate")}))
    assert changed["ownerInOffice"] is True


def test_only_the_owner_and_the_desk_evaluate(strategy):
    plan = strategy.plan()
    measure = strategy.measure(strategy.goal(plan), ownerId=strategy.person("mayor"))
    strategy.ok(strategy.adopt(plan))
    refused = strategy.post("strategicMember", f"/measures/{measure}/evaluate", EVALUATED)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R14")
    strategy.ok(
        strategy.post("coordinator", f"/measures/{measure}/evaluate", EVALUATED | {"state": "underWay"})
    )


def test_evaluations_stand_beside_each_other_and_nothing_is_evaluated_twice_at_once(strategy):
    _plan, _, measure = strategy.running()
    path = f"/measures/{measure}/evaluate"
    first = EVALUATED | {"state": "underWay", "done": "Begonnen."}
    strategy.ok(strategy.post("strategicMember", path, first, match='"1"'))
    assert strategy.post("coordinator", path, EVALUATED, match='"1"').status_code == 412
    strategy.house.later(minutes=1)
    told = strategy.ok(strategy.post("strategicMember", path, EVALUATED, match='"2"'))
    assert [e["state"] for e in told["evaluations"]] == ["done", "underWay"]
    assert strategy.post("coordinator", path, EVALUATED).status_code == 409


def test_a_draft_is_not_evaluated_and_no_day_to_come(strategy):
    plan = strategy.plan()
    measure = strategy.measure(strategy.goal(plan))
    path = f"/measures/{measure}/evaluate"
    assert strategy.post("coordinator", path, EVALUATED).status_code == 409
    strategy.ok(strategy.adopt(plan))
    assert strategy.post("coordinator", path, EVALUATED | {"evaluatedOn": "2026-03-03"}).status_code == 400


def test_of_two_who_rewrite_a_plan_a_goal_or_a_measure_the_second_is_told(strategy):
    plan = strategy.plan()
    goal = strategy.goal(plan)
    measure = strategy.measure(goal)
    changed = strategy.measuring(goal)
    del changed["goalId"]
    for path, body in (
        (f"/goals/{goal}/change", GOAL),
        (f"/measures/{measure}/change", changed),
        (f"/policyPlans/{plan}/change", PLAN),
    ):
        stale = '"1"'
        if "goals" in path or "measures" in path:
            strategy.ok(strategy.post("coordinator", path, body, match=stale))
        assert strategy.post("strategicMember", path, body, match=stale).status_code == 412, path


@pytest.mark.parametrize("over", [{"namesNobody": False}, {"text": "Zie C-2026-7K3QX."}])
def test_no_text_of_a_plan_marks_a_person(strategy, over):
    plan = strategy.plan()
    goal = strategy.goal(plan)
    for path, body in (
        ("/policyPlans", PLAN), (f"/policyPlans/{plan}/change", PLAN), ("/goals", GOAL | {"policyPlanId": plan}),
        ("/measures", strategy.measuring(goal)),
    ):  # fmt: skip
        answer = strategy.post("strategicMember", path, body | over)
        assert (answer.status_code, answer.json()["rule"]) == (409, "R6"), path
