"""A meeting on policy that is moved or called off: who is told, what waits again, and who may (R3, R6, R37)."""

import threading
from datetime import timedelta

import pytest
from pagecraft import reader
from postcraft import MailHouse, address_of, addressed, sends_to
from sqlalchemy import text

from app.meetings.posting import post_all
from app.strategy.models import PolicyMeeting

MEMBERS = {"mayor", "delegate", "strategicMember"}
"""Who sits at the strategic table of the cell besides the coordinator, who does it all here."""


def moved(strategy, meeting, days=12, who="coordinator", match="*", **over):
    starts = strategy.house.now + timedelta(days=days)
    body = {
        "startsAt": starts.isoformat(),
        "endsAt": (starts + timedelta(hours=2)).isoformat(),
        "reason": "chairAway",
    }
    return strategy.post(who, f"/policyMeetings/{meeting}/move", body | over, match)


def called_off(strategy, meeting, who="coordinator", match="*"):
    return strategy.post(who, f"/policyMeetings/{meeting}/cancel", {"reason": "tooFewCome"}, match)


def told(strategy, code):
    rows = strategy.house.sql("SELECT person_id, reference, post_state FROM notice WHERE code = :c", c=code)
    names = {each: name for name, each in strategy.house.cast.persons.items()}
    assert {row.reference for row in rows} <= {""}
    return {names[row.person_id] for row in rows}


def test_members_are_told_by_a_code_that_a_meeting_was_convened_moved_and_called_off(strategy):
    meeting, _, _ = strategy.convened()
    assert told(strategy, "policyMeetingConvened") == MEMBERS
    view = strategy.ok(moved(strategy, meeting, place="Kapel"))
    assert (view["place"], view["changedReason"], view["state"]) == ("Kapel", "chairAway", "convened")
    assert told(strategy, "policyMeetingMoved") == MEMBERS
    assert strategy.ok(called_off(strategy, meeting))["state"] == "cancelled"
    assert told(strategy, "policyMeetingCancelled") == MEMBERS
    shown = strategy.ok(strategy.get("strategicMember", "/notices"))["items"]
    assert "Een beleidsvergadering van uw tafel gaat niet door." in [each["text"] for each in shown]
    (line,) = strategy.journal_of("policyMeeting.cancel")
    assert (line.reason, str(line.object_id)) == ("tooFewCome", meeting)
    assert len(strategy.journal_of("policyMeeting.move")) == 1


def test_who_does_not_sit_there_is_told_nothing_of_it(strategy):
    meeting, _, _ = strategy.convened()
    strategy.house.sql(
        "UPDATE mandate SET ends_on = '2026-03-01' WHERE person_id = :p",
        p=strategy.house.cast.persons["strategicMember"],
    )
    strategy.ok(moved(strategy, meeting))
    assert told(strategy, "policyMeetingMoved") == MEMBERS - {"strategicMember"}


def test_a_draft_changes_without_a_word_to_anybody_and_stays_its_desks(strategy):
    meeting = strategy.meeting()
    topic = strategy.topic()
    strategy.add(meeting, topic)
    strategy.ok(moved(strategy, meeting))
    strategy.ok(called_off(strategy, meeting))
    assert strategy.house.sql("SELECT 1 FROM notice") == []
    assert strategy.get("strategicMember", f"/policyMeetings/{meeting}").status_code == 404
    assert strategy.ok(strategy.get("strategicMember", "/policyMeetings", when="all"))["items"] == []
    assert strategy.ok(strategy.get("mayor", f"/policyMeetings/{meeting}"))["state"] == "cancelled"
    with strategy.house.work("strategicMember") as unit:
        unit.repeat()
        assert unit.session.query(PolicyMeeting).all() == []


def test_the_topics_of_a_meeting_that_was_called_off_wait_again_and_can_be_put_on_another(strategy):
    meeting, _, topic = strategy.convened()
    strategy.ok(called_off(strategy, meeting))
    assert strategy.ok(strategy.get("strategicMember", f"/topics/{topic}"))["state"] == "open"
    view = strategy.ok(strategy.get("strategicMember", f"/policyMeetings/{meeting}"))
    assert (view["state"], view["abilities"], view["topics"][0]["outcome"]) == (
        "cancelled",
        [],
        "carriedOver",
    )
    assert strategy.ok(strategy.get("strategicMember", "/policyMeetings"))["items"] == []
    (item,) = strategy.ok(strategy.get("strategicMember", "/policyMeetings", when="all"))["items"]
    assert item["state"] == "cancelled"
    strategy.add(strategy.meeting(), topic)
    for verb in ("convene", "open", "close", "cancel"):
        assert strategy.post("coordinator", f"/policyMeetings/{meeting}/{verb}", {"reason": "otherReason"} if verb == "cancel"
                             else {}).status_code == 409, verb  # fmt: skip


