"""The sweep: warnings on their days, destruction on the due date and never before (R86, R90, R95)."""

from app.cases.commands import OpenCase
from app.cases.opening import open_case
from app.kernel.clock import brussels_day
from app.retention.sweeping import sweep_all

SWEEPS = "/api/v1/retention/sweeps"


def _body(house, town="C"):
    return {"municipalityId": str(house.cast.towns[town])}


def _notices(house):
    names = {v: k for k, v in house.cast.persons.items()}
    rows = house.sql(
        "SELECT person_id, code, reference FROM notice WHERE code NOT IN ('invited', 'closureAsked')"
    )
    return {(names[r.person_id], r.code) for r in rows}, {r.reference for r in rows}


def test_the_desk_is_warned_at_90_30_and_15_days_and_once_each(house, filled, acts):
    for day, left in (((2026, 12, 1), None), ((2026, 12, 2), 90), ((2027, 1, 31), 30), ((2027, 2, 15), 15)):
        acts.on(house, *day)
        before, _ = _notices(house)
        assert sweep_all(house.installation).warned == (0 if left is None else 1)
        assert sweep_all(house.installation).warned == 0
        new = _notices(house)[0] - before
        desk = {(who, f"retentionWarning{left}") for who in ("mayor", "delegate", "coordinator")}
        reminded = {("participant", "ownFileTerm"), ("school", "ownFileTerm")} if left == 90 else set()
        assert new == (set() if left is None else desk | reminded)
    assert _notices(house)[1] == {filled.reference}
    lines = house.sql("SELECT case_id, role FROM journal.entry WHERE reason = 'retentionWarning'")
    assert [tuple(line) for line in lines] == [(filled.case_id, "robot")] * 3


def test_somebody_excluded_from_the_case_gets_no_notice_of_it(house, filled, acts):
    for name in ("coordinator", "school"):
        house.sql(
            "INSERT INTO exclusion VALUES (:p, :c, :m, now())",
            p=house.cast.persons[name], c=filled.case_id, m=house.cast.towns["C"],
        )  # fmt: skip
    acts.on(house, 2026, 12, 2)
    sweep_all(house.installation)
    assert {who for who, _ in _notices(house)[0]} == {"mayor", "delegate", "participant"}


def test_a_file_is_shut_fourteen_days_before(house, listed, acts):
    path = f"/api/v1/cases/{listed.case_id}"
    acts.on(house, 2027, 2, 15)
    with house.work("mayor") as unit:
        open_case(unit, OpenCase.of(case_id=listed.case_id, reason="retentionReview"))
    acts.on(house, 2027, 2, 16)
    answer = house.client("mayor").get(path, params={"reason": "retentionReview"})
    assert (answer.status_code, answer.json()["rule"]) == (409, "R90")


def test_destruction_runs_on_the_due_date_and_not_the_day_before(house, filled, acts):
    acts.on(house, 2027, 3, 1, hour=22)  # 23 o'clock in Brussels
    assert sweep_all(house.installation).destroyed == 0
    assert house.sql("SELECT count(*) FROM case_file")[0][0] == 1
    house.later(hours=1, minutes=1)
    assert brussels_day(house.now).isoformat() == "2027-03-02"
    swept = sweep_all(house.installation)
    assert (swept.destroyed, swept.erased, swept.left) == (1, 0, 0)
    assert house.sql("SELECT count(*) FROM case_file")[0][0] == 0
    assert (
        house.client("mayor")
        .get(f"/api/v1/cases/{filled.case_id}", params={"reason": "retentionReview"})
        .status_code
        == 404
    )


def test_a_closed_case_is_destroyed_too(house, listed, acts):
    house.sql("UPDATE case_file SET state = 'closed'")
    acts.on(house, 2027, 3, 2)
    assert sweep_all(house.installation).destroyed == 1


