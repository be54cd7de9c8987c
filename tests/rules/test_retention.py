"""When data must go: never later than the law says, whatever agreement, extension or leap year (R45, R46, R86 to R93)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.constitution.reference import load_legal_references, load_rules
from app.rules.lifecycle import STATES
from app.rules.retention import (
    BACKUP_DAYS,
    JOURNAL_YEARS,
    NOTICE_DAYS,
    SCHEDULE,
    WARNING_DAYS,
    carries_contacts_until,
    case_due_on,
    contact_kept_until,
    locks_on,
    registration_due_on,
    warning_due,
    years_after,
)
from app.rules.settings import SETTINGS

DAYS = st.dates(date(2018, 9, 24), date(2090, 12, 31))
TERMS = st.dictionaries(st.just("case_term_days"), st.integers(-1000, 5000))


def lawful_end(started: date, years: int) -> date:
    """Say it once more and otherwise: the same day and month, or the last of February where that day is missing."""
    year = started.year + years
    if (started.month, started.day) == (2, 29) and not _leap(year):
        return date(year, 3, 1) - timedelta(days=1)
    return date(year, started.month, started.day)


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


@given(started=DAYS, fixed=TERMS)
def test_a_case_never_outlives_one_lawful_year(started, fixed):
    assert started < case_due_on(started, fixed) <= lawful_end(started, 1)


@given(started=DAYS, fixed=TERMS, until=DAYS)
def test_no_extension_reaches_beyond_five_years_or_shortens_the_term(started, fixed, until):
    due = case_due_on(started, fixed, until)
    assert case_due_on(started, fixed) <= due <= lawful_end(started, 5)
    assert due <= max(until, case_due_on(started, fixed))


@given(started=DAYS, days=st.integers(30, 364))
def test_an_agreement_may_be_stricter_to_the_day(started, days):
    assert case_due_on(started, {"case_term_days": days}) == started + timedelta(days=days)


@pytest.mark.parametrize(
    ("started", "due"),
    [
        (date(2025, 3, 2), date(2026, 3, 2)),
        (date(2027, 6, 1), date(2028, 6, 1)),  # across a leap day: 366 days, and still one year
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2028, 2, 28), date(2029, 2, 28)),
        (date(2027, 3, 1), date(2028, 3, 1)),
        (date(2099, 12, 31), date(2100, 12, 31)),
    ],
)
def test_a_year_is_a_calendar_year(started, due):
    assert case_due_on(started, {}) == due == case_due_on(started, {"case_term_days": 365})


def test_five_years_from_a_leap_day_are_not_a_day_longer():
    assert years_after(date(2028, 2, 29), 5) == date(2033, 2, 28)
    assert years_after(date(2028, 2, 29), 4) == date(2032, 2, 29)
    assert case_due_on(date(2028, 2, 29), {}, date(2040, 1, 1)) == date(2033, 2, 28)


@given(started=DAYS, days=st.integers(-100, 400))
def test_a_file_locks_no_later_than_it_ends_and_at_most_a_month_before(started, days):
    due = case_due_on(started, {})
    assert timedelta(0) <= due - locks_on(due, {"retention_lock_days": days}) <= timedelta(days=30)


def test_a_file_locks_fourteen_days_before_unless_agreed_otherwise():
    assert locks_on(date(2026, 3, 15), {}) == date(2026, 3, 1)


@given(due=DAYS, gaps=st.lists(st.integers(1, 40), min_size=1, max_size=60), before=st.integers(0, 400))
def test_each_warning_goes_out_once_and_in_order_however_seldom_somebody_looks(due, gaps, before):
    today, warned, sent = due - timedelta(days=before), None, []
    for gap in gaps:
        warning = warning_due(today, due, warned)
        if warning is not None:
            assert (due - today).days <= warning
            assert warning_due(today, due, warning) is None
            sent.append(warning)
            warned = warning
        today += timedelta(days=gap)
    assert sent == sorted(set(sent), reverse=True)
    assert set(sent) <= set(WARNING_DAYS)


@given(due=DAYS)
def test_looking_every_day_all_three_warnings_go_out_on_their_day(due):
    warned, sent = None, []
    for left in range(100, -5, -1):
        warning = warning_due(due - timedelta(days=left), due, warned)
        if warning is not None:
            sent.append((warning, left))
            warned = warning
    assert sent == [(90, 90), (30, 30), (15, 15)]


def test_after_a_missed_spell_only_the_newest_warning_goes_out_and_none_when_it_is_too_late():
    due = date(2026, 3, 31)
    assert warning_due(date(2026, 3, 20), due, None) == 15
    assert warning_due(due, due, None) is None
    assert warning_due(date(2026, 4, 1), due, 90) is None


@given(
    received=DAYS,
    wait=st.none() | st.integers(0, 90),
    state=st.sampled_from(STATES["registration"]),
    fixed=st.dictionaries(
        st.sampled_from(["registration_limit_days", "not_listed_days"]), st.integers(-1000, 1000)
    ),
)
def test_a_registration_is_gone_within_its_term_or_lives_on_in_a_case(received, wait, state, fixed):
    decided = None if wait is None else received + timedelta(days=wait)
    due = registration_due_on(received, decided, state, fixed)
    if state == "listed":
        assert due is None
    elif decided is None or state == "moreInformationWanted":
        assert timedelta(days=14) <= due - received <= timedelta(days=90)
    else:
        assert timedelta(0) <= due - decided <= timedelta(days=30)


def test_asking_for_more_information_does_not_prolong_the_term():
    received = date(2026, 1, 1)
    assert registration_due_on(received, date(2026, 3, 20), "moreInformationWanted", {}) == date(2026, 4, 1)
    assert registration_due_on(received, date(2026, 3, 20), "notListed", {}) == date(2026, 4, 19)


def test_the_schedule_names_each_sort_of_data_once_and_on_which_basis():
    rules, references = load_rules(), load_legal_references()
    assert len({term.data for term in SCHEDULE}) == len(SCHEDULE)
    for term in SCHEDULE:
        rule = rules[int(term.number.removeprefix("R"))]
        assert term.legal in references or (term.legal == "" and not term.law), "no text sets it"
        assert not term.law or rule.tag == "LAW", term.data


def test_the_schedule_says_the_terms_that_the_code_keeps():
    said = {term.data: term.length for term in SCHEDULE}
    assert said["journal"].startswith(f"{JOURNAL_YEARS} years")
    assert said["notice"].startswith(f"{NOTICE_DAYS} days")
    assert said["backup"] == f"{BACKUP_DAYS} days"
    assert {term.data for term in SCHEDULE if term.law} == {"caseData", "caseDataExtended", "contact"}
    assert said["contact"].startswith(f"{SETTINGS['contact_term_days'].default} days")


@given(
    noted=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    days=st.integers(-10, 5000),
    term=st.integers(-10, 5000),
    extended=st.integers(0, 2000),
)
def test_no_agreement_and_no_extension_carries_a_third_person_beyond_a_year(noted, days, term, extended):
    fixed = {"contact_term_days": days, "case_term_days": term}
    kept = contact_kept_until(noted, fixed)
    assert noted < kept <= noted + timedelta(days=365)
    due = case_due_on(noted, fixed, noted + timedelta(days=extended))
    assert carries_contacts_until(noted, due) <= min(due, years_after(noted, 1))
