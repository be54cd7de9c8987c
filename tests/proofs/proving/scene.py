"""Scenes: a case in one state with everything a file and a table can hold; and asking for something in one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.rules.actions import Action
from app.rules.delegation import within
from app.rules.facts import Standing
from app.rules.lifecycle import OPEN_CASE, sources
from app.rules.policy import POLICY
from app.rules.roles import Role

from .emergencies import holds
from .oracle import KEEPERS, UNBOUND
from .reaching import Reaching
from .steps import Ask, Scene, always
from .things import same


class Asking(Reaching):
    """Who asks, in which scene: also for the file, the consultation and its minutes."""

    # the file -------------------------------------------------------------------------------------------

    def file(self, action: Action, **known: Any) -> list[Ask]:
        return [(action, self.oracle.facts_on_file(self.who, self.scene.case, **known))]

    def anything_of_it(self, action: Action) -> list[Ask]:
        """For who can see the case now, by file, by part, by agenda or in an emergency."""
        who, case, oracle = self.who, self.scene.case, self.oracle
        standing = oracle.on_file(who, case)
        if standing is Standing.NONE and holds(oracle, who, case):
            standing = Standing.PART
        if who is not None and standing is Standing.NONE:
            items = (i for s in self.world.sittings for i in s.items if i.case is case)
            if any(oracle.at_item(who, i) > Standing.NONE for i in items):
                standing = Standing.PART
        return [(action, oracle.facts(standing))]

    def table_or_file(self, action: Action, **known: Any) -> list[Ask]:
        case, item = self.scene.case, self.scene.item
        standing = max(self.oracle.on_file(self.who, case), self.oracle.at_item(self.who, item))
        return [(action, self.oracle.facts_on_file(self.who, case, standing=standing, **known))]

    def said(self, action: Action, **known: Any) -> list[Ask]:
        said, oracle = self.scene.said, self.oracle
        at = (
            oracle.at_item(self.who, said.item)
            if said.item and said.item.case is said.case
            else Standing.NONE
        )
        standing = max(oracle.on_file(self.who, said.case), at)
        own = self.who is not None and same(said.contributor, self.who)
        hears = standing is Standing.FILE or (own and standing > Standing.PART)
        hears = hears or (standing is Standing.ATTENDING and said.audience != "desk")
        if not hears:
            standing = Standing.NONE
        known = {"own_words": own or standing is Standing.FILE} | known
        return [(action, oracle.facts_on_file(self.who, said.case, standing=standing, **known))]

    def managed(self, action: Action) -> list[Ask]:
        case = self.scene.case
        standing = self.oracle.on_file(self.who, case)
        if standing is Standing.PART and self.who and not self.oracle.manages(self.who, case):
            standing = Standing.NONE  # owning an action of a case is not managing it
        return [(action, self.oracle.facts_on_file(self.who, case, standing=standing))]

    def act(self, action: Action) -> list[Ask]:
        act, case = self.scene.act, self.scene.case
        if act is None:
            return [(action, self.oracle.facts(Standing.NONE))]
        standing = self.oracle.on_file(self.who, case)
        if (
            standing is Standing.PART
            and self.who
            and not same(act.owner, self.who)
            and not self.oracle.manages(self.who, case)
        ):
            standing = Standing.NONE
        return [(action, self.oracle.facts(standing, state=act.state, locks_on=case.locks_on))]

    def own_act_page(self) -> list[Ask]:
        act, case = self.scene.act, self.scene.case
        mine = act is not None and same(act.owner, self.who) and act.state == "open" and self.who is not None
        shown = mine and case.state != "destroyed" and not self.oracle.locked(case)
        shown = shown and self.who is not None and self.who.name not in case.excluded
        return [*self.member(Action.ACTION_LIST), *([] if shown else [("not one's own", 404)])]  # type: ignore[list-item]

    # the consultation -----------------------------------------------------------------------------------

    def item(self, action: Action, **known: Any) -> list[Ask]:
        return [(action, self.oracle.facts_on_item(self.who, self.scene.item, **known))]

    def sitting(self, action: Action, **known: Any) -> list[Ask]:
        return [(action, self.oracle.facts_on_sitting(self.who, self.scene.sitting, **known))]

    def tables_free_case(self) -> int | None:
        """A case that is on no agenda yet goes on one by its own desk alone; of others' it is not said whether it exists."""
        case, who = self.scene.free_case, self.who
        return None if case and self.oracle.on_file(who, case) is Standing.FILE else 400

    def plans(self, action: Action, **known: Any) -> list[Ask]:
        """Day and people of a meeting are its planner's and its chair's; another desk knows of it and no more (R4)."""
        who, sitting = self.who, self.scene.sitting
        if action is Action.MEETING_CHANGE and sitting.minutes == "approved":
            known["state"] = "approved"
        facts = self.oracle.facts_on_sitting(who, sitting, **known)
        if (
            facts.standing is Standing.FILE
            and who
            and who.town != sitting.town
            and not self.oracle.chairs(who, sitting)
        ):
            facts = replace(facts, standing=Standing.INVITED)
        return [(action, facts)]

    def planning(self, action: Action) -> list[Ask]:
        """The form of it: offered to who may do it."""
        ((_, facts),) = self.plans(action, notice_days=0, notice_required=0, notice_agreed=0)
        assert not isinstance(facts, int)
        return [
            (action, facts if facts.standing is Standing.FILE else replace(facts, standing=Standing.NONE))
        ]

    def carries(self, action: Action) -> list[Ask]:
        return self.item(action)  # every sitting here that is over discussed its items

    def has_drafts(self) -> int | None:
        who, items = self.who, self.scene.sitting.items
        own = [i for i in items if who and self.oracle.tables(who, i) and not self.oracle.locked(i.case)]
        return None if any(a.state == "draft" for i in own for a in i.invited.values()) else 409

    def takes_back(self, action: Action) -> list[Ask]:
        oracle, item, asked = self.oracle, self.scene.item, self.scene.invitation
        standing = oracle.at_item(self.who, item)
        writes = self.who is not None and oracle.takes_minutes(self.who, item.sitting)
        seen = same(asked.who, self.who) or (writes and standing > Standing.NONE)
        if standing is not Standing.FILE and not seen:
            standing = Standing.NONE
        over = action is Action.INVITATION_WITHDRAW and item.sitting.state not in {"convened", "inSession"}
        return [
            (
                action,
                oracle.facts(standing, state="over" if over else asked.state, locks_on=item.case.locks_on),
            )
        ]

    def sits_there(self) -> int | None:
        return 409 if self.scene.invitation.who.name in self.scene.item.present else None

    def tables_something(self) -> int | None:
        who = self.who
        own = any(who and self.oracle.tables(who, i) for i in self.scene.sitting.items)
        return None if own else 409

    def agenda(self, *, reason: bool = False) -> list[Ask]:
        """The meeting first, then the items named in it; after the sitting the desk sees its own by reference."""
        oracle, sitting, who = self.oracle, self.scene.sitting, self.who
        shown = [i for i in sitting.items if who is not None and oracle.in_sight(who, i)]
        at = {i.id: oracle.at_item(who, i) for i in shown}
        standing = max([oracle.on_sitting(who, sitting), *at.values()])
        asks: list[Ask] = [(Action.MEETING_READ, oracle.facts(standing, state=sitting.state))]
        over = self.now > sitting.window_until
        named = [i for i in shown if reason or not over or at[i.id] is not Standing.FILE]
        if named and who is not None:
            weakest = min(at[i.id] for i in named)
            until = UNBOUND if weakest is Standing.FILE else oracle.window(who, sitting)
            asks.append((Action.AGENDA_ITEM_READ, oracle.facts(
                weakest, state=sitting.state, window_until=until, access_reason=True,
                locks_on=min(i.case.locks_on for i in named),
            )))  # fmt: skip
        return asks

    def writes(self, action: Action, *, minutes: bool = False, **further: Any) -> list[Ask]:
        """The record of an item is kept by its own desk and by the named secretary (R4, R67)."""
        oracle, item, who = self.oracle, self.scene.item, self.who
        standing = oracle.at_item(who, item)
        if standing is Standing.ATTENDING and who and not oracle.takes_minutes(who, item.sitting):
            standing = Standing.INVITED
        known = ({"state": item.sitting.minutes or "notSat"} if minutes else {}) | further
        return [(action, oracle.facts_on_item(who, item, standing=standing, **known))]

    def sends(self, action: Action) -> list[Ask]:
        oracle, item, asked = self.oracle, self.scene.item, self.scene.invitation
        standing = oracle.at_item(self.who, item)
        if (
            standing is not Standing.FILE
            and not same(asked.who, self.who)
            and not (self.who and standing > Standing.NONE and oracle.takes_minutes(self.who, item.sitting))
        ):
            standing = Standing.NONE  # somebody else's invitation is not there
        return [(action, oracle.facts(
            standing, state=asked.state, locks_on=item.case.locks_on, still_listed=item.case.state in OPEN_CASE,
            ground_stated=True, residual_reason=True, line_manager_addressed=True, child_reason=True, notice_days=99,
            notice_required=0, notice_agreed=0,
        ))]  # fmt: skip

    def frames(self) -> list[Ask]:
        """For somebody else: who holds the meeting may, nobody else."""
        holds = self.oracle.on_sitting(self.who, self.scene.sitting) is Standing.FILE
        return [
            (Action.FRAMEWORK_STATE, self.oracle.facts_on_sitting(self.who, self.scene.sitting, own=holds))
        ]

    def asks_before(self, action: Action) -> list[Ask]:
        """To one invited person, by the mayor or delegate whose item it is; somebody else's invitation is not there."""
        ((_, facts),) = self.sends(action)
        return [(action, replace(facts, state=self.scene.sitting.state))]  # type: ignore[type-var]

    def in_the_room(self, action: Action) -> list[Ask]:
        """Who keeps the record of an item: of its desk who is recorded present. What opens there stands in its file."""
        case, sitting = self.scene.item.case, self.scene.sitting
        state = sitting.state if case.state in OPEN_CASE else case.state
        ((_, facts),) = self.writes(action, state=state, recording_basis=True)
        standing = facts.standing  # type: ignore[union-attr]
        if standing is Standing.FILE and not (self.who and self.who.name in self.scene.item.present):
            return [(action, replace(facts, standing=Standing.INVITED))]  # type: ignore[type-var]
        return [(action, facts)]  # type: ignore[list-item]

    def asking_page(self) -> list[Ask]:
        """The board first; the form for somebody invited who was not asked yet, by who may ask."""
        asked, sitting = self.scene.invitation, self.scene.sitting
        board = self.item(Action.CONTRIBUTION_BOARD_READ)
        if asked.state == "draft":
            return [*board, ("not on the board", 404)]  # type: ignore[list-item]
        del sitting
        return [*board, *self.offered(self.item(Action.CONTRIBUTION_REQUEST_SEND))]

    def prints(self) -> list[Ask]:
        """The agenda on paper, for who holds the meeting."""
        return [(Action.MEETING_PRINT, self.oracle.facts_on_sitting(self.who, self.scene.sitting))]

    def prints_invitation(self, action: Action) -> list[Ask]:
        """A letter, by the desk whose file it comes from; to everybody else the invitation is not there."""
        item, asked = self.scene.item, self.scene.invitation
        if self.oracle.at_item(self.who, item) is not Standing.FILE or asked not in item.invited.values():
            return [(action, self.oracle.facts(Standing.NONE))]
        return [(action, self.oracle.facts_on_item(self.who, item, state=asked.state))]

    def prints_minutes(self) -> list[Ask]:
        """Approved minutes on paper: one's own file; an extract only where the agreement lets it leave the screen."""
        oracle, sitting, who = self.oracle, self.scene.sitting, self.who
        rows = [i for i in sitting.items if who is not None and oracle.reads_minutes(who, i) and i.minuted]
        own = any(who is not None and oracle.keeps(who, i.case.town) for i in rows)
        return [(Action.MINUTES_PRINT, oracle.facts(
            Standing.FILE if own else Standing.ATTENDING, state=sitting.minutes if rows else None, download_allowed=own,
            own_file_basis=own,
        ))]  # fmt: skip

    def answers(self, action: Action) -> list[Ask]:
        asked, item = self.scene.invitation, self.scene.item
        who, sitting = self.who, item.sitting
        if (
            who is None
            or not same(asked.who, who)
            or asked.state == "draft"
            or who.name in item.case.excluded
        ):
            return [(action, self.oracle.facts(Standing.NONE))]
        if not self.oracle.seated(
            who, sitting.cell
        ):  # an invitation is of who has a seat; others have none to see
            return [(action, self.oracle.facts(Standing.NONE))]
        state = asked.state if sitting.state == "convened" else sitting.state
        return [(action, self.oracle.facts(
            Standing.PART, state=state, own=True, refusal_reason=True, care_relation=True
        ))]  # fmt: skip

    def answer_page(self) -> list[Ask]:
        asked, item, who = self.scene.invitation, self.scene.item, self.who
        mine = who is not None and same(asked.who, who) and asked.state != "draft"
        mine = mine and who is not None and who.name not in item.case.excluded
        here = mine and who is not None and self.role is not None and who.cell == item.sitting.cell
        opens = item.sitting.state == "convened" and asked.state in sources(Action.INVITATION_ANSWER)
        return [
            *self.own_cell(Action.INVITATION_LIST),
            *([] if here else [("not one's own", 404)]),  # type: ignore[list-item]
            *self.only_if(opens),
        ]

    def briefs(self, action: Action, **known: Any) -> list[Ask]:
        """For who was asked and did not decline: while the item or the minutes of it are in sight (R19, R36, R68)."""
        oracle, asked, item, who = self.oracle, self.scene.invitation, self.scene.item, self.who
        if who is None or not same(asked.who, who) or asked.state not in {"sent", "accepted", "attended"}:
            return [(action, oracle.facts(Standing.NONE))]
        sitting, standing, until = item.sitting, oracle.at_item(who, item), oracle.window(who, item.sitting)
        ends = sitting.extract_until if sitting.minutes == "approved" else sitting.remarks_until
        read = sitting.minutes in {"submitted", "approved"} and who.name in item.present and ends is not None
        if read and ends is not None and self.now <= ends and oracle.reads_minutes(who, item):
            until = max(until, ends)
            standing = Standing.ATTENDING if Standing.NONE <= standing <= Standing.INVITED else standing
        return [(action, oracle.facts_on_item(
            who, item, standing=standing, window_until=until, own=True, briefing_known=asked.regime == "frenchCommunity", **known
        ))]  # fmt: skip

    def desk_at_item(self, action: Action) -> list[Ask]:
        item = self.scene.item
        if self.oracle.at_item(self.who, item) is not Standing.FILE:
            return [(action, self.oracle.facts(Standing.NONE))]
        known = {
            "ground_stated": True,
            "residual_reason": True,
            "line_manager_addressed": True,
            "child_reason": True,
        }
        return [(action, self.oracle.facts_on_item(self.who, item, **known))]

    def keeps_record(self, action: Action) -> list[Ask]:
        standing = self.oracle.at_item(self.who, self.scene.item)
        writer = standing is Standing.FILE or (standing is Standing.ATTENDING and self.role == "secretary")
        at = Standing.ATTENDING if writer else Standing.INVITED
        return [(action, self.oracle.facts(at, state=self.scene.sitting.state, still_listed=True))]

    def may_speak(self, action: Action) -> list[Ask]:
        standing = self.oracle.at_item(self.who, self.scene.item)
        role = Role(self.role) if self.role else None
        speaks = role in POLICY[action].roles and standing >= Standing.ATTENDING
        if self.role == "delegate" and self.who:
            speaks = speaks and within(action, frozenset(self.who.scope or ()))
        speaks = speaks and self.scene.sitting.state == "inSession"
        lists = self.own_cell(Action.PERSON_LIST) if standing is Standing.FILE or role is Role.SECRETARY else []  # fmt: skip
        return [*self.only_if(speaks), *lists]

    # minutes --------------------------------------------------------------------------------------------

    def minutes(self, action: Action, *, reason: bool = True) -> list[Ask]:
        oracle, sitting, who = self.oracle, self.scene.sitting, self.who
        if sitting.minutes is None or who is None:
            return [(action, oracle.facts(Standing.NONE))]
        rows = [i for i in sitting.items if oracle.reads_minutes(who, i)]
        holds = oracle.on_sitting(who, sitting)
        standing = max(holds, Standing.ATTENDING if rows else Standing.NONE)
        ends = sitting.extract_until if sitting.minutes == "approved" else sitting.remarks_until
        until = UNBOUND if holds is Standing.FILE else ends
        filed = sitting.minutes == "approved" and self.now > sitting.window_until
        filed = filed and any(oracle.keeps(who, i.case.town) for i in rows)
        locks = None
        if not rows and self.role in KEEPERS:
            own = [i.case.locks_on for i in sitting.items
                   if i.case.town == who.town and who.name not in i.case.excluded and i.case.state != "destroyed"]  # fmt: skip
            locks = min(own, default=None)
        from app.rules.facts import NEVER

        return [(action, oracle.facts(
            standing, state=sitting.minutes, window_until=until, access_reason=reason or not filed,
            locks_on=locks or NEVER,
        ))]  # fmt: skip

    def whole_minutes(self, action: Action, **further: Any) -> list[Ask]:
        oracle, sitting, who = self.oracle, self.scene.sitting, self.who
        over = sitting.state == "closed" and oracle.on_sitting(who, sitting) is Standing.FILE
        state = sitting.minutes if over and sitting.minutes else "notSat"
        own = who is not None and oracle.chairs(who, sitting)
        return [(action, oracle.facts_on_sitting(who, sitting, state=state, own=own, **further))]

    def remarks(self, action: Action) -> list[Ask]:
        oracle, item, who = self.oracle, self.scene.item, self.who
        there = who is not None and oracle.reads_minutes(who, item, file=False)
        return [(action, oracle.facts(
            Standing.ATTENDING if there else Standing.NONE, state=item.sitting.minutes,
            window_until=item.sitting.remarks_until,
        ))]  # fmt: skip

    def assents(self, action: Action) -> list[Ask]:
        item, who = self.scene.item, self.who
        if who is not None and who.name in item.present:
            return self.remarks(action)
        return [(action, self.oracle.facts(Standing.NONE))]

    def remarks_over(self) -> bool:
        """Nobody assented in the world of the proofs: what is left is that the days are over."""
        until = self.scene.sitting.remarks_until
        return until is not None and until <= self.now

    def may_remark(self) -> bool:
        sitting, role = self.scene.sitting, self.role
        seated = (
            role is not None and Role(role) in POLICY[Action.MINUTES_REMARK].roles and role not in KEEPERS
        )
        within_time = sitting.remarks_until is not None and self.now <= sitting.remarks_until
        return sitting.minutes == "submitted" and seated and within_time


__all__ = ["Asking", "Scene", "always"]
