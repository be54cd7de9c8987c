"""Signing in over HTTP, step by step, with clocks that can be set; and a provider of identities in its own process."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cast import PASSWORD
from fastapi.testclient import TestClient
from provider_door import Provider, configure, identify, person

from app.kernel.identity import code_now

API = "/api/v1"


class Door:
    """One caller at the JSON door: signs in, keeps the token, confirms again."""

    def __init__(self, house, name, address="127.0.0.1"):
        self.house, self.name = house, name
        self.client = TestClient(
            house.app, base_url="http://127.0.0.1", client=(address, 50000), raise_server_exceptions=False
        )
        self.session = ""
        self.body = {}

    @property
    def headers(self):
        return {"Authorization": f"Bearer {self.body['accessToken']}", "If-Match": "*"}

    def secret(self):
        person = self.house.cast.persons[self.name]
        ((wrapped,),) = self.house.sql("SELECT totp_secret FROM credential WHERE person_id = :p", p=person)
        return self.house.installation.provider.unwrap(bytes(wrapped), person.bytes).decode()

    def code(self, **later):
        return code_now(self.secret(), self.house.now + timedelta(**later))

    def wrong_code(self):
        good = {self.code(seconds=s) for s in range(-60, 121, 30)}
        return next(f"{n:06}" for n in range(100) if f"{n:06}" not in good)

    def open(self, password=PASSWORD):
        answer = self.client.post(
            f"{API}/sessions", json={"username": self.name.lower(), "password": password}
        )
        self.session = answer.json().get("self", self.session)
        return answer

    def confirm(self, **body):
        """Confirm, with the token once there is one."""
        headers = self.headers if self.body else {}
        return self.client.post(
            self.session + "/confirm", json=body or {"code": self.code()}, headers=headers
        )

    def enter(self, password=PASSWORD):
        assert self.open(password).status_code == 201
        answer = self.confirm()
        assert answer.status_code == 200, answer.text
        self.body = answer.json()
        return self

    def get(self, path, **query):
        return self.client.get(API + path, headers=self.headers, params=query)

    def post(self, path, body=None):
        return self.client.post(API + path, headers=self.headers, json=body or {})

    def delete(self, path):
        return self.client.delete(API + path, headers=self.headers)


@pytest.fixture
def door(house):
    """Give callers by name, each signed in only when the test says so."""
    return lambda name, address="127.0.0.1": Door(house, name, address)


@pytest.fixture(scope="session")
def provider_process():
    """The provider's process, for the whole run."""
    made = Provider()
    yield made
    made.stop()


@pytest.fixture
def provider(provider_process):
    """The provider, well behaved, at which the participant signs in."""
    provider_process.told(reset=True, wrong="", algorithm="RS256", claims=person())
    return provider_process


@pytest.fixture
def known(house, provider):
    """A house that knows the provider, and in which the participant's agency has its code."""
    configure(house, provider.issuer)
    identify(house, "ocmw")
    return house
