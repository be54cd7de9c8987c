"""The processing activities in words: what the log's `processing` and the record of art. 30 call them (R104)."""

from __future__ import annotations

from app.kernel.i18n import register_codes
from app.rules.processing import ACTIVITIES

register_codes("processing", [row.code for row in ACTIVITIES])
register_codes("processingPurpose", [row.code for row in ACTIVITIES])
