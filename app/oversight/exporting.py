"""Exporting the log as a file that carries its own proof (R106; docs/journal-format.md)."""

from __future__ import annotations

import io
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO
from uuid import UUID

from app.constitution.codes import checked, codes
from app.constitution.reference import citation
from app.kernel.i18n import register_codes, translate
from app.kernel.ids import new_id
from app.kernel.journal.copying import sealed_rows
from app.kernel.journal.exportfile import ExportWriter, TreeSeal, tree_name
from app.kernel.journal.forms import FORMS, Format
from app.kernel.journal.sealer import NodeTable, Sealer, latest_checkpoint
from app.kernel.operation import operation
from app.kernel.work import Installation, Work, there
from app.kernel.work import work as open_work
from app.oversight import queries
from app.oversight.commands import ExportJournal
from app.oversight.export_words import export_words
from app.oversight.keeping import MOST, Kept, Shelf
from app.oversight.reading import as_said
from app.oversight.standing import about_log, log_facts
from app.oversight.witnessing import AT_ONCE_SECONDS, witness_all
from app.rules.actions import Action
from app.rules.facts import Actor
from app.rules.problems import Kind, Problem, not_found

register_codes("export", ["notice"])

_IN_MEMORY = 1 << 20
_BLOCK = 1 << 16
_PATIENCE = 10.0
_TOLD_EACH = 20_000


@dataclass(frozen=True, slots=True)
class Exported:
    """An export, ready to be sent once the line that says so is committed."""

    export_id: UUID
    count: int
    form: Format
    file: IO[bytes]
    """Empty where the export is kept on the shelf."""

    @property
    def name(self) -> str:
        """The name that the file is saved under."""
        return f"journal-{self.export_id}.{FORMS[self.form].ending}"

    @property
    def media_type(self) -> str:
        """Its media type, with its character set where it is text."""
        return FORMS[self.form].media + ("" if self.form == "xlsx" else "; charset=utf-8")

    def chunks(self) -> Iterator[bytes]:
        """Give the file piece by piece, and let go of it at the end."""
        with self.file:
            self.file.seek(0)
            while piece := self.file.read(_BLOCK):
                yield piece


def _notice(work: Work) -> str:
    """Give the banner of a file that leaves: what it may be used for, and the duty that comes with it (R60)."""
    language = work.actor.language
    said = translate(language, "export.notice")
    return f"{said} {citation('secrecyDuty', language, work.today) or ''}".strip()


@operation(Action.JOURNAL_EXPORT)
def export_journal(
    work: Work,
    command: ExportJournal,
    form: Format = "csv",
    *,
    into: IO[bytes] | None = None,
    tell: Callable[[int], None] | None = None,
) -> Exported:
    """Seal what is new, then write the lines that fit, year by year, with the proof of their completeness.

    In: the filters, the format, for an export that is kept where it goes and who is told how many lines it has. Out: a file on
    disk (small ones in memory); memory stays flat. The line about this export is not in it: it is committed after the file is
    whole and before the first byte leaves. With *later* nothing is written yet: `prepare` does it.
    """
    about = about_log(work, "journal", command.case_id)
    work.allow(
        Action.JOURNAL_EXPORT,
        log_facts(work),
        replace(about, object_id=command.kept),
        reason=command.reason if command.reason in codes("accessReasons", work.today) else "",
    )
    checked("accessReasons", command.reason, work.today, "reason")
    if command.later or command.kept:
        return Exported(command.kept or new_id(), 0, form, io.BytesIO())
    controller = there(work.actor.municipality_id)
    seal_now(work.installation.sealer)
    witness_all(work.installation, controller=controller, seconds=AT_ONCE_SECONDS)
    filters = queries.chosen(command)
    where, values = queries.condition(filters)
    first, last = (day.year if day else None for day in (command.from_, command.to))
    export_id, notice = new_id(), _notice(work)
    writer = ExportWriter(
        form,
        export_id=str(export_id),
        chosen={"controller": str(controller)}
        | as_said(filters)
        | queries.gone(work.session, controller, first, last),
        created_at=work.now,
        signer=work.installation.signer,
        reason=command.reason,
        notice=notice,
        words=export_words(work, filters, command.reason, notice) if form == "xlsx" else None,
    )
    connection = work.session.connection()
    file = into or tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 — sent, and closed, after the commit
    file.write(writer.header())
    seals: list[TreeSeal] = []
    for year in queries.years(work.session, controller, first, last) or [work.today.year]:
        checkpoint = latest_checkpoint(connection, controller, year)
        note = checkpoint.note if checkpoint else work.installation.sealer.empty_note(controller, year)
        size = checkpoint.size if checkpoint else 0
        name = tree_name(str(controller), str(year))
        for rows in sealed_rows(connection, controller, year, size, where, values):
            file.write(writer.rows(name, rows))
            if tell:
                tell(writer.count)
        seals.append(TreeSeal(name, note, NodeTable(connection, controller, year)))
    for line in writer.seal(seals):
        file.write(line)
    return Exported(export_id, writer.count, form, file)


