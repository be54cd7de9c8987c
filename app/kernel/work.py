"""Work: one actor, one transaction, one commit before the answer leaves.

Whatever was decided is journalled in the same commit. A refusal rolls everything back and is journalled on
its own. A Work that ends without a decision is a fault of ours and answers nothing (docs/decisions/0002).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import Clock, brussels_day
from app.kernel.database import is_there_already, say_who
from app.kernel.identity import Claims, Tokens
from app.kernel.ids import NIL
from app.kernel.journal.note import Signer
from app.kernel.journal.sealer import Sealer
from app.kernel.journal.store import About, Circumstance, Decided, append
from app.kernel.keys.keeper import Keeper
from app.kernel.keys.own import OwnKeys
from app.kernel.settings import Settings
from app.kernel.vault import Vault
from app.rules.actions import Action
from app.rules.conditions import Condition
from app.rules.facts import Actor, Facts
from app.rules.legal import legal_basis
from app.rules.policy import Decision, Outcome, decide
from app.rules.problems import Issue, Kind, Problem

if TYPE_CHECKING:
    from app.kernel.openid import OpenId  # takes time to load, and few installations use it

T = TypeVar("T")
_LAWS = text("SELECT id, profile AS law FROM municipality UNION ALL SELECT id, regime FROM agency")
_OURS = 500
"""From this status on a fault is ours, and says nothing of who called."""


class Undecided(RuntimeError):  # noqa: N818 — it says what did not happen
    """An Operation ended without asking the rules. Nothing leaves; the answer is 500."""


@dataclass(slots=True)
class Installation:
    """What one process has: connections, keys, clock, settings. Built once, in the composition roots."""

    settings: Settings
    sessions: sessionmaker[Session]
    retention_sessions: sessionmaker[Session]
    vault: Vault
    tokens: Tokens
    clock: Clock
    demo: bool
    """Whether this database was created by the demonstration; only there do demo accounts and story time exist."""
    provider: OwnKeys
    """Wraps and marks what belongs to the installation itself: second-factor secrets, the marks of keyed requests."""
    keeper: Keeper
    """Rotates the keys of municipalities and the wrapping key."""
    sealer: Sealer
    signer: Signer
    installation_id: UUID
    recognise: Callable[[Work, Claims], Actor]
    """Turns a checked token into an Actor, or raises Problem; set by the composition root."""
    openid: OpenId | None = None
    """Whom people may sign in with besides password and code; None: nobody."""
    _laws: dict[UUID, str] = field(default_factory=dict)

    def law_of(self, whose: UUID | None) -> str:
        """Give the jurisdiction profile of a municipality, or the regime of an agency: neither ever changes (R113)."""
        if whose is None or whose == NIL:
            return ""
        if whose not in self._laws:
            with self.sessions() as session:
                self._laws.update((row.id, row.law) for row in session.execute(_LAWS))
        return self._laws.get(whose, "")


class Work:
    """One unit of work. Operations get it as their first argument and reach rows through it alone."""

    def __init__(
        self,
        installation: Installation,
        session: Session,
        actor: Actor,
        *,
        channel: str,
        now: datetime | None = None,
        trace_id: UUID | None = None,
        related_trace_id: UUID | None = None,
        expected: frozenset[int] | None = frozenset(),
        loopback: bool = False,
        while_locked: bool = False,
        address: str = "",
        device: str = "",
    ) -> None:
        self.installation = installation
        self.session = session
        self.channel = channel
        self.now = now or installation.clock.now()
        self.today = brussels_day(self.now)
        """The calendar day in Brussels."""
        self.trace_id = trace_id or uuid4()
        self.related_trace_id = related_trace_id
        self.expected = expected
        """Versions the caller knows (If-Match); empty: any; None: the caller said nothing."""
        self.loopback = loopback
        self.while_locked = while_locked
        """Whether a session that was left idle may do this: only what wakes it or ends it."""
        self.address = address
        """Where the caller is, for limits on tries alone; kept nowhere in the clear."""
        self.device = device
        """What the caller's browser kept of an earlier sign-in here, for the same."""
        self.decided: list[Action] = []
        self.after_commit: list[Callable[[], None]] = []
        self.after_undo: list[Callable[[Session], None]] = []
        """What a refusal itself has to leave behind (a counted failure), written with its journal line."""
        self._names_card: set[Action] = set()
        self._lines: list[Decided] = []
        self._refused: list[Decided] = []
        self.act_as(actor)

    def act_as(self, actor: Actor) -> None:
        """Say who acts. The database is told at the start of every transaction, and at once if one is open.

        The vault opens as far as this actor's mandate leads, and no further.
        """
        self.actor = actor
        self.vault = self.installation.vault.within(actor.municipalities)
        who = {"actor": actor.person_id, "mandate": actor.mandate_id, "now": self.now}
        if self.session.in_transaction() and who != {k: self.session.info.get(k) for k in who}:
            say_who(self.session.connection(), actor.person_id, actor.mandate_id, self.now)
        self.session.info.update(who)

    def facts(self, **known: Any) -> Facts:
        """Build Facts for this moment."""
        return Facts(now=self.now, today=self.today, **known)

    def allow(
        self,
        action: Action,
        facts: Facts,
        about: About | Sequence[About] | None = None,
        *,
        reason: str = "",
        recipients: str = "",
        line: bool = True,
        at: Mapping[Condition, Sequence[Issue]] | None = None,
    ) -> Decision:
        """Ask the rules and journal the answer: one line per person concerned.

        In: the act, what is known of the object, what it is about (several for a list: one line each; an
        empty list is one line about nobody), a reason code. Out: the decision, which is a yes. Raises Problem when
        the answer is no. Without *line* a yes is not journalled: only for what the same day has its line already.
        *at*: for a condition that was not met, where in the input it can be mended; the refusal names it.
        """
        decision = decide(self.actor, action, facts)
        if decision.outcome is Outcome.ALLOW and action in self._names_card:
            decision = replace(
                decision, outcome=Outcome.CONFLICT, number="R57", condition=Condition.ORIGIN_ADMITTED
            )
        abouts = [about] if isinstance(about, About) else list(about or ()) or [About()]
        lines = Decided(
            action=action.value,
            outcome=decision.outcome.value,
            rule=decision.number,
            legal_basis=self.basis(decision.number, abouts[0]),
            abouts=abouts,
            reason=reason,
            processing=action.noun,
            recipients=recipients,
            break_glass=decision.by_glass,
        )
        self.decided.append(action)
        if decision.outcome is not Outcome.ALLOW:
            self._refused.append(lines)
            named = tuple((at or {}).get(decision.condition, ())) if decision.condition else ()
            raise replace(problem_of(decision), logged=True, issues=named)
        if line:
            self._lines.append(lines)
        return decision

    @contextmanager
    def said(self, action: Action, *, card: bool) -> Iterator[None]:
        """Remember, while an Operation runs, whether what it was told names a card: the rules then say no (R57).

        After everything else they say no to: who has no standing learns nothing from it.
        """
        if card:
            self._names_card.add(action)
        try:
            yield
        finally:
            self._names_card.discard(action)

    def basis(self, number: str, about: About) -> str:
        """Give the legal reference of a line: by the law of the municipality it is about, and of who acts (R105)."""
        law = self.installation.law_of
        profile = law(about.controller) or law(self.actor.municipality_id)
        return legal_basis(number, profile, law(self.actor.agency_id))

    def refuse(
        self, action: Action, problem: Problem, about: About | None = None, *, reason: str = ""
    ) -> Problem:
        """Journal a refusal that the rules cannot see (a wrong password, a broken precondition) and give it to raise.

        *reason* is a code, for the log alone: what the reader is told says less.
        """
        self.decided.append(action)
        outcome = Outcome.CONFLICT if problem.kind.status == Kind.RULE_NOT_MET.status else Outcome.REFUSE
        self._refused.append(
            Decided(
                action.value,
                outcome.value,
                problem.rule,
                self.basis(problem.rule, about or About()),
                [about or About()],
                reason=reason,
                processing=action.noun,
            )
        )
        problem.logged = True
        return problem

    def expect(self, version: int) -> None:
        """Let a change through only from the version the caller has seen: nothing is lost in a race.

        Raises Problem: 428 when the caller said nothing, 412 when the row has changed since.
        """
        if self.expected is None:
            raise self.refuse(self.decided[-1], Problem(Kind.PRECONDITION_REQUIRED))
        if self.expected and version not in self.expected:
            raise self.refuse(self.decided[-1], Problem(Kind.PRECONDITION_FAILED))

    def repeat(self) -> None:
        """Journal that a first answer was given again."""
        self.decided.append(Action.SESSION_READ)
        self._lines.append(
            Decided(
                Action.SESSION_READ.value,
                Outcome.ALLOW.value,
                "R14",
                self.basis("R14", About()),
                [About(object_type="session", object_id=self.actor.session_id)],
                reason="repeatedAnswer",
                processing="session",
            )
        )

    def circumstance(self) -> Circumstance:
        """Give what all lines of this Work share."""
        return Circumstance(self.actor, self.now, self.channel, self.trace_id, self.related_trace_id)

    def finish(self) -> None:
        """Write the journal lines and commit. Raises Undecided if no decision was taken."""
        if not self.decided:
            self.session.rollback()
            raise Undecided
        append(self.session, self.circumstance(), self._lines)
        self.session.commit()
        self._lines = []
        for task in self.after_commit:
            task()

    def abandon(self, fault: BaseException | None = None) -> None:
        """Undo everything, and keep only the lines that say what was refused.

        An act that was allowed, and then refused for what came with it (an id of nobody, a faulty code), or by the
        database because somebody else did the same at the same moment, leaves the line of that refusal.
        """
        self.session.rollback()
        if is_there_already(fault):
            fault = Problem(Kind.CONFLICT)
        if isinstance(fault, Problem) and not fault.logged and self.decided and fault.kind.status < _OURS:
            about = self._lines[-1].abouts[0] if self._lines else None
            self.refuse(self.decided[-1], fault, about, reason=fault.kind.code)
        if self._refused:
            for task in self.after_undo:
                task(self.session)
            append(self.session, self.circumstance(), self._refused)
            self.session.commit()
            self._refused = []