@pytest.mark.parametrize("change", [moved, called_off])
def test_members_and_strangers_change_no_day_and_call_nothing_off(strategy, change):
    meeting, _, _ = strategy.convened()
    assert change(strategy, meeting, who="strategicMember").status_code == 403
    for who in ("participant", "policeMember", "secretary", "auditor", "zoneMayorD", "zoneCoordinatorD"):
        assert change(strategy, meeting, who=who).status_code == 404, who
    assert change(strategy, meeting, match='"99"').status_code == 412
    strategy.house.later(days=10)
    strategy.step(meeting, "open")
    assert change(strategy, meeting).status_code == 409


@pytest.mark.parametrize(
    ("over", "status"),
    [
        ({"days": -1}, 400),
        ({"days": 400}, 400),
        ({"endsAt": "2026-03-01T09:00:00Z"}, 400),
        ({"reason": "because"}, 400),
        ({"place": "Dossier D-2026-00001"}, 409),
    ],
)
def test_a_time_that_cannot_be_a_reason_that_is_none_and_a_place_that_names_a_case_are_refused(
    strategy, over, status
):
    meeting = strategy.meeting()
    case = {"place": f"Bij {_reference(strategy)}"} if "place" in over else over
    assert moved(strategy, meeting, **case).status_code == status


def _reference(strategy):
    """What a reference of a case looks like."""
    from tablecraft import Round

    case = Round(strategy.house).case()
    return strategy.house.sql("SELECT reference FROM case_file WHERE id = :c", c=case)[0].reference


def test_two_who_move_it_at_once_move_it_once(strategy):
    meeting, _, _ = strategy.convened()
    version = strategy.house.sql("SELECT version FROM policy_meeting")[0].version
    answers = []

    def once(days):
        answers.append(moved(strategy, meeting, days, match=f'"{version}"').status_code)

    both = [threading.Thread(target=once, args=(days,)) for days in (12, 13)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(answers) == [200, 412]


def test_the_desk_is_told_who_of_the_table_has_another_appointment_then_and_nobody_else_is(strategy, house):
    from tablecraft import Round

    table = Round(house)
    meeting = strategy.meeting(startsAt=(house.now + timedelta(days=20)).isoformat(),
                               endsAt=(house.now + timedelta(days=20, hours=2)).isoformat())  # fmt: skip
    strategy.add(meeting, strategy.topic())
    table.tabled("school")  # on that day, chaired by the coordinator
    view = strategy.ok(strategy.get("mayor", f"/policyMeetings/{meeting}"))
    assert [each["name"] for each in view["members"] if each.get("busy")] == ["Coordinator Verzonnen"]
    strategy.step(meeting, "convene")
    seen = strategy.ok(strategy.get("strategicMember", f"/policyMeetings/{meeting}"))
    assert not any(each.get("busy") for each in seen["members"])
    for who in ("strategicMember", "school", "zoneCoordinatorD", "dpo"):
        with house.work(who) as unit:
            unit.repeat()
            assert unit.session.scalar(text("SELECT busy_members(:m)"), {"m": meeting}) == [], who
    strategy.ok(moved(strategy, meeting, days=30))
    after = strategy.ok(strategy.get("mayor", f"/policyMeetings/{meeting}"))
    assert not any(each.get("busy") for each in after["members"])


def test_the_pages_move_and_call_off_with_a_reason(strategy):
    meeting, _, _ = strategy.convened()
    desk, address = reader(strategy.house, "coordinator"), f"/strategy/meetings/{meeting}"
    assert f"{address}/move" in desk.get(address).text
    page = desk.send(f"{address}/move", reason="placeAway", place="Kapel")
    assert "De vergadering is verplaatst." in page.text
    assert "Kapel" in page.text
    assert "De onderwerpen wachten weer." in desk.send(f"{address}/cancel", reason="nothingToDiscuss").text
    shown = desk.get(address).text
    assert "Afgelast" in shown
    assert f"{address}/move" not in shown
    member = reader(strategy.house, "strategicMember")
    assert "Afgelast" in member.get(address).text
    for step in ("move", "cancel"):
        assert member.get(f"{address}/{step}").status_code == 409
    assert "Een beleidsvergadering van uw tafel is verplaatst." in member.get("/notices").text


def test_the_letter_to_a_member_says_no_more_than_the_code_and_none_leaves_for_who_left(strategy):
    mail = MailHouse()
    mail.open()
    try:
        addressed(strategy.house, "strategicMember", "mayor")
        sends_to(strategy.house, mail.port)
        strategy.convened()
        strategy.house.sql(
            "UPDATE mandate SET ends_on = '2026-03-01' WHERE person_id = :p",
            p=strategy.house.cast.persons["mayor"],
        )
        assert post_all(strategy.house.installation).letters == 1
        (letter,) = mail.box.read()
    finally:
        mail.close()
    assert letter["To"] == address_of("strategicMember")
    said = letter.get_content()
    assert "- Een beleidsvergadering van uw tafel is bijeengeroepen." in said
    for word in ("Haatspraak", "Raadzaal", "Gemeente"):
        assert word not in said
