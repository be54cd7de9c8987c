"""An emergency acted over HTTP: switching it on, opening, reading, ending, reviewing (R21)."""

from __future__ import annotations

from typing import Any

import cast as cast_module

EMERGENCY = {
    "reason": "dangerToOthers",
    "explanation": "Melding van een mes aan de schoolpoort, desk onbereikbaar.",
}
GOOD = {
    "category": 5, "origin": "livcParticipant", "kind": "fact", "relevantAndProportionate": True,
    "nothingClassified": True,
}  # fmt: skip


def switch(table, **settings):
    """Adopt a version of the agreement with these settings."""
    house = table.house
    cast_module.adopt(house.process, house.cast, table.cell, house.now, **settings)


def reference(table, case):
    return table.house.sql("SELECT reference FROM case_file WHERE id = :c", c=case)[0][0]


def smash(table, who, case, **over):
    return table.post(who, "/breakGlass", EMERGENCY | {"reference": reference(table, case)} | over)


def read(table, who, case, reason="acuteDanger"):
    return table.get(who, f"/cases/{case}", reason=reason)


def end(table, who, glass, match="*"):
    return table.post(who, f"/breakGlass/{glass['breakGlassId']}/close", match=match)


def review(table, who, glass, outcome="justified", note="De melding klopte."):
    body = {"outcome": outcome, "note": note}
    return table.post(who, f"/breakGlass/{glass['breakGlassId']}/review", body)


def known_case(table: Any) -> str:
    """A case that the police member and the school sat on weeks ago, with a trajectory; break-glass switched on."""
    switch(table, break_glass=1)
    meeting, _, case = table.sat("policeMember", "school")
    for audience, said, more in (
        ("present", "Draagt vaker een mes.", {}),
        ("notInMinutes", "Broer heeft schulden.", {}),
        ("desk", "Burgemeester kent de ouders.", {}),
        ("present", "Slikt medicatie.", {"category": 9}),
    ):
        body = GOOD | {"caseId": case, "audience": audience, "text": said} | more
        table.ok(table.post("coordinator", "/statements", body), 201)
    table.close(meeting)
    plan = {
        "caseId": case, "caseManagerId": table.person("caseManager"), "aims": {"school": "Terug naar de les."},
        "personInformed": "involved",
    }  # fmt: skip
    table.ok(table.post("coordinator", "/trajectories", plan), 201)
    action = {
        "caseId": case, "ownerId": table.person("participant"), "lifeDomain": "school", "text": "Contact opnemen.",
        "dueOn": "2026-06-01",
    }  # fmt: skip
    table.action = table.ok(table.post("coordinator", "/actions", action), 201)["actionId"]
    table.house.later(days=5)
    return case
