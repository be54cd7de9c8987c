"""Who acts: from a session to an Actor, in one question to the database."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.directory.models import TEXT_VERSION
from app.kernel.database import WHO, arrive, lean_rows, say_who
from app.kernel.http.frames import Reader
from app.kernel.identity import Claims
from app.kernel.work import Work
from app.rules.facts import Actor, Facts, Standing
from app.rules.problems import Kind, Problem
from app.rules.roles import Role

_SELDOM = timedelta(seconds=30)
_SEEN = text("UPDATE session SET seen_at = :now WHERE id = :id AND state = 'active' AND seen_at < :now")
_ACTOR = """
    SELECT s.id AS session_id, s.state, s.channel, s.expires_at, s.seen_at, s.confirmed_at, s.csrf_token,
           s.mandate_id AS session_mandate,
           p.id AS person_id, p.language, p.demo, p.active, p.name,
           d.id AS mandate_id, d.role, d.cell_id, d.municipality_id, d.clearance_until, d.scope, p.agency_id,
           array(SELECT municipality_id FROM cell_municipality WHERE cell_id = d.cell_id) AS municipalities, u.valid_until
    FROM session s
    JOIN person p ON p.id = s.person_id
    LEFT JOIN mandate d ON d.id = s.mandate_id AND d.person_id = p.id
        AND d.starts_on <= %(today)s AND (d.ends_on IS NULL OR d.ends_on >= %(today)s)
    LEFT JOIN LATERAL (SELECT max(valid_until) AS valid_until FROM undertaking
        WHERE person_id = p.id AND text_version = %(text)s) u ON true
    WHERE s.id = %(session)s
"""
_UNDER = """
    SELECT p.language, p.demo, p.agency_id, d.role, d.cell_id, d.municipality_id, d.clearance_until, d.scope,
           array(SELECT municipality_id FROM cell_municipality WHERE cell_id = d.cell_id) AS municipalities,
           (SELECT max(valid_until) FROM undertaking WHERE person_id = p.id AND text_version = %(text)s) AS valid_until
    FROM mandate d JOIN person p ON p.id = d.person_id
    WHERE d.id = %(mandate)s AND p.id = %(person)s AND p.active
      AND d.starts_on <= %(today)s AND (d.ends_on IS NULL OR d.ends_on >= %(today)s)
