"""How the generated pages say things: tables, names of roles and states, citations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from app.constitution.reference import LegalReference, load_legal_references, load_rules
from app.documenting.objects import STATE_OF, states_seen
from app.kernel.i18n import knows, translate
from app.rules.actions import Action
from app.rules.conditions import Condition
from app.rules.legal import legal_basis
from app.rules.lifecycle import STATES
from app.rules.roles import Role
from app.rules.rule import Rule

MADE = "<!-- Made by `livcr docs` from the code. Change the code, not this page. -->\n"


def table(*heads: str, rows: Iterable[Iterable[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '∣') for cell in line)} |\n" for line in lines)


def label(code: str) -> str:
    return translate("en", code) if knows("en", code) else ""


def named(action: Action) -> str:
    said = label(f"action.{action.value}")
    return f"`{action.value}`" + (f"<br>{said}" if said else "")


def role_name(role: Role) -> str:
    return label(f"role.{role.value}") or role.value


def roles_named(roles: Iterable[Role]) -> str:
    """Write a set of roles in the order in which the roles are defined."""
    held = frozenset(roles)
    if held == frozenset(Role):
        return "everybody signed in"
    if held == frozenset(Role) - {Role.ROBOT}:
        return "every person (not the robot)"
    return ", ".join(role_name(role) for role in Role if role in held)


def states_of(action: Action, rule: Rule) -> str:
    if rule.states is None or rule.states == set(states_seen(action)):
        return "any"
    noun = STATE_OF.get(action, action.noun)
    listed = ", ".join(f"`{state}`" for state in STATES[noun] if state in rule.states)
    return listed if noun == action.noun else f"{noun}: {listed}"


def conditions_of(rule: Rule) -> str:
    return "<br>".join(f"{condition_name(c)} ({c.number})" for c in rule.conditions) or "none"


def condition_name(condition: Condition) -> str:
    return condition.name.replace("_", " ").lower()


def newest(records: Iterable[LegalReference]) -> LegalReference:
    """Give the newest record that has a first day: a page that is committed knows no today."""
    return max((r for r in records if r.valid_from), key=lambda r: r.valid_from or date.min)


def cited(key: str) -> str:
    return newest(load_legal_references()[key]).texts.en if key else "local policy"


def basis(number: str) -> str:
    return cited(legal_basis(number))


def asks(number: str) -> str:
    return load_rules()[int(number.removeprefix("R"))].statement
