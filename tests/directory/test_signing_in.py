"""Signing in: password, one-time code, session under one mandate; revocable, and no way around it (R14, R20)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from cast import PASSWORD
from fastapi.testclient import TestClient

from app.kernel.clock import SystemClock
from app.kernel.identity import Claims, code_now
from app.retention.sweeping import resume


@pytest.fixture
def real(house):
    """Sessions and tokens follow the machine's clock."""
    house.installation.clock = SystemClock()
    return house


def _secret(house, name):
    person = house.cast.persons[name]
    ((wrapped,),) = house.sql("SELECT totp_secret FROM credential WHERE person_id = :p", p=person)
    return house.installation.provider.unwrap(wrapped, person.bytes).decode()


def _open(house, name, password=PASSWORD):
    return house.client().post("/api/v1/sessions", json={"username": name.lower(), "password": password})


def _confirm(house, session, code, **more):
    return house.client().post(session + "/confirm", json={"code": code} | more)


def _enter(house, name, **more):
    session = _open(house, name).json()["self"]
    return _confirm(house, session, code_now(_secret(house, name), datetime.now(UTC)), **more)


def _bearer(answer):
    return {"Authorization": f"Bearer {answer.json()['accessToken']}"}


def test_two_factors_open_a_session_under_a_mandate(real):
    opened = _open(real, "participant")
    assert opened.status_code == 201
    assert opened.json()["state"] == "secondFactorWanted"
    assert "accessToken" not in opened.json()
    entered = _enter(real, "participant")
    body = entered.json()
    assert (body["state"], body["mandate"]["role"], body["tokenType"]) == ("active", "participant", "Bearer")
    mine = real.client().get(body["self"], headers=_bearer(entered))
    assert mine.json()["name"] == "Participant Verzonnen"
    assert "accessToken" not in mine.json()


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(real):
    wrong, unknown = _open(real, "mayor", "not the password"), _open(real, "nobody.at.all")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() | {"instance": ""} == unknown.json() | {"instance": ""}
    lines = real.sql(
        "SELECT outcome, count(*) FROM journal.entry WHERE action = 'session.open' GROUP BY outcome"
    )
    assert [tuple(line) for line in lines] == [("refused", 2)]


def _wrong_code(house, name):
    secret, moment = _secret(house, name), datetime.now(UTC)
    good = {code_now(secret, moment + timedelta(seconds=s)) for s in range(-60, 121, 30)}
    return next(f"{n:06}" for n in range(100) if f"{n:06}" not in good)


def _shape(answer):
    """What an answer tells somebody who does not know yet whether they guessed right."""
    body = answer.json()
    own = {"self", "sessionId", "expiresAt", "instance"}
    return answer.status_code, {k: v for k, v in body.items() if k not in own}, sorted(body)


@pytest.mark.parametrize("name", ["mayor", "nobody.at.all"])
def test_after_six_wrong_tries_no_answer_tells_right_from_wrong(real, name):
    for _ in range(6):
        assert _open(real, name, "guess number one").status_code == 401
    real.sql("UPDATE sign_in_pause SET paused_until = now() + interval '1 hour'")
    right, wrong = _open(real, "mayor"), _open(real, name, "guess number two")
    assert _shape(right) == _shape(wrong)
    assert wrong.status_code == 201
    session = wrong.json()["self"]
    # Not even the right code opens it, and it ends after as many tries as any other.
    codes = [code_now(_secret(real, "mayor"), datetime.now(UTC)), *[_wrong_code(real, "mayor")] * 4]
    answers = [_confirm(real, session, code) for code in codes]
    veiled = [_shape(answer) for answer in answers]
    plain = _shape(_confirm(real, right.json()["self"], _wrong_code(real, "mayor")))
    assert veiled == [plain] * 5
    assert plain[0] == 401
    assert _confirm(real, session, codes[0]).status_code == 404
    lines = real.sql("SELECT outcome FROM journal.entry WHERE reason = 'wrongDuringPause'")
    assert len(lines) >= 1
    assert real.sql("SELECT DISTINCT failures FROM sign_in_pause WHERE paused_until IS NOT NULL") == [(6,)]


def test_the_owner_gets_in_during_a_pause_with_password_and_code(real):
    for _ in range(6):
        _open(real, "mayor", "guess number one")
    real.sql("UPDATE sign_in_pause SET paused_until = now() + interval '1 hour'")
    assert _enter(real, "mayor").status_code == 200
    assert real.sql("SELECT count(*) FROM sign_in_pause WHERE failures > 0 OR paused_until IS NOT NULL") == [
        (0,)
    ]
    assert _open(real, "mayor", "guess number one").status_code == 401  # counted anew


