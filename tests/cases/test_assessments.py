"""Weighing risk and protection: side by side, from the last one on, without a number (R47, R74, R75)."""

from uuid import UUID, uuid4

import orjson
import pytest
from pagecraft import forms_of, reader, texts_of
from sqlalchemy import Boolean, Date, DateTime, LargeBinary, Text, Uuid, text
from sqlalchemy.exc import DBAPIError

import app.main  # noqa: F401 — brings every model with it
from app.cases.assessment_commands import WriteAssessment
from app.cases.assessment_models import Assessment
from app.cases.assessment_views import AssessmentList, FactorView
from app.cases.comparing import compared
from app.cases.sealing import open_in, seal_in
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


def write(house, case, name="coordinator", **over):
    return house.client(name).post(f"{API}/assessments", json=GOOD | {"caseId": case} | over)


def written(house, case, **over):
    house.later(minutes=1)  # nobody writes two in one moment
    answer = write(house, case, **over)
    assert answer.status_code == 201, answer.text
    return answer.json()["items"][0]


def read(house, case, name="coordinator", **query):
    return house.client(name).get(f"{API}/cases/{case}/assessments", params=query or WHY)


def test_an_assessment_is_kept_sealed_and_read_for_a_reason(house, case_id):
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
def test_what_is_not_balanced_not_trained_or_not_whole_is_refused(house, case_id, wrong, status, rule):
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


# Where it comes from -------------------------------------------------------------------------------------

ILL = {
    "side": "risk", "lifeDomain": "health", "what": "Slaapt al weken slecht door de pijn (verzonnen).",
    "speaksFor": "Zei het de huisarts zelf.", "speaksAgainst": "Niets bekend.", "missing": "Of hij hulp wil.",
}  # fmt: skip


def open_factor(house, item, factor, name="mayor", reason="meetingPreparation"):
    path = f"{API}/assessments/{item['assessmentId']}/factors/{factor['factorId']}/open"
    return house.client(name).post(path, json={"reason": reason})


def test_each_factor_says_its_category_and_where_it_comes_from(house, case_id, sitting):
    sitting(case_id, "school")
    brought = {
        "contributorId": str(house.cast.persons["school"]), "statedOn": "2026-02-03", "category": 14,
        "categoryReason": "Zegt wie hem nog bereikt.",
    }  # fmt: skip
    first, second = written(house, case_id, factors=[RISK, HELP | brought])["factors"]
    assert (first["category"], first["sensitive"], first["origin"]) == (5, False, "municipality")
    assert (first["contributorName"], first["agencyName"]) == (
        "Coordinator Verzonnen",
        "town hall (invented)",
    )
    assert first["statedOn"] == house.now.date().isoformat()
    assert (second["origin"], second["statedOn"], second["contributorName"]) == (
        "livcParticipant", "2026-02-03", "School Verzonnen",
    )  # fmt: skip
    assert second["categoryReason"] == brought["categoryReason"]


@pytest.mark.parametrize(
    ("mark", "status", "rule"),
    [
        ({"origin": "securityServices"}, 409, "R57"),
        ({"category": 14}, 409, "R51"),
        ({"category": 15}, 400, None),
        ({"origin": "rumour"}, 400, None),
        ({"statedOn": "2049-01-01"}, 400, None),
        ({"statedOn": "2001-04-04"}, 400, None),
    ],
)
def test_a_mark_that_the_law_does_not_admit_is_refused(house, case_id, mark, status, rule):
    answer = write(house, case_id, factors=[HELP, RISK | mark])
    assert (answer.status_code, answer.json().get("rule")) == (status, rule), answer.text
    assert house.sql("SELECT count(*) FROM assessment")[0][0] == 0


def test_a_factor_is_brought_by_somebody_who_was_there(house, case_id):
    answer = write(house, case_id, factors=[HELP | {"contributorId": str(house.cast.persons["school"])}])
    assert (answer.status_code, answer.json()["issues"][0]["name"]) == (400, "contributorId")


