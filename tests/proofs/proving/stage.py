"""The stage of the sweep: one person per role and standing, one case per state, one sitting per phase."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from app.constitution.models import Municipality

from .phases import CASE_STATES, PHASES, SIGNAL_STATES, WITH_PLAN
from .policymaking import MOMENTS, lay_policy
from .scene import Scene
from .things import File, Item, Sitting, Somebody
from .world import World

CAST = (
    "mayor", "delegate", "coordinator", "secretary", "caseManager", "policeMember", "informationOfficer", "participant",
    "school", "clb", "frenchYouth", "strategicMember", "dpo", "auditor", "administrator", "zoneMayorD", "zoneMayorE",
    "zoneCoordinatorD", "zoneCoordinatorE", "zonePolice", "zoneSchool", "zoneSecretary", "zoneDpoD", "zoneAuditorE",
)  # fmt: skip
ASKING = tuple(
    name for name in CAST if name not in {"zoneMayorE", "zoneCoordinatorD", "zoneAuditorE", "frenchYouth"}
)
"""Who calls every route; the others are on stage for the sake of the story."""


EMERGENCIES = {
    "monitored": ("policeMember", "caseManager", "unclearedPolice", "excludedPolice"),
    "closed": ("policeMember",),
    "locked": ("policeMember", "caseManager"),
    "shredOrdered": ("policeMember",),
    "inTrajectory of D": ("zonePolice",),
}
"""Who reads which file in an emergency that is open now; the other files have none, so that one can be opened."""


class Stage:
    """Everybody and everything the sweep calls with."""

    def __init__(self, conn: Connection, house: Any) -> None:
        self.world = World(conn, house, house.now)
        self.people = self._people()
        self.scenes: list[Scene] = []
        self.by_state: list[Scene] = []
        self.by_phase: list[Scene] = []
        self.by_signal: list[Scene] = []
        self.by_regaining: list[Scene] = []
        self.by_glass: list[Scene] = []
        self.by_link: list[Scene] = []
        self.by_policy: list[Scene] = []
        self.certificate = self.world.certificate("C")
        self._lay()
        for who in self.world.people.values():
            if not who.token:
                self.world.sign_in(who)

    def _people(self) -> list[Somebody | None]:
        w, day = self.world, timedelta(days=1)
        for name in CAST:
            w.of_cast(name)
        w.cast.towns["X"] = uuid4()
        w.put(
            Municipality, id=w.cast.towns["X"], names={"nl": "Gemeente X"}, profile="flanders",
            recording_basis={"act": "x"}, created_at=w.now, version=1,
        )  # fmt: skip
        today = w.now.date()
        extras = [
            w.newcomer("narrowDelegate", "delegate", "C", "C", scope=("screening",), ends_on=today + 90 * day),
            w.newcomer("formerCoordinator", "coordinator", "C", "C", ends_on=today - day, agency="town hall"),
            w.newcomer("futureMayor", "mayor", "C", "C", starts_on=today + day, agency="town hall"),
            w.newcomer("unclearedPolice", "policeMember", "C", clearance_until=today - day, agency="police"),
            w.newcomer("unconfirmedMayor", "mayor", "C", "C", agency="town hall", confirmed=False),
            w.newcomer("unconfirmedAuditor", "auditor", "C", "C", agency="town hall", confirmed=False),
            w.newcomer("leftAlone", "coordinator", "C", "C", agency="town hall", idle=True),
            w.newcomer("excludedCoordinator", "coordinator", "C", "C", agency="town hall", confirmed=False),
            w.newcomer("excludedGuest", "participant", "C"),
            w.newcomer("excludedPolice", "policeMember", "C", clearance_until=today + 90 * day, agency="police"),
            w.newcomer("unsworn", "participant", "C", sworn_until=today - day),
            w.newcomer("nobody", None, None),
        ]  # fmt: skip
        w.newcomer("zoneManager", "caseManager", "zone", agency="town hall")
        w.second_mandate("policeBefore", w.people["policeMember"], "informationOfficer", "C")
        w.newcomer("spare", "participant", "C")
        w.newcomer("zoneSpare", "participant", "zone")
        return [None, *(w.people[n] for n in ASKING), *extras]

    # scenes ---------------------------------------------------------------------------------------------

    def _lay(self) -> None:
        self.world.switch_on("C")  # in the joint cell it stays off, but one that was opened before goes on
        for state in CASE_STATES:
            self.by_state.append(self._scene(state, "inSession"))
        self.by_state.append(self._gone())
        self.by_state.append(self._scene("underDiscussion", "inSession", town="D"))
        self.by_state.append(self._scene("inTrajectory", "inSession", town="D"))
        self.by_state.append(self._scene("closureProposed", "inSession", town="D"))
        for phase in PHASES:
            if phase != "inSession":
                self.by_phase.append(self._scene("underDiscussion", phase))
        self.by_phase.append(self._scene("underDiscussion", "justClosed", town="D"))
        self.by_phase = [s for s in self.by_state if s.name != "destroyed"] + self.by_phase
        base = self.by_state[0]
        for state in SIGNAL_STATES:
            for bringer in ("participant", "coordinator") if state == "received" else ("participant",):
                signal = self.world.signal("C", self.world.people[bringer], state)
                self.by_signal.append(
                    Scene(**(vars(base) | {"name": f"{state} by {bringer}", "signal": signal}))
                )
        self.by_signal += self.by_state[:-1]
        self._regain(base)
        for scene in self.by_state:
            for glass in scene.case.glasses:
                self.by_glass.append(
                    Scene(
                        **(vars(scene) | {"name": f"{scene.name}, read by {glass.who.name}", "glass": glass})
                    )
                )
        for whose, state in (("school", "linked"), ("participant", "expected"), ("secretary", "ended")):
            link = self.world.link(self.world.people[whose], state)
            self.by_link.append(Scene(**(vars(base) | {"name": f"{state} at the provider", "link": link})))
        free = {s.case.town: s.case for s in self.by_state if s.case.state == "inTrajectory"}
        for scene in self.by_phase:
            scene.free_case = free[scene.case.town]
        self._deliberate(base)
        everything = (
            *self.by_state, *self.by_phase, *self.by_signal, *self.by_regaining, *self.by_glass, *self.by_link,
            *self.by_policy,
        )  # fmt: skip
        self.scenes = list({id(s): s for s in everything}.values())

    def _deliberate(self, base: Scene) -> None:
        """Lay the strategic table at each moment of its round."""
        for name in MOMENTS:
            policy = lay_policy(self.world, "C", name)
            self.by_policy.append(
                Scene(**(vars(base) | {"name": f"{name} at the strategic table", "policy": policy}))
            )

    def _regain(self, base: Scene) -> None:
        """Have recoveries under way: of each side, of somebody without a mandate, of the agreeing one, and decided."""
        p, w = self.world.people, self.world
        for name, whose, proposed_by, agreed_by in (
            ("proposed by a coordinator", "clb", "coordinator", None),
            ("proposed by an administrator", "clb", "administrator", None),
            ("for nobody's mandate", "nobody", "administrator", None),
            ("for the coordinator", "coordinator", "administrator", None),
            ("of the zone", "zoneSchool", "zoneCoordinatorE", None),
            ("agreed", "spare", "coordinator", "administrator"),
        ):
            made = w.regaining(p[whose], p[proposed_by], p[agreed_by] if agreed_by else None)
            self.by_regaining.append(Scene(**(vars(base) | {"name": name, "regaining": made})))

    def of(self, what: str, *, pages: bool = False) -> list[Scene]:
        """Give the scenes of one kind of route; at the page door, which runs the same operations, fewer of a kind."""
        found = {
            "case": self.by_state, "sitting": self.by_phase, "signal": self.by_signal, "recovery": self.by_regaining,
            "glass": self.by_glass, "identity": self.by_link, "policy": self.by_policy,
        }.get(what)  # fmt: skip
        if found is None:
            return [self.by_state[1]]
        spared = (
            {"underDiscussion", "inTrajectory", "monitored", "closureProposed"}
            if pages and what != "case"
            else ()
        )
        return [s for s in found if s.name not in spared or s.case.town == "D"]

    def asking_in(self, scene: Scene) -> list[Somebody | None]:
        """Give who calls in a scene: everybody of its cell, and of the other cell one of each kind."""
        here, strangers = scene.case.cell, {"zoneMayorD", "zoneSchool", "mayor", "participant", "dpo"}
        return [p for p in self.people if p is None or p.cell in {here, None} or p.name in strangers]

    def sitting(self, phase: str, town: str) -> Sitting:
        p, zone = self.world.people, town != "C"
        return self.world.sitting(
            "zone" if zone else "C", town, chair=p[f"zoneCoordinator{town}" if zone else "coordinator"],
            secretary=p["zoneSecretary" if zone else "secretary"], **PHASES[phase],
        )  # fmt: skip

    def _scene(self, state: str, phase: str, town: str = "C") -> Scene:
        w, zone = self.world, town != "C"
        locked = state == "locked"
        days = 5 if locked else (0 if state == "shredOrdered" else 200)
        bringer = w.people["zoneSchool" if zone else "participant"]
        case = w.file(town, "monitored" if locked else state, bringer, days=days)
        if state in WITH_PLAN:
            w.plan(case, w.people["zoneManager" if zone else "caseManager"])
            act = w.act(case, w.people["zoneSpare" if zone else "school"])
        else:
            act = None
        discussed = self.sitting("filed", town)
        w.table(discussed, case)
        item = w.table(self.sitting(phase, town), case)
        asked = self._seats(item, phase, zone=zone)
        for name in ("excludedCoordinator", "excludedGuest", "excludedPolice"):
            if not zone:
                w.exclude(w.people[name], case)
        said = self._statements(case, item, zone=zone)
        if item.sitting.minutes:
            w.minute(item)
        if item.sitting.minutes in {"submitted", "approved"}:
            w.remark(item, w.people["zoneSchool" if zone else "participant"])
        if case.state == "closureProposed":
            self._propose(case, discussed)
        paper = w.paper(case, removed=state == "closureProposed" and zone)
        w.paper(case, category=9)
        w.paper(case, removed=True)
        if phase == "inSession":
            self._emergencies(case, f"{state} of D" if zone else state)
        assert case.signal is not None
        return Scene(
            state if phase == "inSession" else phase, case, item, said, act, case.signal, asked, discussed.id,
            self.sitting("draft", town).id, "zoneSchool" if zone else "participant", "zoneSpare" if zone else "spare",
            paper=paper, third=w.third(case), glass=next(iter(case.glasses), None),
        )  # fmt: skip

    def _emergencies(self, case: File, state: str) -> None:
        """Have files read in emergencies: that are open, and that are over in each way there is."""
        w, p = self.world, self.world.people
        for name in EMERGENCIES.get(state, ()):
            w.glass(case, p[name])
        if state == "underDiscussion":
            w.glass(case, p["policeMember"], timedelta(0))
            w.glass(case, p["policeMember"], closed=True)
            w.glass(case, p["policeMember"], timedelta(days=-1), reviewed_by=p["dpo"])
            w.glass(case, p["policeBefore"])  # open, but under another mandate

    def _propose(self, case: File, discussed: Sitting) -> None:
        from sqlalchemy import text

        self.world.conn.execute(
            text(
                "UPDATE case_file SET closure_meeting_id = :m, closure_ground = 'noIndications' WHERE id = :c"
            ),
            {"m": discussed.id, "c": case.id},
        )

    def _seats(self, item: Item, phase: str, *, zone: bool) -> Any:
        """Invite: some come, one does not, one refused, one may not know; and record who is in the room."""
        w, p, draft = self.world, self.world.people, phase in {"draft", "lateInvitation"}
        guests = ("zoneSchool", "zonePolice") if zone else (
            "participant", "policeMember", "unclearedPolice", "excludedGuest", "unsworn",
        )  # fmt: skip
        absent = ("zoneCoordinatorE",) if zone else ("clb", "informationOfficer")
        first = None
        for name in (*guests, *absent):
            asked = w.invite(item, p[name], "draft" if draft else "accepted")
            first = first or asked
        if not zone:
            w.invite(item, p["school"], "draft" if draft else "declined", "flemish")
        if item.sitting.state in {"inSession", "closed"}:
            for name in guests:
                w.attend(item, p[name])
        return first

    def _statements(self, case: File, item: Item, *, zone: bool) -> Any:
        w, p = self.world, self.world.people
        mine = p["zoneSchool" if zone else "participant"]
        w.statement(case, None, p["zoneMayorD" if zone else "mayor"])
        if item.sitting.state in {"draft", "convened"}:
            return w.statement(case, item, None, category=9)
        w.statement(case, item, mine, audience="desk")
        return w.statement(case, item, p["zonePolice" if zone else "policeMember"], category=9)

    def _gone(self) -> Scene:
        """What is destroyed leaves no row: its ids are there for nobody."""
        like = self.by_state[0]
        w, nobody = self.world, self.world.people["participant"]
        day = w.now.date() - timedelta(days=1)
        from .things import Act, Asked, Said, Signal

        case = File(uuid4(), uuid4(), self.certificate[1], "C", "C", "destroyed", day, day, shred=True)
        signal = Signal(uuid4(), "A-2026-GONE", "C", "C", nobody, "erased", None, case)
        case.signal = signal
        sitting = Sitting(**(vars(like.sitting) | {"id": like.sitting.id, "items": []}))
        item = Item(uuid4(), case, sitting)
        return Scene(
            "destroyed", case, item, Said(uuid4(), case, item, None, "present", 5),
            Act(uuid4(), case, nobody, "open"), signal, Asked(uuid4(), nobody, "sent", "other"),
            like.discussed_at, like.free_sitting, like.guest, like.uninvited,
        )  # fmt: skip