def there(row: T | None) -> T:
    """Give a row whose absence the rules have already answered; Undecided if they somehow let nothing through."""
    if row is None:
        raise Undecided
    return row


def problem_of(decision: Decision) -> Problem:
    """Give the Problem that says no as the rules said it, and no more."""
    if decision.outcome is Outcome.HIDE:
        return Problem(Kind.NOT_FOUND)
    if decision.outcome is Outcome.REFUSE:
        return Problem(Kind.MISSING_PERMISSION)
    if decision.condition is Condition.RECENTLY_CONFIRMED:
        return Problem(Kind.CONFIRMATION_REQUIRED, rule=decision.number)
    if decision.condition is None:
        return Problem(Kind.ILLEGAL_TRANSITION, rule=decision.number)
    return Problem(Kind.RULE_NOT_MET, rule=decision.number, why=f"rule.{decision.number}")


@contextmanager
def finished(unit: Work) -> Iterator[None]:
    """Commit a Work when what happens inside ends well; undo it, keeping its refusals, when it does not."""
    try:
        yield
        unit.finish()
    except BaseException as fault:
        unit.abandon(fault)
        raise


@contextmanager
def work(
    installation: Installation,
    actor: Actor,
    *,
    channel: str,
    now: datetime | None = None,
    retention: bool = False,
) -> Iterator[Work]:
    """Open a Work outside HTTP (command line, robot, demonstration): commits at the end, or undoes all."""
    factory = installation.retention_sessions if retention else installation.sessions
    with factory() as session:
        unit = Work(installation, session, actor, channel=channel, now=now)
        with finished(unit):
            yield unit
