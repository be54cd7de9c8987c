"""A table to sit at: the steps of a consultation over HTTP, so that each test tells only what it is about."""

from __future__ import annotations

from datetime import timedelta

from app.kernel.clock import brussels_day

API = "/api/v1"
ANSWERED = {
    "checklist": [
        {"question": each, "answer": "yes"}
        for each in ("personTold", "actionsSettled", "partnersTold", "contactsRemoved", "furtherCare")
    ]
}
"""What closing a case asks (R84)."""


class Acting:
    """The cast of a house, acting over HTTP."""

    def __init__(self, house):
        self.house = house

    def person(self, name):
        return str(self.house.cast.persons[name])

    def post(self, who, path, body=None, match="*"):
        return self.house.client(who).post(API + path, json=body or {}, headers={"If-Match": match})

    def get(self, who, path, **query):
        return self.house.client(who).get(API + path, params=query)

    def days_for_remarks_over(self, meeting):
        """As if the minutes had been submitted long enough ago; the clock stays."""
        self.house.sql(
            "UPDATE minutes SET remarks_until = submitted_at WHERE meeting_id = :m AND state = 'submitted'",
            m=meeting,
        )

    def approve(self, who, meeting):
        """Approve the minutes of a meeting once the days for remarks are over; gives the answer."""
        self.days_for_remarks_over(meeting)
        return self.post(who, f"/meetings/{meeting}/minutes/approve")

    def ok(self, answer, status=200):
        assert answer.status_code == status, answer.text
        return answer.json()


class Round(Acting):
    """One cell's consultation, acted over HTTP by the cast."""

    def __init__(self, house, cell="C", town="C"):
        super().__init__(house)
        self.cell, self.town = cell, town
        prefix = {"C": "", "D": "zone", "E": "zone"}[town]
        self.mayor = f"zoneMayor{town}" if prefix else "mayor"
        self.coordinator = f"zoneCoordinator{town}" if prefix else "coordinator"
        self.brings = "zoneSchool" if prefix else "participant"

    def case(self, name="Zorgeloos Verzonnen"):
        """A person on the list of the town; gives the case id."""
        signal = {
            "municipalityId": str(self.house.cast.towns[self.town]),
            "subjectName": name,
            "birthDate": "2001-04-05",
            "narrative": "Plotse afwezigheid en haatboodschappen.",
            "phenomenon": "rightWingExtremism",
            "urgency": "normal",
            "nothingClassified": True,
        }
        path = self.ok(self.post(self.brings, "/registrations", signal), 201)["self"].removeprefix(API)
        self.ok(self.post(self.mayor, path + "/screen", {"note": "Voor de desk alleen (verzonnen)."}))
        decided = {"outcome": "listed", "presumedAdult": True, "indications": "Aanwijzingen."}
        return self.ok(self.post(self.mayor, path + "/decide", decided))["caseId"]

    def child(self, born):
        """A child, or somebody young, on the list of the town; gives the case id."""
        signal = {
            "municipalityId": str(self.house.cast.towns[self.town]), "subjectName": "Kind Verzonnen", "birthDate": born,
            "narrative": "Verzonnen.", "phenomenon": "rightWingExtremism", "urgency": "normal", "nothingClassified": True,
        }  # fmt: skip
        path = self.ok(self.post(self.brings, "/registrations", signal), 201)["self"].removeprefix(API)
        self.ok(self.post(self.mayor, path + "/screen"))
        decided = {"outcome": "listed", "indications": "Verzonnen.", "exceptionalReasons": "Verzonnen.",
                   "bestInterestNote": "Verzonnen."}  # fmt: skip
        return self.ok(self.post(self.mayor, path + "/decide", decided))["caseId"]

    def planning(self, **over):
        starts = self.house.now + timedelta(days=20)
        return {
            "tableId": str(self.house.cast.tables[self.cell]),
            "startsAt": starts.isoformat(),
            "endsAt": (starts + timedelta(hours=2)).isoformat(),
            "place": "Raadzaal",
            "chairId": self.person(self.coordinator),
        } | over

    def plan(self, **over):
        return self.ok(self.post(self.coordinator, "/meetings", self.planning(**over)), 201)["meetingId"]

    def add(self, meeting, case, who=None, question="Wat is nodig?"):
        body = {"meetingId": meeting, "caseId": case, "question": question, "minutes": 20}
        return self.ok(self.post(who or self.coordinator, "/agendaItems", body), 201)["agendaItemId"]

    def inviting(self, item, name, **over):
        return {"agendaItemId": item, "personId": self.person(name)} | over

    def invite(self, item, name, **over):
        return self.ok(self.post(self.coordinator, "/invitations", self.inviting(item, name, **over)), 201)[
            "invitationId"
        ]

    def convene(self, meeting):
        return self.ok(self.post(self.mayor, f"/meetings/{meeting}/convene"))

    def open(self, meeting):
        """Open a sitting, on its own day: time passes until then."""
        ((starts,),) = self.house.sql("SELECT starts_at FROM meeting WHERE id = :m", m=meeting)
        if brussels_day(starts) > brussels_day(self.house.now):
            self.house.at(starts)
        return self.ok(self.post(self.coordinator, f"/meetings/{meeting}/open"))

    def attend(self, item, *names):
        for name in names:
            body = {"agendaItemId": item, "personId": self.person(name)}
            self.ok(self.post(self.coordinator, "/attendances", body))

    def close(self, meeting):
        return self.ok(self.post(self.coordinator, f"/meetings/{meeting}/close"))

    def tabled(self, *guests, **over):
        """A convened meeting with one case and these guests; gives (meeting, item, case)."""
        case, meeting = self.case(), self.plan(**over)
        item = self.add(meeting, case)
        for guest in guests:
            self.invite(item, guest)
        self.convene(meeting)
        return meeting, item, case

    def sat(self, *guests, **over):
        """A meeting in session at which these guests and the coordinator are present; gives (meeting, item, case)."""
        meeting, item, case = self.tabled(*guests, **over)
        self.house.later(days=20)
        self.open(meeting)
        self.attend(item, *guests, self.coordinator)
        return meeting, item, case

    def journal(self, action, who=None, outcome="allowed"):
        """The journal lines of an action, of one actor if named."""
        return self.house.sql(
            "SELECT * FROM journal.entry WHERE action = :a AND outcome = :o AND (:p = '' OR actor_id::text = :p)",
            a=action, o=outcome, p=self.person(who) if who else "",
        )  # fmt: skip
