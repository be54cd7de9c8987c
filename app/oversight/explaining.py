"""Why somebody may do something with a case, or not: for whoever has to account for it (R14, R106).

The judgement is made twice, as always: by the rules on facts gathered as that person, and by the database, asked as
that person which rows it shows. The question itself stands in the processing log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from app.cases.breaking_glass import open_glass
from app.cases.standing import about_case, case_facts
from app.directory.actors import undertaking_until
from app.kernel.operation import operation
from app.kernel.work import Work
from app.meetings import sight_queries
from app.meetings.standing import item_facts
from app.oversight import queries
from app.oversight.commands import ExplainAccess
from app.oversight.views import AccessExplained, MandateExplained, StepView
from app.rules.actions import Action
from app.rules.explaining import explain
from app.rules.facts import Actor, Facts, Standing
from app.rules.policy import Decision, Outcome
from app.rules.problems import invalid
from app.rules.roles import Role

OF_A_CASE = frozenset({"case", "statement", "trajectory"})
AT_AN_ITEM = frozenset(
    {"agendaItem", "statement", "invitation", "briefing", "attendance", "minutes", "meeting"}
)
"""Nouns whose standing follows from the file, and from a place at one of its agenda items."""
_WORST_FIRST = (Outcome.HIDE, Outcome.REFUSE, Outcome.CONFLICT, Outcome.ALLOW)


@operation(Action.ACCESS_EXPLAIN)
def explain_access(work: Work, command: ExplainAccess, seen: sessionmaker[Session]) -> AccessExplained:
    """Explain what the rules say of one person, one act and one case, under each of the person's present mandates.

    In: who and what; *seen* gives sessions of the application's own role, in which the database answers as that
    person. Raises Problem for a person, act or case that is not there: the console may know.
    """
    case = queries.case_by_reference(work.session, command.case)
    work.allow(Action.ACCESS_EXPLAIN, work.facts(standing=Standing.PART), about_case(case))
    person = queries.person_by_username(work.session, command.person)
    if person is None:
        raise invalid("person", "nobody has this username")
    if case is None:
        raise invalid("case", "no case has this reference")
    if command.action.noun not in OF_A_CASE | AT_AN_ITEM:
        raise invalid("action", "this act is not about a case")
    until = undertaking_until(work.session, person.id)
    mandates = queries.present_mandates(work.session, person.id, work.today)
    return AccessExplained(
        person=person.name,
        action=command.action,
        reference=case.reference,
        mandates=[
            _under(work, _actor(person, mandate, until), command.action, case, seen) for mandate in mandates
        ],
    )


def _actor(person: Any, mandate: Any, until: Any) -> Actor:
    return Actor(
        person_id=person.id,
        mandate_id=mandate.id,
        role=Role(mandate.role),
        cell_id=mandate.cell_id,
        municipality_id=mandate.municipality_id,
        agency_id=person.agency_id,
        second_factor=True,  # asked of the session, not of the person
        undertaking_until=until,
        clearance_until=mandate.clearance_until,
        delegation=frozenset(mandate.scope) if mandate.scope is not None else None,
    )


def _under(
    work: Work, actor: Actor, action: Action, case: Any, seen: sessionmaker[Session]
) -> MandateExplained:
    """Judge under one mandate: the best of what the file and each agenda item of the case give."""
    with seen() as session:
        theirs = Work(work.installation, session, actor, channel=work.channel, now=work.now)
        found: list[tuple[Decision, Any, Facts]] = []
        if action.noun in OF_A_CASE:
            glass = open_glass(theirs, case)
            facts = case_facts(theirs, case, broken_glass=glass is not None)
            found.append((*explain(actor, action, facts), facts))
        if action.noun in AT_AN_ITEM:
            for item_id in queries.items_of(work.session, case.id):
                state = {"state": case.state} if action.noun in OF_A_CASE else {}
                facts = item_facts(theirs, sight_queries.seat(session, actor, item_id), **state)
                found.append((*explain(actor, action, facts), facts))
        if not found:
            facts = theirs.facts(standing=Standing.NONE)
            found.append((*explain(actor, action, facts), facts))
        rows = queries.rows_shown(session, case.id)
        session.rollback()
    decision, steps, facts = max(found, key=lambda each: _WORST_FIRST.index(each[0].outcome))
    return MandateExplained(
        role=str(actor.role),
        cell=queries.cell_name(work.session, actor.cell_id),
        outcome=decision.outcome.value,
        rule=decision.number,
        standing=facts.standing.name.lower(),
        steps=[StepView(name=step.name, rule=step.number, met=step.met) for step in steps],
        rows_shown=rows,
    )


def lines_of(said: AccessExplained, rule_text: Callable[[str, str], tuple[str, str]]) -> Iterator[str]:
    """Give an explanation as lines of English text; *rule_text* gives what a rule asks in a language."""
    yield f"{said.action} on {said.reference}, asked for {said.person}"
    if not said.mandates:
        yield "\nno: no mandate today"
    for under in said.mandates:
        answer = "yes" if under.outcome == Outcome.ALLOW.value else "no"
        yield (
            f"\n{answer}: as {under.role} of {under.cell or 'no cell'}, {under.outcome} under {under.rule},"
            f" standing {under.standing}"
        )
        for step in under.steps:
            met = {True: "yes", False: "NO", None: "?"}[step.met]
            yield f"  {met:4} {step.name:24} {step.rule:5} {rule_text(step.rule, 'en')[0]}"
        shown = ", ".join(f"{count} of {name}" for name, count in under.rows_shown.items())
        yield f"  the database shows {shown or 'nothing'}"
