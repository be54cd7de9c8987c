"""The list of categories of persons with access to health and criminal data, with their function (DPA art. 9 and 10, § 2; R15).

Made from the policy and the mandates of today: a function at a kind of service is a category. How many they are is said, who
they are is not: the law asks for categories and their capacity.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from app.constitution.articles import amount
from app.constitution.labels import label
from app.constitution.writing import name_in
from app.kernel.i18n import register_codes, translate, translate_many
from app.kernel.work import Work, there
from app.oversight import record_queries
from app.oversight.processing_record import agreement_said
from app.oversight.record_shape import Entry, Record, Said, facts
from app.rules.access import SENSITIVE_LABELS, extent_of, reads_of
from app.rules.actions import Action
from app.rules.policy import POLICY
from app.rules.roles import BREAKERS, POLICE, Role
from app.rules.settings import setting

KIND = "accessCategories"
REGIMES = ("flemish", "frenchCommunity", "municipal", "police", "other")
register_codes("agencyRegime", REGIMES)
register_codes("accessExtent", ["file", "trajectory", "minutes", "cleared", "meeting"])
register_codes("accessText", ["nobodyElse", "emergencyOff", "emergency"])


def access_categories(work: Work, language: str) -> Record:
    """Give the list of the actor's municipality as it is today, in a language."""
    town_id, cell_id = there(work.actor.municipality_id), work.actor.cell_id
    town = there(record_queries.municipality(work.session, town_id))
    agreed = record_queries.agreement(work.session, cell_id)
    groups: dict[tuple[str, ...], list[tuple[Any, tuple[Action, ...]]]] = defaultdict(list)
    for row in record_queries.with_access(work.session, town_id, cell_id, work.today):
        if reads := reads_of(Role(row.role), row.scope):
            groups[row.role, row.regime, row.ground_list, row.ground_code].append((row, reads))
    ordered = sorted(groups, key=lambda key: (list(Role).index(Role(key[0])), key))
    entries = tuple(_category(work, language, key, groups[key]) for key in ordered)
    cell = record_queries.cell_of(work.session, cell_id)
    fixed = dict(agreed.settings) if agreed else {}
    return Record(
        kind=KIND,
        language=language,
        title=translate(
            language,
            "Categories of persons with access to health and criminal data: %(controller)s",
            controller=name_in(town.names, language),
        ),
        about=Entry(
            "about",
            translate(language, "recordPart.about"),
            facts(
                ("controller", name_in(town.names, language)),
                ("cell", cell.name if cell else ""),
                ("agreement", agreement_said(language, agreed)),
                ("specialData", [label("dataCategories", code, language) for code in SENSITIVE_LABELS]),
            ),
        ),
        entries=entries,
        general=Entry(
            "everybody",
            translate(language, "recordPart.everybody"),
            facts(
                ("emergency", _emergency(language, fixed)),
                ("nobodyElse", translate(language, "accessText.nobodyElse", roles=_others(language))),
            ),
        ),
        head=("function", "service", "number", "undertaking", "clearance", "extent", "acts"),
    )


def _category(
    work: Work, language: str, key: tuple[str, ...], held: Sequence[tuple[Any, tuple[Action, ...]]]
) -> Entry:
    role = Role(key[0])
    reads = tuple(action for action in Action if any(action in each for _, each in held))
    people = {row.person_id for row, _ in held}
    bound = {row.person_id for row, _ in held if row.bound}
    cleared = {row.person_id for row, _ in held if (row.clearance_until or work.today) >= work.today
               and row.clearance_until is not None}  # fmt: skip
    numbers = sorted({POLICY[action].number for action in reads}, key=lambda each: int(each[1:]))
    said: tuple[Said, ...] = facts(
        ("function", translate(language, f"role.{role.value}")),
        ("service", _service(language, key)),
        ("number", translate_many(language, "%(num)s person", "%(num)s persons", len(people))),
        ("undertaking", translate(language, "%(some)s of %(all)s", some=len(bound), all=len(people))),
        ("clearance", translate(language, "%(some)s of %(all)s", some=len(cleared), all=len(people))
            if role in POLICE else translate(language, "none is asked")),
        ("extent", translate(language, f"accessExtent.{extent_of(role, reads)}")),
        ("acts", [*(translate(language, f"action.{action.value}") for action in reads), ", ".join(numbers)]),
    )  # fmt: skip
    return Entry(".".join(key), name_of(".".join(key), language), said, reads)


def _service(language: str, key: Sequence[str]) -> str:
    return f"{translate(language, f'agencyRegime.{key[1]}')}: {label(key[2], key[3], language)}"


def name_of(code: str, language: str) -> str:
    """Give what an entry of this list is called, also of one that is not there any more."""
    key = code.split(".")
    if len(key) == 1:
        return translate(language, f"recordPart.{code}")
    return f"{translate(language, f'role.{key[0]}')} ({label(key[2], key[3], language)})"


def _emergency(language: str, fixed: dict[str, int]) -> str:
    if not setting(fixed, "break_glass"):
        return translate(language, "accessText.emergencyOff")
    return translate(
        language,
        "accessText.emergency",
        roles=", ".join(translate(language, f"role.{role.value}") for role in Role if role in BREAKERS),
        time=amount(language, "break_glass_minutes", setting(fixed, "break_glass_minutes")),
    )


def _others(language: str) -> str:
    nothing = [role for role in Role if role not in {Role.ROBOT, Role.DELEGATE} and not reads_of(role)]
    return ", ".join(translate(language, f"role.{role.value}") for role in nothing)
