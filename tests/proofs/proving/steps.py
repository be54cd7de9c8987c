"""A scene, and asking for something in one: getting in, oneself, cells and towns, intake."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from authenticator import Authenticator, b64

from app.rules.actions import Action
from app.rules.conditions import Condition
from app.rules.delegation import within
from app.rules.facts import Facts, Standing
from app.rules.policy import POLICY, Outcome, decide
from app.rules.roles import MAYORAL, Role

from .oracle import Oracle
from .things import (
    CHALLENGE,
    Act,
    Asked,
    File,
    Glass,
    Item,
    Link,
    Paper,
    Policy,
    Regaining,
    Said,
    Signal,
    Sitting,
    Somebody,
    Third,
)
from .world import World

Ask = tuple[Action, Facts] | tuple[str, int]
POLICY_IDS = {
    "topic": "topic", "policyMeeting": "meeting", "agendaTopic": "item", "policyPlan": "plan", "goal": "goal",
    "measure": "measure",
}  # fmt: skip
"""What lies on the strategic table, by its name on the wire and by ours."""
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
    paper: Paper | None = None
    """A document in the file."""
    third: Third | None = None
    """A third person in the file."""
    glass: Glass | None = None
    """An emergency reading of the file, whatever became of it."""
    link: Link | None = None
    """Somebody's link at the provider of identities."""
    policy: Policy | None = None
    """What lies on the strategic table of a cell."""

    free_case: File | None = None
    """An open case of the same municipality that is not on the agenda."""

    @property
    def sitting(self) -> Sitting:
        return self.item.sitting


def always(status: int) -> Callable[[Any], list[Ask]]:
    """For what is answered alike to everybody."""
    return lambda _: [("always", status)]


@dataclass
class Steps:
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
            "attachmentId": s.paper.id if s.paper else UUID(int=9),
            "statementVersionId": UUID(int=17),
            "assessmentId": UUID(int=21), "factorId": UUID(int=22),
            "contactId": s.third.id if s.third else UUID(int=18),
            "breakGlassId": s.glass.id if s.glass else UUID(int=10), "federatedIdentityId": s.link.id if s.link else UUID(int=11),
            "representativeId": UUID(int=12), "feedbackSheetId": UUID(int=13), "handOverId": UUID(int=17),
            "calendarId": UUID(int=15), "recordingBasisId": UUID(int=16), "contributionRequestId": UUID(int=14),
            "extensionId": UUID(int=18),
            "agencyId": self.agency, "agreementId": self.world.agreements[self.world.cast.cells[s.case.cell]],
            **{f"{name}Id": self.policy_id(name) for name in POLICY_IDS},
        }  # fmt: skip
        return str(found[name])

    def policy_id(self, name: str) -> UUID:
        of = self.scene.policy
        return getattr(of, POLICY_IDS[name]) if of else UUID(int=13)

    def path(self, template: str) -> str:
        """Fill in a path's ids."""
        others = {
            "sessionId": lambda: self.session, "passkeyId": lambda: self.who.passkey if self.who else uuid4(),
            "personId": lambda: self.person("frenchYouth"), "mandateId": lambda: self.world.cast.mandates["clb"],
            "cellId": self.cell, "listName": lambda: "phenomena", "code": lambda: "nl", "form": lambda: "csv",
            "token": lambda: "nobody-s",
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
    def colleague(self) -> str:
        """Give somebody of the same service as whoever is invited first in a scene."""
        found = self.world.people.get("school" if self.scene.case.cell == "zone" else "spare")
        return str(found.person if found else uuid4())

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

    def corrects(self, action: Action, **known: Any) -> list[Ask]:
        """Approved minutes are corrected by the item's own desk; its chair or mayor decides, if one waits."""
        item, who = self.scene.item, self.who
        decides = who is not None and (self.oracle.chairs(who, item.sitting) or who.role in MAYORAL)
        state = item.sitting.minutes if item.minuted else None
        return [(action, self.oracle.facts_on_item(who, item, state=state, own=decides, **known))]

    def correcting(self, action: Action) -> list[Ask]:
        """The form, offered with an item that one reads: to write a correction; nothing waits here to decide on."""
        item, who = self.scene.item, self.who
        if who is None or not item.minuted or not self.oracle.reads_minutes(who, item):
            return [("not among what is read", 404)]
        ((_, facts),) = self.corrects(action, use_conditions_kept=True, proposed_by_actor=True)
        return self.only_if(facts.standing is Standing.FILE and self.allows(action, facts))

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

    def unlinks(self) -> int | None:
        """What has ended is there no more."""
        return 404 if self.scene.link is None or self.scene.link.state == "ended" else None

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

    def cell_of_scene(self, action: Action, **known: Any) -> list[Ask]:
        return [(action, replace(self.oracle.facts_on_cell(self.who, self.scene.case.cell), **known))]

    def own_town(self, action: Action, **known: Any) -> list[Ask]:
        town, cell = (self.who.town, self.who.cell) if self.who else (None, None)
        return [(action, self.oracle.facts_on_town(self.who, town, cell, **known))]

    def bases(self) -> list[Ask]:
        action = Action.RECORDING_BASIS_LIST
        return self.any_cell(action) if self.role == Role.ADMINISTRATOR else self.own_town(action)

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
        return [*self.own_versions(), *self.own_cell(Action.AGREEMENT_READ)]

    def own_versions(self, *, draft: bool = False) -> list[Ask]:
        """The cell and its versions; what is there of a draft alone is not there, for there is none."""
        if self.role == "administrator":
            return [("no cell of their own", 404)]
        absent: list[Ask] = [("no draft", 404)] if draft else []
        return [*self.own_cell(Action.CELL_LIST), *self.own_cell(Action.AGREEMENT_LIST), *absent]

    def version(self, action: Action, **known: Any) -> list[Ask]:
        """The version in force of the scene's cell."""
        facts = self.oracle.facts_on_cell(self.who, self.scene.case.cell)
        return [
            (action, replace(facts, state="adopted", agreement_whole=True, every_mayor_signed=True, **known))
        ]

    def on_the_way(self) -> list[Ask]:
        """A step on the way to adoption: what is in force is past it."""
        return [*self.version(Action.AGREEMENT_COMPARE), ("not a draft", 409)]

    # intake ---------------------------------------------------------------------------------------------

    def signal(self, action: Action, **known: Any) -> list[Ask]:
        return [(action, self.oracle.facts_on_signal(self.who, self.scene.signal, **known))]

    def weighs(self, action: Action, **known: Any) -> list[Ask]:
        """What the page offers on a registration: to the desk, on one that is no case yet."""
        if self.scene.signal.case is not None:
            return [(action, self.oracle.facts(Standing.PART))]
        return self.signal(action, **known)
