"""Exports that are prepared: kept as files for a day under the one who asked, and then removed (R106).

A folder of the installation's own data holds them, readable by its account alone, as the log holds them itself: ids, codes and
moments, no name and no content. Beside each file stands a note: whose it is, how far it got, until when. Any worker of the
server sees the same; what was left behind by one that stopped is removed with the rest.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Self
from uuid import UUID

from app.kernel.work import Installation

KEPT_FOR = timedelta(hours=24)
MOST = 3
"""How many one person keeps; the oldest goes first."""
SILENT_FOR = timedelta(minutes=10)
"""After so long without a sign an export is taken to have stopped."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One export that is prepared or being prepared."""

    export_id: str
    person_id: str
    municipality_id: str
    name: str
    media_type: str
    began_at: str
    told_at: str
    lines: int = 0
    ready: bool = False
    failed: bool = False

    def until(self) -> datetime:
        """Give when it is removed."""
        return datetime.fromisoformat(self.began_at) + KEPT_FOR

    def stopped(self, now: datetime) -> bool:
        """Tell whether nothing will come of it any more."""
        silent = datetime.fromisoformat(self.told_at) + SILENT_FOR < now
        return not self.ready and (self.failed or silent)


class Shelf:
    """The folder of kept exports."""

    def __init__(self, installation: Installation) -> None:
        """Open it; it is made when first written to."""
        self._folder = installation.settings.data / "exports"
        self._clock = installation.clock

    def path(self, kept: Kept) -> Path:
        """Give where the file of an export is, or will be."""
        return self._folder / f"{kept.export_id}.file"

    def note(self, kept: Kept) -> Kept:
        """Write down how far an export is."""
        kept = replace(kept, told_at=self._clock.now().isoformat())
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._folder / f"{kept.export_id}.new"
        with _opened(part) as file:
            file.write(json.dumps(asdict(kept)).encode())
        part.replace(self._folder / f"{kept.export_id}.json")
        return kept

    def write(self, kept: Kept) -> IO[bytes]:
        """Open the file of an export for writing."""
        return _opened(self.path(kept))

    def of(self, person_id: UUID | None, municipality_id: UUID | None) -> list[Kept]:
        """Give what somebody keeps of the log of a municipality, newest first."""
        found = [
            k
            for k in self._all()
            if (k.person_id, k.municipality_id) == (str(person_id), str(municipality_id))
        ]
        return sorted(found, key=lambda kept: kept.began_at, reverse=True)

    def one(self, export_id: UUID, person_id: UUID | None, municipality_id: UUID | None) -> Kept | None:
        """Give an export that is ready and somebody's own; None for any other."""
        own = self.of(person_id, municipality_id)
        return next(
            (k for k in own if k.export_id == str(export_id) and k.ready and self.path(k).exists()), None
        )

    def remove(self, kept: Kept) -> None:
        """Remove an export and its note."""
        for ending in ("file", "json", "new"):
            (self._folder / f"{kept.export_id}.{ending}").unlink(missing_ok=True)

    def sweep(self) -> Self:
        """Remove what is past its time, whosever it is."""
        for kept in self._all():
            if kept.until() <= self._clock.now():
                self.remove(kept)
        return self

    def _all(self) -> list[Kept]:
        found = []
        for path in self._folder.glob("*.json"):
            with suppress(OSError, ValueError, TypeError):  # removed meanwhile
                found.append(Kept(**json.loads(path.read_text())))
        return found


def _opened(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
