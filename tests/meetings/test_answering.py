"""Answering: each regime has its own refusal; a refusal takes the item out of sight (R31 to R35, R37)."""

from datetime import timedelta

from pagecraft import reader, texts_of
from sqlalchemy import text


def asked(table, who="school", **over):
    meeting, item, case = table.tabled(who, **over)
    (mine,) = table.ok(table.get(who, "/invitations"))["items"]
    return meeting, item, case, f"/invitations/{mine['invitationId']}/answer"


def test_my_invitations_name_a_reference_and_never_the_person(table):
    meeting, _, case, _ = asked(table)
    answer = table.get("school", "/invitations")
    (mine,) = answer.json()["items"]
    assert mine["meetingId"] == meeting
    assert mine["reference"].startswith("C-2026-")
    assert mine["abilities"] == ["invitation.answer"]
    assert "Verzonnen" not in answer.text
    lines = table.journal("invitation.list", "school")
    assert str(lines[-1].case_id) == case
    assert table.ok(table.get("clb", "/invitations"))["items"] == []
    assert table.get("auditor", "/invitations").status_code == 403


def test_on_the_page_of_the_item_stands_all_that_an_invitation_says(table):
    """Purpose, when, where, who, the services invited and the decree (R27); the services, never the persons."""
    meeting, item, case = table.tabled("school", "clb", "frenchYouth")
    del meeting, case
    shown = table.ok(table.get("frenchYouth", f"/agendaItems/{item}"))
    letter = shown["letter"]
    assert shown["subjectName"]
    assert all(letter[name] for name in ("purpose", "startsAt", "endsAt", "place", "legalReference"))
    assert len(letter["services"]) == 3
    page = texts_of(reader(table.house, "frenchYouth").get(f"/agenda-items/{item}").text)
    for said in (*letter["services"], letter["legalReference"], letter["place"], letter["purpose"]):
        assert said in page, said
    names = {
        row.name for row in table.house.sql("SELECT name FROM person WHERE username IN ('school', 'clb')")
    }
    assert names
    assert not any(name in page for name in names)
    assert "letter" not in table.ok(table.get("coordinator", f"/agendaItems/{item}"))


def test_the_services_are_those_of_the_invitation_and_reading_again_gives_nothing_away(table):
    """Who refuses stays named, who is asked later is not: the list says who was invited, not who comes (R27, R35)."""
    _, item, _ = table.tabled("school", "clb")
    invitations = {row.person_id: row.id for row in table.house.sql("SELECT id, person_id FROM invitation")}
    clb = invitations[table.house.cast.persons["clb"]]

    def named():
        return table.ok(table.get("school", f"/agendaItems/{item}"))["letter"]["services"]

    before = named()
    assert len(before) == 2
    table.ok(table.post("clb", f"/invitations/{clb}/answer", {"answer": "declined", "reason": "Verhinderd."}))
    assert named() == before
    table.house.later(hours=1)
    late = table.invite(item, "participant")
    table.ok(table.post("mayor", f"/invitations/{late}/send"))
    assert named() == before
    asked = text("SELECT count(*) FROM services_told(:i)")
    found = {}
    for who in ("school", "clb", "participant", "policeMember", "coordinator", "zoneMayorD", "auditor"):
        with table.house.work(who) as unit:
            found[who] = unit.session.scalar(asked, {"i": item})
            unit.repeat()
    assert found == {
        "school": 2, "clb": 0, "participant": 3, "policeMember": 0, "coordinator": 0, "zoneMayorD": 0, "auditor": 0,
    }  # fmt: skip


def test_an_accepted_invitation_stays_in_view(table):
    meeting, _, _, path = asked(table)
    answered = table.ok(table.post("school", path, {"answer": "accepted"}))
    assert answered["state"] == "accepted"
    assert table.get("school", f"/meetings/{meeting}").status_code == 200
    (line,) = table.journal("invitation.answer", "school")
    assert line.reason == "accepted"


def test_a_flemish_refusal_wants_a_reason_that_only_the_mayor_reads(table):
    meeting, item, _, path = asked(table)
    refused = table.post("school", path, {"answer": "declined"})
    assert refused.status_code == 409
    assert refused.json()["rule"] == "R32"
    answered = table.post("school", path, {"answer": "declined", "reason": "Geen band met het gezin."})
    assert table.ok(answered)["state"] == "declined"
    assert "gezin" not in answered.text
    assert table.get("school", f"/meetings/{meeting}").status_code == 404
    assert table.get("school", f"/agendaItems/{item}").status_code == 404
    (mine,) = table.ok(table.get("school", "/invitations"))["items"]
    assert (mine["state"], mine.get("reference")) == ("declined", None)
    for who in ("mayor", "delegate"):
        (told,) = table.ok(table.get(who, f"/agendaItems/{item}"))["people"]
        assert told["refusalReason"] == "Geen band met het gezin."
    coordinator = table.get("coordinator", f"/agendaItems/{item}")
    assert coordinator.json()["people"][0]["invitationState"] == "declined"
    assert "gezin" not in coordinator.text
    (row,) = table.house.sql("SELECT refusal_reason FROM invitation")
    assert b"gezin" not in bytes(row.refusal_reason)


