"""Break-glass in both locks: they agree at every moment, and the database alone opens nothing more (R21, ADR 0005, 0020)."""

from datetime import timedelta

import pytest
from glasscraft import end, read, reference, smash
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kernel.work import work


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


TABLES = ("case_file", "listing", "discussion", "statement", "trajectory", "action_item", "agenda_item", "invitation",
          "attendance", "minutes_item", "minutes_remark", "registration", "exclusion", "certificate")  # fmt: skip


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
    assert gained == {
        "case_file": 1, "listing": 1, "discussion": 1, "statement": 2, "trajectory": 1, "action_item": 1,
    }  # fmt: skip
    assert rows(table.house, "school") == rows(table.house, "school") | {
        "case_file": 0,
        "listing": 0,
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
