"""Which account a provider's subject is: said by an administrator, found by agency and name, told to nobody (R14)."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from pagecraft import texts_of
from psycopg.errors import InsufficientPrivilege
from provider_door import AGENCY, SUBJECT, Browser, Provider, configure, journal, person, sessions
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.directory.federation import organisation_code
from app.kernel.database import say_who


@pytest.fixture(scope="module")
def process():
    made = Provider()
    yield made
    made.stop()


@pytest.fixture
def provider(process):
    process.told(reset=True, wrong="", algorithm="RS256", claims=person())
    return process


@pytest.fixture
def known(house, provider):
    """A house that knows the provider, and in which the participant's agency has its code."""
    configure(house, provider.issuer)
    _identify(house, "ocmw")
    return house


def _as_administrator(house, path, **body):
    return house.client("administrator").post(f"/api/v1/{path}", json=body)


def _identify(house, agency, code=AGENCY):
    answer = _as_administrator(house, f"agencies/{house.cast.agencies[agency]}/identify", code=code)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _link(house, name="participant", subject=SUBJECT):
    return _as_administrator(
        house, "federatedIdentities", personId=str(house.cast.persons[name]), subject=subject
    )


def _today(house):
    return house.sql("SELECT (now() AT TIME ZONE 'Europe/Brussels')::date")[0][0]


def _expect(house, name="participant", days=30):
    house.sql(
        "UPDATE person SET email = :e WHERE id = :p", e=f"{name}@Invented.example", p=house.cast.persons[name]
    )
    until = (_today(house) + timedelta(days=days)).isoformat()
    return _as_administrator(
        house, "federatedIdentities/expect", personId=str(house.cast.persons[name]), expectedUntil=until
    )


def _unlink(house, view, etag='"1"'):
    return house.client("administrator").post(
        view["self"] + "/unlink", headers={"If-Match": etag} if etag else {}
    )


def _refused(house, reason):
    """Come back from the provider and be refused; gives what is said, without the reference to the log."""
    answer = Browser(house).enter()
    assert answer.status_code == 400
    assert journal(house)[-1] == ("refused", reason)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", texts_of(answer.text))


# The first sign-in that is expected ------------------------------------------------------------------------------------


def test_an_expected_first_sign_in_is_linked_and_confirmed_by_our_own_code(known, provider):
    assert _expect(known).status_code == 201
    one = Browser(known)
    assert one.onward(one.enter()) == "/sign-in/code"
    assert journal(known)[-1] == ("allowed", "firstThroughThisLink")
    (link,) = known.sql("SELECT state, subject, person_id FROM federated_identity")
    assert (link.state, link.subject) == ("linked", SUBJECT)
    assert link.person_id == known.cast.persons["participant"]
    again = Browser(known)
    assert again.onward(again.enter()) == "/sign-in/code", "until the code was given once"
    assert one.code().status_code == 200
    third = Browser(known)
    assert third.onward(third.enter()) == "/"


def test_a_person_is_found_by_user_name_where_the_claim_is_one(known, provider):
    configure(known, provider.issuer, oidc_person_claim="preferred_username")
    _expect(known)
    provider.told(claims=person(email=None, preferred_username=" Participant "))
    one = Browser(known)
    assert one.onward(one.enter()) == "/sign-in/code"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"email_verified": None}, "noPersonClaim"),
        ({"email_verified": False}, "noPersonClaim"),
        ({"email_verified": "true"}, "noPersonClaim"),
        ({"email": None}, "noPersonClaim"),
        ({"email": ["participant@invented.example"]}, "noPersonClaim"),
        ({"email": "nobody@invented.example"}, "unknownSubject"),
        ({"email": "participant@invented.example\x00"}, "noPersonClaim"),
        ({"email": "%"}, "unknownSubject"),
        ({"vo_orgcode": None}, "noAgencyClaim"),
        ({"vo_orgcode": ""}, "noAgencyClaim"),
        ({"vo_orgcode": [AGENCY]}, "noAgencyClaim"),
        ({"vo_orgcode": "0400000000"}, "otherAgency"),
    ],
)
def test_what_is_missing_or_does_not_fit_is_refused_and_nothing_is_linked(known, provider, said, reason):
    _expect(known)
    provider.told(claims=person(**said))
    _refused(known, reason)
    assert [tuple(r) for r in known.sql("SELECT state, subject FROM federated_identity")] == [("expected", None)]


def test_nobody_is_linked_whom_no_administrator_expects(known, provider):
    known.sql(
        "UPDATE person SET email = 'participant@invented.example' WHERE id = :p",
        p=known.cast.persons["participant"],
    )
    _refused(known, "notExpected")
    assert known.sql("SELECT 1 FROM federated_identity") == []


