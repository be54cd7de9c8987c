"""Signing in by way of a provider: a real OpenID Connect server on this machine, well and badly behaved (R14, R20)."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from pagecraft import texts_of
from provider_door import (
    AGENCY,
    ORIGIN,
    SECONDS,
    STRONG,
    SUBJECT,
    Browser,
    Provider,
    configure,
    journal,
    person,
    sessions,
)

from app.kernel.http.pages import local_path


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


def _identify(house, agency, code=AGENCY):
    answer = house.client("administrator").post(
        f"/api/v1/agencies/{house.cast.agencies[agency]}/identify", json={"code": code}
    )
    assert answer.status_code == 200, answer.text


def _link(house, name="participant", subject=SUBJECT):
    return house.client("administrator").post(
        "/api/v1/federatedIdentities", json={"personId": str(house.cast.persons[name]), "subject": subject}
    )


def _expect(house, name="participant", **also):
    house.sql(
        "UPDATE person SET email = :e WHERE id = :p", e=f"{name}@Invented.example", p=house.cast.persons[name]
    )
    today = house.sql("SELECT (now() AT TIME ZONE 'Europe/Brussels')::date + 30")[0][0]
    return house.client("administrator").post(
        "/api/v1/federatedIdentities/expect",
        json={"personId": str(house.cast.persons[name]), "expectedUntil": today.isoformat()} | also,
    )


def _proven(house, name="participant"):
    """Link somebody, and have them come through once with their own code."""
    assert _link(house, name).status_code == 201
    one = Browser(house)
    assert one.code(one.onward(one.enter())).status_code == 200
    return one


# There ---------------------------------------------------------------------------------------------------------


def test_without_a_provider_there_is_no_button_and_no_door(house):
    one = Browser(house)
    assert "/sign-in/provider" not in one.get("/sign-in").text
    for path in ("/sign-in/provider", "/sign-in/provider/return?code=x&state=y", "/sign-in/provider/leave"):
        assert one.get(path).status_code == 404, path
    assert one.client.post("/sign-in/provider/logout", data={"logout_token": "x"}).status_code == 404


def test_the_button_leads_to_the_provider_with_state_nonce_and_pkce(known, provider):
    one = Browser(known)
    page = one.get("/sign-in?next=/meetings")
    assert "ACM/IDM" in texts_of(page.text)
    assert 'href="/sign-in/provider?next=%2Fmeetings"' in page.text
    there = one.depart()
    address = urlsplit(there.headers["location"])
    assert there.headers["location"].startswith(provider.issuer + "/auth?")
    said = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert said["redirect_uri"] == f"{ORIGIN}/sign-in/provider/return"
    assert (said["response_type"], said["code_challenge_method"]) == ("code", "S256")
    assert said["scope"] == "openid vo"
    assert min(len(said[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    cookie = there.headers["set-cookie"].lower()
    assert "livcr_provider=" in cookie
    assert "httponly" in cookie
    assert "samesite=lax" in cookie, "it has to come along when the provider sends the browser back"
    again = parse_qs(urlsplit(one.depart().headers["location"]).query)
    assert not {said["state"], said["nonce"], said["code_challenge"]} & {
        v for vs in again.values() for v in vs
    }
    stored = known.sql("SELECT * FROM sign_in_referral")
    assert len(stored) == 2
    assert all(secret.encode() not in repr(tuple(row)).encode() for row in stored for secret in said.values())
    assert journal(known, "session.refer") == [("allowed", "")] * 2


def test_means_of_signing_in_are_asked_for_only_where_configured(known, provider):
    Browser(known).visit()
    configure(known, provider.issuer, oidc_acr_values=f"{STRONG} urn:example:other")
    Browser(known).visit()
    first, second = provider.told()["asked"]
    assert "acr_values" not in first
    assert second["acr_values"] == f"{STRONG} urn:example:other"


# Back, and in ----------------------------------------------------------------------------------------------------


def test_a_linked_person_comes_in_with_their_own_code_the_first_time(known, provider):
    assert _link(known).status_code == 201
    one = Browser(known)
    answer = one.enter()
    assert one.onward(answer) == "/sign-in/code"
    assert sessions(known) == 0
    assert one.get("/").url.path == "/sign-in", "the provider's word alone opens nothing yet"
    home = one.code()
    assert "Participant Verzonnen" in home.text
    assert journal(known) == [("allowed", "ownCodeWanted")] * 2
    rows = known.sql(
        "SELECT object_type, object_id FROM journal.entry WHERE action = 'session.accept' ORDER BY object_type"
    )
    assert [row.object_type for row in rows] == ["federatedIdentity", "session"]


def test_from_then_on_a_second_factor_of_the_provider_counts_if_it_is_on_the_list(known, provider):
    _proven(known)
    one = Browser(known)
    answer = one.enter()
    assert one.onward(answer) == "/"
    session = next(v for k, v in answer.headers.multi_items() if k == "set-cookie" and "livcr_session" in v)
    assert "samesite=strict" in session.lower()
    assert "Participant Verzonnen" in one.get("/").text
    assert journal(known)[-1] == ("allowed", "secondFactorOfProvider")
    last = known.sql(
        "SELECT actor_id FROM journal.entry WHERE action = 'session.accept' ORDER BY id DESC LIMIT 1"
    )
    assert last[0].actor_id == known.cast.persons["participant"]


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ({"acr": STRONG}, True),
        ({"acr": None, "amr": ["pwd", "mfa"]}, True),
        ({"acr": None}, False),
        ({"acr": "urn:example:password"}, False),
        ({"acr": "urn:example:password", "amr": ["pwd"]}, False),
        ({"acr": STRONG + "x"}, False),
        ({"acr": None, "amr": "mfa"}, False),
        ({"acr": [STRONG]}, False),
        ({"acr": {"x": 1}}, False),
    ],
)
def test_only_what_is_listed_is_a_second_factor(known, provider, said, counts):
    _proven(known)
    provider.told(claims=person(**said))
    one = Browser(known)
    answer = one.enter()
    if answer.status_code == 200:
        assert one.onward(answer) == ("/" if counts else "/sign-in/code")
    else:
        assert not counts
    assert sessions(known) == (2 if counts else 1)


def test_with_an_empty_list_our_own_code_is_always_asked(known, provider):
    _proven(known)
    configure(known, provider.issuer, oidc_second_factor="")
    one = Browser(known)
    assert one.onward(one.enter()) == "/sign-in/code"


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256"])
def test_each_pinned_algorithm_is_believed(known, provider, algorithm):
    _link(known)
    provider.told(algorithm=algorithm)
    one = Browser(known)
    assert one.onward(one.enter()) == "/sign-in/code"


def test_the_secret_goes_the_way_the_provider_takes_it(known, provider):
    _link(known)
    provider.told(wrong="postOnly")
    one = Browser(known)
    assert one.onward(one.enter()) == "/sign-in/code"


def test_after_the_provider_changed_its_keys_people_still_come_in(known, provider, monkeypatch):
    monkeypatch.setattr("app.kernel.openid._RETRY_SECONDS", 0.0)
    _link(known)
    Browser(known).enter()
    provider.told(rotate=True)
    one = Browser(known)
    assert one.onward(one.enter()) == "/sign-in/code"


def test_a_token_with_an_unknown_key_does_not_make_us_ask_for_keys_each_time(known, provider):
    _link(known)
    Browser(known).enter()
    provider.told(rotate=True)
    answer = Browser(known).enter()
    assert answer.status_code == 400
    assert journal(known)[-1] == ("refused", "unknownKey")


def test_several_mandates_are_chosen_from_as_after_a_password(known, provider):
    mandate = known.client("administrator").post(
        "/api/v1/mandates",
        json={
            "personId": str(known.cast.persons["participant"]), "role": "secretary",
            "cellId": str(known.cast.cells["C"]), "startsOn": "2020-02-02", "document": "Aanstelling (invented)",
        },
    )  # fmt: skip
    assert mandate.status_code == 201, mandate.text
    _proven(known)
    one = Browser(known)
    assert one.onward(one.enter("/meetings")) == "/mandate?next=%2Fmeetings"
    assert one.get("/mandate").text.count("<form") >= 2


def test_the_duty_of_secrecy_comes_first_as_after_a_password(known, provider):
    _proven(known)
    known.sql("DELETE FROM undertaking WHERE person_id = :p", p=known.cast.persons["participant"])
    one = Browser(known)
    one.onward(one.enter())
    assert one.get("/meetings").url.path == "/undertaking"


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "%0d%0aX:1"],
)
def test_nobody_is_sent_to_another_site(known, provider, wanted):
    _proven(known)
    one = Browser(known)
    href = one.onward(one.enter(wanted))
    assert href == local_path(href) == "/"


def test_a_person_without_a_mandate_gets_no_right_from_a_claim(known, provider):
    _proven(known)
    known.sql(
        "UPDATE mandate SET ends_on = '2026-01-01' WHERE person_id = :p", p=known.cast.persons["participant"]
    )
    provider.told(claims=person(mijntoepassing_rol_3d=["Burgemeester"], roles=["mayor", "administrator"]))
    before = known.sql("SELECT count(*) FROM mandate")[0][0]
    one = Browser(known)
    one.onward(one.enter())
    assert one.get("/registrations").status_code in {403, 404}
    assert known.sql("SELECT count(*) FROM mandate")[0][0] == before


# What does not hold -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("nonce", "nonce"),
        ("noNonce", "nonce"),
        ("audience", "audience"),
        ("audiences", "authorisedParty"),
        ("authorisedParty", "authorisedParty"),
        ("issuer", "issuer"),
        ("expired", "expired"),
        ("noExpiry", "expired"),
        ("old", "issuedAt"),
        ("future", "issuedAt"),
        ("accessTokenHash", "accessTokenHash"),
        ("noSubject", "subject"),
        ("longSubject", "subject"),
        ("strangeSubject", "subject"),
        ("none", "algorithm"),
        ("hs256", "algorithm"),
        ("hs256Secret", "algorithm"),
        ("otherKey", "signature"),
        ("tampered", "signature"),
        ("truncated", "malformed"),
        ("type", "type"),
        ("unknownKid", "unknownKey"),
        ("otherKeys", "signature"),
        ("secretKeys", "noKeys"),
        ("smallKeys", "noKeys"),
        ("noIdToken", "noIdToken"),
    ],
)
def test_an_answer_that_does_not_hold_is_refused_in_one_sentence_and_logged(known, provider, wrong, reason):
    _proven(known)
    configure(known, provider.issuer)  # nothing kept of the provider's keys
    provider.told(wrong=wrong)
    one = Browser(known)
    answer = one.enter()
    assert answer.status_code == 400
    said = texts_of(answer.text)
    assert "Het antwoord van ACM/IDM is niet betrouwbaar" in said
    assert SUBJECT not in answer.text
    assert "livcr_session" not in answer.headers.get("set-cookie", "")
    assert journal(known)[-1] == ("refused", reason)
    assert sessions(known) == 1, "the one from before"
    assert one.get("/").url.path == "/sign-in"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [("slow", "tooSlow"), ("huge", "unreachable"), ("broken", "unreachable"), ("elsewhere", "unreachable"),
     ("noKeySet", "notUsable")],
)  # fmt: skip
def test_a_provider_that_fails_behind_the_scenes_is_one_clear_sentence(known, provider, wrong, reason):
    _proven(known)
    configure(known, provider.issuer)
    one = Browser(known)
    address = one.visit()
    provider.told(wrong=wrong)
    began = time.monotonic()
    answer = one.back(address)
    assert time.monotonic() - began < 8 * SECONDS, "a byte now and then does not stretch the limit"
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert "ACM/IDM antwoordt op dit ogenblik niet" in texts_of(answer.text)
    assert journal(known)[-1] == ("refused", reason)
    assert sessions(known) == 1


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [("slowDiscovery", "tooSlow"), ("notJson", "notUsable"), ("otherIssuer", "otherIssuer"),
     ("inTheClear", "discovery")],
)  # fmt: skip
def test_a_provider_that_does_not_say_who_it_is_is_not_gone_to(known, provider, wrong, reason):
    provider.told(wrong=wrong)
    configure(known, provider.issuer)
    answer = Browser(known).depart()
    assert answer.status_code == 503
    assert "ACM/IDM antwoordt op dit ogenblik niet" in texts_of(answer.text)
    assert journal(known, "session.refer") == [("refused", reason)]


def test_an_unreachable_provider_leaves_password_and_code_as_they_are(known):
    configure(known, "http://127.0.0.1:9/op")
    one = Browser(known)
    answer = one.depart()
    assert answer.status_code == 503
    assert "gebruikersnaam en wachtwoord" in texts_of(answer.text)
    assert journal(known, "session.refer") == [("refused", "unreachable")]
    assert one.sign_in("participant").status_code == 200


def test_what_the_provider_says_of_itself_and_its_keys_is_kept(known, provider):
    _proven(known)
    provider.told(wrong="otherIssuer")  # nobody asks again
    one = Browser(known)
    assert one.onward(one.enter()) == "/"


# A journey is one browser's, once --------------------------------------------------------------------------------------


def _not_started(house, answer):
    assert answer.status_code == 400
    assert "niet in deze browser begonnen" in texts_of(answer.text)
    assert journal(house)[-1] == ("refused", "stateUnknown")


def test_the_answer_to_another_browser_opens_nothing_here(known, provider):
    _proven(known)
    mine, theirs = Browser(known), Browser(known)
    address = theirs.visit()
    _not_started(known, mine.back(address))
    mine.depart()
    _not_started(known, mine.back(address))
    assert mine.get("/").url.path == "/sign-in"
    assert theirs.onward(theirs.back(address)) == "/", "and its own browser can still use it"


def test_an_answer_serves_once(known, provider):
    _proven(known)
    one = Browser(known)
    address = one.visit()
    kept = one.client.cookies.get("livcr_provider")
    assert one.onward(one.back(address)) == "/"
    one.client.cookies.set("livcr_provider", kept, path="/sign-in/provider")
    _not_started(known, one.back(address))


def test_a_code_that_was_used_is_refused_by_the_provider_and_by_us(known, provider):
    _proven(known)
    one = Browser(known)
    first, second = one.visit(), one.visit()
    used = parse_qs(urlsplit(first).query)["code"][0]
    assert one.onward(one.back(first)) == "/"
    other = Browser(known)
    address = other.visit()
    answer = other.back(address, code=used)
    assert answer.status_code == 400
    assert journal(known)[-1] == ("refused", "codeRefused")
    assert second


def test_a_code_of_somebody_else_s_journey_does_not_fit_this_one(known, provider):
    """PKCE: a stolen code is worth nothing in another browser, even with a state of its own."""
    _proven(known)
    stolen = parse_qs(urlsplit(Browser(known).visit()).query)["code"][0]
    thief = Browser(known)
    answer = thief.back(thief.visit(), code=stolen)
    assert answer.status_code == 400
    assert journal(known)[-1] == ("refused", "codeRefused")


@pytest.mark.parametrize("state", [None, "", "guessed", "x" * 9000, "%00"])
def test_a_state_nobody_gave_out_is_refused(known, provider, state):
    one = Browser(known)
    _not_started(known, one.back(one.visit(), state=state))


def test_two_journeys_in_one_browser_do_not_disturb_each_other(known, provider):
    _proven(known)
    one = Browser(known)
    first, second = one.visit("/meetings"), one.visit()
    assert one.onward(one.back(first)) == "/meetings"
    one.client.cookies.clear()
    assert second


def test_who_takes_too_long_starts_again(known, provider):
    _proven(known)
    one = Browser(known)
    address = one.visit()
    known.sql("UPDATE sign_in_referral SET created_at = created_at - interval '11 minutes'")
    _not_started(known, one.back(address))


def test_an_answer_that_names_another_issuer_is_refused(known, provider):
    """RFC 9207: what another provider answered is not taken for this one's."""
    _proven(known)
    one = Browser(known)
    answer = one.back(one.visit(), iss="https://other.example")
    assert answer.status_code == 400
    assert journal(known)[-1] == ("refused", "issuer")


def test_who_stops_at_the_provider_is_not_signed_in(known, provider):
    provider.told(wrong="declined")
    one = Browser(known)
    answer = one.enter()
    assert answer.status_code == 400
    assert "error_description" not in answer.text
    assert journal(known)[-1] == ("refused", "declinedByProvider")
