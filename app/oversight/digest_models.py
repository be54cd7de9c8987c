"""Rows of the misuse digest: what was looked through, what wants an answer, what was answered (R105, R106)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.models import of_its_case
from app.kernel.database import Row
from app.kernel.sealed import Sealed


class Digest(Row):
    """That the log of one municipality was looked through for some days, and how many lines wanted a look.

    Its number makes it the only one that follows the one before: two processes make one.
    """

    __tablename__ = "digest"
    __table_args__ = (
        UniqueConstraint("municipality_id", "number"),
        UniqueConstraint("id", "municipality_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    number: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date]
    made_at: Mapped[datetime]
    upto: Mapped[int] = mapped_column(BigInteger)
    """The last line of the log there was then: what is written later of an earlier day is looked at by the next one."""
    found: Mapped[int]
    """How many lines it had when it was made; some may have gone with their case since."""


class DigestLine(Row):
    """One thing that wants a look: which sign, who, when. No content, and no name of anybody.

    The log says which case: the line points to its entry. Only a line that would tell something of the person discussed by
    itself (that a reader bears their name) carries the case, and is destroyed with it (decision 0053).
    """

    __tablename__ = "digest_line"
    __table_args__ = (
        of_its_case(),
        ForeignKeyConstraint(
            ("digest_id", "municipality_id"), ("digest.id", "digest.municipality_id"), ondelete="CASCADE"
        ),
        Index(None, "municipality_id", "pattern", "on_day", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    digest_id: Mapped[UUID] = mapped_column(index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    case_id: Mapped[UUID | None] = mapped_column(index=True)
    sign: Mapped[str] = mapped_column(Text)
    pattern: Mapped[UUID]
    """The same for what is the same again: this sign, this person and, where it is about one, this file."""
    on_day: Mapped[date]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Who did it; none for what was done at the console."""
    mandate_id: Mapped[UUID | None]
    role: Mapped[str] = mapped_column(Text)
    agency_id: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(Text)
    entry_id: Mapped[UUID]
    """The line of the log it begins with."""
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    times: Mapped[int]


class DigestAnswer(Row):
    """What somebody answered to a line. Nothing is changed in it: whoever knows more later answers again."""

    __tablename__ = "digest_answer"
    __table_args__ = (of_its_case(),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    line_id: Mapped[UUID] = mapped_column(ForeignKey("digest_line.id", ondelete="CASCADE"), index=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipality.id"))
    case_id: Mapped[UUID | None] = mapped_column(index=True)
    conclusion: Mapped[str] = mapped_column(Text)
    note: Mapped[Sealed | None]
    """Sealed under the key of the case that the line carries, or of the digest."""
    answered_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime]
