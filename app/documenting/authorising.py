"""docs/authorisation.md: who may do what, and on which basis. Readable by a jurist."""

from __future__ import annotations

from app.constitution.reference import load_legal_references
from app.documenting.words import (
    MADE,
    asks,
    basis,
    cited,
    condition_name,
    conditions_of,
    named,
    newest,
    role_name,
    roles_named,
    states_of,
    table,
)
from app.rules.actions import Action
from app.rules.conditions import Condition
from app.rules.delegation import PARTS, part_of
from app.rules.facts import Standing
from app.rules.foreseen import FORESEEN
from app.rules.legal import legal_basis
from app.rules.policy import ACCESS, POLICY
from app.rules.roles import BREAKERS, EXCLUDES, GLASS_WATCHERS, Role
from app.rules.rule import Rule

_STANDINGS = {
    Standing.EXCLUDED: "Has declared a conflict of interest or kinship. Beats everything else: nothing is there.",
    Standing.NONE: "Has nothing to do with it. For this person it does not exist.",
    Standing.PART: "Holds one part only: their own registration, action or invitation, or membership of the cell.",
    Standing.INVITED: "Is invited to this item of a convened agenda, and the window is open.",
    Standing.ATTENDING: "Is recorded as present at this item, and the window is open.",
    Standing.FILE: "Keeps the file: mayor, delegate or coordinator of the municipality whose file it is.",
}


def authorisation() -> str:
    """Give the page that says who may do what, and on which basis."""
    parts = [MADE, "# Who may do what\n", _how_to_read()]
    parts.append("## By role\n")
    parts.append(
        "What each role may do beyond signing in and confirming secrecy, which everybody may. A person may hold several"
        " roles and acts under one at a time; the processing log names it.\n"
    )
    for role in Role:
        parts.append(f"### {role_name(role)[:1].upper()}{role_name(role)[1:]} (`{role.value}`)\n")
        parts.append(_of_role(role))
    parts.append("## By action\n")
    parts.append(
        table(
            "Action", "Roles", "Standing at least", "States", "Conditions", "Rule", "Legal reference",
            rows=(
                (
                    named(action), _who(rule), rule.standing.name.lower(), states_of(action, rule),
                    conditions_of(rule), rule.number, basis(rule.number),
                )
                for action in Action
                for rule in (POLICY[action],)
            ),
        )
    )  # fmt: skip
    parts += [_foreseen(), _condition_table(), _emergency(), _delegation(), _separation(), _references()]
    return "\n".join(parts)


def _who(rule: Rule) -> str:
    return "everybody, visitors too" if rule.standing is Standing.NONE else roles_named(rule.roles)


def _how_to_read() -> str:
    access = ", ".join(f"{condition_name(c)} ({c.number})" for c in ACCESS)
    return (
        "Every act in the system has one row here: which **roles** may do it, how they must **stand** to the object, in"
        " which **states** of the object it is possible, under which **conditions**, and on which **rule** it rests. The"
        " same rows decide at run time: what is not listed is refused. Numbers such as R40 are the rules of the field;"
        " each rests on the legal reference beside it, or is local policy.\n\n"
        "An answer is given in this order, and never says more than the order allows:\n\n"
        "1. Excluded, or no standing: the object does not exist for this person (404).\n"
        "2. Standing, but not the role or not enough standing: refused (403).\n"
        f"3. Access not in order: {access} (409). Getting in itself (signing in, confirming secrecy, reading code lists)"
        " comes before this, and the robot has no need of it.\n"
        "4. The wrong state, or a condition that is not met: the answer names the rule (409).\n"
        "5. Otherwise allowed. Allowed or not, it is written in the processing log.\n\n"
        "What is not known counts as not met. The database keeps the same rules a second time, as row-level security.\n\n"
        "### Standing\n\n"
        "How somebody stands to one object, weakest first, derived anew at each request:\n\n"
        + table("Standing", "Meaning", rows=((s.name.lower(), _STANDINGS[s]) for s in Standing))
    )


