"""docs/lifecycle.md: the states of each object, and what moves it."""

from __future__ import annotations

from app.documenting.objects import CONSEQUENCES, STARTS
from app.documenting.words import MADE, label, table
from app.rules.actions import Action
from app.rules.lifecycle import STATES, TRANSITIONS
from app.rules.policy import POLICY


def lifecycle() -> str:
    """Give the page of states and who moves them."""
    parts = [
        MADE,
        "# States, and what moves them\n",
        (
            "Each object is in one state at a time. Only the actions below move it; an action that is asked for in another"
            " state is answered with a conflict (409) and changes nothing. Who may do it stands in"
            " [authorisation.md](authorisation.md).\n"
        ),
    ]
    for noun, states in STATES.items():
        moves = _moves(noun)
        parts.append(f"## {noun[:1].upper()}{noun[1:]}\n")
        parts.append(
            table(
                "State", "In words", "Left by",
                rows=(
                    (
                        f"`{state}`", label(f"state.{noun}.{state}"),
                        ", ".join(dict.fromkeys(f"`{a.value}`" for before, _, a in moves if before == state)) or "stays",
                    )
                    for state in states
                ),
            )
        )  # fmt: skip
        parts.append(
            table(
                "From", "Action", "To", "Rule",
                rows=((f"`{f}`" if f else "begins", f"`{a.value}`", f"`{to}`", _number(a)) for f, to, a in moves),
            )
        )  # fmt: skip
        lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {STARTS[noun]}"]
        lines += [f"    {before} --> {after}: {action.value}" for before, after, action in moves if before]
        parts.append("\n".join([*lines, "```"]) + "\n")
    return "\n".join(parts)


def _number(action: Action) -> str:
    return TRANSITIONS[action].number if action in TRANSITIONS else POLICY[action].number


def _moves(noun: str) -> list[tuple[str, str, Action]]:
    order = {state: i for i, state in enumerate(("", *STATES[noun]))}
    found = [
        (before, after, action)
        for action, move in TRANSITIONS.items()
        if move.noun == noun
        for before in move.sources
        for after in move.targets
    ]
    found += [(before, after, action) for which, before, after, action in CONSEQUENCES if which == noun]
    return sorted(found, key=lambda m: (order[m[0]], order[m[1]], m[2]))
