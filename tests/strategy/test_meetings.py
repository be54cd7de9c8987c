"""Meetings of the strategic and tactical table: agenda, convening, attendance, notes, closing (R3, R6, R13)."""

from datetime import timedelta

import pytest

NOTES = {"notes": "Besproken.", "decisions": "Vorming inrichten.", "outcome": "treated", "namesNobody": True}


@pytest.mark.parametrize("kind", ["strategic", "tactical"])
def test_from_a_topic_to_a_closed_meeting_with_notes(strategy, kind):
    meeting, item, topic = strategy.convened(kind)
    assert strategy.ok(strategy.get("strategicMember", f"/topics/{topic}"))["state"] == "onAgenda"
    strategy.house.later(days=10)
    strategy.step(meeting, "open")
    body = {"personId": strategy.person("strategicMember"), "present": True}
    strategy.ok(strategy.post("coordinator", f"/policyMeetings/{meeting}/attend", body))
    strategy.ok(strategy.post("coordinator", f"/agendaTopics/{item}/minute", NOTES))
    strategy.step(meeting, "close")
    view = strategy.ok(strategy.get("strategicMember", f"/policyMeetings/{meeting}"))
    assert (view["state"], view["tableKind"]) == ("closed", kind)
    assert view["topics"][0]["decisions"] == NOTES["decisions"]
    assert [m["name"] for m in view["members"] if m.get("present")] == ["StrategicMember Verzonnen"]
    told = strategy.ok(strategy.get("strategicMember", f"/topics/{topic}"))
    assert told["state"] == "treated"
    assert told["meetings"][0]["notes"] == NOTES["notes"]


def test_before_it_is_convened_the_meeting_is_there_for_the_desk_alone(strategy):
    meeting = strategy.meeting()
    strategy.add(meeting, strategy.topic())
    assert strategy.get("strategicMember", f"/policyMeetings/{meeting}").status_code == 404
    assert strategy.ok(strategy.get("strategicMember", "/policyMeetings"))["items"] == []
    assert len(strategy.ok(strategy.get("mayor", "/policyMeetings"))["items"]) == 1
    strategy.step(meeting, "convene")
    (item,) = strategy.ok(strategy.get("strategicMember", "/policyMeetings"))["items"]
    assert item["policyMeetingId"] == meeting
    assert strategy.ok(strategy.get("strategicMember", f"/policyMeetings/{meeting}"))["abilities"] == []


def test_both_desks_of_a_joint_cell_prepare_one_meeting(joint):
    d, e = joint
    meeting = d.meeting()
    e.add(meeting, e.topic())
    e.step(meeting, "convene")
    assert d.ok(d.get("zoneMayorD", f"/policyMeetings/{meeting}"))["state"] == "convened"


@pytest.mark.parametrize("who", ["participant", "policeMember", "secretary", "dpo", "auditor", "zoneMayorD"])
def test_who_does_not_sit_there_is_not_told_of_the_meeting(strategy, who):
    meeting, _, _ = strategy.convened()
    assert strategy.get(who, f"/policyMeetings/{meeting}").status_code == 404


@pytest.mark.parametrize("verb", ["convene", "open", "close"])
def test_a_member_convenes_opens_and_closes_nothing(strategy, verb):
    meeting, _, _ = strategy.convened()
    assert strategy.post("strategicMember", f"/policyMeetings/{meeting}/{verb}").status_code == 403


def test_nothing_is_convened_without_a_topic(strategy):
    answer = strategy.post("coordinator", f"/policyMeetings/{strategy.meeting()}/convene")
    assert (answer.status_code, answer.json()["rule"]) == (409, "R3")


def test_a_meeting_on_policy_is_of_a_table_where_nobody_is_discussed(strategy):
    table = str(strategy.house.cast.tables["C"])
    answer = strategy.post("coordinator", "/policyMeetings", strategy.planning(tableId=table))
    assert answer.status_code == 400
    assert "tableId" in answer.text


def test_a_meeting_is_not_in_the_past_not_backwards_and_not_far_ahead(strategy):
    now = strategy.house.now
    for starts, hours in (
        (now - timedelta(days=2), 2),
        (now + timedelta(days=9), -1),
        (now + timedelta(days=800), 2),
    ):
        body = strategy.planning(
            startsAt=starts.isoformat(), endsAt=(starts + timedelta(hours=hours)).isoformat()
        )
        assert strategy.post("coordinator", "/policyMeetings", body).status_code == 400


@pytest.mark.parametrize("chair", ["strategicMember", "participant", "zoneMayorD"])
def test_the_chair_is_one_of_the_desk_of_the_cell(strategy, chair):
    answer = strategy.post(
        "coordinator", "/policyMeetings", strategy.planning(chairId=strategy.person(chair))
    )
    assert answer.status_code == 400
    assert "chairId" in answer.text