def test_an_expectation_ends_with_its_day_and_serves_once(known, provider):
    _expect(known)
    known.sql("UPDATE federated_identity SET expected_until = expected_until - 31")
    _refused(known, "notExpected")
    known.sql("UPDATE federated_identity SET expected_until = expected_until + 31")
    Browser(known).enter()
    provider.told(claims=person(sub="somebody-else"))
    _refused(known, "notExpected")


def test_two_accounts_of_one_name_are_none(known, provider):
    _expect(known)
    known.sql(
        "UPDATE person SET email = 'participant@INVENTED.example' WHERE id = :p", p=known.cast.persons["school"]
    )
    _refused(known, "severalAccounts")


def test_an_agency_without_a_code_lets_nobody_in(known, provider):
    _expect(known, "school")
    provider.told(claims=person("school"))
    _refused(known, "otherAgency")


# What a refusal tells -----------------------------------------------------------------------------------------------------


def test_every_reason_for_not_letting_somebody_in_reads_the_same(known, provider):
    """Unknown, of another agency, closed, not expected: nobody learns whether there is an account."""
    said = set()
    provider.told(claims=person(email="nobody@invented.example"))
    said.add(_refused(known, "unknownSubject"))
    provider.told(claims=person())
    _expect(known)
    known.sql("UPDATE federated_identity SET state = 'ended'")
    said.add(_refused(known, "notExpected"))
    known.sql("DELETE FROM federated_identity")
    assert _link(known).status_code == 201
    provider.told(claims=person(vo_orgcode="0400000000"))
    said.add(_refused_any(known))
    provider.told(claims=person())
    known.sql("UPDATE person SET active = false WHERE id = :p", p=known.cast.persons["participant"])
    said.add(_refused(known, "accountClosed"))
    provider.told(claims=person(vo_orgcode=None))
    said.add(_refused(known, "noAgencyClaim"))
    provider.told(claims=person(), wrong="declined")
    said.add(_refused(known, "declinedByProvider"))
    assert len(said) == 1, said
    assert "participant" not in said.pop().lower()


def _refused_any(house):
    answer = Browser(house).enter()
    assert answer.status_code == 400
    assert journal(house)[-1][0] == "refused"
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", texts_of(answer.text))


def test_the_organisation_chosen_there_has_to_be_the_agency_each_time(known, provider):
    _link(known)
    Browser(known).enter()
    provider.told(claims=person(vo_orgcode="0400000000"))
    _refused_any(known)
    provider.told(claims=person(vo_orgcode="BE 0207 494 678"))
    one = Browser(known)
    assert one.onward(one.enter()) == "/sign-in/code"


def test_one_subject_is_another_account_in_another_organisation(known, provider):
    _identify(known, "school", "123456")
    assert _link(known).status_code == _link(known, "school").status_code == 201
    for code, name in ((AGENCY, "participant"), ("123456", "school")):
        provider.told(claims=person(vo_orgcode=code))
        one = Browser(known)
        assert one.onward(one.enter()) == "/sign-in/code"
        (row,) = known.sql("SELECT person_id FROM session WHERE channel = 'page' ORDER BY opened_at DESC LIMIT 1")
        assert row.person_id == known.cast.persons[name]
    _identify(known, "school", AGENCY)
    provider.told(claims=person())
    _refused(known, "severalAccounts")


def test_without_a_claim_for_the_agency_only_a_link_lets_in(known, provider):
    configure(known, provider.issuer, oidc_agency_claim="")
    _expect(known)
    provider.told(claims=person(vo_orgcode=None))
    _refused(known, "unknownSubject")
    known.sql("UPDATE federated_identity SET state = 'ended'")
    _link(known)
    one = Browser(known)
    assert one.onward(one.enter()) == "/sign-in/code"


def test_accounts_of_a_demonstration_stay_on_their_own_machine(known, provider):
    from fastapi.testclient import TestClient

    known.sql("UPDATE person SET demo = true")
    _link(known)
    far = Browser(known)
    far.client = TestClient(known.app, base_url="https://livcr.example", client=("198.51.100.7", 40000))
    answer = far.enter()
    assert answer.status_code == 400
    assert journal(known)[-1] == ("refused", "accountClosed")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("0207.494.678", "0207494678"),
        ("BE0207494678", "0207494678"),
        ("be 0207 494 678", "0207494678"),
        ("OVO002949", "OVO002949"),
        ("ovo-002949", "OVO002949"),
        ("BELGA1", "BELGA1"),
        (None, ""),
        (207494678, ""),
        ([], ""),
        ("٠٢", "٠٢"),
    ],
)
def test_codes_of_organisations_are_compared_without_their_dress(said, code):
    assert organisation_code(said) == code


