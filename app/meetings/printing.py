"""The consultation on paper: agenda, invitation, minutes and extracts (R2, R27, R37, R66 to R68).

What is printed is what its reader may read, through the same reading operation and its lines in the log; that it was
printed is one line more. A printed agenda, minutes or extract carries across each page who printed it, and when.
"""

from __future__ import annotations

import hashlib

from app.cases import queries as cases
from app.constitution.cells import PURPOSE
from app.constitution.labels import label
from app.constitution.models import Cell, ConsultationTable, Municipality
from app.constitution.reference import citation
from app.directory.models import Agency, Person
from app.directory.office_queries import person_name
from app.kernel.i18n import format_date, format_moment, format_time
from app.kernel.operation import operation
from app.kernel.printing import Block, Document, Facts, Grid, Heading, Paper, Paragraph, Words, paper
from app.kernel.work import Work, there
from app.meetings import agenda_queries, invitation_queries, sight_queries
from app.meetings.addenda import APPROVED
from app.meetings.agenda import read_meeting
from app.meetings.commands import PrintInvitation, PrintMeeting, ReadMeeting
from app.meetings.inviting import FLEMISH, FOR_A_CHILD, FRENCH_COMMUNITY, legal_reference, reason_in
from app.meetings.minutes_commands import PrintMinutes, ReadMinutes
from app.meetings.minutes_reading import printing_facts, read_minutes
from app.meetings.models import Invitation, Meeting
from app.meetings.standing import about_item, about_meeting, item_facts, keeps_file, meeting_facts
from app.meetings.transmissions import hand_over
from app.meetings.views import AgendaEntry, MeetingView, MinutesItemView, MinutesView
from app.rules.actions import Action
from app.rules.facts import Standing

BANNER = "LIVC R"


def _stamp(work: Work, words: Words) -> str:
    name = person_name(work.session, there(work.actor.person_id)) or ""
    return f"{name}, {format_moment(words.language, work.now)}"


def _confidential(work: Work, words: Words) -> Paragraph:
    return Paragraph(
        words.phrase(
            "Confidential: whoever reads this is bound to secrecy (%(reference)s). Keep it locked away, and destroy "
            "it once it is no longer needed.",
            reference=citation("secrecyDuty", words.language, work.today) or "",
        ),
        strong=True,
    )


def _purpose(words: Words) -> tuple[str, str]:
    return words.phrase("Purpose"), words.phrase(PURPOSE)


def _when(words: Words, meeting: Meeting | MeetingView) -> list[tuple[str, str]]:
    return [
        (words.phrase("Date"), format_date(words.language, meeting.starts_at)),
        (
            words.phrase("Time"),
            f"{format_time(words.language, meeting.starts_at)} – {format_time(words.language, meeting.ends_at)}",
        ),
        (words.phrase("Place"), meeting.place),
    ]


# The agenda ----------------------------------------------------------------------------------------------


@operation(Action.MEETING_PRINT)
def print_meeting(work: Work, command: PrintMeeting) -> Paper:
    """Print the agenda as this reader sees it: for who prepares and holds the meeting, nobody else.

    Raises Problem as reading it does; 403 to who is only invited: they read it on screen, while the window is open.
    """
    view = read_meeting(work, ReadMeeting(meetingId=command.meeting_id, reason=command.reason))
    row = there(agenda_queries.meeting(work.session, command.meeting_id))
    work.allow(Action.MEETING_PRINT, meeting_facts(work, row), about_meeting(work, row))
    return paper(agenda_document(work, view, Words(command.language)), "agenda")


def agenda_document(work: Work, view: MeetingView, words: Words) -> Document:
    """Give an agenda as a document: when and where, who chairs, the items with their question and time."""
    session = work.session
    table = session.get_one(ConsultationTable, view.table_id)
    cell = session.get_one(Cell, view.cell_id)
    rows = [_purpose(words), *_when(words, view), (words.phrase("Table"), table.name)]
    rows.append((words.phrase("Chair"), person_name(session, view.chair_id) or ""))
    if view.secretary_id:
        rows.append((words.phrase("Secretary"), person_name(session, view.secretary_id) or ""))
    entries = view.items or []
    total = sum(entry.minutes for entry in entries)
    lines = [(str(entry.position), _item_text(entry), str(entry.minutes)) for entry in entries]
    if view.framework:  # before anything else, as on the page (R38)
        first = words.phrase("First: legal and ethical framework.")
        said = words.phrase("What services of the French Community say of their rules")
        lines.insert(0, ("–", f"{first}\n{said}", "–"))
    return Document(
        title=words.phrase("Agenda of %(day)s", day=format_date(words.language, view.starts_at)),
        language=words.language,
        blocks=(
            Facts(tuple(rows)),
            Heading(words.phrase("Items")),
            Grid(
                words.phrase("%(count)s minutes in all", count=total),
                (words.phrase("No."), words.phrase("Item"), words.phrase("Minutes needed")),
                tuple(lines),
                (1, 9, 2),
            ),
            _confidential(work, words),
        ),
        made_on=work.today,
        banner=f"{BANNER} · {cell.name}",
        watermark=_stamp(work, words),
    )


