"""Whether a reader bears the name of who a file is about: compared while both names are open, and at no other time (R105).

What is kept is that it was so, never a name; only the misuse digest reads it, and it goes with the case (decision 0053).
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from app.cases.likeness_queries import keep_likeness
from app.directory.office_queries import person_name
from app.kernel.names.spelling import parts_of, same_spelling
from app.kernel.work import Work

OWN_NAME: Final = "ownName"
FAMILY_NAME: Final = "familyName"
_READER: Final = "name of the reader"


def likeness(reader: str, subject: str) -> str | None:
    """Tell how two names are alike: `ownName` where they are the same, `familyName` where they share one, or None.

    A part of a name that stands first in both is taken for a given name, which many people share; any other part that
    both have is taken for a family name, in whatever order the parts were written.
    """
    if same_spelling(reader) == same_spelling(subject):
        return OWN_NAME
    ours, theirs = ([set(p.words) for p in parts_of(name) if not p.initial] for name in (reader, subject))
    shared = any(
        mine & yours
        for here, mine in enumerate(ours)
        for there, yours in enumerate(theirs)
        if here or there or 1 in {len(ours), len(theirs)}
    )
    return FAMILY_NAME if shared else None


def note_likeness(work: Work, case_id: UUID, subject: str | None) -> None:
    """Remember that this reader bears a name of the person whose file is open before them; of anybody else, nothing."""
    reader = work.actor.person_id
    if reader is None or not subject:
        return
    kind = likeness(_name_of(work, reader), subject)
    if kind is not None:
        keep_likeness(work.session, case_id, reader, kind)


def _name_of(work: Work, reader: UUID) -> str:
    """Give the name of the reader's account; asked once in a Work, however many names are opened in it."""
    known = work.session.info.get(_READER)
    if known is None or known[0] != reader:
        known = reader, person_name(work.session, reader) or ""
        work.session.info[_READER] = known
    name: str = known[1]
    return name
