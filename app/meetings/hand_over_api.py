"""The JSON door of hand-overs to another municipality (R84)."""

from __future__ import annotations

from fastapi import APIRouter

from app.kernel.http.routes import endpoint
from app.meetings import hand_over_commands as c
from app.meetings import hand_over_views as v
from app.meetings import handing_over

router = APIRouter()
_ALL = "/handOvers"
_ONE = _ALL + "/{handOverId}"
_TAG = "Cases"

endpoint(router, "GET", _ALL, handing_over.list_hand_over, c.ListHandOver, v.HandOverList,
         tag=_TAG, summary="List hand-overs to and from other municipalities")  # fmt: skip
endpoint(router, "POST", _ALL, handing_over.propose_hand_over, c.ProposeHandOver, v.HandOverView,
         tag=_TAG, summary="Propose to hand a case over", status=201)  # fmt: skip
endpoint(router, "POST", _ONE + "/send", handing_over.send_hand_over, c.SendHandOver, v.HandOverView,
         tag=_TAG, summary="Seal and send a file to another municipality")  # fmt: skip
endpoint(router, "POST", _ONE + "/withdraw", handing_over.withdraw_hand_over, c.WithdrawHandOver, v.HandOverView,
         tag=_TAG, summary="Withdraw a hand-over that nobody accepted")  # fmt: skip
endpoint(router, "POST", _ONE + "/receive", handing_over.receive_hand_over, c.ReceiveHandOver, v.ReceivedView,
         tag=_TAG, summary="Accept a file from another municipality")  # fmt: skip