def test_the_dpo_sees_what_would_go_and_lets_it_go(house, filled, acts):
    dpo = house.client("dpo")
    acts.on(house, 2026, 12, 2)
    planned = dpo.post(SWEEPS + "/preview", json=_body(house)).json()["items"]
    assert [(p["act"], p["reference"], p["warning"]) for p in planned] == [("warn", filled.reference, 90)]
    assert house.sql("SELECT warned FROM case_file")[0][0] is None
    acts.on(house, 2027, 3, 2)
    answer = dpo.post(SWEEPS + "/preview", json=_body(house))
    assert [(p["act"], p["reference"]) for p in answer.json()["items"]] == [("destroy", filled.reference)]
    assert acts.MARK not in answer.text
    assert house.sql("SELECT count(*) FROM case_file")[0][0] == 1
    done = dpo.post(SWEEPS, json=_body(house), headers={"Idempotency-Key": "sweep"})
    assert done.status_code == 200, done.text
    assert (done.json()["destroyed"], done.json()["left"]) == (1, 0)
    again = dpo.post(SWEEPS, json=_body(house), headers={"Idempotency-Key": "sweep"})
    assert (again.status_code, again.json()) == (200, {})
    lines = house.sql(
        "SELECT reason, role, rule, case_id FROM journal.entry WHERE action = 'case.destroy' ORDER BY id"
    )
    assert [tuple(line) for line in lines] == [
        ("ordered", "dpo", "R86", filled.case_id),
        ("destroyed", "dpo", "R86", filled.case_id),
    ]
    assert (
        house.sql("SELECT count(*) FROM journal.entry WHERE action = 'sweep.run' AND outcome = 'allowed'")[0][
            0
        ]
        == 1
    )


def test_nobody_else_may_sweep(house, listed, acts):
    acts.on(house, 2027, 3, 2)
    for path in (SWEEPS, SWEEPS + "/preview"):
        for name, status in (
            ("mayor", 403), ("coordinator", 403), ("auditor", 403), ("participant", 404), ("policeMember", 404),
            ("administrator", 404), ("zoneDpoD", 404), ("zoneMayorD", 404),
        ):  # fmt: skip
            answer = house.client(name).post(path, json=_body(house))
            assert answer.status_code == status, (path, name, answer.text)
            assert listed.reference not in answer.text
    assert house.sql("SELECT count(*) FROM case_file")[0][0] == 1
    assert house.sql(
        "SELECT count(*) FROM journal.entry WHERE action LIKE 'sweep.%' AND case_id IS NOT NULL"
    ) == [(0,)]


def test_a_dpo_with_a_declared_conflict_leaves_the_file_to_the_robot(house, listed, acts):
    house.sql(
        "INSERT INTO exclusion VALUES (:p, :c, :m, now())",
        p=house.cast.persons["dpo"], c=listed.case_id, m=house.cast.towns["C"],
    )  # fmt: skip
    acts.on(house, 2027, 3, 2)
    dpo = house.client("dpo")
    assert dpo.post(SWEEPS + "/preview", json=_body(house)).json()["items"] == []
    assert dpo.post(SWEEPS, json=_body(house)).json()["destroyed"] == 0
    assert sweep_all(house.installation).destroyed == 1


def test_the_robot_sweeps_every_municipality_and_a_dpo_only_their_own(house, acts):
    acts.put_on_list(house)
    acts.put_on_list(house, "D", "zoneSchool", "zoneMayorD")
    acts.on(house, 2027, 3, 2)
    assert house.client("zoneDpoD").post(SWEEPS, json=_body(house, "D")).json()["destroyed"] == 1
    assert house.sql("SELECT municipality_id FROM case_file") == [(house.cast.towns["C"],)]
    assert sweep_all(house.installation).destroyed == 1


def test_one_file_that_fails_does_not_hold_up_the_others(house, acts, monkeypatch):
    first = acts.put_on_list(house)
    acts.put_on_list(house, "D", "zoneSchool", "zoneMayorD")
    acts.on(house, 2027, 3, 2)
    real = house.installation.vault.shred

    def refuse(*file_ids):
        if first.case_id in file_ids:
            raise OSError
        real(*file_ids)

    monkeypatch.setattr(house.installation.vault, "shred", refuse)
    swept = sweep_all(house.installation)
    assert (swept.destroyed, swept.left) == (1, 1)
    monkeypatch.undo()
    assert sweep_all(house.installation).destroyed == 1
    assert house.sql("SELECT count(*) FROM case_file") == [(0,)]
