"""The JSON door of the misuse digest (R105, R106)."""

from __future__ import annotations

from fastapi import APIRouter

from app.kernel.http.routes import endpoint
from app.oversight import digest_commands as c
from app.oversight import digest_views as v
from app.oversight import digests

router = APIRouter()
_ONE = "/digests/{digestId}"

endpoint(router, "GET", "/digests", digests.list_digest, c.ListDigest, v.DigestPage, tag="Oversight",
         summary="List digests of what in the log wants a look")  # fmt: skip
endpoint(router, "GET", _ONE, digests.read_digest, c.ReadDigest, v.DigestView, tag="Oversight",
         summary="Read a digest with its lines")  # fmt: skip
endpoint(router, "POST", _ONE + "/answer", digests.answer_digest, c.AnswerDigest, v.DigestView, tag="Oversight",
         summary="Answer a line of a digest")  # fmt: skip