@pytest.mark.parametrize(
    "mark", [{}, {"lifeDomain": "meaning"}, {"lifeDomain": "work", "category": 8}, {"category": 11}]
)
def test_a_sensitive_factor_is_closed_until_it_is_opened_and_each_opening_is_logged(house, case_id, mark):
    item = written(house, case_id, factors=[HELP, ILL | mark])
    seen = read(house, case_id)
    assert ILL["what"] not in seen.text
    factor = seen.json()["items"][0]["factors"][1]
    assert factor["sensitive"] is True
    assert not {"what", "speaksFor", "speaksAgainst", "missing", "mark"} & set(factor)
    assert open_factor(house, item, factor, reason="curiosity").json()["rule"] == "R107"
    opened = open_factor(house, item, factor)
    assert opened.status_code == 200, opened.text
    assert {part: opened.json()[part] for part in ("what", "speaksFor", "missing")} == {
        part: ILL[part] for part in ("what", "speaksFor", "missing")
    }
    lines = house.sql(
        "SELECT outcome, reason, case_id FROM journal.entry WHERE action = 'assessment.openFactor' ORDER BY id"
    )
    assert [(row.outcome, row.reason, str(row.case_id)) for row in lines] == [
        ("conflict", "", case_id), ("allowed", "meetingPreparation", case_id),
    ]  # fmt: skip
    for name in ("school", "dpo", "zoneMayorD"):
        assert open_factor(house, item, factor, name).status_code == 404, name
    assert open_factor(house, item, {"factorId": str(uuid4())}).status_code == 404
    one, page = reader(house, "coordinator"), f"/cases/{case_id}/assessments?reason=meetingPreparation"
    assert ILL["what"] not in one.get(page).text
    shown = one.send(page, action=f"/assessments/{item['assessmentId']}/factors/{factor['factorId']}")
    assert shown.status_code == 200
    assert ILL["what"] in texts_of(shown.text)


def test_what_is_closed_goes_along_unopened_into_the_next_one_and_counts_as_protecting(house, case_id):
    shield = HELP | {"lifeDomain": "meaning"}
    first = written(house, case_id, factors=[shield, ILL])
    both = [each["factorId"] for each in first["factors"]]
    next_ = {"startsFrom": first["assessmentId"], "factors": []}
    assert write(house, case_id, **next_ | {"kept": [str(uuid4())]}).status_code in {400, 409}
    assert write(house, case_id, **next_ | {"kept": both[1:]}).json()["rule"] == "R74"
    twice = next_ | {"kept": both, "factors": [shield | {"factorId": both[0]}]}
    assert write(house, case_id, **twice).status_code == 400
    second = written(house, case_id, **next_ | {"kept": both})
    assert [each["factorId"] for each in second["factors"]] == both
    assert open_factor(house, second, second["factors"][1]).json()["what"] == ILL["what"]
    assert lines_of_opening(house) == 1, "nobody opened anything to write it"


def lines_of_opening(house):
    return house.sql("SELECT count(*) FROM journal.entry WHERE action = 'assessment.openFactor'")[0][0]


def test_marks_that_are_left_out_stay_as_they_were_also_when_who_brought_it_has_left(house, case_id, sitting):
    meeting, _ = sitting(case_id, "school")
    brought = {"contributorId": str(house.cast.persons["school"]), "statedOn": "2026-02-03", "category": 13}
    first = written(house, case_id, factors=[HELP | brought])
    house.sql("DELETE FROM attendance WHERE meeting_id = :m", m=meeting)
    better = HELP | {"factorId": first["factors"][0]["factorId"], "missing": "Niets meer."}
    second = written(house, case_id, factors=[better], startsFrom=first["assessmentId"])
    same = ("category", "origin", "contributorName", "agencyName", "statedOn")
    assert {name: second["factors"][0][name] for name in same} == {
        name: first["factors"][0][name] for name in same
    }


@pytest.mark.parametrize(
    "told",
    [
        {"weighed": ILL["what"] + " Meer steun dan zorg."},
        {"instruments": [TOOL | {"instrumentConclusion": ILL["what"]}]},
    ],
)
def test_what_is_open_does_not_repeat_what_is_closed(house, case_id, told):
    answer = write(house, case_id, factors=[HELP, ILL], **told)
    assert answer.status_code == 400, answer.text
    assert house.sql("SELECT count(*) FROM assessment")[0][0] == 0


