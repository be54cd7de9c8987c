"""A joint cell: the desk of one municipality sees nothing of the other's items, in lists, counts and minutes (R4, R5)."""

import pytest


@pytest.fixture
def joint(zone):
    """One meeting with an item of each municipality, convened by both mayors."""
    d, e = zone
    case_d, case_e = d.case("Iemand Verzonnen-D"), e.case("Iemand Verzonnen-E")
    meeting = d.plan(secretaryId=d.person("zoneSecretary"))
    item_d, item_e = (
        d.add(meeting, case_d, question="Vraag van D"),
        e.add(meeting, case_e, question="Vraag van E"),
    )
    d.invite(item_d, "zoneSchool")
    sent_by_e = e.invite(item_e, "zonePolice")
    d.convene(meeting)
    e.ok(e.post("zoneMayorE", f"/invitations/{sent_by_e}/send"))
    return d, e, meeting, (item_d, case_d), (item_e, case_e)


def test_each_desk_sees_its_own_item_as_the_first_and_only_one(joint):
    d, e, meeting, (item_d, _), (item_e, _) = joint
    for who, mine, other in (("zoneMayorD", item_d, "-E"), ("zoneCoordinatorE", item_e, "-D")):
        answer = d.get(who, f"/meetings/{meeting}")
        (only,) = d.ok(answer)["items"]
        assert (only["agendaItemId"], only["position"]) == (mine, 1)
        assert other not in answer.text
    assert d.get("zoneCoordinatorD", f"/agendaItems/{item_e}").status_code == 404
    assert e.get("zoneMayorE", f"/agendaItems/{item_d}").status_code == 404


def test_each_guest_sees_the_item_of_their_own_invitation(joint):
    d, _, meeting, (item_d, _), (item_e, _) = joint
    for who, mine, hidden in (("zoneSchool", item_d, item_e), ("zonePolice", item_e, item_d)):
        (only,) = d.ok(d.get(who, f"/meetings/{meeting}"))["items"]
        assert only["agendaItemId"] == mine
        assert d.get(who, f"/agendaItems/{hidden}").status_code == 404


def test_the_lines_of_the_log_stand_under_each_item_s_own_municipality(joint):
    d, _, meeting, (item_d, _), (item_e, _) = joint
    d.ok(d.get("zoneSecretary", f"/meetings/{meeting}"))
    lines = d.journal("agendaItem.read", "zoneSecretary")
    towns = d.house.cast.towns
    assert {(str(x.object_id), x.controller) for x in lines} == {(item_d, towns["D"]), (item_e, towns["E"])}


def test_the_other_mayor_neither_prepares_nor_sends_nor_records(joint):
    d, _, _, (item_d, _), _ = joint
    assert d.post("zoneCoordinatorE", "/invitations", d.inviting(item_d, "zonePolice")).status_code == 404
    draft = d.invite(item_d, "zonePolice")
    assert d.post("zoneMayorE", f"/invitations/{draft}/send").status_code == 404
    assert d.ok(d.post("zoneMayorD", f"/invitations/{draft}/send"))["state"] == "sent"


def test_convening_sends_nothing_of_another_municipality(zone):
    d, e = zone
    meeting = d.plan()
    e.invite(e.add(meeting, e.case()), "zonePolice")
    refused = d.post("zoneMayorD", f"/meetings/{meeting}/convene")
    assert refused.status_code == 409
    d.add(meeting, d.case())
    d.convene(meeting)
    assert {r.state for r in d.house.sql("SELECT state FROM invitation")} == {"draft"}
    assert d.house.sql("SELECT 1 FROM notice") == []


def test_one_sitting_closes_for_both_and_each_keeps_its_own_record(joint):
    d, e, meeting, (item_d, case_d), (item_e, case_e) = joint
    d.house.later(days=20)
    d.open(meeting)
    d.attend(item_d, "zoneSchool")
    e.attend(item_e, "zonePolice")
    foreign = {"agendaItemId": item_e, "personId": d.person("zonePolice")}
    assert d.post("zoneCoordinatorD", "/attendances", foreign).status_code == 404
    text = {"assessment": "Zorg", "decisions": "Doorgaan"}
    for who, item in (("zoneCoordinatorD", item_d), ("zoneCoordinatorE", item_e)):
        d.ok(d.post(who, f"/meetings/{meeting}/minutes/items", {"agendaItemId": item} | text))
    crossed = d.post(
        "zoneCoordinatorD", f"/meetings/{meeting}/minutes/items", {"agendaItemId": item_e} | text
    )
    assert crossed.status_code == 404
    d.close(meeting)
    states = d.house.sql("SELECT id, state, last_discussed_on FROM case_file")
    assert {(str(r.id), r.state) for r in states} == {
        (case_d, "underDiscussion"),
        (case_e, "underDiscussion"),
    }
    assert {r.state for r in d.house.sql("SELECT state FROM invitation")} == {"attended"}
    by_town = {(str(x.case_id), x.controller) for x in d.journal("meeting.close") if x.case_id}
    assert by_town == {(case_d, d.house.cast.towns["D"]), (case_e, d.house.cast.towns["E"])}
    d.ok(d.post("zoneSecretary", f"/meetings/{meeting}/minutes/submit"))
    d.ok(d.post("zoneCoordinatorD", f"/meetings/{meeting}/minutes/approve"))
    for who, item in (
        ("zoneMayorD", item_d),
        ("zoneMayorE", item_e),
        ("zoneSchool", item_d),
        ("zonePolice", item_e),
    ):
        read = d.ok(d.get(who, f"/meetings/{meeting}/minutes"))
        assert [i["agendaItemId"] for i in read["items"]] == [item]


def test_the_desk_of_the_other_municipality_may_be_invited_but_keeps_no_record(joint):
    d, e, meeting, (item_d, _), _ = joint
    invitation = d.invite(item_d, "zoneCoordinatorE")
    d.ok(d.post("zoneMayorD", f"/invitations/{invitation}/send"))
    d.house.later(days=20)
    d.open(meeting)
    d.attend(item_d, "zoneCoordinatorE")
    seen = d.ok(d.get("zoneCoordinatorE", f"/agendaItems/{item_d}"))
    assert seen["why"]["standing"] == "attending"
    text = {"agendaItemId": item_d, "assessment": "Zorg", "decisions": "Doorgaan"}
    assert e.post("zoneCoordinatorE", f"/meetings/{meeting}/minutes/items", text).status_code == 403
    body = {"agendaItemId": item_d, "personId": d.person("zoneSchool")}
    assert e.post("zoneCoordinatorE", "/attendances", body).status_code == 403
