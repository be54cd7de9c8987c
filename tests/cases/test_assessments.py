"""Weighing risk and protection: side by side, from the last one on, without a number (R47, R74, R75)."""

from uuid import UUID, uuid4

import pytest
from pagecraft import forms_of, reader, texts_of
from sqlalchemy import Boolean, Date, DateTime, LargeBinary, Text, Uuid, text
from sqlalchemy.exc import DBAPIError

import app.main  # noqa: F401 — brings every model with it
from app.cases.assessment_commands import WriteAssessment
from app.cases.assessment_models import Assessment
from app.cases.assessment_views import AssessmentList, FactorView
from app.cases.comparing import compared
from app.kernel.sealed import SealedColumn

API = "/api/v1"
WHY = {"reason": "meetingPreparation"}
RISK = {
    "side": "risk", "lifeDomain": "socialNetwork", "what": "Nieuwe groep op internet (verzonnen).",
    "speaksFor": "Zegt het zelf.", "speaksAgainst": "Gaat nog naar de club.", "missing": "Wie er in die groep zit.",
}  # fmt: skip
HELP = {
    "side": "protective", "lifeDomain": "school", "what": "Vertrouwt een leraar (verzonnen).",
    "speaksFor": "Blijft na de les praten.", "speaksAgainst": "Niets bekend.", "missing": "Of dat volgend jaar zo blijft.",
}  # fmt: skip
TOOL = {
    "instrument": "vera2r", "usedOn": "2026-02-20", "assessorName": "Deskundige Verzonnen", "assessorTrained": True,
    "instrumentConclusion": "Vraagt opvolging door de hulpverlening.",
}  # fmt: skip
GOOD = {
    "factors": [RISK, HELP], "weighed": "Meer steun dan zorg.", "relevantAndProportionate": True, "nothingClassified": True,
}  # fmt: skip


@pytest.fixture
def noted(house):
    """A cell whose agreement has licensed instruments noted (R75)."""
    house.sql("UPDATE agreement SET settings = settings || '{\"licensed_instruments\": 1}'")


def write(house, case, name="coordinator", **over):
    return house.client(name).post(f"{API}/assessments", json=GOOD | {"caseId": case} | over)


def written(house, case, **over):
    house.later(minutes=1)  # nobody writes two in one moment
    answer = write(house, case, **over)
    assert answer.status_code == 201, answer.text
    return answer.json()["items"][0]


def read(house, case, name="coordinator", **query):
    return house.client(name).get(f"{API}/cases/{case}/assessments", params=query or WHY)


def test_an_assessment_is_kept_sealed_and_read_for_a_reason(house, case_id, noted):
    made = written(house, case_id, instruments=[TOOL])
    (row,) = house.sql("SELECT body FROM assessment")
    assert b"Vertrouwt" not in bytes(row.body)
    for wrong in ({"reason": "curiosity"}, {"reason": ""}):
        assert read(house, case_id, **wrong).status_code in {400, 409}
    (item,) = read(house, case_id).json()["items"]
    assert item == made
    assert [each["what"] for each in item["factors"]] == [RISK["what"], HELP["what"]]
    assert item["instruments"] == [TOOL]
    assert "discussedOn" not in item
    lines = house.sql(
        "SELECT outcome, reason FROM journal.entry WHERE action = 'assessment.read' ORDER BY id"
    )
    assert tuple(lines[-1]) == ("allowed", "meetingPreparation")


