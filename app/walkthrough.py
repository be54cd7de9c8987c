"""Playing a story over HTTP: who does what, what each role can see at that moment, and a loud stop where it fails.

A story is data (`examples/*.toml`); this file knows no story. Every step is a real request of a person who
signed in (`app.staging`).

A step says who (`as`) does which operation (`do`) with what (`with`; `file`: name and text of one that is sent). What
has to come of it: `refused` (status, rule); else `expect` (values at dotted paths), `holds` and `holds_not` (words),
`gives` (name and text of a file that is fetched), `verified` (an export of the log) and `did` (who did what by it);
`save` keeps values for `{...}` in later steps. A step with `look` says who sees which of `things`.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2

from app.kernel.clock import BRUSSELS
from app.kernel.journal.note import Verifier
from app.kernel.journal.verify import ExportInvalid, verify_export
from app.staging import OK, Somebody, Stage, StoryFailed, json_of

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


@dataclass
class Player(Stage):
    """Plays stories against one server."""

    looks: bool = True
    """Whether the steps that look around are played: what they try stands in the log of whoever plays the story."""

    things: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def play(self, story: Mapping[str, Any], until: str = "") -> dict[str, str]:
        """Play a story, up to and including the step called *until*. Gives the ids it saved. Raises StoryFailed."""
        self.say(f"\n{story['title']}\n{'=' * len(story['title'])}\n{story['summary'].strip()}\n")
        self.read_doors()
        self.at(0, "08:00")
        self.things = THINGS | story.get("things", {})
        self.set_up(story)
        self.saved |= {k: str(v) for k, v in story.get("values", {}).items()} | self.given
        for number, step in enumerate(story["step"], 1):
            day = self._day(step["day"])
            self.at(day, "08:00")
            try:
                self.renew_yearly(day)
                self.at(day, step.get("time", "09:00"))
                self._step(step)
            except StoryFailed as fault:
                self.say(f"  FAILED at step {number}: {step.get('say', '')}\n  {fault}")
                raise
            if until and step.get("name") == until:
                break
        return self.saved

    # -- a step ---------------------------------------------------------------------------------------

    def _step(self, step: Mapping[str, Any]) -> None:
        when = self.now.astimezone(BRUSSELS).strftime("%a %d %b %Y %H:%M")
        if "look" in step and not self.looks:
            return
        if "look" in step:
            self.say(f"\n  {when}  What each can see now{': ' + step['say'] if 'say' in step else ''}")
            self._look(step)
            return
        somebody = self.people[step["as"]]
        self.say(f"  {when}  {somebody.name} ({somebody.role}): {step['say']}")
        values = {name: self._filled(value) for name, value in step.get("with", {}).items()}
        answer = self.ask(somebody.token, step["do"], values, self._filled(step.get("file")))
        wanted = step.get("refused")
        if wanted is not None:
            got = {"status": answer.status_code, "rule": json_of(answer).get("rule")}
            if any(got.get(k) != v for k, v in wanted.items()):
                raise StoryFailed(f"{step['do']} should have been refused with {wanted}, but answered {got}")
            self.say(f"      refused, as it must be: {json_of(answer).get('detail', '')}")
            return
        if answer.status_code not in OK:
            raise StoryFailed(f"{step['do']} answered {answer.status_code}: {answer.text}")
        self._check(step, somebody, answer)

    def _check(self, step: Mapping[str, Any], somebody: Somebody, answer: httpx2.Response) -> None:
        """Keep what the step saves and hold the answer against what it expects. Raises StoryFailed."""
        body = json_of(answer)
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
        key = self.must(somebody.token, "listCheckpoint", {})["publicKey"]
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
            return str((self.now + timedelta(days=int(amount))).astimezone(BRUSSELS).date())
        days, _, clock = amount.partition("d")
        hour, minute = (int(part) for part in clock.split(":"))
        day = (self.now + timedelta(days=int(days))).astimezone(BRUSSELS)
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
        answer = self.ask(somebody.token, probe["do"], self._filled(probe.get("with", {})))
        if answer.status_code not in OK:
            return False
        mark = str(self._filled(step.get("mark", "") if probe.get("marked") else probe.get("mark", "")))
        if mark:
            return mark in answer.text
        body = json_of(answer)
        return bool(body.get("items", True))


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
