"""What can be asked of naming who comes for a service."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from app.kernel.shapes import Command


class NominateInvitation(Command):
    """Name who of one's own service comes in one's place: the management of a service of the French Community (R28)."""

    invitation_id: UUID
    person_id: UUID
    nominated_as: Literal["handler", "superior", "permanentRepresentative"]
    """The three that the decree knows: who is directly involved, a superior of theirs, the permanent representative."""
    care_relation: bool = False
    """The service has a care relation with the person discussed; without one it must decline (R35)."""


class ListNomination(Command):
    """Read whom one named for one's own invitation, and whom one can."""

    invitation_id: UUID


class TakeBackNomination(Command):
    """Take back that somebody comes in one's place: the invitation is one's own again, to answer (If-Match)."""

    invitation_id: UUID