def test_a_pause_ends_by_itself_and_the_next_one_is_longer(real):
    for _ in range(6):
        _open(real, "mayor", "guess number one")
    ends = "SELECT extract(epoch FROM paused_until - failed_at)::int FROM sign_in_pause"
    assert real.sql(ends) == [(2,)]
    for seconds in (4, 8, 16, 32, 60, 60):
        real.sql("UPDATE sign_in_pause SET paused_until = now() - interval '1 second'")
        assert _open(real, "mayor", "guess number two").status_code == 401
        assert real.sql(ends) == [(seconds,)]


def test_a_right_password_alone_does_not_start_the_count_anew(real):
    for _ in range(4):
        _open(real, "mayor", "guess number one")
    assert _open(real, "mayor").status_code == 201
    assert real.sql("SELECT failures FROM sign_in_pause") == [(4,)]


def test_wrong_passwords_at_the_same_moment_count_one_by_one(house):
    clients = [
        TestClient(house.app, base_url="http://127.0.0.1", client=("127.0.0.1", 50000)) for _ in range(12)
    ]
    body = {"username": "mayor", "password": "guess number one"}
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda c: c.post("/api/v1/sessions", json=body).status_code, clients))
    assert (answers.count(401), answers.count(201)) == (6, 6)
    assert house.sql("SELECT failures FROM sign_in_pause") == [(6,)]


def test_codes_cannot_be_guessed_through_ever_new_sessions(real):
    wrong = _wrong_code(real, "mayor")
    for _ in range(2):
        session = _open(real, "mayor").json()["self"]
        assert [_confirm(real, session, wrong).status_code for _ in range(3)] == [401] * 3
    real.sql("UPDATE sign_in_pause SET paused_until = now() + interval '1 hour' WHERE failures > 5")
    assert real.sql("SELECT failures FROM sign_in_pause") == [(6,)]
    # During the pause even the right code is not looked at; afterwards it was not used up.
    session, code = _open(real, "mayor").json()["self"], code_now(_secret(real, "mayor"), datetime.now(UTC))
    assert _confirm(real, session, code).status_code == 401
    real.sql("UPDATE sign_in_pause SET paused_until = now() - interval '1 second'")
    assert _confirm(real, session, code_now(_secret(real, "mayor"), datetime.now(UTC))).status_code == 200


def test_a_pause_for_codes_grows_to_a_quarter_of_an_hour(real):
    session = _open(real, "mayor").json()["self"]
    _confirm(real, session, _wrong_code(real, "mayor"))
    real.sql("UPDATE sign_in_pause SET failures = 30")
    _confirm(real, session, _wrong_code(real, "mayor"))
    assert real.sql("SELECT extract(epoch FROM paused_until - failed_at)::int FROM sign_in_pause") == [(900,)]


def test_codes_at_the_same_moment_take_one_try_each(real):
    session, wrong = _open(real, "mayor").json()["self"], _wrong_code(real, "mayor")
    clients = [
        TestClient(real.app, base_url="http://127.0.0.1", client=("127.0.0.1", 50000)) for _ in range(10)
    ]
    with ThreadPoolExecutor(10) as pool:
        answers = list(
            pool.map(lambda c: c.post(session + "/confirm", json={"code": wrong}).status_code, clients)
        )
    assert (answers.count(401), answers.count(404)) == (5, 5)


def test_what_is_known_of_failed_sign_ins_goes_after_a_day(house):
    for _ in range(7):
        _open(house, "nobody.at.all", "guess number one")
    opened = "SELECT count(*) FROM session WHERE person_id IS NULL"
    for hours, left in ((23, 1), (2, 0)):
        house.later(hours=hours)
        resume(house.installation)
        assert house.sql("SELECT count(*) FROM sign_in_pause") == house.sql(opened) == [(left,)]


def test_a_code_with_a_foreign_mandate_is_used_up_and_journalled(real):
    code = code_now(_secret(real, "mayor"), datetime.now(UTC))
    session = _open(real, "mayor").json()["self"]
    foreign = {"mandateId": str(real.cast.mandates["delegate"])}
    assert _confirm(real, session, code, **foreign).status_code == 404
    assert _confirm(real, session, code).status_code == 401
    lines = real.sql(
        "SELECT outcome, actor_id FROM journal.entry WHERE action = 'session.confirm' ORDER BY id"
    )
    assert [tuple(line) for line in lines] == [("refused", real.cast.persons["mayor"]), ("refused", None)]


