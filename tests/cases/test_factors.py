"""Factors: of which category, from whom and from where; sensitive ones closed until somebody opens them (R51 to R53)."""

from uuid import UUID, uuid4

import orjson
import pytest
from pagecraft import reader, texts_of

from app.cases.sealing import open_in, seal_in

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
ILL = {
    "side": "risk", "lifeDomain": "health", "what": "Slaapt al weken slecht door de pijn (verzonnen).",
    "speaksFor": "Zei het de huisarts zelf.", "speaksAgainst": "Niets bekend.", "missing": "Of hij hulp wil.",
}  # fmt: skip


def write(house, case, name="coordinator", **over):
    return house.client(name).post(f"{API}/assessments", json=GOOD | {"caseId": case} | over)


def written(house, case, **over):
    house.later(minutes=1)  # nobody writes two in one moment
    answer = write(house, case, **over)
    assert answer.status_code == 201, answer.text
    return answer.json()["items"][0]


def read(house, case):
    return house.client("coordinator").get(f"{API}/cases/{case}/assessments", params=WHY)


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
    house.sql("UPDATE agreement SET settings = settings || '{\"licensed_instruments\": 1}'")
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
    unsorted = HELP | {"factorId": factor["factorId"]}
    refused = write(house, case_id, **from_it, factors=[unsorted])
    assert (refused.status_code, refused.json()["issues"][0]["name"]) == (400, "category"), "never presumed"
    again = written(house, case_id, **from_it, factors=[unsorted | {"category": 2}])
    assert (again["factors"][0]["category"], again["factors"][0]["what"]) == (2, HELP["what"])


def test_whoever_marks_a_factor_sensitive_closes_the_same_words_in_the_assessments_before(house, case_id):
    first = written(house, case_id, factors=[HELP | {"what": "Haar moeder is opgenomen (verzonnen)."}])
    factor = first["factors"][0]
    assert "opgenomen" in read(house, case_id).text
    marked = HELP | {
        "what": "Haar moeder is opgenomen (verzonnen).",
        "factorId": factor["factorId"],
        "category": 9,
    }
    written(house, case_id, factors=[marked], startsFrom=first["assessmentId"])
    assert "opgenomen" not in read(house, case_id).text
    page = reader(house, "coordinator").get(f"/cases/{case_id}/assessments/compare?reason=meetingPreparation")
    assert page.status_code == 200
    assert "opgenomen" not in page.text
    item = read(house, case_id).json()["items"][1]
    assert open_factor(house, item, item["factors"][0]).json()["what"] == marked["what"]


def test_a_factor_goes_along_once(house, case_id):
    first = written(house, case_id, factors=[HELP, ILL])
    kept = [first["factors"][1]["factorId"]] * 2
    refused = write(house, case_id, factors=[HELP], kept=kept, startsFrom=first["assessmentId"])
    assert (refused.status_code, refused.json()["issues"][0]["name"]) == (400, "kept")


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
