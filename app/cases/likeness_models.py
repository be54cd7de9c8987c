"""The row that says that a reader of a file bears the name of who it is about."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.models import of_its_case
from app.kernel.database import Row


class NameLikeness(Row):
    """That somebody who read a file bears a name of who it is about: how, and no name (decision 0053).

    Put down while the file was open before this reader, read by the misuse digest alone, and gone with the case.
    """

    __tablename__ = "name_likeness"
    __table_args__ = (of_its_case(),)

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    """ownName, or familyName."""
