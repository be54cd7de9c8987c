"""Keeping a file longer: only after a discussion, in time, with reasons, five years at most, looked at yearly (R87 to R91)."""

from __future__ import annotations

from datetime import date, timedelta

from extensioncraft import GROUND, REASON, WHY, decide, file_of, granted, propose, review, sheet, talk
from pagecraft import reader

from app.kernel.clock import brussels_day
from app.retention.sweeping import sweep_all
from app.rules.retention import months_after, years_after


def test_from_proposal_to_decision_the_days_are_those_of_the_law(table, ready):
    _, day, row = ready
    today = brussels_day(table.house.now)
    assert (row["state"], row["reasons"], row["ground"]) == ("discussed", WHY, GROUND)
    before = file_of(table)
    assert before.due_on == years_after(day, 1)
    view = table.ok(decide(table, row))
    after = file_of(table)
    (shown,) = view["items"]
    assert shown["state"] == "decided"
    assert shown["untilOn"] == row["askedUntil"]
    # It carries the file to the next review, a year from the decision, and no further.
    assert after.extended_until == after.due_on == months_after(today, 12)
    assert after.locks_on == after.due_on - timedelta(days=14)
    assert after.warned is None
    (line,) = table.journal("extension.decide", "mayor")
    assert (line.rule, line.reason) == ("R87", "grant")
    assert len(table.journal("extension.propose", "coordinator")) == 1


def test_discussing_the_extension_alone_starts_no_year_anew_and_with_the_person_it_does(table, discussed):
    case, day = discussed
    table.ok(propose(table, case), 201)
    talk(table, case, "extension")
    assert file_of(table).last_discussed_on == day
    assert [each.reason for each in table.journal("meeting.close") if each.case_id is not None] == [
        "discussed", "extensionDiscussed",
    ]  # fmt: skip
    (row,) = sheet(table, case)["items"]
    table.ok(table.post("coordinator", f"/extensions/{row['extensionId']}/withdraw"))
    table.ok(propose(table, case), 201)
    talk(table, case, "both")
    today = brussels_day(table.house.now)
    assert file_of(table).last_discussed_on == today
    assert [each["state"] for each in sheet(table, case)["items"]] == ["discussed", "withdrawn"]


def test_what_is_discussed_is_said_and_an_extension_only_where_one_waits(table, discussed):
    case, _ = discussed
    meeting = table.plan()
    body = {"meetingId": meeting, "caseId": case, "question": "?", "minutes": 5, "purpose": "extension"}
    assert table.post("coordinator", "/agendaItems", body).status_code == 400
    table.ok(propose(table, case), 201)
    (proposal,) = table.ok(table.get("coordinator", f"/meetings/{meeting}/proposals"))["items"]
    assert "extensionProposed" in [each["code"] for each in proposal["reasons"]]
    entry = {"caseId": case, "question": "Langer bewaren?", "purpose": "extension", "people": []}
    (made,) = table.ok(table.post("coordinator", f"/meetings/{meeting}/table", {"entries": [entry]}))["items"]
    item = table.ok(table.get("coordinator", f"/agendaItems/{made['agendaItemId']}", **REASON))
    assert item["purpose"] == "extension"
    other = table.add(table.plan(place="Elders"), case)
    assert table.ok(table.get("coordinator", f"/agendaItems/{other}", **REASON))["purpose"] == "person"


def test_nobody_decides_before_a_meeting_discussed_it(table, discussed):
    case, _ = discussed
    table.ok(propose(table, case), 201)
    (row,) = sheet(table, case)["items"]
    assert "extension.decide" not in row["abilities"]
    refused = decide(table, row)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R87")
    # Nor by a meeting at which nobody of another service sat, nor one that opened before the proposal.
    talk(table, case, guests=())
    assert sheet(table, case)["items"][0]["state"] == "proposed"
    assert granted(table, "mayor", row, date(2030, 1, 1)) is False


def test_the_mayor_is_told_by_reference_that_a_decision_waits(table, ready):
    notes = table.house.sql("SELECT person_id, reference FROM notice WHERE code = 'extensionWaits'")
    ((reference,),) = table.house.sql("SELECT reference FROM case_file")
    assert [(str(n.person_id), n.reference) for n in notes] == [(table.person("mayor"), reference)]


