"""Reading the misuse digest and answering it: the data protection officer of the controller (R105, R106).

Of a line its reader learns who, when and what the log says; of the file nothing. An answer is added, and never changed.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from app.kernel.i18n import register_codes, translate
from app.kernel.ids import new_id
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.paging import cursor, position
from app.kernel.sealed import Sealed
from app.kernel.shapes import href
from app.kernel.vault import Place, Shredded
from app.kernel.work import Work, there
from app.oversight import digest_queries as queries
from app.oversight.digest_commands import AnswerDigest, ListDigest, ReadDigest
from app.oversight.digest_day import pattern_of
from app.oversight.digest_models import Digest, DigestAnswer, DigestLine
from app.oversight.digest_views import AnswerView, DigestItem, DigestLineView, DigestPage, DigestView
from app.oversight.standing import about_log, log_facts
from app.rules.actions import Action
from app.rules.facts import Facts, Standing
from app.rules.policy import abilities
from app.rules.problems import not_found
from app.rules.roles import Role
from app.rules.signs import CODES, SIGNS

_NUMBERS = {sign.code: sign.number for sign in SIGNS}
register_codes("sign", CODES)
register_codes("signWhy", CODES)


@operation(Action.DIGEST_LIST)
def list_digest(work: Work, command: ListDigest) -> DigestPage:
    """List the digests of the actor's municipality, newest first."""
    work.allow(Action.DIGEST_LIST, log_facts(work), about_log(work, "digest"))
    municipality_id = there(work.actor.municipality_id)
    after = position(command.cursor, int)
    rows = queries.digests(
        work.session, municipality_id, after, command.page_size + 1, to_answer=command.waiting
    )
    shown, more = rows[: command.page_size], rows[command.page_size :]
    here, following = href("digests"), None
    if more:
        mark = {"pageSize": command.page_size, "cursor": cursor(shown[-1].Digest.number)}
        following = f"{here}?{urlencode(mark | ({'waiting': 'true'} if command.waiting else {}))}"
    last = queries.last_digest(work.session, municipality_id)
    return DigestPage(
        href=here,
        items=[
            DigestItem(
                digest_id=row.Digest.id,
                href=href("digests", row.Digest.id),
                first_day=row.Digest.first_day,
                last_day=row.Digest.last_day,
                made_at=row.Digest.made_at,
                lines=row.lines,
                waiting=row.waiting,
            )
            for row in shown
        ],
        next=following,
        page_size=command.page_size,
        looked_until=last.last_day if last else None,
        waiting=len(queries.waiting(work.session, municipality_id)),
    )


@operation(Action.DIGEST_READ)
def read_digest(work: Work, command: ReadDigest) -> DigestView:
    """Read a digest: its lines, those that wait for an answer first."""
    row = queries.digest(work.session, command.digest_id)
    work.allow(Action.DIGEST_READ, _facts(work, row), _about(row))
    return _view(work, there(row))


@operation(Action.DIGEST_ANSWER)
def answer_digest(work: Work, command: AnswerDigest) -> DigestView:
    """Answer one line. Raises Problem 409 to who the line is about: somebody else answers for it, or nobody."""
    row = queries.digest(work.session, command.digest_id)
    line = queries.line(work.session, row.id, command.line_id) if row else None
    work.allow(Action.DIGEST_ANSWER, _facts(work, row, line), _about(row), reason=command.conclusion)
    if line is None:
        raise work.refuse(Action.DIGEST_ANSWER, not_found(), _about(row))
    answer_id = new_id()
    work.session.add(
        DigestAnswer(
            id=answer_id,
            line_id=line.id,
            municipality_id=line.municipality_id,
            case_id=line.case_id,
            conclusion=command.conclusion,
            note=work.vault.seal(_place(line, answer_id), command.note) if command.note else None,
            answered_by=there(work.actor.person_id),
            answered_at=work.now,
        )
    )
    work.session.flush()
    return _view(work, there(row))


def _facts(work: Work, row: Digest | None, line: DigestLine | None = None) -> Facts:
    """Give Facts on a digest of one's own municipality, and on whether a line of it is about oneself."""
    ours = row is not None and row.municipality_id == work.actor.municipality_id
    if not ours:
        return work.facts(standing=Standing.NONE)
    own = line is not None and line.person_id is not None and line.person_id == work.actor.person_id
    return work.facts(standing=log_facts(work).standing, own=own, proposed_by_actor=own)


def _about(row: Digest | None) -> About:
    if row is None:
        return About(object_type="digest")
    return About(row.municipality_id, object_type="digest", object_id=row.id)


def _place(line: DigestLine, answer_id: UUID) -> Place:
    """Give where a note stands: under the key of the case that the line goes with, or of its digest."""
    return Place(line.case_id or line.digest_id, DigestAnswer.__tablename__, "note", answer_id)


def _view(work: Work, row: Digest) -> DigestView:
    rows = queries.lines_of(work.session, row.id)
    lines = [each.DigestLine for each in rows]
    answers = queries.answers_of(work.session, row.id)
    cases = queries.cases_in_log(work.session, row.municipality_id, lines) if lines else {}
    work.vault.prepare({line.case_id or row.id for line in lines if line.id in answers})
    items = [
        _line(work, row, each, cases.get(each.DigestLine.entry_id), answers.get(each.DigestLine.id, []))
        for each in rows
    ]
    order = {sign.code: place for place, sign in enumerate(SIGNS)}
    return DigestView(
        href=href("digests", row.id),
        digest_id=row.id,
        first_day=row.first_day,
        last_day=row.last_day,
        made_at=row.made_at,
        gone=row.found - len(rows),
        items=sorted(items, key=lambda item: (bool(item.answers), order[item.sign], item.first_at)),
    )


def _line(work: Work, digest: Digest, row: Any, case_id: UUID | None, answers: list[Any]) -> DigestLineView:
    line: DigestLine = row.DigestLine
    facts = _facts(work, digest, line)
    by_name = work.actor.role is Role.DPO
    return DigestLineView(
        line_id=line.id,
        sign=line.sign,
        number=_NUMBERS[line.sign],
        explanation=translate(work.actor.language, f"signWhy.{line.sign}"),
        first_at=line.first_at,
        last_at=line.last_at,
        times=line.times,
        person_id=line.person_id,
        person_name=row.person_name if by_name else None,
        role=line.role or None,
        agency_name=row.agency_name,
        action=line.action,
        case_id=None if _several(line) else case_id,
        entry_id=line.entry_id,
        own=bool(facts.own),
        answers=[
            AnswerView(
                conclusion=each.DigestAnswer.conclusion,
                note=_note(work, line, each.DigestAnswer),
                answered_by=each.DigestAnswer.answered_by,
                answered_name=each.answered_name if by_name else None,
                answered_at=each.DigestAnswer.answered_at,
            )
            for each in answers
        ],
        abilities=abilities(work.actor, facts, Action.DIGEST_ANSWER),
    )


_SEVERAL = frozenset(
    {"burst", "doors", "outOfHours", "lastDay", "searches", "administration", "withoutMandate"}
)
"""Signs of which a line can be about several files."""


def _several(line: DigestLine) -> bool:
    """Tell whether a line can be about several files: then the log names them, and the line none."""
    return line.sign in _SEVERAL or line.pattern == pattern_of(line.sign, line.person_id)


def _note(work: Work, line: DigestLine, answer: DigestAnswer) -> str | None:
    """Open what was noted; None when it went with the case."""
    note: Sealed | None = answer.note
    try:
        return None if note is None else work.vault.unseal(_place(line, answer.id), note)
    except Shredded:
        return None
