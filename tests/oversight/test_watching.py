"""How the log stands: a sealer stopped for a day, gaps and witnesses are said by the API, the page and /health."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.pagecraft import reader

STATUS, HEALTH = "/api/v1/logStatus", "/api/v1/health"
OLD = (
    "INSERT INTO journal.entry (year, controller, at, recorded_at, role, action, outcome, rule, legal_basis, reason,"
    " object_type, processing, channel, recipients, trace_id, break_glass) VALUES (2026, :c, '2026-03-02 09:00Z', :at,"
    " 'mayor', 'case.list', 'allowed', 'R14', '', '', 'case', 'case', 'test', '', gen_random_uuid(), false)"
)


def _status(house, name="auditor"):
    answer = house.client(name).get(STATUS)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _page(somebody):
    answer = somebody.get("/checkpoints")
    assert answer.status_code == 200
    return answer.text


def test_a_log_in_order_says_so(house, played):
    house.installation.sealer.seal_all()
    said = _status(house)
    assert said["sealing"] == "inOrder"
    (tree,) = said["trees"]
    assert (tree["year"], tree["gaps"], tree["witnesses"]) == (2026, 0, [])
    assert (
        tree["size"]
        == house.sql("SELECT size FROM journal.tree WHERE controller = :c", c=house.cast.towns["C"])[0][0]
    )
    assert tree["ageSeconds"] < 300
    assert house.client().get(HEALTH).json() == {"status": "UP"}


def test_before_the_first_checkpoint_there_is_nothing_wrong(house):
    said = _status(house)
    assert said["sealing"] == "inOrder"
    assert all("at" not in tree for tree in said["trees"])


def test_a_sealer_stopped_for_a_day_is_said_everywhere_and_what_waits_is_sealed_after_it(house, played):
    house.installation.sealer.seal_all()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    for _ in range(3):
        house.sql(OLD, c=house.cast.towns["C"], at=yesterday)
    said = _status(house)
    assert said["sealing"] == "standsStill"
    assert said["waiting"] >= 3
    assert datetime.fromisoformat(said["waitingSince"]) == yesterday
    assert said["trees"][0]["gaps"] == 0  # what waits is no gap
    assert house.client().get(HEALTH).json() == {"status": "DEGRADED", "sealing": "standsStill"}
    house.installation.sealer.seal_all()
    assert _status(house)["sealing"] == "inOrder"
    assert house.client().get(HEALTH).json() == {"status": "UP"}


def test_what_stands_still_elsewhere_is_not_told_here_but_health_knows(house, played):
    house.installation.sealer.seal_all()
    house.sql(OLD, c=house.cast.towns["D"], at=datetime.now(UTC) - timedelta(days=1))
    said = _status(house)
    assert said["sealing"] == "inOrder"
    assert str(house.cast.towns["D"]) not in str(said)
    assert house.client().get(HEALTH).json()["status"] == "DEGRADED"


def test_gaps_are_counted(house, played):
    house.installation.sealer.seal_all()
    house.sql("ALTER TABLE journal.entry DISABLE TRIGGER stays")
    house.sql(
        "DELETE FROM journal.entry WHERE controller = :c AND action = 'registration.read'",
        c=house.cast.towns["C"],
    )
    house.sql("ALTER TABLE journal.entry ENABLE ALWAYS TRIGGER stays")
    assert _status(house)["trees"][0]["gaps"] > 0
    house.installation.sealer.seal_all()
    house.sql("DELETE FROM journal.leaf WHERE leaf_index IN (0, 1, 2, 3)")
    assert _status(house)["trees"][0]["gaps"] > 4


def test_witnesses_stand_with_their_age_and_fault(house, played):
    house.installation.sealer.seal_all()
    town = house.cast.towns["C"]
    size = house.sql("SELECT size FROM journal.tree WHERE controller = :c", c=town)[0][0]
    house.sql(
        "INSERT INTO journal.cosignature VALUES (2026, :c, :s, 'dpo.example.be+0a0b0c0d', now() - interval '2 hours', 'x')",
        c=town, s=size,
    )  # fmt: skip
    house.sql(
        "INSERT INTO journal.witness_state VALUES (2026, :c, 'zone.example.be+0a0b0c0d', 'disagrees', now(), 1, now()),"
        " (2026, :d, 'zone.example.be+0a0b0c0d', 'unable', now(), 1, now())",
        c=town, d=house.cast.towns["D"],
    )  # fmt: skip
    first, second = _status(house)["trees"][0]["witnesses"]
    assert (first["witness"], first["current"]) == ("dpo.example.be+0a0b0c0d", True)
    assert 7200 <= first["ageSeconds"] < 7400
    assert (second["fault"], second["current"]) == ("disagrees", False)
    page = _page(reader(house, "auditor"))
    assert "dpo.example.be" in page
    assert "callout--danger" in page


def test_the_page_says_it_in_plain_words(house, played):
    house.installation.sealer.seal_all()
    auditor = reader(house, "auditor")
    assert "callout--success" in _page(auditor)
    house.sql(OLD, c=house.cast.towns["C"], at=datetime.now(UTC) - timedelta(days=1))
    assert "callout--danger" in _page(auditor)
    house.sql("ALTER TABLE journal.entry DISABLE TRIGGER stays")
    house.sql("DELETE FROM journal.entry WHERE action = 'registration.read'")
    house.sql("ALTER TABLE journal.entry ENABLE ALWAYS TRIGGER stays")
    assert "callout--danger" in _page(auditor)


def test_without_its_database_health_does_not_blame_the_sealing(house, monkeypatch):
    from sqlalchemy.exc import OperationalError

    from app import main

    def away(_):
        raise OperationalError("x", {}, Exception())

    monkeypatch.setattr(main, "sealing_stands_still", away)
    assert house.client().get(HEALTH).json() == {"status": "UP"}
