"""Inviting: a ground for everybody, sent by the mayor, each invitation decided on its own facts (R22 to R28, R37)."""

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from app.constitution.reference import citation, load_lists
from app.meetings.inviting import GROUND_LISTS


def manages(table, name, said):
    """Say of somebody that they are, or are not, the management of their service."""
    table.house.sql(
        "UPDATE person SET manages_service = :s WHERE id::text = :p", s=said, p=table.person(name)
    )


def page_text(printed):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(printed.content)).pages)


def soon(table, days):
    starts = table.house.now + timedelta(days=days)
    return {"startsAt": starts.isoformat(), "endsAt": (starts + timedelta(hours=1)).isoformat()}


def agreed(table, days):
    """Have the agreement promise a Flemish service so many days."""
    table.house.sql(
        "UPDATE agreement SET settings = settings || jsonb_build_object('invitation_notice_days_flemish', CAST(:d AS int))",
        d=days,
    )


def test_the_mayor_convenes_and_each_invitation_is_sent_and_journalled(table):
    meeting, item, case = table.tabled("school", "policeMember")
    lines = table.journal("invitation.send", "mayor")
    assert {str(line.case_id) for line in lines} == {case}
    assert {line.recipients for line in lines} == {table.person("school"), table.person("policeMember")}
    assert len(table.journal("meeting.convene", "mayor")) == 1
    notices = table.house.sql("SELECT person_id, code, reference, n.municipality_id FROM notice n")
    reference = table.house.sql("SELECT reference FROM case_file WHERE id = :c", c=case)[0].reference
    assert {(str(n.person_id), n.code, n.reference) for n in notices} == {
        (table.person(who), "invitation", reference) for who in ("school", "policeMember")
    }
    people = table.ok(table.get("mayor", f"/agendaItems/{item}"))["people"]
    assert {p["invitationState"] for p in people} == {"sent"}
    assert table.ok(table.get("mayor", f"/meetings/{meeting}"))["state"] == "convened"


def test_core_members_come_on_their_own_ground_others_on_that_of_their_service(table):
    case, meeting = table.case(), table.plan()
    item = table.add(meeting, case)
    for who, code in (("policeMember", "coreMember"), ("coordinator", "coreMember"),
                      ("caseManager", "municipalStaff"), ("school", "flemishSchools")):  # fmt: skip
        made = table.ok(table.post("coordinator", "/invitations", table.inviting(item, who)), 201)
        assert (made["groundCode"], made["state"]) == (code, "draft")


@pytest.mark.parametrize(
    ("who", "ground_list", "code", "rule"),
    [
        ("school", "groundsFlemish", "noSuchGround", "R22"),
        ("school", None, "noSuchGround", "R22"),
        ("school", None, "frenchYouthAid", "R22"),
        ("school", "groundsGeneral", "coreMember", "R22"),
        ("school", "groundsGeneral", "municipalStaff", "R22"),
        ("school", "groundsFrenchCommunity", "frenchYouthAid", "R22"),
        ("school", "groundsFlemish", "flemishResidualClause", "R23"),
        ("school", "groundsGeneral", "otherLegalBasis", "R22"),
        ("frenchHandler", None, None, "R28"),
    ],
)
def test_without_a_ground_that_holds_there_is_no_invitation(table, who, ground_list, code, rule):
    item = table.add(table.plan(), table.case())
    stated = {k: v for k, v in (("groundList", ground_list), ("groundCode", code)) if v}
    refused = table.post("coordinator", "/invitations", table.inviting(item, who, **stated))
    assert refused.status_code == 409, refused.text
    assert refused.json()["rule"] == rule
    assert table.house.sql("SELECT 1 FROM invitation") == []


def test_a_ground_says_which_list_it_stands_in(table):
    """No code stands in two lists, so the code is enough (R22)."""
    stands = [e.code for name in GROUND_LISTS for e in load_lists()[name].entries]
    assert len(stands) == len(set(stands))
    item = table.add(table.plan(), table.case())
    stated = table.inviting(item, "school", groundCode="flemishSchools")
    made = table.ok(table.post("coordinator", "/invitations", stated), 201)
    assert (made["groundList"], made["groundCode"]) == ("groundsFlemish", "flemishSchools")


def test_the_residual_clause_holds_with_its_reason_sealed(table):
    item = table.add(table.plan(), table.case())
    table.invite(
        item,
        "school",
        groundList="groundsFlemish",
        groundCode="flemishResidualClause",
        groundReason="Kent het gezin.",
    )
    (row,) = table.house.sql("SELECT ground_reason FROM invitation")
    assert b"gezin" not in bytes(row.ground_reason)


