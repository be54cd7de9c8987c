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
    for who, mine, other in (
        ("zoneMayorD", item_d, "Verzonnen-E"),
        ("zoneCoordinatorE", item_e, "Verzonnen-D"),
    ):
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
    d.attend(item_d, "zoneSchool", "zoneCoordinatorD")
    e.attend(item_e, "zonePolice", "zoneCoordinatorE")
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
    for step in ("open", "close"):
        lines = [x for x in d.journal(f"meeting.{step}") if x.case_id is None]
        assert sorted(x.controller for x in lines) == sorted(d.house.cast.towns[t] for t in "DE"), step
    by_town = {(str(x.case_id), x.controller) for x in d.journal("meeting.close") if x.case_id}
    assert by_town == {(case_d, d.house.cast.towns["D"]), (case_e, d.house.cast.towns["E"])}
    d.ok(d.post("zoneSecretary", f"/meetings/{meeting}/minutes/submit"))
    d.ok(d.approve("zoneCoordinatorD", meeting))
    for step in ("submit", "approve"):
        lines = d.journal(f"minutes.{step}")
        assert sorted(x.controller for x in lines) == sorted(d.house.cast.towns[t] for t in "DE"), step
    d.house.later(hours=3)
    for who, item in (
        ("zoneMayorD", item_d),
        ("zoneMayorE", item_e),
        ("zoneSchool", item_d),
        ("zonePolice", item_e),
    ):
        read = d.ok(d.get(who, f"/meetings/{meeting}/minutes", reason="minutesAndCorrection"))
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


@pytest.fixture
def alone(zone):
    """A meeting of the joint table with a case of D only; gives (d, meeting, item)."""
    d, _ = zone
    meeting = d.plan(secretaryId=d.person("zoneSecretary"))
    item = d.add(meeting, d.case())
    d.invite(item, "zoneSchool")
    d.convene(meeting)
    return d, meeting, item


def sees_nothing(d, who, meeting):
    for path in (f"/meetings/{meeting}", f"/meetings/{meeting}/minutes"):
        assert d.get(who, path, reason="supervision").status_code == 404, path
    for when in ("upcoming", "all"):
        assert d.ok(d.get(who, "/meetings", when=when))["items"] == []
    for step in ("open", "close", "minutes/submit", "minutes/approve"):
        assert d.post(who, f"/meetings/{meeting}/{step}").status_code == 404, step


def test_until_it_sits_the_other_desk_knows_when_and_where_and_nothing_else(alone):
    d, meeting, _ = alone
    for who in ("zoneCoordinatorE", "zoneMayorE"):
        seen = d.ok(d.get(who, f"/meetings/{meeting}"))
        assert (seen["place"], seen["items"], seen["abilities"]) == ("Raadzaal", [], [])
        assert [m["meetingId"] for m in d.ok(d.get(who, "/meetings"))["items"]] == [meeting]
        for step in ("open", "close", "minutes/submit"):
            assert d.post(who, f"/meetings/{meeting}/{step}").status_code == 403, step
        assert d.get(who, f"/meetings/{meeting}/minutes").status_code == 404
    assert d.post("zoneMayorE", f"/meetings/{meeting}/convene").status_code == 403


def test_from_the_sitting_on_a_meeting_without_a_case_of_one_s_own_is_not_there(alone):
    d, meeting, item = alone
    d.house.later(days=20)
    d.open(meeting)
    for who in ("zoneCoordinatorE", "zoneMayorE"):
        sees_nothing(d, who, meeting)
    d.attend(item, "zoneSchool")
    d.close(meeting)
    for who in ("zoneCoordinatorE", "zoneMayorE"):
        sees_nothing(d, who, meeting)
    assert d.house.sql("SELECT state FROM minutes")[0].state == "draft"
    d.ok(d.post("zoneCoordinatorD", f"/meetings/{meeting}/minutes/submit"))


def test_the_database_too_hides_it_and_lets_the_other_desk_change_nothing(alone):
    d, meeting, _ = alone
    said = {"m": meeting}
    change = "UPDATE meeting SET place = 'Elders' WHERE id = %(m)s"
    closing = (
        "SELECT * FROM record_discussions(%(m)s, '2026-03-22', '2027-03-22', '2031-03-22', 14, '2026-06-22')"
    )
    municipalities = "SELECT unnest(meeting_municipalities(%(m)s))"
    for hidden in (False, True):
        if hidden:
            d.house.later(days=20)
            d.open(meeting)
            d.house.sql("UPDATE meeting SET state = 'closed'")
        with d.house.work("zoneCoordinatorE") as unit:
            unit.repeat()
            run = unit.session.connection().exec_driver_sql
            assert len(run("SELECT id FROM meeting").all()) == (0 if hidden else 1)
            assert run("SELECT id FROM minutes").all() == []
            assert run("UPDATE minutes SET state = 'submitted'").rowcount == 0
            assert run(change, said).rowcount == 0
            assert run(closing, said).all() == []
            assert run(municipalities, said).all() == []


def test_a_case_of_one_s_own_gives_the_other_desk_its_part_in_the_meeting(alone):
    d, meeting, _ = alone
    e = type(d)(d.house, "zone", "E")
    e.add(meeting, e.case())
    d.house.later(days=20)
    assert e.open(meeting)["state"] == "inSession"
    (only,) = e.ok(e.get("zoneMayorE", f"/meetings/{meeting}"))["items"]
    assert only["municipalityId"] == str(d.house.cast.towns["E"])


def test_a_chair_from_the_other_municipality_holds_the_meeting_without_seeing_its_case(zone):
    d, _ = zone
    meeting = d.plan(chairId=d.person("zoneCoordinatorE"))
    item = d.add(meeting, d.case())
    d.convene(meeting)
    d.house.later(days=20)
    d.ok(d.post("zoneCoordinatorE", f"/meetings/{meeting}/open"))
    d.ok(d.post("zoneCoordinatorE", f"/meetings/{meeting}/close"))
    d.ok(d.post("zoneCoordinatorD", f"/meetings/{meeting}/minutes/submit"))
    assert d.ok(d.approve("zoneCoordinatorE", meeting))["items"] == []
    assert d.get("zoneCoordinatorE", f"/agendaItems/{item}").status_code == 404
    (line,) = d.journal("minutes.approve")
    assert line.controller == d.house.cast.towns["D"]
