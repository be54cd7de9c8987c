"""Every SELECT about extensions; granting, reviewing and listing are functions of the database (R87 to R91)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, bindparam, select, text
from sqlalchemy.orm import Session

from app.cases.extension_models import Extension, ExtensionReview

_DECIDE = text("SELECT decide_extension(:extension, :until, :review, :lock, :decision, :linked)").bindparams(
    bindparam("decision", type_=LargeBinary)
)
_REVIEW = text(
    "SELECT review_extension(:extension, :review, :outcome, :reasons, :next, :due, :lock)"
).bindparams(bindparam("reasons", type_=LargeBinary))
_WATCHED = text(
    "SELECT * FROM extensions_watched() WHERE state IN ('proposed', 'discussed', 'decided') ORDER BY due_on, id"
)


def extension(session: Session, extension_id: UUID) -> Extension | None:
    """Give one extension, as far as this actor may know of it."""
    return session.scalars(select(Extension).filter_by(id=extension_id)).one_or_none()


def of_case(session: Session, case_id: UUID) -> list[Extension]:
    """Give the extensions of a case, latest first."""
    found = select(Extension).filter_by(case_id=case_id)
    return list(session.scalars(found.order_by(Extension.proposed_at.desc(), Extension.id)))


def waiting(session: Session, case_id: UUID) -> Extension | None:
    """Give the extension of a case that was proposed or discussed and not decided on."""
    found = select(Extension).where(
        Extension.case_id == case_id, Extension.state.in_(("proposed", "discussed"))
    )
    return session.scalars(found).one_or_none()


def holding(session: Session, case_id: UUID) -> Extension | None:
    """Give the extension that keeps a case now."""
    found = select(Extension).filter_by(case_id=case_id, state="decided")
    return session.scalars(found).one_or_none()


def reviews(session: Session, case_id: UUID) -> list[ExtensionReview]:
    """Give how extensions of a case were looked at anew, latest first."""
    found = select(ExtensionReview).filter_by(case_id=case_id)
    return list(session.scalars(found.order_by(ExtensionReview.reviewed_at.desc(), ExtensionReview.id)))


def watched(session: Session) -> list[Any]:
    """Give what waits and what holds in the municipalities this actor watches over, soonest end first; no reasons."""
    return list(session.execute(_WATCHED))


def decide(session: Session, extension_id: UUID, said: dict[str, Any]) -> bool:
    """Let the database grant an extension; False, and nothing changed, where it holds that the law does not allow it.

    *said*: until, review (the next day of one), lock (days), decision (sealed), linked (to prevention, as it was confirmed).
    """
    return bool(session.scalar(_DECIDE, {"extension": extension_id} | said))


def review(session: Session, extension_id: UUID, said: dict[str, Any]) -> bool:
    """Let the database carry an extension on, or end it; False, and nothing changed, once there is nothing to review.

    *said*: review (id), outcome, reasons (sealed), next (day of the next review), due (without extension), lock (days).
    """
    return bool(session.scalar(_REVIEW, {"extension": extension_id} | said))
