"""Out again: here and at the provider, and at the provider's own word from server to server (R14)."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from pagecraft import texts_of
from provider_door import CLIENT_ID, ORIGIN, SUBJECT, Browser, configure, journal, proven, sessions


@pytest.fixture
def inside(known):
    """The participant, signed in by way of the provider; `house.one` is their browser."""
    known.one = proven(known)
    assert sessions(known) == 1
    return known


def _sign_out(one):
    page = one.get("/")
    token = page.text.split('name="csrfToken" value="')[1].split('"')[0]
    return one.client.post("/sign-out", data={"csrfToken": token}, follow_redirects=False)


def _recall(house, token):
    return Browser(house).client.post("/sign-in/provider/logout", data={"logout_token": token})


def test_signing_out_goes_on_at_the_provider_and_comes_back_to_our_door(inside, provider):
    answer = _sign_out(inside.one)
    assert answer.headers["location"] == "/sign-in/provider/leave?done=session.close"
    assert sessions(inside) == 0, "here it is over, whatever the provider does"
    stop = inside.one.get(answer.headers["location"])
    href = inside.one.onward(stop)
    assert "U bent hier afgemeld" in texts_of(stop.text)
    assert href.startswith(provider.issuer + "/end?")
    said = parse_qs(urlsplit(href).query)
    assert said == {"client_id": [CLIENT_ID], "post_logout_redirect_uri": [f"{ORIGIN}/sign-in"]}


def test_who_signed_in_with_a_password_signs_out_here_only(inside):
    one = Browser(inside)
    one.sign_in("mayor")
    assert _sign_out(one).headers["location"] == "/sign-in?done=session.close"


def test_a_silent_provider_does_not_keep_anybody_in(inside):
    configure(inside, "http://127.0.0.1:9/op")
    answer = _sign_out(inside.one)
    assert sessions(inside) == 0
    assert inside.one.get(answer.headers["location"]).url.path == "/sign-in"


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": SUBJECT},
        {"sid": "session-at-the-provider"},
        {"sub": SUBJECT, "sid": "session-at-the-provider"},
    ],
)
def test_the_provider_s_word_ends_what_began_there(inside, provider, claims):
    token = provider.logout_token(**claims)
    answer = _recall(inside, token)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["cache-control"] == "no-store"
    assert sessions(inside) == 0
    assert inside.one.get("/").url.path == "/sign-in"
    assert journal(inside, "session.recall") == [("allowed", "")]


def test_it_ends_nothing_else(inside, provider):
    other = Browser(inside)
    other.sign_in("participant")
    for claims in ({"sub": "somebody-else"}, {"sid": "another"}, {"sub": SUBJECT, "sid": "another"}):
        assert _recall(inside, provider.logout_token(**claims)).status_code == 200
    assert sessions(inside) == 2
    _recall(inside, provider.logout_token(sub=SUBJECT))
    assert sessions(inside) == 1, "a session that began with a password is not the provider's to end"
    assert other.get("/").url.path == "/"


def test_an_old_token_that_comes_again_ends_nothing_newer(inside, provider):
    token = provider.logout_token(sub=SUBJECT, iat=int(time.time()) - 300)
    assert _recall(inside, token).status_code == 200
    assert sessions(inside) == 1


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"sub": SUBJECT, "events": None},
        {"sub": SUBJECT, "events": {"http://other.example/event": {}}},
        {"sub": SUBJECT, "events": "http://schemas.openid.net/event/backchannel-logout"},
        {"sub": SUBJECT, "nonce": "an ID token is no logout token"},
        {"sub": SUBJECT, "aud": "somebody-else"},
        {"sub": SUBJECT, "iss": "https://other.example"},
        {"sub": SUBJECT, "exp": 1},
        {"sub": SUBJECT, "exp": None},
        {"sub": SUBJECT, "iat": None},
        {"sub": SUBJECT, "iat": 1},
        {"sub": SUBJECT, "iat": "now"},
        {"sub": ["a"]},
    ],
)
def test_a_logout_token_that_does_not_hold_ends_nothing(inside, provider, claims):
    answer = _recall(inside, provider.logout_token(**claims))
    assert answer.status_code == 400
    assert answer.json() == {"error": "invalid_request"}
    assert sessions(inside) == 1
    assert journal(inside, "session.recall")[-1][0] == "refused"


@pytest.mark.parametrize(
    ("wrong", "reason"), [("none", "algorithm"), ("hs256", "algorithm"), ("otherKey", "signature")]
)
def test_a_logout_token_nobody_signed_ends_nothing(inside, provider, wrong, reason):
    provider.told(wrong=wrong)
    assert _recall(inside, provider.logout_token(sub=SUBJECT)).status_code == 400
    assert sessions(inside) == 1
    assert journal(inside, "session.recall") == [("refused", reason)]


@pytest.mark.parametrize("token", ["", "a.b.c", "x" * 9000, "\x00", "é.é.é"])
def test_junk_for_a_logout_token_is_refused(inside, token):
    assert _recall(inside, token).status_code == 400
    assert sessions(inside) == 1
