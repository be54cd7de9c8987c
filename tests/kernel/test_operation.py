"""Operations fail closed: without a decision nothing leaves (ADR 0003)."""

from __future__ import annotations

import pytest

from app.kernel.operation import OPERATIONS, operation
from app.kernel.work import Undecided
from app.rules.actions import Action
from app.rules.facts import Standing


@pytest.fixture(autouse=True)
def own_operations(monkeypatch):
    """Leave the registry as it was."""
    kept = dict(OPERATIONS)
    OPERATIONS.clear()
    yield
    OPERATIONS.clear()
    OPERATIONS.update(kept)


def test_an_operation_that_asked_gives_its_answer(house):
    @operation(Action.REF_DATA_READ)
    def read_ref_data(work, command):
        work.allow(Action.REF_DATA_READ, work.facts(standing=Standing.NONE))
        return command

    with house.work("mayor") as unit:
        assert read_ref_data(unit, "asked") == "asked"
    assert OPERATIONS[Action.REF_DATA_READ] is read_ref_data


def test_an_operation_that_asked_nothing_answers_nothing(house):
    @operation(Action.REF_DATA_READ)
    def read_ref_data(work, command):
        return command

    with pytest.raises(Undecided, match=r"refData\.read"), house.work("mayor") as unit:
        read_ref_data(unit, "secret")


def test_having_asked_for_another_act_or_earlier_is_not_enough(house):
    @operation(Action.CASE_OPEN)
    def open_case(work, command):
        work.allow(Action.REF_DATA_READ, work.facts(standing=Standing.NONE))
        return "secret"

    with pytest.raises(Undecided), house.work("mayor") as unit:
        unit.decided.append(Action.CASE_OPEN)
        open_case(unit, None)


def test_an_operation_bears_the_name_of_its_action():
    with pytest.raises(TypeError, match="wants an operation called close_case"):

        @operation(Action.CASE_CLOSE)
        def shut_case(work, command):
            """Misnamed."""


def test_an_action_has_one_operation():
    def close_case(work, command):
        """Twice."""

    operation(Action.CASE_CLOSE)(close_case)
    with pytest.raises(TypeError, match="has an operation already"):
        operation(Action.CASE_CLOSE)(close_case)


def test_an_operation_takes_its_work_first():
    @operation(Action.CASE_CLOSE)
    def close_case(work, command):
        """Never reached."""

    with pytest.raises(TypeError, match="takes its Work first"):
        close_case("no work", None)
