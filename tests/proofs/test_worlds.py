"""Worlds by chance: nobody ever reads a mark of a case that is not theirs to know, and everybody reads what is."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from proving.chance import MOMENTS, Chance
from proving.client import JSON, PAGE
from proving.emergencies import SENSITIVE, heard, knows
from proving.marks import marks_in
from proving.oracle import KEEPERS, SEATED, Oracle
from proving.scene import Asking
from proving.table import JSON_DOOR, OFF_STAGE_PAGES, PAGES_DOOR, WITHOUT_SESSION
from proving.world import World

from app.kernel.http.routes import ENDPOINTS
from app.rules.actions import Action as A  # noqa: N817 — as in the policy
from app.rules.facts import Standing

READING = {e.operation: e for e in ENDPOINTS if e.method == "GET"} | {
    e.operation: e for e in ENDPOINTS if e.operation in {"open_statement", "preview_sweep", "query_subject"}
}
WRITING = {e.operation: e for e in ENDPOINTS if e.operation not in READING}
EXAMPLES = int(os.environ.get("LIVCR_WORLDS", "12"))
"""How many worlds; more of them in a nightly run."""


def test_every_reading_route_is_part_of_the_worlds():
    assert {e.operation for e in ENDPOINTS if e.method == "GET"} <= set(READING)


@given(data=st.data())
@settings(
    max_examples=EXAMPLES,
    report_multiple_bugs=False,
    deadline=None,
    database=None,
    phases=[
        Phase.explicit,
        Phase.reuse,
        Phase.generate,
        Phase.target,
    ],  # a world that leaks is told whole, not shrunk for hours
    suppress_health_check=list(HealthCheck),
)
def test_answers_hold_what_is_theirs_to_know_and_nothing_else(data, proving_house, undone, counts):
    house, draw = proving_house, data.draw
    moment = datetime.fromisoformat(draw(st.sampled_from(MOMENTS)))
    moment += draw(st.sampled_from((timedelta(0), timedelta(seconds=1), timedelta(hours=9))))
    house.at(moment)
    with undone.laying() as conn:
        drawn = Chance(draw, World(conn, house, moment)).lay()
        oracle = Oracle(drawn.world, moment)
        shown = sorted(PAGES_DOOR.keys() - OFF_STAGE_PAGES - WITHOUT_SESSION)
        pages = draw(st.lists(st.sampled_from(shown), min_size=6, max_size=6, unique=True))
        writes = draw(st.lists(st.sampled_from(sorted(WRITING)), min_size=6, max_size=6, unique=True))
        faults = []
        for who in drawn.people:
            faults += look(undone, oracle, who, drawn.scenes, pages, writes, counts)
        counts["worlds by chance"] += 1
        counts["persons looking at a world by chance"] += len(drawn.people)
    assert not faults, "\n".join(faults)


def look(undone, oracle, who, scenes, pages, writes, counts):
    """Read everything as one person; gives what was wrong."""
    faults = []
    for door, name, method, template, line in routes(pages, writes):
        once = line.of == "once"
        for scene in scenes[:1] if once else scenes:
            k = Asking(oracle, who, scene)
            path = k.path(template)
            query, body = (part(k) if part else None for part in (line.query, line.body))
            answer = undone.call(who, door, method, path, query=query, body=body)
            counts["answers searched for marks of a case"] += 1
            said = marks_in(oracle.world, answer.text, path, str(body), str(query))
            where = f"{method} {template} as {describe(oracle, who)} on {scene.case.state}/{scene.sitting.state}: {answer.status}"
            if name in JSON_DOOR and name in WRITING and answer.status < 400:
                continue  # what it changed is taken back; what it may change, the sweep has compared
            faults += [f"{where} leaks {m.kind} {t}" for t, m in said.items() if not oracle.may_know(who, m)]
            if answer.status >= 500:
                faults.append(f"{where} fails")
            if door == JSON and name in READING:
                wanted = k.at_json(line)
                if (200 if answer.status < 300 else answer.status) != wanted:
                    faults.append(f"{where}, the rules say {wanted}")
                elif wanted == 200:
                    counts["answers searched for what they must hold"] += 1
                    missing = [m for m in must_show(k, name) if m not in answer.text]
                    faults += [f"{where} hides {kind_of(oracle, m)} {m}" for m in missing]
                    shut = CLOSED[name](k) if name in CLOSED else []
                    faults += [f"{where} shows what is closed: {m}" for m in shut if m in answer.text]
                    if name in EXACT:
                        more = {t for t, m in said.items() if m.kind.endswith(".reference")} - set(
                            must_show(k, name)
                        )
                        faults += [f"{where} finds {t}, which its reader could not open" for t in more]
    return faults


def kind_of(oracle, token):
    return oracle.world.marks[token].kind if token in oracle.world.marks else "meeting"


def describe(oracle, who):
    return f"{oracle.role(who)} of {who.town or who.cell} ({who.label or who.name})"


def routes(pages, writes):
    for name, e in READING.items():
        yield JSON, name, e.method, e.path, JSON_DOOR[name]
    for path in pages:
        yield PAGE, path, "GET", path, PAGES_DOOR[path]
    for name in writes:
        yield JSON, name, WRITING[name].method, WRITING[name].path, JSON_DOOR[name]


# -- what must be there -------------------------------------------------------------------------------------


def texts(oracle, *kinds, of=None):
    """Give the marks of these kinds, of one thing if it is named."""
    return [
        token for token, mark in oracle.world.marks.items()
        if mark.kind in kinds and (of is None or mark.of is of or (isinstance(mark.of, tuple) and mark.of[0] is of))
    ]  # fmt: skip


def must_show(k, name):
    """Give what an answer with success has to hold, by the oracle: false hiding is a fault too."""
    found = MUST.get(name)
    return found(k) if found else []


def own_files(k, *, listed):
    for case in k.world.files:
        if case.town == k.who.town and k.who.name not in case.excluded and case.state != "destroyed":
            yield case.reference if listed else case


def file_of(k):
    case, o = k.scene.case, k.oracle
    shown = [s for s in case.statements if s.category == 5 and (o.keeps(k.who, case.town) or heard(s))]
    spoken = [m for s in shown for m in texts(o, "said.text", of=s)]
    acts = [m for a in case.actions for m in texts(o, "act.text", of=a)]
    return texts(o, "case.name", "case.text", "plan.text", of=case) + spoken + acts


def agenda_of(k):
    o, who, sitting, must = k.oracle, k.who, k.scene.sitting, []
    for item in sitting.items:
        if not o.in_sight(who, item):
            continue
        must += [item.case.reference, str(item.id)]
        over = o.at_item(who, item) is Standing.FILE and k.now > sitting.window_until
        if not over:
            must += texts(o, "item.text", of=item) + texts(o, "case.name", of=item.case)
    return must


def item_of(k):
    o, item, standing = k.oracle, k.scene.item, k.oracle.at_item(k.who, k.scene.item)
    must = texts(o, "item.text", of=item) + texts(o, "case.name", of=item.case)
    for said in item.case.statements:
        if said.item is item and (
            standing is Standing.FILE or o.may_know(k.who, o.world.marks[str(said.id)])
        ):
            must += [str(said.id)] + (texts(o, "said.text", of=said) if said.category == 5 else [])
    return must


def minutes_of(k):
    o, who, must = k.oracle, k.who, []
    for item in k.scene.sitting.items:
        if item.minuted and o.reads_minutes(who, item):
            must += texts(o, "minuted.text", of=item)
            for name in item.remarks:
                if name == who.name or o.keeps(who, item.case.town) or o.takes_minutes(who, item.sitting):
                    must += [str(item.remarks[name])]
    return must


def plan_of(k):
    acts = [m for a in k.scene.case.actions for m in texts(k.oracle, "act.text", of=a)]
    return texts(k.oracle, "plan.text", of=k.scene.case) + acts


def signals_of(k):
    o, who = k.oracle, k.who
    return [s.reference for s in o.world.signals if o.on_signal(who, s) > Standing.NONE and o.role(who) in SEATED]  # fmt: skip


def acts_of(k):
    o, who, must = k.oracle, k.who, []
    for case in o.world.files:
        for act in case.actions:
            mine = act.owner.person == who.person and act.state == "open" and case.cell == who.cell
            if (
                mine
                and o.role(who) in SEATED
                and case.state != "destroyed"
                and not o.locked(case)
                and who.name not in case.excluded
            ):
                must += texts(o, "act.text", of=act)
    return must


def invitations_of(k):
    o, who = k.oracle, k.who
    items = [i for s in o.world.sittings if s.cell == who.cell for i in s.items if who.name not in i.case.excluded]  # fmt: skip
    asked = [i.invited[who.name] for i in items if who.name in i.invited]
    return [str(a.id) for a in asked if a.state != "draft"] if o.role(who) in SEATED else []


def meetings_of(k):
    o, who, must = k.oracle, k.who, []
    for sitting in o.world.sittings:
        if sitting.cell != who.cell or o.role(who) not in SEATED:
            continue
        seen = any(o.in_sight(who, i) or (o.reads_extract(who, i) and not o.locked(i.case) and i.case.state != "destroyed"
                   and who.name not in i.case.excluded) for i in sitting.items)  # fmt: skip
        if o.on_sitting(who, sitting) > Standing.NONE or seen:
            must.append(str(sitting.id))
    return must


def papers_of(k):
    """All of them by their ids, also what is removed; by name only what is not closed by default (R52)."""
    o, papers = k.oracle, k.scene.case.papers
    names = [m for p in papers if p.category not in SENSITIVE for m in texts(o, "attachment.name", of=p)]
    return names + [str(p.id) for p in papers]


def thirds_of(k):
    o, thirds = k.oracle, k.scene.case.thirds
    return [m for t in thirds for name in ("name", "need") for m in texts(o, f"contact.{name}", of=t)]


def closed_papers(k):
    papers = [p for p in k.scene.case.papers if p.category in SENSITIVE]
    return [m for p in papers for m in texts(k.oracle, "attachment.name", of=p)]


def closed_words(k):
    case = k.scene.case
    return [m for s in case.statements if s.category in SENSITIVE for m in texts(k.oracle, "said.text", of=s)]


def glasses_of(k):
    o, must = k.oracle, []
    for glass in (g for c in o.world.files for g in c.glasses if not g.reviewed and knows(o, k.who, g)):
        must += [str(glass.id), glass.case.reference, *texts(o, "glass.text", of=glass)]
    return must


def found_of(k, but=None):
    """Give the references of the files that somebody who looks for the one person of all files could open now."""
    o, who = k.oracle, k.who
    for case in o.world.files:
        if case.town == who.town and k.allows(A.CASE_OPEN, o.facts_on_file(who, case, access_reason=True)):
            yield case.reference
    for signal in o.world.signals:
        sought = signal.case is None and signal is not but and signal.town == who.town
        if sought and k.allows(A.REGISTRATION_READ, o.facts_on_signal(who, signal)):
            yield signal.reference


MUST = {
    "query_subject": lambda k: list(found_of(k)),
    "compare_registration": lambda k: list(found_of(k, but=k.scene.signal)),
    "list_attachment": papers_of,
    "read_attachment": lambda k: texts(k.oracle, "attachment.text", of=k.scene.paper),
    "list_contact": thirds_of,
    "list_break_glass": glasses_of,
    "list_case": lambda k: list(own_files(k, listed=True)),
    "open_case": file_of,
    "read_trajectory": plan_of,
    "list_registration": signals_of,
    "list_action": acts_of,
    "list_invitation": invitations_of,
    "list_meeting": meetings_of,
    "read_meeting": agenda_of,
    "read_agenda_item": item_of,
    "read_minutes": minutes_of,
    "open_statement": lambda k: texts(k.oracle, "said.text", of=k.scene.said),
    "list_retention": lambda k: list(own_files(k, listed=True)) if k.role in KEEPERS | {"dpo"} else [],
}


CLOSED = {"list_attachment": closed_papers, "open_case": closed_words, "read_agenda_item": closed_words}
"""What may be known and is not shown all the same: it is closed by default, and opened one by one (R52)."""


EXACT = {"query_subject", "compare_registration"}
"""Where nothing else may stand: what is found is what its reader could open, no more."""


@pytest.mark.parametrize("operation", sorted(MUST))
def test_what_must_be_shown_is_of_a_reading_route(operation):
    assert operation in READING
