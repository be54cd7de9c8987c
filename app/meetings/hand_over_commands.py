"""What can be asked of a hand-over to another municipality (R84)."""

from __future__ import annotations

from uuid import UUID

from app.kernel.shapes import Command


class ListHandOver(Command):
    """List one's own hand-overs, and what other municipalities offer, by reference alone."""


class ProposeHandOver(Command):
    """Propose to hand a case over, of which closing is proposed because the person moved (R84)."""

    case_id: UUID
    municipality_id: UUID


class SendHandOver(Command):
    """Send identity, indications and dates, sealed for the other municipality alone (R39)."""

    hand_over_id: UUID


class WithdrawHandOver(Command):
    """Withdraw a hand-over that was not accepted yet: the package is erased, and the case goes on."""

    hand_over_id: UUID


class ReceiveHandOver(Command):
    """Accept what another municipality offers: it becomes a registration here, on which the mayor decides (R40)."""

    hand_over_id: UUID