@pytest.mark.parametrize(
    ("wrong", "status", "rule"),
    [
        ({"factors": [RISK]}, 409, "R74"),
        ({"instruments": [TOOL | {"assessorTrained": False}]}, 409, "R75"),
        ({"relevantAndProportionate": False}, 409, "R65"),
        ({"nothingClassified": False}, 409, "R56"),
        ({"factors": []}, 400, None),
        ({"factors": [HELP | {"missing": " "}]}, 400, None),
        ({"factors": [HELP | {"speaksAgainst": None}]}, 400, None),
        ({"factors": [HELP | {"lifeDomain": "politics"}]}, 400, None),
        ({"factors": [HELP | {"score": 3}]}, 400, None),
        ({"instruments": [TOOL | {"instrument": "homeMade"}]}, 400, None),
        ({"instruments": [TOOL | {"usedOn": "2049-01-01"}]}, 400, None),
        ({"meetingId": str(uuid4())}, 400, None),
        ({"startsFrom": str(uuid4())}, 409, None),
    ],
)
def test_what_is_not_balanced_not_trained_or_not_whole_is_refused(house, case_id, noted, wrong, status, rule):
    answer = write(house, case_id, **wrong)
    assert (answer.status_code, answer.json().get("rule")) == (status, rule), answer.text
    assert house.sql("SELECT count(*) FROM assessment")[0][0] == 0


def test_a_new_one_starts_from_the_last_and_the_earlier_stays(house, case_id, sitting):
    meeting, _ = sitting(case_id)
    first = written(house, case_id)
    assert write(house, case_id).status_code == 409, "somebody wrote one meanwhile"
    kept = HELP | {"factorId": first["factors"][1]["factorId"], "missing": "Niets meer."}
    second = written(house, case_id, factors=[kept], startsFrom=first["assessmentId"], meetingId=meeting)
    assert (second["meetingId"], second["discussedOn"]) == (meeting, house.now.date().isoformat())
    assert second["factors"][0]["factorId"] == first["factors"][1]["factorId"]
    assert [item["assessmentId"] for item in read(house, case_id).json()["items"]] == [
        second["assessmentId"], first["assessmentId"],
    ]  # fmt: skip
    forged = HELP | {"factorId": str(uuid4())}
    third = written(house, case_id, factors=[forged], startsFrom=second["assessmentId"])
    assert third["factors"][0]["factorId"] != forged["factorId"]


def test_only_who_reads_the_file_reads_it_and_nobody_writes_in_a_closed_or_locked_case(
    house, planned, sitting
):
    case = planned[0]
    written(house, case)
    sitting(case, "school", secretary="secretary")
    for name in ("mayor", "delegate"):
        assert HELP["what"] in read(house, case, name).text
    for name, status in (
        ("participant", 403),
        ("caseManager", 403),
        ("school", 404),
        ("secretary", 404),
        ("dpo", 404),
        ("auditor", 404),
        ("zoneMayorD", 404),
    ):
        assert read(house, case, name).status_code == status, name
    for name, shown in (
        ("delegate", 1),
        ("caseManager", 0),
        ("school", 0),
        ("secretary", 0),
        ("dpo", 0),
        ("zoneMayorD", 0),
    ):
        with house.work(name) as unit:
            unit.repeat()
            assert unit.session.scalar(text("SELECT count(*) FROM assessment")) == shown, name
    last = read(house, case).json()["items"][0]["assessmentId"]
    house.sql("UPDATE case_file SET state = 'closed'")
    assert write(house, case, startsFrom=last).status_code == 409
    assert read(house, case).status_code == 200
    house.sql("UPDATE case_file SET state = 'monitored', locks_on = :d", d=house.now.date())
    assert (write(house, case, startsFrom=last).json()["rule"], read(house, case).json()["rule"]) == (
        "R90",
        "R90",
    )


def test_the_database_keeps_what_was_written(house, case_id):
    written(house, case_id)
    for change in ("UPDATE assessment SET meeting_id = NULL", "DELETE FROM assessment"):
        with pytest.raises(DBAPIError, match="permission denied"), house.work("mayor") as unit:
            unit.repeat()
            unit.session.execute(text(change))
    with house.installation.retention_sessions() as session:
        session.info["now"] = house.now
        assert session.execute(text("DELETE FROM assessment")).rowcount == 0


# No number ----------------------------------------------------------------------------------------------


