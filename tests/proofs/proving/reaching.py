"""Asking for what hangs on a file: opening it, its plan, its documents, and an emergency reading of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.rules.actions import Action
from app.rules.facts import Standing

from . import emergencies
from .steps import Ask, Steps


class Reaching(Steps):
    """Who asks, in which scene: for the file itself."""

    def opened(self) -> list[Ask]:
        """By the desk, for a reason; or in an emergency that was opened before."""
        case = self.scene.case
        broken = emergencies.broken(self.oracle, self.who, case)
        facts = self.oracle.facts_on_file(self.who, case, access_reason=True)
        return [(Action.CASE_OPEN, replace(facts, broken_glass=broken))]

    def plan(self, action: Action) -> list[Ask]:
        case = self.scene.case
        if case.trajectory is None:
            return [(action, self.oracle.facts(Standing.NONE))]
        standing = self.oracle.on_file(self.who, case)
        if standing is Standing.PART and self.who and not self.oracle.manages(self.who, case):
            standing = Standing.NONE  # owning an action of a case is not following it
        broken = emergencies.holds(self.oracle, self.who, case)
        facts = self.oracle.facts_on_file(self.who, case, standing=standing, access_reason=True)
        return [(action, replace(facts, broken_glass=broken))]

    # documents ------------------------------------------------------------------------------------------

    def paper(self, action: Action, **known: Any) -> list[Ask]:
        """One that was removed is as one that never was; and only the desk learns that there is one (decision 0021)."""
        paper = self.scene.paper
        if paper is None or paper.removed or self.oracle.on_file(self.who, paper.case) is not Standing.FILE:
            return [(action, self.oracle.facts(Standing.NONE))]
        return [(action, self.oracle.facts_on_file(self.who, paper.case, **known))]

    # emergencies ----------------------------------------------------------------------------------------

    @property
    def reference(self) -> str:
        return "C-0000-NOBODY" if self.strange else self.scene.case.reference

    def breaks(self) -> list[Ask]:
        return [
            (Action.BREAK_GLASS_OPEN, emergencies.facts_on_breaking(self.oracle, self.who, self.scene.case))
        ]

    def breaks_again(self) -> int | None:
        """No second one while the first is open."""
        return 409 if emergencies.opened(self.oracle, self.who, self.scene.case) else None

    def glass(self, action: Action) -> list[Ask]:
        return [(action, emergencies.facts_on_glass(self.oracle, self.who, self.scene.glass))]

    def breaking_page(self) -> list[Ask]:
        """The list first; then the form, for who can be in need of one, where the agreement has it."""
        on = self.who is not None and self.who.cell in self.world.switched
        offered = on and self.role in emergencies.BREAKERS
        return [*self.own_town(Action.BREAK_GLASS_LIST), *([] if offered else [("off", 404)])]  # type: ignore[list-item]

    def reviewing_page(self) -> list[Ask]:
        """The list first; the form for one that stands in it without a review, to who may give one."""
        glass, who = self.scene.glass, self.who
        listed = glass and who and not glass.reviewed and emergencies.knows(self.oracle, who, glass)
        return [
            *self.own_town(Action.BREAK_GLASS_LIST),
            *([] if listed else [("not listed", 404)]),  # type: ignore[list-item]
            *self.offered(self.glass(Action.BREAK_GLASS_REVIEW)),
        ]
