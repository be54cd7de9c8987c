"""Cookies: over HTTPS by a name that nobody else can plant, never in the clear but on this machine itself."""

from http.cookies import SimpleCookie

import cast as cast_module
import pytest
from fastapi.testclient import TestClient
from pagecraft import Reader, forms_of, reader

HERE = ("127.0.0.1", 50000)
GUARDED = {"livcr_session", "livcr_form", "livcr_signing_in"}
PLAIN = {"livcr_device", "livcr_language"}
"""They open nothing, and keep their bare name everywhere."""


def _cookies(answer):
    found = SimpleCookie()
    for name, value in answer.headers.multi_items():
        if name == "set-cookie":
            found.load(value)
    return found


class OverHttps(Reader):
    """A browser on this machine that keeps every cookie it was ever sent, with its attributes."""

    def __init__(self, house):
        super().__init__(house)
        self.put = {}
        self.client = TestClient(
            house.app, base_url="https://127.0.0.1", client=HERE, raise_server_exceptions=False,
            follow_redirects=True,
        )  # fmt: skip
        self.client.event_hooks["response"] = [lambda answer: self.put.update(_cookies(answer))]


@pytest.fixture
def secured(house):
    """Somebody who signed in over HTTPS."""
    one = OverHttps(house)
    assert one.sign_in("mayor").status_code == 200
    return one


def test_over_https_what_opens_something_has_a_name_that_nobody_else_can_plant(secured):
    assert set(secured.put) == {f"__Host-{name}" for name in GUARDED} | PLAIN
    for name, cookie in secured.put.items():
        assert cookie["secure"], name
        assert cookie["httponly"], name
        assert cookie["samesite"] == "strict", name
        assert not cookie["domain"], name
        if name not in PLAIN:
            assert cookie["path"] == "/", name
    assert "livcr_session" not in secured.client.cookies


def test_over_https_the_bare_name_opens_nothing(house, secured):
    secret = secured.client.cookies["__Host-livcr_session"]
    other = OverHttps(house)
    other.client.cookies.set("livcr_session", secret)
    assert other.get("/cases").url.path == "/sign-in"
    other.client.cookies.set("__Host-livcr_session", secret)
    assert other.get("/cases").url.path == "/cases"


def test_over_https_a_planted_form_cookie_of_the_bare_name_does_not_make_a_form_ours(house):
    one = OverHttps(house)
    one.client.cookies.set("livcr_form", "planted-by-a-neighbour")
    data = {"csrfToken": "planted-by-a-neighbour", "username": "mayor", "password": cast_module.PASSWORD}
    assert one.client.post("/sign-in", data=data).status_code == 403
    page = one.get("/sign-in")
    assert forms_of(page.text)[-1]["values"]["csrfToken"] == one.client.cookies["__Host-livcr_form"]


def test_signing_out_has_the_browser_forget_it(secured):
    token = forms_of(secured.get("/").text)[0]["values"]["csrfToken"]
    secured.client.post("/sign-out", data={"csrfToken": token})
    assert not secured.client.cookies.get("__Host-livcr_session")
    gone = secured.put["__Host-livcr_session"]
    assert (gone.value, gone["max-age"], gone["path"]) == ("", "0", "/")
    assert gone["secure"], "else the browser would not take it"


def test_over_http_on_this_machine_the_bare_name_alone_counts(house):
    one = reader(house, "mayor")
    secret = one.client.cookies["livcr_session"]
    assert not [name for name in one.client.cookies if name.startswith("__")]
    other = Reader(house)
    other.client.cookies.set("__Host-livcr_session", secret)
    assert other.get("/cases").url.path == "/sign-in"


def test_cookies_are_secure_anywhere_but_on_this_machine(house):
    for origin in ("https://livc.example", "http://livc.example"):
        far = TestClient(house.app, base_url=origin, client=("198.51.100.7", 40000))
        answer = far.get("/sign-in")
        assert _cookies(answer)["__Host-livcr_form"]["secure"], origin
        assert "Verzonnen" not in answer.text, "demonstration persons are listed on their own machine only"
    far = TestClient(house.app, base_url="https://livc.example", client=("198.51.100.7", 40000))
    answer = far.get("/sign-in")
    assert answer.headers["strict-transport-security"]
    token = forms_of(answer.text)[-1]["values"]["csrfToken"]
    data = {"csrfToken": token, "username": "mayor", "password": cast_module.PASSWORD}
    posted = far.post("/sign-in", data=data)
    assert posted.status_code == 400, "demonstration accounts exist on their own machine only"


def test_cookies_are_secure_where_pages_are_typed_as_https_whatever_a_proxy_here_leaves_out(house):
    settings = house.installation.settings
    house.installation.settings = settings.model_copy(update={"public_origin": "https://livc.example"})
    client = TestClient(house.app, base_url="http://127.0.0.1", client=HERE)
    assert _cookies(client.get("/sign-in"))["__Host-livcr_form"]["secure"]
