"""Reading minutes: who is shown which items, what they may do next, and whether a text is what was approved (R66 to R68)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from app.cases.sealing import open_in
from app.constitution.agreements import governing
from app.constitution.cells import PURPOSE
from app.constitution.codes import codes
from app.kernel.i18n import translate
from app.kernel.operation import operation
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.meetings import agenda_queries, minutes_queries
from app.meetings.addenda import addenda_by_item, addendum_views, correction_abilities, origin_at
from app.meetings.inviting import FLEMISH
from app.meetings.minutes_commands import ReadMinutes
from app.meetings.models import AgendaItem, Meeting, Minutes, MinutesItem
from app.meetings.signing import Proof, derives, digest_of, proof_in
from app.meetings.standing import (
    ALWAYS,
    about_item,
    about_meeting,
    in_sitting,
    keeps_file,
    meeting_facts,
    meeting_standing,
)
from app.meetings.views import MinutesItemView, MinutesView, RemarkView
from app.rules.actions import Action
from app.rules.facts import NEVER, Facts, Standing
from app.rules.policy import abilities
from app.rules.roles import DESK

NOT_SAT = "notSat"
"""State of minutes of which the sitting is not over: they move as a whole only after it."""


class Texts(NamedTuple):
    """What the table agreed on one item, in the clear, with what is hashed along with it."""

    assessment: str
    decisions: str
    actions: str | None
    salt: str | None

    @property
    def said(self) -> list[str]:
        """The texts alone."""
        return [text for text in self[:3] if text]


def texts_of(work: Work, row: MinutesItem) -> Texts:
    """Open what stands in the minutes of one item."""
    opened = {
        column: open_in(work, row.case_id, "minutes_item", column, row.id, getattr(row, column))
        for column in Texts._fields
    }
    return Texts(there(opened["assessment"]), there(opened["decisions"]), opened["actions"], opened["salt"])


@operation(Action.MINUTES_READ)
def read_minutes(work: Work, command: ReadMinutes) -> MinutesView:
    """Give the minutes: to the desk its own items, to others the items attended; one journal line for each.

    Raises Problem 409: to the desk without a reason of the pick-list, once the minutes are approved and the sitting
    is over (R107), and once every case that the desk could read there is locked (R90).
    """
    meeting = agenda_queries.meeting(work.session, command.meeting_id)
    minutes = minutes_queries.minutes(work.session, command.meeting_id) if meeting else None
    rows = (
        minutes_queries.readable_items(work.session, work.actor, work.now, command.meeting_id)
        if minutes
        else []
    )
    standing = Standing.NONE
    if minutes is not None:
        standing = max(meeting_standing(work, meeting), Standing.ATTENDING if rows else Standing.NONE)
    until = _readable_until(work, meeting, minutes)
    known = command.reason in codes("accessReasons", work.today)
    free = not _is_filed(work, meeting, minutes, rows)
    locks_on: date | None = NEVER
    if meeting is not None and not rows and work.actor.role in DESK:
        locks_on = minutes_queries.locked_since(work.session, meeting.id, work.actor.municipality_id) or NEVER
    about = [about_item(i, "minutesItem", m.id) for i, m, _ in rows if m is not None]
    work.allow(
        Action.MINUTES_READ,
        work.facts(
            standing=standing,
            state=minutes.state if minutes else None,
            window_until=until,
            access_reason=free or known,
            locks_on=locks_on,
        ),
        about or about_meeting(work, meeting),
        reason=(command.reason or "") if known and not free else "",
    )
    return minutes_view(work, there(meeting), there(minutes), rows)


def _is_filed(work: Work, meeting: Meeting | None, minutes: Minutes | None, rows: Iterable[Any]) -> bool:
    """Tell whether what the desk would read is part of its file: approved, and the sitting over (R107)."""
    if meeting is None or minutes is None or minutes.state != "approved" or in_sitting(work.now, meeting):
        return False
    return any(keeps_file(work.actor, item.municipality_id) for item, _, _ in rows)


def _readable_until(work: Work, meeting: Meeting | None, minutes: Minutes | None) -> Any:
    """Give until when this actor may read: who holds the meeting as long as its items are in sight, others as R68 says."""
    if meeting is None or minutes is None:
        return None
    if meeting_standing(work, meeting) is Standing.FILE:
        return ALWAYS
    return meeting.extract_until if minutes.state == "approved" else minutes.remarks_until


def minutes_view(work: Work, meeting: Meeting, minutes: Minutes, rows: Iterable[Any]) -> MinutesView:
    """Give minutes with these (item, minutes item, case reference), as this actor reads them."""
    written = [(item, row, reference) for item, row, reference in rows if row is not None]
    work.vault.prepare([row.case_id for _, row, _ in written])
    remarks = minutes_queries.remarks(work.session, meeting.id) if written else []
    addenda = addenda_by_item(
        work, [item.id for item, _, _ in written] if minutes.state == "approved" else []
    )
    over = meeting.state == "closed"
    facts = meeting_facts(
        work,
        meeting,
        state=minutes.state if over else NOT_SAT,
        own=meeting.chair_id == work.actor.person_id,
        use_conditions_kept=True,
        remarks_over=remarks_over(work, minutes),
    )
    waits = minutes.state == "submitted" and facts.standing is Standing.FILE
    until = _readable_until(work, meeting, minutes)
    assented = minutes_queries.assented(work.session, work.actor, minutes)
    attended = work.facts(
        standing=Standing.NONE if assented is None else Standing.ATTENDING,
        state=None if assented else minutes.state,
        window_until=minutes.remarks_until,
    )
    remarkable = _remarkable(work, minutes)
    return MinutesView(
        version=minutes.version,
        href=href(f"meetings/{meeting.id}/minutes"),
        meeting_id=meeting.id,
        starts_at=meeting.starts_at,
        purpose=translate(work.actor.language, PURPOSE),
        state=minutes.state,
        submitted_at=minutes.submitted_at,
        remarks_until=minutes.remarks_until,
        approved_at=minutes.approved_at,
        assented=assented,
        assents_lacking=minutes_queries.assents_lacking(work.session, meeting.id) if waits else None,
        readable_until=None if until == ALWAYS else until,
        note=minutes.note,
        items=[
            item_view(
                work,
                item,
                row,
                reference,
                minutes,
                remarks,
                addenda.get(item.id, []),
                remarkable.get(item.id),
            )
            for item, row, reference in written
        ],
        abilities=[
            *abilities(work.actor, attended, Action.MINUTES_ASSENT),
            *abilities(
                work.actor, facts, Action.MINUTES_SUBMIT, Action.MINUTES_REVISE, Action.MINUTES_APPROVE
            ),
            *_printing(work, meeting, minutes, [item for item, _, _ in written]),
        ],
    )


def _remarkable(work: Work, minutes: Minutes) -> dict[UUID, list[str]]:
    """Give `minutes.remark` for each item that this reader attended, the desk's people too, while remarks are possible (R67)."""
    if minutes.state != "submitted":
        return {}
    facts = work.facts(standing=Standing.ATTENDING, state=minutes.state, window_until=minutes.remarks_until)
    able = abilities(work.actor, facts, Action.MINUTES_REMARK)
    rows = minutes_queries.readable_items(work.session, work.actor, work.now, minutes.meeting_id, file=False)
    return {item.id: able for item, _, _ in rows}


