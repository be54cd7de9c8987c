"""The JSON door of extensions (R87 to R91)."""

from __future__ import annotations

from fastapi import APIRouter

from app.cases import extension_commands as c
from app.cases import extension_views as v
from app.cases import extensions
from app.kernel.http.routes import endpoint

router = APIRouter()
_ONE = "/extensions/{extensionId}"

endpoint(router, "POST", "/extensions", extensions.propose_extension, c.ProposeExtension, v.ExtensionSheet, tag="Retention",
         summary="Propose to keep a file longer", status=201, location="/api/v1/cases/{caseId}/extensions")  # fmt: skip
endpoint(router, "GET", "/extensions", extensions.list_extension, c.ListExtension, v.WatchedExtensions, tag="Retention",
         summary="List extensions that wait or hold")  # fmt: skip
endpoint(router, "GET", "/cases/{caseId}/extensions", extensions.read_extension, c.ReadExtension, v.ExtensionSheet,
         tag="Retention", summary="Read the extensions of a case")  # fmt: skip
endpoint(router, "POST", _ONE + "/withdraw", extensions.withdraw_extension, c.WithdrawExtension, v.ExtensionSheet,
         tag="Retention", summary="Take back a proposed extension")  # fmt: skip
endpoint(router, "POST", _ONE + "/decide", extensions.decide_extension, c.DecideExtension, v.ExtensionSheet,
         tag="Retention", summary="Decide on an extension")  # fmt: skip
endpoint(router, "POST", _ONE + "/review", extensions.review_extension, c.ReviewExtension, v.ExtensionSheet,
         tag="Retention", summary="Look at an extension anew")  # fmt: skip
