"""The page door: getting in and out, forms that are ours, nothing kept, nothing inline."""

from __future__ import annotations

import re
from datetime import date
from http.cookies import SimpleCookie

import cast as cast_module
import pyotp
import pytest
from pagecraft import Reader, forms_of, reader, texts_of

from app.kernel.http.frames import TONES
from app.kernel.http.pages import PAGES, local_path
from app.kernel.i18n import LANGUAGES
from app.rules.lifecycle import STATES


def _cookies(answer):
    found = SimpleCookie()
    for name, value in answer.headers.multi_items():
        if name == "set-cookie":
            found.load(value)
    return found


def _token(page):
    return forms_of(page.text)[-1]["values"]["csrfToken"]


def _password_step(one, name="participant", password=cast_module.PASSWORD):
    page = one.get("/sign-in")
    return one.client.post(
        "/sign-in",
        data={"csrfToken": _token(page), "username": name, "password": password},
        follow_redirects=False,
    )


# Signing in ------------------------------------------------------------------------------------------------


def test_password_and_a_real_one_time_code_open_a_session(house):
    one = Reader(house)
    assert _password_step(one).headers["location"] == "/sign-in/code"
    page = one.get("/sign-in/code")
    (row,) = house.sql("SELECT id, secret_hash FROM session WHERE channel = 'page'")
    assert row.secret_hash is None, "the password alone opens nothing"
    person = house.cast.persons["participant"]
    sealed = house.sql("SELECT totp_secret FROM credential WHERE person_id = :p", p=person)[0][0]
    secret = house.installation.provider.unwrap(bytes(sealed), person.bytes).decode()
    code = pyotp.TOTP(secret).at(house.now)
    answer = one.client.post(
        "/sign-in/code", data={"csrfToken": _token(page), "code": code}, follow_redirects=False
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    home = one.get("/")
    assert home.status_code == 200
    assert "Participant Verzonnen" in home.text
    assert "Deelnemer" in home.text
    lines = house.sql(
        "SELECT action, channel, outcome FROM journal.entry WHERE action LIKE 'session.%' ORDER BY id"
    )
    assert [tuple(line) for line in lines[:2]] == [
        ("session.open", "page", "allowed"),
        ("session.confirm", "page", "allowed"),
    ]


def test_the_session_cookie_is_out_of_reach_and_new_at_sign_in(house):
    one = Reader(house)
    one.client.cookies.set("livcr_session", "chosen-by-somebody-else")
    _password_step(one)
    page = one.get("/sign-in/code")
    code = re.search(r'class="reference">(\d{6})<', page.text)[1]
    answer = one.client.post(
        "/sign-in/code", data={"csrfToken": _token(page), "code": code}, follow_redirects=False
    )
    cookie = _cookies(answer)["livcr_session"]
    assert cookie.value != "chosen-by-somebody-else"
    assert len(cookie.value) >= 40
    assert cookie["httponly"]
    assert cookie["samesite"] == "strict"
    assert cookie["path"] == "/"
    assert not cookie["secure"], "http on this machine"
    assert not cookie["max-age"], "gone when the browser closes"
    stored = house.sql("SELECT secret_hash FROM session WHERE state = 'active' AND channel = 'page'")
    assert all(cookie.value.encode() not in bytes(row[0]) for row in stored)


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(house):
    answers = []
    for name, password in (("participant", "not the right password"), ("nobody.here", cast_module.PASSWORD)):
        answer = _password_step(Reader(house), name, password)
        assert answer.status_code == 400
        assert password not in answer.text
        answers.append(texts_of(re.sub(r'value="[^"]*"', "", answer.text)))
    assert answers[0] == answers[1]
    assert "niet juist" in answers[0] or "not right" in answers[0]


def test_guessing_is_slowed_down(house):
    one = Reader(house)
    states = [_password_step(one, password="not the right password").status_code for _ in range(7)]
    # In the pause a wrong password goes on to a code that never fits; nothing tells it from the right one.
    assert states == [400] * 6 + [303]
    page = one.get("/sign-in/code")
    assert (
        one.client.post("/sign-in/code", data={"csrfToken": _token(page), "code": "000000"}).status_code
        == 400
    )
    assert _password_step(one).status_code == 303
    house.later(minutes=2)
    assert _password_step(one, password="not the right password").status_code == 400


def test_a_wrong_code_is_told_and_the_fifth_ends_the_attempt(house):
    one = Reader(house)
    _password_step(one)
    for _ in range(5):
        page = one.get("/sign-in/code")
        answer = one.client.post("/sign-in/code", data={"csrfToken": _token(page), "code": "000000"})
        assert answer.status_code == 400
    page = one.get("/sign-in/code")
    answer = one.client.post("/sign-in/code", data={"csrfToken": _token(page), "code": "000000"})
    assert answer.url.path == "/sign-in"
    assert "ended=code" in str(answer.url)


def test_the_code_page_without_a_first_step_goes_back_to_it(house):
    assert Reader(house).get("/sign-in/code").url.path == "/sign-in"


def test_after_sign_in_one_comes_where_one_was_going(house):
    one = Reader(house)
    asked = one.get("/registrations?state=all")
    assert asked.url.path == "/sign-in"
    assert asked.url.params["next"] == "/registrations?state=all"
    page = one.client.post(
        str(asked.url),
        data={"csrfToken": _token(asked), "username": "participant", "password": cast_module.PASSWORD},
    )
    code = re.search(r'class="reference">(\d{6})<', page.text)[1]
    done = one.client.post(str(page.url), data={"csrfToken": _token(page), "code": code})
    assert str(done.url).endswith("/registrations?state=all")


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/a\\..\\b",
        "javascript:alert(1)",
        "",
        "/\x00",
    ],
)
def test_nobody_is_sent_away_from_here(path):
    assert local_path(path) == "/"


