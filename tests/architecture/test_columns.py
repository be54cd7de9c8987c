"""What is said about a person is sealed; everything readable in the database is on a reviewed list (R109, ADR 0005, 0006)."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import pytest
from sqlalchemy import ARRAY, JSON, LargeBinary, String
from sqlalchemy.dialects import postgresql

import app.main  # noqa: F401 — brings every model with it
from app.kernel.database import Row
from app.kernel.sealed import SealedColumn

ROOT = Path(__file__).resolve().parents[2]
TABLES = Row.metadata.tables

CODES = "a code of a closed list"
REFERENCE = "a random reference, for speech and paper"
NOBODY = "of topics and policy, at a table where no person is discussed (R6)"
DIGEST = "a digest; tells nothing"

READABLE: dict[str, dict[str, str]] = {
    "registration": {
        "origin": CODES,
        "reference": REFERENCE,
        "state": CODES,
        "phenomenon": CODES,
        "urgency": CODES,
    },
    "case_file": {
        "origin": CODES,
        "reference": REFERENCE,
        "state": CODES,
        "phenomenon": CODES,
        "closure_ground": CODES,
    },
    "listing": {},
    "discussion": {},
    "statement": {
        "origin": CODES,
        "kind": CODES,
        "reliability": CODES,
        "audience": CODES,
        "withdrawal_ground": CODES,
        "contributor_role": CODES,
    },
    "statement_version": {"origin": CODES, "kind": CODES, "reliability": CODES},
    "subject_version": {},
    "break_glass": {
        "reference": REFERENCE,
        "role": CODES,
        "reason": CODES,
        "outcome": CODES,
    },
    "attachment": {"origin": CODES, "kind": CODES, "removal_ground": CODES},
    "attachment_part": {},
    "trajectory": {"person_informed": CODES},
    "action_item": {"life_domain": CODES, "state": CODES},
    "meeting": {
        "place": "where a meeting is; of no person",
        "state": CODES,
        "table_kind": CODES,
        "blocks": "ids of municipalities",
    },
    "topic": {
        "kind": CODES,
        "title": NOBODY,
        "text": NOBODY,
        "phenomenon": CODES,
        "action_field": CODES,
        "state": CODES,
    },
    "policy_meeting": {
        "place": "where a meeting is; of no person",
        "changed_reason": CODES,
        "state": CODES,
        "table_kind": CODES,
    },
    "agenda_topic": {"notes": NOBODY, "decisions": NOBODY, "outcome": CODES},
    "policy_attendance": {},
    "policy_plan": {"title": NOBODY, "text": NOBODY, "state": CODES},
    "policy_plan_adoption": {},
    "goal": {"title": NOBODY, "text": NOBODY, "action_field": CODES},
    "measure": {"title": NOBODY, "text": NOBODY, "state": CODES},
    "measure_evaluation": {"state": CODES, "done": NOBODY, "brought": NOBODY},
    "minutes": {"state": CODES, "leaves": DIGEST, "note": "a signature over digests"},
    "agenda_item": {"purpose": CODES, "state": CODES, "put_off_reason": CODES},
    "agenda_change": {"kind": CODES, "reason": CODES},
    "invitation": {
        "regime": CODES,
        "ground_list": CODES,
        "ground_code": CODES,
        "nominated_as": CODES,
        "state": CODES,
    },
    "contribution_request": {"state": CODES},
    "contribution": {"origin": CODES, "kind": CODES, "reliability": CODES, "audience": CODES},
    "briefing": {"moment": CODES},
    "attendance": {},
    "attendance_move": {"kind": CODES},
    "framework_statement": {"text": "of a service and its rules; of no person"},
    "review_deferral": {},
    "closure_answer": {"question": CODES, "answer": CODES},
    "hand_over": {"reference": REFERENCE, "state": CODES},
    "relisting": {"closure_ground": CODES},
    "assessment": {},
    "contact": {"relation": CODES, "origin": CODES},
    "extension": {"state": CODES, "ground": CODES},
    "extension_review": {"outcome": CODES},
    "discussion_correction": {"kind": CODES, "state": CODES},
    "card_mention": {},
    "feedback_sheet": {"state": CODES, "digest": DIGEST, "blocked_because": CODES},
    "feedback_consent": {},
    "transmission": {
        "ground": CODES,
        "recipient_type": CODES,
        "recipient_name": "a service or an office of one; read by oversight, which opens no case",
        "digest": DIGEST,
        "object_type": CODES,
    },
    "minutes_item": {"digest": DIGEST},
    "minutes_remark": {},
    "minutes_addendum": {"state": CODES, "digest": DIGEST, "note": "a signature over a digest"},
    "exclusion": {},
    "notice": {"code": CODES, "reference": REFERENCE, "post_state": CODES, "fault": CODES},
    "subject_mark": {},
    "subject_query_pace": {},
    "agreement": {
        "document": "the council's decision; public",
        "answers": "what the cell agreed; of no person",
        "settings": "numbers",
        "parties": "services",
        "tables": "functions and services",
        "checklists": "questions that the cell agreed on; of no person",
        "written": "the whole text; of no person",
        "digest": DIGEST,
        "state": CODES,
    },
    "recording_basis": {
        "act": "a published text",
        "article": "a published text",
        "document": "a document of the house; of no person",
        "state": CODES,
    },
    "agreement_signature": {
        "name": "who signed for a party, as on paper",
        "capacity": "the function in which they signed",
        "digest": DIGEST,
    },
    "certificate": {
        "reference": REFERENCE,
        "kind": CODES,
        "ground": CODES,
        "executor": "a role and an id, no name",
        "counts": "numbers per sort of row",
        "digest": DIGEST,
    },
}
"""Every readable text, structure or plain bytes in the tables of case data, and why it may be readable."""


def revisions() -> list[ModuleType]:
    """Load every revision of the main database, the first one first."""
    found = []
    for path in sorted((ROOT / "migrations" / "main" / "versions").glob("0*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found.append(module)
    return found


class LOCK:
    """The row-level security of all revisions together; a later one may say the policies of a table anew."""

    POLICIES: ClassVar[dict[str, tuple[str | None, ...]]] = {}
    DIRECTORY: ClassVar[dict[str, tuple[str | None, ...]]] = {}
    OPEN_TABLES: ClassVar[dict[str, str]] = {}


for revision in revisions():
    for name in ("POLICIES", "DIRECTORY", "OPEN_TABLES"):
        getattr(LOCK, name).update(getattr(revision, name, {}))
    for closed in getattr(revision, "POLICIES", {}):
        LOCK.OPEN_TABLES.pop(closed, None)  # a later revision put it under row-level security


def test_every_table_is_either_under_row_level_security_or_open_on_purpose():
    every = [*LOCK.POLICIES, *LOCK.DIRECTORY, *LOCK.OPEN_TABLES, "installation"]
    assert set(every) == set(TABLES)
    assert len(every) == len(set(every))


def test_every_table_of_a_municipality_is_under_row_level_security():
    named = {name for name, table in TABLES.items() if "municipality_id" in table.c}
    assert named - set(LOCK.POLICIES) == {"mandate", "cell_municipality"}, (
        "who sits where is known in the whole house"
    )
    about_cases = {name for name, table in TABLES.items() if "case_id" in table.c or "subject_id" in table.c}
    assert about_cases <= set(LOCK.POLICIES)


def test_every_table_under_row_level_security_is_reviewed_here():
    assert set(READABLE) == set(LOCK.POLICIES)


@pytest.mark.parametrize("table", sorted(READABLE))
def test_nothing_readable_stands_in_a_table_of_case_data_but_what_is_listed(table):
    readable = {
        column.name
        for column in TABLES[table].columns
        if isinstance(column.type, (String, JSON, ARRAY, LargeBinary))
        and not isinstance(column.type, SealedColumn)
    }
    assert readable == set(READABLE[table])


def test_a_sealed_column_is_bytes_in_the_database():
    sealed = [c for t in TABLES.values() for c in t.columns if isinstance(c.type, SealedColumn)]
    assert len(sealed) > 10
    for column in sealed:
        assert column.type.compile(postgresql.dialect()) == "BYTEA", column


def test_no_sealed_column_is_indexed_unique_or_a_key():
    for table in TABLES.values():
        used = {c for index in table.indexes for c in index.columns} | set(table.primary_key.columns)
        assert not [c for c in used if isinstance(c.type, SealedColumn)]


def test_row_level_security_computes_standing_once_a_statement():
    """A function in a policy stands in a sub-select, so that it is not called again for every row."""
    for table, clauses in (LOCK.POLICIES | LOCK.DIRECTORY).items():
        for clause in clauses:
            for call in (
                "desk_municipalities()",
                "open_items()",
                "attended_items()",
                "excluded_cases()",
                "acting_person()",
                "administering()",
                "broken_glass_cases()",
                "glass_watched_municipalities()",
            ):
                said = clause or ""
                assert said.count(call) == said.count(f"(SELECT {call})"), (table, call)
