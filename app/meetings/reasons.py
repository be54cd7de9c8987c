"""Why an item leaves an agenda: codes, since words of one's own could say something of the person (R61, R69)."""

from __future__ import annotations

from typing import Literal

PutOff = Literal["notEnoughTime", "partnerAbsent", "informationMissing", "notNeededNow", "otherReason"]
"""To come back at a later meeting."""
TakenOff = Literal["doesNotBelongHere", PutOff]
"""For good: it should never have been on it, or as above."""
