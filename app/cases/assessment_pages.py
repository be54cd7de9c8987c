"""Pages of weighing risk and protection: reading, writing from the last one on, two moments side by side (R74, R75)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from app.cases import assessment_commands as c
from app.cases import assessments
from app.cases.assessment_views import AssessmentList, AssessmentView, FactorView
from app.cases.comparing import CHANGES, compared
from app.cases.pages import (
    ONE_CASE,
    ask_reason,
    back_to_file,
    case_address,
    source_options,
    stated_reason,
    statement_words,
)
from app.constitution.labels import choices, label
from app.kernel.http.form_pages import require, sent_form, told, typed_of
from app.kernel.http.form_reading import WHOLE_FORM, Value, parse_form
from app.kernel.http.forms import Fault, Field, Form, form_of, register_form
from app.kernel.http.frames import announces
from app.kernel.http.pages import Elsewhere, PageCall, page_get, page_post, page_send, with_query
from app.kernel.i18n import format_date, format_moment, register_codes
from app.kernel.shapes import Command, FileText
from app.kernel.work import Work
from app.rules.actions import Action
from app.rules.problems import Kind, Problem, not_found

router = APIRouter()
_LIST = ONE_CASE + "/assessments"
_NEW = _LIST + "/new"
_MORE, _EMPTY, _MOST = "more", 2, c.FACTORS_MOST
_OPEN = "open"
_OWN = {_MORE, _OPEN, "startsFrom", "kept", "leave"}
"""What the form says for itself."""
_UNSAID = {"factorId", "side", "drop", "category", "contributorId", "origin", "statedOn"}
"""What a factor that was left empty may still send."""
_SIDES = ("risk", "protective")


class DescribeAssessment(Command):
    """What is asked once on the form of an assessment, beside its factors and its instrument."""

    meeting_id: UUID | None = None
    weighed: FileText
    relevant_and_proportionate: bool = False
    nothing_classified: bool = False


register_form(c.Factor, hidden=("factorId",))
register_form(c.Instrument)
register_form(DescribeAssessment)
register_codes("hint", [
    "what", "speaksFor", "speaksAgainst", "missing", "weighed", "instrument", "assessorTrained", "factor.category",
    "factor.contributorId",
])  # fmt: skip
register_codes("factorChange", CHANGES)
register_codes("option.side", _SIDES)
announces(Action.ASSESSMENT_WRITE)
TONE_OF_CHANGE = {"added": "info", "gone": "closed", "changed": "warning", "same": "neutral"}


def _address(call: PageCall) -> str:
    return with_query(f"{case_address(call.id('caseId'))}/assessments", reason=stated_reason(call))


def _read(call: PageCall, work: Work) -> AssessmentList:
    """Read the assessments for the reason in the address. Raises Elsewhere, to where one is asked for (R107)."""
    reason = stated_reason(call)
    if not reason:
        raise Elsewhere(f"{case_address(call.id('caseId'))}/assessments")
    return assessments.read_assessment(work, c.ReadAssessment(caseId=call.id("caseId"), reason=reason))


def _words(call: PageCall, work: Work) -> dict[str, Any]:
    return {
        "domains": statement_words(call.language)[1]["domain"],
        "categories": statement_words(call.language)[0],
        "words": statement_words(call.language)[1],
        "reason": stated_reason(call),
        "instruments": dict(choices("assessmentInstruments", call.language, work.today)),
        "sides": _SIDES,
        "back": back_to_file(call),
        "reason_label": label("accessReasons", stated_reason(call), call.language),
    }


def _show(call: PageCall, work: Work) -> Response:
    if not stated_reason(call):
        return ask_reason(call, work)
    view = _read(call, work)
    return call.show(
        "cases/assessments.html",
        call.phrase("Risk and protection"),
        call.phrase(
            "What worries and what protects, side by side. Nothing is counted here, and nothing decides by itself."
        ),
        view=view,
        here=f"{case_address(view.case_id)}/assessments",
        query=with_query("", reason=stated_reason(call)),
        **_words(call, work),
    )


page_get(router, _LIST, _show)


def _open(call: PageCall, work: Work) -> Response:
    factor = assessments.open_factor_assessment(
        work,
        c.OpenFactorAssessment(
            assessmentId=call.id("assessmentId"), factorId=call.id("factorId"), reason=call.sent("reason")
        ),
    )
    return call.show(
        "cases/factor.html",
        code_of_side(call, factor),
        call.phrase("A sensitive category: each opening stands in the processing log."),
        each=factor,
        domains=statement_words(call.language)[1]["domain"],
        categories=statement_words(call.language)[0],
        words=statement_words(call.language)[1],
        back=call.next("/"),
    )


def code_of_side(call: PageCall, factor: FactorView) -> str:
    """Say on which side a factor stands."""
    return call.phrase(f"option.side.{factor.side}")


page_post(router, "/assessments/{assessmentId}/factors/{factorId}", _open)


# Two moments side by side --------------------------------------------------------------------------------


def moment_of(call: PageCall, item: AssessmentView) -> str:
    """Say when an assessment was written, and which meeting it weighs."""
    written = format_moment(call.language, item.written_at)
    if item.discussed_on is None:
        return call.phrase("%(day)s, between meetings", day=written)
    return call.phrase(
        "%(day)s, after the meeting of %(meeting)s",
        day=written,
        meeting=format_date(call.language, item.discussed_on),
    )


def _compare(call: PageCall, work: Work) -> Response:
    view = _read(call, work)
    if len(view.items) < 2:  # noqa: PLR2004 — two to hold side by side
        raise not_found()
    now = _chosen(call, view, "now") or view.items[0]
    place = min(view.items.index(now) + 1, len(view.items) - 1)
    then = _chosen(call, view, "then") or view.items[place]
    then, now = sorted((then, now), key=lambda item: (item.written_at, str(item.assessment_id)))
    found = compared(then.factors, now.factors)
    return call.show(
        "cases/assessment_compare.html",
        call.phrase("What changed"),
        call.phrase("Two moments side by side: what was added, what is gone, and what reads differently."),
        view=view,
        here=f"{case_address(view.case_id)}/assessments",
        query=with_query("", reason=stated_reason(call)),
        moments=[(str(item.assessment_id), moment_of(call, item)) for item in view.items],
        then=then,
        now=now,
        moment_then=moment_of(call, then),
        moment_now=moment_of(call, now),
        found=found,
        tally=[(change, sum(each.change == change for each in found)) for change in CHANGES],
        tones=TONE_OF_CHANGE,
        **_words(call, work),
    )


def _chosen(call: PageCall, view: AssessmentList, name: str) -> AssessmentView | None:
    wanted = call.request.query_params.get(name, "")
    return next((item for item in view.items if str(item.assessment_id) == wanted), None)


page_get(router, _LIST + "/compare", _compare)


# Writing one, from the last one on -----------------------------------------------------------------------


def _part(items: list[tuple[str, str]], prefix: str) -> list[tuple[str, str]]:
    return [(name.removeprefix(prefix), text) for name, text in items if name.startswith(prefix)]


def _numbers(items: list[tuple[str, str]]) -> list[int]:
    """Give the numbers of the factors that were sent, in their order."""
    found = {name.split(".")[0].removeprefix("factor-") for name, _ in items if name.startswith("factor-")}
    return sorted(int(number) for number in found if number.isdecimal() and int(number) < _MOST)


class _Sent:
    """A form as it was sent: its Command, or what is wrong with it, and what was typed."""

    def __init__(self, call: PageCall) -> None:
        items = call.items
        self.values: dict[str, dict[str, Value]] = {}
        self.errors: dict[str, dict[str, str]] = {}
        self.dropped = {n for n in _numbers(items) if ("drop", "true") in _part(items, f"factor-{n}.")}
        self.factors = [n for n in _numbers(items) if n not in self.dropped and self._said(items, n)]
        parts: dict[str, Any] = {}
        for n in self.factors:
            sent = [each for each in _part(items, f"factor-{n}.") if each[0] != "drop"]
            parts[f"factor-{n}."] = self._parse(call, f"factor-{n}.", c.Factor, sent)
        instrument = _part(items, "instrument.")
        self.with_instrument = any(text.strip() for _, text in instrument)
        if self.with_instrument:
            parts["instrument."] = self._parse(call, "instrument.", c.Instrument, instrument)
        parts[""] = self._parse(
            call,
            "",
            DescribeAssessment,
            [each for each in items if "." not in each[0] and each[0] not in _OWN],
        )
        left = {text for name, text in items if name == "leave"}
        self.opens = next((text for name, text in items if name == _OPEN), "")
        self.kept = [text for name, text in items if name == "kept" and text not in left]
        self.starts_from = next((text for name, text in items if name == "startsFrom" and text), None)
        self.command = None if any(each is None for each in parts.values()) else self._whole(call, parts)
        if not self.factors and not self.kept:
            self.errors.setdefault("", {})[WHOLE_FORM] = call.phrase("Describe at least one factor.")
            self.command = None

    @staticmethod
    def _said(items: list[tuple[str, str]], number: int) -> bool:
        sent = _part(items, f"factor-{number}.")
        return any(text.strip() for name, text in sent if name not in _UNSAID)

    def _parse(
        self, call: PageCall, prefix: str, command: type[Command], items: list[tuple[str, str]]
    ) -> Command | None:
        made, self.values[prefix], errors = parse_form(command, items, call.language)
        if errors:
            self.errors[prefix] = errors
        return made

    def _whole(self, call: PageCall, parts: dict[str, Any]) -> c.WriteAssessment:
        about = parts[""]
        made: c.WriteAssessment = c.WriteAssessment.of(
            case_id=call.id("caseId"),
            starts_from=self.starts_from,
            meeting_id=about.meeting_id,
            weighed=about.weighed,
            relevant_and_proportionate=about.relevant_and_proportionate,
            nothing_classified=about.nothing_classified,
            factors=[parts[f"factor-{n}."] for n in self.factors],
            kept=self.kept,
            instruments=[parts["instrument."]] if self.with_instrument else [],
        )
        return made


def _form(call: PageCall, work: Work, sent: _Sent | None, errors: Mapping[str, str], status: int) -> Response:
    view = _read(call, work)
    require(view.abilities, Action.ASSESSMENT_WRITE)
    last = view.items[0] if view.items else None
    values = sent.values if sent else _from_last(last)
    faults_of = sent.errors if sent else {}
    rows = [prefix for prefix in values if prefix.startswith("factor-")]
    first = max((int(prefix[7:-1]) for prefix in rows), default=-1) + 1
    empty = 1 if rows else _EMPTY  # one of each side to begin with
    rows += [f"factor-{n}." for n in range(first, min(first + empty, _MOST))]
    options = {
        "lifeDomain": choices("lifeDomains", call.language, work.today),
        "instrument": choices("assessmentInstruments", call.language, work.today),
        "meetingId": [
            (str(d.meeting_id), format_date(call.language, d.discussed_on)) for d in view.discussions
        ],
        **source_options(call, work),
    }

    def part(command: type[Command], prefix: str, hidden: Mapping[str, Any] | None = None) -> Form:
        whole = form_of(
            command, call.language, values.get(prefix, {}), faults_of.get(prefix, {}), options, hidden,
            id_prefix=f"f-{prefix.rstrip('.') or 'all'}",
        )  # fmt: skip
        return replace(whole, fields=tuple(_named(field, prefix) for field in whole.fields))

    going_along = {str(each) for each in (sent.kept if sent else _closed(last))}
    factors = [
        (prefix, part(c.Factor, prefix, {"factorId": ""}), str(values.get(prefix, {}).get("factorId") or ""))
        for prefix in rows
    ]
    about, instrument = part(DescribeAssessment, ""), part(c.Instrument, "instrument.")
    faults = [Fault("", text) for text in errors.values()]
    for number, (_, form, _id) in enumerate(factors, start=1):
        which = call.phrase("Factor %(number)s", number=number)
        faults += [replace(fault, label=f"{which}, {fault.label}") for fault in form.faults]
    faults += [*instrument.faults, *about.faults]
    return call.show(
        "cases/assessment_write.html",
        call.phrase("Weigh risk and protection"),
        call.phrase(
            "Write what is known for and against, and what nobody knows. What you make of it comes last."
        ),
        status=status,
        form=Form((), (), tuple(faults)),
        factors=factors,
        closed=[each for each in last.factors if str(each.factor_id) in going_along] if last else [],
        instrument=instrument,
        instruments_noted=view.instruments_noted,
        instrument_open=bool(values.get("instrument.")),
        about=about,
        starts_from=sent.starts_from if sent else (str(last.assessment_id) if last else ""),
        from_last=moment_of(call, last) if last else "",
        action=call.here(),
        cancel=_address(call),
        reference=view.reference,
        **_words(call, work),
    )


def _named(field: Field, prefix: str) -> Field:
    """Give a field of one factor the name under which it is sent; nothing is required of a factor that stays empty."""
    if prefix.startswith(("factor-", "instrument")):
        asked = field.kind == "radio" and prefix.startswith("factor-")
        return replace(field, name=prefix + field.name, required=asked, where_filled=field.required)
    return field


def _from_last(last: AssessmentView | None) -> dict[str, dict[str, Any]]:
    """Begin with what was written last: a new assessment is a change of the one before."""
    if last is None:
        return {}
    open_ones = [factor for factor in last.factors if factor.what is not None]
    return {f"factor-{n}.": factor.model_dump(by_alias=True) for n, factor in enumerate(open_ones)}


def _closed(last: AssessmentView | None) -> list[UUID]:
    """Give the factors that go along as they are, since nobody opened them."""
    return [factor.factor_id for factor in last.factors if factor.what is None] if last else []


def _open_in_form(call: PageCall, work: Work, sent: _Sent) -> None:
    """Open a factor to change it: it comes into the form beside what was typed; the opening is logged (R52)."""
    said = {"assessmentId": sent.starts_from, "factorId": sent.opens, "reason": stated_reason(call)}
    try:
        command = c.OpenFactorAssessment.model_validate(said)
    except ValueError:
        raise not_found() from None
    factor = assessments.open_factor_assessment(work, command)
    taken = [int(prefix[7:-1]) for prefix in sent.values if prefix.startswith("factor-")]
    sent.values[f"factor-{max(taken, default=-1) + 1}."] = factor.model_dump(mode="json", by_alias=True)
    sent.kept = [each for each in sent.kept if each != sent.opens]


def _part_of(prefix: str) -> type[Command]:
    """Give what a part of the form is read as."""
    if prefix.startswith("factor-"):
        return c.Factor
    return c.Instrument if prefix == "instrument." else DescribeAssessment


def _send(call: PageCall) -> Response:
    sent = _Sent(call)
    call.typed = [
        each
        for prefix, said in sent.values.items()
        for each in typed_of(_part_of(prefix), call.language, said)
    ]
    more = any(name == _MORE for name, _ in call.items)

    def act(unit: Work) -> Response:
        if more or sent.opens:
            sent.errors = {}
            if sent.opens:
                _open_in_form(call, unit, sent)
            return _form(call, unit, sent, {}, 200)
        if sent.command is None:
            return _form(call, unit, sent, {}, Kind.BAD_REQUEST.status)
        assessments.write_assessment(unit, sent.command)
        return call.go(_address(call), done=Action.ASSESSMENT_WRITE.value)

    def again(unit: Work, problem: Problem) -> Response:
        return _form(call, unit, sent, told(call, problem, DescribeAssessment), problem.kind.status)

    return sent_form(call, act, again)


page_get(router, _NEW, lambda call, work: _form(call, work, None, {}, 200))
page_send(router, _NEW, _send)
