"""What the console does with keys and backups (docs/operations/backup.md). A composition root, called by the command."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, text

from app.constitution.models import Municipality
from app.demo import console
from app.directory.actors import recognise
from app.intake.alerting import alert_all
from app.kernel.dumping import DumpFailed, dump
from app.kernel.dumping import restore as put_back
from app.kernel.installing import Addresses, Process, assemble, migrate
from app.kernel.keys.provider import KeyFault
from app.kernel.migrating import admin_engine, prepare
from app.kernel.settings import Settings
from app.kernel.work import work
from app.meetings.posting import post_all
from app.meetings.reminding import remind_all
from app.retention.backing_up import make_backup
from app.retention.commands import MakeBackup
from app.retention.rotating import Rotation
from app.retention.sweeping import resume


def rotate_keys(process: Process, municipality: str, *, every: bool, wrapping: bool) -> Iterator[str]:
    """Replace the key of one municipality, of every one, or the wrapping key. Gives a line for each. Raises KeyFault."""
    installation = process.installation
    rotation = Rotation(installation, console(), installation.clock.now(), "cli")
    if wrapping:
        yield f"The wrapping key was replaced; {rotation.wrapping()} keys were wrapped anew."
        if not installation.keeper.provider.makes_keys:
            yield f"Now take the old one out of {installation.keeper.provider.place}, and destroy it wherever it is kept."
        return
    for municipality_id in (
        installation.keeper.municipalities() if every else [_municipality(process, municipality)]
    ):
        done = rotation.municipality(municipality_id)
        yield (
            f"{municipality_id}: no file was ever made, so there is no key."
            if done is None
            else f"{municipality_id}: a new key; those of {done} files were wrapped anew."
        )


def _municipality(process: Process, said: str) -> UUID:
    with process.installation.sessions() as session:
        try:
            query = select(Municipality.id).filter_by(id=UUID(said))
        except ValueError:
            query = select(Municipality.id).filter_by(nis_code=said)
        found = session.scalar(query)
    if found is None:
        raise KeyFault(f"No municipality has the id or NIS code {said}.")
    return found


def post_once(process: Process) -> tuple[str, bool]:
    """Leave the reminders that are due and send what waits; give what was done, and whether the mail server took it."""
    left = remind_all(process.installation) + alert_all(process.installation)
    done = post_all(process.installation)
    if done.off:
        return f"reminded {left}; no mail server is set up, nothing is sent", True
    said = f"reminded {left}, sent {done.notices} notices in {done.letters} letters, undeliverable {done.undeliverable}"
    if done.fault:
        said += f"; ended early ({done.fault}), what is left is tried again later"
    return said, not done.fault


def back_up(process: Process, output: Path, part: str) -> Iterator[str]:
    """Copy what *part* names: `main` or `keys` into the file, `both` into the file and FILE.keys. Raises DumpFailed."""
    keys = output if part == "keys" else output.with_name(output.name + ".keys")
    wanted = [(process.addresses.main, output)] if part != "keys" else []
    # After the main database: each file in that copy had its key before it was there itself.
    wanted += [(process.addresses.keys, keys)] if part != "main" else []
    for _, path in wanted:
        if path.exists():
            raise DumpFailed(f"{path} exists; a copy never overwrites another.")
    with work(process.installation, console(), channel="cli", retention=True) as unit:
        make_backup(unit, MakeBackup.of(part=part))
    for url, path in wanted:
        dump(url, path)
        yield f"{path}: {path.stat().st_size} bytes"


def restore(
    addresses: Addresses,
    settings: Settings,
    main: Path | None,
    keys: Path | None,
    now: datetime | None = None,
) -> Iterator[str]:
    """Put copies back into empty databases, and finish every destruction that they do not know of.

    Raises DumpFailed, KeyFault when the key store's copy does not go with the wrapping key of today.
    """
    for url, path in ((addresses.keys, keys), (addresses.main, main)):
        if path is not None:
            prepare(url)
            put_back(url, path)
            yield f"{path} was put back."
    migrate(addresses)
    with admin_engine(addresses.main).connect() as conn:
        if not conn.scalar(text("SELECT EXISTS (SELECT FROM installation)")):
            yield "The main database is still empty: put its copy back with --main."
            return
    process = assemble(addresses, settings, recognise)
    try:
        done = resume(process.installation, now)
    finally:
        process.databases.dispose()
    yield f"Of what had been destroyed since: {done.destroyed} cases and {done.erased} registrations were cleared again."
    if done.left:
        yield f"{done.left} files could not be cleared now; nobody can read them, and the next sweep takes them up."
