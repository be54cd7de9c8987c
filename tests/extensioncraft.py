"""Extensions over HTTP, as the cast acts them: proposed, discussed, decided, looked at anew."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from app.kernel.clock import brussels_day
from app.rules.retention import years_after

WHY = "Ernstige verdenkingen, door een verzonnen vonnis bevestigd."
GROUND = "gravityOfSuspicions"
REASON = {"reason": "minutesAndCorrection"}


def propose(table, case, who="coordinator", **said):
    until = years_after(brussels_day(table.house.now), 3)
    body = {
        "caseId": case,
        "ground": GROUND,
        "reasons": WHY,
        "until": until.isoformat(),
        "nothingClassified": True,
    } | said
    return table.post(who, "/extensions", body)


def sheet(table, case, who="mayor"):
    return table.ok(table.get(who, f"/cases/{case}/extensions", **REASON))


def decide(table, row, who="mayor", decision="grant", **said):
    until = {"until": row["askedUntil"]} if decision == "grant" else {}
    body = (
        {"decision": decision, "reasons": WHY, "linkedToPrevention": True, "nothingClassified": True}
        | until
        | said
    )
    return table.post(who, f"/extensions/{row['extensionId']}/decide", body)


def review(table, row, outcome="goesOn", who="mayor", **said):
    body = {"outcome": outcome, "reasons": "Nog steeds nodig.", "nothingClassified": True} | said
    return table.post(who, f"/extensions/{row['extensionId']}/review", body)


def granted(table, who, row, until, lock=14, *, linked=True):
    """Ask the database itself to grant, past every operation; gives what it answers."""
    with table.house.work(who) as unit:
        unit.repeat()
        return unit.session.scalar(
            text("SELECT decide_extension(:e, :until, :until, :lock, :why, :linked)"),
            {"e": row["extensionId"], "until": until, "lock": lock, "why": b"x", "linked": linked},
        )


def file_of(table) -> Any:
    ((row),) = table.house.sql(
        "SELECT state, last_discussed_on, due_on, locks_on, extended_until, warned FROM case_file"
    )
    return row


def talk(table, case, purpose="extension", guests=("school",)):
    """A meeting that discusses the case for *purpose*; gives the meeting."""
    meeting = table.plan()
    body = {
        "meetingId": meeting,
        "caseId": case,
        "question": "Langer bewaren?",
        "minutes": 20,
        "purpose": purpose,
    }
    item = table.ok(table.post("coordinator", "/agendaItems", body), 201)["agendaItemId"]
    for guest in guests:
        table.invite(item, guest)
    table.convene(meeting)
    table.open(meeting)
    table.attend(item, *guests, "coordinator")
    table.close(meeting)
    return meeting
