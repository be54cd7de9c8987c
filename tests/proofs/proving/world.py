"""A world laid row by row from outside, with a mark in every text, so that each byte that leaves says whose it is.

Rows are put there as the database's superuser, past every Operation: what the proofs know of the world, they know
because they made it, and not because the application said so.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import orjson
from sqlalchemy import text

from app.cases.marking import SCHEME, _packed, marks_of
from app.cases.models import ActionRow, Case, Discussion, Listing, Statement, SubjectMark, Trajectory
from app.cases.sealing import LISTED_UNDER
from app.directory.models import (
    Exclusion,
)
from app.intake.models import Registration
from app.meetings.models import AgendaItem, Attendance, Invitation, Meeting, Minutes, MinutesItem, Remark
from app.retention.models import Certificate

from .filing import Filing
from .things import (
    BORN,
    SOUGHT,
    Act,
    Asked,
    File,
    Item,
    Mark,
    Said,
    Signal,
    Sitting,
    Somebody,
)


class World(Filing):
    """Lays rows and remembers what each of them means."""

    # files ----------------------------------------------------------------------------------------------

    def signal(self, town: str, brought_by: Somebody, state: str = "received") -> Signal:
        cell = "C" if town == "C" else "zone"
        row = self.id("signal.id")
        decided = state in {"listed", "notListed", "referred", "passedToPolice"}
        made = Signal(
            row, self.reference("A", "signal.reference"), town, cell, brought_by, state,
            None if state == "listed" else self.now.date() + timedelta(days=20),
        )  # fmt: skip
        self.belongs(row, made)
        self.marks[made.reference] = Mark("signal.reference", made)
        self.vault.new_file(row, self.cast.towns[town])
        told = {}
        if state != "listed":
            name = orjson.dumps({"name": self.said("signal.text", made), "birthDate": None}).decode()
            told = {
                "subject": self.seal(row, "registration", "subject", row, name),
                "narrative": self.seal(row, "registration", "narrative", row, self.said("signal.text", made)),
            }
        if decided:
            told["decision_reason"] = self.seal(
                row, "registration", "decision_reason", row, self.said("signal.text", made)
            )
        self.put(
            Registration, id=row, municipality_id=self.cast.towns[town], cell_id=self.cast.cells[cell],
            reference=made.reference, subject_id=uuid4(), submitted_by=brought_by.person,
            agency_id=self.cast.agencies["ocmw"], anonymous=False, received_at=self.now, received_on=self.now.date(),
            state=state, phenomenon="rightWingExtremism", urgency="normal", origin="livcParticipant",
            decided_on=self.now.date() if decided else None, due_on=made.due_on, version=1, **told,
        )  # fmt: skip
        if state not in {"listed", "erased"}:
            self._findable(town, registration=row)
        self.signals.append(made)
        return made

    def _findable(self, town: str, registration: UUID, case: UUID | None = None) -> None:
        """Mark a file, so that whoever looks for the one person of all files finds it."""
        if town not in self._sought:
            self._sought[town] = marks_of(self, self.cast.towns[town], SOUGHT, BORN)  # type: ignore[arg-type]
        row = uuid4()
        self.put(
            SubjectMark, id=row, municipality_id=self.cast.towns[town], registration_id=registration, case_id=case,
            scheme=SCHEME, marks=self.seal(case or registration, "subject_mark", "marks", row, _packed(self._sought[town])),
        )  # fmt: skip

    def file(self, town: str, state: str, brought_by: Somebody, *, days: int = 200, lock_days: int = 14) -> File:  # fmt: skip
        """Put a case on the list of a town; *days* until its data must be gone. State `shredOrdered` is one of these."""
        cell = "C" if town == "C" else "zone"
        row, shred = self.id("case.id"), state == "shredOrdered"
        signal = self.signal(town, brought_by, "erased" if shred else "listed")
        due = self.now.date() + timedelta(days=days)
        made = File(
            row, self.id("case.subject"), self.reference("C", "case.reference"), town, cell,
            "destroyed" if shred else state, due, due - timedelta(days=lock_days), shred, signal,
        )  # fmt: skip
        for mark in (str(row), str(made.subject), made.reference):
            self.marks[mark] = Mark(self.marks[mark].kind, made)
        signal.case = made
        self.vault.new_file(row, self.cast.towns[town])
        name = orjson.dumps({"name": self.said("case.name", made), "birthDate": "2001-04-05"}).decode()
        desk = self.of_cast("mayor" if town == "C" else f"zoneMayor{town}")
        self.put(
            Case, id=row, municipality_id=self.cast.towns[town], cell_id=self.cast.cells[cell],
            reference=made.reference, state=made.state, phenomenon="rightWingExtremism", subject_id=made.subject,
            subject=self.seal(row, "case_file", "subject", row, name),
            origin="livcParticipant", registration_id=signal.id, agreement_id=self.agreements[self.cast.cells[cell]],
            listed_on=self.now.date() - timedelta(days=60), listed_by=desk.person, due_on=due, locks_on=made.locks_on,
            shred_ordered_at=self.now if shred else None, version=1,
        )  # fmt: skip
        self.put(
            Listing, case_id=row, municipality_id=self.cast.towns[town],
            indications=self.seal(row, LISTED_UNDER, "indications", row, self.said("case.text", made)),
            signal=self.seal(row, LISTED_UNDER, "signal", row, self.said("case.text", made)),
        )  # fmt: skip
        self.conn.execute(
            text("UPDATE registration SET case_id = :c, subject_id = :s WHERE id = :r"),
            {"c": row, "s": made.subject, "r": signal.id},
        )
        self._findable(town, signal.id, row)
        self.files.append(made)
        return made

    def plan(self, case: File, manager: Somebody) -> None:
        case.manager, case.trajectory = manager, self.id("plan.id", case)
        aims = orjson.dumps({"school": self.said("plan.text", case)}).decode()
        self.put(
            Trajectory, id=case.trajectory, case_id=case.id, municipality_id=self.cast.towns[case.town],
            case_manager_id=manager.person,
            aims=self.seal(case.id, "trajectory", "aims", case.trajectory, aims),
            person_informed="involved", started_on=self.now.date(), version=1,
        )  # fmt: skip

    def act(self, case: File, owner: Somebody, state: str = "open") -> Act:
        row = self.id("act.id")
        made = Act(row, case, owner, state)
        self.belongs(row, made)
        self.put(
            ActionRow, id=row, trajectory_id=case.trajectory, case_id=case.id,
            municipality_id=self.cast.towns[case.town], owner_id=owner.person, life_domain="school",
            text=self.seal(case.id, "action_item", "text", row, self.said("act.text", made)),
            due_on=self.now.date() + timedelta(days=30), state=state, created_at=self.now, version=1,
        )  # fmt: skip
        case.actions.append(made)
        return made

    def statement(
        self,
        case: File,
        item: Item | None,
        contributor: Somebody | None,
        audience: str = "present",
        category: int = 5,
    ) -> Said:
        row = self.id("said.id")
        made = Said(row, case, item, contributor, audience, category)
        self.belongs(row, made)
        desk = self.of_cast("mayor" if case.town == "C" else f"zoneMayor{case.town}")
        self.put(
            Statement, id=row, case_id=case.id, municipality_id=self.cast.towns[case.town],
            agenda_item_id=item.id if item else None, category=category, origin="livcParticipant", kind="fact",
            audience=audience, contributor_id=contributor.person if contributor else None,
            agency_id=self.cast.agencies["ocmw"], entered_by=desk.person, stated_on=self.now.date(),
            text=self.seal(case.id, "statement", "text", row, self.said("said.text", made)),
            created_at=self.now, version=1,
        )  # fmt: skip
        case.statements.append(made)
        return made

    def exclude(self, who: Somebody, case: File) -> None:
        case.excluded.add(who.name)
        self.put(
            Exclusion, person_id=who.person, case_id=case.id, municipality_id=self.cast.towns[case.town],
            declared_at=self.now,
        )  # fmt: skip

    def certificate(self, town: str) -> tuple[UUID, str]:
        """Leave what stays of a file that was destroyed; gives its id and its reference."""
        row, reference = uuid4(), self.reference("C", "certificate.reference", town)
        day = self.now.date() - timedelta(days=1)
        self.put(
            Certificate, id=row, municipality_id=self.cast.towns[town], reference=reference, kind="case",
            listed_on=day - timedelta(days=365), last_discussed_on=None, due_on=day, destroyed_at=self.now,
            ground="caseData", executor="robot", counts={"case_file": 1}, digest="x",
        )  # fmt: skip
        return row, reference

    # the consultation -----------------------------------------------------------------------------------

    def sitting(self, cell: str, town: str, state: str, starts: timedelta, *, chair: Somebody, secretary: Somebody | None = None,
                lasts: timedelta = timedelta(hours=2), window: timedelta = timedelta(hours=2), minutes: str | None = None,
                remarks: timedelta | None = None, extract: timedelta | None = None) -> Sitting:  # fmt: skip
        """Plan a meeting; *starts*, *remarks* and *extract* are counted from now, *window* from its end."""
        begins = self.now + starts
        made = Sitting(
            uuid4(), cell, town, chair, secretary, state, begins, begins + lasts, begins + lasts + window,
            self.now + extract if extract is not None else None, minutes,
            self.now + remarks if remarks is not None else None,
        )  # fmt: skip
        self.put(
            Meeting, id=made.id, cell_id=self.cast.cells[cell], municipality_id=self.cast.towns[town],
            table_id=self.cast.tables[cell], starts_at=made.starts_at, ends_at=made.ends_at, place="Raadzaal",
            chair_id=chair.person, secretary_id=secretary.person if secretary else None, state=state,
            opened_at=made.starts_at if state in {"inSession", "closed"} else None,
            closed_at=made.ends_at if state == "closed" else None, window_until=made.window_until,
            extract_until=made.extract_until, created_by=chair.person, version=1,
        )  # fmt: skip
        if minutes:
            self.put(
                Minutes, id=uuid4(), meeting_id=made.id, cell_id=self.cast.cells[cell], state=minutes,
                submitted_at=self.now if minutes != "draft" else None, remarks_until=made.remarks_until,
                approved_at=self.now if minutes == "approved" else None, version=1,
            )  # fmt: skip
        self.sittings.append(made)
        return made

    def table(self, sitting: Sitting, case: File) -> Item:
        row = self.id("item.id")
        made = Item(row, case, sitting)
        self.belongs(row, made)
        self.put(
            AgendaItem, id=row, meeting_id=sitting.id, cell_id=self.cast.cells[sitting.cell],
            municipality_id=self.cast.towns[case.town], case_id=case.id, subject_id=case.subject,
            position=len(sitting.items) + 1, minutes=20,
            question=self.seal(case.id, "agenda_item", "question", row, self.said("item.text", made)), version=1,
        )  # fmt: skip
        if sitting.state == "closed":
            self.put(
                Discussion, case_id=case.id, meeting_id=sitting.id, municipality_id=self.cast.towns[case.town],
                discussed_on=sitting.starts_at.date(),
            )  # fmt: skip
            case.discussed = True
            self.conn.execute(
                text("UPDATE case_file SET last_discussed_on = :d WHERE id = :c"),
                {"d": sitting.starts_at.date(), "c": case.id},
            )
        sitting.items.append(made)
        return made

    def invite(self, item: Item, who: Somebody, state: str, regime: str = "other") -> Asked:
        row = self.id("asked.id")
        made = Asked(row, who, state, regime)
        self.belongs(row, (item, made))
        self.put(
            Invitation, id=row, meeting_id=item.sitting.id, agenda_item_id=item.id, case_id=item.case.id,
            municipality_id=self.cast.towns[item.case.town], person_id=who.person, regime=regime,
            ground_list="groundsGeneral", ground_code="otherLegalBasis",
            ground_reason=self.seal(item.case.id, "invitation", "ground_reason", row, self.said("asked.reason", item)),
            state=state, sent_at=self.now if state != "draft" else None,
            refusal_reason=self.seal(item.case.id, "invitation", "refusal_reason", row, self.said("refusal", item))
            if state == "declined" else None,
            version=1,
        )  # fmt: skip
        item.invited[who.name] = made
        return made

    def attend(self, item: Item, who: Somebody) -> None:
        item.present.add(who.name)
        self.put(
            Attendance, agenda_item_id=item.id, person_id=who.person, meeting_id=item.sitting.id, case_id=item.case.id,
            municipality_id=self.cast.towns[item.case.town], present=True, recorded_at=self.now,
        )  # fmt: skip

    def minute(self, item: Item) -> None:
        from app.meetings.signing import digest_of

        row = item.minuted = self.id("minuted.id", item)
        agreed, decided = self.said("minuted.text", item), self.said("minuted.text", item)
        ((minutes,),) = self.conn.execute(
            text("SELECT id FROM minutes WHERE meeting_id = :m"), {"m": item.sitting.id}
        )
        self.put(
            MinutesItem, id=row, minutes_id=minutes, meeting_id=item.sitting.id, agenda_item_id=item.id,
            case_id=item.case.id, municipality_id=self.cast.towns[item.case.town],
            assessment=self.seal(item.case.id, "minutes_item", "assessment", row, agreed),
            decisions=self.seal(item.case.id, "minutes_item", "decisions", row, decided),
            digest=digest_of(item.id, agreed, decided), version=1,
        )  # fmt: skip

    def remark(self, item: Item, who: Somebody) -> None:
        row = item.remarks[who.name] = self.id("remark.id", (item, who))
        ((minutes,),) = self.conn.execute(
            text("SELECT id FROM minutes WHERE meeting_id = :m"), {"m": item.sitting.id}
        )
        self.put(
            Remark, id=row, minutes_id=minutes, agenda_item_id=item.id, case_id=item.case.id,
            municipality_id=self.cast.towns[item.case.town], person_id=who.person,
            text=self.seal(item.case.id, "minutes_remark", "text", row, self.said("remark.text", (item, who))),
            remarked_at=self.now,
        )  # fmt: skip
