"""Closing a case, and data that go before their term ends (R84 to R86, R90)."""

from datetime import datetime, timedelta

import pytest
from tablecraft import ANSWERED

from app.retention.sweeping import sweep_all

CLOSE = {"If-Match": "*"}


@pytest.fixture
def proposed(house, case_id, sitting):
    """A case of which the table proposed closure; gives (case id, its due date)."""
    meeting, _ = sitting(case_id)
    house.sql(
        "UPDATE case_file SET state = 'closureProposed', closure_ground = 'regularCare', closure_meeting_id = :m,"
        " last_discussed_on = :d WHERE id = :c",
        m=meeting, c=case_id, d=house.now.date(),
    )  # fmt: skip
    ((due_on,),) = house.sql("SELECT due_on FROM case_file")
    return case_id, due_on


def _close(house, case_id, name="mayor", **body):
    return house.client(name).post(f"/api/v1/cases/{case_id}/close", json=ANSWERED | body, headers=CLOSE)


def _sweep_on(house, day):
    house.at(datetime(day.year, day.month, day.day, 9, tzinfo=house.now.tzinfo))
    return sweep_all(house.installation)


def test_closing_leaves_the_data_until_their_term_ends(house, proposed):
    case_id, due_on = proposed
    closed = _close(house, case_id)
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")
    assert closed.json()["dueOn"] == str(due_on)


def test_data_no_longer_needed_lock_and_go_on_the_day_that_was_set(house, proposed):
    case_id, due_on = proposed
    until = house.now.date() + timedelta(days=60)
    assert until < due_on
    closed = _close(house, case_id, dataUntil=str(until))
    assert closed.status_code == 200, closed.text
    assert closed.json()["dueOn"] == str(until)
    assert closed.json()["locksOn"] == str(until - timedelta(days=14))
    reason = {"reason": "newInformation"}
    assert _sweep_on(house, until - timedelta(days=15)).destroyed == 0
    assert house.client("mayor").get(f"/api/v1/cases/{case_id}", params=reason).status_code == 200
    house.later(days=1)
    locked = house.client("mayor").get(f"/api/v1/cases/{case_id}", params=reason)
    assert (locked.status_code, locked.json()["rule"]) == (409, "R90")
    assert _sweep_on(house, until - timedelta(days=1)).destroyed == 0
    assert _sweep_on(house, until).destroyed == 1
    assert house.sql("SELECT 1 FROM case_file") == house.sql("SELECT 1 FROM registration") == []
    assert house.sql("SELECT due_on FROM certificate") == [(until,)]


@pytest.mark.parametrize("days", [1, 400])
def test_data_are_not_kept_beyond_their_term(house, proposed, days):
    case_id, due_on = proposed
    answer = _close(house, case_id, dataUntil=str(due_on + timedelta(days=days)))
    assert (answer.status_code, answer.json()["issues"][0]["name"]) == (400, "dataUntil")
    assert house.sql("SELECT state, due_on FROM case_file") == [("closureProposed", due_on)]


def test_data_do_not_end_in_the_past(house, proposed):
    answer = _close(house, proposed[0], dataUntil=str(house.now.date() - timedelta(days=1)))
    assert (answer.status_code, answer.json()["issues"][0]["name"]) == (400, "dataUntil")


def test_the_last_day_of_the_term_itself_can_be_named(house, proposed):
    case_id, due_on = proposed
    assert _close(house, case_id, dataUntil=str(due_on)).json()["dueOn"] == str(due_on)


@pytest.mark.parametrize(
    ("name", "status"), [("coordinator", 403), ("participant", 404), ("zoneMayorD", 404), ("auditor", 404)]
)
def test_nobody_but_the_mayor_ends_data_early(house, proposed, name, status):
    assert _close(house, proposed[0], name, dataUntil="2026-05-01").status_code == status


