"""What goes with time or with an office, belongs to no file, and leaves no certificate: cleared before every sweep."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, or_
from sqlalchemy.orm import Session

from app.directory.models import MailAddress, Mandate, Notice, SignIn, SignInPause, SignInReferral, TryLimit
from app.intake.models import QueryPace
from app.kernel.clock import brussels_day
from app.kernel.idempotency import KEPT, Answered
from app.kernel.work import Installation
from app.meetings.models import CalendarFeed, Contribution
from app.retention import queries
from app.rules.retention import NOTICE_DAYS


def clear(installation: Installation, now: datetime) -> None:
    """Delete what is known of keyed requests and failed sign-ins of more than a day ago, and notices of more than a year ago.

    What somebody wrote for a meeting that nobody opened or closed goes a month after it was to end: nobody can read it any
    more (decision 0035). With somebody's last mandate goes the address their notices went to; with its mandate, or once it
    was closed, a calendar's. In: the moment the sweep stands for; what is only as old as the clock is measured by the clock.
    """
    a_day_ago = installation.clock.now() - KEPT
    with installation.retention_sessions() as session, session.begin():
        session.execute(delete(Answered).where(Answered.at < a_day_ago))
        session.execute(delete(SignInPause).where(SignInPause.failed_at < a_day_ago))
        session.execute(delete(SignInReferral).where(SignInReferral.created_at < a_day_ago))
        session.execute(delete(QueryPace).where(QueryPace.since < a_day_ago))
        session.execute(delete(TryLimit).where(TryLimit.spent_until < a_day_ago))
        session.execute(delete(SignIn).where(SignIn.person_id.is_(None), SignIn.opened_at < a_day_ago))
        session.execute(
            delete(Notice).where(Notice.created_at < installation.clock.now() - timedelta(days=NOTICE_DAYS))
        )
        session.execute(delete(Contribution).where(Contribution.agenda_item_id.in_(queries.items_over(now))))
    with installation.retention_sessions() as session:
        session.info["now"] = now  # the database asks by itself which mandates are over
        with session.begin():
            _end_of_office(session, now)


def _end_of_office(session: Session, now: datetime) -> None:
    over = Mandate.ends_on < brussels_day(now)
    theirs = Mandate.person_id == MailAddress.person_id
    session.execute(
        delete(MailAddress)
        .where(exists().where(theirs), ~exists().where(theirs, over.is_not(True)))
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(CalendarFeed)
        .where(
            or_(
                CalendarFeed.closed_at.is_not(None),
                exists().where(Mandate.id == CalendarFeed.mandate_id, over),
            )
        )
        .execution_options(synchronize_session=False)
    )
