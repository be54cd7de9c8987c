"""Looking once where anything is due: never a municipality less than the sweep's own questions would name (R86, R90)."""

import random
from datetime import timedelta
from uuid import UUID

import pytest

from app.cases import necessity
from app.cases.contact_queries import contacts_over
from app.cases.necessity_queries import missable
from app.cases.queries import case as case_of
from app.kernel.clock import brussels_day
from app.kernel.ids import new_id
from app.meetings import hand_over_queries
from app.retention import queries, sweeping
from app.retention.commands import LookSweep
from app.retention.looking import look_sweep
from app.retention.sweeping import ROBOT, Run, sweep_all
from app.rules.problems import Problem
from app.rules.retention import warning_due

DRAWS = 80
NEAR = (*range(-2, 3), 14, 15, 16, 29, 30, 31, 89, 90, 91, 200)
"""Days from today at which something begins or ends to be due."""


@pytest.fixture
def three(house, acts):
    """A file of Gemeente C with a third person and a package for D, another one of D, and a signal in C. Gives the two cases."""
    first = acts.put_on_list(house)
    second = acts.put_on_list(house, "D", "zoneSchool", "zoneMayorD")
    undecided = house.client("participant").post(
        "/api/v1/registrations",
        json={
            "subjectName": "Ander Verzonnen", "narrative": "Een signaal (verzonnen).", "phenomenon": "sects",
            "urgency": "normal", "nothingClassified": True, "municipalityId": str(house.cast.towns["C"]),
        },
    )  # fmt: skip
    assert undecided.status_code == 201
    noted = house.client("coordinator").post(
        "/api/v1/contacts",
        json={
            "caseId": str(first.case_id), "contactName": "Bekende Verzonnen", "relation": "sibling",
            "need": "Brengt hem naar de opleiding (verzonnen).", "origin": "livcParticipant",
            "relevantAndProportionate": True, "nothingClassified": True,
        },
    )  # fmt: skip
    assert noted.status_code == 201, noted.text
    house.sql(
        "INSERT INTO hand_over (id, case_id, municipality_id, to_municipality_id, reference, state, proposed_by, proposed_at,"
        " package_id, accept_until, version) VALUES (:i, :c, :m, :t, 'H-verzonnen', 'sent', :p, now(), :k, current_date, 1)",
        i=new_id(), c=first.case_id, m=house.cast.towns["C"], t=house.cast.towns["D"],
        p=house.cast.persons["coordinator"], k=new_id(),
    )  # fmt: skip
    return first.case_id, second.case_id


def _draw(house, chance, cases):
    """Put every date and state somewhere near the edges on which something begins to be due."""
    today = brussels_day(house.now)

    def day():
        return today + timedelta(days=chance.choice(NEAR))

    for case_id in cases:
        house.sql(
            "UPDATE case_file SET due_on = :d, locks_on = :d - 14, warned = :w, shred_ordered_at = :s WHERE id = :i",
            d=day(), w=chance.choice((None, 90, 30, 15)), s=chance.choice((None, None, None, house.now)), i=case_id,
        )  # fmt: skip
    house.sql(
        "UPDATE registration SET due_on = :d, state = :s WHERE case_id IS NULL",
        d=day(), s=chance.choice(("submitted", "erased", "submitted")),
    )  # fmt: skip
    house.sql("UPDATE contact SET keep_until = :d", d=day())
    house.sql(
        "UPDATE hand_over SET state = :s, accept_until = :d, erased_at = :e",
        s=chance.choice(("proposed", "sent", "received", "withdrawn", "lapsed")), d=day(), e=chance.choice((None, house.now)),
    )  # fmt: skip


def _asked_one_by_one(session, today, municipality_id):
    """Tell whether any of the questions that a sweep asks of one municipality has an answer."""
    near = queries.cases_to_warn_of(session, municipality_id, today, None)
    return bool(
        queries.due_cases(session, municipality_id, today, None)
        or queries.due_registrations(session, municipality_id, today)
        or any(warning_due(today, each.due_on, each.warned) for each in near)
        or hand_over_queries.received(session, municipality_id)
        or hand_over_queries.to_erase(session, municipality_id, today)
        or contacts_over(session, municipality_id, today, None)
    )


