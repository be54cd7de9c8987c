"""A person who moves: closing proposed on that ground, and the file handed over to Gemeente D."""

from uuid import UUID

from app.cases.models import Statement
from app.cases.sealing import seal_in
from app.kernel.ids import new_id
from app.rules.actions import Action

MARK = "Waterlelie-Verzonnen-4713"


def moved_away(table):
    """A case discussed with the school, of which closing is proposed because the person moved. Gives the case id."""
    meeting, _, case = table.sat("school")
    table.close(meeting)
    with table.house.work("mayor") as unit:  # what others contributed
        unit.decided.append(Action.STATEMENT_CREATE)
        row = new_id()
        unit.session.add(
            Statement(
                id=row, case_id=case, municipality_id=table.house.cast.towns["C"], category=1, origin="livcParticipant",
                kind="fact", audience="present", entered_by=table.house.cast.persons["mayor"], stated_on=unit.today,
                text=seal_in(unit, UUID(case), "statement", "text", row, MARK), created_at=unit.now,
            )
        )  # fmt: skip
    table.ok(
        table.post(
            table.coordinator, f"/cases/{case}/proposeClosure", {"meetingId": meeting, "ground": "moved"}
        )
    )
    return case


def town(table, name="D"):
    return str(table.house.cast.towns[name])


def propose_it(table, case, to="D"):
    body = {"caseId": case, "municipalityId": town(table, to)}
    return table.ok(table.post(table.coordinator, "/handOvers", body), 201)["handOverId"]


def send_it(table, row):
    return table.ok(table.post(table.mayor, f"/handOvers/{row}/send"))


def listed_there(table, row):
    made = table.ok(table.post("zoneMayorD", f"/handOvers/{row}/receive"))
    path = f"/registrations/{made['registrationId']}"
    table.ok(table.post("zoneMayorD", path + "/screen"))
    decided = {"outcome": "listed", "presumedAdult": True, "indications": "Aanwijzingen."}
    return table.ok(table.post("zoneMayorD", path + "/decide", decided))["caseId"]
