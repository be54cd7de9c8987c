"""The stage of a story: a server to ask over HTTP, and the people of a cell that signed in there.

The operations are found in the server's own published document; whoever acts signed in with password and one-time code.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2

from app.kernel.clock import BRUSSELS
from app.kernel.http.call import STORY_TIME
from app.kernel.identity import code_now
from app.rules.problems import Kind
from app.rules.retention import years_after

BASE = "/api/v1"
OK = range(200, 300)
_RENEW_AFTER = 300
_WAIT_BEFORE = 2
_WANTS_PROOF = {Kind.CONFIRMATION_REQUIRED.urn, Kind.SESSION_LOCKED.urn}


class StoryFailed(Exception):  # noqa: N818 — it says what happened to the story
    """A step that did not hold; the message says which, and what the server answered."""


@dataclass(frozen=True, slots=True)
class Administrator:
    """How the story gets in: an account that may set up cells and accounts in this demonstration."""

    username: str
    password: str
    totp_secret: str


@dataclass(slots=True)
class Somebody:
    """A person of the story, signed in."""

    key: str
    name: str
    role: str
    person_id: str
    token: str
    renewed_on: date
    """The latest day on which they confirmed the secrecy undertaking."""

    agency: str = ""


@dataclass
class Stage:
    """One server, the moment a story is at, and who plays in it."""

    client: httpx2.Client
    administrator: Administrator
    start: date
    say: Callable[[str], None] = print
    reuse: dict[str, Any] = field(default_factory=dict)
    """People and ids of a cell that an earlier story set up under the same name (the demonstration's world)."""

    given: dict[str, str] = field(default_factory=dict)
    """Values that replace the story's own (`subject`: another invented name; `born`: another day of birth)."""

    admin_token: str = ""
    again: dict[str, Callable[[], None]] = field(default_factory=dict)
    """How whoever holds a token confirms again; shared by players who reuse each other's people."""

    people: dict[str, Somebody] = field(default_factory=dict)
    saved: dict[str, str] = field(default_factory=dict)
    _doors: dict[str, tuple[str, str]] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def read_doors(self) -> None:
        """Find out which operations the server has. Raises StoryFailed where it does not say."""
        answer = self.client.get(f"{BASE}/doc/openapi.json")
        if answer.status_code not in OK:
            raise StoryFailed(f"The server at this address publishes no document ({answer.status_code}).")
        for path, methods in answer.json()["paths"].items():
            for method, described in methods.items():
                if isinstance(described, dict) and "operationId" in described:
                    self._doors[described["operationId"]] = (method.upper(), path)

    def _day(self, said: int | Mapping[str, int]) -> int:
        """Give the day of a step, counted from the start: a number, or `{ after, years, days }` for a term of law.

        A year is a calendar year, with or without a leap day, as the terms count it.
        """
        if isinstance(said, int):
            return said
        begun = self.start + timedelta(days=said["after"])
        return (years_after(begun, said["years"]) - self.start).days + said.get("days", 0)

    def at(self, day: int, clock: str) -> None:
        """Go to a time of day in Brussels, on a day counted from the start."""
        hour, minute = (int(part) for part in clock.split(":"))
        local = datetime.combine(self.start + timedelta(days=day), datetime.min.time(), BRUSSELS)
        self.now = local.replace(hour=hour, minute=minute).astimezone(UTC)

    # -- asking the server ----------------------------------------------------------------------------

    def ask(
        self, token: str, operation: str, values: Mapping[str, Any], file: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        """Ask one operation as whoever holds a token, whatever is answered. Raises StoryFailed for one there is not."""
        if operation not in self._doors:
            raise StoryFailed(f"The server knows no operation called {operation}.")
        method, path = self._doors[operation]
        path = path if path.startswith(BASE) else BASE + path
        rest = dict(values)
        for name in list(rest):
            if "{" + name + "}" in path:
                path = path.replace("{" + name + "}", str(rest.pop(name)))
        answer = self._send(token, method, path, rest, file)
        if token in self.again and json_of(answer).get("type") in _WANTS_PROOF:
            self.again[token]()
            answer = self._send(token, method, path, rest, file)
        return answer

    def _send(
        self, token: str, method: str, path: str, rest: Mapping[str, Any], file: Mapping[str, str] | None
    ) -> httpx2.Response:
        headers = {STORY_TIME: self.now.isoformat(), "If-Match": "*"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if method == "GET":
            return self.client.request(method, path, headers=headers, params=rest)
        if file is not None:
            part = (file["name"], file["text"].encode())
            return self.client.request(method, path, headers=headers, data=rest, files={"file": part})
        return self.client.request(
            method, path, headers=headers, json=rest if rest or method == "POST" else None
        )

    def _confirm_again(self, session: str, token: str, secret: str) -> None:
        """Give a new code for a session that is open: before a grave act, or after a long pause."""
        self._codes(
            secret, lambda code: self.ask(token, "confirmSession", {"sessionId": session, "code": code})
        )

    def _codes(self, secret: str, use: Callable[[str], httpx2.Response]) -> httpx2.Response:
        """Try codes until one is taken: each works once, the next is accepted a little early, then it takes waiting."""
        for attempt in range(4):
            if attempt == _WAIT_BEFORE:
                time.sleep(30 - time.time() % 30 + 0.1)
            moment = datetime.now(UTC) + timedelta(seconds=30 * (attempt % 2))
            answer = use(code_now(secret, moment))
            if answer.status_code in OK:
                return answer
        raise StoryFailed(f"no code was taken: {answer.text}")

    def must(self, token: str, operation: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Ask an operation that has to succeed, and give its answer. Raises StoryFailed otherwise."""
        answer = self.ask(token, operation, values)
        if answer.status_code not in OK:
            raise StoryFailed(f"{operation} answered {answer.status_code}: {answer.text}")
        return dict(answer.json()) if answer.content else {}

    def _sign_in(self, username: str, password: str, secret: str) -> str:
        session = self.must("", "openSession", {"username": username, "password": password})["sessionId"]
        entered = self._codes(
            secret, lambda code: self.ask("", "confirmSession", {"sessionId": session, "code": code})
        )
        token = str(entered.json()["accessToken"])
        self.again[token] = lambda: self._confirm_again(session, token, secret)
        return token

    # -- setting up -----------------------------------------------------------------------------------

    def set_up(self, story: Mapping[str, Any]) -> None:
        """Make the cell of a story with its people and its agreement, or take the one that an earlier story made."""
        cell = story["cell"]
        if cell["name"] in self.reuse:
            self.people, shared = self.reuse[cell["name"]]
            self.saved = dict(shared)
            return
        if not self.admin_token:
            admin = self.administrator
            self.admin_token = self._sign_in(admin.username, admin.password, admin.totp_secret)
        self.confirm(self.admin_token)
        token, saved = self.admin_token, self.saved
        for town in cell["municipalities"]:
            body = {"nameNl": town, "profile": cell.get("profile", "flanders")}
            made = self.must(token, "createMunicipality", body)
            saved[f"municipality.{town}"] = made["municipalityId"]
        towns = [saved[f"municipality.{t}"] for t in cell["municipalities"]]
        made = self.must(
            token, "createCell", {"kind": cell["kind"], "name": cell["name"], "municipalityIds": towns}
        )
        saved["cell"] = made["cellId"]
        made = self.must(
            token,
            "createTable",
            {"cellId": saved["cell"], "kind": "operational", "name": "Operationele tafel"},
        )
        saved["table"] = made["tableId"]
        for agency in story["agency"]:
            body = {k: agency[k] for k in ("name", "regime")}
            body |= {"groundList": agency["ground_list"], "groundCode": agency["ground_code"]}
            saved[f"agency.{agency['key']}"] = self.must(token, "createAgency", body)["agencyId"]
        for person in story["person"]:
            self._person(token, person, {a["key"]: a["name"] for a in story["agency"]})
        self.say(
            f"  {len(self.people)} people of {cell['name']} have accounts, mandates and confirmed secrecy."
        )
        if "basis" in cell:
            self._state_basis(token, towns, cell["basis"])
        self._adopt(story)
        self.reuse[cell["name"]] = (self.people, dict(saved))

    def _state_basis(self, token: str, towns: Sequence[str], basis: Mapping[str, str]) -> None:
        """Outside Flanders: propose on what case data may be recorded, and have each municipality's officer sign it off."""
        officer = next(each for each in self.people.values() if each.role == "dpo")
        for town in towns:
            made = self.must(token, "proposeRecordingBasis", {"municipalityId": town, **basis})
            self.confirm(officer.token)
            self.must(
                officer.token,
                "signOffRecordingBasis",
                {"recordingBasisId": made["recordingBasisId"], "decision": "approve"},
            )

    def _person(self, token: str, person: Mapping[str, Any], agencies: Mapping[str, str]) -> None:
        password = secrets.token_urlsafe(18)
        username = person.get("username") or f"{person['key'].lower()}.{secrets.token_hex(3)}"
        body = {
            "username": username,
            "name": person["name"],
            "agencyId": self.saved[f"agency.{person['agency']}"],
            "password": person.get("password", password),
            "language": person.get("language", "nl"),
            "volunteer": person.get("volunteer", False),
            "managesService": person.get("manages_service", False),
        }
        if "line_manager" in person:
            body["lineManagerId"] = self.saved[f"person.{person['line_manager']}"]
        made = self.must(token, "createPerson", body)
        self.saved[f"person.{person['key']}"] = made["personId"]
        mandate: dict[str, Any] = {
            "personId": made["personId"],
            "role": person["role"],
            "cellId": self.saved["cell"],
            "startsOn": str(self.now.date() - timedelta(days=1)),
            "document": person.get("document", "Aanstelling (verzonnen)"),
        }
        if "municipality" in person:
            mandate["municipalityId"] = self.saved[f"municipality.{person['municipality']}"]
        if "mandate_days" in person:
            mandate["endsOn"] = str(self.now.date() + timedelta(days=person["mandate_days"]))
        if "clearance_days" in person:
            mandate["clearanceUntil"] = str(self.now.date() + timedelta(days=person["clearance_days"]))
            mandate["clearanceLevel"] = person.get("clearance_level", "secret")
        if "scope" in person:
            mandate["scope"] = person["scope"]
        self.must(token, "grantMandate", mandate)
        own = self._sign_in(username, body["password"], made["totpSecret"])
        self.confirm(own)
        self.people[person["key"]] = Somebody(
            person["key"],
            person["name"],
            person["role"],
            made["personId"],
            own,
            self.now.date(),
            agencies[person["agency"]],
        )

    def confirm(self, token: str) -> None:
        """Let whoever holds this token confirm the secrecy undertaking at the story's present moment."""
        text = self.must(token, "readUndertaking", {})
        self.must(token, "confirmUndertaking", {"textVersion": text["textVersion"], "confirmed": True})

    def renew(self, cell: str) -> None:
        """Let everybody of a cell renew the secrecy undertaking at the present moment of the story (R17)."""
        if not self._doors:
            self.read_doors()
            self.at(0, "08:00")
        self._renew(self.reuse[cell][0].values())

    def _renew(self, people: Iterable[Somebody]) -> None:
        for somebody in people:
            self.confirm(somebody.token)
            somebody.renewed_on = self.now.date()

    def renew_yearly(self, day: int) -> None:
        """Let everybody renew before a year is over, as the agreement asks (R17)."""
        today = self.now.date()
        due = [one for one in self.people.values() if (today - one.renewed_on).days >= _RENEW_AFTER]
        if due:
            self._renew(due)
            self.say(f"\n  day {day}: everybody renews the secrecy undertaking")

    def _adopt(self, story: Mapping[str, Any]) -> None:
        """Have the coordinator draft the agreement, every mayor sign it, and one of them adopt it (R1, R115)."""
        agreement = story["agreement"]
        services = [self.saved[f"agency.{agency['key']}"] for agency in story["agency"]]
        body = {
            "cellId": self.saved["cell"],
            # A municipality is a party by law, not once more as a service of the same name.
            "partyIds": [
                self.saved[f"agency.{agency['key']}"]
                for agency in story["agency"]
                if agency["name"] not in story["cell"]["municipalities"]
            ],
            "tables": [
                {
                    "kind": "operational",
                    "name": "Operationele tafel",
                    "chair": agreement.get("chair", "coordinator"),
                    "cadenceWeeks": agreement.get("cadence_weeks", 6),
                    "functions": ["mayor", "coordinator", "policeMember", "participant"],
                    "agencyIds": services,
                },
                *agreement.get("tables", []),
            ],
            "answerRegister": agreement["register"],
            "answerDiscuss": agreement["discuss"],
            "answerRecord": agreement["record"],
            "answerClose": agreement["close"],
            "settings": agreement.get("settings", {}),
        }
        drafted = self.must(self._first("coordinator").token, "draftAgreement", body)
        version = {"agreementId": drafted["agreementId"]}
        for somebody in self.people.values():
            if somebody.role == "mayor":
                self.must(somebody.token, "signAgreement", version)
        decided = {"document": agreement["document"], "adoptedOn": str(self.now.date())}
        self.must(self.people[agreement["adopted_by"]].token, "adoptAgreement", version | decided)
        for table in self.must(self._first("coordinator").token, "listTable", {})["items"]:
            self.saved[f"table.{table['kind']}"] = table["tableId"]

    def _first(self, role: str) -> Somebody:
        return next(somebody for somebody in self.people.values() if somebody.role == role)


def json_of(answer: httpx2.Response) -> dict[str, Any]:
    """Give the object an answer holds; empty where it holds none."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