def _item_text(entry: AgendaEntry) -> str:
    named = f"{entry.reference} · {entry.subject_name}" if entry.subject_name else entry.reference
    return f"{named}\n{entry.question}" if entry.question else named


# An invitation -------------------------------------------------------------------------------------------


@operation(Action.INVITATION_PRINT)
def print_invitation(work: Work, command: PrintInvitation) -> Paper:
    """Print one invitation as a letter, for the desk that sent it. No name of the person is in it (R37).

    Raises Problem: 404 for an invitation of another municipality, 409 for one that was not sent.
    """
    row = invitation_queries.invitation(work.session, command.invitation_id)
    seat = sight_queries.seat(work.session, work.actor, row.agenda_item_id) if row else None
    facts = item_facts(work, seat, state=row.state if row else None)
    if row is None or seat is None or facts.standing is not Standing.FILE:
        facts = work.facts(standing=facts.standing if facts.standing is Standing.EXCLUDED else Standing.NONE)
    about = about_item(seat.item if seat else None, "invitation", row.id if row else None)
    work.allow(Action.INVITATION_PRINT, facts, about)
    row, seat = there(row), there(seat)
    return paper(
        invitation_document(work, row, seat.meeting, Words(command.language)), f"invitation-{row.id.hex[:8]}"
    )


def invitation_document(work: Work, row: Invitation, meeting: Meeting, words: Words) -> Document:
    """Give an invitation with all that a decree wants in it, but the name: that is read on the page alone (R27, R37)."""
    session, language = work.session, words.language
    person = session.get_one(Person, row.person_id)
    agency = session.get_one(Agency, person.agency_id)
    town = session.get_one(Municipality, row.municipality_id)
    case = there(cases.case(session, row.case_id))
    services = sorted({agency.name, *invitation_queries.services_asked(session, row.agenda_item_id)})
    inviter = person_name(session, row.sent_by) if row.sent_by else ""
    name = town.names.get(language) or next(iter(town.names.values()))
    ground = label(row.ground_list, row.ground_code, language)
    blocks: list[Block] = [
        Facts(
            (
                (words.phrase("To"), f"{agency.name}\n{person.name}"),
                (words.phrase("Sent by"), f"{name}\n{inviter}" if inviter else name),
                *(((words.phrase("Sent on"), format_date(language, row.sent_at)),) if row.sent_at else ()),
            )
        ),
        Paragraph(
            words.phrase(
                "You are invited to a case consultation of the local integrated security cell on "
                "radicalism, extremism and terrorism (LIVC R)."
            )
        ),
        Heading(words.phrase("What it is about")),
        Facts(
            (
                _purpose(words),
                *_when(words, meeting),
                (words.phrase("Person concerned"), words.phrase(
                    "Case %(reference)s. The name is shown after signing in, to those invited for this case."
                , reference=case.reference)),
                (words.phrase("Services invited"), ", ".join(services)),
                (words.phrase("Ground"), ground),
                (words.phrase("Legal reference"), legal_reference(work, row, language) or "–"),
                *_reasons(work, row, words),
            )
        ),
        Heading(words.phrase("You are free")),
        Paragraph(_free(words, row.regime)),
        Paragraph(
            words.phrase(
                "At the table each decides alone what to share. Share only what is relevant and "
                "proportionate to the purpose. Whatever is said there is secret for everybody present."
            )
        ),
    ]  # fmt: skip
    return Document(
        title=words.phrase("Invitation to a case consultation"),
        language=language,
        blocks=tuple(blocks),
        made_on=work.today,
        banner=f"{BANNER} · {name}",
        reference=case.reference,
    )


def _reasons(work: Work, row: Invitation, words: Words) -> list[tuple[str, str]]:
    """Give why it comes late and why a child under twelve is discussed, where that was stated (R26, R29)."""
    said = (
        (words.phrase("Why it is urgent"), reason_in(work, row, "urgency_reason")),
        (words.phrase("Why a child under twelve is discussed"), reason_in(work, row, "child_reason")),
    )
    return [(name, text) for name, text in said if text]


