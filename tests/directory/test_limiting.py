"""How often somebody may try, from one address and for one name: counted in the database, and no way to lock others out."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from cast import PASSWORD
from fastapi.testclient import TestClient
from pagecraft import Reader

from app.directory import limiting
from app.directory.actors import recognise
from app.kernel.clock import SetClock
from app.kernel.installing import assemble
from app.main import create_app
from app.retention.sweeping import resume

ELSEWHERE = "198.51.100.7"


@pytest.fixture
def strangers(house):
    """Accounts that can sign in from elsewhere than this machine."""
    house.sql("UPDATE person SET demo = false")
    return house


def _try(door, name, password="guess number one", address="127.0.0.1"):  # noqa: S107 — a wrong one
    return door(name, address).open(password)


def _worn_out(door, name, address):
    """Try until an address is refused for a name; give the refusal."""
    for _ in range(limiting.NAME_MOST + 1):
        answer = _try(door, name, address=address)
    return answer


def test_too_many_tries_for_a_name_are_told_to_wait_and_how_long(strangers, door):
    refused = _worn_out(door, "mayor", ELSEWHERE)
    assert (refused.status_code, refused.json()["type"]) == (429, "urn:problem-type:belgif:tooManyRequests")
    assert refused.headers["retry-after"] == "6"
    strangers.later(seconds=5)
    assert _try(door, "mayor", address=ELSEWHERE).headers["retry-after"] == "1"
    strangers.later(seconds=1)
    assert _try(door, "mayor", address=ELSEWHERE).status_code in {201, 401}
    assert _try(door, "mayor", address=ELSEWHERE).status_code == 429


def test_a_name_that_is_not_there_is_limited_alike(strangers, door):
    known, unknown = _worn_out(door, "mayor", ELSEWHERE), _worn_out(door, "nobody.at.all", "198.51.100.8")
    same = {"instance": ""}
    assert known.json() | same == unknown.json() | same
    assert known.headers["retry-after"] == unknown.headers["retry-after"]


def test_an_address_that_tries_ever_other_names_is_told_to_wait(strangers, door):
    most = strangers.installation.settings.sign_ins_per_minute
    answers = [_try(door, f"nobody{n:03}", address=ELSEWHERE).status_code for n in range(most + 3)]
    assert answers == [401] * most + [429] * 3
    assert _try(door, "mayor", PASSWORD, address="198.51.100.8").status_code == 201
    strangers.later(seconds=1)
    assert _try(door, "mayor", PASSWORD, address=ELSEWHERE).status_code == 201


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sessions/{id}/confirm", {"code": "123456"}),
        ("/sessions/{id}/refresh", {"refreshToken": "made up"}),
        ("/sessionChallenges", {}),
    ],
)
def test_calls_about_sessions_that_are_not_there_do_not_fill_the_log(strangers, door, path, body):
    one, lines = door("mayor", ELSEWHERE), "SELECT count(*) FROM journal.entry WHERE outcome = 'refused'"
    statuses = []
    for _ in range(limiting.STRAY_MOST + 5):
        named = body if "{id}" in path else {"sessionId": str(uuid4())}
        answer = one.client.post("/api/v1" + path.replace("{id}", str(uuid4())), json=named)
        statuses.append(answer.status_code)
    assert statuses[limiting.STRAY_MOST :] == [429] * 5
    assert 429 not in statuses[: limiting.STRAY_MOST]
    assert strangers.sql(lines) == [(limiting.STRAY_MOST + 1,)]
    assert door("mayor", ELSEWHERE).enter().get("/cases").status_code == 200, (
        "and keep nobody from signing in"
    )


def test_challenges_for_one_sign_in_do_not_fill_the_log(strangers, door):
    mayor = door("mayor", ELSEWHERE)
    mayor.open(PASSWORD)
    body = {"sessionId": mayor.session.rpartition("/")[2]}
    statuses = [mayor.client.post("/api/v1/sessionChallenges", json=body).status_code for _ in range(23)]
    assert statuses == [200] * limiting.NAME_MOST + [429] * 3


def test_nobody_elsewhere_can_lock_the_owner_out(strangers, door):
    """Somebody guesses at a name without end; its owner signs in from another address all the while."""
    for _ in range(3):
        assert _worn_out(door, "mayor", ELSEWHERE).status_code == 429
        mayor = door("mayor", "203.0.113.9").enter()
        assert mayor.get("/cases").status_code == 200
        strangers.later(minutes=1)


def test_not_even_at_the_same_address_where_the_owner_has_signed_in_before(strangers, door):
    home = Reader(strangers)
    strangers.sql("UPDATE person SET demo = true WHERE username = 'mayor'")
    home.sign_in("mayor")
    mark = home.client.cookies["livcr_device"]
    assert _worn_out(door, "mayor", "127.0.0.1").status_code == 429
    stranger = Reader(strangers)
    page = stranger.get("/sign-in")
    token = page.text.split('name="csrfToken" value="')[1].split('"')[0]
    data = {"csrfToken": token, "username": "mayor", "password": PASSWORD}
    waits = stranger.client.post("/sign-in", data=data)
    assert waits.status_code == 429
    assert waits.headers["retry-after"] == "6"
    strangers.later(seconds=30)
    assert _worn_out(door, "mayor", "127.0.0.1").status_code == 429
    assert home.sign_in("mayor").status_code == 200
    # The mark opens nothing, and counts for no other name, changed by a letter, or made up.
    for worth in (mark, mark[:-1] + ("0" if mark[-1] != "0" else "1"), "x.y", "", "."):
        other = Reader(strangers)
        other.client.cookies.set("livcr_device", worth, path="/sign-in")
        assert other.get("/").url.path == "/sign-in"
        page = other.get("/sign-in")
        token = page.text.split('name="csrfToken" value="')[1].split('"')[0]
        name = "participant" if worth == mark else "mayor"
        if name == "participant":
            assert _worn_out(door, "participant", "127.0.0.1").status_code == 429
        data = {"csrfToken": token, "username": name, "password": PASSWORD}
        assert other.client.post("/sign-in", data=data).status_code == 429, worth


def test_codes_have_a_count_of_their_own_on_a_known_device(house):
    """Who knows the password can pause the account's codes for everybody else, but not where the owner has been."""
    home = Reader(house)
    home.sign_in("mayor")
    house.later(minutes=1)
    for _ in range(2):
        stranger = Reader(house)
        stranger.send("/sign-in", username="mayor", password=PASSWORD)
        for _ in range(5):
            stranger.send("/sign-in/code", code="000000")
    house.sql("UPDATE sign_in_pause SET paused_until = now() + interval '900 years' WHERE failures > 5")
    paused = Reader(house)
    paused.send("/sign-in", username="mayor", password=PASSWORD)
    code = paused.get("/sign-in/code").text.split('class="reference">')[1][:6]
    assert paused.send("/sign-in/code", code=code).status_code == 400
    assert home.sign_in("mayor").status_code == 200


