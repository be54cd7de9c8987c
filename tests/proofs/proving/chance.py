"""Worlds by chance: random mandates, invitations, exclusions, joint cells and clocks, drawn by hypothesis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st

from .emergencies import BREAKERS
from .phases import PHASES
from .scene import Scene
from .things import Act, Asked, File, Item, Said, Signal, Sitting, Somebody
from .world import World

ROLES = (
    "mayor", "delegate", "coordinator", "secretary", "caseManager", "policeMember", "informationOfficer", "participant",
    "participant", "participant", "strategicMember", "dpo", "auditor",
)  # fmt: skip
MUNICIPAL = {"mayor", "delegate", "coordinator", "dpo", "auditor"}
MOMENTS = (
    "2026-03-02T09:00:00+00:00",
    "2026-03-28T23:00:00+00:00",  # midnight in Brussels, the night the clocks go forward
    "2026-10-24T22:00:00+00:00",  # midnight in Brussels, the night they go back
    "2026-12-31T22:59:59+00:00",  # the last second of a year in Brussels
    "2027-02-28T12:30:00+00:00",
)
CASES = (
    "listed",
    "underDiscussion",
    "inTrajectory",
    "inTrajectory",
    "monitored",
    "closureProposed",
    "closed",
    "shredOrdered",
)
INVITED = (
    "draft",
    "sent",
    "accepted",
    "accepted",
    "declined",
    "mustDecline",
    "noAnswer",
    "absent",
    "attended",
)
EDGES = (
    timedelta(0),
    timedelta(microseconds=1),
    -timedelta(microseconds=1),
    timedelta(hours=1),
    -timedelta(hours=1),
)


LEFT = (
    timedelta(minutes=30),
    timedelta(minutes=30),
    timedelta(microseconds=1),
    timedelta(0),
    -timedelta(hours=1),
)
"""How much longer an emergency lasts."""
WATCHING = ("coordinator", "dpo", "zoneCoordinatorD", "zoneDpoD", "zoneCoordinatorE")
"""Whom an emergency is told of: they are there, whoever else is drawn."""


@dataclass
class Drawn:
    """A world, who looks at it, and what there is to ask for."""

    world: World
    people: list[Somebody]
    scenes: list[Scene]


class Chance:
    """Draws one world with hypothesis and lays it."""

    def __init__(self, draw: Any, world: World) -> None:
        self.draw, self.world = draw, world

    def one(self, options: Any) -> Any:
        return self.draw(st.sampled_from(list(options)))

    def some(self, options: list[Any], most: int) -> list[Any]:
        return self.draw(st.lists(st.sampled_from(options), max_size=most, unique_by=id)) if options else []

    def often(self, least: int = 2) -> bool:
        """Mostly yes."""
        return self.draw(st.integers(0, 3)) < least + 1

    def lay(self) -> Drawn:
        w = self.world
        for name in ("mayor", "zoneMayorD", "zoneMayorE", *WATCHING):
            w.of_cast(name)
        for cell in self.some(["C", "zone"], 2):
            w.switch_on(cell)
        people = [self._person(number) for number in range(self.draw(st.integers(4, 7)))]
        people += [self._again(who) for who in self.some(people, 2)]
        files = [self._file(people) for _ in range(self.draw(st.integers(1, 3)))]
        for town in self.some(["C", "D", "E"], 2):
            w.signal(town, self.one(people), self.one(("received", "inScreening", "notListed")))
        items = []
        for _ in range(self.draw(st.integers(1, 3))):
            items += self._sitting(people, files)
        for case in files:
            if case.trajectory and self.often():
                w.act(case, self.one(people), self.one(("open", "open", "done")))
            for who in self.some(people, 2):
                if who.name not in case.excluded:
                    w.exclude(who, case)
            self._further(case, people)
        w.link(self.one(people), "linked")
        for who in people:
            w.sign_in(who)
        return Drawn(w, people, self._scenes(files, items, people))

    # people ---------------------------------------------------------------------------------------------

    def _place(self, role: str) -> tuple[str, str | None]:
        town = self.one("CDE")
        return ("C" if town == "C" else "zone"), (town if role in MUNICIPAL else None)

    def _person(self, number: int) -> Somebody:
        w, day = self.world, timedelta(days=1)
        role = self.one(ROLES)
        cell, town = self._place(role)
        today = w.now.astimezone(BRUSSELS).date()
        also: dict[str, Any] = {}
        if role in {"policeMember", "informationOfficer"}:
            also["clearance_until"] = today + self.one((-1, 0, 30)) * day
        if role == "delegate":
            also["scope"] = self.one((("file", "meetings", "screening", "invitations"), ("screening",), ("file",)))  # fmt: skip
            also["ends_on"] = today + 90 * day
        if not self.often():
            also["ends_on"] = today + self.one((-1, 0, 1)) * day
        if not self.often():
            also["starts_on"] = today + self.one((-1, 0, 1)) * day
        if not self.often():
            also["sworn_until"] = today + self.one((-1, 0)) * day
        also["confirmed"] = self.often()
        also["idle"] = not self.often(2) and not self.often(1)
        return w.newcomer(f"Kans{number}x{uuid4().hex[:4]}", role, cell, town, **also)

    def _again(self, who: Somebody) -> Somebody:
        others = ("participant", "secretary", "coordinator", "caseManager")
        role = self.one(tuple(each for each in others if each != who.role))
        cell, town = self._place(role)
        return self.world.second_mandate(who.name + "-again", who, role, cell, town)

    # files ----------------------------------------------------------------------------------------------

    def _file(self, people: list[Somebody]) -> File:
        w, state = self.world, self.one(CASES)
        days = 0 if state == "shredOrdered" else self.one((200, 200, 200, 15, 14, 13, 1))
        case = w.file(self.one("CDE"), state, self.one(people), days=days)
        if state in {"inTrajectory", "monitored", "closed"}:
            w.plan(case, self.one(people))
            for who in self.some(people, 2):
                w.act(case, who)
        if self.often():
            w.statement(case, None, self.one(people))
        return case

    def _further(self, case: File, people: list[Somebody]) -> None:
        """Documents, and emergencies of those who can have one: of any who knew a part of the case once."""
        w = self.world
        for category in self.some([5, 9], 2):
            w.paper(case, category, removed=not self.often())
        if self.often():
            w.third(case)
        for who in self.some([p for p in people if p.role in BREAKERS and p.cell == case.cell], 3):
            over = not self.often()
            reviewer = self.one((None, w.people["mayor"])) if over else None
            w.glass(case, who, self.one(LEFT), closed=over, reviewed_by=reviewer)

    def _sitting(self, people: list[Somebody], files: list[File]) -> list[Item]:
        w = self.world
        town = self.one("CDE")
        cell = "C" if town == "C" else "zone"
        phase = dict(PHASES[self.one(PHASES)])
        if self.often():
            phase = self._at_an_edge(phase)
        inside = [p for p in people if p.cell == cell] or people
        sitting = w.sitting(cell, town, chair=self.one(inside), secretary=self.one([None, *inside]), **phase)
        return [self._item(sitting, case, people) for case in files if case.cell == cell and self.often()]

    def _at_an_edge(self, phase: dict[str, Any]) -> dict[str, Any]:
        """Move what ends soon to the very moment, just before it or just after it."""
        edge = self.one(EDGES)
        if phase.get("extract") is not None:
            return phase | {"extract": edge}
        if phase.get("minutes") == "submitted":
            return phase | {"remarks": edge}
        if phase["state"] in {"inSession", "closed"}:
            over = self.one(
                (timedelta(hours=4), timedelta(days=31, hours=2))
            )  # the window, or the month to finish in
            return phase | {"starts": edge - over}
        return phase

    def _item(self, sitting: Sitting, case: File, people: list[Somebody]) -> Item:
        w = self.world
        item = w.table(sitting, case)
        sat = sitting.state in {"inSession", "closed"}
        guests = list({p.person: p for p in self.some(people, 4)}.values())
        for who in guests:
            w.invite(item, who, "draft" if sitting.state == "draft" else self.one(INVITED))
            if sat and self.often():
                w.attend(item, who)
        for who in self.some(guests, 2) if sat else []:
            w.statement(case, item, who, self.one(("present", "notInMinutes", "desk")), self.one((5, 5, 9)))
        if sitting.minutes and self.often():
            w.minute(item)
            if sitting.minutes != "draft":
                for who in self.some([g for g in guests if g.name in item.present], 1):
                    w.remark(item, who)
        return item

    # what there is to ask for ---------------------------------------------------------------------------

    def _scenes(self, files: list[File], items: list[Item], people: list[Somebody]) -> list[Scene]:
        """One scene an item; a case that is on no agenda gets one around a sitting that is not there."""
        w, now = self.world, self.world.now
        tabled = {item.case.id for item in items}
        ghost = Sitting(uuid4(), "nowhere", "C", people[0], None, "draft", now, now, now)
        items = items + [Item(uuid4(), case, ghost) for case in files if case.id not in tabled]
        scenes = []
        for item in items:
            case = item.case
            said = next((s for s in case.statements if s.item is item), None) or Said(
                uuid4(), GONE, item, None, "present", 5
            )
            act = next(iter(case.actions), None)
            asked = next(iter(item.invited.values()), None) or Asked(uuid4(), GHOST, "draft", "other")
            signal = self.one([s for s in w.signals if s.town == case.town])
            made = Scene(case.state, case, item, said, act, signal, asked, uuid4(), uuid4(), "mayor", "mayor")
            made.paper = self.one(case.papers) if case.papers else None
            made.third = self.one(case.thirds) if case.thirds else None
            made.glass = self.one(case.glasses) if case.glasses else None
            scenes.append(made)
        return scenes


from app.kernel.clock import BRUSSELS  # noqa: E402

_NEVER = datetime.fromisoformat("2020-01-01T00:00:00+00:00").date()
GONE = File(uuid4(), uuid4(), "C-2026-NONE", "C", "C", "destroyed", _NEVER, _NEVER)
GHOST = Somebody("ghost", uuid4(), None, None, None, None)
__all__ = ["MOMENTS", "Act", "Chance", "Drawn", "Signal"]
