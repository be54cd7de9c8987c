"""A year of one municipality, simulated: who reads what for good reasons, and a known number of misuses among it.

The log, the files, meetings and searches are rows of a real database; what happens follows from one seed. Nothing of it is
said to the digest: it has the rows alone, night after night, as it would have them.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import cycle
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import text

from app.kernel.clock import BRUSSELS
from app.kernel.ids import NIL
from app.kernel.migrating import admin_engine
from app.rules.holidays import is_working_day

FIRST, LAST = date(2027, 1, 1), date(2027, 12, 31)
FILES = 40
NAMES = UUID(int=53)


@dataclass(frozen=True)
class Misuse:
    """One thing that somebody did and should not have: on which day it is complete, and by which sign it should be seen."""

    sign: str
    person: UUID | None
    day: date


class Year:
    """The rows of a year, day by day, and what was planted in them."""

    def __init__(self, house: Any, seed: int, played: str) -> None:
        self.house, self.chance, self.played = house, random.Random(seed), played  # noqa: S311 — a simulation
        self.town, self.cell = house.cast.towns["C"], house.cast.cells["C"]
        self.people, self.mandates = house.cast.persons, house.cast.mandates
        self.cases = [uuid5(NAMES, f"case {n}") for n in range(FILES)]
        self.followed = self.cases[:3]
        self.hidden_from_work = self.cases[18:]
        """Files that nobody has any work in this year: in them somebody's curiosity stands out, and nothing else does."""
        self.lines: dict[date, list[dict[str, Any]]] = defaultdict(list)
        self.searches: list[tuple[UUID, str, datetime]] = []
        self.likenesses: list[tuple[UUID, UUID, str]] = []
        self.planted: list[Misuse] = []
        self.sly: list[Misuse] = []
        self.agendas: list[tuple[date, list[UUID]]] = []
        self.taken: set[tuple[str, date]] = set()

    # -- one line, and what is around it ---------------------------------------------------------------------------

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), BRUSSELS)

    def line(self, who: str, action: str, at: datetime, case: UUID | None = None, **more: Any) -> None:
        row = {
            "year": at.year, "controller": self.town, "at": at, "recorded_at": at, "actor_id": self.people[who],
            "mandate_id": self.mandates[who], "role": who, "action": action, "outcome": "allowed", "rule": "R14",
            "reason": "", "case_id": case, "trace_id": uuid5(NAMES, f"{self.chance.random()}"), "break_glass": False,
        } | more  # fmt: skip
        self.lines[at.date()].append(row)

    def read(
        self, who: str, case: UUID, at: datetime, reason: str = "newInformation", *, writes: bool = False
    ) -> None:
        """Open a file, look at one or two things in it, and perhaps write something down."""
        self.line(who, "case.open", at, case, reason=reason)
        for n in range(self.chance.randint(0, 2)):
            action = self.chance.choice(
                ["chronology.read", "attachment.list", "contact.list", "trajectory.read"]
            )
            self.line(who, action, at + timedelta(minutes=1 + n), case, reason=reason)
        if writes:
            self.line(who, "statement.create", at + timedelta(minutes=9), case)

    def search(self, who: str, name: str, at: datetime) -> None:
        self.searches.append((self.people[who], str(uuid5(NAMES, name)), at))
        self.line(who, "subject.query", at)

    def office(self, day: date) -> datetime:
        return self.at(day, self.chance.randint(8, 17), self.chance.randint(0, 59))

    def working(self, some: int, *, first: date = FIRST, last: date = LAST) -> list[date]:
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return sorted(self.chance.sample([day for day in days if is_working_day(day)], some))

    # -- work ------------------------------------------------------------------------------------------------------

    def live(self) -> None:
        """Fill the year with work done for good reasons."""
        self._meet()
        for n in range((LAST - FIRST).days + 1):
            day = FIRST + timedelta(days=n)
            if is_working_day(day) and not date(2027, 7, 19) <= day <= date(2027, 8, 6):
                self._work(day)
        self._seek()
        self._now_and_then()

    def _seek(self) -> None:
        """Look for names as signals come in, and follow links that lead nowhere any more."""
        for day in self.working(24):  # a signal: looked for, screened, looked for again
            self.search("coordinator", f"signal {day}", self.office(day))
            self.line("coordinator", "registration.screen", self.office(day))
            again = day + timedelta(days=2)
            self.search("coordinator", f"signal {day}", self.office(again))
            self.line("mayor", "registration.decide", self.office(again))
        for day in self.working(10):  # a name comes up, once
            self.search("coordinator", f"passing {day}", self.office(day))
        for day in self.working(60):  # an old link in somebody's mailbox
            start = self.office(day)
            for n in range(self.chance.randint(1, 3)):
                self.away(
                    self.chance.choice(["participant", "school", "policeMember"]),
                    start + timedelta(minutes=n),
                )

    def _now_and_then(self) -> None:
        """What a year brings besides: all of it harmless, some of it unusual."""
        for day in self.working(3):  # called out in the evening, and writes down what came of it
            self.read(
                "coordinator",
                self.chance.choice(self.cases[:18]),
                self.at(day, 22, 10),
                "acuteDanger",
                writes=True,
            )
        for day in self.working(4):  # the mayor reads at home
            self.read(
                "mayor", self.chance.choice(self.cases[:18]), self.at(day, 21, 15), "decisionPreparation"
            )
        for day in self.working(2):  # taking stock of every live file
            for n, case in enumerate(self.cases):
                self.read("coordinator", case, self.at(day, 13) + timedelta(minutes=4 * n), "retentionReview")
        for day in (date(2027, 1, 11), date(2027, 4, 12), date(2027, 7, 12), date(2027, 10, 11)):
            self.line("auditor", "journal.export", self.at(day, 10))
        self._likeness("coordinator", self.cases[4], "familyName")

    def _meet(self) -> None:
        month = FIRST
        while month <= LAST:
            day = month.replace(day=9)
            while not is_working_day(day):
                day += timedelta(days=1)
            if month.month != 8:
                self.agendas.append((day, self.chance.sample(self.cases[:18], 6)))
            month = (month + timedelta(days=32)).replace(day=1)

    def _work(self, day: date) -> None:
        """A working day: what the next meeting wants, what people ring up for, what was agreed."""
        for meeting, cases in self.agendas:
            self._for_a_meeting(day, (meeting - day).days, cases)
        for _ in range(self.chance.choice([0, 0, 1, 1, 2])):  # mostly there is something to write down
            case, writes = self.chance.choice(self.cases[:18]), self.chance.random() < 0.7
            self.read("coordinator", case, self.office(day), writes=writes)
        if day.weekday() in {1, 3}:
            self.read("caseManager", self.chance.choice(self.followed), self.office(day), "actionFollowUp")
        if self.chance.random() < 0.1:
            self.read("mayor", self.chance.choice(self.cases[:18]), self.office(day), "decisionPreparation")

    def _for_a_meeting(self, day: date, away: int, cases: list[UUID]) -> None:
        """What is done for a meeting that is *away* days from here."""
        if away in {1, 2, 3, 5, 8, -1, -2, -6}:
            for case in self.chance.sample(cases, 3):
                self.read("coordinator", case, self.office(day), "meetingPreparation", writes=away < 0)
        if away == 1:
            for case in cases:
                at = self.at(day, 20, self.chance.randint(0, 59))
                self.read("mayor", case, at, "meetingPreparation")
        if away == 0:
            for n, case in enumerate(cases):
                at = self.at(day, 14) + timedelta(minutes=15 * n)
                self.read("mayor", case, at, "consultation")
                self.read("coordinator", case, at, "consultation")
                self.line("policeMember", "agendaItem.read", at, case)

    def away(self, who: str, at: datetime, **more: Any) -> None:
        """Be turned away: what is not there for somebody is a line of no municipality."""
        self.line(who, "case.open", at, outcome="hidden", controller=NIL, **more)

    def _likeness(self, who: str, case: UUID, kind: str) -> None:
        self.likenesses.append((case, self.people[who], kind))

    # -- misuse ----------------------------------------------------------------------------------------------------

    def plant(self, sign: str, who: str, day: date) -> None:
        self.planted.append(Misuse(sign, self.people[who], day))

    def misuse(self) -> None:
        """Put a known number of misuses of each kind between the work."""
        secret = cycle(self.hidden_from_work)
        for start in self.working(
            5, last=date(2027, 11, 30)
        ):  # a neighbour's file, again and again, in office hours
            case, days = (
                next(secret),
                self.working(3, first=start, last=start + timedelta(days=21)),
            )
            for day in days:
                self.read("caseManager", case, self.office(day))
            self.plant("noLink", "caseManager", days[-1])
        for start in self.working(4):  # cleverer: only once, and with a reason that sounds well
            self.read("mayor", next(secret), self.office(start), "decisionPreparation")
            self.sly.append(Misuse("noLink", self.people["mayor"], start))
        for day in self.working(3):
            self.read("mayor", next(secret), self.at(day, 11), "consultation")
            self.plant("noLink", "mayor", day)
        for day in self.working(8):
            self.read("delegate", next(secret), self.at(day, self.chance.choice([5, 20, 22, 23])))
            self.plant("outOfHours", "delegate", day)
        sunday = date(2027, 5, 16)
        self.read("delegate", next(secret), self.at(sunday, 11))
        self.plant("outOfHours", "delegate", sunday)
        for day in self.working(4, first=date(2027, 2, 1)):
            for n, case in enumerate(self.cases):
                self.line(
                    "delegate",
                    "case.open",
                    self.at(day, 10) + timedelta(minutes=2 * n),
                    case,
                    reason="supervision",
                )
            self.plant("burst", "delegate", day)
        self._wander()
        self._abuse_names()
        self._special(secret)

    def _wander(self) -> None:
        """Try doors, and look for one name again and again."""
        for day in self.working(5):
            for n in range(8):
                self.away("participant", self.at(day, 15, n))
            self.plant("doors", "participant", day)
        for start in self.working(4, last=date(2027, 11, 15)):
            days = self.working(3, first=start, last=start + timedelta(days=21))
            for day in days:
                self.search("delegate", f"an old love, {start}", self.office(day))
            self.plant("searches", "delegate", days[-1])

    def _abuse_names(self) -> None:
        """Read the files of people of one's own name."""
        for kind, case in (
            ("familyName", self.cases[7]),
            ("familyName", self.cases[9]),
            ("ownName", self.cases[11]),
        ):
            self._likeness("delegate" if case != self.cases[9] else "mayor", case, kind)
        (day,) = self.working(1)
        for case in (self.cases[7], self.cases[11]):
            self.read("delegate", case, self.at(day, 9), writes=True)

    def _special(self, secret: Iterator[UUID]) -> None:
        """What is shown each time: emergencies, exports, the administration, mandates that end or are over."""
        for day in self.working(3):
            self.line("policeMember", "breakGlass.open", self.at(day, 11), next(secret))
            self.plant("breakGlass", "policeMember", day)
        for day in self.working(3):
            self.line("dpo", "journal.export", self.at(day, 9))
            self.plant("export", "dpo", day)
        for day in self.working(2):
            self.away("administrator", self.at(day, 9))
            self.plant("administration", "administrator", day)
        day = date(2027, 9, 30)
        self.house.sql("UPDATE mandate SET ends_on = :d WHERE id = :m", d=day, m=self.mandates["delegate"])
        self.read("delegate", self.hidden_from_work[0], self.at(day, 16))
        self.plant("lastDay", "delegate", day)
        for day in self.working(3):
            self.away("clb", self.at(day, 9), role="", mandate_id=None)
            self.plant("withoutMandate", "clb", day)

    # -- in the database -------------------------------------------------------------------------------------------

    def write(self) -> None:
        """Put all of it down, as the superuser, past every lock and trigger."""
        self._count_planted_names()
        with admin_engine(self.house.process.addresses.main).begin() as conn:
            conn.exec_driver_sql("SET session_replication_role = replica")
            for n, case in enumerate(self.cases):
                conn.execute(
                    text(
                        "INSERT INTO case_file SELECT (jsonb_populate_record(c, jsonb_build_object('id', CAST(:id AS text),"
                        " 'reference', CAST(:r AS text), 'registration_id', NULL, 'listed_on', '2026-06-01',"
                        " 'review_on', NULL, 'due_on', '2029-01-01', 'locks_on', '2029-01-01'))).*"
                        " FROM case_file c WHERE c.id = :played"
                    ),
                    {"id": str(case), "r": f"C-2027-V{n:04}", "played": self.played},
                )
            for case, person, kind in self.likenesses:
                conn.execute(
                    text(
                        "INSERT INTO name_likeness (case_id, person_id, municipality_id, kind) VALUES (:c, :p, :m, :k)"
                    ),
                    {"c": case, "p": person, "m": self.town, "k": kind},
                )
            for case in self.followed:
                conn.execute(
                    text(
                        "INSERT INTO trajectory (id, case_id, municipality_id, case_manager_id, aims, person_informed,"
                        " started_on, version) VALUES (gen_random_uuid(), :c, :m, :p, '', 'involved', '2026-06-01', 1)"
                    ),
                    {"c": case, "m": self.town, "p": self.people["caseManager"]},
                )
            self._write_meetings(conn)
            self._write_log(conn)
            for person, mark, at in self.searches:
                conn.execute(
                    text("INSERT INTO subject_query_mark VALUES (gen_random_uuid(), :m, :p, :k, :at)"),
                    {"m": self.town, "p": person, "k": mark, "at": at},
                )

    def _count_planted_names(self) -> None:
        """The first day on which somebody has anything to do with the file of who bears their name is the one to be seen."""
        for case, person, kind in self.likenesses:
            days = [
                day for day, rows in self.lines.items()
                if any(row["actor_id"] == person and row["case_id"] == case for row in rows)
            ]  # fmt: skip
            if days and person != self.people["coordinator"]:  # who works in every file, and is a namesake
                self.planted.append(Misuse(kind, person, min(days)))

    def _write_meetings(self, conn: Any) -> None:
        for day, cases in self.agendas:
            meeting = uuid4()
            conn.execute(
                text(
                    "INSERT INTO meeting (id, cell_id, municipality_id, table_id, table_kind, starts_at, ends_at, place,"
                    " chair_id, state, window_until, created_by, version)"
                    " VALUES (:id, :cell, :m, :t, 'operational', :a, :b, 'Zaal', :p, 'convened', :b, :p, 1)"
                ),
                {
                    "id": meeting, "cell": self.cell, "m": self.town, "t": self.house.cast.tables["C"],
                    "a": self.at(day, 14), "b": self.at(day, 16), "p": self.people["coordinator"],
                },
            )  # fmt: skip
            for n, case in enumerate(cases):
                conn.execute(
                    text(
                        "INSERT INTO agenda_item (id, meeting_id, cell_id, municipality_id, case_id, subject_id, position,"
                        " starts_after, minutes, question, purpose, state, version)"
                        " VALUES (gen_random_uuid(), :meeting, :cell, :m, :case, :case, :n, 0, 20, '', 'person', 'tabled', 1)"
                    ),
                    {"meeting": meeting, "cell": self.cell, "m": self.town, "case": case, "n": n},
                )

    def _write_log(self, conn: Any) -> None:
        rows = sorted((row for day in self.lines.values() for row in day), key=lambda row: row["at"])
        conn.execute(
            text(
                "INSERT INTO journal.entry (year, controller, at, recorded_at, actor_id, mandate_id, role, action, outcome,"
                " rule, legal_basis, reason, case_id, object_type, processing, channel, recipients, trace_id, break_glass)"
                " VALUES (:year, :controller, :at, :recorded_at, :actor_id, :mandate_id, :role, :action, :outcome, :rule, '',"
                " :reason, :case_id, '', '', 'test', '', :trace_id, :break_glass)"
            ),
            rows,
        )
