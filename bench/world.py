"""An invented country of security cells, written straight into fresh databases.

Rows come in by COPY, as the superuser; what they hold is real: sealed values under keys of their own files in
the application's own format, credentials that let people sign in, processing-log entries that the
application's own sealer puts into its trees. Beside each sealed value the floor gets a clear copy (schema
`floor`), so that both sides answer with the same texts.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg.types.json import Jsonb

from app.cases.sealing import LISTED_UNDER
from app.directory.models import TEXT_VERSION
from app.kernel.identity import hash_password, new_totp_secret
from app.kernel.ids import new_id
from app.kernel.installing import Process
from app.kernel.keys.provider import shut
from app.kernel.vault import Place
from app.rules.legal import legal_basis

PASSWORD = "een verzonnen wachtwoord"
CASES_IN_A_CELL = 100
STATEMENTS_IN_A_CASE = 20
ITEMS_ON_AN_AGENDA = 10
WRITTEN_TO = 10
"""The last files of each municipality take the statements that are created; the others are read."""
PEOPLE = (
    ("mayor", "town hall"), ("coordinator", "town hall"), ("secretary", "town hall"), ("policeMember", "police"),
    ("participant", "ocmw"), ("participant", "school"), ("participant", "clb"), ("participant", "caw"),
)  # fmt: skip
AGENCIES = {
    "town hall": ("municipal", "groundsGeneral", "municipalStaff"),
    "police": ("police", "groundsGeneral", "coreMember"),
    "ocmw": ("flemish", "groundsFlemish", "flemishPublicWelfare"),
    "school": ("flemish", "groundsFlemish", "flemishSchools"),
    "clb": ("flemish", "groundsFlemish", "flemishPupilGuidance"),
    "caw": ("flemish", "groundsFlemish", "flemishGeneralWelfare"),
}
_STATES = ("listed", "underDiscussion", "underDiscussion", "inTrajectory", "monitored", "closed")
_PHENOMENA = ("rightWingExtremism", "islamistExtremism", "antiGovernment", "leftWingExtremism", "sects")
_ORIGINS = ("livcParticipant", "policeJudicial", "municipality", "openSource")
_CATEGORIES = (1, 1, 2, 3, 4, 5, 6, 7, 10, 13, 8, 11)
_TEXT = (
    "de betrokkene komt sinds enkele weken niet meer naar de les en zoekt weinig contact met vrienden "
    "volgens de leerkracht is de toon van gesprekken veranderd terwijl de thuissituatie rustig blijft "
    "het gezin aanvaardt ondersteuning en de begeleider merkt vooruitgang bij het zoeken naar werk"
)
_WORDS = _TEXT.split()


@dataclass(frozen=True)
class Size:
    """How large a country."""

    cells: int
    entries: int

    @property
    def cases(self) -> int:
        return self.cells * CASES_IN_A_CELL

    @property
    def statements(self) -> int:
        return self.cases * STATEMENTS_IN_A_CASE


FULL = Size(300, 1_000_000)
SMALL = Size(3, 10_000)


@dataclass(frozen=True)
class Somebody:
    """An invented person, with a session already open."""

    id: UUID
    mandate_id: UUID
    session_id: UUID
    role: str
    username: str
    totp_secret: str
    agency_id: UUID


@dataclass
class Town:
    """One municipality with its cell."""

    id: UUID
    cell_id: UUID
    people: list[Somebody] = field(default_factory=list)
    cases: list[UUID] = field(default_factory=list)
    meeting_id: UUID = field(default_factory=new_id)

    def of(self, role: str) -> list[Somebody]:
        return [p for p in self.people if p.role == role]


@dataclass
class World:
    """What a load generator has to know."""

    size: Size
    towns: list[Town]
    sealed_per_second: float = 0.0
    seconds: float = 0.0


Say = Callable[[str], None]


def build(process: Process, size: Size, say: Say) -> World:
    """Fill migrated, empty databases."""
    started = time.monotonic()
    world = World(size, [Town(new_id(), new_id()) for _ in range(size.cells)])
    with psycopg.connect(process.addresses.main) as main, psycopg.connect(process.addresses.keys) as keys:
        writer = _Writer(process, main, keys, datetime.now(UTC), random.Random(1))
        for step in (writer.constitution, writer.directory, writer.files, writer.meetings, writer.floor):
            step(world, say)
            main.commit()
            keys.commit()
        world.sealed_per_second = writer.journal(world, process, say)
        _finish(main, say)
    world.seconds = time.monotonic() - started
    return world


class _Writer:
    def __init__(self, process: Process, main: Any, keys: Any, now: datetime, chance: random.Random) -> None:
        self.vault, self.provider = process.installation.vault, process.installation.provider
        self.wrapping = process.installation.keeper.provider
        self.wrapping_key = self.wrapping.key_ids()[-1]
        self.main, self.keys, self.now, self.today, self.chance = main, keys, now, now.date(), chance
        self.agencies: dict[str, UUID] = {}
        self.agreements: dict[UUID, UUID] = {}
        self.tables: dict[UUID, UUID] = {}

    def constitution(self, world: World, say: Say) -> None:
        say(f"{world.size.cells} municipalities and cells")
        towns, day = world.towns, self.today - timedelta(days=400)
        self.vault = self.vault.within(t.id for t in towns)
        copy(self.main, "municipality", "id, names, profile, recording_basis, created_at, version", (
            (t.id, Jsonb({"nl": f"Gemeente {n}"}), "flanders", Jsonb({"act": "flemishDecree.categories"}), self.now, 1)
            for n, t in enumerate(towns)
        ))  # fmt: skip
        copy(self.main, "cell", "id, kind, name, created_at, version", (
            (t.cell_id, "municipal", f"LIVC R {n}", self.now, 1) for n, t in enumerate(towns)
        ))  # fmt: skip
        copy(self.main, "cell_municipality", "cell_id, municipality_id", ((t.cell_id, t.id) for t in towns))
        self.tables = {t.cell_id: new_id() for t in towns}
        copy(self.main, "consultation_table", "id, cell_id, kind, name, created_at, version", (
            (table, cell, "operational", "Operationele tafel", self.now, 1) for cell, table in self.tables.items()
        ))  # fmt: skip
        self.agreements = {t.cell_id: new_id() for t in towns}
        columns = "id, cell_id, number, document, answers, settings, state, adopted_on, adopted_by, version"
        copy(self.main, "agreement", columns, (
            (row, cell, 1, "Besluit (invented)", Jsonb({}), Jsonb({}), "adopted", day, new_id(), 1)
            for cell, row in self.agreements.items()
        ))  # fmt: skip
        self.agencies = {name: new_id() for name in AGENCIES}
        copy(self.main, "agency", "id, name, regime, ground_list, ground_code, created_at, version", (
            (self.agencies[name], f"{name} (invented)", *what, self.now, 1) for name, what in AGENCIES.items()
        ))  # fmt: skip

    def directory(self, world: World, say: Say) -> None:
        say(f"{world.size.cells * len(PEOPLE)} persons")
        hashed, secret = hash_password(PASSWORD), new_totp_secret()
        for number, town in enumerate(world.towns):
            for place, (role, agency) in enumerate(PEOPLE):
                name = f"{role.lower()}{place}.{number}"
                ids = (new_id(), new_id(), new_id())
                town.people.append(Somebody(*ids, role, name, secret, self.agencies[agency]))
        people = [(town, p) for town in world.towns for p in town.people]
        columns = "id, username, name, agency_id, language, volunteer, demo, active, created_at, version"
        copy(self.main, "person", columns, (
            (p.id, p.username, f"{p.username.title()} Verzonnen", p.agency_id, "nl", False, False, True, self.now, 1)
            for _, p in people
        ))  # fmt: skip
        copy(self.main, "credential", "person_id, password_hash, totp_secret, totp_last_step", (
            (p.id, hashed, self.provider.wrap(p.totp_secret.encode(), p.id.bytes), 0) for _, p in people
        ))  # fmt: skip
        columns = "id, person_id, role, cell_id, municipality_id, starts_on, document, clearance_until, created_at, version"
        copy(self.main, "mandate", columns, (
            (p.mandate_id, p.id, p.role, town.cell_id, town.id if p.role in {"mayor", "coordinator"} else None,
             date(2020, 1, 1), "Aanstelling (invented)", date(2049, 1, 1), self.now, 1)
            for town, p in people
        ))  # fmt: skip
        copy(self.main, "undertaking", "id, person_id, text_version, language, confirmed_at, valid_until", (
            (new_id(), p.id, TEXT_VERSION, "nl", self.now, date(2049, 1, 1)) for _, p in people
        ))  # fmt: skip
        columns = "id, person_id, mandate_id, channel, state, opened_at, seen_at, expires_at, failures"
        later = self.now + timedelta(days=30)
        copy(self.main, "session", columns, (
            (p.session_id, p.id, p.mandate_id, "api", "active", self.now, later, later, 0)
            for _, p in people
        ))  # fmt: skip
        run(self.main, "CREATE SCHEMA floor")
        run(self.main, "CREATE TABLE floor.credential AS TABLE credential WITH NO DATA")
        run(self.main, "ALTER TABLE floor.credential ALTER totp_secret TYPE text USING NULL")
        copy(self.main, "floor.credential", "person_id, password_hash, totp_secret, totp_last_step", (
            (p.id, hashed, p.totp_secret, 0) for _, p in people
        ))  # fmt: skip
        run(self.main, "ALTER TABLE floor.credential ADD PRIMARY KEY (person_id)")

    # -- files -------------------------------------------------------------------------------------------

    def files(self, world: World, say: Say) -> None:
        """Cases and statements: sealed in the application's tables, clear in the floor's."""
        run(
            self.main,
            "CREATE TABLE floor.clear_case (id uuid, subject_name text, birth_date date, indications text)",
        )
        run(self.main, "CREATE TABLE floor.clear_statement (id uuid, text text)")
        done = 0
        for part in batches(world.towns, 15):
            cases, listings, statements, file_keys, municipal = [], [], [], [], []
            clear_cases, clear_statements = [], []
            for town in part:
                key = AESGCM.generate_key(256)
                wrapped = self.wrapping.wrap(self.wrapping_key, key, town.id.bytes)
                municipal.append((town.id, 1, wrapped, self.wrapping_key))
                for _ in range(CASES_IN_A_CELL):
                    case_id = new_id()
                    town.cases.append(case_id)
                    file_key = AESGCM.generate_key(256)
                    file_keys.append((case_id, town.id, 1, shut(key, file_key, case_id.bytes)))
                    self.vault._memory.keep_file(case_id, town.id, file_key)  # noqa: SLF001 — not committed yet
                    row, clear = self._case(town, case_id)
                    cases.append(row)
                    listings.append(self._listing(town, clear))
                    clear_cases.append(clear)
                    for row, clear in self._statements(town, case_id):
                        statements.append(row)
                        clear_statements.append(clear)
            self.vault.drop()
            copy(self.keys, "municipal_key", "municipality_id, version, wrapped, wrapping_key", municipal)
            copy(self.keys, "file_key", "file_id, municipality_id, key_version, wrapped", file_keys)
            copy(self.main, "case_file", _CASE, cases)
            copy(self.main, "listing", "case_id, municipality_id, indications", listings)
            copy(self.main, "statement", _STATEMENT, statements)
            copy(self.main, "floor.clear_case", "id, subject_name, birth_date, indications", clear_cases)
            copy(self.main, "floor.clear_statement", "id, text", clear_statements)
            done += len(cases)
            say(f"{done} of {world.size.cases} cases, each with {STATEMENTS_IN_A_CASE} statements")

    def _case(self, town: Town, case_id: UUID) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        name, born = (
            f"Persoon {case_id.hex[:6]} Verzonnen",
            date(1980, 1, 1) + timedelta(self.chance.randrange(9000)),
        )
        indications = self._prose(40)
        identity = orjson.dumps({"name": name, "birthDate": born.isoformat()}).decode()
        listed = self.today - timedelta(days=self.chance.randrange(30, 200))
        open_only = len(town.cases) > CASES_IN_A_CELL - WRITTEN_TO  # closed files take no statements
        state = self.chance.choice(_STATES[:-1] if open_only else _STATES)
        row = (
            case_id, town.id, town.cell_id, f"C-{listed.year}-{case_id.hex[:12]}", state,
            self.chance.choice(_PHENOMENA), "livcParticipant", new_id(),
            self._seal(case_id, "case_file", "subject", case_id, identity),
            self.agreements[town.cell_id], listed, town.people[0].id, self.today - timedelta(days=20),
            self.today + timedelta(days=60), self.today + timedelta(days=345), self.today + timedelta(days=331), 1,
        )  # fmt: skip
        return row, (case_id, name, born, indications)

    def _listing(self, town: Town, clear: tuple[Any, ...]) -> tuple[Any, ...]:
        case_id, _, _, indications = clear
        return case_id, town.id, self._seal(case_id, LISTED_UNDER, "indications", case_id, indications)

    def _statements(self, town: Town, case_id: UUID) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
        for number in range(STATEMENTS_IN_A_CASE):
            row_id, text = new_id(), self._prose(40)
            said = self.today - timedelta(days=self.chance.randrange(1, 200))
            who = self.chance.choice(town.people)
            yield (
                row_id, case_id, town.id, _CATEGORIES[number % len(_CATEGORIES)], self.chance.choice(_ORIGINS), "fact",
                "present", who.id, who.agency_id, town.people[1].id, said,
                self._seal(case_id, "statement", "text", row_id, text),
                datetime.combine(said, self.now.timetz()), 1,
            ), (row_id, text)  # fmt: skip

    def _seal(self, case_id: UUID, table: str, column: str, row_id: UUID, text: str) -> bytes:
        return self.vault.seal(Place(case_id, table, column, row_id), text)

    def _prose(self, words: int) -> str:
        return " ".join(self.chance.choices(_WORDS, k=words)).capitalize() + "."

    # -- the consultation --------------------------------------------------------------------------------

    def meetings(self, world: World, say: Say) -> None:
        """For each cell a meeting that was held, and one that is convened for tomorrow."""
        say(f"{len(world.towns)} meetings held, {len(world.towns)} convened")
        meetings, items, clear, invitations, attendance, discussions = [], [], [], [], [], []
        for town in world.towns:
            chair, secretary = town.people[1].id, town.people[2].id
            invitees = [*town.of("policeMember"), *town.of("participant")]
            held = new_id()
            for meeting_id, starts, state in (
                (held, self.now - timedelta(days=20), "closed"),
                (town.meeting_id, self.now + timedelta(days=1), "convened"),
            ):
                ends = starts + timedelta(hours=2)
                meetings.append((
                    meeting_id, town.cell_id, town.id, self.tables[town.cell_id], starts, ends, "Stadhuis (verzonnen)", chair,
                    secretary, state, self.now, chair, ends + timedelta(hours=2), chair, 1,
                ))  # fmt: skip
                for place, case_id in enumerate(town.cases[:ITEMS_ON_AN_AGENDA], 1):
                    item_id, question = new_id(), self._prose(15)
                    sealed = self._seal(case_id, "agenda_item", "question", item_id, question)
                    items.append((
                        item_id, meeting_id, town.cell_id, town.id, case_id, new_id(), place, 15, sealed, 1,
                    ))  # fmt: skip
                    clear.append((item_id, question))
                    invitations.extend(
                        (new_id(), meeting_id, item_id, case_id, town.id, p.id, "flemish", "groundsFlemish",
                         "flemishSchools", "attended" if meeting_id == held else "sent", self.now, chair, 1)
                        for p in invitees
                    )  # fmt: skip
                    if meeting_id == held:
                        attendance.extend(
                            (item_id, p.id, held, case_id, town.id, True, starts) for p in invitees
                        )
            discussions.extend((c, held, town.id, self.today - timedelta(days=20)) for c in town.cases)
            self.vault.drop()
        copy(self.main, "meeting", (
            "id, cell_id, municipality_id, table_id, starts_at, ends_at, place, chair_id, secretary_id, state, convened_at,"
            " convened_by, window_until, created_by, version"
        ), meetings)  # fmt: skip
        copy(self.main, "agenda_item", (
            "id, meeting_id, cell_id, municipality_id, case_id, subject_id, position, minutes, question, version, state,"
            " starts_after"
        ), ((*item, "tabled", 0) for item in items))  # fmt: skip
        copy(self.main, "invitation", (
            "id, meeting_id, agenda_item_id, case_id, municipality_id, person_id, regime, ground_list, ground_code,"
            " state, sent_at, sent_by, version"
        ), invitations)  # fmt: skip
        copy(self.main, "attendance", (
            "agenda_item_id, person_id, meeting_id, case_id, municipality_id, present, recorded_at"
        ), attendance)  # fmt: skip
        copy(self.main, "discussion", "case_id, meeting_id, municipality_id, discussed_on", discussions)
        run(self.main, "CREATE TABLE floor.clear_item (id uuid, question text)")
        copy(self.main, "floor.clear_item", "id, question", clear)

    # -- the floor ---------------------------------------------------------------------------------------

    def floor(self, world: World, say: Say) -> None:
        """Clear copies of what is sealed, with the same keys and indexes; a plain table for its log."""
        del world
        say("clear copies for the floor")
        for statement in _FLOOR:
            run(self.main, statement)

    # -- the processing log ------------------------------------------------------------------------------

    def journal(self, world: World, process: Process, say: Say) -> float:
        """Entries of the past months, put into the trees as they come; gives how many are sealed in a second."""
        run(self.main, _PAST)
        total, spent, chunk = world.size.entries, 0.0, 50_000
        for first in range(1, total + 1, chunk):
            last = min(first + chunk - 1, total)
            cases = {"cases": world.size.cases, "total": total, "basis": legal_basis("R107"), "now": self.now}
            self.main.execute(_ENTRIES, {"first": first, "last": last} | cases)
            self.main.commit()
            begun = time.monotonic()
            sealed = process.sealer.seal_all()
            spent += time.monotonic() - begun
            if sealed != last - first + 1:
                raise RuntimeError(f"{sealed} entries sealed instead of {last - first + 1}")
            say(f"{last} of {total} journal entries, sealed into the trees")
        run(self.main, "DROP TABLE bench_past")
        run(self.main, f"INSERT INTO floor.entry ({_ENTRY}) SELECT {_ENTRY} FROM journal.entry ORDER BY id")
        self.main.commit()
        return total / spent


def _finish(main: Any, say: Say) -> None:
    say("statistics")
    main.commit()
    main.autocommit = True
    run(main, "VACUUM (ANALYZE)")
    run(main, "CHECKPOINT")
    main.autocommit = False


def copy(conn: Any, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    with conn.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as stream:
        for row in rows:
            stream.write_row(row)


def run(conn: Any, statement: str) -> None:
    conn.execute(statement)


def batches(towns: list[Town], size: int) -> Iterator[list[Town]]:
    for start in range(0, len(towns), size):
        yield towns[start : start + size]


_CASE = (
    "id, municipality_id, cell_id, reference, state, phenomenon, origin, subject_id, subject, agreement_id,"
    " listed_on, listed_by, last_discussed_on, review_on, due_on, locks_on, version"
)
_STATEMENT = (
    "id, case_id, municipality_id, category, origin, kind, audience, contributor_id, agency_id, entered_by,"
    " stated_on, text, created_at, version"
)
_ENTRY = (
    "entry_id, year, controller, at, recorded_at, actor_id, mandate_id, agency_id, role, acting_for, action,"
    " outcome, rule, legal_basis, reason, case_id, subject_id, object_type, object_id, processing, channel,"
    " recipients, trace_id, related_trace_id, break_glass"
)
_FLOOR = (
    (
        "CREATE TABLE floor.case_file AS SELECT c.id, c.municipality_id, c.reference, c.state, c.phenomenon,"
        " c.subject_id, k.subject_name, k.birth_date, k.indications, c.listed_on, c.listed_by, c.last_discussed_on,"
        " c.review_on, c.due_on, c.locks_on, c.closure_ground, c.closure_meeting_id, c.closed_on, c.version"
        " FROM case_file c JOIN floor.clear_case k USING (id)"
    ),
    "ALTER TABLE floor.case_file ADD PRIMARY KEY (id)",
    "CREATE INDEX ON floor.case_file (municipality_id, state, listed_on)",
    (
        "CREATE TABLE floor.statement AS SELECT s.id, s.case_id, s.municipality_id, s.agenda_item_id, s.category,"
        " s.origin, s.kind, s.reliability, s.audience, s.contributor_id, s.agency_id, s.entered_by, s.stated_on,"
        " k.text, NULL::text AS category_reason, s.created_at, s.version"
        " FROM statement s JOIN floor.clear_statement k USING (id) ORDER BY s.case_id"
    ),
    "ALTER TABLE floor.statement ADD PRIMARY KEY (id)",
    "CREATE INDEX ON floor.statement (case_id)",
    "CREATE INDEX ON floor.statement (agenda_item_id)",
    (
        "CREATE TABLE floor.agenda_item AS SELECT a.id, a.meeting_id, a.cell_id, a.municipality_id, a.case_id,"
        " a.subject_id, a.position, a.minutes, k.question FROM agenda_item a JOIN floor.clear_item k USING (id)"
    ),
    "ALTER TABLE floor.agenda_item ADD PRIMARY KEY (id)",
    "CREATE INDEX ON floor.agenda_item (meeting_id)",
    "CREATE TABLE floor.session (LIKE session INCLUDING INDEXES INCLUDING DEFAULTS)",
    "DROP TABLE floor.clear_case, floor.clear_statement, floor.clear_item",
    "CREATE TABLE floor.entry (LIKE journal.entry)",
    "ALTER TABLE floor.entry DROP COLUMN id, DROP COLUMN xid",
    "ALTER TABLE floor.entry ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    "ALTER TABLE floor.entry ALTER entry_id SET DEFAULT gen_random_uuid()",
    "ALTER TABLE floor.entry ALTER recorded_at SET DEFAULT clock_timestamp()",
    "CREATE INDEX ON floor.entry (controller, at)",
)
_PAST = """
    CREATE TABLE bench_past AS
    SELECT row_number() OVER (ORDER BY c.municipality_id, c.id) AS n, c.id, c.municipality_id, c.subject_id,
           d.person_id, d.id AS mandate_id, p.agency_id
    FROM case_file c
    JOIN mandate d ON d.municipality_id = c.municipality_id AND d.role = 'coordinator'
    JOIN person p ON p.id = d.person_id;
    CREATE UNIQUE INDEX ON bench_past (n)
"""
_ENTRIES = """
    INSERT INTO journal.entry (year, controller, at, actor_id, mandate_id, agency_id, role, action, outcome, rule,
        legal_basis, reason, case_id, subject_id, object_type, object_id, processing, channel, recipients, trace_id,
        break_glass)
    SELECT extract(year FROM t.at AT TIME ZONE 'Europe/Brussels')::int, c.municipality_id, t.at, c.person_id,
           c.mandate_id, c.agency_id, 'coordinator', 'case.open', 'allowed', 'R107', %(basis)s, 'meetingPreparation',
           c.id, c.subject_id, 'case', c.id, 'case', 'api', '', gen_random_uuid(), false
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i
    JOIN bench_past c ON c.n = (i - 1) * %(cases)s::bigint / %(total)s::bigint + 1
    CROSS JOIN LATERAL (SELECT %(now)s::timestamptz - make_interval(mins => (i * 7919 %% 200000)::int) AS at) t
"""
