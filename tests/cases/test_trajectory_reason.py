"""The plan is part of the file: who opens it says why, once; who follows it is not asked (R107)."""

import re
from html import unescape

import pytest
from pagecraft import reader, texts_of

from app.rules.roles import DESK

AIM = "Terug naar de les."


def _read(house, name, case, **query):
    return house.client(name).get(f"/api/v1/cases/{case}/trajectory", params=query)


def _lines(house, outcome="allowed"):
    rows = house.sql(
        "SELECT role, reason FROM journal.entry WHERE action = 'trajectory.read' AND outcome = :o", o=outcome
    )
    return [(row.role, row.reason or "") for row in rows]


@pytest.mark.parametrize("name", sorted(DESK))
def test_the_desk_reads_the_plan_for_a_reason_of_the_list_and_the_log_keeps_it(house, planned, name):
    case, _ = planned
    for wrong in ({}, {"reason": "curiosity"}):
        refused = _read(house, name, case, **wrong)
        assert (refused.status_code, refused.json()["rule"]) == (409, "R107")
        assert AIM not in refused.text
    assert _lines(house) == []
    assert _read(house, name, case, reason="actionFollowUp").json()["aims"]["school"] == AIM
    assert _lines(house) == [(name, "actionFollowUp")]
    assert _lines(house, "conflict") == [(name, "")] * 2


def test_who_follows_the_trajectory_is_asked_for_no_reason(house, planned):
    case, _ = planned
    assert _read(house, "caseManager", case).json()["aims"]["school"] == AIM
    assert _lines(house) == [("caseManager", "")]
    page = reader(house, "caseManager").get(f"/cases/{case}/trajectory")
    assert page.status_code == 200
    assert AIM in page.text
    assert "reason=" not in page.text


def test_an_owner_completes_an_action_without_a_reason(house, planned):
    _, action = planned
    one = reader(house, "participant")
    done = one.send(f"/actions/{action}/complete", result="done", outcome="Gebeurd.")
    assert (done.status_code, done.url.path) == (200, "/actions")


def test_the_page_asks_why_before_it_shows_the_plan(house, planned):
    case, _ = planned
    one = reader(house, "coordinator")
    for query in ("", "?reason=", "?reason=curiosity"):
        page = one.get(f"/cases/{case}/trajectory{query}")
        assert page.status_code == 200
        assert AIM not in page.text
        assert f'action="/cases/{case}/trajectory"' in page.text
        assert 'value="actionFollowUp"' in page.text
    assert _lines(house) == []
    assert AIM in one.get(f"/cases/{case}/trajectory?reason=actionFollowUp").text
    assert _lines(house) == [("coordinator", "actionFollowUp")]


@pytest.mark.parametrize("path", ["/cases/{case}/actions/new", "/actions/{action}/complete?case={case}"])
def test_a_form_of_the_plan_without_a_reason_leads_to_where_it_is_asked(house, planned, path):
    case, action = planned
    page = reader(house, "coordinator").get(path.format(case=case, action=action))
    assert page.url.path == f"/cases/{case}/trajectory"
    assert AIM not in page.text
    assert _lines(house) == []


def test_the_reason_of_the_opened_file_goes_along_and_nobody_gives_it_twice(house, planned):
    case, action = planned
    one, why = reader(house, "coordinator"), "reason=actionFollowUp"

    def links(page, part):
        found = [unescape(link) for link in re.findall(r'href="([^"]+)"', page.text) if part in link]
        assert found, part
        assert all(why in link for link in found), found
        return found[0]

    file = one.get(f"/cases/{case}?{why}")
    assign = links(file, "/actions/new")
    assigned = one.send(
        assign, ownerId=str(house.cast.persons["school"]), lifeDomain="school", text="Gesprek.", dueOn="2026-04-02"
    )  # fmt: skip
    assert (assigned.status_code, assigned.url.path) == (200, f"/cases/{case}/trajectory")
    assert "Gesprek." in assigned.text
    assert "Opvolging" in texts_of(assigned.text), "it says what the file was opened for"
    links(assigned, f"/cases/{case}?")
    complete = links(assigned, f"/actions/{action}/complete")
    done = one.send(complete, result="done", outcome="Gebeurd.")
    assert (done.status_code, done.url.path) == (200, f"/cases/{case}/trajectory")
    assert "Gebeurd." in done.text
    assert {reason for _, reason in _lines(house)} == {"actionFollowUp"}