def test_nothing_of_an_assessment_can_hold_a_number():
    """No column, no property that comes in and none that goes out is a number: there is no score to decide by (R47).

    The category of the decree has a number for its name, and is the only one.
    """
    kinds = (Uuid, Text, DateTime, Date, Boolean, LargeBinary, SealedColumn)
    assert [
        column.name for column in Assessment.__table__.columns if not isinstance(column.type, kinds)
    ] == []

    def numbers(node, where=""):
        if isinstance(node, dict):
            if node.get("type") in {"integer", "number"} or (
                node.get("type") == "array" and "number" in str(node.get("items"))
            ):
                yield where
            for name, each in node.items():
                yield from numbers(each, f"{where}/{name}")
        elif isinstance(node, list):
            for each in node:
                yield from numbers(each, where)

    for shape in (WriteAssessment, AssessmentList):
        found = [where for where in numbers(shape.model_json_schema()) if "/properties/category" not in where]
        assert found in ([], ["/properties/version/anyOf"]), shape
    assert AssessmentList.model_fields["version"].exclude is True


# What changed -------------------------------------------------------------------------------------------


def factor(number, **over):
    said = {
        "factor_id": UUID(int=number), "side": "risk", "life_domain": "work", "what": "a", "speaks_for": "b",
        "speaks_against": "c", "missing": "d", "category": 2,
    }  # fmt: skip
    return FactorView(**(said | over))


def test_two_assessments_are_held_side_by_side_factor_by_factor():
    then = [factor(1), factor(2), factor(3)]
    now = [factor(4), factor(3, what="a"), factor(1, speaks_for="x", side="protective")]
    found = compared(then, now)
    assert [(each.change, (each.now or each.then).factor_id.int) for each in found] == [
        ("added", 4), ("same", 3), ("changed", 1), ("gone", 2),
    ]  # fmt: skip
    assert found[2].parts == {"speaks_for", "side"}
    assert found[2].side == "protective"
    shut = {"what": None, "speaks_for": None, "speaks_against": None, "missing": None, "category": 9}
    for mark, change in (("m", "same"), ("other", "changed")):
        (closed,) = compared([factor(1, **shut, mark="m")], [factor(1, **shut, mark=mark)])
        assert (closed.change, closed.parts) == (change, frozenset())
    assert compared([], []) == []


# The pages ----------------------------------------------------------------------------------------------


def _row(number, said):
    return {f"factor-{number}.{name}": value for name, value in said.items()}


def test_the_pages_ask_why_write_from_the_last_and_show_what_changed(house, case_id):
    one, query = reader(house, "coordinator"), "?reason=meetingPreparation"
    here = f"/cases/{case_id}/assessments"
    assert 'value="meetingPreparation"' in one.get(here).text
    assert one.get(f"{here}/new").url.path == here
    assert one.get(f"{here}/compare{query}").status_code == 404
    bare = one.send(f"{here}/new{query}", action="/new")
    assert bare.status_code == 400
    assert "minstens één factor" in texts_of(bare.text)
    half = one.send(
        f"{here}/new{query}", action="/new", **_row(0, HELP | {"missing": ""}), weighed="Genoeg steun."
    )
    assert half.status_code == 400
    assert HELP["what"] in half.text, "what was typed is not lost"
    whole = {"weighed": "Genoeg steun.", "relevantAndProportionate": "true", "nothingClassified": "true"}
    unbalanced = one.send(f"{here}/new{query}", action="/new", **_row(0, RISK), **whole)
    assert (unbalanced.status_code, RISK["what"] in unbalanced.text) == (409, True)
    done = one.send(f"{here}/new{query}", action="/new", **_row(0, RISK), **_row(1, HELP), **whole)
    assert (done.status_code, done.url.path) == (200, here)
    assert HELP["what"] in texts_of(done.text)
    again = one.get(f"{here}/new{query}")
    values = next(form for form in forms_of(again.text) if form["action"].partition("?")[0].endswith("/new"))[
        "values"
    ]
    assert (values["factor-0.what"], values["factor-1.what"]) == (RISK["what"], HELP["what"])
    house.later(minutes=1)
    changed = one.send(
        f"{here}/new{query}", action="/new", **whole, **{"factor-0.drop": "true", "factor-1.missing": "Niets meer."},
        **_row(2, HELP | {"what": "Nieuw werk (verzonnen).", "lifeDomain": "work"}),
    )  # fmt: skip
    assert (changed.status_code, changed.url.path) == (200, here)
    said = texts_of(one.get(f"{here}/compare{query}").text)
    for word in ("Toegevoegd", "Weg", "Gewijzigd", "luidt anders", RISK["what"], "Nieuw werk (verzonnen)."):
        assert word in said, word


