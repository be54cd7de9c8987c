"""Playing a story over HTTP: who does what, what each role can see at that moment, and a loud stop where it fails.

A story is data (`examples/*.toml`); this file knows no story. Every step is a real request of a person who
signed in with password and one-time code; the operations are found in the server's own published document.

A step says who (`as`) does which operation (`do`) with what (`with`; `file`: name and text of one that is sent). What
has to come of it: `refused` (status, rule); else `expect` (values at dotted paths), `holds` and `holds_not` (words),
`gives` (name and text of a file that is fetched), `verified` (an export of the log) and `did` (who did what by it);
`save` keeps values for `{...}` in later steps. A step with `look` says who sees which of `things`.
"""

from __future__ import annotations

import csv
import io
import secrets
import time
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from app.kernel.clock import BRUSSELS
from app.kernel.http.call import STORY_TIME
from app.kernel.identity import code_now
from app.kernel.journal.note import Verifier
from app.kernel.journal.verify import ExportInvalid, verify_export
from app.rules.problems import Kind
from app.rules.retention import years_after

BASE = "/api/v1"
_OK = range(200, 300)
_RENEW_AFTER = 300
_WAIT_BEFORE = 2
_WANTS_PROOF = {Kind.CONFIRMATION_REQUIRED.urn, Kind.SESSION_LOCKED.urn}
_REASON = "supervision"

