"""A meeting on policy on paper: its agenda, and what was noted and decided (R3, R6, R114)."""

from __future__ import annotations

from app.constitution.cells import PURPOSE
from app.constitution.labels import label
from app.constitution.models import Cell
from app.kernel.i18n import format_date, format_time
from app.kernel.operation import operation
from app.kernel.printing import (
    Block,
    Bullets,
    Document,
    Facts,
    Grid,
    Heading,
    Paper,
    Paragraph,
    Words,
    paper,
)
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.problems import Kind, Problem
from app.strategy import queries
from app.strategy.commands import PrintPolicyMeeting, ReadPolicyMeeting
from app.strategy.models import PolicyMeeting
from app.strategy.planning import read_policy_meeting
from app.strategy.standing import about, meeting_facts
from app.strategy.views import AgendaTopicView, PolicyMeetingView

_MINUTED = frozenset({"inSession", "closed"})


@operation(Action.POLICY_MEETING_PRINT)
def print_policy_meeting(work: Work, command: PrintPolicyMeeting) -> Paper:
    """Print the agenda of a meeting, or its minutes: to who may read it. Raises Problem 409 for minutes before it began."""
    action = Action.POLICY_MEETING_PRINT
    view = read_policy_meeting(work, ReadPolicyMeeting(policyMeetingId=command.policy_meeting_id))
    row = there(queries.one(work.session, PolicyMeeting, command.policy_meeting_id))
    work.allow(action, meeting_facts(work, row), about(work, "policyMeeting", row.id), reason=command.part)
    if command.part == "minutes" and row.state not in _MINUTED:
        raise work.refuse(action, Problem(Kind.ILLEGAL_TRANSITION, rule="R114"))
    words = Words(command.language)
    made = _minutes(work, view, words) if command.part == "minutes" else _agenda(work, view, words)
    return paper(made, command.part)


def _facts(view: PolicyMeetingView, words: Words) -> list[tuple[str, str]]:
    language = words.language
    return [
        (words.phrase("Purpose"), words.phrase(PURPOSE)),
        (words.phrase("Date"), format_date(language, view.starts_at)),
        (
            words.phrase("Time"),
            f"{format_time(language, view.starts_at)} – {format_time(language, view.ends_at)}",
        ),
        (words.phrase("Place"), view.place),
        (words.phrase("Table"), label("tableKinds", view.table_kind, language)),
        (words.phrase("Chair"), view.chair),
        (words.phrase("State"), words.phrase(f"state.policyMeeting.{view.state}")),
    ]


def _mark(view: PolicyMeetingView, words: Words, part: str) -> str:
    """Give what stands across each page of what does not hold (yet): called off, a draft, minutes while it sits still."""
    if view.state == "cancelled":
        return words.phrase("state.policyMeeting.cancelled")
    open_still = view.state == "draft" or (part == "minutes" and view.state != "closed")
    return words.phrase("Draft") if open_still else ""


def _document(
    work: Work, words: Words, part: str, title: str, view: PolicyMeetingView, blocks: list[Block]
) -> Document:
    cell = work.session.get_one(Cell, view.cell_id)
    said = "The meetings of the strategic and the tactical table. They are about topics, never about persons."
    return Document(
        title=title,
        language=words.language,
        blocks=(*blocks, Paragraph(words.phrase(said))),
        made_on=work.today,
        banner=f"LIVC R · {cell.name}",
        watermark=_mark(view, words, part),
    )


def _agenda(work: Work, view: PolicyMeetingView, words: Words) -> Document:
    """Give an agenda: when and where, who chairs, the topics with their time."""
    total = sum(each.minutes for each in view.topics)
    lines = tuple(
        (str(number), f"{each.title}\n{each.text}", str(each.minutes))
        for number, each in enumerate(view.topics, 1)
    )
    day = format_date(words.language, view.starts_at)
    return _document(
        work,
        words,
        "agenda",
        words.phrase("Agenda of %(day)s", day=day),
        view,
        [
            Facts(tuple(_facts(view, words))),
            Heading(words.phrase("Items")),
            Grid(
                words.phrase("%(count)s minutes in all", count=total),
                (words.phrase("No."), words.phrase("Item"), words.phrase("Minutes needed")),
                lines,
                (1, 9, 2),
            ),
        ],
    )


def _minutes(work: Work, view: PolicyMeetingView, words: Words) -> Document:
    """Give minutes: who was there, and for each topic what was noted, decided, and became of it."""
    present = tuple(f"{each.name}, {each.agency_name}" for each in view.members if each.present)
    blocks: list[Block] = [Facts(tuple(_facts(view, words))), Heading(words.phrase("Present"))]
    blocks.append(Bullets(present) if present else Paragraph(words.phrase("Nobody was recorded.")))
    for each in view.topics:
        blocks += _minuted(words, each)
    day = format_date(words.language, view.starts_at)
    return _document(work, words, "minutes", words.phrase("Minutes of %(day)s", day=day), view, blocks)


def _minuted(words: Words, each: AgendaTopicView) -> list[Block]:
    blocks: list[Block] = [Heading(each.title)]
    blocks.append(Paragraph(each.notes or words.phrase("Nothing was noted.")))
    if each.decisions:
        blocks += [Heading(words.phrase("Decisions"), 2), Paragraph(each.decisions)]
    if each.outcome:
        blocks.append(Facts(((words.phrase("Outcome"), words.phrase(f"option.outcome.{each.outcome}")),)))
    return blocks