def _free(words: Words, regime: str) -> str:
    if regime == FRENCH_COMMUNITY:
        said = words.phrase(
            "Taking part is voluntary, and only for a service that already cares for this person; "
            "otherwise it must decline. The mayor is told whether you come, and nothing of the "
            "reasons: they stay in your service."
        )
        return f"{said} {words.phrase(FOR_A_CHILD)}"
    if regime == FLEMISH:
        return words.phrase(
            "Taking part is voluntary. If you do not come, give your reasons to the mayor or the "
            "representative; a volunteer need not. What you answer is secret."
        )
    return words.phrase("Taking part is voluntary. Say in the system whether you come.")


# Minutes and extracts ------------------------------------------------------------------------------------


@operation(Action.MINUTES_PRINT)
def print_minutes(work: Work, command: PrintMinutes) -> Paper:
    """Print approved minutes: to the desk its own items, to who attended an extract where the agreement allows that.

    Raises Problem as reading them does, and 409 where the agreement leaves extracts on the screen (R68) or no decree
    lets the reader's service keep one in its own file (R113).
    """
    view = read_minutes(work, ReadMinutes(meetingId=command.meeting_id, reason=command.reason))
    meeting = there(agenda_queries.meeting(work.session, command.meeting_id))
    items = [
        there(sight_queries.seat(work.session, work.actor, each.agenda_item_id)).item for each in view.items
    ]
    facts = printing_facts(work, meeting, view.state, items)
    own = facts.standing is Standing.FILE
    shown = [
        (item, each)
        for item, each in zip(items, view.items, strict=True)
        if not own or keeps_file(work.actor, item.municipality_id)
    ]
    work.allow(
        Action.MINUTES_PRINT,
        facts,
        [about_item(item, "minutesItem", each.minutes_item_id) for item, each in shown]
        or about_meeting(work, meeting),
    )
    view = view.model_copy(update={"items": [each for _, each in shown]})
    name = "minutes" if own else "extract"
    printed = paper(minutes_document(work, view, meeting, Words(command.language), own=own), name)
    if not own:  # an extract to keep leaves the house, for the reader's own file
        digest = hashlib.sha256(printed.content).digest()
        service = work.session.get_one(Agency, there(work.actor.agency_id)).name
        for item, each in shown:
            hand_over(
                work,
                case_id=item.case_id,
                municipality_id=item.municipality_id,
                ground="participantOwnFile",
                recipients=["participantService"],
                recipient_name=service,
                digest=digest,
                object_type="minutesItem",
                object_id=each.minutes_item_id,
            )
    return printed


def minutes_document(
    work: Work, view: MinutesView, meeting: Meeting, words: Words, *, own: bool = True
) -> Document:
    """Give minutes, or an extract of them, as a document; each item says under which digest it was approved."""
    cell = work.session.get_one(Cell, meeting.cell_id)
    rows = [_purpose(words), *_when(words, meeting)]
    rows.append((words.phrase("Chair"), person_name(work.session, meeting.chair_id) or ""))
    if view.approved_at:
        rows.append((words.phrase("Approved on"), format_moment(words.language, view.approved_at)))
    blocks: list[Block] = [Facts(tuple(rows))]
    for item in view.items:
        blocks += _minuted(words, item)
    if view.note:
        blocks += [
            Heading(words.phrase("Signature")),
            Paragraph(
                words.phrase(
                    "These texts derive from the minutes as approved. This is the signed root of them all;"
                    " how to check it is described with the system."
                )
            ),
            Paragraph(view.note.strip()),
        ]  # fmt: skip
    blocks.append(_confidential(work, words))
    day = format_date(words.language, meeting.starts_at)
    return Document(
        title=words.phrase("Minutes of %(day)s", day=day)
        if own
        else words.phrase("Extract of the minutes of %(day)s", day=day),
        language=words.language,
        blocks=tuple(blocks),
        made_on=work.today,
        banner=f"{BANNER} · {cell.name}",
        watermark=_stamp(work, words),
    )


def _minuted(words: Words, item: MinutesItemView) -> list[Block]:
    blocks: list[Block] = [
        Heading(item.reference or words.phrase("Item")),
        Heading(words.phrase("Assessment"), 2),
        Paragraph(item.assessment),
        Heading(words.phrase("Decisions"), 2),
        Paragraph(item.decisions),
    ]
    if item.actions:
        blocks += [Heading(words.phrase("Agreed actions"), 2), Paragraph(item.actions)]
    if item.digest:
        blocks.append(Facts(((words.phrase("Digest"), item.digest),)))
    for each in item.addenda:
        if each.state != APPROVED or each.decided_at is None or each.note is None or each.text is None:
            continue
        when = format_moment(words.language, each.decided_at)
        blocks += [
            Heading(words.phrase("Correction, approved on %(moment)s", moment=when), 2),
            Paragraph(each.text),
            Facts(
                ((words.phrase("Digest"), each.digest or ""), (words.phrase("Signature"), each.note.strip()))
            ),
        ]
    return blocks
