"""One spelling through the whole house: action, operation, command, label, policy, documentation (architecture)."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

import app
from app.kernel.i18n import LANGUAGES, knows
from app.kernel.operation import OPERATIONS
from app.rules.actions import Action
from app.rules.policy import POLICY

ROOT = Path(__file__).resolve().parents[2]

for module in pkgutil.walk_packages(app.__path__, "app."):
    importlib.import_module(module.name)


def test_every_action_has_its_operation_and_every_operation_its_action():
    assert set(OPERATIONS) == set(Action), sorted(set(Action) - set(OPERATIONS))


@pytest.mark.parametrize("action", Action)
def test_an_operation_is_named_after_its_action_and_takes_its_command(action):
    function = inspect.unwrap(OPERATIONS[action])
    assert function.__name__ == action.operation_name
    work, command = list(inspect.signature(function, eval_str=True).parameters.values())[:2]
    assert work.annotation.__name__ == "Work"
    assert command.annotation.__name__ == action.command_name
    assert command.annotation.__module__.startswith(function.__module__.rsplit(".", 1)[0] + ".")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_has_a_label_in_every_language(language):
    assert [a.value for a in Action if not knows(language, f"action.{a.value}")] == []


def test_every_action_stands_in_the_policy_and_in_the_page_of_the_policy():
    page = (ROOT / "docs" / "authorisation.md").read_text(encoding="utf-8")
    assert set(POLICY) == set(Action)
    assert [a.value for a in Action if f"`{a.value}`" not in page] == []


def test_every_operation_says_what_it_does():
    silent = [a.value for a, function in OPERATIONS.items() if not (function.__doc__ or "").strip()]
    assert silent == []


def test_feature_folders_hold_what_a_feature_holds():
    """Rows, commands, views and questions in files of those names; operations never there."""
    for operation in OPERATIONS.values():
        file = inspect.unwrap(operation).__module__.rsplit(".", 1)[1]
        assert file not in {"models", "commands", "views", "queries", "standing", "api", "pages"}, (
            operation.__module__
        )


def test_selects_are_written_where_questions_are_kept():
    """A feature's SELECTs stand in queries.py, or one named after a topic: a reviewer sees every list of who sees what."""
    scattered = set()
    for folder in ("cases", "intake", "meetings", "oversight", "retention", "strategy"):
        for path in (ROOT / "app" / folder).glob("*.py"):
            kept = path.stem in {"queries", "standing"} or path.stem.endswith("_queries")
            if not kept and re.search(r"\bselect\(", path.read_text(encoding="utf-8")):
                scattered.add(str(path.relative_to(ROOT)))
    assert scattered <= ASKS_FOR_ONE_ROW, scattered - ASKS_FOR_ONE_ROW


ASKS_FOR_ONE_ROW = {
    "app/cases/trajectories.py",  # whether somebody is a case manager of the cell
    "app/intake/registering.py",  # the cell that a municipality and its submitter have in common
}
