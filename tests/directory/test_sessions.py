"""Open sessions: locked when idle, listed and ended by their owner, ended by an administrator, over at their end."""

from datetime import datetime

import pytest
from cast import PASSWORD
from pagecraft import forms_of, reader, texts_of

from app.kernel.identity import Claims

LOCKED = "urn:problem-type:livcr:sessionLocked"


def _idle(house):
    house.later(minutes=house.installation.settings.idle_minutes)


def test_an_idle_session_is_refused_at_the_json_door_with_a_clear_problem(house, door):
    mayor = door("mayor").enter()
    _idle(house)
    house.later(seconds=-1)
    assert mayor.get("/cases").status_code == 200, "in use to the last second"
    _idle(house)
    refused = mayor.get("/cases")
    assert (refused.status_code, refused.json()["type"]) == (401, LOCKED)
    assert "vergrendeld" in refused.json()["detail"]
    assert mayor.get("/sessions").json()["type"] == LOCKED, "nothing but what wakes or ends it"
    assert mayor.get("/undertakings/current").json()["type"] == LOCKED


@pytest.mark.parametrize("proof", ["code", "password"])
def test_a_locked_session_wakes_up_for_its_owner(house, door, proof):
    mayor = door("mayor").enter()
    _idle(house)
    if proof == "code":
        answer = mayor.confirm()
    else:
        answer = mayor.post(mayor.session.removeprefix("/api/v1") + "/unlock", {"password": PASSWORD})
    assert answer.status_code == 200, answer.text
    assert mayor.get("/cases").status_code == 200
    # Only a second factor is fresh proof for the gravest acts.
    fresh = (
        mayor.get("/sessions").status_code == 200
        and datetime.fromisoformat(mayor.get(mayor.session.removeprefix("/api/v1")).json()["confirmedUntil"])
        > house.now
    )
    assert fresh is (proof == "code")


def test_a_session_of_somebody_else_is_not_woken(house, door):
    mayor, stranger = door("mayor").enter(), door("participant").enter()
    path = mayor.session.removeprefix("/api/v1")
    assert stranger.post(path + "/unlock", {"password": PASSWORD}).status_code == 404
    _idle(house)
    assert mayor.client.post(mayor.session + "/unlock", json={"password": PASSWORD}).status_code == 401
    assert mayor.get("/cases").json()["type"] == LOCKED


def test_the_fifth_wrong_password_at_the_lock_ends_the_session(house, door):
    mayor = door("mayor").enter()
    path = mayor.session.removeprefix("/api/v1") + "/unlock"
    answers = [mayor.post(path, {"password": "not the right one"}).status_code for _ in range(5)]
    assert answers == [401] * 5
    assert mayor.post(path, {"password": PASSWORD}).status_code == 401
    assert house.sql("SELECT DISTINCT state FROM session") == [("closed",)]
    house.later(minutes=1)
    assert door("mayor").enter().get("/cases").status_code == 200, "nobody is locked out by it"


def test_a_refreshed_token_does_not_keep_an_idle_session_awake(house, door):
    mayor = door("mayor").enter()
    for _ in range(3):
        house.later(minutes=6)
        refreshed = mayor.client.post(
            mayor.session + "/refresh", json={"refreshToken": mayor.body["refreshToken"]}
        )
        assert refreshed.status_code == 200
        mayor.body = refreshed.json()
    assert mayor.get("/cases").json()["type"] == LOCKED


def test_a_session_ends_at_its_absolute_life_however_busy(house, door):
    mayor = door("mayor").enter()
    hours = house.installation.settings.session_hours
    for _ in range(hours * 6 - 1):
        house.later(minutes=10)
        assert mayor.get(mayor.session.removeprefix("/api/v1")).status_code == 200
    house.later(minutes=10)
    ended = mayor.get("/cases")
    assert (ended.status_code, ended.json()["type"]) == (401, "urn:problem-type:belgif:expiredAccessToken")
    assert mayor.confirm().status_code == 401


def _refresh(one, token):
    return one.client.post(one.session + "/refresh", json={"refreshToken": token})


def test_whoever_refreshes_twice_with_a_stolen_token_is_found_out_all_the_same(door):
    one = door("mayor").enter()
    stolen = one.body["refreshToken"]
    for _ in range(2):
        one.body = _refresh(one, one.body["refreshToken"]).json()
    assert one.get("/cases").status_code == 200
    assert _refresh(one, stolen).status_code == 401, "its owner's turn"
    assert one.get("/cases").status_code == 401
    assert _refresh(one, one.body["refreshToken"]).status_code == 401