def _of_role(role: Role) -> str:
    rows = [
        (
            named(action),
            rule.standing.name.lower(),
            states_of(action, rule),
            conditions_of(rule),
            rule.number,
            basis(rule.number),
        )
        for action in Action
        for rule in (POLICY[action],)
        if role in rule.roles and not rule.before_access
    ]
    return table("Action", "Standing at least", "States", "Conditions", "Rule", "Legal reference", rows=rows)


def _foreseen() -> str:
    return (
        "## Foreseen, and not yet possible\n\n"
        "The rules of the field know these acts; no part of the system does them yet, so nobody can. Their rows are settled"
        " beforehand: whoever builds one is held to its row. Second factor, secrecy and scope are asked of every one.\n\n"
        + table(
            "Act", "Roles", "Standing at least", "States", "Conditions", "Rule", "Legal reference",
            rows=(
                (
                    f"`{name}`",
                    "everybody, visitors too" if row.standing is Standing.NONE else roles_named(row.roles),
                    row.standing.name.lower(),
                    ", ".join(f"`{state}`" for state in sorted(row.states)) if row.states else "any",
                    "<br>".join(
                        c if isinstance(c, str) else f"{condition_name(c)} ({c.number})" for c in row.conditions
                    ) or "none",
                    row.number, basis(row.number),
                )
                for name, row in FORESEEN.items()
            ),
        )
    )  # fmt: skip


def _condition_table() -> str:
    return "## Conditions\n\n" + table(
        "Condition", "Rule", "Kind", "What the rule asks", "Legal reference", "Asked for",
        rows=(
            (
                condition_name(c), c.number, "law" if c.value.law else "policy", asks(c.number), cited(c.value.legal),
                "every act but getting in" if c in ACCESS
                else ", ".join(f"`{a.value}`" for a in Action if c in POLICY[a].conditions) or "not yet asked",
            )
            for c in Condition
        ),
    )  # fmt: skip


def _emergency() -> str:
    acts = ", ".join(f"`{action.value}`" for action in Action if POLICY[action].by_glass)
    return (
        "## In an emergency\n\n"
        f"Where the agreement in force has emergency access (R21, off by default), {roles_named(BREAKERS)} can open one for"
        f" a set time on one case they know one part of. It leads to {acts} whatever their standing, but not past an"
        " exclusion, and every condition of those rows holds as always. It changes nothing and exports nothing; statements"
        " kept for the desk and sensitive categories stay shut. "
        f"Told at once, and bound to review it: {roles_named(GLASS_WATCHERS)}. Each line of the processing log says so.\n"
    )


def _delegation() -> str:
    acts = {
        part: [a for a in Action if part_of(a) == part and Role.DELEGATE in POLICY[a].roles] for part in PARTS
    }
    return (
        "## What a mayor can delegate\n\n"
        "An appointment names its parts and covers nothing else (R9). What belongs to no part every delegate may do within"
        " the period of the appointment.\n\n"
        + table(
            "Part",
            "Acts",
            rows=((f"`{part}`", ", ".join(f"`{a.value}`" for a in acts[part])) for part in PARTS),
        )
    )


def _separation() -> str:
    return (
        "## Separation of duties\n\n"
        "One person cannot hold both: a mandate that would combine them is refused (R106).\n\n"
        + table(
            "Role",
            "Excludes",
            rows=((role_name(role), roles_named(against)) for role, against in EXCLUDES.items()),
        )
    )


def _references() -> str:
    keys = {legal_basis(rule.number) for rule in POLICY.values()} | {c.value.legal for c in Condition}
    known = load_legal_references()
    rows = []
    for key in sorted(keys - {""}):
        shown = newest(known[key])
        pending = [r.texts.en for r in known[key] if r.pending]
        rows.append((shown.texts.en, shown.texts.nl, shown.texts.fr, shown.subject, ", ".join(pending) or ""))
    return (
        "## Legal references\n\n"
        "References are dated records; the newest that has a first day is shown. Have them checked against the official"
        " texts before an installation goes live.\n\n"
        + table("Reference", "Dutch", "French", "Subject", "Successor, not in force", rows=rows)
    )