def test_what_the_law_asks_of_a_decision(table, ready):
    _, day, row = ready
    limit = years_after(day, 5)
    for said, status, rule in (
        ({"until": (limit + timedelta(days=1)).isoformat()}, 409, "R87"),
        ({"until": years_after(day, 1).isoformat()}, 409, "R87"),
        ({"linkedToPrevention": False}, 409, "R87"),
        ({"nothingClassified": False}, 409, "R56"),
        ({"reasons": "Zo staat het op de informatiekaart (verzonnen)."}, 409, "R57"),
        ({"reasons": "  "}, 400, None),
        ({"until": "2026-02-30"}, 400, None),
        ({"until": "9999-12-31"}, 400, None),
    ):
        refused = decide(table, row, **said)
        assert refused.status_code == status, (said, refused.text)
        assert refused.json().get("rule") == rule, said
    assert file_of(table).due_on == years_after(day, 1)
    table.ok(decide(table, row, until=limit.isoformat()))


def test_a_refusal_needs_neither_ground_nor_day_and_changes_no_date(table, ready):
    case, day, row = ready
    assert decide(table, row, "mayor", "refuse", until="2029-01-01").status_code == 400
    table.ok(decide(table, row, "mayor", "refuse", linkedToPrevention=False))
    (shown,) = sheet(table, case)["items"]
    assert (shown["state"], shown["decision"]) == ("refused", WHY)
    assert "linkedToPrevention" not in shown, "nobody confirmed what was refused"
    assert file_of(table).due_on == years_after(day, 1)
    assert decide(table, row).status_code == 409


def test_who_may_and_who_may_not(table, ready):
    case, _, row = ready
    for who, status in (
        ("coordinator", 403), ("delegate", 409), ("school", 404), ("dpo", 404), ("auditor", 404), ("zoneMayorD", 404),
    ):  # fmt: skip
        assert decide(table, row, who).status_code == status, who
    for who, status in (("school", 404), ("dpo", 404), ("auditor", 404), ("zoneMayorD", 404)):
        assert propose(table, case, who).status_code == status, who
        assert table.get(who, f"/cases/{case}/extensions", **REASON).status_code == status, who
    assert table.get("mayor", f"/cases/{case}/extensions").json()["rule"] == "R107"


def test_oversight_sees_that_a_file_is_kept_and_never_why(table, ready):
    _, _, row = ready
    table.ok(decide(table, row))
    for who in ("dpo", "coordinator", "mayor"):
        answer = table.get(who, "/extensions")
        (shown,) = table.ok(answer)["items"]
        assert (shown["state"], shown["ground"], shown["untilOn"]) == ("decided", GROUND, row["askedUntil"])
        assert WHY not in answer.text
    for who, status in (("school", 403), ("auditor", 403)):
        assert table.get(who, "/extensions").status_code == status, who
    assert table.ok(table.get("zoneDpoD", "/extensions"))["items"] == []
    (ending,) = table.ok(table.get("dpo", "/retention/upcoming", days=1830))["items"]
    assert ending["why"]["term"] == "caseDataExtended"
    assert ending["why"]["keptUntil"] == row["askedUntil"]


def test_the_year_ends_and_with_it_the_chance(table, ready):
    """On its last day a decision is still in time, also of a file that is shut; on the day itself it is not (R90, R91)."""
    case, _, row = ready
    due = file_of(table).due_on
    table.house.at(table.house.now + (due - brussels_day(table.house.now)) * 1)
    refused = decide(table, row)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R91")
    table.house.later(days=-1)
    assert table.get("mayor", f"/cases/{case}", reason="caseFollowUp").status_code == 409
    assert sheet(table, case)["locked"] is True
    table.ok(decide(table, row))
    assert file_of(table).due_on == months_after(due - timedelta(days=1), 12)


def test_a_shut_file_gets_no_new_proposal(table, discussed):
    case, day = discussed
    table.house.at(
        table.house.now + (years_after(day, 1) - timedelta(days=10) - brussels_day(table.house.now))
    )
    assert propose(table, case).json()["rule"] == "R90"


def test_without_a_review_it_ends_by_itself_and_a_review_carries_it_on(table, ready):
    case, _, row = ready
    table.ok(decide(table, row))
    first = file_of(table).due_on
    table.house.at(table.house.now + (first - timedelta(days=3) - brussels_day(table.house.now)))
    assert (
        table.get("mayor", f"/cases/{case}", reason="caseFollowUp").status_code == 409
    )  # shut, and reviewed all the same
    for who, status in (("coordinator", 403), ("school", 404), ("dpo", 404)):
        assert review(table, row, who=who).status_code == status, who
    view = table.ok(review(table, row))
    second = file_of(table)
    assert second.due_on == second.extended_until == months_after(first - timedelta(days=3), 12)
    assert [each["outcome"] for each in view["items"][0]["reviews"]] == ["goesOn"]
    (line,) = table.journal("extension.review", "mayor")
    assert (line.rule, line.reason) == ("R89", "goesOn")
    # Never beyond what was decided.
    table.house.at(table.house.now + (second.due_on - timedelta(days=1) - brussels_day(table.house.now)))
    table.ok(review(table, row))
    third = file_of(table)
    assert third.due_on.isoformat() == min(
        row["askedUntil"], months_after(second.due_on - timedelta(days=1), 12).isoformat()
    )
    table.house.at(table.house.now + (third.due_on - brussels_day(table.house.now)))
    assert review(table, row).json()["rule"] == "R86"


