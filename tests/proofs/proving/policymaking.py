"""The strategic table of a cell: laying what lies on it, and asking for it. Its desks keep it, its members sit there (R6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from app.constitution.models import ConsultationTable
from app.rules.actions import Action
from app.rules.facts import Standing
from app.strategy.models import AgendaTopic, Goal, Measure, PolicyMeeting, PolicyPlan, Topic

from .oracle import KEEPERS
from .steps import Ask, Steps
from .things import Policy, same

MOMENTS = {
    "preparing": ("open", "draft", "draft", "planned"),
    "convened": ("parked", "convened", "draft", "planned"),
    "running": ("onAgenda", "inSession", "adopted", "underWay"),
    "over": ("treated", "closed", "adopted", "done"),
}
"""Name -> state of the topic, of the meeting, of the plan, of its measure."""


def lay_policy(world: Any, cell: str, name: str) -> Policy:
    """Lay one of each on the strategic table of a cell."""
    topic, meeting, plan, measure = MOMENTS[name]
    member = world.people["strategicMember"]
    desk, of = world.people["coordinator"], world.cast.cells[cell]
    made = Policy(
        cell, _table(world, cell), member, member, uuid4(), topic, uuid4(), uuid4(), meeting, uuid4(), uuid4(), plan,
        uuid4(), uuid4(), measure,
    )  # fmt: skip
    on_agenda = uuid4()
    for row, state in ((made.topic, topic), (made.waiting, "open"), (on_agenda, "onAgenda")):
        world.put(
            Topic, id=row, cell_id=of, kind="trend", title="Verzonnen", text="Verzonnen.", state=state,
            raised_by=member.person, raised_at=world.now, version=1,
        )  # fmt: skip
    world.put(
        PolicyMeeting, id=made.meeting, cell_id=of, table_id=made.table, table_kind="strategic", place="Raadzaal",
        starts_at=world.now + timedelta(days=5), ends_at=world.now + timedelta(days=5, hours=2), chair_id=desk.person,
        state=meeting, created_by=desk.person, version=1,
    )  # fmt: skip
    world.put(
        AgendaTopic, id=made.item, cell_id=of, policy_meeting_id=made.meeting, topic_id=on_agenda, position=1, minutes=20,
        version=1,
    )  # fmt: skip
    world.put(
        PolicyPlan, id=made.plan, cell_id=of, title="Verzonnen", text="Verzonnen.", starts_on=date(2026, 1, 1),
        ends_on=date(2027, 12, 31), state=plan, edition=1, created_by=desk.person, version=1,
    )  # fmt: skip
    world.put(
        Goal,
        id=made.goal,
        cell_id=of,
        policy_plan_id=made.plan,
        position=1,
        title="Verzonnen",
        text="Verzonnen.",
        version=1,
    )
    world.put(
        Measure, id=made.measure, cell_id=of, goal_id=made.goal, title="Verzonnen", owner_id=member.person,
        due_on=date(2026, 9, 1), state=measure, version=1,
    )  # fmt: skip
    return made


_AGREED = """[{"kind": "strategic", "name": "Strategische tafel", "chair": "coordinator", "cadenceWeeks": 26,
    "functions": ["mayor", "strategicMember"], "agencies": []}]"""


def _table(world: Any, cell: str) -> UUID:
    found = world.cast.tables.get(f"strategic {cell}")
    if found is None:
        found = world.cast.tables[f"strategic {cell}"] = uuid4()
        world.put(
            ConsultationTable, id=found, cell_id=world.cast.cells[cell], kind="strategic", name="Strategische tafel",
            created_at=world.now, version=1,
        )  # fmt: skip
        world.conn.execute(
            text("UPDATE agreement SET tables = tables || CAST(:made AS jsonb) WHERE id = :a"),
            {"a": world.agreements[world.cast.cells[cell]], "made": _AGREED},
        )
    return found


class Deliberating(Steps):
    """Who asks for something on the strategic table."""

    @property
    def _at(self) -> Standing:
        of, who = self.scene.policy, self.who
        if of is None or who is None or who.cell != of.cell:
            return Standing.NONE
        if self.role in KEEPERS:
            return Standing.FILE
        return Standing.PART if self.role == "strategicMember" else Standing.NONE

    def _facts(self, action: Action, state: str | None, whose: Any = None, **known: Any) -> list[Ask]:
        own = self._at is Standing.FILE or same(whose, self.who)
        known = {"standing": self._at, "state": state, "own": own, "nobody_named": True} | known
        return [(action, self.oracle.facts(**known))]

    def on_topic(self, action: Action) -> list[Ask]:
        of = self.scene.policy
        return self._facts(action, of.topic_state if of else None, of.raised_by if of else None)

    def on_policy_meeting(self, action: Action) -> list[Ask]:
        """Before it is convened, it is there for the desk alone."""
        of = self.scene.policy
        hidden = of is not None and of.meeting_state == "draft" and self._at is not Standing.FILE
        more = {"standing": Standing.NONE} if hidden else {}
        return self._facts(action, of.meeting_state if of else None, **more)

    def on_policy_table(self, action: Action) -> list[Ask]:
        """The table itself is known to the whole cell."""
        return [
            (
                action,
                replace(
                    self.oracle.facts_on_cell(
                        self.who, self.scene.policy.cell if self.scene.policy else "nowhere"
                    ),
                    nobody_named=True,
                    table_agreed=True,
                ),
            )
        ]

    def on_plan(self, action: Action) -> list[Ask]:
        return self._facts(action, self.scene.policy.plan_state if self.scene.policy else None)

    def on_measure(self, action: Action) -> list[Ask]:
        of = self.scene.policy
        return self._facts(action, of.measure_state if of else None, of.owner if of else None)

    def plan_runs(self) -> int | None:
        """What is not adopted is not evaluated."""
        return None if self.scene.policy and self.scene.policy.plan_state == "adopted" else 409

    @property
    def policy_table(self) -> str:
        return str(self.scene.policy.table if self.scene.policy and not self.strange else uuid4())

    @property
    def waiting_topic(self) -> str:
        return str(self.scene.policy.waiting if self.scene.policy else uuid4())
