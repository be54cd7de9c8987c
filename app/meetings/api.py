"""The JSON door of the consultation."""

from __future__ import annotations

from fastapi import APIRouter

from app.kernel.http.routes import endpoint
from app.meetings import (
    agenda,
    answering,
    briefing,
    commands,
    convening,
    inviting,
    minuting,
    planning,
    sitting,
    views,
)

router = APIRouter()
_MEETING = "/meetings/{meetingId}"
_MINUTES = _MEETING + "/minutes"
_INVITATION = "/invitations/{invitationId}"

endpoint(router, "POST", "/meetings", planning.plan_meeting, commands.PlanMeeting, views.MeetingView,
         tag="Meetings", summary="Plan a meeting", status=201, location="/api/v1/meetings/{meetingId}")  # fmt: skip
endpoint(router, "GET", "/meetings", planning.list_meeting, commands.ListMeeting, views.MeetingPage,
         tag="Meetings", summary="List meetings")  # fmt: skip
endpoint(router, "GET", _MEETING, agenda.read_meeting, commands.ReadMeeting, views.MeetingView,
         tag="Meetings", summary="Consult the agenda")  # fmt: skip
endpoint(router, "POST", _MEETING + "/convene", convening.convene_meeting, commands.ConveneMeeting, views.MeetingView,
         tag="Meetings", summary="Convene a meeting and send its invitations")  # fmt: skip
endpoint(router, "POST", _MEETING + "/open", sitting.open_meeting, commands.OpenMeeting, views.MeetingView,
         tag="Meetings", summary="Open the sitting")  # fmt: skip
endpoint(router, "POST", _MEETING + "/close", sitting.close_meeting, commands.CloseMeeting, views.MeetingView,
         tag="Meetings", summary="Close the sitting")  # fmt: skip
endpoint(router, "POST", "/agendaItems", agenda.add_agenda_item, commands.AddAgendaItem, views.AgendaItemView,
         tag="Meetings", summary="Put a case on the agenda", status=201,
         location="/api/v1/agendaItems/{agendaItemId}")  # fmt: skip
endpoint(router, "GET", "/agendaItems/{agendaItemId}", agenda.read_agenda_item, commands.ReadAgendaItem,
         views.AgendaItemView, tag="Meetings", summary="Read an agenda item")  # fmt: skip
endpoint(router, "POST", "/invitations", inviting.prepare_invitation, commands.PrepareInvitation,
         views.InvitationView, tag="Meetings", summary="Prepare an invitation", status=201,
         location="/api/v1/invitations/{invitationId}")  # fmt: skip
endpoint(router, "GET", "/invitations", answering.list_invitation, commands.ListInvitation, views.InvitationPage,
         tag="Meetings", summary="List one's own invitations")  # fmt: skip
endpoint(router, "POST", _INVITATION + "/send", inviting.send_invitation, commands.SendInvitation,
         views.InvitationView, tag="Meetings", summary="Send an invitation")  # fmt: skip
endpoint(router, "POST", _INVITATION + "/answer", answering.answer_invitation, commands.AnswerInvitation,
         views.InvitationView, tag="Meetings", summary="Answer an invitation")  # fmt: skip
endpoint(router, "POST", _INVITATION + "/briefings", briefing.record_briefing, commands.RecordBriefing,
         views.BriefingView, tag="Meetings", summary="Record that one briefed a colleague", status=201)  # fmt: skip
endpoint(router, "GET", _INVITATION + "/briefings", briefing.list_briefing, commands.ListBriefing, views.BriefingList,
         tag="Meetings", summary="List whom one briefed, and whom one could")  # fmt: skip
endpoint(router, "POST", "/attendances", sitting.record_attendance, commands.RecordAttendance, views.AttendanceView,
         tag="Meetings", summary="Record who is in the room for an item")  # fmt: skip
endpoint(router, "GET", _MINUTES, minuting.read_minutes, commands.ReadMinutes, views.MinutesView,
         tag="Meetings", summary="Read the minutes")  # fmt: skip
endpoint(router, "POST", _MINUTES + "/items", minuting.draft_minutes, commands.DraftMinutes, views.MinutesItemView,
         tag="Meetings", summary="Write the minutes of an item")  # fmt: skip
endpoint(router, "POST", _MINUTES + "/submit", minuting.submit_minutes, commands.SubmitMinutes, views.MinutesView,
         tag="Meetings", summary="Submit the minutes for remarks")  # fmt: skip
endpoint(router, "POST", _MINUTES + "/remark", minuting.remark_minutes, commands.RemarkMinutes, views.RemarkView,
         tag="Meetings", summary="Remark on an item of the minutes", status=201)  # fmt: skip
endpoint(router, "POST", _MINUTES + "/approve", minuting.approve_minutes, commands.ApproveMinutes, views.MinutesView,
         tag="Meetings", summary="Approve the minutes")  # fmt: skip
