"""docs/retention.md: what is kept, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from app.documenting.words import MADE, cited, table
from app.rules.retention import SCHEDULE, WARNING_DAYS, case_due_on, locks_on, registration_due_on
from app.rules.settings import SETTINGS


def retention() -> str:
    """Give the page that says when data go, and how the day is found."""
    return "\n".join(
        (
            MADE,
            "# What is kept, and until when\n",
            ("Terms of law cannot be lengthened by any setting; an agreement can only make them shorter. A term in years ends"
            " on the same day of a later year; from 29 February it ends on 28 February, because a term may be shorter than"
            " the law's, never longer. Days are calendar days in Brussels. Data are gone no later than the day named.\n"),
            table(
                "Data", "Term", "Counted from", "Rule", "Kind", "Legal reference",
                rows=(
                    (f"`{t.data}`", t.length, t.start, t.number, "law" if t.law else "policy", cited(t.legal))
                    for t in SCHEDULE
                ),
            ),
            _settings_table(),
            "## How the days are found\n",
            ("- The term of a case starts on the day of the last meeting in which the person was discussed, as the record of"
            " that meeting says it; nobody types it in (R69). Until a first discussion it starts on the day of listing.\n"
            "- A new discussion starts the year anew (R96); the discussion of an extension does not (R88).\n"
            "- An extension ends on the day decided, never later than five years after that same start (R87), and cannot be"
            " given any more once the term has passed (R91). It carries a file to the next review alone, within a year of the"
            " decision or of the review before: without one it ends there by itself (R89).\n"
            f"- Warnings go out {', '.join(map(str, WARNING_DAYS[:-1]))} and {WARNING_DAYS[-1]} days before the day on which"
            " the data go; each once. Then the file locks, then it is destroyed without anybody's doing (R90).\n"
            "- A registration lives as long as it takes to decide on it, and shortly after; listed, it lives on in the case"
            " (R45, R46).\n"
            "- Destroyed data are out of reach in every older backup as well: the municipality's key and the wrapping key are"
            " replaced after the sweep, by itself; with a wrapping key that a person keeps, when that person replaced it. Copies"
            " of the main database expire after 35 days (R92, [backup](operations/backup.md)).\n"),
            "## Worked examples\n",
            _case_examples(),
            _registration_examples(),
        )
    )  # fmt: skip


def _settings_table() -> str:
    return "## Settings that an agreement may fix\n\n" + table(
        "Setting", "Default", "From", "To", "Unit", "Rule", "Bound by",
        rows=(
            (f"`{name}`", str(s.default), str(s.least), str(s.most), s.unit, s.number, cited(s.law))
            for name, s in SETTINGS.items()
        ),
    )  # fmt: skip


def _case_examples() -> str:
    examples: tuple[tuple[str, date, Mapping[str, int], date | None], ...] = (
        ("Discussed on 2 March 2026", date(2026, 3, 2), {}, None),
        ("Discussed on a leap day", date(2028, 2, 29), {}, None),
        ("The year holds a leap day", date(2027, 6, 1), {}, None),
        ("The agreement says 180 days", date(2026, 3, 2), {"case_term_days": 180}, None),
        (
            "An agreement that said 400 days would change nothing",
            date(2026, 3, 2),
            {"case_term_days": 400},
            None,
        ),
        ("Extended to 1 September 2028", date(2026, 3, 2), {}, date(2028, 9, 1)),
        ("Extended further than the law allows", date(2026, 3, 2), {}, date(2035, 1, 1)),
    )
    rows = []
    for what, started, fixed, until in examples:
        due = case_due_on(started, dict(fixed), until)
        warnings = ", ".join(str(due - timedelta(days=days)) for days in WARNING_DAYS)
        rows.append((what, str(started), warnings, str(locks_on(due, dict(fixed))), str(due)))
    return "A case:\n\n" + table(
        "Example", "Term starts", "Warnings", "Locks", "Gone no later than", rows=rows
    )


def _registration_examples() -> str:
    received = date(2026, 3, 2)
    rows = []
    for what, decided, state in (
        ("Nobody decides", None, "inScreening"),
        ("Not listed on 20 March", date(2026, 3, 20), "notListed"),
        ("Referred on 20 March", date(2026, 3, 20), "referred"),
        ("More information wanted on 20 March", date(2026, 3, 20), "moreInformationWanted"),
        ("Listed on 20 March", date(2026, 3, 20), "listed"),
    ):
        due = registration_due_on(received, decided, state, {})
        rows.append((what, str(received), str(due) if due else "lives on in the case, and ends with it"))
    return "A registration:\n\n" + table("Example", "Received", "Gone no later than", rows=rows)
