"""The gravest acts want a second factor given within the last minutes (R20): over both doors."""

import pytest
from cast import PASSWORD
from pagecraft import forms_of, reader, texts_of

SIGNAL = {
    "subjectName": "Zorgeloos Verzonnen",
    "narrative": "Een verhaal.",
    "phenomenon": "sects",
    "urgency": "normal",
    "nothingClassified": True,
}


@pytest.fixture
def screened(house):
    """A registration in screening; gives its address without the base."""
    body = SIGNAL | {"municipalityId": str(house.cast.towns["C"])}
    path = house.client("participant").post("/api/v1/registrations", json=body).json()["self"]
    assert house.client("mayor").post(path + "/screen", json={}, headers={"If-Match": "*"}).status_code == 200
    return path.removeprefix("/api/v1")


LISTED = {"outcome": "listed", "presumedAdult": True, "indications": "Aanwijzingen."}


def test_signing_in_is_fresh_for_some_minutes_and_then_a_decision_wants_a_code_again(house, door, screened):
    mayor = door("mayor").enter()
    house.later(minutes=house.installation.settings.confirm_minutes)
    refused = mayor.post(screened + "/decide", LISTED)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R20")
    assert refused.json()["type"] == "urn:problem-type:livcr:confirmationRequired"
    assert "registration.decide" in mayor.get(screened).json()["abilities"], "a step on the way, not a right"
    again = mayor.confirm()
    assert again.status_code == 200
    assert "accessToken" not in again.json()
    assert mayor.post(screened + "/decide", LISTED).status_code == 200
    outcomes = house.sql("SELECT outcome FROM journal.entry WHERE action = 'registration.decide' ORDER BY id")
    assert [o for (o,) in outcomes] == ["conflict", "allowed"]
    assert house.sql(
        "SELECT count(*) FROM journal.entry WHERE action = 'session.confirm' AND reason = 'again'"
    ) == [(1,)]


def test_within_those_minutes_a_decision_goes_through(house, door, screened):
    mayor = door("mayor").enter()
    house.later(minutes=house.installation.settings.confirm_minutes, seconds=-1)
    assert mayor.post(screened + "/decide", LISTED).status_code == 200


def test_the_log_leaves_only_with_a_fresh_code(house, door):
    auditor = door("auditor").enter()
    house.later(minutes=6)
    assert auditor.get("/journalEntries/export").json()["type"].endswith("confirmationRequired")
    assert auditor.get("/journalEntries").status_code == 200, "reading it is no grave act"
    assert auditor.confirm().status_code == 200
    assert auditor.get("/journalEntries/export").status_code == 200


def test_who_may_not_decide_is_not_sent_for_a_code(house, door, screened):
    for name, status in (("coordinator", 403), ("school", 404)):
        one = door(name).enter()
        house.later(minutes=6)
        answer = one.post(screened + "/decide", LISTED)
        assert (answer.status_code, "R20" in answer.text) == (status, False)


def test_a_code_confirms_once_and_only_its_own_session(house, door, screened):
    mayor, twin = door("mayor").enter(), door("mayor")
    house.later(minutes=6)
    twin.enter()
    house.later(minutes=6)
    code = mayor.code()
    assert mayor.confirm(code=code).status_code == 200
    assert mayor.confirm(code=code).status_code == 401, "used"
    assert twin.confirm(code=code).status_code == 401
    # A session of one's own is confirmed with its own token, not with a sister's: for her it wants no code.
    other = twin.client.post(
        mayor.session + "/confirm", json={"code": twin.code(seconds=30)}, headers=twin.headers
    )
    assert other.status_code == 404
    bare = mayor.client.post(mayor.session + "/confirm", json={"code": mayor.code(seconds=30)})
    assert bare.status_code == 404, "an id without its token confirms nothing"
    assert twin.post(screened + "/decide", LISTED).status_code == 409


def test_a_demo_token_is_as_fresh_as_a_sign_in_and_stays_awake(house, screened):
    from app.demo import demo_code, demo_token

    house.sql("UPDATE person SET demo = true")
    headers = {"Authorization": f"Bearer {demo_token(house.installation, 'mayor')}", "If-Match": "*"}
    house.later(minutes=20)
    client = house.client()
    refused = client.post("/api/v1" + screened + "/decide", json=LISTED, headers=headers)
    assert refused.json()["type"].endswith("confirmationRequired")
    mine = next(i for i in client.get("/api/v1/sessions", headers=headers).json()["items"] if i["present"])
    assert mine["openedWith"] == "console"
    code = {"code": demo_code(house.installation, "mayor")}
    assert client.post(mine["href"] + "/confirm", json=code, headers=headers).status_code == 200
    assert client.post("/api/v1" + screened + "/decide", json=LISTED, headers=headers).status_code == 200


