"""Changing an agenda: order, time, putting off, carrying over, taking off; and what of it is tracked (R4, R61, R69)."""

from datetime import timedelta

from pagecraft import reader, texts_of
from sqlalchemy import text


def three(table, **over):
    """A meeting with three items of ten, twenty and thirty minutes; gives (meeting, the items' ids)."""
    meeting = table.plan(**over)
    made = []
    for number in (1, 2, 3):
        body = {"meetingId": meeting, "caseId": table.case(f"Nummer {number} Verzonnen"), "question": "Wat?",
                "minutes": number * 10}  # fmt: skip
        made.append(table.ok(table.post(table.coordinator, "/agendaItems", body), 201)["agendaItemId"])
    return meeting, made


def agenda(table, meeting, who=None):
    return table.ok(table.get(who or table.coordinator, f"/meetings/{meeting}"))


def order(table, meeting):
    return [item["agendaItemId"] for item in agenda(table, meeting)["items"]]


def step(table, item, name, body=None, who="coordinator", match="*"):
    return table.post(who, f"/agendaItems/{item}/{name}", body, match)


def notices(table, who):
    return [row.code for row in table.house.sql(
        "SELECT code FROM notice WHERE person_id = :p ORDER BY created_at, code", p=table.house.cast.persons[who])]  # fmt: skip


def kinds(table, meeting, who="coordinator"):
    return [each["kind"] for each in agenda(table, meeting, who).get("changes", [])]


PUT_OFF = {"reason": "notEnoughTime"}


def test_an_item_moves_up_and_down_and_the_times_follow(table):
    meeting, (one, two, three_) = three(table)
    table.ok(step(table, three_, "order", {"position": 1}))
    assert order(table, meeting) == [three_, one, two]
    table.ok(step(table, three_, "order", {"position": 99}))
    assert order(table, meeting) == [one, two, three_]
    table.ok(step(table, one, "change", {"minutes": 60}))
    seen = agenda(table, meeting)
    assert [i["minutes"] for i in seen["items"]] == [60, 20, 30]
    starts = [i["startsAt"][11:16] for i in seen["items"]]
    assert starts == ["09:00", "10:00", "10:20"]
    assert (seen["blocks"][0]["minutes"], seen["minutesAvailable"]) == (110, 120)
    assert kinds(table, meeting) == [], "nobody was convened yet"


def test_two_who_order_at_once_lose_nothing(table):
    meeting, (one, *_) = three(table)
    assert step(table, one, "order", {"position": 2}, match='"7"').status_code == 412
    table.ok(step(table, one, "order", {"position": 2}, match='"1"'))
    assert step(table, one, "order", {"position": 3}, match='"1"').status_code == 412
    assert order(table, meeting)[1] == one


def test_a_desk_orders_its_own_block_and_the_planner_decides_which_comes_first(zone):
    d, e = zone
    joint = d.plan()
    ds = [d.add(joint, d.case(f"D{n} Verzonnen")) for n in (1, 2)]
    es = [e.add(joint, e.case(f"E{n} Verzonnen")) for n in (1, 2)]
    starts = {i["agendaItemId"]: i["startsAt"][11:16] for t in zone for i in agenda(t, joint)["items"]}
    assert [starts[i] for i in (*ds, *es)] == ["09:00", "09:20", "09:40", "10:00"], "the planning desk first"
    assert step(d, es[0], "order", {"position": 2}, who="zoneCoordinatorD").status_code == 404
    e.ok(step(e, es[1], "order", {"position": 1}, who="zoneCoordinatorE"))
    assert order(e, joint) == es[::-1]
    assert order(d, joint) == ds
    towns = [str(d.house.cast.towns[t]) for t in "ED"]
    refused = e.post("zoneCoordinatorE", f"/meetings/{joint}/change", {"blocks": towns})
    assert refused.status_code == 403, "the planner decides, the others know of the meeting alone (R4)"
    d.ok(d.post("zoneCoordinatorD", f"/meetings/{joint}/change", {"blocks": towns}))
    starts = {i["agendaItemId"]: i["startsAt"][11:16] for t in zone for i in agenda(t, joint)["items"]}
    assert [starts[i] for i in (*es[::-1], *ds)] == ["09:00", "09:20", "09:40", "10:00"]
    seen = agenda(d, joint)
    assert [(b["name"], b["minutes"]) for b in seen["blocks"]] == [("Gemeente E", 40), ("Gemeente D", 40)]
    assert "E1" not in str(seen)