def test_reasons_that_no_longer_hold_end_it_within_the_days_of_the_lock(table, ready):
    _, day, row = ready
    table.ok(decide(table, row))
    today = years_after(day, 1) + timedelta(days=2)
    table.house.at(table.house.now + (today - brussels_day(table.house.now)))
    before = file_of(table)
    assert today < before.locks_on
    table.ok(review(table, row, "ends"))
    after = file_of(table)
    gone = today + timedelta(days=14)
    assert (after.due_on, after.locks_on, after.extended_until) == (gone, today, gone)
    assert review(table, row).status_code == 409
    assert _ground(table, gone) == "extensionNotCarried"


def _ground(table, day):
    """Give the ground on the certificate of the case that goes on this day."""
    table.house.at(table.house.now + (day - brussels_day(table.house.now)))
    assert sweep_all(table.house.installation).destroyed == 1
    ((ground,),) = table.house.sql("SELECT ground FROM certificate WHERE kind = 'case'")
    return ground


def test_an_extension_nobody_looked_at_and_one_that_ran_out_have_grounds_of_their_own(table, ready):
    case, _, row = ready
    table.ok(decide(table, row))
    (shown,) = sheet(table, case)["items"]
    assert shown["linkedToPrevention"] is True
    unreviewed = file_of(table).due_on
    assert unreviewed.isoformat() < row["askedUntil"]
    assert _ground(table, unreviewed) == "extensionNotCarried"


def test_an_extension_that_ran_to_its_end_says_so(table, ready):
    _, day, row = ready
    table.ok(decide(table, row, until=(years_after(day, 1) + timedelta(days=20)).isoformat()))
    assert file_of(table).due_on == years_after(day, 1) + timedelta(days=20)
    assert _ground(table, file_of(table).due_on) == "caseDataExtended"


def test_within_the_first_year_an_end_gives_back_the_ordinary_term(table, ready):
    _, day, row = ready
    table.ok(decide(table, row))
    table.ok(review(table, row, "ends"))
    after = file_of(table)
    assert (after.due_on, after.extended_until) == (years_after(day, 1), None)


def test_a_new_discussion_starts_its_year_and_keeps_the_extension(table, ready):
    case, day, row = ready
    table.ok(decide(table, row, until=years_after(day, 5).isoformat()))
    carried = file_of(table).extended_until
    table.house.later(days=100)
    talk(table, case, "person")
    after = file_of(table)
    assert after.due_on == max(years_after(after.last_discussed_on, 1), carried)


def test_a_correction_that_ends_the_year_before_the_decision_takes_the_extension_with_it(table, ready):
    """Had the day been recorded rightly, there would have been nothing left to extend (R69, R91)."""
    case, _, row = ready
    table.house.sql("UPDATE case_file SET listed_on = listed_on - 700")
    table.ok(decide(table, row))
    ((meeting,),) = table.house.sql("SELECT meeting_id FROM discussion")
    true_day = brussels_day(table.house.now) - timedelta(days=366)
    body = {
        "meetingId": str(meeting),
        "kind": "earlier",
        "correctedOn": true_day.isoformat(),
        "reasonText": WHY,
    }
    table.ok(table.post("coordinator", f"/cases/{case}/discussions/correct", body))
    view = table.ok(table.get("mayor", f"/cases/{case}/discussions", **REASON))
    (waits,) = view["corrections"]
    assert waits["dueOnAfter"] == years_after(true_day, 1).isoformat()
    said = {"correctionId": waits["correctionId"], "decision": "approve", "endsAtOnce": True}
    table.ok(table.post("mayor", f"/cases/{case}/discussions/decide", said))
    assert file_of(table).due_on == years_after(true_day, 1) < brussels_day(table.house.now)


