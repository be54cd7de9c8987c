"""The signs of the misuse digest: what in the processing log wants a look, as a table that a jurist can read (R105, R106).

A sign is no accusation: each says what was seen, under which rule it matters and from how many times on it is shown.
What it means, and what it does not mean, stands in four languages under `signWhy.<code>`, and on each line of a digest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.rules.actions import Action as A  # noqa: N817 — a column of the table
from app.rules.retention import SEARCH_MARK_DAYS


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign: its R-number, the setting that holds its threshold, and what explains it away before it is shown."""

    code: str
    number: str
    setting: str = ""
    """Empty: each time counts."""
    unless: str = ""
    certain: bool = True
    """Whether all that fits the description is shown; otherwise it is a pattern, which can be missed."""


SIGNS: Final = (
    Sign("breakGlass", "R21"),
    Sign("export", "R106"),
    Sign("administration", "R106"),
    Sign("ownName", "R14"),
    Sign("familyName", "R14", unless="this reader bears the family name of more than five files: then it is common here"),
    Sign("withoutMandate", "R9"),
    Sign("lastDay", "R9", unless="a mandate of the same kind follows at once"),
    Sign("doors", "R14", "digest_refusals"),
    Sign("searches", "R107", "digest_searches", "a signal was screened that day by the same person"),
    Sign("burst", "R14", "digest_burst_files",
         "a meeting within 14 days has the file; it is no more than thrice what is usual for this reader"),
    Sign("outOfHours", "R105", "digest_opening_hour, digest_closing_hour",
         "a meeting has the file from one day before to three days after"),
    Sign("noLink", "R107", "digest_unlinked_days",
         "a meeting, a task, a date of the file or new work in it is near", certain=False),
)  # fmt: skip
"""In the order in which a digest shows them."""
CODES: Final = tuple(sign.code for sign in SIGNS)
ANSWERS: Final = ("explained", "spokenTo", "reported", "breachOpened", "falseAlarm")
"""What a line can be answered with."""

READS: Final = frozenset(
    {
        A.CASE_OPEN, A.STATEMENT_OPEN, A.STATEMENT_VERSION_LIST, A.STATEMENT_VERSION_OPEN, A.SUBJECT_VERSION_LIST,
        A.CHRONOLOGY_READ, A.ASSESSMENT_READ, A.ASSESSMENT_OPEN_FACTOR, A.CONTACT_LIST, A.CONTACT_OPEN,
        A.ATTACHMENT_LIST, A.ATTACHMENT_READ, A.TRAJECTORY_READ, A.EXTENSION_READ,
    }
)  # fmt: skip
"""Reading of a file itself, outside the table. What is read at the table is bound to its meeting by the rules (R19)."""
EXPORTS: Final = frozenset({A.JOURNAL_EXPORT})
SCREENING: Final = frozenset(
    {A.REGISTRATION_SCREEN, A.REGISTRATION_DECIDE, A.REGISTRATION_COMPARE, A.SCREENING_ANSWER_RECORD}
)
"""What explains that somebody looked for a name: a signal was at hand."""  # fmt: skip
DOORS: Final = frozenset(
    {
        "agendaItem", "assessment", "attachment", "case", "chronology", "contact", "extension", "invitation", "meeting",
        "minutes", "registration", "statement", "statementVersion", "subject", "subjectVersion", "trajectory",
    }
)  # fmt: skip
"""Nouns behind which persons discussed are: to be refused there again and again is trying doors."""
LOOKING: Final = frozenset({"list", "open", "openFactor", "preview", "print", "query", "read", "export"})
"""Verbs that leave a file as it was; whoever did anything else to a file had work in it."""

BEFORE_DAYS: Final = SEARCH_MARK_DAYS
"""How far a pattern goes back."""
QUIET_DAYS: Final = 28
"""For how long a habit that was explained, or a pattern of days that was shown, is not shown again."""
HABITS: Final = frozenset({"burst", "outOfHours"})
ONCE: Final = frozenset({"ownName", "familyName"})
"""Signs that say how somebody stands to a file, and not what they did on a day: shown once for the two of them."""
KEPT_YEARS: Final = 2
"""How long a digest is kept: shorter than the log it was made from, which still tells who did what."""
