"""The sweep: warnings on their days, destruction on the due date, by itself (R86, R90, R95)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from app.cases.contact_queries import contacts_over
from app.cases.models import Case
from app.cases.necessity import ask_all
from app.intake.models import Registration
from app.kernel.clock import brussels_day
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.vault import KeyStoreAway
from app.kernel.work import Installation, Work
from app.kernel.work import work as open_work
from app.meetings import hand_over_queries
from app.retention import queries
from app.retention.clearing import clear
from app.retention.commands import (
    BATCH,
    DestroyCase,
    DestroyContact,
    EraseRegistration,
    LapseHandOver,
    LookSweep,
    PurgeCase,
    RunSweep,
)
from app.retention.contact_ends import destroy_contact
from app.retention.destroying import destroy_case, erase_registration
from app.retention.looking import look_sweep
from app.retention.purging import lapse_hand_over, purge_case
from app.retention.rotating import Rotation, make_final
from app.retention.standing import about_sweep, retention_facts
from app.retention.views import SweepView
from app.retention.warning import warn
from app.rules.actions import Action
from app.rules.facts import Actor, Standing
from app.rules.problems import Problem
from app.rules.roles import Role

log = logging.getLogger("livcr")

ROBOT = Actor(role=Role.ROBOT)
"""The sweep when nobody asked for it; logged like a person."""


@dataclass(frozen=True, slots=True)
class Run:
    """Who sweeps, when, and at whose request: every step opens its own Work, so that each commits by itself."""

    installation: Installation
    actor: Actor
    now: datetime
    channel: str
    asked_by: UUID | None = None
    """Trace of the request behind it."""

    @contextmanager
    def step(self) -> Iterator[Work]:
        """Open the Work of one step, with the rights of the retention role."""
        with open_work(
            self.installation, self.actor, channel=self.channel, now=self.now, retention=True
        ) as unit:
            unit.related_trace_id = self.asked_by
            yield unit


@dataclass(slots=True)
class Swept:
    """Counts of what was done."""

    warned: int = 0
    destroyed: int = 0
    erased: int = 0
    contacts: int = 0
    """Third persons who went from files that stay (R49)."""
    left: int = 0
    waits: str = ""
    """Why destruction is not final in older backups yet, or cannot go on; empty when it is."""
    away: bool = False
    """Whether the key store did not answer: then nothing more is begun, and the next sweep goes on."""

    def add(self, other: Swept | SweepView) -> None:
        """Add the counts of another run; whether the key store answers is asked anew each time."""
        self.warned += other.warned
        self.destroyed += other.destroyed
        self.erased += other.erased
        self.contacts += other.contacts
        self.left += other.left

    def stop(self, files: int) -> None:
        """Leave these files, because the key store does not answer."""
        self.away = True
        self.left += files

    def why_left(self) -> str:
        """Give the code under which the log tells that something was left."""
        return "keyStoreAway" if self.away else "unfinished"


@operation(Action.SWEEP_RUN)
def run_sweep(work: Work, command: RunSweep) -> SweepView:
    """Send what warnings are due and destroy what has to be gone today, each file in steps of its own.

    A file that fails does not hold up the others; it is counted in `left` and taken up again next time. That something
    was left has a journal line of its own, with reason `unfinished` or `keyStoreAway`.
    """
    facts = retention_facts(work, command.municipality_id)
    work.allow(Action.SWEEP_RUN, facts, about_sweep(command.municipality_id, facts.standing))
    run = Run(work.installation, work.actor, work.now, work.channel, work.trace_id)
    done = Swept()
    _going_on(done, "warnings", partial(_add_warned, done, run, command.municipality_id))
    # As the house, whoever asked: what left or lapsed is nobody's to look at, least of all of who declared a conflict on it.
    _hand_overs(replace(run, actor=ROBOT), command.municipality_id, done)
    with run.installation.retention_sessions() as session:
        me = run.actor.person_id
        cases = queries.due_cases(session, command.municipality_id, work.today, me)
    _destroy(done, run, cases)
    with run.installation.retention_sessions() as session:
        registrations = [
            each.id for each in queries.due_registrations(session, command.municipality_id, work.today)
        ]
    for registration_id in registrations:
        _count(done, "erased", carry_out_registration, run, registration_id)
    _count_contacts(done, run, command.municipality_id)
    if done.left:
        about = about_sweep(command.municipality_id, facts.standing)
        work.allow(Action.SWEEP_RUN, facts, about, reason=done.why_left())
    return SweepView(
        municipality_id=command.municipality_id,
        on=work.today,
        warned=done.warned,
        destroyed=done.destroyed,
        erased=done.erased,
        contacts=done.contacts,
        left=done.left,
    )


def _add_warned(done: Swept, run: Run, municipality_id: UUID) -> None:
    done.warned += warn(run, municipality_id)


def _going_on(done: Swept, what: str, act: Callable[[], object]) -> None:
    """Do a part of a sweep; where it fails, the other parts go on, and the next sweep takes it up again."""
    try:
        act()
    except Exception as fault:  # noqa: BLE001 — what fails must not keep other files beyond their date
        log.error("a part of the sweep failed, %s: %s", what, type(fault).__name__)  # noqa: TRY400 — no values in logs
        done.left += 1


def _hand_overs(run: Run, municipality_id: UUID, done: Swept) -> None:
    """Have what another municipality accepted fall due here, and erase what nobody accepted: keys first (decision 0047)."""
    today = brussels_day(run.now)
    with run.installation.retention_sessions() as session:
        gone = [each.case_id for each in hand_over_queries.received(session, municipality_id)]
        lapsed = [each.id for each in hand_over_queries.to_erase(session, municipality_id, today)]
    for case_id in gone:
        _count(done, "", _purge, run, case_id)
    for row_id in lapsed:
        _count(done, "", _lapse, run, row_id)


def _purge(run: Run, case_id: UUID) -> None:
    with run.step() as unit:
        purge_case(unit, PurgeCase.of(case_id=case_id))


def _lapse(run: Run, row_id: UUID) -> None:
    with run.step() as unit:
        key = lapse_hand_over(unit, LapseHandOver.of(hand_over_id=row_id, step="order")).package_id
    run.installation.vault.shred(key)
    with run.step() as unit:
        lapse_hand_over(unit, LapseHandOver.of(hand_over_id=row_id, step="finish"))


def _count(done: Swept, what: str, act: Callable[[Run, UUID], None], run: Run, file_id: UUID) -> None:
    if done.away:
        done.left += 1
        return
    try:
        act(run, file_id)
    except KeyStoreAway:
        log.error("the key store does not answer: nothing more is destroyed now")  # noqa: TRY400 — no values in logs
        done.stop(1)
    except Problem:  # somebody else finished it, or a meeting gave it a later date, since the list was made
        return
    except Exception as fault:  # noqa: BLE001 — one file that fails must not keep the others beyond their date
        log.error("a destruction was not finished: %s", type(fault).__name__)  # noqa: TRY400 — no values in logs
        done.left += 1
    else:
        if what:
            setattr(done, what, getattr(done, what) + 1)


def _count_contacts(done: Swept, run: Run, municipality_id: UUID) -> None:
    """Let go of third persons whose end has come, last: of cases that went today there are none left."""
    try:
        with run.installation.retention_sessions() as session:
            me = run.actor.person_id
            if not contacts_over(session, municipality_id, brussels_day(run.now), me):
                return  # most days there is nobody, and nothing to log
        with run.step() as unit:
            gone = destroy_contact(unit, DestroyContact.of(municipality_id=municipality_id))
            done.contacts += gone.contacts
    except Exception as fault:  # noqa: BLE001 — what was destroyed today is counted all the same
        log.error("contacts were not destroyed: %s", type(fault).__name__)  # noqa: TRY400 — no values in logs
        done.left += 1


def _destroy(done: Swept, run: Run, case_ids: list[UUID]) -> None:
    """Destroy cases, many in a commit; where one of them stops the others, each by itself."""
    for begin in range(0, len(case_ids), BATCH):
        some = case_ids[begin : begin + BATCH]
        if done.away:
            done.left += len(some)
            continue
        try:
            carry_out_cases(run, some)
        except KeyStoreAway:
            log.error("the key store does not answer: nothing more is destroyed now")  # noqa: TRY400 — no values in logs
            done.stop(len(some))
        except Exception:  # noqa: BLE001 — which one it was is found below, and told there
            for case_id in some:
                _count(done, "destroyed", carry_out_case, run, case_id)
        else:
            done.destroyed += len(some)


def carry_out_case(run: Run, case_id: UUID) -> None:
    """Order, shred, delete one case. Whatever was done before is done again without harm."""
    carry_out_cases(run, [case_id])


def carry_out_cases(run: Run, case_ids: list[UUID]) -> None:
    """Order, shred, delete. Whatever was done before is done again without harm."""
    with run.step() as unit:
        keys = destroy_case(unit, DestroyCase.of(case_ids=case_ids, step="order")).file_ids
    run.installation.vault.shred(*keys)
    with run.step() as unit:
        destroy_case(unit, DestroyCase.of(case_ids=case_ids, step="finish"))


def carry_out_registration(run: Run, registration_id: UUID) -> None:
    """Order, shred, delete, as for a case."""
    with run.step() as unit:
        keys = erase_registration(
            unit, EraseRegistration.of(registration_id=registration_id, step="order")
        ).file_ids
    run.installation.vault.shred(*keys)
    with run.step() as unit:
        erase_registration(unit, EraseRegistration.of(registration_id=registration_id, step="finish"))


def sweep_all(installation: Installation, now: datetime | None = None) -> Swept:
    """Sweep every municipality as the robot: for the command line and the daily run. Give the counts.

    Where a review was missed, closing is asked (R76).

    Where files were destroyed, here or since the last run, keys are replaced afterwards, so that it is final.
    """
    moment = now or installation.clock.now()
    total = sweep_files(installation, moment)
    try:
        total.waits = make_final(Rotation(installation, ROBOT, moment, "robot")).waits
    except SQLAlchemyError as fault:  # what is due stands in the key store: the next sweep asks it again
        log.error("keys were not replaced: %s", type(fault).__name__)  # noqa: TRY400 — no values in logs
        total.away, total.waits = (
            True,
            "Keys were not replaced: a database did not answer, or has no room left.",
        )
    if total.away:
        total.waits = (
            "The key store did not answer, or has no room left: what is due is destroyed once it does."
        )
    return total


def sweep_files(installation: Installation, moment: datetime) -> Swept:
    """Finish what was begun, and sweep every municipality; keys are replaced by `sweep_all` alone."""
    total = resume(installation, moment)
    for municipality_id in _where_due(installation, moment):
        _going_on(total, "a municipality", partial(_sweep_one, installation, moment, total, municipality_id))
    # What asks comes behind what has to be gone.
    _going_on(total, "asking for closing", partial(ask_all, installation, moment))
    return total


def _where_due(installation: Installation, moment: datetime) -> list[UUID]:
    """Ask where something is due; where the question fails, every municipality is swept."""
    try:
        with open_work(installation, ROBOT, channel="robot", now=moment, retention=True) as unit:
            return look_sweep(unit, LookSweep()).municipality_ids
    except Exception as fault:  # noqa: BLE001 — a question that fails must not keep a file beyond its date
        log.error("looking where something is due failed: %s", type(fault).__name__)  # noqa: TRY400 — no values in logs
        with installation.retention_sessions() as session:
            return queries.municipality_ids(session)


def _sweep_one(installation: Installation, moment: datetime, total: Swept, municipality_id: UUID) -> None:
    with open_work(installation, ROBOT, channel="robot", now=moment, retention=True) as unit:
        total.add(run_sweep(unit, RunSweep.of(municipality_id=municipality_id)))


def resume(installation: Installation, now: datetime | None = None) -> Swept:
    """Finish every destruction that was ordered, and clear rows whose keys are gone: at start-up and before a sweep.

    What goes with time or with an office goes first.

    Rows whose keys are gone come from a main database that was restored from an older copy (tech note on
    shredding); nobody could read them, and here they go.
    """
    run = Run(installation, ROBOT, now or installation.clock.now(), "robot")
    done = Swept()
    _going_on(done, "what goes with time", partial(clear, installation, run.now))
    _going_on(done, "cases that were begun", partial(_resume_cases, done, run))
    _going_on(done, "registrations that were begun", partial(_resume_registrations, done, run))
    if done.left or done.away:
        _going_on(done, "telling what was left", partial(_tell_left, done, run))
    return done


def _resume_cases(done: Swept, run: Run) -> None:
    _destroy(done, run, sorted(_unfinished(done, run.installation, Case)))


def _resume_registrations(done: Swept, run: Run) -> None:
    left = _unfinished(done, run.installation, Registration)
    with run.installation.retention_sessions() as session:
        left -= queries.with_a_case(session, left)
    for file_id in sorted(left):
        _count(done, "erased", carry_out_registration, run, file_id)


def _tell_left(done: Swept, run: Run) -> None:
    """Say in the installation's log that something was begun and is not finished yet."""
    with run.step() as unit:
        facts = unit.facts(standing=Standing.PART)
        unit.allow(Action.SWEEP_RUN, facts, About(object_type="municipality"), reason=done.why_left())


def _unfinished(done: Swept, installation: Installation, model: type[Case | Registration]) -> set[UUID]:
    """Give the files whose end was ordered and not finished, and those that came back without their keys.

    Where the key store does not answer, those that were ordered: which came back is asked again next time.
    """
    with installation.retention_sessions() as session:
        found = set(queries.ordered(session, model))
        try:
            for some in queries.in_chunks(session, model):
                found |= installation.vault.destroyed(some)
        except KeyStoreAway:
            log.error("the key store does not answer: what came back is not looked for now")  # noqa: TRY400 — no values in logs
            done.stop(0)
    return found
