"""Asking for what hangs on a file: opening it, its plan, its documents, and an emergency reading of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.rules.actions import Action
from app.rules.delegation import within
from app.rules.facts import Standing
from app.rules.roles import Role

from . import emergencies
from .oracle import A_MONTH, CLEARED, KEEPERS
from .policymaking import Deliberating
from .steps import Ask
from .things import same


class Reaching(Deliberating):
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
        # Who follows it under another mandate has it in sight by an action of theirs, and hears what beats the emergency.
        follows = standing is Standing.PART and self.who is not None and same(case.manager, self.who)
        if standing is Standing.PART and self.who and not self.oracle.manages(self.who, case):
            standing = Standing.NONE  # owning an action of a case is not following it
        opened = emergencies.opened(self.oracle, self.who, case)
        broken = emergencies.holds(self.oracle, self.who, case) or (follows and opened)
        facts = self.oracle.facts_on_file(self.who, case, standing=standing, access_reason=True)
        return [(action, replace(facts, broken_glass=broken))]

    # documents ------------------------------------------------------------------------------------------

    def paper(self, action: Action, **known: Any) -> list[Ask]:
        """One that was removed is as one that never was; and only the desk learns that there is one (decision 0021)."""
        paper = self.scene.paper
        if paper is None or paper.removed or self.oracle.on_file(self.who, paper.case) is not Standing.FILE:
            return [(action, self.oracle.facts(Standing.NONE))]
        return [(action, self.oracle.facts_on_file(self.who, paper.case, **known))]

    # third persons --------------------------------------------------------------------------------------

    def contact(self, action: Action, **known: Any) -> list[Ask]:
        """Only who reads the file learns that there is one: of delegates those appointed for files (decision 0042)."""
        third, who = self.scene.third, self.who
        reads = who is not None and (who.role != Role.DELEGATE or within(action, frozenset(who.scope or ())))
        if third is None or not reads or self.oracle.on_file(who, third.case) is not Standing.FILE:
            return [(action, self.oracle.facts(Standing.NONE))]
        return [(action, self.oracle.facts_on_file(self.who, third.case, **known))]

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

    # feedback sheets, and what leaves the house --------------------------------------------------------

    def police_at(self, action: Action, **known: Any) -> list[Ask]:
        """What the police bring about at a discussion: who was recorded present, for a month (R62, R78)."""
        oracle, item, who = self.oracle, self.scene.item, self.who
        if oracle.police_were_there(who, item):
            until = item.sitting.ends_at + A_MONTH
            return [(action, oracle.facts(
                Standing.ATTENDING, **({"state": item.case.state} | known), window_until=until, locks_on=item.case.locks_on
            ))]  # fmt: skip
        standing = oracle.at_item(who, item)
        if self.role in CLEARED:
            standing = min(standing, Standing.INVITED)
        return [(action, oracle.facts(standing))]

    def police_page(self, action: Action) -> list[Ask]:
        """The list first; the form at a discussion that stands in it, to who may send it."""
        oracle, who = self.oracle, self.who
        listed = who is not None and oracle.cleared(who) and oracle.police_were_there(who, self.scene.item)
        return [
            *self.own_cell(Action.FEEDBACK_SHEET_LIST),
            *([] if listed else [("not listed", 404)]),  # type: ignore[list-item]
            *self.offered(self.police_at(action, no_classified=True, no_secrets=True)),
        ]

    def hands_over(self, action: Action, **known: Any) -> list[Ask]:
        """By the desk of the case, or by the police who were at one of its discussions."""
        oracle, case = self.oracle, self.scene.case
        if self.role not in CLEARED:
            return [(action, oracle.facts_on_file(self.who, case, **known))]
        items = [i for s in self.world.sittings for i in s.items if i.case is case]
        if not any(oracle.police_were_there(self.who, i) for i in items):
            return [(action, oracle.facts(Standing.NONE))]
        return [(action, oracle.facts(Standing.PART, state=case.state, locks_on=case.locks_on, **known))]

    def handing_page(self) -> list[Ask]:
        """The form with the cases one can say it of; for who only reads the register it is not."""
        mine = not self.is_for(Action.TRANSMISSION_RECORD)
        if mine and self.role in KEEPERS:
            return self.own_town(Action.CASE_LIST)
        return self.own_cell(Action.FEEDBACK_SHEET_LIST) if mine else [
            *self.own_town(Action.TRANSMISSION_LIST), ("not for this role", 403),
        ]  # fmt: skip
