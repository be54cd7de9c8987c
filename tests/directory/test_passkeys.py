"""Passkeys: made, listed, removed by their owner; second factor, or both; every cheat refused (R20)."""

import sys
from copy import deepcopy
from pathlib import Path

import pytest
from cast import PASSWORD

sys.path.insert(0, str(Path(__file__).parents[1]))

from authenticator import MORE, PRESENT, VERIFIED, Authenticator, b64

from app.kernel.passkeys import site_of
from app.kernel.settings import Settings


def _make(one, device, name="Toestel (verzonnen)"):
    options = one.post("/passkeys/offer").json()["publicKey"]
    return one.post("/passkeys", {"name": name, "passkey": device.create(options)})


@pytest.fixture
def device():
    return Authenticator()


@pytest.fixture
def mayor(house, door, device):
    """The mayor, signed in, with a passkey, some minutes later."""
    one = door("mayor").enter()
    made = _make(one, device)
    assert made.status_code == 201, made.text
    house.later(minutes=6)
    return one


def _options(one, session=None):
    """Ask for a challenge: of a sign-in or a session, or to begin one with a passkey alone; gives (session, options)."""
    body = {"sessionId": session.rsplit("/", 1)[1]} if session else {}
    headers = one.headers if one.body else {}
    answer = one.client.post("/api/v1/sessionChallenges", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return "/api/v1/sessions/" + answer.json()["sessionId"], answer.json()["publicKey"]


def _give(one, session, passkey):
    headers = one.headers if one.body else {}
    return one.client.post(session + "/confirm", json={"passkey": passkey}, headers=headers)


def test_what_a_browser_is_asked_wants_its_holder_verified_and_a_key_that_it_finds_itself(house, door):
    one = door("mayor").enter()
    offer = one.post("/passkeys/offer").json()["publicKey"]
    assert offer["authenticatorSelection"]["userVerification"] == "required"
    assert offer["authenticatorSelection"]["residentKey"] == "required"
    assert offer["rp"]["id"] == "localhost"
    _, asked = _options(one, one.session)
    assert asked["userVerification"] == "required"
    assert not asked.get("allowCredentials")


def test_a_passkey_is_listed_to_its_owner_and_never_made_twice(house, door, mayor, device):
    (item,) = mayor.get("/passkeys").json()["items"]
    assert item["name"] == "Toestel (verzonnen)"
    assert mayor.confirm().status_code == 200
    offer = mayor.post("/passkeys/offer").json()["publicKey"]
    assert [each["id"] for each in offer["excludeCredentials"]] == [b64(device.credential_id)]
    again = mayor.post("/passkeys", {"name": "Nog eens", "passkey": device.create(offer)})
    assert again.status_code == 409
    assert house.client("participant").get("/api/v1/passkeys").json()["items"] == []


def test_a_passkey_is_a_second_factor(mayor, door, device):
    one = door("mayor")
    one.open()
    session, options = _options(one, one.session)
    entered = _give(one, session, device.get(options))
    assert entered.status_code == 200
    one.body = entered.json()
    assert one.get("/cases").status_code == 200


def test_a_passkey_alone_is_both_factors(house, mayor, door, device):
    one = door("mayor")
    session, options = _options(one)
    entered = _give(one, session, device.get(options))
    assert entered.status_code == 200, entered.text
    one.body = entered.json()
    assert one.body["self"] != session, "what anybody could ask for is not what opens"
    assert one.get("/cases").status_code == 200
    opened = {i["openedWith"] for i in one.get("/sessions").json()["items"]}
    assert opened == {"passkey", "password"}
    assert one.client.post(session + "/refresh", json={"refreshToken": "x"}).status_code == 401


def test_a_passkey_confirms_again_and_wakes_a_locked_session(house, mayor, device):
    assert mayor.post("/passkeys/offer").json()["type"].endswith("confirmationRequired")
    house.later(minutes=15)
    assert mayor.get("/cases").json()["type"].endswith("sessionLocked")
    session, options = _options(mayor, mayor.session)
    assert _give(mayor, session, device.get(options)).status_code == 200
    assert mayor.post("/passkeys/offer").status_code == 200


def test_a_removed_passkey_opens_nothing(house, mayor, door, device):
    (item,) = mayor.get("/passkeys").json()["items"]
    path = f"/passkeys/{item['passkeyId']}"
    assert mayor.delete(path).json()["type"].endswith("confirmationRequired")
    assert mayor.confirm().status_code == 200
    assert house.client("participant").delete("/api/v1" + path).status_code == 404
    assert mayor.delete(path).status_code == 204
    one = door("mayor")
    session, options = _options(one)
    assert _give(one, session, device.get(options)).status_code == 401
    assert mayor.get("/passkeys").json()["items"] == []


def test_a_recovery_takes_every_passkey_away(house, mayor, door, device):
    person = str(house.cast.persons["mayor"])
    checked = {"identityChecked": True}
    body = {"personId": person, "ground": "suspicion"} | checked
    proposed = house.client("administrator").post("/api/v1/recoveries", json=body).json()
    path = f"/api/v1/recoveries/{proposed['recoveryId']}/approve"
    agreed = house.client("coordinator").post(path, json=checked, headers={"If-Match": "*"}).json()
    body = {"username": "mayor", "firstHalf": proposed["half"], "secondHalf": agreed["half"],
            "newPassword": "zeven paarse olifanten breien"}  # fmt: skip
    assert house.client().post("/api/v1/recoveries/use", json=body).status_code == 200
    one = door("mayor")
    session, options = _options(one)
    assert _give(one, session, device.get(options)).status_code == 401


# Cheating --------------------------------------------------------------------------------------------------------


def _tampered(answer, where, change):
    bad = deepcopy(answer)
    bad["response"][where] = change(bad["response"][where])
    return bad


CHEATS = {
    "another site": lambda d, o: d.get(o, origin="https://evil.example"),
    "a site that looks alike": lambda d, o: d.get(o, origin="http://localhost.evil.example"),
    "https elsewhere": lambda d, o: d.get(o, origin="https://localhost:1/"),
    "another challenge": lambda d, o: d.get(o | {"challenge": b64(b"x" * 64)}),
    "an empty challenge": lambda d, o: d.get(o | {"challenge": ""}),
    "made, not used": lambda d, o: d.get(o, type="webauthn.create"),
    "holder not verified": lambda d, o: d.get(o, flags=PRESENT),
    "nobody present": lambda d, o: d.get(o, flags=VERIFIED),
    "signature of nothing": lambda d, o: _tampered(d.get(o), "signature", lambda _: ""),
    "signature cut off": lambda d, o: _tampered(d.get(o), "signature", lambda s: s[:-8]),
    "signed data cut off": lambda d, o: _tampered(d.get(o), "authenticatorData", lambda s: s[:20]),
    "client data changed": lambda d, o: _tampered(d.get(o), "clientDataJSON", lambda s: s[:-4] + "AAAA"),
    "client data none": lambda d, o: _tampered(d.get(o), "clientDataJSON", lambda _: b64(b"[]")),
    "no response": lambda d, o: {k: v for k, v in d.get(o).items() if k != "response"},
    "no id": lambda d, o: {k: v for k, v in d.get(o).items() if k != "rawId"},
    "an id that is none": lambda d, o: d.get(o) | {"rawId": 7, "id": 7},
    "nothing": lambda _d, _o: {},
    "what was made": lambda d, o: d.create(o),
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_a_passkey_that_cheats_opens_nothing(mayor, door, device, cheat):
    one = door("mayor")
    session, options = _options(one)
    assert _give(one, session, CHEATS[cheat](device, options)).status_code == 401
    # Not even afterwards with what was right: the challenge was used up.
    assert _give(one, session, device.get(options)).status_code == 401


@pytest.mark.parametrize("domain", ["evil.example", "", "127.0.0.1"])
def test_a_passkey_for_another_domain_opens_nothing(mayor, door, device, domain):
    device.domain = domain
    one = door("mayor")
    session, options = _options(one)
    assert _give(one, session, device.get(options)).status_code == 401


def test_another_key_under_the_same_id_opens_nothing(mayor, door, device):
    thief = Authenticator()
    thief.credential_id = device.credential_id
    one = door("mayor")
    session, options = _options(one)
    assert _give(one, session, thief.get(options)).status_code == 401


def test_what_was_sent_once_opens_nothing_again(mayor, door, device):
    one = door("mayor")
    session, options = _options(one)
    given = device.get(options)
    assert _give(one, session, given).status_code == 200
    for again in (session, _options(one)[0]):
        assert _give(one, again, given).status_code in {401, 404}


def test_a_copied_passkey_shows_by_its_count(mayor, door, device):
    device.count = 10
    for count, status in ((10, 200), (10, 401), (3, 401), (11, 200)):
        one, device.count = door("mayor"), count
        session, options = _options(one)
        assert _give(one, session, device.get(options)).status_code == status, count


def test_the_passkey_of_somebody_else_is_no_second_factor(house, mayor, door, device):
    """Neither after the right password of another, nor after a wrong one during a pause: the answers are the same."""
    one = door("participant")
    one.open()
    session, options = _options(one, one.session)
    right = _give(one, session, device.get(options))
    for _ in range(6):
        one.open("guess number one")
    house.sql("UPDATE sign_in_pause SET paused_until = now() + interval '900 years'")
    assert one.open("guess number two").status_code == 201
    session, options = _options(one, one.session)
    wrong = _give(one, session, device.get(options))
    same = {"instance": ""}
    assert right.status_code == 401
    assert right.json() | same == wrong.json() | same


def test_a_challenge_for_one_session_serves_no_other(mayor, door, device):
    one, two = door("mayor"), door("mayor")
    first, options = _options(one)
    second, _ = _options(two)
    assert _give(two, second, device.get(options)).status_code == 401
    assert _give(one, first, device.get(options)).status_code == 200


def test_a_challenge_is_given_for_ones_own_session_only(house, mayor, door):
    other = door("participant").enter()
    body = {"sessionId": mayor.session.rsplit("/", 1)[1]}
    assert other.post("/sessionChallenges", body).status_code == 404
    assert house.client().post("/api/v1/sessionChallenges", json=body).status_code == 404


def test_five_cheats_end_the_sign_in(mayor, door, device):
    one = door("mayor")
    session, options = _options(one)
    for _ in range(5):
        assert _give(one, session, device.get(options, flags=PRESENT)).status_code == 401
    _, options = (
        session,
        one.client.post("/api/v1/sessionChallenges", json={"sessionId": session.rsplit("/", 1)[1]}).json()[
            "publicKey"
        ],
    )
    assert _give(one, session, device.get(options)).status_code == 404


MADE_WRONG = {
    "another site": lambda d, o: d.create(o, origin="https://evil.example"),
    "another challenge": lambda d, o: d.create(o | {"challenge": b64(b"x" * 64)}),
    "holder not verified": lambda d, o: d.create(o, flags=PRESENT),
    "used, not made": lambda d, o: d.get(o),
    "nothing": lambda _d, _o: {},
    "cut off": lambda d, o: _tampered(d.create(o), "attestationObject", lambda s: s[:40]),
    "more announced than there is": lambda d, o: d.create(o, flags=PRESENT | VERIFIED | MORE),
}


@pytest.mark.parametrize("cheat", MADE_WRONG)
def test_a_passkey_that_was_not_made_for_this_moment_is_not_kept(house, door, device, cheat):
    one = door("mayor").enter()
    options = one.post("/passkeys/offer").json()["publicKey"]
    refused = one.post("/passkeys", {"name": "x", "passkey": MADE_WRONG[cheat](device, options)})
    assert refused.status_code == 400
    assert [issue["name"] for issue in refused.json()["issues"]] == ["passkey"]
    assert house.sql("SELECT count(*) FROM passkey") == [(0,)]
    assert house.sql("SELECT outcome FROM journal.entry WHERE action = 'passkey.register'") == [("refused",)]


def test_ten_passkeys_are_enough(house, door):
    one = door("mayor").enter()
    for n in range(10):
        assert _make(one, Authenticator(), f"Toestel {n}").status_code == 201
    assert _make(one, Authenticator()).status_code == 400


def test_where_the_installation_has_an_address_passkeys_belong_to_it_alone(house, door):
    settings = house.installation.settings
    house.installation.settings = settings.model_copy(update={"public_origin": "https://livc.example"})
    one = door("mayor").enter()
    local, own = Authenticator(), Authenticator("https://livc.example", "livc.example")
    assert _make(one, local).status_code == 400
    assert _make(one, own).status_code == 201
    assert site_of(house.installation.settings) == ("livc.example", "https://livc.example")
    assert site_of(Settings()) == ("localhost", "")


@pytest.mark.parametrize(
    ("origin", "site"),
    [
        ("http://localhost:8000", ("localhost", "http://localhost:8000")),
        ("http://127.0.0.1:8000", ("localhost", "")),
        ("https://livc.example:8443", ("livc.example", "https://livc.example:8443")),
    ],
)
def test_a_passkey_belongs_to_a_name_and_never_to_a_number(origin, site):
    assert site_of(Settings(public_origin=origin)) == site


def test_without_an_address_no_passkey_counts_from_elsewhere_than_this_machine(house, mayor, door, device):
    house.sql("UPDATE person SET demo = false")
    far = door("mayor", "198.51.100.7")
    session, options = _options(far)
    assert _give(far, session, device.get(options)).status_code == 401


def test_a_passkey_that_answers_both_ways_or_neither_is_a_fault_of_the_request(house, door, device):
    one = door("mayor")
    one.open(PASSWORD)
    for body in ({}, {"code": "123456", "passkey": {}}, {"passkey": "no object"}, {"passkey": [1]}):
        answer = one.client.post(one.session + "/confirm", json=body)
        assert answer.status_code == 400, body


# The database's own opinion --------------------------------------------------------------------------------------


def test_a_passkey_is_seen_and_changed_by_its_owner_only(house, mayor):
    from sqlalchemy import text

    from app.kernel.database import say_who

    ((known,),) = house.sql("SELECT credential_id FROM passkey")
    for name in (None, "participant", "administrator", "mayor"):
        with house.process.databases.app.connect() as conn:
            say_who(conn, house.cast.persons.get(name), house.cast.mandates.get(name), house.now)
            mine = 1 if name == "mayor" else 0
            assert len(conn.execute(text("SELECT * FROM passkey")).all()) == mine
            assert conn.execute(text("UPDATE passkey SET removed_at = now()")).rowcount == mine
            found = conn.execute(text("SELECT * FROM passkey_for(:c)"), {"c": bytes(known)}).all()
            assert len(found) == (1 if name is None else 0), "told to who has not signed in, and knows its id"
            conn.rollback()