def test_the_french_community_regime_wants_fourteen_days_or_an_urgency(table):
    case = table.case()
    meeting = table.plan(**soon(table, 13))
    item = table.add(meeting, case)
    table.invite(item, "frenchYouth")
    table.invite(item, "school")
    refused = table.post("mayor", f"/meetings/{meeting}/convene")
    assert refused.status_code == 409
    assert refused.json()["rule"] == "R26"
    assert {r.state for r in table.house.sql("SELECT state FROM invitation")} == {"draft"}
    assert table.house.sql("SELECT 1 FROM notice") == []
    in_time = table.plan(**soon(table, 14))
    table.invite(table.add(in_time, case), "frenchYouth")
    table.convene(in_time)
    urgent = table.plan(**soon(table, 2))
    table.invite(table.add(urgent, case), "frenchYouth", urgencyReason="Dreiging op korte termijn.")
    table.convene(urgent)


def test_a_flemish_service_has_only_the_notice_that_its_agreement_promises(table):
    """No law gives it one: none by default, and the refusal names the agreement, not the French Community's decree (R30)."""
    meeting = table.plan(**soon(table, 2))
    table.invite(table.add(meeting, table.case()), "school")
    table.convene(meeting)
    agreed(table, 7)
    late, in_time = table.plan(**soon(table, 6)), table.plan(**soon(table, 7))
    case = table.case("Tweede Verzonnen")
    table.invite(table.add(late, case), "school")
    review = table.ok(table.get("mayor", f"/meetings/{late}/review"))
    assert review["items"][0]["people"][0]["problems"] == ["noticeAgreed"]
    refused = table.post("mayor", f"/meetings/{late}/convene")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R30")
    assert "zelf afsprak" in refused.json()["detail"]
    assert "legalReference" not in refused.json()
    assert {line.legal_basis for line in table.journal("invitation.send", "mayor", "conflict")} == {""}
    table.invite(table.add(in_time, case), "school")
    table.convene(in_time)


def test_a_french_community_invitation_goes_to_management_and_to_nobody_under_it(table):
    _, item, _ = table.tabled("frenchYouth")
    (notice,) = table.house.sql("SELECT person_id FROM notice")
    assert str(notice.person_id) == table.person("frenchYouth")
    assert len(table.ok(table.get("frenchYouth", "/invitations"))["items"]) == 1
    refused = table.post("coordinator", "/invitations", table.inviting(item, "frenchHandler"))
    assert (refused.status_code, refused.json()["rule"]) == (409, "R28")


def test_nobody_is_management_because_nobody_typed_in_a_line_manager(table):
    """An account that says nothing is a handler's: not invited, and not proposed either (R28)."""
    assert table.house.sql("SELECT 1 FROM person WHERE line_manager_id IS NOT NULL") == []
    meeting, case = table.plan(), table.case()
    item = table.add(meeting, case)
    refused = table.post("coordinator", "/invitations", table.inviting(item, "frenchHandler"))
    assert (refused.status_code, refused.json()["rule"]) == (409, "R28")
    manages(table, "frenchHandler", True)
    assert table.post("coordinator", "/invitations", table.inviting(item, "frenchHandler")).status_code == 201


def test_somebody_who_is_management_no_more_is_not_sent_the_invitation(table):
    meeting = table.plan()
    manages(table, "frenchHandler", True)
    table.invite(table.add(meeting, table.case()), "frenchHandler")
    manages(table, "frenchHandler", False)
    refused = table.post("mayor", f"/meetings/{meeting}/convene")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R28")


def test_an_invitation_states_the_purpose_and_the_decree_it_goes_out_under(table):
    _, item, _ = table.tabled("school", "frenchYouth")
    for who, named in (("school", "Vlaams"), ("frenchYouth", "Franse Gemeenschap")):
        (mine,) = table.ok(table.get(who, "/invitations"))["items"]
        assert mine["purpose"]
        assert named in mine["legalReference"]
    made = table.ok(table.post("coordinator", "/invitations", table.inviting(item, "policeMember")), 201)
    assert "LIVC R-wet" in made["legalReference"]
    assert made["purpose"] == mine["purpose"]


@pytest.mark.parametrize(
    ("who", "stated", "key"),
    [
        ("policeMember", {}, "livcrAct.core"),
        ("caseManager", {}, "livcrAct.invited"),
        ("school", {}, "flemishDecree.participants"),
        ("frenchYouth", {}, "frenchDecree.invitation"),
        ("school", {"groundCode": "flemishResidualClause", "groundReason": "Verzonnen."}, "flemishDecree.residualClause"),
        ("school", {"groundCode": "otherLegalBasis", "groundReason": "Verzonnen."}, "livcrAct.invited"),
    ],
)  # fmt: skip
def test_an_invitation_cites_the_paragraph_of_its_ground(table, who, stated, key):
    """On the screen of who prepares and of who is invited, and in the letter (R22, R27)."""
    meeting = table.plan()
    item = table.add(meeting, table.case())
    made = table.ok(table.post("coordinator", "/invitations", table.inviting(item, who, **stated)), 201)
    table.convene(meeting)
    wanted = citation(key, "nl", table.house.now.date())
    (mine,) = table.ok(table.get(who, "/invitations"))["items"]
    letter = table.ok(table.get(who, f"/agendaItems/{item}"))["letter"]
    assert {made["legalReference"], mine["legalReference"], letter["legalReference"]} == {wanted}
    printed = table.get("coordinator", f"/invitations/{made['invitationId']}/document")
    assert "".join(wanted.split()) in "".join(page_text(printed).split())
    (line,) = table.journal("invitation.print", "coordinator")
    assert (line.rule, line.legal_basis) == ("R24", "livcrAct.invited")


