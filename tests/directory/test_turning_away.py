"""What is refused at the door, before it is an act, leaves a line of whoever tried, and cannot fill the log (R105)."""

from __future__ import annotations

import base64
import json
import re
from datetime import timedelta

import pytest
from jose import jwt
from pagecraft import reader

from app.directory import limiting

API = "/api/v1"
NOBODY = "00000000-0000-4000-8000-000000000000"


def lines(house):
    """What was refused at a door: (who, channel, reason)."""
    rows = house.sql(
        "SELECT actor_id, channel, reason, outcome, rule FROM journal.entry WHERE action = 'request.refuse' ORDER BY id"
    )
    assert {(row.outcome, row.rule) for row in rows} <= {("refused", "")}
    return [(row.actor_id, row.channel, row.reason) for row in rows]


def _swapped(token):
    """The same claims under `none`."""
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).rstrip(b"=").decode()
    return ".".join([head, token.split(".")[1], ""])


def _other_person(token, house):
    """Another person's claims, signed with a key that is not ours."""
    claims = jwt.get_unverified_claims(token) | {"sub": str(house.cast.persons["mayor"])}
    return jwt.encode(claims, "k" * 64, algorithm="HS256")


WRONG = {
    "truncated": lambda token, _: token[:-4],
    "tampered": lambda token, _: token[:-6] + "AAAAAA",
    "algorithm": lambda token, _: _swapped(token),
    "otherKey": _other_person,
    "junk": lambda *_: "no.token.atall",
    "empty": lambda *_: "",
}


@pytest.mark.parametrize("changed", WRONG)
def test_a_token_that_does_not_hold_leaves_a_line_of_nobody(house, changed):
    bearer = WRONG[changed](house.token("school"), house)
    client = house.client()
    answer = client.get(API + "/meetings", headers={"Authorization": f"Bearer {bearer}"})
    assert answer.status_code == 401
    assert lines(house) == [(None, "api", "invalidAccessToken")]


def test_an_expired_token_and_one_of_a_session_that_is_over_leave_a_line(house):
    token = house.token("school")
    claims = jwt.get_unverified_claims(token)
    key = (house.installation.settings.secrets / "tokens.key").read_text()
    expired = jwt.encode(claims | {"exp": 1_600_000_000}, key, algorithm="HS256")
    house.sql("UPDATE session SET state = 'closed' WHERE id = CAST(:s AS uuid)", s=claims["sid"])
    client = house.client()
    for bearer in (expired, token):
        answer = client.get(API + "/meetings", headers={"Authorization": f"Bearer {bearer}"})
        assert answer.status_code == 401
    assert lines(house) == [(None, "api", "expiredAccessToken")] * 2


def test_a_form_of_another_site_leaves_a_line_of_whose_browser_was_made_to_send_it(house):
    one = reader(house, "mayor")
    answer = one.client.post("/sign-out", data={"csrfToken": "guessed"}, follow_redirects=False)
    assert answer.status_code == 403
    assert lines(house) == [(house.cast.persons["mayor"], "page", "formNotOurs")]


def test_a_cookie_that_somebody_planted_leaves_a_line(house):
    one = reader(house, "mayor")
    one.client.cookies.clear()
    one.client.cookies.set("livcr_session", "planted-by-somebody-else")
    assert one.client.get("/cases", follow_redirects=False).status_code == 303
    assert lines(house) == [(None, "page", "sessionUnknown")]


@pytest.mark.parametrize(
    ("method", "path", "reason"),
    [
        ("GET", "/cases/../journalEntries/..%2f..%2fsecret", "resourceNotFound"),
        ("GET", "/casefiles", "resourceNotFound"),
        ("DELETE", "/cases", "methodNotAllowed"),
        ("GET", "/cases?state=all&municipalityId=" + NOBODY, "badRequest"),
    ],
)
def test_addresses_and_methods_that_are_none_leave_a_line_of_who_tried(house, method, path, reason):
    answer = house.client("school").request(method, API + path, headers={"X-HTTP-Method-Override": "GET"})
    assert answer.status_code in {400, 404, 405}
    assert lines(house) == [(house.cast.persons["school"], "api", reason)]


def test_input_that_no_form_knows_leaves_a_line_without_what_it_said(house):
    body = {"caseId": NOBODY, "ownerId": NOBODY, "secretly": "Zorgeloos Verzonnen"}
    answer = house.client("coordinator").post(API + "/actions", json=body)
    assert answer.status_code == 400
    assert lines(house) == [(house.cast.persons["coordinator"], "api", "badRequest")]
    assert house.sql("SELECT 1 FROM journal.entry e WHERE e::text LIKE '%Zorgeloos%'") == []


def test_an_act_that_was_refused_for_an_id_that_came_with_it_has_its_own_line(house):
    body = {
        "username": "somebody.new", "name": "Iemand Verzonnen", "agencyId": NOBODY, "password": "a long enough phrase",
    }  # fmt: skip
    assert house.client("administrator").post(API + "/persons", json=body).status_code == 400
    made = house.sql("SELECT outcome, reason, actor_id FROM journal.entry WHERE action = 'person.create' AND year = 2026"
                     " AND actor_id = :p", p=house.cast.persons["administrator"])  # fmt: skip
    assert [tuple(row) for row in made] == [("refused", "badRequest", house.cast.persons["administrator"])]
    assert lines(house) == []


def test_what_the_rules_refused_has_one_line_and_no_second_at_the_door(house):
    for who, path in (
        ("school", "/cases"),
        ("school", f"/cases/{NOBODY}?reason=supervision"),
        ("clb", "/journalEntries"),
    ):
        assert house.client(who).get(API + path).status_code in {403, 404}
    assert lines(house) == []
    assert len(house.sql("SELECT 1 FROM journal.entry WHERE outcome IN ('hidden', 'refused')")) == 3


def test_nobody_fills_the_log_from_the_door(house):
    client = house.client()
    for _ in range(limiting.LINES_MOST + 10):
        assert client.get(API + "/nothing").status_code == 404
    assert len(lines(house)) == limiting.LINES_MOST
    house.installation.clock.moment += timedelta(minutes=2)
    for _ in range(10):
        client.get(API + "/nothing")
    assert len(lines(house)) == limiting.LINES_MOST + 2


def test_a_page_that_says_where_to_look_names_its_line(house):
    """The reference on the page is the trace of the line, so that a reader's question can be answered."""
    one = reader(house, "coordinator")
    page = one.client.get("/no-such-page")
    assert page.status_code == 404
    (trace,) = re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", page.text)[:1]
    assert house.sql("SELECT trace_id::text FROM journal.entry WHERE action = 'request.refuse'") == [(trace,)]
