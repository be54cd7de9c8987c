"""One invitation of a service and what is said of briefings for it: what tests of briefing share (R36)."""

from __future__ import annotations

from sqlalchemy import text

WATCHED = (
    "/meetings?when=all", "/cases", "/registrations?state=all", "/actions", "/invitations?when=all", "/persons", "/mandates",
    "/representatives", "/retention", "/journal",
)  # fmt: skip


class Story:
    """One invitation of the French youth service and what is said of briefings for it."""

    def __init__(self, table, who="frenchYouth", handler="frenchHandler"):
        self.table, self.house, self.who, self.handler = table, table.house, who, handler
        self.meeting, self.item, self.case = table.tabled(who, "school" if who != "school" else "clb")
        self.invitation = self.own(who)

    def own(self, who):
        (mine,) = self.table.ok(self.table.get(who, "/invitations"))["items"]
        return mine["invitationId"]

    @property
    def path(self):
        return f"/invitations/{self.invitation}/briefings"

    def record(self, moment="before", who=None, handler=None, day=None, **over):
        body = {
            "handlerId": self.table.person(handler or self.handler),
            "moment": moment,
            "briefedOn": day or self.house.now.date().isoformat(),
            "directlyInvolved": True,
        } | over
        return self.table.post(who or self.who, self.path, body)

    def sit(self, *present):
        """Hold the sitting; the service of the French Community accepted before."""
        answer = {"answer": "accepted", "careRelation": True}
        self.table.ok(self.table.post(self.who, f"/invitations/{self.invitation}/answer", answer))
        self.house.later(days=20)
        self.table.open(self.meeting)
        self.table.attend(self.item, *present, "coordinator")

    def represents(self, who=None, cell="C"):
        """Name who was asked the permanent representative of their service in a cell."""
        named = {"personId": self.table.person(who or self.who), "cellId": str(self.house.cast.cells[cell]),
                 "startsOn": self.house.now.date().isoformat(), "document": "Brief (invented)"}  # fmt: skip
        return self.table.ok(self.table.post(self.table.coordinator, "/representatives", named), 201)

    def refused(self, answer, rule, status=409):
        assert (answer.status_code, answer.json().get("rule")) == (status, rule), answer.text
        return answer

    def rows(self):
        return self.house.sql("SELECT * FROM briefing ORDER BY recorded_at, id")

    def sees(self, who):
        """All that somebody is told, of every list and of this very item, its minutes and its case."""
        one = (
            f"/meetings/{self.meeting}", f"/agendaItems/{self.item}", f"/meetings/{self.meeting}/minutes",
            f"/cases/{self.case}?reason=meetingPreparation", self.path,
        )  # fmt: skip
        told = [self.house.client(who).get(f"/api/v1{path}") for path in (*WATCHED, *one)]
        return [(t.status_code, t.json().get("items") if t.status_code == 200 else None) for t in told]

    def shown_rows(self, who):
        """How many rows of each table with case data the database shows somebody."""
        tables = (
            "briefing", "invitation", "agenda_item", "case_file", "meeting", "attendance", "statement", "minutes_item",
            "notice",
        )  # fmt: skip
        with self.house.work(who) as unit:
            unit.repeat()
            return {t: unit.session.scalar(text(f"SELECT count(*) FROM {t}")) for t in tables}
