"""A provider that misbehaves, and answers that are not for this browser: each refused in one sentence, and logged."""

from __future__ import annotations

import threading
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from pagecraft import texts_of
from provider_door import SECONDS, SUBJECT, Browser, configure, journal, proven, sessions, settings

from app.kernel.clock import SetClock
from app.kernel.openid import OpenId, ProviderSilent

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
    proven(known)
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
    proven(known)
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


def test_a_wrong_secret_of_ours_is_told_apart_in_the_log(known, provider):
    configure(known, provider.issuer, oidc_client_secret="not the one that is registered")
    assert Browser(known).enter().status_code == 503
    assert journal(known)[-1] == ("refused", "clientRefused")


def test_an_unreachable_provider_leaves_password_and_code_as_they_are(known):
    configure(known, "http://127.0.0.1:9/op")
    one = Browser(known)
    answer = one.depart()
    assert answer.status_code == 503
    assert "gebruikersnaam en wachtwoord" in texts_of(answer.text)
    assert journal(known, "session.refer") == [("refused", "unreachable")]
    assert one.sign_in("participant").status_code == 200


def test_setting_out_for_the_provider_is_counted_as_any_other_try(known, provider):
    known.installation.clock = SetClock(known.now)  # none is given back meanwhile
    most = known.installation.settings.sign_ins_per_minute
    one = Browser(known)
    answers = [one.depart().status_code for _ in range(most + 3)]
    assert answers == [303] * most + [429] * 3
    assert journal(known, "session.refer")[most:] == [("refused", "")], "the first refusal in a row"
    assert known.sql("SELECT count(*) FROM sign_in_referral") == [(most,)]


def test_a_page_elsewhere_cannot_use_up_its_readers_tries(known, provider):
    one = Browser(known)
    for kind in ("image", "iframe", "empty"):
        answer = one.client.get("/sign-in/provider", headers={"Sec-Fetch-Dest": kind}, follow_redirects=False)
        assert answer.status_code == 403
    answer = one.client.get(
        "/sign-in/provider", headers={"Sec-Fetch-Dest": "document"}, follow_redirects=False
    )
    assert answer.status_code == 303
    assert known.sql("SELECT count(*) FROM sign_in_referral") == [(1,)]


def test_who_waits_for_a_slow_provider_leaves_threads_to_everybody_else():
    """Each who waits holds a thread of the process, of which all pages together have some forty."""
    openid = OpenId(settings("http://127.0.0.1:9/op"), seconds=1.0)
    everybody = 40
    inside, told, gate = [], [], threading.Event()

    def one():
        try:
            with openid._busy():
                inside.append(1)
                gate.wait(5)
        except ProviderSilent as silent:
            told.append(silent.reason)

    threads = [threading.Thread(target=one) for _ in range(everybody)]
    began = time.monotonic()
    for each in threads:
        each.start()
    while len(told) < everybody - 16 and time.monotonic() - began < 0.9:
        time.sleep(0.01)
    at_once = len(told)
    gate.set()
    for each in threads:
        each.join()
    assert at_once == everybody - 16, "told at once that the provider is busy"
    assert len(inside) == 16
    assert set(told) == {"tooMany"}


def test_what_the_provider_says_of_itself_and_its_keys_is_kept(known, provider):
    proven(known)
    provider.told(wrong="otherIssuer")  # nobody asks again
    one = Browser(known)
    assert one.onward(one.enter()) == "/"


# A journey is one browser's, once --------------------------------------------------------------------------------------


def _not_started(house, answer):
    assert answer.status_code == 400
    assert "niet in deze browser begonnen" in texts_of(answer.text)
    assert journal(house)[-1] == ("refused", "stateUnknown")


def test_the_answer_to_another_browser_opens_nothing_here(known, provider):
    proven(known)
    mine, theirs = Browser(known), Browser(known)
    address = theirs.visit()
    _not_started(known, mine.back(address))
    mine.depart()
    _not_started(known, mine.back(address))
    assert mine.get("/").url.path == "/sign-in"
    assert theirs.onward(theirs.back(address)) == "/", "and its own browser can still use it"


def test_an_answer_serves_once(known, provider):
    proven(known)
    one = Browser(known)
    address = one.visit()
    kept = one.client.cookies.get("livcr_provider")
    assert one.onward(one.back(address)) == "/"
    one.client.cookies.set("livcr_provider", kept)
    _not_started(known, one.back(address))


def test_a_code_that_was_used_is_refused_by_the_provider_and_by_us(known, provider):
    proven(known)
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
    proven(known)
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
    proven(known)
    one = Browser(known)
    first, second = one.visit("/meetings"), one.visit()
    assert one.onward(one.back(first)) == "/meetings"
    one.client.cookies.clear()
    assert second


def test_who_takes_too_long_starts_again(known, provider):
    proven(known)
    one = Browser(known)
    address = one.visit()
    known.sql("UPDATE sign_in_referral SET created_at = created_at - interval '11 minutes'")
    _not_started(known, one.back(address))


def test_an_answer_that_names_another_issuer_is_refused(known, provider):
    """RFC 9207: what another provider answered is not taken for this one's."""
    proven(known)
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
