"""Who may know what of an emergency reading, and what one leads to: said a second time, from R21 and decision 0020.

As in `oracle`, nothing here asks the application.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.facts import Facts, Standing

from .things import File, Glass, Somebody, same

if TYPE_CHECKING:
    from .oracle import Oracle

POLICE = {"policeMember", "informationOfficer"}
BREAKERS = POLICE | {"caseManager"}
WATCHERS = {"coordinator", "dpo"}
REACHED = {"sent", "accepted", "attended", "absent", "noAnswer"}
"""Invitations that make a case known: one never sent does not, and a refused one does not count."""
SENSITIVE = {8, 9, 11, 12}


def reaches(oracle: Oracle, who: Somebody | None, case: File) -> bool:
    """Tell whether somebody knows one part of a case from which an emergency can lead to the rest of its file."""
    if who is None or who.cell != case.cell or who.name in case.excluded or case.state == "destroyed":
        return False
    if oracle.role(who) == "caseManager":
        return case.trajectory is not None and same(case.manager, who)
    if oracle.role(who) not in POLICE:
        return False
    items = [i for s in oracle.world.sittings if s.cell == who.cell for i in s.items if i.case is case]
    return any(
        who.name in i.present or (who.name in i.invited and i.invited[who.name].state in REACHED)
        for i in items
    )


def opened(oracle: Oracle, who: Somebody | None, case: File) -> bool:
    """Tell whether an emergency is open by the clock, under this very mandate."""
    return who is not None and any(
        g.who.mandate == who.mandate and not g.closed and oracle.now < g.ends_at for g in case.glasses
    )


def holds(oracle: Oracle, who: Somebody | None, case: File) -> bool:
    """Tell whether an emergency leads to the file now: exclusion, lock, clearance and the mandate's end beat it."""
    return (
        who is not None and opened(oracle, who, case) and oracle.role(who) in BREAKERS and who.cell == case.cell
        and case.state != "destroyed" and not oracle.locked(case) and who.name not in case.excluded
        and oracle.cleared(who)
    )  # fmt: skip


def broken(oracle: Oracle, who: Somebody | None, case: File) -> bool:
    """Tell what the rules are told: who has the case in sight anyway hears what beats their emergency, others nothing."""
    if who is None or case.state == "destroyed" or not opened(oracle, who, case):
        return False
    items = [i for s in oracle.world.sittings for i in s.items if i.case is case]
    sees = max([oracle.on_file(who, case), *(oracle.at_item(who, i) for i in items)]) > Standing.NONE
    return holds(oracle, who, case) or sees


def told(oracle: Oracle, who: Somebody, case: File) -> bool:
    """Tell whether a coordinator and a data protection officer can be told: in office, another, not excluded."""
    there = {
        oracle.role(p) for p in oracle.world.people.values()
        if p.town == case.town and not same(p, who) and p.name not in case.excluded
    }  # fmt: skip
    return there >= WATCHERS


def facts_on_breaking(oracle: Oracle, who: Somebody | None, case: File | None) -> Facts:
    if who is None or case is None or not reaches(oracle, who, case):
        return oracle.facts(Standing.NONE)
    return oracle.facts_on_file(
        who, case, standing=Standing.PART, access_reason=True, break_glass_on=case.cell in oracle.world.switched,
        watchers_told=told(oracle, who, case),
    )  # fmt: skip


def own(who: Somebody, glass: Glass) -> bool:
    """Tell whether somebody opened an emergency, and acts in its cell now: other mandates have nothing of this cell."""
    return same(glass.who, who) and who.cell == glass.case.cell


def facts_on_glass(oracle: Oracle, who: Somebody | None, glass: Glass | None) -> Facts:
    """Give facts on an emergency: there for whoever opened it, and for the two who watch over its municipality."""
    if who is None or glass is None or who.name in glass.case.excluded:
        return oracle.facts(Standing.NONE)
    watches = oracle.role(who) in WATCHERS and who.town == glass.case.town
    mine = own(who, glass)
    ended = glass.closed or oracle.now >= glass.ends_at
    return oracle.facts(
        Standing.PART if mine or watches else Standing.NONE, own=mine, proposed_by_actor=mine,
        state="reviewed" if glass.reviewed else "ended" if ended else "open",
    )  # fmt: skip


def knows(oracle: Oracle, who: Somebody, glass: Glass) -> bool:
    """Tell whether an emergency stands in somebody's list: who opened it, who watches, and the mayor (R21).

    It is there, with the reference of its case, as long as its row is: it has to be reviewed also when its case is
    locked meanwhile.
    """
    if who.name in glass.case.excluded:
        return False
    watches = oracle.role(who) in WATCHERS | {"mayor"} and who.town == glass.case.town
    return watches or (own(who, glass) and oracle.role(who) in BREAKERS | WATCHERS | {"mayor"})


def shows(oracle: Oracle, who: Somebody, kind: str, of: Any, case: File) -> bool:
    """Tell whether an emergency shows this: the file and its plan, but not what was kept for the desk or is sensitive."""
    if not holds(oracle, who, case):
        return False
    if kind.startswith(("plan.", "act.")) or kind in {"case.id", "case.reference", "case.name", "case.text"}:
        return True
    if kind.startswith("said."):
        return heard(of)
    # A statement in the file says at which item it was made.
    return kind == "item.id" and any(s.item is of and heard(s) for s in case.statements)


def heard(said: Any) -> bool:
    return said.audience != "desk" and said.category not in SENSITIVE