def test_two_processes_count_together(strangers):
    """Half of the tries at one process, half at the other: together no more than the allowance."""
    twin = assemble(
        strangers.process.addresses, strangers.installation.settings, recognise, SetClock(strangers.now)
    )
    apps = (strangers.app, create_app(twin.installation))
    try:
        clients = [TestClient(a, base_url="http://127.0.0.1", client=(ELSEWHERE, 1)) for a in apps * 15]
        # Routes are built at the first request, and that is not for many threads at once.
        for first in clients[:2]:
            assert first.get("/api/v1/nothing-here").status_code in {401, 404}
        body = {"username": "mayor", "password": PASSWORD}
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda c: c.post("/api/v1/sessions", json=body).status_code, clients))
    finally:
        twin.databases.dispose()
    assert answers.count(201) == limiting.NAME_MOST
    assert answers.count(429) == 30 - limiting.NAME_MOST


def test_of_refusals_in_a_row_the_first_is_logged_and_nothing_tells_the_address(strangers, door):
    _worn_out(door, "mayor", ELSEWHERE)
    for _ in range(5):
        _try(door, "mayor", address=ELSEWHERE)
    lines = strangers.sql(
        "SELECT action FROM journal.entry WHERE action = 'session.open' AND object_id IS NULL"
    )
    assert len(lines) == 6 + 1, "six wrong tries before the pause, and one refusal for all that followed"
    keys = strangers.sql("SELECT key_hash FROM try_limit")
    assert keys
    assert all(len(bytes(key)) == 32 and ELSEWHERE.encode() not in bytes(key) for (key,) in keys)


def test_one_ipv6_network_counts_as_one(strangers, door):
    for n in range(limiting.NAME_MOST):
        assert _try(door, "mayor", address=f"2001:db8:1:2::{n + 1:x}").status_code in {201, 401}
    assert _try(door, "mayor", address="2001:db8:1:2:ffff::1").status_code == 429
    assert _try(door, "mayor", address="2001:db8:1:3::1").status_code in {201, 401}


def test_what_was_counted_goes_after_a_day(strangers, door):
    _try(door, "mayor", address=ELSEWHERE)
    for hours, left in ((23, 2), (2, 0)):
        strangers.later(hours=hours)
        resume(strangers.installation)
        assert strangers.sql("SELECT count(*) FROM try_limit") == [(left,)]
