"""Certificates: what stays of a destroyed file. Dates and counts, nothing of the person (R93)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from uuid import UUID

import orjson

from app.constitution.standing import municipality_facts
from app.kernel.journal.store import About
from app.kernel.operation import operation
from app.kernel.paging import cursor, position
from app.kernel.shapes import href
from app.kernel.work import Work
from app.retention import queries
from app.retention.commands import ListCertificate
from app.retention.models import Certificate
from app.retention.views import CertificatePage, CertificateView
from app.rules.actions import Action


@operation(Action.CERTIFICATE_LIST)
def list_certificate(work: Work, command: ListCertificate) -> CertificatePage:
    """List the certificates of the actor's municipality, newest first."""
    actor = work.actor
    work.allow(
        Action.CERTIFICATE_LIST,
        municipality_facts(work, actor.municipality_id, actor.cell_id),
        About(actor.municipality_id or About().controller, object_type="certificate"),
    )
    after = position(command.cursor, datetime.fromisoformat, UUID)
    rows = queries.certificates(work.session, after, command.page_size + 1)
    shown, more = rows[: command.page_size], rows[command.page_size :]
    here = href("certificates")
    following = None
    if more:
        mark = cursor(shown[-1].destroyed_at.isoformat(), shown[-1].id)
        following = f"{here}?pageSize={command.page_size}&cursor={mark}"
    return CertificatePage(
        href=here, items=[view_of(row) for row in shown], next=following, page_size=command.page_size
    )


def view_of(row: Certificate) -> CertificateView:
    """Give a certificate as it is shown and as its digest was taken."""
    return CertificateView(
        certificate_id=row.id,
        municipality_id=row.municipality_id,
        reference=row.reference,
        kind=row.kind,
        listed_on=row.listed_on,
        last_discussed_on=row.last_discussed_on,
        due_on=row.due_on,
        destroyed_at=row.destroyed_at.astimezone(UTC),
        ground=row.ground,
        executor=row.executor,
        counts=row.counts,
        digest=row.digest or "",
    )


def digest_of(row: Certificate) -> str:
    """Give SHA-256 over a certificate's other properties, as JSON with sorted keys and no spaces."""
    said = view_of(row).model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"digest"})
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
