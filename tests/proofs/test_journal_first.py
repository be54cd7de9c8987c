"""Every answer with personal data has its lines in the log, committed before the first byte leaves (R106)."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from proving.client import JSON, PAGE, Caller, swiftly
from proving.marks import case_of, marks_in
from proving.oracle import Oracle
from proving.scene import Asking
from proving.table import JSON_DOOR, OFF_STAGE, OFF_STAGE_PAGES, PAGES_DOOR, WITHOUT_SESSION
from sqlalchemy import text

from app.kernel.http.pages import PAGES
from app.kernel.http.routes import ENDPOINTS
from app.kernel.migrating import admin_engine

SHOWS_NOBODY = {"/sign-in", "/sign-in/code", "/sign-in/recovery", "/language/{code}"}
"""Pages without a decision: nobody is signed in, and nothing of anybody stands there."""
BUTTONS = [path for method, path in PAGES if method == "POST"]


class Watcher:
    """Looks, in a connection of its own, at what is committed when an answer begins to leave."""

    def __init__(self, house, conn):
        self.conn = conn
        self.caller = Caller(house.app)
        self.caller.on_start = self.look
        self.lines = []

    def look(self, start):
        headers = {n.decode(): v.decode() for n, v in start["headers"]}
        trace = UUID(headers["belgov-trace-id"])
        self.lines = self.conn.execute(
            text("SELECT action, outcome, case_id, subject_id, object_id FROM journal.entry"
                 " WHERE trace_id = :t OR related_trace_id = :t"), {"t": trace}).all()  # fmt: skip

    def call(self, *asked, **said):
        self.lines = []
        return self.caller.call(*asked, **said)


@pytest.fixture(scope="module")
def watcher(stage, proving_house):
    engine = admin_engine(proving_house.process.addresses.main).execution_options(
        isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as conn, swiftly():
        made = Watcher(proving_house, conn)
        yield made
        made.caller.close()


@pytest.fixture(scope="module")
def oracle(stage, proving_house):
    return Oracle(stage.world, proving_house.now)


def allowed(stage, oracle, line, *, page=False):
    """Give everybody and every scene in which this line is answered with yes."""
    for scene in stage.of(line.of):
        for who in stage.asking_in(scene):
            k = Asking(oracle, who, scene)
            if k.allowed(line, page=page):
                yield k


def unlogged(stage, answer, lines, *but):
    """Give the cases named in an answer that no line of this request is about."""
    named = {
        c.id: c for m in marks_in(stage.world, answer.text, *but).values() if (c := case_of(m)) is not None
    }
    about = {r.case_id for r in lines} | {r.object_id for r in lines}
    signals = {
        m.of for m in marks_in(stage.world, answer.text, *but).values() if m.kind.startswith("signal.")
    }
    missing = [
        c.reference
        for c in named.values()
        if c.id not in about and (c.signal is None or c.signal.id not in about)
    ]
    return missing + [
        s.reference for s in signals if s.id not in about and (s.case is None or s.case.id not in about)
    ]


def reading(e):
    return e.method == "GET" or e.operation in {"open_statement", "preview_sweep", "query_subject"}


@pytest.mark.parametrize(
    "operation", [e.operation for e in ENDPOINTS if reading(e) and e.operation not in OFF_STAGE]
)
def test_what_a_route_shows_is_logged_first(operation, stage, watcher, oracle, counts):
    line, route = JSON_DOOR[operation], next(e for e in ENDPOINTS if e.operation == operation)
    asked = 0
    for k in allowed(stage, oracle, line):
        path, query = k.path(route.path), line.query(k) if line.query else None
        body = line.body(k) if line.body else None
        answer = watcher.call(k.who, JSON, route.method, path, query=query, body=body)
        asked += 1
        assert answer.status < 300, answer.text
        assert watcher.lines, (
            f"{operation} as {k.who.name}: no line was committed when the answer began to leave"
        )
        assert any(r.outcome == "allowed" for r in watcher.lines)
        if operation not in {
            "list_journal",
            "export_journal",
        }:  # the log itself: one line says that it was read
            assert not unlogged(stage, answer, watcher.lines, path, str(query)), (
                operation,
                k.who.name,
                k.scene.name,
            )
    counts["answers whose lines were committed before they left"] += asked
    assert asked, "nobody may do this: the stage lacks somebody"


@pytest.mark.parametrize(
    "path", [p for p in PAGES_DOOR if p not in SHOWS_NOBODY | OFF_STAGE_PAGES | WITHOUT_SESSION]
)
def test_what_a_page_shows_is_logged_first(path, stage, watcher, oracle, counts):
    line, asked = PAGES_DOOR[path], 0
    for k in allowed(stage, oracle, line, page=True):
        address, query = k.path(path), line.query(k) if line.query else None
        answer = watcher.call(k.who, PAGE, "GET", address, query=query)
        asked += 1
        assert answer.status < 300, (path, k.who.name, k.scene.name, answer.status)
        assert watcher.lines, f"{path} as {k.who.name}: no line was committed when the page began to leave"
        if path not in {"/journal", "/journal/export/{form}"}:
            assert not unlogged(stage, answer, watcher.lines, address, str(query)), (
                path,
                k.who.name,
                k.scene.name,
            )
    counts["answers whose lines were committed before they left"] += asked
    assert asked, "nobody may read this page: the stage lacks somebody"


CHANGING = sorted(
    (e.operation for e in ENDPOINTS if not reading(e) and e.operation not in OFF_STAGE),
    key=lambda name: (
        name.endswith("_meeting"),
        name == "decide_registration",
        name in {"postpone_agenda_item", "take_off_agenda_item", "change_agenda_item"},
        name.startswith(("withdraw_", "remove_invitation")),
    ),
)
"""Deciding on a signal, taking invitations back, items off, and opening and closing a sitting come last: they take the stage
away."""


@pytest.mark.parametrize("operation", CHANGING)
def test_what_a_route_changes_is_logged_first(operation, stage, watcher, oracle, counts):
    """The first person and scene for whom it is possible: what it changes stays, so each is asked once."""
    line, route = JSON_DOOR[operation], next(e for e in ENDPOINTS if e.operation == operation)
    if operation in {"open_session", "refresh_session"}:
        answer = watcher.call(None, JSON, route.method, re.sub("{.*}", "00000000-0000-4000-8000-000000000000", route.path),
                              body=line.body(None))  # fmt: skip
        assert answer.status == 401
        assert [r.outcome for r in watcher.lines] == ["refused"]
        return
    done = 0
    for k in allowed(stage, oracle, line):
        if operation == "close_session" and k.who.name != "nobody":
            continue
        path, body = k.path(route.path), line.body(k) if line.body else None
        answer = watcher.call(k.who, JSON, route.method, path, body=body)
        if answer.status >= 400:
            continue  # an earlier call has changed what this one would change
        done += 1
        assert watcher.lines, (
            f"{operation} as {k.who.name}: no line was committed when the answer began to leave"
        )
        assert not unlogged(stage, answer, watcher.lines, path, str(body)), (
            operation,
            k.who.name,
            k.scene.name,
        )
        break
    counts["answers whose lines were committed before they left"] += done
    assert done, f"nobody could do this: {answer.text}"


def test_a_refusal_is_logged_before_it_is_told(stage, watcher, oracle, counts):
    scene = stage.by_state[1]
    for name in ("zoneMayorD", "strategicMember", "policeMember", "clb"):
        who = stage.world.people[name]
        for operation in (
            "open_case",
            "close_case",
            "read_agenda_item",
            "draft_minutes",
            "assign_action",
            "read_registration",
        ):
            line, route = JSON_DOOR[operation], next(e for e in ENDPOINTS if e.operation == operation)
            k = Asking(oracle, who, scene)
            if k.expected(line.asks(k), None) == 200:
                continue
            body, query = (part(k) if part else None for part in (line.body, line.query))
            answer = watcher.call(who, JSON, route.method, k.path(route.path), body=body, query=query)
            assert answer.status >= 400
            assert len(watcher.lines) == 1, (name, operation)
            assert watcher.lines[0].outcome in {"hidden", "refused", "conflict"}
            counts["refusals whose line was committed before they were told"] += 1
