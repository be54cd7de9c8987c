"""Taking an invitation back, before and after it was sent; and asking the same person again (R22, R24)."""

from pagecraft import reader


def withdraw(table, invitation, who="mayor", match="*"):
    return table.post(who, f"/invitations/{invitation}/withdraw", match=match)


def sent(table, *guests):
    meeting, item, _ = table.tabled(*guests)
    rows = table.house.sql("SELECT id, person_id FROM invitation")
    return meeting, item, {n: str(r.id) for n in guests for r in rows if str(r.person_id) == table.person(n)}


def test_a_withdrawn_invitation_takes_the_item_out_of_sight_at_once(table):
    meeting, item, ids = sent(table, "school", "clb")
    assert table.get("school", f"/agendaItems/{item}").status_code == 200
    assert table.ok(withdraw(table, ids["school"]))["state"] == "withdrawn"
    assert table.get("school", f"/agendaItems/{item}").status_code == 404
    assert table.get("school", f"/meetings/{meeting}").status_code == 404
    assert table.get("clb", f"/agendaItems/{item}").status_code == 200
    codes = [r.code for r in table.house.sql(
        "SELECT code FROM notice WHERE person_id = :p ORDER BY code", p=table.house.cast.persons["school"])]  # fmt: skip
    assert codes == ["invitation", "invitationWithdrawn"]
    (line,) = table.journal("invitation.withdraw", "mayor")
    assert str(line.object_id) == ids["school"]
    (change,) = table.ok(table.get("coordinator", f"/meetings/{meeting}"))["changes"]
    assert change["kind"] == "invitationWithdrawn"
    assert (
        table.post("school", f"/invitations/{ids['school']}/answer", {"answer": "accepted"}).status_code
        == 409
    )


def test_withdrawing_is_the_mayors_and_of_a_version_seen(table):
    _, _, ids = sent(table, "school")
    for who, status in (("coordinator", 403), ("clb", 404), ("zoneMayorD", 404), ("secretary", 404)):
        assert withdraw(table, ids["school"], who).status_code == status, who
    assert withdraw(table, ids["school"], match='"9"').status_code == 412
    table.ok(withdraw(table, ids["school"], "delegate"))
    assert withdraw(table, ids["school"]).status_code == 409


def test_who_sits_in_the_room_leaves_it_first(table):
    _, item, _ = table.sat("school")
    (row,) = table.house.sql("SELECT id FROM invitation")
    refused = withdraw(table, str(row.id))
    assert (refused.status_code, refused.json()["rule"]) == (409, "R62")
    gone = {"agendaItemId": item, "personId": table.person("school"), "present": False}
    table.ok(table.post("coordinator", "/attendances", gone))
    table.ok(withdraw(table, str(row.id)))
    assert table.get("school", f"/agendaItems/{item}").status_code == 404


def test_a_draft_is_taken_out_by_the_desk_and_nobody_hears_of_it(table):
    meeting = table.plan()
    item = table.add(meeting, table.case())
    invitation = table.invite(item, "school")
    assert table.post("school", f"/invitations/{invitation}/remove").status_code == 404
    assert table.ok(table.post("coordinator", f"/invitations/{invitation}/remove"))["state"] == "removed"
    assert table.ok(table.get("coordinator", f"/agendaItems/{item}"))["people"] == []
    table.convene(meeting)
    assert table.house.sql("SELECT 1 FROM notice") == []
    assert table.ok(table.get("school", "/invitations", when="all"))["items"] == []
    assert table.get("school", f"/meetings/{meeting}").status_code == 404
    again = table.invite(item, "school", groundReason="x")
    assert again == invitation, "one line for one person and one item"
    table.ok(table.post("mayor", f"/invitations/{again}/send"))
    assert table.get("school", f"/agendaItems/{item}").status_code == 200
    assert table.post("coordinator", f"/invitations/{again}/remove").status_code == 409


def test_the_buttons_stand_where_they_can_be_used(table):
    meeting, item, ids = sent(table, "school")
    mayor, coordinator = reader(table.house, "mayor"), reader(table.house, "coordinator")
    assert "/withdraw" not in coordinator.get(f"/agenda-items/{item}").text
    assert mayor.send(f"/agenda-items/{item}", "/withdraw").status_code == 200
    late = table.invite(item, "clb")
    assert "Nakijken en versturen" in mayor.get("/").text, "what waits for the mayor is told (R24)"
    assert coordinator.send(f"/agenda-items/{item}", f"/{late}/remove").status_code == 200
    table.invite(item, "clb")
    assert mayor.send(f"/meetings/{meeting}/review", "/invite").status_code == 200
    assert "Nakijken en versturen" not in mayor.get("/").text
    assert ids["school"]
