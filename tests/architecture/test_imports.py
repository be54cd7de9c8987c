"""The walls of the house: what may know what, and what nobody may do (ADR 0001, 0005, 0011)."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"
PYTHON = sorted(APP.rglob("*.py"))
CODE = sorted(p for folder in ("app", "migrations", "tests", "bench") for p in (ROOT / folder).rglob("*.py"))

LONG = {
    "tests/rules/test_matrix.py": "the whole policy against its reviewed matrix",
    "app/rules/policy.py": "the whole policy, one row an act: a jurist reads it as one",
    "bench/world.py": "a world of 30,000 cases, table by table",
    "app/kernel/embedded.py": "one cluster from its first start to its last; its parts share locks and files",
    "app/kernel/journal/verify.py": "an auditor reads the verifier as one text; it imports nothing but the tree",
    "migrations/main/versions/0001_tables.py": "the schema as it first stood, table by table",
    "migrations/main/versions/0002_second_lock.py": "what the database lets whom see and write, reviewed as one",
    "tests/http/test_page_door.py": "the drill of one door",
    "tests/kernel/test_embedded.py": "the drill of one module",
    "tests/proofs/proving/table.py": "every route of both doors, one line each",
    "tests/kernel/test_journal_exportfile.py": "every way to tamper with an export, listed",
}
"""Files that may be longer than 400 lines, and why."""


def imported(path: Path) -> set[str]:
    """Give the modules that a file imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            found.add(node.module or "")
    return found


def test_imports_go_down_only():
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
        "--no-cache",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("folder", ["rules", "constitution/reference"])
def test_the_law_as_data_knows_the_standard_library_alone(folder):
    own = f"app.{folder.replace('/', '.')}"
    for path in (APP / folder).rglob("*.py"):
        for name in imported(path):
            assert name.split(".")[0] in sys.stdlib_module_names or name.startswith(own), (
                f"{path.name} imports {name}"
            )


def test_the_rules_know_neither_clock_nor_chance_nor_files():
    """Time and chance are facts that come in from outside, so that a decision can be repeated."""
    for path in (APP / "rules").glob("*.py"):
        assert not imported(path) & {"time", "random", "secrets", "os", "pathlib", "logging"}
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\.(now|today|utcnow)\(", text), path.name


WRAPPED = {
    "jose": "app/kernel/identity.py",
    "passlib": "app/kernel/identity.py",
    "pyotp": "app/kernel/identity.py",
    "webauthn": "app/kernel/passkeys.py",
    "zxcvbn": "app/kernel/passwords.py",
}


@pytest.mark.parametrize("library", WRAPPED)
def test_proving_identity_is_wrapped_once(library):
    users = {str(p.relative_to(ROOT)) for p in PYTHON if any(n.split(".")[0] == library for n in imported(p))}
    assert users == {WRAPPED[library]}


@pytest.mark.parametrize("library", ["authlib", "joserfc"])
def test_a_provider_of_identities_is_wrapped_once(library):
    users = {str(p.relative_to(ROOT)) for p in PYTHON if any(n.split(".")[0] == library for n in imported(p))}
    assert users == {"app/kernel/openid.py"}


def test_time_is_asked_of_the_clock():
    """`datetime.now` stands in the clock, and where only the machine's own time counts."""
    machine = {"app/kernel/clock.py", "app/kernel/identity.py"}
    found = {
        str(p.relative_to(ROOT))
        for p in PYTHON
        if re.search(
            r"\b(datetime\.now|date\.today|datetime\.utcnow|time\.time)\(", p.read_text(encoding="utf-8")
        )
    }
    assert found - machine <= ASKS_THE_MACHINE


ASKS_THE_MACHINE = {
    "app/main.py",  # the citation in a refusal is the one in force today, on whichever story day
    "app/kernel/journal/sealer.py",  # a checkpoint says when it was signed, whatever it seals
    "app/cli.py",  # stories begin from the machine's day
    "app/demo.py",
    "app/staging.py",
}


def test_no_module_is_named_after_a_layer():
    vague = {
        "service",
        "services",
        "utils",
        "util",
        "helpers",
        "helper",
        "common",
        "base",
        "misc",
        "manager",
        "managers",
    }
    assert [p for p in PYTHON if p.stem in vague or p.parent.name in vague] == []


def test_files_stay_short_enough_to_read():
    long = {str(p.relative_to(ROOT)) for p in CODE if len(p.read_text(encoding="utf-8").splitlines()) > 400}
    assert long == set(LONG), "a new one is split, one that is short by now is taken off the list"


def test_nobody_sets_an_actor_beyond_one_transaction():
    for path in CODE:
        text = path.read_text(encoding="utf-8")
        for call in re.findall(r"set_config\((?:[^()]|\([^()]*\))*\)", text):
            assert call.replace(" ", "").endswith(",true)") or path == Path(__file__), path
        assert path == Path(__file__) or not re.search(r"SET\s+(SESSION\s+)?livcr\.", text), path


def test_every_package_is_locked_by_hash_and_no_lock_names_an_index():
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text(encoding="utf-8")
        for address in ("://", "--index", "--extra-index", "--find-links", "--trusted-host"):
            assert address not in text, f"{lock.name} names {address}"
        pinned = re.findall(r"^[a-zA-Z0-9_.\[\]-]+==", text, re.MULTILINE)
        assert pinned
        assert text.count("--hash=sha256:") >= len(pinned)


def test_nothing_of_the_project_names_a_package_index():
    for name in ("pyproject.toml", "Makefile", "requirements.in", "requirements-dev.in", ".ci/run"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"--(extra-)?index|--find-links|index-url", text), name


def test_nobody_prints_but_the_command_line():
    speaks = {"app/cli.py", "app/kernel/i18n.py", "app/walkthrough.py"}
    for path in PYTHON:
        if str(path.relative_to(ROOT)) in speaks:
            continue
        calls = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
        assert not [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"], path


def test_only_a_problem_or_a_fault_of_ours_is_raised_in_features():
    """What is refused on purpose is a Problem, made by its own functions; anything else is a fault."""
    ours = {
        "Problem",
        "invalid",
        "not_found",
        "unavailable",
        "refuse",
        "AssertionError",
        "Undecided",
        "problem_of",
    }
    ours |= {"Elsewhere"}  # no error: another page is the answer
    ours |= {"_not_let_in"}  # a Problem, the same one for every reason not to let somebody in
    ours |= {"NotHanded"}  # a letter that the mail server did not take; tried again
    ours |= {"NotVerified", "KeysRemain"}  # one sentence at the console; a step of the sweep left out
    ours |= {"ArticleError"}  # the table of articles breaks its own rules: nothing starts
    for folder in ("cases", "intake", "meetings", "directory", "constitution", "retention", "oversight"):
        for path in (APP / folder).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                    called = node.exc.func
                    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                    assert name in ours, f"{path.relative_to(ROOT)}:{node.lineno} raises {name}"