def test_whoever_declined_may_still_come_and_the_reason_goes(table):
    meeting, _, _, path = asked(table)
    table.ok(table.post("school", path, {"answer": "declined", "reason": "Verhinderd."}))
    table.ok(table.post("school", path, {"answer": "accepted"}))
    assert table.get("school", f"/meetings/{meeting}").status_code == 200
    assert table.house.sql("SELECT refusal_reason FROM invitation")[0].refusal_reason is None


def test_a_volunteer_owes_no_reason(table):
    table.house.sql("UPDATE person SET volunteer = true WHERE id = :p", p=table.house.cast.persons["school"])
    *_, path = asked(table)
    assert table.ok(table.post("school", path, {"answer": "declined"}))["state"] == "declined"


def test_a_french_community_refusal_takes_no_reason_and_keeps_none(table):
    *_, path = asked(table, "frenchYouth")
    refused = table.post("frenchYouth", path, {"answer": "declined", "reason": "Un motif."})
    assert refused.status_code == 400
    assert refused.json()["issues"][0]["name"] == "reason"
    assert table.ok(table.post("frenchYouth", path, {"answer": "declined"}))["state"] == "declined"
    assert table.house.sql("SELECT refusal_reason FROM invitation")[0].refusal_reason is None


def test_without_a_care_relation_a_french_community_service_must_decline(table):
    *_, path = asked(table, "frenchYouth")
    for said in ({}, {"careRelation": False}):
        refused = table.post("frenchYouth", path, {"answer": "accepted"} | said)
        assert refused.status_code == 409
        assert refused.json()["rule"] == "R35"
    assert table.ok(table.post("frenchYouth", path, {"answer": "mustDecline"}))["state"] == "mustDecline"
    changed = table.ok(table.post("frenchYouth", path, {"answer": "accepted", "careRelation": True}))
    assert changed["state"] == "accepted"  # an answer can change until the meeting begins


def test_with_a_care_relation_it_comes(table):
    *_, path = asked(table, "frenchYouth")
    assert (
        table.ok(table.post("frenchYouth", path, {"answer": "accepted", "careRelation": True}))["state"]
        == "accepted"
    )


def test_a_french_community_service_is_recorded_present_only_after_it_accepted(table):
    meeting, item, _, path = asked(table, "frenchYouth")
    answer = {"answer": "accepted", "careRelation": True}
    table.house.later(days=20)
    table.open(meeting)
    body = {"agendaItemId": item, "personId": table.person("frenchYouth")}
    assert table.post("coordinator", "/attendances", body).status_code == 400
    assert table.house.sql("SELECT 1 FROM attendance") == []
    assert table.post("frenchYouth", path, answer).status_code == 409  # the sitting has begun


def test_a_french_community_service_that_accepted_comes(table):
    meeting, item, _, path = asked(table, "frenchYouth")
    table.ok(table.post("frenchYouth", path, {"answer": "accepted", "careRelation": True}))
    table.house.later(days=20)
    table.open(meeting)
    table.attend(item, "frenchYouth")


def test_must_decline_is_not_for_a_flemish_service(table):
    *_, path = asked(table)
    assert table.post("school", path, {"answer": "mustDecline"}).status_code == 400
    assert table.post("school", path, {"answer": "accepted", "reason": "Graag."}).status_code == 400


def test_nobody_answers_for_somebody_else(table):
    *_, path = asked(table)
    for who in ("clb", "mayor", "coordinator", "zoneMayorD"):
        assert table.post(who, path, {"answer": "accepted"}).status_code == 404
    assert table.post("auditor", path, {"answer": "accepted"}).status_code == 404
    assert table.house.client("school").post(f"/api/v1{path}", json={"answer": "accepted"}).status_code == 428
    assert table.post("school", path, {"answer": "accepted"}, match='"44"').status_code == 412


def test_a_prepared_invitation_is_not_there_yet(table):
    invitation = table.invite(table.add(table.plan(), table.case()), "school")
    assert table.ok(table.get("school", "/invitations", when="all"))["items"] == []
    assert (
        table.post("school", f"/invitations/{invitation}/answer", {"answer": "accepted"}).status_code == 404
    )


def test_the_answer_is_possible_until_the_meeting_opens(table):
    meeting, _, _, path = asked(table)
    table.house.later(days=20)
    table.open(meeting)
    assert table.post("school", path, {"answer": "accepted"}).status_code == 409
    (mine,) = table.ok(table.get("school", "/invitations"))["items"]
    assert mine["abilities"] == []


def test_past_invitations_page_back_without_a_reference(table):
    table.tabled("school")
    starts = table.house.now + timedelta(days=30)
    case, meeting = table.case("Tweede Verzonnen"), table.plan(
        startsAt=starts.isoformat(), endsAt=(starts + timedelta(hours=1)).isoformat()
    )  # fmt: skip
    table.invite(table.add(meeting, case), "school")
    table.convene(meeting)
    table.house.later(days=25)
    (coming,) = table.ok(table.get("school", "/invitations"))["items"]
    assert coming["reference"]
    page = table.ok(table.get("school", "/invitations", when="all", pageSize=1))
    assert page["items"][0]["meetingId"] == meeting
    (past,) = table.ok(table.get("school", "/invitations", when="all", pageSize=1, cursor=page["next"]))[
        "items"
    ]
    assert "reference" not in past
