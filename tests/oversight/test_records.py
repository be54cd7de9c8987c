"""The record of processing activities and the list of who has access: made from what is in force, told to the right people."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import openpyxl
import pytest
from pypdf import PdfReader
from tablecraft import Acting

from app.constitution.reference import load_lists
from app.rules.actions import Action
from app.rules.processing import processing_of, running

LANGUAGES = ("nl", "fr", "de", "en")
PATHS = ("/processingRecord", "/accessCategories")


@pytest.fixture
def acting(house):
    return Acting(house)


def said(view, entry, field):
    parts = {part["code"]: part for part in (view["about"], *view["items"], view["general"])}
    return next(each["text"] for each in parts[entry]["fields"] if each["code"] == field)


def read(acting, path, who="dpo", **query):
    return acting.ok(acting.get(who, path, **query))


def exported(acting, path, who="dpo", **query):
    answer = acting.get(who, path + "/document", **query)
    assert answer.status_code == 200, answer.text
    return answer


def cells(content) -> Iterator[str]:
    for sheet in openpyxl.load_workbook(io.BytesIO(content)):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in {"s", "n", "inlineStr"}, cell
                if cell.value is not None:
                    yield str(cell.value)


def test_the_record_says_of_each_activity_what_the_regulation_asks(acting):
    view = read(acting, "/processingRecord", language="en")
    assert [each["code"] for each in view["items"]] == [row.code for row in running()]
    for item in view["items"]:
        assert [each["code"] for each in item["fields"]] == [
            "purpose", "basis", "persons", "data", "specialData", "recipients", "terms",
        ]  # fmt: skip
        assert item["actions"] == [a.value for a in Action if processing_of(a) == item["code"]]
        for field in ("purpose", "basis", "persons", "data", "terms"):
            assert said(view, item["code"], field) not in {"", "–"}, item["code"]
    health = load_lists()["dataCategories"].entry("health").labels.en
    assert health in said(view, "caseFile", "specialData")
    assert "R86" in said(view, "caseFile", "basis")
    assert "art. 9" in said(view, "caseFile", "basis")
    assert said(view, "accounts", "specialData") == "–"
    assert acting.house.sql("SELECT name FROM person WHERE id = :i", i=acting.person("dpo"))[0][0] in said(
        view, "about", "officer"
    )


def test_terms_and_recipients_are_those_of_the_agreement_in_force(acting):
    cell = acting.house.cast.cells["C"]
    before = read(acting, "/processingRecord", language="en")
    assert "365 days" in said(before, "caseFile", "terms")
    assert "Another municipality" in said(before, "transmissions", "recipients")
    acting.house.sql(
        'UPDATE agreement SET settings = settings || \'{"case_term_days": 200, "hand_over": 0, "feedback_supervisors": 0}\''
        " WHERE cell_id = :c AND state = 'adopted'",
        c=cell,
    )
    after = read(acting, "/processingRecord", language="en")
    assert "200 days" in said(after, "caseFile", "terms")
    assert "Another municipality" not in said(after, "transmissions", "recipients")
    assert len(said(after, "transmissions", "recipients")) < len(said(before, "transmissions", "recipients"))
    ((parties,),) = acting.house.sql(
        "SELECT parties FROM agreement WHERE cell_id = :c AND state = 'adopted'", c=cell
    )
    assert parties
    for party in parties:
        assert party["name"] in said(after, "consultation", "recipients")


def test_measures_are_asked_of_the_settings_and_of_the_database(acting):
    view = read(acting, "/processingRecord", language="en")
    found = acting.house.sql(
        "SELECT count(*) FILTER (WHERE relrowsecurity), count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE nspname IN ('public', 'journal') AND relkind IN ('r', 'p') AND NOT relispartition"
        " AND relname <> 'alembic_version'"
    )[0]
    assert said(view, "measures", "rowSecurity") == f"row-level security on {found[0]} of {found[1]} tables"
    assert acting.house.installation.signer.name in said(view, "measures", "log")
    assert "None" in said(view, "measures", "thirdCountries")
    assert said(view, "measures", "connections") == "none is set"
    assert said(view, "measures", "witnesses") == "none is set"


def test_a_connection_that_is_set_is_named_and_nothing_is_claimed_of_where_it_leads(acting):
    with_mail = acting.house.installation.settings.model_copy(
        update={
            "smtp_host": "mail.verzonnen.example",
            "oidc_issuer": "https://wie.verzonnen.example/x",
            "oidc_name": "Wie",
        }
    )
    acting.house.installation.settings = with_mail
    view = read(acting, "/processingRecord", language="en")
    assert said(view, "measures", "connections") == (
        "mail server: mail.verzonnen.example; provider of identities: wie.verzonnen.example"
    )
    assert "checks where" in said(view, "measures", "thirdCountries")
    assert "also by way of Wie" in said(view, "measures", "secondFactor")


def test_a_joint_table_names_the_other_controllers_and_each_has_its_own_record(acting):
    d = read(acting, "/processingRecord", "zoneDpoD", language="nl")
    e = acting.house.sql(
        "SELECT names ->> 'nl' FROM municipality WHERE id = :m", m=acting.house.cast.towns["E"]
    )[0][0]
    assert e in said(d, "about", "otherControllers")
    assert said(read(acting, "/processingRecord", language="nl"), "about", "otherControllers") == "–"


def test_without_agreement_officer_or_mayor_it_says_so(acting):
    acting.house.sql(
        "UPDATE agreement SET state = 'superseded' WHERE cell_id = :c", c=acting.house.cast.cells["C"]
    )
    view = read(acting, "/processingRecord", language="en")
    assert said(view, "about", "agreement") == "no agreement in force"
    assert said(view, "about", "impactAssessment") == "not recorded"
    acting.house.sql(
        "UPDATE mandate SET ends_on = '2026-01-01' WHERE role = 'mayor' AND municipality_id = :m",
        m=acting.house.cast.towns["C"],
    )
    assert "to be filled in" in said(read(acting, "/processingRecord", language="en"), "about", "contact")


def test_the_list_counts_who_holds_a_function_today_and_names_nobody(acting):
    answer = acting.get("dpo", "/accessCategories", language="en")
    view = acting.ok(answer)
    names = [name for (name,) in acting.house.sql("SELECT name FROM person")]
    assert not [name for name in names if name in answer.text]
    by_function = {}
    for item in view["items"]:
        by_function.setdefault(item["code"].split(".")[0], []).append(item)
    assert set(by_function) >= {"mayor", "coordinator", "participant", "policeMember"}
    assert not {"dpo", "auditor", "administrator", "strategicMember"} & set(by_function)
    for item in by_function["mayor"]:
        assert said(view, item["code"], "number") == "1 person"
        assert "the file of this municipality" in said(view, item["code"], "extent")
        assert "R52" in said(view, item["code"], "acts")
    for item in by_function["policeMember"]:
        assert " of " in said(view, item["code"], "clearance")
    assert said(view, by_function["mayor"][0]["code"], "clearance") == "none is asked"


def test_the_undertaking_is_noted_and_who_left_is_gone(acting):
    view = read(acting, "/accessCategories", language="en")
    (mayor,) = [each["code"] for each in view["items"] if each["code"].startswith("mayor.")]
    assert said(view, mayor, "undertaking") == "1 of 1"
    acting.house.sql(
        "UPDATE undertaking SET valid_until = '2026-01-01' WHERE person_id = :p", p=acting.person("mayor")
    )
    assert said(read(acting, "/accessCategories", language="en"), mayor, "undertaking") == "0 of 1"
    acting.house.sql(
        "UPDATE mandate SET ends_on = '2026-01-01' WHERE person_id = :p", p=acting.person("mayor")
    )
    assert mayor not in [each["code"] for each in read(acting, "/accessCategories")["items"]]


def test_a_clearance_that_ran_out_counts_no_longer_and_emergency_access_is_told(acting):
    acting.house.sql(
        "UPDATE mandate SET clearance_until = '2026-01-01' WHERE person_id = :p",
        p=acting.person("policeMember"),
    )
    acting.house.sql(
        "UPDATE agreement SET settings = settings || '{\"break_glass\": 1}' WHERE cell_id = :c AND state = 'adopted'",
        c=acting.house.cast.cells["C"],
    )
    view = read(acting, "/accessCategories", language="en")
    told = [
        said(view, each["code"], "clearance")
        for each in view["items"]
        if each["code"].startswith("policeMember.")
    ]
    assert any(text.startswith("0 of") for text in told)
    assert "60 minutes" in said(view, "everybody", "emergency")


def test_nobody_of_another_municipality_is_counted(acting):
    own = {each["code"]: said(view, each["code"], "number") for view in [read(acting, "/accessCategories", "zoneDpoD")]
           for each in view["items"]}  # fmt: skip
    assert all(text.startswith("1 ") for code, text in own.items() if code.startswith("mayor.")), own


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_comes_as_pdf_and_as_a_spreadsheet_that_calculates_nothing(acting, path, language):
    view = read(acting, path, language=language)
    pdf = exported(acting, path, language=language, format="pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    text = " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages).split()
    )
    for item in view["items"]:
        assert (
            re.sub(r"\s", "", item["name"]) in re.sub(r"\s", "", text.replace("’", "'"))
            or "’" in item["name"]
        )
    sheet = exported(acting, path, language=language, format="xlsx")
    assert sheet.headers["content-disposition"].endswith(f"-{language}.xlsx")
    found = list(cells(sheet.content))
    assert {item["name"] for item in view["items"]} <= set(found)
    assert not [each for each in found if each.startswith(("=", "+", "-", "@"))]


def test_a_cell_that_a_spreadsheet_would_calculate_is_text(acting):
    acting.house.sql("UPDATE cell SET name = '=1+1' WHERE id = :c", c=acting.house.cast.cells["C"])
    found = list(cells(exported(acting, "/processingRecord", format="xlsx").content))
    assert "'=1+1" in found
    assert "=1+1" not in found


@pytest.mark.parametrize("path", PATHS)
def test_it_tells_what_changed_since_it_was_last_exported(acting, path):
    assert "exportedAt" not in read(acting, path)
    exported(acting, path, language="de")
    view = read(acting, path, language="fr")
    assert view["exportedAt"]
    assert view["changes"] == []
    acting.house.sql(
        "UPDATE cell SET name = 'LIVC R Anders Verzonnen' WHERE id = :c", c=acting.house.cast.cells["C"]
    )
    assert read(acting, path, "mayor")["changes"] == [{"entry": "about", "field": "cell"}]


def test_a_category_that_is_gone_is_one_change(acting):
    exported(acting, "/accessCategories")
    acting.house.sql(
        "UPDATE mandate SET ends_on = '2026-01-01' WHERE person_id = :p", p=acting.person("mayor")
    )
    (change,) = read(acting, "/accessCategories")["changes"]
    assert change["entry"].startswith("mayor.")
    assert "field" not in change


@pytest.mark.parametrize("path", [*PATHS, *(path + "/document" for path in PATHS)])
def test_only_the_mayor_and_the_officer_of_the_municipality_read_it_and_each_reading_is_a_line(acting, path):
    for who in ("dpo", "mayor"):
        assert acting.get(who, path).status_code == 200
    for who in ("coordinator", "auditor", "participant", "policeMember", "secretary", "strategicMember"):
        assert acting.get(who, path).status_code == 403, who
    assert acting.get("administrator", path).status_code == 404
    lines = acting.house.sql(
        "SELECT rule, outcome, processing, controller FROM journal.entry WHERE object_type IN ('processingRecord',"
        " 'accessCategories') ORDER BY id"
    )
    assert [row.outcome for row in lines] == ["allowed"] * 2 + ["refused"] * 6 + ["hidden"]
    assert {row.processing for row in lines} == {"agreements"}
    assert {row.rule for row in lines} == {"R104" if "processing" in path else "R15"}
    assert {row.controller for row in lines[:2]} == {acting.house.cast.towns["C"]}


def test_a_language_or_a_format_that_is_none_is_refused(acting):
    for wrong in ({"language": "es"}, {"format": "docx"}, {"year": "2026"}):
        assert acting.get("dpo", "/processingRecord/document", **wrong).status_code == 400, wrong
