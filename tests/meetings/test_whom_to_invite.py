"""Whom to invite: a child under twelve, who is busy then, and how the pages lead there (R4, R22, R29)."""

from datetime import timedelta

import pytest
from pagecraft import reader, texts_of
from sqlalchemy import text


@pytest.mark.parametrize(("born", "guest", "owed"), [
    ("2016-04-05", "frenchYouth", True),
    ("2016-04-05", "school", False),
    ("2010-04-05", "frenchYouth", False),
])  # fmt: skip
def test_a_french_service_is_told_why_a_child_under_twelve_is_discussed(table, born, guest, owed):
    item = table.add(table.plan(), table.child(born))
    plain = table.post("coordinator", "/invitations", table.inviting(item, guest))
    if not owed:
        table.ok(plain, 201)
        return
    assert (plain.status_code, plain.json()["rule"]) == (409, "R29")
    said = table.inviting(item, guest, childReason="Enkel hij kan dit zeggen.")
    table.ok(table.post("coordinator", "/invitations", said), 201)
    (row,) = table.house.sql("SELECT child_reason AS sealed FROM invitation")
    assert b"Enkel" not in bytes(row.sealed)


def test_it_is_asked_again_when_the_invitation_is_sent(table):
    """Whose day of birth was corrected meanwhile, or whose meeting moved, is a child all the same."""
    meeting = table.plan()
    item = table.add(meeting, table.child("2016-04-05"))
    table.ok(
        table.post(
            "coordinator", "/invitations", table.inviting(item, "frenchYouth", childReason="Enkel zij.")
        ),
        201,
    )
    table.house.sql("UPDATE invitation SET child_reason = NULL")
    refused = table.post("mayor", f"/meetings/{meeting}/convene")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R29")
    (shown,) = table.ok(table.get("coordinator", f"/meetings/{meeting}/review"))["items"]
    assert "childReason" in shown["people"][0]["problems"]
    assert table.house.sql("SELECT 1 FROM invitation WHERE state <> 'draft'") == []


def test_the_form_asks_it_only_of_a_child(table):
    child = table.add(table.plan(), table.child("2016-04-05"))
    grown = table.add(table.plan(), table.case())
    coordinator = reader(table.house, "coordinator")
    assert 'name="childReason" required' not in coordinator.get(f"/agenda-items/{child}/invite").text
    assert (
        "Waarom is het nodig over dit kind te spreken?"
        in coordinator.get(f"/agenda-items/{child}/invite").text
    )
    assert "over dit kind" not in coordinator.get(f"/agenda-items/{grown}/invite").text


def at(table, hours):
    starts = table.house.now + timedelta(days=20, hours=hours)
    return {"startsAt": starts.isoformat(), "endsAt": (starts + timedelta(hours=2)).isoformat()}


def test_who_has_another_appointment_then_is_told_without_what_or_where(table, zone):
    d, _ = zone
    house = table.house
    house.sql(
        "INSERT INTO mandate (id, person_id, role, cell_id, starts_on, document, created_at, version) SELECT"
        " gen_random_uuid(), :p, 'participant', :c, '2020-01-01', 'x', now(), 1",
        p=house.cast.persons["school"], c=house.cast.cells["zone"],
    )  # fmt: skip
    joint = d.plan(**at(table, 1))
    d.invite(d.add(joint, d.case("Ergens anders Verzonnen")), "school")
    meeting = table.plan(**at(table, 0))
    item = table.add(meeting, table.case())
    seen = table.ok(table.get("coordinator", f"/agendaItems/{item}"))
    assert seen["busy"] == [], "nobody was told of a draft, so nobody is kept by one"
    d.convene(joint)
    seen = table.ok(table.get("coordinator", f"/agendaItems/{item}"))
    assert seen["busy"] == [table.person("school")]
    assert "zone" not in str(seen)
    table.invite(item, "school")
    (person,) = table.ok(table.get("mayor", f"/meetings/{meeting}/review"))["items"][0]["people"]
    assert person["busy"] is True
    other = table.add(table.plan(**at(table, 0)), table.case("Nog een Verzonnen"))
    page = texts_of(reader(house, "coordinator").get(f"/agenda-items/{other}/invite").text)
    assert "School Verzonnen – heeft dan een andere afspraak in dit systeem" in page
    free = table.add(table.plan(**at(table, 6)), table.case("Later Verzonnen"))
    assert table.ok(table.get("coordinator", f"/agendaItems/{free}"))["busy"] == []
    table.convene(meeting)
    assert "busy" not in table.ok(table.get("school", f"/agendaItems/{item}")), "only who may invite is told"