def test_a_topic_stands_on_one_agenda_at_a_time_and_can_be_taken_off_again(strategy):
    meeting, item, topic = strategy.convened()
    other = strategy.meeting()
    body = {"policyMeetingId": other, "topicId": topic}
    assert strategy.post("coordinator", "/agendaTopics", body).status_code == 400
    strategy.ok(strategy.post("coordinator", f"/agendaTopics/{item}/withdraw"))
    assert strategy.ok(strategy.get("mayor", f"/topics/{topic}"))["state"] == "open"
    assert strategy.ok(strategy.get("mayor", f"/policyMeetings/{meeting}"))["topics"] == []
    assert strategy.post("coordinator", f"/agendaTopics/{item}/withdraw").status_code == 404
    assert strategy.add(other, topic)
    assert strategy.ok(strategy.get("mayor", f"/policyMeetings/{other}"))["topics"][0]["topicId"] == topic


def test_a_topic_taken_off_comes_back_on_the_same_agenda_behind_the_others(strategy):
    meeting, item, topic = strategy.convened()
    second = strategy.topic()
    strategy.add(meeting, second)
    strategy.ok(strategy.post("coordinator", f"/agendaTopics/{item}/withdraw"))
    strategy.add(meeting, topic)
    shown = strategy.ok(strategy.get("mayor", f"/policyMeetings/{meeting}"))["topics"]
    assert [each["topicId"] for each in shown] == [second, topic]


def test_a_topic_of_another_cell_is_no_topic_here(strategy, joint):
    d, _ = joint
    body = {"policyMeetingId": strategy.meeting(), "topicId": d.topic()}
    assert strategy.post("coordinator", "/agendaTopics", body).status_code == 400


def test_once_it_is_open_the_agenda_does_not_change(strategy):
    meeting, item, _ = strategy.sat()
    body = {"policyMeetingId": meeting, "topicId": strategy.topic()}
    assert strategy.post("coordinator", "/agendaTopics", body).status_code == 409
    assert strategy.post("coordinator", f"/agendaTopics/{item}/withdraw").status_code == 409


def test_a_topic_nobody_came_to_is_carried_over_and_waits_again(strategy):
    meeting, _, topic = strategy.sat()
    strategy.step(meeting, "close")
    view = strategy.ok(strategy.get("mayor", f"/policyMeetings/{meeting}"))
    assert view["topics"][0]["outcome"] == "carriedOver"
    assert strategy.ok(strategy.get("mayor", f"/topics/{topic}"))["state"] == "open"


def test_notes_written_after_the_meeting_still_move_the_topic(strategy):
    meeting, item, topic = strategy.sat()
    strategy.step(meeting, "close")
    strategy.ok(strategy.post("coordinator", f"/agendaTopics/{item}/minute", NOTES))
    assert strategy.ok(strategy.get("mayor", f"/topics/{topic}"))["state"] == "treated"


def test_of_two_who_write_notes_at_once_the_second_is_told(strategy):
    _, item, _ = strategy.sat()
    path = f"/agendaTopics/{item}/minute"
    first = strategy.post("coordinator", path, NOTES | {"notes": "Een."}, match='"1"')
    second = strategy.post("mayor", path, NOTES | {"notes": "Twee."}, match='"1"')
    assert (first.status_code, second.status_code) == (200, 412)


@pytest.mark.parametrize("over", [{"notes": "Het ging over C-2026-7K3QX."}, {"namesNobody": False}])
def test_notes_name_nobody(strategy, over):
    _, item, _ = strategy.sat()
    answer = strategy.post("coordinator", f"/agendaTopics/{item}/minute", NOTES | over)
    assert (answer.status_code, answer.json()["rule"]) == (409, "R6")


def test_only_who_sits_at_the_table_is_recorded_and_only_while_it_sits(strategy):
    meeting, _, _ = strategy.convened()
    body = {"personId": strategy.person("strategicMember"), "present": True}
    assert strategy.post("coordinator", f"/policyMeetings/{meeting}/attend", body).status_code == 409
    strategy.house.later(days=10)
    strategy.step(meeting, "open")
    for nobody in ("participant", "zoneMayorD"):
        other = {"personId": strategy.person(nobody), "present": True}
        assert strategy.post("coordinator", f"/policyMeetings/{meeting}/attend", other).status_code == 400
    strategy.ok(strategy.post("coordinator", f"/policyMeetings/{meeting}/attend", body))
    left = strategy.ok(
        strategy.post("coordinator", f"/policyMeetings/{meeting}/attend", body | {"present": False})
    )
    assert [m["present"] for m in left["members"] if "present" in m] == [False]


def test_a_step_is_taken_once(strategy):
    meeting, _, _ = strategy.convened()
    assert strategy.post("coordinator", f"/policyMeetings/{meeting}/convene").status_code == 409
    assert strategy.post("coordinator", f"/policyMeetings/{meeting}/close").status_code == 409
    assert strategy.post("coordinator", f"/policyMeetings/{meeting}/open", match='"1"').status_code == 412


@pytest.mark.parametrize(
    "place", ["Zaal 2, over C-2026-7K3QX", "Kamer 85.07.30-033.28", "01890a5d-ac96-774b-bcce-b302099a8057"]
)
def test_the_place_of_a_meeting_holds_no_mark_of_a_case_or_of_somebody(strategy, place):
    refused = strategy.post("coordinator", "/policyMeetings", strategy.planning(place=place))
    assert (refused.status_code, refused.json()["rule"]) == (409, "R6")
    strategy.meeting(place="Raadzaal, Markt 1, 8000")
