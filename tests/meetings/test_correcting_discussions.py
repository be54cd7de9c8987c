"""The day of a discussion is corrected by two roles, and only ever to an earlier end (R69, R86, R96)."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from extensioncraft import talk
from lockcraft import reached
from pagecraft import reader, texts_of
from sqlalchemy import text

from app.cases import discussions
from app.retention.sweeping import sweep_all

WHY = "De zitting werd een dag te laat geopend."


@pytest.fixture
def discussed(table):
    """A case that one meeting discussed; gives (case, meeting, the day)."""
    meeting, _, case = table.sat("school")
    table.close(meeting)
    (row,) = table.house.sql("SELECT last_discussed_on FROM case_file")
    table.house.later(days=1)
    return case, meeting, row.last_discussed_on


def propose(table, case, meeting, who="coordinator", **said):
    body = {"meetingId": meeting, "kind": "notDiscussed", "reasonText": WHY} | said
    return table.post(who, f"/cases/{case}/discussions/correct", body)


def decide(table, case, correction, decision="approve", who="mayor"):
    body = {"correctionId": correction, "decision": decision}
    return table.post(who, f"/cases/{case}/discussions/decide", body)


def file_of(table):
    (row,) = table.house.sql(
        "SELECT state, listed_on, last_discussed_on, due_on, locks_on, review_on FROM case_file"
    )
    return row


def waiting(table, case):
    view = table.ok(table.get("mayor", f"/cases/{case}/discussions", reason="minutesAndCorrection"))
    return [each for each in view["corrections"] if each["state"] == "proposed"]


def test_an_earlier_day_brings_every_date_nearer_once_two_roles_agree(table, discussed):
    case, meeting, day = discussed
    true_day = day - timedelta(days=3)
    before = file_of(table)
    table.ok(propose(table, case, meeting, kind="earlier", correctedOn=true_day.isoformat()))
    assert file_of(table) == before
    (shown,) = waiting(table, case)
    assert shown["dueOnAfter"] == (before.due_on - timedelta(days=3)).isoformat()
    assert shown["reasonText"] == WHY
    table.ok(decide(table, case, shown["correctionId"]))
    row = file_of(table)
    assert row.last_discussed_on == true_day
    assert (row.due_on, row.locks_on) == (
        before.due_on - timedelta(days=3),
        before.locks_on - timedelta(days=3),
    )
    assert row.review_on < before.review_on
    assert len(table.journal("discussion.propose", "coordinator")) == 1
    assert len(table.journal("discussion.decide", "mayor")) == 1


def test_who_was_not_discussed_falls_back_to_the_day_of_listing(table, discussed):
    case, meeting, _ = discussed
    table.ok(propose(table, case, meeting))
    (shown,) = waiting(table, case)
    table.ok(decide(table, case, shown["correctionId"]))
    row = file_of(table)
    assert (row.state, row.last_discussed_on) == ("listed", None)
    assert row.due_on == row.listed_on.replace(year=row.listed_on.year + 1)
    assert table.house.sql("SELECT 1 FROM discussion") == []


def test_a_day_without_which_the_term_is_over_is_not_taken_away_by_mistake(table):
    case = table.case()
    table.house.later(days=300)
    meeting = talk(table, case, purpose="person")
    table.house.later(days=90)
    listed = file_of(table).listed_on
    table.ok(propose(table, case, meeting))
    (shown,) = waiting(table, case)
    assert shown["endsAtOnce"]
    assert shown["dueOnAfter"] == listed.replace(year=listed.year + 1).isoformat()
    page = reader(table.house, "mayor")
    assert "is de termijn voorbij" in texts_of(
        page.get(f"/cases/{case}/discussions?reason=minutesAndCorrection").text
    )
    refused = decide(table, case, shown["correctionId"])
    assert refused.status_code == 400
    assert "endsAtOnce" in refused.text
    assert file_of(table).last_discussed_on is not None
    said = {"correctionId": shown["correctionId"], "decision": "approve", "endsAtOnce": True}
    table.ok(table.post("mayor", f"/cases/{case}/discussions/decide", said))
    assert sweep_all(table.house.installation).destroyed == 1
    assert len(table.house.sql("SELECT 1 FROM certificate WHERE kind = 'case'")) == 1


def test_the_term_never_gets_longer(table, discussed):
    case, meeting, day = discussed
    for wrong in (day, day + timedelta(days=1), date(2020, 1, 1)):
        refused = propose(table, case, meeting, kind="earlier", correctedOn=wrong.isoformat())
        assert refused.status_code == 400, wrong
    table.house.sql("UPDATE case_file SET due_on = :d WHERE id = :c", d=day + timedelta(days=60), c=case)
    table.ok(propose(table, case, meeting, kind="earlier", correctedOn=(day - timedelta(days=1)).isoformat()))
    (shown,) = waiting(table, case)
    assert shown["dueOnAfter"] == (day + timedelta(days=60)).isoformat()
    table.ok(decide(table, case, shown["correctionId"]))
    assert file_of(table).due_on == day + timedelta(days=60)


def test_who_proposes_does_not_decide_and_nobody_else_does(table, discussed):
    case, meeting, _ = discussed
    for who, status in (
        ("mayor", 403),
        ("delegate", 403),
        ("school", 404),
        ("auditor", 404),
        ("zoneMayorD", 404),
    ):
        assert propose(table, case, meeting, who).status_code == status, who
    table.ok(propose(table, case, meeting))
    (shown,) = waiting(table, case)
    for who, status in (
        ("coordinator", 403),
        ("delegate", 403),
        ("school", 404),
        ("dpo", 404),
        ("zoneMayorD", 404),
    ):
        assert decide(table, case, shown["correctionId"], who=who).status_code == status, who
    table.house.sql("UPDATE discussion_correction SET proposed_by = :p", p=table.house.cast.persons["mayor"])
    refused = decide(table, case, shown["correctionId"])
    assert refused.status_code == 409
    assert refused.json()["rule"] == "R69"


def test_the_database_too_takes_two(table, discussed):
    case, meeting, _ = discussed
    table.ok(propose(table, case, meeting))
    (row,) = table.house.sql("SELECT id FROM discussion_correction")
    asked = text("SELECT correct_discussion(:c, '2026-04-01', 14, '2026-04-01')")
    for who in ("coordinator", "delegate", "school", "zoneMayorD", "administrator"):
        with table.house.work(who) as unit:
            assert unit.session.scalar(asked, {"c": row.id}) is False, who
            unit.repeat()
    before = file_of(table)
    with table.house.work("mayor") as unit:
        longer = text("SELECT correct_discussion(:c, '2031-04-01', 14, '2031-04-01')")
        assert unit.session.scalar(longer, {"c": row.id}) is True
        assert unit.session.scalar(asked, {"c": row.id}) is False
        unit.session.commit()
        unit.repeat()
    assert file_of(table).due_on == before.due_on


def test_what_two_roles_took_off_the_record_is_not_recorded_again(table, discussed):
    case, meeting, day = discussed
    table.ok(propose(table, case, meeting))
    table.ok(decide(table, case, waiting(table, case)[0]["correctionId"]))
    again = text("SELECT * FROM record_discussions(:m, :d, '2040-01-01', '2045-01-01', 1, '2040-02-01')")
    closed = "UPDATE meeting SET closed_at = :n WHERE id = :m"
    for moment in (None, table.house.now):  # as it is; and as if it closed at this very moment
        if moment:
            table.house.sql(closed, n=moment, m=meeting)
        with table.house.work("coordinator") as unit:
            unit.repeat()
            assert unit.session.execute(again, {"m": meeting, "d": day}).all() == []
    assert table.house.sql("SELECT 1 FROM discussion") == []
    assert file_of(table).last_discussed_on is None


def test_a_meeting_is_recorded_as_it_closes_on_the_day_it_sat_and_not_at_another_moment(table, discussed):
    _, meeting, day = discussed
    table.house.sql("DELETE FROM discussion")
    again = text("SELECT * FROM record_discussions(:m, :d, '2040-01-01', '2045-01-01', 1, '2040-02-01')")

    def recorded(on):
        with table.house.work("coordinator") as unit:
            unit.repeat()
            return len(unit.session.execute(again, {"m": meeting, "d": on}).all())

    assert recorded(day) == 0
    table.house.sql("UPDATE meeting SET closed_at = :n WHERE id = :m", n=table.house.now, m=meeting)
    assert recorded(day + timedelta(days=1)) == 0
    assert recorded(day) == 1


def test_the_database_lets_only_a_mayor_who_did_not_propose_it_refuse_and_in_their_own_name(table, discussed):
    case, meeting, _ = discussed
    table.ok(propose(table, case, meeting))
    refuse = "UPDATE discussion_correction SET state = 'refused', decided_by = :p"
    who = table.house.cast.persons
    for name, decider in (
        ("coordinator", "coordinator"),
        ("coordinator", "mayor"),
        ("delegate", "delegate"),
        ("mayor", "delegate"),
    ):
        assert reached(table.house, name, refuse, p=who[decider]) is None, (name, decider)
    table.house.sql("UPDATE discussion_correction SET proposed_by = :p", p=who["mayor"])
    assert reached(table.house, "mayor", refuse, p=who["mayor"]) is None
    table.house.sql("UPDATE discussion_correction SET proposed_by = :p", p=who["coordinator"])
    assert reached(table.house, "mayor", refuse, p=who["mayor"]) == 1


def test_where_the_database_changes_nothing_the_mayor_is_not_told_that_it_did(table, discussed, monkeypatch):
    case, meeting, _ = discussed
    table.ok(propose(table, case, meeting))
    correction = waiting(table, case)[0]["correctionId"]
    monkeypatch.setattr(discussions, "correct", lambda *_: False)
    refused = decide(table, case, correction)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R69")
    assert len(table.journal("discussion.decide", "mayor", outcome="conflict")) == 1
    assert [each["correctionId"] for each in waiting(table, case)] == [correction]


def test_a_refused_correction_changes_nothing_and_another_can_be_proposed(table, discussed):
    case, meeting, _ = discussed
    before = file_of(table)
    table.ok(propose(table, case, meeting))
    assert propose(table, case, meeting).status_code == 400
    (shown,) = waiting(table, case)
    table.ok(decide(table, case, shown["correctionId"], "refuse"))
    assert file_of(table) == before
    assert decide(table, case, shown["correctionId"]).status_code == 400
    table.ok(propose(table, case, meeting))


def test_of_two_decisions_at_once_one_counts(table, discussed):
    case, meeting, _ = discussed
    table.ok(propose(table, case, meeting))
    (shown,) = waiting(table, case)
    gate, answers = Barrier(2), []

    def act(decision):
        gate.wait()
        answers.append(decide(table, case, shown["correctionId"], decision).status_code)

    threads = [Thread(target=act, args=(d,)) for d in ("approve", "refuse")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(answers) == [200, 400]


def test_only_a_meeting_that_discussed_the_person_is_corrected(table, discussed):
    case, _, _ = discussed
    other = table.plan()
    assert propose(table, case, other).status_code == 400


def test_a_correction_goes_with_its_case(table, discussed):
    case, meeting, _ = discussed
    table.ok(propose(table, case, meeting))
    sealed = table.house.sql("SELECT reason FROM discussion_correction")[0].reason
    assert WHY.encode() not in bytes(sealed)
    table.house.sql("DELETE FROM case_file WHERE id = :c", c=case)
    assert table.house.sql("SELECT 1 FROM discussion_correction") == []


def test_the_mayor_is_told_without_a_name_and_decides_on_the_page(table, discussed):
    case, meeting, _ = discussed
    table.ok(propose(table, case, meeting))
    notes = table.house.sql("SELECT person_id, code, reference FROM notice WHERE code = 'correctionWaits'")
    assert [str(n.person_id) for n in notes] == [table.person("mayor")]
    mayor = reader(table.house, "mayor")
    page = mayor.get(f"/cases/{case}/discussions?reason=minutesAndCorrection")
    assert "Wacht op beslissing" in texts_of(page.text)
    done = mayor.send(f"/cases/{case}/discussions/decide?reason=minutesAndCorrection", decision="approve",
                      correctionId=waiting(table, case)[0]["correctionId"])  # fmt: skip
    assert done.status_code == 200, texts_of(done.text)[-300:]
    assert "Goedgekeurd" in texts_of(done.text)
    assert "Een dag klopt niet" not in texts_of(
        mayor.get(f"/cases/{case}/discussions?reason=minutesAndCorrection").text
    )


@pytest.mark.parametrize("gone", ["a declared conflict", "a closed account", "an ended mandate"])
def test_a_mayor_who_may_not_know_of_the_case_is_not_told_of_it(table, discussed, gone):
    case, meeting, day = discussed
    house, cast = table.house, table.house.cast
    if gone == "a declared conflict":
        table.ok(table.post("mayor", f"/cases/{case}/exclude"))
    elif gone == "a closed account":
        house.sql("UPDATE person SET active = false WHERE id = :p", p=cast.persons["mayor"])
    else:
        house.sql("UPDATE mandate SET ends_on = :d WHERE id = :m", d=day, m=cast.mandates["mayor"])
    table.ok(propose(table, case, meeting))
    assert house.sql("SELECT 1 FROM notice WHERE code = 'correctionWaits'") == []
