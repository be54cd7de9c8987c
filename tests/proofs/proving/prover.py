"""Proving one route of a house that holds what the stage does not: foreign ids refused, the line before the answer."""

from __future__ import annotations

from functools import wraps
from types import SimpleNamespace
from uuid import UUID, uuid4

from pagecraft import reader
from sqlalchemy import text

from app.kernel.http.routes import ENDPOINTS

from .client import JSON, PAGE, Caller, fingerprint
from .published import ids_of

DECLARED: set[str] = set()
"""What tests with this prover say that they prove."""


def proves(*routes):
    """Say which routes a test proves, operations and pages; it has to ask every one of them."""
    DECLARED.update(routes)

    def around(test):
        @wraps(test)
        def run(prove, **others):
            test(prove=prove, **others)
            assert prove.proven == set(routes), prove.proven ^ set(routes)

        return run

    return around


class Prover:
    """Asks one route of a house: first with what is not the asker's, then rightly."""

    def __init__(self, house, conn):
        self.house, self.conn = house, conn
        self.caller = Caller(house.app)
        self.caller.on_start = self.look
        self.ids = ids_of()
        self.lines = []
        self.pages = {}
        self.proven = set()

    def look(self, start):
        trace = {n.decode(): v.decode() for n, v in start["headers"]}["belgov-trace-id"]
        asked = (
            "SELECT action, outcome, case_id FROM journal.entry WHERE trace_id = :t OR related_trace_id = :t"
        )
        self.lines = self.conn.execute(text(asked), {"t": UUID(trace)}).all()

    def call(self, who, endpoint, ids, body):
        path = endpoint.path.format_map(ids)
        return self.caller.call(who, JSON, endpoint.method, path, body=body)

    def __call__(self, operation, name, body=None, *, case=None, foreign=None, instead=None, **ids):
        """Prove one route for a cast member. *foreign*: by field, the ids that are not for it there; *instead*: by field, the
        one it stands in for, so that it is not refused for saying both."""
        endpoint = next(e for e in ENDPOINTS if e.operation == operation)
        in_path, in_body = self.ids[operation]
        assert {*in_path, *in_body} == set(foreign or {}), (
            f"{operation}: say what is foreign in each of its fields"
        )
        who = SimpleNamespace(token=self.house.token(name))
        stood = fingerprint(self.conn)
        for field, others in (foreign or {}).items():
            for other in [*others, str(uuid4())]:
                said = {n: v for n, v in (body or {}).items() if n != (instead or {}).get(field)}
                asked = (ids | {field: other}, body) if field in in_path else (ids, said | {field: other})
                answer = self.call(who, endpoint, *asked)
                where = f"{operation} with {field} = {other}: {answer.status} {answer.text[:300]}"
                assert 400 <= answer.status < 500, where
                assert fingerprint(self.conn) == stood, where
        answer = self.call(who, endpoint, ids, body)
        self.logged(operation, answer, case)
        return answer

    def page(self, path, name, *, case=None, query="", **ids):
        """Prove that a page is logged before it is shown to a cast member."""
        if name not in self.pages:
            self.pages[name] = SimpleNamespace(
                cookie=reader(self.house, name).client.cookies["livcr_session"]
            )
        self.logged(path, self.caller.call(self.pages[name], PAGE, "GET", path.format_map(ids) + query), case)

    def logged(self, what, answer, case):
        assert answer.status < 300, (what, answer.text[-500:])
        assert any(line.outcome == "allowed" for line in self.lines), (
            f"{what}: no line was committed when the answer began to leave"
        )
        assert case is None or case in {str(line.case_id) for line in self.lines}, (
            f"{what}: no line about the case"
        )
        self.proven.add(what)
