"""Of a file what the stage of the proofs does not hold, by the same two questions: see test_off_stage.py."""

from __future__ import annotations

from datetime import timedelta

import pytest
from proving.prover import proves
from proving.table import WEIGHING
from tablecraft import Round


@pytest.fixture
def mine(house):
    return Round(house)


@pytest.fixture
def theirs(house):
    return Round(house, "zone", "D")


WHY = "?reason=minutesAndCorrection"
SAID = {"reasons": "Verzonnen.", "nothingClassified": True}


def proposed(table, guest):
    """A case whose extension waits to be discussed, until a day within its five years; gives (case, extension, the day)."""
    meeting, _, case = table.sat(guest)
    table.close(meeting)
    until = (table.house.now.date() + timedelta(days=800)).isoformat()
    body = SAID | {"caseId": case, "ground": "earlierArrest", "until": until}
    return (
        case,
        table.ok(table.post(table.coordinator, "/extensions", body), 201)["items"][0]["extensionId"],
        until,
    )


def discussed(table, guest):
    case, extension, until = proposed(table, guest)
    table.house.sql(
        "UPDATE extension SET state = 'discussed', discussed_on = :d, meeting_id = (SELECT meeting_id FROM discussion"
        " WHERE case_id = :c) WHERE case_id = :c",
        d=table.house.now.date(), c=case,
    )  # fmt: skip
    return case, extension, until


@proves("withdraw_extension", "/cases/{caseId}/extension/agenda")
def test_taking_an_extension_back(prove, mine, theirs):
    (_, other, _), (case, one, _) = proposed(theirs, "zoneSchool"), proposed(mine, "school")
    mine.plan()
    prove.page("/cases/{caseId}/extension/agenda", "coordinator", case=case, query=WHY, caseId=case)
    prove("withdraw_extension", "coordinator", case=case, foreign={"extensionId": [other]}, extensionId=one)


@proves(
    "decide_extension",
    "review_extension",
    "/cases/{caseId}/extensions/{extensionId}/decide",
    "/cases/{caseId}/extensions/{extensionId}/review",
)
def test_deciding_on_an_extension_and_looking_at_it_anew(prove, mine, theirs):
    (_, other, _), (case, one, until) = discussed(theirs, "zoneSchool"), discussed(mine, "school")
    where = {"caseId": case, "extensionId": one}
    foreign = {"extensionId": [other]}
    prove.page("/cases/{caseId}/extensions/{extensionId}/decide", "mayor", case=case, query=WHY, **where)
    body = SAID | {"decision": "grant", "until": until, "linkedToPrevention": True}
    prove("decide_extension", "mayor", body, case=case, foreign=foreign, extensionId=one)
    prove.page("/cases/{caseId}/extensions/{extensionId}/review", "mayor", case=case, query=WHY, **where)
    prove(
        "review_extension", "mayor", SAID | {"outcome": "goesOn"}, case=case, foreign=foreign, extensionId=one
    )


FILES = True
"""That these proofs are declared."""


@proves("open_factor_assessment")
def test_factors_of_a_sensitive_category(prove, mine, theirs):
    def weighed(table):
        case = table.case()
        closed = WEIGHING["factors"][0] | {"lifeDomain": "health"}
        said = WEIGHING | {"caseId": case, "factors": [closed]}
        made = table.ok(table.post(table.coordinator, "/assessments", said), 201)["items"][0]
        return made["assessmentId"], made["factors"][0]["factorId"], case

    (assessment, factor, case), (other, stranger, _) = weighed(mine), weighed(theirs)
    prove("open_factor_assessment", "coordinator", {"reason": "newInformation"},
          foreign={"assessmentId": [other], "factorId": [stranger]}, case=case,
          assessmentId=assessment, factorId=factor)  # fmt: skip
