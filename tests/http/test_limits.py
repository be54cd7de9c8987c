"""What is too much, too far away in time, or impossible to keep: a refusal with a reason, and never our fault."""

import base64
import logging
import threading
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.kernel.http.limits import BODY_MOST
from app.kernel.http.problems import as_problem
from app.rules.problems import Kind

API = "/api/v1"
VALUE = "in" + "vented"
"""Put together, so that no line of this file in a traceback holds it."""
TOO_LARGE = "urn:problem-type:belgif:payloadTooLarge"
SIGNAL = {
    "subjectName": "Zorgeloos Verzonnen",
    "narrative": "Een verhaal.",
    "phenomenon": "sects",
    "urgency": "normal",
    "nothingClassified": True,
}


def _signal(house, **over):
    return SIGNAL | {"municipalityId": str(house.cast.towns["C"])} | over


def _cursor(*values):
    return base64.urlsafe_b64encode(orjson.dumps([str(value) for value in values])).decode().rstrip("=")


# Size ---------------------------------------------------------------------------------------------------


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read(house):
    answer = house.client("participant").post(
        API + "/registrations", content=b" " * (BODY_MOST + 1), headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["type"]) == (413, TOO_LARGE)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["belgov-trace-id"]


def test_a_body_in_pieces_is_counted_as_it_comes(house):
    sent = []

    def pieces():
        for _ in range(100):
            sent.append(1)
            yield b" " * 100_000

    # The client of the tests joins the pieces, but without a length nobody can believe what it says.
    answer = house.client("participant").post(
        API + "/registrations", content=pieces(), headers={"Content-Type": "application/json"}
    )
    assert "content-length" not in answer.request.headers
    assert (answer.status_code, answer.json()["type"]) == (413, TOO_LARGE)