# Staying in, going out -------------------------------------------------------------------------------------


def test_signing_out_ends_the_session_at_once(house):
    one = reader(house, "mayor")
    secret = one.client.cookies["livcr_session"]
    home = one.get("/")
    assert home.headers["cache-control"] == "no-store"
    out = one.client.post("/sign-out", data={"csrfToken": _token(home)}, follow_redirects=False)
    assert out.headers["location"] == "/sign-in?done=session.close"
    assert out.headers["clear-site-data"] == '"cache"'
    one.client.cookies.set("livcr_session", secret)
    assert one.get("/").url.path == "/sign-in", "the old cookie opens nothing any more"


def test_an_idle_session_is_locked(house):
    one = reader(house, "mayor")
    minutes = house.installation.settings.idle_minutes
    house.later(minutes=minutes - 1)
    assert one.get("/").url.path == "/", "in use, so it lasts"
    house.later(minutes=minutes - 1)
    assert one.get("/").url.path == "/"
    house.later(minutes=minutes)
    locked = one.get("/registrations")
    assert locked.url.path == "/lock"
    assert locked.url.params["next"] == "/registrations"
    assert 'class="side__list"' not in locked.text, "no menu behind the lock"


def test_a_bearer_token_opens_no_page_and_a_cookie_no_api(house):
    assert house.client("mayor").get("/", follow_redirects=False).headers["location"].startswith("/sign-in")
    one = reader(house, "mayor")
    assert one.get("/api/v1/registrations").status_code == 401


def test_a_page_takes_no_json(house):
    one = reader(house, "mayor")
    answer = one.client.post("/sign-out", json={"csrfToken": _token(one.get("/"))})
    assert answer.status_code == 415
    assert "text/html" in answer.headers["content-type"]


# Forms that are ours ---------------------------------------------------------------------------------------


def _posts():
    return [path for method, path in PAGES if method == "POST" and not path.startswith("/sign-in")]