def test_one_look_names_just_the_municipalities_in_which_a_sweep_has_something_to_do(house, three):
    chance = random.Random(4711)  # noqa: S311 — the same draws every time
    today, found = brussels_day(house.now), {True: 0, False: 0}
    # The triggers that keep a term from growing are not what is asked here.
    house.sql("ALTER TABLE case_file DISABLE TRIGGER USER")
    house.sql("ALTER TABLE registration DISABLE TRIGGER USER")
    house.sql("ALTER TABLE hand_over DISABLE TRIGGER USER")
    house.sql("ALTER TABLE contact DISABLE TRIGGER USER")
    for number in range(DRAWS):
        _draw(house, chance, three)
        with house.installation.retention_sessions() as session:
            every = queries.municipality_ids(session)
            wanted = {each for each in every if _asked_one_by_one(session, today, each)}
            assert queries.where_due(session, today) == wanted, f"draw {number}"
        for letter in "CD":
            found[house.cast.towns[letter] in wanted] += 1
    assert min(found.values()) > DRAWS // 20, "both answers were asked for"


def test_a_sweep_that_finds_nothing_leaves_one_line_and_opens_no_municipality(house, three, monkeypatch):
    swept = sweep_all(house.installation)
    assert (swept.warned, swept.destroyed, swept.erased, swept.contacts, swept.left) == (0, 0, 0, 0, 0)
    monkeypatch.setattr(sweeping, "run_sweep", None)
    assert sweep_all(house.installation).left == 0
    lines = house.sql(
        "SELECT action, role, rule, outcome, object_type, case_id, controller FROM journal.entry"
        " WHERE action LIKE 'sweep.%' ORDER BY id"
    )
    assert [tuple(line) for line in lines] == [
        ("sweep.look", "robot", "R90", "allowed", "municipality", None, UUID(int=0))
    ] * 2


def test_where_the_look_fails_every_municipality_is_swept(house, acts, monkeypatch):
    acts.put_on_list(house)
    acts.on(house, 2027, 3, 2)

    def broken(*_):
        raise OSError

    monkeypatch.setattr(queries, "where_due", broken)
    assert sweep_all(house.installation).destroyed == 1
    lines = house.sql("SELECT DISTINCT controller FROM journal.entry WHERE action = 'sweep.run'")
    ((towns,),) = house.sql("SELECT count(*) FROM municipality")
    assert len(lines) == towns


def test_nobody_but_the_robot_looks_over_all_municipalities(house):
    for name in ("dpo", "mayor", "coordinator", "auditor", "administrator"):
        with pytest.raises(Problem) as refused, house.work(name) as unit:
            look_sweep(unit, LookSweep())
        assert refused.value.kind.status == 404
    with Run(house.installation, ROBOT, house.now, "robot").step() as unit:
        assert look_sweep(unit, LookSweep()).municipality_ids == []


def test_no_missed_review_is_left_out_before_it_is_counted(house, three):
    """The clock of necessity asks the database for less than every case, and never for one too few."""
    chance = random.Random(4712)  # noqa: S311 — the same draws every time
    today, missed = brussels_day(house.now), 0
    house.sql("ALTER TABLE case_file DISABLE TRIGGER USER")
    for number in range(DRAWS):
        for case_id in three:
            house.sql(
                "UPDATE case_file SET review_on = :r, listed_on = :l, closure_asked_on = :a, last_discussed_on = :t,"
                " locks_on = :k WHERE id = :i",
                r=chance.choice((None, today + timedelta(days=chance.choice(NEAR)))),
                l=today - timedelta(days=chance.choice((0, 1, 27, 30, 31, 32, 89, 92, 93, 200))),
                a=chance.choice((None, None, today - timedelta(days=5))),
                t=chance.choice((None, today - timedelta(days=9), today - timedelta(days=2))),
                k=today + timedelta(days=chance.choice((-1, 0, 1, 100))), i=case_id,
            )  # fmt: skip
        with house.installation.retention_sessions() as session:
            wanted = {each for each in three if _missed(session, today, each)}
            assert set(necessity._missed(house.installation, today)) == wanted, f"draw {number}"
            assert wanted <= {row.id for row in missable(session, today)}
        missed += len(wanted)
    assert missed > DRAWS // 20


def _missed(session, today, case_id):
    """Tell it in other words: without the query that leaves out."""
    row = case_of(session, case_id)
    asked = row.closure_asked_on is not None and (
        row.last_discussed_on is None or row.last_discussed_on < row.closure_asked_on
    )
    day = row.review_on or necessity.months_after(row.listed_on, 3)
    return not asked and row.locks_on > today > day
