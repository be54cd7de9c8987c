"""Reminders: of what waits, once for a thing and a step, whatever restarts or turns the clock (R37, R67, R73)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from glasscraft import known_case

from app.meetings.reminding import remind_all


def told(table, code):
    names = {str(v): k for k, v in table.house.cast.persons.items()}
    rows = table.house.sql(
        "SELECT person_id::text AS p FROM notice WHERE code = :c ORDER BY created_at", c=code
    )
    return [names[row.p] for row in rows]


def test_who_did_not_answer_is_reminded_once_when_the_meeting_is_near(table):
    table.tabled("school", "policeMember", "clb")
    accepted = table.ok(table.get("school", "/invitations"))["items"][0]["invitationId"]
    table.ok(table.post("school", f"/invitations/{accepted}/answer", {"answer": "accepted"}))
    table.house.later(days=16)
    assert remind_all(table.house.installation) == 0
    table.house.later(days=1)
    assert remind_all(table.house.installation) == 2
    for days in (0, 1, 1, -5):
        table.house.later(days=days)
        assert remind_all(table.house.installation) == 0
    assert sorted(told(table, "answerReminder")) == ["clb", "policeMember"]


def test_an_invitation_sent_today_is_no_matter_for_a_reminder_today(table):
    starts = table.house.now + timedelta(days=2)
    table.tabled(
        "policeMember", startsAt=starts.isoformat(), endsAt=(starts + timedelta(hours=1)).isoformat()
    )
    assert remind_all(table.house.installation) == 0
    table.house.later(days=1)
    assert remind_all(table.house.installation) == 1


def test_the_agreement_says_how_many_days_ahead(table):
    table.tabled("school")
    table.house.sql("UPDATE agreement SET settings = settings || '{\"answer_reminder_days\": 10}'")
    table.house.later(days=10)
    assert remind_all(table.house.installation) == 1


@pytest.mark.parametrize("change", [
    "UPDATE meeting SET state = 'draft'",
    "UPDATE case_file SET shred_ordered_at = now()",
    "UPDATE case_file SET locks_on = '2026-03-02'",
    "INSERT INTO exclusion SELECT person_id, case_id, municipality_id, now() FROM invitation",
])  # fmt: skip
def test_nobody_is_reminded_of_what_is_not_theirs_any_more(table, change):
    table.tabled("school")
    table.house.sql(change)
    table.house.later(days=18)
    assert remind_all(table.house.installation) == 0


def test_nothing_to_remind_of_leaves_no_line_and_a_reminder_leaves_one(table):
    table.tabled("school")
    remind_all(table.house.installation)
    assert table.journal("notice.remind") == []
    table.house.later(days=18)
    remind_all(table.house.installation)
    (line,) = table.journal("notice.remind")
    assert (line.role, line.object_type, line.rule, line.reason) == ("robot", "notice", "R37", "reminder")


def test_two_at_once_remind_once(table):
    table.tabled("school", "clb")
    table.house.later(days=18)
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda _: remind_all(table.house.installation), range(3)))
    assert sorted(told(table, "answerReminder")) == ["clb", "school"]


def test_the_owner_of_an_action_is_told_before_and_after_its_day_and_nobody_else(table):
    known_case(table)
    (action,) = table.house.sql("SELECT * FROM action_item LIMIT 1")
    table.house.sql("UPDATE action_item SET due_on = :d", d=table.house.now.date() + timedelta(days=5))
    before = remind_all(table.house.installation)
    table.house.later(days=2)
    assert remind_all(table.house.installation) >= 1
    names = {v: k for k, v in table.house.cast.persons.items()}
    assert set(told(table, "actionDue")) == {names[action.owner_id]}
    due = len(told(table, "actionDue"))
    table.house.later(days=3)
    assert remind_all(table.house.installation) == 0
    table.house.later(days=1)
    remind_all(table.house.installation)
    assert len(told(table, "actionDue")) == due
    assert set(told(table, "actionOverdue")) == {names[action.owner_id]}
    table.house.later(days=9)
    assert remind_all(table.house.installation) == 0
    assert before >= 0


def test_who_was_there_is_told_once_that_minutes_are_out_for_remarks(table):
    meeting, item, _ = table.sat("school", "policeMember")
    draft = {"agendaItemId": item, "assessment": "Zorg.", "decisions": "Doorgaan."}
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", draft))
    table.house.later(hours=3)
    table.close(meeting)
    assert remind_all(table.house.installation) == 0
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    remind_all(table.house.installation)
    remind_all(table.house.installation)
    assert sorted(told(table, "minutesToRead")) == ["coordinator", "policeMember", "school"]
    rows = table.house.sql("SELECT reference FROM notice WHERE code = 'minutesToRead'")
    assert {row.reference for row in rows} == {""}


def ends(table, who, **instead):
    """End the mandate by which somebody sits there; *instead*: another one that they hold from then on."""
    table.house.sql(
        "UPDATE mandate SET ends_on = :d WHERE id = :m",
        d=table.house.now.date() - timedelta(days=1),
        m=table.house.cast.mandates[who],
    )
    if instead:
        table.house.sql(
            "INSERT INTO mandate (id, person_id, role, cell_id, municipality_id, starts_on, document, created_at, version)"
            " VALUES (gen_random_uuid(), :p, :r, :c, NULL, '2026-01-01', 'x', now(), 1)",
            p=table.house.cast.persons[who], r=instead["role"], c=table.house.cast.cells[instead["cell"]],
        )  # fmt: skip


@pytest.mark.parametrize(
    "instead", [{}, {"role": "strategicMember", "cell": "C"}, {"role": "participant", "cell": "zone"}]
)
def test_whose_mandate_at_the_table_ended_is_reminded_of_nothing_whatever_else_they_hold(table, instead):
    table.tabled("school", "policeMember")
    table.house.later(days=18)
    ends(table, "school", **instead)
    assert remind_all(table.house.installation) == 1
    assert told(table, "answerReminder") == ["policeMember"]


def test_whose_mandate_ended_is_not_told_that_minutes_are_out_or_an_action_is_due(table):
    meeting, item, _ = table.sat("school", "policeMember")
    draft = {"agendaItemId": item, "assessment": "Zorg.", "decisions": "Doorgaan."}
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", draft))
    table.close(meeting)
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/submit"))
    ends(table, "school")
    remind_all(table.house.installation)
    assert sorted(told(table, "minutesToRead")) == ["coordinator", "policeMember"]


def test_who_sits_there_no_more_hears_nothing_of_a_meeting_that_moves_or_of_what_changes(table):
    meeting, _, _ = table.tabled("school", "policeMember")
    ends(table, "school", role="strategicMember", cell="C")
    starts = table.house.now + timedelta(days=30)
    body = {"startsAt": starts.isoformat(), "endsAt": (starts + timedelta(hours=2)).isoformat()}
    table.ok(table.post("mayor", f"/meetings/{meeting}/move", body))
    assert told(table, "meetingMoved") == ["policeMember"]
    invitation = table.house.sql(
        "SELECT id FROM invitation WHERE person_id = :p", p=table.house.cast.persons["school"]
    )[0].id
    table.ok(table.post("mayor", f"/invitations/{invitation}/withdraw"))
    assert told(table, "invitationWithdrawn") == []
