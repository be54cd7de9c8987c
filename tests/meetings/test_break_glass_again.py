"""A second emergency on the same file, while nobody has reviewed the first (R21).

It does not wait for that review. Break-glass is for when the desk cannot be reached in time, and the review is given by
that same desk's coordinator, or by the data protection officer: who made the second wait for them would shut the door in
exactly the emergency it is there for, and the longest absence would shut it longest. The review is owed, not asked
beforehand (domain.md, section 3). What holds against opening it over and over is that each one has to be asked for anew,
with a reason of its own, is told at once, ends by itself, and leaves a debt of its own that no review of another pays.
"""

from glasscraft import end, read, review, smash


def _waiting(table, who):
    return {x["breakGlassId"] for x in table.ok(table.get(who, "/breakGlass"))["items"]}


def test_a_second_emergency_does_not_wait_for_whoever_is_away(table, known):
    first = table.ok(smash(table, "policeMember", known), 201)
    table.house.later(days=2)
    assert read(table, "policeMember", known).status_code == 404, "shut in between"
    second = smash(table, "policeMember", known, reason="dangerToPerson", explanation="Nieuwe melding.")
    assert table.ok(second, 201)["breakGlassId"] != first["breakGlassId"]
    assert read(table, "policeMember", known).status_code == 200
    lines = [(x.reason, x.rule) for x in table.journal("breakGlass.open", "policeMember")]
    assert sorted(lines) == [("dangerToOthers", "R21"), ("dangerToPerson", "R21")]


def test_each_one_is_told_at_once_and_owes_a_review_of_its_own(table, known):
    first = table.ok(smash(table, "policeMember", known), 201)
    table.ok(end(table, "policeMember", first))
    second = table.ok(smash(table, "policeMember", known), 201)
    told = table.house.sql("SELECT person_id::text AS p FROM notice WHERE code = 'breakGlassOpened'")
    assert sorted(row.p for row in told) == sorted([table.person("coordinator"), table.person("dpo")] * 2)
    for who in ("coordinator", "dpo", "mayor"):
        assert _waiting(table, who) == {first["breakGlassId"], second["breakGlassId"]}
    table.house.later(hours=2)
    table.ok(review(table, "dpo", first))
    for who in ("coordinator", "dpo", "mayor", "policeMember"):
        assert _waiting(table, who) == {second["breakGlassId"]}, "the review of the one is not the other's"
    assert read(table, "policeMember", known).status_code == 404, "and no review gives more time"
