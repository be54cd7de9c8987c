"""Attachments: the desk's own, given whole or not at all, each step in the journal (R18, R51 to R58, R92)."""

from __future__ import annotations

import os
from datetime import timedelta
from uuid import UUID, uuid4

import filecraft as make
import pytest
from attachcraft import API, GOOD, NAME
from attachcraft import add as _add
from attachcraft import count as _count
from attachcraft import lines as _lines
from attachcraft import listed as _list
from attachcraft import read as _read
from attachcraft import remove as _remove
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kernel.http import routes
from app.retention.sweeping import sweep_all


@pytest.fixture
def added(house, case_id):
    answer = _add(house, case_id)
    assert answer.status_code == 201, answer.text
    return answer.json()


# Adding and fetching ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", make.GOOD)
def test_what_goes_in_comes_out_as_a_download_of_its_own_kind(house, case_id, name):
    made = _add(house, case_id, file=(name, make.GOOD[name]))
    assert made.status_code == 201, made.text
    answer = _read(house, made.json())
    assert answer.status_code == 200
    assert answer.content == make.kept(name, make.GOOD[name])
    assert answer.headers["content-type"] == made.json()["mediaType"]
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{name}"')
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["accept-ranges"] == "none"


def test_no_piece_is_given_and_no_media_type_is_believed(house, added):
    client = house.client("mayor")
    path = f"{API}/attachments/{added['attachmentId']}/content?reason=meetingPreparation"
    answer = client.get(path, headers={"Range": "bytes=0-3", "If-Range": "x"})
    assert (answer.status_code, answer.content) == (200, make.kept(NAME, make.pdf()))
    assert "content-range" not in answer.headers
    assert answer.headers["content-type"] == "application/pdf"


def test_a_large_file_is_sealed_in_parts_and_comes_back_whole(house, case_id):
    data = make.png(3, 2, (b"tRNS", os.urandom(700_000)))
    made = _add(house, case_id, file=("groot.png", data)).json()
    parts = house.sql("SELECT number, octet_length(content) AS size FROM attachment_part ORDER BY number")
    assert [row.number for row in parts] == [0, 1, 2]
    assert sum(row.size for row in parts) == len(data) + 3 * 29
    assert _read(house, made).content == data


@pytest.mark.parametrize("name", ["mayor", "delegate", "coordinator"])
def test_the_desk_adds_lists_and_reads(house, case_id, name):
    made = _add(house, case_id, name)
    assert made.status_code == 201, made.text
    (item,) = _list(house, case_id, name).json()["items"]
    assert item["fileName"] == NAME
    assert item["abilities"] == ["attachment.read", "attachment.remove"]
    assert _read(house, item, name).status_code == 200


def test_who_brought_it_is_kept_apart_from_who_added_it(house, case_id, sitting):
    school = str(house.cast.persons["school"])
    assert _add(house, case_id, contributorId=school).status_code == 400, (
        "before it sat at the table on this case"
    )
    sitting(case_id, "school")
    made = _add(house, case_id, contributorId=school, origin="livcParticipant", datedOn="2026-02-01").json()
    assert made["contributorName"] == "School Verzonnen"
    assert made["agencyName"] == "school (invented)"
    assert made["addedByName"] == "Coordinator Verzonnen"
    stranger = str(house.cast.persons["zoneSchool"])
    for wrong in ({"contributorId": stranger}, {"contributorId": str(uuid4())}, {"datedOn": "2026-03-03"},
                  {"origin": "hearsay"}):  # fmt: skip
        assert _add(house, case_id, file=(NAME, make.pdf(b"(other)")), **wrong).status_code == 400, wrong


