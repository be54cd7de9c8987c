"""Certificates: who reads them, and that nobody wrote on them since (R93)."""

import hashlib

import orjson
from pagecraft import reader

from app.kernel.database import Row
from app.retention.pages import DESTROYED_ROWS
from app.retention.sweeping import sweep_all

CERTIFICATES = "/api/v1/certificates"


def test_the_desk_dpo_and_auditor_read_them_and_nobody_else(house, filled, acts):
    acts.on(house, 2027, 3, 2)
    sweep_all(house.installation)
    for name in ("mayor", "delegate", "coordinator", "dpo", "auditor"):
        answer = house.client(name).get(CERTIFICATES)
        assert [c["reference"] for c in answer.json()["items"]] == [filled.reference], name
        assert acts.MARK not in answer.text
    for name in ("participant", "secretary", "policeMember", "strategicMember"):
        assert house.client(name).get(CERTIFICATES).status_code == 403
    assert house.client("administrator").get(CERTIFICATES).status_code == 404
    for name in ("zoneMayorD", "zoneAuditorE"):
        assert house.client(name).get(CERTIFICATES).json()["items"] == []
    assert house.sql("SELECT count(*) FROM journal.entry WHERE action = 'certificate.list'") == [(12,)]


def test_the_digest_is_of_the_certificate_as_shown(house, filled, acts):
    acts.on(house, 2027, 3, 2)
    sweep_all(house.installation)
    (shown,) = house.client("dpo").get(CERTIFICATES).json()["items"]
    digest = shown.pop("digest")
    assert hashlib.sha256(orjson.dumps(shown, option=orjson.OPT_SORT_KEYS)).hexdigest() == digest
    shown["dueOn"] = "2027-03-03"
    assert hashlib.sha256(orjson.dumps(shown, option=orjson.OPT_SORT_KEYS)).hexdigest() != digest


def test_they_come_page_by_page_newest_first(house, acts):
    first = acts.put_on_list(house)
    acts.on(house, 2027, 3, 2)
    sweep_all(house.installation)
    acts.submit(house, "C", "school")
    house.later(days=90)
    sweep_all(house.installation)
    page = house.client("auditor").get(CERTIFICATES, params={"pageSize": 1}).json()
    assert page["items"][0]["kind"] == "registration"
    rest = house.client("auditor").get(page["next"]).json()
    assert [c["reference"] for c in rest["items"]] == [first.reference]
    assert "next" not in rest


def test_the_page_says_in_words_what_went(house, filled, acts):
    acts.on(house, 2027, 3, 2)
    sweep_all(house.installation)
    page = reader(house, "dpo").get("/certificates").text
    assert "inbreng (3)" in page
    assert "trajecten (1)" in page
    assert acts.MARK not in page


def test_everything_that_a_certificate_counts_has_a_word():
    carrying = {t.name for t in Row.metadata.tables.values() if "case_id" in t.c} | {
        "case_file",
        "registration",
    }
    assert set(DESTROYED_ROWS) == carrying
