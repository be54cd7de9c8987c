"""Topics: who raises, reads and rewrites them, and what may not stand in one (R6)."""

import pytest
from strategycraft import TOPIC

from app.strategy.wording import marks_somebody


def test_a_strategic_member_raises_a_topic_that_the_desk_and_the_other_members_read(strategy):
    topic = strategy.topic("strategicMember")
    view = strategy.ok(strategy.get("coordinator", f"/topics/{topic}"))
    assert (view["title"], view["state"]) == (TOPIC["title"], "open")
    assert view["raisedBy"] == "StrategicMember Verzonnen"
    for who in ("mayor", "delegate", "strategicMember"):
        (item,) = strategy.ok(strategy.get(who, "/topics"))["items"]
        assert item["topicId"] == topic


@pytest.mark.parametrize(
    "who", ["participant", "policeMember", "secretary", "caseManager", "dpo", "auditor", "administrator"]
)
def test_who_does_not_sit_at_the_table_is_not_told_of_its_topics(strategy, who):
    topic = strategy.topic()
    assert strategy.get(who, "/topics").status_code == 403
    assert strategy.get(who, f"/topics/{topic}").status_code == 404
    assert strategy.post(who, "/topics", TOPIC).status_code == 403


def test_another_cell_does_not_see_a_topic(strategy):
    topic = strategy.topic()
    assert strategy.get("zoneMayorD", f"/topics/{topic}").status_code == 404
    assert strategy.ok(strategy.get("zoneMayorD", "/topics"))["items"] == []


def test_all_desks_and_members_of_a_joint_cell_see_its_topics(joint):
    d, e = joint
    topic = d.topic()
    assert e.ok(e.get("zoneMayorE", f"/topics/{topic}"))["raisedBy"] == "ZoneCoordinatorD Verzonnen"


def test_a_topic_without_the_confirmation_that_nobody_is_named_is_refused_with_the_rule(strategy):
    answer = strategy.post("strategicMember", "/topics", TOPIC | {"namesNobody": False})
    assert (answer.status_code, answer.json()["rule"]) == (409, "R6")


@pytest.mark.parametrize(
    "text",
    ["Zoals in C-2026-7K3QX.", "zie a - 2026 - 7k3qx", "C–2026–7K3QX", "rijksregister 85.07.30-033.28", "85073003328",
     "http://127.0.0.1/cases/0f9a3c1e-6a53-4a45-9d06-0b6a9ce1c0aa"],
)  # fmt: skip
@pytest.mark.parametrize("field", ["title", "text"])
def test_a_text_that_marks_a_person_is_refused_and_does_not_come_back(strategy, text, field):
    answer = strategy.post("strategicMember", "/topics", TOPIC | {field: text})
    assert (answer.status_code, answer.json()["rule"]) == (409, "R6")
    assert text not in answer.text
    assert strategy.house.sql("SELECT count(*) FROM topic") == [(0,)]


def test_a_reference_is_refused_whether_a_case_has_it_or_not_so_that_nothing_can_be_asked(strategy, house):
    """The refusal looks at the form alone: a real reference and an invented one get the same answer, and no name any."""
    for text in ("C-2026-AAAAA", "C-2026-ZZZZZ"):
        assert strategy.post("strategicMember", "/topics", TOPIC | {"text": text}).status_code == 409
    assert (
        strategy.post("strategicMember", "/topics", TOPIC | {"text": "Zorgeloos Verzonnen"}).status_code
        == 201
    )


@pytest.mark.parametrize(
    "text", ["In 2026 waren er 12 vergaderingen", "plan C-2026", "tel. 012 34 56 78", "85.07.30-033.29"]
)
def test_what_is_no_mark_of_a_person_is_let_through(text):
    assert not marks_somebody(text)


def test_an_unknown_code_is_refused_by_the_name_of_its_field(strategy):
    for field in ("phenomenon", "actionField"):
        answer = strategy.post("coordinator", "/topics", TOPIC | {field: "teatime"})
        assert answer.status_code == 400
        assert field in answer.text


