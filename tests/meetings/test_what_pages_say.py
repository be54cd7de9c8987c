"""Small things pages say of meetings and invitations that a reader would otherwise have to guess (R18, R24, R61)."""

from __future__ import annotations

import re
from datetime import timedelta

from pagecraft import reader, texts_of


def text(table, who, path):
    table.house.later(minutes=1)  # a code opens one sign-in
    page = reader(table.house, who).get(path)
    assert page.status_code == 200, path
    return texts_of(page.text)


def current(table, who, path):
    """The line of the menu that is marked as where one is."""
    table.house.later(minutes=1)
    page = reader(table.house, who).get(path).text
    return re.findall(r'aria-current="page">([^<]+)</a></li>', page.partition("<main")[0])


def test_an_invitation_that_was_withdrawn_says_so_and_not_that_one_declined(table):
    table.tabled("school", "clb")
    (mine,) = table.ok(table.get("school", "/invitations"))["items"]
    table.ok(table.post("mayor", f"/invitations/{mine['invitationId']}/withdraw"))
    shown = text(table, "school", "/invitations?when=all")
    assert "Deze uitnodiging is ingetrokken" in shown
    assert "U komt niet" not in shown
    (mine,) = table.ok(table.get("clb", "/invitations"))["items"]
    table.ok(
        table.post(
            "clb", f"/invitations/{mine['invitationId']}/answer", {"answer": "declined", "reason": "Ziek."}
        )
    )
    assert "U komt niet" in text(table, "clb", "/invitations?when=all")


def test_a_case_on_an_agenda_to_come_is_not_shown_as_one_that_waits_for_one(table):
    case = table.case()
    assert "nog niet besproken" in text(table, "coordinator", "/")
    meeting = table.plan()
    table.add(meeting, case)
    shown = text(table, "coordinator", "/")
    assert "op de agenda van" in shown
    assert "nog niet besproken" not in shown
    assert "op de agenda van" in text(table, "coordinator", f"/meetings/{table.plan()}/items/new")
    assert "1 casus van uw gemeente op de agenda" in text(table, "mayor", "/")


def test_an_item_that_should_not_be_there_is_taken_off_for_that_reason_and_people_need_not_come(table):
    meeting, item, _ = table.tabled("school")
    bad = table.post("coordinator", f"/agendaItems/{item}/postpone", {"reason": "doesNotBelongHere"})
    assert bad.status_code == 400, "what is put off comes back"
    table.ok(table.post("coordinator", f"/agendaItems/{item}/takeOff", {"reason": "doesNotBelongHere"}))
    told = table.house.sql(
        "SELECT code FROM notice WHERE person_id = :p", p=table.house.cast.persons["school"]
    )
    assert sorted(row.code for row in told) == ["invitation", "itemOff"]
    assert "U hoeft er niet voor te komen" in text(table, "school", "/notices")
    assert "Hoort niet op deze agenda" in text(table, "coordinator", f"/meetings/{meeting}")


def test_who_left_the_room_is_told_so_while_the_meeting_sits(table):
    _, item, _ = table.sat("school", "clb")
    table.house.later(minutes=5)
    assert "U verliet de zaal" not in text(table, "clb", f"/agenda-items/{item}")
    gone = {"agendaItemId": item, "personId": table.person("clb"), "present": False}
    table.ok(table.post("coordinator", "/attendances", gone))
    assert "U verliet de zaal om" in text(table, "clb", f"/agenda-items/{item}")
    assert "U verliet de zaal" not in text(table, "school", f"/agenda-items/{item}")


def test_the_menu_says_where_one_is_on_pages_of_an_item_and_of_questions(table):
    meeting, item, _ = table.tabled("school")
    assert current(table, "coordinator", f"/agenda-items/{item}") == ["Vergaderingen"]
    assert current(table, "school", "/contributions") == ["Mijn uitnodigingen"]
    assert current(table, "coordinator", f"/meetings/{meeting}") == ["Vergaderingen"]


def test_without_a_later_meeting_carrying_over_leads_to_planning_one(table):
    _, item, _ = table.tabled("school")
    table.ok(table.post("coordinator", f"/agendaItems/{item}/postpone", {"reason": "notEnoughTime"}))
    desk = reader(table.house, "coordinator")
    assert 'href="/meetings/new"' in desk.get(f"/agenda-items/{item}/carry-over").text
    table.plan(place="Elders")
    page = desk.get(f"/agenda-items/{item}/carry-over").text
    assert "Naar welke vergadering" in texts_of(page)
    assert "Besproken op" not in texts_of(page)


def test_minutes_say_of_which_day_they_are(table):
    meeting, item, _ = table.sat("school")
    said = {"agendaItemId": item, "assessment": "Schooluitval.", "decisions": "CLB belt."}
    table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", said))
    page = reader(table.house, "coordinator").get(f"/meetings/{meeting}/minutes")
    (title,) = re.findall(r"<h1>([^<]+)</h1>", page.text)
    assert re.fullmatch(r"Verslag van \d+ \w+ \d{4}", title), title
    assert f"/agenda-items/{item}?reason=minutesAndCorrection" in page.text


def test_two_meetings_in_one_room_at_one_time_are_noticed_before_convening(table):
    meeting = table.plan(place="Zaal 1")
    table.add(meeting, table.case())
    problems = "placeTaken"
    assert problems not in table.ok(table.get("mayor", f"/meetings/{meeting}/review"))["problems"]
    table.plan(place="Zaal 2")
    later = table.house.now + timedelta(days=20, hours=2)
    table.plan(place="Zaal 1", startsAt=later.isoformat(), endsAt=(later + timedelta(hours=1)).isoformat())
    assert problems not in table.ok(table.get("mayor", f"/meetings/{meeting}/review"))["problems"]
    table.plan(place="zaal 1")
    assert problems in table.ok(table.get("mayor", f"/meetings/{meeting}/review"))["problems"]
    assert "Op dat uur is er een andere vergadering op dezelfde plaats" in text(
        table, "mayor", f"/meetings/{meeting}/review"
    )


def test_what_a_rule_asks_to_be_filled_in_stands_with_its_field(table):
    table.tabled("school")
    (mine,) = table.ok(table.get("school", "/invitations"))["items"]
    school = reader(table.house, "school")
    path = f"/invitations/{mine['invitationId']}/answer"
    page = school.send(path, action="/answer", answer="declined", reason="").text
    assert re.search(r'href="#f-reason">', page), "the summary leads to the field"
    assert 'id="f-reason-error"' in page


def test_the_review_names_the_chair_and_says_that_nothing_was_sent_only_as_long_as_that_is_so(table):
    meeting = table.plan()
    table.invite(table.add(meeting, table.case()), "school")
    shown = text(table, "mayor", f"/meetings/{meeting}/review")
    assert "Voorzitter Coordinator Verzonnen" in shown
    assert "is nog niet verstuurd" in shown
    table.convene(meeting)
    shown = text(table, "mayor", f"/meetings/{meeting}/review")
    assert "Elke casus met de mensen" in shown
    assert "is nog niet verstuurd" not in shown