def test_one_extension_waits_at_a_time_and_another_can_follow(table, ready):
    case, _, row = ready
    assert propose(table, case).status_code == 400
    table.ok(table.post("coordinator", f"/extensions/{row['extensionId']}/withdraw"))
    table.ok(propose(table, case), 201)
    talk(table, case)
    again = sheet(table, case)["items"][0]
    table.ok(decide(table, again))
    table.ok(propose(table, case), 201)
    talk(table, case)
    table.ok(decide(table, sheet(table, case)["items"][0]))
    assert [each["state"] for each in sheet(table, case)["items"]] == ["decided", "ended", "withdrawn"]


def test_two_tabs_do_not_decide_twice(table, ready):
    _, _, row = ready
    body = {
        "decision": "grant",
        "until": row["askedUntil"],
        "reasons": WHY,
        "linkedToPrevention": True,
        "nothingClassified": True,
    }
    assert (
        table.post("mayor", f"/extensions/{row['extensionId']}/decide", body, match='"1"').status_code == 412
    )
    table.ok(decide(table, row))
    assert decide(table, row).status_code == 409


def test_the_story_of_the_case_tells_it_and_never_why(table, ready):
    case, _, row = ready
    table.ok(decide(table, row))
    table.ok(review(table, row))
    answer = table.get("coordinator", f"/cases/{case}/chronology", **REASON)
    said = [each["sentence"] for each in table.ok(answer)["items"]]
    for words in (
        "Er werd voorgesteld het dossier te bewaren tot",
        "Een vergadering besprak",
        "Er werd beslist het dossier te bewaren",
        "opnieuw bekeken: de redenen gelden nog",
    ):
        assert any(words in each for each in said), (words, said)
    assert WHY not in answer.text


def test_the_mayor_and_the_coordinator_are_led_to_it_on_their_pages(table, ready):
    case, _, row = ready
    mayor = reader(table.house, "mayor")
    assert f"/cases/{case}/extension" in mayor.get("/").text
    where = f"/cases/{case}/extension?reason=minutesAndCorrection"
    assert WHY in mayor.get(where).text
    decided = mayor.get(f"/cases/{case}/extensions/{row['extensionId']}/decide?reason=minutesAndCorrection")
    assert "linkedToPrevention" in decided.text
    assert row["extensionId"] not in reader(table.house, "school").get("/").text
    for who in ("dpo", "coordinator"):
        page = reader(table.house, who).get("/extensions")
        assert page.status_code == 200
        assert WHY not in page.text


def test_a_review_keeps_to_what_was_brought_nearer_closed_or_past(table, ready):
    """Nothing is carried on past its own day, once the case is closed, or beyond an end that somebody decided (R89)."""
    case, _, row = ready
    table.ok(decide(table, row))
    due = file_of(table).due_on
    for said, back in (
        ("state = 'closed'", "state = 'underDiscussion'"),
        ("due_on = due_on - 10", "due_on = due_on + 10"),
        (
            "due_on = due_on + 100, extended_until = '2026-03-03'",
            f"due_on = due_on - 100, extended_until = '{due}'",
        ),
    ):
        table.house.sql(f"UPDATE case_file SET {said} WHERE id = :c", c=case)
        assert review(table, row).status_code == 409, said
        table.house.sql(f"UPDATE case_file SET {back} WHERE id = :c", c=case)
    table.ok(review(table, row))


def test_the_meeting_that_did_not_discuss_it_after_all_takes_the_extension_with_it(table, discussed):
    case, day = discussed
    table.ok(propose(table, case), 201)
    meeting = talk(table, case, "both")
    (row,) = sheet(table, case)["items"]
    table.ok(decide(table, row))
    body = {"meetingId": meeting, "kind": "notDiscussed", "reasonText": WHY}
    table.ok(table.post("coordinator", f"/cases/{case}/discussions/correct", body))
    view = table.ok(table.get("mayor", f"/cases/{case}/discussions", **REASON))
    (waits,) = view["corrections"]
    assert waits["dueOnAfter"] == years_after(day, 1).isoformat()
    said = {"correctionId": waits["correctionId"], "decision": "approve", "endsAtOnce": True}
    table.ok(table.post("mayor", f"/cases/{case}/discussions/decide", said))
    assert file_of(table).due_on == years_after(day, 1)
    assert sheet(table, case)["items"][0]["state"] == "ended"
    assert review(table, row).status_code == 409


def test_of_somebody_nobody_discussed_nothing_is_kept_longer(table):
    case = table.case()
    until = years_after(brussels_day(table.house.now), 2).isoformat()
    refused = propose(table, case, until=until)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R87")
    page = reader(table.house, "mayor").get(f"/cases/{case}/extension?reason=minutesAndCorrection").text
    assert "Nog geen vergadering heeft deze persoon besproken" in page
