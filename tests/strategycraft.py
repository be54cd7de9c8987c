"""A strategic table to sit at, acted over HTTP by the cast: so that each test tells only what it is about."""

from __future__ import annotations

from datetime import date, timedelta

from tablecraft import Acting

TOPIC = {
    "kind": "trend", "title": "Haatspraak in groepschats (verzonnen)", "text": "Scholen melden meer haatspraak.",
    "phenomenon": "rightWingExtremism", "namesNobody": True,
}  # fmt: skip
PLAN = {
    "title": "Beleidsplan (verzonnen)", "text": "Waar de cel naartoe wil.", "startsOn": "2026-01-01", "endsOn": "2027-12-31",
    "namesNobody": True,
}  # fmt: skip
GOAL = {"title": "Sneller opmerken", "text": "Signalen komen eerder aan.", "namesNobody": True}


def agree_on(house, cell, kind):
    """Have the agreement in force of a cell name a table, as if it had from the beginning."""
    house.sql(
        "UPDATE agreement SET tables = tables || jsonb_build_array(jsonb_build_object('kind', CAST(:k AS text), 'name', 'Tafel',"
        " 'chair', 'coordinator', 'cadenceWeeks', 26, 'functions', jsonb_build_array('mayor', 'strategicMember'),"
        " 'agencies', jsonb_build_array()))"
        " WHERE cell_id = :c AND state = 'adopted' AND NOT tables @> jsonb_build_array(jsonb_build_object('kind',"
        " CAST(:k AS text)))",
        k=kind, c=house.cast.cells[cell],
    )  # fmt: skip


class Strategy(Acting):
    """One cell's strategic table."""

    def __init__(self, house, cell="C", town="C"):
        super().__init__(house)
        self.cell = cell
        self.coordinator = "coordinator" if cell == "C" else f"zoneCoordinator{town}"
        self.mayor = "mayor" if cell == "C" else f"zoneMayor{town}"

    def table(self, kind="strategic"):
        """The strategic (or tactical) table of the cell, agreed and made when there is none."""
        agree_on(self.house, self.cell, kind)
        body = {"cellId": str(self.house.cast.cells[self.cell]), "kind": kind, "name": f"Tafel {kind}"}
        made = self.post(self.coordinator, "/tables", body)
        if made.status_code == 201:
            return made.json()["tableId"]
        found = self.ok(self.get(self.coordinator, "/tables"))["items"]
        return next(t["tableId"] for t in found if t["kind"] == kind)

    def topic(self, who=None, **over):
        return self.ok(self.post(who or self.coordinator, "/topics", TOPIC | over), 201)["topicId"]

    def planning(self, kind="strategic", **over):
        starts = self.house.now + timedelta(days=10)
        return {
            "tableId": self.table(kind), "startsAt": starts.isoformat(), "endsAt": (starts + timedelta(hours=2)).isoformat(),
            "place": "Raadzaal", "chairId": self.person(self.coordinator),
        } | over  # fmt: skip

    def meeting(self, kind="strategic", **over):
        return self.ok(self.post(self.coordinator, "/policyMeetings", self.planning(kind, **over)), 201)[
            "policyMeetingId"
        ]

    def add(self, meeting, topic):
        body = {"policyMeetingId": meeting, "topicId": topic}
        return self.ok(self.post(self.coordinator, "/agendaTopics", body), 201)["agendaTopicId"]

    def step(self, meeting, verb, who=None):
        return self.ok(self.post(who or self.coordinator, f"/policyMeetings/{meeting}/{verb}"))

    def convened(self, kind="strategic"):
        """A convened meeting with one topic; gives (meeting, agenda topic, topic)."""
        topic, meeting = self.topic(), self.meeting(kind)
        item = self.add(meeting, topic)
        self.step(meeting, "convene")
        return meeting, item, topic

    def journal_of(self, action):
        """The lines of the log about an action."""
        return self.house.sql(
            "SELECT * FROM journal.entry WHERE action = :a AND outcome = 'allowed'", a=action
        )

    def sat(self):
        """The same, in session."""
        meeting, item, topic = self.convened()
        self.house.later(days=10)
        self.step(meeting, "open")
        return meeting, item, topic

    def plan(self, who=None, **over):
        return self.ok(self.post(who or self.coordinator, "/policyPlans", PLAN | over), 201)["policyPlanId"]

    def goal(self, plan, who=None, **over):
        body = GOAL | {"policyPlanId": plan} | over
        return self.ok(self.post(who or self.coordinator, "/goals", body), 201)["goalId"]

    def measuring(self, goal, **over):
        return {
            "goalId": goal, "title": "Vorming voor leerkrachten", "dueOn": str(date(2026, 9, 1)), "namesNobody": True,
            "ownerId": self.person("strategicMember" if self.cell == "C" else self.coordinator),
        } | over  # fmt: skip

    def measure(self, goal, who=None, **over):
        return self.ok(self.post(who or self.coordinator, "/measures", self.measuring(goal, **over)), 201)[
            "measureId"
        ]

    def adopt(self, plan, who=None, match="*"):
        return self.post(who or self.mayor, f"/policyPlans/{plan}/adopt", match=match)

    def running(self):
        """An adopted plan with one goal and one measure; gives (plan, goal, measure)."""
        plan = self.plan()
        goal = self.goal(plan)
        measure = self.measure(goal)
        self.ok(self.adopt(plan))
        return plan, goal, measure
