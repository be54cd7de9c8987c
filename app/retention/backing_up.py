"""Backups: what leaves the house as a copy is decided and logged first (R92, R109; docs/operations/backup.md)."""

from __future__ import annotations

from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.work import Work
from app.retention.commands import MakeBackup
from app.retention.views import BackupView
from app.rules.actions import Action
from app.rules.facts import Standing
from app.rules.roles import Role


@operation(Action.BACKUP_MAKE)
def make_backup(work: Work, command: MakeBackup) -> BackupView:
    """Let a copy be made of the main database, the key store, or both. The console makes it after this is committed."""
    ours = work.actor.role is Role.ADMINISTRATOR
    work.allow(
        Action.BACKUP_MAKE,
        work.facts(standing=Standing.PART if ours else Standing.NONE),
        About(object_type="backup"),
        reason=command.part,
    )
    return BackupView(part=command.part)