def test_every_form_is_refused_without_the_token_of_the_session(house):
    one = reader(house, "mayor")
    acts = "SELECT count(*) FROM journal.entry WHERE action <> 'request.refuse'"
    before = house.sql(acts)[0][0]
    for path in _posts():
        address = re.sub(r"{\w+}", "00000000-0000-4000-8000-000000000000", path)
        for data in ({"reason": "x"}, {"csrfToken": "guessed"}):
            answer = one.client.post(address, data=data, follow_redirects=False)
            assert answer.status_code == 403, (path, answer.status_code)
            assert "text/html" in answer.headers["content-type"]
    assert house.sql(acts)[0][0] == before


def test_a_token_of_another_session_is_refused(house):
    mine, theirs = reader(house, "mayor"), reader(house, "coordinator")
    answer = mine.client.post(
        "/sign-out", data={"csrfToken": _token(theirs.get("/"))}, follow_redirects=False
    )
    assert answer.status_code == 403


def test_a_form_from_another_site_is_refused(house):
    one = reader(house, "mayor")
    answer = one.client.post(
        "/sign-out", data={"csrfToken": _token(one.get("/"))}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


def test_the_sign_in_form_needs_its_own_cookie(house):
    one, other = Reader(house), Reader(house)
    token = _token(one.get("/sign-in"))
    data = {"csrfToken": token, "username": "mayor", "password": cast_module.PASSWORD}
    assert other.client.post("/sign-in", data=data).status_code == 403, "without the cookie"
    assert one.client.post("/sign-in", data=data | {"csrfToken": ""}).status_code == 403, "without the field"


def test_a_form_with_errors_keeps_what_was_typed(house):
    one = reader(house, "participant")
    page = one.send(
        "/registrations/new", subjectName="Iemand <b>Verzonnen</b>", narrative="", nothingClassified="true"
    )
    assert page.status_code == 400
    assert "Iemand &lt;b&gt;Verzonnen&lt;/b&gt;" in page.text
    assert 'href="#f-narrative"' in page.text
    assert "Fout:" in page.text


def test_a_rule_that_is_not_met_is_told_in_the_form_with_its_number(house):
    one = reader(house, "participant")
    page = one.send(
        "/registrations/new",
        subjectName="Iemand Verzonnen",
        narrative="Iets wat bewaard blijft.",
        phenomenon="rightWingExtremism",
        urgency="normal",
        municipalityId=str(house.cast.towns["C"]),
    )
    assert page.status_code == 409
    assert "R56" in page.text
    assert "Iets wat bewaard blijft." in page.text
    assert not house.sql("SELECT 1 FROM registration")


def test_a_stale_form_is_told_so_and_keeps_its_text(house):
    participant, mayor, second = (reader(house, name) for name in ("participant", "mayor", "mayor"))
    participant.send(
        "/registrations/new",
        subjectName="Iemand Verzonnen",
        narrative="x",
        phenomenon="rightWingExtremism",
        urgency="normal",
        municipalityId=str(house.cast.towns["C"]),
        nothingClassified="true",
    )
    path = re.search(r"/registrations/[0-9a-f-]{36}", mayor.get("/").text)[0]
    mayor.send(path + "/screen")
    form = next(f for f in forms_of(second.get(path + "/decide").text) if f["action"].endswith("/decide"))
    late = form["values"] | {"outcome": "notListed", "indications": "Mijn tekst blijft staan."}
    mayor.send(path + "/decide", outcome="moreInformationWanted", indications="Eerst.")
    answer = second.client.post(path + "/decide", data=late)
    assert answer.status_code == 412
    assert "Mijn tekst blijft staan." in answer.text
    again = next(f for f in forms_of(answer.text) if f["action"].endswith("/decide"))
    assert again["values"]["etag"] != form["values"]["etag"]


# First steps -----------------------------------------------------------------------------------------------


def test_without_an_undertaking_there_is_nothing_else(house):
    house.sql(
        "UPDATE undertaking SET valid_until = :d WHERE person_id = :p",
        d=date(2026, 1, 1),
        p=house.cast.persons["school"],
    )
    one = reader(house, "school")
    assert one.get("/registrations").url.path == "/undertaking"
    page = one.get("/undertaking?next=/registrations")
    assert "geheimhouding" in page.text
    refused = one.client.post(
        "/undertaking", data={k: v for k, v in forms_of(page.text)[-1]["values"].items() if k != "confirmed"}
    )
    assert refused.status_code == 400
    done = one.send("/undertaking?next=/registrations", "/undertaking", confirmed="true")
    assert done.url.path == "/registrations"
    assert one.get("/").url.path == "/"
    (row,) = house.sql(
        "SELECT language, valid_until FROM undertaking WHERE person_id = :p AND confirmed_at = :n",
        p=house.cast.persons["school"],
        n=house.now,
    )
    assert row.language == "nl"


def test_somebody_with_two_mandates_chooses_one(house):
    house.sql(
        "INSERT INTO mandate (id, person_id, role, cell_id, starts_on, document, created_at, version)"
        " VALUES (gen_random_uuid(), :p, 'secretary', :c, '2025-01-01', 'Verzonnen', now(), 1)",
        p=house.cast.persons["caseManager"],
        c=house.cast.cells["C"],
    )
    one = Reader(house)
    chosen = one.sign_in("caseManager")
    assert chosen.url.path == "/mandate"
    assert "Secretaris" in chosen.text
    other = next(f for f in forms_of(chosen.text) if "mandateId" in f["values"])
    done = one.client.post(other["action"], data=other["values"])
    assert done.status_code == 200
    assert done.url.path == "/"
    assert "session.switch" in str(done.url)
    assert "Secretaris" in re.search(r'<p class="acting">.*?</p>', done.text, re.DOTALL)[0]


# Language --------------------------------------------------------------------------------------------------


def test_the_language_follows_browser_then_person_then_choice(house):
    one = Reader(house)
    first = one.get("/sign-in", headers={"Accept-Language": "fr-BE,fr;q=0.9"})
    assert first.headers["content-language"] == "fr"
    assert one.get("/language/de?next=/sign-in").url.path == "/sign-in"
    assert '<html lang="de"' in one.get("/sign-in").text
    home = one.sign_in("mayor")
    assert home.headers["content-language"] == "nl", "one's own language after signing in"
    page = one.get("/language/fr?next=/registrations")
    assert page.url.path == "/registrations"
    assert "Signalements" in page.text
    missing = one.get("/nowhere")
    assert missing.status_code == 404
    assert missing.headers["content-language"] == "fr"
    assert "Mayor Verzonnen" in missing.text, "also where there is nothing one keeps one's menu"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_shows_a_bare_code(house, language):
    one = reader(house, "mayor")
    one.get(f"/language/{language}")
    for path in (
        "/",
        "/registrations/new",
        "/undertaking",
        "/agreement",
        "/meetings/new",
        "/invitations",
        "/members",
    ):
        said = texts_of(one.get(path).text)
        assert not re.search(
            r"\b(field|hint|state|option|action|done|error|role|setting|problem)\.[a-z]\w+", said
        ), path


# Every answer ----------------------------------------------------------------------------------------------


def test_every_route_carries_the_security_headers(house):
    one = reader(house, "coordinator")
    paths = [re.sub(r"{\w+}", "00000000-0000-4000-8000-000000000000", path) for _, path in PAGES]
    for path in [*paths, "/nowhere", "/static/livcr.css", "/api/v1/health", "/api/v1/registrations"]:
        answer = one.get(path, follow_redirects=False)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert answer.headers["referrer-policy"] == "same-origin", path
        if not path.startswith("/static"):
            assert answer.headers["cache-control"] == "no-store", path
        assert answer.status_code < 500, (path, answer.status_code)


def test_nothing_stands_inline(house):
    one = reader(house, "coordinator")
    for path in ("/", "/registrations", "/registrations/new", "/meetings/new", "/agreement"):
        page = one.get(path).text
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", page), path


def test_the_style_is_kept_and_can_be_asked_again(house):
    page = house.client().get("/sign-in").text
    address = re.search(r'href="(/static/livcr.css\?v=\w+)"', page)[1]
    first = house.client().get(address)
    assert "immutable" in first.headers["cache-control"]
    again = house.client().get(address, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


def test_a_refusal_is_a_page_and_says_no_more_than_it_may(house):
    one = reader(house, "participant")
    hidden = one.get("/registrations/00000000-0000-4000-8000-000000000000")
    assert hidden.status_code == 404
    assert "text/html" in hidden.headers["content-type"]
    assert "Hier is niets voor u" in hidden.text
    assert one.get("/registrations/not-an-id").status_code == 404
    refused = one.get("/members")
    assert refused.status_code == 403
    assert hidden.headers["belgov-trace-id"] in hidden.text
    assert one.get("/api/v1/nowhere").headers["content-type"] == "application/problem+json"


def test_a_refused_page_is_journalled(house):
    one = reader(house, "participant")
    one.get("/members")
    lines = house.sql("SELECT outcome, channel FROM journal.entry WHERE action = 'person.list'")
    assert [tuple(line) for line in lines] == [("refused", "page")]


def test_a_form_that_is_too_large_or_broken_is_refused(house):
    one = reader(house, "participant")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    large = one.client.post("/registrations/new", content=b"narrative=" + b"x" * 1_100_000, headers=form)
    assert large.status_code == 413
    assert one.client.post("/registrations/new", content="naïve=é".encode(), headers=form).status_code == 400
    many = one.client.post("/registrations/new", content=b"&".join([b"a=1"] * 600), headers=form)
    assert many.status_code == 400


def test_every_state_has_its_look():
    assert {state for states in STATES.values() for state in states} - set(TONES) == {
        "active",
        "secondFactorWanted",
    }


def test_a_delegate_sees_what_was_delegated_and_no_more(house):
    house.sql("UPDATE mandate SET scope = ARRAY['meetings'] WHERE id = :m", m=house.cast.mandates["delegate"])
    one = reader(house, "delegate")
    home = one.get("/")
    assert home.status_code == 200, texts_of(home.text)
    menu = re.search(r'<ul class="side__list">.*?</ul>', home.text, re.DOTALL)[0]
    assert 'href="/meetings"' in menu
    assert 'href="/cases"' not in menu
    assert one.get("/cases").status_code == 409
    for address in re.findall(r'href="([^"]+)"', menu):
        assert one.get(address).status_code == 200, address


def test_the_menu_shows_only_what_the_role_can_do(house):
    for name, shown, not_shown in (
        ("participant", "/invitations", "/cases"),
        ("coordinator", "/cases", "/journal"),
        ("auditor", "/journal", "/registrations"),
        ("administrator", "/members", "/journal"),
        ("strategicMember", "/agreement", "/meetings"),
    ):
        one = reader(house, name)
        menu = re.search(r'<ul class="side__list">.*?</ul>', one.get("/").text, re.DOTALL)[0]
        assert f'href="{shown}"' in menu, name
        assert f'href="{not_shown}"' not in menu, name
        for address in re.findall(r'href="([^"]+)"', menu):
            assert one.get(address).status_code == 200, (name, address)


def test_a_box_that_was_left_empty_is_named_rather_than_its_rule(house):
    here = reader(house, "participant")
    said = {
        "subjectName": "Probeer Verzonnen", "narrative": "Plotse afwezigheid.", "phenomenon": "rightWingExtremism",
        "urgency": "normal", "municipalityId": str(house.cast.towns["C"]),
    }  # fmt: skip
    answer = here.send("/registrations/new", **said)
    assert answer.status_code == 409
    assert 'href="#f-nothingClassified"' in answer.text
    assert "Vink dit aan als het zo is." in texts_of(answer.text)
    assert "Plotse afwezigheid." in answer.text, "what was typed is kept"
    taken = here.send("/registrations/new", **said, nothingClassified="true")
    assert taken.status_code == 200
