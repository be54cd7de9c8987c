"""A threat evaluation of OCAD is attached with its recorded validation, or not at all (R56, R57, R58)."""

import filecraft as make
import pytest
from attachcraft import add, count, lines, listed, read, remove
from pagecraft import forms_of, reader, texts_of
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.rules.actions import Action

NAME = "dreigingsevaluatie-verzonnen.pdf"
FILE = (NAME, make.pdf())
REFERENCE = "OCAD-VERZONNEN-0815"


@pytest.fixture
def said(house):
    """What is said of a validated evaluation."""
    return {
        "description": "Dreigingsevaluatie (verzonnen)", "origin": "securityServices", "validatedOn": "2026-03-01",
        "validatedBy": str(house.cast.persons["informationOfficer"]), "validationReference": REFERENCE, "datedOn": "2026-02-20",
    }  # fmt: skip


def test_with_its_validation_it_is_kept_as_what_ocad_wrote(house, case_id, said):
    made = add(house, case_id, file=FILE, **said)
    assert made.status_code == 201, made.text
    view = made.json()
    assert (view["origin"], view["validatedOn"], view["validationReference"]) == (
        "securityServices", "2026-03-01", REFERENCE,
    )  # fmt: skip
    assert view["validatedByName"] == "InformationOfficer Verzonnen"
    (line,) = lines(house, "attachment.add")
    assert (line["outcome"], line["reason"]) == ("allowed", "ocadValidated")
    assert read(house, view).status_code == 200
    told = house.sql("SELECT person_id FROM notice WHERE code = 'validationNamed'")
    assert [row.person_id for row in told] == [house.cast.persons["informationOfficer"]], (
        "who is named hears of it"
    )
    ((kept,),) = house.sql("SELECT string_agg(a::text, ' ') FROM attachment a")
    assert REFERENCE not in kept
    closed = listed(house, case_id)
    (item,) = closed.json()["items"]
    assert item["sensitive"] is True, "closed by default, whatever its category"
    assert REFERENCE not in closed.text
    assert NAME not in closed.text


def test_nobody_whose_clearance_ended_is_named_neither_past_the_operation(house, case_id, said):
    house.sql("UPDATE mandate SET clearance_until = :d WHERE role = 'informationOfficer'", d="2026-01-01")
    answer = add(house, case_id, file=FILE, **said)
    assert (answer.status_code, answer.json()["issues"][0]["name"]) == (400, "validatedBy")
    assert count(house) == [0, 0]


@pytest.mark.parametrize("missing", ["validatedBy", "validatedOn", "validationReference"])
def test_without_a_part_of_its_validation_it_is_refused(house, case_id, said, missing):
    answer = add(house, case_id, file=FILE, **said | {missing: None})
    assert (answer.status_code, answer.json()["rule"]) == (409, "R58")
    assert count(house) == [0, 0]


@pytest.mark.parametrize(
    ("over", "who"),
    [
        ({"validatedBy": "participant"}, "coordinator"),
        ({"validatedBy": "coordinator"}, "coordinator"),
        ({"validatedBy": "zonePolice"}, "coordinator"),
        ({"validatedOn": "2040-01-01"}, "coordinator"),
        ({"validatedOn": "2026-02-19"}, "coordinator"),  # before it was written
        ({"origin": "municipality"}, "coordinator"),
        ({"origin": "policeJudicial", "validatedBy": None, "validatedOn": None}, "coordinator"),
        ({"description": "Informatiekaart (verzonnen)"}, "coordinator"),
        ({"description": "Lijst GGB T.E.R. (verzonnen)"}, "coordinator"),
    ],
)
def test_what_does_not_agree_with_a_validation_is_refused(house, case_id, said, over, who):
    if over.get("validatedBy"):
        over = {"validatedBy": str(house.cast.persons[over["validatedBy"]])}
    assert add(house, case_id, who, FILE, **said | over).status_code == 400
    assert count(house) == [0, 0]


def test_who_holds_no_mandate_any_more_validates_nothing(house, case_id, said):
    house.sql("UPDATE mandate SET ends_on = '2026-03-01' WHERE person_id = :p", p=said["validatedBy"])
    assert add(house, case_id, file=FILE, **said).status_code == 400


def test_nothing_classified_and_no_undeclared_evaluation_comes_in_with_it(house, case_id, said):
    answer = add(house, case_id, file=FILE, **said | {"nothingClassified": None})
    assert (answer.status_code, answer.json()["rule"]) == (409, "R56")
    none = dict.fromkeys(("validatedBy", "validatedOn", "validationReference"))
    hidden = add(house, case_id, file=FILE, **said | none | {"origin": "municipality"})
    assert hidden.status_code == 400
    assert "refusal.evaluation" in hidden.text or "OCAD" in hidden.text


def test_taken_out_its_reference_goes_and_that_it_was_validated_stays(house, case_id, said):
    made = add(house, case_id, file=FILE, **said).json()
    assert remove(house, made).status_code == 200
    ((reference, day),) = house.sql("SELECT validation_reference, validated_on FROM attachment")
    assert (reference, str(day)) == (None, "2026-03-01")


COPY = """
    INSERT INTO attachment (id, case_id, municipality_id, category, origin, kind, size, parts, contributor_id, added_by, dated_on,
        added_at, version, validated_by, validated_on, validation_reference)
    SELECT gen_random_uuid(), case_id, municipality_id, category, {origin}, kind, size, parts, contributor_id, added_by, dated_on,
        added_at, 1, {by}, {day}, {reference} FROM attachment
"""


@pytest.mark.parametrize(
    "change",
    [
        {"by": "NULL"},
        {"day": "NULL"},
        {"reference": "NULL"},
        {"origin": "'municipality'"},
        {"by": "added_by"},
        {"day": "present_day() + 1"},
    ],
)
def test_past_every_operation_the_database_wants_the_validation_too(house, case_id, said, change):
    add(house, case_id, file=FILE, **said)
    parts = {
        "origin": "origin",
        "by": "validated_by",
        "day": "validated_on",
        "reference": "validation_reference",
    } | change
    with pytest.raises(DBAPIError) as refused, house.work("coordinator") as unit:
        unit.decided.append(Action.ATTACHMENT_ADD)
        unit.session.execute(text(COPY.format(**parts)))
    assert refused.value.orig.sqlstate in {"23514", "42501"}
    assert count(house)[0] == 1


def test_the_page_says_what_is_missing_and_shows_what_was_said(house, case_id, said):
    desk = reader(house, "coordinator")
    path = f"/cases/{case_id}/attachments/new?reason=meetingPreparation"
    form = desk.get(path).text
    assert 'name="validationReference"' in form
    assert "securityServices" in form
    (token,) = {
        f["values"]["csrfToken"]
        for f in forms_of(form)
        if "csrfToken" in f["values"] and f["action"] != "/sign-out"
    }
    marks = {
        "csrfToken": token,
        "category": "5",
        "relevantAndProportionate": "true",
        "nothingClassified": "true",
    }

    def send(fields):
        return desk.client.post(path, data=fields, files={"file": (*FILE, "application/pdf")})

    bare = send(marks | {"description": said["description"], "origin": said["origin"]})
    assert bare.status_code == 409
    assert "vul in wie van de politie dat meedeelde" in texts_of(bare.text)
    assert send(marks | said).status_code == 200
    assert "Gevalideerd door OCAD" in texts_of(
        desk.get(f"/cases/{case_id}/attachments?reason=meetingPreparation").text
    )
