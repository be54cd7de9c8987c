"""Scenes: a case in one state with everything a file and a table can hold; and asking for something in one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from authenticator import Authenticator, b64

from app.rules.actions import Action
from app.rules.conditions import Condition
from app.rules.delegation import within
from app.rules.facts import Facts, Standing
from app.rules.lifecycle import sources
from app.rules.policy import POLICY, Outcome, decide
from app.rules.roles import Role

from .oracle import KEEPERS, UNBOUND, Oracle
from .world import CHALLENGE, Act, Asked, File, Item, Regaining, Said, Signal, Sitting, Somebody, World, same

Ask = tuple[Action, Facts] | tuple[str, int]
STATUS = {Outcome.HIDE: 404, Outcome.REFUSE: 403, Outcome.CONFLICT: 409}


@dataclass(repr=False)
class Scene:
    """One case, one sitting with it on the agenda, and one thing of each kind to ask for."""

    name: str
    case: File
    item: Item
    said: Said
    act: Act | None
    signal: Signal
    invitation: Asked
    discussed_at: UUID
    free_sitting: UUID
    guest: str
    uninvited: str
    regaining: Regaining | None = None
    """A recovery under way."""

    @property
    def sitting(self) -> Sitting:
        return self.item.sitting


def always(status: int) -> Callable[[Asking], list[Ask]]:
    """For what is answered alike to everybody."""
    return lambda _: [("always", status)]


@dataclass
class Asking:
    """Who asks, in which scene. Its methods give what the rules are asked, with facts of the oracle's own."""

    oracle: Oracle
    who: Somebody | None
    scene: Scene
    strange: bool = False
    """Whether every id is one that nothing has."""
    ids: dict[str, UUID] = field(default_factory=dict)

    nothing = Standing.NONE

    @property
    def world(self) -> World:
        return self.oracle.world

    @property
    def now(self) -> datetime:
        return self.oracle.now

    @property
    def role(self) -> str | None:
        return self.oracle.role(self.who) if self.who else None

    # ids ------------------------------------------------------------------------------------------------

    def id(self, name: str) -> str:
        """Give the id a route or a body asks for by its name on the wire."""
        if self.strange:
            return str(self.ids.setdefault(name, uuid4()))
        s = self.scene
        found = {
            "caseId": s.case.id, "meetingId": s.sitting.id, "agendaItemId": s.item.id, "statementId": s.said.id,
            "actionId": s.act.id if s.act else UUID(int=7), "registrationId": s.signal.id,
            "invitationId": s.invitation.id, "recoveryId": s.regaining.id if s.regaining else UUID(int=8),
            "attachmentId": UUID(int=9), "breakGlassId": UUID(int=10), "federatedIdentityId": UUID(int=11),
            "agencyId": self.agency,
        }  # fmt: skip
        return str(found[name])

    def path(self, template: str) -> str:
        """Fill in a path's ids."""
        others = {
            "sessionId": lambda: self.session, "passkeyId": lambda: self.who.passkey if self.who else uuid4(),
            "personId": lambda: self.person("frenchYouth"), "mandateId": lambda: self.world.cast.mandates["clb"],
            "cellId": self.cell, "listName": lambda: "phenomena", "code": lambda: "nl", "form": lambda: "csv",
        }  # fmt: skip
        return re.sub(r"{(\w+)}", lambda m: str(others[m[1]]() if m[1] in others else self.id(m[1])), template)  # fmt: skip

    def person(self, name: str) -> str:
        if self.scene.case.cell == "zone":
            name = {
                "coordinator": "zoneCoordinatorD", "participant": "zoneSchool", "caseManager": "zoneManager",
                "clb": "zonePolice",
            }.get(name, name)  # fmt: skip
        found = self.world.people.get(name) or next(iter(self.world.people.values()))
        return str(found.person)

    @property
    def session(self) -> str:
        return str(self.who.session if self.who else uuid4())

    @property
    def code(self) -> str:
        return self.world.code(self.who) if self.who else "000000"

    def new_passkey(self) -> dict[str, Any]:
        """Make a passkey as a browser does, for the challenge that every session holds."""
        return Authenticator().create({"challenge": b64(CHALLENGE)})

    @property
    def mandate(self) -> str:
        return str(self.who.mandate if self.who and self.who.mandate else uuid4())

    @property
    def agency(self) -> str:
        return str(self.world.cast.agencies["ocmw"])

    def cell(self, letter: str | None = None) -> str:
        return str(self.world.cast.cells[letter or self.scene.case.cell])

    def town(self) -> str:
        return str(self.world.cast.towns[self.scene.case.town])

    @property
    def lone_town(self) -> str:
        return str(self.world.cast.towns.get("X", uuid4()))

    @property
    def table(self) -> str:
        return str(self.world.cast.tables[self.scene.case.cell])

    @property
    def ground(self) -> str:
        return "noIndications"

    # asking ---------------------------------------------------------------------------------------------

    def expected(self, asks: list[Ask], then: int | None, unproven: int = 409) -> int:
        """Give the class of answer: the first no, else *then*, else success (200); *unproven*: proof is wanted anew."""
        actor = self.oracle.actor(self.who)
        for action, facts in asks:
            if not isinstance(action, Action):
                return int(facts)  # type: ignore[call-overload]
            assert isinstance(facts, Facts)
            decision = decide(actor, action, facts)
            if decision.condition is Condition.RECENTLY_CONFIRMED:
                return unproven
            if decision.outcome is not Outcome.ALLOW:
                return STATUS[decision.outcome]
        return then or 200

    def at_json(self, line: Any) -> int:
        """Give the class of answer of a line at the JSON door: who is not signed in, or left it alone, is told that."""
        if (self.who is None and not line.open) or (
            self.who is not None and self.who.idle and not line.locked
        ):
            return 401
        return self.expected(line.asks(self), line.then(self) if line.then else None)

    def at_page(self, line: Any) -> int:
        """Give it at the page door: it sends people to the step that comes first (sign in, unlock, confirm)."""
        wanted = self.expected(line.asks(self), None, unproven=303)
        if line.open and line.locked:
            return wanted
        if self.who is None or self.who.idle:
            return 303
        if not line.open and not self.oracle.sworn(self.who):
            return 303
        return 303 if wanted == 200 and line.grave and not self.who.confirmed else wanted

    def allowed(self, line: Any, *, page: bool = False) -> bool:
        """Tell whether a line is answered with yes to somebody who has taken every step that comes first."""
        if self.who is None or not self.oracle.sworn(self.who):
            return False
        return (self.at_page(line) if page else self.at_json(line)) == 200

    def allows(self, action: Action, facts: Facts) -> bool:
        """Tell whether this may be offered: to confirm anew is a step on the way, not a right."""
        actor = replace(self.oracle.actor(self.who), recently_confirmed=True)
        return decide(actor, action, facts).outcome is Outcome.ALLOW

    def offered(self, asks: list[Ask]) -> list[Ask]:
        """A form that is shown only to who may send it: any no is a 409."""
        return self.only_if(all(self.allows(*ask) for ask in asks))  # type: ignore[arg-type]

    def only_if(self, claim: bool) -> list[Ask]:
        return [] if claim else [("not now", 409)]

    # oneself, cells, towns ------------------------------------------------------------------------------

    def oneself(self, action: Action) -> list[Ask]:
        standing = Standing.FILE if self.who else Standing.NONE
        return [(action, self.oracle.facts(standing, own=True, state="active"))]

    def own_cell(self, action: Action, **known: Any) -> list[Ask]:
        facts = self.oracle.facts_on_cell(self.who, self.who.cell if self.who else None)
        return [(action, replace(facts, **known))]

    def regaining(self, action: Action) -> list[Ask]:
        return [(action, self.oracle.facts_on_regaining(self.who, self.scene.regaining))]

    def agreeing_page(self) -> list[Ask]:
        """The list of recoveries first; of those in it, the page is there for who may agree."""
        asks = self.own_cell(Action.RECOVERY_LIST)
        (wanted,) = self.regaining(Action.RECOVERY_APPROVE)
        return asks if self.allows(*wanted) else [*asks, ("not for this reader", 404)]  # type: ignore[arg-type]

    def proposes_for(self, name: str) -> int | None:
        """An administrator proposes for anybody, a coordinator for who takes part in their own cell."""
        whose = next(p for p in self.world.people.values() if str(p.person) == self.person(name))
        mine = self.who is not None and self.oracle.takes_part(whose, self.who.cell)
        return None if self.role == "administrator" or mine else 404

    @property
    def regained(self) -> bool:
        return self.scene.regaining is not None and self.scene.regaining.state == "agreed"

    @property
    def username(self) -> str:
        """Give the name to sign in with of who a recovery is for."""
        of = self.scene.regaining
        return self.world.username(of.whose) if of and not self.strange else "nobody.here"

    def is_for(self, action: Action) -> list[Ask]:
        """A page for who has the role, and for a delegate within whose scope it is."""
        role = Role(self.role) if self.role else None
        mine = role in POLICY[action].roles
        if role is Role.DELEGATE and self.who:
            mine = mine and within(action, frozenset(self.who.scope or ()))
        return [] if mine else [("not for this role", 403)]

    def proof_page(self, *, locked: bool) -> list[Ask]:
        """The lock is for a locked session, confirming for one that is open and not fresh; others go on."""
        who = self.who
        shown = who is not None and (who.idle if locked else not who.idle and not who.confirmed)
        return [("always", 200 if shown else 303)]

    def any_cell(self, action: Action) -> list[Ask]:
        return [(action, self.oracle.facts_on_cell(self.who, "nowhere"))]

    def cell_of_scene(self, action: Action) -> list[Ask]:
        return [(action, self.oracle.facts_on_cell(self.who, self.scene.case.cell))]

    def own_town(self, action: Action, **known: Any) -> list[Ask]:
        town, cell = (self.who.town, self.who.cell) if self.who else (None, None)
        return [(action, self.oracle.facts_on_town(self.who, town, cell, **known))]

    def town_of_scene(self, action: Action, **known: Any) -> list[Ask]:
        cell = self.scene.case.cell
        shared = cell if self.who and self.who.cell == cell and self.role else None
        return [(action, self.oracle.facts_on_town(self.who, self.scene.case.town, shared, **known))]

    def swept(self, action: Action) -> list[Ask]:
        here = self.role is not None and self.who is not None and self.who.town == self.scene.case.town
        return [(action, self.oracle.facts(Standing.PART if here else Standing.NONE))]

    def swept_page(self) -> list[Ask]:
        """The page sweeps one's own municipality; without one there is nothing to preview."""
        if self.role is None or self.who is None or self.who.town is None:
            return [("no municipality", 404)]
        return [(Action.SWEEP_PREVIEW, self.oracle.facts(Standing.PART))]

    def member(self, action: Action) -> list[Ask]:
        inside = self.role is not None and self.who is not None and self.who.cell is not None
        return [(action, self.oracle.facts(Standing.PART if inside else Standing.NONE))]

    def agreement_page(self) -> list[Ask]:
        if self.role == "administrator":
            return [("no cell of their own", 404)]
        return [*self.own_cell(Action.CELL_LIST), *self.own_cell(Action.AGREEMENT_READ)]

    # intake ---------------------------------------------------------------------------------------------

    def signal(self, action: Action, **known: Any) -> list[Ask]:
        return [(action, self.oracle.facts_on_signal(self.who, self.scene.signal, **known))]

    def weighs(self, action: Action, **known: Any) -> list[Ask]:
        """What the page offers on a registration: to the desk, on one that is no case yet."""
        if self.scene.signal.case is not None:
            return [(action, self.oracle.facts(Standing.PART))]
        return self.signal(action, **known)

    # the file -------------------------------------------------------------------------------------------

    def file(self, action: Action, **known: Any) -> list[Ask]:
        return [(action, self.oracle.facts_on_file(self.who, self.scene.case, **known))]

    def anything_of_it(self, action: Action) -> list[Ask]:
        """For who can see the case now, by file, by part or by agenda."""
        who, case, oracle = self.who, self.scene.case, self.oracle
        standing = oracle.on_file(who, case)
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
        return [(action, oracle.facts_on_file(self.who, said.case, standing=standing, **known))]

    def plan(self, action: Action) -> list[Ask]:
        case = self.scene.case
        if case.trajectory is None:
            return [(action, self.oracle.facts(Standing.NONE))]
        standing = self.oracle.on_file(self.who, case)
        if standing is Standing.PART and self.who and not self.oracle.manages(self.who, case):
            standing = Standing.NONE  # owning an action of a case is not following it
        return [(action, self.oracle.facts_on_file(self.who, case, standing=standing))]

    def managed(self, action: Action) -> list[Ask]:
        case = self.scene.case
        standing = self.oracle.on_file(self.who, case)
        if self.role == "caseManager" and self.who and not self.oracle.manages(self.who, case):
            standing = Standing.NONE
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
            standing, state=asked.state, locks_on=item.case.locks_on, ground_stated=True, residual_reason=True,
            line_manager_addressed=True, notice_days=99, notice_required=0,
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
        if self.role is None or who.cell != sitting.cell:
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

    def desk_at_item(self, action: Action) -> list[Ask]:
        item = self.scene.item
        if self.oracle.at_item(self.who, item) is not Standing.FILE:
            return [(action, self.oracle.facts(Standing.NONE))]
        known = {"ground_stated": True, "residual_reason": True, "line_manager_addressed": True}
        return [(action, self.oracle.facts_on_item(self.who, item, **known))]

    def keeps_record(self, action: Action) -> list[Ask]:
        standing = self.oracle.at_item(self.who, self.scene.item)
        writer = standing is Standing.FILE or (standing is Standing.ATTENDING and self.role == "secretary")
        at = Standing.ATTENDING if writer else Standing.INVITED
        return [(action, self.oracle.facts(at, state=self.scene.sitting.state))]

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

    def may_remark(self) -> bool:
        sitting, role = self.scene.sitting, self.role
        seated = (
            role is not None and Role(role) in POLICY[Action.MINUTES_REMARK].roles and role not in KEEPERS
        )
        within_time = sitting.remarks_until is not None and self.now <= sitting.remarks_until
        return sitting.minutes == "submitted" and seated and within_time


