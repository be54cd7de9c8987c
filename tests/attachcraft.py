"""How tests send, list, fetch and remove the documents of a case, through the JSON door."""

from __future__ import annotations

import filecraft as make

API = "/api/v1"
NAME = "brief-over-iemand.pdf"
LETTER = (NAME, make.pdf())
GOOD = {
    "description": "Brief van de school (verzonnen)", "category": "5", "origin": "municipality",
    "relevantAndProportionate": "true", "nothingClassified": "true",
}  # fmt: skip


def add(house, case_id, name="coordinator", file=LETTER, headers=None, **over):
    said = {
        key: value for key, value in (GOOD | {"caseId": str(case_id)} | over).items() if value is not None
    }
    files = {"file": (*file, "application/x-whatever")} if file else {"nothing": ("", b"")}
    return house.client(name).post(API + "/attachments", data=said, files=files, headers=headers or {})


def read(house, added, name="coordinator", reason="meetingPreparation"):
    return house.client(name).get(
        f"{API}/attachments/{added['attachmentId']}/content", params={"reason": reason}
    )


def listed(house, case_id, name="coordinator", reason="meetingPreparation"):
    return house.client(name).get(f"{API}/cases/{case_id}/attachments", params={"reason": reason})


def remove(house, added, name="coordinator", ground="addedInError", tag='"1"'):
    path = f"{API}/attachments/{added['attachmentId']}/remove"
    return house.client(name).post(path, json={"ground": ground}, headers={"If-Match": tag} if tag else {})


def lines(house, action):
    rows = house.sql(
        "SELECT outcome, reason, case_id, subject_id, object_type, object_id, rule FROM journal.entry"
        " WHERE action = :a ORDER BY id", a=action,
    )  # fmt: skip
    return [row._asdict() for row in rows]


def count(house):
    return [house.sql(f"SELECT count(*) FROM {table}")[0][0] for table in ("attachment", "attachment_part")]
