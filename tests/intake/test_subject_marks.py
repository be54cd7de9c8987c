"""The marks by which a person is found again, and the national number, which is kept as a mark alone (ADR 0019)."""

import json
import sys
from datetime import date
from pathlib import Path

import agreecraft
import pytest

from app.cases.marking import Match, marks_of
from app.kernel.ids import new_id

sys.path.insert(0, str(Path(__file__).parent))

from test_finding import QUERY, REASON, ask, found, put_on_list, screen, submit


@pytest.fixture
def case_id(house):
    """A case of Gemeente C about Youssef El Khattabi, born on 5 April 1999."""
    return put_on_list(house, submit(house).json()["self"])


# -- the national number -----------------------------------------------------------------------------------------

NUMBER = f"99.04.05-997.{97 - 990405997 % 97:02}"


def allow_number(house):
    ground = json.dumps({"nationalNumber": "Machtiging 12/2026 (verzonnen)"})
    house.sql("UPDATE agreement SET answers = answers || CAST(:ground AS jsonb)", ground=ground)


def test_the_national_number_is_refused_while_no_ground_for_it_is_on_record(house):
    path = submit(house).json()["self"]
    for answer in (ask(house, nationalNumber=NUMBER), screen(house, path, nationalNumber=NUMBER)):
        assert (answer.status_code, answer.json()["rule"]) == (409, "R113")
    wrong = ask(house, nationalNumber=NUMBER[:-1] + "0")
    assert wrong.status_code == 400
    assert NUMBER[:-1] not in wrong.text


def test_with_a_ground_a_person_is_found_by_number_whatever_the_name(house):
    allow_number(house)
    path = submit(house, "Een Heel Andere Naam", born=None).json()["self"]
    assert screen(house, path, nationalNumber=NUMBER).status_code == 200
    digits = NUMBER.replace(".", "").replace("-", "")
    assert found(ask(house, nationalNumber=digits)) == [("registration", "nationalNumber")]
    put = {"outcome": "listed", "presumedAdult": True, "indications": "Aanwijzingen."}
    answer = house.client("mayor").post(path + "/decide", json=put, headers={"If-Match": "*"})
    assert answer.status_code == 200
    assert found(ask(house, "coordinator", nationalNumber=NUMBER)) == [("case", "nationalNumber")]
    ((everything,),) = house.sql("SELECT string_agg(t::text, ' ') FROM (SELECT * FROM subject_mark) t")
    assert digits not in everything


def test_an_agreement_names_the_ground(house):
    said = {"nationalNumberGround": "Machtiging 12/2026 (verzonnen)"}
    assert agreecraft.adopted(house, **said)["answers"]["nationalNumber"] == "Machtiging 12/2026 (verzonnen)"
    assert ask(house, nationalNumber=NUMBER).status_code == 200
    agreecraft.adopted(house, nationalNumberGround="-")
    assert ask(house, nationalNumber=NUMBER).status_code == 409


# -- the marks themselves ----------------------------------------------------------------------------------------


def _marks(house, town, *person):
    with house.work("mayor") as unit:
        unit.repeat()
        unit.vault = unit.vault.within(house.cast.towns.values())  # the test compares what no mayor could
        return marks_of(unit, house.cast.towns[town], *person)


def test_marks_of_one_municipality_say_nothing_to_another(house):
    person = ("Youssef El Khattabi", date(1999, 4, 5), "99040599700")
    one, again, other = _marks(house, "C", *person), _marks(house, "C", *person), _marks(house, "D", *person)
    assert one == again
    assert one.match(again)[0] is Match.NATIONAL_NUMBER
    assert other.match(one) is None
    assert {one.exact, one.number, *one.dates.values()}.isdisjoint(
        {other.exact, other.number, *other.dates.values()}
    )


def test_marks_are_sealed_so_that_namesakes_look_different_and_sizes_say_nothing(house):
    submit(house, "Jan Maes", born=None)
    submit(house, "Jan Maes", born=None)
    submit(house, "Abdelkader Mohamed Amine Ben Hammou El Khattabi")
    rows = house.sql("SELECT marks FROM subject_mark")
    assert len({bytes(row.marks) for row in rows}) == 3
    assert len({len(row.marks) for row in rows}) == 1


def test_the_key_of_the_marks_is_not_in_the_main_database_and_outlives_a_restart(house, case_id):
    vault = house.installation.vault.within(house.cast.towns.values())
    key = vault.mark_key(house.cast.towns["C"])
    vault.drop()
    assert vault.mark_key(house.cast.towns["C"]) == key
    assert vault.mark_key(house.cast.towns["D"]) != key
    tables = house.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
    for (table,) in tables:
        held = house.sql(f"SELECT 1 FROM {table} t WHERE t::text LIKE :key", key=f"%{key.hex()}%")
        assert held == [], table


def test_a_number_in_a_body_is_never_taken_for_a_name(house, case_id):
    answer = house.client("mayor").post(QUERY, content=json.dumps({"name": 4711, "reason": REASON}))
    assert answer.status_code == 400
    assert house.client("mayor").post(QUERY + f"?name={new_id()}", json={"reason": REASON}).status_code == 400
