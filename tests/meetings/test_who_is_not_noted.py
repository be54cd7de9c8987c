"""Mayor and police who are not noted as present are named where somebody is discussed, and nothing is blocked (R11)."""

from __future__ import annotations

from pagecraft import reader, texts_of

BOTH = ["mayor", "police"]


def absent(table, meeting, item, who=""):
    """What meeting and item say to *who*; they say the same."""
    who = who or table.coordinator
    at = table.ok(table.get(who, f"/agendaItems/{item}")).get("coreAbsent")
    entries = table.ok(table.get(who, f"/meetings/{meeting}"))["items"]
    assert [e.get("coreAbsent") for e in entries if e["agendaItemId"] == item] == [at]
    return at


def test_who_is_not_noted_is_named_until_they_are(table):
    meeting, item, _ = table.sat("school", "policeMember")
    assert absent(table, meeting, item) == ["mayor"]
    table.attend(item, table.mayor)
    assert absent(table, meeting, item) is None


def test_an_item_at_which_nobody_sits_yet_is_not_being_discussed(table):
    meeting, item, _ = table.tabled("school")
    table.house.later(days=20)
    table.open(meeting)
    assert absent(table, meeting, item) is None
    table.attend(item, "school")
    assert absent(table, meeting, item) == BOTH


def test_who_left_again_was_there_and_who_was_struck_was_not(table):
    meeting, item, _ = table.sat("school", "policeMember")
    said = {"agendaItemId": item, "personId": table.person("policeMember"), "present": False}
    table.ok(table.post("coordinator", "/attendances", said))
    assert absent(table, meeting, item) == ["mayor"]
    table.ok(table.post("coordinator", "/attendances", said | {"correction": True}))
    assert absent(table, meeting, item) == BOTH


def test_it_is_said_during_the_sitting_and_only_to_who_keeps_the_record(table):
    meeting, item, _ = table.sat("school", "clb")
    assert absent(table, meeting, item, "mayor") == BOTH
    assert absent(table, meeting, item, "school") is None
    table.close(meeting)
    opened = {"reason": "minutesAndCorrection"}
    assert "coreAbsent" not in table.ok(table.get("coordinator", f"/agendaItems/{item}", **opened))


def test_the_mayor_of_another_municipality_does_not_stand_in(zone):
    d, e = zone
    joint = d.plan(secretaryId=d.person("zoneSecretary"))
    at_d, at_e = d.add(joint, d.case()), e.add(joint, e.case())
    d.invite(at_d, "zoneSchool")
    d.invite(at_d, "zoneMayorE")
    e.invite(at_e, "zonePolice")
    d.convene(joint)
    e.ok(e.post("zoneMayorE", f"/meetings/{joint}/invite"))
    d.house.later(days=20)
    d.open(joint)
    d.attend(at_d, "zoneMayorE")
    assert absent(d, joint, at_d) == BOTH
    d.attend(at_d, "zoneMayorD")
    assert absent(d, joint, at_d) == ["police"]
    assert absent(d, joint, at_d, "zoneSecretary") == ["police"]


def test_the_pages_say_it_in_a_soft_line_and_the_sitting_goes_on(table):
    meeting, item, _ = table.sat("school", "clb")
    desk = reader(table.house, "coordinator")
    for page in (f"/meetings/{meeting}", f"/agenda-items/{item}"):
        assert "Niet genoteerd als aanwezig: burgemeester of vertegenwoordiger, politie." in texts_of(
            desk.get(page).text
        ), page
    assert "Niet genoteerd" not in texts_of(reader(table.house, "school").get(f"/agenda-items/{item}").text)
    table.close(meeting)
