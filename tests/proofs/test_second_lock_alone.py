"""With the rules taken out of the application, row-level security alone keeps every other person's case."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from proving.client import JSON, PAGE
from proving.emergencies import knows, reaches
from proving.marks import case_of, has_to_do_with, marks_in, rows_of
from proving.oracle import Oracle
from proving.scene import Asking
from proving.table import JSON_DOOR, PAGES_DOOR, REASON, Line

from app.kernel.http.pages import PAGES
from app.kernel.http.routes import ENDPOINTS
from app.rules.policy import Decision, Outcome

STRANGERS = {
    "C": ("zoneMayorD", "zoneSecretary", "zonePolice", "excludedCoordinator", "excludedGuest", "formerCoordinator",
          "futureMayor", "strategicMember", "dpo", "auditor", "administrator", "informationOfficer", "nobody"),
    "zone": ("mayor", "secretary", "zoneMayorE", "zoneCoordinatorE", "zoneAuditorE", "zoneDpoD", "administrator"),
}  # fmt: skip
MAY_TOUCH = ("/exclude", "/meetings/{meetingId}/close")
"""Declaring one's own conflict; and closing a meeting one holds, which dates every case discussed in it (R69)."""
EMERGENCY = ("/breakGlass", "/break-glass/new")
"""Opening an emergency: for whoever knows one part of the case; the database asks every condition itself."""
WATCHING = ("/close", "/review")
"""Ending and reviewing one: for whoever opened it, and for who watches over it."""
SENT = {
    "/find": JSON_DOOR["query_subject"], "/cases/{caseId}/keep-open": JSON_DOOR["keep_open_case"],
    "/cases/{caseId}/attachments/new": JSON_DOOR["add_attachment"],
    "/attachments/{attachmentId}/download": Line("case", JSON_DOOR["read_attachment"].asks, lambda _: REASON),
    "/attachments/{attachmentId}/remove": JSON_DOOR["remove_attachment"],
    "/break-glass/new": JSON_DOOR["open_break_glass"],
    "/break-glass/{breakGlassId}/review": JSON_DOOR["review_break_glass"],
}  # fmt: skip
"""Forms that are sent with what the same act is sent with at the other door; all others are sent empty."""
BUTTONS = [path for method, path in PAGES if method == "POST"]


@pytest.fixture
def lawless(monkeypatch) -> Iterator[None]:
    """Every question to the rules is answered with yes."""

    def yes(*_: object) -> Decision:
        return Decision(Outcome.ALLOW, "R14")

    monkeypatch.setattr("app.kernel.work.decide", yes)
    monkeypatch.setattr("app.rules.policy.decide", yes)
    monkeypatch.setattr("app.intake.finding.decide", yes)
    return


@pytest.fixture(scope="module")
def oracle(stage, proving_house):
    return Oracle(stage.world, proving_house.now)


def scenes(stage):
    wanted = {"inTrajectory", "approved", "monitored"}
    return [s for s in {id(s): s for s in (*stage.by_state, *stage.by_phase)}.values() if s.name in wanted]


def every_route():
    """Give (door, method, path, line) of every route of both doors but those of signing in."""
    routes = [(JSON, e.method, e.path, JSON_DOOR[e.operation]) for e in ENDPOINTS]
    routes += [(PAGE, "GET", path, line) for path, line in PAGES_DOOR.items()]
    return routes + [
        (PAGE, "POST", path, SENT.get(path)) for path in BUTTONS if not path.startswith("/sign-")
    ]


def may_touch(oracle, who, scene, path):
    """Tell whether this is somebody's own to do also without being of the desk."""
    if "reak" in path and path.endswith(WATCHING):
        return knows(oracle, who, scene.glass) if scene.glass else False
    return path.endswith(MAY_TOUCH) or (path in EMERGENCY and reaches(oracle, who, scene.case))


def try_everything(stage, oracle, undone, scene, route):
    """Call one route of either door as each stranger; gives how many calls, and what leaked or changed."""
    door, method, path, line = route
    found, calls, untouched = [], 0, None
    for name in STRANGERS[scene.case.cell]:
        who = stage.world.people[name]
        k = Asking(oracle, who, scene)
        body = line.body(k) if line and line.body else None
        query = line.query(k) if line and line.query else None
        rows = []
        answer = undone.call(
            who, door, method, k.path(path), query=query, body=body,
            after=(lambda conn, rows=rows: rows.extend(rows_of(conn, scene.case))) if method == "POST" else None,
        )  # fmt: skip
        calls += 1
        if rows:
            stranger = not oracle.keeps(who, scene.case.town) or name in scene.case.excluded
            untouched = untouched or (rows if answer.status >= 400 else None)
            if stranger and untouched and rows != untouched and not may_touch(oracle, who, scene, path):
                found.append(f"{method} {path} as {name} in {scene.name} changed rows of the case")
        said = marks_in(stage.world, answer.text, k.path(path), str(body), str(query))
        for token, mark in said.items():
            if not has_to_do_with(oracle, who, mark):
                found.append(f"{method} {path} as {name} in {scene.name}: {mark.kind} {token}")
    return calls, found


def test_nothing_of_another_persons_case_leaves_by_any_route(lawless, stage, pair, oracle, counts, caplog):
    caplog.set_level("CRITICAL")
    work = [(scene, route) for scene in scenes(stage) for route in every_route()]

    def some(number):
        return [try_everything(stage, oracle, pair[number], *each) for each in work[number::2]]

    with ThreadPoolExecutor(2) as threads:
        done = [each for part in threads.map(some, (0, 1)) for each in part]
    counts["calls with the rules taken out, nothing of another's case leaving"] += sum(n for n, _ in done)
    leaks = [leak for _, found in done for leak in found]
    assert not leaks, "\n".join(leaks)


def test_with_the_rules_taken_out_the_desk_still_reads_its_own(lawless, stage, undone, oracle):
    (scene,) = [s for s in stage.by_state if s.name == "inTrajectory" and s.case.town == "C"]
    answer = undone.call(
        stage.world.people["coordinator"], JSON, "GET", f"/cases/{scene.case.id}", query={"reason": "x"}
    )
    assert {m.kind for m in marks_in(stage.world, answer.text).values()} >= {
        "case.name",
        "case.text",
        "said.text",
    }


def test_with_the_rules_taken_out_who_holds_a_part_reads_nothing_of_why_the_person_is_listed(
    lawless, stage, undone, oracle, counts
):
    """The invited at the table, the owner of an open action and the case manager reach the case, by every route."""
    (scene,) = [s for s in stage.by_state if s.name == "inTrajectory" and s.case.town == "C"]
    reached = set()
    for name in ("participant", "school", "caseManager"):
        who = stage.world.people[name]
        k = Asking(oracle, who, scene)
        for door, method, path, line in every_route():
            body = line.body(k) if line and line.body else None
            query = line.query(k) if line and line.query else None
            answer = undone.call(who, door, method, k.path(path), query=query, body=body)
            kinds = {m.kind for m in marks_in(stage.world, answer.text).values() if case_of(m) is scene.case}
            counts["calls with the rules taken out, why somebody is listed not leaving"] += 1
            assert "case.text" not in kinds, f"{method} {path} as {name}"
            reached |= {name} if "case.name" in kinds and path == "/cases/{caseId}" else set()
    assert reached == {"participant", "school", "caseManager"}