"""
_ARRIVING = _ACTOR.replace("SELECT s.id", f"SELECT {WHO}, s.id", 1)


def recognise(work: Work, claims: Claims) -> Actor:
    """Give the Actor of a checked token. Raises Problem when its session is over, of another door or mandate."""
    rows = arrive(work.session, _ARRIVING, session=claims.session_id, today=work.today, text=TEXT_VERSION)
    if (
        not rows
        or rows[0].person_id != claims.person_id
        or rows[0].session_mandate != claims.mandate_id
        or rows[0].channel != work.channel
    ):
        raise Problem(Kind.INVALID_TOKEN)
    actor = actor_of(work, rows[0])
    if not is_idle(work, rows[0].seen_at):
        _touch(work, rows[0])
    elif not work.while_locked:
        raise Problem(Kind.SESSION_LOCKED)
    return actor


def is_idle(work: Work, seen_at: datetime) -> bool:
    """Tell whether a session last used then is locked by now."""
    idle = timedelta(minutes=work.installation.settings.idle_minutes)
    return seen_at + idle <= work.installation.clock.now()


def actor_of(work: Work, row: Any) -> Actor:
    """Give the Actor of a session row, if the session still holds (by the machine's clock, never a story's)."""
    if row.state != "active" or not row.active or row.expires_at <= work.installation.clock.now():
        raise Problem(Kind.EXPIRED_TOKEN)
    if row.demo and not (work.installation.demo and work.loopback):
        raise Problem(Kind.INVALID_TOKEN)
    return Actor(
        person_id=row.person_id,
        session_id=row.session_id,
        mandate_id=row.mandate_id,
        role=Role(row.role) if row.role else None,
        cell_id=row.cell_id,
        municipality_id=row.municipality_id,
        municipalities=frozenset(row.municipalities) | ({row.municipality_id} - {None}),
        agency_id=row.agency_id,
        language=row.language,
        second_factor=True,
        recently_confirmed=_is_fresh(work, row.confirmed_at),
        undertaking_until=row.valid_until,
        clearance_until=row.clearance_until,
        delegation=frozenset(row.scope) if row.scope is not None else None,
        demo=row.demo,
    )


def actor_under(work: Work, person_id: UUID, mandate_id: UUID) -> Actor | None:
    """Give the Actor that somebody is under a mandate, without a session and so without a second factor; None if over."""
    rows = lean_rows(
        work.session, _UNDER, person=person_id, mandate=mandate_id, today=work.today, text=TEXT_VERSION
    )
    if not rows:
        return None
    row = rows[0]
    return Actor(
        person_id=person_id,
        mandate_id=mandate_id,
        role=Role(row.role),
        cell_id=row.cell_id,
        municipality_id=row.municipality_id,
        municipalities=frozenset(row.municipalities) | ({row.municipality_id} - {None}),
        agency_id=row.agency_id,
        language=row.language,
        undertaking_until=row.valid_until,
        clearance_until=row.clearance_until,
        delegation=frozenset(row.scope) if row.scope is not None else None,
        demo=row.demo,
    )


def _is_fresh(work: Work, confirmed_at: datetime | None) -> bool:
    fresh = timedelta(minutes=work.installation.settings.confirm_minutes)
    return confirmed_at is not None and work.installation.clock.now() < confirmed_at + fresh


def page_session(work: Work, secret_hash: bytes) -> Any:
    """Give the session row of a page cookie, or None when there is none."""
    found = work.session.scalar(
        text("SELECT id FROM session WHERE secret_hash = :h AND channel = 'page'"), {"h": secret_hash}
    )
    if found is None:
        return None
    (row,) = lean_rows(work.session, _ACTOR, session=found, today=work.today, text=TEXT_VERSION)
    return row


def undertaking_until(session: Session, person_id: UUID) -> date | None:
    """Give the last day on which somebody's undertaking, confirmed in its present version, holds, or None (R16)."""
    query = text(
        "SELECT max(valid_until) FROM undertaking WHERE person_id = :person AND text_version = :text"
    )
    found: date | None = session.scalar(query, {"person": person_id, "text": TEXT_VERSION})
    return found


_FRAME = text("""
    SELECT coalesce((SELECT name FROM cell WHERE id = :cell), '') AS cell_name,
           (SELECT count(*) FROM mandate WHERE person_id = :person AND starts_on <= :today
              AND (ends_on IS NULL OR ends_on >= :today)) AS mandates
""")


def recognise_page(work: Work, secret_hash: bytes) -> Reader | None:
    """Have the Work act as the holder of a page cookie; None when its session is over. Left idle, it is locked."""
    row = page_session(work, secret_hash)
    if row is None:
        return None
    try:
        actor = actor_of(work, row)
    except Problem:
        return None
    work.act_as(actor)
    locked = is_idle(work, row.seen_at)
    if not locked:
        _touch(work, row)
    around = work.session.execute(
        _FRAME, {"cell": actor.cell_id, "person": actor.person_id, "today": work.today}
    ).one()
    return Reader(actor, row.csrf_token, row.name, around.cell_name, around.mandates, locked)


def _touch(work: Work, row: Any) -> None:
    """Note that the session is in use; sparing, so that reading does not write each time.

    After the commit and by itself: the Work holds no lock on a session that an Operation tries codes on apart.
    """
    moment = work.installation.clock.now()
    if row.seen_at >= moment - _SELDOM:
        return

    def note() -> None:
        with work.installation.sessions() as own:
            say_who(own.connection(), row.person_id, None, work.now)
            own.execute(_SEEN, {"now": moment, "id": row.session_id})
            own.commit()

    work.after_commit.append(note)


def self_facts(work: Work, state: str | None = None) -> Facts:
    """Give Facts on oneself: full standing for somebody signed in, none for a visitor."""
    standing = Standing.FILE if work.actor.person_id else Standing.NONE
    return work.facts(standing=standing, own=bool(work.actor.person_id), state=state)
