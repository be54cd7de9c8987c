"""The floor: what the same stack does when it has nothing to guard.

Bare FastAPI under the same server settings: synchronous routes, a psycopg pool, SQL written by hand, orjson.
It reads as many rows, writes and commits as many log lines, and answers with the same texts, from clear copies
in the same database server. No bearer check, no rules, no row-level security, no sealed values, no validation of
what goes out. Signing in verifies the same argon2id hash and the same one-time code: that is the work itself.
"""

from __future__ import annotations

import gc
import os
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import psycopg
from fastapi import FastAPI, Response
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool
from pydantic import BaseModel

from app.kernel.clock import brussels_day
from app.kernel.identity import accepted_step, password_fits, secret_hash
from app.kernel.printing import Document, Facts, Grid, Heading, Paragraph, as_pdf

ADDRESS = "LIVCR_MAIN_ADDRESS"
POOL = "LIVCR_POOL"

_LOG = """
    INSERT INTO floor.entry (year, controller, at, actor_id, mandate_id, agency_id, role, action, outcome, rule,
        legal_basis, reason, case_id, subject_id, object_type, object_id, processing, channel, recipients, trace_id,
        break_glass)
    SELECT %(year)s, l.controller, %(now)s, %(actor)s, NULL, NULL, '', %(action)s, 'allowed', 'R14', '', '',
           l.case_id, l.subject_id, '', l.object_id, '', 'api', '', %(trace)s, false
    FROM unnest(%(controllers)s::uuid[], %(cases)s::uuid[], %(subjects)s::uuid[], %(objects)s::uuid[])
        AS l (controller, case_id, subject_id, object_id)
"""
_CASE = """
    SELECT c.id AS "caseId", c.municipality_id AS "municipalityId", c.reference, c.state, c.phenomenon,
           c.subject_id, c.subject_name AS "subjectName", c.birth_date AS "birthDate", c.indications,
           c.listed_on AS "listedOn", p.name AS "listedByName", c.last_discussed_on AS "lastDiscussedOn",
           c.review_on AS "reviewOn", c.due_on AS "dueOn", c.locks_on AS "locksOn", c.closed_on AS "closedOn"
    FROM floor.case_file c JOIN person p ON p.id = c.listed_by WHERE c.id = %s
"""
_STATEMENTS = """
    SELECT s.id AS "statementId", s.case_id AS "caseId", s.agenda_item_id AS "agendaItemId", s.category, s.origin,
           s.kind, s.reliability, s.audience, p.name AS "contributorName", a.name AS "agencyName",
           s.stated_on AS "statedOn", s.created_at AS "createdAt", s.text, s.category_reason AS "categoryReason"
    FROM floor.statement s LEFT JOIN person p ON p.id = s.contributor_id LEFT JOIN agency a ON a.id = s.agency_id
    WHERE s.case_id = %s ORDER BY s.stated_on, s.created_at, s.id
"""
_DISCUSSIONS = """
    SELECT meeting_id AS "meetingId", discussed_on AS "discussedOn" FROM discussion WHERE case_id = %s
    ORDER BY discussed_on DESC
"""
_CASES = """
    SELECT id AS "caseId", municipality_id, subject_id, reference, state, phenomenon, listed_on AS "listedOn",
           last_discussed_on AS "lastDiscussedOn", review_on AS "reviewOn", due_on AS "dueOn"
    FROM floor.case_file WHERE municipality_id = %s
      AND state IN ('listed', 'underDiscussion', 'inTrajectory', 'monitored', 'closureProposed')
    ORDER BY listed_on DESC, id DESC LIMIT 26
"""
_MEETING = """
    SELECT id AS "meetingId", cell_id AS "cellId", table_id AS "tableId", starts_at AS "startsAt",
           ends_at AS "endsAt", place, state, chair_id AS "chairId", secretary_id AS "secretaryId",
           window_until AS "windowUntil"
    FROM meeting WHERE id = %s
"""
_AGENDA = """
    SELECT a.id AS "agendaItemId", a.case_id AS "caseId", a.municipality_id AS "municipalityId", a.subject_id,
           c.reference, c.subject_name AS "subjectName", a.question, a.minutes, a.position,
           i.id AS "invitationId", i.state AS "invitationState", i.ground_list AS "groundList",
           i.ground_code AS "groundCode", i.sent_at AS "invitedAt", p.name AS "invitedBy"
    FROM floor.agenda_item a
    JOIN floor.case_file c ON c.id = a.case_id
    JOIN invitation i ON i.agenda_item_id = a.id AND i.person_id = %s
    LEFT JOIN person p ON p.id = i.sent_by
    WHERE a.meeting_id = %s ORDER BY a.position
"""
_PRINTED = """
    SELECT a.id AS "agendaItemId", a.case_id AS "caseId", a.municipality_id AS "municipalityId", a.subject_id,
           c.reference, c.subject_name AS "subjectName", a.question, a.minutes, a.position
    FROM floor.agenda_item a JOIN floor.case_file c ON c.id = a.case_id
    WHERE a.meeting_id = %s ORDER BY a.position
"""
_MANDATES = """
    SELECT d.id AS "mandateId", d.person_id AS "personId", p.name AS "personName", d.role, d.cell_id AS "cellId",
           c.name AS "cellName", d.municipality_id AS "municipalityId", m.names AS "municipalityName",
           d.starts_on AS "startsOn", d.ends_on AS "endsOn"
    FROM mandate d JOIN person p ON p.id = d.person_id LEFT JOIN cell c ON c.id = d.cell_id
    LEFT JOIN municipality m ON m.id = d.municipality_id
    WHERE d.person_id = %s AND d.starts_on <= %s AND (d.ends_on IS NULL OR d.ends_on >= %s)
"""