def test_nobody_is_asked_for_a_case_that_is_locked(table):
    _, item, case = table.tabled()
    draft = table.invite(item, "school")
    table.house.sql("UPDATE case_file SET locks_on = '2026-03-02' WHERE id = :c", c=case)
    for path, body in (
        ("/invitations", table.inviting(item, "clb")),
        (f"/invitations/{draft}/send", {}),
    ):
        refused = table.post("mayor", path, body)
        assert (refused.status_code, refused.json()["rule"]) == (409, "R90")
    assert {r.state for r in table.house.sql("SELECT state FROM invitation")} == {"draft"}


def test_convening_leaves_the_invitations_of_a_locked_case_unsent(table):
    meeting, case = table.plan(), table.case("Tweede Verzonnen")
    table.invite(table.add(meeting, table.case()), "school")
    table.invite(table.add(meeting, case), "clb")
    table.house.sql("UPDATE case_file SET locks_on = '2026-03-02' WHERE id = :c", c=case)
    table.convene(meeting)
    sent = {
        str(r.person_id) for r in table.house.sql("SELECT person_id FROM invitation WHERE state = 'sent'")
    }
    assert sent == {table.person("school")}


def test_only_mayor_or_delegate_sends(table):
    meeting, item, _ = table.tabled()
    made = table.ok(table.post("coordinator", "/invitations", table.inviting(item, "school")), 201)
    path = f"/invitations/{made['invitationId']}/send"
    assert table.post("coordinator", path).status_code == 403
    assert table.post("school", path).status_code == 404
    assert table.post("zoneMayorD", path).status_code == 404
    assert table.get("school", f"/meetings/{meeting}").status_code == 404
    assert table.ok(table.post("delegate", path))["state"] == "sent"
    assert table.get("school", f"/meetings/{meeting}").status_code == 200
    assert table.post("delegate", path).status_code == 409


def test_a_single_invitation_waits_for_the_meeting_to_be_convened(table):
    meeting = table.plan()
    invitation = table.invite(table.add(meeting, table.case()), "school")
    assert table.post("mayor", f"/invitations/{invitation}/send").status_code == 409
    stale = table.post("mayor", f"/invitations/{invitation}/send", match='"7"')
    assert stale.status_code == 412
    assert table.post("coordinator", f"/meetings/{meeting}/convene").status_code == 403


def test_a_meeting_without_a_case_is_not_convened(table):
    meeting = table.plan()
    refused = table.post("mayor", f"/meetings/{meeting}/convene")
    assert refused.status_code == 409
    assert refused.json()["rule"] == "R61"


def test_convening_twice_is_refused_and_a_stale_view_too(table):
    meeting = table.plan()
    table.add(meeting, table.case())
    assert table.house.client("mayor").post(f"/api/v1/meetings/{meeting}/convene").status_code == 428
    assert table.post("mayor", f"/meetings/{meeting}/convene", match='"9"').status_code == 412
    table.convene(meeting)
    assert table.post("mayor", f"/meetings/{meeting}/convene").status_code == 409


@pytest.mark.parametrize("who", ["zoneSchool", "auditor", "dpo", "strategicMember", "administrator"])
def test_nobody_from_outside_the_table_can_be_invited(table, who):
    item = table.add(table.plan(), table.case())
    refused = table.post("coordinator", "/invitations", table.inviting(item, who))
    assert refused.status_code == 400
    assert refused.json()["issues"][0]["name"] == "personId"


def test_nobody_is_invited_twice_or_against_a_declared_conflict(table):
    case, meeting = table.case(), table.plan()
    item = table.add(meeting, case)
    table.invite(item, "school")
    assert table.post("coordinator", "/invitations", table.inviting(item, "school")).status_code == 400
    table.house.sql(
        "INSERT INTO exclusion VALUES (:p, :c, :m, now())",
        p=table.house.cast.persons["clb"], c=case, m=table.house.cast.towns["C"],
    )  # fmt: skip
    assert table.post("coordinator", "/invitations", table.inviting(item, "clb")).status_code == 400
    assert table.post("school", "/invitations", table.inviting(item, "clb")).status_code == 404
