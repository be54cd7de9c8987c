"""Links with a provider: made by an administrator and nobody else, and guarded by the database too (R14)."""

from __future__ import annotations

from uuid import uuid4

import pytest
from provider_door import (
    AGENCY,
    SUBJECT,
    Browser,
    as_administrator,
    expect,
    identify,
    journal,
    link,
    person,
    sessions,
)
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.kernel.database import say_who


def _unlink(house, view, etag='"1"'):
    return house.client("administrator").post(
        view["self"] + "/unlink", headers={"If-Match": etag} if etag else {}
    )


# What an administrator does -------------------------------------------------------------------------------------------------


def test_an_administrator_links_lists_and_unlinks_and_the_log_says_so(known, provider):
    made = link(known).json()
    assert (made["state"], made["subject"], made["personName"]) == (
        "linked",
        SUBJECT,
        "Participant Verzonnen",
    )
    listed = known.client("administrator").get("/api/v1/federatedIdentities").json()["items"]
    assert [each["federatedIdentityId"] for each in listed] == [made["federatedIdentityId"]]
    one = Browser(known)
    one.code(one.onward(one.enter()))
    assert sessions(known) == 1
    assert _unlink(known, made, None).status_code == 428
    assert _unlink(known, made, '"7"').status_code == 412
    assert _unlink(known, made).json()["state"] == "ended"
    assert sessions(known) == 0, "what began with the link ends with it"
    assert one.get("/").url.path == "/sign-in"
    assert _unlink(known, made).status_code == 404
    assert known.client("administrator").get("/api/v1/federatedIdentities").json()["items"] == []
    assert Browser(known).enter().status_code == 400
    lines = known.sql(
        "SELECT action, outcome FROM journal.entry WHERE action LIKE 'federatedIdentity.%' AND outcome = 'allowed'"
        " AND action <> 'federatedIdentity.list' ORDER BY id"
    )
    assert [row.action for row in lines] == ["federatedIdentity.link", "federatedIdentity.unlink"]
    assert "participant" in one.sign_in("participant").text.lower(), "password and code stay as they were"


def test_a_new_link_asks_for_our_own_code_again(known, provider):
    made = link(known).json()
    one = Browser(known)
    one.code(one.onward(one.enter()))
    _unlink(known, made)
    assert link(known, subject="of-the-administrator").status_code == 201
    provider.told(claims=person(sub="of-the-administrator"))
    other = Browser(known)
    assert other.onward(other.enter()) == "/sign-in/code", "who points an account at themselves is not in yet"


def test_a_second_way_in_is_not_added_beside_the_first(known):
    assert link(known).status_code == 201
    assert link(known, subject="another").status_code == 409
    assert expect(known).status_code == 409
    assert journal(known, "federatedIdentity.link")[-1] == ("conflict", "linkedAlready")


@pytest.mark.parametrize("days", [-1, 61])
def test_a_first_sign_in_is_expected_for_a_while_only(known, days):
    assert expect(known, days=days).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {"subject": "with space"},
        {"subject": ""},
        {"subject": "x" * 256},
        {"subject": "naïve"},
        {"personId": str(uuid4())},
    ],
)
def test_a_link_that_cannot_be_is_refused(known, body):
    sent = {"personId": str(known.cast.persons["participant"]), "subject": SUBJECT} | body
    assert as_administrator(known, "federatedIdentities", **sent).status_code == 400


def test_without_a_provider_nothing_is_linked(house):
    assert link(house).status_code == 409
    assert expect(house, days=0).status_code in {400, 409}


def test_an_agency_shows_its_code(known):
    shown = known.client("administrator").get("/api/v1/agencies").json()["items"]
    assert {each["name"]: each.get("organisationCode") for each in shown}["ocmw (invented)"] == "0207494678"
    assert identify(known, "ocmw", "OVO 002949")["organisationCode"] == "OVO002949"
    assert as_administrator(known, f"agencies/{uuid4()}/identify", code=AGENCY).status_code == 404


@pytest.mark.parametrize("name", ["coordinator", "mayor", "auditor", "dpo", "participant", None])
def test_nobody_but_an_administrator_says_who_somebody_is(known, name):
    client = known.client(name)
    body = {"personId": str(known.cast.persons["mayor"]), "subject": SUBJECT}
    assert client.post("/api/v1/federatedIdentities", json=body).status_code in {401, 403, 404}
    assert client.get("/api/v1/federatedIdentities").status_code in {401, 403, 404}
    agency = f"/api/v1/agencies/{known.cast.agencies['ocmw']}/identify"
    assert client.post(agency, json={"code": "1234"}).status_code in {401, 403, 404}
    assert known.sql("SELECT 1 FROM federated_identity") == []