class NewStatement(BaseModel):
    """What the application's own door takes for a statement."""

    caseId: UUID  # noqa: N815 — the wire's name
    category: int
    origin: str
    kind: str
    text: str
    relevantAndProportionate: bool  # noqa: N815
    nothingClassified: bool  # noqa: N815


class SignIn(BaseModel):
    """Name and password."""

    username: str
    password: str


class Code(BaseModel):
    """A one-time code."""

    code: str


def _agenda(meeting: dict[str, Any], items: list[dict[str, Any]]) -> Document:
    """Give the blocks of an agenda, as many as the application's: setting them is the work itself."""
    lines = tuple(
        (str(i["position"]), f"{i['reference']} · {i['subjectName']}\n{i['question']}", str(i["minutes"]))
        for i in items
    )
    return Document(
        title="Agenda",
        language="nl",
        blocks=(
            Facts((("Wanneer", str(meeting["startsAt"])), ("Waar", meeting["place"]))),
            Heading("Punten"),
            Grid("Punten", ("Nr.", "Punt", "Minuten"), lines, (1, 9, 2)),
            Paragraph("Vertrouwelijk."),
        ),
        made_on=meeting["startsAt"].date(),
        banner="LIVC R",
        watermark="gelezen door niemand",
    )


def _print_from(app: FastAPI, pool: ConnectionPool) -> None:
    @app.get("/papers/{meeting_id}")
    def paper(meeting_id: UUID, person: UUID) -> Response:
        with pool.connection() as conn:
            found = conn.execute(_MEETING, (meeting_id,)).fetchone()
            items = conn.execute(_PRINTED, (meeting_id,)).fetchall()
            log(conn, person, "meeting.print", [None, *items], object_name="agendaItemId")
        return Response(as_pdf(_agenda(found, items)), media_type="application/pdf")