def test_of_two_who_rewrite_a_topic_at_once_the_second_is_told(strategy):
    topic = strategy.topic("strategicMember")
    first = strategy.post("strategicMember", f"/topics/{topic}/change", TOPIC | {"title": "Een"}, match='"1"')
    second = strategy.post("coordinator", f"/topics/{topic}/change", TOPIC | {"title": "Twee"}, match='"1"')
    assert (first.status_code, second.status_code) == (200, 412)
    assert strategy.ok(strategy.get("mayor", f"/topics/{topic}"))["title"] == "Een"


def test_a_member_rewrites_only_what_they_raised_themselves(strategy):
    topic = strategy.topic("coordinator")
    answer = strategy.post("strategicMember", f"/topics/{topic}/change", TOPIC)
    assert (answer.status_code, answer.json()["rule"]) == (409, "R14")
    assert strategy.ok(strategy.get("strategicMember", f"/topics/{topic}"))["abilities"] == []


def test_a_topic_is_put_aside_and_treated_by_the_desk_alone(strategy):
    topic = strategy.topic("strategicMember")
    assert (
        strategy.post("strategicMember", f"/topics/{topic}/close", {"outcome": "parked"}).status_code == 403
    )
    for outcome in ("parked", "treated"):
        strategy.ok(strategy.post("coordinator", f"/topics/{topic}/close", {"outcome": outcome}))
    assert strategy.ok(strategy.get("mayor", "/topics"))["items"] == []
    assert len(strategy.ok(strategy.get("mayor", "/topics", state="all"))["items"]) == 1
    again = strategy.post("coordinator", f"/topics/{topic}/close", {"outcome": "parked"})
    assert again.status_code == 409
    assert strategy.post("coordinator", f"/topics/{topic}/change", TOPIC).status_code == 409


def test_a_topic_on_an_agenda_is_not_closed_and_never_deleted(strategy):
    meeting, _item, topic = strategy.convened()
    answer = strategy.post("coordinator", f"/topics/{topic}/close", {"outcome": "treated"})
    assert (answer.status_code, answer.json()["rule"]) == (409, "R6")
    with pytest.raises(Exception, match="foreign key"):
        strategy.house.sql("DELETE FROM topic")
    assert strategy.ok(strategy.get("coordinator", f"/policyMeetings/{meeting}"))["topics"]


def test_a_long_list_of_topics_goes_on_where_it_stopped(strategy):
    made = [strategy.topic(title=f"Onderwerp {n}") for n in range(5)]
    seen, cursor = [], None
    while True:
        page = strategy.ok(
            strategy.get("mayor", "/topics", pageSize=2, **({"cursor": cursor} if cursor else {}))
        )
        seen += [item["topicId"] for item in page["items"]]
        cursor = page.get("next")
        if not cursor:
            break
    assert sorted(seen) == sorted(made)


def test_each_act_leaves_its_line_in_the_log_of_every_municipality_of_the_cell(strategy, joint):
    strategy.topic("strategicMember")
    (line,) = strategy.house.sql(
        "SELECT controller, object_type FROM journal.entry WHERE action = 'topic.create'"
    )
    assert tuple(line) == (strategy.house.cast.towns["C"], "topic")


def test_a_delegate_needs_the_part_policy_to_write_and_reads_without(strategy):
    mandate = strategy.house.cast.mandates["delegate"]
    strategy.house.sql("UPDATE mandate SET scope = '{meetings}' WHERE id = :m", m=mandate)
    topic = strategy.topic()
    assert strategy.get("delegate", f"/topics/{topic}").status_code == 200
    refused = strategy.post("delegate", "/topics", TOPIC)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R9")
    strategy.house.sql("UPDATE mandate SET scope = '{policy}' WHERE id = :m", m=mandate)
    strategy.topic("delegate")