def test_a_body_of_just_the_size_is_read(house):
    body = orjson.dumps(_signal(house))
    padded = body + b" " * (BODY_MOST - len(body))
    answer = house.client("participant").post(
        API + "/registrations", content=padded, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 201, answer.text


def test_a_visitor_cannot_fill_the_memory_either(house):
    answer = house.client().post(
        API + "/sessions", content=b"x" * (BODY_MOST + 1), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413


def test_the_page_door_counts_too(house):
    answer = house.client().post(
        "/sign-in", content=b"a" * 1_000_001, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 413


def test_a_thousand_faults_are_told_as_fifty_and_long_names_are_cut(house):
    body = _signal(house) | {f"{'x' * 500}{n}": n for n in range(1000)}
    answer = house.client("participant").post(API + "/registrations", json=body)
    issues = answer.json()["issues"]
    assert (answer.status_code, len(issues)) == (400, 50)
    assert {len(issue["name"]) for issue in issues} == {100}
    (issue,) = house.client("mayor").get(f"{API}/cases?{'y' * 5000}=1").json()["issues"]
    assert issue["name"] == "y" * 100


def test_a_name_that_cannot_be_written_is_a_400_as_well(house):
    answer = house.client("participant").post(
        API + "/registrations", content=b'{"\\ud800": 1}', headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    assert [issue["name"] for issue in answer.json()["issues"]] == ["body"]


# Time ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/journalEntries", "/journalEntries/export"])
def test_the_journal_has_no_days_outside_its_years(house, path):
    for query in ("to=9999-12-31", "from=0001-01-01", "to=2050-01-01", "from=1999-12-31"):
        answer = house.client("auditor").get(f"{API}{path}?{query}")
        assert answer.status_code == 400, (query, answer.text)
        assert answer.json()["issues"][0]["in"] == "query"


def test_the_journal_can_be_asked_up_to_its_last_day(house):
    answer = house.client("auditor").get(API + "/journalEntries?from=2000-01-01&to=2049-12-31")
    assert answer.status_code == 200, answer.text


def test_a_cursor_with_a_number_that_no_column_holds_is_a_400(house):
    for number in (10**19, 10**400, "9" * 5000, -1):
        for path, first in (("journalEntries", "2026-01-01T00:00:00+00:00"), ("checkpoints", 2026)):
            answer = house.client("auditor").get(f"{API}/{path}?cursor={_cursor(first, number)}")
            assert answer.status_code == 400, answer.text


def test_a_cursor_of_another_age_is_no_fault_of_ours(house):
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00"):
        answer = house.client("auditor").get(f"{API}/journalEntries?cursor={_cursor(moment, 1)}")
        assert answer.status_code in {200, 400}, answer.text


def test_a_meeting_ends_within_the_years_we_know(house):
    starts = house.now + timedelta(days=20)
    body = {
        "tableId": str(house.cast.tables["C"]), "startsAt": starts.isoformat(), "place": "Raadzaal",
        "chairId": str(house.cast.persons["coordinator"]),
    }  # fmt: skip
    late = ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "2050-01-01T00:00:00Z")
    for ends in (*late, "0001-01-01T00:00:00+14:00"):
        answer = house.client("coordinator").post(API + "/meetings", json=body | {"endsAt": ends})
        assert answer.status_code == 400, (ends, answer.text)
        assert answer.json()["issues"][0]["name"] == "endsAt"
    ends = (starts + timedelta(hours=1)).isoformat()
    made = house.client("coordinator").post(API + "/meetings", json=body | {"endsAt": ends})
    assert made.status_code == 201, made.text


def test_somebody_was_born_since_1900(house):
    for born, status in (("1899-12-31", 400), ("1900-01-01", 201), ("9999-12-31", 400)):
        answer = house.client("participant").post(API + "/registrations", json=_signal(house, birthDate=born))
        assert answer.status_code == status, answer.text


def test_a_mandate_begins_on_a_day_we_know(house):
    body = {
        "personId": str(house.cast.persons["school"]), "role": "caseManager", "cellId": str(house.cast.cells["C"]),
        "document": "Aanstelling (invented)",
    }  # fmt: skip
    for starts, status in (("1999-12-31", 400), ("2000-01-01", 201), ("2050-01-01", 400)):
        answer = house.client("administrator").post(API + "/mandates", json=body | {"startsOn": starts})
        assert answer.status_code == status, answer.text


def test_no_story_plays_outside_the_years_of_the_journal(house):
    for year in ("0001", "1900", "1999", "2019", "2050", "2100", "9999"):
        for offset in ("+14:00", "-14:00"):
            said = {"Livcr-Story-Time": f"{year}-06-15T09:00:00{offset}"}
            answer = house.client("mayor").get(API + "/cases", headers=said)
            assert answer.status_code == 400, answer.text
            assert answer.json()["issues"][0]["in"] == "header"


def test_a_story_may_play_on_the_first_and_the_last_day(house):
    for moment in ("2020-01-01T00:00:00+00:00", "2049-12-31T23:59:59+00:00"):
        answer = house.client("mayor").get(API + "/registrations", headers={"Livcr-Story-Time": moment})
        assert answer.status_code == 200, answer.text
        lines = house.sql("SELECT action FROM journal.entry WHERE at = cast(:m AS timestamptz)", m=moment)
        assert lines == [("registration.list",)]


# What cannot be kept ------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", [b"a\\u0000bcdefghijkl", b"a\\ud800bcdefghijkl"])
def test_a_secret_that_no_text_can_be_is_a_400(house, secret):
    sent = {"Content-Type": "application/json"}
    client = house.client("administrator")
    agency = str(house.cast.agencies["ocmw"]).encode()
    bodies = {
        "/sessions": b'{"username": "mayor", "password": "%s"}' % secret,
        f"/sessions/{house.cast.persons['mayor']}/refresh": b'{"refreshToken": "%s"}' % secret,
        "/persons": b'{"username": "nieuw", "name": "Nieuw", "agencyId": "%s", "password": "%s"}'
        % (agency, secret),
    }
    for path, body in bodies.items():
        answer = client.post(API + path, content=body, headers=sent)
        assert answer.status_code == 400, (path, answer.text)
        assert "bcdefghijkl" not in answer.text


def test_three_equal_invitations_at_once_make_one(house):
    coordinator, mayor = house.client("coordinator"), house.client("mayor")
    path = house.client("participant").post(API + "/registrations", json=_signal(house)).json()["self"]
    mayor.post(path + "/screen", json={}, headers={"If-Match": "*"})
    decision = {"outcome": "listed", "presumedAdult": True, "indications": "Aanwijzingen."}
    case = mayor.post(path + "/decide", json=decision, headers={"If-Match": "*"}).json()["caseId"]
    starts = house.now + timedelta(days=20)
    meeting = coordinator.post(API + "/meetings", json={
        "tableId": str(house.cast.tables["C"]), "startsAt": starts.isoformat(),
        "endsAt": (starts + timedelta(hours=2)).isoformat(), "place": "Raadzaal",
        "chairId": str(house.cast.persons["coordinator"]),
    }).json()["meetingId"]  # fmt: skip
    item = coordinator.post(
        API + "/agendaItems",
        json={"meetingId": meeting, "caseId": case, "question": "Wat is nodig?", "minutes": 20},
    ).json()["agendaItemId"]
    together, answers = threading.Barrier(3), []

    def invite():
        together.wait()
        body = {"agendaItemId": item, "personId": str(house.cast.persons["participant"])}
        answers.append(coordinator.post(API + "/invitations", json=body).status_code)

    threads = [threading.Thread(target=invite) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert min(answers) == 201
    assert all(400 <= status < 500 for status in sorted(answers)[1:]), answers
    assert house.sql("SELECT count(*) FROM invitation")[0][0] == 1


def _fault(house, query):
    with house.installation.sessions() as session, pytest.raises(DBAPIError) as raised:
        session.execute(text(query), {"value": VALUE})
    return raised.value


def test_what_the_database_cannot_hold_is_the_senders_matter_and_what_is_there_already_a_conflict(house):
    assert as_problem(_fault(house, "SELECT (:value)::date")).kind is Kind.BAD_REQUEST
    assert as_problem(_fault(house, "SELECT 10000000000::int, :value")).kind is Kind.BAD_REQUEST
    assert as_problem(OverflowError("date value out of range")).kind is Kind.BAD_REQUEST
    twice = _fault(
        house,
        "INSERT INTO cell (id, kind, name, created_at, version)"
        " SELECT id, kind, :value, created_at, version FROM cell",
    )
    assert isinstance(twice, IntegrityError)
    conflict = as_problem(twice)
    assert (conflict.kind.urn, conflict.kind.status) == ("urn:problem-type:livcr:conflict", 409)
    assert as_problem(_fault(house, "SELECT nowhere, :value")).kind is Kind.INTERNAL


def test_no_value_reaches_a_log_by_way_of_an_error(house, caplog):
    fault = _fault(house, "SELECT nowhere, :value")
    assert VALUE not in str(fault)
    with caplog.at_level(logging.DEBUG):
        as_problem(fault)
    assert VALUE not in caplog.text
