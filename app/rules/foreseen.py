"""What the rules foresee and nobody can do here yet: the rows that the policy still lacks, as they will be judged.

No operation stands behind them, so nothing of it is possible; `docs/authorisation.md` prints them, so that a jurist
reads the whole policy at once. Whoever builds one moves its row to `app.rules.policy`: a test lets no act stand in
both tables. Where a condition has no name yet, it is said in words.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.rules.conditions import Condition as C  # noqa: N817 — a column of the table
from app.rules.facts import Standing
from app.rules.roles import (
    DESK,
    EVERYONE,
    MAYORAL,
    OVERSIGHT,
    PEOPLE,
    STRATEGISTS,
    TABLE,
    Role,
)

NONE, PART, INVITED, ATTENDING, FILE = (
    Standing.NONE, Standing.PART, Standing.INVITED, Standing.ATTENDING, Standing.FILE,
)  # fmt: skip
DPO, MAYOR, COORDINATOR, ADMINISTRATOR, ROBOT = (
    frozenset({role}) for role in (Role.DPO, Role.MAYOR, Role.COORDINATOR, Role.ADMINISTRATOR, Role.ROBOT)
)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One row: as in the policy, with further conditions in words. *states* None: of no object that exists by now."""

    number: str
    roles: frozenset[Role]
    standing: Standing
    states: frozenset[str] | None = None
    conditions: tuple[C | str, ...] = ()


def _in(*states: str) -> frozenset[str]:
    return frozenset(states)


FORESEEN: dict[str, Foreseen] = {
    # requests of the person concerned
    "rightsRequest.register": Foreseen("R97", DPO | COORDINATOR, PART),
    "rightsRequest.acknowledge": Foreseen("R97", DPO, PART, _in("received")),
    "rightsRequest.assess": Foreseen("R99", DPO, PART, _in("acknowledged", "extendedOnce"), (
        C.ACCESS_REASON, "split by origin; each reading is a line of the log")),
    "rightsRequest.forward": Foreseen("R99", DPO, PART, _in("assessed"), ("only the part of the police",)),
    "rightsRequest.extend": Foreseen("R98", MAYORAL, FILE, _in("acknowledged", "assessed"), (
        "once, in the first month, with reasons",)),
    "rightsRequest.answer": Foreseen("R100", MAYORAL, FILE, _in("assessed", "extendedOnce"), (
        "in time (R98)", "reasons of a restriction on record (R101)", "the remedy is named", C.RECENTLY_CONFIRMED)),
    "rightsRequest.close": Foreseen("R97", DPO, PART, _in("answered")),
    "rightsRequest.list": Foreseen("R101", DPO | MAYORAL, PART),
    "rightsRequest.export": Foreseen("R101", DPO, PART, _in("answered", "closed"), (C.ACCESS_REASON, C.RECENTLY_CONFIRMED)),
    # breaches
    "breach.report": Foreseen("R108", PEOPLE, PART, None, (C.NOTHING_CLASSIFIED,)),
    "breach.assess": Foreseen("R108", DPO, PART, _in("reported")),
    "breach.notify": Foreseen("R108", MAYORAL, FILE, _in("assessed"), (
        "after 72 hours with the reason of the delay", C.RECENTLY_CONFIRMED)),
    "breach.tellPersons": Foreseen("R108", MAYORAL, FILE, _in("notified"), ("nothing that comes from security services",)),
    "breach.close": Foreseen("R108", DPO, PART, _in("assessed", "notified")),
    "breach.list": Foreseen("R108", OVERSIGHT | MAYORAL, PART),
    # strategy: never about a person
    "statistics.read": Foreseen("R112", STRATEGISTS | DPO, PART, None, ("small counts are left out (R7)",)),
    "annualReport.draft": Foreseen("R112", COORDINATOR, FILE, _in("draft"), ("small counts are left out (R7)",)),
    "annualReport.publish": Foreseen("R112", MAYOR, FILE, _in("draft"), (C.RECENTLY_CONFIRMED,)),
    "selfEvaluation.start": Foreseen("R110", COORDINATOR, PART),
    "selfEvaluation.answer": Foreseen("R110", TABLE | {Role.STRATEGIC_MEMBER}, PART, _in("open"), ("nobody's name is kept",)),
    # the consultation
    "trajectory.change": Foreseen("R72", DESK, FILE, _in("inTrajectory"), (C.NOT_LOCKED,)),
    # the house itself
    "recordingBasis.withdraw": Foreseen("R113", DPO | MAYOR, PART, _in("signed"), (C.RECENTLY_CONFIRMED,)),
    "mandate.confirm": Foreseen("R9", MAYOR | COORDINATOR | DPO, PART, _in("proposed"), (
        "by who appoints: the mayor; for a mayor the coordinator and the data protection officer",
        C.NOT_ABOUT_ONESELF, C.RECENTLY_CONFIRMED)),
    "person.deactivate": Foreseen("R14", ADMINISTRATOR, PART, None, (C.RECENTLY_CONFIRMED,)),
    "legalReference.setFirstDay": Foreseen("R8", ADMINISTRATOR | DPO, PART, _in("pending"), (C.RECENTLY_CONFIRMED,)),
    "accessCategories.export": Foreseen("R15", DPO | MAYOR, PART),
    "processingRecord.export": Foreseen("R104", DPO | MAYOR, PART),
    "dpia.record": Foreseen("R104", DPO, PART),
    "publicNotice.publish": Foreseen("R103", MAYOR, FILE, _in("draft")),
    "publicNotice.read": Foreseen("R103", EVERYONE, NONE),
    "digest.list": Foreseen("R106", DPO, PART),
    "digest.answer": Foreseen("R106", DESK, FILE, _in("open")),
    "proof.read": Foreseen("R106", OVERSIGHT, PART),
    "archive.signOff": Foreseen("R94", DESK, FILE, None, ("never delays destruction",)),
}  # fmt: skip
"""Name of the act -> its row."""
