"""Which account a provider's subject is: found by link, agency and name, and told to nobody (R14)."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from pagecraft import texts_of
from provider_door import AGENCY, SUBJECT, Browser, configure, expect, identify, journal, link, person

from app.directory.federation import organisation_code


def _turned_away(house):
    """Come back from the provider and be refused; gives what is said, without the reference to the log."""
    answer = Browser(house).enter()
    assert answer.status_code == 400
    assert journal(house)[-1][0] == "refused"
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", texts_of(answer.text))


def _refused(house, reason):
    """The same, for this reason in the log."""
    said = _turned_away(house)
    assert journal(house)[-1] == ("refused", reason)
    return said


# The first sign-in that is expected ------------------------------------------------------------------------------------


def test_an_expected_first_sign_in_is_linked_and_confirmed_by_our_own_code(known, provider):
    assert expect(known).status_code == 201
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
    expect(known)
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
    expect(known)
    provider.told(claims=person(**said))
    _refused(known, reason)
    assert [tuple(r) for r in known.sql("SELECT state, subject FROM federated_identity")] == [
        ("expected", None)
    ]


def test_nobody_is_linked_whom_no_administrator_expects(known, provider):
    known.sql(
        "UPDATE person SET email = 'participant@invented.example' WHERE id = :p",
        p=known.cast.persons["participant"],
    )
    _refused(known, "notExpected")
    assert known.sql("SELECT 1 FROM federated_identity") == []


def test_an_expectation_ends_with_its_day_and_serves_once(known, provider):
    expect(known)
    known.sql("UPDATE federated_identity SET expected_until = expected_until - 31")
    _refused(known, "notExpected")
    known.sql("UPDATE federated_identity SET expected_until = expected_until + 31")
    Browser(known).enter()
    provider.told(claims=person(sub="somebody-else"))
    _refused(known, "notExpected")


def test_two_accounts_of_one_name_are_none(known, provider):
    expect(known)
    known.sql(
        "UPDATE person SET email = 'participant@INVENTED.example' WHERE id = :p",
        p=known.cast.persons["school"],
    )
    _refused(known, "severalAccounts")


def test_an_agency_without_a_code_lets_nobody_in(known, provider):
    expect(known, "school")
    provider.told(claims=person("school"))
    _refused(known, "otherAgency")


# What a refusal tells -----------------------------------------------------------------------------------------------------


def test_every_reason_for_not_letting_somebody_in_reads_the_same(known, provider):
    """Unknown, of another agency, closed, not expected: nobody learns whether there is an account."""
    said = set()
    provider.told(claims=person(email="nobody@invented.example"))
    said.add(_refused(known, "unknownSubject"))
    provider.told(claims=person())
    expect(known)
    known.sql("UPDATE federated_identity SET state = 'ended'")
    said.add(_refused(known, "notExpected"))
    known.sql("DELETE FROM federated_identity")
    assert link(known).status_code == 201
    provider.told(claims=person(vo_orgcode="0400000000"))
    said.add(_turned_away(known))
    provider.told(claims=person())
    known.sql("UPDATE person SET active = false WHERE id = :p", p=known.cast.persons["participant"])
    said.add(_refused(known, "accountClosed"))
    provider.told(claims=person(vo_orgcode=None))
    said.add(_refused(known, "noAgencyClaim"))
    provider.told(claims=person(), wrong="declined")
    said.add(_refused(known, "declinedByProvider"))
    assert len(said) == 1, said
    assert "participant" not in said.pop().lower()


def test_the_organisation_chosen_there_has_to_be_the_agency_each_time(known, provider):
    link(known)
    Browser(known).enter()
    provider.told(claims=person(vo_orgcode="0400000000"))
    _turned_away(known)
    provider.told(claims=person(vo_orgcode="BE 0207 494 678"))
    one = Browser(known)
    assert one.onward(one.enter()) == "/sign-in/code"


def test_one_subject_is_another_account_in_another_organisation(known, provider):
    identify(known, "school", "123456")
    assert link(known).status_code == link(known, "school").status_code == 201
    for code, name in ((AGENCY, "participant"), ("123456", "school")):
        provider.told(claims=person(vo_orgcode=code))
        one = Browser(known)
        assert one.onward(one.enter()) == "/sign-in/code"
        (row,) = known.sql(
            "SELECT person_id FROM session WHERE channel = 'page' ORDER BY opened_at DESC LIMIT 1"
        )
        assert row.person_id == known.cast.persons[name]
    identify(known, "school", AGENCY)
    provider.told(claims=person())
    _refused(known, "severalAccounts")


def test_without_a_claim_for_the_agency_only_a_link_lets_in(known, provider):
    configure(known, provider.issuer, oidc_agency_claim="")
    expect(known)
    provider.told(claims=person(vo_orgcode=None))
    _refused(known, "unknownSubject")
    known.sql("UPDATE federated_identity SET state = 'ended'")
    link(known)
    one = Browser(known)
    assert one.onward(one.enter()) == "/sign-in/code"


def test_accounts_of_a_demonstration_stay_on_their_own_machine(known, provider):
    known.sql("UPDATE person SET demo = true")
    link(known)
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