def test_a_session_belongs_to_the_door_at_which_it_was_opened(real):
    session = _open(real, "mayor").json()["self"]
    session_id = session.rsplit("/", 1)[1]
    real.sql("UPDATE session SET channel = 'page' WHERE id = :s", s=session_id)
    code = code_now(_secret(real, "mayor"), datetime.now(UTC))
    assert _confirm(real, session, code).status_code == 404
    real.sql("UPDATE session SET channel = 'api' WHERE id = :s", s=session_id)
    entered = _confirm(real, session, code)
    assert entered.status_code == 200
    assert real.client().get("/api/v1/cases", headers=_bearer(entered)).status_code == 200
    real.sql("UPDATE session SET channel = 'page' WHERE id = :s", s=session_id)
    assert real.client().get("/api/v1/cases", headers=_bearer(entered)).status_code == 401
    token = {"refreshToken": entered.json()["refreshToken"]}
    assert real.client().post(session + "/refresh", json=token).status_code == 401
    # ... and was not taken for a stolen one.
    assert real.sql("SELECT state FROM session WHERE id = :s", s=session_id) == [("active",)]


def test_a_code_works_once(real):
    code = code_now(_secret(real, "mayor"), datetime.now(UTC))
    first, second = _open(real, "mayor").json()["self"], _open(real, "mayor").json()["self"]
    assert _confirm(real, first, code).status_code == 200
    assert _confirm(real, second, code).status_code == 401
    assert _confirm(real, first, code).status_code == 404


def test_five_wrong_codes_end_the_attempt(real):
    session = _open(real, "mayor").json()["self"]
    secret = _secret(real, "mayor")
    good = {code_now(secret, datetime.now(UTC) + timedelta(seconds=s)) for s in (-30, 0, 30)}
    wrong = next(f"{n:06}" for n in range(100) if f"{n:06}" not in good)
    assert [_confirm(real, session, wrong).status_code for _ in range(5)] == [401] * 5
    assert _confirm(real, session, code_now(secret, datetime.now(UTC))).status_code == 404


def test_a_refresh_token_works_once(real):
    entered = _enter(real, "mayor").json()
    path, token = entered["self"] + "/refresh", {"refreshToken": entered["refreshToken"]}
    again = real.client().post(path, json=token)
    assert again.status_code == 200
    assert again.json()["refreshToken"] != entered["refreshToken"]
    assert real.client().post(path, json=token).status_code == 401


def test_an_old_refresh_token_closes_the_whole_session(real):
    entered = _enter(real, "mayor")
    path, stolen = entered.json()["self"] + "/refresh", {"refreshToken": entered.json()["refreshToken"]}
    fresh = real.client().post(path, json=stolen)
    assert real.client().post(path, json=stolen).status_code == 401
    assert real.client().get("/api/v1/cases", headers=_bearer(fresh)).status_code == 401
    assert real.client().post(path, json={"refreshToken": fresh.json()["refreshToken"]}).status_code == 401
    lines = real.sql(
        "SELECT action, outcome, reason, object_id::text FROM journal.entry"
        " WHERE action IN ('session.refresh', 'session.close') ORDER BY id"
    )
    session_id = entered.json()["sessionId"]
    assert [tuple(line) for line in lines[1:3]] == [
        ("session.close", "allowed", "refreshTokenReused", session_id),
        ("session.refresh", "refused", "", session_id),
    ]


def test_a_made_up_refresh_token_closes_nothing(real):
    entered = _enter(real, "mayor")
    path = entered.json()["self"] + "/refresh"
    assert real.client().post(path, json={"refreshToken": "made up"}).status_code == 401
    assert real.client().get("/api/v1/cases", headers=_bearer(entered)).status_code == 200


def test_signing_out_stops_every_token_at_once(real):
    entered = _enter(real, "mayor")
    headers = _bearer(entered)
    assert real.client().get("/api/v1/cases", headers=headers).status_code == 200
    assert real.client().delete(entered.json()["self"], headers=headers).status_code == 204
    assert real.client().get("/api/v1/cases", headers=headers).status_code == 401


def test_one_acts_under_one_mandate_at_a_time(real):
    admin = real.client("administrator")
    granted = admin.post(
        "/api/v1/mandates",
        json={"personId": str(real.cast.persons["secretary"]), "role": "strategicMember", "cellId": str(real.cast.cells["C"]),
              "startsOn": "2020-01-01", "document": "Aanstelling (invented)"},
    )  # fmt: skip
    assert granted.status_code == 201, granted.text
    entered = _enter(real, "secretary")
    other = next(m for m in entered.json()["mandates"] if m["role"] == "strategicMember")
    switched = real.client().post(
        entered.json()["self"] + "/switch", json={"mandateId": other["mandateId"]}, headers=_bearer(entered)
    )
    assert switched.json()["mandate"]["role"] == "strategicMember"
    assert real.client().get("/api/v1/registrations", headers=_bearer(switched)).status_code == 403
    assert (
        real.client().get("/api/v1/registrations", headers=_bearer(entered)).status_code == 401
    )  # the old token named the other
    foreign = {"mandateId": str(real.cast.mandates["mayor"])}
    assert (
        real.client()
        .post(entered.json()["self"] + "/switch", json=foreign, headers=_bearer(switched))
        .status_code
        == 404
    )


