"""Meetings on policy in one's own calendar: when, under the title of every meeting, and for members alone (R6, R37)."""

from datetime import timedelta

from icalendar import Calendar


def address(strategy, who):
    return strategy.ok(strategy.post(who, "/calendars"), 201)["address"]


def events(strategy, where):
    answer = strategy.house.client().get(where)
    assert answer.status_code == 200, answer.text
    return Calendar.from_ical(answer.content).walk("VEVENT"), answer.text


def test_a_member_has_them_in_the_calendar_with_a_title_that_says_nothing(strategy):
    strategy.convened()
    (event,), said = events(strategy, address(strategy, "strategicMember"))
    assert str(event["summary"]) == "LIVC R: overleg"
    assert event["dtstart"].dt == strategy.house.now + timedelta(days=10)
    assert set(event) == {"UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "CLASS"}
    for word in ("Raadzaal", "Haatspraak", "Tafel", "strateg", "Gemeente"):
        assert word not in said
    assert events(strategy, address(strategy, "participant"))[0] == []


def test_a_draft_stands_in_the_calendar_of_the_desk_alone_and_as_not_yet_sure(strategy):
    strategy.meeting()
    (event,), _ = events(strategy, address(strategy, "mayor"))
    assert str(event["status"]) == "TENTATIVE"
    assert events(strategy, address(strategy, "strategicMember"))[0] == []


def test_a_move_raises_the_sequence_and_what_was_called_off_says_so(strategy):
    meeting, _, _ = strategy.convened()
    where = address(strategy, "strategicMember")
    (first,), _ = events(strategy, where)
    starts = strategy.house.now + timedelta(days=12)
    body = {
        "startsAt": starts.isoformat(),
        "endsAt": (starts + timedelta(hours=1)).isoformat(),
        "reason": "chairAway",
    }
    strategy.ok(strategy.post("coordinator", f"/policyMeetings/{meeting}/move", body))
    (second,), _ = events(strategy, where)
    assert (second["uid"], second["dtstart"].dt) == (first["uid"], starts)
    assert second["sequence"] > first["sequence"]
    strategy.ok(strategy.post("coordinator", f"/policyMeetings/{meeting}/cancel", {"reason": "tooFewCome"}))
    (third,), _ = events(strategy, where)
    assert (third["uid"], str(third["status"])) == (first["uid"], "CANCELLED")
    draft = strategy.meeting()
    strategy.ok(strategy.post("coordinator", f"/policyMeetings/{draft}/cancel", {"reason": "otherReason"}))
    assert len(events(strategy, where)[0]) == 1


def test_the_calendar_of_a_member_ends_with_the_mandate(strategy):
    strategy.convened()
    where = address(strategy, "strategicMember")
    strategy.house.sql(
        "UPDATE mandate SET ends_on = '2026-03-01' WHERE person_id = :p",
        p=strategy.house.cast.persons["strategicMember"],
    )
    assert strategy.house.client().get(where).status_code == 404