def prepare(work: Work, command: ExportJournal, form: Format) -> Kept:
    """Prepare a long export after this Work: a file on the shelf, kept for a day under who asked.

    One at a time for each person: the next is a Problem 409 while one is being prepared. The making is decided and logged
    again, as that person, when it happens.
    """
    made = export_journal(work, command.model_copy(update={"later": True}), form)
    shelf, actor, now = Shelf(work.installation).sweep(), work.actor, work.installation.clock.now()
    own = shelf.of(actor.person_id, actor.municipality_id)
    if any(not each.ready and not each.stopped(now) for each in own):
        raise Problem(Kind.CONFLICT)
    for each in own[MOST - 1 :]:
        shelf.remove(each)
    whose = (str(actor.person_id), str(actor.municipality_id))
    kept = shelf.note(
        Kept(str(made.export_id), *whose, made.name, made.media_type, now.isoformat(), now.isoformat())
    )
    task = threading.Thread(target=_make, args=(work.installation, actor, command, form, kept), daemon=True)
    work.after_commit.append(task.start)
    return kept


def _make(installation: Installation, actor: Actor, command: ExportJournal, form: Format, kept: Kept) -> None:
    shelf, lines = Shelf(installation), 0

    def tell(count: int) -> None:
        nonlocal lines
        if count >= lines + _TOLD_EACH:
            lines = count
            shelf.note(replace(kept, lines=count))

    try:
        with shelf.write(kept) as file, open_work(installation, actor, channel="page") as unit:
            made = export_journal(unit, command, form, into=file, tell=tell)
        shelf.note(replace(kept, lines=made.count, ready=True))
    except Exception:  # noqa: BLE001 — whoever asked is told that it failed; the refusal, if it is one, has its line
        shelf.path(kept).unlink(missing_ok=True)
        shelf.note(replace(kept, failed=True))


def fetch(work: Work, export_id: UUID) -> tuple[Kept, Path]:
    """Give an export that was prepared, to who asked for it; each time with a line. Raises Problem 404 for any other."""
    export_journal(work, ExportJournal(kept=export_id))
    shelf = Shelf(work.installation).sweep()
    kept = shelf.one(export_id, work.actor.person_id, work.actor.municipality_id)
    if kept is None:
        raise not_found()
    return kept, shelf.path(kept)


def seal_now(sealer: Sealer) -> None:
    """Seal everything committed before the call, waiting for another sealer at work. Raises Problem 503 if it never ends."""
    deadline = time.monotonic() + _PATIENCE
    while (done := sealer.round()) != 0:
        if time.monotonic() > deadline:
            raise Problem(Kind.UNAVAILABLE, retry_after=5)
        if done < 0:
            time.sleep(0.05)
