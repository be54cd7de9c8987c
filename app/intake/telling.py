"""What intake tells of a case in its chronology: the day on which the signal came in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.cases.telling import INFORMATION, TELLERS, Told, then
from app.intake import queries
from app.kernel.i18n import to_translate
from app.kernel.work import Work


def _signal(work: Work, case: Any) -> Iterable[Told]:
    row = queries.registration(work.session, case.registration_id) if case.registration_id else None
    if row is not None:
        yield then(row.received_at, INFORMATION, to_translate("A signal reached the municipality."))


TELLERS.append(_signal)
