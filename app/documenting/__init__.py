"""The pages of the documentation that are generated from the code, so that they cannot say anything else.

`livcr docs` writes them; `livcr docs --check` and a test tell when one is stale. They are for readers who do
not read code: a jurist, a data protection officer, whoever runs an installation.
"""

from __future__ import annotations

from pathlib import Path

from app.documenting.authorising import authorisation
from app.documenting.configuring import configuration
from app.documenting.ending import retention
from app.documenting.moving import lifecycle

ROOT = Path(__file__).resolve().parents[2]
"""Where the paths that `generate` gives begin."""


def generate() -> dict[str, str]:
    """Give every generated page: its path from the root of the project, and its text."""
    from app.kernel.http.openapi import as_json, openapi_document
    from app.main import json_door

    return {
        "docs/authorisation.md": authorisation(),
        "docs/lifecycle.md": lifecycle(),
        "docs/retention.md": retention(),
        "docs/operations/configuration.md": configuration(),
        "docs/api/openapi.json": as_json(openapi_document(json_door())),
    }
