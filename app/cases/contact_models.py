"""The row of a third person in a file, apart from the rest of it: it has an end of its own (R49)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.models import of_its_case
from app.kernel.database import Row
from app.kernel.sealed import Sealed


class Contact(Row):
    """A contact or relation of the person discussed, with the reason why it has to be known (R49, R53).

    It has no marks: nobody finds a third person by searching.
    """

    __tablename__ = "contact"
    __table_args__ = (of_its_case(), CheckConstraint("category BETWEEN 1 AND 14", name="category"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    name: Mapped[Sealed]
    relation: Mapped[str] = mapped_column(Text)
    need: Mapped[Sealed]
    category: Mapped[int | None]
    """None: noted before anybody was asked for one; such a contact is closed by default."""
    origin: Mapped[str] = mapped_column(Text)
    contributor_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    """Who brought it, and the service they were of."""
    stated_on: Mapped[date]
    keep_until: Mapped[date] = mapped_column(index=True)
    """When it goes by its own term; the case may let go of it earlier, never later."""
    added_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime]
