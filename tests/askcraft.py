"""A question before the meeting and its answer, over HTTP, so that each test tells only what it is about."""

from __future__ import annotations

SAID = {
    "category": 5, "origin": "livcParticipant", "kind": "fact", "text": "Hij kwam drie weken niet opdagen.",
    "relevantAndProportionate": True, "nothingClassified": True,
}  # fmt: skip
ASKED = {"question": "Is er iets veranderd sinds september?"}


class Asked:
    """A convened meeting with one case, at which the school and the police member are invited and the school is asked."""

    def __init__(self, table):
        self.table = table
        self.meeting, self.item, self.case = table.tabled("school", "policeMember")
        self.request = table.ok(self.ask("school"), 201)["contributionRequestId"]

    def invitation(self, name):
        ((found,),) = self.table.house.sql(
            "SELECT id::text FROM invitation WHERE person_id = :p AND agenda_item_id = :i",
            p=self.table.person(name), i=self.item,
        )  # fmt: skip
        return found

    def ask(self, name, who="mayor"):
        return self.table.post(who, f"/invitations/{self.invitation(name)}/contributionRequest", ASKED)

    def answer(self, body=SAID, who="school", **headers):
        return self.table.post(who, f"/contributionRequests/{self.request}/answer", body, **headers)

    def withdraw(self, who="school"):
        return self.table.post(who, f"/contributionRequests/{self.request}/withdraw")

    def board(self, who="coordinator"):
        return self.table.get(who, f"/agendaItems/{self.item}/contributionBoard")

    def state(self):
        items = self.table.ok(self.board())["items"]
        return {each["personName"]: each.get("state") for each in items}

    def open(self, who="coordinator"):
        return self.table.post(who, f"/agendaItems/{self.item}/openContributions")

    def sit(self, *names):
        self.table.house.later(days=20)
        self.table.open(self.meeting)
        self.table.attend(self.item, *names)

    def statements(self, who):
        answer = self.table.get(who, f"/agendaItems/{self.item}", reason="meetingPreparation")
        return [each.get("text") for each in self.table.ok(answer).get("statements") or []]

    def own(self, name="school"):
        """The questions to somebody, as they read them."""
        return self.table.ok(self.table.get(name, "/contributionRequests"))["items"]
