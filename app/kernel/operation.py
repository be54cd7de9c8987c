"""Operations: the only way to rows. Each belongs to one Action and must have asked the rules before it answers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from app.kernel.shapes import Command, file_texts
from app.kernel.work import Undecided, Work
from app.rules.actions import Action
from app.rules.cards import names_a_card

P = ParamSpec("P")
V = TypeVar("V")

OPERATIONS: dict[Action, Callable[..., Any]] = {}
"""Every Action's Operation; a test holds it against the policy."""


def operation(action: Action) -> Callable[[Callable[P, V]], Callable[P, V]]:
    """Mark a function `(work, command) -> view` as the Operation of *action*.

    Its name must be the action's (`case.close` -> `close_case`), one function an action. A call that ends
    without the rules having been asked for this very action raises Undecided: a forgotten check cannot leak.
    """

    def mark(function: Callable[P, V]) -> Callable[P, V]:
        if function.__name__ != action.operation_name:
            msg = f"{action} wants an operation called {action.operation_name}, not {function.__name__}"
            raise TypeError(msg)
        if action in OPERATIONS:
            msg = f"{action} has an operation already"
            raise TypeError(msg)

        @functools.wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> V:
            work = args[0]
            if not isinstance(work, Work):
                msg = "an operation takes its Work first"
                raise TypeError(msg)
            before = len(work.decided)
            said = [
                text
                for each in [*args[1:], *kwargs.values()]
                if isinstance(each, Command)
                for text in file_texts(each)
            ]
            with work.said(action, card=names_a_card(*said)):
                answer = function(*args, **kwargs)
            if action not in work.decided[before:]:
                raise Undecided(action.value)
            return answer

        OPERATIONS[action] = guarded
        return guarded

    return mark
