"""Fetching the consultation on paper, from its pages: agenda, invitation, minutes (R27, R68)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.kernel.http.form_pages import asked
from app.kernel.http.pages import PageCall, page_get
from app.kernel.http.papers import download
from app.kernel.work import Work
from app.meetings import commands as c
from app.meetings import minutes_commands as m
from app.meetings import printing

router = APIRouter()


def _agenda(call: PageCall, work: Work) -> Response:
    return call.finish(download(printing.print_meeting(work, asked(call, c.PrintMeeting))))


def _invitation(call: PageCall, work: Work) -> Response:
    return call.finish(download(printing.print_invitation(work, asked(call, c.PrintInvitation))))


def _minutes(call: PageCall, work: Work) -> Response:
    return call.finish(download(printing.print_minutes(work, asked(call, m.PrintMinutes))))


page_get(router, "/meetings/{meetingId}/document", _agenda)
page_get(router, "/invitations/{invitationId}/document", _invitation)
page_get(router, "/meetings/{meetingId}/minutes/document", _minutes)