def test_one_from_before_categories_were_asked_is_closed_and_wants_one_in_the_next(house, case_id):
    first = written(house, case_id, factors=[HELP])
    with house.work("mayor") as unit:
        unit.repeat()
        ((row, kept),) = house.sql("SELECT id, body FROM assessment")
        said = orjson.loads(open_in(unit, UUID(case_id), "assessment", "body", row, kept))
        marks = {"category", "origin", "contributorId", "agencyId", "statedOn"}
        said["factors"] = [{k: v for k, v in each.items() if k not in marks} for each in said["factors"]]
        bare = seal_in(unit, UUID(case_id), "assessment", "body", row, orjson.dumps(said).decode())
    house.sql("UPDATE assessment SET body = :b", b=bytes(bare))
    (item,) = read(house, case_id).json()["items"]
    (factor,) = item["factors"]
    assert (factor["category"], factor["sensitive"], "what" in factor) == (14, True, False)
    assert (factor["origin"], factor["contributorName"]) == ("municipality", "Coordinator Verzonnen")
    assert open_factor(house, item, factor).json()["what"] == HELP["what"]
    from_it = {"startsFrom": first["assessmentId"]}
    refused = write(house, case_id, **from_it, factors=[], kept=[factor["factorId"]])
    assert (refused.status_code, refused.json()["issues"][0]["name"]) == (400, "kept")
    again = written(house, case_id, **from_it, factors=[HELP | {"factorId": factor["factorId"]}])
    assert (again["factors"][0]["category"], again["factors"][0]["what"]) == (2, HELP["what"])


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


def test_the_form_leaves_closed_what_is_closed_and_opens_it_on_request(house, case_id):
    one, query = reader(house, "coordinator"), "?reason=meetingPreparation"
    here = f"/cases/{case_id}/assessments"
    item = written(house, case_id, factors=[HELP, ILL])
    factor = item["factors"][1]["factorId"]
    whole = {"weighed": "Genoeg steun.", "relevantAndProportionate": "true", "nothingClassified": "true"}
    page = one.get(f"{here}/new{query}")
    assert (HELP["what"] in page.text, ILL["what"] in page.text) == (True, False)
    opened = one.send(f"{here}/new{query}", action="/new", open=factor, weighed="Half getypt.")
    assert opened.status_code == 200
    assert (ILL["what"] in opened.text, "Half getypt." in opened.text) == (True, True)
    assert lines_of_opening(house) == 1
    house.later(minutes=1)
    done = one.send(f"{here}/new{query}", action="/new", **whole)
    assert (done.status_code, done.url.path) == (200, here)
    assert len(read(house, case_id).json()["items"][0]["factors"]) == 2
    said = texts_of(one.get(f"{here}/compare{query}").text)
    assert ILL["what"] not in said
    house.later(minutes=1)
    gone = one.send(f"{here}/new{query}", action="/new", leave=factor, **whole)
    assert gone.status_code == 200
    assert len(read(house, case_id).json()["items"][0]["factors"]) == 1


def test_more_room_keeps_what_was_typed_and_writes_nothing(house, case_id):
    one, path = reader(house, "mayor"), f"/cases/{case_id}/assessments/new?reason=meetingPreparation"
    page = one.send(path, action="/new", more="true", **_row(0, HELP))
    assert (page.status_code, HELP["what"] in page.text) == (200, True)
    assert "factor-2.what" in page.text
    assert house.sql("SELECT count(*) FROM assessment")[0][0] == 0


def test_an_instrument_in_untrained_hands_is_refused_with_the_reason(house, case_id):
    one, path = reader(house, "mayor"), f"/cases/{case_id}/assessments/new?reason=meetingPreparation"
    tool = {f"instrument.{name}": value for name, value in TOOL.items() if name != "assessorTrained"}
    answer = one.send(
        path, action="/new", **_row(0, HELP), **tool, weighed="Genoeg.", relevantAndProportionate="true",
        nothingClassified="true",
    )  # fmt: skip
    assert answer.status_code == 409
    assert "opgeleide beoordelaar" in texts_of(answer.text)
    assert TOOL["instrumentConclusion"] in answer.text
