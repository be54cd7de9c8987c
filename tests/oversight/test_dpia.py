"""An impact assessment is asked for until its date is recorded, where people really work (R104)."""

from __future__ import annotations

import pytest
from pagecraft import reader, texts_of
from tablecraft import Acting

SAID = {"dated": "2026-01-12", "reference": "2026/17 (verzonnen)"}


@pytest.fixture
def acting(house):
    return Acting(house)


def test_the_officer_records_it_and_it_stands_in_the_record(acting):
    made = acting.ok(acting.post("dpo", "/dpias", SAID), 201)
    assert {name: made[name] for name in SAID} == SAID
    view = acting.ok(acting.get("mayor", "/dpias"))
    assert [each["reference"] for each in view["items"]] == [SAID["reference"]]
    assert view["missing"] == []
    assert view["abilities"] == []
    about = acting.ok(acting.get("dpo", "/processingRecord", language="en"))["about"]["fields"]
    assert any(SAID["reference"] in each["text"] for each in about)


def test_the_newest_date_comes_first_and_none_is_changed(acting):
    for dated in ("2026-01-12", "2026-02-20", "2025-05-05"):
        acting.ok(acting.post("dpo", "/dpias", SAID | {"dated": dated}), 201)
    found = [each["dated"] for each in acting.ok(acting.get("dpo", "/dpias"))["items"]]
    assert found == ["2026-02-20", "2026-01-12", "2025-05-05"]


def test_a_date_to_come_and_a_reference_of_nothing_are_refused(acting):
    for wrong in ({"dated": "2026-03-03"}, {"dated": "gisteren"}, {"reference": " "}):
        assert acting.post("dpo", "/dpias", SAID | wrong).status_code == 400, wrong
    assert acting.ok(acting.get("dpo", "/dpias"))["items"] == []


@pytest.mark.parametrize("who", ["mayor", "coordinator", "administrator", "auditor", "participant"])
def test_only_the_officer_records_one(acting, who):
    assert acting.post(who, "/dpias", SAID).status_code in {403, 404}


def test_an_administrator_hears_of_every_municipality_and_another_municipality_of_its_own_alone(acting):
    acting.ok(acting.post("dpo", "/dpias", SAID), 201)
    missing = {each["municipalityId"] for each in acting.ok(acting.get("administrator", "/dpias"))["missing"]}
    assert missing == {str(acting.house.cast.towns[town]) for town in "DE"}
    d = acting.ok(acting.get("zoneDpoD", "/dpias"))
    assert d["items"] == []
    assert [each["municipalityId"] for each in d["missing"]] == [str(acting.house.cast.towns["D"])]
    assert acting.get("auditor", "/dpias").status_code == 403


def _warned(house, who, *, works=True):
    page = reader(house, who)
    house.sql("UPDATE person SET demo = NOT :works", works=works)
    house.installation.demo = not works
    said = texts_of(page.get("/").text)
    house.sql("UPDATE person SET demo = true")
    house.installation.demo = True
    return "effectbeoordeling ontbreekt" in said


@pytest.mark.parametrize("who", ["mayor", "coordinator", "dpo", "administrator"])
def test_where_people_really_work_it_is_asked_for_until_it_is_there(acting, who):
    house = acting.house
    assert _warned(house, who)
    for officer in ("dpo", "zoneDpoD"):
        acting.ok(acting.post(officer, "/dpias", SAID), 201)
    house.sql(
        "INSERT INTO impact_assessment SELECT gen_random_uuid(), :e, dated, reference, recorded_by, recorded_at"
        " FROM impact_assessment LIMIT 1",
        e=house.cast.towns["E"],
    )
    assert not _warned(house, who)


def test_a_demonstration_and_who_has_no_part_in_it_are_not_asked(acting):
    assert not _warned(acting.house, "dpo", works=False)
    assert not _warned(acting.house, "participant")


def test_the_pages_of_the_records_and_the_form(acting):
    house = acting.house
    page = reader(house, "dpo")
    for path in ("/processing-record", "/access-list", "/impact-assessments", "/impact-assessments/new"):
        answer = page.get(path)
        assert answer.status_code == 200, path
    assert "Dossier van de besproken persoon" in page.get("/processing-record").text
    assert "Nog niet geëxporteerd" in page.get("/processing-record").text
    paper = page.get("/processing-record/document?language=fr&format=xlsx")
    assert "spreadsheet" in paper.headers["content-type"]
    assert (
        page.get("/access-list/document?language=en&format=pdf").headers["content-type"] == "application/pdf"
    )
    assert "Niets, sinds" in page.get("/processing-record").text
    house.sql("UPDATE cell SET name = 'LIVC R Anders Verzonnen' WHERE id = :c", c=house.cast.cells["C"])
    assert "Cel</li>" in page.get("/access-list").text
    house.sql(
        "UPDATE mandate SET ends_on = '2026-01-01' WHERE person_id = :p", p=house.cast.persons["coordinator"]
    )
    assert "nieuw, of verdwenen" in page.get("/access-list").text
    for who in ("auditor", "participant"):
        assert reader(house, who).get("/processing-record").status_code == 403


def test_nobody_is_led_to_a_record_that_is_not_for_them(acting):
    assert "/access-list" in reader(acting.house, "mayor").get("/impact-assessments").text
    for who in ("coordinator", "administrator"):
        shown = reader(acting.house, who).get("/impact-assessments")
        assert shown.status_code == 200
        assert "/access-list" not in shown.text