def test_what_changes_after_convening_is_tracked_and_told(table):
    meeting, (one, two, _) = three(table, secretaryId=table.person("secretary"))
    table.invite(one, "school")
    table.invite(two, "clb")
    table.convene(meeting)
    table.ok(step(table, one, "change", {"minutes": 45}))
    assert notices(table, "clb") == ["agendaChanged", "invitation"], "its item begins later"
    assert notices(table, "school") == ["invitation"], "its own item still begins at nine"
    table.ok(step(table, one, "change", {"question": "Iets anders?"}))
    assert notices(table, "school") == ["agendaChanged", "invitation"]
    table.house.later(minutes=5)
    late = table.add(meeting, table.case("Te laat Verzonnen"))
    seen = agenda(table, meeting)
    assert [i.get("late") for i in seen["items"]] == [None, None, None, True]
    assert [(e["kind"], e["changedBy"]) for e in seen["changes"]] == [
        ("itemChanged", "Coordinator Verzonnen"), ("itemChanged", "Coordinator Verzonnen"),
        ("itemAdded", "Coordinator Verzonnen"),
    ]  # fmt: skip
    assert notices(table, "secretary") == ["agendaChanged"]
    rows = table.house.sql(
        "SELECT reference FROM notice WHERE person_id = :p", p=table.house.cast.persons["secretary"]
    )
    assert [row.reference for row in rows] == [""]
    assert kinds(table, meeting, "school") == ["itemChanged", "itemChanged"], "of its own item alone"
    invitation = table.invite(late, "school")
    assert table.get("school", f"/agendaItems/{late}").status_code == 404, (
        "a late one goes through the mayor (R24)"
    )
    assert table.post("coordinator", f"/meetings/{meeting}/invite").status_code == 403
    table.ok(table.post("mayor", f"/meetings/{meeting}/invite"))
    assert table.get("school", f"/agendaItems/{late}").status_code == 200
    assert "invitationAdded" in kinds(table, meeting)
    assert table.post("mayor", f"/meetings/{meeting}/invite").status_code == 409
    assert table.post("mayor", f"/invitations/{invitation}/send").status_code == 409


def test_that_somebody_was_added_or_is_asked_no_longer_is_not_told_to_the_others(table):
    meeting, item, _ = table.tabled("school", secretaryId=table.person("secretary"))
    late = table.invite(item, "clb")
    table.ok(table.post("mayor", f"/invitations/{late}/send"))
    table.ok(table.post("mayor", f"/invitations/{late}/withdraw"))
    table.ok(step(table, item, "change", {"question": "Iets anders?"}))
    everything = ["invitationAdded", "invitationWithdrawn", "itemChanged"]
    assert sorted(kinds(table, meeting)) == sorted(kinds(table, meeting, "secretary")) == everything
    assert kinds(table, meeting, "school") == ["itemChanged"]
    seen = {}
    for who in ("coordinator", "secretary", "school"):
        with table.house.work(who) as unit:
            unit.repeat()
            seen[who] = unit.session.scalar(text("SELECT count(*) FROM agenda_change"))
    assert seen == {"coordinator": 3, "secretary": 3, "school": 1}
    page = texts_of(reader(table.house, "school").get(f"/meetings/{meeting}").text)
    assert page.count("Gewijzigd sinds de bijeenroeping") == 1


def test_a_postponed_item_goes_out_of_sight_is_not_discussed_and_is_proposed_again(table):
    meeting, item, case = table.tabled("school", "policeMember", secretaryId=table.person("secretary"))
    assert table.get("secretary", f"/agendaItems/{item}").status_code == 200
    table.house.later(days=20)
    table.open(meeting)
    table.ok(step(table, item, "postpone", PUT_OFF))
    for who in ("school", "policeMember", "secretary"):
        assert table.get(who, f"/agendaItems/{item}").status_code == 404, who
    assert "itemOff" in notices(table, "school")
    body = {"agendaItemId": item, "personId": table.person("coordinator")}
    assert table.post("coordinator", "/attendances", body).status_code == 409
    minuted = {"agendaItemId": item, "assessment": "a", "decisions": "b"}
    assert table.post("coordinator", f"/meetings/{meeting}/minutes/items", minuted).status_code == 409
    table.close(meeting)
    assert table.house.sql("SELECT 1 FROM discussion") == []
    assert table.house.sql("SELECT last_discussed_on AS d FROM case_file")[0].d is None
    seen = agenda(table, meeting)
    assert (seen["items"], seen["putOff"][0]["state"], seen["putOff"][0]["reason"]) == (
        [],
        "postponed",
        "notEnoughTime",
    )
    later = table.plan(startsAt=(table.house.now + timedelta(days=20)).isoformat(),
                       endsAt=(table.house.now + timedelta(days=20, hours=2)).isoformat())  # fmt: skip
    (found,) = table.ok(table.get("coordinator", f"/meetings/{later}/proposals"))["items"]
    assert found["reasons"][0]["code"] == "postponed"
    assert table.person("school") in {each["personId"] for each in found["people"]}
    over = table.ok(step(table, item, "carryOver", {"meetingId": later}))
    assert (over["question"], over["meetingId"]) == ("Wat is nodig?", later)
    asked = {each["personId"]: each["invitationState"] for each in over["people"]}
    assert asked == {table.person("school"): "draft", table.person("policeMember"): "draft"}
    assert table.get("school", f"/agendaItems/{over['agendaItemId']}").status_code == 404
    assert table.ok(table.get("coordinator", f"/meetings/{later}/proposals"))["items"] == []
    assert case == over["caseId"]
    again = step(table, item, "carryOver", {"meetingId": later})
    assert again.status_code == 400, "the same item twice"