def test_a_refresh_token_of_another_session_closes_nothing(door):
    one, other = door("mayor").enter(), door("coordinator").enter()
    assert _refresh(other, one.body["refreshToken"]).status_code == 401
    assert other.get("/cases").status_code == 200


def test_one_sees_ones_own_sessions_and_ends_another_of_them(house, door):
    first, second = door("mayor").enter(), door("mayor")
    house.later(minutes=1)
    second.enter()
    items = second.get("/sessions").json()["items"]
    assert [(i["present"], i["channel"], i["openedWith"]) for i in items] == [
        (True, "api", "password"),
        (False, "api", "password"),
    ]
    assert door("participant").enter().get("/sessions").json()["items"][0]["sessionId"] not in {
        i["sessionId"] for i in items
    }
    assert second.delete(first.session.removeprefix("/api/v1")).status_code == 204
    assert first.get("/cases").status_code == 401
    assert second.get("/cases").status_code == 200
    assert len(second.get("/sessions").json()["items"]) == 1


def test_an_administrator_ends_somebodys_sessions_and_learns_only_how_many(house, door):
    mayor, page, admin = door("mayor").enter(), reader(house, "mayor"), door("administrator").enter()
    path = f"/persons/{house.cast.persons['mayor']}/endSessions"
    ended = admin.post(path)
    assert ended.json() == {"personId": str(house.cast.persons["mayor"]), "ended": 2}
    assert mayor.get("/cases").status_code == 401
    assert page.get("/").url.path == "/sign-in"
    assert (
        mayor.client.post(
            mayor.session + "/refresh", json={"refreshToken": mayor.body["refreshToken"]}
        ).status_code
        == 401
    )
    lines = house.sql("SELECT outcome, object_id FROM journal.entry WHERE action = 'session.revoke'")
    assert [tuple(line) for line in lines] == [("allowed", house.cast.persons["mayor"])]
    assert admin.post("/persons/00000000-0000-4000-8000-000000000000/endSessions").status_code == 404
    for name in ("mayor", "coordinator", "auditor", "dpo"):
        assert house.client(name).post(f"/api/v1{path}").status_code == 403


def test_the_database_lets_nobody_but_an_administrator_end_somebodys_sessions(house, door):
    from sqlalchemy import text

    from app.kernel.database import say_who

    door("mayor").enter()
    call = text("SELECT end_sessions(:p, now())")
    for name, ended in ((None, 0), ("participant", 0), ("auditor", 0), ("administrator", 1)):
        with house.process.databases.app.connect() as conn:
            say_who(conn, house.cast.persons.get(name), house.cast.mandates.get(name), house.now)
            assert conn.scalar(call, {"p": house.cast.persons["mayor"]}) == ended, name
            conn.rollback()


# Tokens that do not fit ------------------------------------------------------------------------------------------


