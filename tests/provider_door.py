"""A browser that signs in by way of the provider, and what the house knows of it: for the tests of federated sign-in."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from pagecraft import Reader, texts_of

from app.kernel.clock import SystemClock
from app.kernel.openid import OpenId
from app.kernel.settings import Settings

ORIGIN = "http://127.0.0.1"
CLIENT_ID, CLIENT_SECRET = "livcr-tests", "a secret of the tests"
STRONG = "urn:example:eid"
AGENCY = "0207.494.678"
SUBJECT = "subject-1"
SECONDS = 1.0
HTTP = httpx2.Client(trust_env=False)
"""One for all: each of its own reads the authorities anew."""


class Provider:
    """The provider's process, and what it was told to do."""

    def __init__(self, origin: str = ORIGIN) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.issuer = self.url + "/op"
        program = Path(__file__).with_name("openid_provider.py")
        self.process = subprocess.Popen(
            [sys.executable, str(program), str(port), f"{origin}/sign-in/provider/return"]
        )
        for _ in range(400):
            try:
                HTTP.get(self.issuer + "/.well-known/openid-configuration")
            except httpx2.TransportError:
                time.sleep(0.05)
            else:
                return
        pytest.fail("the provider did not start")

    def told(self, **what: Any) -> Any:
        """Tell the provider who signs in and what goes wrong; gives what it was asked so far."""
        return HTTP.post(self.url + "/control", json=what).json()

    def logout_token(self, **claims: Any) -> str:
        """Give a logout token of this provider."""
        said: str = HTTP.post(self.url + "/logout-token", json=claims).json()["logout_token"]
        return said

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.wait(timeout=10)


def settings(issuer: str, **also: Any) -> Settings:
    """Give the settings of an installation that knows this provider."""
    told = {
        "public_origin": ORIGIN, "oidc_issuer": issuer, "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": CLIENT_SECRET, "oidc_name": "ACM/IDM", "oidc_second_factor": f"{STRONG} mfa",
    }  # fmt: skip
    made: Settings = Settings.model_validate(told | also)
    return made


def configure(house: Any, issuer: str, **also: Any) -> OpenId:
    """Have the house know the provider; sessions and tokens follow the machine's clock."""
    house.installation.clock = SystemClock()
    house.installation.openid = OpenId(settings(issuer, **also), seconds=SECONDS)
    made: OpenId = house.installation.openid
    return made


def person(name: str = "participant", **also: Any) -> dict[str, Any]:
    """Give what the provider says of a cast member."""
    said = {
        "sub": SUBJECT, "email": f"{name.lower()}@invented.example", "email_verified": True,
        "vo_orgcode": AGENCY, "acr": STRONG, "sid": "session-at-the-provider",
    }  # fmt: skip
    return {k: v for k, v in (said | also).items() if v is not None}


class Browser(Reader):
    """Goes to the provider and comes back, step by step; follows no redirect by itself."""

    def depart(self, following: str = "") -> Any:
        """Press the button; gives the answer that sends the browser to the provider."""
        path = "/sign-in/provider" + (f"?next={following}" if following else "")
        return self.client.get(path, follow_redirects=False)

    def visit(self, following: str = "") -> str:
        """Sign in at the provider; gives the address to which it sends the browser back."""
        there = self.depart(following)
        assert there.status_code == 303, texts_of(there.text)
        answer = HTTP.get(there.headers["location"])
        assert answer.status_code == 302, answer.text
        return str(answer.headers["location"])

    def back(self, address: str, **changed: str | None) -> Any:
        """Come back with what the provider said, or with something else in its place."""
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}" == ORIGIN
        said = {name: values[0] for name, values in parse_qs(parts.query).items()} | changed
        given = {name: text for name, text in said.items() if text is not None}
        return self.client.get(parts.path, params=given, follow_redirects=False)

    def enter(self, following: str = "") -> Any:
        """There and back."""
        return self.back(self.visit(following))

    def onward(self, answer: Any) -> str:
        """Give where the stop on the way leads."""
        assert answer.status_code == 200, texts_of(answer.text)
        href = str(answer.headers["refresh"]).removeprefix("0; url=")
        assert f'href="{href.replace("&", "&amp;")}"' in answer.text, (
            "the link leads where the page goes by itself"
        )
        return href

    def code(self, href: str = "/sign-in/code") -> Any:
        """Give our own one-time code; gives the page one comes to."""
        page = self.get(href)
        code = re.search(r'class="reference">(\d{6})<', page.text)
        assert code, texts_of(page.text)
        return self.send(href, code=code[1])


def journal(house: Any, action: str = "session.accept") -> list[tuple[str, str]]:
    """Give (outcome, reason) of what was logged of an action, oldest first."""
    rows = house.sql("SELECT outcome, reason FROM journal.entry WHERE action = :a ORDER BY id", a=action)
    return [tuple(row) for row in rows]


def sessions(house: Any, state: str = "active") -> int:
    """Give how many page sessions are in a state."""
    return int(house.sql("SELECT count(*) FROM session WHERE channel = 'page' AND state = :s", s=state)[0][0])


# What an administrator says ------------------------------------------------------------------------------------


def as_administrator(house: Any, path: str, **body: Any) -> Any:
    """Send something through the JSON door as the administrator."""
    return house.client("administrator").post(f"/api/v1/{path}", json=body)


def identify(house: Any, agency: str, code: str = AGENCY) -> Any:
    """Record an agency's code; gives the agency as it is then."""
    answer = as_administrator(house, f"agencies/{house.cast.agencies[agency]}/identify", code=code)
    assert answer.status_code == 200, answer.text
    return answer.json()


def link(house: Any, name: str = "participant", subject: str = SUBJECT) -> Any:
    """Link a cast member to a subject of the provider."""
    return as_administrator(
        house, "federatedIdentities", personId=str(house.cast.persons[name]), subject=subject
    )


def expect(house: Any, name: str = "participant", days: int = 30) -> Any:
    """Expect a cast member's first sign-in, for some days."""
    person_id = house.cast.persons[name]
    house.sql("UPDATE person SET email = :e WHERE id = :p", e=f"{name}@Invented.example", p=person_id)
    ((today,),) = house.sql("SELECT (now() AT TIME ZONE 'Europe/Brussels')::date")
    until = (today + timedelta(days=days)).isoformat()
    return as_administrator(house, "federatedIdentities/expect", personId=str(person_id), expectedUntil=until)


def proven(house: Any, name: str = "participant") -> Browser:
    """Link a cast member, and have them come through once with their own code; gives their browser."""
    assert link(house, name).status_code == 201
    one = Browser(house)
    assert one.code(one.onward(one.enter())).status_code == 200
    return one
