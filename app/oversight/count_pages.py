"""Pages of the log in pictures: its course over time, one case, one person concerned, and who saw what (R105, R106)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final
from urllib.parse import parse_qs, urlencode
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from app.kernel.clock import brussels_day
from app.kernel.http.form_pages import asked
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import format_date, format_month, format_time, register_codes
from app.kernel.work import Work
from app.oversight import counting, reading
from app.oversight.commands import CountJournal, ListJournal
from app.oversight.counting import ActorCount, CaseCount, DayCount, JournalCount
from app.oversight.pages import FILTERS, OUTCOMES, filter_fields, tabs
from app.oversight.views import EntryView

router = APIRouter()
_ROOT: Final = "/journal"
TIMELINE, MATRIX = _ROOT + "/timeline", _ROOT + "/matrix"
register_codes("field", ["from", "to", "caseId", "subjectId", "actorId", "action", "outcome"])

_WIDTH, _HEIGHT, _HEAD = 720, 130, 16
"""The measures of the picture, in its own units; above the highest bar there is room for a mark."""
_DAYS, _WEEKS = 62, 430
"""Up to so many days a bar is a day, up to so many a week, beyond that a month."""
_COLUMNS = 12
_ROWS = 40
_LINES = 50
_SHADES = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: where it stands, its two parts from below, and whether emergency access was in it."""

    x: float
    width: float
    allowed: float
    not_allowed: float
    glass: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn of a period, and the same in words."""

    width: int
    height: int
    floor: int
    bars: list[Bar]
    most: int
    first: date
    last: date
    step: str
    """day, week or month"""
    rows: list[tuple[str, DayCount]]
    """Each bar with lines as words: when, and its numbers."""


def picture(language: str, count: JournalCount) -> Picture | None:
    """Lay the days of a count side by side. None where there is nothing to lay."""
    if not count.days:
        return None
    first = count.first_day or count.days[0].day
    last = max(count.last_day or count.days[-1].day, count.days[-1].day)
    long = (last - first).days + 1
    step = "day" if long <= _DAYS else "week" if long <= _WEEKS else "month"
    begins = list(_begins(first, last, step))
    summed = {begin: DayCount(day=begin) for begin in begins}
    for one in count.days:
        sum_ = summed[_begin(max(one.day, first), step, first)]
        for part in (*OUTCOMES, "break_glass"):
            setattr(sum_, part, getattr(sum_, part) + getattr(one, part))
    most = max(sum(_parts(each)) for each in summed.values())
    room, wide = _HEIGHT - 1 - _HEAD, _WIDTH / len(begins)
    bars = []
    for place, each in enumerate(summed.values()):
        allowed, others = _parts(each)
        bars.append(
            Bar(
                round(place * wide + wide * 0.1, 2), round(wide * 0.8, 2), round(allowed / most * room, 2),
                round(others / most * room, 2), each.break_glass > 0,
            )
        )  # fmt: skip
    said = [(_named(language, each.day, step), each) for each in summed.values() if sum(_parts(each))]
    return Picture(_WIDTH, _HEIGHT, _HEIGHT - 1, bars, most, first, last, step, said)


def _parts(one: DayCount) -> tuple[int, int]:
    return one.allowed, one.hidden + one.refused + one.conflict


def _begin(day: date, step: str, first: date) -> date:
    """Give the first day of the bar that a day belongs to; weeks are counted from the first day of the period."""
    if step == "month":
        return max(day.replace(day=1), first)
    return day - timedelta(days=(day - first).days % (7 if step == "week" else 1))


def _begins(first: date, last: date, step: str) -> Iterable[date]:
    day = first
    while day <= last:
        yield day
        if step == "month":
            day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        else:
            day += timedelta(days=7 if step == "week" else 1)


def _named(language: str, day: date, step: str) -> str:
    return format_month(language, day) if step == "month" else format_date(language, day)


# -- lines that belong together ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deed:
    """Lines of one request about the same act: what somebody did, on how many persons concerned."""

    time: str
    title: str
    who: str
    lines: int
    cases: list[tuple[str, str]]
    """(short id, address of its page); a few."""
    more_cases: int
    reason: str
    rule: str
    outcome: tuple[str, str] | None
    """What stands on its badge, where it was not simply allowed."""


_CASES_TOLD = 3


def _deeds(call: PageCall, items: Sequence[EntryView], who: dict[UUID, str]) -> list[tuple[str, list[Deed]]]:
    """Give the lines by day, those of one act in one request together."""
    days = []
    for day, of_day in groupby(items, key=lambda each: brussels_day(each.at)):
        deeds = [
            _deed(call, list(lines), who)
            for _, lines in groupby(
                of_day, key=lambda each: (each.trace_id, each.action, each.outcome, each.actor_id)
            )
        ]
        days.append((format_date(call.language, day), deeds))
    return days


def _deed(call: PageCall, lines: Sequence[EntryView], who: dict[UUID, str]) -> Deed:
    one = lines[0]
    cases = list(dict.fromkeys(each.case_id for each in lines if each.case_id))
    outcome = None
    if one.outcome != "allowed":
        outcome = call.phrase(f"journalOutcome.{one.outcome}"), "warning"
    elif one.break_glass:
        outcome = call.phrase("Emergency access"), "danger"
    return Deed(
        time=format_time(call.language, one.at),
        title=call.phrase(f"action.{one.action}"),
        who=_actor(call, one, who),
        lines=len(lines),
        cases=[(short(each), course_of(caseId=each)) for each in cases[:_CASES_TOLD]],
        more_cases=max(0, len(cases) - _CASES_TOLD),
        reason=one.reason or "",
        rule=one.rule or "",
        outcome=outcome,
    )


def _actor(call: PageCall, one: EntryView, who: dict[UUID, str]) -> str:
    role = call.phrase(f"role.{one.role}") if one.role else ""
    name = who.get(one.actor_id, short(one.actor_id)) if one.actor_id else ""
    return ", ".join(each for each in (name, role) if each) or call.phrase("nobody signed in")


def short(identifier: UUID) -> str:
    """Give the beginning of an id: enough to tell it from others on a page, and nothing more than the id."""
    return str(identifier)[:8]


def course_of(**of: UUID | str) -> str:
    """Give the address of the timeline of one case, person concerned or actor, or of several of these."""
    return f"{TIMELINE}?{urlencode({name: str(value) for name, value in of.items()})}"


# -- pages ------------------------------------------------------------------------------------------------------

_OF_ONE = ("caseId", "subjectId", "actorId", "agencyId")
_NARROW = ("from", "to", "action", "outcome", "breakGlass")


def _said(call: PageCall, names: Sequence[str]) -> dict[str, str]:
    query = call.request.query_params
    return {name: query[name] for name in names if query.get(name)}


def _who(count: JournalCount) -> dict[UUID, str]:
    return {each.actor_id: each.name for each in count.actors if each.actor_id and each.name}


def _listed(call: PageCall, work: Work, period: dict[str, str]) -> tuple[list[EntryView], str]:
    """Give the lines of this page, and the address of the older ones."""
    page = reading.list_journal(work, asked(call, ListJournal, **period, pageSize=_LINES))
    if not page.next:
        return page.items, ""
    (mark,) = parse_qs(page.next.partition("?")[2])["cursor"]
    return page.items, call.here(cursor=mark)


def _timeline(call: PageCall, work: Work) -> Response:
    """Show the course of what fits: a picture, who and what in figures, and the lines by day."""
    asked_for = asked(call, CountJournal)
    count = counting.count_journal(work, asked_for)
    chosen = _said(call, FILTERS)
    period = {
        name: str(day)
        for name, day in (("from", count.first_day), ("to", count.last_day))
        if day and name not in chosen
    }
    items, older = _listed(call, work, period)
    of = {name: chosen[name] for name in _OF_ONE if name in chosen}
    title, purpose = _title(call, asked_for)
    return call.show(
        "oversight/timeline.html",
        title,
        purpose,
        tabs=tabs(call, TIMELINE),
        fields=filter_fields(call, period | chosen, *_NARROW),
        of=of,
        of_whom=_of_whom(call, asked_for, count),
        everything=f"{TIMELINE}?{urlencode(of)}" if of else TIMELINE,
        whole=TIMELINE,
        count=count,
        picture=picture(call.language, count),
        days=_deeds(call, items, _who(count)),
        older=older,
        lines_of=f"{_ROOT}?{urlencode(period | chosen)}",
        short=short,
        course_of=course_of,
    )


def _title(call: PageCall, command: CountJournal) -> tuple[str, str]:
    if command.case_id:
        return (
            call.phrase("Log of case %(case)s", case=short(command.case_id)),
            call.phrase(
                "Everybody who came to this case, or tried to. The content of the case stands nowhere here."
            ),
        )
    if command.subject_id:
        return (
            call.phrase("Log of person concerned %(subject)s", subject=short(command.subject_id)),
            call.phrase("Everybody who came to this person concerned, or tried to. The id is a pseudonym."),
        )
    return (
        call.phrase("Course of the log"),
        call.phrase("When how much was done, by whom and on which cases. Never the content. Your reading is logged too."),
    )  # fmt: skip


def _of_whom(call: PageCall, command: CountJournal, count: JournalCount) -> str:
    """Say whose lines alone are shown, where one actor is asked for."""
    if not command.actor_id:
        return ""
    name = _who(count).get(command.actor_id, short(command.actor_id))
    return call.phrase("Only what %(name)s did.", name=name)


page_get(router, TIMELINE, _timeline)


def _matrix(call: PageCall, work: Work) -> Response:
    count = counting.count_journal(work, asked(call, CountJournal))
    shown = {"from": str(count.first_day), "to": str(count.last_day)} | _said(call, _NARROW)
    columns = count.cases[:_COLUMNS]
    seen = {(each.actor_id, each.role, each.case_id): each for each in count.seen}
    most = max((each.lines for each in count.seen), default=1)
    told = [each for each in count.actors if each.cases]
    rows = [
        (
            actor,
            [
                (one.lines, one.not_allowed, _shade(one.lines, most), _cell(shown, actor, column))
                if (one := seen.get((actor.actor_id, actor.role, column.case_id)))
                else None
                for column in columns
            ],
        )
        for actor in told[:_ROWS]
    ]  # fmt: skip
    return call.show(
        "oversight/matrix.html",
        call.phrase("Who saw what"),
        call.phrase(
            "Who came to which case how often. A number is lines of the log; choose one to see them. Never the content."
        ),
        tabs=tabs(call, MATRIX),
        fields=filter_fields(call, shown, *_NARROW),
        count=count,
        columns=columns,
        rows=rows,
        more_rows=len(told) - len(rows) + count.more_actors,
        more_columns=len(count.cases) - len(columns) + count.more_cases,
        short=short,
        course_of=course_of,
    )


page_get(router, MATRIX, _matrix)


def _shade(lines: int, most: int) -> int:
    """Give one of a few shades: few lines light, the most in the table dark."""
    return min(_SHADES, 1 + lines * _SHADES // (most + 1))


def _cell(shown: dict[str, str], actor: ActorCount, case: CaseCount) -> str:
    """Give the address of the lines that a number stands for."""
    of = {"caseId": str(case.case_id)} | ({"actorId": str(actor.actor_id)} if actor.actor_id else {})
    return course_of(**shown, **of)