def test_the_same_key_adds_once(house, case_id):
    answers = [_add(house, case_id, headers={"Idempotency-Key": "twice"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert _count(house) == [1, 1]
    other = _add(house, case_id, file=(NAME, make.pdf(b"(x)")), headers={"Idempotency-Key": "twice"})
    assert other.status_code == 409


# What the law asks for ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("over", "rule"),
    [
        ({"relevantAndProportionate": None}, "R65"),
        ({"nothingClassified": "false"}, "R56"),
        ({"category": "14"}, "R51"),
        ({"origin": "securityServices"}, "R58"),
    ],
)
def test_without_a_mark_that_the_law_asks_for_nothing_is_added(house, case_id, over, rule):
    answer = _add(house, case_id, **over)
    assert (answer.status_code, answer.json()["rule"]) == (409, rule)
    assert _count(house) == [0, 0]
    assert _lines(house, "attachment.add")[-1]["rule"] == rule


def test_category_14_with_its_reason_is_added(house, case_id):
    assert _add(house, case_id, category="14", categoryReason="Nodig voor het doel.").status_code == 201


@pytest.mark.parametrize("category", [8, 9, 11, 12])
def test_a_sensitive_document_shows_no_name_until_it_is_fetched(house, case_id, category):
    made = _add(house, case_id, category=str(category)).json()
    listed = _list(house, case_id)
    (item,) = listed.json()["items"]
    assert item["sensitive"] is True
    for closed in ("fileName", "description", "digest", "categoryReason"):
        assert closed not in item
    assert NAME not in listed.text
    assert _read(house, made).status_code == 200


@pytest.mark.parametrize("reason", ["", "curiosity", None])
def test_without_a_known_reason_nothing_opens(house, case_id, added, reason):
    for path in (f"/cases/{case_id}/attachments", f"/attachments/{added['attachmentId']}/content"):
        answer = house.client("mayor").get(API + path, params={} if reason is None else {"reason": reason})
        assert answer.status_code in {400, 409}, answer.text
        assert NAME not in answer.text


# Who must not -------------------------------------------------------------------------------------------

OTHERS = (
    "secretary", "caseManager", "policeMember", "informationOfficer", "participant", "school", "strategicMember",
    "dpo", "auditor", "administrator", "zoneMayorD", "zoneCoordinatorE", "zonePolice",
)  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_for_everybody_else_there_is_no_document_and_no_case(house, case_id, added, sitting, name):
    if name in {"participant", "policeMember"}:
        sitting(case_id, name)  # at the table: still no file (R18)
    answers = [
        _add(house, case_id, name), _list(house, case_id, name), _read(house, added, name), _remove(house, added, name),
        _read(house, {"attachmentId": str(uuid4())}, name),
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.json()["detail"] for answer in answers}) == 1
    with house.work(name) as unit:
        unit.repeat()
        for table in ("attachment", "attachment_part"):
            assert unit.session.scalar(text(f"SELECT count(*) FROM {table}")) == 0
    assert _count(house) == [1, 1]


def test_a_visitor_gets_no_room_and_no_answer_but_that(house, case_id):
    answer = house.client().post(API + "/attachments", data=GOOD, files={"file": (NAME, b"x" * 20_000_000)})
    assert answer.status_code == 401


def test_an_exclusion_beats_the_desk(house, case_id, added):
    house.client("coordinator").post(f"{API}/cases/{case_id}/exclude", json={})
    for answer in (_add(house, case_id), _list(house, case_id), _read(house, added), _remove(house, added)):
        assert answer.status_code == 404
    with house.work("coordinator") as unit:
        unit.repeat()
        assert unit.session.scalar(text("SELECT count(*) FROM attachment_part")) == 0
    assert _read(house, added, "mayor").status_code == 200


def test_a_locked_case_is_shut(house, case_id, added):
    house.later(days=352)
    for answer in (_add(house, case_id), _list(house, case_id), _read(house, added), _remove(house, added)):
        assert (answer.status_code, answer.json()["rule"]) == (409, "R90")


def test_no_part_is_put_under_the_document_of_another_municipality(house, added, list_person):
    theirs = list_person(town="D", bringer="zoneSchool", mayor="zoneMayorD")
    forged = "INSERT INTO attachment_part VALUES (:a, 7, :c, :t, 'x')"
    values = {"a": added["attachmentId"], "c": theirs, "t": house.cast.towns["D"]}
    with pytest.raises(DBAPIError), house.work("zoneMayorD") as unit:
        unit.repeat()
        unit.session.execute(text(forged), values)


def test_the_application_itself_can_neither_delete_nor_move_nor_bring_back(house, added):
    for statement in ("DELETE FROM attachment_part", "DELETE FROM attachment", "UPDATE attachment_part SET number = 9",
                      "UPDATE attachment SET case_id = case_id", "UPDATE attachment SET size = 0"):  # fmt: skip
        with pytest.raises(DBAPIError, match="permission denied"), house.work("mayor") as unit:
            unit.repeat()
            unit.session.execute(text(statement))
    _remove(house, added)
    with house.work("mayor") as unit:
        unit.repeat()
        unit.session.execute(text("UPDATE attachment SET name = 'x', removed_at = NULL"))
    ((name, gone),) = house.sql("SELECT name, removed_at FROM attachment")
    assert name is None
    assert gone is not None


# Refusals of content ------------------------------------------------------------------------------------

BAD = {
    "macro.docx": (make.docx(**{"word/vbaProject.bin": b"x"}), "macro"),
    "bom.docx": (make.docx(**{"word/document.xml": b" " * (3 << 20)}), "te groot"),
    "pad.docx": (make.docx(**{"../../x.xml": b"<x/>"}), "plaats"),
    "script.pdf": (make.pdf(b"<< /S /JavaScript /JS (x) >>"), "script"),
    "slot.pdf": (make.pdf(trailer=b"/Encrypt 1 0 R"), "wachtwoord"),
    "programma.exe": (b"MZ\x90\x00\xff\xfe" + make.MARK, "niet aanvaard"),
    "pagina.txt": (b"<html>" + make.MARK, "niet aanvaard"),
    "foto.pdf": (make.png(), "extensie"),
    "leeg.txt": (b"", "leeg"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_words_and_in_the_journal_and_never_quoted(house, case_id, name):
    data, word = BAD[name]
    answer = _add(house, case_id, file=(name, data), headers={"Accept-Language": "nl"})
    assert answer.status_code == 400, answer.text
    (issue,) = answer.json()["issues"]
    assert issue["name"] == "file"
    assert word in issue["detail"]
    assert name not in answer.text
    assert make.MARK.decode() not in answer.text
    assert _count(house) == [0, 0]
    (line,) = _lines(house, "attachment.add")
    assert (line["outcome"], line["case_id"]) == ("refused", UUID(case_id))


def test_a_name_with_a_path_is_kept_without_it(house, case_id):
    made = _add(house, case_id, file=("..\\..\\a/\u202efdp.CON.pdf", make.pdf())).json()
    assert made["fileName"] == "fdp.CON.pdf"
    said = _read(house, made).headers["content-disposition"]
    assert said == "attachment; filename=\"fdp.CON.pdf\"; filename*=UTF-8''fdp.CON.pdf"


@pytest.mark.parametrize(
    ("over", "file", "name"),
    [
        ({"surprise": "x"}, (NAME, make.pdf()), "surprise"),
        ({"fileName": "x.pdf"}, (NAME, make.pdf()), "fileName"),
        ({"category": "15"}, (NAME, make.pdf()), "category"),
        ({"description": None}, (NAME, make.pdf()), "description"),
        ({"caseId": "no-id"}, (NAME, make.pdf()), "caseId"),
        ({}, None, "file"),
    ],
)
def test_what_does_not_fit_is_named(house, case_id, over, file, name):
    answer = _add(house, case_id, file=file, **over)
    assert answer.status_code == 400, answer.text
    assert answer.json().get("issues", [{"name": name}])[0]["name"] == name
    assert _count(house) == [0, 0]


def test_json_is_not_taken_here(house, case_id):
    answer = house.client("mayor").post(API + "/attachments", json=GOOD)
    assert answer.status_code == 415
    assert _lines(house, "attachment.add")[-1]["outcome"] == "refused"


# The journal --------------------------------------------------------------------------------------------


def test_each_step_is_in_the_journal_about_the_person_concerned(house, case_id, added):
    _list(house, case_id)
    _read(house, added)
    _remove(house, added)
    ((subject,),) = house.sql("SELECT subject_id FROM case_file")
    for action, reason in (
        ("add", ""),
        ("list", "meetingPreparation"),
        ("read", "meetingPreparation"),
        ("remove", "addedInError"),
    ):
        (line,) = _lines(house, f"attachment.{action}")
        assert (line["outcome"], line["reason"]) == ("allowed", reason)
        assert (line["case_id"], line["subject_id"]) == (UUID(case_id), subject)
        assert line["object_type"] == "attachment"
        if action != "list":
            assert line["object_id"] == UUID(added["attachmentId"])
    everything = house.sql("SELECT e::text FROM journal.entry e")
    assert not any(NAME in row[0] or "Brief van" in row[0] for row in everything)


def test_the_line_is_there_before_the_bytes_leave(house, added, monkeypatch):
    seen = []

    def watched(fetched):
        seen.append(len(_lines(house, "attachment.read")))
        return real_download(fetched)

    real_download = routes.download
    monkeypatch.setattr(routes, "download", watched)
    assert _read(house, added).status_code == 200
    assert seen == [1]


# The end ------------------------------------------------------------------------------------------------


def test_documents_go_with_their_case_and_the_certificate_counts_them(house, case_id, added):
    _remove(house, added)
    kept = _add(house, case_id, file=("b.txt", b"b" * 600_000)).json()
    house.at(house.now + timedelta(days=366))
    assert sweep_all(house.installation).destroyed == 1
    assert _count(house) == [0, 0]
    ((counts,),) = house.sql("SELECT counts FROM certificate WHERE kind = 'case'")
    assert (counts["attachment"], counts["attachment_part"]) == (2, 3)
    assert _read(house, kept).status_code == 404