def test_a_token_of_a_closed_session_a_truncated_one_and_a_sisters_session_open_nothing(house, door):
    mayor, sister = door("mayor").enter(), door("mayor")
    house.later(minutes=1)
    sister.enter()
    good = mayor.body["accessToken"]
    head, body, signature = good.split(".")
    other_body = sister.body["accessToken"].split(".")[1]
    for token in (
        good[:-1],
        good[: len(good) // 2],
        f"{head}.{body}",
        f"{head}.{other_body}.{signature}",
        head,
    ):
        mayor.body["accessToken"] = token
        assert mayor.get("/cases").status_code == 401, token[-12:]
    mayor.body["accessToken"] = good
    assert mayor.delete(mayor.session.removeprefix("/api/v1")).status_code == 204
    assert mayor.get("/cases").status_code == 401
    assert sister.get("/cases").status_code == 200


def test_an_expired_token_says_so(house, door):
    mayor = door("mayor")
    claims = Claims(house.cast.persons["mayor"], house.cast.cells["C"], house.cast.mandates["mayor"])
    mayor.body = {"accessToken": house.installation.tokens.issue(claims, -1)}
    assert mayor.get("/cases").json()["type"] == "urn:problem-type:belgif:expiredAccessToken"


def test_a_chosen_session_cookie_or_waiting_session_is_never_the_one_that_opens(house):
    """Session fixation: what a browser brought along opens nothing, and the sign-in's id is no cookie."""
    one = reader(house, "mayor")
    (row,) = house.sql("SELECT id, secret_hash FROM session WHERE channel = 'page'")
    for planted in (str(row.id), row.id.hex, bytes(row.secret_hash).hex()):
        one.client.cookies.clear()
        one.client.cookies.set("livcr_session", planted)
        assert one.get("/").url.path == "/sign-in", planted


# The lock on a page ----------------------------------------------------------------------------------------------


def _locked_form(page, field):
    return next(f for f in forms_of(page.text) if f["method"] == "post" and field in f["values"])


@pytest.mark.parametrize("proof", ["code", "password"])
def test_the_lock_shows_nothing_and_gives_back_what_was_typed(house, proof):
    one = reader(house, "participant")
    form = next(f for f in forms_of(one.get("/registrations/new").text) if "narrative" in f["values"])
    _idle(house)
    typed = form["values"] | {
        "subjectName": "Iemand Verzonnen", "narrative": "Twee\nregels & één teken", "phenomenon": "sects",
        "urgency": "normal", "nothingClassified": "true",
    }  # fmt: skip
    page = one.client.post("/registrations/new", data=typed)
    assert page.status_code == 401
    assert 'class="side__list"' not in page.text
    assert not house.sql("SELECT 1 FROM registration")
    locked = _locked_form(page, proof)
    said = {"code": page.text.split('class="reference">')[1][:6], "password": PASSWORD}[proof]
    wrong = one.client.post(
        locked["action"], data=locked["values"] | {proof: {"code": "000000"}.get(proof, "x")}
    )
    assert wrong.status_code == 400
    locked = _locked_form(wrong, proof)
    kept = one.client.post(locked["action"], data=locked["values"] | {proof: said})
    again = next(f for f in forms_of(kept.text) if "narrative" in f["values"])
    assert again["values"]["narrative"].replace("\r\n", "\n") == typed["narrative"]
    sent = one.client.post(again["action"], data=again["values"])
    assert sent.status_code == 200, texts_of(sent.text)
    assert len(house.sql("SELECT 1 FROM registration")) == 1


def test_the_lock_leads_back_to_the_page_that_was_asked_for(house):
    one = reader(house, "mayor")
    _idle(house)
    page = one.get("/registrations?state=all")
    assert page.url.path == "/lock"
    form = _locked_form(page, "password")
    back = one.client.post(form["action"], data=form["values"] | {"password": PASSWORD})
    assert str(back.url).endswith("/registrations?state=all")
    assert one.get("/lock").url.path == "/", "not locked, so nothing to unlock"


def test_who_guesses_at_the_lock_signs_in_anew(house):
    one = reader(house, "mayor")
    _idle(house)
    for _ in range(4):
        form = _locked_form(one.get("/lock"), "password")
        answer = one.client.post(form["action"], data=form["values"] | {"password": "not the right one"})
        assert answer.status_code == 400
    form = _locked_form(one.get("/lock"), "password")
    answer = one.client.post(form["action"], data=form["values"] | {"password": "not the right one"})
    assert answer.url.path == "/sign-in"
    assert answer.url.params["ended"] == "tries"


def test_one_signs_out_from_the_lock(house):
    one = reader(house, "mayor")
    _idle(house)
    form = next(f for f in forms_of(one.get("/lock").text) if f["action"] == "/sign-out")
    assert one.client.post("/sign-out", data=form["values"]).url.path == "/sign-in"
    assert house.sql("SELECT DISTINCT state FROM session WHERE channel = 'page'") == [("closed",)]


def test_the_account_page_lists_and_ends_sessions(house):
    one, other = reader(house, "mayor"), reader(house, "mayor")
    page = one.get("/account")
    assert page.status_code == 200
    (end,) = [f for f in forms_of(page.text) if f["action"].endswith("/end")]
    assert one.client.post(end["action"], data=end["values"]).status_code == 200
    assert other.get("/").url.path == "/sign-in"
    assert one.get("/").url.path == "/"
    admin = reader(house, "administrator")
    done = admin.send("/members/sessions", personId=str(house.cast.persons["mayor"]))
    assert done.status_code == 200
    assert one.get("/").url.path == "/sign-in"