# The second lock ---------------------------------------------------------------------------------------------------------------


def _does(house, name, query, **values):
    """How many rows a statement reaches as the application's own role, or None when the database forbids it."""
    cast = house.cast
    with house.process.databases.app.connect() as conn:
        say_who(conn, cast.persons.get(name), cast.mandates.get(name), house.now)
        try:
            return conn.execute(text(query), values).rowcount
        except ProgrammingError as fault:
            if not isinstance(fault.orig, InsufficientPrivilege):
                raise
            return None
        finally:
            conn.rollback()


ANYBODY = [None, "mayor", "coordinator", "auditor", "dpo"]


def test_the_database_lets_only_an_administrator_write_links_and_codes(known):
    link(known)
    add = (
        "INSERT INTO federated_identity (id, person_id, issuer, subject, state, created_at, version)"
        " VALUES (:new, :p, 'https://x.example', 's', 'linked', now(), 1)"
    )
    values = {"new": uuid4(), "p": known.cast.persons["mayor"]}
    code = "INSERT INTO agency_code (agency_id, code, set_at, version) VALUES (:a, '1', now(), 1)"
    for name in ANYBODY:
        assert _does(known, name, add, **values) is None, name
        assert _does(known, name, code, a=known.cast.agencies["school"]) is None, name
        assert _does(known, name, "UPDATE federated_identity SET state = 'linked'") == 0, name
        assert _does(known, name, "UPDATE agency_code SET code = '1'") == 0, name
    assert _does(known, "administrator", add, **values) == 1
    assert _does(known, "administrator", code, a=known.cast.agencies["school"]) == 1


def test_what_no_operation_changes_no_statement_changes(known):
    for name in [*ANYBODY, "participant", "administrator"]:
        for query in (
            "UPDATE federated_identity SET subject = 'mine'",
            "UPDATE federated_identity SET person_id = person_id",
            "UPDATE federated_session SET session_id = session_id",
            "UPDATE sign_in_referral SET browser_hash = 'x'",
            "DELETE FROM federated_identity",
            "DELETE FROM sign_in_referral",
        ):
            assert _does(known, name, query) is None, (name, query)


def test_links_are_seen_by_their_person_and_the_administrator_alone(known, provider):
    link(known)
    one = Browser(known)
    one.code(one.onward(one.enter()))
    for table in ("federated_identity", "federated_session"):
        seen = {
            name: _does(known, name, f"SELECT * FROM {table}")
            for name in [*ANYBODY, "participant", "administrator"]
        }
        wanted = {"participant", "administrator"} if table == "federated_identity" else {"participant"}
        assert {name for name, count in seen.items() if count} == wanted


def test_who_has_signed_in_learns_and_takes_nothing_by_the_functions_of_the_door(known, provider):
    expect(known)
    issuer, participant = provider.issuer, known.cast.persons["participant"]
    take = "SELECT 1 WHERE take_expected_identity(:i, :p, 'mine') IS NOT NULL"
    for name in ("mayor", "participant", "administrator"):
        assert _does(known, name, take, i=issuer, p=participant) == 0, name
    assert _does(known, None, take, i=issuer, p=participant) == 1
    assert _does(known, None, take, i=issuer, p=known.cast.persons["mayor"]) == 0, "nobody expects the mayor"
    known.sql("DELETE FROM federated_identity")
    link(known)
    whose = "SELECT * FROM federated_persons(:i, :s)"
    for name in ("mayor", "participant", "administrator"):
        assert _does(known, name, whose, i=issuer, s=SUBJECT) == 0, name
    assert _does(known, None, whose, i=issuer, s=SUBJECT) == 1


def test_nobody_ends_sessions_by_the_function_of_a_link_but_an_administrator(known, provider):
    link(known)
    one = Browser(known)
    one.code(one.onward(one.enter()))
    (row,) = known.sql("SELECT id FROM federated_identity")
    end = "SELECT * FROM recall_sessions(NULL, NULL, NULL, :l, now() + interval '1 day')"
    for name in ANYBODY:
        assert _does(known, name, end, l=row.id) == 0, name
    everybody = "SELECT * FROM recall_sessions(:i, NULL, NULL, NULL, now() + interval '1 day')"
    assert _does(known, None, everybody, i=provider.issuer) == 0, "never all of a provider at once"
    assert _does(known, "administrator", end, l=row.id) == 1
