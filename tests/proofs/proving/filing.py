"""Laying what a file holds besides words said at a table: documents in sealed parts, and emergency readings of it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from app.cases.contact_models import Contact
from app.cases.models import Attachment, AttachmentPart, BreakGlass
from app.kernel.vault import Place

from .persons import Persons
from .things import File, Glass, Paper, Somebody, Third

AN_HOUR = timedelta(hours=1)


class Filing(Persons):
    """Lays documents and emergencies."""

    def __init__(self, conn: Connection, *also: Any) -> None:
        super().__init__(conn, *also)
        self.switched: set[str] = set()
        """Cells whose agreement has what is off by default: emergency access, and the note that a card was mentioned."""

    def switch_on(self, cell: str) -> None:
        """Have the agreement in force of a cell foresee what is off by default (R21, R59)."""
        self.switched.add(cell)
        self.conn.execute(
            text("UPDATE agreement SET settings = settings || CAST(:chosen AS jsonb) WHERE id = :a"),
            {
                "a": self.agreements[self.cast.cells[cell]],
                "chosen": '{"break_glass": 1, "card_mention_note": 1}',
            },
        )

    def paper(self, case: File, category: int = 5, *, removed: bool = False) -> Paper:
        """Put a document of two parts into a file; of a removed one the row is left, without a word or a byte."""
        row = self.id("attachment.id")
        made = Paper(row, case, category, removed)
        self.belongs(row, made)
        pieces = [] if removed else [self.said("attachment.text", made).encode() for _ in range(2)]
        words: dict[str, Any] = {}
        if removed:
            desk = self.of_cast("mayor" if case.town == "C" else f"zoneMayor{case.town}").person
            words = {"removed_at": self.now, "removed_by": desk, "removal_ground": "notNecessary"}
        else:
            clear = {
                "name": self.said("attachment.name", made) + ".txt",
                "description": self.said("attachment.name", made),
                "digest": hashlib.sha256(b"".join(pieces)).hexdigest(),
            }
            words = {c: self.seal(case.id, "attachment", c, row, said) for c, said in clear.items()}
        by = self.of_cast("mayor" if case.town == "C" else f"zoneMayor{case.town}").person
        self.put(
            Attachment, id=row, case_id=case.id, municipality_id=self.cast.towns[case.town], category=category,
            origin="municipality", kind="text", size=sum(map(len, pieces)) or 50, parts=2, contributor_id=by,
            agency_id=self.cast.agencies["ocmw"], added_by=by, dated_on=self.now.date(), added_at=self.now, version=1,
            **words,
        )  # fmt: skip
        for number, piece in enumerate(pieces):
            at = number.to_bytes(4, "big") + len(pieces).to_bytes(4, "big")
            sealed = self.vault.seal_bytes(Place(case.id, "attachment_part", "content", row, at), piece)
            self.put(
                AttachmentPart, attachment_id=row, number=number, case_id=case.id,
                municipality_id=self.cast.towns[case.town], content=sealed,
            )  # fmt: skip
        case.papers.append(made)
        return made

    def third(self, case: File) -> Third:
        """Note a third person in a file."""
        row = self.id("contact.id")
        made = Third(row, case)
        self.belongs(row, made)
        by = self.of_cast("mayor" if case.town == "C" else f"zoneMayor{case.town}").person
        words = {
            c: self.seal(case.id, "contact", c, row, self.said(f"contact.{c}", made))
            for c in ("name", "need")
        }
        self.put(
            Contact, id=row, case_id=case.id, municipality_id=self.cast.towns[case.town], relation="friend",
            category=5, contributor_id=by, agency_id=self.cast.agencies["town hall"],
            origin="municipality", stated_on=self.now.date(), keep_until=self.now.date() + timedelta(days=90),
            added_by=by, added_at=self.now, **words,
        )  # fmt: skip
        case.thirds.append(made)
        return made

    def glass(
        self, case: File, who: Somebody, left: timedelta = AN_HOUR / 2, *, closed: bool = False,
        reviewed_by: Somebody | None = None,
    ) -> Glass:  # fmt: skip
        """Have somebody in an emergency reading of a file that ends by itself in *left*, counted from now."""
        row = self.id("glass.id")
        made = Glass(row, case, who, self.now + left, closed, reviewed_by is not None)
        self.belongs(row, made)
        told: dict[str, Any] = {}
        if reviewed_by is not None:
            note = self.seal(case.id, "break_glass", "review_note", row, self.said("glass.text", made))
            told = {
                "reviewed_at": self.now, "reviewed_by": reviewed_by.person, "outcome": "justified", "review_note": note,
            }  # fmt: skip
        self.put(
            BreakGlass, id=row, case_id=case.id, municipality_id=self.cast.towns[case.town], reference=case.reference,
            subject_id=case.subject, person_id=who.person, mandate_id=who.mandate, role=who.role,
            reason="dangerToOthers", opened_at=made.ends_at - AN_HOUR, ends_at=made.ends_at,
            explanation=self.seal(case.id, "break_glass", "explanation", row, self.said("glass.text", made)),
            closed_at=self.now if closed else None, version=1, **told,
        )  # fmt: skip
        case.glasses.append(made)
        return made
