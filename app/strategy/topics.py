"""Topics: raising one, reading and rewriting it, closing it without a meeting (R6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.constitution.codes import checked
from app.constitution.standing import cell_facts
from app.directory.office_queries import person_name
from app.kernel.ids import new_id
from app.kernel.operation import operation
from app.kernel.paging import cursor, position
from app.kernel.shapes import href
from app.kernel.work import Work, there
from app.rules.actions import Action
from app.rules.facts import Facts, Standing
from app.rules.policy import abilities
from app.strategy import queries
from app.strategy.commands import ChangeTopic, CloseTopic, CreateTopic, ListTopic, ReadTopic
from app.strategy.models import Topic
from app.strategy.standing import about, hold, strategy_facts
from app.strategy.views import TopicItem, TopicPage, TopicTreated, TopicView
from app.strategy.wording import nobody_named


def _nobody(command: CreateTopic | ChangeTopic) -> bool:
    return nobody_named([command.title, command.text], confirmed=command.names_nobody)


def _write(work: Work, row: Topic, command: CreateTopic | ChangeTopic) -> None:
    row.kind, row.title, row.text = command.kind, command.title, command.text
    row.phenomenon = (
        checked("phenomena", command.phenomenon, work.today, "phenomenon") if command.phenomenon else None
    )
    row.action_field = (
        checked("actionFields", command.action_field, work.today, "actionField")
        if command.action_field
        else None
    )


@operation(Action.TOPIC_CREATE)
def create_topic(work: Work, command: CreateTopic) -> TopicView:
    """Raise a topic in one's own cell. Raises Problem: 409 when a text marks a person (R6), 400 for an unknown code."""
    row_id = new_id()
    facts = cell_facts(work, work.actor.cell_id, nobody_named=_nobody(command))
    work.allow(Action.TOPIC_CREATE, facts, about(work, "topic", row_id))
    row = Topic(
        id=row_id,
        cell_id=there(work.actor.cell_id),
        state="open",
        raised_by=there(work.actor.person_id),
        raised_at=work.now,
        version=1,
    )
    _write(work, row, command)
    work.session.add(row)
    work.session.flush()
    return topic_view(work, row)


@operation(Action.TOPIC_LIST)
def list_topic(work: Work, command: ListTopic) -> TopicPage:
    """Give the topics of one's cell, the newest first."""
    work.allow(Action.TOPIC_LIST, cell_facts(work, work.actor.cell_id), about(work, "topic"))
    rows = queries.topics(
        work.session,
        work.actor.cell_id,
        waiting=command.state == "waiting",
        after=position(command.cursor, datetime.fromisoformat, UUID),
        limit=command.page_size + 1,
    )
    shown = rows[: command.page_size]
    last = shown[-1][0] if shown else None
    return TopicPage(
        href=href("topics"),
        items=[
            TopicItem(
                topic_id=row.id,
                href=href("topics", row.id),
                kind=row.kind,
                title=row.title,
                state=row.state,
                raised_by=name,
                raised_at=row.raised_at,
            )
            for row, name in shown
        ],
        next=cursor(last.raised_at.isoformat(), last.id) if last and len(rows) > len(shown) else None,
        page_size=command.page_size,
        abilities=abilities(
            work.actor, cell_facts(work, work.actor.cell_id, nobody_named=True), Action.TOPIC_CREATE
        ),
    )


@operation(Action.TOPIC_READ)
def read_topic(work: Work, command: ReadTopic) -> TopicView:
    """Give a topic with what the meetings made of it, as far as this reader may see those."""
    row = queries.one(work.session, Topic, command.topic_id)
    work.allow(Action.TOPIC_READ, strategy_facts(work, row), about(work, "topic", row.id if row else None))
    return topic_view(work, there(row))


@operation(Action.TOPIC_CHANGE)
def change_topic(work: Work, command: ChangeTopic) -> TopicView:
    """Rewrite a topic that is not treated yet. Raises Problem: 412 when somebody else did so first."""
    row = queries.one(work.session, Topic, command.topic_id)
    facts = _facts(work, row, nobody_named=_nobody(command))
    work.allow(Action.TOPIC_CHANGE, facts, about(work, "topic", row.id if row else None))
    row = there(row)
    hold(work, Action.TOPIC_CHANGE, row)
    _write(work, row, command)
    row.version += 1
    return topic_view(work, row)


@operation(Action.TOPIC_CLOSE)
def close_topic(work: Work, command: CloseTopic) -> TopicView:
    """Close a topic, or put it aside. Raises Problem 409 while it stands on an agenda."""
    row = queries.one(work.session, Topic, command.topic_id)
    work.allow(Action.TOPIC_CLOSE, _facts(work, row), about(work, "topic", row.id if row else None))
    row = there(row)
    hold(work, Action.TOPIC_CLOSE, row)
    row.state = command.outcome
    row.version += 1
    return topic_view(work, row)


def _facts(work: Work, row: Topic | None, **known: bool) -> Facts:
    facts = strategy_facts(work, row, state=row.state if row else None, **known)
    keeps = facts.standing is Standing.FILE
    return replace(facts, own=keeps or (row is not None and row.raised_by == work.actor.person_id))


def topic_view(work: Work, row: Topic) -> TopicView:
    """Give a topic as its reader sees it."""
    facts = _facts(work, row, nobody_named=True)
    return TopicView(
        version=row.version,
        href=href("topics", row.id),
        topic_id=row.id,
        kind=row.kind,
        title=row.title,
        text=row.text,
        phenomenon=row.phenomenon,
        action_field=row.action_field,
        state=row.state,
        raised_by=person_name(work.session, row.raised_by) or "",
        raised_at=row.raised_at,
        meetings=[
            TopicTreated(
                policy_meeting_id=meeting.id,
                starts_at=meeting.starts_at,
                table_kind=meeting.table_kind,
                state=meeting.state,
                notes=item.notes,
                decisions=item.decisions,
                outcome=item.outcome,
            )
            for item, meeting in queries.meetings_of_topic(work.session, row.id)
        ],
        abilities=abilities(work.actor, facts, Action.TOPIC_CHANGE, Action.TOPIC_CLOSE),
    )
