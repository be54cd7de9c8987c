"""Signals that nobody decides on: mayor and delegates are told once, after the days that the agreement gives (R45)."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy.dialects.postgresql import insert

from app.constitution.agreements import settings_of
from app.directory.models import Notice
from app.directory.notices import NoticeCode
from app.intake import queries
from app.intake.commands import AlertRegistration
from app.intake.standing import about_registration
from app.intake.views import AlertedView
from app.kernel.clock import brussels_day
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.work import Installation, Work, there
from app.kernel.work import work as open_work
from app.rules.actions import Action
from app.rules.facts import Actor, Standing
from app.rules.roles import Role
from app.rules.settings import setting

ROBOT: Final = Actor(role=Role.ROBOT)


@operation(Action.REGISTRATION_ALERT)
def alert_registration(work: Work, command: AlertRegistration) -> AlertedView:
    """Tell the mayor, and the delegates who may screen, that a signal waits; each of them once, by its reference alone."""
    row = queries.registration(work.session, command.registration_id)
    standing = Standing.PART if work.actor.role is Role.ROBOT and row is not None else Standing.NONE
    people = queries.to_alert(work.session, row, work.today) if row is not None else []
    work.allow(
        Action.REGISTRATION_ALERT,
        work.facts(standing=standing, state=row.state if row else None),
        about_registration(row),
        recipients=" ".join(str(each) for each in people),
    )
    row = there(row)
    told = [each for each in people if _leave(work, row.id, row.reference, row.municipality_id, each)]
    return AlertedView(registration_id=row.id, told=len(told))


def _leave(work: Work, registration_id: UUID, reference: str, municipality_id: UUID, person_id: UUID) -> bool:
    """Leave one notice; not a second one, whichever process was first."""
    values = {
        "id": new_id(), "person_id": person_id, "code": NoticeCode.REGISTRATION_WAITS.value, "reference": reference,
        "municipality_id": municipality_id, "created_at": work.now, "occasion": occasion_of(registration_id),
    }  # fmt: skip
    made = insert(Notice).values(values).on_conflict_do_nothing().returning(Notice.id)
    return work.session.scalar(made) is not None


def occasion_of(registration_id: UUID) -> UUID:
    """Give the mark by which nobody is told twice of the same signal."""
    return uuid5(registration_id, NoticeCode.REGISTRATION_WAITS.value)


def alert_all(installation: Installation, now: datetime | None = None) -> int:
    """Tell of every signal that waits too long, as the robot, and give of how many. Nothing to do leaves no line."""
    moment = now or installation.clock.now()
    done = 0
    for registration_id in _waiting(installation, moment):
        with open_work(installation, ROBOT, channel="robot", now=moment, retention=True) as unit:
            done += alert_registration(unit, AlertRegistration.of(registration_id=registration_id)).told > 0
    return done


def _waiting(installation: Installation, moment: datetime) -> list[UUID]:
    """Give the signals past their days of which somebody was not told yet."""
    today = brussels_day(moment)
    with installation.retention_sessions() as session:
        days: dict[UUID, int] = {}
        found = []
        for row in queries.undecided(session):
            if row.cell_id not in days:
                days[row.cell_id] = setting(settings_of(session, row.cell_id), "registration_alert_days")
            late = (today - row.received_on).days > days[row.cell_id]
            if late and set(queries.to_alert(session, row, today)) - queries.told_of(
                session, occasion_of(row.id)
            ):
                found.append(row.id)
        return found
