"""Every SELECT about hand-overs. What is offered, and accepting it, are functions: the receiver reads no row of the sender."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select, text
from sqlalchemy.orm import Session

from app.cases.models import Case, Listing
from app.constitution.models import Municipality
from app.kernel.database import lean_rows
from app.meetings.hand_over_models import HandOver
from app.rules.facts import Actor

UNDER_WAY = ("proposed", "sent")
_OFFERED = "SELECT * FROM offered_hand_overs() ORDER BY accept_until, reference"
_RECEIVE = text("SELECT * FROM receive_hand_over(:id, :reference, :subject, :due)")
_TELL = text("SELECT tell_of_hand_over(:id)")


def hand_over(session: Session, row_id: UUID, *, lock: bool = False) -> HandOver | None:
    """Give a hand-over of one's own municipality; locked, if this actor may change it."""
    query = select(HandOver).filter_by(id=row_id)
    locked = session.scalars(query.with_for_update()).one_or_none() if lock else None
    return locked or session.scalars(query).one_or_none()


def own(session: Session, actor: Actor) -> list[Any]:
    """Give (hand-over, case) of one's own municipality, newest first."""
    query = select(HandOver, Case).join(Case, Case.id == HandOver.case_id)
    query = query.where(HandOver.municipality_id == actor.municipality_id)
    return list(session.execute(query.order_by(HandOver.proposed_at.desc(), HandOver.id)))


def offered(session: Session) -> list[Any]:
    """Give what other municipalities offer to that of the acting mayor or delegate, as lean rows."""
    return lean_rows(session, _OFFERED)


def receive(session: Session, row_id: UUID, reference: str, subject_id: UUID, due_on: date) -> UUID | None:
    """Have the database make a registration of what is offered; None, and nothing done, where it cannot be accepted."""
    values = {"id": row_id, "reference": reference, "subject": subject_id, "due": due_on}
    found: UUID | None = session.execute(_RECEIVE, values).scalar()
    return found


def tell_receiver(session: Session, row_id: UUID) -> None:
    """Leave a notice for mayor and delegates of the receiver: by reference alone."""
    session.execute(_TELL, {"id": row_id})


def under_way(session: Session, case_id: UUID) -> bool:
    """Tell whether a hand-over of a case was proposed or sent."""
    query = select(HandOver.id).where(HandOver.case_id == case_id, HandOver.state.in_(UNDER_WAY))
    return session.scalar(query) is not None


def of_case(session: Session, case_id: UUID) -> list[HandOver]:
    """Give what was proposed, sent or accepted of a case, as far as this actor may know."""
    return list(
        session.scalars(
            select(HandOver).where(HandOver.case_id == case_id, HandOver.state.in_((*UNDER_WAY, "received")))
        )
    )


def listing(session: Session, case_id: UUID) -> Listing | None:
    """Give why the person was put on the list, as far as this actor may read it."""
    return session.get(Listing, case_id)


def municipality(session: Session, municipality_id: UUID | None) -> Municipality | None:
    """Give a municipality of this installation."""
    return session.get(Municipality, municipality_id) if municipality_id else None


def others(session: Session, municipality_id: UUID | None) -> list[Municipality]:
    """Give the other municipalities of this installation that may record case data."""
    query = select(Municipality).where(
        Municipality.id != municipality_id, Municipality.recording_basis.is_not(None)
    )
    return list(session.scalars(query.order_by(Municipality.id)))


# -- for the sweep, as the database's retention role ------------------------------------------------------------


def _received() -> ColumnElement[bool]:
    return (HandOver.state == "received") & exists().where(Case.id == HandOver.case_id)


def _to_erase(today: date) -> ColumnElement[bool]:
    return (
        HandOver.erased_at.is_(None)
        & HandOver.package_id.is_not(None)
        & (
            HandOver.state.in_(("withdrawn", "lapsed"))
            | ((HandOver.state == "sent") & (HandOver.accept_until < today))
        )
    )


def where_due(today: date) -> Select[UUID]:
    """Give the query of the municipalities of which `received` or `to_erase` names something."""
    return select(HandOver.municipality_id).where(_received() | _to_erase(today))


def received(session: Session, municipality_id: UUID) -> list[HandOver]:
    """Give the hand-overs of a municipality that were accepted and whose case is still here."""
    query = select(HandOver).where(HandOver.municipality_id == municipality_id, _received())
    return list(session.scalars(query.order_by(HandOver.id)))


def received_of(session: Session, case_ids: list[UUID]) -> dict[UUID, HandOver]:
    """Give the hand-overs by which cases went to another municipality, by case."""
    query = select(HandOver).where(HandOver.case_id.in_(case_ids), HandOver.state == "received")
    return {each.case_id: each for each in session.scalars(query)}


def to_erase(session: Session, municipality_id: UUID, today: date) -> list[HandOver]:
    """Give the hand-overs whose package has to go: withdrawn, or not accepted in time."""
    query = select(HandOver).where(HandOver.municipality_id == municipality_id, _to_erase(today))
    return list(session.scalars(query.order_by(HandOver.id)))


def references_of(session: Session, case_ids: list[UUID]) -> list[str]:
    """Give under which references cases were offered to other municipalities, whatever came of it: notices tell them."""
    return list(session.scalars(select(HandOver.reference).where(HandOver.case_id.in_(case_ids))))


def packages_of(session: Session, case_ids: list[UUID]) -> list[UUID]:
    """Give under which keys packages of cases lie that nobody accepted: they go with their case."""
    query = select(HandOver.package_id).where(
        HandOver.case_id.in_(case_ids),
        HandOver.package_id.is_not(None),
        HandOver.state != "received",
        HandOver.erased_at.is_(None),
    )
    return [each for each in session.scalars(query) if each is not None]