THINGS: dict[str, dict[str, Any]] = {
    "registration": {"do": "readRegistration", "with": {"registrationId": "{registration}"}, "marked": True},
    "case": {"do": "openCase", "with": {"caseId": "{case}", "reason": _REASON}, "marked": True},
    "agenda": {"do": "readMeeting", "with": {"meetingId": "{meeting}", "reason": _REASON}, "marked": True},
    "minutes": {"do": "readMinutes", "with": {"meetingId": "{meeting}", "reason": _REASON}},
    "trajectory": {"do": "readTrajectory", "with": {"caseId": "{case}", "reason": _REASON}},
    "actions": {"do": "listAction"},
    "journal": {"do": "listJournal"},
}
"""What every story can look at; a story names more of them under `[things]`. Something is seen when the request is
allowed, a list is not empty, and the `mark` of the thing (of one that is `marked`: of the step) stands in the answer."""


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
class Player:
    """Plays stories against one server."""

    client: httpx2.Client
    administrator: Administrator
    start: date
    say: Callable[[str], None] = print
    reuse: dict[str, Any] = field(default_factory=dict)
    """People and ids of a cell that an earlier story set up under the same name (the demonstration's world)."""

    given: dict[str, str] = field(default_factory=dict)
    """Values that replace the story's own (`subject`: another invented name; `born`: another day of birth)."""

    looks: bool = True
    """Whether the steps that look around are played: what they try stands in the log of whoever plays the story."""

    admin_token: str = ""
    again: dict[str, Callable[[], None]] = field(default_factory=dict)
    """How whoever holds a token confirms again; shared by players who reuse each other's people."""

    people: dict[str, Somebody] = field(default_factory=dict)
    things: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    saved: dict[str, str] = field(default_factory=dict)
    _doors: dict[str, tuple[str, str]] = field(default_factory=dict)
    _now: datetime = field(default_factory=lambda: datetime.now(UTC))

    # -- the stage ------------------------------------------------------------------------------------

    def play(self, story: Mapping[str, Any], until: str = "") -> dict[str, str]:
        """Play a story, up to and including the step called *until*. Gives the ids it saved. Raises StoryFailed."""
        self.say(f"\n{story['title']}\n{'=' * len(story['title'])}\n{story['summary'].strip()}\n")
        self._read_doors()
        self._at(0, "08:00")
        self.things = THINGS | story.get("things", {})
        self._set_up(story)
        self.saved |= {k: str(v) for k, v in story.get("values", {}).items()} | self.given
        for number, step in enumerate(story["step"], 1):
            day = self._day(step["day"])
            self._at(day, "08:00")
            try:
                self._renew_yearly(day)
                self._at(day, step.get("time", "09:00"))
                self._step(step)
            except StoryFailed as fault:
                self.say(f"  FAILED at step {number}: {step.get('say', '')}\n  {fault}")
                raise
            if until and step.get("name") == until:
                break
        return self.saved

    def _read_doors(self) -> None:
        answer = self.client.get(f"{BASE}/doc/openapi.json")
        if answer.status_code not in _OK:
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

    def _at(self, day: int, clock: str) -> None:
        hour, minute = (int(part) for part in clock.split(":"))
        local = datetime.combine(self.start + timedelta(days=day), datetime.min.time(), BRUSSELS)
        self._now = local.replace(hour=hour, minute=minute).astimezone(UTC)

    # -- asking the server ----------------------------------------------------------------------------

    def _ask(
        self, token: str, operation: str, values: Mapping[str, Any], file: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        if operation not in self._doors:
            raise StoryFailed(f"The server knows no operation called {operation}.")
        method, path = self._doors[operation]
        path = path if path.startswith(BASE) else BASE + path
        rest = dict(values)
        for name in list(rest):
            if "{" + name + "}" in path:
                path = path.replace("{" + name + "}", str(rest.pop(name)))
        answer = self._send(token, method, path, rest, file)
        if token in self.again and _json(answer).get("type") in _WANTS_PROOF:
            self.again[token]()
            answer = self._send(token, method, path, rest, file)
        return answer

    def _send(
        self, token: str, method: str, path: str, rest: Mapping[str, Any], file: Mapping[str, str] | None
    ) -> httpx2.Response:
        headers = {STORY_TIME: self._now.isoformat(), "If-Match": "*"}
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
            secret, lambda code: self._ask(token, "confirmSession", {"sessionId": session, "code": code})
        )

    def _codes(self, secret: str, use: Callable[[str], httpx2.Response]) -> httpx2.Response:
        """Try codes until one is taken: each works once, the next is accepted a little early, then it takes waiting."""
        for attempt in range(4):
            if attempt == _WAIT_BEFORE:
                time.sleep(30 - time.time() % 30 + 0.1)
            moment = datetime.now(UTC) + timedelta(seconds=30 * (attempt % 2))
            answer = use(code_now(secret, moment))
            if answer.status_code in _OK:
                return answer
        raise StoryFailed(f"no code was taken: {answer.text}")

    def _must(self, token: str, operation: str, values: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._ask(token, operation, values)
        if answer.status_code not in _OK:
            raise StoryFailed(f"{operation} answered {answer.status_code}: {answer.text}")
        return dict(answer.json()) if answer.content else {}

    def _sign_in(self, username: str, password: str, secret: str) -> str:
        session = self._must("", "openSession", {"username": username, "password": password})["sessionId"]
        entered = self._codes(
            secret, lambda code: self._ask("", "confirmSession", {"sessionId": session, "code": code})
        )
        token = str(entered.json()["accessToken"])
        self.again[token] = lambda: self._confirm_again(session, token, secret)
        return token

    # -- setting up -----------------------------------------------------------------------------------

    def _set_up(self, story: Mapping[str, Any]) -> None:
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
            made = self._must(token, "createMunicipality", body)
            saved[f"municipality.{town}"] = made["municipalityId"]
        towns = [saved[f"municipality.{t}"] for t in cell["municipalities"]]
        made = self._must(
            token, "createCell", {"kind": cell["kind"], "name": cell["name"], "municipalityIds": towns}
        )
        saved["cell"] = made["cellId"]
        made = self._must(
            token,
            "createTable",
            {"cellId": saved["cell"], "kind": "operational", "name": "Operationele tafel"},
        )
        saved["table"] = made["tableId"]
        for agency in story["agency"]:
            body = {k: agency[k] for k in ("name", "regime")}
            body |= {"groundList": agency["ground_list"], "groundCode": agency["ground_code"]}
            saved[f"agency.{agency['key']}"] = self._must(token, "createAgency", body)["agencyId"]
        for person in story["person"]:
            self._person(token, person, {a["key"]: a["name"] for a in story["agency"]})
        self.say(
            f"  {len(self.people)} people of {cell['name']} have accounts, mandates and confirmed secrecy."
        )
        self._adopt(story)
        self.reuse[cell["name"]] = (self.people, dict(saved))

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
        }
        if "line_manager" in person:
            body["lineManagerId"] = self.saved[f"person.{person['line_manager']}"]
        made = self._must(token, "createPerson", body)
        self.saved[f"person.{person['key']}"] = made["personId"]
        mandate: dict[str, Any] = {
            "personId": made["personId"],
            "role": person["role"],
            "cellId": self.saved["cell"],
            "startsOn": str(self._now.date() - timedelta(days=1)),
            "document": person.get("document", "Aanstelling (verzonnen)"),
        }
        if "municipality" in person:
            mandate["municipalityId"] = self.saved[f"municipality.{person['municipality']}"]
        if "mandate_days" in person:
            mandate["endsOn"] = str(self._now.date() + timedelta(days=person["mandate_days"]))
        if "clearance_days" in person:
            mandate["clearanceUntil"] = str(self._now.date() + timedelta(days=person["clearance_days"]))
            mandate["clearanceLevel"] = person.get("clearance_level", "secret")
        if "scope" in person:
            mandate["scope"] = person["scope"]
        self._must(token, "grantMandate", mandate)
        own = self._sign_in(username, body["password"], made["totpSecret"])
        self.confirm(own)
        self.people[person["key"]] = Somebody(
            person["key"],
            person["name"],
            person["role"],
            made["personId"],
            own,
            self._now.date(),
            agencies[person["agency"]],
        )

    def confirm(self, token: str) -> None:
        """Let whoever holds this token confirm the secrecy undertaking at the story's present moment."""
        text = self._must(token, "readUndertaking", {})
        self._must(token, "confirmUndertaking", {"textVersion": text["textVersion"], "confirmed": True})

    def renew(self, cell: str) -> None:
        """Let everybody of a cell renew the secrecy undertaking at the present moment of the story (R17)."""
        if not self._doors:
            self._read_doors()
            self._at(0, "08:00")
        self._renew(self.reuse[cell][0].values())

    def _renew(self, people: Iterable[Somebody]) -> None:
        for somebody in people:
            self.confirm(somebody.token)
            somebody.renewed_on = self._now.date()

    def _renew_yearly(self, day: int) -> None:
        """Let everybody renew before a year is over, as the agreement asks (R17)."""
        today = self._now.date()
        due = [one for one in self.people.values() if (today - one.renewed_on).days >= _RENEW_AFTER]
        if due:
            self._renew(due)
            self.say(f"\n  day {day}: everybody renews the secrecy undertaking")

    def _adopt(self, story: Mapping[str, Any]) -> None:
        agreement = story["agreement"]
        body = {
            "cellId": self.saved["cell"],
            "document": agreement["document"],
            "adoptedOn": str(self._now.date()),
            "answerRegister": agreement["register"],
            "answerDiscuss": agreement["discuss"],
            "answerRecord": agreement["record"],
            "answerClose": agreement["close"],
            "settings": agreement.get("settings", {}),
        }
        self._must(self.people[agreement["adopted_by"]].token, "adoptAgreement", body)

    # -- a step ---------------------------------------------------------------------------------------

    def _step(self, step: Mapping[str, Any]) -> None:
        when = self._now.astimezone(BRUSSELS).strftime("%a %d %b %Y %H:%M")
        if "look" in step and not self.looks:
            return
        if "look" in step:
            self.say(f"\n  {when}  What each can see now{': ' + step['say'] if 'say' in step else ''}")
            self._look(step)
            return
        somebody = self.people[step["as"]]
        self.say(f"  {when}  {somebody.name} ({somebody.role}): {step['say']}")
        values = {name: self._filled(value) for name, value in step.get("with", {}).items()}
        answer = self._ask(somebody.token, step["do"], values, self._filled(step.get("file")))
        wanted = step.get("refused")
        if wanted is not None:
            got = {"status": answer.status_code, "rule": _json(answer).get("rule")}
            if any(got.get(k) != v for k, v in wanted.items()):
                raise StoryFailed(f"{step['do']} should have been refused with {wanted}, but answered {got}")
            self.say(f"      refused, as it must be: {_json(answer).get('detail', '')}")
            return
        if answer.status_code not in _OK:
            raise StoryFailed(f"{step['do']} answered {answer.status_code}: {answer.text}")
        self._check(step, somebody, answer)

    def _check(self, step: Mapping[str, Any], somebody: Somebody, answer: httpx2.Response) -> None:
        """Keep what the step saves and hold the answer against what it expects. Raises StoryFailed."""
        body = _json(answer)
        for name, source in step.get("save", {}).items():
            self.saved[name] = str(_reach(body, source))
        for path, expected in step.get("expect", {}).items():
            found = _reach(body, path)
            if found != self._filled(expected):
                raise StoryFailed(f"{step['do']}: {path} is {found!r}, expected {expected!r}")
        if step.get("verified"):
            self._verify(somebody, answer.content)
        if "did" in step:
            self._recount(step["did"], answer.text)
        if "gives" in step:
            self._compare(self._filled(step["gives"]), answer)
        self._check_words(step, answer.text)

    def _check_words(self, step: Mapping[str, Any], said: str) -> None:
        """Hold the words of an answer against those that this reader must, and may not, see. Raises StoryFailed."""
        for text in map(self._filled, step.get("holds", [])):
            if text not in said:
                raise StoryFailed(f"{step['do']}: the answer does not hold {text!r}")
        for text in map(self._filled, step.get("holds_not", [])):
            if text in said:
                raise StoryFailed(f"{step['do']}: the answer holds {text!r}, which this reader may not see")

    def _verify(self, somebody: Somebody, content: bytes) -> None:
        """Verify an exported log with the key that the server publishes beside its checkpoints."""
        key = self._must(somebody.token, "listCheckpoint", {})["publicKey"]
        try:
            report = verify_export(io.BytesIO(content), [Verifier.parse(key)])
        except ExportInvalid as fault:
            raise StoryFailed(f"the export does not verify: {fault}") from None
        self.say(f"      {report.count} entries verified, signed by {', '.join(report.keys)}")

    def _recount(self, wanted: Mapping[str, Any], export: str) -> None:
        """Say who did what by an exported log, and hold it against *wanted*: act, or act and rule, -> who of the story.

        Only what was allowed counts. Who is nobody of the story goes by the role. Raises StoryFailed.
        """
        lines = list(csv.DictReader(line for line in export.splitlines() if not line.startswith("#")))
        keys = {somebody.person_id: key for key, somebody in self.people.items()}
        faults = []
        for said, people in wanted.items():
            action, _, rule = said.partition(" ")
            did = {
                keys.get(line["actorId"], line["role"])
                for line in lines
                if line["action"] == action and line["outcome"] == "allowed" and rule in {"", line["rule"]}
            }
            names = [self.people[key].name if key in self.people else key for key in sorted(did)]
            self.say(f"      {said:28}{', '.join(names) or '-'}")
            if did != set(people):
                faults.append(f"{said} was done by {sorted(did)}, and should have been by {sorted(people)}")
        if faults:
            raise StoryFailed("; ".join(faults))

    def _compare(self, wanted: Mapping[str, str], answer: httpx2.Response) -> None:
        """Hold a download against the file that it should be, name and bytes. Raises StoryFailed."""
        content = wanted["text"].encode()
        said = answer.headers.get("Content-Disposition", "")
        if answer.content != content or f'filename="{wanted["name"]}"' not in said:
            raise StoryFailed(
                f"what was fetched is not {wanted['name']!r} as it was put in: {said or 'no file'}"
            )
        self.say(f"      {wanted['name']}: {len(content)} bytes, the same as were put in")

    def _filled(self, value: Any) -> Any:
        if isinstance(value, str):
            for name, found in self.saved.items():
                value = value.replace("{" + name + "}", found)
            if value.startswith(("day+", "moment+")):
                return self._relative(value)
            return value
        if isinstance(value, dict):
            return {k: self._filled(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self._filled(v) for v in value]
        return value

    def _relative(self, text: str) -> str:
        """Read `day+21` (a day from now) or `moment+7d14:00` (a Brussels time on a day from now)."""
        kind, _, amount = text.partition("+")
        if kind == "day":
            return str((self._now + timedelta(days=int(amount))).astimezone(BRUSSELS).date())
        days, _, clock = amount.partition("d")
        hour, minute = (int(part) for part in clock.split(":"))
        day = (self._now + timedelta(days=int(days))).astimezone(BRUSSELS)
        return day.replace(hour=hour, minute=minute, second=0, microsecond=0).isoformat()

    # -- looking around -------------------------------------------------------------------------------

    def _look(self, step: Mapping[str, Any]) -> None:
        names = step["things"]
        faults = []
        self.say(f"      {'':28}" + "".join(f"{name:>14}" for name in names))
        for key, somebody in self.people.items():
            seen = [name for name in names if self._sees(somebody, name, step)]
            self.say(
                f"      {somebody.name[:27]:28}"
                + "".join(f"{'yes' if n in seen else '-':>14}" for n in names)
            )
            wanted = step["look"].get(key, [])
            if set(seen) != set(wanted):
                faults.append(
                    f"{key} sees {sorted(seen) or 'nothing'}, but should see {sorted(wanted) or 'nothing'}"
                )
        if faults:
            raise StoryFailed("; ".join(faults))

    def _sees(self, somebody: Somebody, thing: str, step: Mapping[str, Any]) -> bool:
        probe = self.things[thing]
        answer = self._ask(somebody.token, probe["do"], self._filled(probe.get("with", {})))
        if answer.status_code not in _OK:
            return False
        mark = str(self._filled(step.get("mark", "") if probe.get("marked") else probe.get("mark", "")))
        if mark:
            return mark in answer.text
        body = _json(answer)
        return bool(body.get("items", True))


def _json(answer: httpx2.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _reach(body: Any, path: str) -> Any:
    """Give what stands at a dotted path (`items.0.state`), or None."""
    for part in path.split("."):
        try:
            body = body[int(part)] if part.isdecimal() else body.get(part)
        except (IndexError, AttributeError, TypeError):
            return None
    return body


def read_story(path: Path) -> dict[str, Any]:
    """Read a story file. Raises StoryFailed when it is not one."""
    try:
        with path.open("rb") as file:
            story = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as fault:
        raise StoryFailed(f"{path.name} cannot be read as a story: {fault}") from None
    missing = {"title", "summary", "cell", "agency", "person", "agreement", "step"} - story.keys()
    if missing:
        raise StoryFailed(f"{path.name} lacks {', '.join(sorted(missing))}.")
    return story
