"""Finding the marks of a world in what an answer says, and in what the database holds."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection, text

from .emergencies import holds, reaches
from .oracle import Oracle
from .things import File, Mark, Somebody, same
from .world import World

TOKEN = re.compile(
    r"Zq[0-9a-f]{6}n\d{5}q|[AC]-2026-[0-9A-F]{11}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)


def marks_in(world: World, said: str, *but: str) -> dict[str, Mark]:
    """Give the marks that stand in a text, except those that its reader had said (`but`)."""
    found = set(TOKEN.findall(said)) - {token for each in but for token in TOKEN.findall(each)}
    return {token: world.marks[token] for token in found if token in world.marks}


def case_of(mark: Mark) -> File | None:
    """Give the case a mark belongs to; None for a registration that is no case yet, and for a certificate."""
    first: Any = mark.of[0] if isinstance(mark.of, tuple) else mark.of
    if isinstance(first, File):
        return first
    found = getattr(first, "case", None)
    return found if isinstance(found, File) else None


def has_to_do_with(oracle: Oracle, who: Somebody, mark: Mark) -> bool:  # noqa: PLR0911 — one line a reason
    """Tell whether somebody has anything to do with what a mark stands in: the least that a row's reader needs."""
    if oracle.may_know(who, mark):
        return True
    case, role = case_of(mark), oracle.role(who)
    if case is None:
        return role is not None and (
            who.town == getattr(mark.of, "town", mark.of) or same(getattr(mark.of, "brought_by", None), who)
        )
    if role is None or who.name in case.excluded:
        return False
    if oracle.keeps(who, case.town) or (case.signal is not None and same(case.signal.brought_by, who)):
        return True
    if role in {"dpo", "auditor"} and who.town == case.town:
        return mark.kind.endswith((".id", ".subject", ".reference"))
    if reaches(oracle, who, case) or holds(oracle, who, case):
        return True
    items = [i for s in oracle.world.sittings for i in s.items if i.case is case]
    return oracle.on_file(who, case) > oracle.facts(oracle.on_file(None, case)).standing or any(
        oracle.at_item(who, i) > oracle.on_file(None, case) or oracle.reads_minutes(who, i) for i in items
    )


def rows_of(conn: Connection, case: File) -> list[Any]:
    """Give a mark of every row that hangs on a case, in whichever table the catalogue knows."""
    tables = conn.execute(
        text("SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'case_id'")
    ).scalars()  # fmt: skip
    parts = [
        f"SELECT '{t}', count(*), coalesce(sum(hashtext(x::text)::bigint), 0) FROM {t} x WHERE case_id = :c"
        for t in sorted(tables)
    ]
    parts.append(
        "SELECT 'case_file', count(*), coalesce(sum(hashtext(x::text)::bigint), 0) FROM case_file x"
        " WHERE id = :c"
    )
    return [tuple(r) for r in conn.execute(text(" UNION ALL ".join(parts)), {"c": case.id})]