def test_a_step_of_closing_gives_nothing_of_the_file_away(house, proposed):
    """Who is appointed for closing alone reads no file (R9); who reads files gives a reason first (R107)."""
    case_id, _ = proposed
    delegate = house.cast.mandates["delegate"]
    house.sql("UPDATE mandate SET scope = '{closure}' WHERE id = :m", m=delegate)
    refused = house.client("delegate").get(f"/api/v1/cases/{case_id}", params={"reason": "newInformation"})
    assert (refused.status_code, refused.json()["rule"]) == (409, "R9")
    house.sql("UPDATE case_file SET closure_ground = 'listedInError', closure_meeting_id = NULL")
    steps = [
        _keep_open(house, case_id),
        _propose(house, case_id, ground="listedInError"),
        _close(house, case_id),
    ]
    for answer in steps:
        assert answer.status_code == 200, answer.text
        assert answer.json().keys() <= {
            "self", "version", "abilities", "caseId", "reference", "state", "closureGround", "closedOn", "dueOn", "locksOn",
        }  # fmt: skip


def test_the_file_says_who_closed_it_and_no_review_any_more(house, case_id):
    from pagecraft import reader, texts_of

    _propose(house, case_id, ground="listedInError")
    assert _close(house, case_id).status_code == 200
    file = house.client("mayor").get(f"/api/v1/cases/{case_id}", params={"reason": "newInformation"}).json()
    assert file["closedByName"] == "Mayor Verzonnen"
    page = texts_of(reader(house, "mayor").get(f"/cases/{case_id}?reason=newInformation").text)
    assert "Hoe de casus afgesloten werd" in page
    assert "Volgende herziening" not in page


# -- deciding against it, and leaving the list without a meeting ----------------------------------------------


def _keep_open(house, case_id, name="mayor"):
    return house.client(name).post(f"/api/v1/cases/{case_id}/keepOpen", json={}, headers=CLOSE)


def _propose(house, case_id, **body):
    return house.client("coordinator").post(
        f"/api/v1/cases/{case_id}/proposeClosure", json=body, headers=CLOSE
    )


def test_the_mayor_decides_against_a_proposal_and_the_case_goes_on(house, proposed):
    case_id, due_on = proposed
    kept = _keep_open(house, case_id)
    assert (kept.status_code, kept.json()["state"], kept.json()["dueOn"]) == (
        200,
        "underDiscussion",
        str(due_on),
    )
    assert "closureGround" not in kept.json()
    assert _close(house, case_id).status_code == 409
    assert house.sql("SELECT rule FROM journal.entry WHERE action = 'case.keepOpen'") == [("R85",)]


def test_a_case_with_a_trajectory_goes_back_to_it(house, case_id, sitting):
    meeting, _ = sitting(case_id)
    house.sql("UPDATE case_file SET state = 'underDiscussion', last_discussed_on = :d", d=house.now.date())
    plan = {"caseId": case_id, "caseManagerId": str(house.cast.persons["caseManager"]), "aims": {"work": "Een job."},
            "personInformed": "informed"}  # fmt: skip
    started = house.client("coordinator").post("/api/v1/trajectories", json=plan, headers=CLOSE)
    assert started.status_code == 201, started.text
    assert _propose(house, case_id, meetingId=meeting, ground="noIndications").status_code == 200
    assert _keep_open(house, case_id).json()["state"] == "inTrajectory"


@pytest.mark.parametrize(
    ("name", "status"), [("coordinator", 403), ("participant", 404), ("zoneMayorD", 404), ("auditor", 404)]
)
def test_nobody_but_the_mayor_decides_against_a_proposal(house, proposed, name, status):
    assert _keep_open(house, proposed[0], name).status_code == status
    assert house.sql("SELECT state FROM case_file") == [("closureProposed",)]


@pytest.mark.parametrize("ground", ["deceased", "listedInError"])
def test_who_has_died_or_was_listed_in_error_leaves_the_list_without_a_meeting(house, case_id, ground):
    proposal = _propose(house, case_id, ground=ground)
    assert (proposal.status_code, proposal.json()["state"]) == (200, "closureProposed")
    assert "case.close" not in proposal.json()["abilities"]  # the coordinator proposes, the mayor decides
    assert _keep_open(house, case_id).json()["state"] == "listed"
    _propose(house, case_id, ground=ground)
    closed = _close(house, case_id, dataUntil=str(house.now.date()))
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")
    assert _sweep_on(house, house.now.date()).destroyed == 1


@pytest.mark.parametrize("ground", ["noIndications", "regularCareSuffices", "moved", "securityTrackOnly"])
def test_on_every_other_ground_a_meeting_has_to_discuss_it_first(house, case_id, ground):
    refused = _propose(house, case_id, ground=ground)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R85")
    assert house.sql("SELECT state FROM case_file") == [("listed",)]
