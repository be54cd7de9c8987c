"""Every act belongs to exactly one processing activity, and every row of the record says what a record has to say."""

from __future__ import annotations

import pytest

from app.constitution.reference import load_rules
from app.rules import processing
from app.rules.actions import Action
from app.rules.audience import CATEGORIES
from app.rules.foreseen import FORESEEN
from app.rules.processing import ACTIVITIES, OF_CONTACTS, processing_of, running
from app.rules.retention import SCHEDULE

CODES = [row.code for row in ACTIVITIES]
PERSONS = {"discussed", "contact", "user", "serviceStaff"}
OTHERS = {"account", "clearance", "message", "log"}
RECIPIENTS = {"desk", "table", "transmission", "feedback", "otherMunicipality", "oversight"}


@pytest.mark.parametrize("action", Action)
def test_every_act_belongs_to_exactly_one_activity(action):
    owners = [row.code for row in ACTIVITIES if action.value in row.acts] or [
        row.code for row in ACTIVITIES if action.noun in row.nouns
    ]
    assert owners == [processing_of(action)]


@pytest.mark.parametrize("name", FORESEEN)
def test_so_will_every_act_that_is_foreseen(name):
    assert processing._whose(name) in CODES


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (Action.CASE_OPEN, "caseFile"),
        (Action.CASE_DESTROY, "retention"),
        (Action.REGISTRATION_ERASE, "retention"),
        (Action.SUBJECT_QUERY, "registrations"),
        (Action.SUBJECT_CORRECT, "caseFile"),
        (Action.JOURNAL_EXPORT, "oversight"),
    ],
)
def test_an_act_named_by_itself_goes_before_its_noun(action, code):
    assert processing_of(action) == code


def test_an_act_that_no_row_or_more_than_one_claims_stops_the_start(monkeypatch):
    with pytest.raises(LookupError, match=r"shadow\.keep belongs to 0"):
        processing._whose("shadow.keep")
    monkeypatch.setattr(processing, "ACTIVITIES", (*ACTIVITIES, ACTIVITIES[0]))
    with pytest.raises(LookupError, match="belongs to 2"):
        processing._whose("registration.read")


def test_the_table_names_nothing_that_is_nowhere():
    nouns = {action.noun for action in Action} | {name.split(".", maxsplit=1)[0] for name in FORESEEN}
    assert {noun for row in ACTIVITIES for noun in row.nouns} <= nouns
    assert {act for row in ACTIVITIES for act in row.acts} <= {action.value for action in Action}


@pytest.mark.parametrize("row", ACTIVITIES, ids=CODES)
def test_a_row_says_what_a_record_has_to_say(row):
    assert row.numbers
    assert {int(number.removeprefix("R")) for number in row.numbers} <= set(load_rules())
    assert row.persons
    assert set(row.persons) <= PERSONS
    assert set(row.categories) <= set(CATEGORIES)
    assert row.categories or row.others
    assert set(row.others) <= OTHERS
    assert set(row.recipients) <= RECIPIENTS
    assert row.terms
    assert set(row.terms) <= {term.data for term in SCHEDULE}
    assert ("discussed" in row.persons) >= bool(row.categories)


def test_every_term_of_the_schedule_stands_in_the_record():
    assert {term for row in ACTIVITIES for term in row.terms} == {term.data for term in SCHEDULE}


def test_the_record_names_what_is_done_here_and_nothing_that_is_only_foreseen():
    assert [row.code for row in running()] == [code for code in CODES if code != "rights"]
    assert set(OF_CONTACTS) < set(CATEGORIES)