def test_what_is_being_discussed_is_not_put_off(table):
    meeting, item, _ = table.sat("school")
    refused = step(table, item, "postpone", PUT_OFF)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R69")
    assert step(table, item, "takeOff", PUT_OFF).status_code == 409
    assert order(table, meeting) == [item]


def test_an_item_is_taken_off_and_its_case_can_come_back(table):
    meeting, (one, two, _) = three(table)
    table.invite(one, "school")
    table.ok(step(table, one, "takeOff", PUT_OFF))
    assert [i["startsAt"][11:16] for i in agenda(table, meeting)["items"]] == ["09:00", "09:20"]
    assert [row.state for row in table.house.sql("SELECT state FROM invitation")] == ["removed"]
    case = table.ok(table.get("coordinator", f"/agendaItems/{one}"))["caseId"]
    assert step(table, one, "order", {"position": 1}).status_code == 409
    back = table.add(meeting, case)
    assert order(table, meeting)[-1] == back
    twice = {"meetingId": meeting, "caseId": case, "question": "Wat?"}
    assert table.post("coordinator", "/agendaItems", twice).status_code == 400
    assert two in order(table, meeting)


def test_an_item_is_carried_over_only_when_it_was_not_discussed_and_only_to_a_later_meeting(table):
    meeting, item, _ = table.sat("school", "policeMember")
    table.close(meeting)
    later = table.plan()
    assert step(table, item, "carryOver", {"meetingId": later}).status_code == 409
    _, other, _ = table.tabled("school")
    assert step(table, other, "carryOver", {"meetingId": later}).status_code == 409, (
        "it is on its agenda still"
    )
    early = table.plan(startsAt=(table.house.now + timedelta(days=3)).isoformat(),
                       endsAt=(table.house.now + timedelta(days=3, hours=1)).isoformat())  # fmt: skip
    table.ok(step(table, other, "postpone", PUT_OFF))
    assert step(table, other, "carryOver", {"meetingId": early}).status_code == 400
    for who, status in (("school", 404), ("zoneMayorD", 404), ("secretary", 404)):
        assert step(table, other, "carryOver", {"meetingId": later}, who=who).status_code == status, who


def test_who_the_mayor_asks_no_longer_is_not_asked_again_by_carrying_over(table):
    """Of those who go with their item each is prepared again; the mayor's own withdrawal is not undone (R24)."""
    _, item, case = table.tabled("school", "clb")
    rows = {row.person_id: row.id for row in table.house.sql("SELECT id, person_id FROM invitation")}
    clb = rows[table.house.cast.persons["clb"]]
    table.ok(table.post("mayor", f"/invitations/{clb}/withdraw"))
    table.ok(step(table, item, "postpone", PUT_OFF))
    later = table.plan(startsAt=(table.house.now + timedelta(days=40)).isoformat(),
                       endsAt=(table.house.now + timedelta(days=40, hours=2)).isoformat())  # fmt: skip
    proposed = table.ok(table.get("coordinator", f"/meetings/{later}/proposals"))["items"]
    people = {p["personId"] for each in proposed if each["caseId"] == case for p in each["people"]}
    assert table.person("school") in people
    assert table.person("clb") not in people
    table.ok(step(table, item, "carryOver", {"meetingId": later}))
    drafts = table.house.sql("SELECT person_id FROM invitation WHERE state = 'draft'")
    assert {row.person_id for row in drafts} == {table.house.cast.persons["school"]}


def test_destroying_a_case_takes_the_changes_along(table):
    meeting, item, _ = table.tabled("school")
    table.ok(step(table, item, "change", {"minutes": 30}))
    assert len(table.house.sql("SELECT 1 FROM agenda_change")) == 1
    table.house.sql("DELETE FROM case_file")
    assert table.house.sql("SELECT 1 FROM agenda_change") == []
    assert agenda(table, meeting)["changes"] == []


# -- pages --------------------------------------------------------------------------------------------------


def test_buttons_order_the_agenda_without_a_script_and_the_page_says_what_changed(table):
    meeting, (one, two, three_) = three(table)
    table.convene(meeting)
    coordinator = reader(table.house, "coordinator")
    moved = coordinator.send(f"/meetings/{meeting}", f"/agenda-items/{three_}/order", position="1")
    assert moved.status_code == 200
    assert order(table, meeting) == [three_, one, two]
    changed = coordinator.send(f"/agenda-items/{one}/change", minutes="90")
    said = texts_of(changed.text)
    assert "Gepland: 140 van 120 minuten." in said
    assert "Gewijzigd sinds de bijeenroeping" in said
    done = coordinator.send(f"/agenda-items/{one}/postpone", reason="partnerAbsent")
    assert "Dit punt is uitgesteld" in texts_of(done.text)
    later = table.plan(startsAt=(table.house.now + timedelta(days=40)).isoformat(),
                       endsAt=(table.house.now + timedelta(days=40, hours=2)).isoformat())  # fmt: skip
    over = coordinator.send(f"/agenda-items/{one}/carry-over", meetingId=later)
    assert over.status_code == 200
    assert len(order(table, later)) == 1
    assert (
        f"/agenda-items/{two}/order" not in reader(table.house, "secretary").get(f"/meetings/{meeting}").text
    )
