"""Two cells for years on end, played by the operations themselves, and beside them what the law says of each file.

What a long meeting would take of requests (agenda, who was there) is written straight into the database. The model says when
each file has to be gone, by the words of the law and nothing of the application (R69, R86 to R91, R96).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import pytest
from lifecraft import LOCK, Life, in_years

from app.cases import closing, discussions, extensions, relisting
from app.cases import commands as c
from app.cases import extension_commands as x
from app.cases.models import Case, Listing
from app.cases.sealing import LISTED_UNDER, seal_in
from app.kernel.ids import new_id, new_reference
from app.kernel.migrating import admin_engine
from app.meetings import hand_over_commands as h
from app.meetings import handing_over, sitting
from app.meetings.commands import CloseMeeting
from app.retention import sweeping
from app.rules.actions import Action

A_WEEK = timedelta(days=7)
BEGINS = date(2026, 3, 9)
CHECKED = [c.ChecklistAnswer.of(question=question, answer="notApplicable")
           for question in ("personTold", "actionsSettled", "partnersTold", "contactsRemoved", "furtherCare")]  # fmt: skip
NOBODY = '{"name":"Verzonnen","birthDate":null}'
TOWNS = {"C": ("C", "mayor", "coordinator"), "D": ("zone", "zoneMayorD", "zoneCoordinatorD"),
         "E": ("zone", "zoneMayorE", "zoneCoordinatorE")}  # fmt: skip


class Killed(BaseException):
    """The process is gone: nothing that it did not commit is there."""


# -- the world ----------------------------------------------------------------------------------------------------


class Decade:
    """Plays ten years against one house, and keeps the model beside it."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.chance = random.Random(20260302)  # noqa: S311 — the same ten years each time
        self.cast = house.cast
        self.lives: dict[UUID, Life] = {}
        self.gone: dict[str, date] = {}
        self.begun: set[str] = set()
        self.received: list[date] = []  # when it is gone at E if nobody decides
        self.listed: dict[UUID, date] = {}
        self.counts: dict[str, int] = {}
        self.today = BEGINS
        self.engine = admin_engine(house.process.addresses.main)
        self.rows: list[tuple[str, dict[str, Any]]] = []

    def did(self, what: str, number: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + number

    def on(self, day: date) -> None:
        self.today = day
        self.house.at(datetime.combine(day, time(9), UTC))

    @contextmanager
    def act(self, who: str) -> Iterator[Any]:
        with self.house.work(who) as unit:
            unit.expected = frozenset()
            yield unit

    def open_lives(self) -> list[Life]:
        """Files that the table can still do something with: followed, and not shut."""
        return [
            each
            for each in self.lives.values()
            if not each.closed and not each.leaving and self.today < each.due - LOCK
        ]

    # listing and discussing ---------------------------------------------------------------------------------------

    def list_people(self, count: int) -> None:
        drawn = self.chance.choices(list(TOWNS), k=count)
        for town in sorted(set(drawn)):
            (cell, mayor, _), number = TOWNS[town], drawn.count(town)
            with self.act(mayor) as unit:
                unit.decided.append(Action.REGISTRATION_DECIDE)  # rows put there past their operation
                ((agreement,),) = self.house.sql(
                    "SELECT id FROM agreement WHERE cell_id = :c AND state = 'adopted'",
                    c=self.cast.cells[cell],
                )
                for _ in range(number):
                    life = Life(
                        new_id(), new_reference(self.today.year), town, self.today, in_years(self.today, 1)
                    )
                    life.grave = self.chance.random() < 0.15
                    unit.vault.new_file(life.id, self.cast.towns[town])
                    unit.session.add(
                        Case(
                            id=life.id, municipality_id=self.cast.towns[town], cell_id=self.cast.cells[cell],
                            reference=life.reference, state="listed", phenomenon="rightWingExtremism", subject_id=uuid4(),
                            subject=seal_in(unit, life.id, "case_file", "subject", life.id, NOBODY),
                            origin="livcParticipant", agreement_id=agreement, listed_on=self.today,
                            listed_by=self.cast.persons[mayor], due_on=life.due, locks_on=life.due - LOCK, version=1,
                        )
                    )  # fmt: skip
                    unit.session.flush()
                    why = seal_in(unit, life.id, LISTED_UNDER, "indications", life.id, "Verzonnen.")
                    unit.session.add(
                        Listing(case_id=life.id, municipality_id=self.cast.towns[town], indications=why)
                    )
                    self.lives[life.id], self.listed[life.id] = life, self.today
            self.did("listed", number)

    @cache  # noqa: B019 — one decade lives as long as its test
    def agreement(self, cell: str) -> UUID:
        query = "SELECT id FROM agreement WHERE cell_id = :c AND state = 'adopted'"
        ((found,),) = self.house.sql(query, c=self.cast.cells[cell])
        return found

    def meet(self, cell: str) -> None:
        """Hold a meeting on some of the files, and have the record of it say what was discussed."""
        towns = [town for town, (where, _, _) in TOWNS.items() if where == cell]
        there = [life for life in self.open_lives() if life.town in towns]
        chosen = [life for life in there if life.waits == "proposed" or self.chance.random() < 0.11]
        if not chosen:
            return
        _, _, coordinator = TOWNS[towns[0]]
        guest = "school" if cell == "C" else "zoneSchool"
        meeting, purposes = new_id(), {}
        self._sit(meeting, cell, coordinator)
        for place, life in enumerate(chosen, 1):
            alone = life.waits == "proposed" and self.chance.random() < 0.5
            purposes[life.id] = "extension" if alone else "both" if life.waits == "proposed" else "person"
            self._item(meeting, cell, life, place, purposes[life.id], (coordinator, guest))
        self.written()
        with self.act(coordinator) as unit:
            sitting.close_meeting(unit, CloseMeeting.of(meeting_id=meeting))
        for life in chosen:
            if purposes[life.id] != "extension":
                life.discussed(meeting, self.today)
                self.did("discussed")
            if purposes[life.id] != "person":
                life.waits, life.met = "discussed", meeting
                self.did("extensions discussed")

    def _sit(self, meeting: UUID, cell: str, coordinator: str) -> None:
        now, who = self.house.now, self.cast.persons[coordinator]
        self.put(
            "meeting",
            id=meeting, cell_id=self.cast.cells[cell], municipality_id=self.cast.towns["C" if cell == "C" else "D"],
            table_id=self.cast.tables[cell], starts_at=now, ends_at=now + timedelta(hours=2), place="Raadzaal", chair_id=who,
            state="inSession", convened_at=now, convened_by=who, opened_at=now, window_until=now + timedelta(hours=2),
            created_by=who, version=1,
        )  # fmt: skip
        self.put(
            "minutes",
            id=new_id(),
            meeting_id=meeting,
            cell_id=self.cast.cells[cell],
            state="draft",
            version=1,
        )

    def _item(
        self, meeting: UUID, cell: str, life: Life, place: int, purpose: str, people: tuple[str, str]
    ) -> None:
        item, of = (
            new_id(),
            {"meeting_id": meeting, "case_id": life.id, "municipality_id": self.cast.towns[life.town]},
        )
        self.put(
            "agenda_item",
            id=item, cell_id=self.cast.cells[cell], subject_id=uuid4(), position=place, starts_after=0, minutes=20,
            question=b"sealed", purpose=purpose, state="tabled", version=1, **of,
        )  # fmt: skip
        for who in people:
            self.put(
                "attendance",
                agenda_item_id=item, person_id=self.cast.persons[who], present=True, recorded_at=self.house.now, **of,
            )  # fmt: skip

    def put(self, table: str, **row: Any) -> None:
        """Keep a row for the next writing: as the superuser, all of a meeting at once."""
        self.rows.append((table, row))

    def written(self) -> None:
        with self.engine.begin() as conn:
            for table, row in self.rows:
                names = ", ".join(row)
                conn.exec_driver_sql(
                    f"INSERT INTO {table} ({names}) VALUES ({', '.join(f'%({n})s' for n in row)})", row
                )
        self.rows.clear()

    # extensions ---------------------------------------------------------------------------------------------------

    def propose_extensions(self) -> None:
        for life in self.open_lives():
            if life.grave and not life.waits and not life.until and life.days and self.chance.random() < 0.05:
                most = in_years(life.started, 5)
                until = min(most, life.year_ends() + timedelta(days=self.chance.randrange(30, 1500)))
                with self.act(TOWNS[life.town][2]) as unit:
                    said = {
                        "case_id": life.id,
                        "ground": "earlierArrest",
                        "reasons": "Verzonnen.",
                        "until": until,
                    }
                    sheet = extensions.propose_extension(
                        unit, x.ProposeExtension.of(**said, nothing_classified=True)
                    )
                life.extension, life.waits = sheet.items[0].extension_id, "proposed"
                life.asked = until
                self.did("extensions proposed")

    def decide_extensions(self) -> None:
        for life in self.lives.values():
            if (
                life.waits != "discussed"
                or not life.days
                or self.today >= min(life.due, life.year_ends())
                or self.chance.random() < 0.4
            ):
                continue
            grants = self.chance.random() < 0.8
            until = min(life.asked, in_years(life.started, 5))
            if grants and until <= life.year_ends():
                grants = False  # discussed anew meanwhile: the year already reaches as far
            with self.act(TOWNS[life.town][1]) as unit:
                said = {"extension_id": life.extension, "reasons": "Verzonnen.", "nothing_classified": True}
                said |= (
                    {"decision": "grant", "until": until, "linked_to_prevention": True}
                    if grants
                    else {"decision": "refuse"}
                )
                extensions.decide_extension(unit, x.DecideExtension.of(**said))
            life.waits = ""
            if grants:
                life.granted(until, self.today)
            self.did("extensions granted" if grants else "extensions refused")

    def review_extensions(self) -> None:
        """Most are looked at in their last weeks, some never: those end by themselves."""
        for life in self.lives.values():
            if (
                not life.until
                or not life.carried
                or not timedelta() < life.carried - self.today <= 4 * A_WEEK
                or life.due <= self.today  # too late by closing or correction
            ):
                continue
            if self.chance.random() > 0.35:
                continue
            goes_on = self.chance.random() < 0.8 and life.goes_on(self.today)
            with self.act(TOWNS[life.town][1]) as unit:
                said = {"extension_id": life.extension, "reasons": "Verzonnen.", "nothing_classified": True}
                outcome = "goesOn" if goes_on else "ends"
                extensions.review_extension(unit, x.ReviewExtension.of(**said, outcome=outcome))
            if goes_on:
                life.reviewed(self.today)
            else:
                life.let_go(self.today)
            self.did("extensions reviewed" if goes_on else "extensions ended")

    # corrections and closing --------------------------------------------------------------------------------------

    def correct(self) -> None:
        for life in self.open_lives():
            if not life.days or self.chance.random() > 0.002:
                continue
            meeting = self.chance.choice(list(life.days))
            earlier = life.days[meeting] - timedelta(days=self.chance.randrange(1, 60))
            day = earlier if earlier >= self.listed[life.id] and self.chance.random() < 0.7 else None
            said = {"case_id": life.id, "meeting_id": meeting, "reason_text": "Verzonnen.",
                    "kind": "earlier" if day else "notDiscussed", "corrected_on": day}  # fmt: skip
            with self.act(TOWNS[life.town][2]) as unit:
                view = discussions.propose_discussion(unit, c.ProposeDiscussion.of(**said))
            (waits,) = [each for each in view.corrections if each.state == "proposed"]
            with self.act(TOWNS[life.town][1]) as unit:
                decided = {
                    "case_id": life.id,
                    "correction_id": waits.correction_id,
                    "decision": "approve",
                    "ends_at_once": bool(waits.ends_at_once),
                }
                discussions.decide_discussion(unit, c.DecideDiscussion.of(**decided))
            life.corrected(meeting, day, self.listed[life.id])
            self.did("days corrected")

    def close(self) -> None:
        for life in self.open_lives():
            if not life.days or life.waits or self.chance.random() > 0.012:
                continue
            meeting = max(life.days, key=lambda each: life.days[each])
            with self.act(TOWNS[life.town][2]) as unit:
                said = {"case_id": life.id, "meeting_id": meeting, "ground": "noIndications"}
                closing.propose_closure_case(unit, c.ProposeClosureCase.of(**said))
            sooner = self.today + timedelta(days=self.chance.randrange(0, 90))
            until = sooner if self.chance.random() < 0.3 and sooner <= life.due else None
            with self.act(TOWNS[life.town][1]) as unit:
                closing.close_case(unit, c.CloseCase.of(case_id=life.id, data_until=until, checklist=CHECKED))
            life.closed = True
            life.due = until or life.due
            self.did("closed")

    def relist(self) -> None:
        """Some come back: by a decision that starts nothing anew, and only then by a discussion that does."""
        for life in self.lives.values():
            if not life.closed or self.today >= life.due - LOCK or self.chance.random() > 0.01:
                continue
            with self.act(TOWNS[life.town][1]) as unit:
                relisting.relist_case(unit, c.RelistCase.of(case_id=life.id, indications="Verzonnen."))
            life.closed = False
            self.did("back on the list")

    def hand_over(self) -> None:
        """Somebody moves from D to E: accepted there, the file goes here the same day."""
        for life in self.open_lives():
            if life.town != "D" or not life.days or life.waits or self.chance.random() > 0.004:
                continue
            if self.today >= life.year_ends():
                continue  # an extension does not travel: what is kept by one alone is offered to nobody
            meeting = max(life.days, key=lambda each: life.days[each])
            with self.act("zoneCoordinatorD") as unit:
                moved = {"case_id": life.id, "meeting_id": meeting, "ground": "moved"}
                closing.propose_closure_case(unit, c.ProposeClosureCase.of(**moved))
            with self.act("zoneCoordinatorD") as unit:
                to = {"case_id": life.id, "municipality_id": self.cast.towns["E"]}
                row = handing_over.propose_hand_over(unit, h.ProposeHandOver.of(**to)).hand_over_id
            with self.act("zoneMayorD") as unit:
                handing_over.send_hand_over(unit, h.SendHandOver.of(hand_over_id=row))
            life.leaving = True
            if self.chance.random() < 0.7:
                with self.act("zoneMayorE") as unit:
                    handing_over.receive_hand_over(unit, h.ReceiveHandOver.of(hand_over_id=row))
                # An earlier end that the closing promised goes along, also where the file was listed again since.
                self.received.append(min(self.today + timedelta(days=90), life.year_ends(), life.due))
                life.due = min(life.due, self.today)
                self.did("handed over")
            else:
                self.did("hand-overs that nobody accepted")

    # the end ------------------------------------------------------------------------------------------------------

    def sweep(self, monkeypatch: pytest.MonkeyPatch) -> None:
        if killed := (self.chance.random() < 0.2):
            with self._killed_somewhere(monkeypatch):
                sweeping.sweep_all(self.house.installation)
        if self.chance.random() < 0.05:  # the clock stands back: what is not due then is not due
            sweeping.sweep_all(self.house.installation, self.house.now - timedelta(days=3))
            if killed:  # but what was begun is finished, on whichever day
                self.begun |= {each.reference for each in self.lives.values() if each.due <= self.today}
        done = sweeping.sweep_all(self.house.installation)
        assert done.left == 0
        over = [life for life in self.lives.values() if life.due <= self.today]
        for life in over:
            self.gone[life.reference] = life.due
            del self.lives[life.id]
        self.did("destroyed", len(over))
        with self.engine.connect() as conn:
            there = dict(conn.exec_driver_sql("SELECT id, due_on FROM case_file").all())
        assert there == {life.id: life.due for life in self.lives.values()}, f"on {self.today}"
        for life in self.lives.values():
            last = in_years(life.started, 5) if life.carried else life.year_ends()
            assert self.today < life.due <= last, f"{life.reference} on {self.today}"

    @contextmanager
    def _killed_somewhere(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """Have the process die before or after one of the steps of a destruction."""
        left, after = self.chance.randrange(1, 12), self.chance.random() < 0.5

        def counted(real: Any) -> Any:
            def step(*arguments: Any) -> Any:
                nonlocal left
                left -= 1
                if left == 0 and not after:
                    raise Killed
                answer = real(*arguments)
                if left == 0:
                    raise Killed
                return answer

            return step

        vault = self.house.installation.vault
        with monkeypatch.context() as patch:
            patch.setattr(vault, "shred", counted(vault.shred))
            patch.setattr(sweeping, "destroy_case", counted(sweeping.destroy_case))
            try:
                yield
            except Killed:
                self.did("sweeps killed")