def create() -> FastAPI:
    """Build the floor; called in each worker process."""
    size = int(os.environ.get(POOL, "10"))
    pool = ConnectionPool(
        os.environ[ADDRESS], min_size=size, max_size=2 * size, kwargs={"row_factory": dict_row}
    )
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    _print_from(app, pool)

    @app.get("/meetings/{meeting_id}")
    def meeting(meeting_id: UUID, person: UUID) -> Response:
        with pool.connection() as conn:
            found = conn.execute(_MEETING, (meeting_id,)).fetchone()
            items = conn.execute(_AGENDA, (person, meeting_id)).fetchall()
            log(conn, person, "meeting.read", [None, *items], object_name="agendaItemId")
        return answer(found | {"items": [_public(item) for item in items]})

    @app.get("/cases")
    def cases(municipality: UUID, person: UUID) -> Response:
        with pool.connection() as conn:
            rows = conn.execute(_CASES, (municipality,)).fetchall()
            log(conn, person, "case.list", rows[:25])
        return answer({"items": [_public(row) for row in rows[:25]], "pageSize": 25})

    @app.get("/cases/{case_id}")
    def case(case_id: UUID, person: UUID) -> Response:
        with pool.connection() as conn:
            found = conn.execute(_CASE, (case_id,)).fetchone()
            statements = conn.execute(_STATEMENTS, (case_id,)).fetchall()
            discussions = conn.execute(_DISCUSSIONS, (case_id,)).fetchall()
            log(conn, person, "case.open", [found])
        return answer(_public(found) | {"discussions": discussions, "statements": statements})

    @app.post("/statements")
    def statement(body: NewStatement, person: UUID) -> Response:
        now, row_id = datetime.now(UTC), uuid4()
        with pool.connection() as conn:
            found = conn.execute(_CASE, (body.caseId,)).fetchone()
            author = conn.execute(
                "SELECT id, name, agency_id FROM person WHERE id = %s", (person,)
            ).fetchone()
            conn.execute(
                "INSERT INTO floor.statement (id, case_id, municipality_id, category, origin, kind, audience,"
                " contributor_id, agency_id, entered_by, stated_on, text, created_at, version)"
                " VALUES (%s, %s, %s, %s, %s, %s, 'present', %s, %s, %s, %s, %s, %s, 1)",
                (row_id, body.caseId, found["municipalityId"], body.category, body.origin, body.kind, person,
                 author["agency_id"], person, brussels_day(now), body.text, now),
            )  # fmt: skip
            log(conn, person, "statement.create", [found])
        return answer(
            {
                "statementId": row_id,
                "contributorName": author["name"],
                "statedOn": brussels_day(now),
                "createdAt": now,
            }
            | body.model_dump(),
            201,
        )

    @app.post("/sessions")
    def sign_in(body: SignIn) -> Response:
        now, row_id = datetime.now(UTC), uuid4()
        with pool.connection() as conn:
            found = conn.execute(
                "SELECT p.*, c.* FROM person p JOIN floor.credential c ON c.person_id = p.id WHERE p.username = %s",
                (body.username,),
            ).fetchone()
            if not password_fits(body.password, found["password_hash"]):
                return answer({}, 401)
            conn.execute(
                "INSERT INTO floor.session (id, person_id, channel, state, opened_at, seen_at, expires_at, failures)"
                " VALUES (%s, %s, 'api', 'secondFactorWanted', %s, %s, %s, 0)",
                (row_id, found["person_id"], now, now, now + timedelta(minutes=10)),
            )
            log(conn, None, "session.open", [None])
        return answer({"sessionId": row_id}, 201)

    @app.post("/sessions/{session_id}/confirm")
    def confirm(session_id: UUID, body: Code) -> Response:
        now, secret = datetime.now(UTC), secrets.token_urlsafe(32)
        with pool.connection() as conn:
            found = conn.execute(
                "SELECT s.person_id, c.totp_secret, c.totp_last_step FROM floor.session s"
                " JOIN floor.credential c USING (person_id) WHERE s.id = %s FOR UPDATE",
                (session_id,),
            ).fetchone()
            person = found["person_id"]
            step = accepted_step(found["totp_secret"], body.code, now, found["totp_last_step"])
            if step is None:
                return answer({}, 401)
            conn.execute(
                "UPDATE floor.credential SET totp_last_step = %s WHERE person_id = %s", (step, person)
            )
            mandates = conn.execute(_MANDATES, (person, now.date(), now.date())).fetchall()
            until = conn.execute(
                "SELECT max(valid_until) FROM undertaking WHERE person_id = %s", (person,)
            ).fetchone()
            conn.execute(
                "UPDATE floor.session SET state = 'active', mandate_id = %s, secret_hash = %s, expires_at = %s,"
                " seen_at = %s WHERE id = %s",
                (mandates[0]["mandateId"], secret_hash(secret), now + timedelta(hours=10), now, session_id),
            )
            log(conn, person, "session.confirm", [None])
        return answer(
            {"sessionId": session_id, "mandates": mandates, "undertakingUntil": until["max"], "token": secret}
        )

    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    return app


def log(
    conn: psycopg.Connection[Any],
    person: UUID | None,
    action: str,
    rows: list[Any],
    *,
    object_name: str = "caseId",
) -> None:
    """Write one log line a row, in the same commit."""
    now, nobody = datetime.now(UTC), UUID(int=0)
    conn.execute(
        _LOG,
        {
            "year": brussels_day(now).year,
            "now": now,
            "actor": person,
            "action": action,
            "trace": uuid4(),
            "controllers": [_controller(r) if r else nobody for r in rows],
            "cases": [r["caseId"] if r else None for r in rows],
            "subjects": [r["subject_id"] if r else None for r in rows],
            "objects": [r[object_name] if r else None for r in rows],
        },
    )


def _controller(row: dict[str, Any]) -> UUID:
    found: UUID = row.get("municipalityId") or row["municipality_id"]
    return found


def _public(row: dict[str, Any]) -> dict[str, Any]:
    row.pop("subject_id", None)
    row.pop("municipality_id", None)
    return row


def answer(body: dict[str, Any], status: int = 200) -> Response:
    """Give JSON."""
    return Response(orjson.dumps(body), status, media_type="application/json")
