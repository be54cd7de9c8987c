"""Signing in by way of a provider: a real OpenID Connect server on this machine, there and back (R14, R20)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from pagecraft import texts_of
from provider_door import ORIGIN, STRONG, Browser, configure, journal, link, person, proven, sessions

from app.kernel.http.pages import local_path

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
    assert link(known).status_code == 201
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
    proven(known)
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
    proven(known)
    provider.told(claims=person(**said))
    one = Browser(known)
    answer = one.enter()
    if answer.status_code == 200:
        assert one.onward(answer) == ("/" if counts else "/sign-in/code")
    else:
        assert not counts
    assert sessions(known) == (2 if counts else 1)


def test_with_an_empty_list_our_own_code_is_always_asked(known, provider):
    proven(known)
    configure(known, provider.issuer, oidc_second_factor="")
    one = Browser(known)
    assert one.onward(one.enter()) == "/sign-in/code"


def test_the_providers_second_factor_is_not_a_fresh_one_and_our_own_code_is(known, provider):
    with_code, by_single_sign_on = proven(known), Browser(known)
    assert by_single_sign_on.onward(by_single_sign_on.enter()) == "/"
    grave = "/account/passkeys/new"
    assert with_code.get(grave).url.path == grave
    assert by_single_sign_on.get(grave).url.path == "/confirm"
    rows = known.sql(
        "SELECT opened_with, confirmed_at IS NOT NULL FROM session s JOIN federated_session f ON f.session_id = s.id"
        " ORDER BY s.opened_at"
    )
    assert [tuple(row) for row in rows] == [("provider", True), ("provider", False)]
    assert by_single_sign_on.get("/account").text.count("aanmelddienst") == 2


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256"])
def test_each_pinned_algorithm_is_believed(known, provider, algorithm):
    link(known)
    provider.told(algorithm=algorithm)
    one = Browser(known)
    assert one.onward(one.enter()) == "/sign-in/code"


def test_the_secret_goes_the_way_the_provider_takes_it(known, provider):
    link(known)
    provider.told(wrong="postOnly")
    one = Browser(known)
    assert one.onward(one.enter()) == "/sign-in/code"


def test_after_the_provider_changed_its_keys_people_still_come_in(known, provider, monkeypatch):
    monkeypatch.setattr("app.kernel.openid._RETRY_SECONDS", 0.0)
    link(known)
    Browser(known).enter()
    provider.told(rotate=True)
    one = Browser(known)
    assert one.onward(one.enter()) == "/sign-in/code"


def test_a_token_with_an_unknown_key_does_not_make_us_ask_for_keys_each_time(known, provider):
    link(known)
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
    proven(known)
    one = Browser(known)
    assert one.onward(one.enter("/meetings")) == "/mandate?next=%2Fmeetings"
    assert one.get("/mandate").text.count("<form") >= 2


def test_the_duty_of_secrecy_comes_first_as_after_a_password(known, provider):
    proven(known)
    known.sql("DELETE FROM undertaking WHERE person_id = :p", p=known.cast.persons["participant"])
    one = Browser(known)
    one.onward(one.enter())
    assert one.get("/meetings").url.path == "/undertaking"


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "%0d%0aX:1"],
)
def test_nobody_is_sent_to_another_site(known, provider, wanted):
    proven(known)
    one = Browser(known)
    href = one.onward(one.enter(wanted))
    assert href == local_path(href) == "/"


def test_a_person_without_a_mandate_gets_no_right_from_a_claim(known, provider):
    proven(known)
    known.sql(
        "UPDATE mandate SET ends_on = '2026-01-01' WHERE person_id = :p", p=known.cast.persons["participant"]
    )
    provider.told(claims=person(mijntoepassing_rol_3d=["Burgemeester"], roles=["mayor", "administrator"]))
    before = known.sql("SELECT count(*) FROM mandate")[0][0]
    one = Browser(known)
    one.onward(one.enter())
    assert one.get("/registrations").status_code in {403, 404}
    assert known.sql("SELECT count(*) FROM mandate")[0][0] == before
