"""The post: notices leave by e-mail after the commit of the act they tell of, and again until they are taken (ADR 0030).

One sender at a time. What waits for one person goes out in one letter. Its make-up is fixed and committed before it is
sent, so that the very same letter, under the same Message-ID, is sent again after a crash; a letter that the server
refused was never sent, and what was in it may go into a larger one. The rules are asked, and the journal line is
written, in the transaction that marks the notices as sent.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from app.directory.models import Notice
from app.kernel.i18n import register_codes, translate
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.mailing import OF_THE_SERVER, Fault, Letter, MailServer, NotHanded
from app.kernel.operation import operation
from app.kernel.settings import is_mail_address
from app.kernel.work import Installation, Work
from app.kernel.work import work as open_work
from app.meetings import post_queries as queries
from app.meetings.commands import SendNotice
from app.meetings.post_views import SentView
from app.rules.actions import Action
from app.rules.facts import Actor, Standing
from app.rules.roles import Role

log = logging.getLogger("livcr")
ROBOT: Final = Actor(role=Role.ROBOT)
PAUSES: Final = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60))
"""After the first try that failed, after the second ...; then always the last."""
KEPT: Final = timedelta(days=30)
"""What could not be sent for so long stands on the page Today only."""
register_codes("mail", ["subject", "opening", "link", "closing"])
register_codes("postFault", [fault.value for fault in Fault])


@dataclass(slots=True)
class Posted:
    """What one round did."""

    letters: int = 0
    notices: int = 0
    undeliverable: int = 0
    fault: str = ""
    """Why the round ended early; empty when it did not."""
    off: bool = False
    """Whether there is no mail server to hand anything to."""


@operation(Action.NOTICE_SEND)
def send_notice(work: Work, command: SendNotice, server: MailServer) -> SentView:
    """Hand one letter to the mail server and mark what stood in it as sent; one line a notice, with its recipient (R105).

    Raises NotHanded when the server did not take it: then nothing is marked and nothing is logged.
    """
    rows = queries.letter(work.session, command.mail_id)
    standing = Standing.PART if work.actor.role is Role.ROBOT else Standing.NONE
    abouts = [About(row.municipality_id, row.case_id, row.subject_id, "notice", row.id) for row in rows]
    recipients = str(rows[0].person_id) if rows else ""
    work.allow(Action.NOTICE_SEND, work.facts(standing=standing), abouts, recipients=recipients)
    if rows:
        to = rows[0].address or ""
        if not is_mail_address(to):
            raise NotHanded(Fault.RECIPIENT_REFUSED)
        server.hand_over(_letter(work, command.mail_id, to, rows))
        queries.mark_sent(work.session, [row.id for row in rows])
    return SentView(notices=len(rows))


def _letter(work: Work, mail_id: UUID, to: str, rows: list[Any]) -> Letter:
    """Write a letter: what each notice says in the reader's language, its reference, and where to sign in (R37)."""
    language = rows[0].language

    def said(key: str) -> str:
        return translate(language, f"mail.{key}")

    lines = list(
        dict.fromkeys(
            "- " + " ".join(part for part in (translate(language, f"notice.{r.code}"), r.reference) if part)
            for r in rows
        )
    )
    address = f"{work.installation.settings.public_origin}/notices"
    parts = (said("opening"), "\n".join(lines), f"{said('link')}\n{address}", said("closing"))
    return Letter(mail_id.hex, to, said("subject"), "\n\n".join(parts) + "\n", language, work.now)


def post_all(installation: Installation, now: datetime | None = None) -> Posted:
    """Send what waits, as the robot: for the command line and the serving process. Give the counts.

    Does nothing where no mail server is configured, or while another sender is at work.
    """
    done = Posted(off=not installation.settings.smtp_host)
    if done.off:
        return done
    moment = now or installation.clock.now()
    with installation.retention_sessions() as guard:
        if not guard.scalar(text("SELECT pg_try_advisory_xact_lock(hashtext('livcr post'))")):
            return done
        with installation.retention_sessions.begin() as session:
            queries.leave_out(session, moment, moment - KEPT)
            waiting = queries.ripe(session, moment)
        if waiting:
            _send_to(installation, waiting, moment, done)
    if done.fault:
        log.warning("post: %s, tried again later", done.fault)
    return done


def _send_to(installation: Installation, people: list[UUID], moment: datetime, done: Posted) -> None:
    """Send each of these people what waits for them; a fault of the server ends the round and puts everything off."""
    try:
        with MailServer(installation.settings).connected() as server:
            for person_id in people:
                for mail_id in _fixed(installation, person_id, moment):
                    _send(installation, server, mail_id, moment, done)
    except NotHanded as problem:
        done.fault = problem.fault.value
        if problem.fault in OF_THE_SERVER:
            with installation.retention_sessions.begin() as session:
                queries.put_off(session, moment, PAUSES, problem.fault, Notice.person_id.in_(people))


def _fixed(installation: Installation, person_id: UUID, moment: datetime) -> list[UUID]:
    """Fix what goes into the letters of one person, and give their ids: first those fixed in an earlier round."""
    with installation.retention_sessions.begin() as session:
        before = queries.fixed_letters(session, person_id, moment)
        fresh = new_id()
        return [*before, *([fresh] if queries.fix_letter(session, person_id, moment, fresh) else [])]


def _send(
    installation: Installation, server: MailServer, mail_id: UUID, moment: datetime, done: Posted
) -> None:
    """Send one letter. Raises NotHanded when there is no use in trying the next one now."""
    try:
        with open_work(installation, ROBOT, channel="robot", now=moment, retention=True) as unit:
            done.notices += send_notice(unit, SendNotice.of(mail_id=mail_id), server).notices
        done.letters += 1
    except NotHanded as problem:
        of_this = Notice.mail_id == mail_id
        with installation.retention_sessions.begin() as session:
            if problem.fault is Fault.RECIPIENT_REFUSED:
                done.undeliverable += queries.give_up(session, problem.fault, of_this)
                return
            if problem.fault not in OF_THE_SERVER:
                queries.put_off(session, moment, PAUSES, problem.fault, of_this)
            if problem.fault is not Fault.CUT_OFF:  # it was not sent, so it need not be the same letter again
                queries.loosen(session, of_this)
        if problem.fault in OF_THE_SERVER or problem.fault is Fault.CUT_OFF:
            raise
