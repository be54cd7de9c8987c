"""The page of the chronology: a picture, and under it the story by month (R107)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.cases import chronologies
from app.cases.chronologies import ChronologyView, EventView, ReadChronology
from app.cases.pages import ONE_CASE, ask_reason, back_to_file, stated_reason
from app.cases.telling import LANES
from app.constitution.labels import label
from app.kernel.http.pages import PageCall, page_get
from app.kernel.i18n import format_date, format_month, register_codes
from app.kernel.work import Work

router = APIRouter()
register_codes("lane", LANES)

_WIDTH, _LEFT, _TOP, _LANE = 480, 12, 34, 40
"""The measures of the picture: narrow enough to be read on a telephone."""
_NEAR = 15
"""Marks nearer to each other than this would cover each other."""
_NAME, _EDGE = 80, 120
"""How much room the name of a month takes, and what the dates at both ends leave free of them."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One or more events of a lane in the picture: where they stand, and how many they are."""

    x: int
    y: int
    ahead: bool
    lane: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn: lanes, marks, the day of today, the first and the last day, and months between them."""

    width: int
    height: int
    lanes: list[tuple[str, int]]
    marks: list[Mark]
    today: int
    first: date
    last: date
    ticks: list[tuple[int, date, bool]]
    """(place, first day of a month, whether its name fits)."""


def picture(view: ChronologyView) -> Picture | None:
    """Lay the events of a case on a line of time, a lane for each kind. None where there is nothing to lay."""
    if not view.items:
        return None
    days = [event.on for event in view.items] + [view.today]
    first, last = min(days), max(days)
    span = max((last - first).days, 1)

    def place(day: date) -> int:
        return _LEFT + round((day - first).days * (_WIDTH - 2 * _LEFT) / span)

    lanes = [(lane, _TOP + _LANE * n + 26) for n, lane in enumerate(LANES)]
    marks = [
        mark
        for lane, y in lanes
        for mark in _apart(
            [Mark(place(each.on), y, bool(each.ahead), lane) for each in view.items if each.lane == lane]
        )
    ]
    return Picture(
        _WIDTH, _TOP + _LANE * len(LANES) + 24, lanes, marks, place(view.today), first, last,
        [(x, day, _EDGE < x < _WIDTH - _EDGE) for day in _months(first, last) for x in [place(day)]],
    )  # fmt: skip


def _apart(marks: list[Mark]) -> list[Mark]:
    """Make one mark, with their number, of those of a lane that would cover each other; what is to come stays apart."""
    found: list[Mark] = []
    for mark in sorted(marks, key=lambda each: each.x):
        before = found[-1] if found else None
        if before is None or mark.x - before.x >= _NEAR:
            found.append(mark)
        elif before.ahead == mark.ahead:
            found[-1] = replace(before, count=before.count + 1)
        else:
            found.append(replace(mark, x=before.x + _NEAR))
    beyond = (found[-1].x if found else 0) - (_WIDTH - _LEFT)
    return [replace(mark, x=mark.x - beyond) for mark in found] if beyond > 0 else found


def _months(first: date, last: date) -> list[date]:
    """Give the first days of months between two days, evenly, so many that their names can be read."""
    begins = [
        date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if first < date(year, month, 1) < last
    ]
    least = len(begins) * _NAME / _WIDTH
    step = next((each for each in (1, 2, 3, 4, 6, 12, 24) if each >= least), 36)
    return [day for day in begins if (day.year * 12 + day.month - 1) % step == 0]


def months(language: str, items: list[EventView]) -> list[tuple[str, list[EventView]]]:
    """Group events, in order of time, by their month: (its name, its events)."""
    found = groupby(items, key=lambda each: each.on.replace(day=1))
    return [(format_month(language, month), list(events)) for month, events in found]


def _entries(call: PageCall, events: list[EventView]) -> list[dict[str, Any]]:
    return [
        {
            "when": format_date(call.language, each.on),
            "title": each.sentence,
            "text": each.quote
            or (call.phrase("Its words are closed: open them in the file.") if each.closed else None),
            "ahead": each.ahead,
            "href": each.page,
        }
        for each in events
    ]


def _show(call: PageCall, work: Work) -> Response:
    if not stated_reason(call):
        return ask_reason(call, work)
    view = chronologies.read_chronology(
        work, ReadChronology(caseId=call.id("caseId"), reason=stated_reason(call))
    )
    past = [each for each in view.items if not each.ahead]
    ahead = [each for each in view.items if each.ahead]
    return call.show(
        "cases/chronology.html",
        call.phrase("The story of case %(reference)s", reference=view.reference),
        call.phrase("What happened, and what is to come, in order of time."),
        reference=view.reference,
        back=back_to_file(call),
        reason_label=label("accessReasons", stated_reason(call), call.language),
        picture=picture(view),
        past=[(name, _entries(call, events)) for name, events in months(call.language, past)],
        ahead=[(name, _entries(call, events)) for name, events in months(call.language, ahead)],
        counts=[(lane, sum(each.lane == lane for each in past)) for lane in LANES],
    )


page_get(router, ONE_CASE + "/chronology", _show)
