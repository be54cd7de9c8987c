"""The phases of a consultation and the states of a case and a signal in which every route is called."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

PHASES: dict[str, dict[str, Any]] = {
    "draft": {"state": "draft", "starts": timedelta(days=20)},
    "convened": {"state": "convened", "starts": timedelta(days=20)},
    "lateInvitation": {"state": "convened", "starts": timedelta(days=20)},
    "today": {"state": "convened", "starts": timedelta(hours=1)},
    "inSession": {"state": "inSession", "starts": timedelta(hours=-1), "minutes": "draft"},
    "justClosed": {"state": "closed", "starts": timedelta(hours=-3), "minutes": "draft"},
    "writing": {"state": "closed", "starts": timedelta(days=-3), "minutes": "draft"},
    "submitted": {"state": "closed", "starts": timedelta(days=-3), "minutes": "submitted", "remarks": timedelta(days=4)},
    "approved": {
        "state": "closed", "starts": timedelta(days=-10), "minutes": "approved", "remarks": timedelta(days=-2),
        "extract": timedelta(days=9),
    },
    "filed": {
        "state": "closed", "starts": timedelta(days=-60), "minutes": "approved", "remarks": timedelta(days=-40),
        "extract": timedelta(days=-20),
    },
    "neverApproved": {"state": "closed", "starts": timedelta(days=-50), "minutes": "submitted", "remarks": timedelta(days=-40)},
}  # fmt: skip
"""Phases of a consultation, told from now."""

CASE_STATES = (
    "listed", "underDiscussion", "inTrajectory", "monitored", "closureProposed", "closed", "locked", "shredOrdered",
)  # fmt: skip
"""`destroyed` is a scene too: its rows are gone, and only the certificate is left."""
WITH_PLAN = {"inTrajectory", "monitored", "closureProposed", "closed", "locked", "shredOrdered"}
SIGNAL_STATES = ("received", "inScreening", "moreInformationWanted", "notListed", "passedToPolice")