def test_another_persons_session_is_not_there(real):
    entered = _enter(real, "mayor").json()
    assert real.client("participant").get(entered["self"]).status_code == 404
    assert real.client("participant").delete(entered["self"]).status_code == 404


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."])
def test_a_token_that_is_none_is_refused(house, token):
    answer = house.client().get("/api/v1/cases", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_token_for_another_session_person_or_mandate_is_refused(house):
    mine = house.cast.persons["participant"]
    tokens = house.installation.tokens
    good = tokens.read(house.token("participant"))
    for claims in (
        Claims(house.cast.persons["mayor"], good.session_id, good.mandate_id),
        Claims(mine, house.cast.cells["C"], good.mandate_id),
        Claims(mine, good.session_id, house.cast.mandates["mayor"]),
    ):
        answer = house.client().get(
            "/api/v1/cases", headers={"Authorization": f"Bearer {tokens.issue(claims, 5)}"}
        )
        assert answer.status_code == 401


def test_without_a_confirmed_undertaking_nothing_opens(house):
    house.sql("DELETE FROM undertaking WHERE person_id = :p", p=house.cast.persons["mayor"])
    mayor = house.client("mayor")
    refused = mayor.get("/api/v1/cases")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R16")
    text = mayor.get("/api/v1/undertakings/current").json()
    assert (
        mayor.post("/api/v1/undertakings", json={"textVersion": "1999-1", "confirmed": True}).status_code
        == 400
    )
    assert (
        mayor.post(
            "/api/v1/undertakings", json={"textVersion": text["textVersion"], "confirmed": False}
        ).status_code
        == 400
    )
    confirmed = mayor.post(
        "/api/v1/undertakings", json={"textVersion": text["textVersion"], "confirmed": True}
    )
    assert confirmed.status_code == 201
    assert mayor.get("/api/v1/cases").status_code == 200
    house.later(days=366)
    assert mayor.get("/api/v1/cases").json()["rule"] == "R16"


def test_a_mandate_holds_until_midnight_in_brussels(house):
    house.at(datetime(2026, 3, 31, 21, 59, tzinfo=UTC))  # 23:59 in Brussels
    house.sql("UPDATE mandate SET ends_on = '2026-03-31' WHERE id = :m", m=house.cast.mandates["mayor"])
    assert house.client("mayor").get("/api/v1/cases").status_code == 200
    house.later(minutes=2)
    assert house.client("mayor").get("/api/v1/cases").status_code == 404


def test_demo_accounts_exist_on_this_machine_and_in_a_demonstration_only(house):
    token = house.token("mayor")
    headers = {"Authorization": f"Bearer {token}"}
    house.sql("UPDATE person SET demo = true")
    assert house.client().get("/api/v1/cases", headers=headers).status_code == 200
    for client, base in (("192.0.2.7", "http://127.0.0.1"), ("127.0.0.1", "http://192.0.2.7")):
        elsewhere = TestClient(house.app, base_url=base, client=(client, 5000), raise_server_exceptions=False)
        assert elsewhere.get("/api/v1/cases", headers=headers).status_code == 401
        assert (
            elsewhere.post("/api/v1/sessions", json={"username": "mayor", "password": PASSWORD}).status_code
            == 401
        )
    house.installation.demo = False
    assert house.client().get("/api/v1/cases", headers=headers).status_code == 401
    assert _open(house, "mayor").status_code == 401


def test_story_time_is_a_demonstrations_privilege(house):
    header = {"Livcr-Story-Time": "2031-01-01T09:00:00+01:00"}
    assert house.client("mayor").get("/api/v1/cases", headers=header).status_code == 200
    house.client("mayor").get("/api/v1/cases", headers=header)
    assert house.sql("SELECT count(*) FROM journal.entry WHERE year = 2031")[0][0] == 2
    house.installation.demo = False
    house.sql("UPDATE person SET demo = false")
    house.client("mayor").get("/api/v1/cases", headers=header)
    assert house.sql("SELECT count(*) FROM journal.entry WHERE year = 2031")[0][0] == 2
