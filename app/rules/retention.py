"""When data must go: terms as data, and the dates that follow from them (R45, R46, R86 to R93).

A day is a calendar day in Brussels. A term of a year ends on the same day a year later; from 29 February it
ends on 28 February, because a term may be shorter than the law's, never longer.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from app.rules.settings import setting

WARNING_DAYS = (90, 30, 15)
"""Days before the due date on which the desk is warned (R90)."""
CASE_TERM_YEARS = 1
EXTENSION_MOST_YEARS = 5
JOURNAL_YEARS = 10
BACKUP_DAYS = 35
NOTICE_DAYS = 366
"""How long a notice stands on the page of its reader."""


@dataclass(frozen=True, slots=True)
class Term:
    """One row of the schedule: what, how long, from when, on which basis."""

    data: str
    length: str
    start: str
    number: str
    legal: str
    law: bool


SCHEDULE: tuple[Term, ...] = (
    Term("caseData", "at most 1 year", "last discussion of the person", "R86", "flemishDecree.retention", law=True),
    Term("caseDataExtended", "at most 5 years in all", "last discussion of the person", "R87", "flemishDecree.extension",
         law=True),
    Term("extensionNotCarried", "the day of that review; at most 1 year after the last", "a review that found no reasons, or"
         " that nobody held", "R89", "", law=False),
    Term("handedOver", "the day it is accepted", "acceptance by another municipality", "R84", "", law=False),
    Term("handOverPackage", "14 days, or as agreed; with its withdrawal", "moment of sending", "R84", "", law=False),
    Term("contact", "180 days, at most 1 year; an extension does not carry it", "noted; at the latest the last discussion", "R49",
         "flemishDecree.retention", law=True),
    Term("registrationUndecided", "90 days", "receipt", "R45", "", law=False),
    Term("registrationNotListed", "30 days", "decision", "R46", "", law=False),
    Term("registrationWithdrawn", "the day it is taken back", "its withdrawal", "R46", "", law=False),
    Term("registrationHandedOver", "1 year, as where it came from", "last discussion where it came from", "R84", "", law=False),
    Term("rightsRequest", "5 years", "decision", "R101", "", law=False),
    Term("journal", "10 years, whole years", "moment of the entry", "R105", "", law=False),
    Term("certificate", "kept; holds no personal data", "destruction", "R93", "", law=False),
    Term("contribution", "31 days, when it was not opened", "end of the meeting", "R64", "", law=False),
    Term("notice", "366 days; with its case when that is destroyed", "moment of the notice", "R37", "", law=False),
    Term("mailAddress", "until the day after", "last day of the last mandate", "R37", "", law=False),
    Term("calendarAddress", "until the day after; once closed, until the next sweep", "last day of its mandate", "R37", "",
         law=False),
    Term("topicAndPlan", "kept; no person discussed stands in it", "its writing", "R6", "", law=False),
    Term("backup", "35 days", "moment of the backup", "R92", "", law=False),
)  # fmt: skip


def years_after(day: date, years: int) -> date:
    """Give the day *years* years after *day*; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def months_after(day: date, months: int) -> date:
    """Give the day *months* months after *day*; the last day of a shorter month where there is no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def case_due_on(started: date, fixed: dict[str, int], extended_until: date | None = None) -> date:
    """Give the day on which a case's data must be gone.

    In: day the term starts (last discussion, or the listing while never discussed), the settings fixed by
    the agreement, a decided extension. Out: never later than the law allows: one year, or with an
    extension five years, from the start (R86, R87).
    """
    lawful = years_after(started, CASE_TERM_YEARS)
    due = min(lawful, started + timedelta(days=setting(fixed, "case_term_days")))
    if fixed.get("case_term_days", 365) >= 365:  # noqa: PLR2004 — a full year is a calendar year, leap day or not
        due = lawful
    if extended_until is not None:
        due = max(due, min(extended_until, years_after(started, EXTENSION_MOST_YEARS)))
    return due


def contact_kept_until(noted_on: date, fixed: dict[str, int]) -> date:
    """Give the day on which what is known of a third person must be gone by its own term (R49).

    Counted once, when they are noted, and never anew: who is still needed is noted again, with the reason why.
    """
    return noted_on + timedelta(
        days=min(setting(fixed, "contact_term_days"), setting(fixed, "case_term_days"))
    )


def carries_contacts_until(started: date, due_on: date) -> date:
    """Give the day on which a case lets go of third persons at the latest: its own end without any extension (R49, R86).

    In: the day its term started (last discussion, or the listing while never discussed), and its end as it stands.
    """
    return min(due_on, years_after(started, CASE_TERM_YEARS))


def kept_until(today: date, until: date, fixed: dict[str, int]) -> date:
    """Give the day to which an extension carries a file from *today*: its end, or the next review if that comes first (R89).

    A review that nobody holds is the end of the extension, by itself: it is never carried on in silence.
    """
    return min(until, months_after(today, setting(fixed, "extension_review_months")))


def locks_on(due_on: date, fixed: dict[str, int]) -> date:
    """Give the day from which the file stays shut until destruction or extension (R90)."""
    return due_on - timedelta(days=setting(fixed, "retention_lock_days"))


def warning_due(today: date, due_on: date, warned: int | None) -> int | None:
    """Give the warning (90, 30 or 15) to send today, or None; *warned* is the last one sent."""
    left = (due_on - today).days
    reached = [days for days in WARNING_DAYS if left <= days]
    if not reached or left <= 0:
        return None
    newest = min(reached)
    return newest if warned is None or newest < warned else None


def registration_due_on(
    received: date, decided: date | None, state: str, fixed: dict[str, int]
) -> date | None:
    """Give the day on which a registration must be gone; None when it lives on in a case."""
    if state == "listed":
        return None
    if state == "withdrawn" and decided is not None:
        return decided
    limit = received + timedelta(days=setting(fixed, "registration_limit_days"))
    if decided is None or state == "moreInformationWanted":
        return limit
    return decided + timedelta(days=setting(fixed, "not_listed_days"))