def test_more_room_keeps_what_was_typed_and_writes_nothing(house, case_id):
    one, path = reader(house, "mayor"), f"/cases/{case_id}/assessments/new?reason=meetingPreparation"
    page = one.send(path, action="/new", more="true", **_row(0, HELP))
    assert (page.status_code, HELP["what"] in page.text) == (200, True)
    assert "factor-1.what" in page.text
    assert "factor-2.what" not in page.text, "one more at a time: the form is long enough"
    assert house.sql("SELECT count(*) FROM assessment")[0][0] == 0


def test_what_was_weighed_is_shown_back_where_the_file_shut_meanwhile(house, case_id):
    one, path = reader(house, "coordinator"), f"/cases/{case_id}/assessments/new?reason=meetingPreparation"
    (form,) = [each for each in forms_of(one.get(path).text) if "/assessments/new" in each["action"]]
    house.sql("UPDATE case_file SET locks_on = :d", d=house.now.date())
    said = _row(0, HELP) | {"weighed": "Veel steun (verzonnen).", "nothingClassified": "true",
                            "relevantAndProportionate": "true"}  # fmt: skip
    answer = one.client.post(form["action"], data=form["values"] | said)
    assert answer.status_code == 409
    assert HELP["what"] in answer.text
    assert "Veel steun (verzonnen)." in answer.text


def test_the_form_says_of_which_factor_something_lacks_and_calls_nothing_optional_that_is_not(house, case_id):
    one, path = reader(house, "mayor"), f"/cases/{case_id}/assessments/new?reason=meetingPreparation"
    assert "De factor (niet verplicht)" not in texts_of(one.get(path).text)
    half = {"factor-0.what": "Iets (verzonnen).", "factor-0.side": "risk"}
    answer = one.send(path, action="/new", **half, weighed="Genoeg.", relevantAndProportionate="true",
                      nothingClassified="true")  # fmt: skip
    assert answer.status_code == 400
    assert "Factor 1, Levensdomein" in texts_of(answer.text)
    empty = texts_of(one.send(path, action="/new").text)
    assert empty.count("Beschrijf minstens één factor.") == 1


def test_an_instrument_is_noted_only_where_the_agreement_has_it(house, case_id):
    answer = write(house, case_id, instruments=[TOOL])
    assert (answer.status_code, answer.json()["rule"]) == (409, "R75")
    assert "akkoord" in answer.json()["detail"]
    assert house.sql("SELECT count(*) FROM assessment")[0][0] == 0
    one, path = reader(house, "mayor"), f"/cases/{case_id}/assessments/new?reason=meetingPreparation"
    assert "instrument.instrumentConclusion" not in one.get(path).text
    assert "wordt hier niet genoteerd" in texts_of(one.get(path).text)
    assert write(house, case_id).status_code == 201, "without one nothing is different"


def test_an_instrument_in_untrained_hands_is_refused_with_the_reason(house, case_id, noted):
    one, path = reader(house, "mayor"), f"/cases/{case_id}/assessments/new?reason=meetingPreparation"
    tool = {f"instrument.{name}": value for name, value in TOOL.items() if name != "assessorTrained"}
    answer = one.send(
        path, action="/new", **_row(0, HELP), **tool, weighed="Genoeg.", relevantAndProportionate="true",
        nothingClassified="true",
    )  # fmt: skip
    assert answer.status_code == 409
    assert "opgeleide beoordelaar" in texts_of(answer.text)
    assert TOOL["instrumentConclusion"] in answer.text