# What an administrator does -------------------------------------------------------------------------------------------------


def test_an_administrator_links_lists_and_unlinks_and_the_log_says_so(known, provider):
    made = _link(known).json()
    assert (made["state"], made["subject"], made["personName"]) == ("linked", SUBJECT, "Participant Verzonnen")
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
    _refused_any(known)
    lines = known.sql(
        "SELECT action, outcome FROM journal.entry WHERE action LIKE 'federatedIdentity.%' AND outcome = 'allowed'"
        " AND action <> 'federatedIdentity.list' ORDER BY id"
    )
    assert [row.action for row in lines] == ["federatedIdentity.link", "federatedIdentity.unlink"]
    assert "participant" in one.sign_in("participant").text.lower(), "password and code stay as they were"


def test_a_new_link_asks_for_our_own_code_again(known, provider):
    made = _link(known).json()
    one = Browser(known)
    one.code(one.onward(one.enter()))
    _unlink(known, made)
    assert _link(known, subject="of-the-administrator").status_code == 201
    provider.told(claims=person(sub="of-the-administrator"))
    other = Browser(known)
    assert other.onward(other.enter()) == "/sign-in/code", "who points an account at themselves is not in yet"


def test_a_second_way_in_is_not_added_beside_the_first(known):
    assert _link(known).status_code == 201
    assert _link(known, subject="another").status_code == 409
    assert _expect(known).status_code == 409
    assert journal(known, "federatedIdentity.link")[-1] == ("conflict", "linkedAlready")


@pytest.mark.parametrize("days", [-1, 61])
def test_a_first_sign_in_is_expected_for_a_while_only(known, days):
    assert _expect(known, days=days).status_code == 400


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
    assert _as_administrator(known, "federatedIdentities", **sent).status_code == 400


def test_without_a_provider_nothing_is_linked(house):
    assert _link(house).status_code == 409
    assert _expect(house, days=0).status_code in {400, 409}


def test_an_agency_shows_its_code(known):
    shown = known.client("administrator").get("/api/v1/agencies").json()["items"]
    assert {each["name"]: each.get("organisationCode") for each in shown}["ocmw (invented)"] == "0207494678"
    assert _identify(known, "ocmw", "OVO 002949")["organisationCode"] == "OVO002949"
    assert _as_administrator(known, f"agencies/{uuid4()}/identify", code=AGENCY).status_code == 404


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
            assert isinstance(fault.orig, InsufficientPrivilege)
            return None
        finally:
            conn.rollback()


ANYBODY = [None, "mayor", "coordinator", "auditor", "dpo"]


def test_the_database_lets_only_an_administrator_write_links_and_codes(known):
    _link(known)
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
    _link(known)
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
    _expect(known)
    issuer, participant = provider.issuer, known.cast.persons["participant"]
    take = "SELECT 1 WHERE take_expected_identity(:i, :p, 'mine') IS NOT NULL"
    for name in ("mayor", "participant", "administrator"):
        assert _does(known, name, take, i=issuer, p=participant) == 0, name
    assert _does(known, None, take, i=issuer, p=participant) == 1
    assert _does(known, None, take, i=issuer, p=known.cast.persons["mayor"]) == 0, "nobody expects the mayor"
    known.sql("DELETE FROM federated_identity")
    _link(known)
    whose = "SELECT * FROM federated_persons(:i, :s)"
    for name in ("mayor", "participant", "administrator"):
        assert _does(known, name, whose, i=issuer, s=SUBJECT) == 0, name
    assert _does(known, None, whose, i=issuer, s=SUBJECT) == 1


def test_nobody_ends_sessions_by_the_function_of_a_link_but_an_administrator(known, provider):
    _link(known)
    one = Browser(known)
    one.code(one.onward(one.enter()))
    (link,) = known.sql("SELECT id FROM federated_identity")
    end = "SELECT * FROM recall_sessions(NULL, NULL, NULL, :l, now() + interval '1 day')"
    for name in ANYBODY:
        assert _does(known, name, end, l=link.id) == 0, name
    everybody = "SELECT * FROM recall_sessions(:i, NULL, NULL, NULL, now() + interval '1 day')"
    assert _does(known, None, everybody, i=provider.issuer) == 0, "never all of a provider at once"
    assert _does(known, "administrator", end, l=link.id) == 1