PHASES: dict[str, dict[str, Any]] = {
    "draft": {"state": "draft", "starts": timedelta(days=20)},
    "convened": {"state": "convened", "starts": timedelta(days=20)},
    "lateInvitation": {"state": "convened", "starts": timedelta(days=20)},
    "inSession": {"state": "inSession", "starts": timedelta(hours=-1), "minutes": "draft"},
    "justClosed": {"state": "closed", "starts": timedelta(hours=-3), "minutes": "draft"},
    "writing": {"state": "closed", "starts": timedelta(days=-3), "minutes": "draft"},
    "submitted": {"state": "closed", "starts": timedelta(days=-3), "minutes": "submitted", "remarks": timedelta(days=4)},
    "approved": {
        "state": "closed", "starts": timedelta(days=-10), "minutes": "approved", "remarks": timedelta(days=-2),
        "extract": timedelta(days=9),
    },
    "filed": {
        "state": "closed", "starts": timedelta(days=-60), "minutes": "approved", "remarks": timedelta(days=-40),
        "extract": timedelta(days=-20),
    },
    "neverApproved": {"state": "closed", "starts": timedelta(days=-50), "minutes": "submitted", "remarks": timedelta(days=-40)},
}  # fmt: skip
"""Phases of a consultation, told from now."""

CASE_STATES = (
    "listed", "underDiscussion", "inTrajectory", "monitored", "closureProposed", "closed", "locked", "shredOrdered",
)  # fmt: skip
"""`destroyed` is a scene too: its rows are gone, and only the certificate is left."""
WITH_PLAN = {"inTrajectory", "monitored", "closureProposed", "closed", "locked", "shredOrdered"}
SIGNAL_STATES = ("received", "inScreening", "moreInformationWanted", "notListed", "passedToPolice")
