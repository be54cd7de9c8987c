"""Proofs on request: that a line is in the log, and that the log of today continues that of then (R106; RFC 9162)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.kernel.journal import segments
from app.kernel.journal.leaf import hash_leaf
from app.kernel.journal.note import to_base64
from app.kernel.journal.sealer import NodeTable, leaf_of
from app.kernel.journal.tree import Tree
from app.kernel.operation import operation
from app.kernel.work import Work, there
from app.oversight import proof_queries as queries
from app.oversight.commands import ReadProof
from app.oversight.exporting import seal_now
from app.oversight.standing import about_log, log_facts
from app.oversight.views import ProofView
from app.rules.actions import Action
from app.rules.problems import invalid, not_found


@operation(Action.PROOF_READ)
def read_proof(work: Work, command: ReadProof) -> ProofView:
    """Prove that a line of the actor's municipality is under a checkpoint, or that one checkpoint continues another.

    In: `entryId`, or `year` and `oldSize`; `size` is that of a checkpoint, the newest if it is not said. Raises Problem
    404 for a line that is not there or not of this municipality, 400 for a size that no checkpoint has.
    """
    work.allow(Action.PROOF_READ, log_facts(work), about_log(work, "proof"))
    controller = there(work.actor.municipality_id)
    if (command.entry_id is None) == (command.old_size is None or command.year is None):
        raise invalid("entryId", "say an entry, or a year and an old size", "query")
    if command.entry_id is not None:
        return _inclusion(work, controller, command.entry_id, command.size)
    return _consistency(work, controller, command)


def _inclusion(work: Work, controller: UUID, entry_id: UUID, size: int | None) -> ProofView:
    row = queries.entry(work.session, controller, entry_id)
    if row is None:
        raise not_found()
    index = queries.leaf_index(work.session, row.year, row.id)
    if index is None:
        seal_now(work.installation.sealer)
        index = there(queries.leaf_index(work.session, row.year, row.id))
    checkpoint = _checkpoint(work, controller, row.year, size)
    if index >= checkpoint.size:
        raise invalid("size", "the line came after this checkpoint", "query")
    leaf = leaf_of(row)
    return ProofView(
        year=row.year,
        size=checkpoint.size,
        checkpoint=checkpoint.note,
        leaf_index=index,
        leaf=to_base64(leaf),
        leaf_hash=to_base64(hash_leaf(leaf)),
        hashes=_hashes(_tree(work, controller, row.year, checkpoint.size).inclusion(index)),
    )


def _consistency(work: Work, controller: UUID, command: ReadProof) -> ProofView:
    year, old = there(command.year), there(command.old_size)
    if segments.expired_years(work.session, controller, year, year):
        raise invalid("year", "the lines of this year expired; its checkpoints alone stay (R105)", "query")
    checkpoint = _checkpoint(work, controller, year, command.size)
    before = _checkpoint(work, controller, year, old, "oldSize")
    if before.size > checkpoint.size:
        raise invalid("oldSize", "the old size is the smaller one", "query")
    return ProofView(
        year=year,
        size=checkpoint.size,
        checkpoint=checkpoint.note,
        old_size=before.size,
        old_checkpoint=before.note,
        hashes=_hashes(_tree(work, controller, year, checkpoint.size).consistency(before.size)),
    )


def _checkpoint(work: Work, controller: UUID, year: int, size: int | None, name: str = "size") -> Any:
    found = queries.checkpoint(work.session, controller, year, size)
    if found is None:
        raise invalid(
            name if size is not None else "year", "no checkpoint of this year has this size", "query"
        )
    return found


def _tree(work: Work, controller: UUID, year: int, size: int) -> Tree:
    return Tree(NodeTable(work.session.connection(), controller, year), size)


def _hashes(proof: list[bytes]) -> list[str]:
    return [to_base64(each) for each in proof]
