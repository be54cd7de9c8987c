"""The register of what leaves the house: ground, sender, recipient, digest; once and for good (R105)."""

import hashlib

import pytest
from feedbackcraft import MARK, Sheet

from app.kernel.ids import new_id

DIGEST = hashlib.sha256(b"brief").hexdigest()


@pytest.fixture
def sheet(table):
    """A closed sitting at which police, school, clb and coordinator were in the room."""
    return Sheet(table)


def record(sheet, who="coordinator", **over):
    body = {
        "caseId": sheet.case, "ground": "courtOrder", "recipientType": "court", "recipientName": "Griffie (verzonnen)",
        "digest": DIGEST,
    } | over  # fmt: skip
    return sheet.table.post(who, "/transmissions", body)


def listed(sheet, who="coordinator", **query):
    return sheet.table.get(who, "/transmissions", **query)


def test_the_desk_and_the_police_who_were_there_record_a_hand_over(sheet):
    for who in ("mayor", "coordinator", "delegate", "policeMember"):
        made = sheet.table.ok(record(sheet, who), 201)
        assert (made["digest"], made["ground"], made["objectType"]) == (DIGEST, "courtOrder", "document")
    for who, status in (
        ("school", 404), ("informationOfficer", 404), ("zoneMayorD", 404), ("zonePolice", 404), ("dpo", 404), ("auditor", 404),
    ):  # fmt: skip
        assert record(sheet, who).status_code in {status, 403}, who
    (line,) = sheet.table.journal("transmission.record", "mayor")
    assert (line.reason, line.recipients, line.rule) == ("courtOrder", "court", "R105")
    assert MARK not in str(sheet.house.sql("SELECT * FROM transmission"))


def test_without_a_ground_a_recipient_or_a_digest_there_is_no_line(sheet):
    sheet.refused(record(sheet, ground="teatime"), "R105")
    sheet.refused(record(sheet, ground="feedbackSheet"), "R105")
    assert record(sheet, recipientType="teatime").status_code == 400
    assert record(sheet, recipientName="").status_code == 400
    for digest in ("", "00", "z" * 64, DIGEST + "00"):
        assert record(sheet, digest=digest).status_code == 400, digest
    assert record(sheet, caseId=str(new_id())).status_code == 404
    assert sheet.house.sql("SELECT count(*) FROM transmission") == [(0,)]
    assert sheet.table.ok(record(sheet, digest=DIGEST.upper()), 201)["digest"] == DIGEST


def test_desk_and_oversight_of_the_municipality_read_the_register(sheet):
    sheet.table.ok(record(sheet), 201)
    for who in ("mayor", "delegate", "coordinator"):
        (line,) = sheet.table.ok(listed(sheet, who))["items"]
        assert line["reference"].startswith("C-"), who
    for who in ("dpo", "auditor"):
        (line,) = sheet.table.ok(listed(sheet, who))["items"]
        assert "reference" not in line, who
        assert (line["caseId"], line["digest"]) == (sheet.case, DIGEST)
    for who in ("school", "policeMember", "secretary", "caseManager", "strategicMember"):
        assert listed(sheet, who).status_code == 403, who
    for who in ("zoneMayorD", "zoneAuditorE", "zoneDpoD"):
        assert sheet.table.ok(listed(sheet, who))["items"] == [], who
    sheet.exclude("coordinator")
    assert sheet.table.ok(listed(sheet))["items"] == []
    (line,) = sheet.table.journal("transmission.list", "dpo")
    assert str(line.case_id) == sheet.case


def test_the_register_is_filtered_and_paged(sheet):
    for ground in ("courtOrder", "courtOrder", "supervisoryAuthority"):
        sheet.table.ok(record(sheet, ground=ground), 201)
        sheet.house.later(days=1)
    day = sheet.house.now.date().isoformat()
    assert len(sheet.table.ok(listed(sheet))["items"]) == 3
    assert len(sheet.table.ok(listed(sheet, ground="courtOrder"))["items"]) == 2
    assert sheet.table.ok(listed(sheet, **{"from": day}))["items"] == []
    assert len(sheet.table.ok(listed(sheet, to=day))["items"]) == 3
    first = sheet.table.ok(listed(sheet, pageSize=2))
    rest = sheet.table.ok(listed(sheet, pageSize=2, cursor=first["next"]))
    found = [line["transmissionId"] for line in (*first["items"], *rest["items"])]
    assert len(set(found)) == 3
    assert "next" not in rest
    assert listed(sheet, cursor="teatime").status_code == 400
    assert listed(sheet, **{"from": "teatime"}).status_code == 400


def test_an_extract_that_is_taken_along_stands_in_the_register_and_the_desk_s_own_copy_does_not(sheet):
    table, minutes = sheet.table, f"/meetings/{sheet.meeting}/minutes"
    table.ok(
        table.post(
            "coordinator",
            minutes + "/items",
            {"agendaItemId": sheet.item, "assessment": "a", "decisions": "b"},
        )
    )
    table.ok(table.post("coordinator", f"{minutes}/submit"))
    table.ok(table.approve("coordinator", sheet.meeting))
    sheet.house.sql("UPDATE agreement SET settings = settings || '{\"extract_download\": 1}'")
    assert table.get("coordinator", minutes + "/document", reason="minutesAndCorrection").status_code == 200
    sheet.house.sql("DELETE FROM transmission")
    taken = table.get("school", minutes + "/document")
    assert taken.status_code == 200
    (line,) = table.ok(listed(sheet))["items"]
    assert line["digest"] == hashlib.sha256(taken.content).hexdigest()
    assert (line["ground"], line["recipientType"], line["recipientName"], line["objectType"]) == (
        "participantOwnFile", "participantService", "school (invented)", "minutesItem",
    )  # fmt: skip
    assert line["caseId"] == sheet.case


def test_a_locked_case_and_a_month_old_sitting_take_no_line_of_the_police(sheet):
    sheet.house.later(days=32)
    assert record(sheet, "policeMember").status_code == 404
    sheet.table.ok(record(sheet), 201)
    sheet.house.sql("UPDATE case_file SET locks_on = :d", d=sheet.house.now.date())
    sheet.refused(record(sheet), "R90")