def test_the_database_tells_no_participant_who_is_busy(table):
    meeting, _, _ = table.tabled("school")
    same, later = table.plan(), table.plan(**at(table, 6))
    asked = "SELECT busy_people(ARRAY[:p]::uuid[], :m) AS found"
    for who, during, found in (
        ("coordinator", same, True), ("coordinator", later, False), ("coordinator", meeting, False),
        ("school", same, False), ("zoneMayorD", same, False), ("auditor", same, False),
    ):  # fmt: skip
        with table.house.work(who) as unit:
            unit.repeat()
            known = {"p": table.house.cast.persons["school"], "m": during}
            assert bool(unit.session.execute(text(asked), known).scalar_one()) is found, (who, during)


def test_the_database_tells_a_desk_who_is_busy_during_meetings_it_holds_and_at_no_other_time(table, zone):
    d, e = zone
    joint = d.plan()
    d.invite(d.add(joint, d.case()), "zoneSchool")
    d.convene(joint)
    other = d.plan()
    d.add(other, d.case("Nog een Verzonnen"))
    asked = text("SELECT busy_people(ARRAY[:p]::uuid[], :m) AS found")
    for side, who, found in ((d, "zoneCoordinatorD", True), (e, "zoneCoordinatorE", False)):
        with side.house.work(who) as unit:
            unit.repeat()
            known = {"p": side.house.cast.persons["zoneSchool"], "m": other}
            assert bool(unit.session.execute(asked, known).scalar_one()) is found, who


def test_the_lists_of_people_and_grounds_are_grouped(table):
    item = table.add(table.plan(), table.case())
    page = reader(table.house, "coordinator").get(f"/agenda-items/{item}/invite").text
    assert page.count("<optgroup") == page.count("</optgroup>") >= 6
    assert '<optgroup label="school (invented)">' in page


def test_a_new_listing_is_told_to_the_coordinator_and_goes_on_an_agenda_from_its_file(table):
    case = table.case()
    meeting = table.plan()
    coordinator = reader(table.house, "coordinator")
    assert "nieuw op de lijst sinds" in texts_of(coordinator.get("/").text)
    why = "?reason=meetingPreparation"
    assert f'href="/cases/{case}/agenda{why}"' in coordinator.get(f"/cases/{case}{why}").text
    done = coordinator.send(f"/cases/{case}/agenda{why}", meetingId=meeting, question="Wat nu?")
    assert done.url.path.startswith("/agenda-items/")
    assert len(table.ok(table.get("coordinator", f"/meetings/{meeting}"))["items"]) == 1


def test_the_desk_is_told_who_else_sees_an_item(table):
    _, item, _ = table.tabled("school", secretaryId=table.person("secretary"))
    table.invite(item, "clb")
    seen = table.ok(table.get("coordinator", f"/agendaItems/{item}"))
    assert seen["seenBy"] == ["School Verzonnen", "Secretary Verzonnen"]
    assert "seenBy" not in table.ok(table.get("school", f"/agendaItems/{item}"))
    said = texts_of(reader(table.house, "coordinator").get(f"/agenda-items/{item}").text)
    assert "En nu ook: School Verzonnen, Secretary Verzonnen." in said


def test_agendas_on_today_stand_in_the_order_of_time(table):
    for days in (40, 20, 30):
        starts = table.house.now + timedelta(days=days)
        meeting = table.plan(startsAt=starts.isoformat(), endsAt=(starts + timedelta(hours=1)).isoformat())
        table.invite(table.add(meeting, table.case(f"Na {days} Verzonnen")), "school")
        table.convene(meeting)
    said = texts_of(reader(table.house, "school").get("/").text)
    block = said[said.index("Mijn agenda's") :]
    days = [block.index(day) for day in ("22 maart 2026", "1 april 2026", "11 april 2026")]
    assert days == sorted(days)
