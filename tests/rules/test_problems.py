"""The closed list of refusals (RFC 9457, Belgian REST profile)."""

from __future__ import annotations

import re

import pytest

from app.rules.problems import INPUT, INPUT_EXT, Issue, Kind, Problem, invalid, not_found


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_has_a_type_of_the_profile_a_status_and_a_title(kind):
    assert re.fullmatch(r"urn:problem-type:(belgif|livcr):[a-z][A-Za-z]+", kind.urn)
    assert 400 <= kind.status < 600
    assert kind.title.istitle()
    assert kind.code == kind.urn.rsplit(":", 1)[1]


def test_no_two_kinds_share_a_type():
    assert len({kind.urn for kind in Kind}) == len(Kind)


def test_a_faulty_input_is_named_and_never_repeated():
    problem = invalid("birthDate", "in the future", kind="invalidPeriod")
    assert problem.kind is Kind.BAD_REQUEST
    assert problem.issues == (Issue(INPUT_EXT + "invalidPeriod", "body", "birthDate", "in the future"),)
    assert invalid("page", "no", "query", "unknownInput").issues[0].type == INPUT + "unknownInput"


def test_not_there_and_not_for_you_are_one_answer():
    assert (not_found().kind, not_found().rule, not_found().issues) == (Kind.NOT_FOUND, "", ())


def test_the_text_of_a_problem_holds_codes_only():
    assert str(Problem(Kind.RULE_NOT_MET, rule="R41", why="rule.R41")) == "ruleNotMet R41 rule.R41"
    assert str(Problem(Kind.NOT_FOUND)) == "resourceNotFound"
