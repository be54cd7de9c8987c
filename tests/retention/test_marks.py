"""The marks by which a person is found again end with the file, keys first, also in an older copy (R92, ADR 0019)."""

import pytest

from app.cases.marking import SCHEME
from app.intake import marking
from app.intake.marking import mark_all
from app.kernel.sealed import Sealed
from app.kernel.vault import Place, Shredded
from app.retention.commands import DestroyCase
from app.retention.destroying import destroy_case
from app.retention.sweeping import ROBOT, Run, sweep_all

QUERY = {"name": "Waterlelie Verzonnen", "birthDate": "2001-04-05", "reason": "newInformation"}


def found(house, name="mayor"):
    answer = house.client(name).post("/api/v1/subjects/query", json=QUERY)
    assert answer.status_code == 200, answer.text
    return [(item["kind"], item["matched"]) for item in answer.json()["items"]]


def kept(house):
    """Give the sealed marks that there are, each with the place where it opens."""
    rows = house.sql("SELECT id, coalesce(case_id, registration_id) AS file, marks FROM subject_mark")
    return [(Place(row.file, "subject_mark", "marks", row.id), Sealed(row.marks)) for row in rows]


def test_marks_go_with_a_destroyed_case_and_open_for_nobody_in_an_older_copy(house, listed, acts):
    vault = house.installation.vault.within(house.cast.towns.values())
    ((place, marks),) = older = kept(house)
    assert place.file_id == listed.case_id, "listing seals them anew, under the key of the case"
    assert "exact" in vault.unseal(place, marks)
    assert found(house) == [("case", "nameAndBirthDate")]
    acts.on(house, 2027, 3, 2)
    assert sweep_all(house.installation).destroyed == 1
    assert kept(house) == []
    vault.drop()
    for place, marks in older:
        with pytest.raises(Shredded):
            vault.unseal(place, marks)
    assert found(house) == []


def test_from_the_order_on_nobody_is_found_by_what_is_still_there(house, listed, acts):
    acts.on(house, 2027, 3, 2)
    with Run(house.installation, ROBOT, house.now, "robot").step() as unit:
        destroy_case(unit, DestroyCase.of(case_ids=[listed.case_id], step="order"))
    assert len(kept(house)) == 1
    assert found(house) == []


def test_a_lost_key_is_no_fault_of_the_search(house, listed, acts):
    other = acts.put_on_list(house, "D", "zoneSchool", "zoneMayorD")
    house.installation.vault.shred(listed.case_id)
    assert found(house) == []
    assert found(house, "zoneMayorD") == [("case", "nameAndBirthDate")]
    assert other.case_id != listed.case_id


def test_marks_go_with_an_erased_registration(house, acts):
    brought = acts.submit(house)
    acts.decide(house, brought["self"], "notListed")
    ((place, marks),) = kept(house)
    assert found(house) == [("registration", "nameAndBirthDate")]
    acts.on(house, 2026, 4, 2)
    assert sweep_all(house.installation).erased == 1
    assert kept(house) == []
    with pytest.raises(Shredded):
        house.installation.vault.within(house.cast.towns.values()).unseal(place, marks)


# -- files from before there were marks --------------------------------------------------------------------------


def test_files_without_marks_are_marked_once_and_each_is_a_line(house, listed, acts):
    acts.submit(house, "D", "zoneSchool")
    house.sql("DELETE FROM subject_mark")
    assert found(house) == found(house, "zoneMayorD") == []
    assert mark_all(house.installation) == 2
    assert found(house) == [("case", "nameAndBirthDate")]
    assert found(house, "zoneMayorD") == [("registration", "nameAndBirthDate")]
    lines = house.sql(
        "SELECT role, case_id, outcome, reason FROM journal.entry WHERE action = 'subject.mark' ORDER BY id"
    )
    assert {(line.role, line.outcome, line.reason) for line in lines} == {("robot", "allowed", "marked")}
    assert {line.case_id for line in lines} == {listed.case_id, None}
    assert mark_all(house.installation) == 0
    assert len(house.sql("SELECT 1 FROM journal.entry WHERE action = 'subject.mark'")) == 2, (
        "nothing to do leaves no line"
    )


def test_marks_by_older_rules_are_made_again_a_batch_at_a_time(house, acts, monkeypatch):
    for number in range(5):
        body = {"subjectName": f"Iemand Verzonnen{'a' * number}", "narrative": "x", "phenomenon": "sects", "urgency": "normal",
                "nothingClassified": True, "municipalityId": str(house.cast.towns["C"])}  # fmt: skip
        assert house.client("participant").post("/api/v1/registrations", json=body).status_code == 201
    before = dict(kept(house))
    house.sql("UPDATE subject_mark SET scheme = :older", older=SCHEME - 1)
    monkeypatch.setattr(marking, "_BATCH", 2)
    assert mark_all(house.installation) == 5
    assert house.sql("SELECT DISTINCT scheme FROM subject_mark") == [(SCHEME,)]
    assert set(dict(kept(house))) == set(before)


def test_a_file_whose_key_is_gone_is_left_to_the_sweep(house, listed):
    house.sql("DELETE FROM subject_mark")
    house.installation.vault.shred(listed.case_id)
    assert mark_all(house.installation) == 0
    assert kept(house) == []


def test_a_case_listed_from_a_registration_without_marks_gets_them(house, acts):
    brought = acts.submit(house)
    house.sql("DELETE FROM subject_mark")
    acts.decide(house, brought["self"], "listed")
    assert found(house) == [("case", "nameAndBirthDate")]


def test_nobody_but_the_server_marks(house, listed):
    from app.intake.commands import MarkSubject
    from app.intake.marking import mark_subject
    from app.rules.problems import Problem

    for name in ("mayor", "administrator", "dpo", "participant"):
        with pytest.raises(Problem) as refused, house.work(name) as unit:
            mark_subject(unit, MarkSubject.of(municipality_id=house.cast.towns["C"]))
        assert refused.value.kind.status == 404


def test_how_often_somebody_asked_is_forgotten_after_a_day(house, listed):
    found(house)
    assert house.sql("SELECT asked FROM subject_query_pace") == [(1,)]
    sweep_all(house.installation)
    assert len(house.sql("SELECT 1 FROM subject_query_pace")) == 1
    house.later(days=2)
    sweep_all(house.installation)
    assert house.sql("SELECT 1 FROM subject_query_pace") == []
