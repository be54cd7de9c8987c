"""A signal nobody decides on: mayor and delegates are told once, after the days of the agreement, by its reference (R45)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from agreecraft import adopted
from pagecraft import reader, texts_of

from app.intake.alerting import alert_all

SIGNAL = {
    "subjectName": "Zorgeloos Verzonnen", "narrative": "Haatboodschappen.", "phenomenon": "sects", "urgency": "normal",
    "nothingClassified": True,
}  # fmt: skip


def signal(house, town="C", bringer="participant"):
    body = SIGNAL | {"municipalityId": str(house.cast.towns[town])}
    answer = house.client(bringer).post("/api/v1/registrations", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["self"]


def told(house):
    names = {v: k for k, v in house.cast.persons.items()}
    rows = house.sql("SELECT person_id, reference FROM notice WHERE code = 'registrationWaits'")
    return sorted(names[row.person_id] for row in rows)


def test_who_decides_is_told_once_when_the_days_are_over(house):
    signal(house)
    signal(house, "D", "zoneSchool")
    house.later(days=14)
    assert alert_all(house.installation) == 0
    house.later(days=1)
    assert alert_all(house.installation) == 2
    assert told(house) == ["delegate", "mayor", "zoneMayorD"]
    for days in (0, 1, 30, -2):
        house.later(days=days)
        assert alert_all(house.installation) == 0
    assert len(told(house)) == 3
    lines = house.sql(
        "SELECT role, rule, outcome, recipients FROM journal.entry WHERE action = 'registration.alert'"
    )
    assert [(line.role, line.rule, line.outcome) for line in lines] == [("robot", "R45", "allowed")] * 2
    assert str(house.cast.persons["zoneMayorD"]) in {line.recipients for line in lines}
    both = {str(house.cast.persons[name]) for name in ("mayor", "delegate")}
    assert both in [set(line.recipients.split(" ")) for line in lines]
    assert house.installation.sealer.seal_all(), "a comma would stop the sealing of every later line"


def test_the_notice_holds_the_reference_and_no_name(house):
    signal(house)
    house.later(days=20)
    alert_all(house.installation)
    words = texts_of(reader(house, "mayor").get("/notices").text)
    (row,) = house.sql("SELECT reference FROM registration")
    assert row.reference in words
    assert "wacht al een tijd op een beslissing" in words
    assert "Zorgeloos" not in words
    assert "Zorgeloos" not in str(house.sql("SELECT * FROM notice"))


@pytest.mark.parametrize(("days", "passed"), [(5, 6), (30, 31)])
def test_the_agreement_says_after_how_many_days(house, days, passed):
    adopted(house, settings={"registration_alert_days": days})
    signal(house)
    house.later(days=passed - 1)
    assert alert_all(house.installation) == 0
    house.later(days=1)
    assert alert_all(house.installation) == 1


@pytest.mark.parametrize("outcome", ["notListed", "listed"])
def test_nothing_is_said_of_what_was_decided(house, outcome):
    path = signal(house)
    for verb, said in (
        ("screen", {}),
        ("decide", {"outcome": outcome, "indications": "x", "presumedAdult": True}),
    ):
        answer = house.client("mayor").post(f"{path}/{verb}", json=said, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
    house.later(days=20)
    assert alert_all(house.installation) == 0


def test_a_delegate_whose_appointment_does_not_cover_signals_is_not_told_nor_who_left_office(house):
    signal(house)
    house.sql("UPDATE mandate SET scope = '{meetings}' WHERE id = :m", m=house.cast.mandates["delegate"])
    house.later(days=20)
    house.sql("UPDATE mandate SET ends_on = '2026-03-10' WHERE id = :m", m=house.cast.mandates["mayor"])
    assert alert_all(house.installation) == 0
    house.sql("UPDATE mandate SET ends_on = NULL WHERE id = :m", m=house.cast.mandates["mayor"])
    assert alert_all(house.installation) == 1
    assert told(house) == ["mayor"]


def test_two_at_once_tell_once(house):
    signal(house)
    house.later(days=20)
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda _: alert_all(house.installation), range(3)))
    assert told(house) == ["delegate", "mayor"]


def test_nobody_but_the_server_can_ask_for_it(house):
    from app.intake.alerting import alert_registration
    from app.intake.commands import AlertRegistration
    from app.rules.problems import Problem

    signal(house)
    house.later(days=20)
    (row,) = house.sql("SELECT id FROM registration")
    with pytest.raises(Problem) as refused, house.work("mayor") as unit:
        alert_registration(unit, AlertRegistration.of(registration_id=row.id))
    assert refused.value.kind.status == 404
    assert told(house) == []