def test_the_fifth_wrong_confirmation_ends_this_session_and_no_other(house, door):
    mayor, twin = door("mayor").enter(), door("mayor")
    house.later(minutes=1)
    twin.enter()
    house.later(minutes=1)
    assert [mayor.confirm(code=mayor.wrong_code()).status_code for _ in range(5)] == [401] * 5
    assert mayor.get("/cases").status_code == 401
    assert twin.get("/cases").status_code == 200
    assert twin.confirm().status_code == 200, "the account's codes are not paused by it"
    lines = house.sql("SELECT outcome FROM journal.entry WHERE reason = 'tooManyTries'")
    assert [o for (o,) in lines] == ["allowed"]


def test_a_right_confirmation_starts_the_count_anew(house, door):
    mayor = door("mayor").enter()
    for _ in range(3):
        house.later(minutes=1)
        assert [mayor.confirm(code=mayor.wrong_code()).status_code for _ in range(4)] == [401] * 4
        assert mayor.confirm().status_code == 200


def test_the_right_password_gives_no_further_guesses_at_the_code(house, door):
    mayor = door("mayor").enter()
    path = mayor.session.removeprefix("/api/v1") + "/unlock"
    house.later(minutes=6)
    answers = []
    for _ in range(5):
        answers.append(mayor.confirm(code=mayor.wrong_code()).status_code)
        answers.append(mayor.post(path, {"password": PASSWORD}).status_code)
    assert answers == [401, 200, 401, 200, 401, 200, 401, 200, 401, 401]
    assert mayor.get("/cases").status_code == 401, "the fifth wrong code ended it"


# Through the pages ------------------------------------------------------------------------------------------------


def _proof(page, kind="code"):
    return next(f for f in forms_of(page.text) if f["method"] == "post" and kind in f["values"])


def test_the_decision_form_asks_for_the_code_before_anything_is_typed(house, screened):
    mayor = reader(house, "mayor")
    house.later(minutes=6)
    page = mayor.get(screened + "/decide")
    assert page.url.path == "/confirm"
    code = page.text.split('class="reference">')[1][:6]
    before = mayor.client.cookies["livcr_session"]
    form = _proof(page)
    back = mayor.client.post(form["action"], data=form["values"] | {"code": code})
    assert back.url.path == screened + "/decide"
    assert mayor.client.cookies["livcr_session"] != before, "a session that may do more has another cookie"
    decided = mayor.send(
        screened + "/decide", outcome="listed", presumedAdult="true", indications="Aanwijzingen."
    )
    assert decided.status_code == 200
    assert house.sql("SELECT state FROM registration") == [("listed",)]


def test_what_was_typed_survives_a_code_that_went_stale_meanwhile(house, screened):
    mayor = reader(house, "mayor")
    form = next(f for f in forms_of(mayor.get(screened + "/decide").text) if f["action"].endswith("/decide"))
    house.later(minutes=6)
    typed = form["values"] | {
        "outcome": "listed",
        "presumedAdult": "true",
        "indications": "Lang & <b>getypt</b>: één.",
    }
    page = mayor.client.post(form["action"], data=typed)
    assert page.status_code == 409
    assert house.sql("SELECT state FROM registration") == [("inScreening",)]
    proof = _proof(page)
    wrong = mayor.client.post(proof["action"], data=proof["values"] | {"code": "000000"})
    assert wrong.status_code == 400
    proof = _proof(wrong)
    code = wrong.text.split('class="reference">')[1][:6]
    kept = mayor.client.post(proof["action"], data=proof["values"] | {"code": code})
    assert kept.status_code == 200, texts_of(kept.text)
    (again,) = [f for f in forms_of(kept.text) if f["action"].endswith("/decide")]
    assert again["values"]["indications"] == typed["indications"]
    done = mayor.client.post(again["action"], data=again["values"])
    assert done.status_code == 200
    assert house.sql("SELECT state FROM registration") == [("listed",)]


def test_an_export_comes_after_the_code(house):
    auditor = reader(house, "auditor")
    house.later(minutes=6)
    page = auditor.get("/journal/export/csv?outcome=")
    assert page.url.path == "/confirm"
    form, code = _proof(page), page.text.split('class="reference">')[1][:6]
    file = auditor.client.post(form["action"], data=form["values"] | {"code": code})
    assert "attachment" in file.headers["content-disposition"]


def test_no_other_site_can_plant_what_is_sent_after_the_code(house, screened):
    mayor = reader(house, "mayor")
    house.later(minutes=6)
    planted = {"kept": "outcome=listed&indications=x", "code": "123456"}
    for data in (planted, planted | {"csrfToken": "guessed"}):
        assert mayor.client.post(f"/confirm?next={screened}/decide", data=data).status_code == 403
    page = mayor.get("/confirm?next=https://evil.example/")
    assert "evil.example" not in page.text