def _printing(work: Work, meeting: Meeting, minutes: Minutes, items: list[AgendaItem]) -> list[str]:
    return abilities(work.actor, printing_facts(work, meeting, minutes.state, items), Action.MINUTES_PRINT)


def printing_facts(work: Work, meeting: Meeting, state: str, items: Collection[AgendaItem]) -> Facts:
    """Give Facts on printing minutes of which the actor reads *items*: one's own file, or a copy of an extract (R68).

    A copy for one's own file is for a service that the Flemish decree lets keep one. That of the French Community lets
    its services record little, and police, municipal staff and others have no text at all (R54, R113).
    """
    own = any(keeps_file(work.actor, item.municipality_id) for item in items)
    copies = own or governing(work.session, meeting.cell_id, meeting.agreement_id)["extract_download"]
    return work.facts(
        standing=Standing.FILE if own else Standing.ATTENDING,
        state=state if items else None,
        download_allowed=bool(copies),
        own_file_basis=own or work.installation.law_of(work.actor.agency_id) == FLEMISH,
    )


def item_view(
    work: Work,
    item: AgendaItem,
    row: MinutesItem,
    reference: str | None,
    minutes: Minutes,
    remarks: Iterable[Any],
    addenda: Collection[Any] = (),
    remarkable: list[str] | None = None,
) -> MinutesItemView:
    """Give the minutes of one item, opened, with remarks on it and corrections of it.

    *remarkable*: what this reader may do as somebody who was there.
    """
    texts = texts_of(work, row)
    approved = minutes.state == "approved"
    own = keeps_file(work.actor, item.municipality_id)
    corrections = addendum_views(work, item, addenda, file=own)
    proof = proof_in(minutes.leaves, row.digest) if minutes.leaves and row.digest else None
    return MinutesItemView(
        version=row.version,
        href=href(f"meetings/{item.meeting_id}/minutes"),
        minutes_item_id=row.id,
        agenda_item_id=item.id,
        case_id=item.case_id,
        reference=reference,
        item_version=row.version,
        assessment=texts.assessment,
        decisions=texts.decisions,
        actions=texts.actions,
        salt=texts.salt if approved else None,
        digest=row.digest.hex() if row.digest and approved else None,
        leaf_index=proof.place if proof else None,
        proof=[each.hex() for each in proof.hashes] if proof else None,
        proven=_is_proven(work, item, texts, proof, minutes) if approved else None,
        remarks=[
            RemarkView(
                remark_id=remark.id,
                agenda_item_id=item.id,
                person_id=remark.person_id,
                person_name=name,
                text=there(open_in(work, item.case_id, "minutes_remark", "text", remark.id, remark.text)),
                remarked_at=remark.remarked_at,
            )
            for remark, name in remarks
            if remark.agenda_item_id == item.id
        ],
        addenda=corrections,
        abilities=[
            *(remarkable or ()),
            *(correction_abilities(work, item, corrections) if own and approved else ()),
        ],
    )


def _is_proven(work: Work, item: AgendaItem, texts: Texts, proof: Proof | None, minutes: Minutes) -> bool:
    """Tell whether a text as it was just opened derives from the signed master (R67)."""
    if proof is None or minutes.note is None:
        return False
    verifiers = [work.installation.signer.verifier]
    return derives(
        digest_of(item.id, *texts), proof, minutes.note, origin_at(work, item.meeting_id), verifiers
    )


def remarks_over(work: Work, minutes: Minutes) -> bool:
    """Tell whether the days for remarks are over, or everybody who was there assented to what was submitted (R67)."""
    if minutes.remarks_until is None:
        return False
    return (
        minutes.remarks_until <= work.now
        or minutes_queries.assents_lacking(work.session, minutes.meeting_id) == 0
    )
