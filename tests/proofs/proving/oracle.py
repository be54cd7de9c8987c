"""Who may know what, said a second time: from domain.md section 3 and the rules R4, R9, R10, R18, R19, R67, R68, R90.

Nothing here asks the application, its queries or its database functions. It knows the world because the proof made
it, and it knows `decide`, whose table is proven elsewhere (tests/rules).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.rules.actions import Action
from app.rules.delegation import within
from app.rules.facts import NEVER, Actor, Facts, Standing
from app.rules.lifecycle import OPEN_CASE
from app.rules.policy import POLICY
from app.rules.roles import Role

from . import emergencies
from .things import File, Item, Mark, Regaining, Signal, Sitting, Somebody, same
from .world import World

KEEPERS = {"mayor", "delegate", "coordinator"}
SEATED = KEEPERS | {"policeMember", "informationOfficer", "participant", "secretary", "caseManager"}
CLEARED = {"policeMember", "informationOfficer"}
A_MONTH = timedelta(days=31)
UNBOUND = datetime.max.replace(tzinfo=UTC)
FOR_GOOD = {"convened", "inSession", "closed"}


def day_of(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo("Europe/Brussels")).date()


class Oracle:
    """One world at one moment."""

    def __init__(self, world: World, now: datetime) -> None:
        self.world, self.now, self.today = world, now, day_of(now)

    # who acts -------------------------------------------------------------------------------------------

    def role(self, who: Somebody) -> str | None:
        """Give the role acted in today: a mandate holds until midnight of its last day (R9, R14)."""
        if who.mandate is None or who.starts_on > self.today:
            return None
        return None if who.ends_on is not None and who.ends_on < self.today else who.role

    def actor(self, who: Somebody | None) -> Actor:
        if who is None:
            return Actor()
        role, cast = self.role(who), self.world.cast
        return Actor(
            person_id=who.person,
            mandate_id=who.mandate,
            role=Role(role) if role else None,
            cell_id=cast.cells.get(who.cell or "") if role else None,
            municipality_id=cast.towns.get(who.town or "") if role else None,
            second_factor=True,
            recently_confirmed=who.confirmed,
            undertaking_until=who.sworn_until,
            clearance_until=who.clearance_until,
            delegation=frozenset(who.scope) if who.scope is not None else None,
        )

    def keeps(self, who: Somebody, town: str) -> bool:
        return self.role(who) in KEEPERS and who.town == town

    def seated(self, who: Somebody, cell: str) -> bool:
        return self.role(who) in SEATED and who.cell == cell

    def sworn(self, who: Somebody) -> bool:
        return who.sworn_until >= self.today

    # the file -------------------------------------------------------------------------------------------

    def locked(self, case: File) -> bool:
        return case.locks_on <= self.today

    def on_file(self, who: Somebody | None, case: File) -> Standing:
        if who is None or case.state == "destroyed":
            return Standing.NONE
        if who.name in case.excluded:
            return Standing.EXCLUDED
        if self.keeps(who, case.town):
            return Standing.FILE
        manages = self.role(who) == "caseManager" and same(case.manager, who)
        owns = self.role(who) in SEATED and any(
            same(a.owner, who) and a.state == "open" for a in case.actions
        )
        return Standing.PART if who.cell == case.cell and (manages or owns) else Standing.NONE

    def manages(self, who: Somebody, case: File) -> bool:
        return self.role(who) == "caseManager" and same(case.manager, who) and who.cell == case.cell

    # the table ------------------------------------------------------------------------------------------

    def chairs(self, who: Somebody, sitting: Sitting) -> bool:
        return sitting.chair.person == who.person

    def takes_minutes(self, who: Somebody, sitting: Sitting) -> bool:
        """Tell whether somebody is the named secretary, until the minutes are approved, a month at most (R67)."""
        named = sitting.secretary is not None and sitting.secretary.person == who.person
        return (
            named and self.role(who) == "secretary" and who.cell == sitting.cell and sitting.state in FOR_GOOD
            and sitting.extract_until is None and self.now <= sitting.ends_at + A_MONTH
        )  # fmt: skip

    def window(self, who: Somebody, sitting: Sitting) -> datetime:
        finishes = sitting.extract_until is None and self.chairs(who, sitting)
        if finishes or self.takes_minutes(who, sitting):
            return max(sitting.window_until, sitting.ends_at + A_MONTH)
        return sitting.window_until

    def at_item(self, who: Somebody | None, item: Item) -> Standing:
        """Give standing by agenda: invited, attending, file (R18, R19, R62)."""
        sitting, case = item.sitting, item.case
        if who is None or case.state == "destroyed" or item not in sitting.items:
            return Standing.NONE
        if who.name in case.excluded:
            return Standing.EXCLUDED
        if self.keeps(who, case.town):
            return Standing.FILE
        if self.locked(case) or not self.seated(who, sitting.cell):
            return Standing.NONE
        found = Standing.NONE
        if self.takes_minutes(who, sitting):
            writes = sitting.state == "inSession" or (
                sitting.state == "closed" and sitting.minutes == "draft"
            )
            found = Standing.ATTENDING if writes else Standing.INVITED
        open_until = (
            max(sitting.window_until, sitting.ends_at + A_MONTH)
            if self.chairs(who, sitting) and sitting.extract_until is None
            else sitting.window_until
        )
        if self.now <= open_until:
            asked = item.invited.get(who.name)
            if who.name in item.present and sitting.state in {"inSession", "closed"}:
                found = Standing.ATTENDING
            elif asked and asked.state in {"sent", "accepted", "attended"} and sitting.state in FOR_GOOD:
                found = max(found, Standing.INVITED)
        return found

    def police_were_there(self, who: Somebody | None, item: Item) -> bool:
        """Tell whether a member of the police was recorded present, for a month after the sitting (R62, R78)."""
        sitting, case = item.sitting, item.case
        return (
            who is not None and self.role(who) in CLEARED and who.cell == sitting.cell and who.name in item.present
            and sitting.state in {"inSession", "closed"} and self.now <= sitting.ends_at + A_MONTH
            and item in sitting.items and case.state != "destroyed" and not case.shred and not self.locked(case)
            and who.name not in case.excluded
        )  # fmt: skip

    def in_sight(self, who: Somebody, item: Item) -> bool:
        return self.at_item(who, item) > Standing.NONE and not self.locked(item.case)

    def on_sitting(self, who: Somebody | None, sitting: Sitting) -> Standing:
        """Give standing on the meeting itself, which holds nothing of any person (R4)."""
        if who is None or self.role(who) is None or who.cell != sitting.cell:
            return Standing.NONE
        named = sitting.secretary is not None and sitting.secretary.person == who.person
        if named and self.role(who) in {"secretary", "coordinator"}:
            return Standing.FILE
        if self.role(who) not in KEEPERS or who.town is None:
            return Standing.NONE
        tables = any(self.tables(who, i) for i in sitting.items)
        if sitting.town == who.town or self.chairs(who, sitting) or tables:
            return Standing.FILE
        return Standing.INVITED if sitting.state in {"draft", "convened"} else Standing.NONE

    def tables(self, who: Somebody, item: Item) -> bool:
        """Tell whether an item is one that this person's town has on the agenda, as far as they may know."""
        case = item.case
        return case.town == who.town and who.name not in case.excluded

    def reads_extract(self, who: Somebody, item: Item) -> bool:
        """Tell whether somebody who was there may read the minutes of an item (R67, R68)."""
        sitting = item.sitting
        if not self.seated(who, sitting.cell) or who.name not in item.present or sitting.minutes is None:
            return False
        if sitting.minutes == "submitted" and sitting.remarks_until and self.now <= sitting.remarks_until:
            return True
        if sitting.minutes == "approved":
            return sitting.extract_until is not None and self.now <= sitting.extract_until
        return self.chairs(who, sitting) and self.now <= sitting.ends_at + A_MONTH

    def reads_minutes(self, who: Somebody, item: Item, *, file: bool = True) -> bool:
        if item.sitting.minutes is None or who.name in item.case.excluded or item.case.state == "destroyed":
            return False
        if self.locked(item.case):
            return False
        mine = file and self.keeps(who, item.case.town)
        return mine or self.takes_minutes(who, item.sitting) or self.reads_extract(who, item)

    # intake ---------------------------------------------------------------------------------------------

    def on_signal(self, who: Somebody | None, signal: Signal) -> Standing:
        if who is None or signal.state == "erased":
            return Standing.NONE
        if signal.case and who.name in signal.case.excluded:
            return Standing.EXCLUDED
        if self.keeps(who, signal.town):
            return Standing.FILE
        return Standing.PART if same(signal.brought_by, who) else Standing.NONE

    # facts ----------------------------------------------------------------------------------------------

    def facts(self, standing: Standing, **known: Any) -> Facts:
        return Facts(standing=standing, now=self.now, today=self.today, **known)

    def facts_on_file(self, who: Somebody | None, case: File, **known: Any) -> Facts:
        standing = known.pop("standing", self.on_file(who, case))
        return self.facts(standing, state=case.state, due_on=case.due_on, locks_on=case.locks_on, **known)

    def facts_on_item(self, who: Somebody | None, item: Item, **known: Any) -> Facts:
        standing = known.pop("standing", self.at_item(who, item))
        until = UNBOUND if standing is Standing.FILE or who is None else self.window(who, item.sitting)
        known = {"state": item.sitting.state, "window_until": until, "access_reason": True} | known
        known = {"still_listed": item.case.state in OPEN_CASE} | known
        return self.facts(standing, locks_on=item.case.locks_on, **known)

    def facts_on_sitting(self, who: Somebody | None, sitting: Sitting, **known: Any) -> Facts:
        standing = self.on_sitting(who, sitting)
        if who is not None and standing is Standing.NONE and any(self.in_sight(who, i) for i in sitting.items):  # fmt: skip
            standing = Standing.INVITED
        come = day_of(sitting.starts_at) <= self.today
        return self.facts(standing, **({"state": sitting.state, "day_come": come} | known))

    def facts_on_cell(self, who: Somebody | None, cell: str | None) -> Facts:
        role = self.role(who) if who else None
        if who and role == "administrator" and who.cell is None:
            return self.facts(Standing.PART)
        if who is None or role is None or who.cell is None or who.cell != cell:
            return self.facts(Standing.NONE)
        return self.facts(Standing.FILE if role in KEEPERS else Standing.PART)

    def facts_on_town(self, who: Somebody | None, town: str | None, cell: str | None, **known: Any) -> Facts:  # fmt: skip
        standing = Standing.NONE
        if who is not None and (role := self.role(who)) is not None:
            if cell is not None and who.cell == cell:
                standing = Standing.PART
            if who.town is not None and who.town == town:
                standing = Standing.FILE if role in KEEPERS else Standing.PART
        return self.facts(standing, **known)

    def facts_on_signal(self, who: Somebody | None, signal: Signal, **known: Any) -> Facts:
        standing = self.on_signal(who, signal)
        locks = signal.case.locks_on if signal.case and standing is Standing.FILE else NEVER
        own = who is not None and same(signal.brought_by, who)
        return self.facts(standing, state=signal.state, own=own, **({"locks_on": locks} | known))

    # getting in ------------------------------------------------------------------------------------------

    def facts_on_regaining(self, who: Somebody | None, of: Regaining | None) -> Facts:
        """Give facts on a recovery: there for the administrator, a coordinator of the person's cell, the person."""
        if who is None or of is None or not self._shown_regaining(who, of):
            return self.facts(Standing.NONE)
        there = self.facts_on_cell(who, who.cell).standing
        other = {"administrator": "coordinator", "coordinator": "administrator"}.get(self.role(who) or "")
        return self.facts(
            there, state=of.state, own=same(of.whose, who),
            counterpart=not same(of.proposed_by, who) and of.proposed_by.role == other,
        )  # fmt: skip

    def _shown_regaining(self, who: Somebody, of: Regaining) -> bool:
        if same(of.whose, who) or self.role(who) == "administrator":
            return True
        return self.role(who) == "coordinator" and self.takes_part(of.whose, who.cell)

    def takes_part(self, who: Somebody, cell: str | None) -> bool:
        """Tell whether somebody holds any mandate in a cell today."""
        held = [p for p in self.world.people.values() if same(p, who) and self.role(p) is not None]
        return cell is not None and any(p.cell == cell for p in held)

    # knowledge ------------------------------------------------------------------------------------------

    def may_know(self, who: Somebody | None, mark: Mark) -> bool:  # noqa: C901, PLR0911, PLR0912 — one line a kind
        """Tell whether this mark may stand in any answer to this person, now."""
        if who is None or who.idle or not self.sworn(who) or self.role(who) is None:
            return False
        kind, of = mark.kind, mark.of
        if kind == "certificate.reference":
            return who.town == of and self.role(who) in KEEPERS | {"dpo", "auditor"}
        if kind.startswith("identity."):
            return self.role(who) == "administrator" and of.state != "ended"
        if kind.startswith("signal."):
            return self._knows_signal(who, kind, of)
        case = self._case_of(of)
        if self._oversees(who, kind, case):
            return True
        if who.name in case.excluded:
            return False
        if kind.startswith("glass."):
            return emergencies.knows(self, who, of)
        if kind in {"case.id", "case.reference"} and any(
            emergencies.knows(self, who, g) for g in case.glasses
        ):
            return True
        if kind == "asked.id" and same(of[1].who, who) and of[1].state != "draft" and self.seated(who, case.cell):  # fmt: skip
            return True  # that one was asked, without of whom, until the row itself goes
        if case.state == "destroyed":
            return False
        if self.keeps(who, case.town) and within_scope(self, who):
            return self._desk_knows(who, kind, of, case)
        if emergencies.shows(self, who, kind, of, case):
            return True
        if kind.startswith(("case.", "item.", "asked.", "said.", "minuted.", "remark.", "plan.", "act.", "refusal")):  # fmt: skip
            return self._table_knows(who, kind, of, case)
        return False

    def _case_of(self, of: Any) -> File:
        first = of[0] if isinstance(of, tuple) else of
        return first if isinstance(first, File) else first.case

    def _oversees(self, who: Somebody, kind: str, case: File) -> bool:
        """The log holds ids, the retention calendar references; neither holds a word (R90, R106)."""
        if who.town != case.town or self.role(who) not in {"dpo", "auditor"}:
            return False
        if kind.endswith((".id", ".subject")):
            return True
        return kind == "case.reference" and self.role(who) == "dpo" and who.name not in case.excluded

    def _knows_signal(self, who: Somebody, kind: str, signal: Signal) -> bool:
        if signal.town == who.town and self.role(who) in {"dpo", "auditor"}:
            return kind == "signal.id" or (kind == "signal.reference" and self.role(who) == "dpo")
        standing = self.on_signal(who, signal)
        if standing <= Standing.NONE or self.role(who) not in SEATED:
            return False
        if kind != "signal.text":
            return True
        waits = self.role(who) == "coordinator" and signal.state == "received" and not same(signal.brought_by, who)  # fmt: skip
        return standing is Standing.FILE and not waits

    def _desk_knows(self, who: Somebody, kind: str, of: Any, case: File) -> bool:
        if kind in {"case.id", "case.reference", "item.id"}:  # that it waits, also once locked
            return True
        if kind == "asked.reason":
            return False  # nobody is shown it again
        if kind == "refusal":
            return self.role(who) in {"mayor", "delegate"} and not self.locked(case)  # R33
        return not self.locked(case) or (kind == "asked.id" and same(of[1].who, who))

    def _table_knows(self, who: Somebody, kind: str, of: Any, case: File) -> bool:  # noqa: C901, PLR0911, PLR0912 — one line a kind
        if self.locked(case):
            return False
        items = [i for s in self.world.sittings for i in s.items if i.case is case]
        if kind.startswith(("plan.", "act.")) or kind in {"case.id", "case.reference"}:
            if self.manages(who, case) and case.trajectory is not None:
                return True
            if kind.startswith("act.") and same(of.owner, who) and of.state == "open":
                return self.on_file(who, case) is Standing.PART
            if kind.startswith("case.") and self.on_file(who, case) is Standing.PART:
                return True
            if kind.startswith(("plan.", "act.")):
                return False
        seen = [i for i in items if self.cleared(who) and self.at_item(who, i) > Standing.NONE]
        read = [i for i in items if self.cleared(who) and self.reads_minutes(who, i, file=False)]
        there = [i for i in items if self.cleared(who) and self.police_were_there(who, i)]
        if kind in {"case.id", "case.reference"}:
            return bool(seen or read or there) or any(self.in_sight(who, i) for i in items)
        if kind == "case.name":
            return bool(seen)
        if kind == "item.id":
            return of in seen or of in read or of in there
        if kind == "item.text":
            return of in seen
        if kind == "asked.id":
            return of[0] in seen and self.takes_minutes(who, of[0].sitting)
        if kind.startswith("said."):
            return self._hears(who, of, seen)
        if kind.startswith("minuted."):
            return of in read
        if kind.startswith("remark."):
            return of[0] in read and (same(of[1], who) or self.takes_minutes(who, of[0].sitting))
        return False

    def _hears(self, who: Somebody, said: Any, seen: list[Item]) -> bool:
        if said.item is None or said.item not in seen:
            return False
        if same(said.contributor, who):
            return True
        return self.at_item(who, said.item) is Standing.ATTENDING and said.audience != "desk"

    def cleared(self, who: Somebody) -> bool:
        """Tell whether a police member's clearance holds today (R10); others need none."""
        held = who.clearance_until is not None and who.clearance_until >= self.today
        return self.role(who) not in CLEARED or held


def within_scope(oracle: Oracle, who: Somebody) -> bool:
    """Tell whether a keeper may read any file: a delegate only within an appointment that has any part (R9)."""
    if oracle.role(who) != "delegate":
        return True
    return bool(who.scope) and any(
        within(a, frozenset(who.scope or ())) for a in POLICY if a is not Action.MEETING_LIST
    )
